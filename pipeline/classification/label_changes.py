"""Which labels differ from those of the set that this one replaces, and why.

Compared are grievances that stand in both sets; one that is new, gone or kept apart has no line. While nothing differs
the lines of the set before stay, so that a run repeated on the same inputs says the same again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.classification.card import card, what_changed
from pipeline.classification.decisions import text_hashes
from pipeline.classification.labels import COUNTED
from pipeline.classification.model import Trained
from pipeline.classification.taxonomy import LabelName
from pipeline.classification.views import every_label
from pipeline.project import NOT_STATED

LABELS_FILE, CHANGES_FILE, MODELS_FILE = "labels.csv", "label_changes.csv", "models.json"
"""The files of a set below internal/: its labels, the changes told in it, the cards of its models."""
KEPT = ("registration_no", "row", "label", "value", "basis", "text_hash")
"""The columns of labels.csv, texts throughout."""
CHANGES = ("registration_no", "row", "label", "was", "is", "why")
"""The columns of label_changes.csv."""
_WHY = {
    "decision": "A person decided it.",
    "register": "The register states it so.",
    "status": "The register's status says it so.",
}
_GONE = {
    "decision": "The decision on it no longer counts.",
    "register": "The register no longer states it.",
    "status": "The register's status no longer says it.",
}


def labels_kept(labelled: pd.DataFrame) -> pd.DataFrame:
    """List type, relation and topic of each case with their basis, as labels.csv keeps them for the next set."""
    hashes = text_hashes(labelled).repeat(len(COUNTED)).reset_index(drop=True)
    return every_label(labelled).assign(text_hash=hashes)[list(KEPT)].astype("str")


def label_changes(
    now: pd.DataFrame,
    former: pd.DataFrame | None,
    told: pd.DataFrame | None,
    models: Mapping[LabelName, Trained],
    former_cards: Mapping[str, Any],
) -> pd.DataFrame:
    """List the labels that differ from the set before, with the reason for each.

    Parameters
    ----------
    now, former
        Tables of `labels_kept`; None where no set stood there before.
    told
        The changes that the set before told; they stay while no label differs.
    models, former_cards
        The models of this run, and the cards of those before by the name of the label.

    Returns
    -------
    pd.DataFrame
        `CHANGES`, a row a label that differs, in the order of `now`.
    """
    none = pd.DataFrame(columns=list(CHANGES), dtype="str")
    if former is None or not set(KEPT) <= set(former):
        return none
    both = _keyed(now).merge(_keyed(former), on=["key", "label"], suffixes=("", "_was"), how="inner")
    differs = both[both["value"] != both["value_was"]]
    if differs.empty:
        return _still_there(told, now) if told is not None and set(CHANGES) <= set(told) else none
    news = {name: " ".join(what_changed(dict(former_cards.get(name, {})), card(one))) for name, one in models.items()}
    why = [_why(line, news) for line in differs.to_dict("records")]
    return (
        differs.assign(was=differs["value_was"], why=why)
        .rename(columns={"value": "is"})[list(CHANGES)]
        .reset_index(drop=True)
    )


def former_cards(text: str | None) -> dict[str, Any]:
    """Read the cards of the set before; none where there is no such file, or one that cannot be read."""
    try:
        read = json.loads(text or "{}")
    except ValueError:
        return {}
    return {name: one for name, one in read.items() if isinstance(one, dict)} if isinstance(read, dict) else {}


def _keyed(labels: pd.DataFrame) -> pd.DataFrame:
    """Name each grievance by its number, where only one has it, else by number and row."""
    rows = labels.groupby(["registration_no", "label"])["row"].transform("size")
    alone = (rows == 1) & (labels["registration_no"] != "")
    return labels.assign(key=labels["registration_no"].where(alone, labels["registration_no"] + "|" + labels["row"]))


def _still_there(told: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Keep the changes told before of grievances that are still shown, and that are still so."""
    shown = now.rename(columns={"value": "is"})[["registration_no", "row", "label", "is"]]
    return told[list(CHANGES)].merge(shown, on=list(shown.columns), how="inner")[list(CHANGES)]


def _why(line: Mapping[str, str], news: Mapping[LabelName, str]) -> str:
    """Give the reason of one change, the highest authority first."""
    if line["basis"] in _WHY:
        return _WHY[line["basis"]]
    reasons = [_GONE[line["basis_was"]]] if line["basis_was"] in _GONE else []
    if line["text_hash"] != line["text_hash_was"]:
        reasons.append("The text has changed.")
    if "model" in line["basis"] or "model" in line["basis_was"] or line["basis"] == NOT_STATED:
        reasons += [said for name, said in news.items() if name == line["label"] and said]
    if line["basis_was"] == NOT_STATED:
        reasons.append("The text speaks for it, and proposals are counted.")
    return " ".join(reasons) or "The rules or project.yml are others than before."
