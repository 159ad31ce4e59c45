"""Known names in columns: the same answers as a plain list of spellings, and little memory."""

from __future__ import annotations

import tracemalloc
from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.confidentiality.hashes import Hashes
from pipeline.confidentiality.name_table import SpellingTable
from pipeline.confidentiality.redaction import KnownNames, _Search
from pipeline.confidentiality.spellings import CASES, Spelling
from pipeline.register.demonstration import _full_names

WORDS = st.lists(st.sampled_from(["bat", "bold", "dorj", "b·"]), min_size=1, max_size=3).map(tuple)
SPELLINGS = st.builds(
    Spelling, WORDS, st.sampled_from(["known_name", "known_name_partial"]), st.sampled_from(CASES), WORDS, st.booleans()
)
ADDED = st.lists(
    st.tuples(SPELLINGS, st.sampled_from(["person", "organisation", "contact"]), st.sampled_from(["one", "two"])),
    max_size=12,
)


@given(added=ADDED, kept=st.lists(SPELLINGS, max_size=3), asked=WORDS)
def test_words_are_what_a_plain_list_of_the_spellings_says(added: list, kept: list, asked: tuple[str, ...]) -> None:
    table = SpellingTable()
    for spelling, kind, owner in added:
        table.add([spelling], kind, owner)
    for one in kept:
        table.keep(one)
    same = [one for one in added if one[0].words == asked]
    every = [one.words for one in [*(spelling for spelling, _, _ in added), *kept]]
    goes_on = any(words[: len(asked)] == asked and len(words) > len(asked) for words in every)
    is_kept = any(one.words == asked for one in kept)
    node = table.at(asked)
    if not (same or goes_on or is_kept):
        assert node is None
        return
    assert node is not None
    assert (node.is_kept, node.goes_on, node.entry is not None) == (is_kept, goes_on, bool(same))
    if node.entry is not None:
        kind = same[0][1]
        assert node.entry.kind == kind
        assert node.entry.rule == min(spelling.rule for spelling, other, _ in same if other == kind)
        assert node.entry.case == min((spelling.case for spelling, _, _ in same), key=CASES.index)
        theirs, owners = {owner for _, _, owner in same}, node.entry.owners
        every_owner = list(dict.fromkeys(owner for _, _, owner in added))
        numbers = range(len(every_owner))
        assert [owners.key(number) for number in numbers] == every_owner
        assert {every_owner[number] for number in owners.among(numbers)} == theirs
        assert (owners.only is not None) == (len(theirs) == 1)
        assert owners.only is None or {owners.key(owners.only)} == theirs
        assert node.entry.written == {spelling.written for spelling, _, _ in same if spelling.case != "any"}
    words = {word for spelling in every for word in spelling}
    assert [word in table.words for word in ("bat", "bold", "dorj", "b·", "x")] == [
        word in words for word in ("bat", "bold", "dorj", "b·", "x")
    ]


@given(values=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50), asked=st.integers(-(2**63), 2**63 - 1))
def test_hashes_hold_what_was_put_into_them_and_nothing_else(values: list[int], asked: int) -> None:
    hashes = Hashes(array("q", values))
    assert all(value in hashes for value in values)
    assert (asked in hashes) == (asked in values)
    assert [hashes.place(value) for value in sorted(set(values))] == list(range(len(set(values))))


def test_a_name_more_takes_less_than_two_thousand_bytes() -> None:
    """A tree of dictionaries took nine thousand: a million names would not have gone into memory."""
    sizes = []
    for count in (1_000, 11_000):
        names = KnownNames.gather(complainants=_full_names(np.arange(count)))
        tracemalloc.start()
        search = _Search(names.kinds, names.kept)
        search._index._table.at(("nobody",))
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert (sizes[1] - sizes[0]) / 10_000 < 2_000


def test_a_name_is_found_among_many() -> None:
    names = list(_full_names(np.arange(5_000)))
    known = KnownNames.gather(complainants=names)
    for name in names[::500]:
        family, given_name = reversed(name.split())
        for text in (f"{name} asks.", f"{family} {given_name} asks.", f"{given_name[0]}. {family} asks."):
            assert [text[hit.start : hit.end] for hit in known.find(text)] == [text.removesuffix(" asks.")]


def test_names_are_made_ready_for_a_search_when_a_text_is_searched_first() -> None:
    """Until then a register of a million names takes its names alone; however the terms change, it is made once."""
    names = KnownNames.gather(complainants=["Bat Bold"]).with_counted_words({"road": 5})
    assert "search" not in vars(names._made)
    assert names.without_guesses().find("Bat Bold")
    assert "search" in vars(names._made)
    assert names.without_guesses()._search is names._search
