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

import pandas as pd

from pipeline.classification.combination import combine
from pipeline.classification.decisions import decide, read_decisions, with_unfit_decisions
from pipeline.classification.labels import columns_of, is_sensitive
from pipeline.classification.proposals import labelled_cases
from pipeline.classification.rules import classify_all
from pipeline.classification.taxonomy import LabelName
from pipeline.confidentiality.redaction import KnownNames
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.checking import checked
from pipeline.register.explanations import read_explanations, settle
from pipeline.register.identities import known_names_in, redact_findings, redact_texts, split_identities
from pipeline.register.placement import GAP, number_gaps, place_receipts, unprinted_numbers
from pipeline.register.reading import PLACE, Register
from pipeline.register.validation import check
from pipeline.register.values import read_values
from pipeline.register.workbook import save_findings
from pipeline.stage import Stage


@dataclass(frozen=True)
class Lanes:
    """A register, parted.

    `general` are the rows that are not sensitive, with what was decided on that in `sensitivity_…`, their cells still
    text. `whole` are all rows, their values read, with the same columns; `apart` marks the sensitive ones among them.
    `names` are those of the whole register. `decisions` are those that are not about a sensitive grievance,
    `every_decision` all of them.
    """

    general: Register
    whole: Register
    apart: pd.Series
    names: KnownNames
    decisions: pd.DataFrame
    every_decision: pd.DataFrame


@dataclass(frozen=True)
class Restricted:
    """What only restricted files may hold.

    `register` is the whole one, checked, with its `findings`; `identities` are those of all rows; `sensitive` are the
    sensitive cases with their labels, and `sensitive_findings` what was found about them; `gaps` are the findings on
    missing numbers; `account` counts the rows of both ways.
    """

    register: Register
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
    label = pd.DataFrame(_sensitivity(read.table, project, names, every))
    hidden = is_sensitive(label)
    marked = corrected.with_table(corrected.table.assign(**{name: label[name] for name in label}))
    general = marked.without(hidden)
    general = replace(general, found=_without_the_flag(general.found))
    whole = read.with_table(read.table.assign(**{name: label[name] for name in label}))
    kept = every[~_is_about_sensitive(every, read.table, hidden)]
    return Lanes(general, whole, hidden, names, kept, every)


def _sensitivity(
    table: pd.DataFrame, project: Project, names: KnownNames, decisions: pd.DataFrame
) -> dict[str, pd.Series]:
    """Decide on each row by itself.

    The rules read the text as it stands, since a placeholder could hide what they look for.
    """
    texts = table["summary"].astype("object").fillna("")
    by_rules = classify_all(texts, project, ("sensitivity",))
    proposed: dict[LabelName, pd.DataFrame] = {"sensitivity": combine(by_rules["sensitivity"], None)}
    own = decisions[decisions["label"] == "sensitivity"]
    asked = table[_has_number(table, own["registration_no"]) | _has_row(table, own["row"])]
    decided = decide(own, _redacted(asked, asked["complainant"], names, project)).tables if len(asked) else {}
    return columns_of("sensitivity", table, proposed, decided)


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
    ours, theirs = table[~hidden], table[hidden]
    number, row = decisions["registration_no"], decisions["row"]
    by_number = number.isin(set(theirs["registration_no"].dropna())) & ~number.isin(set(ours["registration_no"]))
    unnumbered = theirs.loc[theirs["registration_no"].isna(), "source_row"].astype("str")
    return by_number | (number.eq("") & row.isin(set(unnumbered)))


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
    theirs = set(lanes.whole.table.loc[lanes.apart, "registration_no"].dropna())
    is_theirs = (found["rule"] == "explanation_unused") & found["registration_no"].isin(theirs)
    return found[~is_theirs].reset_index(drop=True)


def restricted(lanes: Lanes, cases: pd.DataFrame, project: Project) -> Restricted:
    """Take the whole register through the steps, for the restricted files.

    `cases` are the general ones with their texts redacted. That each row of the register is either among them or among
    the sensitive ones is asserted.
    """
    whole = check(place_receipts(lanes.whole, project), project)
    every, identities = split_identities(whole.table)
    cases_apart, whose = (table[lanes.apart].reset_index(drop=True) for table in (every, identities["complainant"]))
    sensitive = _redacted(cases_apart, whose, lanes.names, project)
    read = [*PLACE, "registration_no", "summary_redacted"]
    both = pd.concat([cases[read], sensitive[read]], ignore_index=True)
    found = settle(findings.joined(whole.found, number_gaps(whole, project)), read_explanations(project))
    found = with_unfit_decisions(redact_findings(found, lanes.names, locale=project.locale), both, lanes.every_decision)
    is_theirs = findings.keys_of_places(found).isin(pd.MultiIndex.from_frame(sensitive[[*PLACE]]))
    return Restricted(
        register=whole,
        findings=found,
        identities=identities,
        sensitive=labelled_cases(sensitive, project, lanes.every_decision, is_learned=False).labelled,
        sensitive_findings=found[is_theirs],
        gaps=found[found["rule"] == GAP],
        account=_account(whole.table, cases, sensitive),
    )


def save(kept: Restricted, found: pd.DataFrame, stage: Stage) -> None:
    """Write the restricted files, and the findings of the general way, `found`, beside those of the whole register."""
    stage.save(kept.identities, "identities.parquet")
    stage.save(kept.sensitive, "sensitive.parquet")
    stage.save(kept.sensitive_findings[list(findings.COLUMNS)], "sensitive_findings.csv")
    stage.save(kept.account, "sensitive_account.csv")
    save_findings(kept.register, kept.findings, found, kept.gaps, stage)


def _account(read: pd.DataFrame, cases: pd.DataFrame, sensitive: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of both ways and stop with an AssertionError if one got lost, or went both."""
    keys = [*PLACE]
    both = pd.concat([cases[keys], sensitive[keys]], ignore_index=True).sort_values(keys, ignore_index=True)
    if not both.equals(read[keys].sort_values(keys, ignore_index=True)):
        raise AssertionError("a row of the register is on neither way, or on both")
    counts = {
        "grievances read from the register": len(read),
        "grievances on the general way": len(cases),
        "sensitive grievances": len(sensitive),
    }
    return pd.DataFrame({"what": list(counts), "count": list(counts.values())})
