"""A person whom a cell names beside an organisation or a contact is known; the words of a firm's name are no names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from named import redact

from pipeline.confidentiality.name_words import is_organisation
from pipeline.confidentiality.persons_in_cells import parted, persons_in_contact
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.several_names import names_within


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        # Set apart by a small word, a comma, a post, a company form or a place.
        ("Grace Wanjiku for Baraka Women Group", ["Grace Wanjiku", "Baraka Women Group"]),
        ("Wendo Tarimbeko of Baraka Women Group", ["Wendo Tarimbeko", "Baraka Women Group"]),
        ("wendo tarimbeko for baraka women group", ["wendo tarimbeko", "baraka women group"]),
        ("Baraka Women Group by Grace Wanjiku", ["Baraka Women Group", "Grace Wanjiku"]),
        ("Grace Wanjiku and Women Group", ["Grace Wanjiku"]),
        ("Wendo Tarimbeko, Women Group Chairlady", ["Wendo Tarimbeko"]),
        ("Head teacher Wendo Tarimbeko, Osimbo Primary School", ["Wendo Tarimbeko", "Osimbo Primary School"]),
        ("School teacher Tarimbeko", ["Tarimbeko"]),
        ("Tarimbeko, Teacher at Osimbo School", ["Tarimbeko", "Osimbo School"]),
        ("Altan LLC Grace Wanjiku", ["Altan LLC", "Grace Wanjiku"]),
        ("Төв аймаг Дулмаа", ["Дулмаа"]),
        ("Дулмаа, Төв аймаг", ["Дулмаа"]),
        ("Газар чөлөөлсөн иргэн Дулмаа", ["Дулмаа"]),
        # Initials and a patronymic need nothing around them.
        ("Центр Петров Иван Иванович", ["Петров Иван Иванович"]),
        ("Центр Иван Иванович Петров", ["Иван Иванович Петров"]),
        ("ООО Ромашка Тарымбеков И.И.", ["ООО Ромашка", "Тарымбеков И.И"]),
        ("Б.Тарымбэх Тээврийн газар", ["Б.Тарымбэх"]),
        ("J. Smith Construction Ltd", ["J. Smith"]),
    ],
)
def test_a_person_beside_an_organisation_is_a_name_of_its_own(cell: str, names: list[str]) -> None:
    assert is_organisation(cell)
    assert names_within(cell) == names


@pytest.mark.parametrize(
    "cell",
    [
        "Green Valley Construction LLC",
        "Төв аймаг",
        "Төв аймгийн Засаг дарга",
        "Osimbo Primary School",
        "Head Teacher, Osimbo School",
        "Director of Green Valley School",
        "Osimbo Farmer Union",
        "Wendo Tarimbeko Bank",
        "Bank of Wendo Tarimbeko",
        "Association for Wendo Tarimbeko",
        "Mary Ward School",
        "«Wendo Tarimbeko» LLC",
        "Smith and Sons Ltd",
        "Women of Hope Group",
        "Green Road, Water Department",
        "Grace Street, Water Department",
        "Водоснабжение Северная, Центр",
    ],
)
def test_what_belongs_to_an_organisation_s_name_is_nobody_s(cell: str) -> None:
    assert names_within(cell) == []


def test_the_words_of_a_firm_are_replaced_together_alone() -> None:
    known = KnownNames.gather(complainants=["Green Valley Construction LLC", "Tarimbeko, Teacher at Hill School"])
    text = "The green valley, its construction; Green Valley Construction came. Tarimbeko of the school on the hill"
    redacted = "The green valley, its construction; [organisation] came. [person] of the school on the hill"
    assert redact(text, known)[0] == redacted


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        ("ИП Соколовский Пётр Ильич", "жалоба Соколовского; сам Пётр", "жалоба [person]; сам [person]"),
        ("ФОП Соколовский", "ФОП и Соколовский", "ФОП и [person]"),
        ("ИП «Дорога Вокзал»", "ИП Дорога Вокзал, вокзал", "[organisation], вокзал"),
        # A form of two letters is one only in its own writing: an accent, or the other case, makes it a name.
        ("Eduarda Mendes Sá", "Mendes", "[person]"),
        ("Eduarda Mendes Sa", "Mendes", "[person]"),
        ("Henry Co", "Henry", "[person]"),
        ("Tarimbeko Road Co.", "Tarimbeko Road; Tarimbeko", "[organisation]; Tarimbeko"),
        ("Tarimbeko Road SA", "Tarimbeko Road; Tarimbeko", "[organisation]; Tarimbeko"),
        # A short word in capitals may be a person's name, but no ordinary word.
        ("SITI", "SITI, Siti, siti", "[organisation], [organisation], siti"),
        ("ROAD", "ROAD, Road, road", "[organisation], Road, road"),
        ("МЕД", "Мед", "[organisation]"),
        # The district is not replaced wherever it stands.
        ("Баян аймаг Дулмаа", "аймаг, Дулмаа", "аймаг, [person]"),
    ],
)
def test_sole_traders_short_forms_and_short_words_in_capitals(cell: str, text: str, expected: str) -> None:
    assert redact(text, KnownNames.gather(complainants=[cell]))[0] == expected


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Kovandrel Ossy", ["Kovandrel Ossy"]),
        ("Kovandrel Ossy, neighbour", ["Kovandrel Ossy"]),
        ("neighbour Kovandrel Ossy", ["Kovandrel Ossy"]),
        ("Kovandrel (wife)", ["Kovandrel"]),
        ("Facebook: Kovandrel Ossy", ["Kovandrel Ossy"]),
        ("c/o Kovandrel Ossy, Hill shop", ["Kovandrel Ossy"]),
        ("son: Kovandrel Ossy 0722 999 888", ["Kovandrel Ossy"]),
        ("kovandrel ossy, wife", ["kovandrel ossy"]),
        ("Tsolmon 77443322", ["Tsolmon"]),
        ("ossy@example.org Kovandrel", ["Kovandrel"]),
    ],
)
def test_a_person_in_a_contact_is_known(cell: str, names: list[str]) -> None:
    assert persons_in_contact(cell) == names
    text = f"{names[0].split()[0].title()} came"
    assert redact(text, KnownNames.gather(contacts=[cell]))[0] == "[person] came"


@pytest.mark.parametrize(
    "cell",
    [
        "Khoroo 5, Building 12, Teeverchdiin gudamj",
        "Osimbo Maruvane, Lower Teluri",
        "Kenyatta Avenue, Nairobi",
        "Hill shop 0722 999 888",
        "Grace Street 5",
        "Улаанбаатар хот, Баянгол дүүрэг",
        "in person, phone",
        "By e-mail",
        "Facebook comment",
        "Call after 5",
        "0722 999 888",
        "ossy@example.org",
    ],
)
def test_an_address_and_how_somebody_is_reached_are_no_persons(cell: str) -> None:
    assert persons_in_contact(cell) == []


def test_a_place_that_reports_print_is_no_person_of_a_contact_or_beside_a_firm() -> None:
    cells = {"contacts": ["Lower Osimbo (son)", "Teluri 77443322"], "complainants": ["Osimbo, Teacher at Hill School"]}
    known = KnownNames.gather(**cells, places=["Teluri", "Osimbo Crossing"])
    assert "person" not in known.kinds.values()
    assert "person" in KnownNames.gather(**cells).kinds.values()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Peter Ng'ang'a", "Ng'ang'a; Ng’ang’a; Nganga; nganga; Ng'ang'a's"),
        ("Peter Nganga", "Ng'ang'a; Ng’ang’a; Nganga; Nganga's"),
        ("Fatou N'Diaye", "N'Diaye; Ndiaye; NDIAYE; N’diaye"),
        ("Fatou Ndiaye", "N'Diaye; N’Diaye; Ndiaye"),
        ("Aoife O'Neill-Mwangi", "O'Neill; Oneill; ONeill; Mwangi; O'Neill-Mwangi; O'Neill Mwangi; Oneillmwangi"),
        ("Grace Wanjiku-Otieno", "Wanjiku; Otieno; Otieno's; OTIENO"),
        ("Бат-Эрдэнэ Дорж", "Эрдэнэ; Бат; Батэрдэнэ"),
        ("Oʻgʻiloy Saidova", "Oʻgʻiloy; O'g'iloy; Ogiloy"),
    ],
)
def test_apostrophes_and_hyphens_part_no_name(name: str, text: str) -> None:
    known = KnownNames.gather(complainants=[name]).without_guesses()
    for variant in text.split("; "):
        possessive = "'s" if variant.endswith("'s") else ""
        assert redact(f"so {variant} came", known)[0] == f"so [person]{possessive} came"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Бат-Эрдэнэ Дорж", "Эрдэнэт, эрдэнэ шиш, Батын"),
        ("Grace Wanjiku-Otieno", "otieno"),
        ("Grace Co-Chair", "Chair"),
        ("Grace Wellan", "we'll an"),
        ("Grace Cantor", "can't or"),
    ],
)
def test_half_a_name_is_looked_for_as_it_is_written_alone(name: str, text: str) -> None:
    known = KnownNames.gather(complainants=[name]).without_guesses()
    assert redact(text, known)[0] == text


def test_a_name_is_found_with_digits_put_to_it() -> None:
    known = KnownNames.gather(complainants=["Kovandrel Ossy", "Person12"])
    text = "kovandrel2024, KovandrelOssy1, 24Kovandrel, Ковандрел7; Ossy24, kovandrels24x, Person13, 2024"
    redacted = "[person], [person], [person], [person]; Ossy24, kovandrels24x, Person13, 2024"
    assert redact(text, known)[0] == redacted


def test_an_is_a_name_where_it_is_no_article() -> None:
    known = KnownNames.gather(complainants=["An"])
    article = "An engineer came. An hour later an NGO did. “An answer”. AN OFFICER. An NGO"
    assert redact(article, known) == (article, [])
    assert redact("Ms. An asked why. An wants money. They met An.", known)[0] == (
        "Ms. [person] asked why. [person] wants money. They met [person]."
    )
    assert KnownNames.gather(complainants=["an", "A", "a An"]).kinds == {}


@given(st.text(st.sampled_from("Bat Wo LLC for teacher И.,/&()«»\"'-\n"), max_size=60))
def test_any_cell_and_contact_is_taken_apart_into_pieces_of_itself(cell: str) -> None:
    assert all(name in cell for name in parted(cell))
    assert all(name in cell for name in persons_in_contact(cell))


@pytest.mark.parametrize(
    "cell", ["Bat Wo, " * 50_000, "(" * 200_000, "a@" * 100_000, "c/o Bat\n" * 50_000, '"' * 99_999]
)
def test_a_contact_of_any_length_is_taken_apart_in_seconds(cell: str) -> None:
    began = time.monotonic()
    persons_in_contact(cell)
    assert time.monotonic() - began < 30


def test_gathering_takes_time_that_grows_with_the_names_alone() -> None:
    def seconds(names: int) -> float:
        cells = [f"Wendo Tari{chr(97 + n % 26)}mbeko{n}, Hill School {n} Teacher Grace Wan{n}" for n in range(names)]
        began = time.process_time()
        KnownNames.gather(complainants=cells, contacts=[f"Bat Bold (son) {90000000 + n}" for n in range(names)])
        return time.process_time() - began

    seconds(100)
    few, many = seconds(2_000), seconds(16_000)
    assert many < 8 * 3 * few + 1


@pytest.mark.parametrize("cell", ["2191 Bierce Dr. Virginia Beach, Virginia", "Hill road 7, 12345 Santa Maria"])
def test_a_town_of_an_address_is_no_person(cell: str) -> None:
    assert persons_in_contact(cell) == []
    assert "Bat Bold" in persons_in_contact(f"c/o Bat Bold, {cell}")
