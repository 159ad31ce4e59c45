"""columns.yml says what may leave: a column that it does not know never does, one that identifies stays in one file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from making import Maker
from walking import walk

from pipeline.register.columns import dictionary, names
from pipeline.stage import RESTRICTED

UNKNOWN = {"Herd size": "Zxunknownone", "Bank account": "Zxunknowntwo"}
INSIDE = {name: f"Zxinside{place}" for place, name in enumerate(("note", "referred_to", "escalated_to"))}
IDENTIFYING = {
    "complainant": "Zxcomplainant Bold",
    "complainant_contact": "zxcontact@example.org",
    "responsible": "Zxofficer",
}
FURTHER = {"Name": "Zxsecond Tsend", "Email": "zxother@example.org", "Focal point": "Zxfocal"}


def test_the_dictionary_says_of_each_column_whether_it_may_be_public() -> None:
    assert {column.public for column in dictionary().values()} <= {"never", "redacted", "yes"}
    assert (
        set(IDENTIFYING) == set(names(identifies=True)) == {n for n in IDENTIFYING if dictionary()[n].public == "never"}
    )


def test_what_is_not_known_is_never_public_and_who_is_named_stays_in_one_file(make: Maker, tmp_path: Path) -> None:
    base = {"date_received": "2024-04-08", "channel": "email", "status": "Resolving", "type": "Complaint"}
    text = {
        "summary": "Zxcomplainant Bold asks about the road.",
        "action_taken": "Zxofficer and zxfocal wrote to zxcontact@example.org and zxsecond",
    }
    rows = [
        {**base, **text, **UNKNOWN, **INSIDE, **IDENTIFYING, **FURTHER, "registration_no": f"{n}/2024"}
        for n in range(1, 13)
    ]
    make.project(rows)
    done = walk(tmp_path / "set", "smart-government-ii", "2024-04")

    public = {**done.files("public"), **{name: text.encode() for name, text in done.of("04_report").items()}}
    for name, content in public.items():
        for value in (*UNKNOWN.values(), *INSIDE.values()):
            assert value.encode() not in content, f"{name} holds the cell of a column that may not be public"

    told = {**public, **done.files("internal"), **{name: text.encode() for name, text in done.shown.items()}}
    for name, content in told.items():
        for word in ("zxcomplainant", "zxcontact", "zxofficer", "zxsecond", "zxother", "zxfocal"):
            assert word.encode() not in content.lower(), f"{name} names somebody"

    internal = done.folder / "internal"
    tables = {path.name: pd.read_parquet(path) for path in internal.glob("*.parquet")}
    holders = {name for name, table in tables.items() if set(IDENTIFYING) & set(table.columns)}
    assert holders == {"identities.parquet"}
    further = {f"further {column}: {heading}" for column, heading in zip(IDENTIFYING, FURTHER, strict=True)}
    assert {name for name, table in tables.items() if further & set(table.columns)} == {"identities.parquet"}
    assert further <= set(tables["identities.parquet"].columns)
    assert set(tables) & RESTRICTED >= {"identities.parquet", "cases.parquet", "sensitive.parquet"}
    kept = tables["cases.parquet"]
    assert {f"other: {heading}" for heading in UNKNOWN} <= set(kept.columns), "inside they are carried"
