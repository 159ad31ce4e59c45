"""Words near a word are found as if it were compared with every known one."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from pipeline.confidentiality import typing_errors
from pipeline.confidentiality.typing_errors import NearWords, edits_allowed

BEGINNINGS = st.sampled_from(["", "person", "personabc", "personabcdefghijk", "a"])
LETTERS = st.text("abc1", max_size=9)
WORDS = st.builds(str.__add__, BEGINNINGS, LETTERS)


def compared_with_each(known: list[str], word: str) -> list[tuple[str, int]]:
    """What `near` says, without any table."""
    edits = {one: OSA.distance(word, one) for one in set(known) if not one.isdigit()}
    return sorted((one, number) for one, number in edits.items() if 0 < number <= edits_allowed(one))


@pytest.mark.parametrize("crowded", [1, 3, 100])
@given(known=st.lists(WORDS, max_size=40), word=WORDS, data=st.data())
def test_every_word_near_enough_is_found(crowded: int, known: list[str], word: str, data: st.DataObject) -> None:
    # A word with a few letters changed, since one drawn by itself is seldom near another.
    if known and data.draw(st.booleans()):
        letters = list(data.draw(st.sampled_from(known)))
        for place in data.draw(st.lists(st.integers(0, len(letters)), max_size=2)):
            letters[place : place + data.draw(st.integers(0, 1))] = data.draw(st.sampled_from(["", "a", "x"]))
        word = "".join(letters)
    with patch.object(typing_errors, "_CROWDED", crowded):
        found = NearWords(known).near(word)
    if len(word) >= typing_errors.ONE_EDIT_FROM - 1:
        assert found == compared_with_each(known, word)
    else:
        assert found == []


def test_names_with_one_beginning_are_compared_with_few() -> None:
    near = NearWords(f"person{number}" for number in range(20_000))
    assert ("person77", 1) in near.near("preson77")
    assert sum(len(table.sharing_a_rest_with("preson77")) for table in near._tables) < 1_000
