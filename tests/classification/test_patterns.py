"""Phrases are found as they are written, and a faulty one is refused with what is wrong."""

from __future__ import annotations

import pytest

from pipeline.classification.patterns import WIDEST_GAP, Matcher, clean, fold, parse, shown_words, spans_of, tokens

CASES = [
    # phrase, language, text, the words found (None: not found)
    ("tender", "en", "The Tender's date", "Tender's"),
    ("tender", "en", "The tenders", None),
    ("tender*", "en", "The TENDERING", "TENDERING"),
    ("tender~", "en", "two tenders", "tenders"),
    ("tender~", "en", "tenderness", None),
    ("тендер~", "mn", "тендерийн хугацаа", "тендерийн"),
    ("тендер~", "mn", "тендерүүдийнхээ", None),
    ("тендер~", "mn", "тендерүүдээсээ", "тендерүүдээсээ"),
    ("участк~", "ru", "На участке", "участке"),
    ("*гүй", "mn", "Хариу өгөөгүй", "өгөөгүй"),
    ("asks/asked whether", "en", "She asked, whether", "asked whether"),
    ("asked ... whether", "en", "asked one two three four whether", "asked … whether"),
    ("asked ... whether", "en", "asked one two three four five whether", None),
    ("asked ... whether", "en", "asked. Whether", None),
    ("asked whether", "en", "asked him whether", None),
    ("^ when", "en", "He came. When?", "When"),
    ("^ when", "en", "He knows when", None),
    ("?", "en", "Is it", None),
    ("anti-corruption", "en", "the ANTI-Corruption law", "ANTI-Corruption"),
    ("11-11", "en", "the 11-11 center", "11-11"),
    ("e-mail", "en", "by e mail", "e mail"),
    ("ёлка", "ru", "Елка стоит", "Елка"),
    ("үнэ", "mn", "їнэ", "їнэ"),
    ("в сад", "ru", "в\u200b с\u00adад", "в сад"),
]


@pytest.mark.parametrize(("phrase", "language", "text", "found"), CASES, ids=[f"{c[0]} in {c[2]}" for c in CASES])
def test_a_phrase_is_found_as_it_is_written(phrase: str, language: str, text: str, found: str | None) -> None:
    matcher = Matcher()
    matcher.add([parse(phrase)], [], language)
    seen = clean(text)
    hits = matcher.find(tokens(fold(seen)))
    assert [shown_words(seen, spans_of(fold(seen)), hit.places) for hit in hits] == ([found] if found else [])


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("", "begins and ends with a word"),
        ("^", "begins and ends with a word"),
        ("... a", "stands between two words"),
        ("a ...", "begins and ends with a word"),
        ("a ... ... b", "stands between two words"),
        ("a ... b ... c ... d", "at most 2 times"),
        ("a/", "is not a word"),
        ("a*b", "is not a word"),
        ("one-stop/two", "is not a word"),
        ("a, b", "is not a word"),
        ("a .", "is not a word"),
        ("3.1", "is not a word"),
    ],
)
def test_a_faulty_phrase_is_refused(phrase: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(phrase)


@pytest.mark.parametrize(
    ("language", "text", "is_negated"),
    [
        ("en", "not once harmed", True),
        ("en", "not a b c harmed", False),
        ("en", "not. Harmed", False),
        ("en", "harmed, not healed", False),
        ("en", "not harmed, but one two harmed", False),
        ("ru", "не harmed", True),
        ("mn", "harmed биш", True),
        ("mn", "harmed болоогүй", True),
        ("mn", "биш harmed", False),
    ],
)
def test_a_negation_is_seen_within_its_window(language: str, text: str, is_negated: bool) -> None:
    matcher = Matcher()
    matcher.add([parse("harmed")], [], language)
    (hit,) = matcher.find(tokens(fold(text)))
    assert hit.is_negated is is_negated


def test_an_exception_holds_only_where_it_lies_over_the_phrase() -> None:
    matcher = Matcher()
    matcher.add([parse("thank")], [parse("thank ... in advance")], "en")
    assert matcher.find(tokens("we thank you in advance")) == []
    assert len(matcher.find(tokens("we thank you in advance. they thank all"))) == 1
    assert WIDEST_GAP == 4
