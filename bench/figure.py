"""The figure of docs/performance.md: the same bytes for the same results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OURS, _OTHERS, _TEXT = "#1f5a8a", "#9aa5ad", "#333333"
_LABELS = {
    "unchanged": "nothing changed",
    "text": "a text changed",
    "again": "every stage anew",
    "cold": "from nothing",
    "floor": "(c) one plain script",
    "ploomber": "(b) Ploomber",
    "command_lines": "(a) command lines",
}
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "performance",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _TEXT,
}


def write_figure(results: Mapping[str, Any], target: Path) -> None:
    """Draw the ways to make one report, and the time by the number of rows where that was measured, as SVG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    sizes = measured_sizes(results)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9 if sizes else 5.5, 3.4), layout="constrained")
        FigureCanvasSVG(figure)
        panels = figure.subplots(1, 2 if sizes else 1, squeeze=False)[0]
        _ways(panels[0], results.get("report", {}).get("ways", {}))
        if sizes:
            _rows(panels[1], sizes)
        figure.savefig(target, format="svg", metadata={"Date": None})
    # matplotlib ends lines with blanks.
    lines = target.read_text(encoding="utf-8").splitlines()
    target.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8", newline="\n")


def measured_sizes(results: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what was measured of registers by their rows, fewest first; without what was stopped."""
    sizes = [found for part, found in results.items() if part.startswith("rows-") and not found["is_stopped"]]
    return sorted(sizes, key=lambda part: int(part["rows"]))


def _ways(axes: Any, ways: Mapping[str, Any]) -> None:
    names = [name for name in _LABELS if name in ways]
    seconds = [ways[name]["seconds"] for name in names]
    colours = [_OTHERS if _LABELS[name].startswith("(") else _OURS for name in names]
    bars = axes.barh([_LABELS[name] for name in names], seconds, color=colours)
    axes.bar_label(bars, [f"{value:.1f}" for value in seconds], padding=3)
    axes.set_title("One report of the sample, seconds", loc="left", fontsize=9)
    axes.margins(x=0.12)


def _rows(axes: Any, parts: list[Mapping[str, Any]]) -> None:
    rows = [part["rows"] for part in parts]
    stage = [next(step["seconds"] for step in part["steps"] if step["name"] == "metrics") for part in parts]
    axes.loglog(rows, [part["report"]["seconds"] for part in parts], "o-", color=_OURS, label="the whole report")
    axes.loglog(rows, stage, "s--", color=_OURS, label="its metrics stage")
    axes.loglog(
        rows, [part["plain_pandas"]["seconds"] for part in parts], "^:", color=_OTHERS, label="the same by plain pandas"
    )
    axes.set_xlabel("rows of the register")
    axes.set_title("By the number of rows, seconds", loc="left", fontsize=9)
    axes.legend(frameon=False)
