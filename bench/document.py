"""docs/performance.md and its figure, written from what was measured and from the remarks beside this module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from bench.figure import measured_sizes, write_figure
from bench.places import REPOSITORY
from bench.results import Results
from bench.targets import Target, targets

DOCUMENT = REPOSITORY / "docs/performance.md"
FIGURE = REPOSITORY / "docs/images/performance.svg"
REMARKS = Path(__file__).with_name("remarks.md")

WAYS = {
    "cold": "`make report`, from nothing",
    "again": "`make report FORCE=1`, every stage anew",
    "text": "`make report`, a text of the report changed",
    "unchanged": "`make report`, nothing changed",
    "unchanged_by_make": "the same, through `make` and its check of `.venv`",
    "command_lines": "(a) papermill, nbconvert, WeasyPrint",
    "ploomber": "(b) Ploomber",
    "ploomber_unchanged": "(b) Ploomber, nothing changed",
    "floor": "(c) one plain script",
}
"""Each way to make the sample's report, as the tables name it."""

_HEAD = """\
# Performance

What a report costs, beside other ways to make it. `make bench` measures all of it anew and writes this page from what
it finds; the numbers of each single run are in [performance.json](performance.json).

![{figure}](images/performance.svg)
"""

_WAYS = """\
All make the report of the sample, {period}, on one machine, in turns: each round measures every way once, and each
round begins with another one.

- **(a)** is four calls of the papermill command line for the same notebooks, then `nbconvert` and `weasyprint` for HTML
  and PDF of the executed fourth one. It makes the same tables and pages with the same sections. It leaves out what
  these tools do not do: the frame of the page, the fonts, the internal edition, the pages to work with, the guard,
  the manifest, and that a failed run leaves the former report as it was.
- **(b)** is a pipeline of Ploomber{ploomber} with the same notebooks as tasks and the same two calls at its end, in an
  environment of its own ([requirements.lock](../bench/ploomber/requirements.lock)); its statistics are turned off. It
  leaves out the same as (a).
- **(c)** is [one plain script](../bench/floor.py) that calls the functions behind the notebooks in one process. A test
  holds its public files against those of `make report`: tables and PDF are the same bytes, the page is the same but for
  the order of attributes. It leaves out notebooks, kernels, everything restricted, the internal edition, the pages to
  work with, the guard and the manifest.
- `make report` stands for the command that `make` calls. 'A text changed' is measured in a copy of the program, in
  which a sentence of the last section is another one each time.
"""

_ROWS = """\
Invented registers (`make demo` with a name) over ten years; the report is that of {period}. A step is what lies between
its line on the terminal and the one before, its peak that of all processes together. Plain pandas is
[a script written by hand](../bench/plain_pandas.py) after [indicators.md](indicators.md) for the figures of the metrics
stage; a test holds it against `indicators.csv` on the sample and the demonstration. Unlike the stage it has no check,
no disclosure control, no trace of each figure, no annex.
"""

_HOW = """\
## How it is measured

    make bench
    make bench ONLY="report rows-100000" ROUNDS=1

`ONLY` names what is measured, with blanks between: `report`, `periods`, {rows}. What is not named stays as
it was. `ROUNDS` is how often each way is measured (5 without it); of more than one the median is given. Reports of 24
periods and of many rows are made once. `.venv/bin/python -m bench --document` writes this page and measures nothing.

CPU time is that of all processes of a command together, as the system adds it up when they end. Peak memory is the sum
of their proportional set sizes, looked at ten times a second, in which a page that several share counts once. Files
are in the system's cache, bytecode is compiled. The time to set up the environments is in no number.
"""


def write(results: Results) -> None:
    """Write the document and its figure."""
    write_figure(results, FIGURE)
    DOCUMENT.write_text(text_of(results), encoding="utf-8", newline="\n")


def text_of(results: Results) -> str:
    """Return the document for some results; parts that were not measured are left out."""
    rows = {int(part.partition("-")[2]): found for part, found in results.items() if part.startswith("rows-")}
    parts = [_HEAD.format(figure=_figure(results)), _targets(targets(results))]
    if "report" in results:
        parts.append(_single(results["report"]))
    if "periods" in results:
        parts.append(_periods(results["periods"]))
    if rows:
        parts.append(_many_rows(dict(sorted(rows.items()))))
    names = ", ".join(f"`rows-{size}`" for size in (1_000, 10_000, 100_000, 1_000_000))
    parts += [REMARKS.read_text(encoding="utf-8"), _machines(results), _HOW.format(rows=names)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _figure(results: Results) -> str:
    """Say in words what the figure shows."""
    of_sizes = ", and seconds for a report by the number of rows" if measured_sizes(results) else ""
    return f"Seconds for one report by each way{of_sizes}"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in Markdown; all columns but the first are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _targets(found: Sequence[Target]) -> str:
    rows = [[one.promise, one.measured, one.verdict] for one in found]
    head = "## What is aimed at, and what is reached\n\n"
    note = "Ratios are of seconds on the clock unless they say CPU.\n\n"
    lines = [["target", "measured", "reached"], ["---", "---", "---"], *rows]
    return head + note + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _single(part: Mapping[str, Any]) -> str:
    from bench.places import PERIOD

    ways, base = part["ways"], part["ways"]["command_lines"]
    rows = [
        [
            title,
            _seconds(ways[name]["seconds"]),
            _seconds(ways[name]["cpu_seconds"]),
            f"{ways[name]['peak_mib']:.0f}",
            ratio(base["seconds"], ways[name]["seconds"]),
            ratio(base["cpu_seconds"], ways[name]["cpu_seconds"]),
        ]
        for name, title in WAYS.items()
        if name in ways
    ]
    headings = ["way", "seconds", "CPU seconds", "peak MiB", "faster than (a)", "less CPU than (a)"]
    version = f" {part['ploomber']}" if "ploomber" in part else ""
    missing = f"\n(b) was not measured: {part['ploomber_missing']}\n" if "ploomber_missing" in part else ""
    text = _WAYS.format(period=PERIOD, ploomber=version)
    steps = table(["step", "seconds", "CPU seconds", "peak MiB"], [_step(step) for step in part["steps"]])
    return (
        f"## One report\n\n{text}{missing}\nMedians of {_runs(part['rounds'])}:\n\n{table(headings, rows)}\n"
        f"### Where its time goes\n\n`make report` from nothing, step by step:\n\n{steps}"
    )


def _periods(part: Mapping[str, Any]) -> str:
    many, single, times = part["reports"], part["single"], part["times_24"]
    rows = [
        ["`make reports`, from nothing", _seconds(many["seconds"]), _seconds(many["cpu_seconds"]), _mib(many)],
        ["(a) for one of them", _seconds(single["seconds"]), _seconds(single["cpu_seconds"]), _mib(single)],
        [f"(a), {part['periods']} times", _seconds(times["seconds"]), _seconds(times["cpu_seconds"]), _mib(single)],
    ]
    text = (
        f"The demonstration with a report for each of {part['periods']} months. (a) was measured for {single['runs']} "
        "of them; its time for all is their mean, so many times."
    )
    heading = f"## {part['periods']} periods\n\n"
    return f"{heading}{_wrapped(text)}\n\n{table(['way', 'seconds', 'CPU seconds', 'peak MiB'], rows)}"


def _many_rows(parts: Mapping[int, Mapping[str, Any]]) -> str:
    from bench.rows import PERIOD

    names = list(dict.fromkeys(step["name"] for part in parts.values() for step in part["steps"]))
    headings = ["seconds (peak MiB)", *(f"{rows:,} rows".replace(",", " ") for rows in parts)]
    by_step = [[name, *(_cell(part, name) for part in parts.values())] for name in names]
    whole = ["**the whole report**", *(_whole(part) for part in parts.values())]
    cpu = ["its CPU seconds", *(_seconds(part["report"]["cpu_seconds"]) for part in parts.values())]
    plain = ["plain pandas", *(_plain(part) for part in parts.values())]
    text = _ROWS.format(period=PERIOD)
    return f"## Many rows\n\n{text}\n{table(headings, [*by_step, whole, cpu, plain])}"


def _cell(part: Mapping[str, Any], name: str) -> str:
    step = next((step for step in part["steps"] if step["name"] == name), None)
    return f"{_seconds(step['seconds'])} ({step['peak_mib']:.0f})" if step else "–"


def _whole(part: Mapping[str, Any]) -> str:
    text = f"{_seconds(part['report']['seconds'])} ({_mib(part['report'])})"
    return f"stopped after {part['limit_seconds']} s" if part["is_stopped"] else text


def _plain(part: Mapping[str, Any]) -> str:
    plain = part.get("plain_pandas")
    return f"{_seconds(plain['seconds'])} ({_mib(plain)})" if plain else "–"


def _machines(results: Results) -> str:
    """Say what each part was measured on; parts with the same machine are told together."""
    by_machine: dict[str, list[str]] = {}
    for part, found in sorted(results.items()):
        load = f"{part} ({_runs(found['rounds'])}; load before it {found['load_before']})"
        by_machine.setdefault(_machine(found["machine"]), []).append(load)
    lines = [_wrapped(f"- {described}: {', '.join(parts)}.") for described, parts in by_machine.items()]
    note = (
        "The load is how many processes wanted to run in the minute before: with 0 the machine was quiet; the more, "
        "the longer every time on the clock, and the less a ratio of such times is worth."
    )
    return f"## On what\n\n{_wrapped(note)}\n\n" + "\n".join(lines) + "\n"


def _wrapped(text: str) -> str:
    indent = "  " if text.startswith("- ") else ""
    return fill(text, 120, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def _machine(found: Mapping[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in found["packages"].items())
    processors = f"{found['processors']} processor{'s' if found['processors'] != 1 else ''}"
    return f"{processors}, {found['memory_gib']:.0f} GiB, {found['system']}, Python {found['python']}, {packages}"


def _step(step: Mapping[str, Any]) -> list[str]:
    return [step["name"], _seconds(step["seconds"]), _seconds(step["cpu_seconds"]), f"{step['peak_mib']:.0f}"]


def _runs(rounds: int) -> str:
    return f"{rounds} runs" if rounds != 1 else "1 run"


def _mib(found: Mapping[str, Any]) -> str:
    return f"{found['peak_mib']:.0f}"


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio(base: float, value: float) -> str:
    """Say how many times smaller a value is than its base."""
    return f"{base / value:.2f} ×" if value and base / value < 10 else f"{base / value:.0f} ×" if value else "–"
