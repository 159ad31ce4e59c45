"""Tables and figures with which the second notebook shows the labels; none tells of sensitive grievances."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from pipeline.classification.card import MUST_NOT, card, card_tables
from pipeline.classification.labels import COUNTED, PROVISIONAL
from pipeline.classification.model import Trained
from pipeline.classification.taxonomy import LabelName
from pipeline.project import NOT_STATED


def proposals_shown(labelled: pd.DataFrame) -> pd.DataFrame:
    """List what the texts speak for where nobody gave the label: proposal, basis, confidence, evidence.

    `is_counted` says whether it enters the figures, as provisional.
    """
    parts = []
    for name in COUNTED:
        is_open = labelled[f"{name}_basis"].isin((*PROVISIONAL, NOT_STATED))
        rows = labelled[is_open & (labelled[f"{name}_proposed"] != NOT_STATED)]
        parts.append(
            pd.DataFrame(
                {
                    "registration_no": rows["registration_no"].astype("object").fillna(""),
                    "row": rows["source_row"],
                    "label": name,
                    "proposed": rows[f"{name}_proposed"],
                    "basis": rows[f"{name}_proposed_basis"],
                    "confidence": rows[f"{name}_proposed_confidence"].round(2),
                    "evidence": rows[f"{name}_proposed_evidence"],
                    "is_counted": rows[f"{name}_basis"].isin(PROVISIONAL),
                }
            )
        )
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def every_label(labelled: pd.DataFrame) -> pd.DataFrame:
    """List each label of each grievance with its basis, confidence and evidence; those that nobody gave as well."""
    parts = [
        pd.DataFrame(
            {
                "registration_no": labelled["registration_no"].astype("object").fillna(""),
                "row": labelled["source_row"],
                "label": name,
                "value": labelled[f"{name}_counted"],
                "basis": labelled[f"{name}_basis"],
                "confidence": labelled[f"{name}_confidence"].round(2),
                "evidence": labelled[f"{name}_evidence"],
            }
        )
        for name in COUNTED
    ]
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def models_shown(models: Mapping[LabelName, Trained], without: Mapping[LabelName, str]) -> pd.DataFrame:
    """Say of each label whether a model was learned: rows, threshold, digests of training set and model, or why not."""
    lines = []
    for name in COUNTED:
        if name not in models:
            blank = {"training_set": "", "rows": "", "threshold": ""}
            lines.append({"label": name, "model": without.get(name, ""), **blank})
            continue
        told = card(models[name])
        lines.append(
            {
                "label": name,
                "model": told["model_hash"][:16],
                "training_set": told["training_hash"][:16],
                "rows": str(sum(told["training_rows"].values())),
                "threshold": str(told["threshold"]),
            }
        )
    return pd.DataFrame(lines, columns=["label", "model", "training_set", "rows", "threshold"])


CARD = {
    "training": ("class", "rows", "is_learned"),
    "classes": ("class", "n", "precision", "recall", "f1", "n_named", "precision_named"),
    "confusion": ("label",),
    "reliability": ("above", "up_to", "n", "confidence", "accuracy"),
    "coverage": ("share", "accuracy"),
    "thresholds": ("threshold", "share_named", "precision", "is_chosen"),
}
"""The tables of a model's card and their columns; a confusion has one more for each class."""


def cards(models: Mapping[LabelName, Trained]) -> dict[str, pd.DataFrame]:
    """Return the tables of every model's card, one model under the other, with `label_of`; empty without a model."""
    made = {name: card_tables(trained) for name, trained in models.items()}
    found = {}
    for table, columns in CARD.items():
        parts = [tables[table].assign(label_of=name) for name, tables in made.items()]
        joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["label_of", *columns])
        joined = joined[["label_of", *joined.columns.drop("label_of")]]
        numbers = joined.select_dtypes("float").columns
        found[table] = joined.assign(**{name: joined[name].round(3) for name in numbers})
    return found


def cards_text(models: Mapping[LabelName, Trained]) -> bytes:
    """Write the card of each label's model as JSON, to be kept with the set and compared with another run's."""
    told = {str(name): card(trained) for name, trained in models.items()}
    return (json.dumps(told, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()


def must_not() -> pd.DataFrame:
    """List what a learned model must not be used for."""
    return pd.DataFrame({"must_not": list(MUST_NOT)}, dtype="str")
