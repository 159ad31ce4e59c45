"""The card of a learned model: what it was trained on, how well it does, and what it must not be used for.

The card is all that is kept of a model. It holds counts, shares and digests, no word of a text; as the digest of a
small training set could be guessed, it stays among the internal files.
"""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from typing import Any

import pandas as pd

from pipeline.classification.calibration import (
    BINS,
    DECIMALS,
    accuracy_at,
    calibration_error,
    coverage,
    reliability,
)
from pipeline.classification.model import FOLDS, SEED, STRENGTH, Trained
from pipeline.project import NOT_STATED

MUST_NOT = (
    "Decide on a grievance, or close, reject or postpone one: it proposes a label, and a person decides.",
    "Find sensitive grievances alone: it is tuned to be right on the whole, not to miss none.",
    "Judge a person: neither who complains nor who is complained of.",
    "Label the texts of another project, language or kind of channel without a look at how it does there.",
    "Say how frequent a rare class is: classes that it did not learn are never said.",
)
"""What the model must not be used for."""

_PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy")


def card(trained: Trained) -> dict[str, Any]:
    """Sum a model up as plain data, in one order: the same model has the same card."""
    rows = trained.out_of_fold
    is_right = rows["label"] == rows["candidate"]
    return {
        "model_hash": trained.model_hash,
        "training_hash": trained.training_hash,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "settings": {
            "folds": FOLDS,
            "minimum_per_class": trained.minimum_per_class,
            "precision": trained.precision,
            "seed": SEED,
            "strength": STRENGTH,
        },
        "training_rows": trained.counts,
        "rows_of_classes_left_out": trained.left_out,
        "rows_without_words": trained.without_words,
        "threshold": trained.threshold,
        "out_of_fold": {
            "accuracy": _rounded(is_right.mean()),
            "calibration_error": _rounded(calibration_error(rows["confidence"], is_right)),
            "accuracy_on_surest_half": _rounded(accuracy_at(rows["confidence"], is_right, 0.5)),
            "macro_f1": _rounded(per_class(rows)["f1"].mean()),
            "share_named": _rounded((rows["class"] != NOT_STATED).mean()),
        },
        "must_not": list(MUST_NOT),
    }


def card_text(trained: Trained) -> str:
    """Write the card as JSON, to be stored and compared."""
    return json.dumps(card(trained), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def what_changed(former: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Say in sentences why labels of the model may differ from those of the former card; empty where they cannot."""
    if former.get("model_hash") == now["model_hash"]:
        return []
    reasons = []
    if former.get("training_hash") != now["training_hash"]:
        before, after = former.get("training_rows", {}), now["training_rows"]
        counts = ", ".join(f"{name} {before.get(name, 0)} → {after.get(name, 0)}" for name in sorted({*before, *after}))
        reasons.append(f"The training set is another; rows by class: {counts}.")
    for key, what in (("versions", "version"), ("settings", "setting")):
        for name, value in now[key].items():
            if former.get(key, {}).get(name) != value:
                reasons.append(f"The {what} of {name} was {former.get(key, {}).get(name)} and is {value}.")
    return reasons or ["The model is another though training set, settings and versions are the same."]


def card_tables(trained: Trained) -> dict[str, pd.DataFrame]:
    """Make the tables of the card, all from rows that the model had not seen; shares are 0 to 1.

    `training` (class, rows, is_learned), `classes` (`per_class`), `confusion` (`confusion`), `reliability`, `coverage`
    (`calibration.py`), `thresholds` (threshold, share_named, precision) and `must_not` (must_not).
    """
    rows = trained.out_of_fold
    is_right = rows["label"] == rows["candidate"]
    counts = {**trained.counts, **trained.left_out}
    return {
        "training": pd.DataFrame(
            [(name, counts[name], name in trained.counts) for name in sorted(counts)],
            columns=["class", "rows", "is_learned"],
        ),
        "classes": per_class(rows),
        "confusion": confusion(rows),
        "reliability": reliability(rows["confidence"], is_right),
        "coverage": coverage(rows["confidence"], is_right),
        "thresholds": _thresholds(rows["confidence"], is_right, trained.threshold),
        "must_not": pd.DataFrame({"must_not": list(MUST_NOT)}, dtype="str"),
    }


def per_class(rows: pd.DataFrame) -> pd.DataFrame:
    """Measure each class of `label`: n, precision, recall, F1; and of the labels given, n and precision.

    Columns `class`, `n`, `precision`, `recall`, `f1`, `n_named`, `precision_named`. `rows` has `label`, `candidate` and
    `class`, which abstains as 'not_stated'. A precision of nothing is missing, its F1 is 0.
    """
    lines = []
    for name in sorted(rows["label"].unique()):
        is_class, is_said, is_named = (rows[column] == name for column in ("label", "candidate", "class"))
        hits = int((is_class & is_said).sum())
        lines.append(
            {
                "class": name,
                "n": int(is_class.sum()),
                "precision": hits / is_said.sum() if is_said.any() else float("nan"),
                "recall": hits / is_class.sum(),
                "f1": 2 * hits / (is_class.sum() + is_said.sum()),
                "n_named": int(is_named.sum()),
                "precision_named": (is_class & is_named).sum() / is_named.sum() if is_named.any() else float("nan"),
            }
        )
    return pd.DataFrame(lines)


def confusion(rows: pd.DataFrame) -> pd.DataFrame:
    """Count what a person said (rows, first column `label`) against what the model would have said (a column each)."""
    names = sorted({*rows["label"], *rows["candidate"]})
    counts = pd.crosstab(rows["label"], rows["candidate"]).reindex(
        index=sorted(rows["label"].unique()), columns=names, fill_value=0
    )
    counts.columns.name = None
    return counts.rename_axis("label").reset_index()


def _thresholds(confidence: pd.Series, is_right: pd.Series, chosen: float) -> pd.DataFrame:
    """List what each threshold would give: share of rows named, their precision; the model's own is marked."""
    lines = []
    for threshold in sorted({*(step / BINS for step in range(5, BINS)), 0.95, chosen}):
        named = confidence >= threshold
        precision = is_right[named].mean() if named.any() else float("nan")
        lines.append((threshold, named.mean(), precision, threshold == chosen))
    return pd.DataFrame(lines, columns=["threshold", "share_named", "precision", "is_chosen"])


def _rounded(share: float) -> float:
    return round(float(share), DECIMALS)
