"""The words of suspects.yml by which a name is suspected, as the rules look them up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.confidentiality.name_words import organisation_words
from pipeline.confidentiality.word_forms import folded
from pipeline.yaml_files import Strict, read_model

_FOLDER = Path(__file__).parent
WORD = re.compile(r"[^\W\d_]+(?:['’\-‐][^\W\d_]+)*")
"""A word: letters, with apostrophes and hyphens between them."""


class _Pattern(Strict):
    rule: str
    pattern: str


class Suspects(Strict):
    """suspects.yml; see there."""

    titles: tuple[str, ...]
    abbreviations: tuple[str, ...]
    titles_behind: tuple[str, ...]
    prompts: tuple[str, ...]
    pronouns: tuple[str, ...]
    kin: tuple[str, ...]
    before_names: tuple[str, ...]
    verbs: tuple[str, ...]
    particles: tuple[str, ...]
    places: tuple[str, ...]
    organisations: tuple[str, ...]
    ands: tuple[str, ...]
    description_words: dict[str, tuple[str, ...]]
    descriptions: tuple[_Pattern, ...]


@cache
def suspects() -> Suspects:
    """Read suspects.yml, once."""
    return read_model(_FOLDER / "suspects.yml", Suspects, "pipeline/confidentiality/suspects.yml")


@dataclass(frozen=True)
class Marks:
    """The words, folded; company forms and words of organisations are those of the known names.

    `prompts` holds the words of each by its last one.
    """

    titles: frozenset[str]
    abbreviations: frozenset[str]
    titles_behind: frozenset[str]
    prompts: dict[str, list[tuple[str, ...]]]
    pronouns: frozenset[str]
    kin: frozenset[str]
    before_names: frozenset[str]
    verbs: frozenset[str]
    particles: frozenset[str]
    places: frozenset[str]
    organisations: frozenset[str]
    ands: frozenset[str]
    forms: frozenset[str]


@cache
def marks() -> Marks:
    """Return the words, folded."""
    read, known = suspects(), organisation_words()
    prompts: dict[str, list[tuple[str, ...]]] = {}
    for prompt in read.prompts:
        words = tuple(folded(word) for word in WORD.findall(prompt))
        prompts.setdefault(words[-1], []).append(words)
    return Marks(
        titles=_folded(read.titles),
        abbreviations=_folded((*read.titles, *read.abbreviations)),
        titles_behind=_folded(read.titles_behind),
        prompts=prompts,
        pronouns=_folded(read.pronouns),
        kin=_folded(read.kin),
        before_names=_folded(read.before_names),
        verbs=_folded(read.verbs),
        particles=_folded(read.particles),
        places=_folded(read.places),
        organisations=_folded((*read.organisations, *known.words)),
        ands=_folded(read.ands),
        forms=_folded((*known.forms, *known.sole_traders)),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(word) for word in words)
