"""A person's decision comes first, for the text that it was made on; a faulty one is refused with its row."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import Cleaned, Maker, clean

from pipeline.classification.decisions import (
    COLUMNS,
    allowed,
    asked_alone,
    decide,
    decisions_bytes,
    read_decisions,
    text_hashes,
    with_unfit_decisions,
)
from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings

BASE = {"date_received": "2024-03-05", "channel": "email", "status": "Resolving"}
KICKBACK = "The foreman demanded a bribe before he let us sign."


def decided(project: Project, *lines: Mapping[str, str]) -> Cleaned:
    text = ",".join(COLUMNS) + "\n" + "".join(",".join(line[name] for name in COLUMNS) + "\n" for line in lines)
    (project.folder / "decisions.csv").write_text(text, encoding="utf-8")
    return clean(project)


def line(cleaned: Cleaned, case: int = 0, **changes: str) -> dict[str, str]:
    row = cleaned.both.sort_values("source_row").iloc[case]
    number = row["registration_no"]
    return {
        "registration_no": number if isinstance(number, str) else "",
        "row": str(row["source_row"]),
        "label": "type",
        "value": "complaint",
        "who": "M&E analyst",
        "date": "2024-07-15",
        "reason": "Read again",
        "text_hash": text_hashes(cleaned.both.sort_values("source_row")).iloc[case],
        **changes,
    }


def register(*texts: str, **cells: str) -> list[dict[str, str]]:
    return [{**BASE, "registration_no": f"{n}/2024", "summary": text, **cells} for n, text in enumerate(texts, 1)]


def test_a_decision_stands_above_the_register_and_the_status(make: Maker) -> None:
    before = make.clean(register("It is asked when.", "Nothing", type="Question", relation="Related"))
    lines = [line(before), line(before, label="relation", value="unrelated"), line(before, 1, value="not_stated")]
    after = decided(before.project, *lines).labelled
    assert after[["type_counted", "type_basis"]].to_numpy().tolist() == [
        ["complaint", "decision"],
        ["not_stated", "decision"],
    ]
    assert after.loc[0, ["relation_counted", "relation_basis", "is_admissible"]].tolist() == [
        "unrelated",
        "decision",
        False,
    ]
    assert after.loc[0, ["type_confidence", "type_evidence"]].tolist() == [1.0, "decided on 2024-07-15"]


def test_the_last_of_several_decisions_counts(make: Maker) -> None:
    before = make.clean(register("It is asked when."))
    after = decided(before.project, line(before), line(before, value="request"))
    assert after.labelled["type_counted"].tolist() == ["request"]
    assert after.rules() == before.rules()


def test_a_decision_on_another_text_falls_back_with_a_finding_and_is_asked_again(make: Maker) -> None:
    before = make.clean(register("The road is bad.", type="Request"))
    project = make.project(register("The road was mended.", type="Request"))
    after = decided(project, line(before))
    assert after.labelled[["type_counted", "type_basis"]].to_numpy().tolist() == [["request", "register"]]
    (message,) = after.findings.loc[after.findings["rule"] == "decision_text_changed", "message"]
    assert message.startswith("register.csv, row 2: the text has changed")
    again = decided(project, line(before), line(after))
    assert again.labelled["type_counted"].tolist() == ["complaint"]
    assert "decision_text_changed" not in again.rules()


def test_a_decision_on_a_grievance_that_is_gone_is_told(make: Maker) -> None:
    before = make.clean(register("The road is bad."))
    after = decided(before.project, line(before, registration_no="99/2024"))
    assert "registration number 99/2024" in " ".join(after.findings["message"])
    assert after.rules().count("decision_without_grievance") == 1


def test_a_row_without_a_number_is_found_by_its_row_and_one_used_twice_too(make: Maker) -> None:
    rows = register("Same", "Same", "Same", "Same")
    rows[0]["registration_no"] = rows[1]["registration_no"] = ""
    rows[2]["registration_no"] = rows[3]["registration_no"] = "3/2024"
    before = make.clean(rows)
    after = decided(before.project, line(before, 1), line(before, 3))
    assert after.labelled["type_counted"].eq("complaint").tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"label": "kind"}, "row 2, column label: this is no label. Allowed are type, relation, topic, sensitivity"),
        ({"value": "shout"}, "row 2, column value: this is no type. Allowed are question, request, complaint"),
        ({"who": ""}, "row 2, column who: the cell is empty"),
        ({"reason": ""}, "row 2, column reason: the cell is empty"),
        ({"text_hash": ""}, "row 2, column text_hash: the cell is empty"),
        ({"date": "15.7.2024"}, "row 2, column date: write the day as 2024-07-15"),
        ({"row": "two"}, "row 2, column row: write the row of the register as a whole number"),
        ({"registration_no": "", "row": ""}, "row 2: neither registration_no nor row is filled"),
        ({"reason": "one, two"}, "row 2: there must be 8 cells, and 9 were found"),
    ],
)
def test_a_faulty_decision_is_refused_with_its_row_and_column(make: Maker, changes: dict[str, str], said: str) -> None:
    before = make.clean(register("The road is bad."))
    with pytest.raises(InputError, match=r"decisions\.csv, ") as caught:
        decided(before.project, line(before, **changes))
    assert said in str(caught.value)


def test_decisions_are_written_and_read_back_the_same(make: Maker) -> None:
    before = make.clean(register("The road is bad."))
    after = decided(before.project, line(before, reason="=1+1"))
    read = read_decisions(after.project)
    (after.project.folder / "decisions.csv").write_bytes(decisions_bytes(read))
    assert read_decisions(after.project).equals(read)
    assert read["reason"].tolist() == ["=1+1"]


@pytest.mark.parametrize("flag", ["", "No"])
def test_a_sign_in_the_text_is_taken_for_sensitive_until_a_person_decides(make: Maker, flag: str) -> None:
    before = make.clean(register(KICKBACK, "The road is bad.", is_sensitive=flag))
    assert before.sensitive["registration_no"].tolist() == ["1/2024"]
    assert before.sensitive["sensitivity_basis"].tolist() == ["rule"]
    after = decided(before.project, line(before, label="sensitivity", value="not_sensitive"))
    assert after.sensitive.empty
    assert len(after.labelled) == 2


def test_a_doubt_that_a_person_settled_is_told_in_restricted_files_alone(make: Maker) -> None:
    before = make.clean(register("The road is bad.", is_sensitive="perhaps"))
    assert before.sensitive["registration_no"].tolist() == ["1/2024"]
    after = decided(before.project, line(before, label="sensitivity", value="not_sensitive"))
    assert after.labelled["registration_no"].tolist() == ["1/2024"]
    assert "sensitive_in_doubt" in set(after.findings["rule"])
    assert "is_sensitive" not in set(after.told["column"])


def test_a_person_can_call_sensitive_what_nobody_flagged(make: Maker) -> None:
    before = make.clean(register("The road is bad.", is_sensitive="No"))
    after = decided(before.project, line(before, label="sensitivity", value="sea_sh"))
    assert after.sensitive["sensitivity_counted"].tolist() == ["sea_sh"]


def test_what_the_sample_s_decision_says(make: Maker) -> None:
    sample = make.sample()
    assert sample.sensitive.empty
    decision = decide(read_decisions(sample.project), sample.cases).tables["sensitivity"]
    assert sample.cases.loc[decision.index, "registration_no"].tolist() == ["15/2024"]
    assert decision["value"].tolist() == ["not_sensitive"]


def test_every_class_and_an_abstention_may_be_decided(make: Maker) -> None:
    project = make.sample().project
    assert list(allowed("relation", project)) == ["related", "unrelated", "not_stated"]
    assert {"not_sensitive", "sensitive", "sea_sh"} <= set(allowed("sensitivity", project))


NUMBERS, TEXTS = st.sampled_from(["1/2024", "2/2024", None]), st.sampled_from(["Road", "Water", None])


@given(rows=st.lists(st.tuples(NUMBERS, TEXTS), min_size=1, max_size=8), data=st.data())
def test_the_texts_that_are_left_tell_of_every_decision_what_all_would(rows: list, data: st.DataObject) -> None:
    """Most decisions are about one of the rows, by its number or its place, on its text or another one."""
    about = data.draw(st.lists(st.integers(0, len(rows)), min_size=1, max_size=4))
    asked = [
        (
            rows[at][0] or "",
            data.draw(st.sampled_from([str(at + 2), "", "12"])) if rows[at][0] else str(at + 2),
            data.draw(st.sampled_from([rows[at][1], "Road"])),
        )
        if at < len(rows)
        else ("9/2024", data.draw(st.sampled_from(["", "12"])), "Road")
        for at in about
    ]
    cases = pd.DataFrame(
        {
            "source_file": "register.csv",
            "source_sheet": "",
            "source_row": range(2, len(rows) + 2),
            "registration_no": pd.Series([number for number, _ in rows], dtype="str"),
            "summary_redacted": pd.Series([text for _, text in rows], dtype="str"),
        }
    )
    digests = text_hashes(pd.DataFrame({"summary_redacted": pd.Series([text for _, _, text in asked], dtype="str")}))
    lines = [
        [number, row, "type", "complaint", "M&E analyst", "2024-07-15", "Read", digest]
        for (number, row, _), digest in zip(asked, digests, strict=True)
    ]
    decisions = pd.DataFrame(lines, columns=[*COLUMNS], dtype="str")
    left = asked_alone(cases, decisions)
    of_left, of_all = (with_unfit_decisions(findings.none(), one, decisions) for one in (left, cases))
    pd.testing.assert_frame_equal(of_left, of_all)
    assert decide(decisions, left).tables.keys() == decide(decisions, cases).tables.keys()
    for label, table in decide(decisions, cases).tables.items():
        pd.testing.assert_frame_equal(decide(decisions, left).tables[label], table)
