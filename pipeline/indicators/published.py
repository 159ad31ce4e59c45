"""The records of what was published: the figures of a report, frozen, and what each grievance added to them.

A record is the folder data/<project>/published/<period>/ with three files. `record.json` says which period it is, what
was in force and the hashes of the other two, so that a record that was altered is not believed.
Source of the rules: docs/indicators.md, section 'Published figures and restatement'.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import InputError
from pipeline.files import inert
from pipeline.indicators.computation import COLUMNS, Measured
from pipeline.indicators.contributions import as_text, contributions
from pipeline.indicators.definitions import definitions
from pipeline.indicators.facts import prepare
from pipeline.period import Period, Scopes, Window
from pipeline.project import PUBLISHED, Project
from pipeline.register.reading import PLACE

FIGURES, CASES, RECORD = "indicators.csv", "cases.csv", "record.json"
DISCLOSED = "disclosed.csv"
"""What the report showed by sex, place and vulnerable group, without what was left out; absent where it showed none."""
FORMAT = 1

KEPT_DIMENSIONS = ("", "channel", "type", "status", "month", "age", "working_days")
"""The headlines and breakdowns that a record holds: those that are published. What is withheld is not kept."""
SCOPES = ("period", "previous", "cumulative")
RECEIPT = ("date_received", "date_received_earliest", "date_received_latest")
PROGRESS = (
    "date_resolved",
    "date_resolved_counted",
    "date_reopened_counted",
    "date_resolved_again_counted",
    "date_closed_counted",
    "date_acknowledged",
    "date_outcome_communicated",
    "date_escalated",
    "date_appealed",
)
DETAILS = (
    "severity",
    "satisfaction",
    "is_benefit_related",
    "is_anonymous",
    "has_contact",
    "has_referral",
    "required_cells_filled",
)
CASE_COLUMNS = (
    *PLACE,
    "registration_no",
    *RECEIPT,
    "month",
    "channel",
    "type",
    "relation",
    "is_admissible",
    "status",
    *(f"status_{scope}" for scope in SCOPES),
    "is_ended_undated",
    *PROGRESS,
    "date_due",
    "date_due_counted",
    "date_acknowledge_by",
    "resolution_working_days",
    "resolution_calendar_days",
    *DETAILS,
    *(f"counted_{scope}" for scope in SCOPES),
)
"""The columns of a record's cases.csv: texts throughout, blank for unknown. None tells who somebody is."""


@dataclass(frozen=True)
class Published:
    """A record as it was read: the figures, the grievances behind them, the windows and the rules in force.

    `windows` are those of the scopes that it holds: `previous` is missing where those figures were themselves taken
    from a record. `disclosed` is what was shown by the protected dimensions (columns of `COLUMNS`; None where nothing
    was), and `merge` how their members were put together then.
    """

    label: str
    figures: pd.DataFrame
    cases: pd.DataFrame
    windows: dict[str, Window]
    rules: dict[str, Any]
    record: dict[str, Any]
    disclosed: pd.DataFrame | None = None

    @property
    def merge(self) -> dict[str, dict[str, list[str]]]:
        """Members of the protected dimensions that were put together, by dimension and name."""
        return dict(self.record.get("merge", {}))

    @property
    def current(self) -> Window:
        """The window of the period itself."""
        return self.windows["period"]


def records_folder(project: Project) -> Path:
    """Return the folder of a project's records, whether there is one or not."""
    return project.folder / PUBLISHED


def record_files(project: Project) -> list[Path]:
    """List the files of every record, without those of records that were replaced."""
    found = [path / name for path in _record_folders(project) for name in (CASES, DISCLOSED, FIGURES, RECORD)]
    return [path for path in found if path.name != DISCLOSED or path.exists()]


def _record_folders(project: Project) -> list[Path]:
    folders = sorted(records_folder(project).glob("[!.]*"))
    return [path for path in folders if path.is_dir() and _is_period(path.name)]


def _is_period(name: str) -> bool:
    """Say whether a folder is named after a period; a record that was replaced is not: 2024H1.1, 2024H1.2 …"""
    try:
        return Period.parse(name).label == name
    except InputError:
        return False


def all_published(project: Project) -> list[Published]:
    """Read every record of a project, in the order of their names; see `published` for errors."""
    found = (published(project, path.name) for path in _record_folders(project))
    return [record for record in found if record is not None]


def published(project: Project, label: str) -> Published | None:
    """Read the record of a period; None where it was not published.

    A record that is not whole, or not as it was written, is an `InputError` that names the file.
    """
    folder = records_folder(project) / label
    shown = f"{project.shown_folder}/{PUBLISHED}/{label}"
    if (folder.is_symlink() and not folder.exists()) or folder.is_file() or folder.parent.is_file():
        place = folder.parent.name if folder.parent.is_file() else shown
        raise InputError(f"{place} should be a folder and is none. Move it away, or bring the folder back from a copy.")
    if not folder.is_dir():
        former = sorted(folder.parent.glob(f"{label}.[0-9]*"), key=lambda path: (len(path.name), path.name))
        if former:
            raise InputError(
                f"{shown} is missing, but {PUBLISHED}/{former[-1].name}, a record that it replaced, is there: freezing "
                f"was cut short. Rename {former[-1].name} to {label} and freeze again."
            )
        return None
    contents = {name: _content(folder / name, f"{shown}/{name}") for name in (RECORD, FIGURES, CASES)}
    record = _parsed(contents[RECORD], f"{shown}/{RECORD}")
    if (record.get("project"), record.get("period")) != (project.code, label):
        raise InputError(
            f"{shown} is the record of {record.get('period')} of the project {record.get('project')}. A record belongs "
            f"into {PUBLISHED}/ of its project, in the folder of its period. If the project was renamed, make the "
            f"report anew and freeze it: make freeze PERIOD={label} PROJECT={project.code} FORCE=1"
        )
    if DISCLOSED in record["files"]:
        contents[DISCLOSED] = _content(folder / DISCLOSED, f"{shown}/{DISCLOSED}")
    for name in (one for one in contents if one != RECORD):
        if record["files"].get(name) != digest(contents[name]):
            raise InputError(
                f"{shown}/{name} is not as it was when the figures were frozen. {_bring_back(label)} Or, if the change "
                "is right, make the report anew and freeze it: "
                f"make freeze PERIOD={label} PROJECT={project.code} FORCE=1"
            )
    try:
        windows = {
            name: Window(**{key: date.fromisoformat(day) for key, day in record["windows"][name].items()})
            for name in SCOPES
            if name in record["windows"]
        }
        disclosed = figures_of(contents[DISCLOSED]) if DISCLOSED in contents else None
        figures, cases = figures_of(contents[FIGURES]), _cases(contents[CASES])
        return Published(label, figures, cases, windows, record["rules"], record, disclosed)
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{shown} cannot be read as a record. {_bring_back(label)}") from None


def records_for(project: Project, scopes: Scopes) -> list[Published]:
    """Read the records that a report has to do with: that of its own period, and that of the one before.

    The period's own counts only where the report takes its figures as of the same day.
    """
    own = published(project, scopes.period.label)
    before = published(project, scopes.previous_period.label) if scopes.previous_period else None
    if own is not None and own.current.as_of != scopes.current.as_of:
        own = None
    return [record for record in (own, before) if record is not None]


def as_published(table: pd.DataFrame, scopes: Scopes, records: Iterable[Published]) -> pd.DataFrame:
    """Put the figures that were published of the previous period in the place of those computed anew.

    `table` is that of `Measured`. A figure that the record does not hold stays as computed; a member that it does not
    know under a breakdown that it holds counted 0 then. Nothing changes without a record of the same window.
    """
    record = of_previous(scopes, records)
    if record is None:
        return table
    keys = ["indicator", "dimension", "member"]
    former = record.figures[record.figures["scope"] == "period"].set_index(keys)
    broken_down = set(zip(former.index.get_level_values(0), former.index.get_level_values(1), strict=True))
    parts = []
    for scope in dict.fromkeys(table["scope"]):
        rows = table[table["scope"] == scope]
        parts.append(_replaced(rows, former, broken_down, keys) if scope == "previous" else rows)
    return pd.concat(parts, ignore_index=True)[list(table.columns)]


def of_previous(scopes: Scopes, records: Iterable[Published]) -> Published | None:
    """Return the record that the previous period is taken from: that of its label and of the same window."""
    label = scopes.previous_period.label if scopes.previous_period else None
    return next((one for one in records if one.label == label and one.current == scopes.previous), None)


def _replaced(
    rows: pd.DataFrame, former: pd.DataFrame, broken_down: set[tuple[str, str]], keys: list[str]
) -> pd.DataFrame:
    order = {name: place for place, name in enumerate(dict.fromkeys(rows["indicator"]))}
    there = pd.MultiIndex.from_frame(rows[keys]).isin(former.index)
    pairs = pd.Series(list(zip(rows["indicator"], rows["dimension"], strict=True)), index=rows.index)
    unknown = ~there & pairs.isin(list(broken_down))
    # Of a breakdown that was published whole, what was not listed was not there.
    anew = rows[~there].assign(value=rows["value"].mask(unknown, 0.0), state=rows["state"].mask(unknown, "stated"))
    taken = former.reset_index()
    taken = taken[taken["indicator"].isin(list(order))].assign(scope="previous")
    both = pd.concat([taken[list(rows.columns)], anew])
    rank = pd.DataFrame(
        {
            "indicator": both["indicator"].map(order),
            "dimension": both["dimension"].map(_places(rows["dimension"], both["dimension"])),
        }
    )
    return both.iloc[rank.reset_index(drop=True).sort_values(["indicator", "dimension"], kind="stable").index]


def _places(first: pd.Series, all_of_them: pd.Series) -> dict[str, int]:
    return {name: place for place, name in enumerate(dict.fromkeys([*first, *all_of_them]))}


def figures_to_keep(table: pd.DataFrame, scopes: Iterable[str] = SCOPES) -> pd.DataFrame:
    """Take from the table of `Measured` what a record holds of some scopes."""
    return table[table["dimension"].isin(KEPT_DIMENSIONS) & table["scope"].isin(list(scopes))].reset_index(drop=True)


def rules_in_force(project: Project, collected: Iterable[str]) -> dict[str, Any]:
    """Describe what figures depend on besides the register, so that a later report can say what has changed since."""
    settings = project.settings
    return {
        "definitions": {name: digest(one.model_dump_json().encode()) for name, one in definitions().items()},
        "service_standards": settings.service_standards.model_dump(mode="json"),
        "calendar": {
            "country": settings.country,
            "extra_days_off": [str(day.date) for day in settings.calendar.extra_days_off],
            "extra_working_days": [str(day.date) for day in settings.calendar.extra_working_days],
            "holidays": version("holidays"),
            # Records that were made before there was the key have none: the weekend was the country's.
            **({} if (weekend := settings.calendar.weekend_numbers) is None else {"weekend": list(weekend)}),
        },
        "minimum_n": settings.minimum_n,
        "pending_age_days": list(settings.pending_age_days),
        "severe_from": settings.severe_from,
        "severities": list(settings.severities),
        "channels": {code: channel.answers_by_itself for code, channel in settings.channels.items()},
        "types": list(settings.types),
        "statuses": list(settings.statuses),
        "grm_start": str(settings.grm_start),
        "beneficiaries": settings.beneficiaries.model_dump(mode="json") if settings.beneficiaries else None,
        "collected": sorted(collected),
    }


def changed_rules(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Name the rules that differ, in the order of `rules_in_force`."""
    return [name for name, rule in now.items() if then.get(name) != rule]


def snapshot(labelled: pd.DataFrame, measured: Measured, project: Project) -> pd.DataFrame:
    """Describe every grievance of the register with what it adds to the figures, as a record keeps it.

    One row a grievance, in the order of `labelled`; the columns of `CASE_COLUMNS`, all of them texts.
    """
    cases = prepare(labelled, project)
    facts = measured.facts["period"]
    columns: dict[str, pd.Series] = {name: cases[name] for name in CASE_COLUMNS if name in cases}
    columns |= {name: facts[name] for name in ("month", "channel", "type", "resolution_calendar_days")}
    columns |= {"relation": cases["relation_counted"], "has_referral": cases["referred_to"].notna()}
    for scope in SCOPES:
        there = measured.facts.get(scope)
        blank = pd.Series("", index=cases.index)
        columns[f"status_{scope}"] = blank if there is None else there["status"]
        columns[f"counted_{scope}"] = blank if there is None else as_text(contributions(there))
    # As the file holds it, so that what was read back can be compared with what is.
    return inert(pd.DataFrame({name: _texts(columns[name]) for name in CASE_COLUMNS}).reset_index(drop=True))


def _texts(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        days = column.dt.strftime("%Y-%m-%d")
        has_time = column.notna() & (column != column.dt.normalize())
        column = days.mask(has_time, column.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    elif pd.api.types.is_bool_dtype(column):
        column = column.map({True: "yes", False: "no"})
    return column.astype("str").where(column.notna(), "").astype("str")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def _content(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{shown} cannot be read: {error.strerror}. {_bring_back(path.parent.name)}") from None


def _bring_back(label: str) -> str:
    return f"Bring the folder {PUBLISHED}/{label} back from a copy as a whole."


def _parsed(content: bytes, shown: str) -> dict[str, Any]:
    try:
        record = json.loads(content.decode())
    except ValueError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("files"), dict):
        raise InputError(f"{shown} cannot be read as a record. {_bring_back(Path(shown).parent.name)}")
    if record.get("format") != FORMAT:
        raise InputError(f"{shown} was written by another version of the program, which this one cannot read.")
    if record.pop("digest", None) != digest(_canonical(record)):
        raise InputError(
            f"{shown} is not as it was when the figures were frozen. {_bring_back(Path(shown).parent.name)}"
        )
    return record


def record_text(record: Mapping[str, Any]) -> bytes:
    """Write record.json: what it says and a digest of that, so that an altered record is seen."""
    sealed = {**record, "digest": digest(_canonical(record))}
    return (json.dumps(sealed, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _canonical(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, ensure_ascii=False).encode()


def figures_of(content: bytes, columns: Iterable[str] = COLUMNS) -> pd.DataFrame:
    """Read a table of figures from the content of its file; a blank text is '', never missing."""
    table = pd.read_csv(BytesIO(content), encoding="utf-8-sig", dtype="str", keep_default_na=False)
    parts = {
        name: pd.to_numeric(table[name].where(table[name] != "")).astype("Int64")
        for name in ("numerator", "denominator")
    }
    values = pd.to_numeric(table["value"].where(table["value"] != "")).astype("float64")
    return table.assign(value=values, **parts)[list(columns)]


def _cases(content: bytes) -> pd.DataFrame:
    table = pd.read_csv(BytesIO(content), encoding="utf-8-sig", dtype="str", keep_default_na=False)
    return table[list(CASE_COLUMNS)]
