"""Telephone numbers: those that `phonenumbers` knows for the country or worldwide, and those that people write.

A run is a row of groups of digits. Within it the longest stretch of groups is taken that is a number by one of the
rules, from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.pattern_words import Labels, one_of, pattern_words
from pipeline.confidentiality.quantities import (
    has_year,
    is_date,
    is_day_of_another_year,
    is_in_thousands,
    is_quantity,
    is_round_sum,
)

_GROUP = re.compile(r"\d+")
_BETWEEN = re.compile(r"(?!\D*\.[ ])[ .()\[\]·-]{1,5}")
"""What may part two groups of one number; a full stop with a blank ends a sentence."""
_BETWEEN_NUMBERS = re.compile(r"[ ]{0,2}(?:[,;/]|and|or|болон|эсвэл|ба|и|или|буюу)[ ]{0,2}\n?[ ]{0,2}\+?\(?")
_OF_A_CODE = re.compile(r"[\w][-/.:_]$")
"""What stands before digits that are part of a code, such as NCB-12."""
_AFTER_A_CODE = re.compile(r"\w|[-/_][A-ZА-ЯЁӨҮ\d]|%|[.:,/]\d")
_NUMBER_SIGN = re.compile(r"(?:№|#|\bno\.|\bnr\.)[ ]{0,2}$", re.IGNORECASE)
_FEWEST, _MOST = 6, 15
"""Digits of a telephone number (ITU-T E.164 has 15 at most)."""
_MOST_GROUPS = 7
_NEAR = 40
"""Characters before digits in which a word such as 'call' makes them a telephone number."""
_TRUNK = ("(0)", "[0]")


@dataclass(frozen=True)
class _Run:
    """Groups of digits in a row: where each begins and ends; what stands before tells whether they have a label."""

    text: str
    groups: tuple[tuple[int, int], ...]
    is_labelled: bool
    is_near_a_word: bool

    def written(self, first: int, last: int) -> str:
        """Return a stretch of groups as it is written, without brackets at its ends."""
        return self.text[self.groups[first][0] : self.groups[last][1]]

    def digits(self, first: int, last: int) -> str:
        """Return the digits of a stretch, without the nought that is dialled within the country alone: +41 (0)96."""
        kept = [self.text[start:end] for start, end in self.groups[first : last + 1]]
        if len(kept) > 1 and self.text[self.groups[first + 1][0] - 1 : self.groups[first + 1][1] + 1] in _TRUNK:
            del kept[1]
        return "".join(kept)

    def plus(self, first: int) -> int:
        """Return where the + before a group stands, or -1."""
        start = self.groups[first][0]
        sign = self.text[max(0, start - 3) : start].rstrip("( ")
        return max(0, start - 3) + len(sign) - 1 if sign.endswith("+") else -1


def phones(text: str, country: str) -> Iterator[Hit]:
    """Find telephone numbers, each with its + and its extension."""
    labelled_end = -1
    for groups in _runs(text):
        start, end = groups[0][0], groups[-1][1]
        if sum(last - first for first, last in groups) < _FEWEST:
            continue
        follows = labelled_end >= 0 and start - labelled_end < 12
        follows = follows and _BETWEEN_NUMBERS.fullmatch(text, labelled_end, start) is not None
        before = text[max(0, start - 3) : start].rstrip("(+ ")
        is_labelled = follows or _label().is_before(text, max(0, start - 3) + len(before))
        is_labelled = is_labelled or _label_behind().match(text, end) is not None
        near = _near_word().search(text, max(0, start - _NEAR), start) is not None
        hits = list(_numbers(_Run(text, groups, is_labelled, near), country))
        if hits and is_labelled:
            labelled_end = max(end, hits[-1].end)
        yield from hits


@cache
def _label_behind() -> re.Pattern[str]:
    """Match a label behind a number: after a hyphen, or by itself at the end of a line, '555 0100 office'."""
    words = one_of(pattern_words().phone.behind)
    return re.compile(rf"[ ]?-[ ]?{words}\b|[ ]{words}[ ]*(?=[\n,;|]|\Z)", re.IGNORECASE)


def _runs(text: str) -> Iterator[tuple[tuple[int, int], ...]]:
    groups: list[tuple[int, int]] = []
    for match in _GROUP.finditer(text):
        if groups and not _BETWEEN.fullmatch(text, groups[-1][1], match.start()):
            yield tuple(groups)
            groups = []
        groups.append(match.span())
    if groups:
        yield tuple(groups)


def _numbers(run: _Run, country: str) -> Iterator[Hit]:
    first, rest = 0, []
    while first < len(run.groups):
        last, rule = _number_at(run, first, country)
        if rule:
            yield _hit(run, first, last, rule)
            first = last + 1
        else:
            rest.append(first)
            first += 1
    if run.is_labelled:
        yield from _rest(run, rest)


def _rest(run: _Run, rest: list[int]) -> Iterator[Hit]:
    """Find what a label is for and no rule knows as a number, dates excepted."""
    stretches: list[list[int]] = []
    for place in rest:
        if stretches and place == stretches[-1][-1] + 1:
            stretches[-1].append(place)
        else:
            stretches.append([place])
    for first, last in ((stretch[0], stretch[-1]) for stretch in stretches):
        written = run.written(first, last)
        is_long = sum(letter.isdigit() for letter in written) >= _FEWEST
        if is_long and not is_date(written) and not _is_of_a_code(run, first, last):
            yield _hit(run, first, last, "phone_labelled")


def _number_at(run: _Run, first: int, country: str) -> tuple[int, str]:
    """Return the last group and the rule of the longest number that begins at a group; no rule where there is none."""
    lengths = [end - start for start, end in run.groups[first : first + _MOST_GROUPS]]
    stretches = [first + n - 1 for n in range(len(lengths), 0, -1) if _FEWEST <= sum(lengths[:n]) <= _MOST + 3]
    has_code = run.plus(first) >= 0 or run.text.startswith("00", run.groups[first][0])
    if not has_code:
        stretches = [last for last in stretches if _can_be_national(run, first, last, country)]
    for rule_of in (_rule, _international_by_form) if has_code else (_rule,):
        for last in stretches:
            rule = "" if _is_of_a_code(run, first, last) else rule_of(run, first, last, country)
            if rule:
                return last, rule
    return first, ""


def _can_be_national(run: _Run, first: int, last: int, country: str) -> bool:
    """Look at the number of digits alone, which spares most of the work in a text that is full of digits."""
    lengths = [end - start for start, end in run.groups[first : last + 1]]
    is_whole = first == 0 and last == len(run.groups) - 1
    return sum(lengths) in _lengths(country) or lengths[-3:] == [3, 3, 4] or (run.is_near_a_word and is_whole)


@cache
def _lengths(country: str) -> frozenset[int]:
    """Return how many digits a number of the country can have, with the one or two that are dialled before it."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    possible = metadata.general_desc.possible_length if metadata and metadata.general_desc else ()
    return frozenset(length + prefix for length in possible for prefix in (0, 1, 2))


def _international_by_form(run: _Run, first: int, last: int, country: str) -> str:
    """Take what stands after a + for a number that the library does not know, such as one of an invented country."""
    written, digits = run.written(first, last), run.digits(first, last)
    is_sum = is_in_thousands(written) and is_quantity(run.text, run.groups[first][0], run.groups[last][1])
    is_one = run.plus(first) >= 0 and _FEWEST < len(digits) <= _MOST and not is_date(written) and not is_sum
    return "phone_international" if is_one else ""


def _rule(run: _Run, first: int, last: int, country: str) -> str:
    """Say by which rule a stretch of groups is a telephone number; empty where it is none."""
    written, digits = run.written(first, last), run.digits(first, last)
    start, end = run.groups[first][0], run.groups[last][1]
    if run.plus(first) >= 0:
        return "phone_international" if _is_valid(f"+{digits}", "") else ""
    if digits.startswith("00") and len(digits) >= 10 and (last > first or _is_valid(f"+{digits[2:]}", "")):
        return "phone_international"
    if is_date(written) or is_quantity(run.text, start, end) or _holds_a_date(run, first, last):
        return ""
    if run.is_labelled and _is_valid(digits, country):
        return "phone_labelled"
    if (
        is_round_sum(written)
        or _NUMBER_SIGN.search(run.text[max(0, start - 6) : start])
        or _is_decimal(run, first, last)
    ):
        return ""
    if _is_north_american(run, first, last):
        return "phone_north_american"
    if _is_valid(digits, country) and (len(digits) > 8 or not is_in_thousands(written)):
        return "phone_national"
    is_in_groups = last > first or len(digits) >= 8
    if run.is_near_a_word and is_in_groups and len(digits) >= 7 and first == 0 and last == len(run.groups) - 1:
        return "phone_near_a_word"
    return ""


def _is_of_a_code(run: _Run, first: int, last: int) -> bool:
    """Say whether a letter, a hyphen to a word, a stroke or a percent sign makes the stretch part of something else."""
    start, end = run.groups[first][0], run.groups[last][1]
    before = run.text[max(0, start - 2) : start]
    if first == 0 and not run.is_labelled and _OF_A_CODE.search(before):
        return not (before.endswith("/") and _is_list(run.text, start - 1))
    if first == 0 and before[-1:].isalpha():
        return True
    after = run.text[end : end + 2]
    if last == len(run.groups) - 1 and _AFTER_A_CODE.match(after) and not _extension().match(run.text, end):
        return not (after.startswith(("/", ",")) and _is_list(run.text, end)) and not run.is_labelled
    return False


def _is_list(text: str, stroke: int) -> bool:
    """Say whether a stroke parts two numbers that are both long enough: 99112233/88112233."""
    before = re.search(r"\d{4,}$", text[max(0, stroke - 8) : stroke])
    after = re.match(r"[/,][ ]?\d{4,}", text[stroke : stroke + 8])
    return before is not None and after is not None


def _is_decimal(run: _Run, first: int, last: int) -> bool:
    """Say whether two groups are a number with decimals, such as 123456.78."""
    (_, end), (start, stop) = run.groups[first], run.groups[last]
    return (
        last == first + 1 and run.text[end:start] == "." and not (stop - start == 4 and end - run.groups[first][0] == 4)
    )


def _holds_a_date(run: _Run, first: int, last: int) -> bool:
    threes = [run.written(place, place + 2) for place in range(first, last - 1)]
    if any(is_date(three) and has_year(three) for three in threes):
        return True
    # Beside a word such as tel. or call it is a number.
    is_told = run.is_labelled or run.is_near_a_word
    return not is_told and any(map(is_day_of_another_year, threes))


def _is_north_american(run: _Run, first: int, last: int) -> bool:
    """Say whether a stretch is written as 555-123-4567, (555) 123 4567 or with a 1 before."""
    lengths = [end - start for start, end in run.groups[first : last + 1]]
    if lengths not in ([3, 3, 4], [1, 3, 3, 4]):
        return False
    (_, end), (start, _) = run.groups[last - 1 : last + 1]
    before = run.text[max(0, run.groups[last - 2][0] - 1) : run.groups[last - 2][0]]
    return run.text[end:start] in ("-", ".") or before == "("


def _hit(run: _Run, first: int, last: int, rule: str) -> Hit:
    start, end = run.groups[first][0], run.groups[last][1]
    plus = run.plus(first)
    if plus >= 0:
        start = plus
    if run.text[max(0, start - 1) : start] == "(" and ")" in run.text[start:end]:
        start -= 1
    extension = _extension().match(run.text, end) if last == len(run.groups) - 1 else None
    return Hit("phone", start, extension.end() if extension else end, rule)


@lru_cache(maxsize=4096)
def _is_valid(number: str, country: str) -> bool:
    """Ask the library whether a number can be dialled; without a country only one with + can be known."""
    if not number.startswith("+") and country not in phonenumbers.SUPPORTED_REGIONS:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, country or None))
    except phonenumbers.NumberParseException:
        return False


@cache
def _label() -> Labels:
    return Labels(pattern_words().phone.labels)


@cache
def _near_word() -> re.Pattern[str]:
    return re.compile(one_of(pattern_words().phone.near), re.IGNORECASE)


@cache
def _extension() -> re.Pattern[str]:
    # 'x565' stands right after a digit, and right before one.
    words = "|".join(sorted(pattern_words().phone.extensions, key=len, reverse=True))
    return re.compile(rf"[ ,;]{{0,3}}(?:{words})[.:]?[ ]{{0,2}}\d{{1,6}}(?!\w)", re.IGNORECASE)
