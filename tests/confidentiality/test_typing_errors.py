"""Words near a word are found as if it were compared with every known one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from pipeline.confidentiality.typing_errors import ONE_EDIT_FROM, NearWords, edits_allowed

BEGINNINGS = st.sampled_from(["", "person", "personabc", "personabcdefghijk", "a"])
LETTERS = st.text("abc1", max_size=9)
WORDS = st.builds(str.__add__, BEGINNINGS, LETTERS)


def compared_with_each(known: list[str], word: str) -> list[tuple[str, int]]:
    """What `near` says, without any table."""
    digits = re.sub(r"\D", "", word)
    edits = {one: OSA.distance(word, one) for one in set(known) if re.sub(r"\D", "", one) in ("", digits)}
    edits = {one: number for one, number in edits.items() if not one.isdigit()}
    return sorted((one, number) for one, number in edits.items() if 0 < number <= edits_allowed(one))


@given(known=st.lists(WORDS, max_size=40), word=WORDS, data=st.data())
def test_every_word_near_enough_is_found(known: list[str], word: str, data: st.DataObject) -> None:
    # A word with a few letters changed, since one drawn by itself is seldom near another.
    if known and data.draw(st.booleans()):
        letters = list(data.draw(st.sampled_from(known)))
        for place in data.draw(st.lists(st.integers(0, len(letters)), max_size=2)):
            letters[place : place + data.draw(st.integers(0, 1))] = data.draw(st.sampled_from(["", "a", "x"]))
        word = "".join(letters)
    found = NearWords(known).near(word)
    if len(word) >= ONE_EDIT_FROM - 1:
        assert found == compared_with_each(known, word)
    else:
        assert found == []


def test_names_that_differ_in_their_number_alone_are_compared_with_few() -> None:
    near = NearWords(f"person{number}" for number in range(20_000))
    assert near.near("preson77") == [("person77", 1)]
    assert sum(len(table.sharing_a_rest_with("preson77")) for table in near._tables) < 10


def test_another_number_is_somebody_else_and_a_digit_for_a_letter_is_a_typing_error() -> None:
    assert NearWords(["person12", "person13"]).near("person12") == []
    assert NearWords(["person12"]).near("persno12") == [("person12", 1)]
    assert NearWords(["bolormaa"]).near("bol0rmaa") == [("bolormaa", 1)]
