"""What the learned model must reach on real texts, and that the figures in the docs are those that come out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.classification.evaluation import METHODS, Evaluation, evaluate
from pipeline.errors import InputError

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "classification.md"
SHOWN = ["macro_f1", "accuracy", "calibration_error", "accuracy_on_surest_half", "share_named", "precision_named"]
pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="session")
def evaluation(shared_data: Path) -> Evaluation:
    return evaluate(shared_data)


@pytest.fixture(scope="session")
def scores(evaluation: Evaluation) -> pd.DataFrame:
    return evaluation.scores.set_index(["method", "set"])


def test_the_learned_model_is_no_worse_than_the_plain_one_on_any_set(scores: pd.DataFrame) -> None:
    majority, plain, learned = (scores.loc[method, "macro_f1"] for method in METHODS)
    assert len(learned) == 3
    assert (learned >= plain).all()
    assert (learned > majority).all()


def test_its_confidence_can_be_believed(scores: pd.DataFrame) -> None:
    assert (scores.loc["learned model", "calibration_error"] <= 0.05).all()


def test_the_half_it_is_surest_of_is_right_nine_times_in_ten(scores: pd.DataFrame) -> None:
    assert scores.loc[("learned model", "related or not"), "accuracy_on_surest_half"] >= 0.9


def test_every_row_is_tried_once_and_the_sets_are_those_described(evaluation: Evaluation) -> None:
    sizes = evaluation.sets.groupby("set", sort=False)["n"].sum().to_dict()
    assert sizes == {"related or not": 2323, "request or not": 2337, "complaint, comment, compliment": 1156}
    for table in (evaluation.scores.groupby("method"), evaluation.reliability.groupby("method")):
        assert (table["n"].sum() == sum(sizes.values())).all()
    assert evaluation.classes["n"].sum() == sum(sizes.values())


def test_the_figures_in_the_docs_are_those_that_come_out(evaluation: Evaluation) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for line in evaluation.scores.to_dict("records"):
        cells = " | ".join(f"{line[name]:.3f}" for name in SHOWN)
        assert f"| {line['set']} | {line['method']} | {cells} |" in text
    for line in evaluation.classes.to_dict("records"):
        cells = " | ".join(f"{line[name]:.2f}" for name in ("precision", "recall", "f1"))
        named = f"{line['n_named']} | {line['precision_named']:.2f}" if line["n_named"] else "0 | –"
        assert f"| {line['set']} | {line['class']} | {line['n']} | {cells} | {named} |" in text


def test_the_text_for_the_terminal_names_each_set_and_method(evaluation: Evaluation) -> None:
    text = evaluation.text()
    assert all(text.count(method) == 3 for method in METHODS)
    assert "14 with the label 2 (unclear) are left out" in text
    assert "2350 cases without one are left out" in text
    assert set(evaluation.tables()) == {"sets", "scores", "classes", "reliability", "coverage"}


def test_a_set_that_is_absent_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"disaster_response_validation\.csv is not in the folder of real data"):
        evaluate(tmp_path)
