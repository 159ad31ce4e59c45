"""What is aimed at, each as a number that is measured and a bound that it must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GIB = 1024


@dataclass(frozen=True)
class Target:
    """A promise, what was measured of it, and whether it holds; None where nothing was measured."""

    promise: str
    measured: str
    holds: bool | None

    @property
    def verdict(self) -> str:
        """Say so in a word."""
        return "not measured" if self.holds is None else "yes" if self.holds else "**no**"


def targets(results: Mapping[str, Any]) -> list[Target]:
    """Hold the results against every target, in the order in which they are told."""
    return [*_single(results.get("report")), _periods(results.get("periods")), *_rows(results)]


_SINGLE = (
    "From nothing at least 5 times as fast as (a)",
    "From nothing at most 1.5 times (c)",
    "Nothing changed: at most 1/20 of (a)",
    "Nothing changed: under half a second of CPU",
    "Only a text of the report changed: at most half of a full run",
)


def _single(part: Mapping[str, Any] | None) -> list[Target]:
    if part is None:
        return [Target(promise, "", None) for promise in _SINGLE]
    ways = part["ways"]
    cold, lines, floor, text = (ways[name] for name in ("cold", "command_lines", "floor", "text"))
    unchanged = ways.get("unchanged_by_make", ways["unchanged"])
    by_cpu = lines["cpu_seconds"] / cold["cpu_seconds"]
    over_floor, cpu_over_floor = (cold[of] / floor[of] for of in ("seconds", "cpu_seconds"))
    found = [
        (
            f"{_two(lines['seconds'] / cold['seconds'])} times; by CPU {_two(by_cpu)}",
            lines["seconds"] >= 5 * cold["seconds"],
        ),
        (
            f"{_two(over_floor)} times; by CPU {_two(cpu_over_floor)}",
            over_floor <= 1.5,
        ),
        (_part(lines["seconds"], unchanged["seconds"]), 20 * unchanged["seconds"] <= lines["seconds"]),
        (f"{_two(unchanged['cpu_seconds'])} s", unchanged["cpu_seconds"] < 0.5),
        (
            f"{100 * text['seconds'] / ways['again']['seconds']:.0f} %; by CPU "
            f"{100 * text['cpu_seconds'] / ways['again']['cpu_seconds']:.0f} %",
            2 * text["seconds"] <= ways["again"]["seconds"],
        ),
    ]
    return [Target(promise, measured, holds) for promise, (measured, holds) in zip(_SINGLE, found, strict=True)]


def _periods(part: Mapping[str, Any] | None) -> Target:
    promise = "24 periods on two processors: at most 1/10 of 24 times (a)"
    if part is None:
        return Target(promise, "", None)
    many, times = part["reports"], part["times_24"]
    by_cpu = _part(times["cpu_seconds"], many["cpu_seconds"])
    measured = f"{_part(times['seconds'], many['seconds'])}; by CPU {by_cpu}"
    return Target(promise, measured, 10 * many["seconds"] <= times["seconds"])


def _rows(results: Mapping[str, Any]) -> list[Target]:
    promises = (
        "From 100 000 to 1 000 000 rows: time grows at most 11-fold",
        "A million rows: at most 3 GiB",
        "The metrics stage of a million rows: at most 2 times plain pandas",
    )
    some, most = results.get("rows-100000"), results.get("rows-1000000")
    if most is None:
        return [Target(promise, "", None) for promise in promises]
    if most["is_stopped"]:
        text = f"stopped after {most['limit_seconds']} s, with {_gib(most['report']['peak_mib'])} until then"
        return [Target(promise, text, False) for promise in promises]
    growth = most["report"]["seconds"] / some["report"]["seconds"] if some else None
    cpu_growth = most["report"]["cpu_seconds"] / some["report"]["cpu_seconds"] if some else 0
    stage = next(step for step in most["steps"] if step["name"] == "metrics")
    plain = most["plain_pandas"]
    over, cpu_over = (stage[of] / plain[of] for of in ("seconds", "cpu_seconds"))
    growing = Target(promises[0], "", None)
    if growth is not None:
        growing = Target(promises[0], f"{growth:.1f}-fold; by CPU {cpu_growth:.1f}-fold", growth <= 11)
    return [
        growing,
        Target(promises[1], _gib(most["report"]["peak_mib"]), most["report"]["peak_mib"] <= 3 * GIB),
        Target(promises[2], f"{_two(over)} times; by CPU {_two(cpu_over)}", over <= 2),
    ]


def _two(value: float) -> str:
    return f"{value:.2f}"


def _part(whole: float, part: float) -> str:
    return f"1/{whole / part:.1f}"


def _gib(mib: float) -> str:
    return f"{mib / GIB:.2f} GiB"
