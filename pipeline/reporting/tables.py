"""Tables that a screen reader can follow: a caption, headers with their scope, numbers to the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Cell:
    """A cell; with a `scope` it is a header, with a `label` it can stand by itself where a phone parts a row."""

    text: str | Markup
    scope: Literal["col", "row", "colgroup", "rowgroup"] | None = None
    colspan: int = 1
    rowspan: int = 1
    numeric: bool = False
    label: str = ""
    id: str = ""

    def __html__(self) -> str:
        """Render the cell."""
        tag = "th" if self.scope else "td"
        attributes = [f' id="{escape(self.id)}"'] if self.id else []
        attributes += [f' scope="{self.scope}"'] if self.scope else []
        attributes += [
            f' {name}="{span}"' for name, span in (("colspan", self.colspan), ("rowspan", self.rowspan)) if span > 1
        ]
        if self.numeric:
            attributes.append(' class="number"')
        if self.label:
            attributes.append(f' data-label="{escape(self.label)}"')
        return f"<{tag}{''.join(attributes)}>{escape(self.text)}</{tag}>"


@dataclass(frozen=True)
class Table:
    """A table: its caption, rows of the head, and groups of rows of the body; `widths` of its columns in per cent."""

    caption: str
    head: Sequence[Sequence[Cell]]
    groups: Sequence[Sequence[Sequence[Cell]]]
    kind: str = ""
    widths: Sequence[int] = ()

    def __html__(self) -> str:
        """Render the table."""
        kind = f' class="{escape(self.kind)}"' if self.kind else ""
        columns = "".join(f'<col style="width: {width}%">' for width in self.widths)
        columns = f"<colgroup>{columns}</colgroup>\n" if columns else ""
        bodies = "\n".join(f"<tbody>\n{_rows(group)}\n</tbody>" for group in self.groups)
        caption = f"<caption>{escape(self.caption)}</caption>"
        table = f"<table{kind}>\n{caption}\n{columns}<thead>\n{_rows(self.head)}\n</thead>\n{bodies}\n</table>"
        # On a narrow screen the table scrolls by itself, by keyboard too.
        return f'<div class="scroll" role="region" aria-label="{escape(self.caption)}" tabindex="0">\n{table}\n</div>'

    def _repr_html_(self) -> str:
        return self.__html__()


def simple(
    caption: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str | Markup]],
    *,
    numeric: Sequence[int] = (),
    kind: str = "",
    widths: Sequence[int] = (),
    labelled: bool = False,
    ids: Sequence[str] = (),
) -> Table:
    """Make a table whose first column heads its rows; `numeric` lists the columns that hold numbers.

    Where it is `labelled` each cell knows its column's header. `ids` are those of the rows, for links to them.
    """
    head = [[Cell(text, "col", numeric=place in numeric) for place, text in enumerate(headers)]]
    body = [
        [
            Cell(
                text,
                None if place else "row",
                numeric=place in numeric,
                label=headers[place] if labelled else "",
                id=ids[number] if ids and not place else "",
            )
            for place, text in enumerate(row)
        ]
        for number, row in enumerate(rows)
    ]
    return Table(caption, head, [body], kind, widths)


def _rows(rows: Sequence[Sequence[Cell]]) -> str:
    return "\n".join(f"<tr>{''.join(cell.__html__() for cell in row)}</tr>" for row in rows)
