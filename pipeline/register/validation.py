"""Whether the cells of a row agree with each other, and which of its dates may be counted.

The rule that an auditor is told: the date of an end counts only where the status says that the grievance ended, and
not before the receipt; any other such date is left out, with a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from pipeline.pieces import as_arrow, slices
from pipeline.project import CLOSED, Project
from pipeline.register import findings
from pipeline.register.columns import dictionary
from pipeline.register.mapping import present
from pipeline.register.placement import same_numbers
from pipeline.register.reading import Register
from pipeline.register.schema import Faults, faults, schema

ENDED = ("resolved", *CLOSED)
EVENTS = ("date_resolved", "date_reopened", "date_resolved_again", "date_closed")
"""Events that change what is open; `<event>_counted` holds the day that the figures use."""

_MOST_TWINS = 20
_OTHERWISE = ", in some of them with other zeros, blanks, capitals or dashes"
_SHORTEST_TEXT = 40
_TEXTS_AT_A_TIME = 20_000
_NEIGHBOURS = 3
_DAYS_APART = 30
_ALIKE = 95
"""Texts of at least this many letters, compared with this many neighbours, at most so many days apart, of this likeness
of 100."""


def check(register: Register, project: Project) -> Register:
    """Check the rows and add the days that count.

    Adds `date_resolved_counted`, `date_reopened_counted`, `date_resolved_again_counted`, `date_closed_counted` (days)
    and `is_ended_undated`: ended by its status, but without a usable date.
    """
    table = with_counted_dates(register.table)
    broken = faults(table, schema(project, present(register)))
    noticed = [
        *_numbers(table, project, broken),
        *_blank_cells(table, register, broken),
        *_outside_the_register(table, project, broken),
        *_order_of_dates(table, broken),
        *_status_against_dates(table, project),
        *_conflicts(table, project),
        *_likely_duplicates(table),
        _placeholders(project),
    ]
    return register.with_table(table, *noticed)


def with_counted_dates(table: pd.DataFrame) -> pd.DataFrame:
    """Add the days that count, each told by its row alone; see `check`."""
    day = {name: table[name].dt.normalize() for name in EVENTS}
    status, receipt = table["status"], table["date_received_latest"]
    first = day["date_resolved"].where(day["date_resolved"] >= receipt)
    reopened = day["date_reopened"].where(day["date_reopened"] >= first)
    again = day["date_resolved_again"].where(day["date_resolved_again"] >= reopened)
    closed = day["date_closed"].where(day["date_closed"] >= receipt)

    is_resolved, is_open, is_closed = status.eq("resolved"), status.eq("in_progress"), status.isin(CLOSED)
    # A reopening counts where what followed it agrees with the status: resolved again, still open, or closed since.
    use_reopened = reopened.notna() & (
        (is_resolved & again.notna())
        | (is_open & day["date_resolved_again"].isna())
        | (is_closed & (closed >= reopened))
    )
    # A grievance that is open or closed now can have been resolved only if it was reopened since.
    use_first = first.notna() & (is_resolved | use_reopened)
    return table.assign(
        date_resolved_counted=first.where(use_first),
        date_reopened_counted=reopened.where(use_reopened),
        date_resolved_again_counted=again.where(use_reopened & is_resolved),
        date_closed_counted=closed.where(is_closed),
        is_ended_undated=((is_resolved & first.isna()) | (is_closed & closed.isna())).fillna(False).astype(bool),
    )


def _numbers(table: pd.DataFrame, project: Project, broken: Faults) -> list[pd.DataFrame]:
    def of(rule: str) -> pd.DataFrame:
        return table.loc[broken.get((rule, "registration_no"), pd.Index([], dtype="int64"))]

    twice = of("duplicate_number")
    at = twice["source_row"].astype("str")
    at += (" of " + twice["source_sheet"]).where((twice["source_sheet"] != "") & _several_sheets(table), "")
    same = same_numbers(twice["registration_no"], project.settings.numbering)
    rows = at.groupby(same).transform(_listed)
    spellings = twice.groupby(same)["registration_no"].transform("nunique")
    other = pd.Series("", index=twice.index).mask(spellings > 1, _OTHERWISE)
    return [
        findings.found("number_missing", of("number_missing"), "registration_no"),
        findings.found("duplicate_number", twice, "registration_no", twins=rows.astype("str"), other=other),
        findings.found("number_form", of("number_form"), "registration_no", known=project.settings.numbering),
    ]


def _several_sheets(table: pd.DataFrame) -> bool:
    """Say whether rows come from more than one sheet."""
    return len(table[["source_file", "source_sheet"]].drop_duplicates()) > 1


def _listed(rows: pd.Series) -> str:
    more = " …" if len(rows) > _MOST_TWINS else ""
    return ", ".join(map(str, rows.head(_MOST_TWINS))) + more


def _blank_cells(table: pd.DataFrame, register: Register, broken: Faults) -> list[pd.DataFrame]:
    # A cell that held something unknown has its own finding already.
    told = register.found.dropna(subset=["row"])
    told = told[told["column"] != ""]
    keys = set(zip(told["source_file"], told["source_sheet"], told["row"], told["column"], strict=True))
    noticed = []
    for name, column in dictionary().items():
        blank = table.loc[broken.get((column.if_blank or "", name), pd.Index([]))]
        places = zip(blank["source_file"], blank["source_sheet"], blank["source_row"], strict=True)
        untold = [(*place, name) not in keys for place in places]
        if column.if_blank and name != "registration_no":
            noticed.append(findings.found(column.if_blank, blank[untold], name))
    return noticed


def _outside_the_register(table: pd.DataFrame, project: Project, broken: Faults) -> list[pd.DataFrame]:
    settings = project.settings
    known = {
        "received_before_start": settings.grm_start,
        "after_complete_through": settings.complete_through,
    }
    return [
        findings.found(rule, table.loc[rows], name, known=known[rule], when="on")
        for (rule, name), rows in broken.items()
        if rule in known
    ]


def _order_of_dates(table: pd.DataFrame, broken: Faults) -> list[pd.DataFrame]:
    noticed = []
    for (rule, name), index in broken.items():
        if rule in ("resolved_before_received", "dates_out_of_order"):
            rows, earlier = table.loc[index], dictionary()[name].not_before
            noticed.append(findings.found(rule, rows, name, known=rows[earlier], other=earlier))
    return noticed


def _status_against_dates(table: pd.DataFrame, project: Project) -> list[pd.DataFrame]:
    labels = {code: term.label for code, term in project.settings.statuses.items()}
    status = table["status"].map(labels)
    undated = table[table["is_ended_undated"]]
    noticed = [
        findings.found(
            "ended_undated",
            undated,
            "status",
            values=status[undated.index],
            other=undated["status"].map({"resolved": "date_resolved"}).fillna("date_closed"),
            last=undated["date_received_latest"],
        )
    ]
    placed = table["status"].isin(("in_progress", *ENDED)) & ~table["is_ended_undated"]
    for name in EVENTS:
        left_out = table[placed & table[name].notna() & table[f"{name}_counted"].isna() & ~_too_early(table, name)]
        noticed.append(
            findings.found(
                "status_against_dates",
                left_out,
                "status",
                values=status[left_out.index],
                other=name,
                known=left_out[name],
            )
        )
    return noticed


def _too_early(table: pd.DataFrame, name: str) -> pd.Series:
    """A date before the receipt is left out for that reason and has a finding of its own."""
    return (table[name].dt.normalize() < table["date_received_latest"]).fillna(False)


def _conflicts(table: pd.DataFrame, project: Project) -> list[pd.DataFrame]:
    settings = project.settings
    both = table["relation"].notna() & table["status"].notna()
    by_status = table["status"].eq("unrelated")
    conflict = table[
        both & (table["relation"].eq("unrelated") != by_status) & ~table["status"].isin((*CLOSED, "duplicate"))
    ]
    shown_relation = conflict["relation"].map({code: term.label for code, term in settings.relations.items()})
    shown_status = conflict["status"].map({code: term.label for code, term in settings.statuses.items()})
    inferred = table[table["channel_basis"].fillna("").str.casefold() == "inferred"]
    shown_channel = inferred["channel"].map({code: term.label for code, term in settings.channels.items()})
    return [
        findings.found("relation_against_status", conflict, "relation", values=shown_relation, known=shown_status),
        findings.found("channel_inferred", inferred, "channel", values=shown_channel),
    ]


def _placeholders(project: Project) -> pd.DataFrame:
    """Find the texts of project.yml that still stand in brackets, as `make project` wrote them."""
    left = list(_in_brackets(project.settings.model_dump(mode="json", by_alias=True)))
    keys, texts = (pd.Series([one[part] for one in left], dtype="str") for part in (0, 1))
    rows = findings.about_files(["project.yml"] * len(left))
    return findings.found("placeholder_left", rows, values=texts, what=keys)


def _in_brackets(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and re.fullmatch(r"\[.+\]", value):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _in_brackets(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _in_brackets(inner, f"{key}.{number}")


def _likely_duplicates(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Find texts that are nearly those of another grievance received within some days.

    Each text is compared with the few that follow it in alphabetical order, so that the effort grows with the
    register and not with its square.
    """
    at = np.flatnonzero((table["summary"].str.len() >= _SHORTEST_TEXT).to_numpy(dtype=bool))
    plain = _plain(table["summary"], at)
    order = pc.array_sort_indices(plain).to_numpy()
    at = at[order]
    rows, days = table.index.to_numpy()[at], table["date_received_latest"].to_numpy()[at].astype("datetime64[D]")
    twins: dict[int, int] = {}
    for step in range(1, _NEIGHBOURS + 1):
        is_near = np.abs((days[step:] - days[:-step]).astype("int64")) <= _DAYS_APART
        for begin in range(0, len(is_near), _TEXTS_AT_A_TIME):
            words = plain.take(pa.array(order[begin : begin + _TEXTS_AT_A_TIME + step])).to_pylist()
            for place in np.flatnonzero(is_near[begin : begin + _TEXTS_AT_A_TIME]):
                if fuzz.ratio(words[place], words[place + step], score_cutoff=_ALIKE):
                    first, second = sorted((int(rows[begin + place]), int(rows[begin + place + step])))
                    twins.setdefault(second, first)
    again = table.loc[sorted(twins)]
    others = table.loc[[twins[row] for row in again.index]].set_axis(again.index)
    # Names in a number are replaced later, so none is cut here: what is longer than any number is left out.
    number, row = others["registration_no"].fillna(""), others["source_row"].astype("str")
    is_told = number.str.len().between(1, findings.LONGEST_VALUE)
    named = (number + " (row " + row + ")").where(is_told, "the grievance in row " + row)
    blank = pd.Series("", index=again.index)
    return [findings.found("likely_duplicate", again, "summary", values=blank, other=named, known=_DAYS_APART)]


def _plain(texts: pd.Series, at: np.ndarray) -> pa.LargeStringArray:
    """Write the texts at some places in small letters with one blank between two words, without the signs around them.

    So that few texts are there a second time, some thousand are taken at once.
    """
    pieces = [_plain_piece(as_arrow(texts.iloc[at[rows]])) for rows in slices(len(at), _TEXTS_AT_A_TIME)]
    return pa.chunked_array(pieces).combine_chunks()


def _plain_piece(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Do what `_plain` does, in ASCII without a look at each text."""
    plain = pc.utf8_trim(pc.replace_substring_regex(pc.ascii_lower(texts), "[^a-z0-9_]+", " "), " ")
    is_ascii = pc.string_is_ascii(texts)
    others = texts.filter(pc.invert(is_ascii)).to_pylist()
    own = [" ".join(re.findall(r"\w+", text.casefold())) for text in others]
    return pc.replace_with_mask(plain, pc.invert(is_ascii), pa.array(own, type=plain.type))
