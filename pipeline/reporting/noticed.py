"""What was noticed in the register, counted over the grievances that a report holds, and what it means for its figures.

A note counts the grievances that the tables beside it count: those received in the period, and those received since the
start up to its last counted day. So sentence and table agree, and a report that is made again says the same whatever
the register has received since. Errors keep a report from being released wherever they stand: they are counted over the
whole register, and so is what belongs to no grievance or was received before the mechanism began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.indicators.facts import is_received
from pipeline.period import Scopes
from pipeline.project import NOT_STATED
from pipeline.register.findings import SEVERITIES, rules
from pipeline.register.placement import UNPRINTED
from pipeline.register.reading import PLACE
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import Words, sentences

NEEDED = (*PLACE, "date_received_earliest", "date_received_latest")
"""The columns of the cases that say where each grievance stands and when it was received."""
_OF_THE_WHOLE = ("error", "explained")
_BEFORE_THE_START = "received_before_start"


@dataclass(frozen=True)
class Count:
    """The grievances that a rule is about: of the period, and since the start; or its findings in the whole register.

    `whole` is None where the grievances are counted.
    """

    period: int
    since_start: int
    whole: int | None = None


def counts(findings: pd.DataFrame, cases: pd.DataFrame, scopes: Scopes) -> dict[tuple[str, str], Count]:
    """Count the findings by severity and rule; one that is about no grievance of the report is left out.

    `cases` has the columns of `NEEDED`.
    """
    names = dict(zip(PLACE, ("source_file", "source_sheet", "row"), strict=True))
    received = {name: is_received(cases, window) for name, window in scopes.windows().items() if name != "previous"}
    placed = cases[list(PLACE)].rename(columns=names).assign(**received, is_case=True)
    found = findings[["severity", "rule", *names.values()]].merge(placed, how="left", on=list(names.values()))
    is_case = found["is_case"].notna()
    found["of_whole"] = found["severity"].isin(_OF_THE_WHOLE) | (found["rule"] == _BEFORE_THE_START) | ~is_case
    rest = found[~found["of_whole"]].drop_duplicates(["severity", "rule", *names.values()])
    keys = ["severity", "rule"]
    told = {
        key: Count(int(rows["period"].sum()), int(rows["cumulative"].sum()))
        for key, rows in rest.groupby(keys, sort=False)
        if rows["cumulative"].any() or rows["period"].any()
    }
    whole = found[found["of_whole"]].groupby(keys, sort=False).size()
    return {**told, **{key: Count(0, 0, int(n)) for key, n in whole.items()}}


@dataclass(frozen=True)
class Noticed:
    """Tells what was noticed, rule by rule."""

    counted: Mapping[tuple[str, str], Count]
    numbers: Numbers
    words: Words
    counts_proposals: bool

    def notes(self) -> list[tuple[str, str, str]]:
        """Return severity, title and meaning of each note.

        In the order of the rules, which does not change with the kind of file that the register is.
        """
        return [
            (severity, self.words.text(rule.title), sentences([self._concerned(found), *self._meaning(name)]))
            for severity in SEVERITIES
            for name, rule in rules().items()
            if (found := self.counted.get((severity, name)))
        ]

    def _concerned(self, found: Count) -> str:
        if found.whole is not None:
            return self.words.text("Places concerned in the whole register: %(n)s.", n=found.whole)
        return self.words.text(
            "Grievances concerned: %(n)s of the period, %(total)s since the start.",
            n=found.period,
            total=found.since_start,
        )

    def _meaning(self, rule: str) -> list[str]:
        """Say what a rule means for the figures, where that can be said."""
        text = self.words.text
        if rule == "date_bounded":
            return [
                text(
                    "The blank date of receipt was bounded by the numbers and dates around it. A grievance whose "
                    "bounds lie inside the period is counted in it; the month stays unknown where they span several."
                )
            ]
        if rule == UNPRINTED:
            return [
                text(
                    "The numbers of the grievances that are counted leave some out, for instance one that was never "
                    "given; the rows of the annex are counted instead."
                )
            ]
        if rule == "channel_inferred":
            return [text("The split by channel rests on what was inferred.")]
        if rule == "type_missing":
            return [self._type_missing()]
        return []

    def _type_missing(self) -> str:
        shown = {
            "n": self.numbers.linked("received", "period", "type", NOT_STATED),
            "total": self.numbers.linked("received", "cumulative", "type", NOT_STATED),
        }
        if self.counts_proposals:
            return self.words.text(
                "What a text speaks for is counted as provisional; counted as 'not stated' are %(n)s of the period and "
                "%(total)s since the start.",
                **shown,
            )
        return self.words.text(
            "Counted as 'not stated' are %(n)s of the period and %(total)s since the start.", **shown
        )
