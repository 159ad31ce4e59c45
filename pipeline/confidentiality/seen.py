"""A text as a reader sees it: what is not seen left out, one form for blanks, dashes and digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable


def as_seen(text: str) -> tuple[str, list[int] | None]:
    """Leave out characters that are not seen; unify blanks, dashes, digits and forms of full or half width.

    Returns
    -------
    text, places
        Where each character stands in the source; None where every one stands at its own place.
    """
    return mapped(text, _form)


def mapped(text: str, form_of: Callable[[str], str]) -> tuple[str, list[int] | None]:
    """Write a text with another form for each of its letters, one or several characters or none.

    Returns
    -------
    text, places
        Where each character stands in the source; None where every one stands at its own place.
    """
    if text.isascii():
        return text, None
    forms = {letter: form for letter in set(text) if (form := form_of(letter)) != letter}
    if not forms:
        return text, None
    seen = text.translate({ord(letter): form for letter, form in forms.items()})
    if all(len(form) == 1 for form in forms.values()):
        return seen, None
    return seen, [place for place, letter in enumerate(text) for _ in forms.get(letter, letter)]


def _form(letter: str) -> str:
    """Return one character, or none for what is not seen."""
    category = unicodedata.category(letter)
    if category == "Cf":
        return ""
    if category == "Zs":
        return " "
    if category == "Pd" or letter == "\u2212":
        return "-"
    if category == "Nd":
        return str(unicodedata.digit(letter))
    if unicodedata.east_asian_width(letter) in ("F", "H"):
        form = unicodedata.normalize("NFKC", letter)
        return form if len(form) == 1 else letter
    return letter
