"""The definitions of the indicators: definitions.yml, checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import RootModel

from pipeline.yaml_files import Strict, read_yaml

_FILE = Path(__file__).with_name("definitions.yml")
STATISTICS = ("n", "mean", "median", "p90", "max")
"""What a duration is given as; each has an id of its own, `<indicator>_<statistic>`."""


class Definition(Strict):
    """One indicator, in words."""

    family: Literal["stock_and_flow", "rate", "duration", "quality"]
    title: str
    definition: str
    numerator: str | None = None
    denominator: str | None = None
    unit: Literal["count", "percent", "working_days", "calendar_days"]
    direction: Literal["more_is_better", "more_is_worse", "neutral"]
    needs: tuple[str, ...] = ()
    scopes: tuple[Literal["period", "previous", "cumulative"], ...] = ("period", "previous", "cumulative")
    caveat: str | None = None
    source: str | None = None


class _Definitions(RootModel[dict[str, Definition]]):
    pass


@cache
def definitions() -> dict[str, Definition]:
    """Return every definition by the indicator's id, in the order of the file."""
    return _Definitions.model_validate(read_yaml(_FILE, "pipeline/indicators/definitions.yml")).root
