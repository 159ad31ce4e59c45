"""Where somebody is to be found: coordinates and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.pattern_words import FirstWords, one_of, pattern_words, tokens_of

_DECIMAL = re.compile(
    r"(?<![\w.])[-+]?(\d{1,2}\.\d{3,15})°?[ ]?[NSns]?[ ]{0,2}[,;/ ][ ]{0,3}"
    r"[-+]?(\d{1,3}\.\d{3,15})°?(?:[ ]?[EWew](?!\w))?(?![\w]|\.\d)"
)
_LABELLED = re.compile(
    r"(?<!\w)(?:lat(?:itude)?|өргөрөг|широта)[ .:=]{0,4}[-+]?\d{1,2}\.\d{2,15}.{0,20}?"
    r"(?:lon(?:g(?:itude)?)?|lng|уртраг|долгота)[ .:=]{0,4}[-+]?\d{1,3}\.\d{2,15}",
    re.IGNORECASE,
)
_PART = (
    r"(?:[NSEWСЮВЗ][ ]?)?\d{1,3}(?:\.\d{1,10})?[ ]?(?:°|º|deg)[ ]?"
    r"(?:\d{1,2}(?:[.,]\d{1,6})?[ ]?['′’][ ]?(?:\d{1,2}(?:[.,]\d{1,4})?[ ]?(?:\"|″|”|'')[ ]?)?)?"
)
_DEGREES = re.compile(
    rf"(?<![\w.]){_PART}(?:[NSEWСЮВЗ]|[сюзв]\.[ ]?[шд]\.)?"
    rf"(?:[ ,;/]{{0,3}}{_PART}(?:[NSEWСЮВЗ](?!\w)|[сюзв]\.[ ]?[шд]\.)?)?"
)
_DIGIT = re.compile(r"\d")
_DIRECTION = re.compile(r"[NSEWСЮВЗ]|[сюзв]\.[ ]?[шд]\.|['′’]")
_UPPER_NAME = r"(?=[^\W\d_a-zа-яёөү])[^\W\d_][\w.'’-]{0,30}"
_HOUSE = r"\d{1,6}[A-Za-zА-Яа-я]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_NUMBER_AFTER = rf"(?!(?:19|20)\d\d(?!\w)){_HOUSE}(?![\w%]|[.,]\d)"
"""A house number after the street; Peace Avenue 2024 is a year."""
_MOST_OF_A_LABEL = 160
"""Characters of a line after the word 'address' that are taken for one."""


def coordinates(text: str, country: str) -> Iterator[Hit]:
    """Find pairs of decimal degrees with three decimals or more, and degrees with minutes or a direction."""
    for match in _DECIMAL.finditer(text):
        if float(match[1]) <= 90 and float(match[2]) <= 180:
            yield Hit("coordinates", match.start(), match.end(), "coordinates_decimal")
    for match in _LABELLED.finditer(text):
        yield Hit("coordinates", match.start(), match.end(), "coordinates_decimal")
    if "°" in text or "º" in text or "deg" in text:
        for match in _DEGREES.finditer(text):
            if _DIRECTION.search(match[0]):
                yield Hit(
                    "coordinates", match.start(), match.start() + len(match[0].rstrip(" ,;/")), "coordinates_degrees"
                )


def addresses(text: str, country: str) -> Iterator[Hit]:
    """Find streets with a house number, post office boxes, parts of an address together, lines after a label."""
    for match in _box().finditer(text):
        yield Hit("address", match.start(), match.end(), "address_box")
    if _DIGIT.search(text):
        yield from _streets(text)
        yield from _parts_together(text)
        yield from _after_labels(text)


def _streets(text: str) -> Iterator[Hit]:
    words, tokens = pattern_words().address, tokens_of(text)
    streets, before, endings = _street_words()
    for expression in _english() if streets.may_stand_in(tokens) else ():
        for match in expression.finditer(text):
            names = match["names"].casefold().split()
            if not all(name in words.not_names for name in names):
                yield Hit("address", match.start(), match.end(), "address_english")
    if not (before.may_stand_in(tokens) or tokens is None or any(token.endswith(endings) for token in tokens)):
        return
    for expression in _european():
        for match in expression.finditer(text):
            yield Hit("address", match.start(), match.end(), "address_european")


@cache
def _street_words() -> tuple[FirstWords, FirstWords, tuple[str, ...]]:
    words = pattern_words().address
    endings = tuple(ending.lower() for ending in words.european_endings)
    return FirstWords(words.streets), FirstWords(words.european_before), endings


@cache
def _tail() -> str:
    after = one_of(pattern_words().address.after)
    return rf"(?:[ ]{{0,2}}[,\n]?[ ]{{0,4}}(?i:{after})[ ]{{0,2}}[#№]?[ ]?[\w-]{{1,6}}(?!\w)){{0,3}}"


@cache
def _english() -> tuple[re.Pattern[str], ...]:
    street = f"(?i:{one_of(pattern_words().address.streets)})"
    names = rf"(?P<names>{_UPPER_NAME}(?:[ ]{_UPPER_NAME}){{0,4}}?)"
    before = rf"(?<![\w./-]){_HOUSE},?[ ]{{1,2}}(?:[NSEW]\.?[ ])?{names}[ ]{street}(?:\.(?=,))?{_tail()}"
    after = rf"(?<![\w-]){names}[ ]{street}(?:[ ]?-[ ]?|,?[ ]{{1,2}}(?:No\.?[ ]?|#[ ]?)?){_NUMBER_AFTER}{_tail()}"
    return re.compile(before), re.compile(after)


@cache
def _european() -> tuple[re.Pattern[str], ...]:
    words = pattern_words().address
    before, endings = one_of(words.european_before), "|".join(words.european_endings)
    names = rf"(?:[ ]{_UPPER_NAME}){{1,4}}"
    return (
        re.compile(rf"(?<!\w)(?:\d{{1,5}}[ ,]{{1,2}})?(?i:{before}){names},?[ ]{_NUMBER_AFTER}{_tail()}"),
        re.compile(rf"(?<!\w)\d{{1,5}}[ ,]{{1,2}}(?i:{before}){names}{_tail()}"),
        re.compile(
            rf"(?<![\w-])(?:\d{{1,5}}[ ])?(?:{_UPPER_NAME}[ ])?{_UPPER_NAME}?[ ]?(?i:{endings})(?!\w)"
            rf"[ ]{_NUMBER_AFTER}{_tail()}"
        ),
    )


@cache
def _box() -> re.Pattern[str]:
    number = r"[ ]{0,2}[.:]?[ ]?(?:№|#|no\.?)?[ ]?-?\d{1,7}(?!\w)"
    boxes = one_of(pattern_words().address.boxes)
    return re.compile(
        rf"{boxes}{number}(?:[ ]{{0,2}}[,\n]?[ ]{{0,2}}Box{number})?"
        rf"|(?<!\w)Unit[ ]\d{{1,6}}[ ,]{{1,2}}Box[ ]\d{{1,6}}(?!\w)",
        re.IGNORECASE,
    )


def _after_labels(text: str) -> Iterator[Hit]:
    if ":" not in text and "=" not in text:
        return
    label, not_label = _label()
    for match in label.finditer(text):
        if not_label.search(text, max(0, match.start() - 16), match.start()):
            continue
        line = text[match.end() : match.end() + _MOST_OF_A_LABEL]
        line = re.split(r"\n|[.!?][ ]+(?=[^\W\d_])|[;?!]", line, maxsplit=1)[0].rstrip(" .,;")
        has_house = re.search(r"(?<![\w.])\d{1,6}[A-Za-zА-Яа-я]?(?![\w.]*@)", line)
        if has_house and len(line) < _MOST_OF_A_LABEL and "@" not in line and "://" not in line:
            yield Hit("address", match.end(), match.end() + len(line), "address_labelled")


@cache
def _label() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = pattern_words().address
    return (
        re.compile(rf"{one_of(words.labels)}[ ]?[:=][ ]{{0,3}}\n?[ ]{{0,3}}", re.IGNORECASE),
        re.compile(rf"{one_of(words.not_labels)}[ -]{{0,2}}$", re.IGNORECASE),
    )


@dataclass(frozen=True)
class _Piece:
    """A part of an address: whether it tells a door or a house, and whether it is an address by itself."""

    start: int
    end: int
    is_home: bool
    is_alone: bool


def _parts_together(text: str) -> Iterator[Hit]:
    """Find pieces that follow each other closely, one of which is a home; and the pieces that stand for themselves."""
    row: list[_Piece] = []
    for piece in [*_pieces(text), None]:
        if row and (piece is None or not _JOINING.fullmatch(text, row[-1].end, max(row[-1].end, piece.start))):
            if any(one.is_alone for one in row) or (len(row) > 1 and any(one.is_home for one in row)):
                yield Hit("address", row[0].start, row[-1].end, "address_parts")
            row = []
        if piece is not None:
            row.append(piece)


_JOINING = re.compile(r"[ ,.;\n-]{0,4}(?:\d{1,4}(?:[-/]\d{1,4}[а-яa-z]?)?[ ,.]{1,3})?")
"""What may part two pieces: blanks and commas, or a bare number such as that of a house."""


def _pieces(text: str) -> list[_Piece]:
    """Find the pieces from left to right; of those that overlap the longest."""
    tokens = tokens_of(text)
    found = [
        _Piece(match.start(), match.end(), is_home, is_alone)
        for words, expression, is_home, is_alone in _piece_expressions()
        if words.may_stand_in(tokens)
        for match in expression.finditer(text)
    ]
    kept: list[_Piece] = []
    for piece in sorted(found, key=lambda piece: (piece.start, -piece.end, not piece.is_alone, not piece.is_home)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
        elif piece.end > kept[-1].end:
            last = kept.pop()
            kept.append(_Piece(last.start, piece.end, last.is_home or piece.is_home, last.is_alone or piece.is_alone))
    return kept


@cache
def _piece_expressions() -> tuple[tuple[FirstWords, re.Pattern[str], bool, bool], ...]:
    """Return for each kind of piece the words without which it cannot stand, its expression, and what it tells."""
    words = pattern_words().address
    number = r"\d{1,4}[A-Za-zА-Яа-яӨөҮү]?(?:[-/]\d{1,4}[а-яa-z]?)?"
    ordinal = r"(?:[ ]?-?[ ]?(?:р|r|th|st|nd|rd|дугаар|дүгээр|dugaar|duger|й|я|е|ый|ая)(?!\w))?"

    def before(some: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w./№]){number}{ordinal}[ ]{{0,2}}(?i:{one_of(some)})")

    def after(some: tuple[str, ...]) -> re.Pattern[str]:
        unit = one_of(pattern_words().units)
        return re.compile(
            rf"(?i:{one_of(some)})[ ]{{0,2}}(?:(?i:no\.?|№|#)[ ]?)?:?[ ]?"
            rf"{number}(?![\w%]|[.,]\d)(?![ ]{{0,2}}(?i:{unit}))"
        )

    name = rf"{_UPPER_NAME}(?:[ ]{_UPPER_NAME}){{0,2}}"
    number_before, number_after = words.number_before, words.number_after
    return (
        (FirstWords(number_before.home), before(number_before.home), True, False),
        (FirstWords(number_before.place), before(number_before.place), False, False),
        (FirstWords(number_after.home), after(number_after.home), True, False),
        (FirstWords(number_after.place), after(number_after.place), False, False),
        (FirstWords(words.alone), before(words.alone), True, True),
        (FirstWords(words.alone), after(words.alone), True, True),
        (
            FirstWords(words.named_before),
            re.compile(rf"(?<![\w-]){name}[ ](?i:{one_of(words.named_before)})"),
            False,
            False,
        ),
        (
            FirstWords(words.named_after),
            re.compile(
                rf"(?i:{one_of(words.named_after)})[ ]{{0,2}}{name}(?:,?[ ]{{1,2}}\d{{1,4}}[а-яa-z]?(?![\w.]))?"
            ),
            False,
            False,
        ),
        (
            FirstWords(f"{word}*" for word in words.abbreviated),
            re.compile(rf"(?<![\w-])(?:{'|'.join(words.abbreviated)})(?:-?(?:ийн|ын|д|iin))?(?!\w)"),
            False,
            False,
        ),
    )
