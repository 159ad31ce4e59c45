"""A report that stands and is what would be made is not made again, and that costs next to nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reports import ROOT, SAMPLE, call

pytestmark = pytest.mark.notebooks
SAID = "nothing has changed since this report was made"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A report and the data that it was made from: the folders of the projects and of the outputs."""
    folder = tmp_path_factory.mktemp("unchanged")
    data, outputs = folder / "data", folder / "outputs"
    shutil.copytree(ROOT / "data" / SAMPLE, data / SAMPLE, ignore=shutil.ignore_patterns("published", "released"))
    made = call("report", "--period=2024H1", outputs=outputs, data=data)
    assert made.code == 0, made.stderr
    assert SAID not in made.stdout
    return data, outputs


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_the_second_call_leaves_every_file_and_names_the_report(place: tuple[Path, Path]) -> None:
    data, outputs = place
    before = tree(outputs)
    again = call("report", "--period=2024H1", outputs=outputs, data=data)
    assert again.code == 0
    assert SAID in again.stdout
    assert "public/report.html" in again.stdout
    assert "Findings in the register: 20 notes." in again.stdout
    assert again.stderr == ""
    assert tree(outputs) == before


def test_it_is_over_before_anything_heavy_is_imported(place: tuple[Path, Path]) -> None:
    data, outputs = place
    command = ["-X", "importtime", "-m", "pipeline", "report", "--period=2024H1", f"--data={data}"]
    done = subprocess.run(
        [sys.executable, *command, f"--outputs={outputs}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert SAID in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & {"pandas", "numpy", "pydantic", "jinja2", "ruamel.yaml", "asyncio"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--period=2024H1", "--force=1"),
        ("--period=2024Q1",),
        ("--period=2024H1", "--as-of=2024-06-13"),
        ("--period=2024h1",),
        ("--period=",),
        ("--project=../x", "--period=2024H1"),
        ("--period=2024H1", "--nonsense=1"),
    ],
)
def test_any_other_call_is_the_command_s_own_matter(place: tuple[Path, Path], arguments: tuple[str, ...]) -> None:
    from pipeline.commands.unchanged import unchanged

    data, outputs = place
    assert unchanged(["report", "--period=2024H1", f"--data={data}", f"--outputs={outputs}"]) is not None
    assert unchanged(["report", *arguments, f"--data={data}", f"--outputs={outputs}"]) is None
    assert unchanged(["freeze", "--period=2024H1", f"--data={data}", f"--outputs={outputs}"]) is None


@pytest.mark.parametrize(
    "change",
    [
        "register",
        "project.yml",
        "a new commentary",
        "a public file",
        "a notebook",
        "a file too many",
        "manifest",
        "index",
        "index of a former report",
        "index in the making",
        "set in the making",
    ],
)
def test_whatever_is_not_as_it_was_is_looked_at(place: tuple[Path, Path], tmp_path: Path, change: str) -> None:
    from pipeline.commands.unchanged import unchanged

    data, outputs = tmp_path / "data", tmp_path / "outputs"
    shutil.copytree(place[0], data)
    shutil.copytree(place[1], outputs)
    call_again = ["report", "--period=2024H1", f"--data={data}", f"--outputs={outputs}"]
    assert unchanged(call_again) is not None
    made = outputs / SAMPLE / "2024H1"
    path = {
        "register": data / SAMPLE / "register.csv",
        "project.yml": data / SAMPLE / "project.yml",
        "a new commentary": data / SAMPLE / "commentary" / "2024H1.md",
        "a public file": made / "public" / "cases.csv",
        "a notebook": made / "internal" / "notebooks" / "03_metrics.ipynb",
        "a file too many": made / "internal" / "failed.txt",
        "manifest": made / "manifest.json",
        "index": outputs / SAMPLE / "index.html",
        "index of a former report": outputs / SAMPLE / "index.html",
        "index in the making": outputs / SAMPLE / ".index.html.part",
        "set in the making": outputs / SAMPLE / ".2024H1.staging-dead" / "x",
    }[change]
    if change == "index":
        path.unlink()
    elif change == "index of a former report":
        page, _, last = path.read_text().rstrip().rpartition("2024H1:")
        path.write_text(f"{page}2024H1:{last[::-1]}")
    elif change == "manifest":
        path.write_text(path.read_text().replace('"is_whole": true', '"is_whole": false'))
    else:
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.write(" \n")
    assert unchanged(call_again) is None
