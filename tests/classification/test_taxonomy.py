"""Every class says what it means, in words that a person can decide by."""

from __future__ import annotations

import pytest

from pipeline.classification.taxonomy import LABELS, choices, taxonomy
from pipeline.project import RELATIONS, load_project


@pytest.mark.parametrize("label", LABELS)
def test_every_class_is_explained(label: str) -> None:
    classes = taxonomy().labels[label].classes  # type: ignore[index]
    for code, one in classes.items():
        assert {str(language) for language in one.label} == {"en", "mn", "ru"}, code
        assert len(one.examples) >= 2
        assert one.counter_examples
        assert one.label_in("fr") == one.label["en"]
    sentences = [text for one in classes.values() for text in (*one.examples, *one.counter_examples)]
    assert len(set(sentences)) == len(sentences)


def test_the_classes_are_those_of_the_program() -> None:
    assert tuple(taxonomy().labels["relation"].classes) == RELATIONS
    sample = load_project("smart-government-ii")
    assert list(choices("type", sample)) == list(sample.settings.types)
    assert set(sample.settings.types) == set(taxonomy().labels["type"].classes)
    assert list(choices("topic", sample)) == list(taxonomy().labels["topic"].classes)


def test_a_class_has_the_name_that_the_project_gives_it() -> None:
    sample = load_project("smart-government-ii")
    assert choices("relation", sample)["unrelated"].label == "Unrelated"
    mongolian = type(sample)("x", sample.folder, sample.settings.model_copy(update={"language": "mn"}))
    assert choices("topic", mongolian)["labour"].label == "Хөдөлмөр эрхлэлт"
