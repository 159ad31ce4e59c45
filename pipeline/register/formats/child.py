"""Reads one workbook, document or parquet file in a process of its own and writes its sheets to standard output.

A hostile or broken file can make a reader abort, swallow all memory or never end; here it takes only this process
with it. Nothing of the file's content, and no text of an error, goes anywhere but into the sheets: the parent is told
by a word what was wrong.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pyarrow as pa

from pipeline.register.formats.notes import notes
from pipeline.register.formats.rows import CELLS, as_text, batches

MOST_CELLS = 400_000_000
MOST_UNPACKED_BYTES = 4 * 1024**3
MOST_RATIO = 400
"""How many times larger an archive may unpack to; honest workbooks stay below 100."""
_SMALL = 64 * 1024**2
_HINTS = re.compile(rb'hidden="(?:1|true)"|\bt="e"')


class Refused(Exception):
    """What is wrong with the file, as a word that the parent has a sentence for."""


def main(kind: str, path: str) -> int:
    """Write the sheets of a file; on a refusal its word to standard error and exit code 3."""
    try:
        for about, rows in _READERS[kind](Path(path)):
            _write(about, rows)
    except Refused as refusal:
        sys.stderr.write(str(refusal))
        return 3
    except MemoryError:
        sys.stderr.write("too_large")
        return 3
    return 0


def _write(about: dict[str, Any], rows: Iterable[list[str | None]]) -> None:
    schema = pa.schema([("cells", CELLS)], metadata={"sheet": json.dumps(about)})
    cells = 0
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as stream:
        for batch in batches(rows):
            cells += len(batch.values)
            if cells > MOST_CELLS:
                raise Refused("too_large")
            stream.write_batch(pa.record_batch([batch], schema=schema))


def _workbook(path: Path) -> Iterator[tuple[dict[str, Any], Iterator[list[str | None]]]]:
    import python_calamine as calamine

    refuse_a_bomb(path)
    book = _opened(path)
    if not book.sheet_names:
        raise Refused("no_sheet")
    if len(set(book.sheet_names)) < len(book.sheet_names):
        # No program makes two sheets of one name, and only the first of them can be read.
        raise Refused("broken")
    parts = _Parts(path)
    for about in book.sheets_metadata:
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = book.get_sheet_by_name(about.name)
            merged = sheet.merged_cell_ranges or []
        except (calamine.CalamineError, ValueError):
            raise Refused("broken") from None
        hidden, errors = parts.marks(about.name)
        yield (
            {
                "name": about.name,
                "is_visible": about.visible == calamine.SheetVisibleEnum.Visible,
                "merged": [[list(first), list(last)] for first, last in merged],
                "hidden_rows": hidden,
                "error_cells": errors,
                "days_from_1904": parts.days_from_1904,
            },
            _rows(sheet),
        )


def _opened(path: Path) -> Any:
    """Open a workbook by its ending, or by what it holds where the ending does not fit."""
    import python_calamine as calamine

    def by_content() -> Any:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))

    for attempt in (lambda: calamine.CalamineWorkbook.from_path(path), by_content):
        try:
            return attempt()
        except calamine.PasswordError:
            raise Refused("password") from None
        except (calamine.CalamineError, OSError, ValueError):
            continue
    raise Refused("broken")


def _rows(sheet: Any) -> Iterator[list[str | None]]:
    start = sheet.start
    if start is None:
        return
    # The library leaves out what is blank on the left; a cell keeps its column.
    left = [None] * start[1]
    if sheet.height * sheet.width > MOST_CELLS:
        raise Refused("too_large")
    for row in sheet.iter_rows():
        yield [*left, *(as_text(value) for value in row)]


class _Parts:
    """What the library does not tell of an Excel workbook: hidden rows, cells that hold an error, the date system."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else None
        names = set(self.archive.namelist()) if self.archive else set()
        self.sheets: dict[str, str] = {}
        self.days_from_1904 = False
        if self.archive and "xl/workbook.xml" in names:
            self._read_workbook(self.archive, names)

    def _read_workbook(self, archive: zipfile.ZipFile, names: set[str]) -> None:
        ids: dict[str, str] = {}

        def in_workbook(tag: str, attributes: dict[str, str]) -> None:
            local = tag.rpartition(":")[2]
            if local == "sheet":
                ids[next((v for k, v in attributes.items() if k.endswith(":id")), "")] = attributes.get("name", "")
            # Excel writes a second element of this name, an extension that says nothing of days.
            if local == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.days_from_1904 = True

        def in_relations(tag: str, attributes: dict[str, str]) -> None:
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if attributes.get("Id") in ids and part in names:
                self.sheets[ids[attributes["Id"]]] = part

        _scan([archive.read("xl/workbook.xml")], in_workbook)
        if "xl/_rels/workbook.xml.rels" in names:
            _scan([archive.read("xl/_rels/workbook.xml.rels")], in_relations)

    def marks(self, sheet: str) -> tuple[list[int], list[str]]:
        """Return the hidden rows (numbered from 1) and the cells with an error (reference as in Excel)."""
        part = self.sheets.get(sheet)
        if self.archive is None or part is None or not self._has_marks(part):
            return [], []
        hidden: list[int] = []
        errors: list[str] = []

        def at(tag: str, attributes: dict[str, str]) -> None:
            # Some programs write every tag with a prefix: x:row.
            local = tag.rpartition(":")[2]
            if local == "row" and attributes.get("hidden") in ("1", "true") and attributes.get("r", "").isdigit():
                hidden.append(int(attributes["r"]))
            if local == "c" and attributes.get("t") == "e" and "r" in attributes:
                errors.append(attributes["r"])

        with self.archive.open(part) as handle:
            _scan(iter(lambda: handle.read(1 << 20), b""), at)
        return hidden, errors

    def _has_marks(self, part: str) -> bool:
        """Look through the bytes first: most sheets have no such mark, and parsing takes twenty times as long."""
        assert self.archive is not None
        tail = b""
        with self.archive.open(part) as handle:
            while chunk := handle.read(1 << 20):
                if _HINTS.search(tail + chunk):
                    return True
                tail = chunk[-32:]
        return False


def _scan(chunks: Iterable[bytes], at: Any) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = at
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
    except expat.ExpatError:
        raise Refused("broken") from None


def _document(path: Path) -> Iterator[tuple[dict[str, Any], Iterator[list[str | None]]]]:
    import docx

    refuse_a_bomb(path)
    # Whatever a broken document makes the library raise ends this process, which tells the parent the same.
    body = docx.Document(str(path)).element.body
    # Tables within tables too, and what stands in content controls or was inserted under 'track changes'.
    tables = list(body.iter(_word("tbl")))
    for number, table in enumerate(tables, start=1):
        rows, merged = _document_rows(table)
        yield {"name": f"table {number}" if len(tables) > 1 else "", "merged": merged}, iter(rows)


def _document_rows(table: Any) -> tuple[list[list[str | None]], list[Any]]:
    """Return the cells of a table and its areas that are merged across; one merged downwards repeats its text."""
    rows: list[list[str | None]] = []
    merged = []
    above: dict[int, str] = {}
    for number, row in enumerate(_own(table, "tr", "tbl")):
        cells: list[str | None] = [None] * int(_property(row, "tr", "gridBefore") or 0)
        for cell in _own(row, "tc", "tr"):
            first, span = len(cells), int(_property(cell, "tc", "gridSpan") or 1)
            goes_on = _property(cell, "tc", "vMerge") in ("", "continue")
            text = above.get(first, "") if goes_on else _cell_text(cell)
            above[first] = text
            cells += [text, *[None] * (span - 1)]
            if span > 1:
                merged.append([[number, first], [number, len(cells) - 1]])
        rows.append(cells)
    return rows, merged


def _word(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"


def _own(parent: Any, name: str, kind: str) -> Iterator[Any]:
    """Go through the parts that belong to `parent` itself and not to a table within it."""
    return (part for part in parent.iter(_word(name)) if next(part.iterancestors(_word(kind))) is parent)


def _property(element: Any, kind: str, name: str) -> str | None:
    """Return the value of a property of a row or cell; '' for one without a value, None where it is not set."""
    found = element.find(f"{_word(kind + 'Pr')}/{_word(name)}")
    return None if found is None else found.get(_word("val"), "")


def _cell_text(cell: Any) -> str:
    marks = {_word("tab"): "\t", _word("br"): "\n", _word("cr"): "\n"}
    return "\n".join(
        "".join(part.text or "" if part.tag == _word("t") else marks.get(part.tag, "") for part in paragraph.iter())
        for paragraph in _own(cell, "p", "tc")
    )


def _parquet(path: Path) -> Iterator[tuple[dict[str, Any], Iterator[list[str | None]]]]:
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, OSError):
        raise Refused("broken") from None
    if file.metadata.num_rows * file.metadata.num_columns > MOST_CELLS:
        raise Refused("too_large")
    yield {"first_row": 0}, _parquet_rows(file)


def _parquet_rows(file: Any) -> Iterator[list[str | None]]:
    yield list(file.schema_arrow.names)
    try:
        for batch in file.iter_batches():
            # As records, columns of one name would be one.
            columns = [column.to_pylist() for column in batch.columns]
            for record in zip(*columns, strict=True):
                yield [as_text(value) for value in record]
    except (pa.ArrowException, OSError):
        raise Refused("broken") from None


def refuse_a_bomb(path: Path) -> None:
    """Refuse an archive that says that it unpacks to far more than any register holds, or that is no archive."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Refused("broken") from None
    if unpacked > MOST_UNPACKED_BYTES or (unpacked > _SMALL and unpacked > MOST_RATIO * path.stat().st_size):
        raise Refused("too_large")


def _notes(path: Path) -> Iterator[tuple[dict[str, Any], Iterator[list[str | None]]]]:
    """Yield one table: what a workbook of Excel holds besides its cells; see notes.py."""
    refuse_a_bomb(path)
    parts = _Parts(path)
    try:
        rows: list[list[str | None]] = [[*row] for row in notes(parts.archive, parts.sheets)] if parts.archive else []
    except (expat.ExpatError, zipfile.BadZipFile, OSError, KeyError):
        raise Refused("broken") from None
    yield {"name": "notes"}, iter(rows)


_READERS = {"workbook": _workbook, "document": _document, "parquet": _parquet, "notes": _notes}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
