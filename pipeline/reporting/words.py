"""Words, numbers and dates in the language of a report.

English texts stand in the code and are the keys of the message catalogues, `locale/<language>/LC_MESSAGES/messages.po`.
A second language is one such file; `python -m pipeline.reporting.catalogue` writes what is to be translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from pipeline.errors import InputError
from pipeline.period import Period

LOCALE = Path(__file__).with_name("locale")
SOURCE_LANGUAGE = "en"


def half_up(value: float, decimals: int = 0) -> Decimal:
    """Round a number as people and spreadsheets do: a half goes away from zero, 0.125 becomes 0.13.

    It is rounded as it is written, in the fewest digits that stand for it, and not as the machine holds it.
    """
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@dataclass(frozen=True)
class Figure:
    """A count as a report shows it: the number that a sentence depends on, and its HTML, a link."""

    count: int
    shown: Markup

    def __html__(self) -> str:
        return str(self.shown)

    def __str__(self) -> str:
        return self.shown.striptags()


@dataclass(frozen=True)
class Words:
    """The catalogue and the conventions of one language."""

    locale: Locale
    translations: NullTranslations

    def text(self, message: str, **fills: Any) -> str:
        """Translate a message and fill it in; numbers among the fills are written as the language writes them.

        Where a fill is HTML (a `Figure`, or Markup) the result is Markup, and everything else in it is escaped.
        """
        return self._fill(self.translations.gettext(message), fills)

    def plural(self, one: str, many: str, n: int | Figure, **fills: Any) -> str:
        """Translate a message that depends on a count; `n` fills it in as well. See `text`."""
        count = n.count if isinstance(n, Figure) else n
        return self._fill(self.translations.ngettext(one, many, count), {"n": n, **fills})

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number with its language's marks, a half rounded up; decimals that are all zero are left out."""
        rounded = half_up(value, decimals)
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return str(numbers.format_decimal(rounded, format=pattern, locale=self.locale))

    def percent(self, value: float) -> str:
        """Write a percentage (0-100) in whole per cent."""
        return self.text("%(number)s\u00a0%%", number=self.number(value))

    def day(self, value: date) -> str:
        """Write a day in full: March 5, 2024."""
        return str(dates.format_date(value, format="long", locale=self.locale))

    def month(self, value: date) -> str:
        """Write a month with its year: March 2024."""
        return str(dates.format_skeleton("yMMMM", value, locale=self.locale))

    def short_month(self, value: date) -> str:
        """Write a month for the axis of a figure: Mar 2024."""
        return str(dates.format_skeleton("yMMM", value, locale=self.locale))

    def month_name(self, number: int) -> str:
        """Name a month of any year, 1 to 12, as the head of a narrow column: Mar."""
        return str(self.locale.months["stand-alone"]["abbreviated"][number])

    def weekday(self, number: int) -> str:
        """Name a day of the week by its number, Monday being 0."""
        return str(self.locale.days["stand-alone"]["wide"][number])

    def listed(self, items: Sequence[str]) -> str:
        """Write a list: a, b and c; Markup where one of the items is."""
        if any(hasattr(item, "__html__") for item in items):
            return Markup(lists.format_list([str(escape(item)) for item in items], locale=self.locale))
        return str(lists.format_list(list(items), locale=self.locale)) if items else ""

    def period(self, period: Period) -> str:
        """Name a period: First half of 2024."""
        year = f"{period.start.year}"
        if period.kind == "half":
            names = (self.text("First half of %(year)s", year=year), self.text("Second half of %(year)s", year=year))
            return names[period.index]
        if period.kind == "quarter":
            quarters = (
                self.text("First quarter of %(year)s", year=year),
                self.text("Second quarter of %(year)s", year=year),
                self.text("Third quarter of %(year)s", year=year),
                self.text("Fourth quarter of %(year)s", year=year),
            )
            return quarters[period.index]
        if period.kind == "month":
            return self.month(period.start)
        return year if period.kind == "year" else self.span(period.start, period.end)

    def span(self, first: date, last: date) -> str:
        """Write a stretch of days, both included."""
        if first == last:
            return self.day(first)
        return f"{self.day(first)} – {self.day(last)}"

    def ordinal(self, number: int) -> str | None:
        """Write an ordinal in words up to the twelfth; None beyond, where a sentence is to name the number itself."""
        words = (
            self.text("first"),
            self.text("second"),
            self.text("third"),
            self.text("fourth"),
            self.text("fifth"),
            self.text("sixth"),
            self.text("seventh"),
            self.text("eighth"),
            self.text("ninth"),
            self.text("tenth"),
            self.text("eleventh"),
            self.text("twelfth"),
        )
        return words[number - 1] if 1 <= number <= len(words) else None

    def _fill(self, message: str, fills: dict[str, Any]) -> str:
        written = {name: self._written(fill) for name, fill in fills.items()}
        if any(isinstance(fill, Markup) for fill in written.values()):
            return Markup(str(escape(message)) % {name: str(escape(fill)) for name, fill in written.items()})
        return message % written if written or "%%" in message else message

    def _written(self, fill: Any) -> str:
        if hasattr(fill, "__html__"):
            return Markup(fill.__html__())
        if isinstance(fill, bool) or not isinstance(fill, int | float | date):
            return str(fill)
        return self.day(fill) if isinstance(fill, date) else self.number(fill, 1 if isinstance(fill, float) else 0)


def sentences(parts: Iterable[str]) -> str:
    """Put sentences one after the other; Markup where one of them is."""
    told = list(parts)
    return Markup(" ").join(told) if any(isinstance(part, Markup) for part in told) else " ".join(told)


@cache
def words_for(language: str) -> Words:
    """Return the words of a language; an `InputError` names those there are."""
    locale = Locale.parse(language)
    if language == SOURCE_LANGUAGE:
        return Words(locale, NullTranslations())
    path = LOCALE / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        there = ", ".join(
            sorted({SOURCE_LANGUAGE, *(found.parts[-3] for found in LOCALE.glob("*/LC_MESSAGES/messages.po"))})
        )
        raise InputError(
            f"project.yml, key language: there is no message catalogue for '{language}'. There are: {there}. A new one "
            "is a file pipeline/reporting/locale/<language>/LC_MESSAGES/messages.po; see CONTRIBUTING.md."
        )
    # Catalogues are read as people edit them, so that no compiled file can be older than its source.
    compiled = BytesIO()
    with path.open("rb") as handle:
        write_mo(compiled, read_po(handle, locale=language))
    compiled.seek(0)
    return Words(locale, GNUTranslations(compiled))
