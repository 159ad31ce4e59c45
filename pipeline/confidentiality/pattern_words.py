"""The words of patterns.yml, and regular expressions made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from pydantic import Field

from pipeline.yaml_files import Strict, read_model

_FILE = Path(__file__).with_name("patterns.yml")
_BEFORE = 60
"""Characters before a number in which its label is looked for."""
_FILLERS = 4
"""Words and signs that may stand between a label and its number: 'phone number is: 9911 2233'."""

Words = tuple[str, ...]


class _Phone(Strict):
    labels: Words
    near: Words
    behind: Words
    extensions: Words


class _Parts(Strict):
    home: Words
    place: Words


class _Address(Strict):
    labels: Words
    not_labels: Words
    streets: Words
    not_names: Words
    european_before: Words
    european_endings: Words
    after: Words
    boxes: Words
    number_before: _Parts
    number_after: _Parts
    alone: Words
    named_before: Words
    named_after: Words
    abbreviated: Words


class PatternWords(Strict):
    """What patterns.yml holds; its comments say what each key is."""

    rules: dict[str, str] = Field(min_length=1)
    before_a_number: Words
    not_a_person: Words
    phone: _Phone
    units: Words
    money_before: Words
    quantity_headings: Words
    iban_labels: Words
    card_labels: Words
    passport_labels: Words
    national_id_labels: Words
    plate_labels: Words
    plate_labels_strong: Words
    plate_regions: Words
    plate_regions_latin: Words
    not_plates: Words
    ip_labels: Words
    not_an_ip: Words
    link_hosts: Words
    link_schemes: Words
    handle_labels: Words
    address: _Address


@cache
def pattern_words() -> PatternWords:
    """Read patterns.yml, once."""
    return read_model(_FILE, PatternWords, "pipeline/confidentiality/patterns.yml")


def one_of(words: Iterable[str]) -> str:
    """Return an expression for any of the words, the longest first, whole where they begin and end with a letter.

    Words are put together by their first letter, and looked for only where a word can begin: a long list is quick.
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        by_first.setdefault(word[0], []).append(_rest(word))
    whole: list[str] = []
    signs: list[str] = []
    for first, rests in by_first.items():
        (whole if first.isalnum() else signs).append(f"{re.escape(first)}(?:{'|'.join(rests)})")
    parts = [rf"(?<!\w)(?:{'|'.join(whole)})"] if whole else []
    return f"(?:{'|'.join(parts + signs)})"


_TOKEN = re.compile(r"\w+")


class FirstWords:
    """Tells quickly that none of some words stands in a text, by the first part of each; only in ASCII texts for sure.

    An expression of `one_of(words)` begins and ends where words do, so it can match only where such a part is a whole
    word of the text, or begins one where a word ends in *.
    """

    def __init__(self, words: Iterable[str]) -> None:
        parts = [(_TOKEN.findall(word), word) for word in words]
        self._has_signs = any(not found or not word[0].isalnum() for found, word in parts)
        begun = [found[0].lower() for found, word in parts if found and word == f"{found[0]}*"]
        self._whole = frozenset(found[0].lower() for found, _ in parts if found)
        self._begun = tuple(begun)

    def may_stand_in(self, tokens: frozenset[str] | None) -> bool:
        """Say whether one may stand in a text of these tokens; None for a text of which that is not known."""
        if tokens is None or self._has_signs or not self._whole.isdisjoint(tokens):
            return True
        return bool(self._begun) and any(token.startswith(self._begun) for token in tokens)


@lru_cache(maxsize=8)
def tokens_of(text: str) -> frozenset[str] | None:
    """Return the words of a text in small letters; None where letters outside ASCII may have several such forms."""
    return frozenset(_TOKEN.findall(text.lower())) if text.isascii() else None


def _rest(word: str) -> str:
    """Return the expression for a word without its first character."""
    stem = word.removesuffix("*")
    inside = r"[ ]{1,3}".join(re.escape(part) for part in stem[1:].split(" "))
    if word.endswith("*"):
        return rf"{inside}\w{{0,12}}(?!\w)"
    return inside + (r"(?!\w)" if stem[-1].isalnum() else "")


class Labels:
    """Words that stand before a number and say what it is; `is_before` looks back from the number."""

    def __init__(self, labels: Iterable[str], *, also_of_things: bool = False) -> None:
        """A label after one of the words for things ('project ID') does not count, unless it is also theirs."""
        words = pattern_words()
        filler = rf"(?:[ ]{{0,3}}(?:{one_of(words.before_a_number)}))"
        self._expression = re.compile(
            rf"({one_of(labels)})s?[.:]?{filler}{{0,{_FILLERS}}}[ .:]{{0,3}}\n?[ ]{{0,3}}$", re.IGNORECASE
        )
        self._thing = (
            None if also_of_things else re.compile(rf"{one_of(words.not_a_person)}(?:'s)?[ ]{{1,3}}$", re.IGNORECASE)
        )

    def is_before(self, text: str, place: int) -> bool:
        """Say whether a label stands right before a place of a text."""
        before = text[max(0, place - _BEFORE) : place]
        label = self._expression.search(before)
        if label is None:
            return False
        return self._thing is None or self._thing.search(before[: label.start()]) is None
