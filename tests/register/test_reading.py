"""A register is read as it is kept, or refused in a sentence; it is never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from making import SAMPLE, Maker, clean

from pipeline.errors import InputError
from pipeline.project import load_project
from pipeline.register.mapping import collected, map_columns
from pipeline.register.reading import read_register
from pipeline.register.views import account, columns_read

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


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_heading_may_hold_line_breaks_and_other_delimiters(make: Maker, delimiter: str) -> None:
    head = ['"Number,\nas given; or | none"', "date_received", "channel", "status"]
    lines = [head, ["1/2024", "2024-03-01", "email", "Resolved"]]
    text = "".join(delimiter.join(line) + "\n" for line in lines)
    register = read(make, text, {"columns": "{'Number, as given; or | none': registration_no}"})
    assert register.table["registration_no"].tolist() == ["1/2024"]


def test_a_cell_may_hold_every_delimiter_quotes_and_line_breaks(make: Maker) -> None:
    cell = 'a, b; c\td|"e"\r\nf'
    quoted = cell.replace('"', '""')
    table = read(make, HEAD.replace("status", "status,summary") + f'1,2024-03-01,email,x,"{quoted}"\n').table
    assert table["summary"].tolist() == [cell]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_blank_rows_above_the_headings_are_rows_of_the_spreadsheet(make: Maker, delimiter: str) -> None:
    text = f",,,\n\n{HEAD}1/2024,2024-03-01,email,Resolved\n".replace(",", delimiter)
    assert read(make, text).table["source_row"].tolist() == [4]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(make: Maker) -> None:
    table = read(make, "\n" + HEAD + '1,2024-03-01,"e\nmail",x\n\n,,,\n2,2024-03-02,email,x\n').table
    assert table["source_row"].tolist() == [3, 6]
    assert table["channel"].tolist() == ["e\nmail", "email"]


def test_row_numbers_are_told_over_quoted_line_breaks_and_blank_rows(make: Maker) -> None:
    text = HEAD + '\n"1/2024",2024-03-01,"e\n\nmail","x\r\ny"\n,,,\n\n2/2024,2024-03-02,email,Pendng\n'
    found = clean(make.project(text)).findings
    assert found.loc[found["rule"] == "unknown_status", "row"].tolist() == [3, 6]


def test_blanks_invisible_letters_and_hard_blanks_are_no_content(make: Maker) -> None:
    table = read(make, HEAD + "\u200b1\u00a0, ,\ufeffemail,\u00a0\n").table
    assert table["registration_no"].tolist() == ["1"]
    assert table[["date_received", "status"]].isna().all(axis=None)


def test_cells_beyond_the_headings_are_set_aside_and_told(make: Maker) -> None:
    register = read(make, HEAD + "1,2024-03-01,email,x,,stray,more\n2,2024-03-01\n")
    assert register.found[["rule", "row", "value"]].to_numpy().tolist() == [["cells_beyond_headings", 2, "2"]]
    assert register.table["channel"].isna().tolist() == [False, True]


def test_a_row_shorter_than_the_headings_has_blanks_and_a_longer_one_of_blanks_no_finding(make: Maker) -> None:
    register = read(make, HEAD + "1\n2,2024-03-01,email,x,,,\n")
    assert register.table[["date_received", "channel", "status"]].iloc[0].isna().all()
    assert register.found.empty


def test_cells_are_text_whatever_they_look_like(make: Maker) -> None:
    table = read(make, HEAD + "007,NA,null,1e3\n1.0,NaN,None,TRUE\n").table
    assert table[["registration_no", "date_received", "channel", "status"]].to_numpy().tolist() == [
        ["007", "NA", "null", "1e3"],
        ["1.0", "NaN", "None", "TRUE"],
    ]


def test_a_long_cell_is_read_whole(make: Maker) -> None:
    text = "x" * 200_000
    assert read(make, HEAD.replace("status", "status,note") + f"1,2024-03-01,email,x,{text}\n").table["note"][0] == text


def test_headings_are_known_by_name_title_and_project_yml(make: Maker) -> None:
    head = "Reg. No.,DATE RECEIVED,Channel,status,Complainant,Colour\n"
    register = read(make, head + "1,2024-03-01,email,x,Bat,blue\n", {"columns": '{"Reg. No.": registration_no}'})
    assert collected(register) == ["registration_no", "date_received", "channel", "complainant", "status"]
    assert register.table["other: Colour"].tolist() == ["blue"]
    assert register.found["rule"].tolist() == ["column_not_known"]


def test_a_heading_that_project_yml_maps_wins_over_one_that_is_known_by_name(make: Maker) -> None:
    text = HEAD.replace("status", "status,state") + "1,2024-03-01,email,old,new\n"
    table = read(make, text, {"columns": "{Status: note, STATE: status}"}).table
    assert (table["status"][0], table["note"][0]) == ("new", "old")


def test_headings_of_the_program_s_own_columns_stay_apart(make: Maker) -> None:
    head = HEAD.replace("status", "status,has_contact,is_admissible,summary_public,other: x")
    cleaned = make.clean(head + "1/2024,2024-03-01,email,Resolving,a,b,c,d\n")
    assert cleaned.labelled["is_admissible"].tolist() == [True]
    assert cleaned.labelled["other: is_admissible"].tolist() == ["b"]
    assert cleaned.labelled["other: other: x"].tolist() == ["d"]


def test_a_register_without_rows_is_a_register(make: Maker) -> None:
    assert len(read(make, HEAD).table) == 0
    cleaned = make.clean(HEAD)
    assert len(cleaned.cases) == len(cleaned.findings) == 0
    assert not cleaned.checks("2024H1")["difference"].any()


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".CSV"])
def test_a_text_file_of_any_ending_is_read(make: Maker, ending: str) -> None:
    project = make.project(HEAD + "1/2024,2024-03-01,email,x\n")
    (project.folder / "register.csv").rename(project.folder / f"reg{ending}")
    path = project.folder / "project.yml"
    text = path.read_text(encoding="utf-8").replace("register: register.csv", f"register: reg{ending}")
    path.write_text(text, encoding="utf-8")
    assert len(read_register(load_project(SAMPLE)).table) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b",,,\n ,\n", "is empty"),
        (b"PK\x03\x04", "is damaged, incomplete, or not what its ending says"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is damaged, incomplete, or not what its ending says"),
        (b"%PDF-1.7 ...", "is a PDF; open it in the program it comes from"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "is a web page or an XML file"),
        (b"a\x00b", "is no text, and none of the kinds of file that can be read"),
        (b"1,2\n3,4\n", "no row of headings was found"),
        (HEAD.encode() + b'1,"2024,email,x\n', "quotation mark"),
        (b"A,date_received,channel,status\n", "no column for registration_no"),
        (b"A,date_received,channel,status\n", r"Headings that are not used yet: row 1, column A\."),
        (b"a\nb\n", "no column for registration_no, date_received, channel, status"),
        (b"registration_no,Registration number,date_received,channel,status\n", "are both the column registration_no"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(make: Maker, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(make, content)


def test_a_heading_that_stands_twice_is_told_apart_and_the_first_one_taken(make: Maker) -> None:
    register = read(make, HEAD.replace("status", "status,Status,A,a") + "1,2024-03-01,email,old,new,x,y\n")
    assert register.table["status"].tolist() == ["old"]
    assert register.table["other: Status (2)"].tolist() == ["new"]
    assert register.table["other: a (2)"].tolist() == ["y"]
    assert sorted(register.found["rule"]) == ["column_in_doubt", "column_not_known", "column_not_known"]
    (message,) = register.found.loc[register.found["rule"] == "column_in_doubt", "message"]
    assert "the headings 'status' and 'Status (2)' both fit the column status; 'status' was taken" in message


def test_a_column_with_cells_but_no_heading_is_kept_under_its_letter(make: Maker) -> None:
    register = read(make, "registration_no,,date_received,,channel,status\n1,x,2024-03-01,,email,y\n")
    assert register.table["other: column B"].tolist() == ["x"]
    assert not any("column D" in name for name in register.table.columns)


def test_headings_that_are_names_of_the_program_take_no_column_s_place(make: Maker) -> None:
    register = read(make, HEAD.replace("status", "status,source_row,source_sheet") + "1,2024-03-01,email,x,9,8\n")
    assert register.table["source_row"].tolist() == [2]
    assert register.table["other: source_row (as given)"].tolist() == ["9"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"register": "none.csv"}, "data/smart-government-ii/none.csv is missing"),
        ({"register": "../../etc/passwd.csv"}, "must lie in the project's folder"),
        ({"register": "/etc/passwd"}, "must lie in the project's folder"),
        ({"register": "."}, r"is missing.*There is register.csv: is that the one\?"),
        ({"register": "register.xlsx"}, r"is missing.*There is register.csv: is that the one\?"),
        ({"register": "'*.ods'"}, r"no file in data/smart-government-ii fits the pattern '\*\.ods'"),
        ({"register": "'../*/register.csv'"}, "must lie in the project's folder"),
        ({"register": "{file: register.csv, sheet: 2024}"}, "key register.sheet"),
        (
            {"register": "{file: register.csv, sheet: March}"},
            "the register has no sheet 'March'. It has none with a name",
        ),
        ({"register": "{file: register.csv, encoding: latin-12}"}, "'latin-12' is not an encoding"),
        ({"register": "{file: a.csv, database: GRM_DATABASE, table: t}"}, "give either file, or database"),
        ({"register": "{database: GRM_DATABASE}"}, "database and table go together"),
        ({"register": "{database: 'postgresql://x', table: t}"}, "register.database"),
        (
            {"columns": "{Nummer: registration_no}"},
            r"line \d+, key columns\.…: the register has no heading as this line",
        ),
        (
            {"columns": "{status: Kalinda Orro}"},
            r"line \d+, key columns\.…: no column is called as this line says\.$",
        ),
        ({"columns": "{status: stauts}"}, r"Did you mean status\?$"),
    ],
)
def test_a_register_that_is_not_there_is_refused(make: Maker, changes: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(make, HEAD, changes)


def test_of_a_register_that_is_not_there_no_other_file_is_told_that_can_be_called_after_somebody(make: Maker) -> None:
    project = make.project("", {"register": "list.csv"})
    for other, hint in (
        ("Kalinda Orro.csv", "There is a file with another name"),
        ("list.xlsx", "There is list.xlsx:"),
    ):
        (project.folder / "register.csv").unlink(missing_ok=True)
        (project.folder / other).write_text(HEAD, encoding="utf-8")
        with pytest.raises(InputError, match=r"list\.csv is missing") as error:
            read_register(project)
        assert hint in str(error.value)
        assert "Kalinda" not in str(error.value)


def test_a_register_that_is_a_link_out_of_the_project_is_refused(make: Maker, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.csv"
    outside.write_text(HEAD, encoding="utf-8")
    project = make.project("")
    (project.folder / "register.csv").unlink()
    (project.folder / "register.csv").symlink_to(outside)
    with pytest.raises(InputError, match="must lie in the project's folder"):
        read_register(project)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_register_that_is_a_pipe_is_told_as_one(make: Maker) -> None:
    project = make.project("")
    (project.folder / "register.csv").unlink()
    os.mkfifo(project.folder / "register.csv")
    with pytest.raises(
        InputError, match=r"register.csv is no file but a pipe or a device, .* Save what comes out of it"
    ):
        read_register(project)


@pytest.mark.parametrize("name", ["register.csv", "registers"])
def test_a_folder_without_a_register_is_told_with_what_to_do(make: Maker, name: str) -> None:
    project = make.project("", {"register": name})
    (project.folder / "register.csv").unlink(missing_ok=True)
    (project.folder / name).mkdir()
    (project.folder / name / "notes.pdf").touch()
    with pytest.raises(
        InputError, match=rf"/{name}: the folder holds no file .* Put the files of the register into it"
    ):
        read_register(project)


def test_what_the_first_notebook_shows_of_the_columns_holds_no_cell(make: Maker) -> None:
    head = HEAD.replace("status", "status,complainant,Colour")
    shown = columns_read(read(make, head + "1,2024-03-01,email,x,Bat Bold,\n2,,email,x,,blue\n"))
    assert shown[["heading", "column", "filled_cells", "blank_cells"]].to_numpy().tolist() == [
        ["registration_no", "registration_no", 2, 0],
        ["date_received", "date_received", 1, 1],
        ["channel", "channel", 2, 0],
        ["status", "status", 2, 0],
        ["complainant", "complainant", 1, 1],
        ["Colour", "other: Colour", 1, 1],
    ]
    assert shown["identifies_a_person"].tolist() == ["", "", "", "", "yes", ""]
    assert shown["may_be_public"].tolist() == ["yes", "yes", "yes", "yes", "never", "never"]


def test_a_row_that_got_lost_stops_the_first_stage(make: Maker) -> None:
    cleaned = make.clean(HEAD + "1/2024,2024-03-01,email,Resolving\n2/2024,2024-03-02,email,Resolving\n")
    assert account(cleaned.register, cleaned.cases)["count"].tolist() == [2, 0, 2, 0]
    with pytest.raises(AssertionError, match="a row of the register is missing"):
        account(cleaned.register, cleaned.cases.head(1))
    with pytest.raises(AssertionError, match="2 rows went in and 1 came out"):
        cleaned.register.with_table(cleaned.register.table.head(1))
