"""How sure a label is, how far that can be believed, and from where on a label is given.

A confidence is the share of labels of that kind that were right on rows the model had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

BINS = 10
"""Bins of equal width, from 0 to 1, in which confidence and accuracy are compared."""
DECIMALS = 4
"""Decimals of a confidence; two machines agree on these."""
LEAST_NAMED = 20
"""Rows on which a precision must rest for a threshold to be taken from it."""
LOWEST_THRESHOLD = 0.5
"""No label is given that is likelier wrong than right, however many of the others are right."""
NEVER = 1.01
"""A threshold that no confidence reaches."""


def reliability(confidence: Any, is_right: Any) -> pd.DataFrame:
    """Compare what was promised with what came: one row a bin that has rows.

    Columns `above`, `up_to` (the bin, its upper end within it), `n`, `confidence` and `accuracy` (means, 0 to 1).
    """
    table = pd.DataFrame({"confidence": np.asarray(confidence, float), "accuracy": np.asarray(is_right, float)})
    bins = np.clip(np.ceil(np.round(table["confidence"] * BINS, 9)).astype(int), 1, BINS)
    means = table.groupby(bins).agg(
        n=("accuracy", "size"), confidence=("confidence", "mean"), accuracy=("accuracy", "mean")
    )
    means.insert(0, "above", (means.index - 1) / BINS)
    means.insert(1, "up_to", means.index / BINS)
    return means.reset_index(drop=True)


def calibration_error(confidence: Any, is_right: Any) -> float:
    """Compute the expected calibration error: the mean distance of confidence and accuracy over the bins, by rows.

    Source: Guo et al. 2017, On Calibration of Modern Neural Networks, equation 3; of the class that was named.
    """
    bins = reliability(confidence, is_right)
    distance = (bins["confidence"] - bins["accuracy"]).abs()
    return float((distance * bins["n"]).sum() / bins["n"].sum()) if len(bins) else float("nan")


def accuracy_at(confidence: Any, is_right: Any, share: float) -> float:
    """Give the accuracy on the `share` (0 to 1) of the rows that are surest.

    Where rows of one confidence stand on both sides of the cut, their mean counts, so that no order of rows matters.
    """
    ranked = pd.DataFrame({"sure": np.asarray(confidence, float), "right": np.asarray(is_right, float)})
    blocks = ranked.groupby("sure")["right"].agg(["size", "mean"]).sort_index(ascending=False)
    wanted = len(ranked) * share
    before = blocks["size"].cumsum() - blocks["size"]
    taken = (wanted - before).clip(lower=0, upper=blocks["size"])
    return float((taken * blocks["mean"]).sum() / wanted) if wanted else float("nan")


def coverage(confidence: Any, is_right: Any) -> pd.DataFrame:
    """List the accuracy on the surest tenth, two tenths … of the rows: columns `share`, `accuracy` (0 to 1)."""
    shares = [step / 10 for step in range(1, 11)]
    return pd.DataFrame({"share": shares, "accuracy": [accuracy_at(confidence, is_right, share) for share in shares]})


def threshold_for(precision: float, confidence: Any, is_right: Any) -> float:
    """Find the lowest threshold, in hundredths, from which on labels are right as often as `precision` asks.

    It rests on `LEAST_NAMED` rows at least; `NEVER` where none does.
    """
    sure, right = np.asarray(confidence, float), np.asarray(is_right, bool)
    for hundredth in range(round(LOWEST_THRESHOLD * 100), 101):
        named = sure >= hundredth / 100
        if named.sum() < LEAST_NAMED:
            break
        if right[named].mean() >= precision:
            return hundredth / 100
    return NEVER


@dataclass(frozen=True)
class Sureness:
    """The confidence of a label from its class and its lead: a logistic curve, shifted for each class."""

    slope: float
    shifts: tuple[float, ...]

    def __call__(self, named: Any, lead: Any) -> Any:
        """Turn the named classes (their places) and leads (log-odds) into confidences, rounded to `DECIMALS`."""
        odds = np.clip(self.slope * lead + np.asarray(self.shifts)[named], -30, 30)
        return np.round(1 / (1 + np.exp(-odds)), DECIMALS)


def sureness(named: Any, lead: Any, is_right: Any, n_classes: int) -> Sureness:
    """Learn how often a label is right, by its class and its lead, from rows that the model had not seen.

    Source: Platt's sigmoid (1999) for the class that is named, as in Gupta and Ramdas 2021, Top-label calibration. The
    curve never falls: where a longer lead seems to make a label worse, the lead is left out.
    """
    for use_lead in (True, False):
        known = np.column_stack([lead * use_lead, np.eye(n_classes)[named]])
        slope, *shifts = _logistic(known, np.asarray(is_right, float))
        if slope >= 0:
            break
    return Sureness(round(max(slope, 0.0), DECIMALS), tuple(round(shift, DECIMALS) for shift in shifts))


def _logistic(known: Any, right: Any) -> list[float]:
    """Fit a logistic curve by Newton's steps, from counts smoothed as Platt's are; a shift is held to zero lightly."""
    n_right, n_wrong = right.sum(), len(right) - right.sum()
    aim = np.where(right == 1, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))
    holding = np.diag([1e-6] + [1e-2] * (known.shape[1] - 1))
    weights = np.zeros(known.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(known @ weights, -30, 30)))
        slope = known.T @ (chance - aim) + holding @ weights
        bend = (known * (chance * (1 - chance))[:, np.newaxis]).T @ known + holding
        step = np.linalg.solve(bend, slope)
        weights = weights - step * min(1.0, 2.0 / (np.abs(step).max() + 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    return [float(weight) for weight in weights]
