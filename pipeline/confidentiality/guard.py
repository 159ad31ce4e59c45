"""The guard at the door: nothing that names a person or an organisation of the register leaves the house.

Before a set replaces the former one, everything in it that others may read is searched for the names that the register
and project.yml hold. A hit stops the run and is told by file and rule; the name itself is never repeated.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipeline.confidentiality.redaction import KnownNames
from pipeline.errors import DisclosureError
from pipeline.stage import RESTRICTED

OPEN_TO_READERS = (
    "public/**/*",
    "internal/notebooks/*.ipynb",
    "internal/*.csv",
    "internal/*.md",
    "internal/*.html",
    "manifest.json",
)
"""What is searched, below a set, but for the restricted files below internal/, which are not for others' eyes."""
_DRAWING = re.compile(r"data:image/svg\+xml(;[^,]*)?,(.*)", re.DOTALL)


def guard(folder: Path, known: KnownNames) -> None:
    """Search a set; a `DisclosureError` names each file that holds a known name, and the kind of name.

    A restricted file that others can read, or that lies elsewhere, is refused as well.
    """
    refused = _restricted_and_open(folder)
    for pattern in OPEN_TO_READERS:
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and not (path.parent == folder / "internal" and path.name in RESTRICTED):
                refused += [f"{path.relative_to(folder).as_posix()} {what}." for what in _seen_in(path, known)]
    if refused:
        raise DisclosureError(
            "The report was not made, because somebody could be found out through it.\n"
            + "\n".join(refused)
            + "\nLook where names are not looked for (a heading of the register, project.yml, corrections.yml, "
            "explanations.csv) and take the name out. If it is the name of a public body, add it to confidential.keep "
            "in project.yml."
        )


def _restricted_and_open(folder: Path) -> list[str]:
    """Name the restricted files that are not their owner's alone; only POSIX systems tell by the mode."""
    refused = []
    for path in sorted(path for name in RESTRICTED for path in folder.rglob(name)):
        is_open = os.name == "posix" and path.stat().st_mode & 0o077
        if is_open or path.parent != folder / "internal":
            refused.append(f"{path.relative_to(folder).as_posix()} is restricted, and others can read it.")
    return refused


def seen_in_text(html: str, known: KnownNames) -> list[str]:
    """Return the kinds of known names that a page holds, as a reader or a machine sees it."""
    return _kinds(html_texts(html), known)


def _seen_in(path: Path, known: KnownNames) -> list[str]:
    """Say what speaks against a file; one that cannot be searched does not leave the house either."""
    try:
        kinds = _kinds(texts_of(path), known)
    except ValueError:
        return ["cannot be searched for names"]
    return [f"holds the name of a known {kind}" for kind in kinds]


def _kinds(texts: Iterable[str], known: KnownNames) -> list[str]:
    normal = (unicodedata.normalize("NFC", text) for text in texts)
    return sorted({hit.kind for text in normal for hit in known.find(text)})


def texts_of(path: Path) -> Iterator[str]:
    """Yield every text of a file that a reader, or a machine, can see: contents, attributes, metadata."""
    if path.suffix == ".pdf":
        yield from _pdf_texts(path)
        return
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".html":
        yield from html_texts(text)
    elif path.suffix in (".ipynb", ".json"):
        yield from _json_texts(json.loads(text))
    else:
        yield text


def html_texts(text: str) -> Iterator[str]:
    """Yield the texts and attribute values of HTML; images given as data are opened."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    yield "".join(reader.texts)
    for attribute in reader.attributes:
        drawing = _DRAWING.fullmatch(attribute)
        if drawing:
            is_base64 = (drawing[1] or "").endswith(";base64")
            source = unquote(drawing[2])
            yield from html_texts(b64decode(source, validate=True).decode("utf-8") if is_base64 else source)
        else:
            yield unquote(attribute)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Inline elements part no words, so that a name is found across them; all others do.
        if tag not in ("b", "i", "em", "strong", "span", "a", "tspan"):
            self.texts.append("\n\n\n\n")
        # Tags are written small; what else looks like one may be a name between angle brackets.
        written = self.get_starttag_text() or ""
        if written[1:2].isupper():
            self.attributes.append(written)
        # Shapes of letters and lines are no text.
        self.attributes += [value for name, value in attrs if value and name not in ("d", "style", "transform")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.attributes.append(data)


def _json_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from html_texts(value) if "<" in value else iter((value,))
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield from _json_texts("".join(value))
        else:
            for item in value:
                yield from _json_texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _json_texts(item)


def _pdf_texts(path: Path) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(path)
    yield from (str(value) for value in (reader.metadata or {}).values())
    for page in reader.pages:
        yield page.extract_text()
