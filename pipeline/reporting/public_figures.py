"""The figures of a report as its public table tells them, and what of them adds up over several reports.

Nothing else of a report is read here, so that a page made of these figures tells nothing that the reports did not tell.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from pipeline.indicators.definitions import unit_of
from pipeline.reporting.numbers import PUBLIC_COLUMNS, display
from pipeline.reporting.words import Words

_MOST_BYTES = 50_000_000
_LONGEST_DISPLAY = 100
_PROVISIONAL = " *"
"""What ends the display of a count that holds labels which a rule or the model proposed."""


@dataclass(frozen=True)
class PublicFigure:
    """A figure of public/indicators.csv: as the report displays it, and its value and parts where they are given."""

    indicator: str
    display: str
    value: float | None
    numerator: int | None = None
    denominator: int | None = None

    @property
    def is_given(self) -> bool:
        """Whether the report tells it as a number, or as one of another."""
        return self.value is not None or self.denominator is not None

    @property
    def holds_proposals(self) -> bool:
        """Whether labels that nobody confirmed count in it."""
        return self.display.endswith(_PROVISIONAL)

    def shown(self, words: Words, *, as_displayed: bool) -> str:
        """Write the figure in a language: `as_displayed` where that is its report's own, else anew by the same rule.

        A figure that is not given is displayed as its report does, in its language.
        """
        if as_displayed or not self.is_given:
            return self.display
        return _written(self, words) + (_PROVISIONAL if self.holds_proposals else "")


def read_figures(path: Path, names: Collection[str]) -> dict[str, PublicFigure] | None:
    """Read the headlines of a period by their indicators; None for a table that is missing, broken or lacks one."""
    found: dict[str, PublicFigure] = {}
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.DictReader(handle, strict=True)
            if not set(PUBLIC_COLUMNS) <= set(rows.fieldnames or ()):
                return None
            for row in rows:
                name = row["indicator"]
                if name in names and row["scope"] == "period" and row["dimension"] == "":
                    if name in found:
                        return None
                    found[name] = _figure(row)
    except (OSError, ValueError, csv.Error):
        return None
    return found if len(found) == len(names) else None


def _figure(row: Mapping[str, str | None]) -> PublicFigure:
    shown = row["display"]
    if not shown or len(shown) > _LONGEST_DISPLAY or any(unicodedata.category(letter)[0] == "C" for letter in shown):
        raise ValueError("no figure of a report")
    value, numerator, denominator = (_number(row[name]) for name in ("value", "numerator", "denominator"))
    if (numerator is None) != (denominator is None):
        raise ValueError("no figure of a report")
    return PublicFigure(str(row["indicator"]), shown, value, _whole(numerator), _whole(denominator))


def _number(text: str | None) -> float | None:
    if text is None:
        raise ValueError("no figure of a report")
    number = float(text) if text else None
    if number is not None and not (isfinite(number) and number >= 0):
        raise ValueError("no figure of a report")
    return number


def _whole(number: float | None) -> int | None:
    if number is not None and number != int(number):
        raise ValueError("no figure of a report")
    return None if number is None else int(number)


def adds_up(indicator: str) -> bool:
    """Say whether an indicator adds up over reports: counts do, and the parts of rates; medians and the like do not."""
    return unit_of(indicator) in ("count", "percent")


def added(figures: Sequence[PublicFigure | None], words: Words, *, minimum_n: int) -> PublicFigure | None:
    """Add up one indicator over reports; None unless every part is public, and where the indicator does not add up.

    A total of some parts would pass for one of all, and one that holds a hidden part would give it away by difference.
    A rate is that of the summed parts; below `minimum_n` it has no percentage, as in a report.
    """
    given = [figure for figure in figures if figure is not None]
    if not given or len(given) < len(figures) or not adds_up(given[0].indicator):
        return None
    total = _counts(given) if unit_of(given[0].indicator) == "count" else _rates(given, minimum_n)
    if total is None:
        return None
    mark = _PROVISIONAL if any(figure.holds_proposals for figure in given) else ""
    return PublicFigure(total.indicator, _written(total, words) + mark, total.value, total.numerator, total.denominator)


def _counts(figures: Sequence[PublicFigure]) -> PublicFigure | None:
    values = [figure.value for figure in figures if figure.value is not None]
    return PublicFigure(figures[0].indicator, "", sum(values)) if len(values) == len(figures) else None


def _rates(figures: Sequence[PublicFigure], minimum_n: int) -> PublicFigure | None:
    parts = [
        (one.numerator, one.denominator) for one in figures if one.numerator is not None and one.denominator is not None
    ]
    if len(parts) < len(figures):
        return None
    numerator, denominator = sum(part[0] for part in parts), sum(part[1] for part in parts)
    value = 100 * numerator / denominator if denominator >= max(1, minimum_n) else None
    return PublicFigure(figures[0].indicator, "", value, numerator, denominator)


def _written(figure: PublicFigure, words: Words) -> str:
    """Write a figure that is given by the rule of the reports."""
    state = "stated"
    if figure.value is None:
        state = "below_minimum" if figure.denominator else "not_applicable"
    return display(
        {
            "state": state,
            "indicator": figure.indicator,
            "unit": unit_of(figure.indicator),
            "value": figure.value,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
        },
        words,
    )
