"""A register of several files or sheets is one register, whatever each of them calls its columns."""

from __future__ import annotations

import gzip

import openpyxl
import pytest
from making import SAMPLE, Maker, clean

from pipeline.errors import InputError
from pipeline.project import Project, load_project
from pipeline.register.mapping import map_columns
from pipeline.register.reading import read_register

JANUARY = "registration_no,date received,channel,status\n1/2024,2024-03-01,email,Resolving\n"
FEBRUARY = "Case no.,Received on,Mode of receipt,Current status\n2/2024,2024-03-02,email,Resolving\n"


def folder(make: Maker, files: dict[str, str], changes: dict[str, str] | None = None) -> Project:
    project = make.project("", {"register": "registers", **(changes or {})})
    (project.folder / "registers").mkdir()
    for name, text in files.items():
        (project.folder / "registers" / name).write_text(text, encoding="utf-8")
    return load_project(SAMPLE)


def sheets(make: Maker, texts: dict[str, str], hidden: str = "") -> Project:
    project = make.project("", {"register": "register.xlsx"})
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in texts.items():
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append(line.split(","))
        if name == hidden:
            sheet.sheet_state = "hidden"
    book.save(project.folder / "register.xlsx")
    return load_project(SAMPLE)


def test_files_that_call_a_column_differently_are_one_column(make: Maker) -> None:
    cleaned = clean(folder(make, {"1.csv": JANUARY, "2.csv": FEBRUARY}))
    assert cleaned.cases["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert cleaned.cases["date_received"].dt.day.tolist() == [1, 2]
    assert cleaned.cases["channel"].tolist() == ["email", "email"]
    assert cleaned.rules() == []
    assert cleaned.cases["source_file"].tolist() == ["registers/1.csv", "registers/2.csv"]


def test_an_alias_in_one_file_is_not_beaten_by_a_title_in_another(make: Maker) -> None:
    for names in (("1.csv", "2.csv"), ("2.csv", "1.csv")):
        cleaned = clean(folder(make, dict(zip(names, (JANUARY, FEBRUARY), strict=True))))
        assert not cleaned.cases["channel"].isna().any()


def test_project_yml_may_name_the_heading_of_each_file(make: Maker) -> None:
    files = {"1.csv": JANUARY.replace("date received", "Arrived"), "2.csv": FEBRUARY.replace("Received on", "Came in")}
    project = folder(make, files, {"columns": "{Arrived: date_received, Came in: date_received}"})
    assert clean(project).cases["date_received"].dt.day.tolist() == [1, 2]


@pytest.mark.parametrize("names", [("1.csv", "2.csv"), ("2.csv", "1.csv")])
def test_a_heading_that_means_the_person_in_one_file_and_another_one_in_the_next_loses_nobody(
    make: Maker, names: tuple[str, str]
) -> None:
    one = JANUARY.replace("status", "status,Name").replace("Resolving", "Resolving,Bat Bold")
    two = FEBRUARY.replace("status", "status,Complainant,Name").replace("Resolving", "Resolving,Oyun Tsend,Dorj Nara")
    cleaned = clean(folder(make, dict(zip(names, (one, two), strict=True))))
    by_number = cleaned.identities.set_index("registration_no")
    assert by_number["complainant"].to_dict() == {"1/2024": "Bat Bold", "2/2024": "Oyun Tsend"}
    assert set(by_number.filter(like="further complainant").to_numpy().ravel()) >= {"Dorj Nara"}


def test_rows_of_two_sheets_with_one_number_are_told_apart(make: Maker) -> None:
    project = sheets(make, {"March": JANUARY, "April": FEBRUARY.replace("Resolving", "Pendng")})
    found = clean(project).findings
    (message,) = found.loc[found["rule"] == "unknown_status", "message"]
    place = "register.xlsx, sheet April, row 2, column status (D, 'Current status')"
    assert message.startswith(f"{place}: the status 'Pendng'")


def test_a_hidden_sheet_is_counted_and_told(make: Maker) -> None:
    cleaned = clean(sheets(make, {"March": JANUARY, "April": FEBRUARY}, hidden="April"))
    assert len(cleaned.cases) == 2
    (message,) = cleaned.findings.loc[cleaned.findings["rule"] == "sheet_hidden", "message"]
    assert message.startswith("register.xlsx, sheet April: the sheet is hidden")


def test_a_correction_can_name_the_sheet_of_its_row(make: Maker) -> None:
    project = sheets(make, {"March": JANUARY, "April": FEBRUARY.replace("2/2024", "1/2024")})
    entry = (
        "- match: {{registration_no: 1/2024, sheet: {sheet}}}\n  column: status\n  from: Resolving\n  to: Unrelated\n"
        "  reason: told so\n  who: M&E\n  date: 2024-07-01\n"
    )
    path = project.folder / "corrections.yml"
    path.write_text(entry.format(sheet="April"), encoding="utf-8")
    assert clean(project).cases["status"].tolist() == ["in_progress", "unrelated"]
    path.write_text(entry.format(sheet="May"), encoding="utf-8")
    with pytest.raises(InputError, match="no row of the register match"):
        clean(project)


def test_a_pattern_does_not_take_other_files_of_the_project_for_the_register(make: Maker) -> None:
    project = make.project(JANUARY, {"register": "'*.csv'"})
    (project.folder / "explanations.csv").write_text("number,rule,reason,who,date\n", encoding="utf-8")
    cleaned = clean(project)
    assert len(cleaned.cases) == 1
    assert cleaned.rules() == []


@pytest.mark.parametrize("is_link", [True, False])
def test_what_fits_the_pattern_and_is_no_file_is_refused_and_not_passed_over(make: Maker, *, is_link: bool) -> None:
    project = make.project(JANUARY, {"register": "'register*.csv'"})
    part = project.folder / "register-2023.csv"
    if is_link:
        part.symlink_to("nothing.csv")
    else:
        part.mkdir()
    with pytest.raises(InputError, match=r"register-2023\.csv: this fits the pattern 'register\*\.csv'"):
        clean(project)


def test_a_finding_of_a_row_names_its_registration_number_and_no_other_cell(make: Maker) -> None:
    text = "complainant,registration_no,date_received,channel,status\nBold,1/2024,2024-03-01,email,Resolving,x\n"
    register = map_columns(read_register(make.project(text)), load_project(SAMPLE))
    (finding,) = register.found.to_dict("records")
    assert (finding["rule"], finding["registration_no"]) == ("cells_beyond_headings", "1/2024")


def test_a_column_that_is_said_not_to_be_there_and_is_there_is_refused(make: Maker) -> None:
    with pytest.raises(
        InputError, match=r"key not_collected\.channel: the register has the column: its heading is 'channel'"
    ):
        clean(make.project(JANUARY, {"not_collected": "{channel: never asked}"}))


@pytest.mark.parametrize("cell", ["?", "unknown", "n/a", "perhaps"])
def test_a_doubt_whether_a_grievance_is_sensitive_counts_as_yes(make: Maker, cell: str) -> None:
    cleaned = clean(
        make.project(JANUARY.replace("status\n", "status,is_sensitive\n").replace("ing\n", f"ing,{cell}\n"))
    )
    assert len(cleaned.sensitive) == 1
    assert cleaned.rules() == ["sensitive_in_doubt"]


def test_json_that_is_packed_is_read_as_json(make: Maker) -> None:
    project = make.project("", {"register": "register.jsonl.gz"})
    records = (
        '{"registration_no": "1/2024", "date_received": "2024-03-01", "channel": "email", "status": "Resolving"}\n'
    )
    (project.folder / "register.jsonl.gz").write_bytes(gzip.compress(records.encode()))
    assert clean(project).cases["registration_no"].tolist() == ["1/2024"]


def rules(make: Maker, text: str, changes: dict[str, str] | None = None) -> tuple[list[str], list[str]]:
    cleaned = clean(make.project(text, changes))
    return cleaned.cases["registration_no"].fillna("").tolist(), cleaned.rules()


def line(number: int, name: str = "Person") -> str:
    return f"{number}/2024,2024-03-0{number},email,Resolving,{name}{number}\n"


def test_grievances_above_the_headings_are_told_each_as_an_error(make: Maker) -> None:
    head = JANUARY.splitlines()[0] + ",complainant\n"
    numbers, found = rules(make, "Our register,,,,\n" + line(1) + line(2) + head + line(3))
    assert numbers == ["3/2024"]
    assert found.count("row_above_headings") == 2
    numbers, found = rules(make, "No,Came,How,Where it stands,Who\n" + line(1) + head + line(2))
    assert numbers == ["2/2024"]
    assert found.count("row_above_headings") == 1


def test_a_file_without_headings_in_a_folder_is_told(make: Maker) -> None:
    head = JANUARY.splitlines()[0] + ",complainant\n"
    cleaned = clean(folder(make, {"a.csv": head + line(1), "b.csv": line(2) + line(3)}))
    (message,) = cleaned.findings.loc[cleaned.findings["rule"] == "table_left_out", "message"]
    assert message.startswith("registers/b.csv: a table with 2 rows")


def test_what_in_the_folder_is_no_register_is_told(make: Maker) -> None:
    project = folder(make, {"a.csv": JANUARY, "notes.pdf": "%PDF", ".hidden": "", "~$a.xlsx": ""})
    (project.folder / "registers" / "2023").mkdir()
    found = clean(project).findings.query("rule == 'file_passed_over'")
    assert [message.split(":")[0] for message in found["message"]] == ["registers/2023", "registers/notes.pdf"]


def test_the_first_grievance_is_never_taken_for_a_part_of_the_headings(make: Maker) -> None:
    text = (
        "registration_no,date_received,channel,status,,summary\n,,,,Bat Dorj,\n1/2024,2024-03-01,email,Resolving,,x\n"
    )
    numbers, found = rules(make, text)
    assert numbers == ["", "1/2024"]
    assert "number_missing" in found


def test_a_heading_merged_with_the_first_grievance_takes_no_row(make: Maker) -> None:
    project = make.project("", {"register": "register.xlsx"})
    book = openpyxl.Workbook()
    for cells in (["registration_no", "date_received", "channel", "status", "summary"], line(1).strip().split(",")):
        book.active.append(cells)
    book.active["E2"] = None
    book.active.merge_cells("E1:E2")
    book.save(project.folder / "register.xlsx")
    cleaned = clean(load_project(SAMPLE))
    assert cleaned.cases["registration_no"].tolist() == ["1/2024"]


def test_two_tables_beside_each_other_are_told_apart(make: Maker) -> None:
    head = JANUARY.splitlines()[0]
    rows = [f"{n}/2024,2024-03-0{n},email,Resolving,,{n + 3}/2024,2024-04-0{n},email,oops" for n in (1, 2, 3)]
    cleaned = clean(make.project("\n".join([f"{head},,{head}", *rows, "Total,3,,,,Total,3,,"]) + "\n"))
    assert cleaned.cases["registration_no"].tolist() == [f"{n}/2024" for n in (1, 2, 3, 4, 5, 6)]
    messages = cleaned.findings.loc[cleaned.findings["rule"] == "unknown_status", "message"]
    assert all(message.startswith("register.csv, sheet from column F, row ") for message in messages)
    assert len(messages) == 3


def test_headings_far_below_blank_rows_are_found(make: Maker) -> None:
    assert rules(make, "\n" * 249 + JANUARY) == (["1/2024"], [])


def test_a_heading_of_signs_is_itself_and_no_other(make: Maker) -> None:
    text = "%,date_received,channel,status,#\n50,2024-03-01,email,Resolving,1/2024\n"
    assert rules(make, text, {"columns": "{'#': registration_no}"})[0] == ["1/2024"]


def test_a_grievance_about_totals_is_no_total(make: Maker) -> None:
    text = JANUARY.replace("status\n", "status,summary\n").replace("Resolving\n", "Resolving,x\n")
    numbers, found = rules(make, text + "Total,,,,a complaint about the Total oil company\n")
    assert numbers == ["1/2024", "Total"]
    assert "row_set_aside" not in found


def received(days: list[str]) -> str:
    rows = [f"{number}/2024,{day},email,Resolving" for number, day in enumerate(days, start=1)]
    return "\n".join([JANUARY.splitlines()[0], *rows]) + "\n"


def test_a_column_that_one_cell_alone_turns_is_told_with_the_cell(make: Maker) -> None:
    days = ["05/02/2024", "12/02/2024", "04/03/2024", "03/13/2024"]
    text = (
        JANUARY.splitlines()[0] + "\n" + "".join(f"{n}/2024,{day},email,Resolving\n" for n, day in enumerate(days, 1))
    )
    found = clean(make.project(text)).findings.query("rule == 'date_order_by_one_cell'")
    assert found[["row", "column", "value"]].to_numpy().tolist() == [[5, "date_received", "03/13/2024"]]
    assert "3 other dates of the column were read by it" in found["message"].iloc[0]
    assert "date_order_by_one_cell" not in rules(make, text, {"date_order": "month_first"})[1]


def test_days_in_both_orders_are_told_with_one_of_each(make: Maker) -> None:
    days = ["13/02/2024", "12/02/2024", "03/13/2024", "04/04/2024"]
    text = (
        JANUARY.splitlines()[0] + "\n" + "".join(f"{n}/2024,{day},email,Resolving\n" for n, day in enumerate(days, 1))
    )
    found = clean(make.project(text)).findings.query("rule == 'date_order_unclear'")
    assert found["row"].tolist() == [3]
    assert "the column holds both orders ('13/02/2024' and '03/13/2024')" in found["message"].iloc[0]


def test_a_placeholder_of_project_yml_makes_a_draft(make: Maker) -> None:
    found = clean(make.project(JANUARY, {"notice": '"[Remark]"'})).findings
    (message,) = found.loc[found["rule"] == "placeholder_left", "message"]
    assert message.startswith("project.yml, key notice: [Remark] is a placeholder")
    assert set(found["severity"]) == {"error"}


def test_a_name_in_the_number_column_is_not_repeated_by_a_finding(make: Maker) -> None:
    text = JANUARY.splitlines()[0] + ",complainant\n" + "Bold Bat,2024-03-01,email,Pendng,Bold Bat\n"
    cleaned = clean(make.project(text))
    assert not cleaned.findings.astype("str").apply(lambda column: column.str.contains("Bold")).any(axis=None)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["GRM-3,5-Mar-24,Phone,Wanjiru Kariuki"], "1 row"),
        (["GRM-3,5-Mar-24,Phone,Wanjiru Kariuki", "GRM-4,6-Mar-24,Phone,Akinyi Otieno", ",,,and more"], "3 rows"),
        (["3/2024,2024-03-05,Phone,Open"] * 4, "4 rows"),
    ],
)
def test_every_row_of_a_file_without_headings_is_counted_as_left_out(make: Maker, rows: list[str], told: str) -> None:
    project = make.project("", {"register": "'r-*.csv'"})
    (project.folder / "r-1.csv").write_text(JANUARY, encoding="utf-8")
    (project.folder / "r-2.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = clean(project).findings.query("rule == 'table_left_out'")
    (message,) = found["message"]
    assert message == f"r-2.csv: a table with {told} has other headings than the register, or none, and was left out."


def test_rows_without_one_known_heading_are_not_repeated_in_the_error(make: Maker) -> None:
    with pytest.raises(InputError, match="it seems to be a grievance") as refused:
        clean(make.project("17,Bat Dorj,female,the road,by mail,all solved\n18,Dulam Ser,male,the well,by hand,open\n"))
    assert "Dorj" not in str(refused.value)


def test_an_end_without_its_own_date_names_the_column_that_counts(make: Maker) -> None:
    found = clean(make.project(JANUARY.replace("Resolving", "Rejected"))).findings
    (message,) = found.loc[found["rule"] == "ended_undated", "message"]
    assert "but date_closed holds no usable date" in message
