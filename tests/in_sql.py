"""The figures of an invented register by hand, in SQL over its files: docs/indicators.md.

Written for registers of `write_project` without dirt, in which every grievance has a date of receipt and no cell a time
of day. Nothing of the program is used but the words of project.yml and the names of members and classes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import holidays
import numpy as np
import pandas as pd

from pipeline.indicators.computation import WORKING_DAY_ENDS, class_members
from pipeline.project import Settings

Key = tuple[str, str, str]
Figure = tuple[float | None, float | None, float | None]
"""Value, numerator and denominator."""

_DATES = ("received", "acknowledged", "due", "resolved", "closed", "outcome_communicated", "escalated", "appealed")
_CASES = f"""
CREATE TABLE cases AS
WITH read AS (
    SELECT * REPLACE ({", ".join(f"date_{name}::TIMESTAMP::DATE AS date_{name}" for name in _DATES)}),
        date_reopened::DATE AS reopened, date_resolved_again::DATE AS again
    FROM read_csv($files, all_varchar = true, header = true)
    -- Of the invented texts this one alone tells of what is sensitive without a flag.
    WHERE is_sensitive = 'No' AND summary NOT LIKE '%kept back a part of the transfer%'
), first AS (
    SELECT *, date_received AS received,
        CASE WHEN date_resolved >= date_received THEN date_resolved END AS resolved,
        CASE WHEN date_closed >= date_received THEN date_closed END AS closed FROM read
), counted AS (
    SELECT *, COALESCE(reopened >= resolved AND (
            (status = 'Resolved' AND again >= reopened) OR (status = 'In progress' AND again IS NULL)
            OR (status IN ('Rejected', 'Withdrawn') AND closed >= reopened)), false) AS is_reopened,
        COALESCE(relation, CASE WHEN status = 'Unrelated' THEN 'Unrelated' ELSE 'Related' END) = 'Unrelated'
            AS is_unrelated,
        (status = 'Resolved' AND resolved IS NULL) OR (status IN ('Rejected', 'Withdrawn') AND closed IS NULL)
            AS is_ended_undated
    FROM first
)
SELECT received, status, is_unrelated, is_ended_undated, NOT is_unrelated AND status <> 'Duplicate' AS is_admissible,
    CASE WHEN status = 'Resolved' OR is_reopened THEN resolved END AS resolved,
    CASE WHEN is_reopened THEN reopened END AS reopened,
    CASE WHEN is_reopened AND status = 'Resolved' THEN again END AS again,
    CASE WHEN status IN ('Rejected', 'Withdrawn') THEN closed END AS closed,
    COALESCE(date_due, due.day) AS due, acknowledge.day AS acknowledge_by, date_acknowledged AS acknowledged,
    date_outcome_communicated AS told, date_escalated AS escalated, date_appealed AS appealed,
    channel, COALESCE(type, 'not_stated') AS type, COALESCE(topic, 'not_stated') AS topic,
    COALESCE(location, 'not_stated') AS location, COALESCE(complainant_sex, 'not_stated') AS sex,
    COALESCE(vulnerable_group, 'not_stated') AS vulnerable_group,
    severity IN ('high', 'critical') AS is_grave, COALESCE(is_anonymous = 'Yes', false) AS is_anonymous,
    COALESCE(is_benefit_related = 'Yes', false) AS is_benefit, referred_to IS NOT NULL AS is_referred,
    complainant_contact IS NOT NULL OR channel IN $answering AS is_contactable,
    3 + (channel IS NOT NULL)::INT AS filled
FROM counted JOIN calendar ON calendar.day = date_received
-- A receipt on a day off counts as on the next working day.
LEFT JOIN calendar due ON due.is_working AND due.number = calendar.number + (NOT calendar.is_working)::INT
    + CASE type WHEN 'Question' THEN 10 WHEN 'Request' THEN 15 WHEN 'Complaint' THEN 30 ELSE 20 END
LEFT JOIN calendar acknowledge ON acknowledge.is_working
    AND acknowledge.number = calendar.number + (NOT calendar.is_working)::INT + 5
"""
_STATUS = """
CREATE OR REPLACE MACRO status_at(status, is_admissible, is_ended_undated, resolved, reopened, again, closed, day) AS
    CASE WHEN status IN ('Unrelated', 'Duplicate') THEN
            CASE WHEN status = 'Unrelated' AND is_admissible THEN 'Not stated' ELSE status END
        WHEN is_ended_undated OR COALESCE(closed <= day, false) THEN status
        WHEN COALESCE(resolved <= day, false)
            AND NOT (COALESCE(reopened <= day, false) AND NOT COALESCE(again <= day, false)) THEN 'Resolved'
        ELSE 'In progress' END
"""
_AT = "status_at(status, is_admissible, is_ended_undated, resolved, reopened, again, closed, {day})"
_OPEN = f"(is_admissible AND received <= {{day}} AND {_AT} IN ('In progress', 'Not stated'))"
_FACTS = f"""
CREATE OR REPLACE TABLE facts AS
SELECT *, received BETWEEN $first AND $last AS is_received, is_received AND is_admissible AS is_eligible,
    {_AT.format(day="$last")} AS now, {_OPEN.format(day="$first - 1")} AS is_open_before,
    {_OPEN.format(day="$last")} AS is_open_after, strftime(received, '%Y-%m') AS month,
    is_admissible AND COALESCE(resolved BETWEEN $first AND $last, false) AS is_timed,
    is_admissible AND COALESCE(again BETWEEN $first AND $last, false) AS is_again,
    is_eligible AND now = 'Resolved' AS is_resolved, is_eligible AND is_grave AS is_severe,
    is_resolved AND COALESCE(resolved <= due, false) AS is_on_time,
    is_resolved OR (is_eligible AND now IN ('In progress', 'Not stated') AND due < $last) AS is_judged,
    is_eligible AND is_contactable AS is_asked
FROM cases WHERE received <= $last
"""
COUNTS = {
    "received": "is_received",
    "unplaced": "false",
    "unrelated": "is_received AND is_unrelated",
    "duplicate": "is_received AND NOT is_admissible AND NOT is_unrelated",
    "eligible": "is_eligible",
    "in_progress": "is_eligible AND now = 'In progress'",
    "resolved": "is_resolved",
    "rejected": "is_eligible AND now = 'Rejected'",
    "withdrawn": "is_eligible AND now = 'Withdrawn'",
    "status_not_stated": "is_eligible AND now = 'Not stated'",
    "opening_stock": "is_open_before",
    "entered_unplaced": "false",
    "reopenings": "is_admissible AND reopened BETWEEN $first AND $last",
    "closed_otherwise": "is_admissible AND closed BETWEEN $first AND $last",
    "ended_undated": "is_received AND is_admissible AND is_ended_undated",
    "closing_stock": "is_open_after",
    "pending_age": "is_open_after",
    "severe": "is_severe",
    # Parts of rates alone, each with a name that no indicator has.
    "#timed": "is_timed",
    "#again": "is_again",
    "#same_day": "is_timed AND resolved = received",
    "#acknowledged": "is_asked AND acknowledged <= $last AND acknowledged <= acknowledge_by",
    "#to_acknowledge": "is_asked AND (acknowledged <= $last OR acknowledge_by < $last)",
    "#on_time": "is_on_time",
    "#judged": "is_judged",
    "#overdue": "is_open_after AND due < $last",
    "#escalated": "is_admissible AND escalated BETWEEN $first AND $last",
    "#appealed": "is_admissible AND appealed BETWEEN $first AND $last",
    "#told": "is_resolved AND is_contactable AND told <= $last",
    "#to_tell": "is_resolved AND is_contactable",
    "#referred": "is_received AND is_unrelated AND is_referred",
    "#anonymous": "is_received AND is_anonymous",
    "#severe_on_time": "is_severe AND is_on_time",
    "#severe_judged": "is_severe AND is_judged",
    "#benefit": "is_admissible AND is_benefit",
    "#addressed": "is_admissible AND is_benefit AND now = 'Resolved'",
}
RATES = {
    "resolution_rate_all": ("resolved", "received"),
    "same_day": ("#same_day", "#timed"),
    "acknowledged_on_time": ("#acknowledged", "#to_acknowledge"),
    "within_service_standard": ("#on_time", "#judged"),
    "overdue": ("#overdue", "closing_stock"),
    "escalated": ("#escalated", "eligible"),
    "outcome_communicated": ("#told", "#to_tell"),
    "unrelated_referred": ("#referred", "unrelated"),
    "anonymous": ("#anonymous", "received"),
    "severe_within_service_standard": ("#severe_on_time", "#severe_judged"),
    "benefit_grievances_addressed": ("#addressed", "#benefit"),
}
_BY_STATUS = ("in_progress", "resolved", "rejected", "withdrawn", "status_not_stated")
DIMENSIONS = {
    "channel": ("channel", ("received", "unrelated", "duplicate", "eligible", *_BY_STATUS)),
    "type": ("type", ("received", "unrelated", "duplicate", "eligible", *_BY_STATUS)),
    "status": ("now", ("received", "eligible")),
    "month": ("month", ("received", "unrelated", "duplicate", "eligible")),
    "topic": ("topic", ("received", "eligible")),
    "location": ("location", ("received", "eligible")),
    "sex": ("sex", ("received", "eligible")),
    "vulnerable_group": ("vulnerable_group", ("received", "eligible")),
}
_DAYS = {
    "resolution_calendar_days": "SELECT resolved - received AS days FROM facts WHERE is_timed",
    "resolution_working_days": """
        SELECT CASE WHEN r.is_working THEN e.number - r.number ELSE greatest(0, e.number - r.number - 1) END AS days
        FROM facts JOIN calendar r ON r.day = received JOIN calendar e ON e.day = resolved WHERE is_timed""",
    "pending_age": "SELECT $last::DATE - received AS days FROM facts WHERE is_open_after",
}


@dataclass(frozen=True)
class Sql:
    """An open database with the cases of a register."""

    base: duckdb.DuckDBPyConnection
    settings: Settings

    @classmethod
    def reading(cls, base: duckdb.DuckDBPyConnection, files: str, settings: Settings) -> Sql:
        """Read the files, a pattern."""
        base.register("days", _working_calendar(settings.grm_start.year, settings.complete_through.year + 1))
        base.execute("CREATE TABLE calendar AS SELECT * FROM days")
        base.execute(_STATUS)
        answering = [one.label for one in settings.channels.values() if one.answers_by_itself]
        base.execute(_CASES, {"files": files, "answering": answering})
        return cls(base, settings)

    def figures(self, first: date, last: date) -> dict[Key, Figure]:
        """Count every figure of a window, as of its last day; members that nobody is of may be absent."""
        window = {"first": first, "last": last}
        self.base.execute(_FACTS, window)
        found = {(name, "", ""): figure for name, figure in self._headlines(window)}
        for dimension, (column, names) in DIMENSIONS.items():
            for member, counts in self._counted(window, column):
                found |= {
                    (name, dimension, self._code(dimension, member)): (counts[name], None, None) for name in names
                }
        return found | dict(self._durations(window)) | dict(self._per_1000(found))

    def _counted(self, window: Mapping[str, date], column: str) -> Iterator[tuple[str, dict[str, int]]]:
        sums = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in COUNTS.values())
        asked = f"SELECT {column}, {sums} FROM facts GROUP BY 1"
        # A parameter that a condition does not have is refused.
        for member, *counts in self.base.execute(asked, window).fetchall():
            yield str(member), dict(zip(COUNTS, counts, strict=True))

    def _headlines(self, window: Mapping[str, date]) -> Iterator[tuple[str, Figure]]:
        [(_, counts)] = self._counted(window, "''")
        counts["resolutions"] = counts["#timed"] + counts["#again"]
        for name, count in counts.items():
            if not name.startswith("#"):
                yield name, (count, None, None)
        rates = {name: (counts[one], counts[other]) for name, (one, other) in RATES.items()}
        rates["resolution_rate"] = (counts["resolved"], counts["eligible"] - counts["withdrawn"])
        rates["clearance_ratio"] = (counts["resolutions"], counts["eligible"])
        rates["appealed"] = (counts["#appealed"], counts["resolutions"])
        filled = self.base.execute("SELECT sum(filled) FROM facts WHERE is_received").fetchone()
        rates["register_completeness"] = (int((filled or (0,))[0] or 0), 4 * counts["received"])
        for name, (numerator, denominator) in rates.items():
            yield name, (100 * numerator / denominator if denominator else None, numerator, denominator)

    def _durations(self, window: Mapping[str, date]) -> Iterator[tuple[Key, Figure]]:
        for name, asked in _DAYS.items():
            given = {"last": window["last"]} if "$last" in asked else {}
            if name != "pending_age":
                statistics = "count(*), avg(days), median(days), quantile_cont(days, 0.9), max(days)"
                told = self.base.execute(f"SELECT {statistics} FROM ({asked})", given).fetchone() or ()
                for statistic, value in zip(("n", "mean", "median", "p90", "max"), told, strict=True):
                    yield (f"{name}_{statistic}", "", ""), (value, None, None)
            days = self.base.execute(f"SELECT days, count(*) FROM ({asked}) GROUP BY 1", given).fetchall()
            if name == "resolution_working_days":
                yield from _classes(f"{name}_n", "working_days", days, WORKING_DAY_ENDS)
            elif name == "pending_age":
                yield from _classes(name, "age", days, self.settings.pending_age_days)

    def _per_1000(self, found: Mapping[Key, Figure]) -> Iterator[tuple[Key, Figure]]:
        given = self.settings.beneficiaries
        assert given is not None
        numbers = {("", ""): given.total}
        numbers |= {(part, one): number for part, of in given.by_dimension().items() for one, number in of.items()}
        for (dimension, member), number in numbers.items():
            count = found.get(("received", dimension, member), (0, None, None))[0] or 0
            yield ("received_per_1000_beneficiaries", dimension, member), (1000 * count / number, count, number)

    def _code(self, dimension: str, label: str) -> str:
        settings = self.settings
        terms = {"channel": settings.channels, "type": settings.types, "status": settings.statuses}.get(dimension, {})
        codes = {term.label: str(code) for code, term in terms.items()}
        return codes.get(label, "not_stated" if label == "Not stated" else label)


def _classes(
    name: str, dimension: str, days: Sequence[tuple[int, int]], ends: Sequence[int]
) -> Iterator[tuple[Key, Figure]]:
    members = class_members(ends)
    counts = dict.fromkeys(members, 0)
    for day, count in days:
        counts[members[bisect_left(ends, day)]] += count
    for member, count in counts.items():
        yield (name, dimension, member), (count, None, None)


def _working_calendar(first: int, last: int) -> pd.DataFrame:
    """Number the working days of Kenya, with the two days that project.yml of the demonstration adds."""
    off = holidays.country_holidays("KE", years=range(first, last + 1))
    days = [date(first, 1, 1) + timedelta(days=n) for n in range((date(last, 12, 31) - date(first, 1, 1)).days + 1)]
    is_working = [
        day == date(2024, 6, 22) or (day.weekday() < 5 and day not in off and day != date(2023, 11, 13)) for day in days
    ]
    return pd.DataFrame({"day": days, "is_working": is_working, "number": np.cumsum(is_working)})
