"""Figures as SVG with words that can be searched, an alternative text, and the same bytes each time.

Colours differ in lightness first, so that they can be told apart in black and white; every bar carries its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

from markupsafe import escape
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK, MUTED, RULE = "#1b2733", "#5b6773", "#c9d1d9"
SERIES = (("#1f4e79", ""), ("#b7c9dc", ""), ("#ffffff", "////"))
"""Fill and hatch of the first, second and third series."""
WIDTH_INCHES = 6.7
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
    """Draw stacked columns, one a label, for a few labels in their natural order."""
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
        for place, total in zip(places, bottom, strict=True):
            axes.annotate(str(total), (place, total), (0, 2), textcoords="offset points", ha="center", color=INK)
        axes.set_xticks(list(places), _wrapped(labels))
        if len(labels) > 12:
            axes.tick_params(axis="x", labelrotation=90)
        axes.set_ylabel(axis)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_ylim(0, max([1, *bottom]) * 1.16)
        _frame(axes, "left")
        _legend(figure, series)
        return Picture(_svg(figure), alternative, caption)


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
