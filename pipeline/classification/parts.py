"""A register in many files, read file by file, since the whole is larger than the memory.

Every rule is applied by the function that applies it to a register in one piece. Nearly all that is true of a
grievance its own row tells, so a file goes the whole way by itself, as far as the labels that the register itself
gives. Two things need the others: in which order a column writes day and month, and between which days a grievance
without a date was received. A file whose dates the others decide is read once more; what has no date is kept aside
until its neighbours are known. Texts are not redacted, no label is proposed, and findings are those of `make check`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.classification.decisions import DECISIONS
from pipeline.classification.labels import label
from pipeline.classification.proposals import with_topic_codes
from pipeline.classification.sensitive import is_apart
from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import columns, findings
from pipeline.register.corrections import apply_in_part, require_one_row
from pipeline.register.dates import orders_decided
from pipeline.register.heading_places import is_known
from pipeline.register.identities import split_identities
from pipeline.register.mapping import OTHER, collected, map_columns
from pipeline.register.numbered import NO_DAY, Bounds, Numbered, bounds, numbered
from pipeline.register.placement import Neighbours, place_receipts, with_numbers
from pipeline.register.reading import Register, read_part, register_files
from pipeline.register.validation import with_counted_dates
from pipeline.register.values import deciding_dates, flagged, read_values

ENDINGS = (".csv", ".tsv", ".csv.gz", ".parquet")
"""Files that hold one table and nothing beside it."""
_NUMBERED = ["number_series", "number_in_series", "date_received"]
_ROWS_HELD_TOGETHER = 50_000
"""Undated rows that are handed on in one piece, so that none is large."""

Deciding = Mapping[str, tuple[str, ...]]
"""By column the texts that decide on day and month."""


@dataclass(frozen=True)
class Summary:
    """What is known of a file once it was read.

    `corrections` counts the rows that each correction matches, `numbers` are those of its grievances, and `undated`
    has those without a date of receipt, in pieces. Where its cells cannot be read without the other files there are
    neither, and `error` says why.
    """

    name: str
    digest: str
    headings: tuple[tuple[str, str], ...]
    collected: tuple[str, ...]
    corrections: tuple[int, ...]
    deciding: Deciding
    numbers: Mapping[str, Numbered]
    undated: tuple[Undated, ...]
    error: InputError | None = None


@dataclass(frozen=True)
class Undated:
    """Some grievances of a file without a date of receipt: their number, and what figures rest on, as parquet."""

    rows: int
    content: bytes


@dataclass(frozen=True)
class Known:
    """What a file is told that is read once more: how it was, and the texts that decide in all files."""

    digest: str
    deciding: Deciding


def part_files(project: Project) -> list[Path]:
    """Return the files of a register that can be read in parts; an `InputError` says why one cannot."""
    key = f"{project.shown_folder}/project.yml"
    files = register_files(project)
    other = [path.name for path in files if not path.name.lower().endswith(ENDINGS)]
    if not files or other:
        raise InputError(
            f"{key}, key register: figures in parts are made of files {', '.join(ENDINGS)} alone"
            f"{f', and {other[0]} is none' if other else ', and the register is none'}. Name such files, for instance "
            "register-*.csv, or use make report."
        )
    if (project.folder / DECISIONS).is_file():
        raise InputError(
            f"{project.shown_folder}/{DECISIONS}: a decision holds for a text without the names of the whole register, "
            "which are not gathered in parts. Use make report."
        )
    if project.settings.classification.count_proposals:
        raise InputError(
            f"{key}, key classification.count_proposals: labels are proposed from all texts together, and not in "
            "parts. Use make report, or take the key out."
        )
    return files


def read_through(path: Path, project: Project, known: Known | None = None) -> tuple[Summary, pd.DataFrame | None]:
    """Read a file as far as it can be by itself, or with what is `known` of the others.

    Returns what the others have to know, and its dated grievances with the labels that the register gives; None where
    the cells cannot be read yet. What is wrong whatever the others hold is an `InputError`, and so is a file that has
    changed since it was read before.
    """
    digest = _digest(path)
    if known is not None:
        _require_same(path, project, known.digest)
    register, corrections = _corrected(path, project)
    table = flagged(register.table)
    apart = is_apart(table, project)
    own = deciding_dates(table[~apart], project)
    of_file = Summary(
        name=path.name,
        digest=digest,
        headings=tuple(register.headings.items()),
        collected=tuple(collected(register)),
        corrections=corrections,
        deciding=own,
        numbers={},
        undated=(),
    )
    try:
        read = read_values(register.without(apart), project, known.deciding if known else None)
    except InputError as error:
        return replace(of_file, error=error), None
    cases, _ = split_identities(read.table)
    is_undated = cases["date_received"].isna()
    placed = _placed(read, cases[~is_undated], project, None)
    undated = with_numbers(cases[is_undated], project)
    numbers = numbered(pd.concat([one[_NUMBERED] for one in (placed, undated)]).sort_index())
    summary = replace(of_file, numbers=numbers, undated=tuple(_packed(undated)))
    return summary, _labelled(placed, project)


def unread(summaries: Sequence[Summary], project: Project) -> dict[int, Known]:
    """Check what was read of all files, in their order, and say which are to be read once more, by their places.

    These are the ones in which other texts than their own decide on day and month. Files with different headings, and a
    correction that does not match just one row of all, are an `InputError`.
    """
    first = summaries[0]
    for one in summaries:
        if one.headings != first.headings:
            raise InputError(
                f"{project.shown_folder}: {one.name} has other headings than {first.name}, or in another order: "
                f"{_first_difference(one, first, project)}. Files that are read in parts need the same row of headings."
            )
    require_one_row([sum(counts) for counts in zip(*(one.corrections for one in summaries), strict=True)], project)
    deciding = {
        name: tuple(dict.fromkeys(text for one in summaries for text in one.deciding[name])) for name in first.deciding
    }
    again = {}
    for place, one in enumerate(summaries):
        if any(orders_decided(deciding[name]) != orders_decided(one.deciding[name]) for name in deciding):
            again[place] = Known(one.digest, deciding)
        elif one.error is not None:
            raise one.error
    return again


def _first_difference(one: Summary, other: Summary, project: Project) -> str:
    """Say at which heading two files part; one that is not known is not told, since it could be a cell."""
    pairs = zip_longest(one.headings, other.headings)
    place, pair = next((place, pair) for place, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    here, there = (_named(heading[0], project) if heading else "nothing" for heading in pair)
    return f"at place {place} stands {here}, " + (f"not {there}" if here != there else "and not the same")


def _named(heading: str, project: Project) -> str:
    return f"'{heading}'" if is_known(heading, project) else "a heading that is not known"


def bounds_of(summaries: Sequence[Summary], project: Project) -> list[list[Bounds]]:
    """Find the days between which the undated grievances of each file were received, for each piece of them."""
    sizes = [[piece.rows for piece in one.undated] for one in summaries]
    start = project.settings.grm_start
    found = bounds([one.numbers for one in summaries], [sum(rows) for rows in sizes], start)
    return [
        [
            Bounds(lower, upper)
            for lower, upper in zip(
                *(np.split(days, np.cumsum(rows)[:-1]) for days in (of_file.lower, of_file.upper)), strict=True
            )
        ]
        if rows
        else []
        for of_file, rows in zip(found, sizes, strict=True)
    ]


def placed_later(undated: Undated, between: Bounds, project: Project) -> pd.DataFrame:
    """Return grievances without a date of receipt, once their bounds are known, with the register's own labels."""
    cases = pd.read_parquet(BytesIO(undated.content), engine="pyarrow")
    register = Register(cases, "", {}, findings.none())
    return _labelled(_placed(register, cases, project, between), project)


def _placed(read: Register, cases: pd.DataFrame, project: Project, between: Bounds | None) -> pd.DataFrame:
    """Place the receipts of some of the rows of a register; those that have a date need no bounds."""
    nothing = pd.DataFrame({"before": [], "earlier": []}, index=cases.index[:0])
    empty = np.full(len(cases), NO_DAY)
    lower, upper = (
        _days(days, cases.index) for days in ((empty, empty) if between is None else (between.lower, between.upper))
    )
    rows = replace(read, table=cases, found=findings.none())
    return place_receipts(rows, project, Neighbours(lower, upper, nothing)).table


def _days(days: np.ndarray, index: pd.Index) -> pd.Series:
    stamps = np.where(days == NO_DAY, np.datetime64("NaT"), days.astype("datetime64[D]"))
    return pd.Series(stamps.astype("datetime64[us]"), index=index)


def _labelled(placed: pd.DataFrame, project: Project) -> pd.DataFrame:
    return label(with_topic_codes(with_counted_dates(placed), project))


def _packed(undated: pd.DataFrame) -> Iterator[Undated]:
    """Pack grievances in pieces, without the texts, and of the number only whether there is one."""
    texts = {*columns.names(public="redacted"), "note", "number_series", "number_in_series"}
    kept = undated.drop(columns=[name for name in undated if name in texts or name.startswith(OTHER)])
    kept = kept.assign(registration_no=kept["registration_no"].where(kept["registration_no"].isna(), "-"))
    for first in range(0, len(kept), _ROWS_HELD_TOGETHER):
        piece = kept.iloc[first : first + _ROWS_HELD_TOGETHER]
        content = BytesIO()
        piece.to_parquet(content, engine="pyarrow", index=False, compression="zstd")
        yield Undated(len(piece), content.getvalue())


def identities_of(path: Path, project: Project, digest: str) -> pd.DataFrame:
    """Read once more whom a file names, in sensitive grievances too, as the first notebook sets them apart.

    A file with another `digest` has changed since it was read, which is an `InputError`.
    """
    _require_same(path, project, digest)
    table = _corrected(path, project)[0].table
    # The cells of the others need not be looked at.
    others = [name for name in columns.dictionary() if name not in columns.names(identifies=True)]
    blank = pd.Series(pd.NA, index=table.index, dtype="str")
    named = table.assign(**dict.fromkeys((name for name in others if name != "registration_no"), blank))
    return split_identities(flagged(named))[1]


def _corrected(path: Path, project: Project) -> tuple[Register, tuple[int, ...]]:
    return apply_in_part(map_columns(read_part(project, path), project), project)


def _require_same(path: Path, project: Project, digest: str) -> None:
    if _digest(path) != digest:
        raise InputError(f"{project.shown_folder}: {path.name} changed while it was read. Run the command again.")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
