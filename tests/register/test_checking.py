"""`make check` tells the faults of a register in seconds, at their cells, and no name leaves the restricted file."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from making import SAMPLE, Maker

from pipeline import cli
from pipeline.project import load_project

HEAD = "registration_no,date_received,channel,complainant,complainant_contact,summary,status,type\n"
CLEAN = HEAD + "1/2024,2024-03-01,email,Batbold Dorj,99112233,A question,Resolving,Question\n"
FAULTY = (
    HEAD
    + "1/2024,2024-03-01,email,Batbold Dorj,99112233,Batbold Dorj asks,Resolving,Question\n"
    + "2/2024,soon,pigeon,Oyun Erdene,oyun@example.org,Call me,Batbold Dorj,Question\n"
)
SECRETS = ("Batbold", "Dorj", "Oyun", "99112233", "oyun@example.org")


def check(capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = cli.main(["check"])
    told = capsys.readouterr()
    return code, told.out, told.err


def outputs(make: Maker) -> Path:
    return make.folder.parent / "outputs" / SAMPLE / "check"


def comments(make: Maker, sheet: str) -> dict[str, str]:
    book = openpyxl.load_workbook(outputs(make) / "findings.xlsx")
    return {cell.coordinate: cell.comment.text for row in book[sheet] for cell in row if cell.comment}


def test_a_clean_register_has_no_error(make: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    make.project(CLEAN)
    code, out, err = check(capsys)
    assert (code, err) == (0, "")
    assert out.startswith("register.csv: 1 grievances\n")
    assert "Nothing was found that does not fit." in out
    assert "No error; nothing in the register would keep a report from being released." in out


def test_faults_are_told_and_counted_and_nothing_of_a_person(make: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    make.project(FAULTY)
    code, out, err = check(capsys)
    assert (code, err) == (1, "")
    assert "3 errors would keep a report from being released." in out
    counts = [
        line.split()[1:] for line in out.splitlines() if line.startswith(("date_received ", "status ", "channel "))
    ]
    assert counts == [["date_received", "2", "1", "0"], ["channel", "2", "1", "0"], ["status", "2", "1", "0"]]
    assert "register.csv, row 3, column date_received: 'soon' cannot be read as a date" in out
    listed = (outputs(make) / "findings.csv").read_text(encoding="utf-8-sig")
    assert "pigeon" in listed
    for secret in SECRETS:
        assert secret not in out
        assert secret not in listed
    assert all(len(line) <= 250 for line in out.splitlines())


def test_a_register_that_is_called_after_a_person_is_told_without_the_name(
    make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make.project("", {"register": "Batbold Dorj.csv"})
    (project.folder / "Batbold Dorj.csv").write_text(CLEAN, encoding="utf-8")
    code, out, _ = check(capsys)
    assert code == 0
    assert out.startswith("[person].csv: 1 grievances\n")
    assert not any(secret in out for secret in SECRETS)


def test_the_copy_of_the_register_is_its_owners_and_has_each_finding_at_its_cell(
    make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    make.project(FAULTY)
    check(capsys)
    path = outputs(make) / "findings.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    noticed = comments(make, "register")
    assert {"B3", "C3", "G3"} <= set(noticed)
    assert noticed["B3"].startswith("Error: ")
    assert not any(address.endswith("2") for address in noticed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("colour,size\nred,1\n", "no column for registration_no"),
        (HEAD + '1,"2024', "quotation mark"),
    ],
)
def test_an_input_that_is_wrong_is_told_and_nothing_is_written(
    make: Maker, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    make.project(content)
    code, out, err = check(capsys)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert words in err
    assert "Traceback" not in err
    assert not outputs(make).exists()


def test_what_stops_a_report_without_the_sensitive_grievances_stops_the_check(
    make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["1/2024,05.03.2024,email,Open,", "2/2024,13.03.2024,email,Open,{}", "3/2024,09.04.2024,email,Open,"]
    register = "registration_no,date_received,channel,status,is_sensitive\n" + "\n".join(rows) + "\n"
    make.project(register.format("no"))
    assert check(capsys)[0] == 0
    make.project(register.format("yes"))
    code, out, err = check(capsys)
    assert (code, out) == (2, "")
    assert "Column date_received: its dates can be read with the day or with the month first" in err


def test_no_file_of_the_project_is_changed(make: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make.project(FAULTY).folder

    def sums() -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    before = sums()
    check(capsys)
    assert sums() == before


def test_a_terminal_obeys_nothing_that_stands_in_a_register(make: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07\x9b31m"
    make.project(
        HEAD.replace("type", f"type,Colour{hostile}") + f"1/2024,2024-03-01,pi{hostile}geon,,,,Resolving,,red\n"
    )
    code, out, err = check(capsys)
    assert code == 1
    assert "Colour" in out
    assert all(letter.isprintable() or letter == "\n" for letter in out + err)


def test_the_first_record_of_json_is_the_second_row_of_the_copy(
    make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [
        {"registration_no": "1/2024", "date_received": "soon", "channel": "email", "status": "Resolving", "type": "x"}
    ]
    project = make.project("", {"register": "register.json"})
    (project.folder / "register.json").write_text(json.dumps(records), encoding="utf-8")
    assert load_project(SAMPLE)
    code, out, _ = check(capsys)
    assert code == 1
    assert "register.json, row 1, column date_received" in out
    assert set(comments(make, "register")) >= {"B2", "E2"}


def test_findings_of_a_workbook_with_a_banner_and_several_sheets_stand_at_their_cells(
    make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make.project("", {"register": "register.xlsx"})
    head = ["registration_no", "date_received", "channel", "status", "type"]
    with xlsxwriter.Workbook(str(project.folder / "register.xlsx")) as book:
        first = book.add_worksheet("January")
        first.write_string("A1", "Register of grievances")
        first.write_row("B4", head)
        first.write_row("B5", ["1/2024", "2024-03-01", "email", "Resolving", "Question"])
        first.write_row("B6", ["2/2024", "soon", "email", "Resolving", "Question"])
        second = book.add_worksheet("February")
        second.write_row("A1", head)
        second.write_row("A2", ["3/2024", "2024-03-03", "pigeon", "Resolving", "Question"])
    code, out, _ = check(capsys)
    assert code == 1
    assert "register.xlsx, sheet January, row 6, column date_received" in out
    assert "C6" in comments(make, "January")
    assert "C2" in comments(make, "February")
    assert "C2" not in comments(make, "January")


def test_headings_that_are_known_stay_though_somebody_is_called_so(
    make: Maker, capsys: pytest.CaptureFixture[str]
) -> None:
    make.project(HEAD.replace("\n", ",Of Batbold\n") + "1/2024,2024-03-01,email,Batbold Type,,A,Resolving,Question,x\n")
    _, out, _ = check(capsys)
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("type ")] == [["type", "type"]]
    assert "Batbold" not in out
