"""What the bench measures of a command is what the command did, all its processes together."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.measuring import BenchError, Contender, Mark, Measurement, in_turns, measured, summary
from bench.single import stages_that_ran, steps

MIB = 1 << 20


def python(code: str, tmp_path: Path, name: str = "one") -> Contender:
    return Contender(name, [sys.executable, "-c", code], {}, tmp_path)


def test_the_memory_of_a_child_of_the_command_counts(tmp_path: Path) -> None:
    child = "import time; held = bytearray(b'x') * 200_000_000; time.sleep(0.5)"
    one = measured(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])", tmp_path))
    assert 190 * MIB < one.peak_bytes < 400 * MIB


def test_a_page_that_two_processes_share_counts_once(tmp_path: Path) -> None:
    code = (
        "import os, time; held = bytearray(b'x') * 200_000_000\n"
        "if not os.fork(): time.sleep(0.6); os._exit(0)\n"
        "time.sleep(0.6); os.wait()"
    )
    assert measured(python(code, tmp_path)).peak_bytes < 300 * MIB


def test_a_process_that_is_copied_while_it_is_looked_at_counts_once(tmp_path: Path) -> None:
    code = (
        "import os, time; held = bytearray(b'x') * 500_000_000\n"
        "end = time.monotonic() + 3\n"
        "while time.monotonic() < end:\n"
        "    if not os.fork(): time.sleep(0.05); os._exit(0)\n"
        "    os.wait(); time.sleep(0.02)"
    )
    assert 475 * MIB < measured(python(code, tmp_path)).peak_bytes < 600 * MIB


def test_the_cpu_time_of_an_orphan_counts_and_it_is_waited_for(tmp_path: Path) -> None:
    works = (
        "import pathlib, time\n"
        "while time.process_time() < 0.5: pass\n"
        "pathlib.Path('orphan').write_text(str(time.process_time()))"
    )
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {works!r}], start_new_session=True)"
    one = measured(python(code, tmp_path))
    assert one.cpu_seconds >= float((tmp_path / "orphan").read_text())


def test_each_line_on_stderr_is_a_mark_and_they_rise(tmp_path: Path) -> None:
    one = measured(python("import sys; [print(n, file=sys.stderr, flush=True) for n in 'abc']", tmp_path))
    assert [mark.text for mark in one.marks] == ["a", "b", "c", ""]
    for of in ("seconds", "cpu_seconds"):
        values = [getattr(mark, of) for mark in one.marks]
        assert values == sorted(values)


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    code = "import sys; print('said'); print('complained', file=sys.stderr); sys.exit(3)"
    with pytest.raises(BenchError) as error:
        measured(python(code, tmp_path, "the command"))
    assert str(error.value).splitlines()[0] == "'the command' ended with code 3:"
    assert {"said", "complained"} <= set(str(error.value).splitlines())


def test_a_command_that_takes_too_long_is_stopped_with_its_children(tmp_path: Path) -> None:
    child = "import time; time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    one = measured(python(code, tmp_path), limit_seconds=0.5)
    assert one.is_stopped
    assert one.seconds < 30


def test_a_run_that_did_something_else_is_refused(tmp_path: Path) -> None:
    contender = Contender("one", [sys.executable, "-c", ""], {}, tmp_path, wrong=lambda run: "it ran")
    with pytest.raises(BenchError, match="something else than it was measured for: it ran"):
        measured(contender)


def test_every_way_has_its_turn_in_each_round_and_each_round_begins_with_another(tmp_path: Path) -> None:
    note = "open('order', 'a').write({!r})"
    contenders = [python(note.format(name), tmp_path, name) for name in "abc"]
    found = in_turns(contenders, 3, lambda sentence: None)
    assert (tmp_path / "order").read_text() == "abcbcacab"
    assert {name: len(runs) for name, runs in found.items()} == {"a": 3, "b": 3, "c": 3}


def test_what_is_put_in_place_comes_before_each_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    code = "import pathlib; pathlib.Path('made').rmdir()"
    contender = Contender("one", [sys.executable, "-c", code], {}, tmp_path, made.mkdir)
    assert len(in_turns([contender], 2, lambda sentence: None)["one"]) == 2


def run(seconds: float, *marks: Mark) -> Measurement:
    return Measurement(seconds, 2 * seconds, 100 * MIB, (*marks, Mark("", seconds, 2 * seconds, 7 * MIB)))


def test_medians_are_given_with_every_run() -> None:
    found = summary([run(3.0), run(1.0), run(2.0)])
    assert (found["runs"], found["seconds"], found["cpu_seconds"], found["peak_mib"]) == (3, 2.0, 4.0, 100.0)
    assert found["each_seconds"] == [3.0, 1.0, 2.0]


def test_a_step_is_what_lies_between_two_lines_and_adds_up_to_the_run() -> None:
    told = run(
        10.0,
        Mark("something beside the steps", 1.0, 1.0, 50 * MIB),
        Mark("[1/2] cleaning … done in 2.0 s", 3.0, 5.0, 20 * MIB),
        Mark("[2/2] checks … done in 5.0 s, since project.yml changed", 8.0, 12.0, 30 * MIB),
    )
    found = steps([told])
    assert [step["name"] for step in found] == ["cleaning", "checks", "end"]
    assert [step["seconds"] for step in found] == [3.0, 5.0, 2.0]
    assert [step["cpu_seconds"] for step in found] == [5.0, 7.0, 8.0]
    assert [step["peak_mib"] for step in found] == [20.0, 30.0, 7.0]
    assert stages_that_ran(told) == "cleaning, checks ran, so the program or its data changed meanwhile."


def test_a_run_with_nothing_to_do_told_of_no_stage() -> None:
    assert stages_that_ran(run(0.2)) == ""
