"""Runs that one process makes one after the other share the origin of their kernels, and see nothing of each other."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution.errors import NotebookFailed
from pipeline.execution.homes import Homes, OneOfMany

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are copied on Linux alone"),
]
SEES = (
    "import os, sys, tempfile\nfrom pathlib import Path\nsorted(p.name for p in Path(tempfile.gettempdir()).iterdir())"
)
LEAVES = "Path(tempfile.gettempdir(), 'left-behind').touch()\nsys.left = Path.home() / 'left'\nos.environ['LEFT'] = '1'"
TELLS = "print('LEFT' in os.environ, hasattr(sys, 'left'), os.getppid())"


@pytest.fixture
def homes() -> Iterator[Homes]:
    with Homes() as opened:
        yield opened


def text_of(folder: Path, name: str = "01_a") -> str:
    return (folder / "internal" / "notebooks" / f"{name}.ipynb").read_text()


def origin_of(folder: Path) -> int:
    cells = json.loads(text_of(folder))["cells"]
    said = "".join(line for cell in cells for out in cell.get("outputs", ()) for line in out.get("text", ()))
    return int(said.split()[-1])


def test_runs_share_one_origin_and_nothing_else(tmp_path: Path, homes: Homes) -> None:
    book = notebook(tmp_path, "01_a", SEES, TELLS, LEAVES)
    for name in ("one", "two"):
        make(tmp_path / name, book, one_of_many=OneOfMany(homes=homes))
    assert text_of(tmp_path / "one") == text_of(tmp_path / "two")
    make(tmp_path / "alone", book)
    origin, alone = (origin_of(tmp_path / name) for name in ("one", "alone"))
    assert text_of(tmp_path / "one").replace(str(origin), "") == text_of(tmp_path / "alone").replace(str(alone), "")


def test_an_origin_that_has_died_and_one_for_other_notebooks_are_replaced(tmp_path: Path, homes: Homes) -> None:
    many = OneOfMany(homes=homes)
    book = notebook(tmp_path, "01_a", SEES, TELLS)
    make(tmp_path / "one", book, one_of_many=many)
    os.kill(origin_of(tmp_path / "one"), 9)
    make(tmp_path / "two", book, one_of_many=many)
    make(tmp_path / "three", book, one_of_many=many, environment={"OTHER": "1"})
    assert len({origin_of(tmp_path / name) for name in ("one", "two", "three")}) == 3


def test_a_run_that_fails_spoils_none_after_it(tmp_path: Path, homes: Homes) -> None:
    many = OneOfMany(homes=homes)
    with pytest.raises(NotebookFailed):
        make(tmp_path / "one", notebook(tmp_path, "01_a", SEES, LEAVES, "1 / 0"), one_of_many=many)
    make(tmp_path / "two", notebook(tmp_path, "01_a", SEES, TELLS), one_of_many=many)
    assert "left-behind" not in text_of(tmp_path / "two")


def test_nothing_is_left_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    with Homes() as homes:
        make(tmp_path / "one", notebook(tmp_path, "01_a", SEES, TELLS), one_of_many=OneOfMany(homes=homes))
        origin = origin_of(tmp_path / "one")
        assert Path(f"/proc/{origin}").exists()
    assert not Path(f"/proc/{origin}").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_run_says_its_steps_to_who_makes_many_and_to_nobody_else(
    tmp_path: Path, homes: Homes, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    many = OneOfMany(at=told.append, homes=homes)
    make(tmp_path / "one", notebook(tmp_path, "01_a", SEES), one_of_many=many)
    assert told == ["01_a", "checks"]
    assert capfd.readouterr() == ("", "")
