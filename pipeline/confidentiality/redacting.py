"""Texts without what tells who somebody is: every hit becomes a typed placeholder, such as `[person]` or `[phone]`."""

from __future__ import annotations

import unicodedata

import pandas as pd

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.redaction import KnownNames


def redact(text: str, known: KnownNames) -> tuple[str, list[Hit]]:
    """Replace every known name in a text by its placeholder.

    Returns
    -------
    text, hits
        The text in Unicode's composed form (NFC), to which the places of the hits refer before replacement.
    """
    text = unicodedata.normalize("NFC", text)
    hits = known.find(text)
    parts, last = [], 0
    for hit in hits:
        parts += [text[last : hit.start], hit.placeholder]
        last = hit.end
    return "".join([*parts, text[last:]]), hits


def redact_column(texts: pd.Series, known: KnownNames) -> tuple[pd.Series, pd.Series]:
    """Redact a column; returns the texts (missing stays missing) and the number of replacements in each."""
    done = {text: redact(text, known) for text in texts.dropna().unique()}
    redacted = texts.map({text: result[0] for text, result in done.items()}).astype("str")
    counts = texts.map({text: len(result[1]) for text, result in done.items()}).fillna(0).astype("int64")
    return redacted, counts
