"""What looks like a name and is in no list is a suspect; ordinary words, places and what is kept are none."""

from __future__ import annotations

import time
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, SAMPLE

from pipeline.confidentiality.suspects import find_suspects

KEEP = ("World Bank", "MDDC", "IAAC", "Дэлхийн банк")


def found(text: str, locale: str = "en-KE", **options: bool) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.kind) for hit in find_suspects(text, locale, KEEP, **options)]


def persons(text: str, locale: str = "en-KE") -> list[str]:
    return [name for name, kind in found(text, locale) if kind == "person"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We asked Torvenna Aldeskir about it.", ["Torvenna Aldeskir"]),
        ("Torvenna said that nothing was done.", ["Torvenna"]),
        ("Torvenna's neighbour came.", ["Torvenna"]),
        ("The letter is from J. R. Aldeskir.", ["J. R. Aldeskir"]),
        ("It was signed by Maria L Aldeskir yesterday.", ["Maria L Aldeskir"]),
        ("He spoke to Dr. Key and to mr aldeskir.", ["Key", "aldeskir"]),
        ("my name is torvenna aldeskir, i live here", ["torvenna aldeskir"]),
        ("Name: torvenna aldeskir", ["torvenna aldeskir"]),
        ("i gave it to fatima aldeskir last week", ["fatima aldeskir"]),
        ("They are Torvenna and Brown.", ["Torvenna", "Brown"]),
        ("Jan van der Aldeskir lost his land.", ["Jan van der Aldeskir"]),
        ("i met kishanu at the office", ["kishanu"]),
        ("The file went to kishanu. Grace is informed.", ["Grace"]),
        ("My neighbour kishanu took the land.", ["kishanu"]),
        ("You and Brown must come.", ["Brown"]),
        ("FATIMA COMPLAINED ABOUT THE ROAD AGAIN", ["FATIMA"]),
    ],
)
def test_names_of_persons_are_suspected_in_english(text: str, expected: list[str]) -> None:
    assert persons(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Өчигдөр Б.Дорж гомдол гаргасан.", ["Б.Дорж"]),
        ("Хариуг Доржид өгсөн.", ["Доржид"]),
        ("Хариуг Батмөнхийн Ганзоригоос авсан.", ["Батмөнхийн Ганзоригоос"]),
        ("Дорж овогтой Бат ирсэн.", ["Дорж", "Бат"]),
        ("Магнай гуай гомдол гаргав.", ["Магнай"]),
        ("Миний нэр Зургаадай гэдэг.", ["Зургаадай"]),
    ],
)
def test_names_of_persons_are_suspected_in_mongolian_in_any_case(text: str, expected: list[str]) -> None:
    assert persons(text, "mn-MN") == expected


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Г-н Камышков обратился в офис.", "ru-RU", ["Камышков"]),
        ("Жалобу подала Ольга Сергеевна Камышкова.", "ru-RU", ["Ольга Сергеевна Камышкова"]),
        ("Ответ отправлен Камышкову А. В. по почте.", "ru-RU", ["Камышкову А. В"]),
        ("La plainte de Madame Ndiogoye concerne la route.", "fr-SN", ["Ndiogoye"]),
        ("La señora Quispeluza presentó una queja.", "es-PE", ["Quispeluza"]),
    ],
)
def test_names_are_suspected_in_russian_french_and_spanish(text: str, locale: str, expected: list[str]) -> None:
    assert persons(text, locale) == expected


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("The World Bank and the IAAC wrote to MDDC in June.", "en-MN"),
        ("Furthermore, the meeting on Monday was postponed. Additionally, nothing was said.", "en-MN"),
        (
            "Facebook page, Phone, Email, Website: all work. Tender No. 3.1.2.4-1 of the Smart Government II Project.",
            "en-MN",
        ),
        ("In Mongolia, Kenya and Ulaanbaatar people speak Mongolian, Swahili and English.", "en-MN"),
        ("Writing to info@torvenna.org or www.torvenna.org does not help.", "en-KE"),
        ("[person 2] told [organisation] about the road.", "en-KE"),
        ("Дэлхийн банкны хариу ирээгүй. Гомдлыг Улаанбаатар хотод авсан.", "mn-MN"),
        ("Жалоба рассматривается в Москве. Ответ будет в понедельник.", "ru-RU"),
        ("Les travaux ont commencé lundi. Nous attendons une réponse.", "fr-SN"),
        ("ТХН-ийн ажил удааширлаа. Тэрээр УИХ-ын шийдвэрийг хүлээж байна.", "mn-MN"),
        ("Заявительница сообщила, что сосед перекрыл дорогу.", "ru-RU"),
        ("The road at Torvenna Crossing and Aldeskir Street is closed.", "en-KE"),
    ],
)
def test_ordinary_words_places_and_what_is_kept_are_no_suspects(text: str, locale: str) -> None:
    assert found(text, locale) == []


def test_organisations_are_suspected_by_their_form_or_by_a_word_of_theirs() -> None:
    assert found("The Torvenna Builders LLC paid.") == [("Torvenna Builders LLC", "organisation")]
    assert found("It was ordered by Torvenna Holdings.") == [("Torvenna Holdings", "organisation")]
    assert found("Гомдлыг Зургаадай ХХК гаргасан.", "mn-MN") == [("Зургаадай ХХК", "organisation")]
    assert found("Подрядчик ООО Камышстрой не отвечает.", "ru-RU") == [("ООО Камышстрой", "organisation")]


def test_descriptions_are_marked_and_can_be_switched_off() -> None:
    text = "An employee of the Road Department came. Later he asked our senior accountant. He is still waiting."
    kinds = [("An employee of the Road Department", "description"), ("he", "description")]
    assert found(text) == [*kinds, ("our senior accountant", "description")]
    assert found(text, with_descriptions=False) == []
    assert found("The complainant says that her wall fell.") == [("her", "description")]
    assert found("Геологийн хэлтсийн дарга ирсэн.", "mn-MN")[-1][1] == "description"


def test_every_suspect_names_its_rule() -> None:
    hits = find_suspects("Mr. Aldeskir of Torvenna Builders LLC asked our accountant. J. Kessarim signed.", "en-KE", ())
    assert [(hit.rule, hit.is_suspect) for hit in hits] == [
        ("title", True),
        ("company_form", True),
        ("post", True),
        ("initials", True),
    ]


def test_the_sample_has_no_suspect_but_its_names_and_descriptions() -> None:
    register = pd.read_csv(ROOT / "data" / SAMPLE / "register.csv", dtype=str)
    texts = [text for column in ("summary", "action_taken") for text in register[column].dropna()]
    names = {one for text in texts for one in found(text, "en-MN", with_descriptions=False)}
    assert names == {("Moncement LLC", "organisation"), ("Amaraa", "person"), ("Bolormaa", "person")}
    descriptions = {one for text in texts for one in found(text, "en-MN")} - names
    assert descriptions == {
        ("An employee of the Mining and Mineral Oil Department", "description"),
        ("He", "description"),
        ("he", "description"),
        ("our Senior procurement specialist", "description"),
        ("senior procurement specialist", "description"),
        ("senior project specialist", "description"),
    }


@given(st.text(max_size=200), st.sampled_from(["en-KE", "mn-MN", "ru-RU", "fr-FR", "xx"]))
def test_suspects_lie_within_the_text_in_order_and_apart(text: str, locale: str) -> None:
    text = unicodedata.normalize("NFC", text)
    last = 0
    for hit in find_suspects(text, locale, KEEP):
        assert last <= hit.start < hit.end <= len(text)
        assert hit.is_suspect
        last = hit.end


@pytest.mark.parametrize(
    "part", ["Torvenna ", "a", "A", "my name is ", "Ж.", "our senior ", "\n", "x, and ", "the complainant "]
)
def test_time_grows_with_the_text_alone(part: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        find_suspects(part * times, "mn-MN", KEEP)
        return time.process_time() - began

    seconds(100)
    # Three times, since another process may have the processor's cache in the meantime.
    assert any(seconds(20_000) < 30 * max(seconds(2_000), 0.02) for _ in range(3))
