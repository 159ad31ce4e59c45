"""The texts of workbooks and documents of Office: cells, names of sheets, comments, headers, links, properties."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipeline.confidentiality.readable.text import Seen

_BLOCKS = frozenset({"si", "is", "p", "comment", "c", "text"})
"""Elements whose text is one: a cell, a paragraph, a comment; runs of letters within it part nothing."""
_NO_TEXT = re.compile(r"[\s\d.,:;$%+\-A-Fa-f]*")
"""Places, measures and colours in attributes."""
_NAMES = frozenset({"name", "Target", "tooltip", "display", "title", "descr", "author", "displayName", "prompt"})
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|[LCRPNDTAFZGBIUESXY]|K[0-9A-Fa-f]{6}|\d+)')
_UNREAD = ("xl/theme/", "xl/media/", "xl/printerSettings/", "word/media/", "word/theme/", "docProps/thumbnail")
"""Parts without text: colours, encoded images, what a printer is told."""


def office_texts(path: Path) -> Iterator[Seen]:
    """Yield the texts of every part of a file; a part that cannot be read is a ValueError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Seen(archive.comment.decode("utf-8"))
            for name in sorted(archive.namelist()):
                if not name.startswith(_UNREAD) and not name.endswith("/"):
                    yield from _part_texts(name, archive.read(name))
    except (zipfile.BadZipFile, ElementTree.ParseError, RuntimeError) as error:  # the last for a password
        raise ValueError("a damaged file") from error


def _part_texts(name: str, content: bytes) -> Iterator[Seen]:
    yield Seen(name)
    if not name.endswith((".xml", ".rels", ".vml")):
        yield Seen(content.decode("utf-8"))
        return
    root = ElementTree.fromstring(content)
    for element in root.iter():
        yield from _attribute_texts(element)
    if name != "xl/styles.xml":
        yield from (Seen(_HEADER_CODE.sub(" ", text)) for text in _element_texts(root))


def _attribute_texts(element: ElementTree.Element) -> Iterator[Seen]:
    for key, value in element.attrib.items():
        if _local(key) in _NAMES or not _NO_TEXT.fullmatch(value):
            yield Seen(value)


def _element_texts(element: ElementTree.Element) -> Iterator[str]:
    """Yield the text of each block as one, and of every other element for itself."""
    if _local(element.tag) in _BLOCKS:
        if element.get("t") == "s":  # a cell with the number of a text that stands elsewhere
            return
        text = "".join(element.itertext())
        if text.strip():
            yield text
        # A formula and its value, or the runs of a comment, each for itself as well.
        parts = [part for part in element.itertext() if part.strip()]
        yield from parts if len(parts) > 1 else ()
        return
    if element.text and element.text.strip():
        yield element.text
    for child in element:
        yield from _element_texts(child)
        if child.tail and child.tail.strip():
            yield child.tail


def _local(name: str) -> str:
    return name.rpartition("}")[2]
