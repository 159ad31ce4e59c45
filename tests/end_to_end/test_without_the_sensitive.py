"""The demonstration's report is the same, byte for byte, when its sensitive grievances were never registered.

Input hashes stand in manifest.json alone, which is restricted.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from making import clean
from reports import ROOT, call

from pipeline.project import load_project
from pipeline.stage import RESTRICTED

pytestmark = pytest.mark.notebooks
DEMO = "demo"


def rewritten(source: Path, hidden: set[int], how: str) -> str:
    """Return the register with its rows of these numbers blank, or without them."""
    with source.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))
    kept = []
    for number, line in enumerate(lines, start=1):
        if number not in hidden:
            kept.append(line)
        elif how == "blank":
            kept.append([""] * len(line))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(kept)
    return out.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("without")
    hidden = set(clean(load_project(DEMO)).sensitive["source_row"])
    assert len(hidden) > 5

    def moved(found: re.Match[str]) -> str:
        return f"row: {int(found[1]) - sum(number < int(found[1]) for number in hidden)}"

    def make(how: str) -> Path:
        data = folder / how / "data"
        shutil.copytree(ROOT / "data" / DEMO, data / DEMO, ignore=shutil.ignore_patterns("published"))
        if how != "with":
            text = rewritten(ROOT / "data" / DEMO / "register.csv", hidden, how)
            (data / DEMO / "register.csv").write_text(text, encoding="utf-8")
        if how == "gone":
            # Corrections that name a row follow it upwards.
            path = data / DEMO / "corrections.yml"
            path.write_text(re.sub(r"\brow: (\d+)", moved, path.read_text(encoding="utf-8")), encoding="utf-8")
        done = call(
            "report", f"--project={DEMO}", "--period=2024H1", outputs=folder / how / "outputs", data=data, seconds=600
        )
        assert done.code == 0, done.stderr
        return done.set("2024H1", DEMO)

    return make


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in RESTRICTED)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_all_that_is_open_is_the_same_without_them(made: Callable[[str], Path]) -> None:
    there, blank, gone = made("with"), made("blank"), made("gone")
    assert len(pd.read_parquet(there / "internal" / "sensitive.parquet")) > 5
    assert len(pd.read_parquet(gone / "internal" / "sensitive.parquet")) == 0
    public, internal = files(there / "public"), files(there / "internal")
    assert {"report.html", "report.pdf", "indicators.csv", "cases.csv"} <= set(public)
    assert {"notebooks/01_cleaning.ipynb", "findings.csv", "models.json", "labels.csv"} <= set(internal)
    for name, content in public.items():
        assert content == files(blank / "public").get(name), f"public/{name}, the rows blank"
        assert content == files(gone / "public").get(name), f"public/{name}, the rows gone"
    for name, content in internal.items():
        assert content == files(blank / "internal").get(name), f"internal/{name}"
    assert set(public) == set(files(gone / "public"))
    assert set(internal) == set(files(blank / "internal"))
