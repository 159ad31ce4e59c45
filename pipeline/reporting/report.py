"""The report, section by section, from the indicators and the disclosable cases alone.

Each section is one call of the fourth notebook. What it returns shows itself in the notebook and becomes a part of the
report; its words stand in templates/sections/ and in the message catalogues.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline import __version__
from pipeline.indicators.computation import COLUMNS as INDICATOR_COLUMNS
from pipeline.indicators.computation import DURATIONS
from pipeline.indicators.definitions import definitions
from pipeline.project import NOT_STATED
from pipeline.register.findings import rules
from pipeline.reporting import commentary, narrative
from pipeline.reporting.figures import Picture, Series, bars, columns
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Cell, Table, simple
from pipeline.reporting.words import Words, words_for
from pipeline.stage import Stage

TEMPLATES = Path(__file__).with_name("templates")
ANNEX_COLUMNS = (
    "no",
    "registration_no",
    "date_received",
    "type",
    "channel",
    "summary",
    "action_taken",
    "status",
    "date_resolved",
    "resolution_working_days",
    "time_to_resolve",
)
"""The columns of public/cases.csv, in order."""
PACKAGES = (
    "babel",
    "holidays",
    "jinja2",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "weasyprint",
)
"""The packages whose versions the provenance names: they shape a number, a word or a page."""
_MOST_FINDINGS = 200
_LONGEST_TEXT = 5000
"""Letters of a text that the annex prints; a cell of hundreds of thousands would stop the renderer."""


@dataclass(frozen=True)
class Section:
    """A finished part of the report."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Report:
    """A report on its way; opened on a stage whose metrics are done."""

    stage: Stage
    words: Words
    numbers: Numbers
    annex: pd.DataFrame
    findings: pd.DataFrame
    checks: pd.DataFrame
    code: str

    @classmethod
    def open(cls, stage: Stage, code: str = "") -> Report:
        """Read what the earlier stages wrote; `code` is the digest of the program that the provenance names."""
        words = words_for(stage.project.settings.language)
        table = stage.load("indicators.csv")
        assert tuple(table.columns) == INDICATOR_COLUMNS
        text = {name: "str" for name in ("registration_no", "column", "value", "message", "action", "rule", "severity")}
        found = stage.load("findings.csv").astype(text)
        # A sensitive grievance must not be seen in the notes either.
        hidden = stage.load("sensitive.parquet")["source_row"]
        return cls(
            stage=stage,
            words=words,
            numbers=Numbers(table, words),
            annex=stage.load("annex.parquet"),
            findings=found[~found["row"].isin(hidden)],
            checks=stage.load("reconciliation.csv"),
            code=code,
        )

    # -- what the sections share ------------------------------------------------------------------------------------

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES / "sections"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(
            _=self.words.text, words=self.words, settings=self.stage.project.settings, scopes=self.stage.scopes
        )
        environment.filters["day"] = self.words.day
        return environment

    def _section(self, name: str, **context: Any) -> Section:
        html = self._environment.get_template(f"{name}.html.j2").render(
            is_draft=self.is_draft, is_provisional=self.stage.scopes.current.is_provisional, **context
        )
        return Section(html.strip() + "\n")

    @property
    def is_draft(self) -> bool:
        """Whether an error finding is open, so that the report must not be taken for final."""
        return bool((self.findings["severity"] == "error").any())

    @property
    def title(self) -> str:
        """The title of the document, as a browser and a PDF reader show it."""
        return (
            f"{self.stage.project.settings.name}: {self.kind_of_report}, {self.words.period(self.stage.scopes.period)}"
        )

    @property
    def kind_of_report(self) -> str:
        """Semi-annual summary report, quarterly …"""
        text = self.words.text
        return {
            "half": text("Semi-annual summary report"),
            "quarter": text("Quarterly summary report"),
            "year": text("Annual summary report"),
            "month": text("Monthly summary report"),
            "range": text("Summary report"),
        }[self.stage.scopes.period.kind]

    def _labels(self, dimension: str) -> dict[str, str]:
        settings, text = self.stage.project.settings, self.words.text
        terms: dict[str, Any] = {"channel": settings.channels, "type": settings.types, "status": settings.statuses}
        labels = {code: term.label for code, term in terms[dimension].items()}
        return {**labels, NOT_STATED: text("Not stated")}

    # -- the sections -------------------------------------------------------------------------------------------------

    def cover(self) -> Section:
        """Name the project, the window, the as-of day and the edition, and list the contents."""
        return self._section(
            "cover",
            kind=self.kind_of_report,
            period=self.words.period(self.stage.scopes.period),
            opening=narrative.opening(self.words, self.stage.project, self.stage.scopes),
            contents=self._contents(),
            errors=int((self.findings["severity"] == "error").sum()),
        )

    def _contents(self) -> list[tuple[str, str]]:
        text = self.words.text
        entries = [
            ("glance", text("At a glance")),
            ("mechanism", text("The mechanism and its rules")),
            ("period", text("The period in words")),
            ("summary", text("Summary of grievances received")),
            ("figures", text("Figures")),
            ("commentary", text("Causes, lessons and actions")),
            ("annex", text("Grievances addressed")),
            ("definitions", text("How the figures are defined")),
            ("data-notes", text("Notes on the data")),
            ("reconciliation", text("How the figures reconcile")),
            ("provenance", text("How this report was made")),
        ]
        return [entry for entry in entries if entry[0] != "commentary" or self._commentary is not None]

    def glance(self) -> Section:
        """Give the key figures."""
        text, number = self.words.text, self.numbers
        timed = number.count("resolution_working_days_n") > 0
        figures_shown = [
            (number.display("received"), text("grievances received"), ""),
            (number.display("eligible"), text("eligible"), text("neither unrelated nor duplicate")),
            (number.display("resolution_rate"), text("resolved"), text("of the eligible, without the withdrawn")),
            (number.display("resolution_rate_all"), text("resolved"), text("of all received")),
            (
                number.display("resolution_working_days_median") if timed else text("not applicable"),
                text("working days to resolve"),
                text("median"),
            ),
            (
                number.display("same_day"),
                text("resolved on the day of receipt"),
                text("of the resolutions in the period"),
            ),
            (number.display("within_service_standard"), text("within the service standard"), ""),
            (number.display("closing_stock"), text("open at the end of the period"), ""),
        ]
        return self._section("glance", figures=figures_shown, unplaced=narrative.unplaced(number, self.words))

    def mechanism(self) -> Section:
        """Tell the purpose, the ways in, the rules and where else to turn."""
        settings, text = self.stage.project.settings, self.words.text
        channels = simple(
            text("Channels of the mechanism"),
            [text("Channel"), text("How to reach it")],
            [[channel.label, channel.reach or text("not stated")] for channel in settings.channels.values()],
        )
        return self._section(
            "mechanism",
            since=narrative.since(self.words, self.stage.project),
            channels=channels,
            statuses=[term for term in settings.statuses.values() if term.definition],
            standards=self._standards(),
            referred=self.numbers.display("unrelated_referred"),
            referred_is_collected=self.numbers.row("unrelated_referred")["state"] != "not_collected",
        )

    def _standards(self) -> list[tuple[str, str]]:
        standards, text = self.stage.project.settings.service_standards, self.words.text
        named = ((text("Acknowledgement"), standards.acknowledgement), (text("Resolution"), standards.resolution))
        rows = []
        for name, standard in named:
            if standard is None:
                rows.append((name, text("no standard set")))
                continue
            rows.append((name, self._days(standard.days, standard.unit)))
        labels, resolution = self._labels("type"), standards.resolution
        if resolution is not None:
            rows += [
                (f"{text('Resolution')}: {labels.get(kind, kind)}", self._days(days, resolution.unit))
                for kind, days in resolution.by_type.items()
            ]
        return rows

    def _days(self, days: int, unit: str) -> str:
        if unit == "working_days":
            return self.words.plural("%(n)s working day", "%(n)s working days", days)
        return self.words.plural("%(n)s calendar day", "%(n)s calendar days", days)

    def period(self) -> Section:
        """Tell the period in sentences."""
        paragraphs = narrative.paragraphs(self.numbers, self.words, self.stage.project, self.stage.scopes)
        return self._section("period", paragraphs=paragraphs)

    def summary(self) -> Section:
        """Give the summary table: this period, the previous one and the total, by status, channel and type."""
        return self._section("summary", table=self.summary_table())

    def summary_table(self) -> Table:
        """Make the summary table; a scope that does not exist says why in its row."""
        text = self.words.text
        channels, types = self._labels("channel"), self._labels("type")
        scopes = [scope for scope in ("period", "previous", "cumulative") if self.numbers.has("received", scope)]

        def seen(dimension: str, code: str) -> bool:
            return any(self.numbers.count("received", scope, dimension, code) for scope in scopes)

        channel_codes = [code for code in channels if code != NOT_STATED or seen("channel", code)]
        type_codes = [code for code in types if seen("type", code)]
        statuses = self._summary_statuses(scopes)
        head = [
            [
                Cell(text("Status"), "col", rowspan=2),
                Cell(text("Total"), "col", rowspan=2, numeric=True),
                Cell(text("Channel"), "colgroup", colspan=len(channel_codes)),
                *([Cell(text("Type"), "colgroup", colspan=len(type_codes))] if type_codes else []),
            ],
            [
                Cell(labels[code], "col", numeric=True)
                for labels, codes in ((channels, channel_codes), (types, type_codes))
                for code in codes
            ],
        ]
        width = 2 + len(channel_codes) + len(type_codes)
        groups = []
        for scope in ("period", "previous", "cumulative"):
            rows = [[Cell(self._scope_heading(scope), "rowgroup", colspan=width)]]
            if scope not in scopes:
                rows.append([Cell(narrative.before_this(self.numbers, self.words, self.stage.scopes), colspan=width)])
                groups.append(rows)
                continue
            for name, label in statuses:
                counts = [
                    self.numbers.count(name, scope, dimension, code)
                    for dimension, codes in (("channel", channel_codes), ("type", type_codes))
                    for code in codes
                ]
                cells = [self.numbers.count(name, scope), *counts]
                rows.append([Cell(label, "row"), *(Cell(self.words.number(count), numeric=True) for count in cells)])
            groups.append(rows)
        return Table(
            text("Grievances by status, channel and type"), head, groups, "summary" + (" wide" if width > 14 else "")
        )

    def _summary_statuses(self, scopes: list[str]) -> list[tuple[str, str]]:
        labels, text = self._labels("status"), self.words.text
        always = ("unrelated", "in_progress", "resolved")
        others = ("duplicate", "rejected", "withdrawn", "status_not_stated")
        shown = [*always, *(name for name in others if any(self.numbers.count(name, scope) for scope in scopes))]
        return [(name, labels.get(name, text("Status not stated"))) for name in shown] + [
            ("received", text("All received"))
        ]

    def _scope_heading(self, scope: str) -> str:
        text, scopes = self.words.text, self.stage.scopes
        if scope == "period":
            return f"{text('This period')} ({self.words.span(scopes.current.start, scopes.current.counted_to)})"
        if scope == "previous":
            if scopes.previous is None:
                return text("Previous period")
            return f"{text('Previous period')} ({self.words.span(scopes.previous.start, scopes.previous.end)})"
        since = self.words.span(scopes.cumulative.start, scopes.cumulative.counted_to)
        return f"{text('Total since the start')} ({since})"

    def figures(self) -> Section:
        """Draw the three figures, each with its numbers in a table."""
        received, timed = self.numbers.count("received"), self.numbers.count("resolution_working_days_n")
        drawn = ((self.by_month(), received), (self.by_channel_and_type(), received), (self.by_days(), timed))
        return self._section("figures", pairs=[(picture if n else None, tables) for (picture, tables), n in drawn])

    def _kinds(self) -> list[tuple[str, str]]:
        text = self.words.text
        kinds = [("eligible", text("Eligible")), ("unrelated", text("Unrelated")), ("duplicate", text("Duplicate"))]
        return [kind for kind in kinds if kind[0] != "duplicate" or self.numbers.count("duplicate")]

    def by_month(self) -> tuple[Picture, list[Table]]:
        """Draw what was received, month by month; those whose month is not known have a column of their own."""
        text = self.words.text
        months = list(self.numbers.members("received", "month"))
        counted = {name: self.numbers.members(name, "month") for name, _ in self._kinds()}
        received = self.numbers.members("received", "month")
        if not received[NOT_STATED]:
            months.remove(NOT_STATED)
        labels = [
            text("Month not known") if m == NOT_STATED else self.words.month(date.fromisoformat(f"{m}-01"))
            for m in months
        ]
        short = [
            text("Not known") if m == NOT_STATED else self.words.short_month(date.fromisoformat(f"{m}-01"))
            for m in months
        ]
        series = [Series(label, [counted[name][m] for m in months]) for name, label in self._kinds()]
        caption = text("Grievances received by month")
        picture = columns(
            short,
            series,
            axis=text("Grievances"),
            caption=caption,
            alternative=self._alternative(text("Column chart"), caption, labels, [received[m] for m in months]),
        )
        return picture, [self._numbers_table(caption, text("Month"), labels, series, [received[m] for m in months])]

    def by_channel_and_type(self) -> tuple[Picture, list[Table]]:
        """Draw what was received by channel and by type."""
        text = self.words.text
        panels, tables, told = [], [], []
        for dimension, title, caption in (
            ("channel", text("Channel"), text("Grievances received by channel")),
            ("type", text("Type"), text("Grievances received by type")),
        ):
            received = self.numbers.members("received", dimension)
            labels = {
                code: label for code, label in self._labels(dimension).items() if code != NOT_STATED or received[code]
            }
            counted = {name: self.numbers.members(name, dimension) for name, _ in self._kinds()}
            series = [Series(label, [counted[name][code] for code in labels]) for name, label in self._kinds()]
            totals = [received[code] for code in labels]
            panels.append((title, list(labels.values()), series))
            told.append(f"{title}: {self._told(list(labels.values()), totals)}")
            tables.append(self._numbers_table(caption, title, list(labels.values()), series, totals))
        caption = text("Grievances received by channel and by type")
        picture = bars(
            panels,
            axis=text("Grievances"),
            caption=caption,
            alternative=f"{text('Bar chart')}. {caption}. {' '.join(told)}",
        )
        return picture, tables

    def by_days(self) -> tuple[Picture, list[Table]]:
        """Draw in how many working days the grievances were resolved."""
        text = self.words.text
        counts = self.numbers.members("resolution_working_days_n", "working_days")
        members = list(counts)
        last = max((place for place, member in enumerate(members) if counts[member]), default=0)
        shown = members[: max(last + 1, 6)]
        caption = text("Working days from receipt to resolution")
        series = [Series(text("Resolutions"), [counts[member] for member in shown])]
        picture = columns(
            [member.replace("-", "–") for member in shown],
            series,
            axis=text("Resolutions"),
            caption=caption,
            alternative=self._alternative(text("Column chart"), caption, shown, series[0].counts),
        )
        rows = [[member.replace("-", "–"), self.words.number(counts[member])] for member in shown]
        statistics = [
            (text("Mean"), "mean"),
            (text("Median"), "median"),
            (text("90th percentile"), "p90"),
            (text("Maximum"), "max"),
        ]
        spread = [[label, self.numbers.display(f"resolution_working_days_{name}")] for label, name in statistics]
        headers = [text("Working days"), text("Resolutions")]
        return picture, [
            simple(caption, headers, rows, numeric=[1], kind="numbers"),
            simple(
                text("Their spread"), [text("Statistic"), text("Working days")], spread, numeric=[1], kind="numbers"
            ),
        ]

    def _told(self, labels: list[str], counts: Any) -> str:
        return (
            "; ".join(f"{label} {self.words.number(count)}" for label, count in zip(labels, counts, strict=True)) + "."
        )

    def _alternative(self, what: str, caption: str, labels: list[str], counts: Any) -> str:
        return f"{what}. {caption}: {self._told(labels, counts)}"

    def _number_head(self, first: str, series: list[Series]) -> list[Cell]:
        text = self.words.text
        return [
            Cell(first, "col"),
            *(Cell(one.name, "col", numeric=True) for one in series),
            Cell(text("Received"), "col", numeric=True),
        ]

    def _number_rows(self, labels: list[str], series: list[Series], totals: list[int]) -> list[list[Cell]]:
        number = self.words.number
        return [
            [
                Cell(label, "row"),
                *(Cell(number(one.counts[place]), numeric=True) for one in series),
                Cell(number(totals[place]), numeric=True),
            ]
            for place, label in enumerate(labels)
        ]

    def _numbers_table(
        self, caption: str, first: str, labels: list[str], series: list[Series], totals: list[int]
    ) -> Table:
        return Table(
            caption, [self._number_head(first, series)], [self._number_rows(labels, series, totals)], "numbers"
        )

    @cached_property
    def _commentary(self) -> str | None:
        return commentary.read(self.stage, self.numbers)

    def commentary(self) -> Section:
        """Give what the unit itself says of the period, where it wrote something; nothing otherwise."""
        return Section("") if self._commentary is None else self._section("commentary", html=Markup(self._commentary))

    def annex_section(self) -> Section:
        """List the grievances addressed, at most `annex_rows` of them."""
        text, settings = self.words.text, self.stage.project.settings
        shown = self.annex.head(settings.annex_rows)
        headers = [text("No."), text("Date received")]
        if settings.publish_registration_no:
            headers.append(text("Registered no."))
        headers += [
            text("Type"),
            text("Summary of the issue"),
            text("Action taken"),
            text("Status and time to resolve"),
        ]
        rows = [self._annex_row(row, settings.publish_registration_no) for row in shown.to_dict("records")]
        widths = (4, 11, 9, 9, 27, 27, 13) if settings.publish_registration_no else (4, 11, 10, 30, 30, 15)
        table = simple(text("Grievances addressed"), headers, rows, kind="annex", widths=widths)
        return self._section("annex", table=table, shown=len(shown), total=len(self.annex))

    def _annex_row(self, row: dict[str, Any], with_number: bool) -> list[str | Markup]:
        text, day = self.words.text, self.words.day
        received = row["date_received"]
        cells: list[str | Markup] = [
            self.words.number(row["no"]),
            text("not stated") if pd.isna(received) else day(received.date()),
        ]
        if with_number:
            cells.append(_blank(row["registration_no"]))
        status = self._labels("status")[row["status"]]
        if not pd.isna(row["date_resolved"]):
            resolved = day(row["date_resolved"].date())
            status = Markup("{}<br>{}<br>{}").format(
                status, text("Date resolved: %(day)s", day=resolved), self.time_to_resolve(row)
            )
        return [
            *cells,
            self._labels("type")[row["type"]],
            self._shortened(row["summary"]),
            self._shortened(row["action_taken"]),
            status,
        ]

    def _shortened(self, cell: Any) -> str:
        """Cut a text that no page can hold, and say where the whole stands."""
        text = _blank(cell)
        if len(text) <= _LONGEST_TEXT:
            return text
        return text[:_LONGEST_TEXT] + self.words.text("… (cut here; the file cases.csv holds all of it)")

    def time_to_resolve(self, row: dict[str, Any]) -> str:
        """Say in words how long it took, as the published reports do."""
        text, days = self.words.text, row["resolution_working_days"]
        if pd.isna(row["date_resolved"]) or pd.isna(days):
            return ""
        if row["date_received"].normalize() == row["date_resolved"]:
            return text("Within the same day")
        if days == 0:
            return text("Before the next working day ended")
        return self.words.plural("In %(n)s working day", "In %(n)s working days", int(days))

    def definitions(self) -> Section:
        """Define every figure, with its denominator."""
        text, settings = self.words.text, self.stage.project.settings
        families = {
            "stock_and_flow": text("Counts"),
            "rate": text("Shares"),
            "duration": text("Durations"),
            "quality": text("Quality of the register"),
        }
        groups = [
            (title, [self._definition(name) for name, d in definitions().items() if d.family == family])
            for family, title in families.items()
        ]
        return self._section(
            "definitions",
            groups=groups,
            minimum_n=settings.minimum_n,
            extra_days_off=settings.calendar.extra_days_off,
            extra_working_days=settings.calendar.extra_working_days,
            country=self.words.locale.territories.get(settings.country, settings.country),
        )

    def _definition(self, name: str) -> dict[str, str]:
        definition, text = definitions()[name], self.words.text
        shown = name
        if name in DURATIONS:
            shown = f"{name}_median"
        scope = "period" if "period" in definition.scopes else definition.scopes[0]
        return {
            "id": name,
            "title": text(definition.title),
            "definition": text(definition.definition),
            "numerator": text(definition.numerator) if definition.numerator else "",
            "denominator": text(definition.denominator) if definition.denominator else "",
            "caveat": text(definition.caveat) if definition.caveat else "",
            "source": text(definition.source) if definition.source else "",
            "display": self.numbers.display(shown, scope),
        }

    def data_notes(self) -> Section:
        """Say what was noticed in the register and what it means for the figures."""
        counted = self.findings.groupby(["severity", "rule"], sort=False).size()
        notes = [
            (severity, self.words.text(rules()[rule].title), int(count), self._meaning(rule, int(count)))
            for (severity, rule), count in counted.items()
        ]
        errors = self.findings[self.findings["severity"] == "error"]
        explained = self.findings[self.findings["severity"] == "explained"]
        return self._section(
            "data_notes",
            notes=notes,
            severities=self._severities(),
            errors=self._told_findings(errors),
            errors_total=len(errors),
            explained=self._told_findings(explained),
            not_collected=self._not_collected(),
            completeness=self.numbers.display("register_completeness"),
        )

    def _told_findings(self, found: pd.DataFrame) -> list[str]:
        """Tell findings in full, or only by rule and place where registration numbers are not published."""
        shown = found.head(_MOST_FINDINGS)
        if self.stage.project.settings.publish_registration_no:
            return list(shown["message"])
        places = shown["message"].str.extract(r"^(.*?, row \d+(?:, column \w+)?):")[0].fillna("")
        titles = shown["rule"].map(lambda rule: self.words.text(rules()[rule].title))
        return [f"{place}: {title}" if place else title for place, title in zip(places, titles, strict=True)]

    def _severities(self) -> dict[str, str]:
        text = self.words.text
        return {
            "error": text("Error"),
            "warning": text("Warning"),
            "note": text("Note"),
            "explained": text("Explained"),
        }

    def _meaning(self, rule: str, count: int) -> str:
        words = self.words
        if rule == "date_bounded":
            return words.plural(
                "%(n)s date of receipt is blank and was bounded by the numbers and dates around it. A grievance whose "
                "bounds lie inside the period is counted in it; the month stays unknown where they span several.",
                "%(n)s dates of receipt are blank and were bounded by the numbers and dates around them. A grievance "
                "whose bounds lie inside the period is counted in it; the month stays unknown where they span several.",
                count,
            )
        if rule == "channel_inferred":
            return words.plural(
                "%(n)s channel was inferred, not stated; the split by channel rests on it.",
                "%(n)s channels were inferred, not stated; the split by channel rests on them.",
                count,
            )
        if rule == "type_missing":
            return words.plural(
                "%(n)s grievance has no type and is counted as 'not stated'.",
                "%(n)s grievances have no type and are counted as 'not stated'.",
                count,
            )
        return words.plural("%(n)s row or cell is concerned.", "%(n)s rows or cells are concerned.", count)

    def _not_collected(self) -> list[str]:
        table = self.numbers.table
        lacking = table[(table["scope"] == "period") & (table["state"] == "not_collected")].drop_duplicates("indicator")
        return [
            self.words.text(definitions()[name].title)
            for name in lacking["indicator"]
            if name in definitions() and definitions()[name].needs
        ]

    def reconciliation(self) -> Section:
        """Show that stock and flow agree, that the tables add up and that no number is missing."""
        text, number = self.words.text, self.numbers
        rows = [
            (text("Open at the beginning"), "opening_stock", ""),
            (text("Eligible, received in the period"), "eligible", "+"),
            (text("Entered without a date"), "entered_unplaced", "+"),
            (text("Reopened"), "reopenings", "+"),
            (text("Resolved in the period"), "resolutions", "−"),
            (text("Rejected or withdrawn in the period"), "closed_otherwise", "−"),
            (text("Ended without a usable date"), "ended_undated", "−"),
            (text("Open at the end"), "closing_stock", "="),
        ]
        stock = simple(
            text("Stock and flow of eligible grievances"),
            ["", text("This period"), text("Total since the start")],
            [
                [f"{sign} {label}".strip(), number.display(name), number.display(name, "cumulative")]
                for label, name, sign in rows
            ],
            numeric=[1, 2],
            kind="numbers",
        )
        gaps = self.findings[self.findings["rule"] == "number_gap"]
        twice = self.findings[self.findings["rule"] == "duplicate_number"]
        return self._section(
            "reconciliation",
            stock=stock,
            checks=len(self.checks),
            agree=int((self.checks["difference"] == 0).sum()),
            numbering=self.stage.project.settings.numbering,
            gaps=len(gaps),
            twice=len(twice),
            unplaced=narrative.unplaced(number, self.words),
        )

    def provenance(self) -> Section:
        """Name the program and the packages; never the inputs, whose hashes could be guessed."""
        packages = [("Python", platform.python_version()), *((name, version(name)) for name in PACKAGES)]
        return self._section("provenance", version=__version__, code=self.code, packages=packages)

    # -- what leaves beside the report --------------------------------------------------------------------------------

    def public_cases(self) -> pd.DataFrame:
        """Return the annex as public/cases.csv holds it: whole, with codes, days as 2024-06-30, unknowns blank."""
        annex = self.annex.assign(time_to_resolve=[self.time_to_resolve(row) for row in self.annex.to_dict("records")])
        days = {name: annex[name].dt.strftime("%Y-%m-%d") for name in ("date_received", "date_resolved")}
        annex = annex.assign(**days)
        if not self.stage.project.settings.publish_registration_no:
            annex = annex.assign(registration_no="")
        return annex[list(ANNEX_COLUMNS)]

    def publish(self) -> pd.DataFrame:
        """Write the two tables of the public folder; returns what was written, with the number of rows."""
        indicators, cases = self.numbers.public(), self.public_cases()
        self.stage.save(indicators, "indicators.csv", "public")
        self.stage.save(cases, "cases.csv", "public")
        return pd.DataFrame(
            {"file": ["public/indicators.csv", "public/cases.csv"], "rows": [len(indicators), len(cases)]}
        )


def _blank(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
