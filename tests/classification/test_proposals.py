"""What the texts speak for is shown with its evidence, learned from the office's labels, and counted only if asked."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest
from making import ROOT, SAMPLE, Cleaned, Maker, clean, members

from pipeline.classification.decisions import COLUMNS, text_hashes
from pipeline.classification.labels import review_list
from pipeline.classification.proposals import labelled_cases
from pipeline.classification.review import review_table, review_workbook
from pipeline.classification.sensitive import apart
from pipeline.classification.views import every_label, models_shown, proposals_shown
from pipeline.errors import InputError
from pipeline.project import Project, Topic, load_project
from pipeline.register.checking import corrected_register

DECIDED = 50
WORDS = [one + other for one in ("al", "be", "co", "du", "ev") for other in ("rin", "sta", "mok", "lef", "gan", "pir")]


def sample_rows(*emptied: str) -> list[dict[str, str]]:
    with (ROOT / "data" / SAMPLE / "register.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    headings = {"type": "Type", "relation": "Relation"}
    for row in rows:
        for heading in row:
            if heading.casefold() in {headings[name].casefold() for name in emptied}:
                row[heading] = ""
    return rows


def test_the_types_of_the_sample_are_recovered_with_their_evidence(make: Maker) -> None:
    known = make.sample().labelled
    emptied = make.clean(sample_rows("type", "relation"))
    cases = pd.concat([emptied.labelled, emptied.sensitive]).set_index("registration_no")
    stated = known[known["type"].notna()].set_index("registration_no")
    assert cases["type"].isna().all()
    assert len(stated) == 9
    said = cases.loc[stated.index]
    is_right = said["type_proposed"] == stated["type"]
    assert is_right.sum() >= 8
    assert (said.loc[is_right, "type_proposed_evidence"] != "").all()
    assert set(said["type_counted"]) == {"not_stated"}


def test_a_label_that_the_register_gives_is_never_changed(make: Maker) -> None:
    labelled = make.sample().labelled
    given = labelled["type"].notna()
    assert labelled.loc[given, "type_counted"].tolist() == labelled.loc[given, "type"].tolist()
    assert set(labelled.loc[given, "type_basis"]) == {"register"}
    assert labelled["relation_counted"].tolist() == labelled["relation"].tolist()


def test_proposals_are_counted_only_where_the_project_says_so(make: Maker) -> None:
    rows = sample_rows("type")
    plain = make.clean(rows)
    assert set(plain.labelled["type_basis"]) == {"not_stated"}
    counting = make.clean(rows, {"classification": "{count_proposals: true}"})
    kinds = counting.labelled.set_index("registration_no")[["type_counted", "type_basis", "type_confidence"]]
    assert kinds.loc["12/2024", ["type_counted", "type_basis"]].tolist() == ["request", "rule"]
    assert 0.5 <= kinds.loc["12/2024", "type_confidence"] < 1
    assert members(counting.measure("2024H1"), "eligible", "type")["request"] >= 1
    asked = review_list(counting.labelled).query("label == 'type'")
    assert len(asked) == len(counting.labelled), "what is provisional is asked all the same"


@pytest.fixture(scope="module")
def demo() -> Cleaned:
    return clean(load_project("demo"))


@pytest.fixture(scope="module")
def office(demo: Cleaned) -> Project:
    """The demonstration with topics of its own: those that its register uses."""
    topics = {name.lower().replace(" ", "_"): Topic(label=name) for name in sorted(demo.cases["topic"].unique())}
    return replace(demo.project, settings=demo.project.settings.model_copy(update={"topics": topics}))


@pytest.mark.parametrize("first_part", [120, 200, 300])
def test_one_review_round_makes_the_rest_better(demo: Cleaned, office: Project, first_part: int) -> None:
    # Not the types: the demonstration draws requests and complaints from the same sentences; nobody could learn them.
    truth = demo.cases["topic"].str.lower().str.replace(" ", "_")
    cases = demo.cases.assign(topic=demo.cases["topic"].where(demo.cases.index < first_part))
    before = labelled_cases(cases, office)
    table = review_table(before.labelled, office)
    asked = table[(table["label"] == "topic") & (table["why_asked"] == "Nobody stated it")].head(DECIDED)
    chosen = pd.Series(cases.index, index=cases["source_row"])[asked["row"]].tolist()
    lines = pd.DataFrame(
        {
            "registration_no": cases.loc[chosen, "registration_no"].fillna(""),
            "row": cases.loc[chosen, "source_row"].astype("str"),
            "label": "topic",
            "value": truth[chosen],
            "who": "test",
            "date": "2025-01-10",
            "reason": "test",
            "text_hash": text_hashes(cases.loc[chosen]),
        }
    )[list(COLUMNS)]
    after = labelled_cases(cases, office, lines)
    assert (after.labelled.loc[chosen, "topic_basis"] == "decision").all()
    rest = cases.index[(cases.index >= first_part) & ~cases.index.isin(chosen)]
    accuracy = [(one.labelled.loc[rest, "topic_proposed"] == truth[rest]).mean() for one in (before, after)]
    assert accuracy[1] > accuracy[0], accuracy


def test_the_same_register_gives_the_same_labels_in_another_order(demo: Cleaned, office: Project) -> None:
    cases = demo.cases.assign(topic=demo.cases["topic"].where(demo.cases.index < 300))
    before, turned = labelled_cases(cases, office), labelled_cases(cases.iloc[::-1], office)
    assert set(before.models) == {"type", "relation", "topic"}
    assert {name: one.model_hash for name, one in turned.models.items()} == {
        name: one.model_hash for name, one in before.models.items()
    }
    pd.testing.assert_frame_equal(turned.labelled.sort_index(), before.labelled)


_ELSEWHERE = """
import hashlib, sys
sys.path.insert(0, "tests")
from making import clean
from pipeline.classification.proposals import labelled_cases
from pipeline.project import load_project
demo = clean(load_project("demo"))
hidden = {name: demo.cases[name].where(demo.cases.index < 200) for name in ("type", "relation", "topic")}
labelled = labelled_cases(demo.cases.assign(**hidden), demo.project).labelled
print(hashlib.sha256(labelled.to_csv().encode()).hexdigest())
"""


def test_another_machine_gives_the_same_labels(demo: Cleaned) -> None:
    """An older processor, more threads and another seed of hashes, as far as one machine can play another."""
    hidden = {name: demo.cases[name].where(demo.cases.index < 200) for name in ("type", "relation", "topic")}
    here = labelled_cases(demo.cases.assign(**hidden), demo.project)
    assert here.models
    machine = {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "3", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    machine |= {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX2 FMA3", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ELSEWHERE],
        env={**os.environ, **machine},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == hashlib.sha256(here.labelled.to_csv().encode()).hexdigest()


def test_a_shared_training_set_makes_a_model_where_the_register_has_too_few(make: Maker) -> None:
    base = {"date_received": "2024-03-05", "channel": "email", "status": "Resolving", "type": ""}
    rows = [{**base, "registration_no": "1/2024", "summary": "Zorgl frumbish wug number four stands in the yard."}]
    alone = make.clean(rows)
    without = labelled_cases(alone.cases, alone.project)
    assert set(without.models) == set()
    assert "20 different labelled texts" in without.without["type"]
    project = make.project(rows, {"classification": "{training_sets: {type: lent.csv}}"})
    lines = [f"Zorgl frumbish wug {word},complaint" for word in WORDS]
    lines += [f"Plim toves borogove {word},request" for word in WORDS]
    (project.folder / "lent.csv").write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    lent = labelled_cases(clean(project).cases, project)
    assert set(lent.models) == {"type"}
    assert lent.labelled[["type_proposed", "type_proposed_basis"]].to_numpy().tolist() == [["complaint", "model"]]
    (project.folder / "lent.csv").write_text("text,label\nA road,wish\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"lent\.csv, row 2, column label"):
        labelled_cases(alone.cases, project)


def test_every_flagged_grievance_of_the_demonstration_is_kept_apart_and_signs_find_those_that_have_one(
    demo: Cleaned,
) -> None:
    # One cell of the flag holds 'to be checked', on an ordinary text: it is kept apart, and no text could tell it.
    whole = demo.register.table
    flagged = whole.loc[whole["is_sensitive"].fillna(False).astype(bool), "source_row"]
    assert len(flagged)
    assert set(flagged) <= set(demo.sensitive["source_row"])
    in_doubt = set(demo.findings.loc[demo.findings["rule"] == "sensitive_in_doubt", "row"])
    corrected = corrected_register(demo.project)
    unflagged = corrected.with_table(corrected.table.assign(is_sensitive=pd.Series(dtype="str")))
    lanes = apart(unflagged, demo.project)
    told = ~lanes.whole.table["source_row"].isin(in_doubt) & lanes.whole.table["source_row"].isin(flagged)
    assert lanes.apart[told].mean() >= 0.98


def test_sensitive_grievances_teach_the_model_nothing_and_are_in_no_table(demo: Cleaned) -> None:
    labelling = labelled_cases(demo.cases, demo.project)
    sensitive = set(demo.sensitive["source_row"])
    assert sensitive
    for trained in labelling.models.values():
        rows = set(demo.cases.loc[[i for i in trained.out_of_fold.index if i >= 0], "source_row"])
        assert not rows & sensitive
    for table in (proposals_shown(demo.labelled), every_label(demo.labelled), review_list(demo.labelled)):
        assert not set(table["row"]) & sensitive
        assert "sensitivity" not in set(table["label"])
    assert models_shown(labelling.models, labelling.without)["label"].tolist() == ["type", "relation", "topic"]


def test_the_review_asks_signs_of_sensitivity_first_then_the_least_sure(make: Maker) -> None:
    base = {"date_received": "2024-03-05", "channel": "email", "status": "Resolving", "type": "Complaint"}
    texts = ["The foreman demanded a bribe.", "", "She asked when the tender will be announced?"]
    rows = [{**base, "registration_no": f"{n}/2024", "summary": text} for n, text in enumerate(texts, 1)]
    rows[1]["type"] = ""
    cleaned = make.clean(rows)
    table = review_table(cleaned.both, cleaned.project)
    assert table["why_asked"].drop_duplicates().tolist()[:3] == [
        "A sign of a sensitive grievance",
        "Nobody stated it",
        "The text contradicts the register",
    ]
    assert table.loc[table["label"] == "type", ["registration_no", "register", "proposed"]].head(
        2
    ).to_numpy().tolist() == [
        ["2/2024", "", ""],
        ["3/2024", "Complaint", "Question"],
    ]
    assert review_workbook(table, cleaned.project) == review_workbook(table, cleaned.project)


ODD = ["", "x", "?" * 7, "🙂🙂🙂", "Где the тендер үү?", "\udcff\udcfe", "\x00\x07", "а" * 1_000_000, "word " * 200_000]


def test_odd_texts_get_a_label_or_none_and_raise_nothing(demo: Cleaned) -> None:
    cases = demo.cases.copy()
    cases["summary_redacted"] = cases["summary_redacted"].astype("object")
    cases.loc[cases.index[: len(ODD)], "summary_redacted"] = pd.Series(
        ODD, index=cases.index[: len(ODD)], dtype="object"
    )
    labelled = labelled_cases(cases, demo.project).labelled
    assert labelled[["type_proposed", "relation_proposed", "topic_proposed"]].notna().all(axis=None)
