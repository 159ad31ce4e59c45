"""`compare`: several periods of a project side by side, in a set of their own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.commands.index import index_told
from pipeline.commands.options import (
    Command,
    add_data_option,
    add_outputs_option,
    add_project_option,
    options_of,
    refuse_files,
)
from pipeline.commands.sets import Pdf, make_set
from pipeline.period import joined_label, resolve_periods
from pipeline.places import outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.stage import ComparisonStage

COMPARISONS = "comparison"
"""The folder below outputs/<project>/ that holds a set for each comparison."""
NOTEBOOKS = ("01_cleaning", "02_classification", "comparison")


@dataclass(frozen=True)
class Call:
    """A call for a comparison whose arguments have been checked."""

    project: Project
    stage: Callable[[Path], ComparisonStage]
    labels: tuple[str, ...]

    @property
    def target(self) -> Path:
        """The folder of the set that this call makes."""
        return outputs_folder() / self.project.code / COMPARISONS / joined_label(self.labels)


def checked_call(project: Project, periods: str) -> Call:
    """Check which periods are to be compared before anything is made; what is wrong is an `InputError`."""
    settings = project.settings
    each = resolve_periods(periods, grm_start=settings.grm_start, complete_through=settings.complete_through)
    call = Call(project, lambda folder: ComparisonStage(project, each, folder), tuple(scopes.label for scopes in each))
    refuse_files(call.target)
    return call


def make_comparison(call: Call) -> None:
    """Make the whole set of a comparison, public/ and internal/.

    The first two notebooks read the register and part the sensitive grievances; which period they are given shapes
    none of their tables.
    """
    make_set(
        call.project,
        call.target,
        NOTEBOOKS,
        {"project": call.project.code, "period": call.labels[-1], "as_of": "", "periods": " ".join(call.labels)},
        stage=call.stage,
        renderings=[("html", _html(call)), ("pdf", Pdf("comparison"))],
    )


def _html(call: Call) -> Callable[[Path], None]:
    def render(folder: Path) -> None:
        from pipeline.reporting.comparison import Comparison
        from pipeline.reporting.rendering import render_html

        notebook = folder / "internal" / "notebooks" / "comparison.ipynb"
        render_html(notebook, folder / "public" / "comparison.html", Comparison.open(call.stage(folder)))

    return render


def _compare(options: argparse.Namespace) -> tuple[str, int]:
    call = checked_call(load_project(options.project), options.periods)
    make_comparison(call)
    files = ("comparison.html", "comparison.pdf", "comparison.csv")
    stage = call.stage(call.target)
    errors = int((stage.load("findings.csv")["severity"] == "error").sum())
    lines = [
        f"{call.project.settings.name}: {', '.join(call.labels[:-1])} and {call.labels[-1]} are compared.",
        *(f"  {relative(call.target / 'public' / name)}" for name in files),
    ]
    if errors:
        lines.append("While errors are open it is a DRAFT; internal/findings.csv says what to do about each.")
    provisional = [scopes.label for scopes in stage.periods if scopes.current.is_provisional]
    if provisional:
        lines.append(f"Provisional, since the register does not reach its end: {', '.join(provisional)}.")
    return "\n".join([*lines, index_told(call.project)]), 0


def _add_periods_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--periods", default="", metavar="'X Y …'", help="the periods to compare, as one text: '2024H1 2024H2'"
    )


COMMANDS = {
    "compare": Command(
        "set two or more periods side by side: HTML, PDF and a table",
        options_of(add_project_option, _add_periods_option, add_data_option, add_outputs_option),
        _compare,
    )
}
