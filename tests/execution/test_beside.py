"""A step that makes one file from another is done by a process of its own while the rest is made and looked at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution import warm
from pipeline.execution.runner import Beside, Step

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone"),
]
PRESS = """\
import os

def press(source, target):
    target.write_text(f"{source.read_text()} {os.getpid()}")

def broken(source, target):
    target.write_text("half of it")
    raise ValueError
"""
WRITE = "from pathlib import Path\n_ = Path('../../public/page.html').write_text('a page')"


def by_us(folder: Path) -> None:
    (folder / "public" / "page.pdf").write_text(f"a page {os.getpid()}")


class Watching:
    """A guard that notes which files it sees, and refuses some."""

    def __init__(self, refused: str = "") -> None:
        self.seen: list[set[str]] = []
        self.refused = refused

    def __call__(self, folder: Path) -> None:
        self.seen.append({path.name for path in folder.rglob("*") if path.is_file()})
        if self.refused in self.seen[-1]:
            raise PermissionError(self.refused)


def made(tmp_path: Path, function: str, guard: Watching) -> tuple[str, list[str]]:
    """Make a set with a step beside and one after it; returns what the file says, and the files when that came."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "press_of_test.py").write_text(PRESS)
    found: list[str] = []
    steps = [
        Step("pdf", by_us, Beside(f"press_of_test:{function}", "public/page.html", "public/page.pdf")),
        Step("look", lambda folder: found.extend(path.name for path in (folder / "public").iterdir())),
    ]
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")])}
    make(tmp_path / "set", notebook(tmp_path, "01_a", WRITE), steps=steps, environment=environment, guard=guard)
    return (tmp_path / "set" / "public" / "page.pdf").read_text(), found


def test_another_process_does_it_and_the_guard_sees_the_file_before_it_is_put_in_place(tmp_path: Path) -> None:
    guard = Watching()
    text, found = made(tmp_path, "press", guard)
    assert text.startswith("a page ")
    assert text != f"a page {os.getpid()}"
    assert found == ["page.html"]
    assert ["page.pdf" in seen for seen in guard.seen] == [False, True]


def test_where_it_fails_there_it_is_done_here(tmp_path: Path) -> None:
    assert made(tmp_path, "broken", Watching())[0] == f"a page {os.getpid()}"


def test_where_no_process_can_be_copied_it_is_done_here_in_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise warm.NoServerError("there is none in this test")

    monkeypatch.setattr(warm, "KernelServer", refuse)
    guard = Watching()
    text, found = made(tmp_path, "press", guard)
    assert text == f"a page {os.getpid()}"
    assert sorted(found) == ["page.html", "page.pdf"]
    assert len(guard.seen) == 1


@pytest.mark.parametrize("refused", ["page.html", "page.pdf"])
def test_what_the_guard_refuses_at_either_look_is_not_put_in_place(tmp_path: Path, refused: str) -> None:
    guard = Watching(refused)
    with pytest.raises(PermissionError):
        made(tmp_path, "press", guard)
    assert "page.pdf" in guard.seen[-1]
    assert not (tmp_path / "set" / "public").exists()
