"""Stages that have nothing new to do are taken over; what changed is named; nothing stale is ever kept."""

from __future__ import annotations

import ast
import json
import os
import shutil
from pathlib import Path

import pytest
from books import make, notebook

from pipeline.execution.errors import ExecutionError
from pipeline.execution.imports import imported_modules, named_by
from pipeline.execution.manifest import code_digests, read_manifest
from pipeline.execution.program import Program
from pipeline.execution.runner import Step
from pipeline.places import CODE_ROOTS, REPOSITORY

COUNT = """
from pathlib import Path
from house import {module}
folder = Path('../../internal')
(folder / '{name}.txt').write_text({module}.text())
with Path({log!r}).open('a') as log:
    log.write('{name} ')
"""


class House:
    """A project of two stages, `one` and `two`, with a module, a table and the data each reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.data, self.target = folder / "house", folder / "data", folder / "out" / "set"
        for place in (self.root, self.data):
            place.mkdir()
        self.log = folder / "log"
        self.write("__init__.py", "")
        self.write("shared.py", "def shared(): return 'shared'\n")
        self.write("one.py", "from house.shared import shared\ndef text(): return shared()\n")
        self.write(
            "two.py",
            "from pathlib import Path\n"
            "def text(): return Path(__file__).with_name('words.yml').read_text() + Path('../one.txt').read_text()\n",
        )
        self.write("words.yml", "words")
        (self.data / "register.csv").write_text("1")
        self.books = [
            notebook(folder, name, COUNT.format(module=name, name=name, log=str(self.log))) for name in ("one", "two")
        ]

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)

    def files(self) -> dict[str, Path]:
        return {path.relative_to(self.data).as_posix(): path for path in self.data.rglob("*") if path.is_file()}

    def ran(self, **settings: object) -> str:
        """Make the set; returns which stages ran."""
        self.log.write_text("")
        arguments = {"data": self.files, "code_roots": [self.root], "steps": [Step("page", _page)], **settings}
        arguments["environment"] = {"PYTHONPATH": f"{self.folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
        make(self.target, *self.books, **arguments)
        return self.log.read_text()


def _page(folder: Path) -> None:
    (folder / "public" / "page.txt").write_text((folder / "internal" / "two.txt").read_text())


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    assert made.ran() == "one two "
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_changed_so_no_stage_runs_and_the_set_is_the_same(house: House) -> None:
    before = contents(house.target)
    os.utime(house.data / "register.csv", (1, 1))
    os.utime(house.root / "one.py")
    assert house.ran() == ""
    assert contents(house.target) == before
    assert house.ran(is_forced=True) == "one two "
    assert contents(house.target) == before
    assert house.ran() == ""


@pytest.mark.parametrize(
    ("name", "text", "ran"),
    [
        ("two.py", "def text(): return 'new'\n", "two "),
        ("words.yml", "other words", "two "),
        ("one.py", "def text(): return 'new'\n", "one two "),
        ("shared.py", "def shared(): return 'new'\n", "one two "),
        # Another text, the same result: the next stage reads what it read.
        ("shared.py", "def shared(): return 'sha' + 'red'\n", "one "),
        ("nobody_s.py", "", ""),
        # Nothing names it, so nobody knows who reads it.
        ("nobody_s.yml", "", "one "),
    ],
)
def test_a_change_of_the_program_runs_the_stages_that_depend_on_it(
    house: House, name: str, text: str, ran: str, capfd: pytest.CaptureFixture[str]
) -> None:
    house.write(name, text)
    capfd.readouterr()
    assert house.ran().startswith(ran)
    told = capfd.readouterr().err
    if ran:
        assert f"house/{name}" in told
    fresh = house.folder / "fresh"
    shutil.copytree(house.target, fresh)
    house.ran(is_forced=True)
    assert contents(fresh) == contents(house.target)


def test_what_was_taken_over_and_what_ran_is_told_with_the_reason(
    house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    house.write("words.yml", "other words")
    house.ran()
    lines = capfd.readouterr().err.splitlines()
    assert lines[-4] == "[1/4] one … unchanged, taken over"
    assert lines[-3].endswith(", since house/words.yml changed")
    house.write("shared.py", "def shared(): return 'new'\n")
    house.ran()
    lines = capfd.readouterr().err.splitlines()
    assert lines[-3].endswith(", since one gave other results")


@pytest.mark.parametrize("change", ["register", "new file", "gone", "parameters", "notebook", "packages"])
def test_every_other_change_runs_all(house: House, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, object] = {}
    if change == "register":
        (house.data / "register.csv").write_text("2")
    elif change == "new file":
        (house.data / "folder").mkdir()
        (house.data / "folder" / "corrections.yml").write_text("")
    elif change == "gone":
        (house.data / "register.csv").unlink()
    elif change == "parameters":
        settings["parameters"] = {"period": "2024Q2"}
    elif change == "packages":
        monkeypatch.setattr("pipeline.execution.reuse.sysconfig.get_path", lambda kind: str(house.folder))
    else:
        notebook(house.folder, "one", COUNT.format(module="one", name="one", log=str(house.log)), "1 + 1")
    assert house.ran(**settings).startswith("one ")


def test_a_file_of_the_set_that_somebody_changed_is_made_again(house: House) -> None:
    (house.target / "internal" / "two.txt").write_text("by hand")
    assert house.ran() == "two "
    (house.target / "internal" / "one.txt").unlink()
    assert house.ran() == "one "
    # The page is made by a step, and steps are done each time.
    (house.target / "public" / "page.txt").write_text("by hand")
    assert house.ran() == ""
    assert (house.target / "public" / "page.txt").read_text() == "wordsshared"


def test_a_manifest_that_tells_nothing_is_no_reason_to_fail(house: House) -> None:
    for text in ("", "{}", '{"runs": []}', '{"runs": [{}]}'):
        (house.target / "manifest.json").write_text(text)
        assert house.ran() == "one two "


def test_stages_alone_are_taken_over_too_and_public_files_stay(house: House) -> None:
    page = (house.target / "public" / "page.txt").read_bytes()
    assert house.ran(keep_public=True, steps=()) == ""
    house.write("two.py", "def text(): return 'new'\n")
    assert house.ran(keep_public=True, steps=()) == "two "
    assert (house.target / "public" / "page.txt").read_bytes() == page
    manifest = read_manifest(house.target)
    assert [run.get("is_whole") for run in manifest["runs"]] == [False, None]
    assert house.ran() == ""
    assert (house.target / "public" / "page.txt").read_text() == "new"


def test_modes_of_what_is_taken_over_stay(house: House) -> None:
    (house.target / "internal" / "one.txt").chmod(0o600)
    assert house.ran() == ""
    assert (house.target / "internal" / "one.txt").stat().st_mode & 0o777 == 0o600


def test_the_files_of_a_notebook_are_those_that_its_imports_lead_to() -> None:
    program = Program(CODE_ROOTS)
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        listed = {name for name in program.files_of(path) if name.endswith(".py")}
        assert listed >= _by_syntax(path)
    figures = {
        path.name: "pipeline/reporting/charts.py" in program.files_of(path)
        for path in sorted((REPOSITORY / "notebooks").glob("0*.ipynb"))
    }
    assert list(figures.values()) == [False, False, False, True]


def test_a_notebook_that_shows_the_digest_of_the_program_depends_on_all_of_it() -> None:
    program, every = Program(CODE_ROOTS), set(code_digests(CODE_ROOTS))
    whole = [
        path.stem for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")) if set(program.files_of(path)) == every
    ]
    assert whole == ["04_report", "comparison"]


def test_imports_are_read_as_python_reads_them(tmp_path: Path) -> None:
    source = "from a.b import (c,  # not (this)\n    d)\nfrom e import \\\n    f\nrun('g.h')\n"
    assert list(named_by(source)) == ["a.b", "a.b.c", "a.b.d", "e", "e.f", "g.h"]
    _, book = notebook(tmp_path, "one", "%load x\nimport lost", "import kept")
    assert imported_modules([book]) == ["kept"]


def test_an_edit_of_the_program_during_a_run_is_no_part_of_what_ran(house: House) -> None:
    def edit(folder: Path) -> None:
        house.write("one.py", "def text(): return 'edited'\n")

    assert house.ran(is_forced=True, steps=[Step("page", _page), Step("edit", edit)]) == "one two "
    assert house.ran() == "one two "
    assert (house.target / "public" / "page.txt").read_text() == "wordsedited"


def test_a_file_beside_the_register_that_cannot_be_read_is_named(house: House) -> None:
    with pytest.raises(ExecutionError, match=r"^notes\.txt cannot be read: No such file or directory\."):
        house.ran(data=lambda: {"notes.txt": house.data / "notes.txt"})


def _by_syntax(notebook_file: Path) -> set[str]:
    """Follow imports by Python's own grammar."""
    cells = json.loads(notebook_file.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found: set[str] = set()
    while sources:
        for node in ast.walk(ast.parse(sources.pop())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                path = REPOSITORY / (name.replace(".", "/") + ".py")
                shown = path.relative_to(REPOSITORY).as_posix()
                if name.startswith("pipeline.") and path.is_file() and shown not in found:
                    found.add(shown)
                    sources.append(path.read_text(encoding="utf-8"))
    return found
