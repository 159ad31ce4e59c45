"""The page that puts projects side by side, and its table: from the public folders of their reports and nothing else.

A figure is repeated as its report gives it. What is computed are totals over projects, by `added` of
`public_figures.py`: of counts, and of shares from their parts; only where every part is public.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup, escape

from pipeline.indicators.definitions import base_of, definitions, unit_of
from pipeline.period import CalendarKind, Period, periods_between
from pipeline.project import Project
from pipeline.reporting.index import INDEX
from pipeline.reporting.marks import Marks, read_marks
from pipeline.reporting.public_figures import PublicFigure, added, adds_up, read_figures
from pipeline.reporting.tables import Cell, Table
from pipeline.reporting.templating import compact, environment_of, styles
from pipeline.reporting.words import SOURCE_LANGUAGE, Words, words_for

TABLE = "portfolio.csv"
"""The table beside the page."""
COLUMNS = (
    *("period_kind", "period", "project", "name", "report", "status", "counted_to"),
    *("indicator", "value", "numerator", "denominator", "unit", "display", "note"),
)
"""The columns of the table; `project` is empty in the rows of a total."""
_RECEIVED = ("received", "unrelated", "duplicate", "eligible")
_STATUSES = ("resolved", "in_progress", "rejected", "withdrawn", "status_not_stated")
INDICATORS = (*_RECEIVED, *_STATUSES, "resolution_rate", "resolution_working_days_median", "closing_stock")
"""What the page shows of each report, in the order of its columns: statuses are the same for every project."""
_KINDS: tuple[CalendarKind, ...] = ("year", "half", "quarter", "month")
_WIDTHS = {name: 6.6 for name in INDICATORS} | {"resolution_rate": 9.4, "resolution_working_days_median": 7.8}
_FIRST_WIDTH = 18.0
_DOES_NOT_ADD_UP, _NOT_BY_ALL = "does not add up", "not given by every report"


@dataclass(frozen=True)
class Entry:
    """A project in one of the periods that it reports on, with what stands of that report.

    `figures` is None where there is no report, or where its table cannot be read; `marks` also where it does not tell
    them. `has_failed` says that the last run could not make the report, so that what stands is a former one.
    """

    project: Project
    period: Period
    has_report: bool
    has_failed: bool
    figures: Mapping[str, PublicFigure] | None
    marks: Marks | None

    @property
    def report(self) -> str:
        """What became of the report: made, former, failed (and none stands) or missing."""
        if self.has_report:
            return "former" if self.has_failed else "made"
        return "failed" if self.has_failed else "missing"

    @property
    def address(self) -> str:
        """The relative address of the report."""
        return quote(f"../{self.project.code}/{self.period.label}/public/report.html")

    @property
    def is_synthetic(self) -> bool:
        """Whether the project says that its data are made up."""
        return self.project.settings.synthetic

    def figure(self, indicator: str) -> PublicFigure | None:
        """Return a figure of the report, or None where there is none."""
        return self.figures[indicator] if self.figures else None


@dataclass(frozen=True)
class Together:
    """The projects that report on one period, and what of their figures adds up.

    Data that are made up are never added to data that are not; where all are, they are.
    """

    period: Period
    entries: Sequence[Entry]
    words: Words

    @cached_property
    def counted(self) -> Sequence[Entry]:
        """The projects of which a total is made."""
        return [entry for entry in self.entries if not entry.is_synthetic] or self.entries

    @property
    def is_synthetic(self) -> bool:
        """Whether the total is one of data that are made up."""
        return all(entry.is_synthetic for entry in self.counted)

    @cached_property
    def totals(self) -> dict[str, PublicFigure | None]:
        """The total of each indicator, None where there is none; no percentage below any project's least number."""
        least = max(entry.project.settings.minimum_n for entry in self.counted)
        return {
            name: added([entry.figure(name) for entry in self.counted], self.words, minimum_n=least)
            for name in INDICATORS
        }

    @property
    def not_given(self) -> int:
        """How many reports keep some total from being given."""
        return sum(not self._is_whole(entry) for entry in self.counted)

    @staticmethod
    def _is_whole(entry: Entry) -> bool:
        figures = [entry.figure(name) for name in INDICATORS if adds_up(name)]
        return all(
            figure is not None and (figure.value is not None or figure.denominator is not None) for figure in figures
        )


def read_entries(projects: Iterable[Project], outputs: Path, failed: Collection[tuple[str, str]]) -> list[Entry]:
    """Read what stands of every report that the projects have to make; `failed` are those that the last run could not.

    They are named by the project's folder and the label of the period.
    """
    return [
        _entry(project, period, outputs, (project.code, period.label) in failed)
        for project in projects
        for period in periods_between(
            project.settings.reporting, project.settings.grm_start, project.settings.complete_through
        )
    ]


def _entry(project: Project, period: Period, outputs: Path, has_failed: bool) -> Entry:
    public = outputs / project.code / period.label / "public"
    if not (public / "report.html").is_file():
        return Entry(project, period, False, has_failed, None, None)
    figures = read_figures(public / "indicators.csv", INDICATORS)
    return Entry(project, period, True, has_failed, figures, read_marks(public / "report.html"))


def words_of(projects: Sequence[Project]) -> Words:
    """Return the words of the language that all projects share, else English."""
    languages = {project.settings.language for project in projects}
    return words_for(languages.pop() if len(languages) == 1 else SOURCE_LANGUAGE)


@dataclass(frozen=True)
class Portfolio:
    """Makes the page and the table of some projects; the same for the same public folders."""

    projects: Sequence[Project]
    entries: Sequence[Entry]
    words: Words

    def html(self) -> str:
        """Return the page: one file, no script, loads nothing."""
        html = (
            environment_of(self.words, folder="project")
            .get_template("portfolio.html.j2")
            .render(
                css=Markup(styles("report.css", "project/index.css", "project/portfolio.css")),
                n=len(self.projects),
                projects=[self._introduced(project) for project in self.projects],
                kinds=[(title, self._overview(title, groups), self._tables(groups)) for title, groups in self._by_kind],
                legend=self._legend(),
                defined=self._definitions(),
            )
        )
        return compact(html)

    def of(self, project: Project) -> Portfolio:
        """Return what is told of one project alone, in the same words."""
        return Portfolio([project], [entry for entry in self.entries if entry.project is project], self.words)

    def table(self) -> pd.DataFrame:
        """Return the table: for each period each project's figures, then the totals; columns `COLUMNS`, texts alone."""
        rows = []
        for group in self._together:
            for entry in group.entries:
                rows += [self._row(entry, name) for name in INDICATORS]
            if len(group.counted) > 1:
                rows += [self._total_row(group, name) for name in INDICATORS]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")

    # -- which projects stand together --------------------------------------------------------------------------------

    @cached_property
    def _together(self) -> list[Together]:
        """The projects by period: kinds of periods apart, of each the newest first, projects in their own order."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.period.label, []).append(entry)
        groups = [Together(entries[0].period, entries, self.words) for entries in found.values()]
        groups.sort(key=lambda group: group.period.start, reverse=True)
        return sorted(groups, key=lambda group: _KINDS.index(group.period.kind))

    @property
    def _by_kind(self) -> list[tuple[str, list[Together]]]:
        text = self.words.text
        titles = {
            "year": text("Annual reports"),
            "half": text("Half-yearly reports"),
            "quarter": text("Quarterly reports"),
            "month": text("Monthly reports"),
        }
        named = {kind: [one for one in self._together if one.period.kind == kind] for kind in _KINDS}
        return [(titles[kind], groups) for kind, groups in named.items() if groups]

    # -- the projects -------------------------------------------------------------------------------------------------

    def _introduced(self, project: Project) -> dict[str, Markup | str | None]:
        settings, text = project.settings, self.words.text
        how_often = {
            "year": text("Reports every year."),
            "half": text("Reports every half-year."),
            "quarter": text("Reports every quarter."),
            "month": text("Reports every month."),
        }
        return {
            "name": self._name(project),
            "address": quote(f"../{project.code}/{INDEX}"),
            "unit": self._named(project, settings.implementing_unit),
            "how_often": how_often[settings.reporting],
            "notice": self._named(project, settings.notice) if settings.notice else None,
            "synthetic": self.words.text("Synthetic") if settings.synthetic else None,
        }

    def _name(self, project: Project) -> Markup:
        """Write the name of a project; where another one is called the same, with its folder, which no two share."""
        name = self._named(project, project.settings.name)
        is_alone = self._times_named[project.settings.name] == 1
        return name if is_alone else Markup("{} ({})").format(name, project.code)

    @cached_property
    def _times_named(self) -> Counter[str]:
        return Counter(project.settings.name for project in self.projects)

    def _named(self, project: Project, name: str) -> Markup:
        """Write a text of the project's own, with its language where it is not that of the page."""
        if self._is_own(project):
            return escape(name)
        return Markup('<span lang="{}">{}</span>').format(project.settings.language, name)

    def _is_own(self, project: Project) -> bool:
        return bool(words_for(project.settings.language).locale == self.words.locale)

    # -- the tables ---------------------------------------------------------------------------------------------------

    @cached_property
    def _titles(self) -> dict[str, str]:
        text = self.words.text
        titles = (
            *(text("Received"), text("Unrelated"), text("Duplicates"), text("Eligible")),
            *(text("Resolved"), text("In progress"), text("Rejected"), text("Withdrawn"), text("Not stated")),
            *(text("Resolution rate"), text("Working days (median)"), text("Open at the end")),
        )
        return dict(zip(INDICATORS, titles, strict=True))

    def _head(self, first: str, names: Sequence[str]) -> list[list[Cell]]:
        text, titles = self.words.text, [self._titles[name] for name in names]
        statuses = len(_RECEIVED) + len(_STATUSES)
        return [
            [
                Cell(first, "col", rowspan=2),
                Cell(text("Grievances received"), "colgroup", colspan=len(_RECEIVED)),
                Cell(text("Status of the eligible"), "colgroup", colspan=len(_STATUSES)),
                *(Cell(title, "col", rowspan=2, numeric=True) for title in titles[statuses:]),
            ],
            [Cell(title, "col", numeric=True) for title in titles[:statuses]],
        ]

    def _cells(self, heading: Markup, shown: Mapping[str, Markup | str]) -> list[Cell]:
        figures = (Cell(text, numeric=True, label=self._titles[name]) for name, text in shown.items())
        return [Cell(heading, "row"), *figures]

    def _tables(self, groups: Sequence[Together]) -> list[tuple[str, str, Table]]:
        """Return for each period the id of its place, its name and its table."""
        return [(_place(group.period), self.words.period(group.period), self._table(group)) for group in groups]

    def _table(self, group: Together) -> Table:
        rows = [
            self._cells(self._heading(entry), {name: self._shown(entry, entry.figure(name)) for name in INDICATORS})
            for entry in group.entries
        ]
        total = [[self._cells(self._total_heading(group), self._totals(group, INDICATORS))]]
        bodies = [rows, *(total if len(group.counted) > 1 else [])]
        return self._with_head(self.words.period(group.period), self.words.text("Project"), bodies, INDICATORS)

    def _overview(self, title: str, groups: Sequence[Together]) -> Table | None:
        """Make the table of the totals, one row a period; None where no period has two projects to be added."""
        names = [name for name in INDICATORS if adds_up(name)]
        shown = [group for group in groups if len(group.counted) > 1]
        if not shown:
            return None
        rows = [self._cells(self._period_heading(group), self._totals(group, names)) for group in shown]
        caption = self.words.text("%(kind)s: all projects together", kind=title)
        return self._with_head(caption, self.words.text("Period"), [rows], names)

    def _with_head(
        self, caption: str, first: str, bodies: Sequence[Sequence[Sequence[Cell]]], names: Sequence[str]
    ) -> Table:
        widths = [_FIRST_WIDTH, *(_WIDTHS[name] for name in names)]
        shares = [round(100 * width / sum(widths)) for width in widths]
        return Table(caption, self._head(first, names), bodies, "reports portfolio", shares)

    def _shown(self, entry: Entry, figure: PublicFigure | None) -> Markup | str:
        if figure is None:
            return "–"
        is_own = self._is_own(entry.project)
        shown = figure.shown(self.words, as_displayed=is_own)
        return shown if is_own or shown != figure.display else self._named(entry.project, shown)

    @staticmethod
    def _totals(group: Together, names: Sequence[str]) -> dict[str, Markup | str]:
        totals = {name: group.totals[name] for name in names}
        return {name: total.display if total else "–" for name, total in totals.items()}

    def _heading(self, entry: Entry) -> Markup:
        name = self._name(entry.project)
        if entry.has_report:
            name = Markup('<a href="{}">{}<span class="unseen">, {}</span></a>').format(
                entry.address, name, self.words.period(entry.period)
            )
        marks = [Markup('<span class="mark{}">{}</span>').format(*mark) for mark in self._marks(entry)]
        return Markup(" ").join([name, *marks, *(_note(sentence) for sentence in self._remarks(entry))])

    def _marks(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the class and the word of each mark."""
        text, marks = self.words.text, entry.marks
        found = [(" synthetic", text("Synthetic"))] if entry.is_synthetic else []
        if marks:
            found.append((" draft", text("DRAFT")) if marks.is_draft else (" released", text("Released")))
            found += [("", text("Provisional"))] if marks.is_provisional else []
        became = {"former": text("Former report"), "failed": text("Failed"), "missing": text("No report")}
        return found + ([(" draft", became[entry.report])] if entry.report in became else [])

    def _remarks(self, entry: Entry) -> list[str]:
        text, marks, found = self.words.text, entry.marks, []
        if entry.has_report and marks is None:
            found.append(text("The report does not tell whether it is final; it must be made again."))
        elif marks and marks.is_provisional:
            found.append(text("Counted up to %(day)s", day=marks.counted_to))
        if entry.has_report and entry.figures is None:
            found.append(text("Its figures cannot be read; the report must be made again."))
        return found

    def _total_heading(self, group: Together) -> Markup:
        n = len(group.counted)
        if group.is_synthetic or n == len(group.entries):
            title = self.words.plural("%(n)s project together", "%(n)s projects together", n)
        else:
            title = self.words.plural(
                "%(n)s project together, without synthetic data", "%(n)s projects together, without synthetic data", n
            )
        return Markup(" ").join([escape(title), *self._total_marks(group)])

    def _period_heading(self, group: Together) -> Markup:
        link = Markup('<a href="#{}">{}</a>').format(_place(group.period), self.words.period(group.period))
        n = len(group.counted)
        return Markup(" ").join(
            [link, _note(self.words.plural("%(n)s project", "%(n)s projects", n)), *self._total_marks(group)]
        )

    def _total_marks(self, group: Together) -> list[Markup]:
        """Say of how many drafts, provisional and former reports a total is made, or what keeps it from being given."""
        plural = self.words.plural
        marks = [entry.marks for entry in group.counted if entry.marks]
        drafts, provisional = sum(one.is_draft for one in marks), sum(one.is_provisional for one in marks)
        former = sum(entry.report == "former" for entry in group.counted)
        told = []
        if drafts:
            told.append(plural("%(n)s draft", "%(n)s drafts", drafts))
        if provisional:
            told.append(plural("%(n)s provisional report", "%(n)s provisional reports", provisional))
        if former:
            told.append(plural("%(n)s former report", "%(n)s former reports", former))
        found = [_note(self.words.text("With %(reports)s", reports=self.words.listed(told)))] if told else []
        if group.not_given:
            found.append(
                _note(
                    plural(
                        "%(n)s report does not give all figures",
                        "%(n)s reports do not give all figures",
                        group.not_given,
                    )
                )
            )
        return found

    # -- what the words mean ------------------------------------------------------------------------------------------

    def _legend(self) -> list[tuple[str, str]]:
        """Explain each mark that stands on the page."""
        text = self.words.text
        told = {
            text("DRAFT"): text("nobody has released the report as it stands; its cover says what stands against it."),
            text("Released"): text("somebody has read the report and released it."),
            text("Provisional"): text(
                "the period was not over on the day up to which it was counted, and its figures can still change."
            ),
            text("Synthetic"): text("the data are made up; they are in no total together with others."),
            text("Former report"): text(
                "the report could not be made anew; what is shown is the one made before, and may be out of date."
            ),
            text("Failed"): text("the report could not be made, and there is none from before."),
            text("No report"): text("the report has not been made."),
        }
        used = {word for entry in self.entries for _, word in self._marks(entry)}
        legend = [(word, sentence) for word, sentence in told.items() if word in used]
        if any(figure.holds_proposals for entry in self.entries for figure in (entry.figures or {}).values()):
            legend.append(
                ("*", text("the count holds labels that a rule or a model proposed and nobody has confirmed."))
            )
        return legend

    def _definitions(self) -> list[tuple[str, str]]:
        return [(self._titles[name], self.words.text(definitions()[base_of(name)].definition)) for name in INDICATORS]

    # -- the table for other programs ---------------------------------------------------------------------------------

    def _row(self, entry: Entry, name: str) -> list[str]:
        figure, marks = entry.figure(name), entry.marks
        status = marks.meta()[0][1].split() if marks else []
        return [
            *(entry.period.kind, entry.period.label, entry.project.code, entry.project.settings.name),
            *(entry.report, " ".join([*status, *(["synthetic"] if entry.is_synthetic else [])])),
            *(marks.counted_to.isoformat() if marks else "", name),
            *_parts(name, figure),
            "",
        ]

    def _total_row(self, group: Together, name: str) -> list[str]:
        total = group.totals[name]
        note = "" if total else (_NOT_BY_ALL if adds_up(name) else _DOES_NOT_ADD_UP)
        period, synthetic = group.period, "synthetic" if group.is_synthetic else ""
        return [period.kind, period.label, "", "", "total", synthetic, "", name, *_parts(name, total), note]


def _parts(name: str, figure: PublicFigure | None) -> list[str]:
    """Return value, numerator, denominator, unit and display of a figure as texts, blank where there is none."""
    if figure is None:
        return ["", "", "", unit_of(name), ""]
    return [
        *(_text(part) for part in (figure.value, figure.numerator, figure.denominator)),
        unit_of(name),
        figure.display,
    ]


def _text(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if math.floor(number) == number else repr(float(number))


def _place(period: Period) -> str:
    return f"p-{period.label}"


def _note(sentence: str) -> Markup:
    return Markup('<span class="note">{}</span>').format(sentence)
