"""What the third notebook shows of what was published before: the records, both figures, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.indicators.definitions import RATIOS
from pipeline.indicators.published import Published, of_previous
from pipeline.indicators.restatement import REASONS
from pipeline.indicators.views import figure
from pipeline.period import Scopes

_KEYS = ["published_period", "scope", "indicator", "dimension", "member"]
_MOST_ROWS = 20


def records_shown(records: Sequence[Published], scopes: Scopes) -> pd.DataFrame:
    """List the records with their windows, and what each is to this report; one row a record."""
    return pd.DataFrame(
        [
            {
                "published": record.label,
                "window": f"{record.current.start} to {record.current.end}",
                "as_of": str(record.current.as_of),
                "what_it_is": _what_it_is(record, scopes),
            }
            for record in records
        ],
        columns=["published", "window", "as_of", "what_it_is"],
    )


def _what_it_is(record: Published, scopes: Scopes) -> str:
    if record.label == scopes.period.label:
        return "this period"
    if record.current == scopes.previous:
        return "the previous period; its figures are taken from here"
    return "the previous period, with another window: its figures are computed anew"


def published_and_now(table: pd.DataFrame, records: Sequence[Published], scopes: Scopes) -> pd.DataFrame:
    """Put the published headline figures of the previous period beside those computed anew; one row a figure.

    `table` is that of `Measured`. `published` says so where the record does not hold a figure, which is then the one
    computed anew.
    """
    headlines = table[(table["scope"] == "previous") & (table["dimension"] == "")].set_index("indicator")
    record = of_previous(scopes, records)
    if record is None:
        return pd.DataFrame(columns=["indicator", "published", "computed_anew"])
    then = record.figures[(record.figures["scope"] == "period") & (record.figures["dimension"] == "")]
    then = then.set_index("indicator")
    names = list(headlines.index)
    return pd.DataFrame(
        {
            "indicator": names,
            "published": [
                figure(then.loc[name]) if name in then.index else "not in the record" for name in headlines.index
            ],
            "computed_anew": [figure(row) for _, row in headlines.iterrows()],
        }
    )


def restatement_shown(restated: pd.DataFrame) -> pd.DataFrame:
    """Show the restatement as a table for a reviewer: one row a figure and reason, at most 20 numbers in a row."""
    shown = pd.DataFrame(
        {
            **{name: restated[name] for name in _KEYS},
            "published": _figures(restated, "published"),
            "now": _figures(restated, "now"),
            "difference": restated["difference"],
            "why": restated["reason"].map(REASONS),
            "change": restated["change"],
            "grievances": [_cut(rows) for rows in restated["rows"]],
        }
    )
    return shown.reset_index(drop=True)


def _figures(restated: pd.DataFrame, side: str) -> list[str]:
    rows = restated.to_dict("records")
    return [
        figure(
            {
                "state": row[f"{side}_state"],
                "value": None if row["unit"] in RATIOS else row[side],
                "numerator": row[side],
                "denominator": row[f"{side}_of"],
            }
        )
        for row in rows
    ]


def _cut(rows: str) -> str:
    listed = rows.split("; ")
    more = f" and {len(listed) - _MOST_ROWS} more" if len(listed) > _MOST_ROWS else ""
    return "; ".join(listed[:_MOST_ROWS]) + more
