"""What was found in the texts that can be public, as a workbook to be filled in: internal/disclosure.xlsx.

In this order, and in each first what stands in this report: suspects that nobody answered, suspects that somebody did,
replacements, and texts as a whole: those of this report in which nothing was found, and those that are withheld or
worded anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipeline.register.disclosure import NAMES, OF_A_TEXT
from pipeline.register.reading import PLACE
from pipeline.workbooks import MOST_ROWS, fitted, row_height, workbook_bytes

WORKBOOK = "disclosure.xlsx"
COLUMNS = (
    "in_report",
    "registration_no",
    "row",
    "column",
    "why_asked",
    "kind",
    "rule",
    "text",
    "decision",
    "wording",
    "who",
    "reason",
    "start",
    "end",
    "text_hash",
)
"""The columns of the sheet to be filled in, in order."""
TO_FILL = ("decision", "wording", "who", "reason")
ASKED = ("A suspect, not answered", "A suspect, answered", "A replacement", "The whole text")
"""Why a line is asked, in the order in which it is."""
ASKED_BY = ("column", "start", "is_suspect", "is_open", "decision")
"""What decides whether and where a place is asked for, beside its row of the register."""
SHEET, INSTRUCTIONS, LISTS = "Disclosure", "Instructions", "Lists"
HEADING_ROW = 2
"""The row of the headings, from 1; the guide stands above."""
_WIDTHS = (10, 16, 7, 14, 22, 13, 18, 80, 20, 50, 20, 36, 8, 8, 19)
_OPENING, _CLOSING = "[[", "]]"
_LONGEST_SIDE = 2_000
"""Letters of a text that are shown on each side of a place."""
_GUIDE = (
    "Fill in decision, who and reason where you decide; suspects that stay blank are replaced, and stop the release. "
    "Then: make disclose PERIOD=… PROJECT=… FILE=this file. It holds names: keep it where only those who handle "
    "grievances can open it."
)
_MORE = (
    " These are the first {shown:,} of {asked:,} lines, those to be decided first; when they are answered and the "
    "report is made again, the next suspects take their place. redactions.parquet has all."
)
_INSTRUCTIONS = {
    "What this is": "Every place in the texts of the register that may tell who somebody is, and every other text.",
    "in_report": "Whether the text stands in the public files of this period. Begin with 'yes'.",
    "why_asked": "A suspect looks like a name or like a description of somebody, and no list says so. It is replaced "
    "in public until you decide. A replacement is a name that is known, a number or an address.",
    "text": "The text as it stands in the register, with the place between [[ and ]]. A line without a place is about "
    "the whole text.",
    NAMES["replace"]: "The place is replaced by its kind, such as [person].",
    NAMES["keep"]: "The place stays as it is: nobody can be recognised by it. On the line of a whole text: the text is "
    "published, with what is decided on each of its places.",
    NAMES["withhold"]: "The whole text is not published; a sentence says so in its place.",
    NAMES["wording"]: "What you write under wording is published in place of the whole text, and marked as the unit's. "
    "Names and numbers in it are replaced too.",
    "who": "Your function, such as Grievance officer, and no name.",
    "reason": "Why; without names.",
    "start, end, text_hash": "By these the answer finds its place. Leave them as they are. Where the text changes in "
    "the register, it is asked anew.",
    "Twice on one text": "Withhold a text or word it on one of its lines; two lines that say different things of one "
    "text are refused, with their rows.",
}
_SAID: dict[str, str] = {"": "", **{str(code): name for code, name in NAMES.items()}}


def asked_order(places: pd.DataFrame, in_report: pd.Series) -> pd.Index:
    """Return which places the workbook asks for, in its order, by the index of `places`.

    Parameters
    ----------
    places
        The columns of `PLACE` and `ASKED_BY` at least, in the order in which the places were found; of texts that can
        be public alone.
    in_report
        Whether each place stands in the public files of the period.
    """
    is_hit = places["start"].notna()
    keys = [places[name] for name in (*PLACE, "column")]
    has_hit = is_hit.groupby(keys, sort=False).transform("any")
    is_asked = is_hit | (~has_hit & in_report) | places["decision"].isin([*OF_A_TEXT, "keep"])
    # The order of the register's columns is that in which the places come.
    order = places.loc[is_asked, list(PLACE)].assign(_rank=_ranks(places), _out=~in_report)
    return order.sort_values(["_rank", "_out", *PLACE], kind="stable").index


def _ranks(places: pd.DataFrame) -> pd.Series:
    rank = pd.Series(3, index=places.index).mask(places["start"].notna(), 2)
    return rank.mask(places["is_suspect"], 1).mask(places["is_open"], 0)


def asked_lines(order: pd.DataFrame, in_report: pd.Series) -> pd.DataFrame:
    """List what the workbook asks: the columns of `COLUMNS` as texts, `text` whole, with its place apart.

    `order` has the columns of `public_texts.PLACE_COLUMNS`, one row a line, in order; see `asked_order`.
    """
    return pd.DataFrame(
        {
            "in_report": in_report[order.index].map({True: "yes", False: "no"}),
            "registration_no": order["registration_no"].astype("object").fillna(""),
            "row": order["source_row"].astype("str"),
            "column": order["column"],
            "why_asked": _ranks(order).map(dict(enumerate(ASKED))),
            "kind": order["kind"],
            "rule": order["rule"],
            "text": order["text"],
            "decision": order["decision"].map(_SAID),
            **{name: order[name] for name in ("wording", "who", "reason")},
            **{name: order[name].astype("object").map(str, na_action="ignore").fillna("") for name in ("start", "end")},
            "text_hash": order["text_hash"],
        }
    ).reset_index(drop=True)[list(COLUMNS)]


def disclosure_workbook(lines: pd.DataFrame, asked: int | None = None) -> bytes:
    """Return the workbook for the lines of `asked_lines`: the same bytes each time; decisions have a drop-down.

    Where more is `asked` than there are lines, its guide says so.
    """
    left = (asked or 0) - len(lines)
    guide = _GUIDE + (_MORE.format(shown=len(lines), asked=asked) if left > 0 else "")
    return workbook_bytes(lambda workbook: _fill(workbook, lines.head(MOST_ROWS - HEADING_ROW), guide))


def _fill(workbook: Any, lines: pd.DataFrame, guide: str) -> None:
    bold = workbook.add_format({"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#dfe6ee"})
    shown = workbook.add_format({"valign": "top", "text_wrap": True})
    to_fill = workbook.add_format({"valign": "top", "text_wrap": True, "bg_color": "#fff8dc"})
    place = workbook.add_format({"bold": True, "font_color": "#b00020"})
    sheet, instructions, lists = (workbook.add_worksheet(name) for name in (SHEET, INSTRUCTIONS, LISTS))
    _write_instructions(instructions, bold, shown)
    lists.hide()
    for row, name in enumerate(NAMES.values()):
        lists.write_string(row, 0, name)
    sheet.write_string(0, 0, guide)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(HEADING_ROW - 1, column, name, bold)
        sheet.set_column(column, column, _WIDTHS[column])
    for row, line in enumerate(lines.to_dict("records"), start=HEADING_ROW):
        for column, name in enumerate(COLUMNS):
            if name == "text" and line["start"]:
                _write_marked(sheet, row, column, line, place, shown)
            else:
                sheet.write_string(row, column, fitted(str(line[name])), to_fill if name in TO_FILL else shown)
        sheet.set_row(row, row_height(_as_shown(line)))
    last = HEADING_ROW - 1 + max(1, len(lines))
    _offer(sheet, last)
    sheet.autofilter(HEADING_ROW - 1, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(HEADING_ROW, COLUMNS.index("column") + 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.activate()


def _as_shown(line: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the texts of a line as they are written, each with the width of its column."""
    for name, width in zip(COLUMNS, _WIDTHS, strict=True):
        if name == "text" and line["start"]:
            yield "  ".join(parted(line["text"], int(line["start"]), int(line["end"]))), width
        else:
            yield str(line[name]), width


def _offer(sheet: Any, last: int) -> None:
    at = COLUMNS.index("decision")
    sheet.data_validation(
        HEADING_ROW,
        at,
        last,
        at,
        {
            "validate": "list",
            "source": f"={LISTS}!$A$1:$A${len(NAMES)}",
            "error_title": "Not in the list",
            "error_message": "Choose one of the list, or leave the cell blank.",
        },
    )


def _write_marked(sheet: Any, row: int, column: int, line: dict[str, Any], place: Any, shown: Any) -> None:
    """Write a text with one of its places set off, by brackets and in colour."""
    before, found, after = parted(line["text"], int(line["start"]), int(line["end"]))
    parts = [part for part in (before, place, f"{_OPENING}{found}{_CLOSING}", after) if part != ""]
    if len(parts) > 2:
        sheet.write_rich_string(row, column, *(fitted(p) if isinstance(p, str) else p for p in parts), shown)
    else:
        sheet.write_string(row, column, fitted(parts[-1]), shown)


def parted(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Part a text into what stands before a place, the place, and what stands after it; long sides are cut."""
    before, found, after = text[:start], text[start:end], text[end:]
    if len(before) > _LONGEST_SIDE:
        before = f"… {before[-_LONGEST_SIDE:]}"
    if len(after) > _LONGEST_SIDE:
        after = f"{after[:_LONGEST_SIDE]} …"
    return before, fitted(found, _LONGEST_SIDE), after


def _write_instructions(sheet: Any, bold: Any, shown: Any) -> None:
    """Write two columns, a word and its sentences."""
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    for row, (word, told) in enumerate(_INSTRUCTIONS.items()):
        sheet.write_string(row, 0, word, bold)
        sheet.write_string(row, 1, told, shown)
        sheet.set_row(row, row_height([(told, 100)]))
