"""A set of outputs: notebooks run in a folder apart, which the guard sees before it takes the former one's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from pipeline.addresses import is_address, shown_address
from pipeline.commands.early import WHILE_IDLE, kernel_folders, notebook_files
from pipeline.errors import SENTENCES
from pipeline.execution.homes import Homes, OneOfMany
from pipeline.period import Scopes
from pipeline.places import (
    CODE_ROOTS,
    data_folder,
    outputs_folder,
    project_files,
    relative,
)
from pipeline.project import Project
from pipeline.saved_workbooks import keep_saved
from pipeline.stage import SetFolder

if TYPE_CHECKING:  # it is imported when there is something to run
    from pipeline.execution.runner import Step

_OWN_FILES = ("project.yml", "corrections.yml", "explanations.csv", "decisions.csv", "disclosure.csv")
Renderings = Sequence[tuple[str, Callable[[Path], None]]]
"""What is made in a set once its notebooks are through: each step by its name."""
RENDER_PDF = "pipeline.reporting.rendering:render_pdf"
"""The function that sets a PDF, as another process is told."""
FOR_STEPS = (
    "pipeline.commands.searching",
    "pipeline.reporting.rendering",
    "nbconvert.exporters.html",
    "pipeline.confidentiality.guard",
    "pipeline.reporting.actions",
    "pipeline.reporting.disclosure",
    "pipeline.reporting.uptake",
    "pypdf",
    "pypdfium2",
)
"""What renderings and the guard import."""


def make_set(
    project: Project,
    target: Path,
    notebooks: Sequence[str],
    parameters: Mapping[str, str],
    *,
    stage: Callable[[Path], SetFolder],
    renderings: Renderings = (),
    keep_public: bool = False,
    one_of_many: OneOfMany | None = None,
    is_forced: bool = False,
    homes: Homes | None = None,
) -> None:
    """Make the set `target` by running notebooks, named without their ending, and the renderings after them.

    Each notebook is given those of the parameters that it declares. `stage` opens the set in the folder in which it is
    made. With `keep_public` only internal/ is replaced. `one_of_many` is given where
    several are made. Stages that have nothing new to do are taken over from the
    former set, unless `is_forced`; of a register in a database nobody knows whether it is what it was. In
    `homes` the process behind the kernels has started.
    """
    from pipeline.execution.runner import run

    own = nullcontext(homes) if homes is not None else Homes(WHILE_IDLE if renderings else ())
    with own as kept:
        run(
            target=target,
            notebooks=[(path.stem.partition("_")[2] or path.stem, path) for path in notebook_files(notebooks)],
            parameters=parameters,
            environment=kernel_folders(data_folder(), outputs_folder()),
            steps=[_step(name, action) for name, action in renderings],
            guard=_guard(project, stage),
            keep_public=keep_public,
            one_of_many=one_of_many,
            data=partial(project_files, project.folder) if project.settings.register_.database is None else None,
            is_forced=is_forced,
            inputs=partial(input_files, project),
            meanwhile=_import_for_steps if renderings else None,
            homes=kept,
            code_roots=CODE_ROOTS,
            sentence_errors=frozenset(SENTENCES),
            names_nobody=partial(_names_nobody, project),
            keep_saved=partial(_keep_saved, project),
        )


_GIVEN_BACK_BY = {"review": "decide", "disclosure": "disclose"}
"""The commands that workbooks are given back by, by how the names of these begin."""


def _keep_saved(project: Project, target: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Keep the workbooks that a person has saved in a set that is about to be replaced; yields what to tell of each."""
    known = {digest for run in manifest.get("runs", []) for digest in run.get("outputs", {}).values()}
    for path, kept in keep_saved(target, known):
        told = f"{relative(path)} was saved by somebody since it was made, and is kept as {relative(kept)}."
        command = next((by for name, by in _GIVEN_BACK_BY.items() if path.name.startswith(name)), "")
        if command:
            period, file = target.name.partition("@")[0], quote(str(relative(kept)))
            told += f" To give it back: make {command} PERIOD={period} FILE={file} PROJECT={project.code}"
        yield told


def _import_for_steps() -> None:
    """Import what renderings and the guard take long to import; what fails here is told by who needs it."""
    with suppress(Exception):
        for module in FOR_STEPS:
            import_module(module)


@dataclass(frozen=True)
class Pdf:
    """Sets the PDF of the page public/<name>.html beside it; it `can_be_late` where no further step needs it."""

    name: str
    can_be_late: bool = True

    def __call__(self, folder: Path) -> None:
        """Set it in this process."""
        from pipeline.reporting.rendering import render_pdf

        render_pdf(folder / self.html, folder / self.pdf)

    @property
    def html(self) -> str:
        """The page, by its name in the set."""
        return f"public/{self.name}.html"

    @property
    def pdf(self) -> str:
        """The PDF, by its name in the set."""
        return f"public/{self.name}.pdf"


def _step(name: str, action: Callable[[Path], None]) -> Step:
    """Make a step of a rendering; a PDF is set while others go on."""
    from pipeline.execution.runner import Beside, Step

    if isinstance(action, Pdf) and action.can_be_late:
        return Step(name, action, Beside(RENDER_PDF, action.html, action.pdf))
    return Step(name, action)


def input_files(project: Project) -> dict[str, Path]:
    """Every file of the project that may shape a report, by its name below the project's folder.

    A register that was fetched goes by its address, without the password that may stand in it.
    """
    from pipeline.classification.proposals import training_files
    from pipeline.indicators.published import record_files
    from pipeline.register.reading import register_files

    register = register_files(project)
    named = project.settings.register_.file or ""
    far = {shown_address(named): path for path in register if is_address(named)}
    others = [project.folder / name for name in _OWN_FILES]
    others += [project.folder / name for name in training_files(project)]
    commentary = sorted((project.folder / "commentary").glob("*.md"))
    beside = {
        path.relative_to(project.folder).as_posix(): path
        for path in (*(() if far else register), *others, *commentary, *record_files(project))
        if path.is_file()
    }
    return {**beside, **far}


def shaping(scopes: Scopes, inputs: Mapping[str, str], *, with_own: bool = False) -> dict[str, str]:
    """Leave out what does not shape a report: of records other than the previous period's all but what they showed.

    `with_own` keeps the record of the report's own period, which shapes what it says of restated figures.
    """
    from pipeline.indicators.published import DISCLOSED

    previous, own = scopes.previous_period, f"published/{scopes.period.label}/"
    kept = (*((f"published/{previous.label}/",) if previous else ()), *((own,) if with_own else ()))
    return {
        name: digest
        for name, digest in inputs.items()
        if not name.startswith("published/")
        or name.startswith(kept)
        or (name.endswith(f"/{DISCLOSED}") and not name.startswith(own))
    }


def _names_nobody(project: Project, folder: Path, notebook: Path) -> bool:
    from pipeline.commands.searching import names_nobody

    return names_nobody(project, folder, notebook)


def _guard(project: Project, stage: Callable[[Path], SetFolder]) -> Callable[[Path], None]:
    """Return what searches a set; called again it searches only what has come or changed since."""
    passed: set[tuple[str, str]] = set()

    def check(folder: Path) -> None:
        from pipeline.commands.searching import own_words, search_for
        from pipeline.confidentiality.guard import guard

        guard(folder, search_for(project, stage(folder).load("identities.parquet"), own_words(folder)), passed)

    return check
