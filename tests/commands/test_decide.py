"""`decide` takes a filled review workbook into decisions.csv once and says what changes; what is wrong is refused."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import openpyxl
import pytest
from making import ROOT, SAMPLE, clean

from pipeline.classification.decisions import read_decisions
from pipeline.classification.review import COLUMNS, HEADING_ROW, SHEET, review_table, review_workbook
from pipeline.cli import main
from pipeline.places import DATA_VARIABLE
from pipeline.project import load_project


class Office:
    """A copy of the sample, its review workbook, and the command on them."""

    def __init__(self, folder: Path) -> None:
        self.data, self.outputs, self.file = folder / "data", folder / "outputs", folder / "review.xlsx"
        shutil.copytree(ROOT / "data" / SAMPLE, self.data / SAMPLE)
        (self.data / SAMPLE / "decisions.csv").unlink()

    @property
    def decisions(self) -> Path:
        return self.data / SAMPLE / "decisions.csv"

    def make_review(self) -> None:
        project = load_project(SAMPLE)
        self.file.write_bytes(review_workbook(review_table(clean(project).both, project), project))

    def fill(self, number: str, of: str, /, **cells: str) -> None:
        book = openpyxl.load_workbook(self.file)
        sheet = book[SHEET]
        for row in range(HEADING_ROW + 1, sheet.max_row + 1):
            found = {name: sheet.cell(row, place) for place, name in enumerate(COLUMNS, 1)}
            if (found["registration_no"].value, found["label"].value) == (number, of):
                for name, value in cells.items():
                    found[name].value = value
                book.save(self.file)
                return
        raise AssertionError(f"{number} is not asked for its {of}")

    def decide(self, *more: str) -> int:
        folders = [f"--data={self.data}", f"--outputs={self.outputs}"]
        return main(["decide", "--period=2024H1", f"--file={self.file}", *folders, *more])


FILLED = {"decision": "Not sensitive", "who": "M&E analyst", "reason": "Another body's investigation"}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(office.data))
    monkeypatch.setenv("GRM_OUTPUTS", str(office.outputs))
    office.make_review()
    return office


def test_each_row_of_the_review_is_high_enough_for_its_text_in_any_program(office: Office) -> None:
    sheet = openpyxl.load_workbook(office.file)[SHEET]
    column = COLUMNS.index("text") + 1
    width = sheet.column_dimensions[sheet.cell(1, column).column_letter].width
    texts = {row: str(sheet.cell(row, column).value) for row in range(HEADING_ROW + 1, sheet.max_row + 1)}
    assert max(map(len, texts.values())) > 2 * width
    for row, text in texts.items():
        assert (sheet.row_dimensions[row].height or 15) >= 15 * len(text) / width


def test_a_decision_is_added_once_and_says_what_changes(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.fill("15/2024", "sensitivity", **FILLED)
    assert office.decide() == 0
    told = capsys.readouterr().out
    assert "1 decision added to" in told
    assert "Grievances received: 15 → 16" in told
    assert stat.S_IMODE(office.decisions.stat().st_mode) == 0o600
    project = load_project(SAMPLE)
    assert read_decisions(project)[["registration_no", "label", "value", "who"]].to_numpy().tolist() == [
        ["15/2024", "sensitivity", "not_sensitive", "M&E analyst"]
    ]
    assert clean(project).sensitive.empty
    before = office.decisions.read_bytes()
    assert office.decide() == 0
    assert "already; nothing was changed" in capsys.readouterr().out
    assert office.decisions.read_bytes() == before


def test_another_decision_is_added_after_the_first(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.fill("15/2024", "sensitivity", **FILLED)
    office.decide()
    office.fill("1/2024", "type", decision="request", who="M&E analyst", reason="It asks for something")
    assert office.decide() == 0
    assert "Grievances received, Request: 2 → 3" in capsys.readouterr().out
    assert read_decisions(load_project(SAMPLE))["label"].tolist() == ["sensitivity", "type"]


def test_an_unfilled_workbook_changes_nothing(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert office.decide() == 0
    assert "holds no decision" in capsys.readouterr().out
    assert not office.decisions.exists()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"decision": "perhaps"}, "column decision: this is no sensitivity. Allowed are Not sensitive, Sensitive"),
        ({"who": ""}, "column who: the cell is empty"),
        ({"reason": ""}, "column reason: the cell is empty"),
        ({"label": "colour"}, "column label: this is no label"),
        ({"text_hash": "0123456789abcdef"}, "nothing was taken. The text has changed, or the grievance is gone"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(
    office: Office, capsys: pytest.CaptureFixture[str], cells: dict[str, str], said: str
) -> None:
    office.fill("15/2024", "sensitivity", **{**FILLED, **cells})
    assert office.decide() == 2
    told = capsys.readouterr().err
    assert "review.xlsx" in told
    assert said in told
    assert not office.decisions.exists()


def test_a_text_that_has_changed_is_named(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.fill("15/2024", "sensitivity", **FILLED)
    register = office.data / SAMPLE / "register.csv"
    register.write_text(register.read_text(encoding="utf-8-sig").replace("11-11 center", "other center"), "utf-8")
    assert office.decide() == 2
    assert "since the workbook was made: 15/2024." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "FILE is not given. Fill in "),
        ("internal/review.xlsx", f"FILE is 'internal/review.xlsx', which is not there, seen from {Path.cwd()}."),
        (str(ROOT / "data"), "which is a folder."),
    ],
)
@pytest.mark.parametrize(("command", "book"), [("decide", "review.xlsx"), ("disclose", "disclosure.xlsx")])
def test_a_file_that_is_not_there_is_told_as_it_was_given_with_the_place_of_the_right_one(
    office: Office, capsys: pytest.CaptureFixture[str], command: str, book: str, file: str, said: str
) -> None:
    assert main([command, "--period=2024H1", f"--file={file}", f"--data={office.data}"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert str(office.outputs / SAMPLE / "2024H1" / "internal" / book) in told
