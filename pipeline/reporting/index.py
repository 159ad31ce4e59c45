"""The page that lists the reports of a project, from what stands in their public folders and nothing else.

A figure is repeated as its report gives it (`display` of public/indicators.csv); none is computed. The other words are
those of project.yml and of the catalogue, and the names of folders, which must be labels of periods.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup, escape

from pipeline.errors import InputError
from pipeline.period import Period, parse_day
from pipeline.project import Project
from pipeline.reporting.marks import Marks, read_marks
from pipeline.reporting.public_figures import PublicFigure, read_figures
from pipeline.reporting.sparklines import image, sparkline
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.templating import compact, environment_of, styles
from pipeline.reporting.words import Words, words_for

INDEX = "index.html"
"""The page below outputs/<project>/."""
COMPARISONS = "comparison"
"""The folder below outputs/<project>/ with a folder for each comparison, named by its labels: 2023H1+2024H1."""
KEY_FIGURES = ("received", "eligible", "resolution_rate", "resolution_working_days_median", "closing_stock")
"""The indicators that the page repeats, in the order of its columns."""
_WIDTHS = (28, 9, 9, 17, 13, 10, 14)
_COMPARISON = re.compile("[0-9A-Za-z@.+_-]{1,200}")
_MOST_TOLD = 12
"""Points of a line up to which its alternative text gives each."""


@dataclass(frozen=True)
class Entry:
    """A report that stands in the project's outputs.

    `figures` is None where indicators.csv cannot be read as such, `marks` where the report does not tell them; `files`
    are those of the public folder that are there.
    """

    label: str
    period: Period
    as_of: date | None
    figures: Mapping[str, PublicFigure] | None
    marks: Marks | None
    files: frozenset[str]

    @property
    def is_provisional(self) -> bool:
        """Whether the report says that its period was not over."""
        return self.marks is not None and self.marks.is_provisional

    def address(self, name: str) -> str:
        """Return the relative address of a public file; '@' and the like are quoted."""
        return quote(f"{self.label}/public/{name}")

    @property
    def order(self) -> tuple[date, date, date]:
        """What reports are sorted by."""
        return self.period.start, self.period.end, self.as_of or date.max


@dataclass(frozen=True)
class Comparison:
    """A comparison of periods that stands in the project's outputs."""

    label: str
    has_pdf: bool

    def address(self, name: str) -> str:
        """Return the relative address of a public file."""
        return quote(f"{COMPARISONS}/{self.label}/public/{name}")


def list_reports(folder: Path) -> list[Entry]:
    """List the reports in a project's outputs, the newest period first; folders of other names are passed over."""
    found = (_entry(path) for path in (folder.iterdir() if folder.is_dir() else ()))
    return sorted((entry for entry in found if entry is not None), key=lambda entry: entry.order, reverse=True)


def list_comparisons(folder: Path) -> list[Comparison]:
    """List the comparisons in a project's outputs, by their names."""
    place = folder / COMPARISONS
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    return [
        Comparison(name, (place / name / "public" / "comparison.pdf").is_file())
        for name in names
        if name[0] != "." and _COMPARISON.fullmatch(name) and (place / name / "public" / "comparison.html").is_file()
    ]


def _entry(folder: Path) -> Entry | None:
    public = folder / "public"
    if not (public / "report.html").is_file():
        return None
    period_text, mark, as_of_text = folder.name.partition("@")
    try:
        period = Period.parse(period_text)
        as_of = parse_day(as_of_text, "AS_OF") if mark else None
    except InputError:
        return None
    names = ("report.pdf", "indicators.csv", "cases.csv")
    return Entry(
        label=folder.name,
        period=period,
        as_of=as_of,
        figures=read_figures(public / "indicators.csv", KEY_FIGURES),
        marks=read_marks(public / "report.html"),
        files=frozenset(name for name in names if (public / name).is_file()),
    )


def render_index(project: Project, folder: Path) -> str:
    """Write the index of a project whose outputs stand in `folder`; the same for the same public files."""
    return Index(project, words_for(project.settings.language), list_reports(folder), list_comparisons(folder)).html()


@dataclass(frozen=True)
class Index:
    """Makes the page; `entries` come with the newest period first."""

    project: Project
    words: Words
    entries: Sequence[Entry]
    comparisons: Sequence[Comparison]

    def html(self) -> str:
        """Return the page: one file, no script, loads nothing."""
        environment = environment_of(self.words, self.project.settings, folder="project")
        html = environment.get_template("index.html.j2").render(
            css=Markup(styles("report.css", "project/index.css")),
            latest=self._own[0] if self._own else None,
            name_of=self._name,
            marks_of=self._marks,
            cards=self._cards,
            groups=self._groups(),
            comparisons=[(one, self._compared(one.label)) for one in self.comparisons],
            has_draft=any(entry.marks is not None and entry.marks.is_draft for entry in self.entries),
            has_provisional=any(entry.is_provisional for entry in self.entries),
        )
        return compact(html)

    @cached_property
    def _own(self) -> list[Entry]:
        """The reports of the kind in which the project reports, as of the day that is theirs."""
        kind = self.project.settings.reporting
        return [entry for entry in self.entries if entry.period.kind == kind and entry.as_of is None]

    # -- the table ----------------------------------------------------------------------------------------------------

    def _groups(self) -> list[tuple[str, Table]]:
        text, own = self.words.text, self._own
        title = {
            "half": text("Half-yearly reports"),
            "quarter": text("Quarterly reports"),
            "year": text("Annual reports"),
            "month": text("Monthly reports"),
        }[self.project.settings.reporting]
        others = [entry for entry in self.entries if entry.as_of is None and entry not in own]
        replays = [entry for entry in self.entries if entry.as_of is not None]
        named = ((title, own), (text("Other periods"), others), (text("As of an earlier day"), replays))
        return [(name, self._table(name, entries)) for name, entries in named if entries]

    def _titles(self) -> dict[str, str]:
        text = self.words.text
        return dict(
            zip(
                KEY_FIGURES,
                (
                    text("Received"),
                    text("Eligible"),
                    text("Resolved of the eligible, without the withdrawn"),
                    text("Working days (median)"),
                    text("Open at the end"),
                ),
                strict=True,
            )
        )

    def _table(self, caption: str, entries: Sequence[Entry]) -> Table:
        text = self.words.text
        headers = [text("Period"), *self._titles().values(), text("Files")]
        rows = [
            [self._heading(entry), *(self._shown(entry, name) for name in KEY_FIGURES), self._links(entry)]
            for entry in entries
        ]
        numeric = range(1, len(KEY_FIGURES) + 1)
        return simple(caption, headers, rows, numeric=numeric, kind="reports", widths=_WIDTHS, labelled=True)

    @staticmethod
    def _shown(entry: Entry, name: str) -> str:
        return entry.figures[name].display if entry.figures else "–"

    def _name(self, entry: Entry) -> str:
        name = self.words.period(entry.period.since(self.project.settings.grm_start))
        return (
            name if entry.as_of is None else self.words.text("%(period)s, as of %(day)s", period=name, day=entry.as_of)
        )

    def _heading(self, entry: Entry) -> Markup:
        parts = [Markup('<a href="{}">{}</a>').format(entry.address("report.html"), self._name(entry))]
        if entry.period.kind in ("half", "quarter"):
            # As on the cover: a window begins no earlier than the mechanism.
            start = max(entry.period.start, self.project.settings.grm_start)
            parts.append(_note(self.words.span(min(start, entry.period.end), entry.period.end)))
        parts += [Markup('<span class="mark{}">{}</span>').format(*mark) for mark in self._marks(entry)]
        parts += [_note(sentence) for sentence in self._remarks(entry)]
        return Markup(" ").join(parts)

    def _marks(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the class and the word of each mark."""
        text, marks = self.words.text, entry.marks
        found = [(" draft", text("DRAFT"))] if marks and marks.is_draft else []
        return found + ([("", text("Provisional"))] if entry.is_provisional else [])

    def _remarks(self, entry: Entry) -> list[str]:
        text, marks, found = self.words.text, entry.marks, []
        if marks is None:
            found.append(text("The report does not tell whether it is final; it must be made again."))
        elif marks.is_provisional and entry.as_of is None:
            found.append(text("Counted up to %(day)s", day=marks.counted_to))
        if entry.figures is None:
            found.append(text("Its figures cannot be read; the report must be made again."))
        return found

    def _links(self, entry: Entry) -> Markup:
        text = self.words.text
        words = {
            "report.pdf": text("PDF"),
            "indicators.csv": text("Figures (CSV)"),
            "cases.csv": text("Grievances (CSV)"),
        }
        # What a link leads to must be told without its row: some readers list the links of a page.
        unseen = Markup(' <span class="unseen">{}</span>').format(self._name(entry))
        links = [
            Markup('<li><a href="{}">{}{}</a></li>').format(entry.address(name), word, unseen)
            for name, word in words.items()
            if name in entry.files
        ]
        return Markup('<ul class="files">{}</ul>').format(Markup("").join(links)) if links else Markup("–")

    # -- the latest report --------------------------------------------------------------------------------------------

    def _cards(self) -> list[tuple[str, str, Markup]]:
        """Return label, figure and line over the periods for each key figure of the latest report."""
        latest, text = self._own[0], self.words.text
        labels = {
            "received": text("grievances received"),
            "resolution_rate": text("resolved of the eligible, without the withdrawn"),
            "resolution_working_days_median": text("working days to resolve (median)"),
            "closing_stock": text("open at the end of the period"),
        }
        if latest.figures is None:
            return []
        shown = labels
        if latest.marks is not None and latest.marks.is_provisional:
            # The line is about other periods as well, which have ended.
            shown = labels | {"closing_stock": text("open on %(day)s", day=latest.marks.counted_to)}
        return [(shown[name], latest.figures[name].display, self._line(name, labels[name])) for name in labels]

    def _line(self, name: str, label: str) -> Markup:
        """Draw a figure over the periods of the project's own kind; nothing where two values are not given."""
        entries = self._own[::-1]
        first = entries[0].period
        places = {entry.period.ordinal_since(first.start): entry for entry in entries}
        numbers = {place: entry.figures[name].value for place, entry in places.items() if place and entry.figures}
        values = [numbers.get(place) for place in range(1, max(place or 1 for place in places) + 1)]
        if sum(value is not None for value in values) < 2:
            return Markup("")
        hollow = [place - 1 for place, entry in places.items() if place and entry.is_provisional]
        svg = sparkline(values, open_ended=hollow, top=100.0 if name == "resolution_rate" else None)
        return image(svg, self._told(name, label, [entry for entry in entries if entry.figures]))

    def _told(self, name: str, label: str, entries: Sequence[Entry]) -> str:
        figures = [(entry, entry.figures[name]) for entry in entries if entry.figures]
        chosen = figures
        if len(figures) > _MOST_TOLD:
            given = [one for one in figures if one[1].value is not None]
            least, most = (pick(given, key=lambda one: one[1].value or 0.0) for pick in (min, max))
            chosen = [one for one in figures if one in (figures[0], least, most, figures[-1])]
        points = "; ".join(f"{self._name(entry)}: {figure.display}" for entry, figure in chosen)
        if len(chosen) == len(figures):
            return self.words.text("Line of %(figure)s. %(points)s.", figure=label, points=points)
        return self.words.text(
            "Line of %(figure)s over %(n)s periods: the first, lowest, highest and last. %(points)s.",
            figure=label,
            n=len(figures),
            points=points,
        )

    # -- comparisons ----------------------------------------------------------------------------------------------

    def _compared(self, label: str) -> str:
        """Name the periods of a comparison; a name that is none of labels stands as it is."""
        names = []
        for part in label.split("+"):
            period_text, mark, day = part.partition("@")
            try:
                name = self.words.period(Period.parse(period_text))
                as_of = parse_day(day, "AS_OF") if mark else None
            except InputError:
                return label
            names.append(self.words.text("%(period)s, as of %(day)s", period=name, day=as_of) if as_of else name)
        return self.words.listed(names)


def _note(sentence: str) -> Markup:
    return Markup('<span class="note">{}</span>').format(escape(sentence))
