"""What the first notebook shows of a register: never a value of an identifying column."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.confidentiality.redacting import redact_column
from pipeline.confidentiality.redaction import KnownNames
from pipeline.register import findings
from pipeline.register.columns import dictionary, heading_key, identifying, known_headings
from pipeline.register.mapping import collected
from pipeline.register.reading import PLACE, Register
from pipeline.register.values import NOT_UNDERSTOOD


def sheets_read(register: Register) -> pd.DataFrame:
    """List what was taken for the register: on which sheet, under which row of headings, and what was left out."""
    rows = []
    there = register.table.groupby(["source_file", "source_sheet"])["source_row"].agg(set).to_dict()
    for table in register.tables:
        sheet = table.sheet
        kept = there.get((sheet.file, sheet.name), set())
        number = [one for row in table.rows if (one := sheet.row_number(int(row))) in kept]
        headings = sorted({sheet.row_number(row) for row in table.heading_rows})
        rows.append(
            {
                "file": sheet.file,
                "sheet": sheet.name,
                "encoding": sheet.encoding,
                "rows_of_headings": ", ".join(map(str, headings)),
                "first_row": str(number[0]) if number else "",
                "last_row": str(number[-1]) if number else "",
                "grievances": str(len(number)),
                "rows_set_aside": str(len(table.set_aside)),
                "hidden_rows": str(len(sheet.hidden_rows & set(number))),
            }
        )
    rows += [
        {"file": sheet.file, "sheet": sheet.name, "rows_of_headings": f"left out: {why or 'no table'}"}
        for sheet, why in register.left_out
    ]
    return pd.DataFrame(rows).fillna("")


def without_names(table: pd.DataFrame, known: KnownNames, locale: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Replace known names, numbers and addresses in headings, names of files and sheets, and what is said of them.

    In all texts of a table, or in those of some `columns`; headings that are known stay.
    """

    def redacted(column: str) -> pd.Series:
        texts = table[column].astype("str")
        done = redact_column(texts, known, locale=locale, with_suspects=False)[0]
        return done.where(~texts.map(heading_key).isin(known_headings()), texts)

    every = list(table.select_dtypes(include=["str", "object"]).columns)
    return table.assign(**{name: redacted(name) for name in every if name in columns or not columns})


def file_shown(register: Register, known: KnownNames, locale: str) -> str:
    """Return the name of the register's file, without a known name."""
    (file,) = without_names(pd.DataFrame({"file": [register.file]}), known, locale)["file"]
    return str(file)


def columns_read(register: Register) -> pd.DataFrame:
    """List the headings with the column each became and how many of its cells are filled, as they stand there.

    Once the values are read, it says how many of those were not understood; what follows takes them for blank. A word
    for 'nothing' is a blank then, too. A required column that the register is known not to have stands there without a
    heading.
    """
    rows = []
    found = register.found["column"][register.found["rule"].isin(NOT_UNDERSTOOD)].value_counts()
    absent = [name for name in collected(register) if name not in register.headings.values()]
    for heading, name in [*register.headings.items(), *(("", name) for name in absent)]:
        known = dictionary().get(name)
        lost, blank = int(found.get(name, 0)), int(register.table[name].isna().sum())
        rows.append(
            {
                "heading": heading,
                "column": name,
                "filled_cells": len(register.table) - blank + lost,
                "cells_not_understood": lost,
                "blank_cells": blank - lost,
                "identifies_a_person": "yes" if identifying([name]) else "",
                "may_be_public": known.public if known else "never",
            }
        )
    return pd.DataFrame(rows)


def receipts(table: pd.DataFrame) -> pd.DataFrame:
    """List the grievances without a date of receipt, with the days between which they were received."""
    undated = table[table["date_received"].isna()]
    return undated[["registration_no", *_place_shown(undated), "date_received_earliest", "date_received_latest"]]


def _place_shown(table: pd.DataFrame) -> list[str]:
    """Name the columns that tell where a row stands: the file and the sheet only where there are several."""
    return [name for name in PLACE if name == "source_row" or table[name].nunique() > 1]


def findings_by_rule(found: pd.DataFrame) -> pd.DataFrame:
    """Count the findings by rule, the gravest first."""
    if found.empty:
        return pd.DataFrame(columns=["severity", "rule", "title", "findings"])
    counts = found.groupby(["severity", "rule"], sort=False).size().rename("findings").reset_index()
    counts.insert(2, "title", counts["rule"].map(lambda rule: findings.rules()[rule].title))
    return counts


def account(register: Register, cases: pd.DataFrame) -> pd.DataFrame:
    """Count the rows on their way and stop with an AssertionError if one got lost."""
    places = register.table[[*PLACE]]
    kept = cases[[*PLACE]]
    if len(kept) != len(places) or not kept.reset_index(drop=True).equals(places.reset_index(drop=True)):
        raise AssertionError("a row of the register is missing from the cases")
    return pd.DataFrame(
        {
            "what": ["grievances read from the register", "rows set aside, each with a finding", "cases", "findings"],
            "count": [
                len(places),
                sum(len(table.set_aside) for table in register.tables),
                len(kept),
                len(register.found),
            ],
        }
    )
