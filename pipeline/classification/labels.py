"""Which label each grievance carries, and on what basis.

Order of authority: the register's own label; for the relation, where it is blank, what the status says. A label that
nobody gave stays 'not stated' and is listed for review.
"""

from __future__ import annotations

import pandas as pd

from pipeline.project import NOT_STATED

REVIEW_COLUMNS = ("registration_no", "row", "label", "reason", "text")
"""The columns of internal/review.csv."""


def label(cases: pd.DataFrame) -> pd.DataFrame:
    """Add the label that counts and its basis to each case.

    Adds `type_counted`, `type_basis`, `relation_counted`, `relation_basis` (text, 'not_stated' where nobody said) and
    `is_admissible`: neither unrelated nor a duplicate.
    """
    by_status = cases["status"].map(
        lambda status: "unrelated" if status == "unrelated" else "related", na_action="ignore"
    )
    relation = cases["relation"].where(cases["relation"].notna(), by_status)
    basis = pd.Series("register", index=cases.index).mask(cases["relation"].isna(), "status")
    relation = relation.fillna(NOT_STATED)
    kind = cases["type"].fillna(NOT_STATED)
    return cases.assign(
        type_counted=kind,
        type_basis=pd.Series("register", index=cases.index).mask(kind == NOT_STATED, NOT_STATED),
        relation_counted=relation,
        relation_basis=basis.mask(relation == NOT_STATED, NOT_STATED),
        is_admissible=(relation != "unrelated") & ~cases["status"].eq("duplicate").fillna(False).astype(bool),
    )


def review_list(labelled: pd.DataFrame) -> pd.DataFrame:
    """List what a person should decide: a line for each label that nobody gave.

    Texts stand there with the names replaced.
    """
    lacking = [
        labelled.loc[labelled[f"{name}_counted"] == NOT_STATED].assign(
            label=name, reason="The register does not state it."
        )
        for name in ("type", "relation")
    ]
    lines = pd.concat(lacking).sort_values("label", kind="stable").sort_index(kind="stable")
    return lines.assign(
        row=lines["source_row"],
        text=lines["summary_public"].fillna(""),
        registration_no=lines["registration_no"].fillna(""),
    )[list(REVIEW_COLUMNS)].reset_index(drop=True)


def coverage(labelled: pd.DataFrame) -> pd.DataFrame:
    """Count the labels by their basis: one row a label and basis, with the count of grievances."""
    counts = [
        labelled.groupby(f"{name}_basis")
        .size()
        .rename("grievances")
        .rename_axis("basis")
        .reset_index()
        .assign(label=name)
        for name in ("type", "relation")
    ]
    return pd.concat(counts, ignore_index=True)[["label", "basis", "grievances"]]


def agreement(labelled: pd.DataFrame) -> pd.DataFrame:
    """Count the grievances by relation and by the register's status: one row a combination that occurs."""
    status = labelled["status"].fillna(NOT_STATED)
    counts = labelled.groupby(["relation_counted", status, "is_admissible"]).size()
    return counts.rename("grievances").rename_axis(["relation", "status", "is_admissible"]).reset_index()


def part_sensitive(labelled: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the sensitive grievances from those that figures may count; each row is in one of the two."""
    is_sensitive = labelled["is_sensitive"].fillna(False).astype(bool)
    return labelled[~is_sensitive].reset_index(drop=True), labelled[is_sensitive].reset_index(drop=True)
