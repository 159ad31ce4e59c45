"""Kernels copied from one warm process: the same outputs, nothing shared, nothing left, and a way without them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution import warm
from pipeline.execution.errors import NotebookFailed
from pipeline.execution.imports import imported_modules

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are copied on Linux alone"),
]
LOUD = (
    "import random, sys, tempfile, threading, uuid, warnings\nimport numpy as np\nimport matplotlib.pyplot as plt",
    "print(period, __name__, sorted(name for name in globals() if 'pipeline' in name), threading.active_count() > 0)",
    "warnings.warn('a warning')",
    "figure, axes = plt.subplots()\n_ = axes.plot([1, 2, 3])",
    "plt.get_backend(), plt.get_fignums()",
    "figure, axes = plt.subplots(figsize=(2, 1))\naxes.bar(['a', 'b'], [1, 2])\nplt.show()",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "hash('a text'), sys.flags.hash_randomization",
    "1 / 1",
)


def outputs(folder: Path, name: str) -> list[dict]:
    made = json.loads((folder / "internal" / "notebooks" / f"{name}.ipynb").read_text())
    return [cell.get("outputs") for cell in made["cells"]]


def said_text(folder: Path, name: str) -> str:
    return "".join("".join(output.get("text", "")) for cell in outputs(folder, name) for output in cell or ())


@pytest.fixture
def without_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise warm.NoServerError("there is none in this test")

    monkeypatch.setattr(warm, "KernelServer", refuse)


def test_a_copied_kernel_puts_out_what_an_ordinary_one_does(
    tmp_path: Path, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    books = notebook(tmp_path, "01_a", *LOUD), notebook(tmp_path, "02_b", LOUD[0], *reversed(LOUD[2:]))
    make(tmp_path / "warm", *books)
    assert "starts Python anew" not in capfd.readouterr().err
    request.getfixturevalue("without_copies")
    make(tmp_path / "cold", *books)
    assert (
        "Every notebook starts Python anew, which takes longer: there is none in this test." in capfd.readouterr().err
    )
    for name in ("01_a", "02_b"):
        assert outputs(tmp_path / "warm", name) == outputs(tmp_path / "cold", name)
    kinds = {kind for cell in outputs(tmp_path / "warm", "01_a") for out in cell or () for kind in out.get("data", ())}
    assert {"image/png", "text/html"} <= kinds


def test_what_a_notebook_leaves_in_its_process_is_unknown_to_the_next(tmp_path: Path) -> None:
    leave = (
        "import os, sys, pandas, matplotlib\npandas.left = 1\nsys.path.append('left')\nos.environ['LEFT'] = '1'\n"
        "os.chdir('/')\nmatplotlib.rcParams['lines.linewidth'] = 9\nleft = os.getpid()"
    )
    look = (
        "import os, sys, pandas, matplotlib\nfrom pathlib import Path\n"
        "print(hasattr(pandas, 'left'), 'left' in sys.path, 'LEFT' in os.environ, Path.cwd().name,\n"
        "      matplotlib.rcParams['lines.linewidth'], 'left' in globals())"
    )
    make(tmp_path / "set", notebook(tmp_path, "01_a", leave), notebook(tmp_path, "02_b", look))
    assert said_text(tmp_path / "set", "02_b") == "False False False notebooks 1.5 False\n"


def test_the_kernels_have_one_parent_that_ran_nothing_and_ends_with_the_run(tmp_path: Path) -> None:
    show = "import os, pandas\nprint(os.getppid(), os.getpid())"
    make(tmp_path / "set", *(notebook(tmp_path, name, show) for name in ("01_a", "02_b")))
    (first, one), (second, other) = (said_text(tmp_path / "set", name).split() for name in ("01_a", "02_b"))
    assert first == second
    assert len({first, one, other, str(os.getpid())}) == 4
    assert not [number for number in (first, one, other) if Path(f"/proc/{number}").exists()]


def test_a_module_that_starts_a_thread_is_not_copied_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "threading_one.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")])}
    make(tmp_path / "set", notebook(tmp_path, "01_a", "import threading_one\nprint('done')"), environment=environment)
    assert "a module that the notebooks import starts a thread" in capfd.readouterr().err
    assert said_text(tmp_path / "set", "01_a") == "done\n"


def test_when_the_process_to_copy_dies_before_it_is_needed_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Dead(warm.KernelServer):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            self._process.kill()

    monkeypatch.setattr(warm, "KernelServer", Dead)
    make(tmp_path / "set", notebook(tmp_path, "01_a", "print('done')"), notebook(tmp_path, "02_b", "print('too')"))
    assert capfd.readouterr().err.count("Every notebook starts Python anew") == 1
    assert said_text(tmp_path / "set", "02_b") == "too\n"


def test_when_it_dies_under_a_notebook_the_notebook_is_told_to_have_ended(tmp_path: Path) -> None:
    kill = (
        "import os, time\nfrom pathlib import Path\n"
        "assert 'kernel_server' in Path(f'/proc/{os.getppid()}/cmdline').read_text()\n"
        f"os.kill(os.getppid(), {int(signal.SIGKILL)})\ntime.sleep(30)"
    )
    began = time.monotonic()
    with pytest.raises(NotebookFailed, match="ended before the notebook did"):
        make(tmp_path / "set", notebook(tmp_path, "01_a", kill))
    assert time.monotonic() - began < 25
    assert not (tmp_path / "set" / "public").exists()


def test_a_module_that_cannot_be_imported_is_the_notebook_s_own_matter(tmp_path: Path) -> None:
    books = notebook(tmp_path, "01_a", "try:\n    import no_such_module\nexcept ImportError:\n    print('missing')")
    make(tmp_path / "set", books)
    assert said_text(tmp_path / "set", "01_a") == "missing\n"


def test_what_the_code_of_notebooks_imports_is_listed_once_in_order(tmp_path: Path) -> None:
    _, one = notebook(tmp_path, "01_a", "import os.path, json\nfrom pathlib import Path as P", "%matplotlib inline")
    _, two = notebook(tmp_path, "02_b", "import json\nif True:\n    from . import x\n    import csv")
    assert imported_modules([one, two]) == ["os.path", "json", "pathlib", "pathlib.Path", "csv"]


def test_a_signal_that_asks_again_for_the_end_of_a_kernel_does_no_harm() -> None:
    class Server:
        asked = 0

        def code_of(self, process: int) -> int:
            self.asked += 1
            if self.asked == 1:  # as the handler of a signal does in the midst of it
                assert kernel.poll() == 3
            return 3

    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    kernel = warm.ForkedProcess(process.pid, os.pidfd_open(process.pid), Server())  # type: ignore[arg-type]
    assert kernel.wait(30) == 3
    assert kernel.poll() == 3
    process.wait()


def test_when_it_dies_with_the_next_kernel_at_hand_the_next_notebook_has_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Dies(warm.KernelServer):
        def code_of(self, process: int) -> int:
            code = super().code_of(process)
            if not self._process.poll():  # the first notebook's kernel has ended, the second's waits
                self._process.kill()
                self._process.wait()
            return code

    monkeypatch.setattr(warm, "KernelServer", Dies)
    make(tmp_path / "set", *(notebook(tmp_path, name, f"print({name!r})") for name in ("01_a", "02_b", "03_c")))
    assert capfd.readouterr().err.count("Every notebook starts Python anew") == 1
    assert [said_text(tmp_path / "set", name) for name in ("01_a", "02_b", "03_c")] == ["01_a\n", "02_b\n", "03_c\n"]
