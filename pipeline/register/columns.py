"""The data dictionary: columns.yml, checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import RootModel

from pipeline.yaml_files import Strict, read_yaml

_FILE = Path(__file__).with_name("columns.yml")


class Column(Strict):
    """One known column of a register."""

    title: str
    type: Literal[
        "text", "number_text", "date", "yes_no", "status", "channel", "relation", "type", "satisfaction", "severity"
    ]
    description: str
    required: bool = False
    identifies: bool = False
    public: Literal["never", "redacted", "yes"]


class _Dictionary(RootModel[dict[str, Column]]):
    pass


@cache
def dictionary() -> dict[str, Column]:
    """Return every known column by name, in the order of the file."""
    return _Dictionary.model_validate(read_yaml(_FILE, "pipeline/register/columns.yml")).root


def names(
    *, required: bool | None = None, identifies: bool | None = None, type: str | None = None, public: str | None = None
) -> list[str]:
    """List the known columns that have the given properties."""
    return [
        name
        for name, column in dictionary().items()
        if (required is None or column.required == required)
        and (identifies is None or column.identifies == identifies)
        and (type is None or column.type == type)
        and (public is None or column.public == public)
    ]
