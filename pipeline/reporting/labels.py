"""The words for codes: the project's own for its vocabulary, and what an indicator is called."""

from __future__ import annotations

from typing import Any

from pipeline.indicators.definitions import base_of, definitions
from pipeline.project import NOT_STATED, Project
from pipeline.reporting.words import Words


def labels(project: Project, words: Words, dimension: str) -> dict[str, str]:
    """Return the labels of 'channel', 'type' or 'status' by their codes, 'not stated' as the last."""
    settings = project.settings
    terms: dict[str, Any] = {"channel": settings.channels, "type": settings.types, "status": settings.statuses}
    known = {code: term.label for code, term in terms[dimension].items()}
    return {**known, NOT_STATED: words.text("Not stated")}


def statistics(words: Words) -> dict[str, str]:
    """Return what the statistics of a duration are called."""
    text = words.text
    return {
        "n": text("number of resolutions"),
        "mean": text("mean"),
        "median": text("median"),
        "p90": text("90th percentile"),
        "max": text("maximum"),
    }


def title_of(indicator: str, words: Words) -> str:
    """Name an indicator of the tidy table, a duration with its statistic."""
    base = base_of(indicator)
    title = words.text(definitions()[base].title)
    return title if base == indicator else f"{title}, {statistics(words)[indicator.removeprefix(f'{base}_')]}"
