"""Names that the register knows leave every text, whole words only; everything else stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, SAMPLE, Maker

from pipeline.confidentiality.redaction import KnownNames, redact

KNOWN = KnownNames.gather(
    complainants=["Moncement LLC", "MED", "Mining and Mineral Oil Department", "Sarantuya Enkh-Amgalan", "ХХК Алтан"],
    contacts=["sara@example.org", "9911-2233"],
    persons=["Bolormaa", "D. Bat"],
    organisations=["Ministry of Examples"],
    keep=["World Bank"],
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Moncement LLC complained", "The [organisation] complained"),
        ("Moncement complained; moncement again", "[organisation] complained; [organisation] again"),
        ("MED suggested", "[organisation] suggested"),
        ("MED's plan, (MED)", "[organisation]'s plan, ([organisation])"),
        ("informed med MEDIA", "informed med MEDIA"),
        ("the mining and mineral\noil department", "the [organisation]"),
        ("Enkh-Amgalan Sarantuya came", "[person] [person] came"),
        ("Sarantuya Enkh-Amgalan came", "[person] came"),
        ("asked BOLORMAA.", "asked [person]."),
        ("Bolormaas list", "Bolormaas list"),
        ("a bat and D. Bat and Bat", "a bat and [person] and [person]"),
        ("write to sara@example.org or 9911-2233", "write to [contact] or [contact]"),
        ("the Ministry of Examples", "the [organisation]"),
        ("Алтан гомдол", "[organisation] гомдол"),
        ("World Bank, 3.1.2.4-1, April 8", "World Bank, 3.1.2.4-1, April 8"),
        ("", ""),
    ],
)
def test_what_is_replaced_and_what_stays(text: str, expected: str) -> None:
    assert redact(text, KNOWN)[0] == expected


def test_a_name_is_found_however_its_letters_are_composed() -> None:
    known = KnownNames.gather(persons=["Zoë Ünal"])
    assert redact(unicodedata.normalize("NFD", "by Zoë Ünal"), known)[0] == "by [person]"


@pytest.mark.parametrize("cell", ["Anonymous", "citizen", "N/A", "нэргүй", "Company"])
def test_a_word_for_nobody_is_no_name(cell: str) -> None:
    assert KnownNames.gather(complainants=[cell]).kinds == {}


def test_what_is_kept_wins_over_what_is_listed() -> None:
    known = KnownNames.gather(organisations=["IAAC", "Other"], keep=["iaac"])
    assert redact("IAAC and Other", known)[0] == "IAAC and [organisation]"


def test_the_hits_say_where_and_of_what_kind() -> None:
    text, hits = redact("MED asked Bolormaa", KNOWN)
    assert [(hit.kind, hit.start, hit.end) for hit in hits] == [("organisation", 0, 3), ("person", 10, 18)]
    assert text == "[organisation] asked [person]"


WORDS = st.lists(st.sampled_from(["MED", "Bolormaa", "the", "plan", "Sarantuya", "Moncement", "med", "("]), max_size=12)


@given(WORDS, st.sampled_from([" ", ", ", "\n"]))
def test_no_name_is_left_and_nothing_else_is_touched(words: list[str], gap: str) -> None:
    kinds = {"MED": "[organisation]", "Moncement": "[organisation]", "Bolormaa": "[person]", "Sarantuya": "[person]"}
    assert redact(gap.join(words), KNOWN)[0] == gap.join(kinds.get(word, word) for word in words)
    assert redact(redact(gap.join(words), KNOWN)[0], KNOWN)[1] == []


def test_the_sample_loses_its_names_and_keeps_its_facts(make: Maker) -> None:
    cleaned = make.clean((ROOT / "data" / SAMPLE / "register.csv").read_text(encoding="utf-8"))
    texts = " ".join(cleaned.cases["summary_public"].dropna()) + " ".join(cleaned.cases["action_taken_public"].dropna())
    for name in ("Moncement", "Bolormaa", "Amaraa", "Mining and Mineral Oil Department", "MED "):
        assert name not in texts
    for kept in ("World Bank", "MDDC", "IAAC", "3.1.2.4-1,2,3", "April 8", "info@smart.gov.mn", "11-11 center"):
        assert kept in texts
    assert not {"complainant", "complainant_contact", "responsible"} & set(cleaned.cases.columns)


HIDDEN = {
    "a soft hyphen": "Zorigt\u00adbaatar",
    "a mark of direction": "Zorigt\u202ebaatar",
    "no width": "Zorigt\u200bbaatar",
    "a hyphen and a line break": "Zorigt-\nbaatar",
    "a line break": "Zorigt\nbaatar",
    "blanks": "Z o r i g t b a a t a r",
    "full stops": "Z.o.r.i.g.t.b.a.a.t.a.r",
    "a wide letter": "\uff3aorigtbaatar",
    "a stray accent": "Zorigtbaatar\u0301",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_name_is_found_as_a_reader_sees_it(how: str) -> None:
    known = KnownNames.gather(complainants=["Zorigtbaatar Enkh"])
    assert redact(f"asked {HIDDEN[how]}, then left", known)[0].replace("]\u0301", "]") == "asked [person], then left"


def test_what_is_joined_for_the_search_stays_apart_in_the_text() -> None:
    text = "a b c d\nBat-\nErdene ﬁle\u00ad x"
    assert redact(text, KnownNames.gather(complainants=["Nobody Here"]))[0] == text
    assert redact("to\nMED ME\nD", KnownNames.gather(complainants=["MED"]))[0] == "to\n[organisation] ME\nD"
