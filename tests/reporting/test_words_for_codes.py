"""The words for codes: every dimension, statistic and rule has one."""

from __future__ import annotations

from making import Cleaned

from pipeline.indicators.computation import DIMENSIONS, DURATIONS
from pipeline.indicators.definitions import STATISTICS, definitions
from pipeline.indicators.published import rules_in_force
from pipeline.reporting.labels import dimension_title, rule_names, statistics, title_of
from pipeline.reporting.words import words_for

ENGLISH = words_for("en")


def test_every_dimension_has_a_title() -> None:
    titles = [dimension_title(name, ENGLISH) for name in (*DIMENSIONS, "age", "working_days")]
    assert len(set(titles)) == len(titles)


def test_every_indicator_and_statistic_has_a_title() -> None:
    assert set(statistics(ENGLISH)) == set(STATISTICS)
    ids = [*definitions(), *(f"{name}_{statistic}" for name in DURATIONS for statistic in STATISTICS)]
    titles = [title_of(name, ENGLISH) for name in ids]
    assert len(set(titles)) == len(titles)
    assert title_of("resolution_working_days_p90", ENGLISH) == "Working days to resolve, 90th percentile"


def test_every_rule_in_force_has_a_name(sample: Cleaned) -> None:
    assert set(rule_names(ENGLISH)) == set(rules_in_force(sample.project, ["status"]))
