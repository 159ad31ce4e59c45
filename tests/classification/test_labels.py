"""Each grievance carries the label that somebody gave, with its basis; what nobody gave is 'not stated'."""

from __future__ import annotations

import pandas as pd
import pytest
from making import Maker

from pipeline.classification.labels import agreement, coverage, label, review_list

# relation, status of the register -> relation that counts, its basis, whether it is admissible
RELATIONS = [
    ("Related", "Resolving", "related", "register", True),
    ("Unrelated", "Unrelated", "unrelated", "register", False),
    # Blank: the status says it.
    ("", "Unrelated", "unrelated", "status", False),
    ("", "Resolving", "related", "status", True),
    ("", "Rejected", "related", "status", True),
    ("", "Withdrawn", "related", "status", True),
    ("", "Duplicate", "related", "status", False),
    # Nobody says: not unrelated.
    ("", "", "not_stated", "not_stated", True),
    ("", "Pendng", "not_stated", "not_stated", True),
    ("perhaps", "", "not_stated", "not_stated", True),
    # The relation wins over the status.
    ("Unrelated", "Resolving", "unrelated", "register", False),
    ("Related", "Unrelated", "related", "register", True),
    ("Related", "Duplicate", "related", "register", False),
    ("Unrelated", "Duplicate", "unrelated", "register", False),
]


def rows() -> list[dict[str, str]]:
    return [
        {
            "registration_no": f"{n}/2024",
            "date_received": "2024-03-05",
            "channel": "email",
            "relation": relation,
            "status": status,
        }
        for n, (relation, status, *_) in enumerate(RELATIONS, start=1)
    ]


def test_a_person_s_relation_wins_then_the_status_and_nothing_is_guessed(make: Maker) -> None:
    labelled = make.clean(rows()).labelled
    found = labelled[["relation_counted", "relation_basis", "is_admissible"]].to_numpy().tolist()
    assert found == [list(expected) for _, _, *expected in RELATIONS]


@pytest.mark.parametrize(
    ("cell", "kind", "basis"),
    [("Complaint", "complaint", "register"), ("", "not_stated", "not_stated"), ("Quest", "not_stated", "not_stated")],
)
def test_a_type_is_the_register_s_or_not_stated(make: Maker, cell: str, kind: str, basis: str) -> None:
    labelled = make.clean([{**rows()[0], "type": cell}]).labelled
    assert labelled[["type_counted", "type_basis"]].to_numpy().tolist() == [[kind, basis]]


def test_each_label_that_nobody_gave_is_listed_for_review_with_names_replaced(make: Maker) -> None:
    cleaned = make.clean(
        [
            {**rows()[0], "type": "", "complainant": "Sarantuya Bold", "summary": "Sarantuya asks"},
            {**rows()[1], "type": "Request"},
            {**rows()[7], "type": "Request"},
            {**rows()[8], "type": "Quest", "registration_no": ""},
        ]
    )
    review = review_list(cleaned.labelled)
    assert review[["registration_no", "row", "label"]].to_numpy().tolist() == [
        ["1/2024", 2, "type"],
        ["8/2024", 4, "relation"],
        ["", 5, "relation"],
        ["", 5, "type"],
    ]
    assert review["text"].tolist() == ["[person] asks", "", "", ""]


def test_the_labels_by_their_basis_add_up_to_the_cases(make: Maker) -> None:
    counted = coverage(make.clean(rows()).labelled)
    assert counted.groupby("label")["grievances"].sum().to_dict() == {"relation": 14, "topic": 14, "type": 14}
    of_relation = counted[counted["label"] == "relation"].set_index("basis")["grievances"].to_dict()
    assert of_relation == {"not_stated": 3, "register": 6, "status": 5}


def test_the_grievances_by_relation_and_status_add_up_to_the_cases(make: Maker) -> None:
    counted = agreement(make.clean(rows()).labelled)
    assert counted["grievances"].sum() == 14
    odd = counted.query("relation == 'unrelated' and status == 'in_progress'")
    assert odd[["is_admissible", "grievances"]].to_numpy().tolist() == [[False, 1]]


def test_a_sensitive_grievance_is_in_no_figure_and_none_is_lost(make: Maker) -> None:
    cells = ["yes", "no", "", "perhaps", "TRUE", "0"]
    cleaned = make.clean(
        [{**rows()[0], "registration_no": f"{n}/2024", "is_sensitive": c} for n, c in enumerate(cells, 1)]
    )
    assert cleaned.sensitive["registration_no"].tolist() == ["1/2024", "4/2024", "5/2024"]
    assert cleaned.labelled["registration_no"].tolist() == ["2/2024", "3/2024", "6/2024"]
    facts = cleaned.measure("2024H1").facts["period"]
    assert facts["registration_no"].tolist() == ["2/2024", "3/2024", "6/2024"]


def test_labelling_leaves_its_table_as_it_was_and_holds_for_no_rows(make: Maker) -> None:
    cleaned = make.clean(rows())
    before = cleaned.cases.copy()
    label(cleaned.cases)
    pd.testing.assert_frame_equal(cleaned.cases, before)
    none = make.clean([]).labelled
    assert review_list(none).empty
    assert agreement(none).empty
    assert coverage(none).empty
