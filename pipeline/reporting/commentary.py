"""What the unit itself says of a period: data/<project>/commentary/<period>.md, with its figures filled in.

A figure is written as an indicator's id in braces, `{received}`, `{resolved.previous}`, `{received:channel=email}`, so
that no sentence can contradict a table.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import mistune
from markupsafe import Markup, escape

from pipeline.errors import InputError
from pipeline.reporting.numbers import Numbers, is_withheld
from pipeline.stage import COMMENTARY, Stage

_FIGURE = re.compile(r"\{([^{}\n]*)\}")
_LIKENESS = 0.4
"""How like an id has to be to be suggested, from 0 to 1: people write 'closed' or 'median days', not misspelt ids."""
_PARTS = re.compile(r"([a-z0-9_]+)(?:\.(period|previous|cumulative))?(?::([a-z_]+)=([a-z0-9_+-]+))?")


_MARK, _PLAIN = "\ue000", "\ue001"
"""Letters of no language, around the place of a figure: as a link, and within another link as text alone."""
_MARKED = re.compile(f"([{_MARK}{_PLAIN}])(\\d+)[{_MARK}{_PLAIN}]|(%EE%80%80)(\\d+)%EE%80%80")


class _Renderer(mistune.HTMLRenderer):
    """Loads nothing: an image is shown by its description, and headings begin below those of the report."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(escape(text))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        plain = str.maketrans(_MARK, _PLAIN)
        return super().link(text.translate(plain), url.translate(plain), title and title.translate(plain))

    def heading(self, text: str, level: int, **attributes: object) -> str:
        lower = min(level + 2, 6)
        return f"<h{lower}>{text}</h{lower}>\n"


def read(stage: Stage, numbers: Numbers) -> str | None:
    """Return the commentary of the stage's period as HTML, or None where there is none.

    HTML in it is shown as text. A figure that does not exist is an `InputError` with its line.
    """
    path = stage.folder / "internal" / COMMENTARY
    if not path.is_file():
        return None
    shown_as = stage.commentary_name
    text = path.read_text(encoding="utf-8").translate({ord(_MARK): None, ord(_PLAIN): None})
    figures: list[Markup] = []
    lines = [
        _marked(content, numbers, f"{shown_as}, line {line}", figures)
        for line, content in enumerate(text.splitlines(), start=1)
    ]
    markdown = mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"], escape=True)
    return _MARKED.sub(lambda match: _shown(match, figures), str(markdown("\n".join(lines))))


def _marked(content: str, numbers: Numbers, place: str, figures: list[Markup]) -> str:
    """Put a mark in the place of each figure, and the figure into the list: Markdown would escape its link."""

    def mark(match: re.Match[str]) -> str:
        figures.append(_figure(match[1], numbers, place))
        return f"{_MARK}{len(figures) - 1}{_MARK}"

    return _FIGURE.sub(mark, content)


def _shown(match: re.Match[str], figures: list[Markup]) -> str:
    figure = figures[int(match[2] or match[4])]
    return str(figure) if match[1] == _MARK else str(escape(figure.striptags()))


def _figure(expression: str, numbers: Numbers, place: str) -> Markup:
    match = _PARTS.fullmatch(expression.strip())
    if match:
        indicator, scope, dimension, member = match.groups(default="")
        scope = scope or "period"
        if is_withheld(dimension, member):
            raise InputError(
                f"{place}: '{expression[:60]}' is not published: figures by {dimension} stay inside, since a small one "
                "could point to a person. Take it out."
            )
        if numbers.has(indicator, scope, dimension, member):
            return numbers.with_unit(indicator, scope, dimension, member)
        if scope == "previous" and not numbers.has("received", "previous"):
            raise InputError(f"{place}: '{expression}' asks for the previous period, and there is none.")
    nearest = _nearest(re.split("[.:]", expression.strip())[0], {str(name) for name in numbers.table["indicator"]})
    hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
    raise InputError(
        f"{place}: '{expression[:60]}' is not a figure of this report. Write an indicator's id in braces, for instance "
        f"{{received}}, {{resolved.previous}} or {{received:channel=email}}; docs/indicators.md lists them.{hint}"
    )


def _nearest(asked: str, known: set[str]) -> list[str]:
    """Name the three ids that are most like the one asked for, those that share a whole word with it first."""
    words = set(asked.split("_"))
    likeness = {
        name: (len(words & set(name.split("_"))), SequenceMatcher(None, name, asked).ratio()) for name in sorted(known)
    }
    like = [name for name, (shared, ratio) in likeness.items() if shared or ratio >= _LIKENESS]
    return sorted(like, key=lambda name: likeness[name], reverse=True)[:3]
