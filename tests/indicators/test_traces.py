"""The table of traces holds every figure: adding its rows up gives the indicators again."""

from __future__ import annotations

import pandas as pd
from making import Cleaned, Maker

from pipeline.indicators.computation import DURATIONS, RATES
from pipeline.indicators.definitions import base_of
from pipeline.indicators.traces import Traces, traces

ROWS = [
    {"registration_no": "1/2024", "date_received": "2024-03-05", "status": "Resolved", "date_resolved": "2024-04-09"},
    {"registration_no": "2/2024", "date_received": "2024-04-02", "status": "Resolving", "channel": "phone"},
    {"registration_no": "3/2024", "date_received": "2024-04-03", "status": "Unrelated", "type": "Question"},
    {"registration_no": "4/2024", "date_received": "2024-04-04", "status": "Resolved", "date_resolved": "2024-04-04"},
    {"registration_no": "5/2024", "date_received": "2024-04-08", "status": "Withdrawn", "date_closed": "2024-04-10"},
    {"registration_no": "5/2024", "date_received": "2024-04-08", "status": "Resolving", "location": "Erdene sum"},
]


def traced(cleaned: Cleaned, period: str) -> tuple[pd.DataFrame, Traces]:
    measured = cleaned.measure(period)
    listed = cleaned.annex(measured, period)
    return measured.table, Traces(traces(measured, listed, cleaned.project.settings.pending_age_days))


def test_the_rows_of_a_figure_are_named_also_by_dimension(make: Maker) -> None:
    _, found = traced(make.clean(ROWS), "2024-04")
    (behind,) = found.behind("resolutions", "period").values()
    assert behind["registration_no"].tolist() == ["1/2024", "4/2024"]
    by_type = found.behind("received", "period", "type", ["question", "not_stated"])
    assert by_type["question"]["registration_no"].tolist() == ["3/2024"]
    assert len(by_type["not_stated"]) == 4
    (days,) = found.behind("resolution_working_days_median", "period").values()
    assert days["resolution_working_days"].tolist() == [24, 0]  # 6 March to 9 April without the 8th, a holiday
    assert found.rest("same_day", "period")["registration_no"].tolist() == ["1/2024"]
    assert found.rest("resolution_rate", "period")["registration_no"].tolist() == ["2/2024", "5/2024"]


def test_two_rows_of_one_number_are_told_apart(make: Maker) -> None:
    _, found = traced(make.clean(ROWS), "2024-04")
    (behind,) = found.behind("eligible", "period").values()
    assert behind["row"].tolist() == [3, 5, 6, 7]
    assert behind["annex_no"].tolist() == [2, 3, 4, 5]
    assert found.behind("unrelated", "period")[""]["annex_no"].isna().all()


def test_every_figure_is_what_its_rows_add_up_to(make: Maker) -> None:
    for cleaned in (make.sample(), make.clean(ROWS)):
        for period in ("2024H1", "2024-04"):
            table, found = traced(cleaned, period)
            given = table[table["state"].isin(["stated", "below_minimum"])]
            assert len(given) > 100
            for row in given.to_dict("records"):
                name = row["indicator"]
                if base_of(name) in DURATIONS and not name.endswith("_n"):
                    continue
                member = row["member"]
                rows = found.behind(name, row["scope"], row["dimension"], [member]).get(member)
                expected = row["numerator"] if name in RATES else row["value"]
                if rows is None:
                    assert expected == 0
                elif name in RATES:
                    assert rows[f"{name}.numerator"].sum() == expected
                else:
                    counted = name in rows and base_of(name) not in (*DURATIONS, "pending_age")
                    assert (rows[name].sum() if counted else len(rows)) == expected
