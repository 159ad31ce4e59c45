"""A period is one of five forms, begins no earlier than the mechanism, and is taken as of a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.period import FORMS, Period, resolve_scopes

START, COMPLETE = date(2024, 1, 15), date(2024, 6, 30)


def scopes(period: str, as_of: str = ""):
    return resolve_scopes(period, as_of, grm_start=START, complete_through=COMPLETE)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024H1", "2024-01-01", "2024-06-30"),
        ("2024H2", "2024-07-01", "2024-12-31"),
        ("2024Q3", "2024-07-01", "2024-09-30"),
        ("2024Q4", "2024-10-01", "2024-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024Q1", "2024-01-01", "2024-03-31"),
        ("2024Q2", "2024-04-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2024-01-15..2024-06-30", "2024-01-15", "2024-06-30"),
        ("2024-03-05..2024-03-05", "2024-03-05", "2024-03-05"),
    ],
)
def test_every_form_names_its_days(text: str, start: str, end: str) -> None:
    period = Period.parse(text)
    assert (str(period.start), str(period.end), period.label) == (start, end, text)


@pytest.mark.parametrize(
    "text",
    [
        "2024E1",
        "",
        " 2024H1",
        "2024H1 ",
        "2024h1",
        "2024H3",
        "2024Q5",
        "2024Q0",
        "2024-13",
        "2024-00",
        "2024-1",
        "24H1",
        "0000",
        "9999",
        "2024H1\n",
        "\n2024H1",
        "2024\n",
        "2024H1\x00",
        "2024H1; touch pwned",
        "2024H1 --help",
        "$(shell touch pwned)",
        "$(shell x)",
        "`x`",
        "../../etc",
        "..",
        "2024-06-30..2024-01-15",
        "2024-01-15...2024-06-30",
        "2024-01-15..",
        "..2024-06-30",
        "2024-02-30..2024-06-30",
        "2024-02-01..2024-02-30",
        "2024-01-15..2024-06-31",
        "0001-01-01..0001-12-31",
        "2024-1-15..2024-6-30",
        "2024-01-15",
        "2024.0",
        "1e3",
        "2024H\u0661",
        "\u0662\u0660\u0662\u0664H1",
        "\u0662\u0660\u0662\u0664",
        "２０２４",
    ],
)
def test_anything_else_is_refused_with_the_list_of_forms(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        Period.parse(text)
    for form, meaning in FORMS:
        assert f"{form} ({meaning})" in str(refusal.value)
    assert refusal.value.exit_code == 2
    assert "\n" not in str(refusal.value)
    assert "\x00" not in str(refusal.value)


def test_what_somebody_typed_is_quoted_short_and_harmless() -> None:
    with pytest.raises(InputError) as refusal:
        Period.parse("\x1b[31m" + "x" * 500)
    assert "\x1b" not in str(refusal.value)
    assert "x" * 61 not in str(refusal.value)


def test_a_day_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="'2024-02-30', which is not a day"):
        Period.parse("2024-02-01..2024-02-30")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2024H1", "2023H2"),
        ("2024H2", "2024H1"),
        ("2024Q1", "2023Q4"),
        ("2024", "2023"),
        ("2024-03", "2024-02"),
        ("2024-01", "2023-12"),
        ("2024-03-11..2024-03-20", "2024-03-01..2024-03-10"),
    ],
)
def test_the_period_before_is_of_the_same_kind(text: str, before: str) -> None:
    assert Period.parse(text).before().label == before


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(0, 800))
def test_the_range_before_is_as_long_and_ends_the_day_before(start: date, days: int) -> None:
    period = Period.parse(f"{start}..{start + timedelta(days=days)}")
    before = period.before()
    assert (before.kind, before.end, before.end - before.start) == (
        "range",
        start - timedelta(days=1),
        timedelta(days=days),
    )
    assert Period.parse(before.label) == before


@given(st.integers(1950, 2150), st.sampled_from(["H1", "H2", "Q1", "Q2", "Q3", "Q4", "", "-01", "-02", "-12"]))
def test_periods_of_a_kind_follow_each_other_without_a_gap(year: int, part: str) -> None:
    period = Period.parse(f"{year}{part}")
    assert period.before().end == period.start - timedelta(days=1)
    assert period.before().kind == period.kind
    assert Period.parse(period.before().label) == period.before()


@given(st.integers(1950, 2150))
def test_halves_quarters_and_months_part_a_year(year: int) -> None:
    whole = Period.parse(str(year))
    for parts in (
        [f"{year}H{n}" for n in (1, 2)],
        [f"{year}Q{n}" for n in range(1, 5)],
        [f"{year}-{n:02}" for n in range(1, 13)],
    ):
        periods = [Period.parse(text) for text in parts]
        assert (periods[0].start, periods[-1].end) == (whole.start, whole.end)
        days = sum((p.end - p.start).days + 1 for p in periods)
        assert days == (whole.end - whole.start).days + 1


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("2024H1", 1),
        ("2024H2", 2),
        ("2025H1", 3),
        ("2024Q1", 1),
        ("2024Q2", 2),
        ("2025Q1", 5),
        ("2024", 1),
        ("2025", 2),
        ("2024-01", 1),
        ("2024-02", 2),
        ("2025-01", 13),
        ("2024-01-15..2024-06-30", None),
    ],
)
def test_periods_are_numbered_from_the_one_in_which_the_mechanism_began(text: str, ordinal: int | None) -> None:
    assert Period.parse(text).ordinal_since(START) == ordinal


def test_the_window_begins_no_earlier_than_the_mechanism() -> None:
    made = scopes("2024H1")
    assert (made.current.start, made.current.end, made.current.as_of) == (START, COMPLETE, COMPLETE)
    assert made.previous is None
    assert not made.current.is_provisional
    assert made.period.ordinal_since(START) == 1


def test_the_previous_period_is_as_of_its_own_last_day_and_begins_with_the_mechanism() -> None:
    made = scopes("2024Q2")
    assert made.previous is not None
    assert (made.previous.start, made.previous.end, made.previous.as_of) == (
        START,
        date(2024, 3, 31),
        date(2024, 3, 31),
    )
    assert (made.cumulative.start, made.cumulative.counted_to) == (START, COMPLETE)


@pytest.mark.parametrize(
    ("period", "previous"),
    [
        ("2024H1", None),
        ("2024", None),
        ("2024Q1", None),
        ("2024-01", None),
        ("2024-02", ("2024-01-15", "2024-01-31")),
        ("2024-03", ("2024-02-01", "2024-02-29")),
        ("2024Q2", ("2024-01-15", "2024-03-31")),
        ("2024-01-15..2024-01-31", None),
        ("2024-02-01..2024-02-29", ("2024-01-15", "2024-01-31")),
        ("2024-02-01..2024-02-10", ("2024-01-22", "2024-01-31")),
    ],
)
def test_the_previous_window_is_absent_or_clipped_where_the_mechanism_began(
    period: str, previous: tuple[str, str] | None
) -> None:
    made = scopes(period)
    found = made.previous and (str(made.previous.start), str(made.previous.end))
    assert found == previous
    assert ("previous" in made.windows()) == (previous is not None) == (made.previous_period is not None)


def test_the_first_half_year_after_is_compared_with_the_clipped_first() -> None:
    made = resolve_scopes("2024H2", "", grm_start=START, complete_through=date(2024, 12, 31))
    assert made.previous is not None
    assert (made.previous.start, made.previous.end, made.previous.as_of) == (START, COMPLETE, COMPLETE)


def test_a_period_that_ends_after_the_register_is_provisional() -> None:
    made = scopes("2024")
    assert made.current.is_provisional
    assert made.current.counted_to == COMPLETE
    assert not scopes("2024Q1").current.is_provisional


def test_an_as_of_day_ends_the_counting_and_names_the_folder() -> None:
    made = scopes("2024H1", "2024-06-13")
    assert (made.label, made.current.counted_to) == ("2024H1@2024-06-13", date(2024, 6, 13))
    assert made.current.is_provisional
    later = scopes("2024Q1", "2024-06-30")
    assert (later.current.counted_to, later.current.as_of) == (date(2024, 3, 31), COMPLETE)


@pytest.mark.parametrize(
    ("period", "as_of", "counted_to"),
    [
        ("2024H1", "2024-01-15", "2024-01-15"),
        ("2024H1", "2024-06-30", "2024-06-30"),
        ("2024Q1", "2024-03-31", "2024-03-31"),
        ("2024Q1", "2024-04-01", "2024-03-31"),
        ("2024-02", "2024-02-01", "2024-02-01"),
    ],
)
def test_an_as_of_day_may_be_any_from_the_first_day_to_the_last_of_the_register(
    period: str, as_of: str, counted_to: str
) -> None:
    made = scopes(period, as_of)
    assert (str(made.current.as_of), str(made.current.counted_to)) == (as_of, counted_to)
    assert made.cumulative.as_of == made.current.as_of


@pytest.mark.parametrize(
    ("period", "as_of", "words"),
    [
        ("2024-02", "2024-01-31", "between 2024-02-01"),
        ("2024H1", "2024-07-01", "and 2024-06-30"),
        ("2024H1", "2024-06-13\n", "which is not a day"),
        ("2024H1", "\u0662024-06-13", "which is not a day"),
        ("2024H1", "2024-13-01", "which is not a day"),
        ("2024-07-01..2024-07-02", "", "raise complete_through in project.yml"),
        ("2024-01-01..2024-01-14", "", "before the mechanism began on 2024-01-15"),
        ("2024H2", "", "complete through 2024-06-30 only"),
        ("2023H2", "", "before the mechanism began"),
        ("2024H1", "2024-01-01", "must lie between 2024-01-15"),
        ("2024H1", "2025-01-01", "and 2024-06-30"),
        ("2024H1", "yesterday", "Write a day of the calendar as 2024-06-30"),
        ("2024H1", "2024-02-30", "Write a day of the calendar as 2024-06-30"),
    ],
)
def test_a_window_that_cannot_be_is_refused(period: str, as_of: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        scopes(period, as_of)


def test_the_months_of_a_window_are_cut_at_its_ends() -> None:
    months = list(scopes("2024H1", "2024-03-10").current.months())
    assert months == [
        (date(2024, 1, 15), date(2024, 1, 31)),
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 3, 1), date(2024, 3, 10)),
    ]
