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


def dimension_title(dimension: str, words: Words) -> str:
    """Name a dimension of the indicators, as it stands in a sentence."""
    return {
        "channel": words.text("channel"),
        "type": words.text("type"),
        "status": words.text("status"),
        "month": words.text("month"),
        "topic": words.text("topic"),
        "location": words.text("location"),
        "sex": words.text("sex"),
        "vulnerable_group": words.text("vulnerable group"),
        "age": words.text("age"),
        "working_days": words.text("working days"),
    }[dimension]


def rule_names(words: Words) -> dict[str, str]:
    """Name the rules that `published.rules_in_force` describes."""
    text = words.text
    return {
        "definitions": text("definitions of figures"),
        "service_standards": text("service standards"),
        "calendar": text("calendar of working days"),
        "minimum_n": text("smallest number of which a percentage is given"),
        "pending_age_days": text("classes of age"),
        "severe_from": text("what counts as severe"),
        "severities": text("degrees of severity"),
        "channels": text("list of channels"),
        "types": text("list of types"),
        "statuses": text("list of statuses"),
        "grm_start": text("start of the mechanism"),
        "beneficiaries": text("number of beneficiaries"),
        "collected": text("columns of the register"),
    }
