"""The comparison of several periods, section by section, from the figures of each alone.

Each section is one call of the notebook comparison.ipynb. Its words stand in templates/sections/comparison/.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import pandas as pd
from jinja2 import Environment

from pipeline import __version__
from pipeline.indicators.comparing import CHECK_COLUMNS, adjoin, overlap
from pipeline.indicators.definitions import definitions
from pipeline.period import Scopes
from pipeline.project import NOT_STATED, Settings
from pipeline.reporting.changes import (
    Change,
    Side,
    change_between,
    shown_indicators,
    side_by_side,
    signed,
    summary_of,
)
from pipeline.reporting.comparability import Comparability
from pipeline.reporting.labels import labels
from pipeline.reporting.numbers import PUBLIC_COLUMNS, Numbers
from pipeline.reporting.provisional import Provisional, opened
from pipeline.reporting.report import PACKAGES, Section, visible_findings
from pipeline.reporting.tables import Cell, Table
from pipeline.reporting.templating import environment_of
from pipeline.reporting.trends import Trends
from pipeline.reporting.words import Words, words_for
from pipeline.stage import ComparisonStage

PUBLIC_COMPARISON_COLUMNS = ("period", *PUBLIC_COLUMNS)
"""The columns of public/comparison.csv, in order."""
_MOST_UPRIGHT, _MOST_LYING = 4, 7
"""Columns of periods that an upright page holds, and one that lies; more are parted into several tables."""
_STOCK = (
    ("opening_stock", ""),
    ("eligible", "+"),
    ("entered_unplaced", "+"),
    ("reopenings", "+"),
    ("resolutions", "−"),
    ("closed_otherwise", "−"),
    ("ended_undated", "−"),
    ("closing_stock", "="),
)


@dataclass(frozen=True)
class Comparison:
    """A comparison on its way; opened on a set whose periods are measured."""

    stage: ComparisonStage
    words: Words
    table: pd.DataFrame
    checks: pd.DataFrame
    backlog: pd.DataFrame
    completeness: pd.DataFrame
    findings: pd.DataFrame
    code: str
    provisional: Provisional

    @classmethod
    def open(cls, stage: ComparisonStage, code: str = "") -> Comparison:
        """Read what the notebook's first steps wrote; `code` is the digest of the program."""
        stage, provisional = opened(stage)
        checks = stage.load("reconciliation.csv")
        assert tuple(checks.columns) == CHECK_COLUMNS
        return cls(
            stage=stage,
            words=words_for(stage.project.settings.language),
            table=stage.load("comparison.csv").astype({"period": "str"}),
            checks=checks,
            backlog=stage.load("backlog.csv"),
            completeness=stage.load("completeness.csv").astype({"period": "str"}),
            findings=visible_findings(stage),
            code=code,
            provisional=provisional,
        )

    # -- what the sections share --------------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The settings of the project."""
        return self.stage.project.settings

    @property
    def periods(self) -> tuple[Scopes, ...]:
        """The periods, in order."""
        return self.stage.periods

    @property
    def title(self) -> str:
        """The title of the document, as a browser and a PDF reader show it."""
        names = self.words.listed([self.words.period(scopes.period) for scopes in self.periods])
        return f"{self.settings.name}: {self.words.text('Comparison of periods')}, {names}"

    @property
    def running(self) -> str:
        """What stands at the head of each page."""
        name = self.settings.short_name or self.settings.name
        spanned = f"{self.periods[0].label} – {self.periods[-1].label}"
        return f"{name} · {self.words.text('Comparison of periods')} · {spanned}"

    @property
    def spanned(self) -> str:
        """The periods, or where there are many their number, the first and the last."""
        names = [self.words.period(scopes.period) for scopes in self.periods]
        if len(names) <= _MOST_UPRIGHT:
            return " · ".join(names)
        return self.words.text("%(n)s periods, %(first)s – %(last)s", n=len(names), first=names[0], last=names[-1])

    @property
    def is_draft(self) -> bool:
        """Whether an error finding is open, so that the comparison must not be taken for final."""
        return bool((self.findings["severity"] == "error").any())

    @property
    def draft_mark(self) -> str:
        """What then stands on every page."""
        return self.words.text("DRAFT")

    @property
    def is_provisional(self) -> bool:
        """Whether one of the periods ends after the last day that is counted."""
        return any(scopes.current.is_provisional for scopes in self.periods)

    @property
    def is_internal(self) -> bool:
        """A comparison has one edition, the public one."""
        return False

    @property
    def counted_to(self) -> date:
        """The last day that is counted in any of the periods."""
        return max(scopes.current.counted_to for scopes in self.periods)

    @property
    def is_wide(self) -> bool:
        """Whether the tables of periods need a page that lies."""
        return len(self.periods) > _MOST_UPRIGHT

    @cached_property
    def numbers(self) -> dict[str, Numbers]:
        """The figures of each period, by label."""
        by_label = dict(tuple(self.table.groupby("period", sort=False)))
        return {
            s.label: Numbers(by_label[s.label].reset_index(drop=True), self.words, **self.provisional.for_numbers())
            for s in self.periods
        }

    @cached_property
    def sides(self) -> list[Side]:
        """The headlines of each period, in order."""
        return [Side.of(self.words.period(s.period), self.numbers[s.label].table) for s in self.periods]

    @cached_property
    def change(self) -> Change:
        """What changed from the last but one period to the last."""
        former, later = self.periods[-2:]
        return change_between(
            self.sides[-2],
            self.sides[-1],
            self.stage.project,
            heading=self.words.text(
                "Change, %(later)s against %(former)s",
                later=later.label,
                former=former.label,
            ),
            is_independent=not overlap(former, later),
        )

    @cached_property
    def _environment(self) -> Environment:
        return environment_of(self.words, self.settings)

    def _section(self, name: str, **context: Any) -> Section:
        html = self._environment.get_template(f"{name}.html.j2").render(
            is_draft=self.is_draft,
            is_provisional=self.is_provisional,
            provisional_note=self.provisional.note(self.words),
            **context,
        )
        return Section(html.strip() + "\n")

    def _parted(self) -> list[list[int]]:
        """Part the places of the periods into tables that a page can hold; the last is the fullest."""
        most = _MOST_LYING if self.is_wide else _MOST_UPRIGHT
        ends = range(len(self.periods), 0, -most)
        return [list(range(max(0, end - most), end)) for end in reversed(ends)]

    def _captions(self, caption: str) -> list[str]:
        parts = self._parted()
        if len(parts) == 1:
            return [caption]
        text = self.words.text
        return [
            text("%(caption)s (part %(no)s of %(parts)s)", caption=caption, no=no, parts=len(parts))
            for no in range(1, len(parts) + 1)
        ]

    # -- the sections -------------------------------------------------------------------------------------------------

    def cover(self) -> Section:
        """Name the project, the periods and their as-of days, and list the contents."""
        named = [
            (
                self._with_code(scopes),
                self.words.span(scopes.current.start, scopes.current.counted_to),
                scopes.current.as_of,
            )
            for scopes in self.periods
        ]
        errors = int((self.findings["severity"] == "error").sum())
        return self._section(
            "comparison/cover", spanned=self.spanned, named=named, contents=self._contents(), errors=errors
        )

    def _with_code(self, scopes: Scopes) -> str:
        name, code = self.words.period(scopes.period), scopes.label
        return name if name == code or scopes.period.kind == "range" else f"{name} ({code})"

    def _contents(self) -> list[tuple[str, str]]:
        text = self.words.text
        return [
            ("glance", text("The key figures side by side")),
            ("breakdowns", text("By channel and by type")),
            ("trends", text("Trends")),
            ("comparable", text("What can be compared and what cannot")),
            ("method", text("The figures used and the rule of change")),
            ("reconciliation", text("How the figures reconcile")),
            ("provenance", text("How this comparison was made")),
        ]

    def glance(self) -> Section:
        """Set the key figures side by side, with the change of the last period."""
        text, parts = self.words.text, self._parted()
        tables = [
            side_by_side(
                [self.sides[place] for place in places],
                self.change if places is parts[-1] else None,
                self.words,
                self.stage.project,
                caption,
            )
            for places, caption in zip(parts, self._captions(text("Key figures of the periods")), strict=True)
        ]
        return self._section(
            "comparison/glance",
            tables=tables,
            told=summary_of(self.change, self.words) if self.change.is_told else "",
            heading=self.change.heading,
            is_wide=self.is_wide,
        )

    def breakdowns(self) -> Section:
        """Set the counts by channel and by type side by side."""
        text = self.words.text
        named = (("channel", text("Channel")), ("type", text("Type")))
        captions = {"channel": text("Grievances by channel"), "type": text("Grievances by type")}
        tables = [
            self._breakdown(dimension, title, places, caption)
            for dimension, title in named
            for places, caption in zip(self._parted(), self._captions(captions[dimension]), strict=True)
        ]
        return self._section("comparison/breakdowns", tables=tables, is_wide=self.is_wide)

    def _breakdown(self, dimension: str, title: str, places: Sequence[int], caption: str) -> Table:
        text, numbers = self.words.text, list(self.numbers.values())
        known = labels(self.stage.project, self.words, dimension)
        is_last = places[-1] == len(self.periods) - 1
        chosen = [numbers[place] for place in places]
        members = [
            code
            for code in known
            if code != NOT_STATED or any(one.members("received", dimension).get(code) for one in numbers)
        ]
        head = [Cell(title, "col"), *(Cell(self.sides[place].heading, "col", numeric=True) for place in places)]
        if is_last:
            head.append(Cell(text("Change"), "col", numeric=True))
        groups = []
        for indicator, heading in (("received", text("Received")), ("eligible", text("Eligible"))):
            rows = [[Cell(heading, "rowgroup", colspan=len(head))]]
            for code in members:
                counts = [one.members(indicator, dimension)[code] for one in chosen]
                rows.append(self._counts(known[code], counts, self._difference(indicator, dimension, code, is_last)))
            totals = [one.count(indicator) for one in chosen]
            rows.append(self._counts(text("Total"), totals, self._difference(indicator, "", "", is_last)))
            groups.append(rows)
        return Table(caption, [head], groups, "compared numbers totals")

    def _difference(self, indicator: str, dimension: str, member: str, is_last: bool) -> list[str]:
        if not is_last:
            return []
        former, later = (list(self.numbers.values())[place] for place in (-2, -1))
        counts = [one.count(indicator, "period", dimension, member) for one in (later, former)]
        return [signed(counts[0] - counts[1], 0, self.words)]

    def _counts(self, label: str, counts: Sequence[int], more: Sequence[str]) -> list[Cell]:
        shown = [*(self.words.number(count) for count in counts), *more]
        return [Cell(label, "row"), *(Cell(one, numeric=True) for one in shown)]

    def trends(self) -> Section:
        """Draw the figures over the periods, the open grievances over time and the days to resolve."""
        joined = [adjoin(former, later) for former, later in pairwise(self.periods)]
        drawn = Trends(self.stage.project, self.words, self.periods, list(self.numbers.values()), joined)
        charts = [drawn.small_multiples(1), drawn.stock(2, self.backlog), drawn.days(3)]
        return self._section("comparison/trends", charts=charts, is_parted=not all(joined))

    def comparable(self) -> Section:
        """Say what is comparable and what is not: windows, rules that changed, data that lack."""
        found = Comparability(self.stage.project, self.words, self.periods, list(self.numbers.values()))
        return self._section(
            "comparison/comparable",
            windows=found.windows_table(),
            on_windows=found.on_windows(),
            changed=found.changed_table(),
            on_rules=[*found.on_rules(), *found.on_published(self.stage.load("columns.csv")["column"])],
            data=found.data_table(self.completeness),
            on_data=found.on_data(),
        )

    def definitions(self) -> Section:
        """Define the figures that are compared, and the rule of change."""
        text = self.words.text
        shown = {name.removesuffix("_median").removesuffix("_p90") for name in shown_indicators(self.sides)}
        used = [name for name in definitions() if name in shown]
        entries = [
            {
                "title": text(one.title),
                "definition": text(one.definition),
                "numerator": text(one.numerator) if one.numerator else "",
                "denominator": text(one.denominator) if one.denominator else "",
                "caveat": text(one.caveat) if one.caveat else "",
            }
            for one in (definitions()[name] for name in used)
        ]
        return self._section("comparison/definitions", entries=entries, minimum_n=self.settings.minimum_n)

    def reconciliation(self) -> Section:
        """Show for every period that what was open, came in and ended agree, and from one to the next."""
        text = self.words.text
        titles = {name: text(definitions()[name].title) for name, _ in _STOCK}
        tables = []
        captions = self._captions(text("Stock and flow of eligible grievances"))
        for places, caption in zip(self._parted(), captions, strict=True):
            chosen = [self.numbers[self.periods[place].label] for place in places]
            head = [Cell("", "col"), *(Cell(self.sides[place].heading, "col", numeric=True) for place in places)]
            rows = [
                self._counts(f"{sign} {titles[name]}".strip(), [one.count(name) for one in chosen], [])
                for name, sign in _STOCK
            ]
            tables.append(Table(caption, [head], [rows], "compared"))
        adjacent = int((self.checks["check"] == "opening_is_former_closing").sum())
        agree = int((self.checks["difference"] == 0).sum())
        return self._section(
            "comparison/reconciliation",
            tables=tables,
            checks=len(self.checks),
            agree=agree,
            adjacent=adjacent,
            is_wide=self.is_wide,
        )

    def provenance(self) -> Section:
        """Name the program and the packages; never the inputs, whose hashes could be guessed."""
        packages = [("Python", platform.python_version()), *((name, version(name)) for name in PACKAGES)]
        return self._section("comparison/provenance", version=__version__, code=self.code, packages=packages)

    # -- what leaves beside it ----------------------------------------------------------------------------------------

    def publish(self) -> pd.DataFrame:
        """Write public/comparison.csv, without the dimensions that are withheld; returns what was written."""
        public = pd.concat(
            [one.public().assign(period=label) for label, one in self.numbers.items()], ignore_index=True
        )[list(PUBLIC_COMPARISON_COLUMNS)]
        self.stage.save(public, "comparison.csv", "public")
        return pd.DataFrame({"file": ["public/comparison.csv"], "rows": [len(public)]})
