"""A large register: each text is looked at once, in pieces that change nothing; workbooks hold what one can read."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, Maker
from repeated import repeat_boston

from pipeline import put_away, shared_work
from pipeline.classification import review
from pipeline.commands.checking import check_register
from pipeline.confidentiality.redaction import KnownNames
from pipeline.places import DATA_VARIABLE
from pipeline.project import load_project
from pipeline.register import identities, tables, validation, workbook
from pipeline.register.columns import heading_key
from pipeline.register.demo_project import write_project
from pipeline.register.formats import text as text_format
from pipeline.register.formats.rows import batches
from pipeline.register.formats.sheet import frame
from pipeline.register.identities import redact_texts
from pipeline.register.reading import read_register

SUMMARIES = ["Bold Bat was at the site on 3 May.", "The pump is broken.", None, "Call Tsetseg under 9911 2233."]


def cases(rows: int) -> pd.DataFrame:
    """Return cases with a few texts that come again and again."""
    blank = pd.Series(pd.NA, index=range(rows), dtype="str")
    cells = {name: blank for name in ("topic", "location", "escalated_to", "referred_to", "action_taken")}
    return pd.DataFrame(
        {
            "source_file": "register.csv",
            "source_sheet": "",
            "source_row": range(2, rows + 2),
            "registration_no": [f"{n}/2024" for n in range(rows)],
            **cells,
            "summary": pd.Series([SUMMARIES[n % len(SUMMARIES)] for n in range(rows)], dtype="str"),
        }
    )


def redacted(rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    known = KnownNames.gather(complainants=["Bat Bold"])
    complainants = pd.Series("Bat Bold", index=range(rows), dtype="str")
    return redact_texts(cases(rows), known, complainants=complainants, locale="mn-MN")


def test_a_text_that_comes_again_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    find = identities.find
    monkeypatch.setattr(
        identities, "find", lambda text, *rest, **more: looked_at.append(text) or find(text, *rest, **more)
    )
    table, _ = redacted(400)
    assert sorted(looked_at) == sorted(text for text in SUMMARIES if text)
    assert table["summary_public"].iloc[0] == "[person] was at the site on 3 May."


@pytest.mark.parametrize("rows", [0, 1, 6, 7, 15])
def test_what_is_redacted_does_not_depend_on_how_many_rows_are_taken_at_a_time(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = redacted(rows)
    monkeypatch.setattr(identities, "_ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(identities, "_MOST_REMEMBERED", 2)
    monkeypatch.setattr(put_away, "_ROWS_OF_A_PIECE", 5)
    monkeypatch.setattr(put_away, "LEAST", 3)
    for table, other in zip(redacted(rows), whole, strict=True):
        pd.testing.assert_frame_equal(table, other)


def test_what_is_redacted_does_not_depend_on_who_looks_at_the_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = redacted(40)
    monkeypatch.setattr(identities, "_ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(shared_work, "LEAST", 0)
    for table, other in zip(redacted(40), whole, strict=True):
        pd.testing.assert_frame_equal(table, other)


HEADINGS = {"date received", "status", "№", "#", "утас", "e mail", "2nd", "ß"}
CELLS = st.sampled_from(
    [
        None,
        "Date_received",
        "date - RECEIVED",
        "status",
        "Status.",
        "№",
        "#",
        "##",
        "УТАС",
        "e-mail",
        "2nd",
        "ß",
        "ss",
        "x",
    ]
)


@given(cells=st.lists(st.one_of(CELLS, st.text(min_size=1, max_size=8).map(str.strip).filter(bool)), max_size=12))
def test_the_keys_of_a_column_are_those_of_each_cell(cells: list[str | None]) -> None:
    found = tables._has_key(pd.Series(cells, dtype="str"), HEADINGS)
    alone = [bool(text) and not text[0].isdigit() and heading_key(text) in HEADINGS for text in cells]
    assert found.tolist() == alone


@given(texts=st.lists(st.text(alphabet="aB_9 -.ßЖİǅ\t", max_size=9), max_size=9))
def test_plain_texts_are_the_words_of_each_text(texts: list[str]) -> None:
    plain = validation._plain(pd.Series(texts, dtype="str"), np.arange(len(texts)))
    assert plain.to_pylist() == [" ".join(re.findall(r"\w+", text.casefold())) for text in texts]


@given(text=st.text(alphabet='ab,"\r\n\u2028', max_size=60), at_a_time=st.integers(1, 9))
def test_lines_are_those_of_the_whole_text_however_many_letters_are_taken(text: str, at_a_time: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_format, "_LETTERS_AT_A_TIME", at_a_time)
        assert list(text_format._lines(text)) == list(io.StringIO(text, newline=""))


@given(rows=st.lists(st.lists(st.sampled_from(["", "a", " b ", "\u200bö\u00a0", None]), max_size=4), max_size=12))
def test_a_sheet_does_not_depend_on_how_many_rows_are_taken_at_a_time(rows: list[list[str | None]]) -> None:
    whole = frame(batches(rows))
    pieces = frame(chunk for row in rows for chunk in batches([row]))
    pd.testing.assert_frame_equal(whole, pieces)


# -- workbooks -------------------------------------------------------------------------------------------------------


def sheet_of(data: bytes, name: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [tuple(cell.value for cell in row) for row in book[name]]


def test_the_workbook_of_findings_has_the_gravest_and_says_what_it_leaves_out(
    make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_COPIED_ROWS", 3)
    monkeypatch.setattr(workbook, "MOST_LISTED", 4)
    rows = [
        {"registration_no": str(n), "date_received": "2024-02-31" if n > 6 else "2024-02-01", "status": "odd"}
        for n in range(1, 10)
    ]
    checked = check_register(make.project(rows))
    sheets = workbook.copies(checked.register)
    found = workbook.placed_in_copies(checked.register, checked.findings)
    data = workbook.findings_workbook(sheets, found)
    overview = sheet_of(data, workbook.OVERVIEW)
    listed = [row for row in overview if row[0] == "error" and row[1]]
    assert any(f"Only the first 4 of {len(found)} findings are listed" in str(row[0]) for row in overview)
    assert len([row for row in overview if row[2] or row[3]]) <= 5
    assert listed
    copied = sheet_of(data, "register")
    assert "the 3 with the gravest findings at most" in str(copied[0][0])
    first = found["source_row"].dropna().drop_duplicates().head(3)
    assert sorted(row[0] for row in copied[2:]) == sorted(map(int, first))


def test_the_review_has_the_first_lines_and_says_so(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned = make.clean([{"registration_no": str(n), "summary": f"Question {n}"} for n in range(1, 8)])
    table = review.review_table(cleaned.both, cleaned.project)
    assert len(table) > 5
    monkeypatch.setattr(review, "MOST_LINES", 5)
    lines = sheet_of(review.review_workbook(table, cleaned.project), review.SHEET)
    assert len(lines) == 7
    assert f"the first 5 of {len(table)} labels" in str(lines[0][0])


# -- size ------------------------------------------------------------------------------------------------------------


@pytest.mark.shared_data
def test_boston_repeated_has_numbers_of_its_own_and_earlier_dates(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    repeat_boston(shared_data / "boston311_2015", tmp_path / "boston", 60_000)
    table = read_register(load_project("boston")).table
    assert len(table) == table["CASE_ENQUIRY_ID"].nunique() == 60_000
    assert (table["OPEN_DT"].iloc[0][:10], table["OPEN_DT"].iloc[58_119][:10]) == ("01/01/2015", "07/03/2014")


_FIRST_STAGES = """
import resource, sys
sys.path[:0] = sys.argv[1:3]
from making import clean
from pipeline.project import load_project
clean(load_project(sys.argv[3]))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.large
@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_ten_times_the_rows_take_at_most_eleven_times_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor time of a process of its own: it does not depend on what else runs."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    seconds, peaks = [], []
    for rows in (20_000, 200_000):
        write_project(tmp_path / f"demo-{rows}", rows, seed=5)
        call = [sys.executable, "-c", _FIRST_STAGES, str(ROOT), str(ROOT / "tests"), f"demo-{rows}"]
        told = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
        seconds.append(float(told[0]))
        peaks.append(int(told[1]) / 1024**2)
    assert seconds[1] / seconds[0] <= 11
    assert peaks[1] < 3
