"""Uptake: through what, from where and by whom grievances came, and from where nothing came."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from pipeline.project import NOT_STATED, Project
from pipeline.reporting.labels import dimension_title, labels
from pipeline.reporting.narrative import may_be_of_any, nothing_came_through, unplaced
from pipeline.reporting.numbers import WITHHELD_DIMENSIONS, Numbers
from pipeline.reporting.pages import write_page
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words, words_for
from pipeline.stage import Stage

RATE = "received_per_1000_beneficiaries"
PAGE = "uptake.html"
MOST_MEMBERS = 1_000
"""Members of a table, those from which most came; places may be as many as addresses."""
_GROUPS = ("location", "sex", "vulnerable_group")
_COUNTED = (("received", "period"), ("eligible", "period"), ("received", "cumulative"))


@dataclass(frozen=True)
class Uptake:
    """Looks up what the indicators say of uptake; it computes nothing. On the page by itself no figure is a link."""

    numbers: Numbers
    words: Words
    project: Project
    is_linked: bool = True

    def _shown(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> str | Markup:
        show = self.numbers.linked if self.is_linked else self.numbers.display
        return show(indicator, scope, dimension, member)

    def beneficiaries(self) -> str | Markup:
        """Relate what was received to the number of beneficiaries; empty where project.yml gives none."""
        given = self.project.settings.beneficiaries
        if given is None:
            return ""
        return self.words.text(
            "Grievances received per 1,000 beneficiaries: %(period)s in the period, %(cumulative)s since the start. "
            "The number of beneficiaries, %(total)s, is that of %(day)s (source: %(source)s).",
            period=self._shown(RATE),
            cumulative=self._shown(RATE, "cumulative"),
            total=given.total,
            day=given.date,
            source=given.source,
        )

    def withheld(self) -> str:
        """Say what is counted inside only; empty where the register collects none of it."""
        told = [
            dimension_title(one, self.words)
            for one in _GROUPS
            if one in WITHHELD_DIMENSIONS and self._is_collected(one) and one not in self._disclosed
        ]
        if not told:
            return ""
        return self.words.text(
            "Counts by %(what)s stay inside the project, since small numbers could point to a person.",
            what=self.words.listed(told),
        )

    @property
    def _disclosed(self) -> set[str]:
        return set() if self.numbers.disclosed is None else set(self.numbers.disclosed["dimension"])

    def _is_collected(self, dimension: str) -> bool:
        return bool(self.numbers.members("received", dimension, "cumulative"))

    def table(self, dimension: str, caption: str, heading: str) -> Table:
        """Count by the members of a dimension; with the number of beneficiaries where project.yml gives it."""
        text, number = self.words.text, self.words.number
        given = self._given(dimension)
        headers = [heading, text("Received"), text("Eligible"), text("Received since the start")]
        headers += [text("Beneficiaries"), text("Received per 1,000")] if given else []
        rows = []
        for member, label in self._listed(dimension).items():
            if member == NOT_STATED and not any(self._count(*one, dimension, member) for one in _COUNTED):
                continue
            cells: list[str | Markup] = [label]
            for one in _COUNTED:
                # A member of the register's own need not occur in every scope.
                is_there = self.numbers.has(*one, dimension, member)
                cells.append(self._shown(*one, dimension, member) if is_there else number(0))
            if given:
                cells += self._per_1000(dimension, member, given)
            rows.append(cells)
        total = [self._shown(*one) for one in _COUNTED]
        rows.append([text("Total"), *total, *(["", ""] if given else [])])
        numeric = list(range(1, len(headers)))
        return simple(caption, headers, rows, numeric=numeric, kind="counts")

    def _per_1000(self, dimension: str, member: str, given: dict[str, int]) -> list[str]:
        if member not in given:
            return ["–", "–"]
        value = self.numbers.row(RATE, "period", dimension, member)["value"]
        shown = self.words.text("too few beneficiaries") if pd.isna(value) else self.words.number(float(value), 2)
        return [self.words.number(given[member]), shown]

    def _given(self, dimension: str) -> dict[str, int]:
        given = self.project.settings.beneficiaries
        return given.by_dimension().get(dimension, {}) if given else {}

    def _members(self, dimension: str) -> dict[str, str]:
        if dimension in ("channel", "type", "status"):
            return labels(self.project, self.words, dimension)
        # What came since the start holds what came in the period, save what came before the start.
        codes = dict.fromkeys(
            code for scope in ("cumulative", "period") for code in self.numbers.members("received", dimension, scope)
        )
        known = {code: code for code in sorted(codes) if code != NOT_STATED}
        return {**known, NOT_STATED: self.words.text("Not stated")}

    def _listed(self, dimension: str) -> dict[str, str]:
        """Return the members that the table lists: of very many those from which most came since the start."""
        members = self._members(dimension)
        if len(members) <= MOST_MEMBERS:
            return members
        counted = {one: self._count("received", "cumulative", dimension, one) for one in members if one != NOT_STATED}
        first = set(sorted(counted, key=lambda one: (-counted[one], one))[:MOST_MEMBERS])
        return {one: label for one, label in members.items() if one in first or one == NOT_STATED}

    def left_out(self, dimension: str) -> list[str]:
        """Say that a table does not list all members, where it does not."""
        members, listed = self._members(dimension), self._listed(dimension)
        if len(listed) == len(members):
            return []
        return [
            self.words.text(
                "Listed are the %(n)s from which most came since the start, of %(total)s; the file indicators.csv "
                "beside this page holds all of them.",
                n=len(listed) - 1,
                total=len(members) - 1,
            )
        ]

    def _count(self, name: str, scope: str, dimension: str, member: str) -> int:
        if not self.numbers.has(name, scope, dimension, member):
            return 0  # a member of the register's own that did not occur in this scope
        return self.numbers.count(name, scope, dimension, member)

    def unused(self, dimension: str) -> list[str]:
        """Say from which of the expected members nothing came: in the period, and not once since the start.

        Expected are the channels of project.yml and the groups of which it gives the number of beneficiaries.
        """
        members = self._members(dimension)
        expected = [m for m in members if m != NOT_STATED and (dimension == "channel" or m in self._given(dimension))]
        silent = [m for m in expected if not self._count("received", "period", dimension, m)]
        never = [m for m in silent if not self._count("received", "cumulative", dimension, m)]
        unknown = self._count("received", "period", dimension, NOT_STATED)
        if not expected:
            return []
        if unknown and unknown == self.numbers.count("received"):
            return [
                self.words.text("No grievance of the period says it, so that nothing can be said of what went unused.")
            ]
        names = [members[m] for m in silent]
        text = self.words.text
        if not silent:
            used = (
                text("Every channel was used.") if dimension == "channel" else text("Something came from each of them.")
            )
            return [used]
        told = [self._nothing_came(dimension, names)]
        if never:
            told.append(self._never_came(dimension, [members[m] for m in never]))
        if unknown:
            told.append(
                self.words.plural(
                    "Of %(n)s grievance it is not stated.", "Of %(n)s grievances it is not stated.", unknown
                )
            )
        elif never and (before := self._count("received", "cumulative", dimension, NOT_STATED)):
            told.append(
                self.words.plural(
                    "Of %(n)s grievance since the start it is not stated.",
                    "Of %(n)s grievances since the start it is not stated.",
                    before,
                )
            )
        return told

    def _nothing_came(self, dimension: str, names: list[str]) -> str:
        if dimension == "channel":
            return nothing_came_through(self.numbers, self.words, names)
        listed = self.words.listed(names)
        if may_be_of_any(self.numbers, dimension):
            return self.words.text("Nothing is known to have come from: %(groups)s.", groups=listed)
        return self.words.text("Nothing came from: %(groups)s.", groups=listed)

    def _never_came(self, dimension: str, names: list[str]) -> str:
        listed = self.words.listed(names)
        if may_be_of_any(self.numbers, dimension, "cumulative"):
            return self.words.text("Not known to have come once since the start: %(groups)s.", groups=listed)
        return self.words.text("Not once since the start: %(groups)s.", groups=listed)

    def unplaced(self) -> str:
        """Say how many grievances no table counts, since they could not be placed; empty where there are none."""
        return unplaced(self.numbers, self.words, is_linked=self.is_linked) or ""

    def parts(self) -> list[tuple[str, Table | None, list[str]]]:
        """Return the parts of the internal page: each with its title, its table and what went unused."""
        text = self.words.text
        titles = {
            "channel": (text("By channel"), text("Channel")),
            "location": (text("By location"), text("Location")),
            "sex": (text("By sex"), text("Sex")),
            "vulnerable_group": (text("By vulnerable group"), text("Vulnerable group")),
        }
        parts: list[tuple[str, Table | None, list[str]]] = []
        for dimension, (title, heading) in titles.items():
            if not self._is_collected(dimension):
                parts.append((title, None, [text("The register has no column for it.")]))
                continue
            remarks = [*self.left_out(dimension), *self.unused(dimension)]
            parts.append((title, self.table(dimension, title, heading), remarks))
        return parts


def write_uptake(stage: Stage) -> None:
    """Write internal/uptake.html: uptake by channel, location, sex and vulnerable group; restricted."""
    words = words_for(stage.project.settings.language)
    uptake = Uptake(Numbers(stage.load("indicators.csv"), words), words, stage.project, is_linked=False)
    write_page(
        stage,
        PAGE,
        "uptake_page",
        words,
        beneficiaries=uptake.beneficiaries(),
        unplaced=uptake.unplaced(),
        parts=uptake.parts(),
    )
