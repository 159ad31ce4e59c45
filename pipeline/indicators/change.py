"""Whether a rate changed between two periods: one rule, which an auditor can work out with a pocket calculator.

The rule of change. A rate counts as changed between two periods only if both denominators reach `minimum_n` and the
95 % interval of the difference, by Newcombe's hybrid score method, does not hold zero. Otherwise there is no clear
change, and below `minimum_n` too few to compare.

Sources: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212, for the interval of one rate; R. G. Newcombe, Statistics
in Medicine 17 (1998) 857-872 (method 3) and 873-890 (method 10), both without a correction for continuity.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.indicators.definitions import base_of, definitions

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: 95 % lie within it on both sides."""
COMPARED = (
    "resolution_rate",
    "resolution_rate_all",
    "same_day",
    "acknowledged_on_time",
    "within_service_standard",
    "satisfied",
    "outcome_communicated",
    "unrelated_referred",
    "anonymous",
    "severe_within_service_standard",
)
"""The rates that the rule is for: each grievance of the denominator is in the numerator or not, and none is in the
denominators of two periods."""
NOT_COMPARED: dict[str, Literal["no_proportion", "same_grievances", "cells"]] = {
    "clearance_ratio": "no_proportion",
    "escalated": "no_proportion",
    "appealed": "no_proportion",
    "overdue": "same_grievances",
    "benefit_grievances_addressed": "same_grievances",
    "register_completeness": "cells",
}
"""Rates without interval and word, and why.

no_proportion
    The numerator is no part of the denominator, so that the ratio may pass 100.
same_grievances
    A grievance that stays open, or is counted since the start, stands in both periods: they are not independent.
cells
    The cells of one row are filled or left blank together.
"""
COLUMNS = ("indicator", "unit", "difference", "low", "high", "verdict")
"""The columns of `changes`: `difference`, `low` and `high` in the indicator's unit, percentage points for a rate."""
VERDICTS = ("improved", "worsened", "rose", "fell", "no_clear_change", "too_few")
"""What the rule says; empty where the rule is not for the indicator or a figure is not given."""
_GIVEN = ("stated", "below_minimum")


def wilson(successes: Any, total: Any) -> tuple[Any, Any]:
    """Return the 95 % score interval of a rate in percent: its lower and its upper limit.

    Takes numbers, arrays or columns of counts, each at most its total, and returns arrays; limits over an empty total
    are not a number.
    """
    n = np.where(np.asarray(total, dtype="float64") > 0, total, np.nan).astype("float64")
    share = np.asarray(successes, dtype="float64") / n
    middle = share + Z_95**2 / (2 * n)
    half = Z_95 * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
    scale = 1 + Z_95**2 / n
    # Rounding must not push a limit beyond what a share can be, nor past the share itself.
    low = np.minimum(np.clip((middle - half) / scale, 0, 1), share)
    high = np.maximum(np.clip((middle + half) / scale, 0, 1), share)
    return 100 * low, 100 * high


def newcombe(before: tuple[Any, Any], after: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return the 95 % interval of the difference of two independent rates, later less former, in percentage points.

    Each rate is given by its successes and its total; takes numbers, arrays or columns.
    """
    (low_before, high_before), (low_after, high_after) = wilson(*before), wilson(*after)
    former, later = _percent(*before), _percent(*after)
    low = later - former - np.sqrt((later - low_after) ** 2 + (high_before - former) ** 2)
    high = later - former + np.sqrt((high_after - later) ** 2 + (former - low_before) ** 2)
    return np.clip(low, -100, 100), np.clip(high, -100, 100)


def _percent(successes: Any, total: Any) -> Any:
    n = np.where(np.asarray(total, dtype="float64") > 0, total, np.nan).astype("float64")
    return 100 * np.asarray(successes, dtype="float64") / n


def changes(before: pd.DataFrame, after: pd.DataFrame, minimum_n: int, *, is_independent: bool = True) -> pd.DataFrame:
    """Set the headline figures of two periods against each other.

    Parameters
    ----------
    before, after
        Rows of the tidy table of indicators, one an indicator, in `after`'s order; what is in one alone is left out.
    is_independent
        False where the two periods share days: then no interval and no word is given.

    Returns
    -------
    pd.DataFrame
        With the columns of `COLUMNS`. The difference of rates is given from `minimum_n` on, of all else where both
        figures are.
    """
    both = after.merge(before, on="indicator", suffixes=("", "_before"), how="inner")
    value = both["value"].astype("float64") - both["value_before"].astype("float64")
    is_given = both["state"].isin(_GIVEN) & both["state_before"].isin(_GIVEN)
    is_judged = both["indicator"].isin(COMPARED) & is_given & is_independent
    counts = {
        name: both[name].astype("Int64").astype("float64").to_numpy(dtype="float64", na_value=np.nan)
        for name in ("numerator", "denominator", "numerator_before", "denominator_before")
    }
    enough = (counts["denominator"] >= minimum_n) & (counts["denominator_before"] >= minimum_n) & is_judged
    judged = {name: np.where(enough, one, np.nan) for name, one in counts.items()}
    low, high = newcombe(
        (judged["numerator_before"], judged["denominator_before"]), (judged["numerator"], judged["denominator"])
    )
    result = pd.DataFrame(
        {
            "indicator": both["indicator"],
            "unit": both["unit"],
            "difference": value.where(is_given),
            "low": low,
            "high": high,
        }
    )
    return result.assign(verdict=_verdicts(result, enough, is_judged))[list(COLUMNS)]


def _verdicts(result: pd.DataFrame, enough: pd.Series, is_judged: pd.Series) -> pd.Series:
    up, down = result["low"] > 0, result["high"] < 0
    direction = result["indicator"].map(lambda name: definitions()[base_of(name)].direction)
    better = (up & (direction == "more_is_better")) | (down & (direction == "more_is_worse"))
    worse = (down & (direction == "more_is_better")) | (up & (direction == "more_is_worse"))
    neutral = direction == "neutral"
    verdict = np.select(
        [better, worse, neutral & up, neutral & down, enough, is_judged],
        VERDICTS,
        default="",
    )
    return pd.Series(verdict, index=result.index, dtype="str")
