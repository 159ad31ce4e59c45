"""What the first notebook shows of a register: never a value of an identifying column."""

from __future__ import annotations

import pandas as pd

from pipeline.register import findings
from pipeline.register.columns import dictionary
from pipeline.register.reading import Register


def columns_read(register: Register) -> pd.DataFrame:
    """List the headings with the column each became and how many of its cells are filled."""
    rows = []
    for heading, name in register.headings.items():
        known = dictionary().get(name)
        rows.append(
            {
                "heading": heading,
                "column": name,
                "filled_cells": int(register.table[name].notna().sum()),
                "blank_cells": int(register.table[name].isna().sum()),
                "identifies_a_person": "yes" if known and known.identifies else "",
                "may_be_public": known.public if known else "never",
            }
        )
    return pd.DataFrame(rows)


def receipts(table: pd.DataFrame) -> pd.DataFrame:
    """List the grievances without a date of receipt, with the days between which they were received."""
    undated = table[table["date_received"].isna()]
    return undated[["registration_no", "source_row", "date_received_earliest", "date_received_latest"]]


def findings_by_rule(found: pd.DataFrame) -> pd.DataFrame:
    """Count the findings by rule, the gravest first."""
    if found.empty:
        return pd.DataFrame(columns=["severity", "rule", "title", "findings"])
    counts = found.groupby(["severity", "rule"], sort=False).size().rename("findings").reset_index()
    counts.insert(2, "title", counts["rule"].map(lambda rule: findings.rules()[rule].title))
    return counts


def account(register: Register, cases: pd.DataFrame) -> pd.DataFrame:
    """Count the rows on their way and stop with an AssertionError if one got lost."""
    places = register.table[["source_file", "source_row"]]
    kept = cases[["source_file", "source_row"]]
    if len(kept) != len(places) or not kept.reset_index(drop=True).equals(places.reset_index(drop=True)):
        raise AssertionError("a row of the register is missing from the cases")
    return pd.DataFrame(
        {
            "what": ["rows read from the register", "cases", "findings"],
            "count": [len(places), len(kept), len(register.found)],
        }
    )
