"""Invented texts with a label, for tests of the learned model: no two alike, one in nine with another's words."""

from __future__ import annotations

import random

import pandas as pd

_SAID = {
    "complaint": ("the road was not repaired", "nobody answered us", "dust and noise all night", "still not paid"),
    "question": ("when does the office open", "how do I apply", "which papers are needed", "who decides on this"),
    "appreciation": ("thank you for the bridge", "good work by the crew", "we are grateful", "the staff was helpful"),
}
_ABOUT = ("school", "market", "clinic", "canal", "river bank", "bus stop", "library", "town hall", "well", "square")


def labelled_texts(per_class: int = 40, seed: int = 1, classes: tuple[str, ...] = tuple(_SAID)) -> pd.DataFrame:
    """Make `per_class` rows of each class: columns text and label, indexed from 100 in tens."""
    draw = random.Random(seed)
    rows = []
    for label in classes:
        for number in range(per_class):
            says = _SAID[label] if number % 9 else _SAID[draw.choice(sorted(_SAID))]
            first, second = draw.choice(says), draw.choice(says)
            place = f"{draw.choice(_ABOUT)} and {draw.choice(_ABOUT)}"
            rows.append((f"{first.capitalize()} near {place}, {second} ({label[0]}x{number:03})", label))
    return pd.DataFrame(rows, columns=["text", "label"], index=[100 + 10 * n for n in range(len(rows))])
