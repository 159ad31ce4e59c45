"""Sensitive grievances go a way of their own, before anything is worked out of several rows.

Three things make a grievance sensitive, each told by its row alone: the register's flag, where doubt counts as yes; a
person's decision; a sign in its text that nobody has decided on. What is left is a register of its own. Everything that
is public, and every internal file that is not restricted, is made from it alone, as if the others had never been
registered: dates are read, receipts bounded, findings made and models learned without them. So neither a figure nor a
finding can tell how many there are.

The restricted files are made from the whole register, which goes through the same steps once more. The names are those
of the whole register in both: somebody whom only a sensitive grievance names is replaced in every text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline import shared_work
from pipeline.classification.combination import combine
from pipeline.classification.decisions import asked_alone, decide, no_decisions, read_decisions, with_unfit_decisions
from pipeline.classification.labels import columns_of, is_sensitive
from pipeline.classification.proposals import labelled_cases
from pipeline.classification.rules import Rulebook
from pipeline.classification.taxonomy import LabelName
from pipeline.confidentiality.redaction import KnownNames
from pipeline.pieces import in_one_piece, slices
from pipeline.project import Project
from pipeline.put_away import PutAway, give_back
from pipeline.register import findings
from pipeline.register.checking import checked
from pipeline.register.columns import is_further
from pipeline.register.explanations import read_explanations, settle
from pipeline.register.identities import known_names_in, redact_findings, redact_texts, split_identities
from pipeline.register.mapping import OTHER
from pipeline.register.members import without_known_names
from pipeline.register.placement import GAP, UNPRINTED, number_gaps, place_receipts, unprinted_numbers
from pipeline.register.reading import PLACE, Register
from pipeline.register.tables import Table
from pipeline.register.validation import check
from pipeline.register.values import FREE_TEXTS, read_values
from pipeline.register.workbook import save_findings
from pipeline.stage import CASES, Stage

_ROWS_AT_A_TIME = 10_000
_OF_A_CASE = (*PLACE, "registration_no", "summary_redacted")
"""What the restricted files need of the general cases."""


@dataclass(frozen=True)
class Lanes:
    """A register, parted.

    `general` are the rows that are not sensitive, with what was decided on that in `sensitivity_…`, their cells still
    text; its sheets have no cells. `whole` are all rows, their values read, with the same columns, and its sheets as
    they were read; it is put away meanwhile. `apart` marks the sensitive rows, and `numbers_apart` are their
    registration numbers. `names` are those of the whole register. `decisions` are those that are not about a sensitive
    grievance, `every_decision` all of them.
    """

    general: Register
    apart: pd.Series
    numbers_apart: frozenset[str]
    names: KnownNames
    decisions: pd.DataFrame
    every_decision: pd.DataFrame
    without_sheets: PutAway[Register]
    sheets: PutAway[tuple[Table, ...]]

    @property
    def whole(self) -> Register:
        """All rows, their values read."""
        return replace(self.without_sheets.get(), tables=self.sheets.get())

    def parted(self) -> tuple[Register, Lanes]:
        """Return the general way, to be gone by itself, and the lanes without its rows."""
        return self.general, replace(self, general=replace(self.general, table=_emptied(self.general.table)))


@dataclass(frozen=True)
class Restricted:
    """What only restricted files may hold.

    `register` is the whole one, checked, without its long texts and its `sheets`, with its `findings`; `identities` are
    those of all rows; `sensitive` are the sensitive cases with their labels, and `sensitive_findings` what was found
    about them; `gaps` are the findings on missing numbers; `account` counts the rows of both ways.
    """

    register: Register
    sheets: PutAway[tuple[Table, ...]]
    findings: pd.DataFrame
    identities: pd.DataFrame
    sensitive: pd.DataFrame
    sensitive_findings: pd.DataFrame
    gaps: pd.DataFrame
    account: pd.DataFrame


def apart(corrected: Register, project: Project, decisions: pd.DataFrame | None = None) -> Lanes:
    """Part the sensitive grievances from a register whose corrections are applied, cells still text.

    `decisions` are those of the project where they are not given.
    """
    every = read_decisions(project) if decisions is None else decisions
    read = read_values(corrected, project)
    names = known_names_in(project, read.table)
    corrected, read = without_known_names(corrected, read, names, project)
    label = _sensitivity(read.table, project, names, every)
    hidden = is_sensitive(label)
    kept = every[~_is_about_sensitive(every, read.table, hidden)]
    numbers = frozenset(read.table.loc[hidden, "registration_no"].dropna())
    added = {name: label[name] for name in label}
    whole = replace(read.with_table(read.table.assign(**added)), tables=())
    put_away = PutAway(whole, len(hidden)), PutAway(corrected.tables, len(hidden))
    del read, whole
    give_back()
    marked = corrected.with_table(corrected.table.assign(**added))
    general = marked.without(hidden)
    general = replace(
        general, found=_without_the_flag(general.found), tables=tuple(map(_without_cells, corrected.tables))
    )
    del marked
    give_back()
    return Lanes(general, hidden, numbers, names, kept, every, *put_away)


def _without_cells(table: Table) -> Table:
    return replace(table, sheet=replace(table.sheet, cells=_emptied(table.sheet.cells)))


def _emptied(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without rows; a part of the given one, even of none of its rows, would hold all of it."""
    return pd.DataFrame({name: pd.Series(dtype=table[name].dtype) for name in table})


def _sensitivity(table: pd.DataFrame, project: Project, names: KnownNames, decisions: pd.DataFrame) -> pd.DataFrame:
    """Decide on each row by itself; returns the columns `sensitivity_…`.

    The rules read the text as it stands, since a placeholder could hide what they look for.
    """
    own = decisions[decisions["label"] == "sensitivity"]
    asked = table[_has_number(table, own["registration_no"]) | _has_row(table, own["row"])]
    decided = decide(own, _redacted(asked, asked["complainant"], names, project)).tables if len(asked) else {}
    read, rules = table[["summary", "is_sensitive"]], Rulebook(("sensitivity",), project)

    def of_rows(rows: slice) -> pd.DataFrame:
        cases = read.iloc[rows]
        by_rules = rules.classify(cases["summary"].astype("object").fillna(""))
        proposed: dict[LabelName, pd.DataFrame] = {"sensitivity": combine(by_rules["sensitivity"], None)}
        return pd.DataFrame(columns_of("sensitivity", cases, proposed, decided))

    return in_one_piece(list(shared_work.each(of_rows, slices(len(read), _ROWS_AT_A_TIME), size=len(read))))


def is_apart(flagged: pd.DataFrame, project: Project) -> pd.Series:
    """Say which rows are sensitive by the flag and the text alone; `flagged` is a table of `values.flagged`.

    For a project without decisions of persons: those hold for a text without the names of the whole register.
    """
    return is_sensitive(_sensitivity(flagged, project, KnownNames.gather(), no_decisions()))


def _redacted(cases: pd.DataFrame, complainants: pd.Series, names: KnownNames, project: Project) -> pd.DataFrame:
    """Redact texts that are not published: suspects stay, as in every text that the program reads."""
    return redact_texts(cases, names, complainants=complainants, locale=project.locale, with_suspects=False)[0]


def _without_the_flag(found: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was found in the flag itself: nobody is to know of one that a person called not sensitive."""
    return found[found["column"] != "is_sensitive"].reset_index(drop=True)


def _has_number(table: pd.DataFrame, numbers: pd.Series) -> pd.Series:
    return table["registration_no"].isin(set(numbers) - {""})


def _has_row(table: pd.DataFrame, rows: pd.Series) -> pd.Series:
    return table["registration_no"].isna() & table["source_row"].astype("str").isin(set(rows))


def _is_about_sensitive(decisions: pd.DataFrame, table: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """Say which decisions name a sensitive grievance and no other one, by its number, or its row where it has none."""
    if decisions.empty:
        return pd.Series(False, index=decisions.index)
    numbers, rows = table["registration_no"], table["source_row"]
    ours, theirs = set(numbers[~hidden]), set(numbers[hidden].dropna())
    number, row = decisions["registration_no"], decisions["row"]
    unnumbered = set(rows[hidden & numbers.isna()].astype("str"))
    return (number.isin(theirs) & ~number.isin(ours)) | (number.eq("") & row.isin(unnumbered))


def general_register(
    corrected: Register, project: Project, decisions: pd.DataFrame | None = None
) -> tuple[Register, Lanes]:
    """Check the general part of a register whose corrections are applied, as the first notebook does."""
    lanes = apart(corrected, project, decisions)
    return checked(lanes.general, project), lanes


def general_findings(checked: Register, lanes: Lanes, project: Project) -> pd.DataFrame:
    """Settle the findings of the general way by the explanations; those of a sensitive grievance are passed over."""
    lines = read_explanations(project)
    unprinted = unprinted_numbers(checked, project)
    found = findings.joined(_without_the_flag(checked.found), unprinted)
    found = settle(found, lines[lines["rule"] != GAP])
    is_theirs = (found["rule"] == "explanation_unused") & found["registration_no"].isin(lanes.numbers_apart)
    return found[~is_theirs].reset_index(drop=True)


class CasesFile:
    """Takes the general cases as they come, writes them for later stages and keeps what the restricted files need."""

    def __init__(self, stage: Stage, decisions: pd.DataFrame) -> None:
        """Begin the file of a set; `decisions` are those of which a text that they may be about is kept."""
        self._file = stage.in_parts(CASES)
        self._decisions = decisions
        self._kept: list[pd.DataFrame] = []

    def take(self, cases: pd.DataFrame) -> None:
        """Take the next cases, in their order, with their texts redacted."""
        self._file.add(cases)
        self._kept.append(asked_alone(cases[[*_OF_A_CASE]], self._decisions))

    def close(self) -> pd.DataFrame:
        """Write what is left; returns where each case stands in the register, its number, and its text if kept."""
        self._file.close()
        give_back()
        return pd.concat(self._kept)


def restricted(lanes: Lanes, cases: pd.DataFrame, project: Project) -> Restricted:
    """Take the whole register through the steps, for the restricted files.

    `cases` are what `CasesFile` keeps of the general ones. That each row of the register is either among them or among
    the sensitive ones is asserted.
    """
    give_back()
    whole = place_receipts(lanes.without_sheets.get(), project)
    give_back()
    whole = check(whole, project)
    every, identities = split_identities(whole.table)
    cases_apart, whose = (table[lanes.apart].reset_index(drop=True) for table in (every, identities["complainant"]))
    # Of a large register the long texts of all other rows would take a third of the memory.
    whole = replace(whole, table=whole.table.drop(columns=_long_texts(whole.table)))
    del every
    give_back()
    sensitive = _redacted(cases_apart, whose, lanes.names, project)
    both = pd.concat([cases[[*_OF_A_CASE]], sensitive[[*_OF_A_CASE]]], ignore_index=True)
    found = settle(findings.joined(whole.found, number_gaps(whole, project)), read_explanations(project))
    found = with_unfit_decisions(redact_findings(found, lanes.names, locale=project.locale), both, lanes.every_decision)
    is_theirs = findings.keys_of_places(found).isin(pd.MultiIndex.from_frame(sensitive[[*PLACE]]))
    return Restricted(
        register=whole,
        sheets=lanes.sheets,
        findings=found,
        identities=identities,
        sensitive=labelled_cases(sensitive, project, lanes.every_decision, is_learned=False).labelled,
        sensitive_findings=found[is_theirs],
        gaps=found[found["rule"] == GAP],
        account=_account(whole.table, cases, sensitive),
    )


def _long_texts(table: pd.DataFrame) -> list[str]:
    return [name for name in table if name in FREE_TEXTS or name.startswith(OTHER) or is_further(name)]


def save(kept: Restricted, found: pd.DataFrame, stage: Stage) -> None:
    """Write the restricted files, and the findings of the general way, `found`, beside those of the whole register."""
    stage.save(kept.identities, "identities.parquet")
    stage.save(kept.sensitive, "sensitive.parquet")
    stage.save(kept.sensitive_findings[list(findings.COLUMNS)], "sensitive_findings.csv")
    stage.save(kept.account, "sensitive_account.csv")
    whole = replace(kept.register, tables=kept.sheets.get())
    every = findings.in_order(findings.joined(kept.findings, found[found["rule"] == UNPRINTED]))
    save_findings(whole, every, found, kept.gaps, stage)


def _account(read: pd.DataFrame, cases: pd.DataFrame, sensitive: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of both ways and stop with an AssertionError if one got lost, or went both."""
    if not _stand_once(read, cases, sensitive):
        raise AssertionError("a row of the register is on neither way, or on both")
    counts = {
        "grievances read from the register": len(read),
        "grievances on the general way": len(cases),
        "sensitive grievances": len(sensitive),
    }
    return pd.DataFrame({"what": list(counts), "count": list(counts.values())})


def _stand_once(read: pd.DataFrame, *parts: pd.DataFrame) -> bool:
    """Whether each row of a table, by its place in the register, is in just one of the parts, and no other is."""
    every = [table[[*PLACE]] for table in (read, *parts)]
    file, sheet = (
        pd.factorize(pd.concat([table[name] for table in every], ignore_index=True))[0].astype("int64")
        for name in ("source_file", "source_sheet")
    )
    row = np.concatenate([table["source_row"].to_numpy(dtype="int64") for table in every])
    # One number a place: a million places are compared without their texts.
    place = (file * (int(sheet.max(initial=0)) + 2) + sheet) * (int(row.max(initial=0)) + 1) + row
    return np.array_equal(np.sort(place[: len(read)]), np.sort(place[len(read) :]))
