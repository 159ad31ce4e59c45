"""Notebooks run hermetically, leave the same bytes, and tell no value of the data when they fail."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution import exchange, sets
from pipeline.execution.errors import ExecutionError, NotebookFailed
from pipeline.execution.manifest import code_digest, read_manifest
from pipeline.execution.runner import Step

pytestmark = pytest.mark.notebooks
SECRET = "Sarantuya 9911-2233"


WRITE = "from pathlib import Path\n_ = Path('../../public/out.txt').write_text(f'made for {period}')"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_run_leaves_the_same_bytes_again_and_elsewhere(tmp_path: Path) -> None:
    book = notebook(tmp_path, "01_a", WRITE, "print(period)\n{'a': 1}", "import os\nos.getcwd()")
    for target in (tmp_path / "one" / "set", tmp_path / "one" / "set", tmp_path / "two words" / "set"):
        make(target, book)
    first, second = files(tmp_path / "one" / "set"), files(tmp_path / "two words" / "set")
    assert first == second
    assert first["public/out.txt"] == b"made for 2024Q1"
    assert str(tmp_path).encode() not in b"".join(first.values())


FAILURES = {
    "a message": f"raise ValueError('{SECRET}')",
    "a local variable": f"row = '{SECRET}'\n1 / 0",
    "a printed line": f"import sys\nprint('{SECRET}', file=sys.stderr)\nraise KeyError('{SECRET}')",
    "a chained exception": f"try:\n    int('{SECRET}')\nexcept ValueError as e:\n    raise RuntimeError(str(e)) from e",
    "a system exit": f"import sys\nsys.exit('{SECRET}')",
    "a group": f"raise ExceptionGroup('{SECRET}', [ValueError('{SECRET}')])",
}


@pytest.mark.parametrize("place", FAILURES)
def test_a_failed_notebook_tells_no_value(place: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = FAILURES[place].replace(SECRET, "' + open('../../../secret').read() + '")
    (tmp_path / "secret").write_text(SECRET)
    target = tmp_path / "set"
    make(target, notebook(tmp_path, "00_good", WRITE))
    before = files(target)
    with pytest.raises(NotebookFailed) as failure:
        make(target, notebook(tmp_path, "01_bad", source))
    kept = target / "internal" / "failed" / "01_bad.ipynb"
    assert failure.value.failed_notebook == kept
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    outputs = [cell.get("outputs", []) for cell in json.loads(kept.read_text(encoding="utf-8"))["cells"]]
    captured = capfd.readouterr()
    for text in (json.dumps(outputs), str(failure.value), captured.out, captured.err):
        assert SECRET not in text
        assert "Sarantuya" not in text
    assert {name: data for name, data in files(target).items() if not name.startswith("internal/failed/")} == before
    make(target, notebook(tmp_path, "00_good", WRITE))
    assert files(target) == before


def test_an_error_that_is_a_sentence_keeps_it_and_others_do_not(tmp_path: Path) -> None:
    source = "class InputError(Exception): pass\nraise InputError('register.csv, row 3: mend it')"
    with pytest.raises(NotebookFailed) as failure:
        make(tmp_path / "set", notebook(tmp_path, "01_a", source), sentence_errors={"InputError"})
    assert (failure.value.error_name, failure.value.message) == ("InputError", "register.csv, row 3: mend it")
    with pytest.raises(NotebookFailed) as failure:
        make(tmp_path / "set", notebook(tmp_path, "01_a", source))
    assert failure.value.message is None


def test_nothing_of_a_user_s_own_reaches_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise SystemExit('user startup')")
    spec = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": ["false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    book = notebook(tmp_path, "01_a", WRITE, "import os, sys\nos.environ['TZ'], os.environ.get('PYTHONWARNINGS')")
    make(tmp_path / "set", book)
    text = (tmp_path / "set" / "internal" / "notebooks" / "01_a.ipynb").read_text(encoding="utf-8")
    assert "('UTC', None)" in text


def test_an_unwritable_home_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    make(tmp_path / "set", notebook(tmp_path, "01_a", WRITE))
    assert (tmp_path / "set" / "public" / "out.txt").is_file()


def test_parameters_that_a_notebook_does_not_know_are_refused(tmp_path: Path) -> None:
    for parameters in ({"period": "2024", "colour": "blue"}, {}):
        with pytest.raises(ExecutionError):
            make(tmp_path / "set", notebook(tmp_path, "01_a", WRITE), parameters=parameters)
    assert not (tmp_path / "set").exists()


def test_each_notebook_is_given_the_parameters_that_it_declares(tmp_path: Path) -> None:
    name, path = notebook(tmp_path, "02_b", "print('other:', other)")
    path.write_text(path.read_text().replace('period: str = \\"2024H1\\"', 'other: str = \\"none\\"'))
    both = [notebook(tmp_path, "01_a", WRITE), (name, path)]
    make(tmp_path / "set", *both, parameters={"period": "2024Q1", "other": "2024Q2"})
    assert (tmp_path / "set" / "public" / "out.txt").read_text() == "made for 2024Q1"
    assert "other: 2024Q2" in (tmp_path / "set" / "internal" / "notebooks" / "02_b.ipynb").read_text()
    with pytest.raises(ExecutionError, match="No notebook has a parameter third"):
        make(tmp_path / "set", *both, parameters={"period": "2024Q1", "other": "2024Q2", "third": ""})


def test_a_step_or_a_guard_that_refuses_leaves_the_former_set(tmp_path: Path) -> None:
    target = tmp_path / "set"
    book = notebook(tmp_path, "01_a", WRITE)
    make(target, book)
    before = files(target)

    def refuse(folder: Path) -> None:
        raise ExecutionError("no")

    for settings in ({"steps": [Step("html", refuse)]}, {"guard": refuse}):
        with pytest.raises(ExecutionError, match="no"):
            make(target, book, parameters={"period": "2024Q2"}, **settings)
        assert files(target) == before
        assert sorted(p.name for p in tmp_path.iterdir() if "staging" in p.name) == []


def test_an_input_that_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("1")
    change = Step("x", lambda folder: register.write_text("2") and None)
    with pytest.raises(ExecutionError, match=r"register.csv changed while the notebooks ran"):
        make(
            tmp_path / "set",
            notebook(tmp_path, "01_a", WRITE),
            inputs=lambda: {"register.csv": register},
            steps=[change],
        )
    assert not (tmp_path / "set").exists()


def test_single_stages_keep_what_is_public_and_both_runs_are_on_record(tmp_path: Path) -> None:
    target = tmp_path / "set"
    make(target, notebook(tmp_path, "01_a", WRITE))
    make(target, notebook(tmp_path, "02_b", WRITE), parameters={"period": "2024Q4"}, keep_public=True)
    assert (target / "public" / "out.txt").read_text() == "made for 2024Q1"
    manifest = read_manifest(target)
    assert manifest is not None
    internal, public = manifest["runs"]
    assert internal["parameters"] == {"period": "2024Q4"}
    assert list(internal["outputs"]) == ["internal/notebooks/02_b.ipynb"]
    assert (public["parameters"], list(public["outputs"])) == ({"period": "2024Q1"}, ["public/out.txt"])


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_modes_do_not_depend_on_the_umask(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        make(tmp_path / "out" / "set", notebook(tmp_path, "01_a", WRITE))
    finally:
        os.umask(before)
    modes = {
        name: stat.S_IMODE((tmp_path / "out" / "set" / name).stat().st_mode)
        for name in (".", "public", "public/out.txt", "internal", "manifest.json")
    }
    assert modes == {".": 0o755, "public": 0o755, "public/out.txt": 0o644, "internal": 0o700, "manifest.json": 0o600}


def in_place(target: Path, text: str) -> None:
    with sets.staged_set(target) as folder:
        (folder / "public" / "out.txt").write_text(text)


def test_without_an_exchange_of_folders_a_half_done_swap_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "set"
    in_place(target, "old")
    target.rename(exchange.former_name(target))  # as a run leaves it that is killed between the two renames
    (tmp_path / ".set.staging-dead").mkdir()
    seen = []

    def look() -> None:
        with sets.staged_set(target):
            seen.append((target / "public" / "out.txt").read_text())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        look()
    assert seen == ["old"]
    assert (target / "public" / "out.txt").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".set.lock", "set"]


def test_a_second_run_waits_and_says_so(tmp_path: Path) -> None:
    target, said = tmp_path / "set", []
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom pathlib import Path\nfrom pipeline.execution.sets import staged_set\n"
            f"with staged_set(Path({str(target)!r})):\n    print('held', flush=True)\n    time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        entered = []
        with (
            pytest.raises(ExecutionError, match="Another run was still writing"),
            sets.staged_set(target, wait_seconds=0.3, say=said.append) as folder,
        ):
            entered.append(folder)
        assert entered == []
        assert not target.exists()
        assert "waiting for it" in said[0]
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    in_place(target, "after the kill")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".set.lock", "set"]


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    import errno

    target = tmp_path / "set"
    in_place(target, "old")

    def fill(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "x"))

    with pytest.raises(ExecutionError, match="The disk is full"):
        make(target, notebook(tmp_path, "01_a", WRITE), steps=[Step("pdf", fill)])
    assert (target / "public" / "out.txt").read_text() == "old"


def test_a_killed_driver_takes_its_kernel_along(tmp_path: Path) -> None:
    notebook(
        tmp_path,
        "01_a",
        "import os\nfrom pathlib import Path\nPath('../../../pid').write_text(str(os.getpid()))",
        "import time\ntime.sleep(60)",
    )
    code = (
        "from pathlib import Path\nfrom pipeline.execution.runner import run\n"
        f"run(target=Path({str(tmp_path / 'set')!r}), notebooks=[('a', Path({str(tmp_path / '01_a.ipynb')!r}))], "
        "parameters={'period': 'x'}, environment={})"
    )
    driver = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
    kernel = int((tmp_path / "pid").read_text())
    driver.kill()
    driver.wait()
    wait_for(lambda: not is_running(kernel))
    make(tmp_path / "set", notebook(tmp_path, "02_b", WRITE))
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".set")) == [".set.lock"]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_the_digest_of_the_program_follows_its_files(tmp_path: Path) -> None:
    root = tmp_path / "pipeline"
    root.mkdir()
    (root / "a.py").write_text("1")
    first = code_digest([root])
    (root / "__pycache__").mkdir()
    (root / "__pycache__" / "a.py").write_text("x")
    assert code_digest([root]) == first
    (root / "a.py").write_text("2")
    assert code_digest([root]) != first
    assert sets.LOCK_SECONDS > 0
