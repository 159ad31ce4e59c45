"""Whatever an office keeps its register in, the same cells come out of it, each under its own number of row."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
import xlsxwriter
from docx.oxml.ns import qn

from pipeline.errors import InputError
from pipeline.register.formats.database import read_database
from pipeline.register.formats.files import read_file
from pipeline.register.formats.rows import as_text
from pipeline.register.formats.sheet import Sheet

HEAD = ["№", "Огноо", "Суваг", "Төлөв"]
ROWS = [HEAD, ["1/2024", "2024-03-05", "и-мэйл", "Шийдвэрлэсэн"], ["2/2024", "2024-03-06", "утас", "Хийгдэж байгаа"]]
RUSSIAN = [
    ["№", "Дата", "Канал", "Статус"],
    ["1", "05.03.2024", "эл. почта", "решено, окончательно"],
    ["2", "06.03.2024", "телефон", "в работе"],
]
SPANISH = [["Nº", "Canal", "Situación"], ["1", "teléfono", "resuelto «sí»"], ["2", "correo", "en trámite"]]


def cells(sheet: Sheet) -> list[list[str | None]]:
    return [[None if cell != cell else cell for cell in row] for row in sheet.cells.to_numpy().tolist()]


def sheets(path: Path, encoding: str = "") -> list[Sheet]:
    return read_file(path, path.name, f"data/p/{path.name}", encoding)


def only(path: Path, encoding: str = "") -> Sheet:
    (sheet,) = sheets(path, encoding)
    return sheet


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ";") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


@pytest.mark.parametrize(
    ("rows", "encoding", "found"),
    [
        (ROWS, "utf-8", "UTF-8"),
        (ROWS, "utf-8-sig", "UTF-8"),
        (ROWS, "utf-16", "UTF-16"),
        (ROWS, "utf-16-le", "UTF-16-LE"),
        (ROWS, "utf-16-be", "UTF-16-BE"),
        (ROWS, "utf-32", "UTF-32"),
        (RUSSIAN, "cp1251", "cp1251"),
        (SPANISH, "cp1252", "cp1252"),
        (SPANISH, "latin-1", "cp1252"),
    ],
)
def test_a_text_is_read_in_the_encoding_that_it_was_saved_in(
    tmp_path: Path, rows: list[list[str]], encoding: str, found: str
) -> None:
    # Half of the bytes of UTF-16 are zero only where the letters are those of ASCII.
    text = as_csv([*rows, ["registration number 3", "2024-03-07", "somebody came to the office", "in progress"]])
    sheet = only(written(tmp_path / "register.csv", text.encode(encoding)))
    assert sheet.encoding == found
    assert [[cell for cell in row if cell] for row in cells(sheet)][:3] == rows


def test_mongolian_in_cp1251_keeps_every_letter_that_the_encoding_has(tmp_path: Path) -> None:
    rows = [["№", "Тєлєв"], ["1", "Хїсэлт шийдвэрлэсэн"], ["2", "Єргєдєл хїлээн авсан"]]
    sheet = only(written(tmp_path / "register.csv", as_csv(rows).encode("cp1251")))
    assert (sheet.encoding, cells(sheet)) == ("cp1251", rows)


def test_the_mark_of_utf_16_with_big_end_first_is_obeyed(tmp_path: Path) -> None:
    content = b"\xfe\xff" + as_csv(ROWS).encode("utf-16-be")
    assert cells(only(written(tmp_path / "register.csv", content))) == ROWS


def test_an_encoding_that_project_yml_names_wins(tmp_path: Path) -> None:
    path = written(tmp_path / "register.csv", "№;Статус\n1;да\n".encode("koi8-r", "replace"))
    assert cells(only(path, "koi8-r"))[1] == ["1", "да"]
    told = (
        r"^data/p/register.csv is not in the encoding 'ascii' that project.yml names under register: line 1 \(byte 3 "
        r"of it, F3\) cannot be read in it\. Write anew what stands there, or leave the key encoding out if"
    )
    with pytest.raises(InputError, match=told):
        only(path, "ascii")


FRENCH = [["Date de réception", "Événement"], ["2024-03-05", "près de l'école"], ["2024-03-06", "à Labé"]]


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        ("3;num\xe9ro 5\r\n", "line 4 (byte 6 of it, E9)"),
        ("3;num\xe9ro 5 d\xe9j\xe0\r\n4;\xe0\r\n", "line 4 (byte 6 of it, E9) and line 5 (byte 3 of it, E0)"),
        ("\xe9\r\n" * 3, "line 4 (byte 1 of it, E9), line 5 (byte 1 of it, E9) and line 6 (byte 1 of it, E9)"),
        (
            "\xe9\r\n" * 4,
            "line 4 (byte 1 of it, E9), line 5 (byte 1 of it, E9), line 6 (byte 1 of it, E9) and more places",
        ),
        ("3;cut short \xc3", "line 4 (byte 13 of it, C3)"),
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_text_that_is_utf_8_but_for_some_letters_is_refused_by_their_lines(
    tmp_path: Path, bad: str, place: str, mark: bytes
) -> None:
    content = as_csv(FRENCH).encode() + bad.encode("latin-1")
    with pytest.raises(InputError) as error:
        only(written(tmp_path / "register.csv", mark + content))
    assert f"data/p/register.csv is UTF-8 for the most part, and not in {place}. Write anew" in str(error.value)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Ã©Ã¨ é è à ç", "latin-1"), ("№ 1 «Ёлка» ТОО «Путь»", "cp1251"), ("のにはてとでたまなをしかる" * 9, "cp932")],
)
def test_letters_that_could_be_utf_8_make_no_text_of_another_encoding_utf_8(
    tmp_path: Path, text: str, encoding: str
) -> None:
    assert only(written(tmp_path / "register.csv", text.encode(encoding))).encoding != "UTF-8"


@pytest.mark.parametrize("name", ["register.csv.gz", "register.gz", "register.csv"])
def test_a_compressed_text_is_read(tmp_path: Path, name: str) -> None:
    sheet = only(written(tmp_path / name, gzip.compress(as_csv(RUSSIAN).encode("cp1251"))))
    assert (cells(sheet), sheet.encoding) == (RUSSIAN, "cp1251")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_that_by_which_rows_fall_into_equally_many_cells(tmp_path: Path, delimiter: str) -> None:
    rows = [["Register of grievances, 2024; all", "", ""], ["a", "b", "c"], ["1,5", "2;5", "x|y"], ["1,7", "2;7", "x"]]
    text = "".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    assert [[cell or "" for cell in row] for row in cells(only(written(tmp_path / "r.csv", text)))] == rows


def test_rows_are_those_of_the_file_with_blank_ones_and_quoted_line_breaks(tmp_path: Path) -> None:
    sheet = only(written(tmp_path / "r.csv", '\n\na,b\n\n"1\n1",2\n,\n3,4\n\n,\n'))
    assert {sheet.row_number(at): row for at, row in enumerate(cells(sheet)) if any(row)} == {
        3: ["a", "b"],
        5: ["1\n1", "2"],
        7: ["3", "4"],
    }


def workbook(path: Path, fill: Any, **options: Any) -> Path:
    with xlsxwriter.Workbook(str(path), options) as book:
        fill(book)
    return path


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    """A workbook with a cell of every kind, a table that begins at C5, and hidden rows and sheets."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Kinds")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        hours = book.add_format({"num_format": "[h]:mm"})
        values = [
            ("day", lambda r: sheet.write_datetime(r, 3, date(2024, 3, 5), day)),
            ("midnight", lambda r: sheet.write_datetime(r, 3, datetime(2024, 3, 5), moment)),
            ("moment", lambda r: sheet.write_datetime(r, 3, datetime(2024, 3, 5, 14, 30), moment)),
            ("time", lambda r: sheet.write_datetime(r, 3, time(14, 30), clock)),
            ("duration", lambda r: sheet.write_datetime(r, 3, timedelta(hours=26, minutes=30), hours)),
            ("whole", lambda r: sheet.write_number(r, 3, 7)),
            ("long", lambda r: sheet.write_number(r, 3, 123456789012)),
            ("part", lambda r: sheet.write_number(r, 3, 0.1)),
            ("true", lambda r: sheet.write_boolean(r, 3, True)),
            ("false", lambda r: sheet.write_boolean(r, 3, False)),
            ("text", lambda r: sheet.write_string(r, 3, "007")),
            ("formula", lambda r: sheet.write_formula(r, 3, "=1+1", None, 2)),
            ("formula of text", lambda r: sheet.write_formula(r, 3, '="a"&"b"', None, "ab")),
            ("formula of an error", lambda r: sheet.write_formula(r, 3, "=1/0", None, "#DIV/0!")),
            ("looks like a formula", lambda r: sheet.write_string(r, 3, "=cmd|' /C calc'!A0")),
            ("blank text", lambda r: sheet.write_string(r, 3, "  ")),
        ]
        sheet.write_row(4, 2, ["kind", "value"])
        for row, (kind, write) in enumerate(values, start=5):
            sheet.write_string(row, 2, kind)
            write(row)
        sheet.set_row(6, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})
        book.add_worksheet("Old").write_string(0, 0, "hidden sheet")
        book.get_worksheet_by_name("Old").hide()
        book.add_worksheet("Older").write_string(0, 0, "very hidden sheet")
        book.get_worksheet_by_name("Older").very_hidden()
        book.add_chartsheet("Chart").set_chart(_chart(book))
        book.add_worksheet("Blank")
        merged = book.add_worksheet("Merged")
        merged.merge_range("B2:D2", "Group")
        merged.merge_range("A2:A3", "Number")
        merged.write_row("B3", ["a", "b", "c"])

    return sheets(workbook(tmp_path_factory.mktemp("typed") / "typed.xlsx", fill))


def _chart(book: Any) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Kinds!$D$11:$D$12"})
    return chart


def test_every_kind_of_cell_has_one_text(typed: list[Sheet]) -> None:
    rows = {row[2]: row[3] for row in cells(typed[0]) if row[2]}
    assert rows == {
        "kind": "value",
        "day": "2024-03-05",
        "midnight": "2024-03-05",
        "moment": "2024-03-05 14:30:00",
        "time": "14:30:00",
        "duration": "26:30:00",
        "whole": "7",
        "long": "123456789012",
        "part": "0.1",
        "true": "TRUE",
        "false": "FALSE",
        "text": "007",
        "formula": "2",
        "formula of text": "ab",
        "formula of an error": None,
        "looks like a formula": "=cmd|' /C calc'!A0",
        "blank text": None,
    }


def test_a_table_that_begins_at_c5_keeps_its_rows_and_columns(typed: list[Sheet]) -> None:
    first = typed[0]
    at = next(place for place, row in enumerate(cells(first)) if any(row))
    assert first.row_number(at) == 5
    assert cells(first)[at] == [None, None, "kind", "value"]


def test_hidden_rows_hidden_sheets_error_cells_and_merged_cells_are_told(typed: list[Sheet]) -> None:
    assert [(sheet.name, sheet.is_visible) for sheet in typed] == [
        ("Kinds", True),
        ("Old", False),
        ("Older", False),
        ("Blank", True),
        ("Merged", True),
    ]
    assert typed[0].hidden_rows == {7, 10}
    assert typed[0].error_cells == {(19, 3)}
    assert sorted(typed[4].merged) == [((1, 0), (2, 0)), ((1, 1), (1, 3))]
    assert typed[3].cells.empty
    assert not any(sheet.days_from_1904 for sheet in typed)


def test_days_are_the_same_days_in_the_system_of_1904(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, date(2024, 3, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_number(1, 0, 43894)

    sheet = only(workbook(tmp_path / "r.xlsx", fill, date_1904=True))
    assert (cells(sheet), sheet.days_from_1904) == ([["2024-03-05"], ["43894"]], True)


@pytest.mark.shared_data
def test_the_system_of_1904_is_known_where_excel_writes_an_extension(shared_data: Path) -> None:
    assert only(shared_data / "sheetjs_dates_merges" / "1904.xlsx").days_from_1904
    assert not only(shared_data / "sheetjs_dates_merges" / "1900.xlsx").days_from_1904


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "sheet", "rows"),
    [
        (
            "messytables_horror/simple.ods",
            "Sheet1",
            [["Name", "Age", "When"], ["Bob", "20", "2010-10-10"]],
        ),
        (
            "messytables_horror/simple.xls",
            "simple.csv",
            [["date", "temperature", "place"], ["2011-01-01", "1", "Galway"], ["2011-01-02", "-1", "Galway"]],
        ),
        (
            "tabular_edge_cases/tabulator_table-with-ints-floats-dates.xls",
            "Лист1",
            [["Int", "Float", "Date"], ["2013", "3.3", "2009-08-16"], ["1997", "5.6", "2009-09-20"]],
        ),
        ("openrefine_testdata/excel95.xls", "Sheet1", [["Test spreadsheet in Excel 95 format"]]),
    ],
)
def test_old_workbooks_and_those_of_libreoffice_are_read(
    shared_data: Path, name: str, sheet: str, rows: list[list[str | None]]
) -> None:
    first = sheets(shared_data / name)[0]
    assert first.name == sheet
    assert cells(first)[: len(rows)] == rows


def test_openpyxl_s_workbook_of_a_mac_is_read_alike(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([datetime(2024, 3, 5, 9, 5, 7), None])
    book.active.append([None, 1.5])
    book.save(tmp_path / "r.xlsx")
    assert cells(only(tmp_path / "r.xlsx")) == [["a", "b"], ["2024-03-05 09:05:07", None], [None, "1.5"]]


def test_the_tables_of_a_document_are_its_sheets(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Register of grievances")
    table = document.add_table(rows=4, cols=3)
    for at, row in enumerate([["No", "Received", ""], ["", "on", "through"], ["1", "2024-03-05", "e-mail\nor phone"]]):
        for cell, text in zip(table.rows[at].cells, row, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(3, 0).merge(table.cell(3, 2)).text = "A remark"
    second = document.add_table(rows=1, cols=1)
    second.cell(0, 0).text = "another"
    document.save(str(tmp_path / "r.docx"))
    first, other = sheets(tmp_path / "r.docx")
    assert (first.name, other.name) == ("table 1", "table 2")
    assert cells(first) == [
        ["No", "Received", None],
        ["No", "on", "through"],
        ["1", "2024-03-05", "e-mail\nor phone"],
        ["A remark", None, None],
    ]
    assert ((0, 1), (0, 2)) in first.merged
    assert ((3, 0), (3, 2)) in first.merged
    assert cells(other) == [["another"]]


RECORDS = [
    {"no": 7, "from": {"name": "Bat", "phone": {"home": None}}, "ok": True, "tags": ["a", "ү"], "cost": 1.50},
    {"no": 12345678901234567890, "from": {}, "extra": "x"},
]
FLAT = [
    ["no", "from.name", "from.phone.home", "ok", "tags", "cost", "from", "extra"],
    ["7", "Bat", None, "true", '["a", "ү"]', "1.5", None, None],
    ["12345678901234567890", None, None, None, None, None, "{}", "x"],
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.json", json.dumps(RECORDS)),
        ("r.json", json.dumps(RECORDS, indent=1, ensure_ascii=False)),
        ("r.json", json.dumps({"count": 2, "results": RECORDS, "links": ["a"]})),
        ("r.json", json.dumps({"meta": {}, "data": {"kind": "x", "items": RECORDS}})),
        ("r.jsonl", "\n".join(json.dumps(record) for record in RECORDS)),
        ("r.ndjson", "\n\n" + "\r\n".join(json.dumps(record) for record in RECORDS) + "\n"),
        ("r.json", "\ufeff" + json.dumps(RECORDS)),
    ],
)
def test_records_become_rows_and_nested_fields_columns(tmp_path: Path, name: str, text: str) -> None:
    sheet = only(written(tmp_path / name, text))
    assert cells(sheet) == FLAT
    assert [sheet.row_number(at) for at in range(3)] == [0, 1, 2]


def test_each_list_of_records_is_a_sheet_of_its_own(tmp_path: Path) -> None:
    text = json.dumps({"2023": RECORDS, "old": {"2022": RECORDS[:1]}})
    first, second = sheets(written(tmp_path / "r.json", text))
    assert [first.name, second.name] == ["2023", "old.2022"]
    assert cells(first) == FLAT


def test_a_field_that_a_record_has_twice_is_refused_and_two_that_flatten_alike_are_kept(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a record has the field 'id' twice"):
        sheets(written(tmp_path / "r.json", '[{"id": "1/2024", "id": "2/2024"}]'))
    assert cells(only(written(tmp_path / "s.json", '[{"a.b": "x", "a": {"b": "y"}}]'))) == [
        ["a.b", "a.b (2)"],
        ["x", "y"],
    ]


@pytest.mark.parametrize("text", ['[{"a": "\\ud800"}]', '{"a": "\\udfff"}\n{"a": "x"}\n'])
def test_halves_of_characters_are_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="holds characters that are none"):
        sheets(written(tmp_path / "r.json", text))


def test_a_table_within_a_table_and_tracked_insertions_of_word_are_read(tmp_path: Path) -> None:
    made = docx.Document()
    outer = made.add_table(1, 2)
    outer.cell(0, 0).text = "Layout"
    inner = outer.cell(0, 1).add_table(2, 2)
    for place, text in enumerate(("No", "Status", "1/2024", "Resolved")):
        inner.cell(place // 2, place % 2).text = text
    run = inner.cell(1, 1).paragraphs[0].runs[0]._r
    insertion = run.makeelement(qn("w:ins"), {})
    run.addprevious(insertion)
    insertion.append(run)
    row = inner.rows[1]._tr
    control, content = row.makeelement(qn("w:sdt"), {}), row.makeelement(qn("w:sdtContent"), {})
    row.addprevious(control)
    control.append(content)
    content.append(row)
    made.save(str(tmp_path / "r.docx"))
    assert [cells(sheet) for sheet in sheets(tmp_path / "r.docx")] == [
        [["Layout"]],
        [["No", "Status"], ["1/2024", "Resolved"]],
    ]


def test_a_database_is_read_as_it_is_whatever_its_columns_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:///{tmp_path / 'odd.db'}"
    engine = sqlalchemy.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (id integer primary key, d date, n decimal, b boolean, x blob)")
        connection.exec_driver_sql("insert into t values (1, '05.13.2024', 'many', 'perhaps', x'414243')")
    engine.dispose()
    monkeypatch.setenv("GRM_DATABASE", address)
    (sheet,) = read_database("GRM_DATABASE", "t", "project.yml")
    assert cells(sheet) == [["id", "d", "n", "b", "x"], ["1", "05.13.2024", "many", "perhaps", "ABC"]]


def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRM_DATABASE", f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(InputError, match="does not exist"):
        read_database("GRM_DATABASE", "t", "project.yml")
    assert not (tmp_path / "new.db").exists()


def test_a_record_whose_text_holds_the_line_separator_of_unicode_is_one_record(tmp_path: Path) -> None:
    records = [{"no": 1, "text": "first\u2028second\x85third"}, {"no": 2, "text": "x"}]
    text = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    assert [row[0] for row in cells(only(written(tmp_path / "r.jsonl", text)))] == ["no", "1", "2"]


def test_a_csv_that_begins_with_a_bracket_is_a_csv(tmp_path: Path) -> None:
    assert cells(only(written(tmp_path / "r.csv", "[No],b\n1,2\n"))) == [["[No]", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, 2]", "must be a list of records"),
        ("[]", "holds no record"),
        ("{}", "holds no record"),
        ('[{"a": 1},\n{"a": }]', "line 2: this is not valid JSON"),
        ('{"a": 1}\n{"a": 2\n', "line 2: this is not valid JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
    ],
)
def test_what_holds_no_records_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        only(written(tmp_path / "r.json", text))


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "no": pa.array([1, None], pa.int64()),
            "on": pa.array([date(2024, 3, 5), None]),
            "at": pa.array([datetime(2024, 3, 5, 14, 30), datetime(2024, 3, 5)], pa.timestamp("us")),
            "zoned": pa.array([datetime(2024, 3, 5, 14, 30), None], pa.timestamp("us", tz="UTC")),
            "words": pa.array(["ү", ""]).dictionary_encode(),
            "ok": pa.array([True, False]),
            "part": pa.array([0.1, float("nan")]),
        }
    )
    pq.write_table(table, tmp_path / "r.parquet")
    sheet = only(tmp_path / "r.parquet")
    assert cells(sheet) == [
        ["no", "on", "at", "zoned", "words", "ok", "part"],
        ["1", "2024-03-05", "2024-03-05 14:30:00", "2024-03-05 14:30:00+00:00", "ү", "TRUE", "0.1"],
        [None, None, "2024-03-05", None, None, "FALSE", None],
    ]
    assert sheet.row_number(1) == 1


def test_parquet_with_two_columns_of_one_name_keeps_both(tmp_path: Path) -> None:
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "r.parquet")
    assert cells(only(tmp_path / "r.parquet")) == [["a", "a"], ["1", "2"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", None),
        (1e15, "1000000000000000.0"),
        (-3.0, "-3"),
        (datetime(2024, 3, 5, 0, 0, 0, 1), "2024-03-05 00:00:00"),
        (timedelta(days=-1, hours=-2), "-26:00:00"),
        ({"a": [1]}, '{"a": [1]}'),
        (float("nan"), None),
    ],
)
def test_a_value_has_one_text(value: Any, text: str | None) -> None:
    assert as_text(value) == text


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secret-place.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            create table grievances (no integer primary key, received text, cost real);
            insert into grievances values (10, '2024-03-05', 1.5), (9, null, 2), (100, '', null);
            create table loose (no text, status text);
            insert into loose values ('b', 'x'), ('a', 'y'), (null, 'z');
            create view seen as select no, received from grievances where no < 50;
            create table "order" ("select" text);
            insert into "order" values ('1');
            """
        )
    connection.close()
    monkeypatch.setenv("GRM_DATABASE", f"sqlite:///{path}")
    return path


def table_of(name: str, variable: str = "GRM_DATABASE") -> list[list[str | None]]:
    (sheet,) = read_database(variable, name, "data/p/project.yml")
    assert (sheet.file, sheet.name, sheet.first_row) == (variable, name, 0)
    return cells(sheet)


def test_a_table_of_a_database_comes_in_the_order_of_its_key(database: Path) -> None:
    assert table_of("grievances") == [
        ["no", "received", "cost"],
        ["9", None, "2"],
        ["10", "2024-03-05", "1.5"],
        ["100", None, None],
    ]


def test_a_table_without_a_key_comes_sorted(database: Path) -> None:
    assert table_of("loose") == [["no", "status"], [None, "z"], ["a", "y"], ["b", "x"]]


def test_a_view_and_a_table_named_like_a_command_are_read(database: Path) -> None:
    assert table_of("seen") == [["no", "received"], ["10", "2024-03-05"], ["9", None]]
    assert table_of("order") == [["select"], ["1"]]


def test_the_database_is_not_written_to(database: Path) -> None:
    before = database.read_bytes()
    table_of("grievances")
    assert database.read_bytes() == before


@pytest.mark.parametrize("table", ["nothing", "grievances; drop table grievances", "grievances --", "main.nothing"])
def test_a_table_that_is_not_there_is_told_with_those_that_are(database: Path, table: str) -> None:
    with pytest.raises(InputError, match=r"has no table or view '.*It has: grievances, loose, order, seen") as error:
        table_of(table)
    assert str(database) not in str(error.value)
    assert table_of("grievances")[1] == ["9", None, "2"]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://officer:s3cret@127.0.0.1:1/grm",
        "postgresql+psycopg2://officer:s3cret@127.0.0.1:1/grm",
        "nonsense://officer:s3cret@host/grm",
        "officer:s3cret@host",
        "postgresql://officer:s3cret@host:port/grm",
        "sqlite:////nowhere/s3cret/register.db",
        "s3cret",
    ],
)
def test_no_error_repeats_the_address_or_the_password(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("GRM_DATABASE", address)
    with pytest.raises(InputError) as error:
        table_of("grievances")
    said = str(error.value)
    assert "GRM_DATABASE" in said
    assert not any(word in said for word in ("s3cret", "officer", "nowhere", address))
    assert error.value.__suppress_context__


def test_a_file_that_is_no_database_is_refused_without_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRM_DATABASE", f"sqlite:///{written(tmp_path / 's3cret.db', b'no database' * 200)}")
    with pytest.raises(InputError, match="could not be read") as error:
        table_of("grievances")
    assert "s3cret" not in str(error.value)


def test_a_variable_that_is_not_set_is_told_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRM_NOWHERE", raising=False)
    assert "GRM_NOWHERE" not in os.environ
    with pytest.raises(InputError, match=r"environment variable GRM_NOWHERE is not set.*postgresql://"):
        table_of("grievances", "GRM_NOWHERE")
