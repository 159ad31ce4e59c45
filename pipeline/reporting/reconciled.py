"""The checks of the figures as the report prints them: what must equal what, and what was signed for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pipeline.indicators.reconciliation import exceptions_used
from pipeline.reporting.labels import dimension_title
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

_SCOPES = ("period", "previous", "cumulative")


def table(checks: pd.DataFrame, words: Words) -> Table:
    """Make one row a check, one column a scope, with both sides: 16 = 16.

    Breakdowns by several dimensions that come to the same in every scope are one row.
    """
    text, told = words.text, _with_texts(checks)
    titles = {
        "period": text("This period"),
        "previous": text("Previous period"),
        "cumulative": text("Total since the start"),
    }
    there = [scope for scope in _SCOPES if scope in set(told["scope"])]
    alike: dict[tuple[str, bool, str, tuple[str, ...], str], list[str]] = {}
    for (name, dimension), of_check in told.groupby(["check", "dimension"], sort=False):
        rows = {row["scope"]: row for row in of_check.to_dict("records")}
        cells = tuple(_sides(rows.get(scope), words) for scope in there)
        verdict = _verdict(list(rows.values()), words)
        key = (str(name), dimension == "", _what(next(iter(rows.values())), words), cells, verdict)
        alike.setdefault(key, []).append(str(dimension))
    body = [
        [what, words.listed([dimension_title(one, words) for one in dimensions if one]), *cells, verdict]
        for (_, _, what, cells, verdict), dimensions in alike.items()
    ]
    headers = [text("Check"), text("By"), *(titles[scope] for scope in there), text("Verdict")]
    widths = (38, 22, *([round(28 / len(there))] * len(there)), 12)
    return simple(
        text("What must equal what"), headers, body, numeric=range(2, 2 + len(there)), kind="checks", widths=widths
    )


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


def _sides(row: dict[Any, Any] | None, words: Words) -> str:
    if row is None:
        return "–"
    left, right = words.number(row["left"]), words.number(row["right"])
    return f"{left} = {right}" if row["difference"] == 0 else f"{left} ≠ {right}"


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


def _verdict(rows: list[dict[Any, Any]], words: Words) -> str:
    failed = [row for row in rows if row["difference"] != 0]
    if not failed:
        return words.text("agrees")
    return words.text("signed exception") if all(row["signed_by"] for row in failed) else words.text("does not agree")
