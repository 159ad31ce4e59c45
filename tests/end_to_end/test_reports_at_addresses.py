"""A report made of a project at an address and put up at one is that of folders, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from in_memory import store_in_memory
from reports import ROOT, SAMPLE

from pipeline.addresses import Place
from pipeline.cli import main

pytestmark = [pytest.mark.notebooks, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    with store_in_memory(monkeypatch) as empty:
        yield empty


def put_project(at: str) -> None:
    folder = ROOT / "data" / SAMPLE
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            Place.open(f"{at}/{SAMPLE}/{name}").put(path)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_whole_set_is_that_of_folders_and_a_second_call_has_nothing_to_do(
    store: dict[str, Any], sample: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put_project("memory://data")
    call = ["report", "--period=2024H1", "--data=memory://data", "--outputs=memory://outputs"]
    assert main(call) == 0
    below = f"/outputs/{SAMPLE}/2024H1/"
    made = {name.removeprefix(below): held.getvalue() for name, held in store.items() if name.startswith(below)}
    assert made == files_of(sample)
    assert f"memory://outputs/{SAMPLE}/2024H1/public/report.html" in capfd.readouterr().out
    before = {name: (held.getvalue(), held.modified) for name, held in store.items()}
    assert main(call) == 0
    assert {name: (held.getvalue(), held.modified) for name, held in store.items()} == before
    assert capfd.readouterr().err.count("unchanged") >= 4


def test_a_register_at_an_address_makes_the_public_files_of_one_beside_project_yml(
    store: dict[str, Any], sample: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data" / SAMPLE
    data.mkdir(parents=True)
    for path in (ROOT / "data" / SAMPLE).iterdir():
        if path.is_file() and path.name != "register.csv":
            (data / path.name).write_bytes(path.read_bytes())
    Place.open("memory://elsewhere/register.csv").put(ROOT / "data" / SAMPLE / "register.csv")
    settings = (data / "project.yml").read_text("utf-8")
    assert "register: register.csv" in settings
    settings = settings.replace("register: register.csv", "register: memory://elsewhere/register.csv")
    (data / "project.yml").write_text(settings, "utf-8")
    folders = [f"--data={data.parent}", f"--outputs={tmp_path / 'outputs'}"]
    assert main(["report", "--period=2024H1", *folders]) == 0
    made = tmp_path / "outputs" / SAMPLE / "2024H1"
    assert files_of(made / "public") == files_of(sample / "public")
    assert '"memory://elsewhere/register.csv": ' in (made / "manifest.json").read_text("utf-8")
    assert not (data / "register.csv").exists()
    capfd.readouterr()
