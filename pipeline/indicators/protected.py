"""Counts by sex, place and vulnerable group, as they may be shown: the tables, what links them, what is left out.

Source of the rules: docs/disclosure-control.md. The tables are those that project.yml names under `disclosure`, of the
grievances received and the eligible ones, in the period and since the start. The records are the releases before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    known, rows = _with_published(names, records), list[dict[str, object]]()
    for unit in _units(known):
        if not any(name in names for name in unit):
            continue  # nothing of it is published now
        links = _Links(counted, scopes, records, {name: known[name] for name in unit})
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


def _with_published(names: Mapping[str, tuple[str, ...]], records: Sequence[Published]) -> dict[str, tuple[str, ...]]:
    """Add the tables that were published before and are not named now; a cross the other way round is the same one."""
    known = dict(names)
    for record in records:
        for name in record.disclosed["dimension"].unique() if record.disclosed is not None else ():
            parts = tuple(name.split(CROSS))
            if CROSS.join(reversed(parts)) not in known:
                known.setdefault(name, parts)
    return known


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
    """The tables of one unit, of this report and of the releases before, and what links them.

    `names` holds the tables of both; those of this report alone are counted.
    """

    counted: _Counted
    scopes: Scopes
    records: Sequence[Published]
    names: Mapping[str, tuple[str, ...]]

    def tables(self) -> list[Table]:
        """Return the tables of this report, then those released, then those that a release did not have."""
        told = []
        for name, indicator, scope in product(self._own, COUNTED, SCOPES):
            table = self._table(_name(indicator, "", scope, name), self.counted.counts(indicator, scope, name), name)
            assert table.total == self.counted.total(indicator, scope), f"{table.name} does not add up to its headline"
            told.append(table)
        told += [table for record in self.records for table in self._released(record)]
        return [*told, *self._not_told({table.name: table for table in told})]

    @property
    def _own(self) -> list[str]:
        """The names of the tables of this report."""
        return [name for name in self.names if name in self.counted.names]

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
        rows = self._told[record.label]
        totals = _totals(record)
        for (indicator, scope, name), own in rows.groupby(["indicator", "scope", "dimension"], sort=False):
            was_withheld = bool((own["state"] == WITHHELD).any())
            counts: dict[str, int | None] = {
                member: int(value) if state == "stated" else None
                for member, value, state in zip(own["member"], own["value"], own["state"], strict=True)
            }
            if was_withheld:
                # Its members were not told; whoever looks for them takes those of the other tables.
                same = rows[(rows["dimension"] == name) & (rows["member"] != "")]["member"]
                counts = dict.fromkeys([*same, *self._listed(name)])
            yield Table(
                _name(indicator, record.label, scope, name),
                counts,
                totals[indicator, scope],
                may_hide_zeros=len(self.names[name]) > 1,
                is_released=True,
                was_withheld=was_withheld,
            )

    @cached_property
    def _told(self) -> dict[str, pd.DataFrame]:
        """What each record tells of the tables of the unit, by its label; a cross the other way round is turned."""
        return {one.label: self._turned(one.disclosed) for one in self.records if one.disclosed is not None}

    def _turned(self, rows: pd.DataFrame) -> pd.DataFrame:
        turned = {CROSS.join(reversed(parts)): name for name, parts in self.names.items() if len(parts) > 1}
        is_turned = rows["dimension"].isin(list(turned)) & (rows["member"] != "")
        other_way = [BESIDE.join(reversed(one.split(BESIDE, 1))) for one in rows.loc[is_turned, "member"]]
        member = rows["member"].copy()
        member[is_turned] = other_way
        rows = rows.assign(member=member, dimension=rows["dimension"].replace(turned))
        return rows[rows["dimension"].isin(list(self.names))]

    def _listed(self, name: str) -> list[str]:
        """Return the members that a table can have; of one that is not of this report those that any release told."""
        if name in self.counted.names:
            return self.counted.listed(name)
        return [BESIDE.join(one) for one in product(*(self._members[part] for part in self.names[name]))]

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """The members of each dimension, of this report first."""
        found: dict[str, dict[str, None]] = {}
        for part in dict.fromkeys(part for parts in self.names.values() for part in parts):
            is_own = any(part in self.names[name] for name in self._own)
            found[part] = dict.fromkeys(self.counted.members(part) if is_own else ())
        for rows in self._told.values():
            for name, member in rows[["dimension", "member"]].drop_duplicates().itertuples(index=False):
                for side, part in enumerate(self.names[name] if member else ()):
                    found[part][_side(member, side, self.names[name])] = None
        return {part: list(members) or [NOT_STATED] for part, members in found.items()}

    def _not_told(self, told: Mapping[str, Table]) -> Iterator[Table]:
        """Return the tables of the unit that a release did not have: nobody was told them, but they link the others.

        Where one release shows a cross and another one the tables of its dimensions, the cross adds up to counts that
        link them.
        """
        releases = [
            ("", {(one, scope): self.counted.total(one, scope) for one, scope in product(COUNTED, SCOPES)}),
            *((one.label, _totals(one)) for one in self.records),
        ]
        for (release, totals), name, indicator, scope in product(releases, self.names, COUNTED, SCOPES):
            title = _name(indicator, release, scope, name)
            if title not in told and (indicator, scope) in totals:
                counts = self._as_added_up(told, (indicator, release, scope), name)
                if counts is None or release == "":
                    members = counts or self._as_crossed(told, (indicator, release, scope), name)
                    counts = dict.fromkeys(members)
                yield Table(
                    title,
                    counts,
                    totals[indicator, scope],
                    may_hide_zeros=True,
                    is_released=True,
                    was_withheld=True,
                    is_link=True,
                )

    def _as_added_up(
        self, told: Mapping[str, Table], of: tuple[str, str, str], name: str
    ) -> dict[str, int | None] | None:
        """Add up the cross of a release that has the dimension; None where there is none whose members were told."""
        for cross, parts in self.names.items() if len(self.names[name]) == 1 else ():
            table = told.get(_name(*of, cross))
            if len(parts) > 1 and name in parts and table is not None and not table.was_withheld:
                summed: dict[str, int | None] = {}
                for member, count in table.counts.items():
                    side = _side(member, parts.index(name), parts)
                    former = summed.setdefault(side, 0)
                    summed[side] = None if count is None or former is None else former + count
                return summed
        return None

    def _as_crossed(self, told: Mapping[str, Table], of: tuple[str, str, str], name: str) -> list[str]:
        """List the members of a table that a release did not have, by those of its dimensions where it told these."""
        sides = []
        for part in self.names[name]:
            margin = told.get(_name(*of, part))
            added = self._as_added_up(told, of, part) if part in self.names else None
            is_told = margin is not None and not margin.was_withheld
            sides.append(list(margin.counts) if margin is not None and is_told else list(added or self._members[part]))
        return [BESIDE.join(one) for one in product(*sides)]

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
        since the start, or that of the period where the one since the start is not among those subtracted. What was
        taken out, or moved to another place, cannot be told from it, so that a difference is a count whatever its sign.
        """
        threshold = self.counted.project.settings.disclosure.threshold
        by_name = {table.name: table for table in tables}
        found = []
        for name in self.names:
            for relation in span_relations(self._spans(set(by_name), name)):
                differences = self._differences(by_name, name, relation)
                ours = {span.scope for span, _ in relation.signed if span.release == ""}
                for indicator in COUNTED if relation.is_exact and ours and differences else ():
                    left = {_member_of(terms): self._left(by_name, terms) for terms in differences[indicator].terms}
                    counts = {member: abs(count) for member, count in left.items() if count is not None}
                    if any(0 < count < threshold for count in counts.values()):
                        title, late_of = _rest(indicator, name, relation), self._shown_in(indicator, ours, name)
                        found.append(Table(title, counts, sum(counts.values()), may_hide_zeros=True, late_of=late_of))
        return found

    def _left(self, by_name: Mapping[str, Table], terms: Mapping[Cell, int]) -> int | None:
        """Return what is left over of a member; None where an earlier release did not tell a figure of it."""
        left = 0
        for (title, member), factor in terms.items():
            count = by_name[title].counts[member]
            if count is None and by_name[title].is_link:
                count = self._own_sums.get(title, {}).get(member)
            if count is None:
                return None
            left += factor * count
        return left

    @cached_property
    def _own_sums(self) -> dict[str, dict[str, int | None]]:
        """What the crosses of this report add up to, by the tables that it does not have."""
        own = {
            _name(indicator, "", scope, name): Table("", self.counted.counts(indicator, scope, name), 0)
            for indicator, scope, name in product(COUNTED, SCOPES, self._own)
        }
        sums = {
            _name(indicator, "", scope, name): self._as_added_up(own, (indicator, "", scope), name)
            for indicator, scope, name in product(COUNTED, SCOPES, self.names)
            if name not in self._own
        }
        return {title: summed for title, summed in sums.items() if summed is not None}

    def _shown_in(self, indicator: str, scopes: Collection[str], name: str) -> tuple[str, ...]:
        """Name the tables of this report that tell of a table's counts, in the wider of the scopes."""
        windows = self.scopes.windows()
        wider = SCOPES[-1] if SCOPES[-1] in scopes else SCOPES[0]
        days = {scope: (windows[scope].start, windows[scope].counted_to) for scope in SCOPES}
        same = [scope for scope in SCOPES if days[scope] == days[wider]]
        telling = [one for one in self._own if one == name or (name not in self._own and name in self.names[one])]
        return tuple(_name(indicator, "", scope, one) for scope, one in product(same, telling))

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
                    sign = -1 if (self._left(by_name, terms) or 0) < 0 else 1
                    yield Relation({**terms, (rest.name, _member_of(terms)): -sign}, 0, 0)
        if not relation.is_exact or received.total or eligible.total:
            for terms, others in zip(received.terms, eligible.terms, strict=True):
                both = {**terms, **{cell: -factor for cell, factor in others.items()}}
                yield Relation(both, min(0, received.total - eligible.total), _NO_LIMIT)

    def _differences(self, by_name: Mapping[str, Table], name: str, relation: SpanRelation) -> dict[str, _Difference]:
        """Subtract the parts from the whole, for each indicator; nothing where one of the tables is not there."""
        signs = [sign for _, sign in relation.signed]
        names = {one: [_name(one, span.release, span.scope, name) for span, _ in relation.signed] for one in COUNTED}
        if not all(title in by_name for titles in names.values() for title in titles):
            return {}
        of = {indicator: [by_name[title] for title in titles] for indicator, titles in names.items()}
        people = list(self._same_people(name, [table for tables in of.values() for table in tables]))
        return {
            indicator: _Difference(
                sum(sign * one.total for sign, one in zip(signs, tables, strict=True)),
                [
                    {
                        (table.name, member): sign
                        for sign, table in zip(signs, tables, strict=True)
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


def _side(member: str, side: int, parts: Sequence[str]) -> str:
    return member.split(BESIDE, 1)[side] if len(parts) > 1 else member


def _totals(record: Published) -> dict[tuple[str, str], int]:
    """Return the headlines of a record that tables add up to, by indicator and scope."""
    figures = record.figures
    rows = figures[(figures["dimension"] == "") & figures["indicator"].isin(COUNTED) & figures["value"].notna()]
    return {
        (indicator, scope): int(value)
        for indicator, scope, value in zip(rows["indicator"], rows["scope"], rows["value"], strict=True)
    }


def _rest(indicator: str, name: str, relation: SpanRelation) -> str:
    told = [(sign, _name(indicator, span.release, span.scope, name)) for span, sign in relation.signed]
    return " ".join(
        title if not place else f"{'and' if sign > 0 else 'less'} {title}" for place, (sign, title) in enumerate(told)
    )


def _member_of(terms: Mapping[Cell, int]) -> str:
    return next((member for _, member in terms), "")


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
