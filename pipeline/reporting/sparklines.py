"""A figure over the periods as a line of a few millimetres: from zero, gaps where no value is given, no words in it.

Drawn by hand, since a page has several and needs neither axes nor fonts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from urllib.parse import quote

from markupsafe import Markup, escape

WIDTH, HEIGHT = 240, 56
_LEFT, _RIGHT, _TOP, _BASE = 6.0, 234.0, 7.0, 49.0
_LINE, _RULE = "#1f4e79", "#c9d1d9"
_MOST_DOTS = 24
"""Points up to which each has its dot; beyond, the last one alone and those that stand alone have one."""


def sparkline(values: Sequence[float | None], *, open_ended: Collection[int] = (), top: float | None = None) -> str:
    """Draw values as SVG, None as a gap; places in `open_ended` (provisional) have a hollow dot and a dashed line.

    The line begins at zero; `top` is the value at its upper edge, else the largest one is.
    """
    given = [value for value in values if value is not None]
    height = top or max([0.0, *given]) or 1.0
    step = (_RIGHT - _LEFT) / max(1, len(values) - 1)
    points = [
        None if value is None else (_LEFT + step * place, _BASE - (_BASE - _TOP) * value / height)
        for place, value in enumerate(values)
    ]
    parts = [f'<path d="M{_LEFT:.1f} {_BASE:.1f}H{_RIGHT:.1f}" stroke="{_RULE}" fill="none"/>']
    parts += _lines(points, open_ended)
    parts += _dots(points, open_ended)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def image(svg: str, alternative: str) -> Markup:
    """Put a drawing into a page, with its alternative text."""
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    return Markup(f'<img alt="{escape(alternative)}" {size} src="data:image/svg+xml,{quote(svg)}">')


_Points = Sequence[tuple[float, float] | None]


def _lines(points: _Points, open_ended: Collection[int]) -> list[str]:
    found = []
    for place, (before, after) in enumerate(pairwise(points), start=1):
        if before is not None and after is not None:
            dashed = ' stroke-dasharray="4 3"' if {place - 1, place} & set(open_ended) else ""
            path = f"M{before[0]:.1f} {before[1]:.1f}L{after[0]:.1f} {after[1]:.1f}"
            found.append(f'<path d="{path}" stroke="{_LINE}" stroke-width="2" stroke-linecap="round"{dashed}/>')
    return found


def _dots(points: _Points, open_ended: Collection[int]) -> list[str]:
    there = [place for place, point in enumerate(points) if point is not None]
    alone = [p for p in there if (p == 0 or points[p - 1] is None) and (p + 1 == len(points) or points[p + 1] is None)]
    shown = there if len(points) <= _MOST_DOTS else sorted({*alone, *there[-1:]})
    found = []
    for place in shown:
        point = points[place]
        assert point is not None
        fill = "#ffffff" if place in open_ended else _LINE
        radius = 4 if place == there[-1] else 2.5
        found.append(
            f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="{radius}" fill="{fill}" stroke="{_LINE}" '
            'stroke-width="1.5"/>'
        )
    return found
