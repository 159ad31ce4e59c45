"""`python -m pipeline demo`: writes an invented register with the usual dirt, the same bytes for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from pipeline.errors import InputError
from pipeline.period import shown
from pipeline.places import data_folder, relative
from pipeline.project import is_project_code
from pipeline.register.demo_project import INVENTED, MOST_YEARS, YEARS, Kind, write_project
from pipeline.register.demonstration import invented_register
from pipeline.register.dirt import SHARE, with_dirt

ROWS = 720
SEED = 2129
"""What data/demo/register.csv was made with."""
_MOST_ROWS = 2_000_000


def write_demo(rows: str, seed: str, output: str, *, force: bool) -> str:
    """Write the register; returns what to tell.

    `rows`, `seed` and `output` are as they were typed; what is blank is that of data/demo. A wrong one, or a file that
    is not to be replaced, is an `InputError`.
    """
    count = _whole_number(rows or str(ROWS), "--rows", _MOST_ROWS)
    chosen = _whole_number(seed or str(SEED), "--seed", 2**32 - 1)
    path = Path(output) if output else data_folder() / "demo" / "register.csv"
    if path.suffix != ".csv" or not path.parent.is_dir():
        raise InputError(f"--output is '{path}'. It must be a file that ends in .csv, in a folder that exists.")
    made = register_bytes(count, chosen)
    if path.exists() and not force and not (path.is_file() and path.read_bytes() == made):
        raise InputError(
            f"{path} is there already and holds something else. Name another file with --output, or replace it with "
            "FORCE=1 (--force 1)."
        )
    try:
        path.write_bytes(made)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}. Name another file with --output.") from None
    return f"{path}: {count} invented grievances."


def write_large_project(rows: str, seed: str, years: str, kind: str, name: str, *, force: bool) -> str:
    """Write a project of its own, data/<name>/, with an invented register; returns what to tell.

    All but `force` is as it was typed; of what is blank, `years` is ten and `kind` is 'csv'. A wrong one, or a folder
    that is there already, is an `InputError`.
    """
    count = _whole_number(rows or str(ROWS), "--rows", _MOST_ROWS)
    chosen = _whole_number(seed or str(SEED), "--seed", 2**32 - 1)
    span = _whole_number(years or str(YEARS), "--years", MOST_YEARS, least=1)
    kinds: tuple[Kind, ...] = get_args(Kind)
    if (form := next((one for one in kinds if one == (kind or kinds[0])), None)) is None:
        raise InputError(f"--kind is {shown(kind)}. Allowed are {' and '.join(kinds)}.")
    if not is_project_code(name):
        raise InputError(
            f"--name is {shown(name)}. Write it with small letters and digits, parted by single hyphens, as demo-large."
        )
    folder = data_folder() / name
    if (folder.exists() or folder.is_symlink()) and not force:
        raise InputError(
            f"{relative(folder)} is there already and stays as it is. Choose another --name, or --force 1."
        )
    if folder.exists() and not _is_invented(folder):
        raise InputError(f"{relative(folder)} is no invented project and stays as it is. Choose another --name.")
    try:
        files = write_project(folder, count, seed=chosen, years=span, kind=form)
    except OSError as error:
        raise InputError(f"{relative(folder)} cannot be written: {error.strerror}.") from None
    return f"{relative(files[0])}: {count} invented grievances of {span} years."


def _is_invented(folder: Path) -> bool:
    """Say whether a folder is one that this command made: no register of anybody's is ever overwritten."""
    try:
        return INVENTED in (folder / "project.yml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False


def register_bytes(rows: int = ROWS, seed: int = SEED) -> bytes:
    """Return the register as CSV: UTF-8, LF, headings as in columns.yml."""
    table, _ = with_dirt(invented_register(rows, seed), seed, SHARE)
    return bytes(table.to_csv(index=False, lineterminator="\n").encode())


def _whole_number(text: str, name: str, most: int, least: int = 0) -> int:
    # Only plain digits: int() would take '1_000' and ' 7' too.
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise InputError(f"{name} is '{text}'. Allowed are whole numbers from {least} to {most}.")
    return int(text)
