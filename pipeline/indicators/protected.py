"""Counts by sex, place and vulnerable group, as they may be shown: the tables, what links them, what is left out.

Source of the rules: docs/disclosure-control.md. The tables are those that project.yml names under `disclosure`, of the
grievances received and the eligible ones, in the period and since the start. The records are the releases before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from pipeline.confidentiality.attack import Cell, Relation, Table, known_to_hold
from pipeline.confidentiality.suppression import MOST_MEMBERS, suppress
from pipeline.indicators.computation import COLUMN_OF, COLUMNS, Measured, tidy
from pipeline.indicators.groups import COUNTED, SCOPES, Groups, groups_in
from pipeline.indicators.published import Published
from pipeline.indicators.spans import Span, SpanRelation, span_relations
from pipeline.period import Scopes
from pipeline.project import NOT_STATED, Disclosure, Project, fold

PROTECTED_COLUMNS = (*COLUMNS, "reason")
"""The columns of internal/protected.csv and internal/disclosed.csv."""
SUPPRESSED, WITHHELD = "suppressed", "withheld"
"""The states of a cell that is left out, and of a table of which nothing is shown; that one is a row without member."""
CROSS, BESIDE = "_by_", " | "
"""What stands between the names of a cross's dimensions, and between its members."""
_NO_LIMIT = float("inf")


def dimension_names(disclosure: Disclosure) -> dict[str, tuple[str, ...]]:
    """Return the tables of project.yml by their names in indicators.csv, each with its dimensions."""
    parts = [(one,) if isinstance(one, str) else one for one in disclosure.tables]
    return {CROSS.join(one): tuple(one) for one in parts}


def protected(
    measured: Measured,
    project: Project,
    scopes: Scopes,
    collected: Iterable[str],
    records: Sequence[Published],
    groups: Groups | None = None,
) -> pd.DataFrame:
    """Count by the protected dimensions and decide what of it is shown.

    Parameters
    ----------
    measured, groups
        The facts, or, of a register in parts, what those of all parts add up to.
    collected
        The register's own columns; a table that needs another one is left out altogether.
    records
        Every record of the project: what was published before.

    Returns
    -------
    pd.DataFrame
        `PROTECTED_COLUMNS`, a row a cell with its true value, for restricted files alone. `state` is 'stated',
        'suppressed' or 'withheld'; `reason` says why.
    """
    there, disclosure = set(collected), project.settings.disclosure
    names = {
        name: parts
        for name, parts in dimension_names(disclosure).items()
        if all(COLUMN_OF[one] in there for one in parts)
    }
    counted = _Counted(groups or groups_in(measured.facts, names), project, names)
    rows: list[dict[str, object]] = []
    for unit in _units(names):
        links = _Links(counted, scopes, records, {name: names[name] for name in unit})
        tables = links.tables()
        # Nothing is shown of a table with very many members, so what links it to others tells nobody anything.
        looked_at = [table for table in tables if len(table.counts) <= MOST_MEMBERS]
        late = links.left_over(looked_at)
        looked_at += late
        relations = known_to_hold(looked_at, links.relations(looked_at, tables))
        result = suppress([*tables, *late], relations, disclosure.threshold)
        for table in tables:
            if not table.is_released:
                rows += _rows(table, result.cells, result.withheld)
    return tidy(rows, PROTECTED_COLUMNS)


def as_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Take from the table of `protected` what may be shown: no value that is left out, a withheld table as one line."""
    is_hidden = table["state"].eq(SUPPRESSED)
    is_withheld = table["state"].eq(WITHHELD)
    again = is_withheld & table.duplicated(["indicator", "scope", "dimension"])
    shown = table.assign(
        value=table["value"].mask(is_hidden | is_withheld), member=table["member"].mask(is_withheld, "")
    )
    return shown[~again].reset_index(drop=True)


def reviewed(shown: pd.DataFrame, scope: str) -> pd.DataFrame:
    """Show a reviewer the cells of a scope, those left out with the reason in place of the value: a row a member."""
    chosen = shown[shown["scope"] == scope]
    if not len(chosen):
        return pd.DataFrame({"table": ["none: not collected, or not named in project.yml"]})
    figures = [
        f"{value:.0f}" if state == "stated" else f"{state}: {reason.replace('_', ' ')}"
        for value, state, reason in zip(chosen["value"], chosen["state"], chosen["reason"], strict=True)
    ]
    member = chosen["member"].where(chosen["member"] != "", "the whole table")
    long = pd.DataFrame(
        {"table": chosen["dimension"], "member": member, "indicator": chosen["indicator"], "figure": figures}
    )
    keys = ["table", "member"]
    wide = long.pivot(index=keys, columns="indicator", values="figure")
    wide = wide.reindex(pd.MultiIndex.from_frame(long[keys].drop_duplicates()))[list(COUNTED)]
    return wide.fillna("").rename_axis(None, axis=1).reset_index()


@dataclass(frozen=True)
class _Counted:
    """The true counts of every table, merged as project.yml says."""

    groups: Groups
    project: Project
    names: Mapping[str, tuple[str, ...]]

    def total(self, indicator: str, scope: str) -> int:
        return self.groups.totals[scope][indicator]

    def counts(self, indicator: str, scope: str, name: str) -> dict[str, int]:
        """Count by the members of a table; each that occurs since the start, or is expected, is listed."""
        parts = self.names[name]
        table = self.groups.tables[scope][name]
        merged = [table.index.get_level_values(place).map(self._merged(part)) for place, part in enumerate(parts)]
        member = merged[0] if len(parts) == 1 else merged[0] + BESIDE + merged[1]
        summed = table[indicator].groupby(member).sum()
        return {one: int(summed.get(one, 0)) for one in self.listed(name)}

    def listed(self, name: str) -> list[str]:
        """Return the members of a table: those that occur since the start, or are expected."""
        return [BESIDE.join(one) for one in product(*(self.members(part) for part in self.names[name]))]

    def members(self, part: str) -> list[str]:
        given, merged = self.project.settings.beneficiaries, self._merged(part)
        found = set(given.by_dimension().get(part, {}) if given else ())
        found |= self._stated(part)
        return [*sorted({merged[one] for one in found} - {NOT_STATED}), NOT_STATED]

    def _merged(self, part: str) -> dict[str, str]:
        """Return the member that each one is counted as."""
        of = _names_of(self.project.settings.disclosure.merge.get(part, {}))  # type: ignore[call-overload]
        column = self._stated(part)
        given = self.project.settings.beneficiaries
        column |= set(given.by_dimension().get(part, {}) if given else ())
        return {one: of.get(fold(one), one) for one in column}

    def _stated(self, part: str) -> set[str]:
        """Return the members of a dimension of whom a grievance was received, in any table that has the dimension."""
        return {
            member
            for scope in SCOPES
            for name, parts in self.names.items()
            if part in parts
            for member in self.groups.tables[scope][name].index.get_level_values(parts.index(part))
        }


def _names_of(merge: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {fold(member): name for name, members in merge.items() for member in (name, *members)}


def _units(names: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Put together the tables that share cells: a cross and the dimensions that it crosses."""
    left = dict(names)
    while left:
        unit, parts = [], set(next(iter(left.values())))
        while more := [name for name, own in left.items() if parts & set(own)]:
            unit += more
            parts |= {part for name in more for part in left.pop(name)}
        yield [name for name in names if name in unit]


@dataclass(frozen=True)
class _Difference:
    """What a whole is more than its parts: in total, and the cells of each member with their signs."""

    total: int
    terms: list[dict[Cell, int]]


@dataclass(frozen=True)
class _Links:
    """The tables of one unit, of this report and of the releases before, and what links them."""

    counted: _Counted
    scopes: Scopes
    records: Sequence[Published]
    names: Mapping[str, tuple[str, ...]]

    def tables(self) -> list[Table]:
        """Return the tables of this report, then those released."""
        current = []
        for name, indicator, scope in product(self.names, COUNTED, SCOPES):
            table = self._table(_name(indicator, "", scope, name), self.counted.counts(indicator, scope, name), name)
            assert table.total == self.counted.total(indicator, scope), f"{table.name} does not add up to its headline"
            current.append(table)
        return [*current, *(table for record in self.records for table in self._released(record))]

    def _table(self, title: str, counts: Mapping[str, int], name: str) -> Table:
        groups: tuple[frozenset[str], ...] = (frozenset(counts),)
        if len(self.names[name]) > 1:
            pairs = {member: member.split(BESIDE, 1) for member in counts}
            groups = tuple(
                frozenset(member for member, pair in pairs.items() if pair[side] == one)
                for side in (0, 1)
                for one in dict.fromkeys(pair[side] for pair in pairs.values())
                if one != NOT_STATED
            )
        elif counts.get(NOT_STATED) == sum(counts.values()):
            groups = ()  # nothing is stated of anybody
        return Table(title, counts, sum(counts.values()), len(self.names[name]) > 1, groups)

    def _released(self, record: Published) -> Iterator[Table]:
        if record.disclosed is None:
            return
        rows = record.disclosed[record.disclosed["dimension"].isin(list(self.names))]
        headlines = record.figures[record.figures["dimension"] == ""].set_index(["indicator", "scope"])["value"]
        listed = {name: self.counted.listed(name) for name in self.names}
        for (indicator, scope, name), own in rows.groupby(["indicator", "scope", "dimension"], sort=False):
            was_withheld = bool((own["state"] == WITHHELD).any())
            counts: dict[str, int | None] = {
                member: int(value) if state == "stated" else None
                for member, value, state in zip(own["member"], own["value"], own["state"], strict=True)
            }
            if was_withheld:
                # Its members were not told; whoever looks for them takes those of the other tables.
                same = rows[(rows["dimension"] == name) & (rows["member"] != "")]["member"]
                counts = dict.fromkeys([*same, *(one for one in listed[name] if one not in set(same))])
            yield Table(
                _name(indicator, record.label, scope, name),
                counts,
                int(headlines[indicator, scope]),
                may_hide_zeros=len(self.names[name]) > 1,
                is_released=True,
                was_withheld=was_withheld,
            )

    def relations(self, tables: Sequence[Table], there: Sequence[Table]) -> list[Relation]:
        """Return what links the cells of some of the tables that are there.

        Admissible is part of received, crosses add up, and so do spans of time.
        """
        by_name = {table.name: table for table in tables}
        releases = ["", *(record.label for record in self.records)]
        found: list[Relation] = []
        for release, name, scope in product(releases, self.names, SCOPES):
            received, eligible = (by_name.get(_name(one, release, scope, name)) for one in COUNTED)
            if received is not None and eligible is not None:
                found += [
                    Relation({(received.name, one): 1, (eligible.name, one): -1}, 0, _NO_LIMIT)
                    for one in eligible.counts
                    if one in received.counts
                ]
            for indicator in COUNTED:
                found += self._margins(by_name, indicator, release, scope, name)
        for name in self.names:
            for relation in span_relations(self._spans({table.name for table in there}, name)):
                found += self._over_time(by_name, name, relation)
        return found

    def _margins(
        self, by_name: Mapping[str, Table], indicator: str, release: str, scope: str, name: str
    ) -> Iterator[Relation]:
        cross = by_name.get(_name(indicator, release, scope, name))
        if cross is None or len(self.names[name]) == 1:
            return
        for side, part in enumerate(self.names[name]):
            margin = by_name.get(_name(indicator, release, scope, part))
            by_member: dict[str, list[str]] = {}
            for one in cross.counts:
                by_member.setdefault(one.split(BESIDE, 1)[side], []).append(one)
            for member in margin.counts if margin else ():
                cells = by_member.get(member)
                if cells and margin:
                    yield Relation(
                        {(margin.name, member): 1, **dict.fromkeys(((cross.name, one) for one in cells), -1)}, 0, 0
                    )

    def _spans(self, there: Collection[str], name: str) -> list[Span]:
        """List the stretches of days over which a table counts, those of this report first."""
        windows = self.scopes.windows()
        spans = [Span("", scope, windows[scope].start, windows[scope].counted_to) for scope in SCOPES]
        for record in self.records:
            spans += [
                Span(record.label, scope, record.windows[scope].start, record.windows[scope].counted_to)
                for scope in SCOPES
                if _name("received", record.label, scope, name) in there
            ]
        return spans

    def left_over(self, tables: Sequence[Table]) -> list[Table]:
        """Return what published tables leave over where they do not add up: what was registered late.

        A March grievance that was registered in July is in the table since the start, and in no table of a period. Who
        subtracts finds where it came from, so it is protected like a table, and a small count of it withholds the table
        since the start. Where a grievance was taken out, or moved to another place, the difference is no count of
        grievances and says nothing for sure.
        """
        by_name = {table.name: table for table in tables}
        found = []
        for name in self.names:
            for relation in span_relations(self._spans(set(by_name), name)):
                differences = self._differences(by_name, name, relation)
                ours = [span for span in (relation.whole, *relation.parts) if span.release == ""]
                for indicator in COUNTED if relation.is_exact and ours and differences else ():
                    counts = {
                        _member_of(terms): _summed(by_name, terms)
                        for terms in differences[indicator].terms
                        if all(by_name[title].counts[member] is not None for title, member in terms)
                    }
                    if min(counts.values(), default=0) >= 0 and any(counts.values()):
                        title = _rest(indicator, name, relation)
                        shown_in = _name(indicator, "", ours[0].scope, name)
                        found.append(Table(title, counts, sum(counts.values()), may_hide_zeros=True, late_of=shown_in))
        return found

    def _over_time(self, by_name: Mapping[str, Table], name: str, relation: SpanRelation) -> Iterator[Relation]:
        """Relate the cells of spans of time as the totals are related: what is left over has the sign of theirs."""
        differences = self._differences(by_name, name, relation)
        if not differences:
            return
        received, eligible = (differences[indicator] for indicator in COUNTED)
        for indicator, difference in differences.items():
            low, high = min(0, difference.total), max(0, difference.total)
            rest = by_name.get(_rest(indicator, name, relation))
            for terms in difference.terms:
                yield Relation(terms, low, high if relation.is_exact else _NO_LIMIT)
                if rest is not None and _member_of(terms) in rest.counts:
                    yield Relation({**terms, (rest.name, _member_of(terms)): -1}, 0, 0)
        if not relation.is_exact or received.total or eligible.total:
            for terms, others in zip(received.terms, eligible.terms, strict=True):
                both = {**terms, **{cell: -factor for cell, factor in others.items()}}
                yield Relation(both, min(0, received.total - eligible.total), _NO_LIMIT)

    def _differences(self, by_name: Mapping[str, Table], name: str, relation: SpanRelation) -> dict[str, _Difference]:
        """Subtract the parts from the whole, for each indicator; nothing where one of the tables is not there."""
        spans = (relation.whole, *relation.parts)
        names = {one: [_name(one, span.release, span.scope, name) for span in spans] for one in COUNTED}
        if not all(title in by_name for titles in names.values() for title in titles):
            return {}
        of = {indicator: [by_name[title] for title in titles] for indicator, titles in names.items()}
        people = list(self._same_people(name, [table for tables in of.values() for table in tables]))
        return {
            indicator: _Difference(
                tables[0].total - sum(one.total for one in tables[1:]),
                [
                    {
                        (table.name, member): 1 if place == 0 else -1
                        for place, table in enumerate(tables)
                        for member in members
                        if member in table.counts
                    }
                    for members in people
                ],
            )
            for indicator, tables in of.items()
        }

    def _same_people(self, name: str, tables: Sequence[Table]) -> Iterator[list[str]]:
        """Put together the members that a merge of one of the releases joins; where all list the same, one by one."""
        from scipy.cluster.hierarchy import DisjointSet  # here, since it takes a while to import

        merges = [self.counted.project.settings.disclosure.merge, *(record.merge for record in self.records)]
        people = DisjointSet()
        for part, merge in product(self.names[name], merges):
            for name_of, members in merge.get(part, {}).items():  # type: ignore[attr-defined]
                for member in (name_of, *members):
                    people.add(fold(member))
                    people.merge(fold(name_of), fold(member))
        together: dict[str, dict[str, None]] = {}
        for member in dict.fromkeys(member for table in tables for member in table.counts):
            parts = member.split(BESIDE, 1) if len(self.names[name]) > 1 else [member]
            folded = [fold(one) for one in parts]
            for one in folded:
                people.add(one)
            key = BESIDE.join(people[one] for one in folded)
            together.setdefault(key, {})[member] = None
        for members in together.values():
            if all(member in table.counts for table in tables for member in members):
                yield from ([member] for member in members)
            else:
                yield list(members)


def _name(indicator: object, release: str, scope: object, dimension: object) -> str:
    return f"{indicator} {scope} {dimension} {release}".strip()


def _rest(indicator: str, name: str, relation: SpanRelation) -> str:
    spans = (relation.whole, *relation.parts)
    return " less ".join(_name(indicator, span.release, span.scope, name) for span in spans)


def _member_of(terms: Mapping[Cell, int]) -> str:
    return next((member for _, member in terms), "")


def _summed(by_name: Mapping[str, Table], terms: Mapping[Cell, int]) -> int:
    return sum(factor * (by_name[title].counts[member] or 0) for (title, member), factor in terms.items())


def _rows(table: Table, cells: Mapping[Cell, str], withheld: Mapping[str, str]) -> Iterator[dict[str, object]]:
    indicator, scope, dimension = table.name.split(" ")
    why = withheld.get(table.name)
    for member, count in table.counts.items():
        yield {
            "indicator": indicator,
            "scope": scope,
            "dimension": dimension,
            "member": member,
            "value": count,
            "unit": "count",
            "state": WITHHELD if why else SUPPRESSED if (table.name, member) in cells else "stated",
            "reason": why or cells.get((table.name, member), ""),
        }
