"""`make redact`: any text, table or workbook without persons, made beside the outputs and never over an input."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from making import SAMPLE, Maker
from openpyxl.comments import Comment

from pipeline import cli
from pipeline.project import load_project
from pipeline.register.checking import checked_register
from pipeline.register.identities import known_names, split_identities
from pipeline.register.redacted_file import Redactor, redact_file

REGISTER = (
    "registration_no,date_received,channel,complainant,complainant_contact,summary,status,type\n"
    "1/2024,2024-03-01,email,Batbold Dorj,99112233,A question,Resolving,Question\n"
)
SECRETS = ("Batbold", "Dorj", "99112233", "88776655", "bat@example.org", "Bolormaa", "АБ12345678")
LETTER = (
    "Batbold Dorj wrote on 2024-06-13 about tender SGII/NCB-12/2024.\n"
    "Call 88776655 or write to bat@example.org; Bolormaa knows АБ12345678. The World Bank and the MDDC stay.\n"
)


@pytest.fixture
def redact(make: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    make.project(REGISTER)

    def run(name: str, content: bytes | str | None = None, *more: str) -> tuple[int, str, str]:
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        before = path.read_bytes() if path.is_file() else b""
        code = cli.main(["redact", f"--file={path}", *more])
        assert (path.read_bytes() if path.is_file() else b"") == before
        told = capsys.readouterr()
        assert not [secret for secret in SECRETS if secret in told.out + told.err]
        return code, told.out, told.err

    return run


def written(make: Maker, name: str) -> Path:
    return make.folder.parent / "outputs" / SAMPLE / "redacted" / name


def test_a_text_is_redacted_and_only_its_owner_can_open_it(make: Maker, redact) -> None:  # type: ignore[no-untyped-def]
    code, out, err = redact("letter.txt", LETTER)
    assert (code, err) == (0, "")
    path = written(make, "letter.redacted.txt")
    text = path.read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS if secret in text]
    for kept in (
        "2024-06-13",
        "SGII/NCB-12/2024",
        "World Bank",
        "MDDC",
        "[phone]",
        "[email]",
        "[national id]",
        "[person",
    ):
        assert kept in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "  phone: 1\n" in out
    assert "  email: 1\n" in out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_a_text_in_another_encoding_is_read(make: Maker, redact, encoding: str) -> None:  # type: ignore[no-untyped-def]
    assert (
        redact("letter.txt", ("Утас: 88776655. Хариу өгнө үү.".replace("ө", "о").replace("ү", "у")).encode(encoding))[0]
        == 0
    )
    assert written(make, "letter.redacted.txt").read_text(encoding="utf-8").startswith("Утас: [phone]. Хариу")


def test_a_table_keeps_its_shape_and_its_headings_say_what_stands_below(make: Maker, redact) -> None:  # type: ignore[no-untyped-def]
    table = (
        "No;Complainant;Phone;Text;Amount;Date\n"
        '1;some body;78 651 450;"=1+1; Bolormaa";88776655;2024-06-13\n'
        "2;;;+976 88776655;-5;\n"
    )
    assert redact("list.csv", table)[0] == 0
    content = written(make, "list.redacted.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")) == [
        ["No", "Complainant", "Phone", "Text", "Amount", "Date"],
        ["1", "[person]", "[contact]", "'=1+1; [person]", "88776655", "2024-06-13"],
        ["2", "", "", "[phone]", "-5", ""],
    ]


def workbook(path: Path) -> None:
    """Write a workbook with a secret at every place that can hold one."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Batbold Dorj"
    sheet.append(["No", "Text", "Number"])
    sheet.append([1, "Bolormaa asks", 88776655])
    sheet.append([2, '=CONCATENATE("Bolor","maa")', 2.5])
    sheet["B2"].comment = Comment("bat@example.org wrote", "Batbold")
    sheet["B2"].hyperlink = "mailto:bat@example.org"
    sheet.oddHeader.left.text = "Bolormaa, page &P"
    sheet.oddFooter.center.text = "88776655"
    hidden = book.create_sheet("Hidden")
    hidden["C3"] = "АБ12345678"
    hidden.sheet_state = "hidden"
    book.properties.title = "Letter of Bolormaa"
    book.properties.creator = "Batbold Dorj"
    book.properties.description = "bat@example.org"
    book.defined_names["Bolormaa"] = openpyxl.workbook.defined_name.DefinedName("Bolormaa", attr_text="'Hidden'!$C$3")
    book.save(path)


def test_nothing_of_a_workbook_tells_a_person_and_the_rest_is_there(make: Maker, redact, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "in").mkdir()
    workbook(tmp_path / "in" / "list.xlsx")
    code, out, _ = redact("list.xlsx")
    assert code == 0
    assert "formulas as what they showed" in out
    path = written(make, "list.redacted.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    assert not [secret for secret in SECRETS if secret in parts]
    book = openpyxl.load_workbook(path)
    first, hidden = book.worksheets
    assert (first["A1"].value, first["A2"].value, first["C3"].value) == ("No", 1, 2.5)
    assert first["B2"].value == "[person] asks"
    assert first["C2"].value == "[phone]"
    assert first["B2"].comment.text == "[email] wrote"
    assert first.oddHeader.left.text == "[person], page &P"
    assert first.oddFooter.center.text == "[phone]"
    assert hidden.sheet_state == "hidden"
    assert hidden["C3"].value == "[national id]"
    assert book.properties.title == "Letter of [person]"
    assert book.properties.description == "[email]"
    assert not book.properties.creator


def test_a_formula_of_a_workbook_becomes_a_text_that_does_not_run(make: Maker, redact, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "in").mkdir()
    book = xlsxwriter.Workbook(tmp_path / "in" / "sum.xlsx")
    page = book.add_worksheet()
    page.write_formula(0, 0, "=1+1", None, 2)
    page.write_string(1, 0, "=1+A1")
    book.close()
    assert redact("sum.xlsx")[0] == 0
    sheet = openpyxl.load_workbook(written(make, "sum.redacted.xlsx")).active
    assert (sheet["A1"].value, sheet["A1"].data_type) == (2, "n")
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+A1", "s")


def test_the_same_file_gives_the_same_bytes(make: Maker, redact, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "in").mkdir()
    workbook(tmp_path / "in" / "list.xlsx")
    digests = set()
    for _ in range(2):
        redact("list.xlsx")
        digests.add(hashlib.sha256(written(make, "list.redacted.xlsx").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_the_name_of_a_file_names_nobody_either(make: Maker, redact) -> None:  # type: ignore[no-untyped-def]
    assert redact("Letter of Bolormaa.txt", "Nothing.")[0] == 0
    assert written(make, "Letter of person.redacted.txt").is_file()


def test_without_a_hit_the_text_stays_and_that_is_told(make: Maker, redact) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = redact("note.md", "# The meeting\n\nIt was on 2024-06-13.\n")
    assert code == 0
    assert "Nothing was found that is to be replaced." in out
    assert written(make, "note.redacted.md").read_text(encoding="utf-8") == "# The meeting\n\nIt was on 2024-06-13.\n"


def test_a_table_of_headings_alone_is_a_table_of_headings(make: Maker, redact) -> None:  # type: ignore[no-untyped-def]
    assert redact("list.csv", "No,Complainant\n")[0] == 0
    assert written(make, "list.redacted.csv").read_text(encoding="utf-8-sig") == "No,Complainant\n"


def empty_workbook() -> bytes:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    return book.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", "", "empty.txt is empty: there is nothing to redact."),
        ("blank.txt", " \n\n", "blank.txt is empty: there is nothing to redact."),
        ("empty.xlsx", empty_workbook(), "empty.xlsx holds no cell"),
        ("nowhere.txt", None, "nowhere.txt is not there. Check the path"),
        ("letter.pdf", "%PDF-1.7", "letter.pdf is a PDF. Only texts"),
        ("letter.docx", "PK\x03\x04", "letter.docx is a document, a presentation or an archive. Only texts"),
        ("broken.xlsx", "PK\x03\x04 and no more", "broken.xlsx is damaged"),
        ("list.csv", 'a,b\n"open,c\n', "list.csv, row 2: the row cannot be read"),
        ("list.csv.gz", b"\x1f\x8b\x08", "list.csv.gz is packed (gzip). Only texts"),
    ],
)
def test_what_cannot_be_redacted_is_said_in_a_sentence(
    make: Maker,
    redact,
    name: str,
    content: bytes | str | None,
    said: str,  # type: ignore[no-untyped-def]
) -> None:
    code, _, err = redact(name, content)
    assert code == 2
    assert said in err
    assert not list(written(make, "").glob("*"))


def test_no_file_and_a_folder_are_told(make: Maker, redact, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert cli.main(["redact", "--file="]) == 2
    assert "FILE is not given" in capsys.readouterr().err
    assert cli.main(["redact", f"--file={tmp_path}"]) == 2
    assert "is a folder. Name one file in it" in capsys.readouterr().err


def test_no_file_is_written_over(make: Maker, redact, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    there = tmp_path / "there.txt"
    there.write_text("mine")
    for target in (there, tmp_path / "in" / "letter.txt", tmp_path, make.folder / SAMPLE / "new.txt"):
        code, _, err = redact("letter.txt", LETTER, f"--output={target}")
        assert code == 2
        assert err.startswith("Error: ")
    assert there.read_text() == "mine"
    assert redact("letter.txt", LETTER, f"--output={tmp_path / 'new' / 'out.txt'}")[0] == 0
    assert stat.S_IMODE((tmp_path / "new" / "out.txt").stat().st_mode) == 0o600


def test_places_of_the_register_are_no_suspects(make: Maker, redact) -> None:  # type: ignore[no-untyped-def]
    head, row = REGISTER.splitlines()
    rows = [
        f"{row.replace('1/2024', f'{number}/2024')},{place}"
        for number, place in enumerate(["Zorvelt"] * 2 + ["Quarnip"], 1)
    ]
    make.project("\n".join([f"{head},location", *rows]) + "\n")
    assert redact("letter.txt", "The road to Zorvelt and the one to Quarnip.")[0] == 0
    text = written(make, "letter.redacted.txt").read_text(encoding="utf-8")
    assert "to Zorvelt" in text
    assert "Quarnip" not in text


def test_a_redacted_file_comes_out_as_it_went_in(make: Maker, tmp_path: Path) -> None:
    project = make.project(REGISTER)
    known = known_names(project, split_identities(checked_register(load_project(SAMPLE)).table)[1])
    (tmp_path / "a.txt").write_text(LETTER, encoding="utf-8")
    for turn in range(2):
        redactor = Redactor(known, project.settings.confidential.keep, project.locale)
        redacted = redact_file(tmp_path / "a.txt", "a.txt", redactor)
        assert bool(redacted.counts) == (turn == 0)
        (tmp_path / "a.txt").write_bytes(redacted.content)
