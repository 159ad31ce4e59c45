"""What a person explained: error findings that are settled, each with its reason, by whom and when."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.formats.text import decode, records

COLUMNS = ("number", "rule", "reason", "who", "date")
"""The columns of data/<project>/explanations.csv."""


def read_explanations(project: Project) -> pd.DataFrame:
    """Read explanations.csv; an empty table where the project has none. A faulty line is an `InputError`."""
    path = project.folder / "explanations.csv"
    if not path.is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    shown_as = f"{project.shown_folder}/explanations.csv"
    text, _ = decode(path.read_bytes(), shown_as)
    lines = [[cell.strip() for cell in line] for line in records(text, shown_as)]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{shown_as}, row 1: the headings must be {', '.join(COLUMNS)}.")
    for row, line in enumerate(lines[1:], start=2):
        if any(line):
            _check_line(line, f"{shown_as}, row {row}")
    return pd.DataFrame([line for line in lines[1:] if any(line)], columns=list(COLUMNS), dtype="str")


def settle(found: pd.DataFrame, explanations: pd.DataFrame) -> pd.DataFrame:
    """Mark error findings that an explanation names by number and rule as 'explained', with the reason; sort all."""
    if explanations.empty:
        return findings.in_order(found)
    told = explanations.drop_duplicates(["number", "rule"], keep="last").set_index(["number", "rule"])
    reason = (told["reason"] + " (" + told["who"] + ", " + told["date"] + ")").to_dict()
    without_who = (told["reason"].str.rstrip(".") + " (" + told["date"] + ")").to_dict()
    keys = list(zip(found["registration_no"].fillna(""), found["rule"], strict=True))
    settled = pd.Series([reason.get(key, "") for key in keys], index=found.index)
    is_settled = (settled != "") & (found["severity"] == "error")
    told_of = found.assign(
        severity=found["severity"].mask(is_settled, "explained"),
        message=found["message"].mask(is_settled, found["message"] + " Explained: " + settled),
        explained=pd.Series([without_who.get(key, "") for key in keys], index=found.index).where(is_settled, ""),
    )
    used = {key for key, is_used in zip(keys, is_settled, strict=True) if is_used}
    return findings.in_order(findings.joined(told_of, _unused([key for key in reason if key not in used])))


def _unused(keys: list[tuple[str, str]]) -> pd.DataFrame:
    """Note the explanations that fit no error: the number or the rule is another, or the register was mended since."""
    numbers, rules = (pd.Series([key[part] for key in keys], dtype="str") for part in (0, 1))
    rows = findings.about_files(["explanations.csv"] * len(keys)).assign(registration_no=numbers)
    return findings.found("explanation_unused", rows, values=numbers, what=rules)


def _check_line(line: list[str], place: str) -> None:
    if len(line) != len(COLUMNS) or not all(line):
        raise InputError(f"{place}: every cell must be filled: {', '.join(COLUMNS)}.")
    if line[1] not in findings.rules():
        raise InputError(f"{place}, column rule: this is not a rule. See the column rule of findings.csv.")
    try:
        date.fromisoformat(line[4])
    except ValueError:
        raise InputError(f"{place}, column date: write the day as 2024-06-30.") from None
