"""What each grievance adds to each figure, as numbers and as the text that a published record keeps of them.

A figure that is a sum is explained by its parts; so a record that holds the parts can say later which grievance moved
which figure.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from pipeline.indicators.computation import AGES, COUNTS, DURATIONS, RATES

PARTS = ("numerator", "denominator")
_TIMES = "*"


def contributions(facts: pd.DataFrame, dtype: Literal["int64", "int16"] = "int64") -> pd.DataFrame:
    """Work out what each grievance of a scope adds to each count and to each part of a rate.

    One row a grievance, in the order and with the index of `facts`; one column of whole numbers an id: a count's own,
    a duration's with `_n`, `pending_age`, a rate's with `.numerator` and `.denominator`. Two bytes hold each of them.
    """
    columns = {name: count(facts).astype(dtype) for name, count in COUNTS.items()}
    for name, rate in RATES.items():
        columns |= {f"{name}.{part}": count(facts).astype(dtype) for part, count in zip(PARTS, rate, strict=True)}
    for name in DURATIONS:
        columns[f"{name}_n"] = (facts["is_timed"] & facts[name].notna()).astype(dtype)
    columns |= {name: facts["pending_days"].notna().astype(dtype) for name in AGES}
    return pd.DataFrame(columns)


def is_in_a_figure(facts: pd.DataFrame) -> pd.Series:
    """Say which grievances `contributions` has something of; in a short period that is a small part of them."""
    found = facts["pending_days"].notna()
    for name in DURATIONS:
        found |= facts["is_timed"] & facts[name].notna()
    for count in (*COUNTS.values(), *(part for rate in RATES.values() for part in rate)):
        found |= count(facts) > 0
    return found


def as_text(added: pd.DataFrame) -> pd.Series:
    """Write contributions as a text a grievance: the ids, with `*2` behind one to which it adds 2; blank for none."""
    rows, places = np.nonzero(added.to_numpy())
    counts = added.to_numpy()[rows, places]
    ids = np.array(added.columns, dtype=object)[places]
    words = [name if count == 1 else f"{name}{_TIMES}{count}" for name, count in zip(ids, counts, strict=True)]
    ends = np.searchsorted(rows, np.arange(len(added)), side="right")
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    return pd.Series([" ".join(words[a:b]) for a, b in zip(starts, ends, strict=True)], index=added.index, dtype="str")


def from_text(texts: pd.Series) -> pd.DataFrame:
    """Read contributions back; a column for each id that occurs. A text that is none is a ValueError."""
    words = texts.reset_index(drop=True).str.split().explode().dropna()
    parted = words.str.partition(_TIMES)
    counts = parted[2].where(parted[2] != "", "1").astype("int64")
    codes, ids = pd.factorize(parted[0])
    matrix = np.zeros((len(texts), len(ids)), dtype="int64")
    matrix[words.index.to_numpy(), codes] = counts.to_numpy()
    return pd.DataFrame(matrix, columns=list(ids))
