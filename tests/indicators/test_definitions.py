"""The definitions of the indicators: complete, of the schema, and about things that there are."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from ruamel.yaml import YAML

from pipeline.indicators.computation import COLUMN_OF, COUNTS, DIMENSIONS, INTERNAL, require_definitions
from pipeline.indicators.definitions import (
    FILE,
    SCHEMA,
    STATISTICS,
    Definition,
    base_of,
    decimals_of,
    definitions,
    unit_of,
)
from pipeline.indicators.views import meanings
from pipeline.period import resolve_scopes
from pipeline.register.columns import dictionary

COUNT: dict[str, Any] = {
    "family": "rate",
    "title": "t",
    "definition": "d",
    "counted": "grievances",
    "unit": "count",
    "decimals": 0,
    "direction": "neutral",
    "source": "s",
    "caveat": None,
}
SHARE = {key: cell for key, cell in COUNT.items() if key != "counted"}
SHARE |= {"unit": "percent", "numerator": "n", "denominator": "N"}


def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_file_is_of_its_schema() -> None:
    assert [error.message for error in validator().iter_errors(YAML(typ="safe").load(FILE))] == []


@pytest.mark.parametrize(
    ("name", "faulty"),
    [
        *((f"no {key}", {k: v for k, v in COUNT.items() if k != key}) for key in COUNT),
        *((f"no {key}", {k: v for k, v in SHARE.items() if k != key}) for key in ("numerator", "denominator")),
        ("a count with a denominator", COUNT | {"denominator": "N"}),
        ("a count with a numerator", COUNT | {"numerator": "n"}),
        ("a share that counts", SHARE | {"counted": "grievances"}),
        ("a share with decimals", SHARE | {"decimals": 1}),
        ("an unknown unit", COUNT | {"unit": "weeks"}),
        ("an unknown direction", COUNT | {"direction": "up"}),
        ("an unknown scope", COUNT | {"scopes": ["ever"]}),
        ("no scope", COUNT | {"scopes": []}),
        ("an unknown edition", COUNT | {"edition": "secret"}),
        ("an empty source", COUNT | {"source": ""}),
        ("a key too many", COUNT | {"colour": "red"}),
        ("decimals below zero", COUNT | {"decimals": -1}),
    ],
)
def test_model_and_schema_refuse_the_same(name: str, faulty: dict[str, Any]) -> None:
    assert not validator().is_valid({"received": faulty}), name
    with pytest.raises(ValidationError):
        Definition.model_validate(faulty)


def test_model_and_schema_accept_a_count_and_a_share() -> None:
    for entry in (COUNT, SHARE):
        assert validator().is_valid({"received": entry})
        assert Definition.model_validate(entry)
    assert not validator().is_valid({"Not an id": COUNT})


def test_what_the_definitions_name_is_there() -> None:
    for name, definition in definitions().items():
        assert set(definition.needs) <= set(dictionary()), name
    scopes = resolve_scopes("2024-04", "", grm_start=date(2024, 1, 15), complete_through=date(2024, 6, 30))
    assert {scope for one in definitions().values() for scope in one.scopes} == set(scopes.windows())
    for dimension, counts in DIMENSIONS.items():
        assert set(counts) <= set(COUNTS), dimension
        assert {definitions()[name].unit for name in counts} == {"count"}
    assert set(COLUMN_OF) <= set(DIMENSIONS)
    assert set(COLUMN_OF.values()) <= set(dictionary())
    require_definitions()


def test_the_internal_ones_are_those_that_are_measured_apart() -> None:
    assert {name for name, one in definitions().items() if one.edition == "internal"} == set(INTERNAL)


def test_a_statistic_is_shown_as_its_duration_is_defined_and_its_number_as_a_count() -> None:
    for name in STATISTICS:
        assert base_of(f"resolution_working_days_{name}") == "resolution_working_days"
    assert [decimals_of(f"resolution_working_days_{name}") for name in ("n", "mean")] == [0, 2]
    assert [unit_of(f"resolution_calendar_days_{name}") for name in ("n", "max")] == ["count", "calendar_days"]
    assert (base_of("received"), unit_of("received"), decimals_of("received")) == ("received", "count", 0)


def test_the_notebook_shows_each_definition_in_full() -> None:
    shown = meanings().set_index("indicator")
    assert list(shown.index) == list(definitions())
    assert shown.loc["resolution_rate", "counted"] == "resolved / eligible less withdrawn"
    assert shown.loc["sensitive", "edition"] == "internal"
    assert shown.notna().all().all()
