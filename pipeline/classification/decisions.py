"""What persons decided on labels: data/<project>/decisions.csv, and which grievance each decision is about.

A decision holds for the text that was read when it was made. Where the text has changed since, it no longer counts: the
label falls back to what it would be without it, and it is asked again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from pipeline.classification.labels import NOT_SENSITIVE, SENSITIVE
from pipeline.classification.taxonomy import LABELS, LabelName, choices
from pipeline.errors import InputError
from pipeline.files import csv_bytes
from pipeline.pieces import in_one_piece, slices
from pipeline.project import NOT_STATED, Project, fold
from pipeline.register import findings
from pipeline.register.formats.text import decode, records

DECISIONS = "decisions.csv"
COLUMNS = ("registration_no", "row", "label", "value", "who", "date", "reason", "text_hash")
"""The columns of decisions.csv."""
HASH_LETTERS = 16
_AT_A_TIME = 20_000


@dataclass(frozen=True)
class Decided:
    """Decisions laid beside the cases.

    `tables` has for each label the decisions that count, indexed as the cases are: columns `value`, `who`, `date`,
    `reason`. `unfit` are findings: a decision whose text has changed, or whose grievance is gone.
    """

    tables: dict[LabelName, pd.DataFrame]
    unfit: pd.DataFrame


def text_hashes(cases: pd.DataFrame) -> pd.Series:
    """Digest the text of each case with its names replaced: the first 16 hexadecimal digits of its SHA-256."""
    texts = cases["summary_redacted"].fillna("")
    parts = [texts.iloc[rows].map(_digest).astype("str").to_frame("digest") for rows in slices(len(texts), _AT_A_TIME)]
    return in_one_piece(parts)["digest"].rename("summary_redacted")


@lru_cache(maxsize=10_000)
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LETTERS]


def allowed(label: LabelName, project: Project) -> dict[str, str]:
    """Return the values that a decision may give, with their names; 'not_stated' where the text does not tell."""
    named = {code: choice.label for code, choice in choices(label, project).items()}
    if label == "sensitivity":
        return {NOT_SENSITIVE: "Not sensitive", SENSITIVE: "Sensitive", **named}
    return {**named, NOT_STATED: "Cannot be told"}


def code_of(written: str, label: LabelName, project: Project) -> str | None:
    """Return the value that a person wrote, by its code or its name; None where it is none."""
    names = allowed(label, project)
    spelt = {fold(name): code for code, name in names.items()}
    spelt |= {fold(code.replace("_", " ")): code for code in names} | {fold(code): code for code in names}
    return spelt.get(fold(written))


def read_decisions(project: Project) -> pd.DataFrame:
    """Read decisions.csv as texts; an empty table where the project has none. A faulty line is an `InputError`."""
    path = project.folder / DECISIONS
    if not path.is_file():
        return no_decisions()
    shown_as = f"{project.shown_folder}/{DECISIONS}"
    text, _ = decode(path.read_bytes(), shown_as)
    lines = [[_plain(cell.strip()) for cell in line] for line in records(text, shown_as)]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{shown_as}, row 1: the headings must be {', '.join(COLUMNS)}.")
    kept = []
    for row, line in enumerate(lines[1:], start=2):
        if any(line):
            kept.append(_checked(line, f"{shown_as}, row {row}", project))
    return pd.DataFrame(kept, columns=list(COLUMNS), dtype="str")


def no_decisions() -> pd.DataFrame:
    """Return a table of no decision."""
    return pd.DataFrame(columns=list(COLUMNS), dtype="str")


def _plain(cell: str) -> str:
    """Take away the apostrophe by which a cell was kept from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in "=+-@" else cell


def _checked(line: list[str], place: str, project: Project) -> list[str]:
    if len(line) != len(COLUMNS):
        raise InputError(
            f"{place}: there must be {len(COLUMNS)} cells, and {len(line)} were found. Put a text that holds a comma "
            "between quotation marks."
        )
    cells = dict(zip(COLUMNS, line, strict=True))
    needed = [name for name in COLUMNS if name not in ("registration_no", "row")]
    for name in needed:
        if not cells[name]:
            raise InputError(f"{place}, column {name}: the cell is empty. Fill it, or take the row out.")
    if not cells["registration_no"] and not cells["row"]:
        raise InputError(f"{place}: neither registration_no nor row is filled, so that nobody knows the grievance.")
    if cells["row"] and not cells["row"].isdecimal():
        raise InputError(f"{place}, column row: write the row of the register as a whole number, or leave it blank.")
    check_value(cells["label"], cells["value"], place, project)
    try:
        date.fromisoformat(cells["date"])
    except ValueError:
        raise InputError(f"{place}, column date: write the day as 2024-07-15.") from None
    return line


def check_value(label: str, value: str, place: str, project: Project) -> LabelName:
    """Return the label's name where label and value are known; an `InputError` says what is allowed."""
    known = next((name for name in LABELS if name == label), None)
    if known is None:
        raise InputError(f"{place}, column label: this is no label. Allowed are {', '.join(LABELS)}.")
    names = allowed(known, project)
    if value not in names:
        raise InputError(f"{place}, column value: this is no {known}. Allowed are {', '.join(names)}.")
    return known


def decide(decisions: pd.DataFrame, cases: pd.DataFrame) -> Decided:
    """Find the case of each decision; of several on one label of a case, the last one counts.

    A decision is about the case with its number, or its row where it has no number, and with the text that it was made
    on. Where several have both, its row picks one; a decision that fits no case, or several, does not count.
    """
    if decisions.empty:
        return Decided({}, findings.none())
    fits, near = _candidates(decisions.reset_index(drop=True), cases)
    chosen = _one_each(fits)
    counted = decisions.reset_index(drop=True).join(chosen, how="inner").sort_index(kind="stable")
    counted = counted.drop_duplicates(["case", "label"], keep="last")
    tables = {
        name: counted[counted["label"] == name].set_index("case")[["value", "who", "date", "reason"]].sort_index()
        for name in LABELS
    }
    return Decided(tables, _unfit(decisions.reset_index(drop=True), chosen, near, counted, cases))


def cases_of(decisions: pd.DataFrame, cases: pd.DataFrame) -> pd.Series:
    """Return the case that each decision is about, by the index of `decisions`; missing where it fits none."""
    fits, _ = _candidates(decisions.reset_index(drop=True), cases)
    chosen = _one_each(fits)["case"].reindex(range(len(decisions)))
    return chosen.set_axis(decisions.index)


def asked_alone(cases: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Leave of the cases' texts only those that a decision may be about: for all that is decided they are enough."""
    is_asked = cases["registration_no"].isin(decisions["registration_no"])
    is_asked |= cases["source_row"].astype("str").isin(decisions["row"])
    return cases.assign(summary_redacted=cases["summary_redacted"].where(is_asked))


def with_unfit_decisions(found: pd.DataFrame, cases: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Add to the findings the decisions that no longer fit, and sort all."""
    return findings.in_order(findings.joined(found, decide(decisions, cases).unfit))


def _candidates(decisions: pd.DataFrame, cases: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pair decisions with cases: those whose text fits too, and all that have the number or row."""
    keys = pd.DataFrame(
        {
            "case": cases.index,
            "number": cases["registration_no"].astype("object").fillna("").to_numpy(),
            "row": cases["source_row"].astype("str").to_numpy(),
            "digest": text_hashes(cases).to_numpy(),
        }
    )
    of = decisions[["registration_no", "row", "text_hash"]].rename(columns={"row": "asked_row"}).rename_axis("decision")
    of = of.reset_index()
    numbered = of[of["registration_no"] != ""].merge(keys, left_on="registration_no", right_on="number")
    unnumbered = keys[keys["number"] == ""]
    placed = of[of["registration_no"] == ""].merge(unnumbered, left_on="asked_row", right_on="row")
    near = pd.concat([numbered, placed], ignore_index=True)
    return near[near["digest"] == near["text_hash"]], near


def _one_each(fits: pd.DataFrame) -> pd.DataFrame:
    """Choose the case of each decision: the only one, else the only one in its row."""
    several = fits["decision"].map(fits["decision"].value_counts()) > 1
    kept = fits[~several | (fits["asked_row"] == fits["row"])]
    kept = kept[kept["decision"].map(kept["decision"].value_counts()) == 1]
    return kept.set_index("decision")[["case"]]


def _unfit(
    decisions: pd.DataFrame, chosen: pd.DataFrame, near: pd.DataFrame, counted: pd.DataFrame, cases: pd.DataFrame
) -> pd.DataFrame:
    lost = decisions[~decisions.index.isin(chosen.index)]
    if lost.empty:
        return findings.none()
    of_lost = near[near["decision"].isin(lost.index)].join(decisions["label"], on="decision")
    settled = pd.MultiIndex.from_frame(counted[["case", "label"]])
    of_lost = of_lost[~pd.MultiIndex.from_frame(of_lost[["case", "label"]]).isin(settled)]
    changed = cases.loc[sorted(set(of_lost["case"]))]
    gone = lost[~lost.index.isin(near["decision"])]
    places = findings.about_files([DECISIONS] * len(gone))
    named = ("registration number " + gone["registration_no"]).where(
        gone["registration_no"] != "", "row " + gone["row"]
    )
    blank = pd.Series("", index=changed.index)
    return findings.joined(
        findings.found("decision_text_changed", changed, values=blank),
        findings.found("decision_without_grievance", places, values=named.reset_index(drop=True)).drop_duplicates(),
    )


def decisions_bytes(decisions: pd.DataFrame) -> bytes:
    """Return decisions as decisions.csv holds them."""
    return csv_bytes(decisions[list(COLUMNS)])
