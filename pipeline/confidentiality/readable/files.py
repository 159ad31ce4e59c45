"""What can be read in a file, by its kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pipeline.confidentiality.readable.markup import markup_texts
from pipeline.confidentiality.readable.notebooks import json_texts, markdown_texts, notebook_texts
from pipeline.confidentiality.readable.office import office_texts
from pipeline.confidentiality.readable.pdf import pdf_texts
from pipeline.confidentiality.readable.text import Seen

_LONGEST_CELL = 2**31 - 1
_BINARY = {".pdf": pdf_texts, ".xlsx": office_texts, ".xlsm": office_texts, ".docx": office_texts}


def texts_of(path: Path) -> Iterator[Seen]:
    """Yield every text of a file that a reader, or a machine, can see; one that cannot be read is a ValueError."""
    if path.suffix == ".parquet":
        yield from _parquet_texts(path)
    elif path.suffix in _BINARY:
        yield from _BINARY[path.suffix](path)
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
        ".csv": _csv_texts,
    }
    yield from readers[suffix](text) if suffix in readers else (Seen(text, is_laid_out=True),)


def _csv_texts(text: str) -> Iterator[Seen]:
    """Yield the cells, headings among them."""
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        rows = [[text]]
    finally:
        csv.field_size_limit(limit)
    yield from (Seen(cell) for cell in dict.fromkeys(cell for row in rows for cell in row))


def _parquet_texts(path: Path) -> Iterator[Seen]:
    """Yield the headings, the cells that are no dates, and the notes on the table."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    for key, note in (table.schema.metadata or {}).items():
        yield Seen(key.decode("utf-8"))
        yield Seen(note.decode("utf-8"), is_code=key in (b"pandas", b"ARROW:schema"))
    for name, column in zip(table.column_names, table.columns, strict=True):
        yield Seen(name)
        yield from (Seen(str(value)) for value in column.unique().to_pylist() if value is not None)
