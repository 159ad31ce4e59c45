"""Persons whom a cell names beside an organisation or a contact: 'Grace Wanjiku for Hill School', 'Bat Bold (son)'.

The other words of an organisation's name stay its own: Green Valley Construction LLC makes neither green nor valley a
name. A stretch of words is a person's where it is set apart and reads as a name; docs/known-names.md has the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.confidentiality.letters import as_seen, fold
from pipeline.confidentiality.name_words import has_organisation_word, is_form, is_ordinary, name_words
from pipeline.confidentiality.spellings import is_small
from pipeline.confidentiality.suspect_marks import marks
from pipeline.confidentiality.word_forms import folded
from pipeline.confidentiality.word_lists import is_common, is_given_name

Kind = Literal[
    "name", "initials", "particle", "firm", "form", "post", "place", "how", "for", "by", "and", "comma", "edge", "other"
]
"""What a word is, or what stands beside a stretch of words."""
_APART = ("edge", "comma", "and", "post", "place")
_OF_A_NAME = ("name", "initials", "particle")
_TOKEN = re.compile(r"[^\s,，;:/／&＆+＋()（）\[\]【】«»“”„\"|]+")
_QUOTED = re.compile(r"\"[^\"]*\"|«[^«»]*»|[“„][^“„”]*[”“]")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+(?P<name>[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*)?")
_MOST_WORDS = 5
_WITH_A_PATRONYMIC = 3
"""Words of a name with the father's: before it the surname and the given name, or one and the surname behind it."""
_CARE_OF = re.compile(r"(?<!\w)c/o(?!\w)", re.IGNORECASE)
_CONTACTS = re.compile(
    rf"[^\s,;/|()<>\[\]]{{1,64}}@[^\s,;/|()<>\[\]]+|\+?\d[\d\s().-]{{4,}}\d|{_CARE_OF.pattern}", re.IGNORECASE
)
"""Numbers and addresses, beside which a name is that of whom they reach."""
_PIECES = re.compile(r"[,，;|\n\r()（）\[\]/]")


class _Word(NamedTuple):
    """A word of a cell (characters, end excluded), what it is, and what stands between the former word and it."""

    text: str
    start: int
    end: int
    kind: Kind
    gap: str


class _Stretch(NamedTuple):
    """Words that may be a name (places, end excluded), and what stands before and behind them."""

    first: int
    end: int
    before: Kind
    behind: Kind


def parted(cell: str) -> list[str]:
    """Return the names in a cell with an organisation's words: each person's, and what is left of it as a firm's.

    A cell that names no person is returned as it is.
    """
    words = _words(cell)
    persons = sorted(set(_persons(words)))
    if not persons:
        return [cell]
    names, last = [], 0
    for first, end in persons:
        names += [_firm(cell, words[last:first]), _text(cell, words[first:end])]
        last = max(last, end)
    return [name for name in (*names, _firm(cell, words[last:])) if name]


def persons_in_contact(cell: str) -> list[str]:
    """Return the persons whom a contact names: 'Bat Bold (wife)', 'c/o Bat Bold, Hill shop', 'Tsolmon 77443322'."""
    rest = _CONTACTS.sub("\n", cell)
    if not any(map(str.isalpha, rest)):
        return []
    pieces = [(piece, _words(piece, is_contact=True)) for piece in _PIECES.split(rest)]
    is_marked = rest != cell or any(word.kind == "post" for _, words in pieces for word in words)
    is_bare = sum(any(word.kind not in ("post", "how") for word in words) for _, words in pieces) == 1
    # What else stands there is an address, in which towns bear given names, as Virginia Beach does.
    is_address = not is_bare or any(map(str.isdigit, rest))
    if is_address and not _CARE_OF.search(cell):
        return []
    return [
        _text(piece, words[one.first : one.end])
        for piece, words in pieces
        for one in _stretches(words)
        if one.before in ("edge", "post", "how")
        and one.behind in ("edge", "post", "how")
        and _reads_as_a_name(words[one.first : one.end], is_marked=is_marked, is_first=is_bare)
    ]


# -- the words of a cell ---------------------------------------------------------------------------------------------


def _words(cell: str, *, is_contact: bool = False) -> list[_Word]:
    found = list(_TOKEN.finditer(cell))
    has_capitals = any(map(str.isupper, cell))
    quoted = [match.span() for match in _QUOTED.finditer(cell) if match[0] != cell.strip()]
    words: list[_Word] = []
    last = 0
    for place, one in enumerate(found):
        while quoted and quoted[0][1] <= one.start():
            quoted.pop(0)
        if quoted and quoted[0][0] < one.start():
            kind: Kind = "firm"
        else:
            behind = found[place + 1][0] if place + 1 < len(found) else ""
            kind = _kind(one[0], behind, has_capitals=has_capitals, is_contact=is_contact)
        words.append(_Word(one[0], one.start(), one.end(), kind, cell[last : one.start()]))
        last = one.end()
    return words


@lru_cache(maxsize=50_000)
def _kind(text: str, behind: str, *, has_capitals: bool, is_contact: bool) -> Kind:
    """Say what a word is, by our lists and by how it is written; `behind` is the next word."""
    lists, word, bare = name_words(), _folded(text), folded(text.strip(".'’-"))
    if any(map(str.isdigit, text)):
        return "other"
    if word in lists.divisions or _folded(behind) in lists.divisions:
        return "place"
    if is_contact and word in lists.contact_words:
        return "how"
    if is_form(text):
        return "form"
    if word in lists.words or word in lists.short_for or bare in marks().organisations or bare in marks().places:
        return "firm"
    if word in lists.posts or word in lists.sole_traders or bare in marks().titles or bare in marks().kin:
        return "post"
    for kind, those in (("for", lists.before_organisations), ("by", lists.before_persons), ("and", lists.small_words)):
        if word in those:
            return kind  # type: ignore[return-value]
    if _INITIALS.fullmatch(text):
        return "initials"
    if has_capitals and is_small(text):
        return "particle" if bare in marks().particles else "other"
    return "name"


def _folded(text: str) -> str:
    return fold(as_seen(text.strip(".'’-"))[0])


def _stretches(words: Sequence[_Word]) -> Iterator[_Stretch]:
    """Yield the words with a capital that nothing parts, with what stands around them."""
    first = 0
    while first < len(words):
        end = first + 1
        if words[first].kind in _OF_A_NAME:
            while end < len(words) and words[end].kind in _OF_A_NAME and not words[end].gap.strip():
                end += 1
            yield _Stretch(first, end, _before(words, first), _behind(words, end))
        first = end


def _before(words: Sequence[_Word], place: int) -> Kind:
    sign = _sign(words[place].gap, "(（[【")
    return sign or ("edge" if place == 0 else words[place - 1].kind)


def _behind(words: Sequence[_Word], end: int) -> Kind:
    """Tell what stands behind a stretch; a post before more of a name is a part of that: Hill Farmer Union."""
    if end == len(words):
        return "edge"
    sign, kind = _sign(words[end].gap, ")）]】"), words[end].kind
    if kind != "post" or sign not in (None, "comma"):
        return sign or kind
    goes_on = end + 1 < len(words) and not words[end + 1].gap.strip() and words[end + 1].kind in (*_OF_A_NAME, "firm")
    return (sign or "firm") if goes_on else "post"


def _sign(gap: str, brackets: str) -> Kind | None:
    """Tell what the signs between two words part; a colon parts nothing, and a bracket what stands in it."""
    if any(sign in ",，;|" for sign in gap):
        return "comma"
    if any(sign in "/／&＆+＋" for sign in gap):
        return "and"
    if any(sign in brackets for sign in gap):
        return "comma"
    return "other" if gap.strip(" :\t") else None


# -- what is a person's ----------------------------------------------------------------------------------------------


def _persons(words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """Yield where persons stand among the words of a cell with an organisation's."""
    has_post = any(word.kind == "post" for word in words)
    for one in _stretches(words):
        own = words[one.first : one.end]
        is_beside = not {"post", "place"}.isdisjoint((one.before, one.behind))
        is_first = all(word.kind in ("post", "place") for word in words[: one.first])
        if _is_set_apart(one, is_first=is_first) and _reads_as_a_name(
            own,
            is_marked=is_beside or (has_post and len(own) > 1),
            is_first=is_first and one.behind in ("comma", "for"),
        ):
            yield one.first, one.end
        else:
            yield from ((one.first + first, one.first + end) for first, end in _marked_in(own))


def _is_set_apart(one: _Stretch, *, is_first: bool) -> bool:
    """Say whether words are none of a firm's name by what stands around them; 'and' parts two words or more."""
    before = one.before in _APART or one.before == "by" or (one.before == "form" and one.first > 1)
    behind = one.behind in _APART or (one.behind == "for" and is_first)
    return before and behind and (one.end - one.first > 1 or "and" not in (one.before, one.behind))


def _reads_as_a_name(words: Sequence[_Word], *, is_marked: bool, is_first: bool) -> bool:
    """Say whether words are a name: one is a given name; or, where something marks them, none is an ordinary word."""
    texts = [word.text.strip(".") for word in words if word.kind == "name"]
    if not texts or len(words) > _MOST_WORDS:
        return False
    given = [text for text in texts if is_given_name(folded(text))]
    if len(words) == 1:
        return bool(given and not is_common(folded(texts[0]), "en")) or (is_marked and not is_ordinary(texts[0]))
    return bool(given) or ((is_marked or is_first) and not any(map(is_ordinary, texts)))


def _marked_in(words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """Yield names that need nothing around them: with initials, or with a patronymic."""
    place = 0
    while place < len(words):
        first = end = place
        if words[place].kind == "initials":
            end += 1
            if not _INITIALS.fullmatch(words[place].text)["name"]:  # type: ignore[index]
                if _is_name(words[end : end + 1]):
                    end += 1
                elif _is_name(words[place - 1 : place]):
                    first -= 1
                else:
                    end = place
        elif _folded(words[place].text).endswith(name_words().patronymics) and len(words) > 1:
            first, end = max(0, place - 2), place + 1
            end = min(len(words), max(end, first + _WITH_A_PATRONYMIC))
        if end > first:
            yield first, end
        place = max(end, place + 1)


def _is_name(words: Sequence[_Word]) -> bool:
    return len(words) == 1 and words[0].kind == "name" and not is_ordinary(words[0].text)


# -- what is left ----------------------------------------------------------------------------------------------------


def _firm(cell: str, words: Sequence[_Word]) -> str:
    """Return what is left of a cell as a firm's name; nothing where its words are ordinary (Women Group, Road Ltd)."""
    around = ("post", "place", "for", "by", "and", "other")
    while words and words[0].kind in around:
        words = words[1:]
    while words and words[-1].kind in around:
        words = words[:-1]
    text = _text(cell, words)
    is_told = any(word.kind == "name" and not is_ordinary(word.text) for word in words)
    return text if is_told and has_organisation_word(text) else ""


def _text(cell: str, words: Sequence[_Word]) -> str:
    return cell[words[0].start : words[-1].end] if words else ""
