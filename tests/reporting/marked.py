"""A language that is German in its conventions and has every message between marks."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from pipeline.reporting import catalogue


def marked_catalogue(folder: Path) -> Path:
    """Write the catalogue of the marked language below `folder`, so that what is not translated stands out."""
    catalog = Catalog(locale="de", charset="utf-8")
    for message in catalogue.messages():
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            marked = tuple(f"«{text}»" for text in ids)
            catalog.add(message.id, string=marked if isinstance(message.id, tuple) else marked[0])
    path = folder / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as handle:
        write_po(handle, catalog)
    return path
