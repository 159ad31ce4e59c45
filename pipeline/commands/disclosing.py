"""`disclose`: what persons decided on the texts that can be public, taken over into disclosure.csv."""

from __future__ import annotations

import argparse
from collections.abc import Callable
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
)
from pipeline.commands.periods import checked_call
from pipeline.confidentiality.hits import Hit
from pipeline.places import outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.register.disclosure import Answer
from pipeline.saved_workbooks import note_taken


def _disclose(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.execution.errors import explained
    from pipeline.files import replace_bytes
    from pipeline.register.disclosure import (
        DISCLOSURE,
        answers_bytes,
        read_answers,
        taken_over,
        unused,
    )
    from pipeline.register.disclosure_filled import read_filled, refuse_strangers
    from pipeline.register.disclosure_workbook import WORKBOOK

    call = checked_call(load_project(options.project), options.period)
    label, code = call.scopes.label, call.project.code
    path = filled_file(options, f"PERIOD={label} PROJECT={code}", call.target / "internal" / WORKBOOK)
    file = call.project.folder / DISCLOSURE
    with alone(outputs_folder() / code / "disclosure"):
        former = read_answers(call.project)
        places_by, redact = _texts(call.project)
        new, taken_out = read_filled(path, date.today(), redact)
        if not new:
            return f"{path.name} holds no decision: the column decision is blank. Nothing was changed.", 0
        answers, added, changed = taken_over(former, new)
        places = places_by(answers)
        refuse_strangers(new, places, path.name)
        if not added and not changed:
            note_taken(path, outputs_folder() / code)
            return f"{relative(file)} holds the decisions of {path.name} already; nothing was changed.", 0
        with explained(file):
            replace_bytes(answers_bytes(answers), file, restricted=True)
        note_taken(path, outputs_folder() / code)
    decisions = f"{added} decision{'s' if added != 1 else ''}"
    told = [f"{path.name}: {decisions} added to {relative(file)}, {changed} changed; only you can open it."]
    if taken_out:
        told.append(f"Replaced in wordings and reasons, as in every text: {taken_out}.")
    open_now = int(places["is_open"].sum())
    told.append(f"Suspects in the texts of the register that nobody answered: {open_now}.")
    ignored = len(unused(answers, places))
    told += [f"Answers on texts that are no more, which are ignored: {ignored}."] if ignored else []
    told.append(f"They count from the next run on: make report PERIOD={label} PROJECT={code}")
    return "\n".join(told), 0


def _texts(
    project: Project,
) -> tuple[Callable[[list[Answer]], pd.DataFrame], Callable[[str], tuple[str, list[Hit]]]]:
    """Read the register as the first notebook does; returns what finds its places by answers, and what redacts."""
    from pipeline.classification.sensitive import general_register
    from pipeline.register.checking import corrected_register
    from pipeline.register.identities import redact_own_words, redact_texts, split_identities

    checked, lanes = general_register(corrected_register(project), project)
    cases, identities = split_identities(checked.table)
    known, locale = lanes.names, project.locale
    return (
        lambda answers: redact_texts(cases, known, answers, complainants=identities["complainant"], locale=locale)[1],
        lambda text: redact_own_words(text, known, locale),
    )


COMMANDS = {
    "disclose": Command(
        "take the decisions of a filled disclosure workbook into disclosure.csv",
        options_of(
            add_project_option,
            add_period_option,
            add_file_option("the disclosure workbook, filled in"),
            add_data_option,
            add_outputs_option,
        ),
        _disclose,
    ),
}
"""The command that takes over what persons decided on texts."""
