"""`make check`: the register alone, read and checked in seconds, with what was found in a table in the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten, wrap

import pandas as pd

from pipeline.confidentiality.redaction import KnownNames
from pipeline.project import Project
from pipeline.register.corrections import apply_corrections
from pipeline.register.mapping import map_columns
from pipeline.register.placement import place_receipts
from pipeline.register.reading import Register, read_register
from pipeline.register.validation import check
from pipeline.register.values import read_values
from pipeline.register.views import columns_read, file_shown, findings_by_rule, sheets_read, without_names

MOST_OF_A_RULE = 3
"""How many findings of one rule are told; all of them stand in the workbook."""
_WIDTH = 120


@dataclass(frozen=True)
class Checked:
    """A register that was read and checked: what came of it, and every finding without a name in it."""

    register: Register
    findings: pd.DataFrame
    names: KnownNames
    locale: str

    @property
    def errors(self) -> int:
        """How many findings would stand against the release of a report."""
        return int((self.findings["severity"] == "error").sum())


def checked_register(project: Project) -> Register:
    """Read, map, correct and check a project's whole register, sensitive grievances among the others."""
    return checked(corrected_register(project), project)


def checked(corrected: Register, project: Project) -> Register:
    """Read the values of a register whose corrections are applied, place its receipts and check it."""
    return check(place_receipts(read_values(corrected, project), project), project)


def corrected_register(project: Project) -> Register:
    """Read, map and correct a project's register; its cells are still text."""
    return apply_corrections(map_columns(read_register(project), project), project)


def told(one: Checked) -> str:
    """Write what was read and found for a terminal: tables of plain text, lines of at most 120 letters."""
    columns = columns_read(one.register)[["heading", "column", "filled_cells", "cells_not_understood", "blank_cells"]]
    file = file_shown(one.register, one.names, one.locale)
    parts = [
        f"{file}: {len(one.register.table)} grievances",
        _table(without_names(sheets_read(one.register), one.names, one.locale, ["file", "sheet"])),
        _table(without_names(columns, one.names, one.locale, ["heading", "column"])),
    ]
    found = one.findings
    if found.empty:
        return "\n\n".join([*parts, "Nothing was found that does not fit."])
    parts.append(_table(findings_by_rule(found)))
    grave = found[found["severity"].isin(("error", "warning"))]
    lines = []
    for rule, of_rule in grave.groupby("rule", sort=False):
        lines += [_line(finding) for finding in of_rule.head(MOST_OF_A_RULE).to_dict("records")]
        if len(of_rule) > MOST_OF_A_RULE:
            lines.append(f"    … and {len(of_rule) - MOST_OF_A_RULE} more of the rule {rule}.")
    return "\n\n".join([*parts, "\n".join(lines)]) if lines else "\n\n".join(parts)


def _line(finding: dict[str, str]) -> str:
    text = f"{finding['severity']}: {finding['message']} → {finding['action']}"
    return "\n".join(wrap(text, _WIDTH, subsequent_indent="    ", break_long_words=False))


def _table(table: pd.DataFrame) -> str:
    """Lay out a table in columns, each as wide as its widest cell and no wider than 60 letters."""
    shown = table.loc[:, [name for name in table if (table[name].astype("str") != "").any()]]
    cells = [[shorten(str(cell), 60, placeholder="…") for cell in row] for row in shown.to_numpy()]
    rows = [[str(name).replace("_", " ") for name in shown.columns], *cells]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows[0] else []
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
