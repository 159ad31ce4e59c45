"""The usual dirt of a register, put into one that is clean: faults, each with the finding that must name it.

A kind of dirt is one entry of `all_kinds`. No row takes more than one, and a kind that is told by comparison with the
row before keeps that row clean, so that no fault hides another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.register import columns
from pipeline.register.demonstration import (
    HALF_YEARS,
    START,
    Booleans,
    Chance,
    Integers,
    Span,
    Texts,
    Word,
    ingredients,
)

SHARE = 0.05
"""Share of the rows that takes dirt."""

HARMLESS = ""

FAULT_COLUMNS = ("row", "column", "rule")


class Dirty(NamedTuple):
    """What a kind of dirt is made with: the rows concerned, the rows before them, chance for as many, the span."""

    rows: pd.DataFrame
    before: pd.DataFrame
    chance: Chance
    span: Span


Maker = Callable[[Dirty], Texts]
Where = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Kind:
    """A kind of dirt.

    Parameters
    ----------
    rule
        The finding that must follow; `HARMLESS` for dirt that none may follow.
    changes
        The column whose cell is changed.
    make
        Returns the new cells.
    where
        Says which rows can take it; all rows whose cell is filled where it is left out.
    names
        The column that the finding names, where it is not the one that is changed.
    follows
        Other findings that follow of themselves, rule and column.
    after
        It is told by comparison with the row before, which must be of the same year and is left as it is.
    names_the_row_before
        The finding names that row too.
    """

    rule: str
    changes: str
    make: Maker
    where: Where = lambda table: pd.Series(True, index=table.index)
    names: str = ""
    follows: tuple[tuple[str, str], ...] = ()
    after: bool = False
    names_the_row_before: bool = False


def with_dirt(
    table: pd.DataFrame,
    seed: int,
    share: float = SHARE,
    kinds: Iterable[str] | None = None,
    *,
    start: date = START,
    half_years: int = HALF_YEARS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put dirt into a clean register.

    Parameters
    ----------
    table
        What `invented_register` made with the same `start` and `half_years`.
    share
        Share of the rows that takes dirt, shared evenly among the kinds as far as there are rows that can take them.
    kinds
        Names of `all_kinds`; all of them where it is left out.

    Returns
    -------
    table, faults
        The register with dirt, and one row a finding that must be made: `row` (the place in the table, from 0),
        `column`, `rule`.
    """
    table, span = table.reset_index(drop=True), Span(start, half_years)
    cells: dict[str, Texts] = {}
    known = all_kinds()
    chosen = list(known if kinds is None else kinds)
    # Where there are fewer rows than kinds, chance says which of them come.
    order = np.argsort(Chance((seed, 0), len(chosen)).uniform(), kind="stable")
    quotas = np.diff(np.round(np.linspace(0, round(share * len(table)), len(chosen) + 1)).astype(np.int64))
    is_free = np.ones(len(table), dtype=bool)
    faults: list[pd.DataFrame] = []
    for number, quota in zip(order, quotas, strict=True):
        kind = known[chosen[number]]
        # Kinds see the clean table only, so that none builds on the dirt of another.
        rows = _rows_for(kind, table, is_free, Chance((seed, 1, number), len(table)), int(quota))
        if not len(rows):
            continue
        if kind.changes not in cells:
            cells[kind.changes] = table[kind.changes].to_numpy(dtype=object, copy=True)
        chance = Chance((seed, 2, number), len(rows))
        cells[kind.changes][rows] = kind.make(Dirty(table.iloc[rows], table.iloc[rows - 1], chance, span))
        is_free[rows] = False
        if kind.after:
            is_free[rows - 1] = False
        if kind.rule:
            named = np.concatenate([rows, rows - 1]) if kind.names_the_row_before else rows
            faults.append(pd.DataFrame({"row": named, "column": kind.names or kind.changes, "rule": kind.rule}))
    dirty = table.assign(**{name: pd.Series(changed, dtype="str") for name, changed in cells.items()})
    empty = pd.DataFrame({"row": pd.Series(dtype="int64"), "column": "", "rule": ""}).astype({"column": "str"})
    joined = pd.concat(faults, ignore_index=True) if faults else empty
    return dirty, joined.sort_values("row", kind="stable").reset_index(drop=True)[list(FAULT_COLUMNS)]


def _rows_for(kind: Kind, table: pd.DataFrame, is_free: Booleans, chance: Chance, quota: int) -> Integers:
    can = kind.where(table).to_numpy(dtype=bool) & (table[kind.changes] != "").to_numpy(dtype=bool) & is_free
    if kind.after:
        year = table["date_received"].str[:4]
        can &= np.concatenate([[False], is_free[:-1]]) & (year == year.shift()).to_numpy(dtype=bool)
    rows = np.flatnonzero(can)
    rows = rows[np.argsort(chance.uniform()[rows], kind="stable")]
    if kind.after:
        # Two in a row would disturb each other: one of each pair of neighbours is left out.
        rows = rows[rows % 2 == 0]
    return np.asarray(rows[:quota], dtype=np.int64)


# -- where a kind can stand ------------------------------------------------------------------------------------------


def _is_stated(table: pd.DataFrame) -> pd.Series:
    return table["channel_basis"] == "stated"


def _ended_once(table: pd.DataFrame) -> pd.Series:
    """Resolved and not reopened: what is changed there contradicts one date only."""
    return (table["status"] == ingredients().statuses["resolved"].word) & (table["date_reopened"] == "")


def _never_ended(table: pd.DataFrame) -> pd.Series:
    return (table["status"] == ingredients().statuses["in_progress"].word) & (table["date_resolved"] == "")


def _closed(table: pd.DataFrame) -> pd.Series:
    return table["date_closed"] != ""


def _concerns_the_project(table: pd.DataFrame) -> pd.Series:
    words = ingredients().statuses
    return table["status"].isin([words["in_progress"].word, words["resolved"].word])


# -- what is written -------------------------------------------------------------------------------------------------


def _cells(values: Iterable[str]) -> Texts:
    return np.array(list(values), dtype=object)


def _one_of(*values: str) -> Maker:
    return lambda dirty: dirty.chance.one_of(values)


def _blank(dirty: Dirty) -> Texts:
    return np.full(len(dirty.rows), "", dtype=object)


def _word(word: Word) -> Maker:
    return _one_of(word.word)


def _days_from(column: str, first: int, last: int) -> Maker:
    """Write a day some days after (or, below zero, before) the one in `column`."""

    def make(dirty: Dirty) -> Texts:
        days = pd.to_datetime(dirty.rows[column]) + pd.to_timedelta(dirty.chance.between(first, last), unit="D")
        return _cells(days.dt.strftime("%Y-%m-%d"))

    return make


def _before_the_row_before(dirty: Dirty) -> Texts:
    """Write a day before the one on which the row before was received, and not before the start."""
    earlier = pd.to_datetime(dirty.before["date_received"]) - pd.to_timedelta(dirty.chance.between(1, 20), unit="D")
    return _cells(earlier.dt.strftime("%Y-%m-%d"))


def _room_before(table: pd.DataFrame) -> pd.Series:
    """Say where three weeks lie between the start of the register's series and the row."""
    first = pd.to_datetime(table["date_received"]).min()
    return pd.to_datetime(table["date_received"].shift()) > first + pd.Timedelta(days=25)


def _beyond_the_end(dirty: Dirty) -> Texts:
    days = dirty.span.last + dirty.chance.between(1, 200)
    written = pd.Timestamp(dirty.span.start) + pd.to_timedelta(days, unit="D")
    return _cells(written.strftime("%Y-%m-%d"))


def _before_the_start(dirty: Dirty) -> Texts:
    written = pd.Timestamp(dirty.span.start) - pd.to_timedelta(dirty.chance.between(1, 300), unit="D")
    return _cells(written.strftime("%Y-%m-%d"))


def _number_before(dirty: Dirty) -> Texts:
    return _cells(dirty.before["registration_no"])


def _strange_number(dirty: Dirty) -> Texts:
    parts = dirty.rows["registration_no"].str.split("/")
    return np.array([f"No {number}-{year}" for number, year in parts], dtype=object)


def _around(before: str, after: str, column: str) -> Maker:
    return lambda dirty: _cells(before + dirty.rows[column] + after)


def _between_letters(sign: str, column: str) -> Maker:
    return lambda dirty: _cells(dirty.rows[column].str[:2] + sign + dirty.rows[column].str[2:])


def _in_case(form: str, column: str) -> Maker:
    return lambda dirty: _cells(getattr(dirty.rows[column].str, form)())


def _alias(column: str, words: Mapping[str, Word]) -> Maker:
    others = {word.word: word.aliases for word in words.values()}

    def make(dirty: Dirty) -> Texts:
        which = dirty.chance.uniform()
        listed = [others[word] for word in dirty.rows[column]]
        return np.array([one[int(u * len(one))] for one, u in zip(listed, which, strict=True)], dtype=object)

    return make


_UNREADABLE = _one_of("31.02.2023", "2023-02-30", "soon", "2023-13-45", "after the harvest", "0000-00-00", "32/2023")
_UNDATED_END = (("ended_undated", "status"),)
_LOST_NUMBER = (("number_gap", "registration_no"),)


@cache
def all_kinds() -> dict[str, Kind]:
    """Return every kind of dirt by its name."""
    made = ingredients()
    resolved, in_progress = made.statuses["resolved"], made.statuses["in_progress"]
    vocabularies: dict[str, Mapping[str, Word]] = {
        "status": made.statuses,
        "channel": made.channels,
        "type": made.types,
        "relation": made.relations,
    }
    unknown = {
        "status": ("Resolvd", "In progres", "clarified??", "see file", "Rejcted"),
        "channel": ("Phnoe", "Radio programme", "Sugestion bx", "through a friend"),
        "type": ("Complant", "Questoin", "general", "Claim?"),
        "relation": ("Relatd", "perhaps", "Un-related?"),
    }
    # Where a resolution is dated by several cells, an unreadable one makes the others contradict the status.
    of_the_end = ("date_resolved", "date_reopened", "date_resolved_again", "date_closed")
    kinds = {
        f"unreadable_{name}": Kind("unreadable_date", name, _UNREADABLE)
        for name in columns.names(type="date")
        if name not in of_the_end
    }
    kinds |= {
        "unreadable_date_resolved": Kind(
            "unreadable_date", "date_resolved", _UNREADABLE, where=_ended_once, follows=_UNDATED_END
        ),
        "unreadable_date_closed": Kind("unreadable_date", "date_closed", _UNREADABLE, follows=_UNDATED_END),
    }
    kinds |= {f"unknown_{name}": Kind(f"unknown_{name}", name, _one_of(*words)) for name, words in unknown.items()}
    kinds |= {
        "unknown_anonymous": Kind("unknown_value", "is_anonymous", _one_of("maybe", "see file", "not asked")),
        "unknown_benefit": Kind("unknown_value", "is_benefit_related", _one_of("partly", "see above")),
        "unknown_satisfaction": Kind("unknown_value", "satisfaction", _one_of("so-so", "4 of 5")),
        "unknown_severity": Kind("unknown_value", "severity", _one_of("grave", "2")),
        "sensitive_in_doubt": Kind("sensitive_in_doubt", "is_sensitive", _one_of("to be checked", "perhaps")),
        "blank_status": Kind("status_missing", "status", _blank),
        "blank_channel": Kind("channel_missing", "channel", _blank),
        "blank_type": Kind("type_missing", "type", _blank),
        "blank_number": Kind("number_missing", "registration_no", _blank, follows=_LOST_NUMBER),
        "blank_date_received": Kind("date_bounded", "date_received", _blank),
        "duplicate_number": Kind(
            "duplicate_number",
            "registration_no",
            _number_before,
            follows=_LOST_NUMBER,
            after=True,
            names_the_row_before=True,
        ),
        "strange_number": Kind("number_form", "registration_no", _strange_number, follows=_LOST_NUMBER),
        "received_out_of_order": Kind(
            "neighbours_out_of_order", "date_received", _before_the_row_before, where=_room_before, after=True
        ),
        "received_before_start": Kind(
            "received_before_start",
            "date_received",
            _before_the_start,
            follows=(("neighbours_out_of_order", "date_received"),),
        ),
        "acknowledged_after_the_end": Kind("after_complete_through", "date_acknowledged", _beyond_the_end),
        "told_after_the_end": Kind("after_complete_through", "date_outcome_communicated", _beyond_the_end),
        "resolved_before_received": Kind(
            "resolved_before_received",
            "date_resolved",
            _days_from("date_received", -40, -1),
            where=_ended_once,
            follows=_UNDATED_END,
        ),
        "acknowledged_before_received": Kind(
            "dates_out_of_order", "date_acknowledged", _days_from("date_received", -30, -1)
        ),
        "open_though_resolved": Kind("status_against_dates", "status", _word(in_progress), where=_ended_once),
        "open_though_closed": Kind("status_against_dates", "status", _word(in_progress), where=_closed),
        "resolved_without_date": Kind("ended_undated", "date_resolved", _blank, where=_ended_once, names="status"),
        "resolved_though_open": Kind("ended_undated", "status", _word(resolved), where=_never_ended),
        "relation_against_status": Kind(
            "relation_against_status",
            "relation",
            _word(made.relations["unrelated"]),
            where=_concerns_the_project,
        ),
        "inferred_channel": Kind(
            "channel_inferred", "channel_basis", _one_of("inferred", "Inferred"), where=_is_stated, names="channel"
        ),
    }
    for name, words in vocabularies.items():
        kinds |= {
            f"blanks_around_{name}": Kind(HARMLESS, name, _around("  ", " \t", name)),
            f"no_break_space_{name}": Kind(HARMLESS, name, _around("\u00a0", "\u00a0", name)),
            f"zero_width_{name}": Kind(HARMLESS, name, _between_letters("\u200b", name)),
            f"upper_case_{name}": Kind(HARMLESS, name, _in_case("upper", name)),
            f"lower_case_{name}": Kind(HARMLESS, name, _in_case("lower", name)),
            f"alias_{name}": Kind(HARMLESS, name, _alias(name, words)),
        }
    for name in ("registration_no", "date_received", "date_resolved", "is_sensitive", "satisfaction"):
        kinds[f"blanks_around_{name}"] = Kind(HARMLESS, name, _around(" ", "\u00a0 ", name))
    kinds["byte_mark_number"] = Kind(HARMLESS, "registration_no", _around("\ufeff", "", "registration_no"))
    kinds["upper_case_sensitive"] = Kind(HARMLESS, "is_sensitive", _in_case("upper", "is_sensitive"))
    return kinds
