"""Tables as the notebooks show them: escaped, without an index, cut at a number of rows and saying so."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from markupsafe import escape

MOST_ROWS = 60


@dataclass(frozen=True)
class Shown:
    """A table that displays itself."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def show(table: pd.DataFrame, caption: str = "", most: int = MOST_ROWS) -> Shown:
    """Show a table, at most its first rows; every cell is shown as text, whatever it holds."""
    head = table.head(most).copy()
    for name in head.select_dtypes(include="datetime").columns:
        head[name] = head[name].dt.strftime("%Y-%m-%d").fillna("")
    more = f"{len(table) - most} more rows" if len(table) > most else ""
    with pd.option_context("display.max_colwidth", None, "display.width", 200, "display.max_columns", None):
        html = head.to_html(index=False, na_rep="", escape=True, border=0, justify="left", float_format=_number)
        text = head.to_string(index=False, na_rep="", float_format=_number) if len(head) else "(no rows)"
    title = f"<p><strong>{escape(caption)}</strong></p>" if caption else ""
    tail = f"<p>… {more}</p>" if more else ("" if len(table) else "<p>There are none.</p>")
    parts = [caption, text, f"… {more}" if more else ""]
    return Shown(f"{title}{html}{tail}", "\n".join(part for part in parts if part))


def _number(value: float) -> str:
    return f"{value:.10g}"
