"""The review workbook as a person filled it in: which decisions it holds, checked cell by cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from pipeline.classification.decisions import COLUMNS, allowed, cases_of, code_of, decide
from pipeline.classification.taxonomy import LABELS
from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register.filled import filled_lines

NEEDED = ("registration_no", "row", "label", "decision", "who", "reason", "text_hash")
"""The columns of the review workbook that are read back; a file may hold others and be in another order."""
_MOST_NAMED = 20


def read_filled(path: Path, project: Project, day: date) -> pd.DataFrame:
    """Read the lines with a decision, as lines of decisions.csv that were decided on `day`.

    The index is the row in the file. An `InputError` names file, row and column of the first cell that cannot be taken,
    and what is allowed there.
    """
    cells = filled_lines(path, NEEDED, "review workbook (internal/review.xlsx)")
    filled = cells[cells["decision"] != ""]
    lines = [
        _line(row, dict(zip(NEEDED, line, strict=True)), path.name, project, day)
        for row, line in zip(filled.index, filled[list(NEEDED)].to_numpy().tolist(), strict=True)
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS), index=filled.index, dtype="str")


def _line(row: int, cells: dict[str, str], name: str, project: Project, day: date) -> dict[str, str]:
    place = f"{name}, row {row}"
    label = next((one for one in LABELS if one == cells["label"]), None)
    if label is None:
        raise InputError(f"{place}, column label: this is no label. Allowed are {', '.join(LABELS)}.")
    value = code_of(cells["decision"], label, project)
    if value is None:
        names = ", ".join(allowed(label, project).values())
        raise InputError(f"{place}, column decision: this is no {label}. Allowed are {names}.")
    for column, what in (("who", "Say who decided"), ("reason", "Say why"), ("text_hash", "Bring it back from a copy")):
        if not cells[column]:
            raise InputError(f"{place}, column {column}: the cell is empty. {what}, or leave the decision blank too.")
    kept = {column: cells[column] for column in ("registration_no", "row", "label", "who", "reason", "text_hash")}
    return {**kept, "value": value, "date": day.isoformat()}


def new_decisions(lines: pd.DataFrame, former: pd.DataFrame, cases: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the lines that say something else than the decisions that count already.

    Where a line is about a text that has changed since, or about no grievance, none is taken: an `InputError` names the
    grievances.
    """
    case = cases_of(lines, cases)
    refused = lines[case.isna()]
    if len(refused):
        named = [number or f"row {row}" for number, row in zip(refused["registration_no"], refused["row"], strict=True)]
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        raise InputError(
            f"{name}: nothing was taken. The text has changed, or the grievance is gone, since the workbook was made: "
            f"{', '.join(dict.fromkeys(named[:_MOST_NAMED]))}{more}. Make the period anew, and decide by its "
            "internal/review.xlsx."
        )
    standing = decide(former, cases).tables
    is_new = []
    for label, at, value, who, reason in zip(
        lines["label"], case, lines["value"], lines["who"], lines["reason"], strict=True
    ):
        table = standing.get(label)
        there = table.loc[at] if table is not None and at in table.index else None
        is_new.append(there is None or (there["value"], there["who"], there["reason"]) != (value, who, reason))
    return lines[pd.Series(is_new, index=lines.index, dtype=bool)]
