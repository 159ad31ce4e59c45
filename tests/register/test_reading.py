"""A register is read as it is kept, or refused in a sentence; it is never changed."""

from __future__ import annotations

import hashlib

import pytest
from making import SAMPLE, Maker

from pipeline.errors import InputError
from pipeline.register.mapping import collected, map_columns
from pipeline.register.reading import read_register

HEAD = "registration_no,date_received,channel,status\n"


def read(make: Maker, content: str | bytes, changes: dict[str, str] | None = None):
    project = make.project("", changes)
    path = make.folder / SAMPLE / "register.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    register = map_columns(read_register(project), project)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    return register


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_marks_and_line_ends_are_found(make: Maker, delimiter: str, mark: str, end: str) -> None:
    lines = (HEAD + "1/2024,2024-03-01,email,Resolved\n").replace(",", delimiter).replace("\n", end)
    table = read(make, mark + lines).table
    assert table["registration_no"].tolist() == ["1/2024"]
    assert table["status"].tolist() == ["Resolved"]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(make: Maker) -> None:
    table = read(make, "\n" + HEAD + '1,2024-03-01,"e\nmail",x\n\n,,,\n2,2024-03-02,email,x\n').table
    assert table["source_row"].tolist() == [3, 6]
    assert table["channel"].tolist() == ["e\nmail", "email"]


def test_blanks_invisible_letters_and_hard_blanks_are_no_content(make: Maker) -> None:
    table = read(make, HEAD + "\u200b1\u00a0, ,\ufeffemail,\u00a0\n").table
    assert table["registration_no"].tolist() == ["1"]
    assert table[["date_received", "status"]].isna().all(axis=None)


def test_cells_beyond_the_headings_are_set_aside_and_told(make: Maker) -> None:
    register = read(make, HEAD + "1,2024-03-01,email,x,,stray,more\n2,2024-03-01\n")
    assert register.found[["rule", "row", "value"]].to_numpy().tolist() == [["cells_beyond_headings", 2, "2"]]
    assert register.table["channel"].isna().tolist() == [False, True]


def test_headings_are_known_by_name_title_and_project_yml(make: Maker) -> None:
    head = "Reg. No.,DATE RECEIVED,Channel,status,Complainant,Colour\n"
    register = read(make, head + "1,2024-03-01,email,x,Bat,blue\n", {"columns": '{"Reg. No.": registration_no}'})
    assert collected(register) == ["registration_no", "date_received", "channel", "complainant", "status"]
    assert register.table["other: Colour"].tolist() == ["blue"]
    assert register.found["rule"].tolist() == ["column_not_known"]


def test_a_register_without_rows_is_a_register(make: Maker) -> None:
    assert len(read(make, HEAD).table) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04", "is not a text file"),
        (b"a\x00b", "is not a text file"),
        (HEAD.encode() + b"1,2024,\xe9mail,x\n", "line 2: a character is not UTF-8"),
        (HEAD.encode() + b'1,"2024,email,x\n', "quotation mark"),
        (b"registration_no,registration_no,channel,status\n", "stands there twice"),
        (b"registration_no,,channel,status\n", "column 2: the heading is blank"),
        (b"No,date_received,channel,status\n", "no column for registration_no"),
        (b"registration_no,Registration number,date_received,channel,status\n", "are both the column registration_no"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(make: Maker, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(make, content)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"register": "none.csv"}, "data/smart-government-ii/none.csv is missing"),
        ({"register": "../../etc/passwd.csv"}, "must lie in the project's folder"),
        ({"register": "register.xlsx"}, "CSV UTF-8"),
        ({"columns": "{Nummer: registration_no}"}, "has no heading 'Nummer'"),
        ({"columns": "{status: stauts}"}, "Did you mean status"),
    ],
)
def test_a_register_that_is_not_there_is_refused(make: Maker, changes: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(make, HEAD, changes)
