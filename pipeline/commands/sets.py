"""A set of outputs: notebooks run in a folder apart, which the guard sees before it takes the former one's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from pipeline.errors import DisclosureError, InputError, ReconciliationError
from pipeline.period import Scopes
from pipeline.places import (
    CODE_ROOTS,
    DATA_VARIABLE,
    OUTPUTS_VARIABLE,
    REPOSITORY,
    data_folder,
    outputs_folder,
    project_files,
)
from pipeline.project import Project
from pipeline.stage import SetFolder

SENTENCES = {error.__name__: error.exit_code for error in (InputError, ReconciliationError, DisclosureError)}
"""Errors whose text is written for the analyst and holds no value of an identifying column."""
_OWN_FILES = ("project.yml", "corrections.yml", "explanations.csv", "decisions.csv", "disclosure.csv")
Renderings = Sequence[tuple[str, Callable[[Path], None]]]
"""What is made in a set once its notebooks are through: each step by its name."""


def make_set(
    project: Project,
    target: Path,
    notebooks: Sequence[str],
    parameters: Mapping[str, str],
    *,
    stage: Callable[[Path], SetFolder],
    renderings: Renderings = (),
    keep_public: bool = False,
    one_of_many: str = "",
    is_forced: bool = False,
) -> None:
    """Make the set `target` by running notebooks, named without their ending, and the renderings after them.

    Each notebook is given those of the parameters that it declares. `stage` opens the set in the folder in which it is
    made. With `keep_public` only internal/ is replaced. `one_of_many` names the set on the bar of
    progress where several are made one after the other. Stages that have nothing new to do are taken over from the
    former set, unless `is_forced`; of a register in a database nobody knows whether it is what it was.
    """
    from pipeline.execution.runner import Step, run

    run(
        target=target,
        notebooks=[(name.partition("_")[2] or name, REPOSITORY / "notebooks" / f"{name}.ipynb") for name in notebooks],
        parameters=parameters,
        environment={DATA_VARIABLE: str(data_folder()), OUTPUTS_VARIABLE: str(outputs_folder())},
        steps=[Step(name, action) for name, action in renderings],
        guard=_guard(project, stage),
        keep_public=keep_public,
        one_of_many=one_of_many,
        data=partial(project_files, project.folder) if project.settings.register_.database is None else None,
        is_forced=is_forced,
        inputs=partial(input_files, project),
        meanwhile=_import_for_steps if renderings else None,
        code_roots=CODE_ROOTS,
        sentence_errors=frozenset(SENTENCES),
        names_nobody=partial(_names_nobody, project),
    )


def _import_for_steps() -> None:
    """Import what renderings and the guard take long to import; what fails here is told by who needs it."""
    with suppress(Exception):
        import pipeline.reporting.rendering  # noqa: F401


def input_files(project: Project) -> dict[str, Path]:
    """Every file of the project that may shape a report, by its name below the project's folder."""
    from pipeline.classification.proposals import training_files
    from pipeline.indicators.published import record_files
    from pipeline.register.reading import register_files

    register = register_files(project)
    others = [project.folder / name for name in _OWN_FILES]
    others += [project.folder / name for name in training_files(project)]
    commentary = sorted((project.folder / "commentary").glob("*.md"))
    return {
        path.relative_to(project.folder).as_posix(): path
        for path in (*register, *others, *commentary, *record_files(project))
        if path.is_file()
    }


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
    def check(folder: Path) -> None:
        from pipeline.commands.searching import own_words, search_for
        from pipeline.confidentiality.guard import guard

        guard(folder, search_for(project, stage(folder).load("identities.parquet"), own_words(folder)))

    return check
