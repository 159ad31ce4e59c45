"""An e-mail address, a telephone number or a complainant's name stops the run wherever in a set it stands."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from pypdf import PdfReader

from pipeline.confidentiality.guard import guard
from pipeline.confidentiality.readable.pdf import page_texts
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.search import OwnWords, Search
from pipeline.errors import DisclosureError
from pipeline.files import write_csv, write_parquet
from pipeline.reporting.figures import Series, columns

NAME = "Sarantuya Enkhbold"
VALUES = {"e-mail": "s.enkhbold@example.mn", "phone": "+976 9911-2233", "name": NAME}
RULES = {"e-mail": "(rule email", "phone": "(rule phone", "name": "a known person (rule known_name)"}
SEARCH = Search(KnownNames.gather(complainants=[NAME]), "en-MN", ("info@example.mn", "Office, phone +976 7011 5566"))
Plant = Callable[[Path, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set that tells nothing of anybody."""
    (tmp_path / "public").mkdir()
    (tmp_path / "internal" / "notebooks").mkdir(parents=True)
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(DisclosureError) as refused:
        guard(folder, SEARCH)
    assert refused.value.exit_code == 1
    return str(refused.value)


def html(page: str) -> tuple[str, Plant]:
    """A page; VALUE stands for what is planted, CODED for it with percent signs."""

    def plant(path: Path, value: str) -> None:
        text = page.replace("VALUE", value).replace("CODED", quote(value))
        path.write_text(f"<!DOCTYPE html><html lang=en>{text}", encoding="utf-8")

    return "public/report.html", plant


def svg(inside: str, *, is_coded: bool = False) -> tuple[str, Plant]:
    """A drawing as data of an image."""

    def plant(path: Path, value: str) -> None:
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside.replace("VALUE", value)}</svg>'
        data = f";base64,{b64encode(drawing.encode()).decode()}" if is_coded else f",{quote(drawing)}"
        path.write_text(f'<img alt="" src="data:image/svg+xml{data}">', encoding="utf-8")

    return "public/report.html", plant


def notebook(**cell: object) -> tuple[str, Plant]:
    """An executed notebook with one cell."""

    def plant(path: Path, value: str) -> None:
        base = {"cell_type": "code", "source": ["x = 1"], "metadata": {}, "outputs": [], "id": "cell-1"}
        text = json.dumps({"cells": [{**base, **cell}], "metadata": {"n": 1}}).replace("VALUE", value)
        path.write_text(text, encoding="utf-8")

    return "internal/notebooks/01_cleaning.ipynb", plant


def output(**parts: object) -> tuple[str, Plant]:
    return notebook(outputs=[{"metadata": {}, **parts}])


def shown(kind: str, content: object) -> tuple[str, Plant]:
    return output(output_type="display_data", data={kind: content})


def text(name: str, content: str) -> tuple[str, Plant]:
    return name, lambda path, value: path.write_text(content.replace("VALUE", value), encoding="utf-8")  # type: ignore[return-value]


def table(columns: dict[str, list[str]], write: Callable[[pd.DataFrame, Path], None], name: str) -> tuple[str, Plant]:
    def plant(path: Path, value: str) -> None:
        put = {k.replace("VALUE", value): [v.replace("VALUE", value) for v in vs] for k, vs in columns.items()}
        write(pd.DataFrame(put), path)

    return name, plant


def printed(page: str) -> tuple[str, Plant]:
    """A PDF as reports are printed."""

    def plant(path: Path, value: str) -> None:
        import weasyprint

        source = f"<html lang=en><title>x</title>{page.replace('VALUE', value).replace('CODED', quote(value))}"
        weasyprint.HTML(string=source).write_pdf(path, pdf_variant="pdf/ua-1")

    return "public/report.pdf", plant


def written(change: Callable[..., object]) -> tuple[str, Plant]:
    """A PDF to which something is added that no printer of ours adds."""

    def plant(path: Path, value: str) -> None:
        from pypdf import PdfWriter

        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        change(writer, value)
        writer.write(path)

    return "public/report.pdf", plant


def drawn(operators: str) -> tuple[str, Plant]:
    """A PDF with a page that is drawn by hand; VALUE stands for what is planted, a line for each of its words."""

    def draw(writer: object, value: str) -> None:
        from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = DictionaryObject({NameObject(key): NameObject(name) for key, name in font.items()})
        page, content = writer.pages[0], DecodedStreamObject()  # type: ignore[attr-defined]
        content.set_data(f"BT /F 9 Tf 9 50 Td {operators.replace('VALUE', value)} ET".encode())
        fonts = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F"): named})})
        page[NameObject("/Resources")], page[NameObject("/Contents")] = fonts, writer._add_object(content)  # type: ignore[attr-defined]

    return written(draw)


def note(writer: object, value: str) -> None:
    from pypdf.annotations import Text

    writer.add_annotation(0, Text(rect=(0, 0, 9, 9), text=value))  # type: ignore[attr-defined]


def xmp(writer: object, value: str) -> None:
    content = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r><creator>{value}</creator></r></x:xmpmeta>'
    writer.xmp_metadata = content.encode()  # type: ignore[attr-defined]


def script(writer: object, value: str) -> None:
    from pypdf.actions import JavaScript

    writer.add_open_action(JavaScript(f"x = '{value}'"))  # type: ignore[attr-defined]


def book(change: Callable[..., object]) -> tuple[str, Plant]:
    """A workbook that may be passed on."""

    def plant(path: Path, value: str) -> None:
        import openpyxl

        workbook = openpyxl.Workbook()
        workbook.active["A1"] = "x"
        change(workbook, value)
        workbook.save(path)

    return "public/table.xlsx", plant


def comment(workbook: object, value: str) -> None:
    from openpyxl.comments import Comment

    workbook.active["A1"].comment = Comment(value, "unit")  # type: ignore[attr-defined]


def runs(workbook: object, value: str) -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    parts = [TextBlock(InlineFont(b=bool(n)), part) for n, part in enumerate((value[:5], value[5:]))]
    workbook.active["A2"] = CellRichText(*parts)  # type: ignore[attr-defined]


def defined(workbook: object, value: str) -> None:
    from openpyxl.workbook.defined_name import DefinedName

    workbook.defined_names["one"] = DefinedName("one", attr_text=f'"{value}"', comment=value)  # type: ignore[attr-defined]


def setting(place: str) -> Callable[..., None]:
    """Set an attribute of a workbook, named by its path from the workbook on."""
    *way, last = place.split(".")

    def change(workbook: object, value: str) -> None:
        at = workbook
        for name in way:
            at = getattr(at, name)
        setattr(at, last, value)

    return change


PLACES: dict[str, tuple[str, Plant]] = {
    "a text of the page": html("<p>by VALUE.</p>"),
    "a text across elements": html("<p>by S<b></b>VALUE</p>".replace("S<b></b>", "<b>x </b>")),
    "a text of preformatted lines": html("<pre>line\nVALUE\nline</pre>"),
    "a cell": html("<table><tr><td>1<td>VALUE<td>2</table>"),
    "an alternative text": html("<img alt='VALUE'>"),
    "a title of an element": html("<abbr title='VALUE'>x</abbr>"),
    "a label for screen readers": html("<div aria-label='VALUE'></div>"),
    "the title of the page": html("<title>VALUE</title>"),
    "a comment": html("<!-- VALUE -->"),
    "a comment with markup": html("<!-- <p title='VALUE'></p> -->"),
    "a meta element": html("<meta name=author content='VALUE'>"),
    "an attribute for data": html("<div data-of='VALUE'></div>"),
    "a link": html("<a href='https://example.org/?of=CODED'>x</a>"),
    "a link to write to": html("<a href='mailto:CODED'>x</a>"),
    "an anchor": html("<a href='#VALUE'>x</a>"),
    "a comment of a style sheet": html("<style>p { } /* VALUE */</style>"),
    "a text of a style sheet": html("<style>p::after { content: 'VALUE' }</style>"),
    "a style of an element": html('<p style="--of: \'VALUE\'">x</p>'),
    "a script": html("<script>let x = 'VALUE'</script>"),
    "a page within the page": html("<iframe srcdoc='&lt;p&gt;VALUE&lt;/p&gt;'></iframe>"),
    "a page as data": html("<a href='data:text/html,CODED'>x</a>"),
    "an element that is none": html("<p>from <VALUE></p>"),
    "a form": html("<input value='VALUE' placeholder=x>"),
    "a drawing's title": svg("<title>VALUE</title>"),
    "a drawing's description": svg("<desc>VALUE</desc>", is_coded=True),
    "a drawing's text": svg("<text x='1'>VALUE</text>"),
    "a drawing's text in spans": svg("<text><tspan>by </tspan><tspan>VALUE</tspan></text>", is_coded=True),
    "a drawing's label": svg("<g aria-label='VALUE'/>"),
    "a drawing's metadata": svg("<metadata><creator>VALUE</creator></metadata>"),
    "a drawing within the page": html("<svg><title>VALUE</title></svg>"),
    "a drawing of a style sheet": html('<style>p { background: url("data:image/svg+xml,%3Cdesc%3ECODED") }</style>'),
    "a page of the PDF": printed("<p>by VALUE.</p>"),
    "a cell of the PDF": printed("<table><tr><td>1<td>VALUE<td>2</table>"),
    "a text beyond the edge of the PDF's page": drawn("(x) Tj 999 999 Td (VALUE) Tj"),
    "a text of the PDF that is not painted": drawn("3 Tr (VALUE) Tj"),
    "a text of the PDF that is clipped away": drawn("7 Tr (VALUE) Tj"),
    "the PDF's title": printed("<title>VALUE</title><p>x</p>".replace("<title>", "</title><meta name=title content='")
                               .replace("</title><p>", "'><meta name=description content='VALUE'><p>")),
    "the PDF's author": printed("<meta name=author content='VALUE'><p>x</p>"),
    "the PDF's keywords": printed("<meta name=keywords content='VALUE'><p>x</p>"),
    "a bookmark of the PDF": printed("<h1 style='bookmark-label: \"VALUE\"'>x</h1>"),
    "a link of the PDF": printed("<a href='https://example.org/?of=CODED'>x</a>"),
    "an alternative text of the PDF": printed("<img alt='VALUE' src='data:image/svg+xml,%3Csvg xmlns=\"http://www.w3.org"
                                              "/2000/svg\" width=\"9\" height=\"9\"/%3E'>"),
    "an attachment of the PDF": written(lambda writer, value: writer.add_attachment("a.txt", value.encode())),
    "the name of an attachment": written(lambda writer, value: writer.add_attachment(f"of {value} x.txt", b"x")),
    "a note on the PDF": written(note),
    "XMP metadata of the PDF": written(xmp),
    "an outline of the PDF": written(lambda writer, value: writer.add_outline_item(title=value, page_number=0)),
    "metadata of the PDF of one's own": written(lambda writer, value: writer.add_metadata({"/Of": value})),
    "a script of the PDF": written(script),
    "a cell of a table": table({"a": ["1", "of VALUE, x"]}, write_csv, "public/cases.csv"),
    "a heading of a table": table({"a": ["1"], "VALUE": ["1"]}, write_csv, "public/indicators.csv"),
    "a table inside": table({"a": ["VALUE"]}, write_csv, "internal/findings.csv"),
    "a table in parquet": table({"a": ["VALUE", "x"]}, write_parquet, "internal/annex.parquet"),
    "a heading in parquet": table({"VALUE": ["x"]}, write_parquet, "internal/annex.parquet"),
    "a cell of a workbook": book(lambda workbook, value: workbook.active.append([1, value])),
    "a cell in two kinds of letters": book(runs),
    "a name of a sheet": book(lambda workbook, value: workbook.create_sheet(value)),
    "a comment of a workbook": book(comment),
    "the creator of a workbook": book(setting("properties.creator")),
    "the title of a workbook": book(setting("properties.title")),
    "a defined name": book(defined),
    "a header of a sheet": book(setting("active.oddHeader.center.text")),
    "a footer of a sheet": book(setting("active.oddFooter.left.text")),
    "a link of a workbook": book(lambda workbook, value: setattr(workbook.active["A1"], "hyperlink", f"https://a.b/{quote(value)}")),
    "a formula": book(lambda workbook, value: workbook.active.append([f'="{value}"'])),
    "the source of a notebook": notebook(source=["x = 1\n", "# VALUE"]),
    "a cell of prose": notebook(cell_type="markdown", source=["by *VALUE*"]),
    "a link in prose": notebook(cell_type="markdown", source=["[x](<https://example.org/VALUE>)"]),
    "metadata of a cell": notebook(metadata={"title": "VALUE"}),
    "a tag of a cell": notebook(metadata={"tags": ["a", "VALUE"]}),
    "an attachment of a cell": notebook(attachments={"a.txt": {"text/plain": "VALUE"}}),
    "a printed line": output(output_type="stream", name="stdout", text=["x\n", "VALUE\n"]),
    "a coloured line": output(output_type="stream", name="stdout", text="\u001b[31mby \u001b[0mVALUE"),
    "a warning": output(output_type="stream", name="stderr", text="UserWarning: VALUE"),
    "an output as text": shown("text/plain", ["Frame\n", "0  VALUE"]),
    "an output as page": shown("text/html", "<td>VALUE</td>"),
    "an output as Markdown": shown("text/markdown", "**VALUE**"),
    "an output as JSON": shown("application/json", {"rows": [{"of": "VALUE"}]}),
    "a key of an output as JSON": shown("application/json", {"VALUE": 1}),
    "a drawing as output": shown("image/svg+xml", ["<svg>\n", "<text>VALUE</text></svg>"]),
    "an image that is none": shown("image/png", "VALUE"),
    "an output in LaTeX": shown("text/latex", "\\textbf{VALUE}"),
    "an output of an unknown kind": shown("application/vnd.of+json", {"a": ["VALUE"]}),
    "metadata of an output": output(output_type="display_data", data={}, metadata={"of": "VALUE"}),
    "the name of an error": output(output_type="error", ename="VALUE", evalue="", traceback=[]),
    "the text of an error": output(output_type="error", ename="KeyError", evalue="'VALUE'", traceback=[]),
    "a traceback": output(output_type="error", ename="E", evalue="", traceback=["\u001b[32m-> x['VALUE']\u001b[0m"]),
    "the manifest": text("manifest.json", '{"inputs": {"of VALUE x.csv": "0"}}'),
    "a value of the manifest": text("manifest.json", '{"runs": [{"as_of": "VALUE"}]}'),
    "the commentary": text("internal/commentary.md", "We thank **VALUE** for this."),
    "an image of the commentary": text("internal/commentary.md", "![VALUE](x.png)"),
    "settings": text("internal/settings.yml", "of: VALUE\n"),
    "a text file": text("public/notes.txt", "VALUE"),
    "a drawing beside the report": text("public/figure.svg", "<svg><desc>VALUE</desc></svg>"),
    "a file deeper down": text("public/notes.md", "> VALUE"),
}  # fmt: skip


@pytest.mark.parametrize("what", VALUES)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_planted_stops_the_run_by_file_and_rule(place: str, what: str, folder: Path) -> None:
    name, plant = PLACES[place]
    plant(folder / name, VALUES[what])
    told = refusal(folder)
    assert f"{name} holds" in told
    assert RULES[what] in told
    for part in (VALUES[what], *VALUES[what].replace("@", " ").replace("-", " ").split()):
        assert part not in told


@pytest.mark.parametrize("place", PLACES)
def test_the_project_s_own_contacts_may_stand_anywhere(place: str, folder: Path) -> None:
    name, plant = PLACES[place]
    for own in ("info@example.mn", "+976 7011-5566"):
        plant(folder / name, own)
        guard(folder, SEARCH)


HIDDEN = {
    "an invisible letter in it": "Sarantuya Enkh\u200bbold",
    "a soft hyphen in it": "Saran\u00adtuya",
    "a mark of direction in it": "Saran\u202etuya",
    "letters of full width": "Ｓａｒａｎｔｕｙａ",
    "an element in it": "Saran<b>tuya</b>",
    "a place to break in it": "Saran<wbr>tuya",
    "a new line in it": "Saran<br>tuya",
    "a line of the source in it": "Saran\ntuya",
    "an entity in it": "Saran&#116;uya",
    "an entity twice": "Saran&amp;#116;uya",
    "a percent sign in it": "Saran%74uya",
    "a footnote behind it": "Sarantuya<sup>1</sup>",
    "an address across elements": "s.enkhbold<b>@</b>example.mn",
    "an invisible letter in an address": "s.enkhbold\u2060@example.mn",
    "an address of full width": "s.enkhbold＠example.mn",
    "an entity in an address": "s.enkhbold&#64;example.mn",
    "an address with percent signs": "s.enkhbold%40example.mn",
    "a line in an address": "s.enkhbold@exam\nple.mn",
    "a number across elements": "+976 <b>9911</b>2233",
    "an invisible letter in a number": "+976 99\u200b11-2233",
    "figures of full width": "+９７６ ９９１１ ２２３３",
    "a line in a number": "+976 9911\n2233",
    "a footnote behind a number": "+976 9911 2233<sup>1</sup>",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_nothing_hides_a_value_that_a_reader_sees(how: str, folder: Path) -> None:
    (folder / "public" / "report.html").write_text(f"<p>by {HIDDEN[how]} on Monday</p>", encoding="utf-8")
    assert "public/report.html holds" in refusal(folder)


def test_a_value_in_a_file_s_name_is_told_without_the_name(folder: Path) -> None:
    (folder / "public" / f"{NAME}.csv").write_text("a\n1\n", encoding="utf-8")
    told = refusal(folder)
    assert "The name of a file of public/" in told
    assert NAME not in told


HARMLESS = {
    "a shape": html("<svg viewBox='0 0 99112233 1'><path d='M 99112233 88112233 L 99112233 7'/></svg>"),
    "a digest": html(f"<p>{'99112233' * 8} {'a9911223' * 4}</p>"),
    "a digest in base64": text("manifest.json", '{"a": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}'),
    "an encoded image": shown("image/png", b64encode(b"\x89PNG\r\n\x1a\n99112233 s@example.mn").decode()),
    "versions": text("manifest.json", '{"packages": {"holidays": "0.109", "tzdata": "2025.2", "pip": "25.3.1"}}'),
    "dates and times": html("<p>2024-06-30, 30.06.2024, 2024-01-15 to 2024-06-30, 12:30:45, 2024-06-30T12:30:45Z</p>"),
    "numbers of a table": html("<table><tr><td>16<td>9<td>56.25<td>1,234,567<td>0.109375<td>12.05672269</table>"),
    "numbers beside each other": html("<p>16 9 7 12 44 100 2 31</p><p>12, 13, 14, 15 and 16</p>"),
    "rows by channel": html("<p>Phone\n95 (67–71, 107–111, 117–121; and 15 more); Phone 9 (1107–1111, 1113)</p>"),
    "registration numbers": html("<p>12/2024, 2024-117, GRM-2024-0117, No. 2024/117</p>"),
    "a tender number": html("<p>Tender MDDC/2024/01/001, contract SGII/CS/QCBS/2023/012</p>"),
    "a law of a style sheet": html("<style>@media print { p { color: #99112233 } } @page { size: a4 }</style>"),
    "an id": html("<p id='r-99112233' class='c12345678'>x</p>"),
    "a sum": html("<p>MNT 99,112,233 or 99 112 233 tugrik</p>"),
    "printed figures": output(output_type="stream", name="stdout", text="count  720.000000\nmean    12.056722\n"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_no_text_of_anybody_raises_no_alarm(what: str, folder: Path) -> None:
    name, plant = HARMLESS[what]
    plant(folder / name, "")
    guard(folder, SEARCH)


def test_a_link_to_a_report_as_of_a_day_raises_no_alarm(folder: Path) -> None:
    """2024H1@2024-06-13: behind its sign the year has been taken for the end of a number, such as those of Kenya."""
    for day in pd.date_range("2024-01-01", "2024-12-31").strftime("%Y-%m-%d"):
        html(f"<a href='2024H1%40{day}/public/report.html'>2024H1</a>")[1](folder / "public/report.html", "")
        guard(folder, Search(SEARCH.known, "en-KE", SEARCH.contacts))


@pytest.mark.parametrize(
    "dial", ["99112233, 99112244", "9911–2233, 9900–1122", "9911–2233", "Phone 9911–2233 or 88–112233"]
)
def test_numbers_with_a_dash_or_a_comma_are_no_rows_of_a_list(dial: str, folder: Path) -> None:
    html(f"<p>Phone {dial}</p>")[1](folder / "public/report.html", "")
    with pytest.raises(DisclosureError, match="telephone"):
        guard(folder, SEARCH)


@pytest.mark.parametrize("contact", ["12345678", "0123456789", "123456", "07 12 34 56 78"])
@pytest.mark.parametrize(
    "page",
    [
        "<p>7<ol><li><li><li><li><li><li><li><li><li></ol>",
        "<p>17<ol><li>Scope<li>Figures<li><li><li><li><li><li></ol>",
        "<p>Contents 1<br>2<br>3<br>4<br>5<br>6<br>7<br>8",
        "<p>0<br>1234<br>5678<br>9123",
    ],
)
def test_numerals_of_a_list_and_pages_are_no_contact(contact: str, page: str, folder: Path) -> None:
    search = Search(KnownNames.gather(contacts=[contact]), "en-CI", ())
    place, plant = printed(page)
    plant(folder / place, "")
    guard(folder, search)
    printed(f"<p>call {contact}")[1](folder / place, "")
    with pytest.raises(DisclosureError, match="known contact"):
        guard(folder, search)


@pytest.mark.parametrize("wrapped", ["1234<br>5678", "12-<br>345678", "1234 <br>5678 now", "1234<br>56 78"])
def test_a_contact_that_the_end_of_a_line_breaks_is_found(wrapped: str, folder: Path) -> None:
    place, plant = printed(f"<p>please call {wrapped}")
    plant(folder / place, "")
    with pytest.raises(DisclosureError, match="known contact"):
        guard(folder, Search(KnownNames.gather(contacts=["+225 12345678"]), "en-CI", ()))


LONG = {
    "a word": "Ulaanbaatar" * 90_000,
    "digits": "99112233" * 125_000,
    "digits in groups": "9911 " * 200_000,
    "letters and digits": "a1B" * 330_000,
    "signs of addresses": "a@" * 500_000,
    "dots": "a." * 500_000,
    "angle brackets": "<" * 100_000,
    "elements": "<b>x" * 100_000,
    "attributes": "<p " + "a='b' " * 100_000 + ">",
    "percent signs": "%41" * 300_000,
    "entities": "&lt;" * 200_000,
    "escapes": "\\u0041" * 150_000,
    "lines": "x\n" * 300_000,
    "quotes": "url('" * 100_000,
    "shapes": 'd="M 1 2 ' * 50_000,
    "hyphens": "2024-" * 150_000,
}


@pytest.mark.parametrize("what", LONG)
@pytest.mark.parametrize("kind", ["csv", "json", "html"])
def test_no_text_takes_more_time_than_its_length_sets(what: str, kind: str, folder: Path) -> None:
    """A hundred thousand letters of whatever kind take seconds; one that goes back over them takes minutes."""
    long = LONG[what][:100_000]
    content = json.dumps([long]) if kind == "json" else long
    (folder / "public" / f"a.{kind}").write_text(content, encoding="utf-8")
    words = OwnWords(frozenset({"12/2024"}), ("Street 1",), ("12 Main Street",))
    began = time.process_time()
    with suppress(DisclosureError):
        guard(folder, Search(SEARCH.known, SEARCH.locale, SEARCH.contacts, words))
    assert time.process_time() - began < 15


def lines(path: Path) -> list[str]:
    return [line.strip() for text in page_texts(path, PdfReader(path)) for line in text.splitlines()]


def test_lines_of_the_pdf_end_where_they_are_printed_to_end_and_keep_their_hyphens(folder: Path) -> None:
    place, plant = printed("<p style='white-space: pre'>Anna-\nMaria Enkhbold\nof the office</p>")
    plant(folder / place, "")
    assert lines(folder / place) == ["Anna-", "Maria Enkhbold", "of the office"]


def test_labels_of_a_chart_in_the_pdf_are_lines_of_their_own(folder: Path) -> None:
    """Next to each other they would read as one number, such as that of a bank card."""
    counts = Series("x", [208, 220, 218, 217, 192, 331])
    chart = columns([f"{day} May" for day in range(1, 7)], [counts], axis="n", caption="c", alternative="a").svg
    place, plant = printed(f"<p>Before it.</p><img alt=x src='data:image/svg+xml,{quote(chart)}'>")
    plant(folder / place, "")
    assert {"Before it.", "208", "220", "218", "217", "192", "331"} <= set(lines(folder / place))
