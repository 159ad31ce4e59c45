"""A second run says in its notebook which labels changed and why, a third the same again, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from reports import SAMPLE, call

from pipeline.classification.decisions import COLUMNS, decisions_bytes, text_hashes

pytestmark = pytest.mark.notebooks


def told(folder: Path) -> str:
    """Return what the cell on changed labels shows, as text."""
    notebook = json.loads((folder / "internal/notebooks/02_classification.ipynb").read_text(encoding="utf-8"))
    (cell,) = [cell for cell in notebook["cells"] if "label_changes(kept" in "".join(cell["source"])]
    return json.dumps([output.get("data", output) for output in cell["outputs"]])


def test_a_decision_is_told_in_the_notebook_of_the_next_run(own_data: Path, tmp_path: Path) -> None:
    outcomes = [call("classification", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)]
    folder = outcomes[0].set("2024H1")
    assert "A person decided it." not in told(folder)

    cases = pd.read_parquet(folder / "internal/labelled.parquet")
    case = cases[cases["registration_no"] == "3/2024"]
    line = (
        "3/2024",
        "",
        "type",
        "suggestion",
        "M&E analyst",
        "2024-07-15",
        "It proposes something",
        text_hashes(case).item(),
    )
    file = own_data / SAMPLE / "decisions.csv"
    former = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    file.write_bytes(decisions_bytes(pd.concat([former, pd.DataFrame([line], columns=list(COLUMNS))])))

    notebooks = []
    for _ in range(2):
        outcomes.append(call("classification", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data))
        assert "3/2024" in told(folder)
        assert "A person decided it." in told(folder)
        notebooks.append((folder / "internal/notebooks/02_classification.ipynb").read_bytes())
    assert notebooks[0] == notebooks[1]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0]
