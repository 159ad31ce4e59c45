"""A label that was only proposed is marked wherever it enters, and the report says how many there are."""

from __future__ import annotations

import dataclasses

import pytest
from making import ROOT, SAMPLE, Cleaned, Maker

from pipeline.indicators.bases import label_bases
from pipeline.reporting.annex import annex_table, public_cases
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.provisional import Provisional
from pipeline.reporting.summary import Summary
from pipeline.reporting.words import Words, words_for

WORDS: Words = words_for("en")


def emptied() -> str:
    """The sample's register without a single type."""
    text = (ROOT / "data" / SAMPLE / "register.csv").read_text(encoding="utf-8-sig")
    for kind in ("Question", "Request", "Complaint", "Suggestion", "Appreciation"):
        text = text.replace(f",{kind},", ",,")
    return text


@pytest.fixture
def counting(make: Maker) -> Cleaned:
    return make.clean(emptied(), {"classification": "{count_proposals: true}"})


def provisional_of(cleaned: Cleaned) -> Provisional:
    return Provisional(label_bases(cleaned.labelled, cleaned.measure("2024H1")))


def test_what_is_proposed_is_marked_in_tables_and_told(counting: Cleaned) -> None:
    provisional, measured = provisional_of(counting), counting.measure("2024H1")
    assert "question" in provisional.types
    assert not provisional.has_relations
    project = provisional.marked(counting.project)
    numbers = Numbers(measured.table.fillna({"member": ""}), WORDS, **provisional.for_numbers())
    table = Summary(numbers, WORDS, project, counting.scopes("2024H1")).table().__html__()
    assert "Question\u00a0*" in table
    assert "Suggestion\u00a0*" not in table
    listed = annex_table(counting.annex(measured, "2024H1"), project, WORDS).__html__()
    assert "Question\u00a0*" in listed
    note = provisional.note(WORDS)
    assert note.startswith("* Provisional: proposed from the text")
    assert "the register 0; a person's decision 0; a rule " in note


def test_what_is_proposed_is_marked_in_the_files(counting: Cleaned) -> None:
    provisional, measured = provisional_of(counting), counting.measure("2024H1")
    table = Numbers(measured.table.fillna({"member": ""}), WORDS, **provisional.for_numbers()).public()
    of_type = table[(table["dimension"] == "type") & (table["member"] == "question")]
    assert of_type["display"].str.endswith(" *").all()
    assert not table[table["dimension"] == "channel"]["display"].str.contains("*", regex=False).any()
    cases = public_cases(counting.annex(measured, "2024H1"), counting.project, WORDS)
    assert "rule" in set(cases["type_basis"])


def test_nothing_is_marked_where_nothing_proposed_is_counted(make: Maker) -> None:
    plain = make.clean(emptied())
    provisional = provisional_of(plain)
    assert provisional.is_empty
    assert provisional.marked(plain.project) is plain.project
    assert provisional.note(WORDS) == ""
    assert provisional.told("type", WORDS).endswith("a rule 0; the learned model 0; nobody 15.")
    cases = public_cases(plain.annex(plain.measure("2024H1"), "2024H1"), plain.project, WORDS)
    assert "type_basis" not in cases


def test_provisional_relations_mark_what_they_decide(make: Maker) -> None:
    cleaned = make.sample()
    bases = label_bases(cleaned.labelled, cleaned.measure("2024H1"))
    relation = bases["label"] == "relation"
    provisional = Provisional(bases.assign(basis=bases["basis"].mask(relation, "model")))
    assert provisional.has_relations
    project = provisional.marked(cleaned.project)
    assert project.settings.statuses["unrelated"].label == "Unrelated\u00a0*"
    assert "Every count of eligible grievances rests on such relations too." in provisional.note(WORDS)
    assert dataclasses.replace(project, settings=cleaned.project.settings) == cleaned.project
