"""The project's own words for the codes of its vocabulary."""

from __future__ import annotations

from typing import Any

from pipeline.project import NOT_STATED, Project
from pipeline.reporting.words import Words


def labels(project: Project, words: Words, dimension: str) -> dict[str, str]:
    """Return the labels of 'channel', 'type' or 'status' by their codes, 'not stated' as the last."""
    settings = project.settings
    terms: dict[str, Any] = {"channel": settings.channels, "type": settings.types, "status": settings.statuses}
    known = {code: term.label for code, term in terms[dimension].items()}
    return {**known, NOT_STATED: words.text("Not stated")}
