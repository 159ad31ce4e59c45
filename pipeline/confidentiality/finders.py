"""What redaction is measured beside: a few plain patterns, and two known programs where they are installed."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable

from pipeline.confidentiality.hits import Hit, Kind
from pipeline.confidentiality.redacting import find
from pipeline.confidentiality.redaction import KnownNames

Finder = Callable[[str, str], list[Hit]]
"""Takes a text and a locale, and returns hits."""
_PLAIN: tuple[tuple[Kind, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+\.[\w.]+"),
    ("link", r"https?://\S+"),
    ("iban", r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"),
    ("ip", r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b"),
    ("national_id", r"\b\d{3}-\d{2}-\d{4}\b"),
    ("card", r"\b\d{12,19}\b"),
    ("phone", r"\+?\(?\d[\d\s().-]{6,}\d"),
    ("address", r"\b\d+ (?:[A-Z]\w+ )+(?:Street|St|Road|Rd|Avenue|Ave|Lane)\b"),
    ("person", r"\b[^\W\d_a-zа-яөүё]\w+(?: [^\W\d_a-zа-яөүё]\w+)+"),
)
"""As anybody would write them down; a person is two words or more with a capital, one after the other."""
_PRESIDIO: dict[str, Kind] = {
    "PERSON": "person",
    "ORGANIZATION": "organisation",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "card",
    "US_SSN": "national_id",
    "US_DRIVER_LICENSE": "passport",
    "US_PASSPORT": "passport",
    "IP_ADDRESS": "ip",
    "URL": "link",
}
"""What it finds and redaction replaces; its places, dates and nationalities are left out: nobody replaces them."""
_PRESIDIO_MODEL = "en_core_web_lg"
"""The package of the model that it loads where nothing else is set."""
_SCRUBADUB: dict[str, Kind] = {
    "name": "person",
    "organization": "organisation",
    "phone": "phone",
    "email": "email",
    "credit_card": "card",
    "social_security_number": "national_id",
    "drivers_licence": "passport",
    "address": "address",
    "url": "link",
    "twitter": "handle",
}


def finders() -> dict[str, Finder | None]:
    """Return the methods by name; None for one that is not installed here."""
    return {
        "this project": redaction,
        "plain patterns": plain_patterns,
        "presidio": _presidio(),
        "scrubadub": _scrubadub(),
    }


def redaction(text: str, locale: str) -> list[Hit]:
    """Find what this project replaces or suspects, where it knows no name beforehand."""
    return find(text, KnownNames({}), locale=locale, with_suspects=True)


def plain_patterns(text: str, locale: str) -> list[Hit]:
    """Find what a few plain patterns find; the first of two that overlap counts."""
    hits: list[Hit] = []
    for kind, pattern in _PLAIN:
        for match in re.finditer(pattern, text):
            if not any(hit.start < match.end() and match.start() < hit.end for hit in hits):
                hits.append(Hit(kind, match.start(), match.end(), "plain"))
    return sorted(hits, key=lambda hit: hit.start)


def _presidio() -> Finder | None:
    # Without its language model it would fetch one from the network.
    if importlib.util.find_spec("presidio_analyzer") is None or importlib.util.find_spec(_PRESIDIO_MODEL) is None:
        return None
    engine = importlib.import_module("presidio_analyzer").AnalyzerEngine()

    def found(text: str, locale: str) -> list[Hit]:
        results = engine.analyze(text=text, language="en")
        return [
            Hit(_PRESIDIO[r.entity_type], r.start, r.end, "presidio") for r in results if r.entity_type in _PRESIDIO
        ]

    return found


def _scrubadub() -> Finder | None:
    if importlib.util.find_spec("scrubadub") is None:
        return None
    scrubber = importlib.import_module("scrubadub").Scrubber()

    def found(text: str, locale: str) -> list[Hit]:
        filth = scrubber.iter_filth(text)
        return [Hit(_SCRUBADUB[f.type], f.beg, f.end, "scrubadub") for f in filth if f.type in _SCRUBADUB]

    return found
