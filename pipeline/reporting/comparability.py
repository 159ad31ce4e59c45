"""What of several periods can be compared and what cannot: their windows, the rules in force, the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.indicators.comparing import gaps, overlaps
from pipeline.indicators.definitions import definitions
from pipeline.indicators.published import changed_rules, published, rules_in_force
from pipeline.period import Scopes
from pipeline.project import Change, Project
from pipeline.reporting.changes import days_in, kinds_of_change, named_changes, on_standards
from pipeline.reporting.labels import rule_names
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

_EQUALLY_LONG = 1.1
"""Up to this ratio of days windows count as equally long: half-years and quarters of the calendar differ by less."""


@dataclass(frozen=True)
class Comparability:
    """Says what of the periods can be compared."""

    project: Project
    words: Words
    periods: Sequence[Scopes]
    numbers: Sequence[Numbers]

    def _name(self, scopes: Scopes) -> str:
        return self.words.period(scopes.period)

    # -- windows ------------------------------------------------------------------------------------------------------

    def windows_table(self) -> Table:
        """List the window of each period, its days and what cuts it short."""
        text, words = self.words.text, self.words
        rows = [
            [
                self._name(scopes),
                words.span(scopes.current.start, scopes.current.counted_to),
                words.number(days_in(scopes.current)),
                words.day(scopes.current.as_of),
                "; ".join(self._cuts(scopes)) or text("whole"),
            ]
            for scopes in self.periods
        ]
        headers = [text("Period"), text("Days counted"), text("Number"), text("Figures as of"), text("Window")]
        return simple(text("Windows of the periods"), headers, rows, numeric=[2], kind="compared")

    def _cuts(self, scopes: Scopes) -> list[str]:
        text, current = self.words.text, scopes.current
        cuts = []
        if current.start > scopes.period.start:
            cuts.append(text("cut: the mechanism began on %(day)s", day=current.start))
        if current.is_provisional:
            cuts.append(text("provisional: counted up to %(day)s", day=current.counted_to))
        return cuts

    def on_windows(self) -> list[str]:
        """Say what the windows mean for a comparison."""
        text, words = self.words.text, self.words
        kinds = {"half": text("half-year"), "quarter": text("quarter"), "year": text("year")}
        kinds |= {"month": text("month"), "range": text("range of days")}
        found = list(dict.fromkeys(kinds[scopes.period.kind] for scopes in self.periods))
        days = [days_in(scopes.current) for scopes in self.periods]
        said = []
        if len(found) > 1:
            said.append(text("The periods are of different kinds: %(kinds)s.", kinds=words.listed(found)))
        if max(days) <= _EQUALLY_LONG * min(days):
            said.append(text("The windows are about equally long, so that counts can be compared."))
        else:
            said.append(
                text(
                    "The windows are from %(least)s to %(most)s days long: compare shares and days to resolve, not "
                    "counts.",
                    least=min(days),
                    most=max(days),
                )
            )
        for scopes in self.periods:
            if scopes.current.is_provisional:
                said.append(
                    text(
                        "The grievances of %(period)s had less time to be resolved than those of a whole period.",
                        period=self._name(scopes),
                    )
                )
        said += [
            text(
                "%(one)s and %(other)s share days. The rule of change is for separate periods, so that no change of a "
                "rate is told between them.",
                one=self._name(one),
                other=self._name(other),
            )
            for one, other in overlaps(self.periods)
        ]
        said += [text("No period holds %(days)s.", days=words.span(first, last)) for first, last in gaps(self.periods)]
        return said

    # -- rules --------------------------------------------------------------------------------------------------------

    def on_published(self, collected: Iterable[str]) -> list[str]:
        """Say which of the periods were published, and by which rules they are counted otherwise here.

        `collected` are the register's columns, which are among the rules.
        """
        text, words, now = self.words.text, self.words, rules_in_force(self.project, collected)
        names, said = rule_names(words), []
        for scopes in self.periods:
            record = published(self.project, scopes.label)
            if record is None:
                continue
            changed = [names[name] for name in changed_rules(record.rules, now)]
            said.append(
                text(
                    "%(period)s was published by other rules and is counted by today's here. Changed since: %(rules)s.",
                    period=self._name(scopes),
                    rules=words.listed(changed),
                )
                if changed
                else text(
                    "%(period)s was published by the rules that hold today. What its figures were then, and why they "
                    "differ where they do, stands in the section 'Restated figures' of its report.",
                    period=self._name(scopes),
                )
            )
        return said

    def changed_table(self) -> Table | None:
        """List what the project says has changed, with the periods before and after it; None where it says nothing."""
        text, words = self.words.text, self.words
        known = named_changes(self.project)
        if not known:
            return None
        kinds = kinds_of_change(words)
        rows = [
            [words.day(change.date), kinds[change.what], change.text.rstrip("."), *self._sides_of(change)]
            for change in known
        ]
        headers = [text("Date"), text("What"), text("Change"), text("Periods before"), text("Periods from then on")]
        return simple(
            text("Changes that the project has named"), headers, rows, kind="compared", widths=(14, 14, 36, 18, 18)
        )

    def _sides_of(self, change: Change) -> tuple[str, str]:
        before = [self._name(one) for one in self.periods if one.current.counted_to < change.date]
        after = [self._name(one) for one in self.periods if one.current.start >= change.date]
        within = [self._name(one) for one in self.periods if one.current.start < change.date <= one.current.counted_to]
        text = self.words.text
        before += [text("%(period)s, its first part", period=name) for name in within]
        after = [text("%(period)s, its last part", period=name) for name in within] + after
        return "; ".join(before) or text("none"), "; ".join(after) or text("none")

    def on_rules(self) -> list[str]:
        """Say by which rules all periods are counted, and what a change of standards means."""
        text, settings = self.words.text, self.project.settings
        said = [
            text(
                "Every period is counted anew from the register as it is now and by the definitions, the calendar and "
                "the vocabulary in force now; a report published earlier may say otherwise."
            )
        ]
        if settings.service_standards.resolution or settings.service_standards.acknowledgement:
            said.append(
                text(
                    "Service standards are today's for every period, also for one in which another standard was in "
                    "force; a due date that the register itself gives counts before the standard."
                )
            )
        said += on_standards(self.words, self.project, [one.current for one in self.periods])
        if not settings.changes:
            said.append(
                text("The project has named no change of definitions, calendar, standards, vocabulary or procedure.")
            )
        return said

    # -- data ---------------------------------------------------------------------------------------------------------

    def data_table(self, completeness: pd.DataFrame) -> Table:
        """Count what has no date of receipt or could not be placed, period by period."""
        text, number = self.words.text, self.words.number
        rows = [
            [
                self._name(scopes),
                number(row.received),
                number(row.undated),
                number(row.unplaced),
                numbers.display("register_completeness"),
            ]
            for scopes, row, numbers in zip(
                self.periods, completeness.itertuples(index=False), self.numbers, strict=True
            )
        ]
        headers = [
            text("Period"),
            text("Received"),
            text("of these without a date"),
            text("Could not be placed in it"),
            text("Required cells filled"),
        ]
        return simple(text("Data of the periods"), headers, rows, numeric=[1, 2, 3, 4], kind="compared")

    def on_data(self) -> list[str]:
        """Say which figures were not collected in a period, or cannot be told as of its day."""
        text, said = self.words.text, []
        for scopes, numbers in zip(self.periods, self.numbers, strict=True):
            lacking = self._titles(numbers, "not_collected_in_period")
            if lacking:
                said.append(
                    text(
                        "Not collected in %(period)s, since up to its end the register holds nothing on it, and not "
                        "compared: %(what)s. The report on that period counts the blanks as the definitions say, so "
                        "it may show 0 where nothing is shown here.",
                        period=self._name(scopes),
                        what="; ".join(lacking),
                    )
                )
        untold = [self._name(s) for s, n in zip(self.periods, self.numbers, strict=True) if self._is_untold(n)]
        if untold:
            said.append(
                text(
                    "Answers on satisfaction carry no date, so that they are given only as of the day through which "
                    "the register is complete and not for %(periods)s.",
                    periods=self.words.listed(untold),
                )
            )
        return said

    def _titles(self, numbers: Numbers, state: str) -> list[str]:
        table = numbers.table
        names = table.loc[(table["state"] == state) & (table["scope"] == "period"), "indicator"]
        return [self.words.text(definitions()[name].title) for name in dict.fromkeys(names) if name in definitions()]

    def _is_untold(self, numbers: Numbers) -> bool:
        return str(numbers.row("satisfied")["state"]) == "not_available"
