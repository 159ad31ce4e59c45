"""Files as offices and machines leave them: each is read, or refused in one sentence; none stops a machine."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
import xlsxwriter

from pipeline.errors import InputError
from pipeline.register.formats.files import read_file
from pipeline.register.formats.sheet import Sheet
from pipeline.register.tables import find_tables

SECONDS = 10
FOLDERS = (
    "messytables_horror",
    "openrefine_testdata",
    "readxl_janitor",
    "sheetjs_dates_merges",
    "smungs_wild_xlsx",
    "tabular_edge_cases",
)


@dataclass(frozen=True)
class Tried:
    """What came of a file: its sheets or the sentence, and how long it took."""

    sheets: tuple[Sheet, ...]
    refusal: str
    seconds: float
    is_unchanged: bool

    def headings(self, sheet: str = "") -> list[str]:
        (one,) = [one for one in self.sheets if one.name == sheet or not sheet]
        return list(find_tables(one, {})[0].headings)


def tried(path: Path) -> Tried:
    """Read a file as a register; whatever is raised but an `InputError` fails the test."""
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    began = time.monotonic()
    sheets, refusal = [], ""
    try:
        sheets = read_file(path, path.name, f"data/p/{path.name}")
    except InputError as error:
        refusal = str(error)
    seconds = time.monotonic() - began
    return Tried(tuple(sheets), refusal, seconds, hashlib.sha256(path.read_bytes()).hexdigest() == before)


def refusal(path: Path) -> str:
    """Return the sentence by which a file is refused, in time and unchanged."""
    result = tried(path)
    assert result.is_unchanged
    assert result.seconds < SECONDS
    assert_is_a_sentence(result.refusal, path)
    return result.refusal


def assert_is_a_sentence(text: str, path: Path) -> None:
    assert text.startswith(f"data/p/{path.name}")
    assert text.endswith(".")
    assert "\n" not in text
    assert "Traceback" not in text
    assert str(path.parent) not in text


@pytest.fixture(scope="module")
def wild(shared_data: Path) -> dict[str, Tried]:
    """Every real file, tried once."""
    paths = [path for folder in FOLDERS for path in sorted((shared_data / folder).iterdir())]
    paths = [path for path in paths if not path.name.startswith("LICENSE")]
    texts = [path for path in paths if path.suffix in (".csv", ".tsv", ".txt")]
    others = [path for path in paths if path not in texts]
    # What is read in a process of its own may be read side by side.
    with ThreadPoolExecutor(4) as pool:
        results = dict(zip(others, pool.map(tried, others), strict=True))
    results |= {path: tried(path) for path in texts}
    return {f"{path.parent.name}/{path.name}": result for path, result in results.items()}


@pytest.mark.shared_data
def test_every_real_file_is_read_or_refused_in_a_sentence_and_none_is_changed(wild: dict[str, Tried]) -> None:
    refused = {name for name, result in wild.items() if result.refusal}
    assert refused == {
        "messytables_horror/encrypted_no_password.xls",
        "messytables_horror/simple.zip",
        "openrefine_testdata/NoData_NoSpreadsheet.ods",
    }
    assert len(wild) - len(refused) == 78
    for name, result in wild.items():
        assert result.is_unchanged, name
        assert result.seconds < SECONDS, name
        if result.refusal:
            assert_is_a_sentence(result.refusal, Path(name))


@pytest.mark.shared_data
def test_every_real_file_with_words_above_its_columns_has_a_table(wild: dict[str, Tried]) -> None:
    without = {
        name
        for name, result in wild.items()
        if result.sheets and not any(find_tables(sheet, {}) for sheet in result.sheets)
    }
    # They hold numbers and days only, or nothing; the last has signs (#, %) for most of its headings.
    assert without == {
        "messytables_horror/libreoffice.xlsx",
        "messytables_horror/null.csv",
        "openrefine_testdata/dates.xls",
        "sheetjs_dates_merges/1900.xlsx",
        "sheetjs_dates_merges/1904.xls",
        "sheetjs_dates_merges/1904.xlsx",
        "sheetjs_dates_merges/DataTypesFormats.xlsx",
        "sheetjs_dates_merges/number_format_entities.xlsx",
        "tabular_edge_cases/tabulator_issue320.xlsx",
    }


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "sheet", "first", "row", "grievances"),
    [
        ("smungs_wild_xlsx/us-crime-2.xlsx", "16tbl02", ["Area", "Year", "Population2", "Violent crime3"], 5, 198),
        ("smungs_wild_xlsx/school.xlsx", "Sheet1", ["column A", "% Proficient or Higher", "% Advanced"], 1, 32),
        (
            "smungs_wild_xlsx/toronto_transit.xlsx",
            "1985-2017 ACTUALS",
            ["column A", "FARE MEDIA", "2017", "2016", "2015 *"],
            6,
            44,
        ),
        ("smungs_wild_xlsx/cashflows.xlsx", "Cash Flow 12 mo", ["column A", "column B", "April", "May", "June"], 4, 38),
        ("readxl_janitor/deaths.xlsx", "arts", ["or / Name", "merging / Profession", "merging / Age"], 5, 13),
        ("readxl_janitor/deaths.xls", "other", ["I will / Name", "keep making notes / Profession"], 5, 14),
        ("readxl_janitor/janitor_dirty_data.xlsx", "", ["First Name", "Last Name", "Employee Status"], 2, 12),
        ("readxl_janitor/clippy.xlsx", "two-row-header", ["name", "species", "death", "weight"], 1, 2),
        ("messytables_horror/large.xlsx", "data", ["RptDate", "Series", "RecordType", "Total Pieces"], 3, 8544),
        ("messytables_horror/mixedGLB.csv", "", ["Year", "Jan", "Feb", "Mar"], 4, 133),
        ("messytables_horror/characters.csv", "", ["id", "景點編號", "景點中文名稱"], 1, 382),
        ("messytables_horror/excel_pasting.csv", "", ["Year", "2000", "2001", "2002"], 4, 13),
        ("messytables_horror/utf-16le_encoded.csv", "", ["Organisation_code", "Organisation_name"], 1, 327),
        ("messytables_horror/spanish_chars.csv", "", ["GF_ID", "FN_ID", "SF_ID", "GF", "F", "SF"], 1, 114),
        ("openrefine_testdata/euc-kr.txt", "", ["쇼핑몰핫딜", "쿠폰 및 이벤트", "사용기"], 1, 9),
        ("openrefine_testdata/shift_jis.txt", "", ["価格.com - 「買ってよかった」をすべてのひとに。"], 1, 16),
        ("openrefine_testdata/films.ods", "Films", ["Category", "Title", "Director", "Release Date"], 1, 4),
        ("openrefine_testdata/government_contracts.csv", "", ["Contract ID", "Contractor Name"], 1, 6422),
        ("sheetjs_dates_merges/merge_cells.xlsx", "", ["A1:B2", "C1:C2", "Separate blocks"], 2, 1),
        ("tabular_edge_cases/tablib_bad_dimensions.xlsx", "", ["PN", "Qty", "Price"], 1, 3),
    ],
)
def test_the_headings_of_real_files_are_found(
    wild: dict[str, Tried], name: str, sheet: str, first: list[str], row: int, grievances: int
) -> None:
    (one,) = [one for one in wild[name].sheets if one.name == sheet or not sheet]
    table = find_tables(one, {})[0]
    assert list(table.headings)[: len(first)] == first
    assert one.row_number(table.heading_rows[-1]) == row
    assert len(table.rows) == grievances


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("messytables_horror/characters.csv", "big5"),
        ("openrefine_testdata/big5.txt", "big5"),
        ("openrefine_testdata/shift_jis.txt", "cp932"),
        ("openrefine_testdata/euc-kr.txt", "cp949"),
        ("openrefine_testdata/example-latin1.tsv", "cp1252"),
        ("messytables_horror/spanish_chars.csv", "cp1252"),
        ("messytables_horror/utf-16le_encoded.csv", "UTF-16"),
        ("openrefine_testdata/example-utf16be-bom.tsv", "UTF-16"),
    ],
)
def test_the_encodings_of_real_files_are_found(wild: dict[str, Tried], name: str, encoding: str) -> None:
    assert wild[name].sheets[0].encoding == encoding


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def xlsx(rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text)
    return buffer.getvalue()


def document(rows: list[list[str]]) -> bytes:
    made = docx.Document()
    table = made.add_table(rows=len(rows), cols=len(rows[0]))
    for at, row in enumerate(rows):
        for cell, text in zip(table.rows[at].cells, row, strict=True):
            cell.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


ROWS = [["No", "Status"], ["1/2024", "Resolved"]]


def replaced(archive: bytes, changes: dict[str, bytes]) -> bytes:
    """Return an archive with other contents in some of its parts, or with parts more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *changes]):
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return buffer.getvalue()


def part(archive: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


def ole(streams: dict[str, bytes]) -> bytes:
    """Make a compound file with small streams, as Excel wraps a workbook with a password into one."""
    sector, free, end, fat_mark = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    big = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    starts, data, fat = {}, b"", [fat_mark]
    directory_at = 1
    fat.append(end)
    for name, content in big.items():
        starts[name] = len(fat)
        count = len(content) // sector
        fat += [len(fat) + step + 1 for step in range(count - 1)] + [end]
        data += content

    def entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
        encoded = (name + "\0").encode("utf-16-le")
        head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, free, right, child)
        return head + bytes(16) + bytes(4) + bytes(16) + struct.pack("<IQ", start, size)

    names = list(big)
    entries = [entry("Root Entry", 5, 1, free, end, 0)]
    entries += [
        entry(name, 2, free, at + 2 if at + 1 < len(names) else free, starts[name], len(big[name]))
        for at, name in enumerate(names)
    ]
    directory = b"".join(entries).ljust(sector, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, directory_at, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    return header + table + directory + data


def test_a_workbook_with_a_password_is_told_to_be_one(tmp_path: Path) -> None:
    content = ole({"EncryptionInfo": b"\x04\0\x04\0", "EncryptedPackage": b"\0" * 64})
    assert "is protected by a password" in refusal(written(tmp_path / "register.xlsx", content))


@pytest.mark.parametrize("name", ["r.csv", "r.xlsx", "r.ods", "r.docx", "r.parquet", "r.json", "r.csv.gz", "r.xls"])
@pytest.mark.parametrize("content", [b"", b"\n \n"], ids=["zero bytes", "blanks"])
def test_a_file_without_content_is_empty(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(written(tmp_path / name, content)).startswith(f"data/p/{name} is empty.")


@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
@pytest.mark.parametrize("kind", ["xlsx", "docx", "parquet", "gz", "ods"])
def test_a_file_that_was_cut_short_is_damaged(tmp_path: Path, kind: str, share: float) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({"no": [str(number) for number in range(1000)]}), sink)
    whole = {
        "xlsx": xlsx(ROWS),
        "docx": document(ROWS),
        "parquet": sink.getvalue(),
        "gz": gzip.compress("\n".join(map(str, range(1000))).encode()),
        "ods": replaced(xlsx([]), {"content.xml": b"<a/>", "mimetype": b"application/vnd.oasis.opendocument"}),
    }[kind]
    path = written(tmp_path / f"r.{kind}", whole[: int(len(whole) * share)])
    assert "is damaged" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", xlsx(ROWS)),
        ("r.xls", xlsx(ROWS)),
        ("r.ods", xlsx(ROWS)),
        ("r.xlsb", xlsx(ROWS)),
        ("r.xls", document(ROWS)),
        ("r.xlsx", document(ROWS)),
        ("r.xlsx", b"No,Status\n1/2024,Resolved\n"),
        ("r.docx", b"No;Status\n1/2024;Resolved\n"),
        ("r.parquet", "No\tStatus\n1/2024\tResolved\n".encode("utf-16")),
        ("r.json", b"No,Status\n1/2024,Resolved\n"),
        ("r.csv", gzip.compress(b"No,Status\n1/2024,Resolved\n", mtime=0)),
    ],
)
def test_what_a_file_is_its_content_says(tmp_path: Path, name: str, content: bytes) -> None:
    result = tried(written(tmp_path / name, content))
    assert result.refusal == ""
    assert result.sheets[0].cells.to_numpy().tolist() == ROWS


@pytest.mark.shared_data
def test_an_old_workbook_named_like_a_new_one_is_read(shared_data: Path, tmp_path: Path) -> None:
    for old, new in (("simple.xls", "r.xlsx"), ("simple.xls", "r.csv"), ("simple.ods", "r.xlsx")):
        path = written(tmp_path / new, (shared_data / "messytables_horror" / old).read_bytes())
        assert len(tried(path).sheets[0].cells) >= 4


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.xls", b"<html><body><table><tr><td>No</td></tr></table></body></html>", "is a web page or an XML file"),
        ("r.xls", b'\xef\xbb\xbf\r\n<?xml version="1.0"?><Workbook/>', "is a web page or an XML file"),
        ("r.csv", b"%PDF-1.7\n1 0 obj", "is a PDF"),
        ("r.docx", b"{\\rtf1\\ansi No}", "is a document in rich text"),
        ("r.xlsx", b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
        ("r.xlsx", b"PK\x03\x04garbage", "is damaged"),
        ("r.doc", ole({"WordDocument": b"\xec\xa5"}), "is damaged, incomplete, or not what its ending says"),
        ("r.bin", bytes(range(256)) * 40, "is no text"),
        ("r.parquet", b"PAR1" + bytes(40) + b"PAR1", "is damaged"),
    ],
)
def test_what_is_no_register_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    assert words in refusal(written(tmp_path / name, content))


def sheet_xml(rows: bytes) -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return b'<?xml version="1.0"?><worksheet ' + space + b"><sheetData>" + rows + b"</sheetData></worksheet>"


def test_a_small_archive_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"x" * 150 * 1024**2 + b"</t></is></c></row>"
    path = written(tmp_path / "r.xlsx", replaced(xlsx(ROWS), {"xl/worksheets/sheet1.xml": sheet_xml(row)}))
    assert path.stat().st_size < 1024**2
    assert "would unpack to far more than a register holds" in refusal(path)


@pytest.mark.parametrize(("kind", "inner"), [("xlsx", "xl/worksheets/sheet1.xml"), ("docx", "word/document.xml")])
def test_an_archive_whose_directory_lies_about_sizes_cannot_hurt(tmp_path: Path, kind: str, inner: str) -> None:
    rows = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"x" * 150 * 1024**2 + b"</t></is></c></row>"
    content = bytearray(replaced(xlsx(ROWS) if kind == "xlsx" else document(ROWS), {inner: sheet_xml(rows)}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true = archive.getinfo(inner).file_size
    # The size stands in the directory and before the part itself.
    lied = bytes(content).replace(struct.pack("<I", true), struct.pack("<I", 1000))
    assert lied != bytes(content)
    result = tried(written(tmp_path / f"r.{kind}", lied))
    assert result.seconds < SECONDS
    assert result.refusal.startswith(f"data/p/r.{kind} ")


def test_a_sheet_whose_corners_are_far_apart_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "No")
        sheet.write_string(1_048_575, 16_383, "stray")
    assert "Look for a stray cell at the far end of a sheet" in refusal(path)


def test_a_stray_cell_far_below_is_read_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["No", "Status"])
        sheet.write_string(1_048_575, 0, "stray")
    result = tried(path)
    assert result.refusal == ""
    assert result.seconds < SECONDS
    assert result.sheets[0].row_number(len(result.sheets[0].cells) - 1) == 1_048_576


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
    + b"]>"
)


@pytest.mark.parametrize("inner", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entities_that_multiply_are_not_expanded_in_a_workbook(tmp_path: Path, inner: str) -> None:
    content = xlsx(ROWS)
    body = part(content, inner).split(b"?>", 1)[1]
    hostile = LAUGHS + body.replace(b"Resolved", b"&k;").replace(b'name="Sheet1"', b'name="&k;"')
    result = tried(written(tmp_path / "r.xlsx", replaced(content, {inner: hostile})))
    assert result.seconds < SECONDS
    assert len(result.refusal) < 400
    assert all(len(sheet.name) < 100 for sheet in result.sheets)


def test_entities_that_multiply_are_not_expanded_in_a_document(tmp_path: Path) -> None:
    content = document(ROWS)
    body = part(content, "word/document.xml").split(b"?>", 1)[1]
    hostile = LAUGHS + body.replace(b"Resolved", b"&k;")
    result = tried(written(tmp_path / "r.docx", replaced(content, {"word/document.xml": hostile})))
    assert result.seconds < SECONDS
    assert result.refusal or result.sheets[0].cells.map(lambda text: len(str(text))).to_numpy().max() < 1000


def test_nothing_outside_is_fetched_or_opened_for_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret", encoding="utf-8")
    content = document(ROWS)
    body = part(content, "word/document.xml").split(b"?>", 1)[1]
    entity = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY out SYSTEM "{secret.as_uri()}">]>'.encode()
    hostile = entity + body.replace(b"Resolved", b"&out;")
    result = tried(written(tmp_path / "r.docx", replaced(content, {"word/document.xml": hostile})))
    told = result.refusal + "".join(sheet.cells.to_string() for sheet in result.sheets)
    assert "s3cret" not in told
    assert told


def test_formulas_of_a_text_file_stay_text(tmp_path: Path) -> None:
    cells = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(1)", '=HYPERLINK("http://x","y")']
    text = "No\n" + "".join('"' + cell.replace('"', '""') + '"\n' for cell in cells)
    (sheet,) = tried(written(tmp_path / "r.csv", text.encode())).sheets
    assert sheet.cells[0].tolist() == ["No", *cells]


def test_a_cell_of_fifty_megabytes_is_read(tmp_path: Path) -> None:
    result = tried(written(tmp_path / "r.csv", b'No,Text\n1,"' + b"x y\n" * (50 * 1024**2 // 4) + b'"\n2,z\n'))
    assert result.seconds < SECONDS
    assert result.sheets[0].cells[0].tolist() == ["No", "1", "2"]
    began = time.monotonic()
    assert len(find_tables(result.sheets[0], {})[0].rows) == 2
    assert time.monotonic() - began < SECONDS


def test_deep_json_is_refused(tmp_path: Path) -> None:
    deep = json.dumps([{"a": 1}])[:-1] + ',{"a":' + "[" * 500_000 + "]" * 500_000 + "}]"
    assert "nested too deeply" in refusal(written(tmp_path / "r.json", deep.encode()))


def test_json_nested_as_deep_as_the_parser_goes_is_read_or_refused(tmp_path: Path) -> None:
    for depth in (500, 900, 5000, 20_000):
        deep = '[{"a":' + '{"b":' * depth + "1" + "}" * depth + "}]"
        result = tried(written(tmp_path / "r.json", deep.encode()))
        assert result.refusal.endswith("nested too deeply. Export the register anew.") or len(result.sheets) == 1


@pytest.mark.parametrize("size", [(0, 1), (1, 1), (3, 1), (2, 2000)])
def test_a_table_of_any_size_is_read(tmp_path: Path, size: tuple[int, int]) -> None:
    rows, columns = size
    head = ",".join(f"heading {chr(97 + n % 26)}{n}" for n in range(columns))
    text = head + "\n" + "".join(",".join(f"{n}" for n in range(columns)) + "\n" for _ in range(rows))
    result = tried(written(tmp_path / "r.csv", text.encode()))
    (table,) = find_tables(result.sheets[0], {})
    assert (len(table.rows), len(table.headings)) == (rows, columns)
