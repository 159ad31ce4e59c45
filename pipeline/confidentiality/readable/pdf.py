"""The texts of a PDF: its pages, and every text that its objects hold.

Those are the metadata, the bookmarks, the links, the notes, the alternative texts of its structure, the names of
destinations and of attached files; XMP metadata and attached files are opened.

Pages without figures are read by PDFium, which takes a thirtieth of the time that pypdf takes; the rest by pypdf.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.confidentiality.readable.markup import looks_like_markup, markup_texts
from pipeline.confidentiality.readable.text import Seen

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdfium2 import PdfTextPage

_NO_TEXT = frozenset({"/ID", "/CharSet", "/Registry", "/Ordering", "/Panose", "/CheckSum", "/DA"})
"""Entries of dictionaries whose strings are for the reading program alone."""
_HYPHEN_AT_END = "\ufffe"
"""What PDFium gives for a hyphen at the end of a line, the end of the line included."""
_CELL_ID = re.compile(r"\d+-\d+-\d+")
_OF_TEXT = frozenset({"/Metadata", "/JS", "/RC", "/XFA"})
"""Entries that may hold a text as a stream."""


def pdf_texts(path: Path) -> Iterator[Seen]:
    """Yield the texts of a PDF; one that cannot be read is a ValueError."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError
    from pypdfium2 import PdfiumError

    try:
        reader = PdfReader(path)
        yield from (Seen(text, is_laid_out=True) for text in page_texts(path, reader))
        yield from _objects_texts(reader)
    except (PyPdfError, PdfiumError) as error:
        raise ValueError("a damaged file") from error


def page_texts(path: Path, reader: PdfReader) -> Iterator[str]:
    """Yield the text of each page, line by line, with what stands outside of its edges; `PdfiumError` if damaged.

    Between two cells of a row stands a tab. A page with a figure is left to pypdf, which knows no cells: PDFium would
    put the marks of an axis into one line, as one long number.
    """
    from pypdfium2 import PdfDocument
    from pypdfium2.raw import FPDF_PAGEOBJ_FORM

    with PdfDocument(path) as document:
        for number, page in enumerate(document):
            if any(page.get_objects([FPDF_PAGEOBJ_FORM], max_depth=1)):
                yield reader.pages[number].extract_text()
            else:
                text = _with_cells(page.get_textpage())
                yield text.replace("\r\n", "\n").replace(_HYPHEN_AT_END, "-\n")


def _with_cells(page: PdfTextPage) -> str:
    """Return the text of a page with a tab for each blank that stands between two cells of a row.

    Such a blank is none of the page: PDFium puts one where letters of a line lie apart. Cells lie apart by more than
    half the height of their line, words by less, however a line is stretched.
    """
    from pypdfium2.raw import FPDFText_GetCharIndexFromTextIndex, FPDFText_IsGenerated

    text: str = page.get_text_range()
    words = text.split(" ")
    parted = [words[0]]
    place = -1
    for before, word in pairwise(words):
        # PDFium counts as UTF-16 does.
        place += len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1
        is_between = before[-1:].strip() != "" and word[:1].strip() != ""
        at = FPDFText_GetCharIndexFromTextIndex(page.raw, place) if is_between else -1
        is_cell = at > 0 and FPDFText_IsGenerated(page.raw, at) == 1 and _lie_apart(page, at)
        parted += ["\t" if is_cell else " ", word]
    return "".join(parted)


def _lie_apart(page: PdfTextPage, blank: int) -> bool:
    """Say whether the letters on both sides of a blank lie as far apart as those of two cells do."""
    first_left, _, first_right, _ = page.get_charbox(blank - 1)
    next_left, _, next_right, _ = page.get_charbox(blank + 1)
    _, bottom, _, top = page.get_charbox(blank - 1, loose=True)
    return bool(2 * max(next_left - first_right, first_left - next_right) > top - bottom)


def _objects_texts(reader: Any) -> Iterator[Seen]:
    from pypdf.generic import IndirectObject

    numbers = sorted({number for entries in reader.xref.values() for number in entries} | set(reader.xref_objStm))
    objects = [reader.get_object(IndirectObject(number, 0, reader)) for number in numbers if number]
    seen = set(_cell_ids(objects))
    for one in objects:
        if one is not None:
            for text in _strings(one):
                if isinstance(text, str) and text not in seen:
                    seen.add(text)
                    yield Seen(text)
                elif isinstance(text, bytes):
                    yield from _file_texts(text)
    for text in _strings(reader.trailer):
        if isinstance(text, str):
            yield Seen(text)


def _cell_ids(objects: Iterable[Any]) -> Iterator[str]:
    """Yield the numbers by which the cells of a table refer to their headings: 4208-10-0."""
    from pypdf.generic import DictionaryObject

    for one in objects:
        if isinstance(one, DictionaryObject) and "/S" in one and _CELL_ID.fullmatch(str(one.get("/ID", ""))):
            yield str(one["/ID"])


def _strings(value: Any) -> Iterator[str | bytes]:
    """Yield the strings within an object, down to its references; of metadata and attached files the content."""
    from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject, TextStringObject

    if isinstance(value, TextStringObject):
        yield str(value)
    elif isinstance(value, ByteStringObject):
        yield bytes(value).decode("utf-8", "replace")
    elif isinstance(value, ArrayObject):
        for item in list.__iter__(value):
            yield from _strings(item)
    elif isinstance(value, DictionaryObject):
        for key, item in dict.items(value):
            if key in _OF_TEXT and isinstance(item.get_object(), StreamObject):
                yield item.get_object().get_data()
            elif key not in _NO_TEXT:
                yield from _strings(item)
        if isinstance(value, StreamObject) and value.get("/Type") == "/EmbeddedFile":
            yield value.get_data()


def _file_texts(content: bytes) -> Iterator[Seen]:
    text = content.decode("utf-8-sig")
    if looks_like_markup(text):
        yield from markup_texts(text)
    yield Seen(text)
