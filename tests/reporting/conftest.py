"""The sample's figures, made in this process by the very cells of the first three notebooks."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from pipeline.stage import Stage, open_stage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sample_stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The stage of the sample's 2024H1 with its metrics done."""
    folder = tmp_path_factory.mktemp("set") / "internal" / "notebooks"
    folder.mkdir(parents=True)
    before = Path.cwd()
    os.chdir(folder)
    try:
        for name in ("01_cleaning", "02_classification", "03_metrics"):
            names: dict[str, object] = {}
            notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, name, "exec"), names)
        return open_stage("smart-government-ii", "2024H1")
    finally:
        os.chdir(before)
