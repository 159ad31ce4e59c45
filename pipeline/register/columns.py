"""The data dictionary: columns.yml, checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import RootModel, model_validator

from pipeline.project import fold
from pipeline.yaml_files import Strict, read_yaml

LOOKALIKES = str.maketrans("їєЇЄ", "үөҮӨ")
"""The letters that stand for ү and ө in an encoding without them."""
Language = Literal["en", "mn", "ru", "fr", "es"]
"""The languages in which headings are known."""
_FILE = Path(__file__).with_name("columns.yml")
_FURTHER = "further "


class Column(Strict):
    """One known column of a register."""

    title: str
    aliases: dict[Language, tuple[str, ...]] = {}
    type: Literal[
        "text", "number_text", "date", "yes_no", "status", "channel", "relation", "type", "satisfaction", "severity"
    ]
    description: str
    required: bool = False
    if_blank: str | None = None
    unique: bool = False
    not_before: str | None = None
    may_lie_ahead: bool = False
    identifies: bool = False
    public: Literal["never", "redacted", "yes"]


class _Dictionary(RootModel[dict[str, Column]]):
    @model_validator(mode="after")
    def _one_column_a_heading(self) -> _Dictionary:
        owners: dict[str, str] = {}
        for name, column in self.root.items():
            for key in (*_exact_keys(name, column), *_alias_keys(column)):
                if owners.setdefault(key, name) != name:
                    raise ValueError(f"'{key}' is a heading of both {owners[key]} and {name}")
        return self


def heading_key(text: str) -> str:
    """Make headings comparable: case, white space, punctuation and look-alike letters do not tell them apart."""
    folded = fold(unicodedata.normalize("NFKC", text)).translate(LOOKALIKES)
    # A heading of signs alone, such as '#', is itself.
    return " ".join(re.sub(r"[\W_]+", " ", folded).split()) or folded


def _exact_keys(name: str, column: Column) -> list[str]:
    return [heading_key(name), heading_key(column.title)]


def _alias_keys(column: Column) -> list[str]:
    return [heading_key(alias) for aliases in column.aliases.values() for alias in aliases]


@cache
def exact_headings() -> dict[str, str]:
    """Return the column for the key of each name and title."""
    return {key: name for name, column in dictionary().items() for key in _exact_keys(name, column)}


@cache
def alias_headings() -> dict[str, tuple[str, int]]:
    """Return the column for the key of each alias, and the alias's place: what comes first in the list wins."""
    return {
        key: (name, place)
        for name, column in dictionary().items()
        for place, key in reversed(list(enumerate(_alias_keys(column))))
    }


@cache
def known_headings() -> frozenset[str]:
    """Return the key of each name, title and alias."""
    return frozenset({*exact_headings(), *alias_headings()})


@cache
def dictionary() -> dict[str, Column]:
    """Return every known column by name, in the order of the file."""
    return _Dictionary.model_validate(read_yaml(_FILE, "pipeline/register/columns.yml")).root


def further(column: str, which: str) -> str:
    """Name a column that holds more of what a column of the dictionary holds which identifies a person."""
    return f"{_FURTHER}{column}: {which}"


def is_further(name: str) -> bool:
    """Whether a column of a table holds more of one that identifies a person."""
    return name.startswith(_FURTHER)


def identifying(table: Iterable[str], column: str = "") -> list[str]:
    """List the columns of a table that identify a person, the further ones among them; those of `column` if named."""
    known = [column] if column else names(identifies=True)
    return [name for name in table if name in known or name.startswith(tuple(further(one, "") for one in known))]


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
