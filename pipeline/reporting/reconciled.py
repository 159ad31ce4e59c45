"""The checks of the figures as the report prints them: what must equal what, and what was signed for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pipeline.indicators.reconciliation import exceptions_used
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

_SHOWN_AS_ONE = ["check", "left", "right", "difference", "signed_by", "signed_on", "exception"]


def tables(checks: pd.DataFrame, words: Words) -> list[Table]:
    """Make a table of the checks of each scope; breakdowns by several dimensions that come to the same are one row."""
    text = words.text
    titles = {
        "period": text("Checks of this period"),
        "previous": text("Checks of the previous period"),
        "cumulative": text("Checks of the total since the start"),
    }
    told = _with_texts(checks)
    return [
        _table(told[told["scope"] == scope], title, words)
        for scope, title in titles.items()
        if scope in set(told["scope"])
    ]


def exceptions(checks: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    """Return each difference that somebody signed for, in words: the check, the two sides, who, when and why."""
    told = _with_texts(checks)
    used = told.merge(exceptions_used(told), how="inner")
    return [
        {
            "check": _what(row, words),
            "where": _where(row, words),
            "left": int(row["left"]),
            "right": int(row["right"]),
            "difference": int(row["difference"]),
            "who": row["signed_by"],
            "day": date.fromisoformat(row["signed_on"]),
            "reason": row["exception"],
        }
        for row in used.to_dict("records")
    ]


def _with_texts(checks: pd.DataFrame) -> pd.DataFrame:
    """Put '' for what the file holds as nothing."""
    names = ("dimension", "rows", "exception", "signed_by", "signed_on")
    return checks.assign(**{name: checks[name].astype("object").where(checks[name].notna(), "") for name in names})


def _table(checks: pd.DataFrame, title: str, words: Words) -> Table:
    text, number = words.text, words.number
    rows = []
    for _, alike in checks.groupby([*_SHOWN_AS_ONE, checks["dimension"] == ""], sort=False):
        row = alike.iloc[0].to_dict()
        by = words.listed([dimension_title(name, words) for name in alike["dimension"] if name])
        sides = [number(row[side]) for side in ("left", "right", "difference")]
        rows.append([_what(row, words), by, *sides, _verdict(row, words)])
    headers = [text("Check"), text("By"), text("Left"), text("Right"), text("Difference"), text("Verdict")]
    return simple(title, headers, rows, numeric=[2, 3, 4], kind="checks", widths=(40, 24, 8, 8, 9, 11))


def _what(row: dict[str, Any], words: Words) -> str:
    return words.text("%(left)s = %(right)s", left=words.text(row["left_is"]), right=words.text(row["right_is"]))


def _where(row: dict[str, Any], words: Words) -> str:
    scope = {
        "period": words.text("this period"),
        "previous": words.text("the previous period"),
        "cumulative": words.text("total since the start"),
    }[row["scope"]]
    if not row["dimension"]:
        return scope
    return words.text("%(scope)s, by %(dimension)s", scope=scope, dimension=dimension_title(row["dimension"], words))


def _verdict(row: dict[str, Any], words: Words) -> str:
    if row["difference"] == 0:
        return words.text("agrees")
    return words.text("signed exception") if row["signed_by"] else words.text("does not agree")


def dimension_title(dimension: str, words: Words) -> str:
    """Name a dimension of the indicators."""
    return {
        "channel": words.text("channel"),
        "type": words.text("type"),
        "status": words.text("status"),
        "month": words.text("month"),
        "topic": words.text("topic"),
        "location": words.text("location"),
        "sex": words.text("sex"),
        "age": words.text("age"),
        "working_days": words.text("working days"),
    }[dimension]
