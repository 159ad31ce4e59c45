"""What a workbook holds besides its cells: comments, headers and footers, its title. child.py reads it."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.parsers import expat

SHEET, KIND, AT, TEXT = range(4)
"""What stands in each row: the sheet (blank for the workbook), the kind, the cell or the property, the text."""
COMMENT, HEADER, FOOTER, PROPERTY = "comment", "header", "footer", "property"
PROPERTIES = ("title", "subject", "description", "keywords", "category")
"""Properties of a document that can be taken over; who wrote it is none of them."""
_IN_MARGIN = re.compile(rb"<(?:\w+:)?odd(Header|Footer)[^>]*>([^<]{0,4000})<")
_CHUNK = 1 << 20
_TAIL = 4200


def notes(archive: zipfile.ZipFile, sheets: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield a row for each; `sheets` says which part of the archive each sheet is. Broken parts raise `ExpatError`."""
    parts = set(archive.namelist())
    for sheet, part in sheets.items():
        for kind, text in _margins(archive, part):
            yield [sheet, kind, "", text]
        for target in _with_comments(archive, part, parts):
            yield from ([sheet, COMMENT, at, text] for at, text in _comments(archive.read(target)))
    if "docProps/core.xml" in parts:
        yield from (["", PROPERTY, name, text] for name, text in _properties(archive.read("docProps/core.xml")))


def _margins(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """Look through a sheet's bytes for its header and footer, which stand below its cells."""
    tail = b""
    found: dict[bytes, bytes] = {}
    with archive.open(part) as handle:
        while chunk := handle.read(_CHUNK):
            found |= {match[1]: match[2] for match in _IN_MARGIN.finditer(tail + chunk)}
            tail = chunk[-_TAIL:]
    for name, text in found.items():
        yield name.decode().lower(), html.unescape(text.decode("utf-8", "replace"))


def _with_comments(archive: zipfile.ZipFile, part: str, parts: set[str]) -> list[str]:
    """Return the parts with a sheet's comments; Excel stores the text of a thread of comments there, too."""
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in parts:
        return []
    targets: list[str] = []

    def at(tag: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        if not attributes.get("Type", "").endswith("/comments"):
            return
        targets.append(target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}"))

    _parse(archive.read(relations), start=at)
    return [target for target in targets if target in parts]


def _comments(content: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, list[str]]] = []
    within: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        within.append(local)
        if local == "comment":
            found.append((attributes.get("ref", ""), []))

    def text(data: str) -> None:
        if found and within and within[-1] == "t":
            found[-1][1].append(data)

    _parse(content, start=start, end=lambda tag: within.pop(), text=text)
    return [(at, "".join(pieces)) for at, pieces in found]


def _properties(content: bytes) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    within: list[str] = []

    def text(data: str) -> None:
        if within and within[-1] in PROPERTIES:
            found[within[-1]] = found.get(within[-1], "") + data

    _parse(
        content,
        start=lambda tag, attributes: within.append(tag.rpartition(":")[2]),
        end=lambda tag: within.pop(),
        text=text,
    )
    return [(name, value) for name, value in found.items() if value.strip()]


def _parse(content: bytes, *, start=None, end=None, text=None) -> None:  # type: ignore[no-untyped-def]
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(content, True)
