"""The card says what a model is and how well it does, the same for the same model, and holds no word of a text."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from labelled_texts import labelled_texts

from pipeline.classification.card import MUST_NOT, card, card_tables, card_text, confusion, per_class, what_changed
from pipeline.classification.model import Trained, train


def trained_on(rows: pd.DataFrame) -> Trained:
    trained = train(rows["text"], rows["label"], minimum_per_class=20)
    assert trained is not None
    return trained


@pytest.fixture(scope="module")
def model() -> Trained:
    rows = labelled_texts()
    return trained_on(rows.drop(rows.index[rows["label"] == "question"][5:]))


ROWS = pd.DataFrame(
    [
        ("a", "a", "a"),
        ("a", "a", "not_stated"),
        ("a", "b", "b"),
        ("b", "b", "b"),
        ("b", "b", "b"),
        ("c", "a", "a"),
    ],
    columns=["label", "candidate", "class"],
)


def test_precision_recall_and_f1_by_class() -> None:
    lines = per_class(ROWS).set_index("class")
    assert lines["n"].to_dict() == {"a": 3, "b": 2, "c": 1}
    assert lines["precision"].round(4).to_list()[:2] == [0.6667, 0.6667]
    assert lines["recall"].round(4).to_list() == [0.6667, 1.0, 0.0]
    assert lines["f1"].round(4).to_list() == [0.6667, 0.8, 0.0]
    assert lines["n_named"].to_list() == [2, 3, 0]
    assert lines["precision_named"].round(4).to_list()[:2] == [0.5, 0.6667]
    assert lines.loc["c", ["precision", "precision_named"]].isna().all()


def test_the_confusion_matrix_has_every_row_once() -> None:
    expected = pd.DataFrame({"label": ["a", "b", "c"], "a": [2, 0, 1], "b": [1, 2, 0], "c": [0, 0, 0]})
    pd.testing.assert_frame_equal(confusion(ROWS), expected)


def test_the_card_is_the_same_for_the_same_model_and_holds_no_text(model: Trained) -> None:
    text = card_text(model)
    assert text == card_text(model)
    assert json.loads(text) == card(model)
    assert not {word for word in ("road", "grateful", "market") if word in text}
    told = json.loads(text)
    assert told["training_rows"] == {"appreciation": 40, "complaint": 40}
    assert told["rows_of_classes_left_out"] == {"question": 5}
    assert set(told["versions"]) == {"numpy", "pandas", "python", "scikit-learn", "scipy"}


def test_the_tables_agree_with_each_other(model: Trained) -> None:
    tables = card_tables(model)
    rows = len(model.out_of_fold)
    assert rows == 85
    assert tables["training"].to_dict("list") == {
        "class": ["appreciation", "complaint", "question"],
        "rows": [40, 40, 5],
        "is_learned": [True, True, False],
    }
    assert tables["classes"]["n"].sum() == tables["reliability"]["n"].sum() == rows
    assert tables["confusion"].drop(columns="label").to_numpy().sum() == rows
    accuracy = (model.out_of_fold["label"] == model.out_of_fold["candidate"]).mean()
    assert tables["coverage"]["accuracy"].iloc[-1] == pytest.approx(accuracy)
    (chosen,) = tables["thresholds"].query("is_chosen").to_dict("records")
    assert chosen["threshold"] == model.threshold
    assert chosen["precision"] >= model.precision
    assert tables["must_not"]["must_not"].tolist() == list(MUST_NOT)


def test_what_changed_since_the_former_card_is_said(model: Trained) -> None:
    now = card(model)
    assert what_changed(now, now) == []
    other = card(trained_on(labelled_texts()))
    assert what_changed(now, other) == [
        "The training set is another; rows by class: appreciation 40 → 40, complaint 40 → 40, question 0 → 40."
    ]
    older = {**now, "model_hash": "x", "versions": {**now["versions"], "numpy": "1.0"}}
    assert what_changed(older, now) == [f"The version of numpy was 1.0 and is {now['versions']['numpy']}."]
    assert len(what_changed({**now, "model_hash": "x"}, now)) == 1
    assert what_changed({}, now)[0].startswith("The training set is another")
