"""Known names alone in a text, without patterns and suspects: what `KnownNames` finds."""

from __future__ import annotations

import unicodedata

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.redacting import replaced
from pipeline.confidentiality.redaction import KnownNames


def redact(text: str, known: KnownNames) -> tuple[str, list[Hit]]:
    """Replace known names alone, each by the placeholder of its kind without a number."""
    text = unicodedata.normalize("NFC", text)
    hits = known.find(text)
    return replaced(text, hits, numbered=False), hits
