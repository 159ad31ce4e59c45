"""The workbook disclosure.xlsx as a person filled it in: which answers it holds, checked cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from pipeline.confidentiality.hits import Hit
from pipeline.errors import InputError
from pipeline.register.disclosure import (
    NAMES,
    OF_A_TEXT,
    Answer,
    checked_answer,
    code_of,
    keys_of,
    without_contradiction,
)
from pipeline.register.filled import filled_lines

NEEDED = (
    "registration_no",
    "row",
    "column",
    "kind",
    "decision",
    "wording",
    "who",
    "reason",
    "start",
    "end",
    "text_hash",
)
"""The columns of the workbook that are read back; a file may hold others and be in another order."""
_MOST_NAMED = 20
Redact = Callable[[str], tuple[str, list[Hit]]]


def read_filled(path: Path, day: date, redact: Redact) -> tuple[list[Answer], int]:
    """Read the lines with a decision as answers given on `day`; a cell that cannot be taken is an `InputError`.

    `redact` takes names out of what people wrote, since disclosure.csv holds none: returns also how many were taken out
    of wordings and reasons. Two lines that contradict each other are refused, with their rows.
    """
    cells = filled_lines(path, NEEDED, "disclosure workbook (internal/disclosure.xlsx)")
    written = cells[(cells["decision"] != "") | (cells["wording"] != "")]
    answers, taken_out = [], 0
    for row, line in zip(written.index, written.to_dict("records"), strict=True):
        answer, count = _answer(
            {str(name): str(cell) for name, cell in line.items()}, f"{path.name}, row {row}", day, redact
        )
        answers.append(answer)
        taken_out += count
    return without_contradiction(answers), taken_out


def _answer(cells: dict[str, str], place: str, day: date, redact: Redact) -> tuple[Answer, int]:
    decision = code_of(cells["decision"])
    if decision is None:
        raise InputError(f"{place}, column decision: this is no decision. Allowed are {', '.join(NAMES.values())}.")
    for column, what in (("who", "Say who decided"), ("reason", "Say why"), ("text_hash", "Bring it back from a copy")):
        if not cells[column]:
            raise InputError(f"{place}, column {column}: the cell is empty. {what}, or leave the decision blank too.")
    if redact(cells["who"])[1]:
        raise InputError(
            f"{place}, column who: write your function, such as Grievance officer, and no name or address."
        )
    wording, in_wording = redact(cells["wording"])
    reason, in_reason = redact(cells["reason"])
    if decision in OF_A_TEXT:
        cells = {**cells, "start": "", "end": "", "kind": ""}
    answer = Answer(
        **{
            name: cells[name]
            for name in ("registration_no", "row", "column", "text_hash", "start", "end", "kind", "who")
        },
        decision=decision,
        wording=wording,
        reason=reason,
        date=day.isoformat(),
        place=place,
    )
    return checked_answer(answer), len(in_wording) + len(in_reason)


def refuse_strangers(answers: Sequence[Answer], places: pd.DataFrame, name: str) -> None:
    """Take nothing where an answer is about a text that has changed since, or is gone, or about a place beyond its end.

    An `InputError` names them. A place in the text at which nothing is found counts: what was replaced stays so.
    """
    ends = dict(zip(keys_of(places), places["text"].str.len(), strict=True))
    gone = [answer for answer in answers if answer.text_key not in ends]
    if gone:
        named = list(dict.fromkeys(f"{answer.text_key.grievance} ({answer.column})" for answer in gone))
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        raise InputError(
            f"{name}: nothing was taken. The text has changed, or the grievance is gone, since the workbook was made: "
            f"{', '.join(named[:_MOST_NAMED])}{more}. Make the period anew, and decide by its internal/disclosure.xlsx."
        )
    for answer in answers:
        if answer.end and int(answer.end) > ends[answer.text_key]:
            raise InputError(
                f"{answer.place}, column end: the text ends before this place ({answer.start} to {answer.end}; it has "
                f"{ends[answer.text_key]} characters). Nothing was taken. Bring the row back from a copy, or make the "
                "period anew."
            )
