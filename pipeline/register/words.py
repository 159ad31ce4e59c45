"""The words that registers use for fixed terms: words.yml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from pipeline.project import Relation, Status, Term, fold, spellings
from pipeline.register.columns import LOOKALIKES
from pipeline.yaml_files import Strict, read_yaml

SATISFACTION = ("satisfied", "dissatisfied", "no_answer", "not_asked")
Words = tuple[str, ...]

_KINDS = ("statuses", "relations", "types", "channels", "satisfaction", "yes_no")
_FILE = Path(__file__).with_name("words.yml")


class _Words(Strict):
    statuses: dict[Status, Words]
    relations: dict[Relation, Words]
    types: dict[str, Words]
    channels: dict[str, Words]
    satisfaction: dict[Literal[SATISFACTION], Words]  # type: ignore[valid-type]
    yes_no: dict[Literal["yes", "no"], Words]
    nothing: Words

    @model_validator(mode="after")
    def _one_meaning_a_word(self) -> _Words:
        for name in _KINDS:
            owners: dict[str, str] = {}
            for code, words in getattr(self, name).items():
                for word in words:
                    if owners.setdefault(fold(word), code) != code:
                        raise ValueError(f"{name}: '{word}' stands for both {owners[fold(word)]} and {code}")
        return self


@cache
def _words() -> _Words:
    return _Words.model_validate(read_yaml(_FILE, "pipeline/register/words.yml"))


def general_words() -> dict[str, dict[str, Words]]:
    """Return the words of the file by what they are for and the code that they stand for, those for nothing last."""
    words = _words()
    return {**{kind: dict(getattr(words, kind)) for kind in _KINDS}, "nothing": {"": words.nothing}}


def word_key(text: str) -> str:
    """Make words comparable: case, white space and look-alike letters do not tell them apart."""
    return fold(text).translate(LOOKALIKES)


def known_words(kind: str, terms: Mapping[Any, Term]) -> dict[str, str]:
    """Map each word for a term of the project to its code: project.yml's own spellings win over the general ones.

    `kind` is 'statuses', 'relations', 'types' or 'channels'.
    """
    general = {
        word_key(word): code for code, words in getattr(_words(), kind).items() if code in terms for word in words
    }
    return {**general, **{word_key(spelling): code for spelling, code in spellings(terms).items()}}


def satisfaction_words() -> dict[str, str]:
    """Map each word for an answer about satisfaction to its code."""
    general = {word_key(word): code for code, words in _words().satisfaction.items() for word in words}
    return {**general, **{spelling: code for code in SATISFACTION for spelling in (code, code.replace("_", " "))}}


def yes_no_words() -> dict[str, bool]:
    """Map each word for yes and no to its meaning."""
    words = {word_key(word): code == "yes" for code, given in _words().yes_no.items() for word in given}
    return {**words, "yes": True, "no": False}


@cache
def every_word() -> frozenset[str]:
    """Return every word that stands for a fixed term, and every word for 'nothing'."""
    words = _words()
    groups = (words.statuses, words.relations, words.types, words.channels, words.satisfaction, words.yes_no)
    codes = (str(code).replace("_", " ") for group in groups for code in group)
    given = (word for group in groups for several in group.values() for word in several)
    return frozenset((*codes, *given, *words.nothing))


@cache
def nothing_words() -> frozenset[str]:
    """Return what an office writes into a cell to say that there is nothing."""
    return frozenset(word_key(word) for word in _words().nothing)
