"""A full disk, used-up inodes or outputs that nobody may write are a sentence, and the former set stays as it was."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution.errors import ExecutionError, refuse_full
from pipeline.files import replace_bytes

pytestmark = pytest.mark.notebooks
WRITE = "from pathlib import Path\n_ = Path('../../public/out.txt').write_bytes(bytes(20_000))"
Mount = Callable[..., Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount small file systems in memory; skips where that is not allowed."""
    mounted: list[Path] = []

    def small(name: str, options: str) -> Path:
        place = tmp_path / name
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if sys.platform != "linux" or os.getuid() or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("a file system can be mounted by the administrator of a Linux machine alone")
        mounted.append(place)
        return place

    yield small
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    def use(folder: Path) -> None:
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr(tempfile, "tempdir", str(folder))

    return use


# A new set takes eight blocks or so, of 4096 bytes, and seven inodes: there is room for less and less of it.
@pytest.mark.parametrize(
    ("what", "room"),
    [("blocks", 0), ("blocks", 2), ("blocks", 6), ("inodes", 0), ("inodes", 4), ("inodes", 6), ("right", 0)],
)
def test_outputs_without_room_or_permission_are_a_sentence_and_the_former_set(
    mount: Mount, tmp_path: Path, what: str, room: int
) -> None:
    disk, book = mount("disk", "size=1m,nr_inodes=100"), notebook(tmp_path, "01_a", WRITE)
    target = disk / "set"
    make(target, book)
    before = contents(target)
    now = os.statvfs(disk)
    limits = {
        "blocks": f"size={(now.f_blocks - now.f_bfree + room) * now.f_frsize}",
        "inodes": f"nr_inodes={now.f_files - now.f_ffree + room}",
        "right": "ro",
    }
    remount(disk, limits[what])
    with pytest.raises(ExecutionError) as refusal:
        make(target, book, parameters={"period": "2024Q2"})
    told = f"No permission to write {target}" if what == "right" else f"The disk is full, so that {target}"
    assert str(refusal.value).startswith(told)
    assert "the former outputs are as they were" in str(refusal.value)
    assert contents(target) == before
    assert sorted(path.name for path in disk.iterdir()) == [".set.lock", "set"]
    remount(disk, "rw,size=1m,nr_inodes=100")
    make(target, book, parameters={"period": "2024Q2"})


@pytest.mark.parametrize("limit", ["size=4k", "size=8k", "nr_inodes=4", "nr_inodes=12", "nr_inodes=18"])
def test_a_full_folder_for_temporary_files_is_told_as_such(
    mount: Mount, tmp_path: Path, temporary: Callable[[Path], None], limit: str
) -> None:
    target, book = tmp_path / "out" / "set", notebook(tmp_path, "01_a", WRITE)
    make(target, book)
    before = contents(target)
    disk = mount("t", f"size=1m,{limit}")
    temporary(disk)
    with pytest.raises(ExecutionError, match=r"no room for temporary files in \S+/t\. The former outputs are as"):
        make(target, book, parameters={"period": "2024Q2"})
    assert contents(target) == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".set.lock", "set"]
    assert list(disk.iterdir()) == []


# The same where nothing can be mounted: the system refuses, once, what it would on a full disk.


def test_a_write_that_finds_no_room_leaves_no_half_file_and_the_former_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "index.html"
    replace_bytes(b"former", page)

    def full(*arguments: object, **settings: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.chmod", full)
    with pytest.raises(OSError, match="No space left"):
        replace_bytes(b"new", page)
    assert contents(tmp_path) == {"index.html": b"former"}


def test_a_kernel_that_finds_no_room_is_asked_for_no_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_full(tmp_path)
    assert list(tmp_path.iterdir()) == []

    def full(*arguments: object, **settings: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(ExecutionError, match="no room for temporary files"):
        refuse_full(tmp_path)
