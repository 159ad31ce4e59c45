"""All rules together: what wins, what stays, how placeholders are numbered, and that nothing is done twice."""

from __future__ import annotations

import re
import time
import unicodedata
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.confidentiality import redact as public_redact
from pipeline.confidentiality import redacting
from pipeline.confidentiality.hits import PLACEHOLDER, Hit
from pipeline.confidentiality.redacting import find, redact, redact_column, replaced
from pipeline.confidentiality.redaction import KnownNames

KNOWN = KnownNames.gather(
    complainants=["Moncement LLC"],
    contacts=["sara@example.org", "9911-2233"],
    persons=["Bolormaa", "Amaraa"],
    keep=["World Bank", "MDDC", "info@example.mn", "https://www.facebook.com/mddc", "+976 11 123456"],
)


def plain(text: str, locale: str = "mn-MN", **rest: object) -> str:
    """Redact without suspects, which have tests of their own."""
    return redact(text, KNOWN, locale=locale, with_suspects=False, **rest)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bolormaa wrote", "[person] wrote"),
        ("Bolormaa and again BOLORMAA", "[person] and again [person]"),
        ("Amaraa, Bolormaa and Amaraa", "[person 1], [person 2] and [person 1]"),
        ("Bolormaa of Moncement", "[person] of [organisation]"),
        ("call 88112233 or 99887766, then 8811-2233", "call [phone 1] or [phone 2], then [phone 1]"),
        ("+976 88112233 is 8811 2233", "[phone] is [phone]"),
        ("a@example.org, B@example.org, A@Example.org", "[email 1], [email 2], [email 1]"),
        ("MDDC, World Bank and info@example.mn stay.", "MDDC, World Bank and info@example.mn stay."),
        (
            "Tender SGII/NCB-12/2024 of 2024-06-13, 12 500 000 MNT",
            "Tender SGII/NCB-12/2024 of 2024-06-13, 12 500 000 MNT",
        ),
    ],
)
def test_the_same_gets_the_same_placeholder_and_several_are_numbered(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_two_spellings_of_one_name_get_one_number() -> None:
    text = "Bat met Saraa, and Батболд left"
    hits = [Hit("person", 0, 3, of="a"), Hit("person", 8, 13, of="b"), Hit("person", 19, 26, of="a")]
    assert replaced(text, hits) == "[person 1] met [person 2], and [person 1] left"
    assert "of" not in repr(hits[0]).replace("Hit(", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[person] met Bolormaa", "[person] met [person 2]"),
        ("[person 2] met Bolormaa and Amaraa", "[person 2] met [person 3] and [person 4]"),
        ("[phone] met Bolormaa", "[phone] met [person]"),
        ("[national id] АБ12345678", "[national id] [national id 2]"),
    ],
)
def test_numbers_go_on_after_those_that_a_text_holds(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The register says that it is somebody's contact, whatever it looks like.
        ("write to sara@example.org", "write to [contact]"),
        ("call 9911-2233", "call [contact]"),
        # A name within an address is a part of the address.
        ("write to bolormaa.b@example.org", "write to [email]"),
        ("call +976 9911-2233", "call [contact]"),
        ("t.me/bolormaa", "[link]"),
    ],
)
def test_known_names_win_but_within_a_longer_pattern(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to info@example.mn.", "to info@example.mn."),
        ("to INFO@example.mn, please", "to INFO@example.mn, please"),
        ("to other.info@example.mn", "to [email]"),
        ("to info@example.mn.example.org", "to [email]"),
        ("to bat@example.mn", "to [email]"),
        (
            "see facebook.com/mddc and m.facebook.com/MDDC/posts/5",
            "see facebook.com/mddc and m.facebook.com/MDDC/posts/5",
        ),
        ("see facebook.com/mddc.bat", "see [link]"),
        ("see facebook.com/bat", "see [link]"),
        ("call 11-123456", "call 11-123456"),
        ("call 11-123457", "call [phone]"),
        ("MDDC-ийн ажилтан, MDDC's", "MDDC-ийн ажилтан, MDDC's"),
    ],
)
def test_what_is_kept_stays_and_what_only_resembles_it_does_not(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_complainants_own_address_is_not_kept_by_another_one() -> None:
    known = KnownNames.gather(contacts=["bat@example.mn"], keep=["info@example.mn", "example.mn"])
    assert redact("bat@example.mn or info@example.mn", known)[0] == "[contact] or info@example.mn"


def test_what_a_call_keeps_is_kept_besides_what_the_names_keep() -> None:
    assert (
        plain("own@example.org and info@example.mn", keep=["own@example.org"]) == "own@example.org and info@example.mn"
    )


def test_what_comes_to_light_when_a_name_is_gone_is_replaced_as_well() -> None:
    known = KnownNames.gather(persons=["Bolormaa"])
    text = "Bolormaa/99112233"
    redacted, hits = redact(text, known, locale="mn-MN")
    assert "99112233" not in redacted
    assert replaced(text, hits) == redacted


def test_the_hits_refer_to_the_composed_text_in_order_and_apart() -> None:
    text = unicodedata.normalize("NFD", "Zoë: Bolormaa, 88112233, bat@example.org")
    redacted, hits = redact(text, KNOWN, locale="mn-MN", with_suspects=False)
    composed = unicodedata.normalize("NFC", text)
    assert [composed[hit.start : hit.end] for hit in hits] == ["Bolormaa", "88112233", "bat@example.org"]
    assert redacted == "Zoë: [person], [phone], [email]"


def test_a_column_keeps_its_blanks_and_counts_its_replacements() -> None:
    texts = pd.Series(["Bolormaa, 88112233", None, "nothing"], index=[4, 3, 2], dtype="str")
    redacted, counts = redact_column(texts, KNOWN, locale="mn-MN", with_suspects=False)
    assert redacted.isna().tolist() == [False, True, False]
    assert redacted[4] == "[person], [phone]"
    assert counts.to_dict() == {4: 2, 3: 0, 2: 0}


def test_the_package_offers_the_function() -> None:
    assert public_redact is redact
    assert public_redact("Bolormaa wrote", known=KNOWN, keep=(), locale="mn-MN")[0] == "[person] wrote"


_WORDS = st.sampled_from(
    [
        *(
            "Bolormaa",
            "bolormaa@home",
            "Amaraa",
            "Moncement",
            "sara@example.org",
            "9911-2233",
            "88112233",
            "8811",
            "2233",
        ),
        *(
            "[person]",
            "[person 2]",
            "[phone]",
            "[national id]",
            "[",
            "]",
            "@",
            "@bat",
            "tel.:",
            "call",
            "ID:",
            "АБ12345678",
        ),
        *(
            "ул. Ленина",
            "д. 5",
            "12 Long Road",
            "12",
            "байр",
            "34 тоот",
            "192.168.10.24",
            "t.me/bat",
            "https://",
            "+976",
        ),
        *(
            "info@example.mn",
            "World Bank",
            "MDDC",
            "2024-06-13",
            "card",
            "4111 1111 1111 1111",
            "Address:",
            "\u200b",
            "e\u0301",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_WORDS, st.sampled_from(["", " ", ", ", "\n", "/", "."])), max_size=9), st.booleans())
def test_a_redacted_text_comes_out_as_it_went_in(parts: list[tuple[str, str]], with_suspects: bool) -> None:
    text = "".join(word + gap for word, gap in parts)
    once, hits = redact(text, KNOWN, locale="mn-MN", with_suspects=with_suspects)
    assert redact(once, KNOWN, locale="mn-MN", with_suspects=with_suspects) == (once, [])
    composed = unicodedata.normalize("NFC", text)
    assert all(before.end <= after.start for before, after in pairwise(hits))
    held = {place for match in PLACEHOLDER.finditer(composed) for place in range(*match.span())}
    assert all(held.isdisjoint(range(hit.start, hit.end)) for hit in hits)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_redacted_and_nothing_but_the_hits_changes(text: str) -> None:
    redacted, hits = redact(text, KNOWN, locale="mn-MN")
    composed = unicodedata.normalize("NFC", text)
    outside, last = [], 0
    for hit in hits:
        outside.append(re.escape(composed[last : hit.start]))
        last = hit.end
    outside.append(re.escape(composed[last:]))
    assert re.fullmatch(r"\[[a-z ]+(?: \d+)?\]".join(outside), redacted)


def test_find_is_what_redact_replaces() -> None:
    text = "Bolormaa, 88112233"
    assert redact(text, KNOWN, locale="mn-MN")[1] == find(text, KNOWN, locale="mn-MN")


def test_a_suspect_in_which_a_known_name_stands_is_the_same_person(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Bolormaa Ganzorig met Amaraa"
    known = [Hit("person", 0, 8, of="b"), Hit("person", 22, 28, of="a")]
    monkeypatch.setattr(KnownNames, "find", lambda self, some: known if some == text else [])
    monkeypatch.setattr(
        redacting,
        "find_suspects",
        lambda some, locale, keep: [Hit("person", 0, 17, "looks", True)] if some == text else [],
    )
    redacted, hits = redact(text, KNOWN)
    assert redacted == "[person 1] [person 1] met [person 2]"
    assert [hit.is_suspect for hit in hits] == [False, True, False]
    assert redact(text, KNOWN, with_suspects=False)[0] == "[person 1] Ganzorig met [person 2]"


def test_a_place_is_no_suspect_and_keeps_nothing_else() -> None:
    text = "Bolormaa of Pendu Crossing wrote to pendu@example.org about Pendu Crossing."
    known = KnownNames.gather(persons=["Bolormaa"])
    assert replaced(text, find(text, known, places=["Pendu Crossing", "Bolormaa", "example.org"])) == (
        "[person] of Pendu Crossing wrote to [email] about Pendu Crossing."
    )


def test_time_grows_with_the_hits_and_no_faster() -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        redact("Bolormaa of the MDDC, " * times, KNOWN, locale="mn-MN")
        return time.process_time() - begun

    seconds(10)
    assert seconds(8_000) < 24 * seconds(1_000) + 1
