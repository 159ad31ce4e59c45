"""Lists of registration numbers, neighbours as a stretch: 3/2024, 7/2024–9/2024."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

MOST_STRETCHES = 200
"""Stretches of a list; how many numbers come after them is said."""
_SPAN = 2**33
"""More than any number of a series, or row of a file, or twice the rows of a register."""


@dataclass(frozen=True)
class Stretches:
    """Writes lists of grievances; `keys` has a whole number each that is one higher for the next of a series."""

    keys: pd.Series

    @classmethod
    def of(cls, cases: pd.DataFrame) -> Stretches:
        """Take the series from the cases, as `place_receipts` adds them; without a number the rows of a sheet are one.

        A number that is not of the project's form has no neighbour, and stands behind all others.
        """
        nameless, series = cases["registration_no"].isna(), cases["number_series"].astype("object")
        sheets = cases.loc[nameless, ["source_file", "source_sheet"]].astype("object").fillna("")
        series[nameless] = "row " + sheets["source_file"] + "\n" + sheets["source_sheet"]
        series, found = pd.factorize(series)
        places = cases["number_in_series"].mask(nameless, cases["source_row"]).fillna(0).to_numpy(dtype="int64")
        alone = len(found) * _SPAN + 2 * np.arange(len(cases), dtype="int64")
        return cls(pd.Series(np.where(series < 0, alone, series * _SPAN + places), index=cases.index))

    def listed(
        self, numbers: pd.Series, marks: pd.Series | None = None, told: Callable[[int], str] = lambda mark: ""
    ) -> str:
        """Write numbers, of the index of the cases, in the order of their series.

        `marks` are whole numbers, one for a stretch; behind it stands what `told` makes of it: 3/2024–5/2024 (0).
        """
        keys = self.keys.loc[numbers.index].to_numpy()
        order = np.argsort(keys, kind="stable")
        marked = (np.zeros(len(keys)) if marks is None else marks.to_numpy()).astype("int64")[order]
        begins = np.flatnonzero((np.diff(keys[order], prepend=-2) != 1) | (np.diff(marked, prepend=-1) != 0))
        ends = np.append(begins[1:], len(keys))[: len(begins)]
        names, parts = numbers.array, []
        for first, end in zip(begins[:MOST_STRETCHES], ends[:MOST_STRETCHES], strict=True):
            both = dict.fromkeys((names[order[first]], names[order[end - 1]]))
            parts.append("–".join(both) + told(int(marked[first])))
        more = len(keys) - int(ends[MOST_STRETCHES - 1]) if len(ends) > MOST_STRETCHES else 0
        return ", ".join(parts) + (f" and {more} more" if more else "")
