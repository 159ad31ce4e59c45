"""Names that the register knows leave every text, whole words only; everything else stays."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import Cleaned
from named import redact

from pipeline.confidentiality import name_index, redaction
from pipeline.confidentiality.name_words import names_nobody
from pipeline.confidentiality.redacting import redact_column
from pipeline.confidentiality.redaction import KnownNames

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
        ("Enkh-Amgalan Sarantuya came", "[person] came"),
        ("Sarantuya Enkh-Amgalan came", "[person] came"),
        ("asked BOLORMAA.", "asked [person]."),
        ("Bolormaas list, a bolormaas list", "[person] list, a bolormaas list"),
        ("_Bolormaa_ and MED_2", "_[person]_ and [organisation]_2"),
        ("Bolormaa's", "[person]'s"),
        ("Bolormaa-MED/Moncement", "[person]-[organisation]/[organisation]"),
        ("the Mining and Mineral     Oil Department", "the [organisation]"),
        ("the Mining and\n\n\n\nMineral Oil Department", "the Mining and\n\n\n\nMineral Oil Department"),
        ("mining and oil", "mining and oil"),
        ("SARANTUYA of the MONCEMENT Llc", "[person] of the [organisation]"),
        ("D.Bat and D. bat and bat", "[person] and D. bat and bat"),
        ("МОНЦЕМЕНТ", "[organisation]"),
        ("АЛТАН ХХК", "[organisation]"),
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


@pytest.mark.parametrize(
    ("complainant", "text", "expected"),
    [
        # A company is known with its form and without it, wherever the form stands and in whatever quotes.
        ("Moncement LLC", "Moncement", "[organisation]"),
        ("Moncement LLC.", "Moncement LLC", "[organisation]"),
        ("LLC Moncement", "Moncement", "[organisation]"),
        ("“Алтан” ХХК", "Алтан", "[organisation]"),
        ('"Altan" Co., Ltd.', "altan", "[organisation]"),
        ("ТОО Алтан", "Алтан", "[person]"),
        # By its word an office is one, and only as a whole.
        ("Tax Office", "the tax of the office", "the tax of the office"),
        ("Tax Office", "the tax office", "the [organisation]"),
        # One word in capitals is an organisation; several are a person, who is also known by each part.
        ("MOBICOM", "Mobicom", "[organisation]"),
        ("BAT BOLD", "Bold, bat and Bat", "[person], bat and [person]"),
        ("Bat Bold", "BOLD, bold and BAT", "[person], bold and [person]"),
        ("D. BAT", "D. Bat and d. bat", "[person] and d. bat"),
        ("Bat Bold", "Bold, bat and Bat", "[person], bat and [person]"),
        # Parts of less than three letters stand for too much.
        ("Li Bo", "Li and Bo, Li Bo", "Li and Bo, [person]"),
        ("B. Saruul", "B and Saruul", "B and [person]"),
        # A name of up to four letters is matched with its case, a longer one in any.
        ("Otgo", "otgo oTGO Otgo", "otgo oTGO [person]"),
        ("Otgon", "otgon OTGON Otgon", "[person] [person] [person]"),
        ("Enkh-Amgalan", "Enkh-Amgalan, enkh-amgalan, Enkh, enkh", "[person], [person], [person], enkh"),
        ("  Sarantuya ,", "Sarantuya", "[person]"),
    ],
)
def test_under_which_spellings_a_complainant_is_found(complainant: str, text: str, expected: str) -> None:
    assert redact(text, KnownNames.gather(complainants=[complainant]))[0] == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("other", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_one_name(form: str, other: str) -> None:
    known = KnownNames.gather(persons=[unicodedata.normalize(form, "Zoë Ünal")], organisations=["Ёлка"])
    text = unicodedata.normalize(other, "by Zoë, by Ünal and Ёлка")
    assert redact(text, known)[0] == "by [person], by [person] and [organisation]"


@pytest.mark.parametrize("cell", ["Anonymous", "citizen", "N/A", "нэргүй", "Company"])
def test_a_word_for_nobody_is_no_name(cell: str) -> None:
    assert KnownNames.gather(complainants=[cell]).kinds == {}


@pytest.mark.parametrize("cell", ["n/a", "None", "Unknown", "  "])
def test_a_contact_that_is_none_is_not_looked_for(cell: str) -> None:
    assert KnownNames.gather(contacts=[cell], persons=[cell]).kinds == {}


def test_what_is_kept_wins_over_what_is_listed() -> None:
    known = KnownNames.gather(organisations=["IAAC", "Other"], keep=["iaac"])
    assert redact("IAAC and Other", known)[0] == "IAAC and [organisation]"


def test_a_name_within_what_is_kept_stays_there_alone() -> None:
    known = KnownNames.gather(complainants=["Smart LLC"], contacts=["smart.gov.mn"], keep=["info@smart.gov.mn"])
    text, hits = redact("Smart wrote to info@smart.gov.mn and not to www.smart.gov.mn", known)
    assert text == "[organisation] wrote to info@smart.gov.mn and not to www.[contact]"
    assert len(hits) == 2


def test_a_longer_name_that_begins_with_what_is_kept_is_replaced() -> None:
    known = KnownNames.gather(complainants=["World Bank Consultants LLC"], keep=["World Bank"])
    assert redact("World Bank; World Bank Consultants", known)[0] == "World Bank; [organisation]"


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


LETTERS = st.characters(whitelist_categories=("Lu", "Ll"), max_codepoint=0x4FF)
NAMES = st.lists(
    st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4
)
FILLERS = st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Mn")), max_size=10), min_size=5, max_size=5)


def holds(text: str, name: str) -> bool:
    """Say whether a name stands in a text as whole words, with its case, the slow way."""
    words = r"[\W_]{1,3}".join(re.escape(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name)))
    return bool(words) and re.search(rf"(?<![^\W_]){words}(?![^\W_])", unicodedata.normalize("NFC", text)) is not None


@given(names=NAMES, fillers=FILLERS)
@settings(max_examples=100)
def test_no_known_name_is_left_as_whole_words(names: list[str], fillers: list[str]) -> None:
    known = KnownNames.gather(complainants=names)
    text = "".join(f"{filler} {name} " for filler, name in zip(fillers, names, strict=False))
    redacted, _ = redact(text, known)
    for name in names:
        if not names_nobody(name):
            assert not holds(re.sub(r"\[(person|organisation|contact)\]", "[]", redacted), name)


@given(text=st.text(st.characters(blacklist_categories=("Cs",)), max_size=60))
@settings(max_examples=100)
def test_a_text_without_a_name_is_unchanged(text: str) -> None:
    known = KnownNames.gather(complainants=["Sarantuya Enkhbold", "Moncement LLC"], contacts=["9911-2233"])
    assert redact(text, known) == (unicodedata.normalize("NFC", text), [])


@given(names=NAMES, text=st.text(max_size=40))
def test_what_was_redacted_needs_no_redaction(names: list[str], text: str) -> None:
    known = KnownNames.gather(complainants=[*names, "Person", "contact"])
    once, _ = redact(f"{text} {names[0]}", known.without_those_in(["person organisation contact"]))
    assert redact(once, known.without_those_in(["person organisation contact"]))[0] == once


def test_a_column_keeps_its_blanks_and_counts_its_replacements() -> None:
    texts = pd.Series(["MED and MED", None, "nothing", "MED and MED"], index=[4, 3, 2, 1], dtype="str")
    redacted, counts = redact_column(texts, KNOWN)
    assert redacted.isna().tolist() == [False, True, False, False]
    assert redacted.dropna().tolist() == [
        "[organisation] and [organisation]",
        "nothing",
        "[organisation] and [organisation]",
    ]
    assert counts.to_dict() == {4: 2, 3: 0, 2: 0, 1: 2}


REPLACED = {
    # summary, action taken
    "7/2024": (["Mining and Mineral Oil Department"], []),
    "8/2024": ([], ["Amaraa"]),
    "9/2024": ([], []),
    "10/2024": ([], []),
    "11/2024": ([], []),
    "12/2024": ([], []),
    "14/2024": ([], []),
    "15/2024": (["Moncement LLC"], ["Moncement LLC"]),
    "16/2024": (["MED"], ["MED", "Bolormaa", "MED"]),
}


@pytest.mark.parametrize(("place", "column"), list(enumerate(("summary", "action_taken"))))
def test_from_each_text_of_the_sample_go_these_words_and_no_other(sample: Cleaned, place: int, column: str) -> None:
    texts = sample.cases.set_index("registration_no")[[column, f"{column}_redacted"]].dropna(how="all")
    assert list(texts.index) == list(REPLACED)
    for number, (original, public) in texts.iterrows():
        hits = redact(original, sample.names)[1]
        assert [original[hit.start : hit.end] for hit in hits] == REPLACED[number][place]
        restored = public
        for word, hit in zip(REPLACED[number][place], hits, strict=True):
            restored = restored.replace(f"[{hit.kind}]", word, 1)
        assert restored == original


def test_the_sample_loses_its_names_and_keeps_its_facts(sample: Cleaned) -> None:
    texts = " ".join(sample.cases["summary_public"].dropna()) + " ".join(sample.cases["action_taken_public"].dropna())
    for name in ("Moncement", "Bolormaa", "Amaraa", "Mining and Mineral Oil Department", "MED "):
        assert name not in texts
    for kept in ("World Bank", "MDDC", "IAAC", "3.1.2.4-1,2,3", "April 8", "info@smart.gov.mn", "11-11 center"):
        assert kept in texts
    assert not {"complainant", "complainant_contact", "responsible"} & set(sample.cases.columns)


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


def without_the_slow_way(known: KnownNames, own: list[str]) -> KnownNames:
    """Leave out what stands in `own` one round after the other, each in all texts anew."""
    terms = replace(known.terms, is_unsure_too=False)
    while found := {match.words for text in own for match in known._search.matches(text, terms)}:
        terms = replace(terms, gone=terms.gone | found)
    return replace(known, terms=terms)


PARTS = st.lists(st.sampled_from(["May", "Bold", "bat", "Tsogt", "(", "The", "office"]), min_size=1, max_size=5)


@given(names=st.lists(PARTS.map(" ".join), max_size=6), own=st.lists(PARTS.map(" ".join), max_size=4))
@settings(max_examples=100)
def test_what_stands_in_the_report_s_own_texts_is_left_out_as_by_the_slow_way(names: list[str], own: list[str]) -> None:
    known = KnownNames.gather(persons=names, complainants=names[:2], keep=["Bold office"])
    assert known.without_those_in(own) == without_the_slow_way(known, own)


def test_the_time_to_leave_out_names_grows_with_the_own_texts_and_not_with_the_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = " ".join(f"word{n}" for n in range(60))
    nested = [" ".join(own.split()[:n]) for n in range(1, 61)]
    known = KnownNames({name: "person" for name in [*nested, *(f"Somebody{n}" for n in range(2000))]})
    known.find("")
    looked_at = []
    as_seen = name_index.as_seen
    monkeypatch.setattr(name_index, "as_seen", lambda text: looked_at.append(text) or as_seen(text))
    monkeypatch.setattr(redaction, "NameIndex", None)
    assert known.without_those_in([own]).find(own) == []
    # The one text about once a round, and each round leaves out what is longest.
    assert len(looked_at) <= 70


@pytest.mark.parametrize("own", ["Zorigt-\nbaatar", "Z o r i g t b a a t a r"])
def test_a_name_that_stands_broken_in_the_report_s_own_texts_is_left_out_too(own: str) -> None:
    assert KnownNames.gather(contacts=["Zorigtbaatar"]).without_those_in([own]).find("Zorigtbaatar") == []
