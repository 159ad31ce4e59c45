"""A cell may hold several names; each is looked for by itself, and what parts the name of one firm parts no names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from named import redact

from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.several_names import names_within


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Wendari Traders LLC (Charity Gift)", ["Charity Gift", "Wendari Traders LLC"]),
        ("Wendari Traders LLC (Charity Gift; Faith Hope)", ["Charity Gift", "Wendari Traders LLC", "Faith Hope"]),
        ("Altan LLC (Бат Болд", ["Бат Болд", "Altan LLC"]),
        ("Altan LLC (გიორგი ბერიძე)", ["გიორგი ბერიძე", "Altan LLC"]),
        ("王小明/李红、赵敏", ["王小明", "李红", "赵敏"]),
        ("Patience/Comfort", ["Patience", "Comfort"]),
        ("patience / comfort", ["patience", "comfort"]),
        ("Grace;Joy", ["Grace", "Joy"]),
        ("Bat Bold & Dorj Tuul | Sarnai", ["Bat Bold", "Dorj Tuul", "Sarnai"]),
        ("Bat\nDorj Tuul", ["Bat", "Dorj Tuul"]),
        ("Hill School - Charity Gift", ["Hill School", "Charity Gift"]),
        ("Clement Rich(brother Innocent)", ["Clement Rich", "brother Innocent"]),
        # Behind a company form another name begins, and a person's stands beside a firm's.
        ("Altan LLC, Charity Gift", ["Altan LLC", "Charity Gift"]),
        ("Altan Zam LLC, Tulga Trade LLC", ["Altan Zam LLC", "Tulga Trade LLC"]),
        ("Bat Bold & Altan LLC", ["Bat Bold", "Altan LLC"]),
        ("Altan LLC c/o Charity Gift", ["Altan LLC", "Charity Gift"]),
        ("M/s Altan LLC", ["Altan LLC"]),
        ("Ram Kumar S/O Shyam Kumar", ["Ram Kumar", "Shyam Kumar"]),
        ("ООО «Ромашка/Лютик» (Иванов И.И.)", ["Иванов И.И", "ООО «Ромашка/Лютик»"]),
    ],
)
def test_each_name_of_a_cell_is_one_of_its_own(cell: str, names: list[str]) -> None:
    assert names_within(cell) == names


@pytest.mark.parametrize(
    "cell",
    [
        "Bat Bold",
        "Bold, Bat",
        "Bat-Erdene Ganzorig",
        "Smith & Sons Ltd",
        "Water/Sanitation Department",
        "Mining & Oil Department",
        "Ministry of Roads, Transport and Communications",
        '"Altan" Co., Ltd.',
        '"Алтан & Тээвэр" ХХК',
        "«Эрдэнэт / Зам» ТӨҮГ",
        "Rio Tinto (Mongolia) LLC",
        "n/a",
        "N/A; none",
        "",
    ],
)
def test_a_cell_of_one_name_holds_no_other(cell: str) -> None:
    assert names_within(cell) == []


@pytest.mark.parametrize(
    "aside",
    ["n/a", "Nairobi", "supplier", "Supplier", "Project manager", "wife of the owner", "Tender No. 5", "b@c.org"],
)
def test_a_place_a_post_and_a_number_are_no_names(aside: str) -> None:
    assert names_within(f"Altan LLC ({aside})") == ["Altan LLC"]
    assert names_within(f"Bat Bold / {aside}") == ["Bat Bold"]


def test_a_person_beside_a_firm_and_each_of_several_persons_are_replaced() -> None:
    known = KnownNames.gather(
        complainants=["Wendari Traders LLC (Charity Gift)", "Patience/Comfort"], persons=["Grace;Joy", "Bat Bold / PIU"]
    )
    text = "Charity Gift of Wendari Traders met Comfort, patience, Joy, Grace and the PIU. A gift for charity."
    redacted = (
        "[person] of [organisation] met [person], [person], [person], [person] and the PIU. A [person] for [person]."
    )
    # Parts of four letters are found with a capital only, longer ones in any case: 'gift' stays.
    assert redact(text, known)[0] == redacted.replace("A [person]", "A gift")


def test_a_person_beside_a_kept_body_is_replaced_in_the_own_row_too() -> None:
    known = KnownNames.gather(complainants=["World Bank (Charity Gift)"], keep=["World Bank"])
    assert redact("World Bank, Charity", known)[0] == "World Bank, [person]"
    own = known.for_row(["World Bank (Charity Gift)"])
    assert redact("World Bank, Charity", own)[0] == "[organisation], [person]"


@given(st.text(st.sampled_from('Bat LLC;/&+|()[]"«», -\n'), max_size=40))
def test_any_cell_is_taken_apart_into_pieces_of_itself(cell: str) -> None:
    assert all(name in " ".join(cell.split()) for name in names_within(cell))


@pytest.mark.parametrize(
    "cell",
    [
        "(" * 200_000,
        "«" * 200_000,
        "„" * 200_000,
        '"' * 200_001,
        "Altan LLC (a b) " * 50_000,
        "a/" * 200_000,
        "LLC a/" * 100_000,
        "; " * 200_000,
    ],
)
def test_a_cell_of_any_length_is_taken_apart_in_seconds(cell: str) -> None:
    began = time.monotonic()
    names_within(cell)
    assert time.monotonic() - began < 10
