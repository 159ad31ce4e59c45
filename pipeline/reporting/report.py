"""The report, section by section, from the indicators and the disclosable cases alone.

Each section is one call of the fourth notebook. What it returns shows itself in the notebook and becomes a part of the
report; its words stand in templates/sections/ and in the message catalogues.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from typing import Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from pipeline import __version__
from pipeline.indicators.cases import LABELLED
from pipeline.indicators.computation import COLUMNS as INDICATOR_COLUMNS
from pipeline.indicators.computation import DIMENSION_NEEDS, DURATIONS, needs_of
from pipeline.indicators.definitions import base_of, definitions
from pipeline.indicators.published import records_for
from pipeline.indicators.traces import Traces
from pipeline.project import Settings
from pipeline.register.columns import dictionary
from pipeline.register.findings import rules
from pipeline.register.placement import GAP, UNPRINTED
from pipeline.reporting import commentary, narrative, reconciled
from pipeline.reporting.annex import annex_table, public_cases
from pipeline.reporting.changes import beside_previous
from pipeline.reporting.charts import Charts
from pipeline.reporting.disclosure import open_suspects
from pipeline.reporting.labels import labels
from pipeline.reporting.noticed import NEEDED, Noticed, counts
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.provisional import Provisional, opened
from pipeline.reporting.restated import Restated
from pipeline.reporting.results import Framework
from pipeline.reporting.sensitive import sensitive_table
from pipeline.reporting.summary import Summary
from pipeline.reporting.tables import simple
from pipeline.reporting.templating import environment_of
from pipeline.reporting.traced import Traced
from pipeline.reporting.uptake import Uptake
from pipeline.reporting.who import MARK, Who, disclosed
from pipeline.reporting.words import Words, words_for
from pipeline.stage import SetFolder, Stage

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
SENSITIVE_INDICATORS = "sensitive_indicators.csv"
"""The figures of sensitive grievances below internal/, restricted; its columns are those of indicators.csv."""
SENSITIVE_ACCOUNT = "sensitive_account.csv"
"""The rows of the register, of the general way and of the sensitive one, below internal/, restricted."""
_MOST_FINDINGS = 200


@dataclass(frozen=True)
class Section:
    """A finished part of the report."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def visible_findings(stage: SetFolder) -> pd.DataFrame:
    """Return the findings that a public page may tell: of grievances that are not sensitive, and no gap in the numbers.

    A missing number of which nothing is said may have been left out by mistake, or belong to a grievance that is kept
    apart; if the gaps were told, every other missing number would give such a grievance away.
    """
    found = stage.load("findings.parquet")
    return found[found["rule"] != GAP]


@dataclass(frozen=True)
class Report:
    """A report on its way; opened on a stage whose metrics are done."""

    stage: Stage
    words: Words
    numbers: Numbers
    annex: pd.DataFrame
    findings: pd.DataFrame
    checks: pd.DataFrame
    traces: Traces
    code: str
    provisional: Provisional
    open_suspects: int
    is_released: bool = False
    is_internal: bool = False

    @classmethod
    def open(cls, stage: Stage, code: str = "", *, is_released: bool = False, is_internal: bool = False) -> Report:
        """Read what the earlier stages wrote; `code` is the digest of the program that the provenance names.

        `is_released` says that somebody released exactly this report; every other one is a draft.
        With `is_internal` it is the edition that stays inside: it knows the figures of sensitive grievances too, and
        must never be opened so in a notebook.
        """
        words = words_for(stage.project.settings.language)
        stage, provisional = opened(stage)
        table = stage.load("indicators.csv")
        assert tuple(table.columns) == INDICATOR_COLUMNS
        if is_internal:
            table = pd.concat([table, stage.load(SENSITIVE_INDICATORS)[list(INDICATOR_COLUMNS)]], ignore_index=True)
        return cls(
            stage=stage,
            words=words,
            numbers=Numbers(table, words, **provisional.for_numbers(), disclosed=disclosed(stage)),
            annex=stage.load("annex.parquet"),
            findings=stage.load("findings.parquet") if is_internal else visible_findings(stage),
            checks=stage.load("reconciliation.csv"),
            traces=Traces(stage.written("traces.parquet")),
            code=code,
            provisional=provisional,
            open_suspects=len(open_suspects(stage)),
            is_released=is_released,
            is_internal=is_internal,
        )

    # -- what the sections share ------------------------------------------------------------------------------------

    @cached_property
    def _environment(self) -> Environment:
        return environment_of(self.words, self.stage.project.settings, scopes=self.stage.scopes)

    def _section(self, name: str, **context: Any) -> Section:
        html = self._environment.get_template(f"{name}.html.j2").render(
            is_draft=self.is_draft,
            is_provisional=self.is_provisional,
            is_internal=self.is_internal,
            provisional_note=self.provisional.note(self.words),
            eligible_is_provisional=self.provisional.has_relations,
            **context,
        )
        return Section(html.strip() + "\n")

    @property
    def is_draft(self) -> bool:
        """Whether nobody has released the report, so that it must not be taken for final."""
        return not self.is_released

    @property
    def draft_mark(self) -> str:
        """What stands on every page of a draft."""
        return self.words.text("DRAFT: not released")

    def draft_reasons(self) -> list[str]:
        """Say what stands against the release; nothing where only the release itself is missing."""
        plural, reasons = self.words.plural, []
        if len(self.errors):
            reasons.append(
                plural(
                    "%(n)s error in the register is not settled; it stands in the notes on the data.",
                    "%(n)s errors in the register are not settled; they stand in the notes on the data.",
                    len(self.errors),
                )
            )
        if self.open_suspects:
            reasons.append(
                plural(
                    "%(n)s place in its texts may tell who somebody is, and nobody has decided on it; it is replaced.",
                    "%(n)s places in its texts may tell who somebody is, and nobody has decided on them; they are "
                    "replaced.",
                    self.open_suspects,
                )
            )
        return reasons

    @cached_property
    def errors(self) -> pd.DataFrame:
        """The error findings that nobody has settled."""
        return self.findings[self.findings["severity"] == "error"]

    @cached_property
    def prints_numbers(self) -> bool:
        """Whether registration numbers are printed: project.yml says so, and none is missing among the grievances."""
        is_kept_back = (self.findings["rule"] == UNPRINTED).any()
        return self.settings.publish_registration_no and not is_kept_back

    @property
    def title(self) -> str:
        """The title of the document, as a browser and a PDF reader show it."""
        return f"{self.settings.name}: {self.kind_of_report}, {self.period_name}"

    @property
    def period_name(self) -> str:
        """The period as the cover, the title and each page name it: of a range the days that the report covers."""
        return self.words.period(self.stage.scopes.period.since(self.settings.grm_start))

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

    @property
    def settings(self) -> Settings:
        """The settings of the project."""
        return self.stage.project.settings

    @property
    def running(self) -> str:
        """What stands at the head of each page."""
        name = self.settings.short_name or self.settings.name
        return f"{name} · {self.kind_of_report} · {self.period_name}"

    @property
    def is_provisional(self) -> bool:
        """Whether the period ends after the last day that is counted."""
        return self.stage.scopes.current.is_provisional

    @property
    def counted_to(self) -> date:
        """The last day that is counted."""
        return self.stage.scopes.current.counted_to

    # -- the sections -------------------------------------------------------------------------------------------------

    def cover(self, further: Sequence[tuple[str, str]] = ()) -> Section:
        """Name the project, the window, the as-of day and the edition, and list the contents.

        `further` are ids and titles of sections that follow those of the notebook.
        """
        return self._section(
            "cover",
            kind=self.kind_of_report,
            period=self.period_name,
            opening=narrative.opening(self.words, self.stage.project, self.stage.scopes),
            contents=[*self._contents(), *further],
            draft_mark=self.draft_mark,
            reasons=self.draft_reasons(),
        )

    def _contents(self) -> list[tuple[str, str]]:
        text = self.words.text
        entries = [
            ("glance", text("At a glance")),
            ("mechanism", text("The mechanism and its rules")),
            ("period", text("The period in words")),
            ("summary", text("Summary of grievances received")),
            ("compared", text("Compared with the previous period")),
            ("figures", text("Figures")),
            ("uptake", text("Uptake")),
            ("who", text("Who came: sex, place, group")),
            ("results", text("For the results framework")),
            ("commentary", text("Causes, lessons and actions")),
            ("annex", text("Grievances received or resolved in the period")),
            ("definitions", text("How the figures are defined")),
            ("data-notes", text("Notes on the data")),
            ("restated", text("Restated figures")),
            ("reconciliation", text("How the figures reconcile")),
            ("provenance", text("How this report was made")),
        ]
        absent = {"commentary"} if self._commentary is None else set()
        absent |= set() if self._who.dimensions else {"who"}
        absent |= {"restated"} if self._restated is None else set()
        return [entry for entry in entries if entry[0] not in absent]

    def glance(self) -> Section:
        """Give the key figures."""
        text, plural, number = self.words.text, self.words.plural, self.numbers
        is_one_day = number.value("resolution_working_days_median") == 1
        figures_shown = [
            (
                number.linked("received"),
                plural("grievance received", "grievances received", number.count("received")),
                "",
            ),
            (number.linked("eligible"), text("eligible"), text("neither unrelated nor duplicate")),
            (number.linked("resolution_rate"), text("resolved"), text("of the eligible, without the withdrawn")),
            (number.linked("resolution_rate_all"), text("resolved"), text("of all received")),
            (
                number.linked("resolution_working_days_median"),
                plural("working day to resolve", "working days to resolve", 1 if is_one_day else 2),
                text("median"),
            ),
            (
                number.linked("same_day"),
                text("resolved on the day of receipt"),
                text("of the first resolutions in the period with both dates known"),
            ),
            (number.linked("within_service_standard"), text("within the service standard"), ""),
            (number.linked("closing_stock"), self._open_at_the_end, ""),
        ]
        return self._section("glance", figures=figures_shown, unplaced=narrative.unplaced(number, self.words))

    @property
    def _open_at_the_end(self) -> str:
        """What the stock is called: the period of a provisional report has not ended."""
        if self.is_provisional:
            return self.words.text("open on %(day)s", day=self.counted_to)
        return self.words.text("open at the end of the period")

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
            referred=self.numbers.linked("unrelated_referred"),
            referred_is_collected=self.numbers.is_collected("unrelated_referred"),
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
        types, resolution = labels(self.stage.project, self.words, "type"), standards.resolution
        if resolution is not None:
            rows += [
                (f"{text('Resolution')}: {types.get(kind, kind)}", self._days(days, resolution.unit))
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
        return self._section("period", paragraphs=paragraphs, restated=self._restated_note)

    def summary(self) -> Section:
        """Give the summary table: this period, the previous one and the total, by status, channel and type."""
        summary = Summary(self.numbers, self.words, self.stage.project, self.stage.scopes)
        return self._section(
            "summary",
            table=summary.table(),
            is_wide=summary.is_wide,
            not_collected=summary.not_collected(),
            restated=self._restated_note,
        )

    def compared(self) -> Section:
        """Set the main figures beside those of the previous period, with what changed by the rule of change."""
        compared = beside_previous(self.numbers, self.words, self.stage.project, self.stage.scopes)
        return self._section("compared", compared=compared, restated=self._restated_note)

    def figures(self) -> Section:
        """Draw the three figures, each with its numbers in a table."""
        return self._section("figures", charts=Charts(self.numbers, self.words, self.stage.project).all())

    def uptake(self) -> Section:
        """Say through which channels people came, which went unused, and how many for every thousand beneficiaries."""
        uptake, text = Uptake(self.numbers, self.words, self.stage.project), self.words.text
        return self._section(
            "uptake",
            beneficiaries=uptake.beneficiaries(),
            table=uptake.table("channel", text("Uptake by channel"), text("Channel")),
            remarks=[*uptake.unused("channel"), *filter(None, [uptake.unplaced(), uptake.withheld()])],
        )

    @cached_property
    def _who(self) -> Who:
        shown = self.numbers.disclosed
        assert shown is not None
        return Who(shown, self.numbers, self.words, self.stage.project)

    def who(self) -> Section:
        """Count by sex, place and vulnerable group, small numbers left out; nothing where none of it is collected."""
        if not self._who.dimensions:
            return Section("")
        return self._section(
            "who",
            parts=self._who.parts(),
            has_marks=self._who.has_marks,
            mark=MARK,
            threshold=self.settings.disclosure.threshold,
        )

    @cached_property
    def _framework(self) -> Framework:
        return Framework(self.numbers, self.words, self.stage.project, self.stage.scopes.current.as_of)

    def results(self) -> Section:
        """Give the rows of the project's results framework, to be copied."""
        is_set = bool(self.stage.project.settings.results_framework)
        return self._section("results", table=self._framework.table(), is_set=is_set)

    @cached_property
    def _commentary(self) -> str | None:
        return commentary.read(self.stage, self.numbers)

    def commentary(self) -> Section:
        """Give what the unit itself says of the period, where it wrote something; nothing otherwise."""
        return Section("") if self._commentary is None else self._section("commentary", html=Markup(self._commentary))

    def annex_section(self) -> Section:
        """List the grievances of the annex, at most `annex_rows` of them."""
        shown = self.annex.head(self.stage.project.settings.annex_rows)
        table = annex_table(shown, self.stage.project, self.words, with_number=self.prints_numbers)
        return self._section("annex", table=table, shown=len(shown), total=len(self.annex))

    def definitions(self) -> Section:
        """Define every figure, with its denominator, and name the rows behind it: every link to a figure ends here."""
        text, settings = self.words.text, self.stage.project.settings
        traced = Traced(self.numbers, self.words, self.stage.project, self.traces, self.is_internal)
        known = {name: definition for name, definition in definitions().items() if traced.is_known(name)}
        families = {
            "stock_and_flow": text("Counts"),
            "rate": text("Shares"),
            "duration": text("Durations"),
            "quality": text("Quality of the register"),
        }
        given = [name for name in known if self._is_given(name)]
        groups = [
            (title, [self._definition(name, traced) for name in given if known[name].family == family])
            for family, title in families.items()
        ]
        lacking = [self._definition(name, traced) for name in known if name not in given]
        return self._section(
            "definitions",
            groups=[(title, entries) for title, entries in groups if entries],
            lacking=lacking,
            minimum_n=settings.minimum_n,
            extra_days_off=settings.calendar.extra_days_off,
            extra_working_days=settings.calendar.extra_working_days,
            country=self.words.locale.territories.get(settings.country, settings.country),
            weekend=[self.words.weekday(day) for day in self.stage.project.calendar.weekend],
            has_own_weekend=settings.calendar.weekend is not None,
        )

    def _is_given(self, name: str) -> bool:
        """Say whether the report holds a figure of a definition, or could hold one if there were grievances for it."""
        table = self.numbers.table
        states = set(table.loc[table["indicator"].map(base_of) == name, "state"])
        return not states <= {"not_collected", "no_standard", "not_available"}

    def _definition(self, name: str, traced: Traced) -> dict[str, Any]:
        definition, text = definitions()[name], self.words.text
        shown = name
        if name in DURATIONS:
            shown = f"{name}_median"
        scope = "period" if "period" in definition.scopes else definition.scopes[0]
        display = self.numbers.display(shown, scope)
        if name in DURATIONS and self.numbers.value(shown, scope) is not None:
            display = text("median %(days)s", days=display)
        return {
            "id": name,
            "title": text(definition.title),
            "definition": text(definition.definition),
            "numerator": text(definition.numerator) if definition.numerator else "",
            "denominator": text(definition.denominator) if definition.denominator else "",
            "caveat": text(definition.caveat) if definition.caveat else "",
            "source": "" if definition.is_own else text(definition.source),
            "display": display,
            "behind": traced.block(name),
        }

    def data_notes(self) -> Section:
        """Say what was noticed in the register and what it means for the figures."""
        counted = counts(self.findings, self.stage.load(LABELLED, columns=NEEDED), self.stage.scopes)
        noticed = Noticed(counted, self.numbers, self.words, self.settings.classification.count_proposals)
        explained = self.findings[self.findings["severity"] == "explained"]
        return self._section(
            "data_notes",
            notes=noticed.notes(),
            severities=self._severities(),
            errors=self._told_findings(self.errors),
            draft_mark=self.draft_mark,
            draft_reasons=self.draft_reasons(),
            explained=self._told_findings(explained),
            not_collected=self._not_collected(),
            reasons=self._reasons(),
            completeness=self.numbers.linked("register_completeness"),
            labels_told=[
                told
                for label, dimension in (("type", "type"), ("relation", ""))
                if self.numbers.is_collected("received" if dimension else "unrelated", dimension)
                and (told := self.provisional.told(label, self.words))
            ],
        )

    def _told_findings(self, found: pd.DataFrame) -> list[str]:
        """Tell findings by rule and column, with the number of the grievance where numbers are printed.

        Neither the row nor the value is told: who reads the report does not have the register, and the number of a row
        says how many stand above it. The internal edition tells findings in full.
        """
        if self.is_internal:
            return self._cut(list(found["message"]))
        lines = found.assign(
            number=found["registration_no"].where(found["row"].notna() & self.prints_numbers, ""),
            title=found["rule"].map(lambda rule: self.words.text(rules()[rule].title)),
            heading=found["column"].map(lambda name: self.words.text(dictionary()[name].title) if name else ""),
        )
        keys = ["title", "heading", "number", "explained"]
        counted = lines.groupby(keys, sort=False).size().rename("count").reset_index()
        return self._cut([self._told_finding(line) for line in counted.to_dict("records")])

    def _cut(self, lines: list[str]) -> list[str]:
        """Cut a long list, saying in its last line how many were left out."""
        more = len(lines) - _MOST_FINDINGS
        if more <= 0:
            return lines
        text = self.words.text
        left = text("and %(n)s more, in findings.csv", n=more) if self.is_internal else text("and %(n)s more", n=more)
        return [*lines[:_MOST_FINDINGS], left]

    def _told_finding(self, line: dict[Any, Any]) -> str:
        where = ", ".join(part for part in (line["number"], line["heading"]) if part)
        told = f"{where}: {line['title']}" if where else str(line["title"])
        if line["count"] > 1:
            told += f" ({self.words.number(line['count'])})"
        explained = line["explained"]
        return f"{told}. {self.words.text('Explained: %(reason)s', reason=explained)}" if explained else told

    def _severities(self) -> dict[str, str]:
        text = self.words.text
        return {
            "error": text("Error"),
            "warning": text("Warning"),
            "note": text("Note"),
            "explained": text("Explained"),
        }

    def _not_collected(self) -> list[tuple[str, list[str]]]:
        """Return the titles of the columns that the register lacks, each with what is not given for want of it."""
        table, text = self.numbers.table, self.words.text
        there = set(self.stage.load("columns.csv")["column"]) - set(self.stage.project.settings.not_collected)
        # In whatever scope: some figures are given since the start alone.
        lacking = table[table["state"] == "not_collected"]
        found: dict[str, list[str]] = {}
        for name, dimension in zip(lacking["indicator"], lacking["dimension"].fillna(""), strict=True):
            if dimension and dimension not in DIMENSION_NEEDS:
                continue  # a breakdown of what is not collected itself: told with its headline
            needs = (DIMENSION_NEEDS[dimension],) if dimension else needs_of(name)
            told = text("the breakdown by it") if dimension else text(definitions()[name].title)
            for column in needs:
                if column not in there and told not in found.setdefault(column, []):
                    found[column].append(told)
        return [(text(dictionary()[column].title), found[column]) for column in dictionary() if column in found]

    def _reasons(self) -> list[tuple[str, str]]:
        """Return the required columns that the register does not have, with project.yml's reasons."""
        text = self.words.text
        names = {"channel": text("channel"), "status": text("status")}
        told = set(self.findings.loc[self.findings["rule"] == "column_not_collected", "value"])
        declared = self.stage.project.settings.not_collected
        return [(names[column], reason.rstrip(".")) for column, reason in declared.items() if column in told]

    @cached_property
    def _restated(self) -> Restated | None:
        stage = self.stage
        records = records_for(stage.project, stage.scopes)
        if not records:
            return None
        restated, collected = stage.load("restatement.csv"), stage.load("columns.csv")["column"]
        return Restated(
            records, restated, list(collected), self.words, stage.project, stage.scopes, self.prints_numbers
        )

    @property
    def _restated_note(self) -> Markup | None:
        """Say that the previous period is given as it was published, where it would be other figures today."""
        if self._restated is None or not self._restated.previous_differs:
            return None
        section = Markup('<a href="#restated">{}</a>').format(self.words.text("Restated figures"))
        return Markup(
            self.words.text(
                "The figures of the previous period are given as they were published. Some are other figures today, so "
                "that the two periods need not add up to the total, nor what was open at the end of the one be what "
                "was open at the beginning of the other: see %(section)s.",
                section=section,
            )
        )

    def restated(self) -> Section:
        """Say which published figures would be said otherwise today, and why; nothing where none was published."""
        return Section("") if self._restated is None else self._section("restated", told=self._restated.told())

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
                [f"{sign} {label}".strip(), number.linked(name), number.linked(name, "cumulative")]
                for label, name, sign in rows
            ],
            numeric=[1, 2],
            kind="numbers",
        )
        ages = simple(
            text("Open at the end, by age"),
            [text("Calendar days since receipt"), text("Open")],
            [
                [member.replace("-", "–"), number.linked("pending_age", "period", "age", member)]
                for member in number.members("pending_age", "age")
            ],
            numeric=[1],
            kind="numbers",
        )
        gaps = self.findings[self.findings["rule"] == GAP]
        twice = self.findings[self.findings["rule"] == "duplicate_number"]
        return self._section(
            "reconciliation",
            stock=stock,
            ages=ages if number.count("closing_stock") else None,
            checks=len(self.checks),
            agree=int((self.checks["difference"] == 0).sum()),
            table=reconciled.table(self.checks, self.words),
            exceptions=reconciled.exceptions(self.checks, self.words),
            numbering=self.stage.project.settings.numbering,
            gaps=len(gaps),
            twice=len(twice),
            unplaced=narrative.unplaced(number, self.words),
        )

    def provenance(self) -> Section:
        """Name the program and the packages; never the inputs, whose hashes could be guessed."""
        packages = [("Python", platform.python_version()), *((name, version(name)) for name in PACKAGES)]
        return self._section("provenance", version=__version__, code=self.code, packages=packages)

    def internal_sections(self) -> list[tuple[str, Section]]:
        """Make the sections that stand in the internal edition alone, each with its title."""
        assert self.is_internal
        text = self.words.text
        account = self.stage.load(SENSITIVE_ACCOUNT)["count"]
        apart = self._section(
            "sensitive", table=sensitive_table(self.numbers, self.words, self.stage.project), rows=list(account)
        )
        return [
            (text("Sensitive grievances"), apart),
            (text("To work with"), self._section("to_work_with")),
        ]

    # -- what leaves beside the report --------------------------------------------------------------------------------

    def publish(self) -> pd.DataFrame:
        """Write the tables of the public folder; returns what was written, with the number of rows."""
        tables = {
            "indicators.csv": self.numbers.public(),
            "cases.csv": public_cases(self.annex, self.stage.project, self.words, with_number=self.prints_numbers),
            "results_framework.csv": self._framework.public(),
        }
        if self._restated is not None:
            tables["restatement.csv"] = self._restated.public()
        for name, table in tables.items():
            self.stage.save(table, name, "public")
        return pd.DataFrame(
            {"file": [f"public/{name}" for name in tables], "rows": [len(table) for table in tables.values()]}
        )
