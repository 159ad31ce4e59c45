"""Public folders as reports leave them, made without a run, and a reader of the page that lists them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from pipeline.reporting.numbers import PUBLIC_COLUMNS

Row = tuple[str, str, str, str, str]
"""Indicator, value, numerator, denominator, display."""


def rows_of(received: int, resolved: int, total: int, median: str = "3", stock: int = 5) -> list[Row]:
    """Return the key figures; a share of fewer than ten has no percentage."""
    rate, shown = "", f"{resolved} of {total}"
    if total >= 10:
        rate = repr(100 * resolved / total)
        shown += f" ({round(100 * resolved / total)}\u00a0%)"
    return [
        ("received", str(received), "", "", str(received)),
        ("eligible", str(total), "", "", str(total)),
        ("resolution_rate", rate, str(resolved), str(total), shown),
        ("resolution_working_days_median", median, "", "", median or "not applicable"),
        ("closing_stock", str(stock), "", "", str(stock)),
    ]


def public_set(
    folder: Path,
    label: str,
    rows: list[Row],
    *,
    status: str = "final",
    counted_to: str = "2024-06-30",
    pdf: bool = True,
) -> Path:
    """Write the public folder of a set and return it."""
    public = folder / label / "public"
    public.mkdir(parents=True)
    head = f'<meta content="{status}" name="grm-status"/>\n<meta content="{counted_to}" name="grm-counted-to"/>'
    (public / "report.html").write_text(f"<!DOCTYPE html>\n<html><head>{head}</head></html>", encoding="utf-8")
    if pdf:
        (public / "report.pdf").write_bytes(b"%PDF-")
    with (public / "indicators.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(PUBLIC_COLUMNS)
        for indicator, value, numerator, denominator, display in rows:
            # The rows of other scopes and dimensions come with other figures, which must not be taken.
            for scope, dimension, member, shown in (
                ("previous", "", "", "701"),
                ("period", "channel", "email", "702"),
                ("period", "", "", display),
                ("cumulative", "", "", "703"),
            ):
                is_it = shown == display
                cells = (value, numerator, denominator) if is_it else (shown, "", "")
                writer.writerow([indicator, scope, dimension, member, *cells, "count", shown])
    (public / "cases.csv").write_text("no\n", encoding="utf-8")
    return public


@dataclass
class Page(HTMLParser):
    """What a page holds: its elements in order, its words, and the words of each row of its tables."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def attributes(self, tag: str, name: str) -> list[str]:
        return [attributes[name] for one, attributes in self.elements if one == tag and name in attributes]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())
