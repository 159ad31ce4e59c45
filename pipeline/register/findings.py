"""Findings: what the pipeline noticed in the data, each with its rule, its place and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import RootModel

from pipeline.register.columns import identifying
from pipeline.yaml_files import Strict, read_yaml

COLUMNS = ("severity", "rule", "registration_no", "row", "column", "value", "message", "action")
"""The columns of internal/findings.csv, in order."""
PLACED = (*COLUMNS, "source_file", "source_sheet", "explained")
"""The columns of a table of findings inside the program: with the place that tells rows of two sheets apart, and the
reason and day of an explanation, never by whom."""
SEVERITIES = ("error", "warning", "note", "explained")
"""'explained' is an error that a person has settled in explanations.csv."""

_FILE = Path(__file__).with_name("rules.yml")
LONGEST_VALUE = 80
"""Letters of a value that are told."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


class Rule(Strict):
    """One check of the register."""

    severity: Literal["error", "warning", "note"]
    title: str
    message: str
    action: str


class _Rules(RootModel[dict[str, Rule]]):
    pass


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by id, in the order of the file."""
    return _Rules.model_validate(read_yaml(_FILE, "pipeline/register/rules.yml")).root


@cache
def none() -> pd.DataFrame:
    """Return the empty table of findings."""
    return pd.DataFrame({name: pd.Series(dtype="Int64" if name == "row" else "str") for name in PLACED})


def found(
    rule_id: str, rows: pd.DataFrame, column: str = "", *, values: pd.Series | None = None, **fills: Any
) -> pd.DataFrame:
    """Make one finding for each of `rows`.

    Parameters
    ----------
    rule_id
        A key of rules.yml.
    rows
        The rows concerned, with `source_file`, `source_sheet`, `source_row` and `registration_no`.
    column
        The known column concerned; the value of one that identifies a person stays blank.
    values
        What was found, with the index of `rows`; the cells of `column` where it is left out.
    fills
        What the message's other fields are filled with: one value, or a series with the index of `rows`.
    """
    if rows.empty:
        return none()
    rule = rules()[rule_id]
    if values is None:
        values = rows[column] if column in rows else pd.Series("", index=rows.index)
    texts = values.map(_as_text)
    if identifying([column]):
        texts = pd.Series("", index=rows.index)
    needed = set(re.findall(r"\{(\w+)\}", rule.message))
    parts = {name: _column(fill, rows).map(_as_text) for name, fill in fills.items() if name in needed}
    parts["value"] = texts
    if "place" in needed:
        tail = _in_column(column) if column else ""
        parts["place"] = places(rows) + tail
    if "file" in needed:
        parts["file"] = rows["source_file"]
    used = [name for name in parts if name in needed]
    messages = [
        rule.message.format(**dict(zip(used, row, strict=True))) for row in zip(*(parts[n] for n in used), strict=True)
    ]
    return pd.DataFrame(
        {
            "severity": rule.severity,
            "rule": rule_id,
            "registration_no": rows["registration_no"].fillna("").to_numpy(),
            "row": pd.array(rows["source_row"], dtype="Int64"),
            "column": column,
            "value": texts.to_numpy(),
            "message": messages,
            "action": rule.action,
            "source_file": rows["source_file"].to_numpy(),
            "source_sheet": rows["source_sheet"].to_numpy(),
            "explained": "",
        },
        columns=list(PLACED),
    )


def about_files(files: Iterable[str], sheets: Iterable[str] | None = None) -> pd.DataFrame:
    """Return rows for findings that are about a file or sheet as a whole: without a row or registration number."""
    names = pd.Series(list(files), dtype="str")
    return pd.DataFrame(
        {
            "source_file": names,
            "source_sheet": pd.Series("" if sheets is None else list(sheets), index=names.index, dtype="str"),
            "source_row": pd.array([pd.NA] * len(names), dtype="Int64"),
            "registration_no": pd.Series("", index=names.index, dtype="str"),
        }
    )


def places(rows: pd.DataFrame) -> pd.Series:
    """Name each row by its file, its sheet where the file has several, and its number."""
    sheet = (", sheet " + rows["source_sheet"]).where(rows["source_sheet"] != "", "")
    return rows["source_file"] + sheet + ", row " + rows["source_row"].astype("str")


def with_columns_shown(found: pd.DataFrame, shown: Mapping[tuple[str, str], Mapping[str, str]]) -> pd.DataFrame:
    """Say in messages where a column stands; `shown` has by file and sheet what is put behind the name of each."""
    if found.empty or not shown:
        return found
    keys = ["source_file", "source_sheet", "column"]
    messages = found["message"].copy()
    for (file, sheet, column), rows in found[found["row"].notna()].groupby(keys, sort=False).groups.items():
        as_shown = shown.get((file, sheet), {}).get(column)
        if as_shown:
            plain = _in_column(column)
            messages.loc[rows] = [text.replace(plain, f"{plain} {as_shown}", 1) for text in messages.loc[rows]]
    return found.assign(message=messages)


def _in_column(column: str) -> str:
    return f", column {column}"


def joined(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put tables of findings together."""
    filled = [table for table in tables if not table.empty]
    return pd.concat(filled, ignore_index=True) if filled else none()


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """Sort findings: the gravest first, then in the order of the register."""
    rank = found["severity"].map({severity: place for place, severity in enumerate(SEVERITIES)})
    keys = ["_rank", "source_file", "source_sheet", "row", "rule", "column"]
    order = found.assign(_rank=rank).sort_values(keys, kind="stable", na_position="last")
    return order.drop(columns="_rank").reset_index(drop=True)


def keys_of_places(found: pd.DataFrame) -> pd.MultiIndex:
    """Return where each finding stands: file, sheet and row as in the register, row 0 for a file as a whole."""
    return pd.MultiIndex.from_frame(found[["source_file", "source_sheet", "row"]].fillna({"row": 0}))


def shorten(found: pd.DataFrame) -> pd.DataFrame:
    """Cut long values, in their column and in the messages.

    Only after names were replaced: half a name is not known as a name.
    """
    pairs = list(zip(found["value"], found["message"], strict=True))
    messages = [text.replace(value, _shorten(value)) if len(value) > LONGEST_VALUE else text for value, text in pairs]
    return found.assign(value=found["value"].map(_shorten), message=pd.Series(messages, index=found.index, dtype="str"))


def without_controls(found: pd.DataFrame) -> pd.DataFrame:
    """Put a ? in the place of what a terminal would obey: a cell may hold anything, and findings are read in one.

    Only after names were replaced, as in `shorten`.
    """
    texts = ("registration_no", "value", "message", "explained")
    return found.assign(**{name: found[name].str.replace(_CONTROLS, "?", regex=True) for name in texts})


def _column(fill: Any, rows: pd.DataFrame) -> pd.Series:
    return fill.reindex(rows.index) if isinstance(fill, pd.Series) else pd.Series([fill] * len(rows), index=rows.index)


def _as_text(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value == value.normalize() else str(value)[:19]
    return str(value)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
