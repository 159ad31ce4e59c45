"""Suspects: what looks like a name and is in no list of words, of places or of names that are kept.

A suspect is no finding but a question to a person; unanswered, it is replaced in the public edition. The rules look at
capitals, initials, titles, given names and company forms, in Latin and in Cyrillic letters, and cost time that grows
with the text alone. `docs/redaction-evaluation.md` tells how much they find.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.confidentiality.descriptions import find_descriptions
from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.letters import is_cyrillic
from pipeline.confidentiality.small_names import Found, goes_on, in_lists, is_prompted, places_of, small_names
from pipeline.confidentiality.suspect_marks import marks
from pipeline.confidentiality.suspect_words import Word, words_of

_LONGEST_NAME = 5
"""Words in capitals up to which a run of them is one name; a longer one is a heading: each word is looked at."""

_LONGEST_ABBREVIATION = 4
"""Letters of a word written in capitals up to which it is one."""
_LONGEST_RUN = 30
"""Words in capitals that are looked at together, so that time grows with the text alone."""


def find_suspects(text: str, locale: str, keep: Iterable[str] = (), *, with_descriptions: bool = True) -> list[Hit]:
    """Find what looks like the name of a person or of an organisation, from left to right, without overlaps.

    `with_descriptions` adds pronouns, posts and units that describe somebody, where no name stands.

    `text` is in Unicode's composed form; `locale`, such as mn-MN, is what the project is written in. The words of all
    languages are looked up, since registers mix them.
    """
    words = words_of(text, locale.split("-")[0], frozenset(keep))
    found: list[Found] = []
    for first, last in _runs(words):
        found += _in_run(words, first, last)
    found += small_names(words, places_of(found))
    found += in_lists(words, found)
    names = [Hit(one.kind, words[one.first].start, words[one.last].name_end, one.rule, True) for one in found]
    described = find_descriptions(text) if with_descriptions else []
    return _apart(sorted([*names, *described], key=lambda hit: (hit.start, -hit.end)))


def _apart(hits: list[Hit]) -> list[Hit]:
    """Leave out names that stand within a description, and descriptions that a name cuts."""
    apart: list[Hit] = []
    for hit in hits:
        if apart and hit.start < apart[-1].end:
            if hit.kind == "description" or hit.end <= apart[-1].end:
                continue
            # Only a description can reach into what follows.
            apart.pop()
        apart.append(hit)
    return apart


def _runs(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield the runs of words in capitals, as places (end excluded); blanks, initials and particles part none."""
    place = 0
    while place < len(words):
        if words[place].shape == "small" or not words[place].is_free:
            place += 1
            continue
        end = place + 1
        while end < min(len(words), place + _LONGEST_RUN):
            step = _step(words, end)
            if not step:
                break
            end += step
        yield place, end
        place = end


def _step(words: list[Word], place: int) -> int:
    """Tell how many words from a place on go on with a run: none, one, or particles and the word behind them."""
    particles = marks().particles
    end = place
    while end < min(place + 3, len(words)) and words[end].is_free and _is_near(words[end], words[end - 1]):
        if words[end].shape != "small":
            return end - place + 1
        # A particle, or a middle initial without a full stop that is a word too: 'Anna I Berg'.
        if words[end].folded not in particles and not (len(words[end].text) == 1 and words[end].text.isupper()):
            return 0
        end += 1
    return 0


def _is_near(word: Word, before: Word) -> bool:
    if word.gap in (" ", "-", "\u00a0", "  "):
        return True
    is_short = before.shape == "initial" or before.folded in marks().titles
    return is_short and word.gap in (".", ". ")


def _in_run(words: list[Word], first: int, last: int) -> Iterator[Found]:
    """Find the name in a run of capitals: what stays when titles, and common words at its beginning, are taken off."""
    after_title = first > 0 and words[first - 1].folded in marks().titles and words[first].gap in (" ", ". ", ".")
    after_prompt = is_prompted(words, first)
    behind = words[last] if last < len(words) and words[last].gap.strip() == "" else None
    is_titled = behind is not None and behind.folded in marks().titles_behind
    while first < last - is_titled and (words[first].folded in marks().titles or _only_begins(words[first])):
        after_title = words[first].folded in marks().titles
        first += 1
    run = words[first:last]
    if not run:
        return
    rule = _rule(run, after_title, after_prompt, behind)
    if _has_form(run, behind):
        yield Found("organisation", first, last - 1, "company_form")
    elif rule is None:
        return
    elif len(run) > 1 and any(word.is_one_of(marks().organisations) for word in run):
        yield Found("organisation", first, last - 1, "organisation")
    elif _is_of_place(run, behind):
        return
    elif len(run) > _LONGEST_NAME and not (after_title or after_prompt):
        for place in range(first, last):
            if words[place].is_unknown or words[place].is_given_name:
                yield Found("person", place, place, "capital")
    else:
        first, last = _trimmed(words, first, last)
        if rule == "given_name" and last < len(words) and last - first == 1 and goes_on(words[last]):
            last += 1
        yield Found("person", first, last - 1, rule)


def _only_begins(word: Word) -> bool:
    """Tell whether a word has its capital from the sentence that it begins."""
    return word.begins and word.is_common and not word.is_given_name and word.shape != "initial"


def _rule(run: list[Word], after_title: bool, after_prompt: bool, behind: Word | None) -> str | None:
    """Name the rule by which a run is a name; None where it is none."""
    if after_title:
        return "title"
    if behind is not None and behind.folded in marks().titles_behind:
        return "title"
    if after_prompt:
        return "prompt"
    names = [word for word in run if word.shape != "initial"]
    if names and len(names) < len(run) and (not run[0].begins or any(not word.is_common for word in names)):
        return "initials"
    strong = [word for word in names if _is_strong(word, run)]
    if not strong:
        is_subject = len(run) == 1 and run[0].is_given_name and behind is not None and behind.folded in marks().verbs
        return "subject" if is_subject else None
    if any(word.is_given_name for word in strong):
        return "given_name"
    return "first_word" if strong[0].begins else "capital"


def _is_strong(word: Word, run: list[Word]) -> bool:
    """Tell whether a word in capitals is a name by itself."""
    if word.is_given_name:
        if not word.is_common:
            return True
        others = [one for one in run if one is not word]
        # 'Martin Short' is a name, 'Martin' at the beginning of a sentence may be a bird.
        if len(run) == 2 and run[0] is word and run[1].shape == "capital":
            return True
        is_alone = not others or all(one.is_common and not one.is_given_name for one in others)
        return not is_alone or (not word.begins and not others)
    if word.shape == "capitals":
        # A short one is an abbreviation, unless it stands beside a given name.
        is_short = len(word.stem) <= _LONGEST_ABBREVIATION
        return word.is_unknown and (not is_short or any(one.is_given_name and not one.is_common for one in run))
    return word.is_unknown


def _trimmed(words: list[Word], first: int, last: int) -> tuple[int, int]:
    """Take off abbreviations at the ends, and places before the name: 'UN Ban Ki-moon', 'Монголын Баатар'."""
    run = words[first:last]

    def is_abbreviation(word: Word) -> bool:
        return word.shape == "capitals" and not word.is_given_name and any(one.shape == "capital" for one in run)

    def goes(word: Word) -> bool:
        return is_abbreviation(word) or (word.is_place and not word.is_given_name and is_cyrillic(word.text))

    while last - first > 1 and goes(words[first]):
        first += 1
    while last - first > 1 and is_abbreviation(words[last - 1]):
        last -= 1
    return first, last


def _is_of_place(run: list[Word], behind: Word | None) -> bool:
    """Tell whether what follows the last name of a run makes it that of a street, a district, a river."""
    following = [*run[1:], *([behind] if behind else [])]
    names = [place for place, word in enumerate(run) if word.is_unknown or word.is_given_name]
    return bool(names) and names[-1] < len(following) and following[names[-1]].is_one_of(marks().places)


def _has_form(run: list[Word], behind: Word | None) -> bool:
    """Tell whether a company form stands in a run or behind it, or before an unknown word as Russian has it."""
    forms = marks().forms
    if any(word.folded in forms for word in run[1:]):
        return True
    is_beside = run[0].folded in forms or (behind is not None and behind.folded in forms)
    return is_beside and any(word.is_unknown and word.folded not in forms for word in run)
