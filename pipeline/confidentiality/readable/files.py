"""What can be read in a file, by its kind."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from pipeline.confidentiality.readable.markup import markup_texts
from pipeline.confidentiality.readable.notebooks import json_texts, markdown_texts, notebook_texts
from pipeline.confidentiality.readable.office import office_texts
from pipeline.confidentiality.readable.pdf import pdf_texts
from pipeline.confidentiality.readable.text import Seen

_LONGEST_CELL = 2**31 - 1
_AT_ONCE = 20_000
"""Rows of a table that are held at once."""
_OWN_NUMBERS = {
    "no": re.compile(r"[0-9]{1,7}"),
    "row": re.compile(r"[0-9]{1,7}"),
    "text_hash": re.compile(r"[0-9a-f]{16}"),
}
"""Columns by which the program counts rows and knows texts again, and what it writes there.

Among very many of them some read like an account, a card or somebody's telephone number by chance alone.
"""
_BINARY = {".pdf": pdf_texts, ".xlsx": office_texts, ".xlsm": office_texts, ".docx": office_texts}


def texts_of(path: Path) -> Iterator[Seen]:
    """Yield every text of a file that a reader, or a machine, can see; one that cannot be read is a ValueError."""
    if path.suffix == ".parquet":
        yield from _parquet_texts(path)
    elif path.suffix in _BINARY:
        yield from _BINARY[path.suffix](path)
    elif path.suffix == ".csv":
        yield from _csv_texts(path)
    else:
        yield from _text_file(path.suffix, path.read_text(encoding="utf-8-sig"))


def _text_file(suffix: str, text: str) -> Iterator[Seen]:
    readers = {
        ".html": markup_texts,
        ".svg": markup_texts,
        ".xml": markup_texts,
        ".ipynb": notebook_texts,
        ".json": json_texts,
        ".md": markdown_texts,
    }
    yield from readers[suffix](text) if suffix in readers else (Seen(text, is_laid_out=True),)


def _csv_texts(path: Path) -> Iterator[Seen]:
    """Yield the headings and the cells, in each stretch of rows each once."""
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle)
            headings = next(rows, [])
            yield from map(Seen, dict.fromkeys(headings))
            while part := list(islice(rows, _AT_ONCE)):
                yield from map(Seen, _cells(headings, part))
    except csv.Error:
        yield Seen(path.read_text(encoding="utf-8-sig"))
    finally:
        csv.field_size_limit(limit)


def _cells(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return the different cells of some rows but for the program's own numbers."""
    own = {place: _OWN_NUMBERS[name] for place, name in enumerate(headings) if name in _OWN_NUMBERS}
    if not own:
        return iter(dict.fromkeys(cell for row in rows for cell in row))
    cells = ((place, cell) for row in rows for place, cell in enumerate(row))
    return iter(dict.fromkeys(cell for place, cell in cells if not (place in own and own[place].fullmatch(cell))))


def _parquet_texts(path: Path) -> Iterator[Seen]:
    """Yield the headings, the cells, in each stretch of rows each once, and the notes on the table."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as table:
        for key, note in (table.schema_arrow.metadata or {}).items():
            yield Seen(key.decode("utf-8"))
            yield Seen(note.decode("utf-8"), is_code=key in (b"pandas", b"ARROW:schema"))
        yield from map(Seen, table.schema_arrow.names)
        for part in table.iter_batches(_AT_ONCE):
            for name, column in zip(part.schema.names, part.columns, strict=True):
                own = _OWN_NUMBERS.get(name)
                cells = (str(value) for value in column.unique().to_pylist() if value is not None)
                yield from (Seen(cell) for cell in cells if own is None or not own.fullmatch(cell))
