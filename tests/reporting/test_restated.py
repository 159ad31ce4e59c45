"""What the report says of figures that were published before: words, counts, and numbers where they are published."""

from __future__ import annotations

import pandas as pd
import pytest
from making import Cleaned, Maker

from pipeline.indicators.freezing import record_of, store
from pipeline.indicators.published import records_for
from pipeline.indicators.restatement import restate
from pipeline.register.mapping import collected
from pipeline.reporting.numbers import WITHHELD_DIMENSIONS
from pipeline.reporting.restated import PUBLIC_COLUMNS, Restated
from pipeline.reporting.words import words_for

REGISTER = [
    {
        "registration_no": f"{number}/2024",
        "date_received": received,
        "channel": "email",
        "type": kind,
        "status": "Resolved",
        "date_resolved": received,
        "location": "Here",
    }
    for number, (received, kind) in enumerate(
        [("2024-02-05", "Question"), ("2024-03-05", "Request"), ("2024-05-06", "Question")], start=1
    )
]
SETTINGS = {"complete_through": "2024-12-31", "publish_registration_no": "true"}
LATE = REGISTER[0] | {"registration_no": "4/2024", "date_received": "2024-06-20", "date_resolved": "2024-06-20"}


def restated(
    make: Maker, register: list[dict[str, str]], period: str, changes: dict[str, str] | None = None
) -> Restated:
    """Freeze 2024H1, change the register and the settings, and open what the report on `period` says of it."""
    then = make.clean(REGISTER, SETTINGS)
    known = collected(then.register)
    files = record_of(then.labelled, then.measure("2024H1"), then.project, then.scopes("2024H1"), known)
    today: Cleaned = make.clean(register, SETTINGS | (changes or {}))
    store(today.project, "2024H1", files, force=False)
    scopes = today.scopes(period)
    records = records_for(today.project, scopes)
    known = collected(today.register)
    table = restate(records, today.labelled, today.project, known)
    printed = today.project.settings.publish_registration_no
    return Restated(records, table, known, words_for("en"), today.project, scopes, printed)


def test_where_nothing_differs_a_sentence_says_so(make: Maker) -> None:
    (told,) = restated(make, REGISTER, "2024H2").told()
    assert told.table is None
    assert told.before == (
        "The figures of the previous period (January 15, 2024 – June 30, 2024) are given in this report as they were "
        "published. Computed anew as of the same day, none of them differs."
    )
    assert restated(make, REGISTER, "2024H2").public().empty


def test_the_period_itself_says_that_it_was_published_before(make: Maker) -> None:
    (told,) = restated(make, [*REGISTER, LATE], "2024H1").told()
    assert told.before.startswith(
        "The figures of this period (January 15, 2024 – June 30, 2024) were published before."
    )
    assert told.table is not None


@pytest.mark.parametrize("is_published", [True, False])
def test_numbers_stand_there_only_where_they_are_published(make: Maker, is_published: bool) -> None:
    found = restated(make, [*REGISTER, LATE], "2024H2", {"publish_registration_no": str(is_published).lower()})
    (told,) = found.told()
    assert told.table is not None
    shown = told.table.__html__() + found.public().to_csv()
    assert ("4/2024" in shown) is is_published
    assert "1 registered since" in shown


def test_shares_are_given_as_n_of_n_and_a_difference_only_between_percentages(make: Maker) -> None:
    found = restated(make, [*REGISTER, LATE], "2024H2", {"minimum_n": "4"})
    (row,) = found.public().query("indicator == 'resolution_rate' and scope == 'period'").to_dict("records")
    # 3 of 3 is below what a percentage is given of, also by the rule of then.
    assert (row["published"], row["now"]) == ("3 of 3", "4 of 4 (100\u00a0%)")
    assert pd.isna(row["difference"])


def test_a_grievance_that_is_no_longer_counted_has_no_number(make: Maker) -> None:
    hidden = [row | ({"is_sensitive": "Yes"} if row is REGISTER[1] else {"is_sensitive": "No"}) for row in REGISTER]
    found = restated(make, hidden, "2024H2")
    (told,) = found.told()
    assert told.table is not None
    shown = told.table.__html__() + found.public().to_csv() + found.table.to_csv()
    assert "2/2024" not in shown
    assert "1 no longer counted" in shown


def test_a_changed_rule_is_named(make: Maker) -> None:
    found = restated(make, REGISTER, "2024H2", {"minimum_n": "2"})
    (told,) = found.told()
    assert told.table is not None
    assert "a rule changed" in told.table.__html__()
    assert "Rules that have changed since: smallest number of which a percentage is given." in told.after


def test_the_public_table_has_its_columns_and_nothing_that_is_withheld(make: Maker) -> None:
    table = restated(make, [*REGISTER, LATE], "2024H2").public()
    assert tuple(table.columns) == PUBLIC_COLUMNS
    assert not set(table["dimension"]) & set(WITHHELD_DIMENSIONS)
    (received,) = table.query("indicator == 'received' and scope == 'period' and dimension == ''").to_dict("records")
    assert (received["published"], received["now"], received["difference"]) == ("3", "4", 1.0)
    assert isinstance(table, pd.DataFrame)
