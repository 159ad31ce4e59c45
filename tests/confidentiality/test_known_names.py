"""Names that the register knows are found however they are written, and words that merely resemble one are left."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from named import redact

from pipeline.confidentiality.endings import shortened, stems_of
from pipeline.confidentiality.letters import fold, may_stand_for, sounds_of
from pipeline.confidentiality.name_forms import name_forms
from pipeline.confidentiality.redaction import KnownNames

REGISTER = KnownNames.gather(
    complainants=[
        "Bolormaa Dorj",
        "Мөнхбаатар Цэрэндулам",
        "Бат-Эрдэнэ Ганзориг",
        "Sükhbaatar Bold",
        "Петров Андрей",
        "Анна Соколовская",
        "Galsan Bat",
        "Enkhjargal",
        "Алтан Тээвэр ХХК",
        "Moncement LLC",
        "Mining and Mineral Oil Department",
        "MED",
    ],
    contacts=[
        "99-11-22-33",
        "+976 8811 4455",
        "oyuna@example.org; 0097695556677",
        "Khoroo 5, Building 12, Teeverchdiin gudamj",
        "Tsolmon 77443322",
    ],
    organisations=["Ministry of Road Transport"],
    keep=["World Bank", "Дэлхийн банк"],
)

FOUND = {
    "known_name": "Bolormaa Dorj; BolormaaDorj; Dorj Bolormaa; bolormaa dorj; Dorj, Bolormaa; Enkhjargal; Tsolmon",
    "known_name_partial": "Bolormaa; bolormaa; BOLORMAA; Dorj; Мөнхбаатар; Mining and Oil Dept",
    "known_name_initials": "B. Dorj; Dorj B; B.Dorj; Ц.Мөнхбаатар; Мөнхбаатар Ц; Г. Бат-Эрдэнэ; G. Bat; MRT; MORT",
    "known_name_ending": (
        "Мөнхбаатарын; Мөнхбаатрын; Мөнхбаатарт; Мөнхбаатарыг; Мөнхбаатараас; Мөнхбаатараар; Мөнхбаатартай; "
        "Цэрэндуламд; Цэрэндуламтай; Ганзоригийн; Ганзоригт; Ганзоригууд; Ганзоригруу; Ганзоригийг; "
        "Bolormaagiin; Bolormaatai; Bolormaagaas; Bolormaaruu; Dorjiin; Dorjoos; Петрова; Петрову; Петровым; "
        "Андрея; Андреем; Анны; Анной; Соколовской; Соколовскую"
    ),
    "known_name_other_script": (
        "Болормаа; болормаа; Доржийн; Болормаагийн; Болормаад; Munkhbaatar; Mönkhbaatar; Monhbaatar; "
        "Tserendulam; Cerendulam; Сүхбаатар; Сүхбаатрын; Энхжаргал; Энхжаргалаас; Ganzorig; Petrov; Andrei; "
        "Andrey; Sokolovskaya; Sokolovskaia; Галсан; Батаас; Д. Болормаа; Ts. Munkhbaatar; Altan Teever; "
        "Altan Teever LLC; Монцемент; Монцемент ХХК-ийн; Воlоrmаа; Bоlormaa; Aннa; Пeтpoв; МЕD"
    ),
    "known_name_typing_error": (
        "Bolormqa; Bolor maa; enkh jargal; Bolrmaa; Bloormaa; Munkhbaatart; Ehnkjargal; Enkjrgal; Цэрэндулан; "
        "Moncment; Moncemnet LLC; Minimg and Mineral Oil Department; mining and mimeral oil department; bolormqa Dorj"
    ),
    "known_name_other_spelling": "Enhjargal; Suhbaatar; Sukhbatar; Boolormaa",
    "known_contact": (
        "99112233; 99-11-22-33; 9911 2233; +976 9911 2233; (976) 99112233; 0097699112233; 99.11.22.33; "
        "+976-9911-2233; 88114455; 8811-4455; 95556677; oyuna@example.org; OYUNA@EXAMPLE.ORG; "
        "oyuna at example.org; oyuna (at) example dot org; oyuna @ example . org; Building 12, Teeverchdiin; "
        "77443322"
    ),
}
"""Variants by the rule that finds them, parted by semicolons."""


@pytest.mark.parametrize(
    ("rule", "variant"), [(rule, variant) for rule, many in FOUND.items() for variant in many.split("; ")]
)
@pytest.mark.parametrize("sentence", ["{}", "Уулзалтад {} ирсэн.", "the visit of {}, who came", "({})"])
def test_a_name_is_found_in_each_of_its_forms(rule: str, variant: str, sentence: str) -> None:
    text, hits = redact(sentence.format(variant), REGISTER)
    assert {hit.rule for hit in hits} == {rule}
    kinds = "[organisation]", "[person]", "[contact]"
    assert text.replace("-ийн", "") in {sentence.format(kind) for kind in kinds}


LEFT = [
    # Words in small letters, and short ones, are not taken for mistyped names.
    "a bolormqa here",
    "Dory came",
    "Bar, bat and dorjt",
    "the mobile minning",
    "Ganzorilla",
    "MEDIA informed med",
    # Half a name of an organisation is none, nor are its common words.
    "the oil department",
    "mining and oil",
    "the ministry of transport",
    "Road transport",
    "the Altai company",
    # Another number, a date, a sum and a tender's number.
    "99112234",
    "2024-05-12",
    "12,345,678",
    "3.1.2.4-1,2,3",
    "11-11 center",
    "Building 12",
    "khoroo 5",
    # What stays, with an ending too.
    "World Bank",
    "Дэлхийн банкны тухай",
    "the World Bank's",
    "алтан шар",
    "цэрэг",
    "болор",
    "мөнх",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_merely_resembles_a_name_stays(text: str) -> None:
    assert redact(text, REGISTER) == (text, [])


def test_a_word_that_many_write_small_is_no_mistyped_name() -> None:
    known = KnownNames.gather(complainants=["Marhet Bold", "Requess Bold"])
    texts = ["the market", "a market", "market day", "a request"]
    assert redact("Market and Request", known)[0] == "[person] and [person]"
    assert redact("Market and Request", known.with_words_of(texts))[0] == "Market and [person]"
    assert redact("Market, Marhet", known.with_words_of(texts, ["Request"]))[0] == "Market, [person]"
    assert redact("Request", known.with_words_of(texts, ["At Request river"]))[0] == "Request"
    # A word that is written with a capital as often is a name.
    assert redact("Marhat", known.with_words_of([*["a marhat"] * 3, *["Marhat"] * 4]))[0] == "[person]"


@pytest.mark.parametrize(
    "cell",
    [
        "Person",
        "The Company",
        "the company LLC",
        "A local woman",
        "Group of citizens",
        "Resident",
        "иргэн",
        "Хүн",
        "Co.",
    ],
)
def test_a_complainant_who_is_nobody_makes_no_nonsense(cell: str) -> None:
    text = "The person of the company, a woman; Group of residents, Citizens. Иргэн, Company LLC"
    assert redact(text, KnownNames.gather(complainants=[cell], persons=[cell], contacts=[cell])) == (text, [])


def test_a_post_is_replaced_as_a_whole_and_not_word_by_word() -> None:
    known = KnownNames.gather(persons=["Senior procurement specialist", "Dr Solongo, field Officer"])
    text = "the Senior procurement specialist and an Officer of procurement met Dr Solongo"
    assert redact(text, known)[0] == "the [person] and an Officer of procurement met Dr [person]"


@pytest.mark.parametrize("name", ["Bold", "Hope", "May"])
def test_a_name_that_is_a_word_is_one_only_with_a_capital(name: str) -> None:
    known = KnownNames.gather(persons=[f"Sarnai {name}"])
    text = f"a {name.lower()} step, {name}ly, {name.lower()}ed, {name}s"
    assert redact(f"{text}; {name} said", known)[0] == f"{text}; [person] said"


@pytest.mark.parametrize(
    "cell", ["phone", "By e-mail", "same as above", "Facebook comment", "none", "12", "2024", "11", "in person, phone"]
)
def test_a_contact_that_says_only_how_is_none(cell: str) -> None:
    text = "phone, by e-mail, same as above, Facebook comment, none, 12, 2024 and 11 in person"
    assert redact(text, KnownNames.gather(contacts=[cell])) == (text, [])


def test_a_complainant_beats_the_keep_list_in_the_own_row_alone() -> None:
    known = KnownNames.gather(complainants=["The World Bank", "MDDC"], keep=["World Bank", "MDDC", "IAAC"])
    text = "World Bank, MDDC, IAAC"
    assert redact(text, known)[0] == text
    assert redact(text, known.for_row(["World Bank"]))[0] == "[organisation], MDDC, IAAC"
    assert redact(text, known.for_row(["MDDC"]))[0] == "World Bank, [organisation], IAAC"
    assert known.for_row(["Bold"]) is known


@pytest.mark.parametrize(
    ("entry", "person", "text", "expected"),
    [
        ("Sunshine Ltd", "Sunshine Oyun", "Sunshine Ltd and Sunshine, sunshine", "Sunshine Ltd and [person], [person]"),
        ("Bold LLC", "Bat Bold", "Bold LLC, Bold, bold", "Bold LLC, [person], bold"),
        ("Bat Bold LLC", "Bold Bat", "Bat Bold LLC, Bat Bold", "Bat Bold LLC, [person]"),
        ("Sunshine", "Sunshine Oyun", "Sunshine and Oyun", "Sunshine and [person]"),
        # A name that is nobody's stays without its form, too.
        ("Altan Zam ХХК", "Bat Bold", "Altan Zam, Altan Zam ХХК", "Altan Zam, Altan Zam ХХК"),
        ("Altan ХХК", "Altan Transport LLC", "Altan; Altan Transport", "Altan; [organisation]"),
    ],
)
def test_a_kept_firm_keeps_no_part_of_a_person_s_name(entry: str, person: str, text: str, expected: str) -> None:
    known = KnownNames.gather(complainants=[person], keep=[entry])
    assert redact(text, known)[0] == expected
    assert redact(text, known.without_guesses())[0] == expected


def test_a_guess_stops_no_run() -> None:
    known = KnownNames.gather(complainants=["Sarantuya Enkhbold"])
    assert known.find("Enkhboldt")
    for sure in (known.without_guesses(), known.without_those_in(["Some words"])):
        assert sure.find("Enkhboldt") == []
        assert sure.find("Энхболдын") != []


def test_a_number_of_the_report_is_left_out_however_it_is_grouped() -> None:
    known = KnownNames.gather(contacts=["+976 7000 1111", "99112233"]).without_those_in(["call 7000-1111"])
    assert redact("70001111 or 9911 2233", known)[0] == "70001111 or [contact]"
    assert redact("70001111", KnownNames.gather(contacts=["+976 7000 1111"], keep=["7000-1111"]))[0] == "70001111"


def test_two_parts_of_a_name_of_three_are_one() -> None:
    known = KnownNames.gather(complainants=["Anna Maria Petrova"])
    assert redact("Petrova Anna, then Maria Petrova; M. Petrova", known)[0] == ("[person], then [person]; [person]")


def test_the_hits_tell_who_is_who() -> None:
    known = KnownNames.gather(complainants=["Bat Bold", "Dorj Bold", "Tuul LLC"])
    text = "Bat Bold met Dorj. B. Bold, Bold Bat, Батын and Tuul, Tuul LLC"
    of = [hit.of for hit in known.find(text)]
    assert of[0] == of[2] == of[3] == of[4]
    assert of[1] not in (of[0], of[5])
    assert of[5] == of[6]
    # Bold is both, unless one of the two is named besides.
    assert len({hit.of for hit in known.find("Bold and Dorj Bold")}) == 1
    assert len({hit.of for hit in known.find("Bold, Bat Bold and Dorj Bold")}) == 3
    assert "Dorj".lower() not in repr(known.find(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ab" * 500_000,
        "a " * 200_000,
        "Болормаа" * 50_000,
        "а\u0301" * 500_000,
        "1" * 1_000_000,
        "1 " * 200_000,
        "-".join(["Bat"] * 100_000),
        "Bolormaa-" * 50_000,
        "\n".join(["Dorjj"] * 100_000),
    ],
    ids=str,
)
def test_a_long_text_of_one_piece_is_searched_in_seconds(text: str) -> None:
    began = time.monotonic()
    REGISTER.find(text)
    assert time.monotonic() - began < 60


# -- the tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", name_forms().romanisation)
def test_each_spelling_of_a_letter_is_looked_for_where_the_letter_is(letter: str) -> None:
    for spelling in name_forms().romanisation[letter]:
        cyrillic, latin = f"б{letter}б", f"b{spelling}b"
        assert may_stand_for(fold(cyrillic), latin)
        assert set(sounds_of(cyrillic)) & set(sounds_of(latin)), f"{cyrillic} {latin}"


def test_a_stem_is_what_an_ending_leaves() -> None:
    assert dict(stems_of(fold("Болдоос")))["болд"] == "оос"
    assert shortened("сухбаатар") == ["сухбаатр"]
    assert "анн" in shortened("анна")
    assert all(not ending.isupper() and ending for one in name_forms().endings for ending in one.combined())


# -- any name --------------------------------------------------------------------------------------------------------

LATIN = "a b g d i l m n o r s t e kh ch j u o sh ts"
CYRILLIC = dict(zip("абгдилмнорстэхчжүөшц", LATIN.split(), strict=True))
SYLLABLES = st.tuples(
    st.sampled_from("бгдлмнрстхчжшц"), st.sampled_from("аоэиүө"), st.sampled_from(["", "н", "р", "л"])
)
NAMES = st.lists(SYLLABLES.map("".join), min_size=3, max_size=5).map("".join).map(str.title)


def romanised(name: str) -> str:
    return "".join(CYRILLIC[letter] for letter in name.lower()).title()


@given(given_name=NAMES, family=NAMES, place=st.integers(0, 20), data=st.data())
@settings(max_examples=150)
def test_any_name_is_found_with_any_variation(given_name: str, family: str, place: int, data: st.DataObject) -> None:
    known = KnownNames.gather(complainants=[f"{family} {given_name}"])
    at = place % (len(given_name) - 1)
    ending = data.draw(st.sampled_from(["ын", "ийн", "аас", "тай", "д", "руу", "ийг", "ууд"]))
    forms = [
        given_name,
        romanised(given_name),
        f"{family[0]}.{given_name}",
        f"{given_name} {family}",
        given_name + ending,
    ]
    errors = [
        given_name[:at] + given_name[at + 1] + given_name[at] + given_name[at + 2 :],
        given_name[: at + 1] + given_name[at + 2 :],
        given_name[: at + 1] + "ъ" + given_name[at + 1 :],
    ]
    others = [*map(str.lower, forms[:2]), *map(str.upper, forms), *map(str.title, errors)]
    variant = data.draw(st.sampled_from([*forms, *others]))
    assert redact(f"энд {variant} ирсэн", known)[0] == "энд [person] ирсэн"


WORDS = (
    "the office answered that water road school money contract letter committee engineer visited village"
    " market compensation trees Nothing Several Answer Photographs Yesterday However Because bridge drain"
    " price list kiosk"
)


@given(st.lists(NAMES, min_size=20, max_size=40), st.lists(st.sampled_from(WORDS.split()), min_size=20, max_size=40))
def test_words_that_are_no_names_are_hardly_ever_touched(names: list[str], words: list[str]) -> None:
    known = KnownNames.gather(complainants=[romanised(name) for name in names])
    assert len(known.find(" ".join(words))) <= 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Moussa Touré", "this type of gravel, Type, TYPE"),
        ("Ivan Typkin", "туркин"),
        ("Sarah Nosov", "HOCOB"),
    ],
)
def test_a_word_that_looks_like_a_name_in_the_other_script_is_no_name(name: str, text: str) -> None:
    known = KnownNames.gather(complainants=[name])
    assert redact(text, known) == (text, [])
    assert known.without_guesses().find(text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Moussa Touré", "Туре"),
        ("Moussa Touré", "Moussa Toure"),
        ("Иван Носов", "HOCOB"),
        ("Болормаа Бат", "Воlоrmаа"),
        ("Bolormaa Bat", "Воlоrmаа"),
        ("Bolormaa Bat", "Бoлopмaa"),
        ("Bolormaa Bat", "Бoлopмaагийн"),
    ],
)
def test_a_name_is_found_in_the_other_script_and_in_letters_that_look_alike(name: str, text: str) -> None:
    known = KnownNames.gather(complainants=[name])
    assert [hit.end - hit.start for hit in known.without_guesses().find(text)] == [len(text)]
