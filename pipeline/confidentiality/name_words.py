"""What the words of a name say: a company's form, an office, or nobody. The lists stand in organisation_words.yml."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from pipeline.confidentiality.letters import as_seen, fold, has_accents
from pipeline.confidentiality.scripts import MARKS, UNSPACED
from pipeline.confidentiality.word_forms import folded
from pipeline.confidentiality.word_lists import is_common, is_given_name, is_place
from pipeline.yaml_files import Strict, read_model

WORD = re.compile(rf"[^\W_{UNSPACED}]+(?:[{MARKS}]+[^\W_{UNSPACED}]*)*|[{UNSPACED}]+")
"""Letters and digits; an underscore parts words, so that a name set off as _name_ is found.

What is written without blanks is one word, up to a letter of another script.
"""
_AROUND = ".,;:()\"'«»“”„"
_IN_QUOTES = re.compile(r"^\W*\w+\W*\s[\"«“„].*[\"»”“]\W*$")
"""A word, and all the rest in quotation marks."""
_SHORT_FORM = 2
_LONGEST_ABBREVIATION = 4
_BOTH = frozenset({"Co"})
"""A form that is a surname too; with a full stop it is the form."""
NAMES_TOO = frozenset({"An", "AN"})
"""An article that is a person's name as well, where a cell holds nothing else."""
_FILE = Path(__file__).with_name("organisation_words.yml")


class NameWords(Strict):
    """organisation_words.yml; see there."""

    forms: frozenset[str]
    sole_traders: frozenset[str]
    words: frozenset[str]
    short_for: dict[str, str]
    posts: frozenset[str]
    before_organisations: frozenset[str]
    before_persons: frozenset[str]
    divisions: frozenset[str]
    patronymics: tuple[str, ...]
    endings_of_no_names: tuple[str, ...]
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
        key: type(words)(fold(as_seen(word)[0]) for word in words)
        for key, words in read
        if key not in ("short_for", "not_initials")
    }
    return read.model_copy(update={**lists, "not_alone": lists["not_alone"] | lists["divisions"]})


@cache
def _short_forms() -> frozenset[str]:
    """Return the company forms of two letters, as they are written."""
    forms = organisation_words().forms
    return frozenset(way for form in forms if len(form) == _SHORT_FORM for way in (form, form.upper()))


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(fold(word) for word in WORD.findall(as_seen(text)[0]))


def is_ordinary(word: str) -> bool:
    """Say whether a word is a place or one of the language and no given name, by our lists and by its ending."""
    bare = folded(word)
    if is_given_name(bare):
        return False
    return is_common(bare, "en") or is_place(bare) or bare.endswith(name_words().endings_of_no_names)


def names_nobody(name: str) -> bool:
    """Say whether a cell holds no name: 'n/a', 'a local woman', 'The Company'. 'An' alone is somebody's name."""
    lists = name_words()
    if fold(as_seen(name)[0]).strip(" .,;:") in lists.not_names:
        return True
    words = folded_words(name)
    if name.strip(" .,;:") in NAMES_TOO:
        return False
    empty = lists.nobody | lists.small_words | lists.forms | lists.sole_traders | lists.not_names
    return all(word in empty for word in words)


def is_organisation(name: str) -> bool:
    """Say whether a name is that of an organisation: by its form, by a word, or as one word in capitals."""
    return (name.isupper() and len(name.split()) == 1) or has_organisation_word(name)


def may_be_a_person(name: str) -> bool:
    """Say whether a word in capitals that is taken for an organisation may be a person's name: TRAN, but not ROAD.

    One of five letters or more is found in any case as it is.
    """
    is_short = len(name) <= _LONGEST_ABBREVIATION and name.isalpha() and name.isupper()
    return is_short and len(name) > _SHORT_FORM and not is_ordinary(name)


def has_organisation_word(name: str) -> bool:
    """Say whether a name holds a company's form or a word such as 'department'.

    A sole trader (ИП) is a person, save under a name in quotation marks.
    """
    words = [as_seen(part)[0].strip(_AROUND) for part in name.split()]
    if any(fold(word) in name_words().words for word in words):
        return True
    parts = [part for part in name.split() if is_form(part)]
    if parts:
        return any(part not in _BOTH for part in parts) or not _is_of_a_person(words)
    return any(fold(word) in name_words().sole_traders for word in words) and bool(_IN_QUOTES.search(name))


@lru_cache(maxsize=200_000)
def is_form(part: str) -> bool:
    """Say whether a part of a name is a company's form; one of two letters has no accent, and its own capitals."""
    word = part.strip(_AROUND)
    seen = as_seen(word)[0]
    if fold(seen) not in name_words().forms or has_accents(word):
        return False
    return len(seen) > _SHORT_FORM or seen in _short_forms()


def _is_of_a_person(words: list[str]) -> bool:
    """Say whether a given name of our lists begins a name of two or three words: Henry Co, but not Henry & Co."""
    return len(words) in (2, 3) and all(map(str.isalpha, words)) and is_given_name(folded(words[0]))
