"""The lists of words behind the suspects: what they hold, and that they are what was counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.confidentiality import word_lists
from pipeline.confidentiality.word_counting import counted
from pipeline.confidentiality.word_forms import cases, folded, forms
from pipeline.confidentiality.word_lists import is_common, is_given_name, is_place

WORDS = Path(word_lists.__file__).with_name("words")


@pytest.mark.shared_data
def test_the_counted_lists_are_those_that_are_counted(shared_data: Path) -> None:
    for name, text in counted(shared_data).items():
        assert (WORDS / f"{name}.txt").read_text(encoding="utf-8") == text, f"count {name} anew"


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.txt")), ids=lambda path: path.name)
def test_a_list_is_light_and_says_where_it_comes_from(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(text.encode()) < 200_000
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    assert [word for word in words if any(letter.isdigit() or letter in ",;:" for letter in word)] == []
    assert [word for word in words if word != word.casefold()] == []


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("Доржийн", "дорж"),
        ("Болдоос", "болд"),
        ("Энхтуяатай", "энхтуяа"),
        ("Ивановым", "иванов"),
        ("Ольгой", "ольга"),
        ("Maria's", "maria"),
        ("James'", "james"),
        ("Gutiérrez", "gutierrez"),
        ("Łukasz", "lukasz"),
    ],
)
def test_a_name_is_known_in_its_cases_and_with_its_accents(word: str, base: str) -> None:
    assert base in cases(folded(word))


@pytest.mark.parametrize(
    ("word", "base"), [("complained", "complain"), ("studies", "study"), ("stopping", "stop"), ("sooo", "so")]
)
def test_a_common_word_is_known_in_its_forms(word: str, base: str) -> None:
    assert base in forms(folded(word))


def test_words_names_and_places_are_told_apart() -> None:
    assert is_common("furthermore", "en")
    assert is_common("one-stop", "en")
    assert is_common("июня", "ru")
    assert not is_common("torvenna", "en")
    # Each is like a form of a common word, and a name all the same.
    assert not is_common("casey", "en")
    assert not is_common("ella", "en")
    assert is_common("ella", "es")
    assert is_given_name("sarantuya")
    assert is_given_name("бат-эрдэнийн")
    assert is_place("mongolia")
    assert is_place("монголын")
    assert is_place("иранд")
    assert not is_given_name("иранд")
