"""An invented register: no grievance, name or place in it is real, and the same seed gives the same rows everywhere.

All chance comes from uniform numbers, which NumPy keeps the same from version to version; its other distributions it
does not promise to keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.project import Code
from pipeline.register.columns import dictionary
from pipeline.yaml_files import Strict, read_model

START = date(2022, 1, 1)
HALF_YEARS = 6

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
"""Arrays of one entry a row; days are counted from the start, and `NONE` is no day."""
NONE = -1

_FILE = Path(__file__).with_name("demonstration.yml")
_NEVER = 1_000_000
_BY_WEEKDAY = np.array([1.15, 1.1, 1.0, 1.0, 0.95, 0.25, 0.12])
_ENDS = {"ordinary": 81.5, "unrelated": 9, "duplicate": 2.5, "rejected": 4, "withdrawn": 3}
_MONTHS = tuple(pd.date_range("2001-01-01", periods=12, freq="MS").strftime("%B"))
_SATISFACTION = ("satisfied", "dissatisfied", "no_answer", "not_asked")
_STAFF = 9
_GROWTH = 0.025
MOST_HALF_YEARS = 60
"""Beyond it growth from half-year to half-year would leave nothing for the first one."""


class Word(Strict):
    """A word of the register with the other spellings that a project understands."""

    word: str
    aliases: tuple[str, ...]


class Weighted(Word):
    """A word with how often it comes in the first and in the last half-year."""

    weights: tuple[float, float]


class GrievanceType(Weighted):
    """A type with the weights of its waiting times and the sentences that it takes."""

    waiting: tuple[float, float, float, float]
    text: Literal["issues", "questions", "suggestions", "appreciations"]


class Topic(Strict):
    """A topic with its sentences; an issue comes with what was done about it.

    `benefit` is the share of its grievances that is related to project benefits.
    """

    weight: float
    benefit: float
    issues: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    suggestions: tuple[str, ...]
    appreciations: tuple[str, ...]
    details: tuple[str, ...]

    def said_and_done(self, form: str) -> tuple[tuple[str, str], ...]:
        """Return the sentences of a form with what was done, blank where that is not the topic's own."""
        return self.issues if form == "issues" else tuple((text, "") for text in getattr(self, form))


class Ingredients(Strict):
    """demonstration.yml."""

    statuses: dict[Code, Word]
    relations: dict[Code, Word]
    channels: dict[Code, Weighted]
    types: dict[Code, GrievanceType]
    severities: dict[str, float]
    places: tuple[str, ...]
    vulnerable_groups: dict[str, float]
    escalated_to: tuple[str, ...]
    referred_to: tuple[str, ...]
    names: dict[Literal["given", "family", "firm"], tuple[tuple[str, ...], ...]]
    since: tuple[str, ...]
    endings: dict[str, tuple[str, ...]]
    named: tuple[str, ...]
    reachable: tuple[str, ...]
    particulars: tuple[str, ...]
    actions: dict[str, tuple[str, ...]]
    unrelated: tuple[str, ...]
    sensitive: dict[str, tuple[str, ...]]
    topics: dict[str, Topic]


@cache
def ingredients() -> Ingredients:
    """Return what the register is made of."""
    return read_model(_FILE, Ingredients, "pipeline/register/demonstration.yml")


class Chance:
    """What is left to chance, for `rows` rows at once; one seed or several numbers that make one."""

    def __init__(self, seed: int | Sequence[int], rows: int) -> None:
        self.rows = rows
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def uniform(self) -> npt.NDArray[np.float64]:
        return self._generator.random(self.rows)

    def happens(self, share: float | npt.NDArray[np.float64]) -> Booleans:
        return self.uniform() < share

    def between(self, first: int, last: int) -> Integers:
        return first + np.floor(self.uniform() * (last - first + 1)).astype(np.int64)

    def skewed(self, first: int, last: int) -> Integers:
        """Draw from `first` to `last`, the lower the likelier."""
        return first + np.floor(self.uniform() ** 2 * (last - first + 1)).astype(np.int64)

    def pick(self, weights: Sequence[float]) -> Integers:
        """Draw places of a list by weights."""
        return np.searchsorted(np.cumsum(weights) / np.sum(weights), self.uniform(), side="right")

    def pick_row_by_row(self, weights: npt.NDArray[np.float64]) -> Integers:
        """Draw by weights of its own for each row: rows by places of the list."""
        bounds = np.cumsum(weights, axis=1)
        return np.asarray((bounds < self.uniform()[:, None] * bounds[:, -1:]).sum(axis=1))

    def one_of(self, texts: Sequence[str]) -> Texts:
        return _texts(texts)[self.between(0, len(texts) - 1)]

    def place_by(self, lengths: Sequence[int], which: Integers) -> Integers:
        """Draw from the list that `which` names for each row: places in all lists put together."""
        counts = np.array(lengths)
        within = np.floor(self.uniform() * counts[which]).astype(np.int64)
        begins: Integers = np.cumsum(counts) - counts
        return np.asarray(begins[which] + within)

    def one_by(self, lists: Sequence[Sequence[str]], which: Integers) -> Texts:
        """Draw from the list that `which` names for each row."""
        places = self.place_by([len(one) for one in lists], which)
        return _texts([text for one in lists for text in one])[places]


class Span(NamedTuple):
    """The days that a register covers."""

    start: date
    half_years: int

    @property
    def borders(self) -> Integers:
        """The first day of each half-year, and the day after the last."""
        first = pd.Timestamp(self.start)
        return np.array([(first + pd.DateOffset(months=6 * n) - first).days for n in range(self.half_years + 1)])

    @property
    def last(self) -> int:
        """The last day."""
        return int(self.borders[-1]) - 1

    def weekday(self, days: Integers) -> Integers:
        return (days + self.start.weekday()) % 7

    def to_office_hours(self, days: Integers) -> Integers:
        """Move a Saturday or Sunday to the Monday after it."""
        return np.asarray(days + np.array([0, 0, 0, 0, 0, 2, 1])[self.weekday(days)])

    def known(self, days: Integers, where: Booleans) -> Integers:
        """Keep the days that have come by the last day, of the rows that `where` names."""
        return np.where(where & (days <= self.last), days, NONE)

    def written(self, days: Integers) -> Texts:
        every = pd.date_range(self.start, periods=self.last + 1).strftime("%Y-%m-%d")
        return _texts([*every, ""])[days]


def invented_register(
    rows: int,
    seed: int,
    *,
    start: date = START,
    half_years: int = HALF_YEARS,
    received_in: tuple[int, int] | None = None,
    detailed: float = 0,
) -> pd.DataFrame:
    """Invent a register without faults, in the order of receipt.

    Parameters
    ----------
    rows
        Number of grievances, about as many in each half-year.
    start, half_years
        First day, and how many half-years (six months each) follow; nothing in the register is dated later.
    received_in
        The first half-year of receipt (from 0) and the one after the last; all where it is left out. So a long register
        can be made piece by piece. A piece begins with a year, since numbers do.
    detailed
        Share of the texts that tell a number, a day or an amount of their own, so that few are the same.

    Returns
    -------
    pd.DataFrame
        Every column of columns.yml as text, blanks as empty text.
    """
    made, chance, span = ingredients(), Chance(seed, rows), Span(start, half_years)
    received = _received(chance, span, *(received_in or (0, half_years)))
    when = received / (span.last + 1)
    kind = chance.pick_row_by_row(_moving(made.types, when))
    course = _course(chance, span, received, kind)
    topic = chance.pick([one.weight for one in made.topics.values()])
    channel = chance.pick_row_by_row(_moving(made.channels, when))
    sender = _senders(chance, channel)
    place = chance.one_of(made.places)
    staff = _full_names(np.arange(_STAFF) * 7919 + seed % 1000)[chance.between(0, _STAFF - 1)]
    words = _words_of(chance, course, kind, topic, place, sender, staff)
    words["summary"] = _detailed(Chance((seed, 4), rows), words["summary"], detailed, ~course.is_sensitive)
    columns = {
        "registration_no": _numbers(span, received),
        "channel": _texts([one.word for one in made.channels.values()])[channel],
        "channel_basis": np.where(chance.happens(0.04), "inferred", "stated"),
        "type": np.where(chance.happens(0.015), "", _texts([one.word for one in made.types.values()])[kind]),
        "topic": _texts(list(made.topics))[topic],
        "location": place,
        "responsible": staff,
        **sender,
        **words,
        **_standing(chance, course, topic),
        **{name: span.written(days) for name, days in course.days.items()},
        **_ratings(chance, span, course, kind),
        "vulnerable_group": _vulnerable_groups(seed, sender),
    }
    return pd.DataFrame({name: pd.Series(columns[name], dtype="str") for name in dictionary()})


def _vulnerable_groups(seed: int, sender: Mapping[str, Texts]) -> Texts:
    """Draw the groups by chance of their own, so that no other column depends on them; a firm belongs to none."""
    weights = ingredients().vulnerable_groups
    chance = Chance((seed, 3), len(sender["complainant"]))
    return np.where(sender["complainant_sex"] != "", _texts(list(weights))[chance.pick(list(weights.values()))], "")


def _texts(values: Sequence[str] | pd.Index) -> Texts:
    return np.array(list(values), dtype=object)


def _moving(words: Mapping[str, Weighted], when: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    first, last = np.array([one.weights for one in words.values()]).T
    return np.asarray(first + when[:, None] * (last - first))


def _received(chance: Chance, span: Span, first: int, end: int) -> Integers:
    """Draw the days of receipt: slightly more from half-year to half-year, more in the wet months, few on weekends."""
    days = np.arange(span.last + 1)
    weights = _BY_WEEKDAY[span.weekday(days)] * (1 + 0.25 * np.sin(2 * np.pi * (days % 365 - 60) / 365))
    trend = (1 + _GROWTH * (np.arange(span.half_years) - (span.half_years - 1) / 2))[first:end]
    quotas = np.diff(np.round(np.cumsum([0, *trend]) / trend.sum() * chance.rows).astype(np.int64))
    half_year = np.repeat(np.arange(first, end), quotas)
    bounds = np.cumsum(weights)
    below, above = (np.array([0.0, *bounds])[span.borders[half_year + n]] for n in (0, 1))
    drawn = np.searchsorted(bounds, below + chance.uniform() * (above - below), side="right")
    return np.sort(drawn)


def _numbers(span: Span, received: Integers) -> Texts:
    years = (pd.Timestamp(span.start) + pd.to_timedelta(received, unit="D")).year
    numbers = pd.Series(years).groupby(years).cumcount() + 1
    return _texts([f"{number}/{year}" for number, year in zip(numbers, years, strict=True)])


@dataclass(frozen=True)
class _Course:
    """What became of each grievance: its status today, the dates of its life, and whether it is sensitive."""

    status: Texts
    days: dict[str, Integers]
    is_sensitive: Booleans


def _course(chance: Chance, span: Span, received: Integers, kind: Integers) -> _Course:
    forms = _texts([one.text for one in ingredients().types.values()])[kind]
    end = _texts(list(_ENDS))[chance.pick(list(_ENDS.values()))]
    # Thanks concern the project, and only what asks for something can be rejected.
    end = np.where(forms == "appreciations", "ordinary", end)
    end = np.where((forms != "issues") & np.isin(end, ("rejected", "withdrawn")), "ordinary", end)
    ended = span.to_office_hours(received + _waiting(chance, kind))
    resolved = span.known(ended, end == "ordinary")
    closed = span.known(ended, np.isin(end, ("rejected", "withdrawn")))
    finish = np.maximum(resolved, closed)
    latest = np.where(finish != NONE, finish, span.last)

    acknowledged = np.minimum(received + chance.skewed(0, 9), latest)
    told = span.to_office_hours(resolved + chance.skewed(0, 8))
    passed_up = received + 12 + chance.between(0, 20)
    appealed = span.known(resolved + chance.between(2, 20), (resolved != NONE) & chance.happens(0.045))
    reopened = np.where(
        appealed != NONE,
        span.known(appealed + chance.between(2, 14), (appealed != NONE) & chance.happens(0.6)),
        span.known(resolved + chance.between(5, 60), (resolved != NONE) & chance.happens(0.01)),
    )
    again = span.known(span.to_office_hours(reopened + chance.skewed(3, 90)), reopened != NONE)

    status = np.where(np.isin(end, ("unrelated", "duplicate")), end, "in_progress")
    status = np.where(closed != NONE, end, status)
    status = np.where((resolved != NONE) & ((reopened == NONE) | (again != NONE)), "resolved", status)
    days = {
        "date_received": received,
        "date_acknowledged": span.known(acknowledged, chance.happens(0.93)),
        "date_due": span.known(received + 30, chance.happens(0.25)),
        "date_resolved": resolved,
        "date_closed": closed,
        "date_outcome_communicated": span.known(told, (resolved != NONE) & chance.happens(0.88)),
        "date_escalated": span.known(passed_up, (end == "ordinary") & (passed_up <= latest) & chance.happens(0.3)),
        "date_appealed": appealed,
        "date_reopened": reopened,
        "date_resolved_again": again,
    }
    return _Course(status, days, chance.happens(0.015) & (forms == "issues") & (end != "unrelated"))


def _waiting(chance: Chance, kind: Integers) -> Integers:
    """Draw calendar days until the end: the same day, some days, some weeks, some months, a few without end."""
    weights = np.array([one.waiting for one in ingredients().types.values()])[kind]
    lengths = [np.zeros(chance.rows, np.int64), chance.skewed(1, 6), chance.skewed(7, 41), chance.skewed(42, 260)]
    waiting = np.choose(chance.pick_row_by_row(weights), lengths)
    return np.where(chance.happens(0.012), _NEVER, waiting)


def _full_names(people: Integers) -> Texts:
    """Name each person, no two the same: who comes after all pairs of names are taken has a second given name."""
    given, family = _names("given"), _names("family")
    pairs = len(given) * len(family)
    mixed, round_ = people * 104_729 % pairs, people // pairs
    second = np.where(round_ > 0, given[(mixed + round_) % len(given)] + " ", "")
    return np.asarray(given[mixed % len(given)] + " " + second + family[mixed // len(given)])


@cache
def _names(kind: Literal["given", "family", "firm"]) -> Texts:
    *cores, last = ingredients().names[kind]
    names = [""]
    for syllables in cores:
        names = [name + syllable for name in names for syllable in syllables]
    # A firm's trade and form stand apart from its name.
    names = [name + (" " if kind == "firm" else "") + end for name in names for end in last]
    return _texts(names)


def _senders(chance: Chance, channel: Integers) -> dict[str, Texts]:
    """Invent who sent each grievance; some come back, so there are fewer persons than grievances."""
    person = np.floor(chance.uniform() * (0.85 * chance.rows + 1)).astype(np.int64) + 1_000
    names = _full_names(person)
    is_firm, is_anonymous = chance.happens(0.07), chance.happens(0.09)
    complainant = np.where(is_firm, chance.one_of(list(_names("firm"))), names)
    phone = _texts([f"00999 555 {number % 900_000 + 100_000}" for number in person])
    email = _texts([name.lower().replace(" ", ".") + "@example.org" for name in names])
    codes = list(ingredients().channels)
    by_email = (channel == codes.index("email")) | (channel == codes.index("website"))
    by_phone = (channel == codes.index("phone")) | (channel == codes.index("text_message"))
    contact = np.where(by_email | (~by_phone & chance.happens(0.15)), email, phone)
    is_known = by_email | by_phone | chance.happens(0.7)
    sex = np.where(person % 100 < 47, "Female", "Male")
    return {
        "complainant": np.where(is_anonymous, "", complainant),
        "complainant_sex": np.where(is_firm | is_anonymous, "", sex),
        "complainant_contact": np.where(is_known & ~is_anonymous, contact, ""),
        "is_anonymous": np.where(is_anonymous, "Yes", "No"),
    }


def _words_of(
    chance: Chance,
    course: _Course,
    kind: Integers,
    topic: Integers,
    place: Texts,
    sender: Mapping[str, Texts],
    staff: Texts,
) -> dict[str, Texts]:
    """Put the texts together: what was said, and what was done about it."""
    made = ingredients()
    forms = [one.text for one in made.types.values()]
    lists = [one.said_and_done(form) for one in made.topics.values() for form in forms]
    chosen = chance.place_by([len(one) for one in lists], topic * len(forms) + kind)
    said, done = (_texts([pair[n] for one in lists for pair in one])[chosen] for n in (0, 1))
    is_unrelated, is_hidden = course.status == "unrelated", course.is_sensitive
    form = _texts(forms)[kind]
    summary = _summary(chance, np.where(is_unrelated, chance.one_of(made.unrelated), said), form, topic, is_unrelated)
    named = np.where((sender["complainant"] != "") & chance.happens(0.14), chance.one_of(made.named), "")
    has_contact = sender["complainant_contact"] != ""
    reachable = np.where(has_contact & chance.happens(0.05), chance.one_of(made.reachable), "")
    summary = _joined(summary, named, reachable)
    for field, values in (
        ("place", place),
        ("name", sender["complainant"]),
        ("contact", sender["complainant_contact"]),
    ):
        summary = _filled(summary, field, values)
    action = _filled(_action(chance, course, form, done), "staff", staff)
    return {
        "summary": np.where(is_hidden, chance.one_of(made.sensitive["summaries"]), summary),
        "action_taken": np.where(is_hidden, chance.one_of(made.sensitive["actions"]), action),
        "note": np.where(chance.happens(0.03), "Synthetic; copied from the paper form", "Synthetic"),
    }


def _summary(chance: Chance, said: Texts, form: Texts, topic: Integers, is_unrelated: Booleans) -> Texts:
    made = ingredients()
    is_issue = (form == "issues") & ~is_unrelated
    details = [one.details for one in made.topics.values()]
    detail = np.where(is_issue & chance.happens(0.7), chance.one_by(details, topic), "")
    since = np.where(is_issue, chance.one_of(made.since), "")
    which = pd.Index(list(made.endings)).get_indexer(np.where(is_unrelated, "issues", form))
    ending = chance.one_by(list(made.endings.values()), which)
    return _joined(said, detail, since, ending)


def _action(chance: Chance, course: _Course, form: Texts, done: Texts) -> Texts:
    made = ingredients().actions
    is_resolved = course.status == "resolved"
    is_issue, is_praise = form == "issues", form == "appreciations"
    taken = done
    for one in ("questions", "suggestions", "appreciations"):
        taken = np.where(form == one, chance.one_of(made[one]), taken)
    for status in ("in_progress", "rejected", "withdrawn", "unrelated", "duplicate"):
        taken = np.where(course.status == status, chance.one_of(made[status]), taken)
    taken = np.where((course.status == "in_progress") & chance.happens(0.2), "", taken)
    staffed = np.where(is_resolved & is_issue & chance.happens(0.2), chance.one_of(made["staffed"]), "")
    again = np.where((course.days["date_reopened"] != NONE) & ~is_praise, chance.one_of(made["again"]), "")
    outcome = np.where(is_resolved & is_issue & chance.happens(0.8), chance.one_of(made["resolved"]), "")
    return _joined(taken, staffed, again, outcome)


def _detailed(chance: Chance, texts: Texts, share: float, where: Booleans) -> Texts:
    """Add a sentence with a number, a day or an amount of its own to a share of the texts."""
    if not share:
        return texts
    sentences = chance.one_of(ingredients().particulars)
    numbers, days = chance.between(2, 9_999), chance.between(1, 28)
    month = chance.one_of(_MONTHS)
    told = [
        sentence.format(number=number, day=day, month=name)
        for sentence, number, day, name in zip(sentences, numbers, days, month, strict=True)
    ]
    return np.asarray(_joined(texts, np.where(where & chance.happens(share), _texts(told), "")))


def _joined(*parts: Texts) -> Texts:
    return _texts([" ".join(filter(None, row)) for row in zip(*parts, strict=True)])


def _filled(texts: Texts, field: str, values: Texts) -> Texts:
    return _texts([text.replace(f"{{{field}}}", value) for text, value in zip(texts, values, strict=True)])


def _standing(chance: Chance, course: _Course, topic: Integers) -> dict[str, Any]:
    made = ingredients()
    is_unrelated = course.status == "unrelated"
    benefit = np.array([one.benefit for one in made.topics.values()])[topic]
    related = np.where(is_unrelated, made.relations["unrelated"].word, made.relations["related"].word)
    words = {code: one.word for code, one in made.statuses.items()}
    return {
        "status": pd.Series(course.status, dtype="str").map(words).to_numpy(dtype=object),
        "relation": np.where(chance.happens(0.03), "", related),
        "is_sensitive": np.where(course.is_sensitive, "Yes", "No"),
        "is_benefit_related": np.where(chance.happens(benefit) & ~is_unrelated, "Yes", "No"),
        "referred_to": np.where(is_unrelated & chance.happens(0.85), chance.one_of(made.referred_to), ""),
        "escalated_to": np.where(course.days["date_escalated"] != NONE, chance.one_of(made.escalated_to), ""),
    }


def _ratings(chance: Chance, span: Span, course: _Course, kind: Integers) -> dict[str, Texts]:
    """Rate how grave each grievance was, and what the complainant said of the outcome."""
    made = ingredients()
    words = list(made.severities)
    level = chance.pick(list(made.severities.values()))
    is_issue = np.array([one.text == "issues" for one in made.types.values()])[kind]
    level = np.where(course.is_sensitive, np.maximum(level, len(words) - 2), np.where(is_issue, level, 0))
    is_reported = (level == len(words) - 1) | ((level == len(words) - 2) & chance.happens(0.3))
    received, resolved = course.days["date_received"], course.days["date_resolved"]
    # Who waited longer is less content.
    waited = np.clip((resolved - received) / 120, 0, 1)
    weights = np.stack([60 - 35 * waited, 12 + 30 * waited, np.full(chance.rows, 16), np.full(chance.rows, 12)], axis=1)
    answer = _texts(_SATISFACTION)[chance.pick_row_by_row(weights)]
    return {
        "severity": _texts(words)[level],
        "satisfaction": np.where(course.status == "resolved", answer, ""),
        "date_bank_notified": span.written(span.known(received + chance.between(1, 4), is_reported)),
    }
