"""The figure of a model's card: how sure its labels were, against how often they were right."""

from __future__ import annotations

import pandas as pd

from pipeline.reporting.figures import Picture, points
from pipeline.reporting.words import Words


def calibration_figure(reliability: pd.DataFrame, words: Words) -> Picture | str:
    """Draw for each label what its model promised against what came, bin by bin; a sentence where there is no model.

    `reliability` has the columns `label_of`, `n`, `confidence` and `accuracy` (means of a bin, 0 to 1).
    """
    text = words.text
    if reliability.empty:
        return text("No model was learned, so there is nothing to draw.")
    parts = {str(name): rows for name, rows in reliability.groupby("label_of", sort=False)}
    lines = {
        name: list(zip(rows["confidence"] * 100, rows["accuracy"] * 100, rows["n"], strict=True))
        for name, rows in parts.items()
    }
    told = "; ".join(
        text(
            "%(label)s, %(n)s rows: sure by %(sure)s, right in %(right)s",
            label=name,
            n=int(n),
            sure=words.percent(sure),
            right=words.percent(right),
        )
        for name, points_of in lines.items()
        for sure, right, n in points_of
    )
    caption = text("How sure the labels were, and how often they were right, on rows that the model had not seen")
    return points(
        lines,
        across=text("How sure, in per cent"),
        up=text("Right, in per cent"),
        caption=caption,
        alternative=f"{caption}. {told}.",
    )
