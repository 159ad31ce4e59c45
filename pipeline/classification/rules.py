"""Labels from the words of a text, by rules that people can read: rules/*.yml.

Each rule gives a weight to a class where one of its phrases stands in the text; a rule counts once a text. A class's
score is the sum of its weights. The confidence is

- for type, relation and topic: score / (score + score of the second-best class + 1),
- for sensitivity, where any sign counts: sum of all scores / (that sum + 1).

Below the threshold of taxonomy.yml the label abstains: 'not_stated'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipeline.classification.patterns import ANY_LANGUAGE, Matcher, clean, fold, parse, shown_words, spans_of, tokens
from pipeline.classification.project_words import component_stems, project_signs, stem_of
from pipeline.classification.taxonomy import LABELS, LabelName, choices, taxonomy
from pipeline.errors import InputError
from pipeline.project import NOT_STATED, Project
from pipeline.yaml_files import Strict, read_model

COLUMNS = ("class", "confidence", "score", "evidence", "rule_ids")
"""What `classify` says of each text."""
SHOWN_PHRASES = 3
"""How many phrases the evidence shows."""
LONGEST_SHOWN = 60
"""Letters of a phrase that the evidence shows."""
TOPIC_PHRASE_WEIGHT = 3.0
"""What a phrase of project.yml's topics weighs."""
_FOLDER = Path(__file__).with_name("rules")
Sentence = Annotated[str, Field(min_length=1)]
Weight = Annotated[float, Field(gt=0, le=10)]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Turned(Strict):
    """What a rule says instead where a negation stands beside its phrase."""

    class_: Annotated[str, Field(alias="class")]
    weight: Weight


class Rule(Strict):
    """One rule: where one of `phrases` stands in a text, and none of `unless` lies over it, it speaks for a class.

    `for_` is a sentence in which it is found, `against` one in which it is not; a test reads both.
    """

    id: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    class_: Annotated[str, Field(alias="class")]
    language: Literal["en", "mn", "ru"]
    weight: Weight
    phrases: Annotated[tuple[str, ...], Field(min_length=1)]
    unless: tuple[str, ...] = ()
    negation: Literal["cancel", "keep", "turn"] | None = None
    turned: Turned | None = None
    for_: Annotated[Sentence, Field(alias="for")]
    against: Sentence

    @field_validator("phrases", "unless")
    @classmethod
    def _are_phrases(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in value:
            parse(phrase)
        if len(set(value)) < len(value):
            raise ValueError("a phrase stands there twice")
        return value

    @model_validator(mode="after")
    def _says_what_it_turns_into(self) -> Rule:
        if (self.negation == "turn") != (self.turned is not None):
            raise ValueError("negation: turn and turned go together")
        return self


class RuleFile(Strict):
    """The rules of one label."""

    label: LabelName
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @field_validator("rules")
    @classmethod
    def _for_known_classes(cls, value: tuple[Rule, ...], info: ValidationInfo) -> tuple[Rule, ...]:
        if "label" not in info.data:
            return value
        classes = taxonomy().labels[info.data["label"]].classes
        seen: set[str] = set()
        for rule in value:
            for name in (rule.class_, *([rule.turned.class_] if rule.turned else [])):
                if name not in classes:
                    raise ValueError(f"{rule.id}: '{name}' is no class of taxonomy.yml")
            if not rule.id.startswith(f"{info.data['label']}-") or rule.id in seen:
                raise ValueError(f"{rule.id}: an id begins with its label and stands once")
            seen.add(rule.id)
        return value


@cache
def rules(label: LabelName) -> tuple[Rule, ...]:
    """Return the rules of a label that the program ships with."""
    shown_as = f"pipeline/classification/rules/{label}.yml"
    read = read_model(_FOLDER / f"{label}.yml", RuleFile, shown_as)
    if read.label != label:
        raise InputError(f"{shown_as}: the key label says '{read.label}'. Write '{label}', as the file is named.")
    return read.rules


@dataclass(frozen=True)
class _Sign:
    """What a rule that was found says: of which label, for which class (its place), with which weight."""

    rule_id: str
    label: LabelName
    class_: int
    weight: float
    if_negated: tuple[int, float] | None
    """Class and weight where a negation stands beside it; None where it then says nothing."""
    yields_to_project: bool = False
    """Whether it says nothing where its words are the project's own business."""


class Rulebook:
    """The rules of some labels, compiled once, as they hold for a project."""

    def __init__(self, labels: Sequence[LabelName], project: Project | None = None) -> None:
        """Compile the rules; a fault in project.yml's phrases is an `InputError`."""
        self.labels = tuple(labels)
        self.choices = {label: choices(label, project) for label in self.labels}
        self._codes = {label: list(self.choices[label]) for label in self.labels}
        self._matcher = Matcher()
        self._signs: list[_Sign] = []
        self._own = component_stems(project) if project else frozenset()
        for label in self.labels:
            self._add_rules(label)
            self._add_project(label, project)

    def _add_rules(self, label: LabelName) -> None:
        place = {
            covered: number for number, choice in enumerate(self.choices[label].values()) for covered in choice.covers
        }
        default = taxonomy().labels[label].negation
        for rule in rules(label):
            turned = None
            negation = rule.negation or default
            if negation == "keep" and rule.class_ in place:
                turned = (place[rule.class_], rule.weight)
            elif rule.turned and rule.turned.class_ in place:
                turned = (place[rule.turned.class_], rule.turned.weight)
            if rule.class_ not in place and turned is None:
                continue
            weight = rule.weight if rule.class_ in place else 0.0
            yields = label == "relation" and rule.class_ == "unrelated"
            self._signs.append(_Sign(rule.id, label, place.get(rule.class_, 0), weight, turned, yields))
            self._matcher.add([parse(one) for one in rule.phrases], [parse(one) for one in rule.unless], rule.language)

    def _add_project(self, label: LabelName, project: Project | None) -> None:
        if project is None:
            return
        if label == "relation":
            place = self._codes[label].index("related")
            for name, (phrases, weight) in project_signs(project).items():
                self._add_own(name, label, place, weight, phrases, project, "components")
        if label == "topic":
            for place, (code, choice) in enumerate(self.choices[label].items()):
                if choice.phrases:
                    name = f"project-topic-{code.replace('_', '-')}"
                    key = f"topics.{code}.phrases"
                    self._add_own(name, label, place, TOPIC_PHRASE_WEIGHT, choice.phrases, project, key)

    def _add_own(
        self,
        name: str,
        label: LabelName,
        place: int,
        weight: float,
        phrases: Sequence[str],
        project: Project,
        key: str,
    ) -> None:
        try:
            parsed = [parse(phrase) for phrase in phrases]
        except ValueError as error:
            raise InputError(f"{project.shown_folder}/project.yml, key {key}: {error}.") from None
        self._signs.append(_Sign(name, label, place, weight, (place, weight)))
        self._matcher.add(parsed, [], ANY_LANGUAGE)

    def found_in(self, text: str) -> list[tuple[_Sign, int, float, str]]:
        """Find the signs in one text: each with the class (its place) and weight that it gives, and its words."""
        seen = clean(text)
        folded = fold(seen)
        words = tokens(folded)
        hits = self._matcher.find(words)
        if not hits:
            return []
        spans = spans_of(folded)
        found = []
        for hit in sorted(hits, key=lambda hit: hit.rule):
            sign = self._signs[hit.rule]
            said = sign.if_negated if hit.is_negated else (sign.class_, sign.weight)
            if said is None or not said[1]:
                continue
            if sign.yields_to_project and self._is_own_business(words[place] for place in hit.places):
                continue
            found.append((sign, *said, shown_words(seen, spans, hit.places)[:LONGEST_SHOWN]))
        return found

    def _is_own_business(self, words: Iterable[str]) -> bool:
        return bool(self._own) and any(stem_of(word) in self._own for word in words)

    def classify(self, texts: pd.Series) -> dict[LabelName, pd.DataFrame]:
        """Label each text; see `classify` of this module. One table a label, with the index of `texts`."""
        values = [_as_text(value) for value in texts]
        numbers: dict[str, int] = {}
        where = np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
        said: dict[LabelName, list[tuple[int, _Sign, int, float, str]]] = {label: [] for label in self.labels}
        for text, number in numbers.items():
            for sign, place, weight, shown in self.found_in(text):
                said[sign.label].append((number, sign, place, weight, shown))
        return {
            label: _decide(label, self._codes[label], said[label], len(numbers)).take(where).set_axis(texts.index)
            for label in self.labels
        }


def _as_text(value: Any) -> str:
    """Take a cell as text: blank for what is missing; bytes that are no UTF-8 keep what can be read of them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    missing = value is None or value is pd.NA or value is pd.NaT or value != value
    return "" if missing else str(value)


def _decide(
    label: LabelName, codes: Sequence[str], said: Sequence[tuple[int, _Sign, int, float, str]], texts: int
) -> pd.DataFrame:
    """Sum the weights and take the class that stands out; one row a text."""
    settings = taxonomy().labels[label]
    rows = np.array([one[0] for one in said], dtype=np.int64)
    places = np.array([one[2] for one in said], dtype=np.int64)
    weights = np.array([one[3] for one in said], dtype=np.float64)
    summed = np.bincount(rows * len(codes) + places, weights, minlength=texts * len(codes)).astype(np.float64)
    scores = summed.reshape(texts, len(codes))
    best = scores.argmax(axis=1)
    confidence, score = _confidence(scores, best, settings.decided_by)
    is_decided = confidence >= settings.threshold
    named = np.where(is_decided, np.array(codes, dtype=object)[best], NOT_STATED)
    evidence, ids = _evidence(said, best, texts)
    return pd.DataFrame(
        {
            "class": pd.Series(named, dtype="str"),
            "confidence": confidence,
            "score": score,
            "evidence": pd.Series(evidence, dtype="str"),
            "rule_ids": pd.Series(ids, dtype="str"),
        }
    )


def _confidence(scores: Floats, best: Integers, decided_by: str) -> tuple[Floats, Floats]:
    top = scores[np.arange(len(scores)), best]
    if decided_by == "any":
        total = scores.sum(axis=1)
        return total / (total + 1), total
    second = np.sort(scores, axis=1)[:, -2] if scores.shape[1] > 1 else np.zeros(len(scores))
    return top / (top + second + 1), top


def _evidence(
    said: Sequence[tuple[int, _Sign, int, float, str]], best: Integers, texts: int
) -> tuple[list[str], list[str]]:
    """Give the words that spoke for the best class, the heaviest first, and the rules that found them."""
    of: dict[int, list[tuple[float, str, str]]] = {}
    for row, sign, place, weight, shown in said:
        if place == best[row]:
            of.setdefault(row, []).append((-weight, sign.rule_id, shown))
    phrases, ids = [""] * texts, [""] * texts
    for row, signs in of.items():
        signs.sort()
        phrases[row] = "; ".join(list(dict.fromkeys(shown for _, _, shown in signs))[:SHOWN_PHRASES])
        ids[row] = "; ".join(rule_id for _, rule_id, _ in signs)
    return phrases, ids


def classify_all(
    texts: pd.Series, project: Project | None = None, labels: Sequence[LabelName] = LABELS
) -> dict[LabelName, pd.DataFrame]:
    """Label each text with every label at once; faster than one label after the other. See `classify`."""
    return Rulebook(labels, project).classify(texts)


def classify(texts: pd.Series, label: LabelName, project: Project | None = None) -> pd.DataFrame:
    """Label each text by the rules alone.

    Parameters
    ----------
    texts
        What was said; anything that is no text is read as one, what is missing as blank.
    project
        Whose types, topics, names and components count; None for the taxonomy's and no project's.

    Returns
    -------
    pd.DataFrame
        A row a text with the index of `texts`: `class` (a code, 'not_stated' below the threshold), `confidence` (0 to
        1), `score` (sum of weights), `evidence` (up to three phrases of the text, parted by '; ', each the matched
        words alone) and `rule_ids` (parted by '; '). Evidence and rules are those of the best class, also below the
        threshold. A text of any kind has a row; none raises.
    """
    return classify_all(texts, project, (label,))[label]
