"""What the words of a name say: a company's form, an office, or nobody. The lists stand in organisation_words.yml."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pipeline.confidentiality.letters import as_seen, fold
from pipeline.confidentiality.scripts import MARKS, UNSPACED
from pipeline.yaml_files import Strict, read_model

WORD = re.compile(rf"[^\W_{UNSPACED}]+(?:[{MARKS}]+[^\W_{UNSPACED}]*)*|[{UNSPACED}]+")
"""Letters and digits; an underscore parts words, so that a name set off as _name_ is found.

What is written without blanks is one word, up to a letter of another script.
"""
_FILE = Path(__file__).with_name("organisation_words.yml")


class NameWords(Strict):
    """organisation_words.yml; see there."""

    forms: frozenset[str]
    words: frozenset[str]
    short_for: dict[str, str]
    small_words: frozenset[str]
    not_initials: frozenset[str]
    not_names: frozenset[str]
    nobody: frozenset[str]
    not_alone: frozenset[str]
    contact_words: frozenset[str]


@cache
def organisation_words() -> NameWords:
    """Read organisation_words.yml, once, as it is written."""
    return read_model(_FILE, NameWords, "pipeline/confidentiality/organisation_words.yml")


@cache
def name_words() -> NameWords:
    """Return the lists, folded but for the initials."""
    read = organisation_words()
    lists = {
        key: frozenset(fold(as_seen(word)[0]) for word in words)
        for key, words in read
        if key not in ("short_for", "not_initials")
    }
    return read.model_copy(update=lists)


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(fold(word) for word in WORD.findall(as_seen(text)[0]))


def names_nobody(name: str) -> bool:
    """Say whether a cell holds no name: 'n/a', 'a local woman', 'The Company'."""
    lists = name_words()
    if fold(as_seen(name)[0]).strip(" .,;:") in lists.not_names:
        return True
    words = folded_words(name)
    empty = lists.nobody | lists.small_words | lists.forms | lists.not_names
    return all(word in empty for word in words)


def is_organisation(name: str) -> bool:
    """Say whether a name is that of an organisation: by its form, by a word, or as one word in capitals."""
    return (name.isupper() and len(name.split()) == 1) or has_organisation_word(name)


def has_organisation_word(name: str) -> bool:
    """Say whether a name holds a company's form or a word such as 'department'."""
    lists = name_words()
    words = [fold(as_seen(part)[0]).strip(".,;:()\"'«»“”") for part in name.split()]
    return any(word in lists.forms or word in lists.words for word in words)
