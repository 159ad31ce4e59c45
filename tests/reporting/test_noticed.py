"""The notes on the data count what the report holds: they agree with its tables, and a later register changes none."""

from __future__ import annotations

import pytest
from making import DATA_VARIABLE, ROOT, Cleaned, Maker, clean
from markupsafe import Markup

from pipeline.project import load_project
from pipeline.reporting.noticed import Noticed, counts
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import words_for

ENGLISH = words_for("en")


def row(number: int, received: str, **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": "Resolving"}
    return {**base, "type": "", "channel_basis": "inferred", **cells}


def noticed(cleaned: Cleaned, period: str, as_of: str = "") -> Noticed:
    numbers = Numbers(cleaned.measure(period, as_of).table, ENGLISH)
    told = cleaned.told[~cleaned.told["rule"].isin(["number_gap", "numbers_not_printed"])]
    counted = counts(told, cleaned.cases, cleaned.scopes(period, as_of))
    return Noticed(counted, numbers, ENGLISH, counts_proposals=False)


def plain(told: Noticed) -> list[tuple[str, str, str]]:
    return [(severity, title, Markup(meaning).striptags()) for severity, title, meaning in told.notes()]


EARLIER, INSIDE, LATER = row(1, "2024-02-05"), row(2, "2024-04-08"), row(3, "2024-06-03")


def test_a_note_counts_the_grievances_of_the_period_and_since_the_start(make: Maker) -> None:
    told = plain(noticed(make.clean([EARLIER, INSIDE, LATER]), "2024-04"))
    concerned = "Grievances concerned: 1 of the period, 2 since the start."
    rests = "The split by channel rests on what was inferred."
    counted = "Counted as 'not stated' are 1 of the period and 2 since the start."
    assert told == [
        ("note", "The channel was inferred", f"{concerned} {rests}"),
        ("note", "A grievance has no type", f"{concerned} {counted}"),
    ]


def test_what_the_register_received_later_changes_no_note(make: Maker) -> None:
    assert plain(noticed(make.clean([EARLIER, INSIDE]), "2024-04")) == plain(
        noticed(make.clean([EARLIER, INSIDE, LATER, row(4, "2024-06-04", type="")]), "2024-04")
    )


def test_a_report_that_holds_no_grievance_of_a_rule_has_no_note_on_it(make: Maker) -> None:
    assert plain(noticed(make.clean([LATER]), "2024-04")) == []
    assert len(plain(noticed(make.clean([LATER]), "2024-06"))) == 2
    assert plain(noticed(make.clean([LATER]), "2024-06", "2024-06-01")) == []


def test_errors_and_what_is_before_the_start_are_counted_in_the_whole_register(make: Maker) -> None:
    stated = {"type": "Complaint", "channel_basis": ""}
    rows = [row(1, "2023-12-05", **stated), row(2, "2024-06-03", **{**stated, "type": "Shout"})]
    assert plain(noticed(make.clean(rows), "2024-04")) == [
        ("error", "A type is not one of the project's", "Places concerned in the whole register: 1."),
        ("warning", "Received before the mechanism began", "Places concerned in the whole register: 1."),
    ]


@pytest.mark.parametrize("period", ["2024-02", "2024-04", "2024-06"])
def test_the_sentence_on_types_has_the_number_of_the_table(period: str, make: Maker) -> None:
    cleaned = make.clean([EARLIER, INSIDE, LATER, row(4, "2024-06-10")])
    told = noticed(cleaned, period)
    shown = {scope: told.numbers.count("received", scope, "type", "not_stated") for scope in ("period", "cumulative")}
    assert plain(told)[-1][2].endswith(
        f"are {shown['period']} of the period and {shown['cumulative']} since the start."
    )


def test_the_sentences_of_the_demonstration_s_first_half_year_have_the_numbers_of_its_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(ROOT / "data"))
    told = noticed(clean(load_project("demo")), "2022H1")
    # Of the 17 without a type and the 32 with an inferred channel that the register of six half-years holds.
    assert told.numbers.count("received", "period", "type", "not_stated") == 1
    of_it = "Grievances concerned: {n} of the period, {n} since the start. "
    meanings = {title: meaning for _, title, meaning in plain(told)}
    assert meanings["A grievance has no type"].startswith(of_it.format(n=1) + "Counted as 'not stated' are 1 of")
    assert meanings["The channel was inferred"].startswith(of_it.format(n=5))
