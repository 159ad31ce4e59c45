"""An empty register in Excel, with the columns of columns.yml and the words of project.yml in drop-down lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import write_bytes
from pipeline.project import Project
from pipeline.register.columns import Column, dictionary
from pipeline.register.words import SATISFACTION
from pipeline.workbooks import fitted, workbook_bytes

REGISTER, INSTRUCTIONS, LISTS = "Register", "Instructions", "Lists"
"""The sheets; the register comes first, since programs and people look there first."""
ROWS = 5_000
"""How many rows below the headings have their drop-down lists and checks of dates."""

_YEARS_AROUND = 20
_LONG_TEXTS = ("summary", "action_taken", "note")
# A phone number or a number such as 007 or 7/2024 keeps its form only in a cell that is marked as text.
_AS_TEXT = ("registration_no", "complainant_contact")
_COLOURS: dict[str, dict[str, Any]] = {
    "required": {"bg_color": "#1F3864", "font_color": "#FFFFFF", "bold": True},
    "confidential": {"bg_color": "#F8CBAD", "font_color": "#7B2C00", "italic": True},
    "other": {"bg_color": "#E7E6E6", "font_color": "#000000"},
}
_AUTHOR = "GRM register"


def write_template(project: Project, path: Path) -> None:
    """Write the project's empty register, readable by its owner alone, since names will stand in it."""
    write_bytes(template(project), path, restricted=True)


def save_template(project: Project, path: Path, *, shown_as: str, force: bool = False) -> None:
    """Write the empty register where no other file stands; `force` replaces one, else that is an `InputError`."""
    made = template(project)
    try:
        if path.exists() and not force and (path.is_dir() or path.read_bytes() != made):
            raise InputError(
                f"{shown_as} is there already and differs from the empty register: somebody may have filled it in, or "
                "project.yml has changed since. Move it to another place, or add FORCE=1 to replace it."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(made, path, restricted=True)
    except OSError as error:
        raise InputError(
            f"{shown_as} cannot be written: {error.strerror}. Close it in other programs, check the folder, and try "
            "again."
        ) from None


def template(project: Project) -> bytes:
    """Return the empty register as the bytes of a workbook: the same for the same project.yml."""
    return workbook_bytes(lambda workbook: _fill(workbook, project))


def ordered_columns() -> dict[str, Column]:
    """Return every known column by name, the required ones first."""
    return dict(sorted(dictionary().items(), key=lambda entry: not entry[1].required))


def words_by_type(project: Project) -> dict[str, list[str]]:
    """Return the words that may stand in a column, by the type of the column; what is not here is free."""
    settings = project.settings
    lists = {
        "status": [term.label for term in settings.statuses.values()],
        "channel": [term.label for term in settings.channels.values()],
        "type": [term.label for term in settings.types.values()],
        "relation": [term.label for term in settings.relations.values()],
        "yes_no": ["yes", "no"],
        "satisfaction": list(SATISFACTION),
        "severity": list(settings.severities),
    }
    return {kind: words for kind, words in lists.items() if words}


def _fill(workbook: Any, project: Project) -> None:
    words = words_by_type(project)
    register, instructions, lists = (workbook.add_worksheet(name) for name in (REGISTER, INSTRUCTIONS, LISTS))
    ranges = _write_lists(lists, words)
    _write_register(workbook, register, project, words, ranges)
    _write_instructions(workbook, instructions, project, words)
    register.activate()


def _write_lists(sheet: Any, words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write the lists below each other and return their ranges; in one column they are no table to anybody."""
    sheet.hide()
    sheet.set_column(0, 0, 40)
    ranges, row = {}, 0
    for kind, allowed in words.items():
        titles = " and ".join(column.title for column in dictionary().values() if column.type == kind)
        sheet.write_string(row, 0, f"The words of {titles}")
        for place, word in enumerate(allowed, start=row + 1):
            sheet.write_string(place, 0, fitted(word))
        ranges[kind] = f"={LISTS}!$A${row + 2}:$A${row + 1 + len(allowed)}"
        row += len(allowed) + 2
    return ranges


def _write_register(
    workbook: Any, sheet: Any, project: Project, words: Mapping[str, Sequence[str]], ranges: Mapping[str, str]
) -> None:
    frame: dict[str, Any] = {"border": 1, "border_color": "#808080", "text_wrap": True, "valign": "vcenter"}
    headings = {mark: workbook.add_format({**frame, **colours}) for mark, colours in _COLOURS.items()}
    cells = {
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "as_text": workbook.add_format({"num_format": "@", "valign": "top"}),
        "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
    }
    columns = ordered_columns()
    for place, (name, column) in enumerate(columns.items()):
        kind = "as_text" if name in _AS_TEXT else "date" if column.type == "date" else "text"
        sheet.set_column(place, place, _width(name, column, words), cells[kind])
        sheet.write_string(0, place, column.title, headings[_mark(column)])
        _comment(sheet, place, " ".join(_sentences(column, project, words)))
        _validate(sheet, place, column, project, ranges)
    sheet.set_row(0, 45)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, ROWS, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)


def _mark(column: Column) -> str:
    return "confidential" if column.identifies else "required" if column.required else "other"


def _width(name: str, column: Column, words: Mapping[str, Sequence[str]]) -> int:
    """Return a width in characters: enough for what is written there and for the heading's longest word."""
    if name in _LONG_TEXTS:
        return 50
    longest = max((len(part) for part in column.title.split()), default=0)
    content = {"date": 12, "number_text": 14, "text": 24}.get(column.type, 12)
    # Three more for the button of the filter, or of the list.
    return min(40, max(longest, content, *(len(word) for word in words.get(column.type, ()))) + 3)


def _comment(sheet: Any, place: int, text: str) -> None:
    lines = 2 + len(text) // 40
    sheet.write_comment(0, place, fitted(text), {"author": _AUTHOR, "width": 260, "height": 18 * lines, "font_size": 9})


def _validate(sheet: Any, place: int, column: Column, project: Project, ranges: Mapping[str, str]) -> None:
    title = fitted(column.title, 32)
    if column.type == "date":
        first, last = _days(project)
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": first,
            "maximum": last,
            "error_title": title,
            "error_message": f"This is not a day between {first} and {last}. Write the day as 2024-06-30.",
        }
    elif column.type in ranges:
        rule = {
            "validate": "list",
            "source": ranges[column.type],
            "error_title": title,
            "error_message": "This word is not on the list. Choose one from it, or add the word to project.yml first.",
        }
    else:
        return
    sheet.data_validation(1, place, ROWS, place, rule)


def _days(project: Project) -> tuple[date, date]:
    """Return the first and last day that a cell may hold: the years of the project's calendar."""
    settings = project.settings
    first, last = settings.grm_start.year - _YEARS_AROUND, settings.complete_through.year + _YEARS_AROUND
    # Excel's own calendar begins in 1900.
    return date(max(first, 1901), 1, 1), date(min(last, 2199), 12, 31)


def _sentences(column: Column, project: Project, words: Mapping[str, Sequence[str]]) -> list[str]:
    """Say what is to be entered in a column."""
    told = ["Required." if column.required else "", column.description]
    if column.type == "date":
        told.append("A day, written as 2024-06-30.")
    elif column.type == "number_text":
        numbering = project.settings.numbering
        if numbering:
            example = numbering.replace("{number}", "12").replace("{year}", str(project.settings.grm_start.year))
            told.append(f"For instance {example}.")
    elif column.type in words:
        told.append(f"Choose one: {', '.join(words[column.type])}.")
    if column.identifies:
        told.append("Confidential: it tells who somebody is and is never published.")
    return [sentence for sentence in told if sentence]


def _write_instructions(workbook: Any, sheet: Any, project: Project, words: Mapping[str, Sequence[str]]) -> None:
    """Write two columns, a keyword and its sentences: with so few columns the sheet cannot pass for a register."""
    top: dict[str, Any] = {"valign": "top", "text_wrap": True}
    plain, bold = workbook.add_format(top), workbook.add_format({**top, "bold": True})
    chapter = workbook.add_format({"bold": True, "font_size": 13, "valign": "top"})
    marks = {mark: workbook.add_format({**top, **colours}) for mark, colours in _COLOURS.items()}
    lines: list[tuple[str, str, Any]] = [
        (f"How to fill in the register of {project.settings.name}", "", chapter),
        *((what, told, bold) for what, told in _advice(project)),
        ("", "", plain),
        ("What the colours of the headings mean", "", chapter),
        ("Dark, bold", "The column is required: it must stay, and each grievance needs it.", marks["required"]),
        ("Orange, italic", "The column tells who somebody is. It is never published.", marks["confidential"]),
        ("Grey", "Fill the column in where you know something. One that is not used may be deleted.", marks["other"]),
        ("", "", plain),
        ("What stands in each column", "", chapter),
        *(
            (column.title, " ".join(_sentences(column, project, words)), marks[_mark(column)])
            for column in ordered_columns().values()
        ),
    ]
    for row, (what, told, shape) in enumerate(lines):
        sheet.write_string(row, 0, fitted(what), shape)
        # Excel fits the height of a row to its text by itself; other programs show one line.
        sheet.set_row(row, 16 * -(-len(told) // 90) if told else 20)
        if told:
            sheet.write_string(row, 1, fitted(told), plain)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _advice(project: Project) -> list[tuple[str, str]]:
    settings = project.settings
    unit = settings.implementing_unit
    short = f" ({settings.implementing_unit_short})" if settings.implementing_unit_short else ""
    return [
        ("Whose it is", f"{unit}{short} keeps this register. It begins on {settings.grm_start}."),
        (
            "Rows",
            f"One grievance is one row on the sheet {REGISTER}, from row 2 on. The lists and checks reach as far as "
            f"row {ROWS + 1}.",
        ),
        (
            "Numbers",
            "Each grievance has one number, given once and in the order in which the grievances came. A number is "
            "never used again and never changed, also not for a grievance that was withdrawn, entered twice or does "
            "not concern the project.",
        ),
        (
            "Days",
            "Write a day as 2024-06-30. Where the day is not known, leave the cell blank; write no words and no "
            "estimate.",
        ),
        (
            "Words",
            "Where a cell offers a list, choose from it. The words are those of project.yml; when they are changed "
            "there, 'make template' makes a register with the new ones.",
        ),
        ("Blank cells", "What is not known stays blank. Do not write '-', 'n/a' or 'none'."),
        (
            "Headings",
            "Leave the headings as they are, in row 1, and merge no cells. You may move columns and add some of your "
            "own; those are kept inside the project and never published.",
        ),
        (
            "Unused columns",
            "Delete the columns that you do not use, save the required ones. A column that is there and blank counts "
            "as 'nothing was recorded'; only where it is missing the report says 'not collected'.",
        ),
        (
            "Confidential",
            "The columns with an orange heading hold who somebody is. Names from them are replaced in texts that are "
            "published, so write names there and spell them alike. Keep this file where only those who handle "
            "grievances can open it, and send it to nobody else.",
        ),
        (
            "Sensitive",
            "A grievance about sexual exploitation, abuse or harassment, about the protection of children or about "
            "corruption of project staff has its own way of handling. Where it must be noted here, write 'yes' under "
            f"{dictionary()['is_sensitive'].title}: it then enters no figure and no annex.",
        ),
    ]
