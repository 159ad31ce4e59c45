"""The sensitive grievances in numbers, as the internal edition alone tells them: no row, no text, no number of one."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.project import Project
from pipeline.reporting.labels import labels
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

SENSITIVE = "sensitive"
SCOPES = ("period", "previous", "cumulative")


def sensitive_table(numbers: Numbers, words: Words, project: Project) -> Table:
    """Count the sensitive grievances received, by their status on the as-of day, and those resolved by working days."""
    text = words.text
    headings = dict(
        zip(SCOPES, (text("This period"), text("Previous period"), text("Total since the start")), strict=True)
    )
    there = [scope for scope in SCOPES if numbers.has(SENSITIVE, scope)]
    rows = [
        [title, *(numbers.display(SENSITIVE, scope, dimension, member) for scope in there)]
        for title, dimension, member in _lines(numbers, words, project)
    ]
    caption = text("Number of sensitive grievances")
    return simple(caption, ["", *(headings[scope] for scope in there)], rows, kind="numbers")


def _lines(numbers: Numbers, words: Words, project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield title, dimension and member of each line; those of statuses and days that none has are left out."""
    text, statuses = words.text, labels(project, words, "status")
    yield text("Sensitive grievances"), "", ""
    for dimension, title in (("status", text("Status")), ("working_days", text("Working days to resolve"))):
        for member in _members(numbers, dimension):
            named = statuses.get(member, member) if dimension == "status" else member.replace("-", "–")
            yield f"{title}: {named}", dimension, member


def _members(numbers: Numbers, dimension: str) -> list[str]:
    table = numbers.table
    rows = table[(table["indicator"] == SENSITIVE) & (table["dimension"] == dimension)]
    there = set(rows.loc[rows["value"] > 0, "member"])
    return [member for member in dict.fromkeys(rows["member"]) if member in there]
