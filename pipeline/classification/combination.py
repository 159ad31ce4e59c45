"""One label from what the rules and the learned model say of a text, by a rule that fits on a card.

| rules | model | label | confidence | basis |
| --- | --- | --- | --- | --- |
| say nothing | says nothing | 'not_stated' | 0 | not_stated |
| say A, sure by a | says nothing | A | a | rule |
| say nothing | says B, sure by b | B | b | model |
| say A | says A | A | 1 - (1 - a)(1 - b) | rule and model |
| say A | says B, a at least `LEAD` above b | A | a | rule |
| say A | says B, b at least `LEAD` above a | B | b | model |
| say A | says B, neither that much surer | 'not_stated' | 0 | not_stated |

Where both agree the confidence takes them for independent, which they are not quite: it orders a review list, and it is
not calibrated as the model's own is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.classification.calibration import DECIMALS
from pipeline.project import NOT_STATED

LEAD = 0.2
"""By how much one must be surer than the other to prevail over it."""


def combine(rules: pd.DataFrame, model: pd.DataFrame | None) -> pd.DataFrame:
    """Combine two tables of labels with one index: columns `class`, `confidence` (0 to 1) and `evidence` in each.

    'not_stated' (or a blank) as class says nothing, whatever its confidence. `model` is None where none is trained.
    Returns `class`, `confidence`, `basis` and `evidence`; where one prevailed, or neither did, the evidence tells both
    sides.
    """
    by_rule, sure_rule, why_rule = _sides(rules)
    silent = pd.DataFrame({"class": NOT_STATED, "confidence": 0.0, "evidence": ""}, index=rules.index)
    by_model, sure_model, why_model = _sides(silent if model is None else model)
    if model is not None and not model.index.equals(rules.index):
        raise ValueError("rules and model must have the same index")
    has_rule, has_model = by_rule != NOT_STATED, by_model != NOT_STATED
    both = has_rule & has_model
    agree, differ = both & (by_rule == by_model), both & (by_rule != by_model)
    lead = (sure_rule - sure_model).round(DECIMALS)
    rule_wins, model_wins = differ & (lead >= LEAD), differ & (lead <= -LEAD)
    conditions = [agree, rule_wins | (has_rule & ~has_model), model_wins | (has_model & ~has_rule)]
    together = (1 - (1 - sure_rule) * (1 - sure_model)).round(DECIMALS)
    against_rule = why_rule + " (the rules say " + by_rule + ")"
    against_model = why_model + " (the model says " + by_model + ")"
    told = [
        agree,
        rule_wins,
        model_wins,
        differ,
        has_rule,
        has_model,
    ]
    evidence = [
        _joined(why_rule, why_model),
        _joined(why_rule, against_model),
        _joined(why_model, against_rule),
        _joined(against_rule, against_model),
        why_rule,
        why_model,
    ]
    return pd.DataFrame(
        {
            "class": _chosen(conditions, [by_rule, by_rule, by_model], NOT_STATED, rules.index, "str"),
            "confidence": _chosen(conditions, [together, sure_rule, sure_model], 0.0, rules.index, "float64"),
            "basis": _chosen(conditions, ["rule and model", "rule", "model"], NOT_STATED, rules.index, "str"),
            "evidence": _chosen(told, evidence, "", rules.index, "str"),
        }
    )


def _sides(labels: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    name = labels["class"].astype("object").where(labels["class"].notna(), NOT_STATED)
    confidence = labels["confidence"].astype("float64").where(name != NOT_STATED, 0.0).round(DECIMALS)
    if not confidence.between(0, 1).all():
        raise ValueError("a confidence must be a number from 0 to 1")
    evidence = labels["evidence"].astype("object").where(labels["evidence"].notna(), "")
    return name, confidence, evidence


def _joined(one: pd.Series, other: pd.Series) -> pd.Series:
    return (one + "; ").where(one != "", "") + other.str.strip()


def _chosen(
    conditions: list[pd.Series], choices: list[Any], otherwise: str | float, index: Any, dtype: str
) -> pd.Series:
    arrays = [np.asarray(condition) for condition in conditions]
    filled = [np.broadcast_to(np.asarray(choice, dtype=object), len(index)) for choice in choices]
    return pd.Series(np.select(arrays, filled, otherwise), index=index, dtype=object).astype(dtype)
