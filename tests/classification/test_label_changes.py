"""A label that differs from that of the set before has a line that says why, and it stays until the next change."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from making import Cleaned, Maker, clean

from pipeline.classification.decisions import COLUMNS, decisions_bytes, text_hashes
from pipeline.classification.label_changes import CHANGES, former_cards, label_changes, labels_kept
from pipeline.classification.proposals import Labelling, labelled_cases
from pipeline.classification.views import cards_text
from pipeline.project import load_project

BASE = {"date_received": "2024-03-05", "channel": "email", "status": "Resolving", "type": "Complaint"}


def rows_of(*changes: dict[str, str]) -> list[dict[str, str]]:
    return [
        {**BASE, "registration_no": f"{number}/2024", "summary": f"The road {number} is wet.", **change}
        for number, change in enumerate(changes, start=1)
    ]


def decision(cleaned: Cleaned, number: str, label: str, value: str) -> pd.DataFrame:
    case = cleaned.cases[cleaned.cases["registration_no"] == number]
    line = (number, "", label, value, "test", "2025-01-10", "test", text_hashes(case).item())
    return pd.DataFrame([line], columns=list(COLUMNS), dtype="str")


def kept(labelling: Labelling) -> pd.DataFrame:
    return labels_kept(labelling.labelled)


def test_without_a_set_before_and_without_a_change_there_is_no_line(make: Maker) -> None:
    now = labels_kept(make.clean(rows_of({}, {})).labelled)
    for former in (None, now, now.drop(columns="basis")):
        assert label_changes(now, former, None, {}, {}).columns.tolist() == list(CHANGES)
        assert label_changes(now, former, None, {}, {}).empty


def test_each_change_has_its_reason(make: Maker) -> None:
    before = make.clean(rows_of({}, {}, {}, {"summary": "Was the road wet?"}))
    after = make.clean(rows_of({}, {"type": "Request"}, {"type": ""}, {"summary": "The road is dry.", "type": ""}))
    first = kept(labelled_cases(before.cases, before.project))
    decided = labelled_cases(after.cases, after.project, decision(after, "1/2024", "type", "suggestion"))
    changes = label_changes(kept(decided), first, None, decided.models, {})
    assert changes.query("label == 'type'")[["registration_no", "was", "is", "why"]].to_numpy().tolist() == [
        ["1/2024", "complaint", "suggestion", "A person decided it."],
        ["2/2024", "complaint", "request", "The register states it so."],
        ["3/2024", "complaint", "not_stated", "The register no longer states it."],
        ["4/2024", "complaint", "not_stated", "The register no longer states it. The text has changed."],
    ]


def test_the_lines_stay_until_the_next_change_and_only_of_what_is_shown(make: Maker) -> None:
    cleaned = make.clean(rows_of({}, {}, {}))
    first = kept(labelled_cases(cleaned.cases, cleaned.project))
    lines = pd.concat([decision(cleaned, number, "type", "request") for number in ("1/2024", "2/2024")])
    second = kept(labelled_cases(cleaned.cases, cleaned.project, lines))
    told = label_changes(second, first, None, {}, {})
    assert told["registration_no"].tolist() == ["1/2024", "2/2024"]
    pd.testing.assert_frame_equal(label_changes(second, second, told, {}, {}), told)
    without = second[second["registration_no"] != "1/2024"]
    assert label_changes(without, without, told, {}, {})["registration_no"].tolist() == ["2/2024"]


def test_a_grievance_that_is_kept_apart_since_has_no_line(make: Maker) -> None:
    cleaned = make.clean(rows_of({}, {}))
    first = kept(labelled_cases(cleaned.cases, cleaned.project))
    lines = decision(cleaned, "1/2024", "sensitivity", "sensitive")
    (cleaned.project.folder / "decisions.csv").write_bytes(decisions_bytes(lines))
    hidden = clean(cleaned.project)
    assert hidden.sensitive["registration_no"].tolist() == ["1/2024"]
    assert label_changes(labels_kept(hidden.labelled), first, None, {}, {}).empty


def test_a_label_that_another_model_gives_names_the_training_set() -> None:
    demo = clean(load_project("demo"))
    settings = demo.project.settings
    counting = settings.classification.model_copy(update={"count_proposals": True})
    project = replace(demo.project, settings=settings.model_copy(update={"classification": counting}))
    hidden = ("type", "relation", "topic")
    cases = [
        demo.cases.assign(**{name: demo.cases[name].where(demo.cases.index < until) for name in hidden})
        for until in (250, 400)
    ]
    before, after = (labelled_cases(one, project) for one in cases)
    changes = label_changes(
        kept(after), kept(before), None, after.models, former_cards(cards_text(before.models).decode())
    )
    of_model = changes[changes["why"].str.contains("training set", regex=False)]
    assert len(of_model)
    assert changes["why"].str.endswith(".").all()
    assert (changes["was"] != changes["is"]).all()


def test_what_is_no_file_of_cards_is_none() -> None:
    for text in (None, "", "{", "[1]", '{"type": 3}'):
        assert former_cards(text) == {}
