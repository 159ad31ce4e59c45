"""Rules and model combined: the table of the module's docstring, line by line, and what holds for any two labels."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classification.combination import LEAD, combine

NONE = ("not_stated", 0.0, "")


def table(*lines: tuple[str | None, float, str]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["class", "confidence", "evidence"], index=[5 * n for n in range(len(lines))])


CASES = [
    # rules, model -> class, confidence, basis, evidence
    (NONE, NONE, ("not_stated", 0.0, "not_stated", "")),
    (("A", 0.6, "rule 1"), NONE, ("A", 0.6, "rule", "rule 1")),
    (NONE, ("B", 0.55, "word"), ("B", 0.55, "model", "word")),
    (("A", 0.6, "rule 1"), ("A", 0.5, "word"), ("A", 0.8, "rule and model", "rule 1; word")),
    (("A", 0.6, ""), ("A", 0.5, "word"), ("A", 0.8, "rule and model", "word")),
    # they differ: exactly the lead, a hair less, on either side
    (("A", 0.9, "rule 1"), ("B", 0.7, "word"), ("A", 0.9, "rule", "rule 1; word (the model says B)")),
    (("A", 0.7, "rule 1"), ("B", 0.9, "word"), ("B", 0.9, "model", "word; rule 1 (the rules say A)")),
    (
        ("A", 0.8999, "rule 1"),
        ("B", 0.7, "word"),
        ("not_stated", 0.0, "not_stated", "rule 1 (the rules say A); word (the model says B)"),
    ),
    (
        ("A", 0.7, "rule 1"),
        ("B", 0.7, ""),
        ("not_stated", 0.0, "not_stated", "rule 1 (the rules say A); (the model says B)"),
    ),
    # whoever says nothing has no say, however sure
    (("not_stated", 0.99, "x"), ("B", 0.55, "word"), ("B", 0.55, "model", "word")),
    ((None, 0.99, "x"), NONE, ("not_stated", 0.0, "not_stated", "")),
]


def test_the_table_holds_line_by_line() -> None:
    combined = combine(table(*[case[0] for case in CASES]), table(*[case[1] for case in CASES]))
    assert combined.columns.tolist() == ["class", "confidence", "basis", "evidence"]
    assert list(combined.itertuples(index=False, name=None)) == [case[2] for case in CASES]
    assert combined.index.tolist() == [5 * n for n in range(len(CASES))]


def test_without_a_model_the_rules_speak_alone() -> None:
    rules = table(("A", 0.6, "rule 1"), NONE)
    combined = combine(rules, None)
    assert combined["class"].tolist() == ["A", "not_stated"]
    assert combined["basis"].tolist() == ["rule", "not_stated"]


def test_no_rows_combine_to_none() -> None:
    assert len(combine(table(), table())) == 0


def test_tables_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="same index"):
        combine(table(NONE), table(NONE, NONE))
    for wrong in (1.01, -0.1, float("nan")):
        with pytest.raises(ValueError, match="from 0 to 1"):
            combine(table(("A", wrong, "")), None)


side = st.tuples(
    st.sampled_from(["A", "B", "C", "not_stated"]),
    st.integers(0, 10_000).map(lambda n: n / 10_000),
    st.sampled_from(["", "word"]),
)


@given(side, side)
def test_what_holds_for_any_two_labels(rule: tuple[str, float, str], model: tuple[str, float, str]) -> None:
    (line,) = combine(table(rule), table(model)).to_dict("records")
    (mirror,) = combine(table(model), table(rule)).to_dict("records")
    said = {one[0]: one[1] for one in (rule, model) if one[0] != "not_stated"}
    assert 0 <= line["confidence"] <= 1
    assert line["class"] in {*said, "not_stated"}
    assert (line["class"] == "not_stated") == (line["basis"] == "not_stated")
    assert (line["class"], line["confidence"]) == (mirror["class"], mirror["confidence"])
    if len(said) == 1:
        assert line["class"] == next(iter(said))
        assert line["confidence"] >= max(one[1] for one in (rule, model) if one[0] != "not_stated") - 1e-9
    if len(said) == 2:
        assert (line["class"] != "not_stated") == (round(abs(rule[1] - model[1]), 4) >= LEAD)
        assert line["confidence"] == (max(said.values()) if line["class"] != "not_stated" else 0)
