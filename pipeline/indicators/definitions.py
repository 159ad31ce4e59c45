"""The definitions of the indicators: definitions.yml, checked.

definitions.schema.json is made from the model here, for editors and for who reads the file with another program.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, RootModel, model_validator

from pipeline.yaml_files import Strict, read_yaml

FILE = Path(__file__).with_name("definitions.yml")
SCHEMA = FILE.with_suffix(".schema.json")
STATISTICS = ("n", "mean", "median", "p90", "max")
"""What a duration is given as; each has an id of its own, `<indicator>_<statistic>`."""

OWN_SOURCE = "docs/indicators.md"
"""How `source` begins where the rule is the project's own; the section follows in quotes."""

Words = Annotated[str, Field(min_length=1)]
_Id = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
RATIOS = ("percent", "per_1000")
"""The units of a rate: a number of things for every hundred, or every thousand, of others."""
_RATIO: dict[str, Any] = {"properties": {"unit": {"enum": list(RATIOS)}}}
_SHARE: dict[str, Any] = {"properties": {"unit": {"const": "percent"}}}
_PARTS = ("numerator", "denominator")


def _rate_or_count(schema: dict[str, Any]) -> None:
    """Put into the schema what the model checks itself: a rate has two parts, everything else says what it counts."""
    for name in (*_PARTS, "counted"):
        schema["properties"][name] = {"minLength": 1, "title": name.capitalize(), "type": "string"}
    schema["allOf"] = [{"if": _SHARE, "then": {"properties": {"decimals": {"const": 0}}}}]
    schema["if"] = _RATIO
    schema["then"] = {"required": list(_PARTS), "properties": {"counted": False}}
    schema["else"] = {"required": ["counted"], "properties": dict.fromkeys(_PARTS, False)}


class Definition(Strict):
    """One indicator, in words.

    A rate (`unit` is one of `RATIOS`) has a numerator and a denominator; a count and a duration say what is `counted`.
    `decimals` is how many are shown at most; the tables that go to other programs are unrounded. `source` says where
    the rule comes from; `caveat` is what a reader must know beside it, and `null` where there is nothing.
    """

    model_config = ConfigDict(json_schema_extra=_rate_or_count)

    family: Literal["stock_and_flow", "rate", "duration", "quality"]
    title: Words
    definition: Words
    counted: Words | None = None
    numerator: Words | None = None
    denominator: Words | None = None
    unit: Literal["count", "percent", "per_1000", "working_days", "calendar_days"]
    decimals: Annotated[int, Field(ge=0, le=6)]
    direction: Literal["more_is_better", "more_is_worse", "neutral"]
    needs: tuple[_Id, ...] = ()
    scopes: Annotated[tuple[Literal["period", "previous", "cumulative"], ...], Field(min_length=1)] = (
        "period",
        "previous",
        "cumulative",
    )
    edition: Literal["public", "internal"] = "public"
    source: Words
    caveat: Words | None

    @model_validator(mode="after")
    def _says_what_it_counts(self) -> Definition:
        is_rate = self.unit in RATIOS
        if is_rate != (self.numerator is not None) or is_rate != (self.denominator is not None):
            raise ValueError("a rate, and nothing else, has a numerator and a denominator")
        if is_rate == (self.counted is not None):
            raise ValueError("what is no rate, and nothing else, says what is counted")
        if self.unit == "percent" and self.decimals:
            raise ValueError("a share is shown in whole per cent: decimals is 0")
        return self

    @property
    def is_own(self) -> bool:
        """Whether the rule is the project's own, laid down in docs/indicators.md."""
        return self.source.startswith(OWN_SOURCE)


class _Definitions(RootModel[dict[_Id, Definition]]):
    """The definitions of the indicators, by their ids."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})


@cache
def definitions() -> dict[str, Definition]:
    """Return every definition by the indicator's id, in the order of the file."""
    return _Definitions.model_validate(read_yaml(FILE, "pipeline/indicators/definitions.yml")).root


def base_of(indicator: str) -> str:
    """Return the id under which an indicator of the tidy table is defined: that of a statistic is its duration's."""
    name, _, statistic = indicator.rpartition("_")
    return name if indicator not in definitions() and statistic in STATISTICS else indicator


def unit_of(indicator: str) -> str:
    """Return the unit of an indicator of the tidy table; of a duration's `_n` it is a count."""
    return "count" if _is_number_of(indicator) else definitions()[base_of(indicator)].unit


def decimals_of(indicator: str) -> int:
    """Return how many decimals an indicator of the tidy table is shown with at most."""
    return 0 if _is_number_of(indicator) else definitions()[base_of(indicator)].decimals


def _is_number_of(indicator: str) -> bool:
    return indicator not in definitions() and indicator.endswith("_n")


def schema_text() -> str:
    """Write the JSON Schema of definitions.yml as definitions.schema.json holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_Definitions.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
