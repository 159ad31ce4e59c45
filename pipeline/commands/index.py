"""outputs/<project>/index.html: written anew from the public folders whenever a report was made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from pipeline.commands.failures import sentence, unforeseen
from pipeline.commands.listed import remark
from pipeline.errors import DisclosureError, InputError, PipelineError
from pipeline.execution.errors import ExecutionError, explained
from pipeline.files import replace_bytes
from pipeline.places import outputs_folder, relative
from pipeline.project import Project

LOCK_SECONDS = 60.0
"""How long a run waits for another one that writes the same index, in seconds."""


def refresh_index(project: Project) -> Path:
    """Write a project's index anew and return where it is.

    Reading the public folders and writing happen under one lock, so that two runs lose no entry. The page is searched
    for the names of every register from which a report of the project was made before it takes the former one's place.

    Raises
    ------
    InputError
        The names of a report's register cannot be read, so that the page cannot be searched.
    DisclosureError
        The page holds a known name; told by its kind and rule.
    ExecutionError
        Another run holds the index, the disk is full, permission is missing.
    """
    from pipeline.reporting.index import INDEX, render_index

    folder = outputs_folder() / project.code
    path = folder / INDEX
    with explained(path), _alone(folder):
        # Before the files are read: of a report that changes meanwhile the remark must not say that it is listed.
        made_from = remark(folder)
        content = render_index(project, folder).rstrip() + f"\n{made_from}"
        _refuse_names(content, project, folder)
        replace_bytes(content.encode(), path)
    return path


def index_told(project: Project) -> str:
    """Write a project's index anew and say where it is, or why not: no failure of it makes a good report fail."""
    from pipeline.commands.searching import discreet

    try:
        return f"All reports of the project: {relative(refresh_index(project))}"
    except (PipelineError, ExecutionError) as error:
        reason = discreet(sentence(error), project.code)
    except KeyboardInterrupt:  # the report is made, and the run at its end
        reason = "It was stopped."
    except Exception as error:  # an index must not take a report with it
        reason = unforeseen(error)
    return f"The page that lists the project's reports was not renewed; the former one stays. {reason}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # here, since it brings asyncio along

    from pipeline.reporting.index import INDEX

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f".{INDEX}.lock")
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise ExecutionError(f"Another run was still writing {relative(folder / INDEX)}; run again.") from None
    try:
        yield
    finally:
        lock.release()


def _refuse_names(content: str, project: Project, folder: Path) -> None:
    """Search the page as the guard searches a report.

    Its figures come from guarded files and its words from the catalogue and project.yml, whose names of the project
    and its unit every report prints, too. What is left is a public file that somebody changed since.
    """
    from pipeline.commands.searching import search_for
    from pipeline.confidentiality.guard import seen_in_page

    found = seen_in_page(content, search_for(project, identities_of(folder)))
    if found:
        raise DisclosureError(
            f"index.html holds {' and '.join(found)}. Look in project.yml (name, "
            "implementing_unit, notice) and in the public folders of the project's outputs; make the report whose "
            "files were changed again."
        )


def identities_of(folder: Path) -> pd.DataFrame:
    """Gather the names in the register of every report that stands there."""
    import pyarrow.parquet as pq

    from pipeline.register.columns import identifying, names

    naming = names(identifies=True)
    tables = [pd.DataFrame(columns=naming, dtype="str")]
    for path in sorted(folder.glob("*/internal/identities.parquet")):
        try:
            every = dict.fromkeys([*naming, *identifying(pq.read_schema(path).names)])
            table = pd.read_parquet(path, engine="pyarrow", columns=list(every))
        except (OSError, ValueError):
            raise InputError(
                f"{relative(path)} cannot be read, so that the page cannot be searched for names. Make the report of "
                f"{path.parents[1].name} again, or remove its folder."
            ) from None
        tables.append(table.astype("str").drop_duplicates())
    return pd.concat(tables, ignore_index=True).drop_duplicates()
