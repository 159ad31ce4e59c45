"""`decide` and `evaluate-classification`: what persons decided on labels, and how well the learned model does."""

from __future__ import annotations

import argparse
from datetime import date

import pandas as pd

from pipeline.commands.options import (
    Command,
    add_data_option,
    add_file_option,
    add_outputs_option,
    add_period_option,
    add_project_option,
    alone,
    filled_file,
    options_of,
    texts_to_try,
)
from pipeline.commands.periods import Call, checked_call
from pipeline.places import outputs_folder, relative
from pipeline.project import NOT_STATED, Project, load_project
from pipeline.register.reading import Register
from pipeline.saved_workbooks import note_taken

_TOLD_DIMENSIONS = ("", "type")
"""The figures whose change is told: headlines, and counts by type."""


def _decide(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.classification.decisions import COLUMNS, DECISIONS, decisions_bytes, read_decisions
    from pipeline.classification.filled import new_decisions, read_filled
    from pipeline.execution.errors import explained
    from pipeline.files import replace_bytes
    from pipeline.register.checking import corrected_register

    call = checked_call(load_project(options.project), options.period)
    words = f"PERIOD={call.scopes.label} PROJECT={call.project.code}"
    path = filled_file(options, words, call.target / "internal" / "review.xlsx")
    file = call.project.folder / DECISIONS
    with alone(outputs_folder() / call.project.code / "decisions"):
        lines = read_filled(path, call.project, date.today())
        if lines.empty:
            return f"{path.name} holds no decision: the column decision is blank. Nothing was changed.", 0
        corrected = corrected_register(call.project)
        cases, collected = _cases(corrected, call.project)
        former = read_decisions(call.project)
        new = new_decisions(lines, former, cases, path.name)
        if new.empty:
            note_taken(path, outputs_folder() / call.project.code)
            return f"{relative(file)} holds the decisions of {path.name} already; nothing was changed.", 0
        decisions = pd.concat([former, new], ignore_index=True)[list(COLUMNS)]
        changes = _changes(call, corrected, cases, collected, (former, decisions))
        with explained(file):
            replace_bytes(decisions_bytes(decisions), file, restricted=True)
        note_taken(path, outputs_folder() / call.project.code)
    count = f"{len(new)} decision{'s' if len(new) != 1 else ''}"
    told = [f"{count} added to {relative(file)}; only you can open it."]
    if changes:
        told += [f"What changes in the figures of {call.scopes.label}:", *(f"  {line}" for line in changes)]
    else:
        told.append(f"No figure of {call.scopes.label} changes.")
    told.append(f"They count from the next run on: make report PERIOD={call.scopes.label} PROJECT={call.project.code}")
    return "\n".join(told), 0


def _cases(corrected: Register, project: Project) -> tuple[pd.DataFrame, list[str]]:
    """Return all cases with their names replaced, sensitive ones among them, and the columns of the register."""
    from pipeline.register.checking import checked
    from pipeline.register.identities import known_names_in, redact_texts, split_identities
    from pipeline.register.mapping import collected

    register = checked(corrected, project)
    cases, identities = split_identities(register.table)
    names = known_names_in(project, register.table)
    complainants = identities["complainant"]
    cases, _ = redact_texts(cases, names, complainants=complainants, locale=project.locale, with_suspects=False)
    return cases, collected(register)


def _general_cases(
    corrected: Register, project: Project, decisions: pd.DataFrame, redacted: pd.DataFrame
) -> pd.DataFrame:
    """Return the cases that are not sensitive under these decisions, as the first notebook makes them.

    `redacted` are all cases, whose texts are taken over.
    """
    from pipeline.classification.sensitive import general_register
    from pipeline.register.identities import split_identities
    from pipeline.register.reading import PLACE

    cases, _ = split_identities(general_register(corrected, project, decisions)[0].table)
    texts = [name for name in redacted if name.endswith(("_public", "_redacted", "_basis"))]
    return cases.merge(redacted[[*PLACE, *texts]], on=[*PLACE], how="left", validate="one_to_one")


def _changes(
    call: Call,
    corrected: Register,
    cases: pd.DataFrame,
    collected: list[str],
    decisions: tuple[pd.DataFrame, pd.DataFrame],
) -> list[str]:
    """Tell the figures of the period that differ with the decisions, each by the former ones and by the new."""
    from pipeline.classification.proposals import labelled_cases
    from pipeline.indicators.computation import measure
    from pipeline.reporting.labels import labels, title_of
    from pipeline.reporting.numbers import display
    from pipeline.reporting.words import words_for

    words, keys = words_for("en"), ["indicator", "dimension", "member"]
    shown = []
    for one in decisions:
        general = _general_cases(corrected, call.project, one, cases)
        labelled = labelled_cases(general, call.project, one).labelled
        table = measure(labelled, call.project, call.scopes, collected).table
        table = table[(table["scope"] == "period") & table["dimension"].isin(_TOLD_DIMENSIONS)]
        rows = table.to_dict("records")
        shown.append({tuple(str(row[key]) for key in keys): _plain(display(row, words)) for row in rows})
    types = labels(call.project, words, "type")
    told = []
    for key in dict.fromkeys([*shown[0], *shown[1]]):
        before, after = (one.get(key, "not given") for one in shown)
        if before != after:
            name = title_of(key[0], words)
            name = f"{name}, {types.get(key[2], NOT_STATED)}" if key[1] and key[2] else name
            told.append(f"{name}: {before} → {after}")
    return told


def _plain(shown: str) -> str:
    """Put blanks in the place of those that hold a number and its sign together, which not every terminal shows."""
    return shown.replace("\u202f", " ").replace("\u00a0", " ")


def _evaluate(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.classification.evaluation import evaluate

    return evaluate(texts_to_try("the learned model", "docs/classification.md")).text(), 0


COMMANDS = {
    "decide": Command(
        "take the decisions of a filled review workbook into decisions.csv, and say what changes",
        options_of(
            add_project_option,
            add_period_option,
            add_file_option("the review workbook, filled in"),
            add_data_option,
            add_outputs_option,
        ),
        _decide,
    ),
    "evaluate-classification": Command(
        "try the learned model on real texts that people labelled, beside simpler ones", options_of(), _evaluate
    ),
}
"""The commands of the classification."""
