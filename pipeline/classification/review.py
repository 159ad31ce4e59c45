"""What a person is asked to decide, as a workbook to be filled in: internal/review.xlsx.

In this order: signs of a sensitive grievance, since such a grievance is in no figure until decided; labels that nobody
gave, the least sure proposal first; labels that the register gives and the text contradicts, the surest contradiction
first; a few of the rest, drawn by a fixed rule, as a check.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from pipeline import shared_work
from pipeline.classification.decisions import allowed, text_hashes
from pipeline.classification.labels import STATED, given_by_register
from pipeline.classification.taxonomy import LABELS, LabelName
from pipeline.pieces import slices
from pipeline.project import NOT_STATED, Project
from pipeline.workbooks import fitted, row_height, workbook_bytes

COLUMNS = (
    "registration_no",
    "row",
    "label",
    "why_asked",
    "text",
    "proposed",
    "confidence",
    "evidence",
    "register",
    "decision",
    "who",
    "reason",
    "text_hash",
)
"""The columns of the sheet to be filled in, in order."""
ASKED = (
    "A sign of a sensitive grievance",
    "Nobody stated it",
    "The text contradicts the register",
    "Drawn as a check",
)
"""Why a label is asked, in the order in which it is."""
CHECKS = 10
"""Labels that nobody doubts and that are drawn as a check, at most."""
MOST_LINES = 60_000
"""What a person can look through, and a spreadsheet opens quickly; the first lines are asked first."""
SHEET, LISTS = "Review", "Lists"
_SEED = "review"
_LINES_AT_A_TIME = 20_000
_WIDTHS = (16, 7, 12, 20, 70, 18, 11, 34, 18, 22, 20, 36, 19)
_GUIDE = (
    "Fill in decision, who and reason where you can decide; leave the line blank where you cannot. Then: make decide "
    "PERIOD=… PROJECT=… FILE=this file. Keep it where only those who handle grievances can open it."
)
HEADING_ROW = 2
"""The row of the headings, from 1; the guide stands above."""


def review_table(labelled: pd.DataFrame, project: Project) -> pd.DataFrame:
    """List the labels to be decided, in the order in which they are asked.

    `labelled` are all cases with their labels, sensitive ones too. A row a case and label with the columns of
    `COLUMNS`, texts but for `row` and `confidence` (0 to 1); `decision`, `who` and `reason` are blank.
    """
    parts = [lines for name in LABELS for lines in _lines_of(labelled, name, project)]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    checks = table[table["place"] == 3]
    drawn = checks.assign(lot=_lots(checks)).sort_values("lot", kind="stable").index[:CHECKS]
    table = table[(table["place"] < 3) | table.index.isin(drawn)]
    # A contradiction is asked the earlier, the surer it is.
    rank = table["confidence"].where(table["place"] != 2, -table["confidence"])
    keys = ["place", "rank", "case", "order"]
    table = table.assign(rank=rank).sort_values(keys, kind="stable").reset_index(drop=True)
    return table.assign(why_asked=table["place"].map(dict(enumerate(ASKED))))[list(COLUMNS)]


def both_ways(labelled: pd.DataFrame, sensitive: pd.DataFrame) -> pd.DataFrame:
    """Put the sensitive grievances beside the others, with the columns of both: a person is asked about all of them."""
    # An empty table says nothing about the types of its columns.
    return pd.concat([labelled, sensitive], ignore_index=True) if len(sensitive) else labelled


def _lines_of(labelled: pd.DataFrame, name: LabelName, project: Project) -> list[pd.DataFrame]:
    """List what is asked of a label, and of what nobody doubts the lines that can be drawn."""
    place = _places(labelled, name, project)
    undoubted = labelled.index[place == 3]

    def drawn(rows: slice) -> pd.DataFrame:
        lines = _lines(labelled.loc[undoubted[rows]], place, name, project)
        return lines.loc[lines.assign(lot=_lots(lines)).sort_values("lot", kind="stable").index[:CHECKS]]

    asked = _lines(labelled[(place >= 0) & (place < 3)], place, name, project)
    return [asked, *shared_work.each(drawn, slices(len(undoubted), _LINES_AT_A_TIME), size=len(undoubted))]


def _places(labelled: pd.DataFrame, name: LabelName, project: Project) -> pd.Series:
    """Say of each case why it is asked (a place in `ASKED`), or -1."""
    proposed, basis = labelled[f"{name}_proposed"], labelled[f"{name}_basis"]
    register = given_by_register(labelled, name)
    is_said = proposed != NOT_STATED
    if name == "sensitivity":
        place = pd.Series(-1, index=labelled.index).mask(is_said & ~basis.isin(("decision", "register")), 0)
    else:
        place = pd.Series(-1, index=labelled.index).mask(basis.isin(("register", "status")) & is_said, 3)
        place = place.mask(basis.isin(("register", "status")) & is_said & (proposed != labelled[f"{name}_counted"]), 2)
        place = place.mask(~basis.isin(STATED), 1)
        if name == "topic" and not (register.notna().any() or project.settings.topics):
            place[:] = -1
        if name == "topic":
            # A topic in the register's own words cannot be compared with the taxonomy's.
            place = place.mask((place >= 2) & ~register.isin(allowed(name, project)), -1)
    return place


def _lines(asked: pd.DataFrame, place: pd.Series, name: LabelName, project: Project) -> pd.DataFrame:
    """List the cases that are asked; `place` has at least their places."""
    names, register = allowed(name, project), given_by_register(asked, name)
    proposed = asked[f"{name}_proposed"]
    return pd.DataFrame(
        {
            "registration_no": asked["registration_no"].astype("object").fillna(""),
            "row": asked["source_row"],
            "label": name,
            "why_asked": "",
            "text": asked["summary_redacted"].astype("object").fillna(""),
            "proposed": proposed.map(lambda code: "" if code == NOT_STATED else names.get(code, code)),
            "confidence": asked[f"{name}_proposed_confidence"],
            "evidence": asked[f"{name}_proposed_evidence"],
            "register": register.map(names.get).fillna(register).fillna(""),
            "decision": "",
            "who": "",
            "reason": "",
            "text_hash": text_hashes(asked),
            "place": place[asked.index],
            "case": asked.index,
            "order": LABELS.index(name),
        }
    )


def _lots(lines: pd.DataFrame) -> list[str]:
    """Draw lots that follow from the lines alone, so that the same register gives the same check."""
    keys = zip(lines["text_hash"], lines["label"], lines["registration_no"], lines["row"], strict=True)
    return [hashlib.sha256("|".join([_SEED, *map(str, key)]).encode()).hexdigest() for key in keys]


def review_workbook(table: pd.DataFrame, project: Project) -> bytes:
    """Return the workbook for a table of `review_table`: the same bytes each time; the decisions have drop-downs.

    Of more than `MOST_LINES` it has the first, and says so.
    """
    more = (
        f" These are the first {MOST_LINES:,} of {len(table):,} labels. Decide on them, then make the period anew: the "
        "next ones follow. labelled.parquet beside this file has all."
        if len(table) > MOST_LINES
        else ""
    )
    return workbook_bytes(lambda workbook: _fill(workbook, table.head(MOST_LINES), project, _GUIDE + more))


def _fill(workbook: Any, table: pd.DataFrame, project: Project, guide: str) -> None:
    bold = workbook.add_format({"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#dfe6ee"})
    shown = workbook.add_format({"valign": "top", "text_wrap": True})
    number = workbook.add_format({"valign": "top", "num_format": "0.00"})
    to_fill = workbook.add_format({"valign": "top", "text_wrap": True, "bg_color": "#fff8dc"})
    sheet, lists = workbook.add_worksheet(SHEET), workbook.add_worksheet(LISTS)
    ranges = _write_lists(lists, project, bold)
    sheet.write_string(0, 0, guide)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(HEADING_ROW - 1, column, name, bold)
        sheet.set_column(column, column, _WIDTHS[column])
    at = COLUMNS.index("decision")
    for place, line in enumerate(table.to_dict("records"), start=HEADING_ROW):
        for column, name in enumerate(COLUMNS):
            if name == "confidence":
                sheet.write_number(place, column, round(float(line[name]), 4), number)
            else:
                style = to_fill if name in ("decision", "who", "reason") else shown
                sheet.write_string(place, column, fitted(str(line[name])), style)
        sheet.data_validation(
            place,
            at,
            place,
            at,
            {
                "validate": "list",
                "source": ranges[line["label"]],
                "error_title": "Not in the list",
                "error_message": "Choose one of the list, or leave the cell blank.",
            },
        )
        widths = zip(COLUMNS, _WIDTHS, strict=True)
        sheet.set_row(place, row_height((str(line[name]), width) for name, width in widths if name != "confidence"))
    sheet.autofilter(HEADING_ROW - 1, 0, HEADING_ROW - 1 + max(1, len(table)), len(COLUMNS) - 1)
    sheet.freeze_panes(HEADING_ROW, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.activate()


def _write_lists(sheet: Any, project: Project, bold: Any) -> dict[str, str]:
    """Write what may be decided, a column a label; return the ranges for the drop-downs."""
    ranges = {}
    for column, name in enumerate(LABELS):
        names = list(allowed(name, project).values())
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, 30)
        for place, written in enumerate(names, start=1):
            sheet.write_string(place, column, fitted(written))
        letter = xl_col_to_name(column)
        ranges[str(name)] = f"={LISTS}!${letter}$2:${letter}${len(names) + 1}"
    return ranges
