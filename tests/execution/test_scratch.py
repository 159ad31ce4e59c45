"""Of the folders for temporary files only those are removed whose owner is dead, and nothing that a link leads to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution import scratch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setattr(scratch, "_bases", lambda: [place])
    return place


def left(place: Path, name: str) -> Path:
    folder = place / f"{scratch.PREFIX}{name}"
    (folder / "tmp").mkdir(parents=True)
    (folder / "tmp" / "x").write_text("left")
    return folder


def test_a_folder_is_removed_once_its_owner_has_ended_and_not_before(temporary: Path) -> None:
    code = (
        "import fcntl, os, sys, time\nhandle = os.open(sys.argv[1], os.O_RDONLY)\n"
        "fcntl.flock(handle, fcntl.LOCK_EX)\nprint('held', flush=True)\ntime.sleep(60)"
    )
    dead, held = left(temporary, "dead"), left(temporary, "held")
    with subprocess.Popen([sys.executable, "-c", code, str(held)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        scratch.sweep()
        assert not dead.exists()
        assert (held / "tmp" / "x").read_text() == "left"
        owner.kill()
    scratch.sweep()
    assert list(temporary.iterdir()) == []


def test_links_other_names_files_and_other_people_s_folders_stay(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = left(tmp_path, "elsewhere")
    (temporary / f"{scratch.PREFIX}link").symlink_to(elsewhere)
    (temporary / "pipeline").mkdir()
    (temporary / f"{scratch.PREFIX}file").write_text("")
    within = left(temporary, "within")
    (within / "link").symlink_to(elsewhere)
    before = sorted(path.name for path in temporary.iterdir() if path != within)
    scratch.sweep()
    assert sorted(path.name for path in temporary.iterdir()) == before
    assert (elsewhere / "tmp" / "x").read_text() == "left"
    theirs = left(temporary, "theirs")
    us = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: us + 1)
    scratch.sweep()
    assert theirs.is_dir()


@pytest.mark.notebooks
def test_a_run_that_needs_no_kernel_removes_what_a_killed_one_left_too(temporary: Path, tmp_path: Path) -> None:
    book = notebook(tmp_path, "01_a", "print(period)")
    make(tmp_path / "out" / "set", book, data=dict)
    left(temporary, "dead")
    half_made = tmp_path / "out" / ".set.staging-dead"
    half_made.mkdir()
    make(tmp_path / "out" / "set", book, data=dict)
    assert list(temporary.iterdir()) == []
    assert not half_made.exists()
