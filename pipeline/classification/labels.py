"""Which label each grievance carries, on what basis, how sure it is and why.

Order of authority, for each of type, relation, topic and sensitivity:

| basis | who says it |
| --- | --- |
| decision | a person, in decisions.csv |
| register | the register's own label |
| status | for the relation alone: what the status says |
| rule, model, rule and model | what the text speaks for; counted, as provisional, only where project.yml says so |
| not_stated | nobody |

Sensitivity errs on the other side: a sign that the rules find counts until a person decides, also against a 'no' of the
register. It is decided first, since it says which grievances may be counted at all: `sensitive.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.classification.taxonomy import LABELS, LabelName
from pipeline.project import NOT_STATED

REVIEW_COLUMNS = ("registration_no", "row", "label", "reason", "text")
"""The columns of internal/review.csv."""
_OF_A_REVIEW = ("registration_no", "source_row", "summary_public")
STATED = ("decision", "register", "status")
"""The bases of a label that somebody gave."""
PROVISIONAL = ("rule", "model", "rule and model")
"""The bases of a label that was proposed from the text."""
BASES = (*STATED, *PROVISIONAL, NOT_STATED)
SENSITIVE, NOT_SENSITIVE = "sensitive", "not_sensitive"
"""What the register says of sensitivity; a sign in the text says of which kind."""
OF_A_CASE = ("type", "relation", "topic", "status", "summary_redacted")
"""The columns of a case that its labels follow from."""
COUNTED: tuple[LabelName, ...] = ("type", "relation", "topic")
"""The labels that may be shown; of sensitivity only restricted files may tell."""
LOOKED_AT = (
    *("registration_no", "source_row", "status", "type", "relation", "topic", "is_sensitive", "is_admissible"),
    *("summary_redacted", "summary_public"),
    *(f"{name}_{part}" for name in LABELS for part in ("counted", "basis", "confidence", "evidence", "proposed")),
    *(f"{name}_proposed_{part}" for name in LABELS for part in ("basis", "confidence", "evidence")),
)
"""The columns of the labelled cases that the second notebook looks at once they are written."""

Tables = Mapping[LabelName, pd.DataFrame]


def label(
    cases: pd.DataFrame,
    proposals: Tables | None = None,
    decided: Tables | None = None,
    *,
    count_proposals: bool = False,
) -> pd.DataFrame:
    """Add to each case the labels that count, but for its sensitivity, with their basis, confidence and evidence.

    Parameters
    ----------
    cases
        One row a grievance.
    proposals
        What the texts speak for: a table a label with the index of `cases`; columns `class`, `confidence` (0 to 1),
        `basis` and `evidence`.
    decided
        What persons decided: a table a label, indexed by the cases concerned; columns `value` and `date`.
    count_proposals
        Whether proposals are counted where nobody gave the label.

    Returns
    -------
    pd.DataFrame
        The cases with `<label>_counted`, `<label>_basis`, `<label>_confidence`, `<label>_evidence` for each label, what
        was proposed as `<label>_proposed`, `<label>_proposed_basis`, `<label>_proposed_confidence`,
        `<label>_proposed_evidence`, and `is_admissible`: neither unrelated nor a duplicate.
    """
    added = labels_of(cases, proposals or {}, decided or {}, count_proposals=count_proposals)
    return cases.assign(**{name: added[name] for name in added})


def labels_of(
    cases: pd.DataFrame, proposals: Tables, decided: Tables, *, count_proposals: bool = False
) -> pd.DataFrame:
    """Return the columns that `label` adds to the cases, of which it reads `OF_A_CASE` but for the text."""
    added: dict[str, pd.Series] = {}
    for name in COUNTED:
        added |= columns_of(name, cases, proposals, decided, count_proposals=count_proposals)
    unrelated = added["relation_counted"] == "unrelated"
    is_duplicate = cases["status"].eq("duplicate").fillna(False).astype(bool)
    return pd.DataFrame(added).assign(is_admissible=~unrelated & ~is_duplicate)


def columns_of(
    name: LabelName, cases: pd.DataFrame, proposals: Tables, decided: Tables, *, count_proposals: bool = False
) -> dict[str, pd.Series]:
    """Return the columns that one label adds to the cases; see `label`."""
    proposed = _proposed(name, cases, proposals)
    said = _in_order(name, cases, proposed, decided, count_proposals=count_proposals)
    return {
        **{f"{name}_{part}": said[part] for part in ("counted", "basis", "confidence", "evidence")},
        f"{name}_proposed": proposed["class"],
        **{f"{name}_proposed_{part}": proposed[part] for part in ("basis", "confidence", "evidence")},
    }


def given_by_register(cases: pd.DataFrame, name: LabelName) -> pd.Series:
    """Return the register's own label of each case; missing where it has none."""
    if name == "sensitivity":
        return cases["is_sensitive"].map({True: SENSITIVE, False: NOT_SENSITIVE}, na_action="ignore").astype("object")
    return cases[name].astype("object")


def _proposed(name: LabelName, cases: pd.DataFrame, proposals: Tables) -> pd.DataFrame:
    if name in proposals:
        return proposals[name].reindex(cases.index)
    silent = {"class": NOT_STATED, "confidence": 0.0, "basis": NOT_STATED, "evidence": ""}
    table = pd.DataFrame(silent, index=cases.index)
    return table.astype({"class": "str", "basis": "str", "evidence": "str", "confidence": "float64"})


def _in_order(
    name: LabelName, cases: pd.DataFrame, proposed: pd.DataFrame, decided: Tables, *, count_proposals: bool
) -> pd.DataFrame:
    """Take each case's label from the highest authority that gives one."""
    register = given_by_register(cases, name)
    is_proposed = proposed["class"] != NOT_STATED
    if name == "sensitivity":
        register = register.mask(is_proposed & (register == NOT_SENSITIVE).fillna(False).astype(bool))
    said = pd.DataFrame(
        {"counted": NOT_STATED, "basis": NOT_STATED, "confidence": 0.0, "evidence": ""}, index=cases.index
    ).astype({"counted": "object", "basis": "object", "evidence": "object"})
    if count_proposals or name == "sensitivity":
        for part, column in (("counted", "class"), ("basis", "basis"), ("confidence", "confidence")):
            said[part] = said[part].mask(is_proposed, proposed[column])
        said["evidence"] = said["evidence"].mask(is_proposed, proposed["evidence"])
    if name == "relation":
        of_status = cases["status"].map(
            lambda status: "unrelated" if status == "unrelated" else "related", na_action="ignore"
        )
        _take(said, of_status, "status", "status: " + cases["status"].astype("object").fillna(""))
    _take(said, register, "register", pd.Series("the register's own label", index=cases.index))
    if name in decided and len(decided[name]):
        decision = decided[name].reindex(cases.index)
        _take(said, decision["value"], "decision", "decided on " + decision["date"].astype("object").fillna(""))
    return said.astype({"counted": "str", "basis": "str", "evidence": "str", "confidence": "float64"})


def _take(said: pd.DataFrame, values: pd.Series, basis: str, evidence: pd.Series) -> None:
    given = values.notna()
    said["counted"] = said["counted"].mask(given, values)
    said["basis"] = said["basis"].mask(given, basis)
    said["confidence"] = said["confidence"].mask(given, 1.0)
    said["evidence"] = said["evidence"].mask(given, evidence)


def review_list(labelled: pd.DataFrame) -> pd.DataFrame:
    """List what a person should decide: a line for each type and relation that nobody gave, counted or not.

    Texts stand there with the names replaced; the reason says what the text speaks for, how surely and by which words.
    """
    labelled = labelled[[*_OF_A_REVIEW, *(name for name in labelled if str(name).startswith(("type_", "relation_")))]]
    lacking = [
        labelled.loc[~labelled[f"{name}_basis"].isin(STATED)].assign(
            label=name, reason=lambda rows, name=name: _reason(rows, name)
        )
        for name in ("type", "relation")
    ]
    lines = pd.concat(lacking).sort_values("label", kind="stable").sort_index(kind="stable")
    return lines.assign(
        row=lines["source_row"],
        text=lines["summary_public"].fillna(""),
        registration_no=lines["registration_no"].fillna(""),
    )[list(REVIEW_COLUMNS)].reset_index(drop=True)


def _reason(rows: pd.DataFrame, name: str) -> pd.Series:
    sure = rows[f"{name}_proposed_confidence"].map("{:.2f}".format).astype("str")
    evidence = rows[f"{name}_proposed_evidence"]
    told = "The text speaks for '" + rows[f"{name}_proposed"] + "' (" + rows[f"{name}_proposed_basis"] + ", " + sure
    told = told + ")" + (": " + evidence).where(evidence != "", "") + "."
    silent = rows[f"{name}_proposed"] == NOT_STATED
    return "The register does not state it. " + told.mask(silent, "The text does not say it clearly.")


def coverage(labelled: pd.DataFrame) -> pd.DataFrame:
    """Count the labels by their basis: one row a label and basis, with the count of grievances."""
    counts = [
        labelled.groupby(f"{name}_basis")
        .size()
        .rename("grievances")
        .rename_axis("basis")
        .reset_index()
        .assign(label=name)
        for name in COUNTED
    ]
    return pd.concat(counts, ignore_index=True)[["label", "basis", "grievances"]]


def agreement(labelled: pd.DataFrame) -> pd.DataFrame:
    """Count the grievances by relation and by the register's status: one row a combination that occurs."""
    status = labelled["status"].fillna(NOT_STATED)
    counts = labelled.groupby(["relation_counted", status, "is_admissible"]).size()
    return counts.rename("grievances").rename_axis(["relation", "status", "is_admissible"]).reset_index()


def is_sensitive(labelled: pd.DataFrame) -> pd.Series:
    """Say which grievances are treated as sensitive: by a decision, by the register, or by a sign in the text."""
    return ~labelled["sensitivity_counted"].isin((NOT_SENSITIVE, NOT_STATED))
