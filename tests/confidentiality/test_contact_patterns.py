"""Numbers, addresses and accounts of persons are found by their form; dates, sums and numbers of files stay."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.confidentiality.hits import KINDS
from pipeline.confidentiality.pattern_words import pattern_words
from pipeline.confidentiality.patterns import find_patterns

FOUND = [
    # e-mail
    ("", "write to bat.erdene@example.org.", "email", "bat.erdene@example.org"),
    ("", "mailto:o'neil+grm@mail.example.co.ke,", "email", "o'neil+grm@mail.example.co.ke"),
    ("", "бат@жишээ.мон гэж бичнэ үү", "email", "бат@жишээ.мон"),
    ("", "bat @ example.mn", "email", "bat @ example.mn"),
    ("", "bat (at) example (dot) org", "email", "bat (at) example (dot) org"),
    ("", "bat at example dot org", "email", "bat at example dot org"),
    ("", "bat\u200b@exam\u00adple.org", "email", "bat\u200b@exam\u00adple.org"),
    # phones
    ("mn-MN", "99112233 руу залгана уу", "phone", "99112233"),
    ("mn-MN", "Утас: 9911-2233", "phone", "9911-2233"),
    ("mn-MN", "тел. 11-321234", "phone", "11-321234"),
    ("mn-MN", "99112233-аас залгасан", "phone", "99112233"),
    ("mn-MN", "утас: 9999-12-31", "phone", "9999-12-31"),
    ("mn-MN", "9911-05-12", "phone", "9911-05-12"),
    ("mn-MN", "99991231", "phone", "99991231"),
    ("mn-MN", "9999-2012", "phone", "9999-2012"),
    ("en-NO", "call 2204-05-12", "phone", "2204-05-12"),
    ("", "tel.: 8811 2233", "phone", "8811 2233"),
    ("", "Tel 8811 2233 ext. 12", "phone", "8811 2233 ext. 12"),
    ("", "+976 9911 2233", "phone", "+976 9911 2233"),
    ("", "(+976) 99112233", "phone", "(+976) 99112233"),
    ("", "00976 99112233", "phone", "00976 99112233"),
    ("", "+41 (0)96 471 07 95", "phone", "+41 (0)96 471 07 95"),
    ("", "Desk: +1-604-696-5272x565", "phone", "+1-604-696-5272x565"),
    ("", "+999 555 101374 was called", "phone", "+999 555 101374"),
    ("", "call 78 651 450 in the evening", "phone", "78 651 450"),
    ("", "(555) 123-4567", "phone", "(555) 123-4567"),
    ("en-KE", "Reach me on 0722 123 456", "phone", "0722 123 456"),
    ("en-KE", "0722123456", "phone", "0722123456"),
    ("ru-RU", "8 (495) 123-45-67", "phone", "8 (495) 123-45-67"),
    ("mn-MN", "９９１１２２３３", "phone", "９９１１２２３３"),
    ("mn-MN", "9911\u00a02233", "phone", "9911\u00a02233"),
    # accounts and cards
    ("", "My IBAN is GB29 NWBK 6016 1331 9268 19 and yours", "iban", "GB29 NWBK 6016 1331 9268 19"),
    ("", "to gb29nwbk60161331926819", "iban", "gb29nwbk60161331926819"),
    ("", "IBAN: GB30NWBK60161331926819", "iban", "GB30NWBK60161331926819"),
    ("mn-MN", "Дансны дугаар: 5012345678", "iban", "5012345678"),
    ("", "card 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
    ("", "4111-1111-1111-1111 was charged", "card", "4111-1111-1111-1111"),
    ("", "378282246310005 was charged", "card", "378282246310005"),
    ("", "card number is 4111 1111 1111 1112", "card", "4111 1111 1111 1112"),
    # passports and national numbers
    ("mn-MN", "регистр АБ12345678", "national_id", "АБ12345678"),
    ("", "УЮ99123456 дугаартай", "national_id", "УЮ99123456"),
    ("", "аб 12345678", "national_id", "аб 12345678"),
    ("", "AB12345678", "national_id", "AB12345678"),
    ("", "his SSN 460-89-9847", "national_id", "460-89-9847"),
    ("", "ID No. 23456789", "national_id", "23456789"),
    ("", "ID: 23456789", "national_id", "23456789"),
    ("", "My driver's license number is U62928788557186", "national_id", "U62928788557186"),
    ("ru-RU", "ИНН 7707083893", "national_id", "7707083893"),
    ("", "passport no. E1234567 was lost", "passport", "E1234567"),
    ("mn-MN", "паспортын дугаар Е1234567", "passport", "Е1234567"),
    ("ru-RU", "паспорт серии 45 10 № 123456", "passport", "45 10 № 123456"),
    # plates
    ("mn-MN", "1234 УБА машин", "plate", "1234 УБА"),
    ("mn-MN", "12-34 УНБ", "plate", "12-34 УНБ"),
    ("", "the car with plate KAA 123A", "plate", "KAA 123A"),
    ("en-KE", "KBC 123D drove past", "plate", "KBC 123D"),
    ("ru-RU", "А123ВС 77", "plate", "А123ВС 77"),
    ("mn-MN", "улсын дугаар 56-78 ДАР", "plate", "56-78 ДАР"),
    # places
    ("", "at 47.9184, 106.9177", "coordinates", "47.9184, 106.9177"),
    ("", "at 47°55'12\"N 106°55'02\"E", "coordinates", "47°55'12\"N 106°55'02\"E"),
    ("", "She lives at 12 Long Road, Apt. 3", "address", "12 Long Road, Apt. 3"),
    ("", "P.O. Box 1234", "address", "P.O. Box 1234"),
    ("", "Peace Avenue 17", "address", "Peace Avenue 17"),
    ("", "Villacher Strasse 89", "address", "Villacher Strasse 89"),
    ("mn-MN", "БЗД, 5-р хороо, 12-р байр, 34 тоот", "address", "БЗД, 5-р хороо, 12-р байр, 34 тоот"),
    ("mn-MN", "Баянзүрх дүүргийн 5-р хороо 12 байр", "address", "Баянзүрх дүүргийн 5-р хороо 12 байр"),
    ("mn-MN", "34 тоотод амьдардаг", "address", "34 тоотод"),
    ("mn-MN", "ш/х 123", "address", "ш/х 123"),
    ("", "Khan-Uul district, 11th khoroo, building 12, apt 5", "address", "11th khoroo, building 12, apt 5"),
    ("ru-RU", "ул. Ленина, д. 5, кв. 12", "address", "ул. Ленина, д. 5, кв. 12"),
    ("", "Address: Hersnapvej 18, Kalundborg", "address", "Hersnapvej 18, Kalundborg"),
    # the net
    ("", "from 192.168.10.24 yesterday", "ip", "192.168.10.24"),
    ("", "from 2001:db8:85a3:0:0:8a2e:370:7334", "ip", "2001:db8:85a3:0:0:8a2e:370:7334"),
    ("", "see @bat_erdene", "handle", "@bat_erdene"),
    ("", "Telegram: bat_99", "handle", "bat_99"),
    ("", "https://www.facebook.com/bat.erdene.5, thanks", "link", "https://www.facebook.com/bat.erdene.5"),
    ("", "(t.me/baterdene)", "link", "t.me/baterdene"),
    ("", "https://wa.me/97699112233", "link", "https://wa.me/97699112233"),
    ("", "linkedin.com/in/bat-erdene", "link", "linkedin.com/in/bat-erdene"),
]


@pytest.mark.parametrize(("locale", "text", "kind", "value"), FOUND)
def test_what_tells_who_somebody_is_is_found(locale: str, text: str, kind: str, value: str) -> None:
    hits = find_patterns(text, locale)
    found = [(hit.kind, text[hit.start : hit.end]) for hit in hits]
    assert any(one == kind and value in place for one, place in found), (found, [hit.rule for hit in hits])


STAYING = {
    "en-MN": [
        "Tender SGII/NCB-12/2024 was announced",
        "MN-MDDC-345678-CS-INDV",
        "3.1.2.4-1,2,3 of Smart Government-2",
        "3.1.2.4 consulting services",
        "the 11-11 center",
        "registration number 12/2024",
        "Grievance 12/2024 of 2024-06-13",
        "from 2024-01-15 to 2024-06-30",
        "9999-12-31",
        "'9999-12-31 23:59:59' cannot be read",
        "until 31.12.9999",
        "on 13.06.2024 at 14:30",
        "06/13/2024 and 13/06/24",
        "between 2023 and 2024, in 2019-2024",
        "2023 - 2024",
        "MNT 12,500,000 was paid",
        "12 500 000 MNT",
        "88 000 000 төг",
        "88000000 MNT",
        "USD 99112233",
        "$1,234,567.89",
        "the sum was 80 000 000",
        "56 % of 16; 9 of 16 (56 %)",
        "12.5 percent, 3.14159",
        "99112233 %",
        "5 000 households, 12 km and 350 m3",
        "project ID P169945",
        "loan number 58880-MN",
        "Contract No. 2024/000123",
        "contract no. 99112233",
        "Case ID: 1234567",
        "Section 10.1.2.3 of the manual",
        "version 10.15.7.1",
        "email, e-mail and phone",
        "a visit to facebook.com and the website",
        "https://www.mddc.gov.mn/tender/12345",
        "5 bags @ 20 each",
        "at 25 °C and an angle of 45°",
        "April 8, 2024 at 9:00",
        "the 3 access roads; 12 Access Road",
        "World Bank, IAAC and MDDC",
        "Phase 2, Component 1.2, Lot 3",
        "2024 оны 6 сарын 13",
        "ISO 9001:2015 and ISO 27001",
        "20240613",
        "a budget of 1.2 million",
        "12:30:45",
        "Room temperature; the ID card was shown; the passport was renewed",
        "call for proposals 12/2024",
        "Call the 11-11 center",
    ],
    "mn-MN": [
        "2024 оны 6-р сарын 13-ны өдөр",
        "2024 ОНЫ ТАЙЛАН",
        "2024 ОНД",
        "12/2024 дугаартай гомдол",
        "12 500 000 төгрөг",
        "88 000 000₮",
        "99112233 төгрөгийн гэрээ",
        "тендерийн дугаар МХБ/202401234",
        "SGII/NCB-12/2024 тендер",
        "2020-2024 он",
        "5 байр засварлав",
        "Баянзүрх дүүрэг",
        "Баянзүрх дүүргийн 5-р хороо",
        "120 хүн, 35 өрх, 12 км зам",
        "56 хувь буюу 9 гомдол",
        "утсаар 9:00-18:00 цагт",
        "№ 99112233 тушаал",
        "А/123 дугаар тушаал",
        "11-11 төв",
        "1.2 сая төгрөг",
    ],
    "ru-RU": [
        "13 июня 2024 года",
        "с 15.01.2024 по 30.06.2024",
        "12 500 000 руб.",
        "договор № 12345678",
        "тендер SGII/NCB-12/2024",
        "обращение 12/2024",
        "56 % (9 из 16)",
        "5 домов и 12 квартир",
        "район и улица",
        "9 123 456 тонн",
        "статья 12.3.4.5",
        "2023-2024 гг.",
    ],
    "en-KE": [
        "KES 712 345 678",
        "712,345,678 shillings",
        "2024-06-13 and 2024-06-14",
        "KSh. 722123456",
        "contract KRB/712345678/2024",
        "500 - 600 000 people",
    ],
    "en-NO": ["'2204-05-12' cannot be read", "31/12/9999"],
    "en-US": ["123 456 789 people", "2024-06-13 14:30:00", "the year 2024 2025", "10 000 000 000 dollars"],
}


@pytest.mark.parametrize(("locale", "text"), [(locale, text) for locale in STAYING for text in STAYING[locale]])
def test_dates_sums_quantities_and_numbers_of_files_stay(locale: str, text: str) -> None:
    assert [(hit.rule, text[hit.start : hit.end]) for hit in find_patterns(text, locale)] == []


def _examples() -> list[tuple[str, str]]:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    return [
        (region, phonenumbers.format_number(number, form))
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
        if (number := phonenumbers.example_number_for_type(region, kind))
        for form in (
            phonenumbers.PhoneNumberFormat.NATIONAL,
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            phonenumbers.PhoneNumberFormat.E164,
        )
    ]


def test_numbers_of_every_country_are_found_as_that_country_writes_them() -> None:
    missed = []
    examples = _examples()
    for region, number in examples:
        text = f"You can reach the office under {number} in the mornings"
        digits = {place for place, letter in enumerate(text) if letter.isdigit()}
        covered = {place for hit in find_patterns(text, f"en-{region}") for place in range(hit.start, hit.end)}
        if not digits <= covered:
            missed.append((region, number))
    assert len(examples) > 1000
    # The shortest numbers of small islands have four to six digits, as years and sums have.
    assert [(region, number) for region, number in missed if sum(map(str.isdigit, number)) > 6] == []


_REPEATED = (
    *("a", "A", "1", "@", "1 ", "12 ", "a.", "a@", "Aa ", "-", ":", "1:", " ", "(0)", "1.", "+1", "АБ12", "AB12 "),
    *("call ", "https://", "1°", "Long Road ", "ул. Аа ", "1 байр ", "address: 1 ", "id no. ", "facebook."),
)


@pytest.mark.parametrize("part", _REPEATED)
def test_time_grows_with_the_length_of_a_text_and_no_faster(part: str) -> None:
    def seconds(length: int) -> float:
        text = part * (length // len(part))
        begun = time.process_time()
        find_patterns(text, "mn-MN")
        return time.process_time() - begun

    seconds(1000)
    short, long = seconds(20_000), seconds(160_000)
    assert long < 24 * short + 1


def test_a_word_of_a_megabyte_is_searched_in_seconds() -> None:
    for word in ("a" * 1_000_000, "1" * 1_000_000, "Ө" * 1_000_000, "a@" * 500_000):
        begun = time.process_time()
        find_patterns(word, "mn-MN")
        assert time.process_time() - begun < 20


_PIECES = st.lists(
    st.one_of(
        st.sampled_from([text for _, text, _, _ in FOUND] + [text for texts in STAYING.values() for text in texts]),
        st.text(alphabet="0123456789+-() .@/абАБaABx\n\u200b", max_size=20),
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(_PIECES, st.sampled_from(["", "mn-MN", "en-US", "ru-RU"]))
def test_hits_are_in_order_apart_and_within_the_text(pieces: list[str], locale: str) -> None:
    text = " ".join(pieces)
    hits = find_patterns(text, locale)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(before.end <= after.start for before, after in pairwise(hits))
    assert {hit.rule for hit in hits} <= set(pattern_words().rules)
    assert {hit.kind for hit in hits} <= set(KINDS)


def test_nothing_within_a_placeholder_is_found() -> None:
    text = "[phone 12] call [phone] [national id 2] Address: [address 3]"
    assert find_patterns(text, "mn-MN") == []


def test_every_rule_that_is_told_finds_something() -> None:
    found = {hit.rule for locale, text, _, _ in FOUND for hit in find_patterns(text, locale)}
    assert set(pattern_words().rules) - found == set()


def test_every_rule_is_in_the_document_and_no_other() -> None:
    document = (Path(__file__).parents[2] / "docs" / "redaction.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \|", document, flags=re.MULTILINE)
    assert sorted(told) == sorted(pattern_words().rules)
