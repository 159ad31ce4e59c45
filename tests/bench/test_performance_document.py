"""docs/performance.md says what was measured, and whether each target is reached."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from bench import document, results
from bench.__main__ import PARTS, main
from bench.figure import write_figure
from bench.measuring import BenchError
from bench.targets import targets


def way(seconds: float, cpu_seconds: float) -> dict[str, Any]:
    return {"runs": 5, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mib": 300.0}


def step(name: str, seconds: float) -> dict[str, Any]:
    return {"name": name, "seconds": seconds, "cpu_seconds": seconds / 2, "peak_mib": 200.0}


def rows(count: int, seconds: float, peak_mib: float, stage: float, plain: float) -> dict[str, Any]:
    report = {**way(seconds, seconds), "peak_mib": peak_mib}
    return {
        **MEASURED,
        "rows": count,
        "report": report,
        "is_stopped": False,
        "limit_seconds": 900,
        "steps": [step("metrics", stage), step("end", 1.0)],
        "plain_pandas": way(plain, plain),
    }


MACHINE = {"processors": 2, "memory_gib": 23.4, "system": "Linux", "python": "3.11.7", "packages": {"pandas": "3.1.1"}}
MEASURED: dict[str, Any] = {"machine": MACHINE, "rounds": 5, "load_before": 0.2}
WAYS = {
    "cold": way(4.0, 6.0),
    "again": way(4.4, 6.0),
    "text": way(2.2, 2.0),
    "unchanged": way(0.3, 0.2),
    "command_lines": way(20.0, 20.0),
    "ploomber": way(18.0, 18.0),
    "floor": way(3.0, 3.0),
}
REACHED: dict[str, Any] = {
    "report": {**MEASURED, "ways": WAYS, "ploomber": "1.2", "steps": [step("cleaning", 1.0), step("end", 0.5)]},
    "periods": {
        **MEASURED,
        "periods": 24,
        "reports": way(48.0, 90.0),
        "single": way(20.0, 20.0),
        "times_24": {"seconds": 480.0, "cpu_seconds": 480.0},
    },
    "rows-100000": rows(100_000, 10.0, 900.0, 2.0, 1.0),
    "rows-1000000": rows(1_000_000, 110.0, 3072.0, 20.0, 10.0),
}
"""Results that reach every target, most of them barely."""

WORSE = [
    ("From nothing at least 5 times", ("report", "ways", "cold", "seconds"), 4.01),
    ("From nothing at most 1.5 times", ("report", "ways", "floor", "seconds"), 2.6),
    ("Nothing changed: at most 1/20", ("report", "ways", "unchanged", "seconds"), 1.01),
    ("Nothing changed: under half a second", ("report", "ways", "unchanged", "cpu_seconds"), 0.5),
    ("Only a text", ("report", "ways", "text", "seconds"), 2.21),
    ("24 periods", ("periods", "reports", "seconds"), 48.1),
    ("From 100 000 to 1 000 000 rows", ("rows-1000000", "report", "seconds"), 110.1),
    ("A million rows", ("rows-1000000", "report", "peak_mib"), 3073.0),
    ("The metrics stage", ("rows-1000000", "plain_pandas", "seconds"), 9.9),
]


def test_the_document_and_its_figure_are_made_from_the_stored_results(tmp_path: Path) -> None:
    stored = results.read()
    assert set(stored) <= set(PARTS)
    assert document.DOCUMENT.read_text(encoding="utf-8") == document.text_of(stored)
    for place in (tmp_path / "one.svg", tmp_path / "other.svg"):
        write_figure(stored, place)
        assert place.read_text(encoding="utf-8") == document.FIGURE.read_text(encoding="utf-8")


def test_the_figure_has_a_panel_for_sizes_only_where_some_were_measured_to_their_end(tmp_path: Path) -> None:
    none, stopped = {"report": REACHED["report"]}, copy.deepcopy(REACHED)
    for part in ("rows-100000", "rows-1000000"):
        stopped[part]["is_stopped"] = True
    for place, (measured, has_panel) in enumerate([(none, False), (stopped, False), (REACHED, True)]):
        file = tmp_path / f"{place}.svg"
        write_figure(measured, file)
        assert ("rows of the register" in file.read_text(encoding="utf-8")) is has_panel
        assert ("by the number of rows](" in document.text_of(measured)) is has_panel


def test_a_target_that_is_barely_reached_is_reached() -> None:
    assert [one.promise for one in targets(REACHED) if one.holds is not True] == []


@pytest.mark.parametrize(("promise", "keys", "number"), WORSE)
def test_a_target_that_is_barely_missed_is_missed_and_no_other(
    promise: str, keys: tuple[str, ...], number: float
) -> None:
    worse: Any = copy.deepcopy(REACHED)
    *way_there, last = keys
    place = worse
    for key in way_there:
        place = place[key]
    place[last] = number
    missed = [one.promise for one in targets(worse) if not one.holds]
    assert len(missed) == 1
    assert missed[0].startswith(promise)
    assert document.text_of(worse).count("| **no** |") == 1


def test_each_target_has_a_case_here() -> None:
    assert [one.promise.startswith(case[0]) for one, case in zip(targets({}), WORSE, strict=True)] == [True] * len(
        WORSE
    )


def test_what_was_not_measured_is_said_to_be_so() -> None:
    assert {one.verdict for one in targets({})} == {"not measured"}
    assert document.text_of({}).count("not measured") == len(WORSE)


def test_a_register_that_was_given_up_reaches_nothing_and_the_table_says_when() -> None:
    stopped = copy.deepcopy(REACHED)
    stopped["rows-1000000"] |= {"is_stopped": True}
    del stopped["rows-1000000"]["plain_pandas"]
    assert [one.holds for one in targets(stopped)][-3:] == [False] * 3
    assert "stopped after 900 s" in document.text_of(stopped)


def test_the_table_gives_each_way_with_its_ratio_to_the_command_lines() -> None:
    text = document.text_of(REACHED)
    assert "| (a) papermill, nbconvert, WeasyPrint | 20.0 | 20.0 | 300 | 1.00 × | 1.00 × |\n" in text
    assert "| `make report`, from nothing | 4.00 | 6.00 | 300 | 5.00 × | 3.33 × |\n" in text
    assert "| `make report`, nothing changed | 0.30 | 0.20 | 300 | 67 × | 100 × |\n" in text
    assert "| **the whole report** | 10.0 (900) | 110.0 (3072) |\n" in text


def test_a_part_that_is_measured_anew_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "performance.json"
    results.keep("report", {"a": 1}, file)
    results.keep("periods", {"b": 2}, file)
    results.keep("report", {"a": 3}, file)
    assert results.read(file) == {"report": {"a": 3}, "periods": {"b": 2}}


def test_a_part_that_fails_leaves_the_others_their_turn_and_its_former_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> dict[str, Any]:
        raise BenchError("it ended with code 1")

    def works(*_: object) -> dict[str, Any]:
        return {"found": 2}

    file, written = tmp_path / "performance.json", []
    read, keep = results.read, results.keep
    results.keep("report", {"found": 1}, file)
    monkeypatch.setattr(results, "keep", lambda part, found: keep(part, found, file))
    monkeypatch.setattr(results, "read", lambda place=file: read(place))
    monkeypatch.setattr(document, "write", written.append)
    monkeypatch.setitem(PARTS, "report", fails)
    monkeypatch.setitem(PARTS, "periods", works)
    assert main(["--only=report,periods"]) == 1
    assert "report: Error: it ended with code 1" in capsys.readouterr().err
    (kept,) = written
    assert kept["report"] == {"found": 1}
    assert (kept["periods"]["found"], kept["periods"]["rounds"]) == (2, 5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only=report rows"], "ONLY names rows. Allowed are report, periods, rows-1000,"),
        (["--rounds=0"], "ROUNDS is '0'. Allowed are whole numbers from 1 to 99"),
        (["--rounds=two"], "ROUNDS is 'two'."),
    ],
)
def test_a_wrong_call_is_told_and_nothing_is_measured(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = results.FILE.read_bytes()
    assert main(arguments) == 1
    assert told in capsys.readouterr().err
    assert results.FILE.read_bytes() == before
