"""A new project's folder: a project.yml that explains itself, and an empty register with its words."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from string import Template

from pipeline.errors import InputError
from pipeline.period import shown
from pipeline.places import data_folder, relative
from pipeline.project import LONGEST_PROJECT_CODE, Project, Settings, is_project_code
from pipeline.register.template import REGISTER, write_template
from pipeline.yaml_files import read_model

REGISTER_FILE = "register.xlsx"
REGISTER_KEY = f"{{file: {REGISTER_FILE}, sheet: {REGISTER}}}"
"""What the key `register` of a new project.yml says."""

_FILE = Path(__file__).with_name("project_template.yml")


def create_project(name: str, register: str = REGISTER_KEY) -> Path:
    """Make data/<name>/ with project.yml and an empty register, whole or not at all, and return the folder.

    Only its owner can open it, since a register holds names. `register` is the value of that key. A name that is not of
    small letters, digits and hyphens, or that is taken, is an `InputError`.
    """
    if not name:
        raise InputError("NAME is not given. For example: make project NAME=my-project")
    if not is_project_code(name):
        raise InputError(
            f"NAME is {shown(name)}. Write it with small letters and digits, parted by single hyphens, as my-project; "
            f"{LONGEST_PROJECT_CODE} signs at most."
        )
    folder = data_folder() / name
    if folder.exists() or folder.is_symlink():
        raise InputError(f"data/{name} is there already and stays as it is. Choose another NAME.")
    try:
        _make(name, folder, register)
    except OSError as error:
        raise InputError(
            f"{relative(folder)} cannot be made: {error.strerror}. Check the folder {relative(folder.parent)}, and try "
            "again."
        ) from None
    return folder


def project_text(name: str, register: str) -> str:
    """Return the project.yml of a new project."""
    return Template(_FILE.read_text(encoding="utf-8")).substitute(project=name, register=register)


def _make(name: str, folder: Path, register: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # A folder of its own, open to its owner alone, that takes the name once it is complete.
    draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder.parent))
    try:
        path = draft / "project.yml"
        # The register is made from the words alone, so its own key can be a plain name until it is there.
        path.write_text(project_text(name, REGISTER_FILE), encoding="utf-8", newline="\n")
        settings = read_model(path, Settings, f"data/{name}/project.yml", language="en")
        write_template(Project(name, draft, settings), draft / REGISTER_FILE)
        path.write_text(project_text(name, register), encoding="utf-8", newline="\n")
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
