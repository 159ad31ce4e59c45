"""The classes of each label, with what they mean: taxonomy.yml, checked, and as a project has changed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from pipeline.errors import InputError
from pipeline.project import RELATIONS, Code, Project, Topic
from pipeline.yaml_files import Strict, read_model

LabelName = Literal["type", "relation", "topic", "sensitivity"]
LABELS: tuple[LabelName, ...] = get_args(LabelName)
"""What is said of each grievance."""
_SHOWN_AS = "pipeline/classification/taxonomy.yml"
_FILE = Path(__file__).with_name("taxonomy.yml")
Sentence = Annotated[str, Field(min_length=1)]


class Class(Strict):
    """One class of a label. `label` holds its name by language; English is always there."""

    label: dict[Literal["en", "mn", "ru"], str]
    definition: Sentence
    examples: Annotated[tuple[Sentence, ...], Field(min_length=2)]
    counter_examples: Annotated[tuple[Sentence, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_english(self) -> Class:
        if "en" not in self.label:
            raise ValueError("label: the English name is missing")
        return self

    def label_in(self, language: str) -> str:
        """Return the name in a language, in English where there is none."""
        return {str(code): label for code, label in self.label.items()}.get(language, self.label["en"])


class Label(Strict):
    """One label: its classes, and how the signs that were found make one of them.

    `decided_by` is 'best' where the best class must stand out from the second, and 'any' where each sign of any class
    counts. Below `threshold` (a confidence) the label abstains. `negation` says what a negation beside a sign does
    where its rule says nothing: it cancels the sign, or is overlooked.
    """

    definition: Sentence
    decided_by: Literal["best", "any"] = "best"
    threshold: Annotated[float, Field(gt=0, lt=1)]
    negation: Literal["cancel", "keep"]
    classes: Annotated[dict[Code, Class], Field(min_length=2)]


class Taxonomy(Strict):
    """Every label with its classes."""

    labels: dict[LabelName, Label]

    @model_validator(mode="after")
    def _is_whole(self) -> Taxonomy:
        if missing := [name for name in LABELS if name not in self.labels]:
            raise ValueError(f"labels: {', '.join(missing)} is missing")
        if tuple(self.labels["relation"].classes) != RELATIONS:
            raise ValueError(f"labels.relation: its classes are {' and '.join(RELATIONS)}")
        return self


@cache
def taxonomy() -> Taxonomy:
    """Return the taxonomy that the program ships with."""
    return read_model(_FILE, Taxonomy, _SHOWN_AS)


@dataclass(frozen=True)
class Choice:
    """A class that a label can take in a project: its name, what it means, and the classes whose rules speak for it.

    `definition` is None where the project has added a topic without one; `phrases` are the project's own.
    """

    label: str
    definition: str | None
    covers: tuple[str, ...]
    phrases: tuple[str, ...] = ()


def choices(label: LabelName, project: Project | None = None) -> dict[str, Choice]:
    """Return the classes that a label can take, by code, in the order of taxonomy.yml or of project.yml.

    The types are those of project.yml; one that the taxonomy does not know has no rules. The topics are those of the
    key `topics`, and without it the taxonomy's. A topic that covers what the taxonomy does not have, or what another
    covers too, is an `InputError`.
    """
    known = taxonomy().labels[label].classes
    language = project.settings.language if project else "en"
    ours = {code: Choice(one.label_in(language), one.definition, (code,)) for code, one in known.items()}
    if project is None:
        return ours
    if label == "type":
        types = project.settings.types
        return {
            code: Choice(term.label, term.definition or (ours[code].definition if code in ours else None), (code,))
            for code, term in types.items()
        }
    if label == "relation":
        return {
            code: Choice(project.settings.relations[code].label, ours[code].definition, (code,)) for code in RELATIONS
        }
    if label == "topic" and project.settings.topics:
        return _topics(project, ours)
    return ours


def _topics(project: Project, ours: Mapping[str, Choice]) -> dict[str, Choice]:
    topics = project.settings.topics
    where = f"{project.shown_folder}/project.yml, key topics"
    owners: dict[str, str] = {}
    for code, topic in topics.items():
        for covered in _covered(code, topic, ours):
            if covered not in ours:
                raise InputError(
                    f"{where}.{code}.covers: '{covered}' is no topic of {_SHOWN_AS}. Allowed are {', '.join(ours)}."
                )
            if owners.setdefault(covered, code) != code:
                raise InputError(
                    f"{where}: both {owners[covered]} and {code} cover '{covered}', so that its signs would speak for "
                    f"neither. Name it under one of them."
                )
    return {
        code: Choice(
            topic.label,
            topic.definition or (ours[code].definition if code in ours else None),
            _covered(code, topic, ours),
            topic.phrases,
        )
        for code, topic in topics.items()
    }


def _covered(code: str, topic: Topic, ours: Mapping[str, Choice]) -> tuple[str, ...]:
    return topic.covers or ((code,) if code in ours else ())
