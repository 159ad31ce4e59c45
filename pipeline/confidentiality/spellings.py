"""Under which spellings a name may stand in a text, as words in their order; how a word is spelt is seen later.

Of a person: the whole name in any order, two parts of it, each part of three letters or more, and a part with the
initials of others. Of an organisation: the name with and without its company form and small words, its initials, and
with one word left out. Of a contact: the cell, and what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Literal, NamedTuple, get_args

from pipeline.confidentiality.letters import as_seen, fold, romanised, sounds_of
from pipeline.confidentiality.name_words import WORD, folded_words, is_ordinary, name_words
from pipeline.confidentiality.scripts import Script, script_of

CASE_MATTERS_UP_TO = 4
"""Letters up to which a name is matched with its case."""
Case = Literal["any", "capital", "exact"]
"""How a spelling must be written: in any way, with a capital or in capitals, or as it stands in the register."""
CASES: tuple[Case, ...] = get_args(Case)
APOSTROPHES = "'’‘`´"
"""What is written for an apostrophe, as it stands within the brackets of an expression."""
_SHORTEST_PART = 3
_FEWEST_PARTS = 2
_MOST_PARTS_IN_ANY_ORDER = 3
_MOST_PARTS = 6
"""Parts of a name up to which its parts are looked for in other orders and with initials; no person has more."""
INITIAL = "·"
"""Put to a first letter, so that an initial is no word of one letter."""
_JOINS = re.compile(f"[-{APOSTROPHES}]")
_EMAIL = re.compile(r"[^\s,;/|()<>\[\]]+@[^\s,;/|()<>\[\]]+")
_BETWEEN_CONTACTS = re.compile(r"[,;|\n]|\s/\s")
_FEWEST_DIGITS = 5
_ADDRESS_WORDS = 3


class Spelling(NamedTuple):
    """A name as words (folded, but for initials), the rule that finds it, and how it must be written.

    `written` holds the words as the register has them, for a spelling whose case matters. The words of a literal
    one are looked for in no other form.
    """

    words: tuple[str, ...]
    rule: str
    case: Case = "any"
    written: tuple[str, ...] = ()
    is_literal: bool = False


def tidy(name: str) -> str:
    """Take blanks and marks off the ends of a name."""
    return " ".join(name.split()).strip(" .,;:")


def key_of(name: str) -> str:
    """Return what names the bearer of a name: its words in order, so that 'Bat Bold' and 'Bold, Bat' are one."""
    return " ".join(sorted(folded_words(name)))


def _spelt(text: str, rule: str, short: Case, *, is_literal: bool = False) -> Spelling:
    words = tuple(WORD.findall(as_seen(text)[0]))
    is_short = _letters(text) <= CASE_MATTERS_UP_TO
    return Spelling(tuple(map(fold, words)), rule, short if is_short else "any", words, is_literal)


# -- persons ---------------------------------------------------------------------------------------------------------


def person_spellings(name: str) -> Iterator[Spelling]:
    """Yield the spellings of a person's name."""
    parts = [part for part in re.split(r"[\s.,]+", tidy(name)) if WORD.search(part)]
    yield _spelt(name, "known_name", "capital")
    if any(fold(part) in name_words().sole_traders for part in parts):
        parts = [part for part in parts if fold(part) not in name_words().sole_traders]
    if len(parts) > 1:
        yield from _in_other_orders(parts)
    for place, part in enumerate(parts):
        if _is_name_alone(part, parts):
            yield from _with_joined(part, "known_name_partial" if len(parts) > 1 else "known_name")
            if place == 0 and (rest := _without_title(part)):
                yield _spelt(rest, "known_name_partial", "capital")
            if len(parts) <= _MOST_PARTS:
                yield from _with_initials(part, parts[:place] + parts[place + 1 :])


def _in_other_orders(parts: list[str]) -> Iterator[Spelling]:
    """Yield the name in other orders, without its blanks, and two of its parts.

    'Bold, bat' is not Bat Bold, so short parts need their capital. Without blanks, a name of two parts is looked for
    from five letters on, and any one in scripts that have none.
    """
    script = _script(parts[0])
    has_no_blanks = script is not None and not script.is_spaced
    if all(_letters(part) < _SHORTEST_PART for part in parts) and not has_no_blanks:
        return
    is_joined = has_no_blanks or (sum(map(_letters, parts)) > CASE_MATTERS_UP_TO and len(parts) == _FEWEST_PARTS)
    if is_joined:
        for order in permutations(parts) if len(parts) == _FEWEST_PARTS else [parts]:
            yield _spelt("".join(order), "known_name", "any", is_literal=True)
    if len(parts) <= _MOST_PARTS and not (is_joined and len(parts) == _FEWEST_PARTS):
        names = [part for part in parts if _is_name_alone(part, parts)]
        yield from (_spelt(" ".join(two), "known_name_partial", "capital") for two in permutations(names, 2))
    has_short = any(_letters(part) <= CASE_MATTERS_UP_TO for part in parts)
    for order in _orders(parts):
        spelt = _spelt(" ".join(order), "known_name", "capital")
        yield spelt._replace(case="capital") if has_short else spelt


def is_small(part: str) -> bool:
    """Say whether a part of a name is written without a capital, in a script that has them for names."""
    return part.islower() and part != part.title()


def is_long_enough(part: str) -> bool:
    """Say whether a part of a name has letters enough to be told from other words."""
    script = None if part.isascii() else _script(part)
    if script is None:
        return _letters(part) >= _SHORTEST_PART
    return sum(map(len, WORD.findall(as_seen(part)[0]))) >= script.shortest


def _script(name: str) -> Script | None:
    """Return the script of a name if words are written together in it."""
    return script_of(next((letter for letter in name if letter.isalpha()), " "))


def _letters(text: str) -> int:
    return len(text) if text.isalpha() else sum(map(str.isalpha, text))


def _orders(parts: list[str]) -> Iterator[tuple[str, ...]]:
    if len(parts) <= _MOST_PARTS_IN_ANY_ORDER:
        yield from permutations(parts)
    elif len(parts) <= _MOST_PARTS:
        yield from (tuple(parts[n:] + parts[:n]) for n in range(len(parts)))
        yield tuple(reversed(parts))


def _is_name_alone(part: str, parts: list[str]) -> bool:
    """Say whether a part names the person by itself; words in small letters beside others with a capital do not."""
    if not is_long_enough(part):
        return False
    lists = name_words()
    if all(word in lists.not_alone or word in lists.nobody or word in lists.small_words for word in folded_words(part)):
        return False
    return not (is_small(part) and any(other[0].isupper() for other in parts))


def _without_title(part: str) -> str:
    """Return what stands behind a title that is written together with the name (นายสมชาย); nothing if there is none."""
    script = _script(part)
    if script is None or script.is_spaced:
        return ""
    titles = (word for word in name_words().not_alone if part.startswith(word) and is_long_enough(part[len(word) :]))
    return part[len(max(titles, key=len, default=part)) :]


def _with_joined(part: str, rule: str) -> Iterator[Spelling]:
    """Yield a part, and without its hyphens and apostrophes: Enkh-Amgalan, Enkhamgalan; Ng'ang'a, Nganga.

    What hyphens join is looked for by itself as well, as it is written and with its capital: Otieno of Wanjiku-Otieno.
    """
    yield _spelt(part, rule, "capital")
    joined = _JOINS.sub("", part)
    if joined != part:
        yield _spelt(joined, rule, "capital")
    for half in part.split("-") if "-" in part else ():
        if half[:1].isupper() and _is_name_alone(half, [half]) and not is_ordinary(half):
            yield from (one._replace(case="capital", is_literal=True) for one in _with_joined(half, "known_name_piece"))


def _with_initials(part: str, others: list[str]) -> Iterator[Spelling]:
    spelt = _spelt(part, "known_name_initials", "capital")
    initials = [tuple(initials_of(fold(as_seen(other)[0]))) for other in others]
    rows: list[tuple[str, ...]] = [(initial,) for options in initials for initial in options]
    if len(others) == 2:
        rows += [pair for one in initials[0] for other in initials[1] for pair in ((one, other), (other, one))]
    for row in rows:
        yield Spelling((*row, *spelt.words), spelt.rule, spelt.case, (*row, *spelt.written))
        yield Spelling((*spelt.words, *row), spelt.rule, spelt.case, (*spelt.written, *row))


def initials_of(folded: str) -> list[str]:
    """Return the initials under which a word may stand, in signs of both scripts: Ц. is Ts. and T., Х. is Kh. and K."""
    letters = {one[0] for spelling in (folded, romanised(folded)[:1]) for one in sounds_of(spelling) if one}
    return sorted(letter + INITIAL for letter in letters)


def as_initials(word: str) -> list[str]:
    """Return the initials that a word of a text may be: a capital letter, or two that stand for one (Ts, Kh)."""
    if not word[0].isupper() or len(word) > 2 or not word.isalpha():
        return []
    return [one + INITIAL for one in sounds_of(fold(word)) if len(one) == 1]


# -- organisations ---------------------------------------------------------------------------------------------------


def organisation_spellings(name: str) -> Iterator[Spelling]:
    """Yield the spellings of an organisation's name."""
    yield _spelt(name, "known_name", "exact")
    core = core_of(name)
    if not core:
        return
    yield _spelt(" ".join(core), "known_name", "exact")
    small = name_words().small_words
    large = [word for word in core if fold(word) not in small]
    yield _spelt(" ".join(large), "known_name", "exact")
    for initials in {"".join(word[0] for word in words) for words in (core, large)}:
        upper = initials.upper()
        if len(upper) >= _SHORTEST_PART and upper.isalpha() and upper not in name_words().not_initials:
            yield Spelling((fold(upper),), "known_name_initials", "exact", (upper,))
    for words in {tuple(core), tuple(large)}:
        for shorter in _without_one(words):
            yield _spelt(" ".join(shorter), "known_name_partial", "exact")


def core_of(name: str) -> list[str]:
    """Return the words of an organisation's name without company forms and an article; none if they name nobody."""
    lists = name_words()
    words: list[str] = WORD.findall(as_seen(name)[0])
    forms = lists.forms | lists.sole_traders
    while words and fold(words[-1]) in forms:
        words.pop()
    while words and (fold(words[0]) in forms or fold(words[0]) == "the"):
        words.pop(0)
    return [] if all(fold(word) in lists.nobody or fold(word) in lists.small_words for word in words) else words


def _without_one(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Leave out each word within a long name that keeps what says what it is: Mining and (Mineral) Oil Department."""
    lists = name_words()
    large = [place for place, word in enumerate(words) if fold(word) not in lists.small_words]
    if len(large) < 4 or not any(fold(word) in lists.words for word in words):
        return
    for place in large[1:-1]:
        if fold(words[place]) not in lists.words:
            yield words[:place] + words[place + 1 :]


# -- contacts --------------------------------------------------------------------------------------------------------


def contact_spellings(cell: str) -> Iterator[Spelling]:
    """Yield the spellings of what a contact cell holds; numbers in any grouping are known_phones.py's."""
    yield from _contact(cell)
    for piece in _BETWEEN_CONTACTS.split(cell):
        if piece != cell and (len(piece.split()) == 1 or len(WORD.findall(piece)) >= _ADDRESS_WORDS):
            yield from _contact(piece)
    for email in _EMAIL.findall(cell):
        user, _, host = email.rpartition("@")
        yield from _contact(f"{user} at {host.replace('.', ' dot ')}")
        yield from _contact(f"{user} at {host}")
        if email != cell:
            yield from _contact(email)
    yield from _beside_contacts(cell)
    yield from _parts_of_address(cell)


def _contact(piece: str) -> Iterator[Spelling]:
    spelt = _spelt(piece, "known_contact", "exact", is_literal=True)
    letters_and_digits = sum(map(len, spelt.words))
    is_number = all(word.isdigit() for word in spelt.words)
    if all(word in name_words().contact_words for word in spelt.words):
        return
    if letters_and_digits >= (_FEWEST_DIGITS if is_number else _SHORTEST_PART):
        yield spelt


def _beside_contacts(cell: str) -> Iterator[Spelling]:
    """Yield names beside a number or an address of a cell: 'Bat 99112233', 'c/o Bat Bold, bold@example.org'."""
    rest = re.sub(r"\+?\d[\d\s().-]{4,}\d", "\n", _EMAIL.sub("\n", cell))
    if rest == cell:
        return
    for piece in re.split(r"[\n,;|/:()]", rest):
        for name in (word.strip(".,") for word in piece.split()):
            is_label = fold(as_seen(name)[0]) in name_words().contact_words
            if name[:1].isupper() and not is_label and _is_name_alone(name, [name]):
                yield _spelt(name, "known_contact", "capital", is_literal=True)


def _parts_of_address(cell: str) -> Iterator[Spelling]:
    """Yield each three words of a longer cell that follow each other, of which one at least is a name or a number."""
    words = WORD.findall(as_seen(_EMAIL.sub(" ", cell))[0])
    if sum(word[0].isalpha() for word in words) < _ADDRESS_WORDS:
        return
    for place in range(len(words) - _ADDRESS_WORDS + 1):
        part = words[place : place + _ADDRESS_WORDS]
        telling = [word for word in part if word[0].isupper() or word[0].isdigit()]
        if len(telling) >= 2 and any(word[0].isalpha() and len(word) >= _SHORTEST_PART for word in part):
            yield _spelt(" ".join(part), "known_contact", "exact", is_literal=True)
