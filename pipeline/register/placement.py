"""When a grievance was received: its date, or the days between which its number and its other dates put it.

Source of the rule: docs/indicators.md, 'Undated grievances'.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.pieces import as_arrow
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.columns import names
from pipeline.register.reading import Register

GAP = "number_gap"
"""The rule whose findings stand in restricted files alone: a missing number that is no gap would be a sensitive one."""
UNPRINTED = "numbers_not_printed"
"""The rule that keeps registration numbers from being printed; it is asked of the grievances that are told of alone."""
UNDECLARED_FORMS = ("{number}", "{number}/{year}")
"""The forms of a number that are understood where project.yml declares no numbering."""
_MOST_NUMBERED_GAPS = 20
_DASHES = "[\u2010-\u2015\u2212]"
_NOUGHTS = "(^|[^0-9])0+([0-9])"
_BEHIND_A_FIGURE = re.compile(r"(?:[0-9]|\{year\})\s*\{number\}")


class Neighbours(NamedTuple):
    """The days between which the dated lower and higher numbers put each row, and what is out of order.

    `lower` and `upper` are the dates of the nearest ones. Where the nearest higher one was received before the
    mechanism began and no lower one has a date, that date may be mistyped: then it is `lower`, and `upper` the date of
    the next one from the start on, so that the row is in no period that begins with the mechanism.
    `behind` has, for each dated row that is earlier than a lower number, that number and its date.
    """

    lower: pd.Series
    upper: pd.Series
    behind: pd.DataFrame


def place_receipts(register: Register, project: Project, whole: Neighbours | None = None) -> Register:
    """Add the earliest and the latest possible day of receipt.

    Adds `number_series` (text, missing where the number does not have the project's form), `number_in_series`
    (Int64), `date_received_earliest` and `date_received_latest` (days; both are the date of receipt where it is
    stated). Findings: dates of a series that do not follow its numbers; receipts that could only be bounded. Of a part
    of a register `whole` has the neighbours of its rows in the whole one.
    """
    table = with_numbers(register.table, project)
    table, order = _with_bounds(table, project, whole)
    undated = table[table["date_received"].isna()]
    bounded = findings.found(
        "date_bounded",
        undated,
        "date_received",
        values=pd.Series("", index=undated.index),
        first=undated["date_received_earliest"],
        last=undated["date_received_latest"],
    )
    return register.with_table(table, order, bounded)


def number_gaps(placed: Register, project: Project) -> pd.DataFrame:
    """Find the numbers that a declared numbering misses, in a register whose receipts are placed.

    To be asked of the whole register alone: the number of a row that was left out is no gap. What comes of it is for
    restricted files, since a number that is missing elsewhere and is no gap belongs to a grievance that is kept apart.
    """
    numbering = project.settings.numbering
    return _gaps(placed.table, placed, numbering) if numbering else findings.none()


def unprinted_numbers(placed: Register, project: Project) -> pd.DataFrame:
    """Find out whether registration numbers must not be printed, though project.yml wants them: a note, or nothing.

    They are printed only where the rows given have every number from 1 to the highest of its series. So no number that
    is lacking among those printed can point to a grievance that is kept apart, and the answer does not depend on
    whether there is one: the rows are those without them.
    """
    if not project.settings.publish_registration_no or _is_unbroken(placed.table):
        return findings.none()
    return findings.found(UNPRINTED, findings.about_files([placed.file]))


def _is_unbroken(table: pd.DataFrame) -> bool:
    numbered = table.loc[table["registration_no"].notna(), ["number_series", "number_in_series"]]
    if numbered["number_series"].isna().any():
        return False
    series = numbered.groupby("number_series")["number_in_series"]
    return bool((series.nunique() == series.max()).all() and (series.min() == 1).all())


def number_pattern(form: str) -> str:
    """Return the regular expression of a number that is built as `form` says, with the groups `number` and `year`."""
    pattern = re.escape(form).replace(r"\{number\}", "(?P<number>[0-9]{1,9})")
    return pattern.replace(r"\{year\}", "(?P<year>[0-9]{4})")


def with_numbers(table: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Add the series of each number and its place in it; see `place_receipts`."""
    numbering = project.settings.numbering
    forms = {form: number_pattern(form) for form in ((numbering,) if numbering else UNDECLARED_FORMS)}
    series, number = _parts_of(table["registration_no"], forms)
    return table.assign(number_series=series, number_in_series=number)


def same_numbers(numbers: pd.Series, numbering: str | None) -> pd.Series:
    """Return for each registration number a text that all its spellings share; missing stays missing.

    Zeros before a figure, blanks, capitals, and the kind of dashes, digits and letters do not tell numbers apart: of
    one series 001/2024 is 1/2024, as it is where gaps are looked for. A number that a declared numbering parts from
    figures before it, as in {year}{number}, is told by the numbering.
    """
    plain = _plain(numbers)
    keys = pd.Series(pc.replace_substring_regex(as_arrow(plain), _NOUGHTS, r"\1\2"), index=numbers.index, dtype="str")
    if not numbering or not _BEHIND_A_FIGURE.search(numbering):
        return keys
    (form,) = _plain(pd.Series([numbering], dtype="str"))
    series, number = _parts_of(plain, {form: number_pattern(form)})
    return keys.mask(series.notna(), series + "|" + number.astype("str"))


def _plain(numbers: pd.Series) -> pd.Series:
    """Write numbers in small letters of the usual width, with one kind of digits and dashes and without blanks."""
    texts = pc.ascii_lower(as_arrow(numbers))
    beyond = pc.invert(pc.string_is_ascii(texts))
    usual = [_usual(text) for text in texts.filter(beyond).to_pylist()]
    texts = pc.replace_with_mask(texts, beyond, pa.array(usual, type=texts.type))
    texts = pc.replace_substring_regex(pc.replace_substring_regex(texts, _DASHES, "-"), r"\s+", "")
    return pd.Series(texts, index=numbers.index, dtype="str")


def _usual(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _parts_of(numbers: pd.Series, patterns: Mapping[str, str]) -> tuple[pd.Series, pd.Series]:
    """Part each number, by the first of some forms that it is built as, into its series and its place in it."""
    series = pd.Series(pd.NA, index=numbers.index, dtype="str")
    number = pd.Series(pd.NA, index=numbers.index, dtype="Int64")
    for form, pattern in patterns.items():
        parts = numbers.str.extract(f"^{pattern}$")
        fits = parts["number"].notna() & number.isna()
        number = number.mask(fits, pd.to_numeric(parts["number"]).astype("Int64"))
        years = parts["year"] if "year" in parts else pd.Series("", index=numbers.index)
        series = series.mask(fits, form.replace("{number}", "#") + ("|" + years if "{year}" in form else ""))
    return series, number


def _with_bounds(table: pd.DataFrame, project: Project, whole: Neighbours | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    settings = project.settings
    start, complete = pd.Timestamp(settings.grm_start), pd.Timestamp(settings.complete_through)
    received = table["date_received"].dt.normalize()
    others = table[[name for name in names(type="date") if name != "date_received"]].min(axis=1).dt.normalize()
    lower, upper, behind = whole or neighbours(table.assign(date_received=received), start)
    known = pd.concat([upper, others], axis=1).min(axis=1)
    # The end of the register bounds only what it holds: a number above one received later was received later, too.
    latest = known.clip(upper=complete).fillna(complete).mask(lower > complete, known.fillna(lower))
    earliest = lower.fillna(start)
    # Neighbours that leave no day between them and the row's own dates tell nothing: the wider bound holds.
    earliest = earliest.mask(earliest > latest, start)
    earliest = earliest.mask(earliest > latest, latest)
    undated = table.assign(latest=latest)[received.isna() & (latest < start)]
    before = findings.found(
        "received_before_start",
        undated,
        "date_received",
        values=undated["latest"],
        known=settings.grm_start,
        when="by",
    )
    bounds = {"date_received_earliest": received.fillna(earliest), "date_received_latest": received.fillna(latest)}
    order = findings.found(
        "neighbours_out_of_order",
        table.loc[behind.index],
        "date_received",
        before=behind["before"],
        earlier=behind["earlier"],
    )
    return table.assign(**bounds), findings.joined(order, before)


def neighbours(table: pd.DataFrame, start: pd.Timestamp) -> Neighbours:
    """Find the neighbours of every row of a register; a number that is used twice bounds nothing and is not bounded.

    Of one series 1 and 001 are one number. `table` has `registration_no`, `number_series`, `number_in_series` and
    `date_received` (days); the mechanism began on `start`.
    """
    received = table["date_received"]
    usable = table["number_series"].notna() & ~table.duplicated(["number_series", "number_in_series"], keep=False)
    ordered = table.loc[usable, ["number_series", "number_in_series"]].assign(received=received[usable])
    ordered = ordered.sort_values(["number_series", "number_in_series"], kind="stable")
    groups = ordered["number_series"]
    dated = ordered.dropna(subset=["received"])
    earlier = dated.groupby("number_series")["received"].shift()
    behind = dated[dated["received"] < earlier]
    in_order = ~groups.isin(behind["number_series"])
    lower = ordered.groupby("number_series")["received"].ffill().where(in_order)
    upper = ordered.groupby("number_series")["received"].bfill().where(in_order)
    since = ordered["received"].where(ordered["received"] >= start).groupby(groups).bfill().where(in_order)
    in_doubt = lower.isna() & (upper < start)
    lower, upper = lower.mask(in_doubt, upper), upper.mask(in_doubt, since)
    numbers = table.loc[dated.index, "registration_no"].groupby(dated["number_series"]).shift()
    told = pd.DataFrame({"before": numbers[behind.index], "earlier": earlier[behind.index]}, index=behind.index)
    return Neighbours(lower.reindex(table.index), upper.reindex(table.index), told)


def _gaps(table: pd.DataFrame, register: Register, numbering: str) -> pd.DataFrame:
    """Find the numbers that a declared numbering misses; a yearly series begins at 1."""
    rows = []
    for series, numbers in table["number_in_series"].groupby(table["number_series"]):
        form = numbering.replace("{year}", str(series).rpartition("|")[2])
        present = np.unique(numbers.to_numpy(dtype="int64"))
        below = np.concatenate([[0] if "{year}" in numbering else present[:1], present[:-1]])
        is_behind_a_gap = present - below > 1
        for before, number in zip(below[is_behind_a_gap].tolist(), present[is_behind_a_gap].tolist(), strict=True):
            rows += [
                {
                    "registration_no": form.replace("{number}", str(first)),
                    "missing": " to ".join(form.replace("{number}", str(n)) for n in dict.fromkeys((first, last))),
                    "before": form.replace("{number}", str(before)) if before else "the beginning",
                    "after": form.replace("{number}", str(number)),
                }
                for first, last in _stretches(before + 1, number - 1)
            ]
    if not rows:
        return findings.none()
    gaps = pd.DataFrame(rows)
    places = findings.about_files([register.file] * len(gaps)).assign(registration_no=gaps["registration_no"])
    return findings.found(
        GAP,
        places,
        "registration_no",
        values=gaps["missing"],
        missing=gaps["missing"],
        before=gaps["before"],
        after=gaps["after"],
    )


def _stretches(first: int, last: int) -> list[tuple[int, int]]:
    """Name each missing number by itself, or the whole stretch where there are many."""
    return [(n, n) for n in range(first, last + 1)] if last - first < _MOST_NUMBERED_GAPS else [(first, last)]
