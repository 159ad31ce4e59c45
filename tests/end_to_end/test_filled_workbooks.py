"""Answers that a person typed into a workbook of a report outlast the next run, whichever it is, and are taken then."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
from reports import SAMPLE, call

from pipeline.classification.review import COLUMNS, HEADING_ROW, SHEET

ANSWER = {"decision": "Not sensitive", "who": "M&E analyst", "reason": "Another body's investigation"}


def fill(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    for row in range(HEADING_ROW + 1, sheet.max_row + 1):
        cells = {name: sheet.cell(row, place) for place, name in enumerate(COLUMNS, 1)}
        if cells["label"].value == "sensitivity":
            for name, value in ANSWER.items():
                cells[name].value = value
            break
    book.save(path)


def test_what_was_filled_in_is_kept_by_the_next_run_and_can_be_given_back(tmp_path: Path, own_data: Path) -> None:
    (own_data / SAMPLE / "decisions.csv").unlink(missing_ok=True)
    outputs, folder = tmp_path / "outputs", f"--data={own_data}"
    made = call("report", "--period=2024H1", folder, outputs=outputs)
    assert made.code == 0, made.stderr
    review = made.set("2024H1") / "internal" / "review.xlsx"
    blank = review.read_bytes()
    fill(review)
    filled = review.read_bytes()
    again = call("metrics", "--period=2024H1", folder, outputs=outputs)
    assert again.code == 0, again.stderr
    assert review.read_bytes() == blank
    told = re.search(r"kept as (\S+)\. To give it back: make decide (.*)", again.stderr)
    assert told, again.stderr
    kept = Path(told[1])
    assert kept.read_bytes() == filled
    assert kept.parent == outputs / SAMPLE / "filled"
    words = dict(word.split("=") for word in shlex.split(told[2]))
    assert words == {"PERIOD": "2024H1", "FILE": str(kept), "PROJECT": SAMPLE}
    decided = call("decide", "--period=2024H1", f"--file={kept}", folder, outputs=outputs)
    assert "1 decision added" in decided.stdout, decided.stderr
    # What was given back need not be kept.
    review.write_bytes(filled)
    kept.unlink()
    last = call("report", "--period=2024H1", folder, outputs=outputs)
    assert last.code == 0, last.stderr
    assert "kept as" not in last.stderr
    assert not kept.exists()
