"""The learned model: the same from the same rows, sure only as far as it is right, silent where it cannot tell."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_texts import labelled_texts

from pipeline.classification.features import LONGEST_TEXT, is_shown, words_of
from pipeline.classification.model import Trained, folds, lacking, predict, train

ROOT = Path(__file__).resolve().parents[2]


def trained_on(rows: pd.DataFrame, minimum_per_class: int = 20) -> Trained:
    trained = train(rows["text"], rows["label"], minimum_per_class=minimum_per_class)
    assert trained is not None
    return trained


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return labelled_texts()


@pytest.fixture(scope="module")
def model(rows: pd.DataFrame) -> Trained:
    return trained_on(rows)


# -- whether there is a model ----------------------------------------------------------------------------------------


def test_too_few_texts_give_no_model_and_a_sentence_that_says_so() -> None:
    rows = labelled_texts(per_class=19)
    assert train(rows["text"], rows["label"], minimum_per_class=20) is None
    assert lacking(rows["text"], rows["label"], minimum_per_class=20) == (
        "No model is learned: it takes 20 different labelled texts in each of at least two classes, and there are: "
        "appreciation 19, complaint 19, question 19."
    )
    assert lacking(rows["text"], rows["label"], minimum_per_class=19) == ""


def test_nothing_at_all_gives_no_model() -> None:
    assert train([], [], minimum_per_class=20) is None
    assert lacking([], []).endswith("and there are: none.")


def test_one_class_alone_gives_no_model() -> None:
    rows = labelled_texts(classes=("complaint",))
    assert train(rows["text"], rows["label"], minimum_per_class=20) is None


def test_a_text_said_twenty_times_is_one_text() -> None:
    rows = labelled_texts(per_class=25)
    same = rows.assign(text=rows["text"].where(rows["label"] != "question", "How do I apply?"))
    assert "question 1." in lacking(same["text"], same["label"], minimum_per_class=26)
    assert trained_on(same).classes == ("appreciation", "complaint")


def test_rows_without_label_or_word_teach_nothing(rows: pd.DataFrame, model: Trained) -> None:
    more = pd.DataFrame(
        {"text": ["Some text", "Other text", "...", ""], "label": [None, "not_stated", "question", "x"]}
    )
    again = trained_on(pd.concat([rows, more]))
    assert again.model_hash == model.model_hash
    assert again.without_words == 2


def test_a_class_with_too_few_texts_is_never_said_and_counts_as_error(rows: pd.DataFrame) -> None:
    few = rows.drop(rows.index[rows["label"] == "question"][5:])
    trained = trained_on(few)
    assert trained.classes == ("appreciation", "complaint")
    assert trained.left_out == {"question": 5}
    kept = trained.out_of_fold[trained.out_of_fold["label"] == "question"]
    assert len(kept) == 5
    assert set(kept["candidate"]) <= {"appreciation", "complaint"}


# -- the same from the same ------------------------------------------------------------------------------------------


def test_the_order_of_the_rows_changes_nothing(rows: pd.DataFrame, model: Trained) -> None:
    mixed = rows.sample(frac=1, random_state=3)
    again = trained_on(mixed)
    assert again.model_hash == model.model_hash
    assert again.training_hash == model.training_hash
    new = labelled_texts(per_class=10, seed=9)["text"]
    pd.testing.assert_frame_equal(predict(again, new), predict(model, new))
    pd.testing.assert_frame_equal(again.out_of_fold.sort_index(), model.out_of_fold.sort_index())


def test_another_label_or_text_changes_both_hashes(rows: pd.DataFrame, model: Trained) -> None:
    relabelled = rows.copy()
    relabelled.iloc[3, 1] = "question"
    retold = rows.copy()
    retold.iloc[3, 0] += " again and again"
    for other in (trained_on(relabelled), trained_on(retold)):
        assert other.training_hash != model.training_hash
        assert other.model_hash != model.model_hash


def test_the_hash_of_the_training_set_is_that_of_its_sorted_pairs(rows: pd.DataFrame, model: Trained) -> None:
    pairs = sorted(
        f"{hashlib.sha256(text.encode()).hexdigest()} {label}"
        for text, label in zip(rows["text"], rows["label"], strict=True)
    )
    assert model.training_hash == hashlib.sha256("\n".join(pairs).encode()).hexdigest()


_ELSEWHERE = """
import json, sys
sys.path.insert(0, "tests/classification")
from labelled_texts import labelled_texts
from pipeline.classification.model import predict, train
rows = labelled_texts()
trained = train(rows["text"], rows["label"], minimum_per_class=20)
labels = predict(trained, labelled_texts(per_class=10, seed=9)["text"])
print(json.dumps([trained.model_hash, labels.to_csv()]))
"""


@pytest.mark.parametrize(
    "machine",
    [
        {"OPENBLAS_CORETYPE": "Haswell", "PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "3", "OMP_NUM_THREADS": "3"},
        {"OPENBLAS_CORETYPE": "Nehalem", "PYTHONHASHSEED": "2", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX2 FMA3"},
    ],
)
def test_another_processor_gives_the_same_model(machine: dict[str, str], model: Trained) -> None:
    """The linear algebra is told to work as on an older processor; where it knows none of these, nothing differs."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **machine}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ELSEWHERE], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    there = json.loads(done.stdout)
    here = predict(model, labelled_texts(per_class=10, seed=9)["text"])
    assert there == [model.model_hash, here.to_csv()]


def test_folds_part_no_text_and_share_out_each_class(rows: pd.DataFrame) -> None:
    twice = pd.concat([rows, rows])
    fold = folds(twice["text"].tolist(), twice["label"].tolist())
    assert (fold[: len(rows)] == fold[len(rows) :]).all()
    assert set(pd.crosstab(rows["label"], fold[: len(rows)]).to_numpy().ravel()) == {8}
    other = folds(twice["text"].tolist(), twice["label"].tolist(), seed=2)
    assert (other != fold).any()


def test_every_training_row_is_judged_once_under_the_index_it_came_with(rows: pd.DataFrame, model: Trained) -> None:
    judged = model.out_of_fold
    assert judged.index.tolist() == rows.index.tolist()
    assert judged["label"].tolist() == rows["label"].tolist()
    assert trained_on(rows.reset_index(drop=True)).out_of_fold.index.tolist() == list(range(len(rows)))


# -- labels ----------------------------------------------------------------------------------------------------------


def test_a_clear_text_gets_its_label_and_the_words_that_weighed(model: Trained) -> None:
    texts = pd.Series(["The road was not repaired, nobody answered us", "Thank you, we are grateful"], index=[7, 3])
    labels = predict(model, texts)
    assert labels.columns.tolist() == ["class", "confidence", "evidence", "candidate"]
    assert labels.index.tolist() == [7, 3]
    assert labels["class"].tolist() == ["complaint", "appreciation"]
    for evidence, text in zip(labels["evidence"], texts, strict=True):
        named = evidence.split(", ")
        assert 1 <= len(named) <= 3
        assert all(word in text.lower().replace(",", "") for word in named)


def test_below_the_threshold_it_abstains_and_keeps_what_it_would_have_said(model: Trained) -> None:
    text = pd.Series(["Thank you, we are grateful"])
    sure = float(predict(model, text)["confidence"].iloc[0])
    at, above = (dataclasses.replace(model, threshold=sure + more) for more in (0.0, 0.0001))
    assert predict(at, text)["class"].iloc[0] == "appreciation"
    assert predict(above, text)["class"].iloc[0] == "not_stated"
    assert predict(above, text)["candidate"].iloc[0] == "appreciation"


def test_the_threshold_keeps_the_precision_it_was_chosen_for(model: Trained) -> None:
    named = model.out_of_fold[model.out_of_fold["class"] != "not_stated"]
    assert len(named) >= 20
    assert (named["class"] == named["label"]).mean() >= model.precision == 0.9
    assert model.threshold >= 0.5


def test_labels_that_mean_nothing_are_never_given() -> None:
    """Without a link between words and labels, no confidence reaches the precision: it says nothing."""
    rows = labelled_texts(per_class=60)
    shuffled = rows.assign(label=rows["label"].sample(frac=1, random_state=5).to_numpy())
    trained = trained_on(shuffled)
    assert (predict(trained, rows["text"])["class"] == "not_stated").all()


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a", "?", "😀🎉👍🏽", "road дорога зам 道路 طريق", "x" * 1_000_000, "road " * 200_000, "0" * 1_000_000,
        "\x00\ufffd\ud800", "ÐœÐ¾Ð½Ð³Ð¾Ð»", "ﬁx Ⅳ ½", "\u202eroad\u200b", None, float("nan"), pd.NA, 3,
    ],
    ids=lambda text: ascii(text)[:12],
)  # fmt: skip
def test_any_text_gets_a_label_or_none_and_never_an_error(text: object, model: Trained) -> None:
    labels = predict(model, pd.Series([text], dtype=object))
    assert labels["class"].iloc[0] in {*model.classes, "not_stated"}
    assert 0 <= labels["confidence"].iloc[0] <= 1
    trained = train(["", text, "a b"], ["one", "two", "two"], minimum_per_class=1)
    assert trained is None or isinstance(trained, Trained)


@pytest.mark.parametrize("text", ["", "😀", "qqqq zzzz", None])
def test_a_text_of_which_nothing_is_known_is_not_stated(text: object, model: Trained) -> None:
    (line,) = predict(model, pd.Series([text], dtype=object)).to_dict("records")
    assert line == {"class": "not_stated", "confidence": 0.0, "evidence": "", "candidate": "not_stated"}


def test_no_texts_give_no_labels(model: Trained) -> None:
    labels = predict(model, pd.Series([], dtype=object))
    assert len(labels) == 0
    assert labels.columns.tolist() == ["class", "confidence", "evidence", "candidate"]


@given(st.lists(st.text(max_size=60), max_size=8))
def test_a_label_depends_on_its_own_text_alone(texts: list[str]) -> None:
    trained = _model_once()
    together = predict(trained, pd.Series(texts, dtype=object))
    for place, text in enumerate(texts):
        alone = predict(trained, pd.Series([text], index=[place], dtype=object))
        pd.testing.assert_frame_equal(together.loc[[place]], alone)


_MODELS: list[Trained] = []


def _model_once() -> Trained:
    if not _MODELS:
        _MODELS.append(trained_on(labelled_texts()))
    return _MODELS[0]


def test_many_rows_are_labelled_as_few_are(model: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = labelled_texts(per_class=20, seed=4)["text"]
    whole = predict(model, texts)
    monkeypatch.setattr("pipeline.classification.model._ROWS_AT_ONCE", 7)
    pd.testing.assert_frame_equal(predict(model, texts), whole)


# -- words -----------------------------------------------------------------------------------------------------------


def test_words_are_small_without_numbers_and_without_what_stands_for_a_name() -> None:
    assert words_of("[person] Did NOT pay 12,500₮ to AB12345678!") == ["did", "not", "pay", "0", "0", "to", "0", "!"]
    assert words_of("Өргөдөл хаана байна?") == ["өргөдөл", "хаана", "байна", "?"]
    assert len(words_of("a " * LONGEST_TEXT)) == LONGEST_TEXT // 2


def test_numbers_and_single_letters_are_no_evidence() -> None:
    assert [is_shown(term) for term in ("road", "pay 0", "0", "?", "i", "хаана байна")] == [True, *[False] * 4, True]


def test_the_confidence_is_believable_out_of_fold(model: Trained) -> None:
    rows = model.out_of_fold
    is_right = rows["label"] == rows["candidate"]
    assert abs(float(np.mean(rows["confidence"])) - is_right.mean()) < 0.05


def test_scikit_learn_waits_until_it_is_needed() -> None:
    modules = ("labels", "model", "card", "combination", "training_set", "evaluation", "calibration", "features")
    code = "".join(f"import pipeline.classification.{name}\n" for name in modules)
    code += "import sys; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 0
