"""The texts of JSON, and of notebooks: sources, outputs of every kind, metadata, tracebacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import mistune

from pipeline.confidentiality.readable.markup import is_encoded, markup_texts, plain_texts
from pipeline.confidentiality.readable.text import Seen

_MARKUP = ("text/html", "image/svg+xml")
_ENCODED = ("image/", "application/pdf")


def json_texts(text: str) -> Iterator[Seen]:
    """Yield every text of a JSON document, names of its keys too; broken JSON is a ValueError."""
    yield from _texts("", json.loads(text))


def notebook_texts(text: str) -> Iterator[Seen]:
    """Yield every text of a notebook; the prose also as it is shown."""
    notebook = json.loads(text)
    yield from _texts("", notebook)
    for cell in notebook.get("cells", []):
        if cell.get("cell_type") == "markdown":
            yield from markdown_texts("".join(cell.get("source", "")))


def markdown_texts(text: str) -> Iterator[Seen]:
    """Yield Markdown as it stands and as it is shown, its links and the descriptions of its images too."""
    yield Seen(text)
    yield from markup_texts(str(mistune.create_markdown(escape=False, plugins=["table"])(text)))


def _texts(key: str, value: Any) -> Iterator[Seen]:
    if isinstance(value, str):
        yield from _string_texts(key, value)
    elif isinstance(value, list):
        # A text by its lines is read as one, and so are the lines of a traceback.
        if len(value) > 1 and all(isinstance(item, str) for item in value):
            if all(item.endswith("\n") for item in value[:-1]):
                yield from _string_texts(key, "".join(value))
                return
            yield Seen("".join(value), is_code=True)
        for item in value:
            yield from _texts(key, item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield Seen(name)
            yield from _texts(name, item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Seen(repr(value))


def _string_texts(key: str, text: str) -> Iterator[Seen]:
    if key.startswith(_ENCODED) and key not in _MARKUP and is_encoded(text):
        return
    yield from markup_texts(text) if key in _MARKUP else plain_texts(text)
