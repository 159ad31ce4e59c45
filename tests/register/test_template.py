"""The empty register in Excel: its headings, lists and checks are those of columns.yml and project.yml."""

from __future__ import annotations

import shutil
import stat
import subprocess
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from making import SAMPLE, Maker

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register.columns import dictionary, names
from pipeline.register.mapping import map_columns
from pipeline.register.reading import read_register
from pipeline.register.template import ROWS, save_template, template, write_template
from pipeline.register.values import read_values

EMPTY = "registration_no,date_received,channel,status\n"
TITLES = {column.title: name for name, column in dictionary().items()}


@pytest.fixture
def project(make: Maker) -> Project:
    return make.project(EMPTY, {"severities": "[low, medium, high]"})


def opened(project: Project, path: Path) -> openpyxl.Workbook:
    write_template(project, path)
    return openpyxl.load_workbook(path)


@pytest.fixture
def workbook(project: Project, tmp_path: Path) -> openpyxl.Workbook:
    return opened(project, tmp_path / "template.xlsx")


def headings(workbook: openpyxl.Workbook) -> list[str]:
    return [str(cell.value) for cell in workbook["Register"][1]]


def checks(workbook: openpyxl.Workbook) -> dict[str, Any]:
    """Return what Excel checks in each column that has a check, by the column's name."""
    sheet = workbook["Register"]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for part in rule.sqref.ranges:
            assert (part.min_row, part.max_row) == (2, ROWS + 1)
            assert part.min_col == part.max_col
            found[TITLES[sheet.cell(1, part.min_col).value]] = rule
    return found


def words_of(workbook: openpyxl.Workbook, rule: Any) -> list[str]:
    sheet, cells = rule.formula1.split("!")
    return [row[0].value for row in workbook[sheet][cells.replace("$", "")]]


def test_the_register_comes_first_and_has_every_known_column_the_required_ones_first(
    workbook: openpyxl.Workbook,
) -> None:
    assert workbook.sheetnames == ["Register", "Instructions", "Lists"]
    assert [sheet.sheet_state for sheet in workbook] == ["visible", "visible", "hidden"]
    assert sorted(headings(workbook)) == sorted(TITLES)
    assert [TITLES[heading] for heading in headings(workbook)[:4]] == names(required=True)
    assert workbook["Register"].max_row == 1


def test_what_is_required_and_what_tells_who_somebody_is_can_be_seen(workbook: openpyxl.Workbook) -> None:
    seen: dict[str, set[tuple[str, bool, bool]]] = {"required": set(), "identifies": set(), "other": set()}
    for cell in workbook["Register"][1]:
        column = dictionary()[TITLES[cell.value]]
        kind = "identifies" if column.identifies else "required" if column.required else "other"
        seen[kind].add((cell.fill.fgColor.rgb, bool(cell.font.b), bool(cell.font.i)))
    assert seen == {
        "required": {("FF1F3864", True, False)},
        "identifies": {("FFF8CBAD", False, True)},
        "other": {("FFE7E6E6", False, False)},
    }


def test_each_heading_says_what_is_to_be_entered(workbook: openpyxl.Workbook) -> None:
    for cell in workbook["Register"][1]:
        assert dictionary()[TITLES[cell.value]].description in cell.comment.text
    (number, received, *_) = workbook["Register"][1]
    assert number.comment.text.endswith("For instance 12/2024.")
    assert received.comment.text.endswith("A day, written as 2024-06-30.")


def test_each_column_of_words_offers_those_of_the_project(workbook: openpyxl.Workbook) -> None:
    offered = {name: words_of(workbook, rule) for name, rule in checks(workbook).items() if rule.type == "list"}
    yes_no = ["yes", "no"]
    assert offered == {
        "status": ["Unrelated", "Resolving", "Resolved", "Rejected", "Withdrawn", "Duplicate"],
        "channel": ["In person", "E-mail", "Phone", "Facebook comment", "Website"],
        "type": ["Question", "Request", "Complaint", "Suggestion", "Appreciation"],
        "relation": ["Related", "Unrelated"],
        "is_anonymous": yes_no,
        "is_sensitive": yes_no,
        "is_benefit_related": yes_no,
        "severity": ["low", "medium", "high"],
        "satisfaction": ["satisfied", "dissatisfied", "no_answer", "not_asked"],
    }


def test_a_project_without_severities_has_no_list_of_them(make: Maker, tmp_path: Path) -> None:
    assert "severity" not in checks(opened(make.project(EMPTY), tmp_path / "template.xlsx"))


def test_every_word_that_is_offered_is_understood(make: Maker, workbook: openpyxl.Workbook) -> None:
    offered = {name: words_of(workbook, rule) for name, rule in checks(workbook).items() if rule.type == "list"}
    longest = max(len(words) for words in offered.values())
    rows = [{name: words[place % len(words)] for name, words in offered.items()} for place in range(longest)]
    project = make.project(rows, {"severities": "[low, medium, high]"})
    read = read_values(map_columns(read_register(project), project), project)
    assert read.found.empty
    assert read.table[list(offered)].notna().all(axis=None)


def test_each_date_is_checked_and_shown_as_a_day(workbook: openpyxl.Workbook) -> None:
    dates = {name: rule for name, rule in checks(workbook).items() if rule.type == "date"}
    assert sorted(dates) == sorted(names(type="date"))
    first, last = ((date(year, *day) - date(1899, 12, 30)).days for year, day in ((2004, (1, 1)), (2044, (12, 31))))
    for rule in dates.values():
        assert (rule.operator, int(rule.formula1), int(rule.formula2)) == (None, first, last)
        assert rule.error == "This is not a day between 2004-01-01 and 2044-12-31. Write the day as 2024-06-30."
    assert formats_of(workbook, dates) == {"yyyy-mm-dd"}


def test_numbers_and_contacts_are_kept_as_they_are_typed(workbook: openpyxl.Workbook) -> None:
    assert formats_of(workbook, ["registration_no", "complainant_contact"]) == {"@"}


def formats_of(workbook: openpyxl.Workbook, columns: Any) -> set[str]:
    """Return the number formats of whole columns: a blank cell has its column's."""
    sheet = workbook["Register"]
    letters = {TITLES[cell.value]: cell.column_letter for cell in sheet[1]}
    # openpyxl keeps the letters of adjoining columns of one shape under the first of them.
    shapes = {
        openpyxl.utils.get_column_letter(place): shape
        for shape in sheet.column_dimensions.values()
        for place in range(shape.min, shape.max + 1)
    }
    return {shapes[letters[name]].number_format for name in columns}


def test_headings_stay_in_sight_and_can_be_filtered(workbook: openpyxl.Workbook) -> None:
    sheet = workbook["Register"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}{ROWS + 1}"


def test_the_other_sheets_cannot_be_taken_for_a_register(workbook: openpyxl.Workbook) -> None:
    assert workbook["Instructions"].max_column == 2
    assert workbook["Lists"].max_column == 1


def test_the_instructions_name_every_column_and_what_is_confidential(workbook: openpyxl.Workbook) -> None:
    lines = {row[0]: row[1] for row in workbook["Instructions"].values if row[0]}
    assert set(TITLES) <= set(lines)
    assert str(lines["Whose it is"]).startswith("Project Implementation Unit (PIU) keeps this register.")
    assert "given once" in str(lines["Numbers"])
    for name in names(identifies=True):
        assert str(lines[dictionary()[name].title]).endswith("it tells who somebody is and is never published.")


def test_words_that_look_like_formulas_stay_words(make: Maker, tmp_path: Path) -> None:
    changes = {"name": '"=1+1"', "types": '{question: {label: "=2+2"}, request: {label: "@sum"}}'}
    workbook = opened(make.project(EMPTY, changes), tmp_path / "template.xlsx")
    assert words_of(workbook, checks(workbook)["type"]) == ["=2+2", "@sum"]
    assert {cell.data_type for sheet in workbook for row in sheet for cell in row if cell.value} == {"s"}
    with zipfile.ZipFile(tmp_path / "template.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_the_template_is_the_same_each_time_and_its_owners_alone(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(project, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # The time in an archive has a resolution of two seconds.
    time.sleep(2.1)
    assert template(project) == path.read_bytes()


def test_a_file_that_somebody_may_have_filled_in_is_not_replaced(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "outputs" / SAMPLE / "register-template.xlsx"
    save_template(project, path, shown_as="the template")
    save_template(project, path, shown_as="the template")
    path.write_bytes(b"filled in")
    with pytest.raises(InputError, match="the template is there already and differs"):
        save_template(project, path, shown_as="the template")
    assert path.read_bytes() == b"filled in"
    save_template(project, path, shown_as="the template", force=True)
    assert path.read_bytes() == template(project)


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "folder").mkdir()
    for path, force in ((tmp_path / "a file" / "t.xlsx", False), (tmp_path / "folder", True)):
        with pytest.raises(InputError, match="the template cannot be written: "):
            save_template(project, path, shown_as="the template", force=force)


@pytest.mark.skipif(not shutil.which("soffice"), reason="there is no LibreOffice (soffice) to open the template with")
def test_libreoffice_keeps_the_lists_and_checks(project: Project, tmp_path: Path) -> None:
    write_template(project, tmp_path / "template.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for form, source in (("ods", "template.xlsx"), ("xlsx", "template.ods")):
        command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path / form)]
        subprocess.run([*command, str(tmp_path / source)], check=True, capture_output=True, timeout=120)
        shutil.copy(tmp_path / form / f"template.{form}", tmp_path)
    before = openpyxl.load_workbook(tmp_path / "xlsx" / "template.xlsx")
    kept = {
        before["Register"].cell(1, part.min_col).value: rule
        for rule in before["Register"].data_validations.dataValidation
        for part in rule.sqref.ranges
    }
    assert before.sheetnames == ["Register", "Instructions", "Lists"]
    assert before["Lists"].sheet_state == "hidden"
    assert words_of(before, kept["Channel"]) == ["In person", "E-mail", "Phone", "Facebook comment", "Website"]
    assert kept["Date received"].type == "date"
    assert len(kept) == len(checks(opened(project, tmp_path / "again.xlsx")))
