"""Names that no capital tells: in small letters, and what stands in a row with a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.confidentiality.hits import Kind
from pipeline.confidentiality.letters import is_cyrillic
from pipeline.confidentiality.suspect_marks import marks
from pipeline.confidentiality.suspect_words import Word

_SHORTEST_INFORMAL, _LONGEST_INFORMAL = 3, 10
_NO_NAME_ENDINGS = ("ing", "ed", "ly", "tion", "ness", "able", "ful", "ish")


@dataclass(frozen=True)
class Found:
    """A name by the places of its first and its last word in the text, and the rule that found it."""

    kind: Kind
    first: int
    last: int
    rule: str


def places_of(found: Iterable[Found]) -> set[int]:
    return {place for one in found for place in range(one.first, one.last + 1)}


def is_prompted(words: list[Word], place: int) -> bool:
    """Tell whether words such as 'my name is' stand before a place."""
    if place == 0 or words[place].gap.strip() not in ("", ":", "-", "."):
        return False
    for prompt in marks().prompts.get(words[place - 1].folded, ()):
        before = words[max(0, place - len(prompt)) : place]
        needs_colon = len(prompt) == 1
        if tuple(word.folded for word in before) == prompt and (not needs_colon or ":" in words[place].gap):
            return True
    return False


def small_names(words: list[Word], taken: set[int]) -> list[Found]:
    """Find names in small letters: given names, with unknown words behind, and what follows a title or a prompt."""
    found: list[Found] = []
    place = 0
    while place < len(words):
        word = words[place]
        end = place + 1
        if word.shape == "small" and word.is_free and place not in taken and len(word.text) > 1:
            rule = _small_rule(words, place)
            if rule:
                while (
                    end < min(len(words), place + 4)
                    and end not in taken
                    and goes_on(words[end], words[end + 1 : end + 2])
                ):
                    end += 1
                found.append(Found("person", place, end - 1, rule))
        place = end
    return found


def _small_rule(words: list[Word], place: int) -> str | None:
    word, before = words[place], words[place - 1] if place else None
    if word.is_given_name and not word.is_common:
        return "given_name"
    if word.is_common:
        return None
    if before and before.folded in marks().titles and word.gap in (" ", ". ", "."):
        return "title"
    if word.is_unknown and place + 2 < len(words) and _is_small_initial(words[place + 1], words[place + 2 : place + 3]):
        return "initials"
    if is_prompted(words, place):
        return "prompt"
    if before and word.is_unknown and word.gap == " " and before.folded in marks().kin:
        return "kin"
    if word.is_unknown and word.begins and does_something(words, place):
        return "subject"
    if word.language != "en" or not _is_like_a_name(word):
        return None
    if _is_informal(words):
        return "informal"
    is_with = before is not None and word.gap == " " and before.folded in marks().before_names
    return "small_unknown" if is_with or word.begins else None


def _is_informal(words: list[Word]) -> bool:
    """Tell whether an English text is written without capitals: then no capital can tell a name either."""
    first = words[0]
    # Where something was replaced before the first word, nobody knows how the text began.
    is_first = first.is_free and not first.gap.strip(" \n\t\"'“”«»(")
    return is_first and first.text[0].islower()


def _is_like_a_name(word: Word) -> bool:
    """Tell whether no list holds a Latin word, and neither its length nor its ending makes it another kind of word."""
    is_in_range = _SHORTEST_INFORMAL <= len(word.text) <= _LONGEST_INFORMAL
    return is_in_range and word.is_unknown and not is_cyrillic(word.text) and not word.folded.endswith(_NO_NAME_ENDINGS)


def does_something(words: list[Word], place: int) -> bool:
    """Tell whether a verb follows that a person is the subject of: 'kishan is', 'Grace said'."""
    behind = words[place + 1] if place + 1 < len(words) else None
    return behind is not None and behind.gap == " " and behind.folded in marks().verbs


def goes_on(word: Word, behind: list[Word] | None = None) -> bool:
    """Tell whether a small word goes on with a name: one that no list holds, or an initial before such a word."""
    if word.gap not in (" ", ". ") or not word.is_free or word.shape != "small":
        return False
    # Russian words have too many forms for a list to hold them all.
    if is_cyrillic(word.text):
        return False
    if len(word.text) == 1:
        return bool(behind) and _is_small_initial(word, behind or [])
    return word.gap == " " and (word.is_unknown or (word.is_given_name and not word.is_common))


def _is_small_initial(word: Word, behind: list[Word]) -> bool:
    if not (len(word.text) == 1 and word.folded not in "aiueo" and word.gap == " " and word.is_free and behind):
        return False
    return (
        behind[0].gap in (" ", ". ")
        and behind[0].shape == "small"
        and (behind[0].is_unknown or behind[0].is_given_name)
    )


def in_lists(words: list[Word], found: list[Found]) -> list[Found]:
    """Find what stands in a row with a person: 'Muslija and Brown', 'leonti, terrence, pamela'."""
    taken = places_of(found)
    pronouns = {place for place, word in enumerate(words) if word.folded in marks().pronouns}
    ends = {one.last for one in found if one.kind == "person"} | pronouns
    begins = {one.first for one in found if one.kind == "person"} | pronouns
    more: list[Found] = []
    for order, neighbours in ((range(len(words)), ends), (range(len(words) - 1, -1, -1), begins)):
        step = 1 if neighbours is ends else -1
        for place in order:
            if place not in taken and _is_row(words, place, step, neighbours) and _fits(words[place]):
                more.append(Found("person", place, place, "in_a_row"))
                taken.add(place)
                ends.add(place)
                begins.add(place)
    return more


def _is_row(words: list[Word], place: int, step: int, neighbours: set[int]) -> bool:
    """Tell whether a comma, or 'and', stands between a word and the person before it (`step` 1) or behind it (-1)."""
    beside = place - step
    if 0 <= beside < len(words) and beside in neighbours and words[beside].folded not in marks().pronouns:
        return words[max(place, beside)].gap.strip() in (",", "&", "/", ", &")
    across = place - 2 * step
    if not (0 <= across < len(words) and across in neighbours and 0 <= beside < len(words)):
        return False
    between, outer = words[beside], words[max(place, across)]
    return between.folded in marks().ands and between.gap.strip() in ("", ",") and outer.gap.strip() == ""


def _fits(word: Word) -> bool:
    """Tell whether a word in a row with a person may be one too: in capitals within a sentence, or in no list."""
    if not word.is_free or word.is_place or len(word.text) < 3 or (word.is_common and "'" in word.folded):
        return False
    return (
        (word.shape == "capital" and not word.begins) or word.is_unknown or (word.is_given_name and not word.is_common)
    )
