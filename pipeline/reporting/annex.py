"""The annex: which cases it lists, without anything that may not be published, and how the report shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.classification.labels import PROVISIONAL
from pipeline.indicators.facts import resolved_as_of
from pipeline.indicators.tallies import in_annex
from pipeline.period import Window
from pipeline.project import Project
from pipeline.reporting.labels import labels
from pipeline.reporting.provisional import MARK
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

ANNEX_COLUMNS = (
    "no",
    "registration_no",
    "date_received",
    "type",
    "channel",
    "summary",
    "action_taken",
    "status",
    "date_resolved",
    "resolution_working_days",
    "time_to_resolve",
    "remark",
)
"""The columns of public/cases.csv, in order."""
_OF_CASES = (
    "registration_no",
    "date_received",
    "date_received_latest",
    "date_resolved_counted",
    "type_basis",
    *(f"{text}_{what}" for text in ("summary", "action_taken") for what in ("public", "basis")),
)
_OF_FACTS = ("type", "channel", "status", "resolution_working_days")
"""What the annex takes of the cases and of their facts; whole rows of a large register would be copied for nothing."""
_LONGEST_TEXT = 5000
"""Letters of a text that the annex prints; a cell of hundreds of thousands would stop the renderer."""


def annex(labelled: pd.DataFrame, facts: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Pick the admissible grievances received or resolved in the period, in the order of their receipt.

    `labelled` may be all cases or those of `in_annex` alone; `facts` are those of all. Texts are those that may be
    published, each with what it is (`…_basis`); a resolution after the as-of day has not happened. `no` counts from 1;
    the index is that of the cases. `listed_for` is that of `_listed_for`.
    """
    is_listed = in_annex(facts)
    chosen = is_listed.index[is_listed]
    cases = labelled.loc[chosen, list(_OF_CASES)]
    shown = facts.loc[chosen, list(_OF_FACTS)].astype(dict.fromkeys(("type", "channel", "status"), "str"))
    resolved = resolved_as_of(cases, shown, window)
    table = pd.DataFrame(
        {
            "registration_no": cases["registration_no"],
            "date_received": cases["date_received"].dt.normalize(),
            "type": shown["type"],
            "type_basis": cases["type_basis"],
            "channel": shown["channel"],
            "summary": cases["summary_public"],
            "summary_basis": cases["summary_basis"],
            "action_taken": cases["action_taken_public"],
            "action_taken_basis": cases["action_taken_basis"],
            "status": shown["status"],
            "date_resolved": resolved,
            "resolution_working_days": shown["resolution_working_days"].where(resolved.notna()),
            "_order": cases["date_received_latest"],
        }
    )
    table["listed_for"] = _listed_for(table, window)
    table = table.sort_values("_order", kind="stable").drop(columns="_order")
    table.insert(0, "no", range(1, len(table) + 1))
    return table


def _listed_for(table: pd.DataFrame, window: Window) -> pd.Series:
    """Say of rows that look as if they were of another period what was in this one: 'again', 'reopened' or nothing.

    It is worked out from what the row shows and the rule by which rows are listed, so that it gives nothing away: what
    was received and resolved before the period is listed only if it was resolved in it for a second time, and what was
    received before it and is not resolved only if it was resolved in it and reopened. Which of the others were reopened
    is not told.
    """
    start = pd.Timestamp(window.start)
    is_former, resolved = table["date_received"] < start, table["date_resolved"]
    listed_for = pd.Series("", index=table.index, dtype="str")
    return listed_for.mask(is_former & (resolved < start), "again").mask(is_former & resolved.isna(), "reopened")


def annex_table(annex: pd.DataFrame, project: Project, words: Words, *, with_number: bool = False) -> Table:
    """Make the report's table of the cases given, with their registration numbers or with running numbers alone."""
    text = words.text
    headers = [text("No."), text("Date received")]
    if with_number:
        headers.append(text("Registered no."))
    headers += [text("Type"), text("Summary of the issue"), text("Action taken"), text("Status and time to resolve")]
    statuses, types = labels(project, words, "status"), labels(project, words, "type")
    types = {code: label.removesuffix(MARK) for code, label in types.items()}
    rows = []
    for row in annex.to_dict("records"):
        received = row["date_received"]
        rows.append(
            [
                words.number(row["no"]),
                text("not stated") if pd.isna(received) else words.day(received.date()),
                *([_blank(row["registration_no"])] if with_number else []),
                types[row["type"]] + (MARK if row["type_basis"] in PROVISIONAL else ""),
                _text(row, "summary", words, _shortened),
                _text(row, "action_taken", words, _shortened),
                _outcome(row, statuses[row["status"]], words),
            ]
        )
    widths = (4, 10, 9, 11, 24, 24, 18) if with_number else (4, 11, 11, 28, 28, 18)
    caption, ids = text("Grievances received or resolved in the period"), [case_id(no) for no in annex["no"]]
    return simple(caption, headers, rows, kind="annex", widths=widths, labelled=True, ids=ids)


def case_id(no: int) -> str:
    """Return the id of a row of the annex, for links to it."""
    return f"case-{no}"


def public_cases(annex: pd.DataFrame, project: Project, words: Words, *, with_number: bool = False) -> pd.DataFrame:
    """Return the annex as public/cases.csv holds it: whole, with codes, days as 2024-06-30, unknowns blank.

    Where the project counts proposals a last column, `type_basis`, says who gave each type.
    """
    texts = {name: _published(annex, name, words) for name in ("summary", "action_taken")}
    remarks = annex["listed_for"].map(_remarks(words))
    annex = annex.assign(**texts, time_to_resolve=_times_to_resolve(annex, words), remark=remarks)
    annex = annex.assign(**{name: annex[name].dt.strftime("%Y-%m-%d") for name in ("date_received", "date_resolved")})
    if not with_number:
        annex = annex.assign(registration_no="")
    more = ["type_basis"] if project.settings.classification.count_proposals else []
    return annex[[*ANNEX_COLUMNS, *more]]


def time_to_resolve(row: dict[str, Any], words: Words) -> str:
    """Say in words how long it took, as the published reports do."""
    days = row["resolution_working_days"]
    if pd.isna(row["date_resolved"]) or pd.isna(days):
        return ""
    if row["date_received"].normalize() == row["date_resolved"]:
        return words.text("Within the same day")
    return _in_working_days(int(days), words)


def _in_working_days(days: int, words: Words) -> str:
    if days == 0:
        return words.text("Before the next working day ended")
    return words.plural("In %(n)s working day", "In %(n)s working days", days)


def _times_to_resolve(annex: pd.DataFrame, words: Words) -> pd.Series:
    """Say of each row what `time_to_resolve` says, each number of days put into words once."""
    days = annex["resolution_working_days"].where(annex["date_resolved"].notna())
    told = {number: _in_working_days(int(number), words) for number in days.dropna().unique()}
    is_same_day = days.notna() & (annex["date_received"].dt.normalize() == annex["date_resolved"])
    return days.map(told).astype("str").fillna("").mask(is_same_day, words.text("Within the same day"))


def _outcome(row: dict[str, Any], status: str, words: Words) -> str | Markup:
    remark = _remarks(words)[row["listed_for"]]
    if pd.isna(row["date_resolved"]):
        lines = [status, remark]
    else:
        resolved = words.text("Date resolved: %(day)s", day=row["date_resolved"].date())
        lines = [status, resolved, time_to_resolve(row, words), remark]
    return Markup("<br>").join(line for line in lines if line)


def _remarks(words: Words) -> dict[str, str]:
    """Put what a row is listed for into words; most need none."""
    return {
        "": "",
        "again": words.text("Resolved again in the period, after it was reopened"),
        "reopened": words.text("Resolved in the period and reopened since"),
    }


def _published(annex: pd.DataFrame, name: str, words: Words) -> pd.Series:
    """Return a column of texts as they are published; see `_text`."""
    texts, basis = annex[name].astype("str").fillna(""), annex[f"{name}_basis"]
    texts = texts.mask(basis == "withheld", _withheld(words))
    of_the_unit = texts[basis == "unit"].map(lambda text: _by_the_unit(text, words))
    return texts.mask(basis == "unit", of_the_unit.reindex(texts.index))


def _text(row: dict[str, Any], name: str, words: Words, cut: Callable[[str, Words], str]) -> str:
    """Return a text as it is published: itself, that it is withheld, or the unit's own wording, which says so."""
    if row[f"{name}_basis"] == "withheld":
        return _withheld(words)
    text = cut(_blank(row[name]), words)
    return _by_the_unit(text, words) if row[f"{name}_basis"] == "unit" else text


def _withheld(words: Words) -> str:
    return words.text("This text is withheld, so that nobody can be recognised by it.")


def _by_the_unit(text: str, words: Words) -> str:
    return words.text("%(text)s (summary written by the unit)", text=text)


def _shortened(text: str, words: Words) -> str:
    """Cut a text that no page can hold, and say where the whole stands."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return text[:_LONGEST_TEXT] + words.text("… (cut here; the file cases.csv holds all of it)")


def _blank(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
