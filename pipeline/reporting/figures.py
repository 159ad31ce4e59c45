"""Figures as SVG with words that can be searched, an alternative text, and the same bytes each time.

Colours differ in lightness first, so that they can be told apart in black and white; every bar carries its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import pairwise
from textwrap import fill
from urllib.parse import quote

from markupsafe import escape
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

INK, MUTED, RULE = "#1b2733", "#5b6773", "#c9d1d9"
SERIES = (("#1f4e79", ""), ("#b7c9dc", ""), ("#ffffff", "////"))
"""Fill and hatch of the first, second and third series."""
INTERVAL = "#c3cfdb"
WIDTH_INCHES = 6.7
_PANELS_A_ROW = 3
_MOST_LABELLED = 5
"""Periods of a small figure whose points all bear their value; with more, the first and the last."""
_LONGEST_TITLE = 24
"""Letters of a line in the title of a small figure, so that it fits with a wider font too."""
_MOST_MARKED = 40
_MOST_DIGITS = 84
"""Digits that stand beside each other above the columns; more would lie on each other, and none is written."""
_MOST_NAMED = 36
_STEPS = (1, 2, 3, 6, 12)
"""Of how many columns one is named: steps in which a year of months comes out even, and years of them beyond."""
MOST_BARS = 30
"""Bars of a panel; what is smaller than the largest of more is put together."""
_CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
"""The ground of a label that lies on lines. (An outline would turn its words into shapes.)"""
_FONTS = "'Source Sans 3', 'DejaVu Sans', sans-serif"
_BAR_INCHES = 0.19
_LOOK = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "svg.hashsalt": "grm-reporting",
}


@dataclass(frozen=True)
class Series:
    """A row of counts with its name."""

    name: str
    counts: Sequence[int]


@dataclass(frozen=True)
class Picture:
    """A finished figure."""

    svg: str
    alternative: str
    caption: str

    def __html__(self) -> str:
        """Render the figure as an image with its alternative text: inline SVG would give the PDF none."""
        return (
            f'<figure>\n<img alt="{escape(self.alternative)}" src="data:image/svg+xml,{quote(self.svg)}">\n'
            f"<figcaption>{escape(self.caption)}</figcaption>\n</figure>"
        )

    def _repr_html_(self) -> str:
        return self.__html__()


def columns(labels: Sequence[str], series: Sequence[Series], *, axis: str, caption: str, alternative: str) -> Picture:
    """Draw stacked columns, one a label, in their natural order.

    Of very many columns some are named and none bears its number, so that what is written can be read.
    """
    with _style():
        figure = Figure(figsize=(WIDTH_INCHES, 1.6), layout="constrained")
        axes = figure.subplots()
        places = range(len(labels))
        bottom = [0] * len(labels)
        for one, (fill, hatch) in zip(series, SERIES, strict=False):
            axes.bar(
                places, one.counts, 0.62, bottom, label=one.name, color=fill, hatch=hatch, edgecolor=INK, linewidth=0.6
            )
            bottom = [low + count for low, count in zip(bottom, one.counts, strict=True)]
        if len(labels) * len(str(max([0, *bottom]))) <= _MOST_DIGITS:
            for place, total in zip(places, bottom, strict=True):
                axes.annotate(str(total), (place, total), (0, 2), textcoords="offset points", ha="center", color=INK)
        named, wrapped = named_places(len(labels)), _wrapped(labels)
        axes.set_xticks(named, [wrapped[place] for place in named])
        if len(labels) > 12:
            axes.tick_params(axis="x", labelrotation=90)
        axes.set_ylabel(axis)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_ylim(0, max([1, *bottom]) * 1.16)
        _frame(axes, "left")
        _legend(figure, series)
        return Picture(_svg(figure), alternative, caption)


def named_places(count: int) -> list[int]:
    """Return which of so many columns are named: all of a few, else every so many, and the last always."""
    least = -(-count // _MOST_NAMED)
    step = next((one for one in _STEPS if one >= least), -(-least // _STEPS[-1]) * _STEPS[-1])
    last = count - 1
    return [place for place in range(0, count, step) if step == 1 or last - place >= min(step, 3)] + (
        [last] if step > 1 else []
    )


def largest(totals: Sequence[int], most: int = MOST_BARS) -> list[int]:
    """Return the places of the largest totals, in their own order: all where there are no more than `most`, else one
    less, which leaves a bar for the rest. Of equal ones the first count as larger.
    """
    if len(totals) <= most:
        return list(range(len(totals)))
    order = sorted(range(len(totals)), key=lambda place: (-totals[place], place))
    return sorted(order[: most - 1])


def bars(
    panels: Sequence[tuple[str, Sequence[str], Sequence[Series]]], *, axis: str, caption: str, alternative: str
) -> Picture:
    """Draw panels of stacked horizontal bars, for labels of any length; the first label stands on top."""
    with _style():
        heights = [max(1, len(labels)) for _, labels, _ in panels]
        figure = Figure(
            figsize=(WIDTH_INCHES, 0.55 + _BAR_INCHES * sum(heights) + 0.25 * len(panels)), layout="constrained"
        )
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights, sharex=True)
        most = 1
        for (title, labels, series), axes in zip(panels, grid[:, 0], strict=True):
            places = range(len(labels))
            start = [0] * len(labels)
            for one, (fill, hatch) in zip(series, SERIES, strict=False):
                axes.barh(
                    places,
                    one.counts,
                    0.66,
                    start,
                    label=one.name,
                    color=fill,
                    hatch=hatch,
                    edgecolor=INK,
                    linewidth=0.6,
                )
                start = [low + count for low, count in zip(start, one.counts, strict=True)]
            for place, total in zip(places, start, strict=True):
                axes.annotate(str(total), (total, place), (4, 0), textcoords="offset points", va="center", color=INK)
            axes.set_yticks(list(places), labels)
            axes.invert_yaxis()
            axes.set_title(title, loc="left", fontsize=9.5, fontweight="bold", color=INK)
            _frame(axes, "bottom" if axes is grid[-1, 0] else "")
            most = max([most, *start])
        grid[-1, 0].set_xlim(0, most * 1.1)
        grid[-1, 0].xaxis.set_major_locator(MaxNLocator(5, integer=True))
        grid[-1, 0].set_xlabel(axis)
        _legend(figure, panels[0][2])
        return Picture(_svg(figure), alternative, caption)


@dataclass(frozen=True)
class Panel:
    """One of several small figures: a value a period, its label, and the interval around it.

    None leaves a gap. `top` is the upper end of the axis; without it the values decide.
    """

    title: str
    values: Sequence[float | None]
    labels: Sequence[str]
    intervals: Sequence[tuple[float, float] | None] = ()
    top: float | None = None


def small_multiples(
    panels: Sequence[Panel], names: Sequence[str], joined: Sequence[bool], *, caption: str, alternative: str
) -> Picture:
    """Draw panels in rows of three, each a line over the periods `names`, from zero.

    `joined` says of each period but the first whether a line leads to it from the one before; a period without a value
    parts the line as well.
    """
    with _style():
        rows = -(-len(panels) // _PANELS_A_ROW)
        figure = Figure(figsize=(WIDTH_INCHES, 0.35 + 1.45 * rows), layout="constrained")
        grid = figure.subplots(rows, _PANELS_A_ROW, squeeze=False, sharex=True).ravel()
        for axes, panel in zip(grid, panels, strict=False):
            _draw_panel(axes, panel, names, joined)
        for place, axes in enumerate(grid):
            axes.tick_params(axis="x", labelbottom=place + _PANELS_A_ROW >= len(panels))
            axes.set_visible(place < len(panels))
        return Picture(_svg(figure), alternative, caption)


def _draw_panel(axes: Axes, panel: Panel, names: Sequence[str], joined: Sequence[bool]) -> None:
    places = [place for place, value in enumerate(panel.values) if value is not None]
    for former, later in pairwise(range(len(names))):
        begin, end = panel.values[former], panel.values[later]
        if joined[later - 1] and begin is not None and end is not None:
            axes.plot([former, later], [begin, end], color=SERIES[0][0], linewidth=1.4, zorder=2)
    for place, interval in enumerate(panel.intervals):
        if interval is not None:
            axes.plot([place, place], interval, color=INTERVAL, linewidth=7, solid_capstyle="butt", zorder=1)
    values = [value for value in panel.values if value is not None]
    axes.plot(places, values, "o", color=SERIES[0][0], markersize=3.4, zorder=3)
    labelled = places if len(names) <= _MOST_LABELLED else sorted({*places[:1], *places[-1:]})
    for place in labelled:
        interval = panel.intervals[place] if panel.intervals else None
        axes.annotate(
            panel.labels[place],
            (place, interval[1] if interval else panel.values[place] or 0),
            (0, 4),
            textcoords="offset points",
            ha="center",
            color=INK,
            fontsize=8,
            bbox=_CLEAR,
            zorder=4,
        )
    highest = max([*values, *(interval[1] for interval in panel.intervals if interval), 1])
    axes.set_ylim(0, (panel.top or highest) * 1.2)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_xticks(range(len(names)), names)
    if len(names) > 4 or max(map(len, names)) > 7:
        axes.tick_params(axis="x", labelrotation=90)
    axes.yaxis.set_major_locator(FixedLocator([0, 50, 100]) if panel.top else MaxNLocator(3, integer=True))
    axes.set_title(fill(panel.title, _LONGEST_TITLE), loc="left", fontsize=8.5, fontweight="bold", color=INK)
    _frame(axes, "left")


def timeline(
    days: Sequence[date],
    counts: Sequence[int],
    borders: Sequence[tuple[date, str]],
    ticks: Sequence[tuple[date, str]],
    *,
    axis: str,
    caption: str,
    alternative: str,
) -> Picture:
    """Draw a stock over time, from zero; `borders` are lines with what begins there, `ticks` the labels of the axis."""
    with _style():
        figure = Figure(figsize=(WIDTH_INCHES, 2.3), layout="constrained")
        axes = figure.subplots()
        places = [date2num(day) for day in days]
        top = max([1, *counts]) * 1.22
        axes.fill_between(places, counts, color=SERIES[1][0], alpha=0.45, linewidth=0)
        axes.plot(places, counts, color=SERIES[0][0], linewidth=1.5)
        if len(days) <= _MOST_MARKED:
            axes.plot(places, counts, "o", color=SERIES[0][0], markersize=2.6)
        axes.annotate(str(counts[-1]), (places[-1], counts[-1]), (5, 0), textcoords="offset points", va="center")
        for day, name in borders:
            axes.axvline(date2num(day), color=MUTED, linewidth=0.7, linestyle=(0, (3, 2)))
            axes.annotate(
                name, (date2num(day), top), (3, -2), textcoords="offset points", va="top", color=MUTED, fontsize=7.5
            )
        axes.set_xticks([date2num(day) for day, _ in ticks], [label for _, label in ticks])
        axes.set_ylim(0, top)
        axes.set_xlim(places[0], places[-1] + max(1.0, 0.04 * (places[-1] - places[0])))
        axes.set_ylabel(axis)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        _frame(axes, "left")
        return Picture(_svg(figure), alternative, caption)


def ranges(
    names: Sequence[str],
    spreads: Sequence[tuple[float, float] | None],
    labels: Sequence[str],
    *,
    legend: tuple[str, str],
    axis: str,
    caption: str,
    alternative: str,
) -> Picture:
    """Draw a bar from a lower to an upper statistic, one a period, the first on top; None leaves its line empty."""
    with _style():
        figure = Figure(figsize=(WIDTH_INCHES, 0.75 + 0.27 * len(names)), layout="constrained")
        axes = figure.subplots()
        for place, (spread, label) in enumerate(zip(spreads, labels, strict=True)):
            low, high = spread or (0, 0)
            if spread is not None:
                axes.plot([low, high], [place, place], color=SERIES[1][0], linewidth=5, solid_capstyle="butt", zorder=1)
            axes.annotate(
                label,
                (high, place),
                (8, 0),
                textcoords="offset points",
                va="center",
                color=INK,
                fontsize=8,
                bbox=_CLEAR,
            )
        given = [(place, spread) for place, spread in enumerate(spreads) if spread is not None]
        rows = [place for place, _ in given]
        lows, highs = [spread[0] for _, spread in given], [spread[1] for _, spread in given]
        axes.plot(lows, rows, "o", color=SERIES[0][0], markersize=5.5, label=legend[0], zorder=3)
        axes.plot(
            highs,
            rows,
            "D",
            color="white",
            markeredgecolor=SERIES[0][0],
            markersize=5,
            label=legend[1],
            zorder=2,
        )
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(0, max([1, *(high for _, (_, high) in given)]) * 1.35)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlabel(axis)
        _frame(axes, "bottom")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2, frameon=False, borderpad=0)
        return Picture(_svg(figure), alternative, caption)


def points(
    lines: Mapping[str, Sequence[tuple[float, float, int]]], *, across: str, up: str, caption: str, alternative: str
) -> Picture:
    """Draw a small figure a name: per cent against per cent, each point with its number of rows."""
    with _style():
        figure = Figure(figsize=(WIDTH_INCHES, 2.5), layout="constrained")
        grid = figure.subplots(1, max(3, len(lines)), squeeze=False)[0]
        for axes, (name, found) in zip(grid, lines.items(), strict=False):
            axes.plot([0, 100], [0, 100], color=MUTED, linewidth=0.8, linestyle="--")
            axes.plot([one[0] for one in found], [one[1] for one in found], "o-", color=SERIES[0][0], markersize=4)
            for sure, right, n in found:
                axes.annotate(
                    str(n), (sure, right), (0, -10), textcoords="offset points", ha="center", fontsize=6.5, bbox=_CLEAR
                )
            axes.set_title(name, fontsize=8.5, color=INK)
            axes.set_xlim(0, 105)
            axes.set_ylim(-8, 105)
            axes.set_xlabel(across)
            _frame(axes, "left")
        for axes in grid[len(lines) :]:
            axes.set_axis_off()
        grid[0].set_ylabel(up)
        return Picture(_svg(figure), alternative, caption)


def _style() -> AbstractContextManager[None]:
    # Beginning from the defaults keeps a user's own matplotlibrc out of the report.
    return style.context(["default", _LOOK])


def _frame(axes: Axes, kept: str) -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side in (kept, "bottom" if kept == "left" else "left"))
    axes.set_axisbelow(True)
    if kept == "left":
        axes.grid(axis="y", color=RULE, linewidth=0.5)
        axes.spines["left"].set_visible(False)
    else:
        axes.grid(axis="x", color=RULE, linewidth=0.5)


def _legend(figure: Figure, series: Sequence[Series]) -> None:
    if len(series) > 1:
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper left", ncols=len(series), frameon=False, borderpad=0, handlelength=1.2
        )


def _wrapped(labels: Sequence[str]) -> list[str]:
    return [label.replace(" ", "\n") if len(labels) <= 12 else label for label in labels]


def _svg(figure: Figure) -> str:
    buffer = BytesIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue().decode()
    text = re.sub(r"<\?xml.*?\?>\s*<!DOCTYPE.*?>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return text.replace("'DejaVu Sans'", _FONTS)
