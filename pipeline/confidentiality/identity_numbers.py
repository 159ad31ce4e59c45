"""Numbers that stand for a person: bank accounts, cards, passports, national numbers, licence plates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.pattern_words import FirstWords, Labels, one_of, pattern_words, tokens_of
from pipeline.confidentiality.quantities import is_quantity

_IBAN = re.compile(
    r"(?<![\w])[A-Za-z]{2}\d{2}(?:[A-Za-z0-9]{11,30}(?!\w)|(?:[ -][A-Za-z0-9]{4}){2,7}(?:[ -][A-Za-z0-9]{1,4})?(?!\w))"
)
_IBAN_SHAPE = re.compile(r"[A-Za-z]{2}[ ]?\d{2}(?:[ -]?[A-Za-z0-9]){8,30}(?!\w)")
_ACCOUNT = re.compile(r"\d(?:[ -]?\d){5,22}(?![\w/])")
_CARD = re.compile(
    r"(?<![\w.,/-])(?:\d{12,19}|\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{4}[ -]\d{6}[ -]\d{4,5})(?![\w]|[-/.,]\d)"
)
_CARD_AFTER_LABEL = re.compile(r"\d(?:[ -]{0,3}\d){11,18}(?![\w/])")
_MAESTRO = ("50", "56", "57", "58", "6")
"""With these a card of twelve digits begins."""
_MONGOLIAN_ID = re.compile(r"(?<![\w-])[А-ЯЁӨҮа-яёөү]{2}[ -]?\d{8}(?!\w|[-/]\d)")
_MONGOLIAN_ID_LATIN = re.compile(r"(?<![\w-])([A-Z]{2}|[A-Z]{2,4}[ -]?(?=\d\d[0123]\d[0-3]\d))\d{8}(?!\w|[-/]\d)")
_NO_SERIES = ("NO", "PO", "NR")
_US_ID = re.compile(r"(?<![\w./-])(?!000)\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\w/]|[-.]\d)")
_NUMBER_AFTER_LABEL = re.compile(r"[^\W\d_]{0,4}[ -]?\d(?:(?:[ ./-]|[ ]?№[ ]?)?[^\W_]){3,24}")
_PLATE = re.compile(r"(?<![\w./-])\d\d-?\d\d[ -]?([А-ЯЁӨҮ]{3}|[A-Z]{3})(?![\w-])")
_PLATE_RUSSIAN = re.compile(
    r"(?<!\w)[АВЕКМНОРСТУХавекмнорстух][ ]?\d{3}[ ]?[АВЕКМНОРСТУХавекмнорстух]{2}[ ]?\d{2,3}(?!\w)"
)
_PLATE_KENYAN = re.compile(r"(?<!\w)K[A-Z]{2}[ -]?\d{3}[A-Z](?!\w)")
_PLATE_AFTER_LABEL = re.compile(
    r"(?:[A-ZА-ЯЁӨҮ]{1,4}[ -]?\d{1,4}[ -]?[A-ZА-ЯЁӨҮ]{0,3}|\d{1,4}[ -]?\d{0,4}[ -]?[A-ZА-ЯЁӨҮ]{1,4})(?!\w)"
)
_PLATE_AFTER_STRONG_LABEL = re.compile(r"[^\W_]{1,8}(?:[ -][^\W_]{1,5}){0,3}")
_FEWEST_DIGITS = 5
"""Of a passport's or an identity card's number."""


def ibans(text: str, country: str) -> Iterator[Hit]:
    """Find bank accounts by their check digits (ISO 13616: mod 97 is 1), or after a label."""
    label = _labels("iban_labels")
    for match in _IBAN.finditer(text):
        found = _longest_iban(match[0])
        if found:
            yield Hit("iban", match.start(), match.start() + len(found), "iban_checksum")
    for match in _IBAN_SHAPE.finditer(text):
        if label.is_before(text, match.start()):
            yield Hit("iban", match.start(), match.end(), "iban_labelled")
    for match in _ACCOUNT.finditer(text):
        if label.is_before(text, match.start()) and not is_quantity(text, match.start(), match.end()):
            yield Hit("iban", match.start(), match.end(), "iban_labelled")


def _longest_iban(found: str) -> str:
    """Leave out words that follow the number; empty where nothing of it has right check digits."""
    parts = re.split("([ -])", found)
    for end in range(len(parts), 0, -2):
        number = "".join(parts[:end:2]).upper()
        if 15 <= len(number) <= 34 and int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
            return "".join(parts[:end])
    return ""


def cards(text: str, country: str) -> Iterator[Hit]:
    """Find payment cards: the usual groups of 13 to 19 digits with a right last one (Luhn), or digits after a label."""
    label = _labels("card_labels")
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        is_long = 13 <= len(digits) <= 19 or (len(digits) == 12 and digits.startswith(_MAESTRO))
        if is_long and _luhn(digits) and not is_quantity(text, match.start(), match.end()):
            yield Hit("card", match.start(), match.end(), "card_luhn")
    for match in _CARD_AFTER_LABEL.finditer(text):
        if label.is_before(text, match.start()):
            yield Hit("card", match.start(), match.end(), "card_labelled")


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return len(set(digits)) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def national_ids(text: str, country: str) -> Iterator[Hit]:
    """Find Mongolian register numbers in both scripts, US social security numbers, and numbers after a label."""
    for match in _MONGOLIAN_ID.finditer(text):
        if match[0].casefold()[:2] != "no":
            yield Hit("national_id", match.start(), match.end(), "national_id_mongolian")
    for match in _MONGOLIAN_ID_LATIN.finditer(text):
        series = match[1].strip(" -")
        if series not in _NO_SERIES and not is_quantity(text, match.end() - 8, match.end()):
            yield Hit("national_id", match.start(), match.end(), "national_id_mongolian")
    for match in _US_ID.finditer(text):
        if match[1] == "-" or country == "US":
            yield Hit("national_id", match.start(), match.end(), "national_id_us")
    yield from _labelled(text, "national_id_labels")


def passports(text: str, country: str) -> Iterator[Hit]:
    """Find numbers after a word such as passport."""
    yield from _labelled(text, "passport_labels")


def _labelled(text: str, key: str) -> Iterator[Hit]:
    """Find what has at least five digits after a label, and is neither a date nor the number of a file (12/2024)."""
    if not _first_words(key).may_stand_in(tokens_of(text)):
        return
    for found in _label_before(key).finditer(text):
        start = found.end()
        match = _NUMBER_AFTER_LABEL.match(text, start)
        if match is None or not _labels(key).is_before(text, start):
            continue
        value = _up_to_words(match[0])
        digits = sum(letter.isdigit() for letter in value)
        if digits >= _FEWEST_DIGITS and "/" not in value and not is_quantity(text, start, start + len(value)):
            kind = "passport" if key == "passport_labels" else "national_id"
            yield Hit(kind, start, start + len(value), f"{kind}_labelled")  # type: ignore[arg-type]


def _up_to_words(found: str) -> str:
    """Cut off words without a digit that follow a number: 'AB 123456 was stolen'."""
    parts = re.split(r"([ ./-])", found)
    last = max((place for place, part in enumerate(parts) if any(c.isdigit() for c in part)), default=0)
    return "".join(parts[: last + 1])


@cache
def _label_before(key: str) -> re.Pattern[str]:
    words = pattern_words()
    filler = rf"(?:[ ]{{0,3}}(?:{one_of(words.before_a_number)}))"
    return re.compile(rf"{one_of(getattr(words, key))}s?[.:]?{filler}{{0,4}}[ .:]{{0,3}}\n?[ ]{{0,3}}", re.IGNORECASE)


@cache
def _first_words(key: str) -> FirstWords:
    return FirstWords(getattr(pattern_words(), key))


@cache
def _labels(key: str) -> Labels:
    return Labels(getattr(pattern_words(), key))


def plates(text: str, country: str) -> Iterator[Hit]:
    """Find licence plates by their form (Mongolian, Russian, in Kenya Kenyan), or after a label."""
    words = pattern_words()
    regions = (*words.plate_regions, *words.plate_regions_latin)
    for match in _PLATE.finditer(text):
        if match[1].startswith(regions) and match[1] not in words.not_plates:
            yield Hit("plate", match.start(), match.end(), "plate_mongolian")
    for match in _PLATE_RUSSIAN.finditer(text):
        yield Hit("plate", match.start(), match.end(), "plate_russian")
    if country == "KE":
        for match in _PLATE_KENYAN.finditer(text):
            yield Hit("plate", match.start(), match.end(), "plate_kenyan")
    tokens = tokens_of(text)
    if not any(_first_words(key).may_stand_in(tokens) for key in ("plate_labels", "plate_labels_strong")):
        return
    for label in _label_before("plate_labels").finditer(text):
        found = _PLATE_AFTER_LABEL.match(text, label.end())
        if found and _is_plate(found[0]) and not is_quantity(text, *found.span()):
            yield Hit("plate", found.start(), found.end(), "plate_labelled")
    for label in _label_before("plate_labels_strong").finditer(text):
        found = _PLATE_AFTER_STRONG_LABEL.match(text, label.end())
        if found:
            value = _up_to_words(found[0])
            if any(letter.isdigit() for letter in value) and not re.search(r"[a-zа-яёөү]", value):
                yield Hit("plate", found.start(), found.start() + len(value), "plate_labelled")


def _is_plate(found: str) -> bool:
    return sum(letter.isdigit() for letter in found) >= 2 and sum(letter.isalpha() for letter in found) >= 2
