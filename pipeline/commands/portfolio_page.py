"""outputs/portfolio/: the page that puts projects side by side and its table, written anew after their reports.

Both files are for everybody; a manifest beside them says what they were made from, as in every set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.failures import sentence, unforeseen
from pipeline.commands.index import identities_of
from pipeline.commands.options import say
from pipeline.errors import DisclosureError, InputError, PipelineError
from pipeline.execution.errors import ExecutionError, Interrupted
from pipeline.execution.manifest import MANIFEST, build_record, code_digests, digests, write_manifest
from pipeline.execution.sets import staged_folder
from pipeline.files import write_bytes, write_csv
from pipeline.places import CODE_ROOTS, outputs_folder, relative
from pipeline.project import Project

if TYPE_CHECKING:
    from pipeline.reporting.portfolio import Entry, Portfolio

PORTFOLIO = "portfolio"
"""The folder below outputs/ that holds the page."""
WAIT_SECONDS = 60.0
"""How long a run waits for another one that writes the same page, in seconds."""
_READ = ("public/indicators.csv", "public/report.html")


def refresh_portfolio(projects: Mapping[str, Project], failed: Collection[tuple[str, str]]) -> Path:
    """Write the page and the table of some projects anew and return where the page is.

    `failed` names the reports that could not be made, by project and label; what stands of them is shown as such. Both
    files are searched for the names of every project's registers, and take the place of the former ones together.

    Raises
    ------
    InputError
        There is something else at outputs/portfolio, or the names of a register cannot be read.
    DisclosureError
        A file holds a known name or a contact; told by its kind and rule.
    ExecutionError
        Another run writes the page or one of the reports, the disk is full, permission is missing.
    """
    from pipeline.reporting.index import INDEX
    from pipeline.reporting.portfolio import TABLE, Portfolio, read_entries, words_of

    outputs, listed = outputs_folder(), list(projects.values())
    target = outputs / PORTFOLIO
    _refuse_others(target, {INDEX, TABLE, MANIFEST})
    with staged_folder(target, wait_seconds=WAIT_SECONDS, say=say) as folder:
        shown = Portfolio(listed, read_entries(listed, outputs, failed), words_of(listed))
        inputs = _inputs(shown.entries, outputs)
        # What was replaced while it was read was read in parts of two reports.
        if read_entries(listed, outputs, failed) != list(shown.entries):
            raise ExecutionError(f"A report changed while {relative(target / INDEX)} was made; run again.")
        write_bytes(shown.html().encode(), folder / INDEX)
        write_csv(shown.table(), folder / TABLE)
        _refuse_names(shown, outputs)
        parameters = {"projects": " ".join(projects), "failed": " ".join(sorted("/".join(one) for one in failed))}
        write_manifest(folder, build_record(folder, inputs, code_digests(CODE_ROOTS), parameters), None)
    return target / INDEX


def portfolio_failure(projects: Mapping[str, Project], failed: Collection[tuple[str, str]]) -> str:
    """Renew the page; returns why it could not be, or nothing. The former one stays then."""
    try:
        refresh_portfolio(projects, failed)
    except Interrupted:
        raise
    except (PipelineError, ExecutionError) as error:
        return sentence(error)
    except Exception as error:  # a page must not take the reports with it
        return unforeseen(error)
    return ""


def _refuse_others(target: Path, own: Collection[str]) -> None:
    """Refuse a folder with files of somebody else's, which would go when the new one takes its place."""
    others = [path.name for path in sorted(target.iterdir()) if path.name not in own] if target.is_dir() else []
    if others:
        raise InputError(
            f"{relative(target)} is where the page of all projects stands, and there is something else in it "
            f"({others[0]}). Move that away and run again."
        )


def _inputs(entries: Sequence[Entry], outputs: Path) -> dict[str, str]:
    """Return the digests of the public files that the page is made from, by their names below outputs/."""
    names = [f"{entry.project.code}/{entry.period.label}/{name}" for entry in entries for name in _READ]
    return digests({name: outputs / name for name in names if (outputs / name).is_file()})


def _refuse_names(shown: Portfolio, outputs: Path) -> None:
    """Search what the page and the table say of each project for the names that the project knows.

    They consist of such parts and of totals. A name in one register is none of another project's: it may be the name
    of its unit, say.
    """
    from pipeline.commands.searching import search_for
    from pipeline.confidentiality.guard import seen_in_page
    from pipeline.confidentiality.readable.text import Seen

    for project in shown.projects:
        part, search = shown.of(project), search_for(project, identities_of(outputs / project.code))
        cells = dict.fromkeys(cell for _, column in part.table().items() for cell in column)
        found = [*seen_in_page(part.html(), search), *map(str, search.finds(map(Seen, cells)))]
        if found:
            raise DisclosureError(
                f"The page of all projects was not written: what it says of {project.code} holds "
                f"{' and '.join(dict.fromkeys(found))}. Look in its project.yml (name, implementing_unit, notice) and "
                "in the public folders of its outputs; make the report whose files were changed again."
            )
