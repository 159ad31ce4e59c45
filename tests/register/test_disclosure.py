"""What a person decides on a text that can be public happens to it, to no other text, and survives no change of it."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, SAMPLE, Maker, clean, places_in

from pipeline.cli import main
from pipeline.confidentiality.hits import Hit
from pipeline.errors import InputError
from pipeline.places import DATA_VARIABLE
from pipeline.project import Project, load_project
from pipeline.register.disclosure import (
    Answer,
    answers_bytes,
    decided,
    read_answers,
    taken_over,
    text_hash,
    text_key,
    unused,
    without_contradiction,
)
from pipeline.register.disclosure_workbook import (
    COLUMNS,
    HEADING_ROW,
    SHEET,
    asked_lines,
    asked_order,
    disclosure_workbook,
    parted,
)
from pipeline.register.public_texts import Text, places_of, replacements, replacements_by_kind
from pipeline.reporting.annex import annex_table, public_cases
from pipeline.reporting.words import words_for

TEXT = "Bold asked Dorj about the road in Bayan."
BOLD, DORJ = Hit("person", 0, 4), Hit("organisation", 11, 15, "two_capitals", is_suspect=True)
KEY = text_key("3/2024", "4", "summary", text_hash(TEXT))


def answer(decision: str, hit: Hit | None = None, *, wording: str = "", place: str = "a.csv, row 2") -> Answer:
    at = (str(hit.start), str(hit.end), hit.kind) if hit else ("", "", "")
    return Answer(
        "3/2024", "4", "summary", text_hash(TEXT), *at, decision, wording, "Officer", "2024-07-01", "Known", place
    )


def shown(*answers: Answer, hits: tuple[Hit, ...] = (BOLD, DORJ)) -> tuple[str | None, str]:
    return decided(TEXT, hits, answers, lambda wording: wording.replace("Bold", "[person]"))


# -- what a decision does ----------------------------------------------------------------------------------------------


def test_what_nobody_answered_is_replaced_suspects_too() -> None:
    assert shown() == ("[person] asked [organisation] about the road in Bayan.", "text")


def test_a_place_that_is_kept_stays_and_no_other() -> None:
    assert shown(answer("keep", DORJ)) == ("[person] asked Dorj about the road in Bayan.", "text")


def test_a_place_is_kept_only_to_the_letter() -> None:
    longer = Hit("organisation", 11, 21, is_suspect=True)
    assert shown(answer("keep", DORJ), hits=(BOLD, longer))[0] == "[person] asked [organisation] the road in Bayan."


def test_what_a_person_replaced_stays_replaced_where_nothing_is_found_any_more() -> None:
    bayan = Hit("contact", 34, 39)
    assert shown(answer("replace", bayan))[0] == "[person] asked [organisation] about the road in [contact]."
    assert shown(answer("replace", DORJ), hits=(BOLD,))[0] == "[person] asked [organisation] about the road in Bayan."


def test_a_withheld_text_leaves_nothing() -> None:
    assert shown(answer("keep", DORJ), answer("withhold")) == (None, "withheld")


def test_own_wording_stands_for_the_text_and_is_redacted_itself() -> None:
    assert shown(answer("wording", wording="Bold asked about a road.")) == ("[person] asked about a road.", "unit")


@given(keep=st.sets(st.sampled_from([BOLD, DORJ])), also=st.booleans())
def test_what_is_not_kept_is_never_shown(keep: set[Hit], also: bool) -> None:
    answers = [answer("keep", hit) for hit in keep] + ([answer("keep")] if also else [])
    text, _ = shown(*answers)
    assert text is not None
    for hit in (BOLD, DORJ):
        assert (TEXT[hit.start : hit.end] in text) == (hit in keep)


def test_a_suspect_is_open_until_it_or_its_text_is_answered() -> None:
    def is_open(*answers: Answer) -> list[bool]:
        lines = places_of([Text(("register.csv", "", 4), KEY, "3/2024", TEXT, (BOLD, DORJ), answers)])
        return [bool(one) for one in lines["is_open"]]

    assert is_open() == [False, False, True]
    assert is_open(answer("keep", BOLD)) == [False, False, True]
    assert is_open(answer("keep")) == [False, False, True]
    for settled in (answer("keep", DORJ), answer("replace", DORJ), answer("withhold"), answer("wording", wording="x")):
        assert is_open(settled) == [False, False, False]


# -- the file ----------------------------------------------------------------------------------------------------------


def saved(project: Project, *answers: Answer, replacing: tuple[str, str] = ("", "")) -> Path:
    path = project.folder / "disclosure.csv"
    content = answers_bytes(answers).decode("utf-8-sig")
    path.write_text(content.replace(*replacing) if replacing[0] else content, encoding="utf-8")
    return path


ROAD = "Bold asked about the road."
ROWS = [{"registration_no": "3/2024", "status": "Resolved", "channel": "email", "complainant": "Bold", "summary": ROAD}]


def test_answers_are_read_as_they_were_written(make: Maker) -> None:
    project = make.project(ROWS)
    answers = [answer("keep", DORJ), answer("wording", wording="=1+1, it said; \u201cyes\u201d")]
    saved(project, *answers)
    assert read_answers(project) == answers


def test_without_the_file_nothing_is_answered(make: Maker) -> None:
    assert read_answers(make.project(ROWS)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": "perhaps"}, "row 2, column decision: this is no decision. Allowed are replace, keep, withhold,"),
        ({"who": ""}, "row 2, column who: the cell is empty"),
        ({"reason": ""}, "row 2, column reason: the cell is empty"),
        ({"date": "1 July"}, "row 2, column date: write the day as 2024-07-15"),
        ({"column": "note"}, "row 2, column column: this is no text that can be public: summary, action_taken"),
        ({"registration_no": "", "row": ""}, "row 2: neither registration_no nor row is filled"),
        ({"row": "four"}, "row 2, column row: write the row of the register as a whole number"),
        ({"start": "15"}, "row 2, column start: start and end are the place in the text"),
        ({"end": ""}, "row 2, column start: start and end are the place in the text"),
        ({"kind": "somebody"}, "row 2, column kind: this is no kind"),
        ({"start": "", "end": "", "decision": "replace"}, "row 2, column decision: there is no place to replace"),
        ({"decision": "withhold"}, "row 2, column start: what is decided on the whole text has neither start nor end"),
        ({"wording": "Something"}, "row 2, column wording: the cell holds a wording, and the decision is 'keep'"),
        ({"start": "", "end": "", "decision": "wording"}, "row 2, column wording: the cell holds no wording"),
    ],
)
def test_a_faulty_line_is_refused_with_its_row_and_column(make: Maker, change: dict[str, str], said: str) -> None:
    project = make.project(ROWS)
    saved(project, replace(answer("keep", DORJ), **change))
    with pytest.raises(InputError) as error:
        read_answers(project)
    assert f"disclosure.csv, {said}" in str(error.value)
    assert "Dorj" not in str(error.value)


def test_other_headings_and_a_missing_cell_are_refused(make: Maker) -> None:
    project = make.project(ROWS)
    saved(project, replacing=("kind", "sort"))
    with pytest.raises(InputError, match="row 1: the headings must be registration_no, row, column"):
        read_answers(project)
    saved(project, answer("keep", DORJ), replacing=(",Officer", ""))
    with pytest.raises(InputError, match="row 2: there must be 12 cells, and 11 were found"):
        read_answers(project)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (answer("keep", DORJ), answer("replace", DORJ, place="a.csv, row 3")),
        (answer("withhold"), answer("wording", wording="x", place="a.csv, row 3")),
        (answer("wording", wording="x"), answer("wording", wording="y", place="a.csv, row 3")),
    ],
)
def test_answers_that_contradict_each_other_are_refused_with_both_rows(one: Answer, other: Answer) -> None:
    with pytest.raises(InputError, match=r"a\.csv, row 3, column decision: row 2 says something else of this"):
        without_contradiction([one, other])
    assert without_contradiction([one, one]) == [one]


def test_a_later_answer_takes_the_place_of_the_former_one_on_the_same_place() -> None:
    former = [answer("keep", DORJ), answer("withhold")]
    same = [replace(one, date="2024-08-01") for one in former]
    assert taken_over(former, same) == (former, 0, 0)
    merged, added, changed = taken_over(former, [answer("replace", DORJ), answer("keep", BOLD)])
    assert [one.said[0] for one in merged] == ["replace", "withhold", "keep"]
    assert (added, changed) == (1, 1)


# -- in the register ---------------------------------------------------------------------------------------------------


def test_an_answer_holds_for_its_text_alone_and_is_listed_where_that_is_no_more(make: Maker) -> None:
    kept = replace(answer("keep", BOLD), text_hash=text_hash(ROAD))
    saved(make.project(ROWS), kept)
    cases = clean(load_project(SAMPLE)).cases
    assert cases["summary_public"].tolist() == [ROAD]
    assert cases["summary_redacted"].tolist() == ["[person] asked about the road."]
    changed = make.project([{**ROWS[0], "summary": f"{ROAD} Again."}])
    saved(changed, kept)
    assert clean(changed).cases["summary_public"].tolist() == ["[person] asked about the road. Again."]
    places = places_in(changed)
    assert unused(read_answers(changed), places)[["registration_no", "row", "column"]].to_numpy().tolist() == [
        ["3/2024", "4", "summary"]
    ]


def test_the_annex_says_that_a_text_is_withheld_or_worded_by_the_unit(make: Maker) -> None:
    row = {**ROWS[0], "date_received": "2024-03-05", "relation": "Related", "type": "Request", "action_taken": ROAD}
    project = make.project([row])
    of_road = {"text_hash": text_hash(ROAD)}
    saved(
        project,
        replace(answer("withhold"), **of_road),
        replace(answer("wording", wording="Bold was told, 100 %."), **of_road, column="action_taken"),
    )
    cleaned, words = clean(project), words_for("en")
    listed = cleaned.annex(cleaned.measure("2024H1"), "2024H1")
    withheld = "This text is withheld, so that nobody can be recognised by it."
    worded = "[person] was told, 100 %. (summary written by the unit)"
    table = public_cases(listed, project, words)
    assert table[["summary", "action_taken"]].to_numpy().tolist() == [[withheld, worded]]
    html = str(annex_table(listed, project, words).__html__())
    assert withheld in html
    assert worded in html
    assert "road" not in html


def test_the_two_texts_of_the_sample_that_identify_without_a_name_are_worded_by_the_unit(make: Maker) -> None:
    cases = make.sample().cases.set_index("registration_no")
    assert sorted(cases.index[cases["summary_basis"] == "unit"]) == ["15/2024", "16/2024"]
    assert sorted(cases.index[cases["action_taken_basis"] == "unit"]) == ["15/2024", "16/2024"]
    texts = " ".join(cases.loc[["15/2024", "16/2024"], ["summary_public", "action_taken_public"]].to_numpy().ravel())
    for told in ("salar", "investigation", "inspection", "June 13", " he ", "He ", "senior", "["):
        assert told not in texts
    for kept in ("11-11 center", "complaint hotline", "evaluation committee", "Naadam", "steering committee"):
        assert kept in texts


def test_places_are_counted_without_a_text(make: Maker) -> None:
    make.sample()
    table = replacements(places_in(load_project(SAMPLE))).set_index("column")
    assert table["texts"].tolist() == [9, 9]
    assert (table["found"] - table["suspects"]).tolist() == [3, 5]
    assert table["texts_worded_by_the_unit"].tolist() == [2, 2]
    # Those of the two texts that the unit worded are settled by that.
    assert (table["suspects_open"] < table["suspects"]).all()


def test_places_are_counted_by_kind_and_rule() -> None:
    one = Text(("register.csv", "", 4), KEY, "3/2024", TEXT, (BOLD, DORJ), (answer("keep", DORJ),))
    two = Text(("register.csv", "", 5), KEY, "4/2024", TEXT, (BOLD,), ())
    assert replacements_by_kind(places_of([one, two])).to_numpy().tolist() == [
        [DORJ.kind, "two_capitals", 1, 1, 1],
        ["person", "known_name", 2, 0, 2],
    ]


# -- the workbook and the command --------------------------------------------------------------------------------------


def test_suspects_come_first_and_those_of_the_report_before_others() -> None:
    other = Text(("register.csv", "", 5), text_key("4/2024", "5", "summary", "x"), "4/2024", TEXT, (DORJ,), ())
    one = Text(("register.csv", "", 4), KEY, "3/2024", TEXT, (BOLD, DORJ), (answer("keep", DORJ),))
    plain = Text(("register.csv", "", 6), text_key("5/2024", "6", "summary", "y"), "5/2024", "No.", (), ())
    places = places_of([one, other, plain, replace(plain, place=("register.csv", "", 7), number="6/2024")])
    in_report = places["registration_no"] != "6/2024"
    lines = asked_lines(places.loc[asked_order(places, in_report)], in_report)
    assert lines[["registration_no", "why_asked", "decision"]].to_numpy().tolist() == [
        ["4/2024", "A suspect, not answered", ""],
        ["3/2024", "A suspect, answered", "keep"],
        ["3/2024", "A replacement", ""],
        ["5/2024", "The whole text", ""],
    ]


def test_a_long_text_is_cut_around_the_place() -> None:
    before, found, after = parted("a" * 5_000 + "Dorj" + "b" * 5_000, 5_000, 5_004)
    assert (before, found, after) == ("… " + "a" * 2_000, "Dorj", "b" * 2_000 + " …")


class Office:
    """A copy of the sample, its disclosure workbook, and the command on them."""

    def __init__(self, folder: Path) -> None:
        self.data, self.outputs, self.file = folder / "data", folder / "outputs", folder / "disclosure.xlsx"
        shutil.copytree(ROOT / "data" / SAMPLE, self.data / SAMPLE)

    @property
    def answers(self) -> Path:
        return self.data / SAMPLE / "disclosure.csv"

    def make_workbook(self) -> None:
        places = places_in(load_project(SAMPLE))
        in_report = pd.Series(True, index=places.index)
        lines = asked_lines(places.loc[asked_order(places, in_report)], in_report)
        self.file.write_bytes(disclosure_workbook(lines))

    def fill(self, number: str, column: str, start: str = "", /, **cells: str) -> int:
        """Fill in the cells of a line; returns its row."""
        book = openpyxl.load_workbook(self.file)
        sheet = book[SHEET]
        for row in range(HEADING_ROW + 1, sheet.max_row + 1):
            found = {name: sheet.cell(row, place) for place, name in enumerate(COLUMNS, 1)}
            at = [found[name].value or "" for name in ("registration_no", "column", "start")]
            if at == [number, column, start]:
                for name, value in cells.items():
                    found[name].value = value
                book.save(self.file)
                return row
        raise AssertionError(f"{number}, {column} is not asked at {start}")

    def disclose(self, *more: str) -> int:
        folders = [f"--data={self.data}", f"--outputs={self.outputs}"]
        return main(["disclose", "--period=2024H1", f"--file={self.file}", *folders, *more])


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(office.data))
    monkeypatch.setenv("GRM_OUTPUTS", str(office.outputs))
    office.make_workbook()
    return office


FILLED = {"decision": "keep", "who": "Grievance officer", "reason": "A public body"}


def test_the_workbook_is_the_same_bytes_each_time_and_frozen_below_its_headings(office: Office) -> None:
    before = office.file.read_bytes()
    office.make_workbook()
    assert office.file.read_bytes() == before
    sheet = openpyxl.load_workbook(office.file)[SHEET]
    assert sheet.freeze_panes == "E3"
    texts = [cell.value for cell in sheet["H"]]
    assert any(text and text.startswith("An employee of the [[Mining and Mineral Oil Department]]") for text in texts)
    assert [one.formula1 for one in sheet.data_validations.dataValidation] == ["Lists!$A$1:$A$4"]


def test_each_row_of_the_workbook_is_high_enough_for_its_text_in_any_program(office: Office) -> None:
    sheet = openpyxl.load_workbook(office.file)[SHEET]
    width = sheet.column_dimensions["H"].width
    texts = {row: str(sheet.cell(row, 8).value) for row in range(HEADING_ROW + 1, sheet.max_row + 1)}
    assert max(map(len, texts.values())) > 3 * width
    for row, text in texts.items():
        assert (sheet.row_dimensions[row].height or 15) >= 15 * len(text) / width


def test_a_workbook_nobody_filled_changes_nothing(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    before = office.answers.read_bytes()
    assert office.disclose() == 0
    assert "holds the decisions of disclosure.xlsx already; nothing was changed" in capsys.readouterr().out
    assert office.answers.read_bytes() == before


def test_a_decision_is_taken_over_once_and_counts(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.fill("7/2024", "summary", "19", **FILLED)
    office.fill("8/2024", "summary", **{**FILLED, "decision": "withhold the text"})
    assert office.disclose() == 0
    told = capsys.readouterr().out
    assert "2 decisions added to" in told
    assert ", 0 changed" in told
    assert stat.S_IMODE(office.answers.stat().st_mode) == 0o600
    content = office.answers.read_bytes()
    assert "Mining" not in content.decode()
    cases = clean(load_project(SAMPLE)).cases.set_index("registration_no")
    assert "Mining and Mineral Oil Department" in cases.loc["7/2024", "summary_public"]
    assert pd.isna(cases.loc["8/2024", "summary_public"])
    assert cases.loc["8/2024", "summary_basis"] == "withheld"
    assert office.disclose() == 0
    assert "already; nothing was changed" in capsys.readouterr().out
    assert office.answers.read_bytes() == content


@pytest.mark.parametrize("decision", ["keep", "replace"])
def test_a_place_beyond_the_end_of_its_text_is_refused(
    office: Office, capsys: pytest.CaptureFixture[str], decision: str
) -> None:
    before = office.answers.read_bytes()
    row = office.fill("7/2024", "summary", "19", **{**FILLED, "decision": decision, "end": "999"})
    assert office.disclose() == 2
    told = f"disclosure.xlsx, row {row}, column end: the text ends before this place (19 to 999; it has "
    assert told in capsys.readouterr().err
    assert office.answers.read_bytes() == before


def test_a_place_up_to_the_end_of_its_text_is_taken_also_where_nothing_is_found(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = clean(load_project(SAMPLE)).cases.set_index("registration_no")
    end = len(cases.loc["7/2024", "summary"])
    office.fill("7/2024", "summary", "19", **{**FILLED, "decision": "replace", "start": str(end - 2), "end": str(end)})
    assert office.disclose() == 0
    assert "disclosure.xlsx: 1 decision added to" in capsys.readouterr().out
    office.fill("7/2024", "summary", str(end - 2), end=str(end + 1))
    assert office.disclose() == 2


def test_names_in_wordings_and_reasons_are_replaced_before_they_are_kept(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    wording = {
        "decision": "use my wording",
        "wording": "Bolormaa was asked.",
        "who": "Officer",
        "reason": "As MED said",
    }
    office.fill("16/2024", "summary", "", **wording)
    assert office.disclose() == 0
    assert "Replaced in wordings and reasons, as in every text: 2." in capsys.readouterr().out
    content = office.answers.read_text(encoding="utf-8-sig")
    assert "[person] was asked.,Officer" in content
    assert "As [organisation] said" in content
    assert "Bolormaa" not in content


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"decision": "perhaps"},
            "column decision: this is no decision. Allowed are replace, keep, withhold the",
        ),
        ({"decision": "", "wording": "x"}, "column decision: this is no decision"),
        ({"decision": "use my wording"}, "column wording: the cell holds no wording"),
        ({"who": ""}, "column who: the cell is empty. Say who decided"),
        ({"who": "Bolormaa"}, "column who: write your function"),
        ({"reason": ""}, "column reason: the cell is empty"),
        ({"end": "nine"}, "column start: start and end are the place in the text"),
        ({"text_hash": "0123456789abcdef"}, "nothing was taken. The text has changed, or the grievance is gone"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(
    office: Office, capsys: pytest.CaptureFixture[str], cells: dict[str, str], said: str
) -> None:
    before = office.answers.read_bytes()
    row = office.fill("7/2024", "summary", "19", **{**FILLED, **cells})
    assert office.disclose() == 2
    told = capsys.readouterr().err
    assert f"disclosure.xlsx, row {row}, {said}" in told or f"disclosure.xlsx: {said}" in told
    assert "Bolormaa" not in told
    assert office.answers.read_bytes() == before


def test_two_lines_that_contradict_each_other_are_refused(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.fill("16/2024", "action_taken", "164", **{**FILLED, "decision": "withhold the text"})
    assert office.disclose() == 2
    assert "says something else of this text as a whole (16/2024, column action_taken)" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["", "nowhere.xlsx"])
def test_a_file_that_is_not_there_is_told(office: Office, capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert office.disclose(f"--file={file}") == 2
    assert "FILE is" in capsys.readouterr().err
