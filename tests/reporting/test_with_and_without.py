"""What may be seen of a register with a sensitive grievance is what may be seen of the same register without it.

Without it means: its row is gone, or blank, and so is what the project's other files say of it. Where the row is gone
the rows below move up, which the internal files tell and the public ones do not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from making import Maker
from walking import Walked, walk

PERIOD = "2024-04"
Row = Mapping[str, str]


def row(number: str, received: str, sensitive: str = "no", **cells: str) -> dict[str, str]:
    base = {"registration_no": number, "date_received": received, "channel": "email", "status": "Resolving"}
    text = {"summary": f"About the {WORDS[sum(map(ord, number)) % len(WORDS)]} of the road.", "type": "Complaint"}
    return {**base, **text, "is_sensitive": sensitive, **cells}


WORDS = ("width", "price", "noise", "bend", "edge", "lamp", "stone", "bridge", "sign", "gravel", "crossing")
ROWS = [
    row("1/2024", "2024-03-20", status="Resolved", date_resolved="2024-04-03"),
    row("2/2024", "2024-04-02", status="Resolved", date_resolved="2024-04-02"),
    row("3/2024", "2024-04-08", channel="in_person", type="Question"),
    row("4/2024", "2024-04-20", status="Pendng"),
    row("5/2024", "2024-05-04"),
]
NOISE = "The noise of the lorries on the road at night is too much for those who live there, letter"
NAME = "Oyunchimeg Davaajav"
HIDDEN = {
    "is_sensitive": "yes",
    "complainant": NAME,
    "summary": "The foreman harassed her.",
    "action_taken": "Referred",
}


@dataclass(frozen=True)
class Pair:
    """A register, the places of its sensitive rows in it, keys of project.yml, and lines of files about these rows."""

    rows: Sequence[Row]
    hidden: tuple[int, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def put(place: int, hidden: Row, rows: Sequence[Row] = ROWS) -> tuple[list[Row], tuple[int, ...]]:
    return [*rows[:place], hidden, *rows[place:]], (place,)


FREE = {"numbering": "null"}
PUBLISHED = {"publish_registration_no": "true"}
EXPLAINED = "number,rule,reason,who,date\n9/2024,unreadable_date,The page is torn,Naran,2024-07-01\n"
CORRECTED = (
    "- match: {registration_no: 9/2024}\n  column: status\n  from: Done\n  to: Resolving\n  reason: Misspelt\n"
    "  who: Naran\n  date: 2024-07-01\n"
)
NINE = row("9/2024", "2024-04-22", **HIDDEN)
PAIRS = {
    "no declared numbering": Pair(*put(2, NINE), FREE),
    "the last number": Pair(*put(5, row("6/2024", "2024-04-22", **HIDDEN)), PUBLISHED),
    "the first number": Pair(*put(0, row("1/2023", "2024-04-01", **HIDDEN)), PUBLISHED),
    "a number in the middle": Pair(*put(2, row("3/2024", "2024-04-05", **HIDDEN), [*ROWS[:2], *ROWS[3:]]), PUBLISHED),
    "it bounds others that have no date": Pair(
        [
            ROWS[0],
            row("2/2024", "2024-04-12", **HIDDEN),
            row("3/2024", ""),
            row("4/2024", "2024-04-13", **HIDDEN),
            row("5/2024", "2024-05-04"),
        ],
        (1, 3),
    ),
    "its number is another's too": Pair(*put(2, row("3/2024", "2024-04-05", **HIDDEN)), PUBLISHED),
    "it holds errors": Pair(
        *put(3, row("9/2024", "31/31/2024", **{**HIDDEN, "status": "Done", "type": "Quest", "channel": "Smoke"}))
    ),
    "it ended before it was received": Pair(*put(3, row("9/2024", "2024-04-22", date_resolved="2024-01-22", **HIDDEN))),
    "the only one of its channel and month": Pair(*put(1, row("9/2024", "2024-02-05", channel="facebook", **HIDDEN))),
    "its date is one of two that tell the order of day and month": Pair(
        [
            *({**one, "date_received": f"0{n}/04/2024"} for n, one in enumerate(ROWS[1:4], 1)),
            row("8/2024", "24/04/2024"),
            row("9/2024", "25/04/2024", **HIDDEN),
        ],
        (4,),
    ),
    "its text is that of another": Pair(
        [row(f"{n}/2024", "2024-04-09", ["no", "x"][n % 2], summary=f"{NOISE} {n}") for n in range(1, 4)], (0, 2)
    ),
    "doubt": Pair(*put(1, row("9/2024", "2024-04-05", sensitive="perhaps"))),
    "a sign in its text": Pair(*put(1, row("9/2024", "2024-04-05", summary="The foreman asked her for a bribe."))),
    "corrected and explained": Pair(
        *put(1, row("9/2024", "31/31/2024", **{**HIDDEN, "status": "Done"})),
        files={"explanations.csv": EXPLAINED, "corrections.yml": CORRECTED},
    ),
    "none but sensitive ones in the period": Pair(
        [ROWS[0], row("2/2024", "2024-04-08", **HIDDEN), row("3/2024", "2024-04-09", **HIDDEN), ROWS[4]], (1, 2)
    ),
    "all of them": Pair([row("1/2024", "2024-04-08", **HIDDEN), row("2/2024", "2024-04-09", **HIDDEN)], (0, 1)),
}


def write(make: Maker, pair: Pair, how: str) -> None:
    """Write the project: with the sensitive rows, with blank ones in their place, or without them."""
    headings = {name: "" for one in pair.rows for name in one}
    rows = [headings | dict(one) for one in pair.rows]
    for place in pair.hidden:
        rows[place] = rows[place] if how == "with" else dict.fromkeys(headings, "")
    if how == "gone":
        rows = [one for place, one in enumerate(rows) if place not in pair.hidden]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(headings), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    project = make.project(out.getvalue(), pair.settings)
    for name, text in pair.files.items() if how == "with" else ():
        (project.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def walked(make: Maker, tmp_path: Path) -> Callable[[Pair, str], Walked]:
    def run(pair: Pair, how: str) -> Walked:
        write(make, pair, how)
        return walk(tmp_path / how, "smart-government-ii", PERIOD)

    return run


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_nothing_open_tells_of_a_sensitive_grievance(pair: Pair, walked: Callable[[Pair, str], Walked]) -> None:
    there, blank = walked(pair, "with"), walked(pair, "blank")
    sensitive = pd.read_parquet(there.folder / "internal" / "sensitive.parquet")
    assert len(sensitive) == len(pair.hidden)
    assert there.shown == blank.shown
    assert there.files("public") == blank.files("public")
    assert there.files("internal") == blank.files("internal")
    assert set(there.files("public")) >= {"indicators.csv", "cases.csv", "results_framework.csv"}
    assert len(there.of("04_report")) > 10


@pytest.mark.parametrize(
    "name", ["a number in the middle", "it holds errors", "corrected and explained", "its number is another's too"]
)
def test_the_public_edition_does_not_tell_how_many_rows_stand_above(
    name: str, walked: Callable[[Pair, str], Walked]
) -> None:
    there, gone = walked(PAIRS[name], "with"), walked(PAIRS[name], "gone")
    assert there.of("04_report") == gone.of("04_report")
    assert there.files("public") == gone.files("public")
