"""The sample's register in the forms in which offices keep theirs: workbooks, documents, text in old encodings."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import xlsxwriter

Rows = list[dict[str, str]]

MONGOLIAN = {
    "registration_no": "Бүртгэлийн дугаар",
    "date_received": "Хүлээн авсан огноо",
    "channel": "Суваг",
    "type": "Төрөл",
    "relation": "Төсөлтэй холбоотой эсэх",
    "complainant": "Гомдол гаргагч",
    "summary": "Товч утга",
    "action_taken": "Авсан арга хэмжээ",
    "status": "Төлөв",
    "date_resolved": "Шийдвэрлэсэн огноо",
    "note": "Тэмдэглэл",
    "channel_basis": "channel_basis",
}
"""Headings as a Mongolian office has them."""
DATES = ("date_received", "date_resolved")


def read_rows(path: Path) -> Rows:
    """Read the sample's register, one record a grievance, with its days ('March 5, 2024') as 2024-03-05."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        for name in DATES:
            if row[name]:
                row[name] = str(datetime.datetime.strptime(row[name], "%B %d, %Y").date())
    return rows


def workbook(rows: Rows, path: Path) -> None:
    """Write a workbook with a banner, headings of two levels in merged cells, true dates, and a remark below."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Register")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    names = list(rows[0])
    sheet.merge_range(0, 0, 0, len(names) - 1, "Grievance register of the project, as of 30 June 2024")
    sheet.write(1, 0, "Kept by the PIU")
    at = names.index("date_resolved")
    sheet.merge_range(3, at - 1, 3, at, "Outcome")
    for place, name in enumerate(names):
        label = name.replace("_", " ").capitalize()
        if place in (at - 1, at):
            sheet.write(4, place, label)
        else:
            sheet.merge_range(3, place, 4, place, label)
    _fill(sheet, rows, 5, day)
    sheet.write(5 + len(rows) + 1, 0, "Prepared by the M&E specialist.")
    book.close()


def sheet_a_month(rows: Rows, path: Path) -> None:
    """Write a workbook with six sheets, January to June; what has no date stands on the sheet of its number."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    months = [datetime.date(2024, month, 1).strftime("%B") for month in range(1, 7)]
    by_month: dict[str, Rows] = {month: [] for month in months}
    month = months[0]
    for row in rows:
        if row["date_received"]:
            month = datetime.date.fromisoformat(row["date_received"]).strftime("%B")
        by_month[month].append(row)
    for name, of_month in by_month.items():
        sheet = book.add_worksheet(f"{name} 2024")
        sheet.write(0, 0, f"Grievances of {name}")
        for place, heading in enumerate(rows[0]):
            sheet.write(2, place, heading)
        _fill(sheet, of_month, 3, day)
    book.close()


def _fill(sheet: xlsxwriter.worksheet.Worksheet, rows: Rows, first: int, day: object) -> None:
    for number, row in enumerate(rows, start=first):
        for place, (name, text) in enumerate(row.items()):
            if name in DATES and text:
                sheet.write_datetime(number, place, datetime.datetime.fromisoformat(text), day)
            elif text:
                sheet.write_string(number, place, text)


def open_document(rows: Rows, path: Path) -> None:
    """Write an OpenDocument sheet, the least of it that is one, with dates of its own."""
    lines = [_ods_row(list(rows[0]), set())]
    lines += [_ods_row(list(row.values()), {place for place, name in enumerate(row) if name in DATES}) for row in rows]
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Register">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)


def _ods_row(texts: list[str], dates: set[int]) -> str:
    cells = []
    for place, text in enumerate(texts):
        if not text:
            cells.append("<table:table-cell/>")
        elif place in dates:
            cells.append(
                f'<table:table-cell office:value-type="date" office:date-value="{text}"><text:p>{text}</text:p>'
                "</table:table-cell>"
            )
        else:
            cells.append(
                f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def document(rows: Rows, path: Path) -> None:
    """Write a Word document: some prose, then the register as a table, with dates in words."""
    made = docx.Document()
    made.add_heading("Grievance register")
    made.add_paragraph("All grievances since January 15, 2024.")
    table = made.add_table(1 + len(rows), len(rows[0]))
    for place, name in enumerate(rows[0]):
        table.rows[0].cells[place].text = name.replace("_", " ").title()
    for number, row in enumerate(rows, start=1):
        cells = table.rows[number].cells
        for place, (name, text) in enumerate(row.items()):
            cells[place].text = _in_english(text) if name in DATES and text else text
    made.save(str(path))


def _in_english(day: str) -> str:
    on = datetime.date.fromisoformat(day)
    ending = "th" if 10 <= on.day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(on.day % 10, "th")
    return f"{on.day}{ending} {on:%B} {on.year}"


def mongolian_text(rows: Rows, path: Path, encoding: str) -> None:
    """Write a text file with Mongolian headings and days; cp1251 gets the letters that stand there for ү and ө."""
    names = list(rows[0])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([MONGOLIAN[name] for name in names])
    for row in rows:
        writer.writerow([_in_mongolian(text) if name in DATES and text else text for name, text in row.items()])
    text = out.getvalue()
    if encoding == "cp1251":
        text = text.translate(str.maketrans("үөҮӨ", "їєЇЄ"))
    path.write_bytes(text.encode(encoding))


def _in_mongolian(day: str) -> str:
    on = datetime.date.fromisoformat(day)
    return f"{on.year} оны {on.month}-р сарын {on.day}"


FORMS: dict[str, tuple[str, Callable[[Rows, Path], None]]] = {
    "workbook with banner and merged headings": ("register.xlsx", workbook),
    "six sheets": ("register.xlsx", sheet_a_month),
    "OpenDocument": ("register.ods", open_document),
    "Word table": ("register.docx", document),
    "cp1251 in Mongolian": ("register.csv", lambda rows, path: mongolian_text(rows, path, "cp1251")),
    "UTF-16 in Mongolian": ("register.txt", lambda rows, path: mongolian_text(rows, path, "utf-16")),
}
"""Each form with the name of its file and what writes it."""
