"""The names that one cell holds: 'Wendari Traders LLC (Charity Gift)', 'Patience/Comfort', 'Bat Bold; Dorj Tuul'.

What parts two names may also stand within the name of one firm, as in 'Roads/Bridges Department' or 'Smith & Sons Ltd'.
There it parts names behind a company form, or beside a given name with another word. Nothing within quotation marks
does. The cell as a whole stays a name as well. Persons whom no such sign parts from a firm are persons_in_cells.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.confidentiality.name_words import WORD, folded_words, has_organisation_word, name_words, names_nobody
from pipeline.confidentiality.persons_in_cells import parted
from pipeline.confidentiality.spellings import is_long_enough, is_small, tidy
from pipeline.confidentiality.suspect_marks import marks
from pipeline.confidentiality.word_forms import folded
from pipeline.confidentiality.word_lists import is_given_name, is_place

_MAY_PART = re.compile(r"[;|\n\r؛；｜、/／&＆+＋()（）\[\]【】,，]|\s[-–—]\s")
_SURELY = re.compile(
    r"[;|\n\r؛；｜、]|(?<=\s)[/／–—-](?=\s)|(?<![^\s(\[])(?:[A-Za-zА-яЁёӨөҮү]{1,2}/)+[A-Za-zА-яЁёӨөҮү]{1,2}\.?(?![^\s)\]])"
)
"""What parts names everywhere. A short word with strokes, such as c/o or M/s, stands between names or before one."""
_BETWEEN_PERSONS = re.compile(r"[/／&＆+＋()（）\[\]【】]")
_BESIDE_A_FIRM = re.compile(r"[/／&＆+＋,，]")
_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]?")
_AROUND = " .,;:()（）[]【】/／&＆+＋|-"
_LONGEST = 1_000
"""Characters up to which a cell is looked through for persons whom no such sign parts from a firm."""
_QUOTED = re.compile(r"\"[^\"\n]*\"|«[^«»\n]*»|[“„][^“„”\n]*[”“]")


def names_within(cell: str) -> list[str]:
    """Return the names that a cell holds besides the one that it is as a whole; a cell of one name has none."""
    if not _MAY_PART.search(cell) and not has_organisation_word(cell):
        return []
    has_capitals = any(map(str.isupper, cell))
    parts = _parts(cell)
    if len(cell) <= _LONGEST:
        parts = (name for part in parts for name in (parted(part) if has_organisation_word(part) else [part]))
    names = (tidy(part).strip(_AROUND) for part in parts)
    found = dict.fromkeys(name for name in names if _is_a_name(name, has_capitals=has_capitals))
    found.pop(tidy(cell), None)
    return list(found)


def _parts(text: str) -> Iterator[str]:
    for piece in _split(text, _SURELY):
        if not has_organisation_word(piece):
            yield from _split(piece, _BETWEEN_PERSONS)
            continue
        # What stands in brackets behind a firm's name is another name; within it, it may be a part of it.
        end = len(piece.rstrip())
        for brackets in reversed(list(_BRACKETS.finditer(piece))):
            if piece[brackets.end() : end].strip() or brackets.start() == 0:
                break
            yield from _split(brackets[1], _BETWEEN_PERSONS)
            end = brackets.start()
        yield from _beside_a_firm(piece[:end])


def _split(text: str, between: re.Pattern[str]) -> list[str]:
    """Split a text at what stands between its names, save within quotation marks around a part of it."""
    seen = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]) if quoted[0] != text.strip() else quoted[0], text)
    parts, last = [], 0
    for match in between.finditer(seen):
        parts.append(text[last : match.start()])
        last = match.end()
    return [*parts, text[last:]]


def _beside_a_firm(text: str) -> Iterator[str]:
    """Yield the names of a text that holds that of a firm."""
    begin = end = 0
    before = ""
    for part in _split(text, _BESIDE_A_FIRM):
        if _is_behind_a_form(part, before) or _is_surely_a_person(before) or _is_surely_a_person(part):
            yield text[begin:end]
            begin = end
        before, end = part, end + len(part) + 1  # with the one character behind it
    yield text[begin:]


def _is_behind_a_form(part: str, before: str) -> bool:
    forms = name_words().forms
    return any(word in forms for word in folded_words(before)[-1:]) and any(w not in forms for w in folded_words(part))


def _is_surely_a_person(part: str) -> bool:
    words = WORD.findall(part)
    if len(words) < 2 or has_organisation_word(part) or any(folded(word) in marks().places for word in words):
        return False
    return any(is_given_name(folded(word)) for word in words)


def _is_a_name(part: str, *, has_capitals: bool) -> bool:
    """Say whether a part of a cell names somebody: not where it is a post, a place, a number or only says who it is."""
    words = folded_words(part)
    if not is_long_enough(part) or names_nobody(part) or "@" in part or any(map(str.isdigit, words)):
        return False
    if has_capitals and is_small(part):
        return False
    lists = name_words()
    if all(word in lists.not_alone | lists.nobody | lists.small_words | lists.contact_words for word in words):
        return False
    large = [folded(word) for word in WORD.findall(part) if word not in lists.small_words]
    return not all(is_place(word) and not is_given_name(word) for word in large)
