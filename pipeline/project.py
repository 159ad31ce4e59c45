"""A project: its folder under data/, and project.yml read into a model that refuses what it does not know."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import available_timezones

import holidays
import pandas as pd
from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from pipeline.directions import without_directions
from pipeline.errors import InputError
from pipeline.period import CalendarKind, Period, parse_day, shown
from pipeline.places import data_folder
from pipeline.working_days import WEEKDAYS, Weekday, WorkingCalendar
from pipeline.yaml_files import Strict, check_model, read_yaml

Status = Literal["unrelated", "in_progress", "resolved", "rejected", "withdrawn", "duplicate"]
STATUSES: tuple[Status, ...] = get_args(Status)
"""The statuses that whatever a project calls them is mapped to."""
CLOSED = ("rejected", "withdrawn")
"""The statuses of a grievance that ended without a resolution."""
Relation = Literal["related", "unrelated"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
NOT_STATED = "not_stated"
"""The member that stands for a blank or unknown value in every dimension."""
PUBLISHED = "published"
"""The folder of a project below which the figures that were published are kept; nothing in it is a register."""

_CODE = re.compile("[a-z][a-z0-9_]*")
_PROJECT_CODE = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_PROJECT_CODE = 60
"""Letters of a project's folder: outputs add to it, and a file system takes 255 bytes."""


def _in_language(value: Any, info: ValidationInfo) -> Any:
    """Take the project's language from a text that is given in several: `{en: …, mn: …}`."""
    if not isinstance(value, dict):
        return value
    language = (info.context or {}).get("language", "en")
    if language not in value:
        raise ValueError(f"there is no text for the language '{language}' of this project")
    return value[language]


def _code(value: str) -> str:
    if not _CODE.fullmatch(value) or value == NOT_STATED:
        raise ValueError("a code is written with small letters, digits and _, begins with a letter, e.g. in_person")
    return value


Text = Annotated[str, BeforeValidator(_in_language), AfterValidator(without_directions), Field(min_length=1)]
Code = Annotated[str, AfterValidator(_code)]


class Term(Strict):
    """A word of the project's vocabulary: its label, and the spellings under which the register has it."""

    label: Text
    aliases: tuple[str, ...] = ()
    definition: Text | None = None


class Channel(Term):
    """A way by which grievances come in."""

    reach: Text | None = None
    answers_by_itself: bool = False


class Topic(Term):
    """What grievances are about: a topic of the taxonomy, several of them under one name, or one of the project's own.

    `covers` names topics of the taxonomy; `phrases` are found in texts besides, written as patterns.py explains.
    """

    covers: tuple[Code, ...] = ()
    phrases: tuple[str, ...] = ()


class DayOff(Strict):
    """A day on which the office did not work, or did, by decision."""

    date: date
    reason: Text


class Calendar(Strict):
    """How the project's calendar differs from its country's: the days of the weekend, and days by decision."""

    weekend: tuple[Weekday, ...] | None = None
    extra_days_off: tuple[DayOff, ...] = ()
    extra_working_days: tuple[DayOff, ...] = ()

    @field_validator("weekend")
    @classmethod
    def _leaves_days_to_work(cls, value: tuple[Weekday, ...] | None) -> tuple[Weekday, ...] | None:
        for place, day in enumerate(value or ()):
            if day in (value or ())[:place]:
                raise ValueError(f"{day} is named twice")
        if value is not None and len(value) == len(WEEKDAYS):
            raise ValueError("every day of the week is named, so that no working day is left")
        return value

    @property
    def weekend_numbers(self) -> tuple[int, ...] | None:
        """The days of the week that are off, by number, Monday being 0; None where those of the country are."""
        return None if self.weekend is None else tuple(sorted(WEEKDAYS.index(day) for day in self.weekend))


class Standard(Strict):
    """A service standard: within how many days, in which unit."""

    days: Annotated[int, Field(ge=0, le=1000)]
    unit: Literal["working_days", "calendar_days"] = "working_days"


class ResolutionStandard(Standard):
    """The standard for resolving, with others for single types where the project has set them."""

    by_type: dict[Code, Annotated[int, Field(ge=0, le=1000)]] = {}


class ServiceStandards(Strict):
    """The standards that the project has set; None where it has set none."""

    acknowledgement: Standard | None = None
    resolution: ResolutionStandard | None = None


class Change(Strict):
    """Something that changed on a day, so that figures before and after it mean less side by side."""

    date: date
    what: Literal["definition", "calendar", "standard", "vocabulary", "channel", "procedure"]
    text: Text


class Confidential(Strict):
    """Names that never reach the public edition, and those that may."""

    persons: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


Protected = Literal["sex", "location", "vulnerable_group"]
"""The dimensions whose small numbers could point to a person."""


class Disclosure(Strict):
    """Which counts by sex, place and vulnerable group are published, and from which number on a count is shown.

    A table is a dimension, or a cross of two. `merge` puts members of a dimension together under one name.
    """

    tables: tuple[Protected | tuple[Protected, Protected], ...] = get_args(Protected)
    threshold: Annotated[int, Field(ge=3, le=100, strict=True)] = 5
    merge: dict[Protected, dict[str, tuple[str, ...]]] = {}

    @field_validator("tables")
    @classmethod
    def _each_table_once(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        seen = [frozenset((one,)) if isinstance(one, str) else frozenset(one) for one in value]
        for place, one in enumerate(seen):
            if not isinstance(value[place], str) and len(one) == 1:
                raise ValueError(f"'{min(one)}' cannot be crossed with itself")
            if one in seen[:place]:
                raise ValueError(f"'{' by '.join(sorted(one))}' is named twice")
        return value

    @field_validator("merge")
    @classmethod
    def _each_member_once(cls, value: dict[Any, dict[str, tuple[str, ...]]]) -> dict[Any, dict[str, tuple[str, ...]]]:
        for dimension, merged in value.items():
            seen: dict[str, int] = {}
            for number, (name, members) in enumerate(merged.items(), start=1):
                for member in (name, *members):
                    if fold(member) in ("", NOT_STATED):
                        raise ValueError("a blank, or 'not stated', cannot be merged")
                    # A member can be called after somebody, and no name is known yet.
                    if seen.setdefault(fold(member), number) != number:
                        first = seen[fold(member)]
                        raise ValueError(f"under {dimension}, names {first} and {number} have a member in common")
        return value


class Escalation(Strict):
    """A body outside the project to which a complainant may turn."""

    name: Text
    text: Text


class Texts(Strict):
    """The standing texts of the report."""

    purpose: tuple[Text, ...]
    handling: tuple[Text, ...]
    unrelated: Text | None = None
    confidentiality: Text
    escalation: tuple[Escalation, ...] = ()


class ReconciliationException(Strict):
    """A difference between figures that somebody signed for: it fits one check of one period, and that number only."""

    check: Annotated[str, Field(min_length=1)]
    scope: Literal["period", "previous", "cumulative"]
    dimension: str = ""
    period: str
    difference: Annotated[int, Field(strict=True)]
    reason: Text
    who: Text
    date: date

    @field_validator("period")
    @classmethod
    def _is_period(cls, value: str) -> str:
        label, mark, as_of = value.partition("@")
        try:
            Period.parse(label)
            if mark:
                parse_day(as_of, "the day after @")
        except InputError as error:
            raise ValueError(str(error).rstrip(".")) from None
        return value

    @field_validator("difference")
    @classmethod
    def _is_difference(cls, value: int) -> int:
        if value == 0:
            raise ValueError("a difference of 0 needs no exception")
        return value


People = Annotated[int, Field(ge=1, le=10_000_000_000, strict=True)]


class Beneficiaries(Strict):
    """How many people the project is for, on which day and by whose count; the breakdowns are as in the register.

    A person has one sex and one place, so those add up to the total at most; vulnerable groups may overlap.
    """

    total: People
    source: Text
    date: date
    by_sex: dict[str, People] = {}
    by_location: dict[str, People] = {}
    by_vulnerable_group: dict[str, People] = {}

    def by_dimension(self) -> dict[str, dict[str, int]]:
        """Return the numbers by the names of the dimensions of the indicators."""
        return {"location": self.by_location, "sex": self.by_sex, "vulnerable_group": self.by_vulnerable_group}

    @field_validator("by_sex", "by_location", "by_vulnerable_group")
    @classmethod
    def _once_each(cls, value: dict[str, int]) -> dict[str, int]:
        # A group can be called after somebody, and no name is known yet: each is told by its number.
        seen: dict[str, int] = {}
        for number, name in enumerate(value, start=1):
            if fold(name) == NOT_STATED or not fold(name):
                raise ValueError("a blank, or 'not stated', cannot be the name of a group")
            if seen.setdefault(fold(name), number) != number:
                raise ValueError(f"names {seen[fold(name)]} and {number} are one word to the program")
        return value

    @model_validator(mode="after")
    def _within_the_total(self) -> Beneficiaries:
        for name, numbers in (("by_sex", self.by_sex), ("by_location", self.by_location)):
            if sum(numbers.values()) > self.total:
                raise ValueError(f"{name} adds up to {sum(numbers.values())}, which is more than total")
        for place, number in enumerate(self.by_vulnerable_group.values(), start=1):
            if number > self.total:
                raise ValueError(f"by_vulnerable_group: the group in place {place} has more members than total")
        return self


Amount = Annotated[float, Field(ge=0, le=1e12, strict=True, allow_inf_nan=False)]


class FrameworkRow(Strict):
    """A row of the project's results framework that one of the indicators answers."""

    indicator: str
    name: Text | None = None
    unit: Text | None = None
    baseline: Amount | None = None
    baseline_date: date | None = None
    target: Amount | None = None
    target_date: date | None = None
    scope: Literal["period", "cumulative"] | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> FrameworkRow:
        for name, amount, day in (
            ("baseline", self.baseline, self.baseline_date),
            ("target", self.target, self.target_date),
        ):
            if day is not None and amount is None:
                raise ValueError(f"{name}_date is given without {name}")
        if self.baseline_date and self.target_date and self.target_date <= self.baseline_date:
            raise ValueError("target_date must lie after baseline_date")
        return self


class UnnamedTerm(Term):
    """A code that project.yml does not name: it is understood where a register uses it, under its usual label."""


class Classification(Strict):
    """What the labels that rules and model propose may do; by default they wait for a person.

    With `count_proposals` they are counted, as provisional, where nobody gave the label. `training_sets` names files in
    the project's folder from which the learned model learns besides.
    """

    count_proposals: bool = False
    training_sets: dict[Literal["type", "relation", "topic"], Annotated[str, Field(min_length=1)]] = {}


def _vocabulary(defaults: Mapping[str, str]) -> Any:
    def merge(value: Any) -> Any:
        if isinstance(value, dict):
            missing = {code: UnnamedTerm(label=label) for code, label in defaults.items() if code not in value}
            return {**value, **missing}
        return value

    return BeforeValidator(merge)


Statuses = Annotated[
    dict[Status, Term],
    _vocabulary(
        {
            "unrelated": "Unrelated",
            "in_progress": "In progress",
            "resolved": "Resolved",
            "rejected": "Rejected",
            "withdrawn": "Withdrawn",
            "duplicate": "Duplicate",
        }
    ),
]
Relations = Annotated[dict[Relation, Term], _vocabulary({"related": "Related", "unrelated": "Unrelated"})]


class Source(Strict):
    """Where the register is: a file, a folder or a pattern beside project.yml, or a table of a database."""

    file: Annotated[str, Field(min_length=1)] | None = None
    sheet: Annotated[str, Field(min_length=1)] | None = None
    encoding: str | None = None
    database: Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    table: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Source:
        if (self.file is None) == (self.database is None):
            raise ValueError("give either file, or database (the name of an environment variable) with table")
        if (self.database is None) != (self.table is None):
            raise ValueError("database and table go together: the environment variable, and the table to read")
        if self.database is not None and (self.sheet or self.encoding):
            raise ValueError("sheet and encoding are for a file")
        try:
            codecs.lookup(self.encoding or "utf-8")
        except LookupError:
            raise ValueError(f"'{self.encoding}' is not an encoding, such as utf-8 or cp1251") from None
        return self


def _as_source(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else value


class Settings(Strict):
    """project.yml; docs/project-file.md explains every key."""

    name: Text
    short_name: Text | None = None
    implementing_unit: Text
    implementing_unit_short: Text | None = None
    notice: Text | None = None
    synthetic: Annotated[bool, Field(strict=True)] = False
    language: str = "en"
    country: str
    grm_start: date
    implementing_unit_start: date | None = None
    complete_through: date
    reporting: CalendarKind = "half"
    register_: Annotated[Source, BeforeValidator(_as_source), Field(alias="register")]
    columns: dict[str, str] = {}
    not_collected: dict[Literal["channel", "status"], Text] = {}
    date_formats: tuple[str, ...] = ()
    date_order: Literal["day_first", "month_first"] | None = None
    date_system: Literal[1900, 1904] = 1900
    timezone: str | None = None
    numbering: str | None = None
    calendar: Calendar = Calendar()
    channels: Annotated[dict[Code, Channel], Field(min_length=1)]
    statuses: Statuses
    relations: Relations = Field(default={}, validate_default=True)
    types: Annotated[dict[Code, Term], Field(min_length=1)]
    topics: dict[Code, Topic] = {}
    components: tuple[Text, ...] = ()
    classification: Classification = Classification()
    service_standards: ServiceStandards = ServiceStandards()
    minimum_n: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    annex_rows: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    publish_registration_no: bool = False
    pending_age_days: tuple[Annotated[int, Field(ge=0, le=100_000)], ...] = (7, 14, 30, 60)
    severities: tuple[str, ...] = ()
    severe_from: str | None = None
    reconciliation_exceptions: tuple[ReconciliationException, ...] = ()
    bank_notification: Standard | None = None
    beneficiaries: Beneficiaries | None = None
    results_framework: tuple[FrameworkRow, ...] = ()
    changes: tuple[Change, ...] = ()
    confidential: Confidential = Confidential()
    disclosure: Disclosure = Disclosure()
    texts: Texts

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        try:
            Locale.parse(value)
        except (UnknownLocaleError, ValueError):
            raise ValueError(f"'{value}' is not a language code such as en or mn") from None
        return value

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str) -> str:
        if value not in holidays.list_supported_countries(include_aliases=False):
            raise ValueError(f"'{value}' is not a country that the holiday calendar knows; use a code such as MN or KE")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"'{value}' is not a time zone; write it as Asia/Ulaanbaatar")
        return value

    @field_validator("numbering")
    @classmethod
    def _has_number(cls, value: str | None) -> str | None:
        if value is None:
            return None
        is_strange = re.search(r"\{(?!number\}|year\})", value)
        if value.count("{number}") != 1 or value.count("{year}") > 1 or is_strange:
            raise ValueError('write it with {number} once and, where the year is part of it, {year}: "{number}/{year}"')
        return value

    @field_validator("pending_age_days")
    @classmethod
    def _rising(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if list(value) != sorted(set(value)) or not value:
            raise ValueError("the upper ends of the buckets must rise, e.g. [7, 14, 30, 60]")
        return value

    @field_validator("complete_through")
    @classmethod
    def _after_the_start(cls, value: date, info: ValidationInfo) -> date:
        if value < info.data.get("grm_start", value):
            raise ValueError("complete_through lies before grm_start")
        return value

    @field_validator("date_formats")
    @classmethod
    def _name_a_day(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for form in value:
            if not _names_a_day(form):
                raise ValueError(
                    f"'{form}' is not the form of a date; write day, month and year as in %d/%m/%Y, each once"
                )
        return value

    @field_validator("channels", "statuses", "types", "relations", "topics")
    @classmethod
    def _unambiguous(cls, value: Mapping[Any, Term]) -> Mapping[Any, Term]:
        seen: dict[str, str] = {}
        for code, term in value.items():
            for spelling in _spellings_of(code, term):
                if seen.setdefault(spelling, code) != code:
                    raise ValueError(f"'{spelling}' stands for both {seen[spelling]} and {code}")
        return value

    @field_validator("reconciliation_exceptions")
    @classmethod
    def _each_once(cls, value: tuple[ReconciliationException, ...]) -> tuple[ReconciliationException, ...]:
        keys = [(one.check, one.scope, one.dimension, one.period) for one in value]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise ValueError(f"there are two exceptions for {key[0]} ({key[1]}) of {key[3]}; keep one")
        return value

    @field_validator("service_standards")
    @classmethod
    def _for_known_types(cls, value: ServiceStandards, info: ValidationInfo) -> ServiceStandards:
        unknown = set(value.resolution.by_type if value.resolution else ()) - set(info.data.get("types", ()))
        if unknown and "types" in info.data:
            raise ValueError(f"resolution.by_type: '{min(unknown)}' is not one of types")
        return value

    @field_validator("severe_from")
    @classmethod
    def _one_of_severities(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value not in info.data.get("severities", (value,)):
            raise ValueError("severe_from must be one of severities")
        return value

    @field_validator("bank_notification")
    @classmethod
    def _for_severe_ones(cls, value: Standard | None, info: ValidationInfo) -> Standard | None:
        if value is not None and info.data.get("severe_from", "") is None:
            raise ValueError("severe grievances are to be notified, so severe_from must say which are severe")
        return value


def spellings(terms: Mapping[Any, Term]) -> dict[str, str]:
    """Map each folded spelling (code, label, alias) of a vocabulary to its code."""
    return {spelling: code for code, term in terms.items() for spelling in _spellings_of(code, term)}


def _spellings_of(code: str, term: Term) -> list[str]:
    return [fold(spelling) for spelling in (code, code.replace("_", " "), term.label, *term.aliases)]


def fold(text: str) -> str:
    """Make spellings comparable: white space and case do not tell words apart."""
    return " ".join(text.split()).casefold()


def _names_a_day(form: str) -> bool:
    """Say whether a form gives back the day that was written in it."""
    day = pd.Timestamp(2024, 3, 5)
    try:
        return bool(pd.to_datetime(day.strftime(form), format=form) == day)
    except (ValueError, TypeError, re.error):
        return False


@dataclass(frozen=True)
class Project:
    """A project's folder and settings.

    `folder` holds project.yml, the register and what people decided about it. Only `published/` in it is written to, by
    the command `freeze`, and decisions.csv, by `decide`.
    """

    code: str
    folder: Path
    settings: Settings

    @property
    def locale(self) -> str:
        """The language and the country, such as 'en-MN', by which names and numbers are looked for in texts."""
        return f"{self.settings.language}-{self.settings.country}"

    @property
    def shown_folder(self) -> str:
        """The folder as errors and notebooks name it: the same on every machine."""
        return f"data/{self.code}"

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working days of the project, for the years that its dates can touch."""
        settings = self.settings
        return WorkingCalendar(
            settings.country,
            (day.date for day in settings.calendar.extra_days_off),
            (day.date for day in settings.calendar.extra_working_days),
            years=(settings.grm_start.year - 20, settings.complete_through.year + 20),
            weekend=settings.calendar.weekend_numbers,
        )


def project_codes() -> list[str]:
    """List the projects there are."""
    folder = data_folder()
    return sorted(path.parent.name for path in folder.glob("*/project.yml")) if folder.is_dir() else []


def is_project_code(text: str) -> bool:
    """Say whether a folder of that name can be a project: small letters, digits and single hyphens, not too many."""
    return len(text) <= LONGEST_PROJECT_CODE and _PROJECT_CODE.fullmatch(text) is not None


def load_project(code: str, named_by: str = "PROJECT is") -> Project:
    """Read a project's settings; a wrong name, a missing file or a faulty key is an `InputError`.

    `named_by` is how the sentence on a wrong name begins.
    """
    folder = data_folder() / code if is_project_code(code) else None
    if folder is None or not folder.is_dir():
        there = project_codes()
        if code in there:
            raise InputError(
                f"The folder {shown(code)} below data/ holds a project.yml, but its name cannot be that of a project: "
                f"small letters, digits and single hyphens, at most {LONGEST_PROJECT_CODE}. Rename the folder, or name "
                "the projects that are meant in the call."
            )
        known = ", ".join(filter(is_project_code, there)) or "none yet"
        raise InputError(
            f"{named_by} {shown(code)}, which is not a project. Allowed are the folders below data/ that hold a "
            f"project.yml, named with small letters, digits and hyphens: {known}."
        )
    shown_as = f"data/{code}/project.yml"
    data = read_yaml(folder / "project.yml", shown_as)
    language = data.get("language", "en") if isinstance(data, dict) else "en"
    # A language that is no text is told with its own line; texts in several languages are then read in English.
    language = language if isinstance(language, str) else "en"
    return Project(code, folder, check_model(data or {}, Settings, shown_as, language=language))
