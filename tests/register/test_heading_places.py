"""What may be a grievance and no row of headings stands in no error: only known headings are told in their words."""

from __future__ import annotations

import json
import re

import pytest
from making import Maker

from pipeline import cli
from pipeline.errors import InputError
from pipeline.project import load_project
from pipeline.register.checking import checked_register
from pipeline.register.mapping import map_columns
from pipeline.register.reading import Register, read_register

GRIEVANCES = [
    "GRM-3,5-Mar-24,Phone,Complaint,Wanjiru Kariuki,She was beaten,Open",
    "GRM-4,6-Mar-24,Phone,Complaint,Akinyi Otieno,The road is dry too.,Open",
    "GRM-5,7-Mar-24,E-mail,Complaint,Achieng Otieno,The road is wet.,Closed",
]
GERMAN = "Lfd. Nummer,Eingang,Weg,Art,Beschwerdefuehrerin,Inhalt,Stand"
SECRETS = ("Wanjiru", "Kariuki", "beaten", "Akinyi", "Achieng", "Otieno", "road", "GRM", "Mar-24")


def mapped(make: Maker, text: str, changes: dict[str, str] | None = None, file: str = "register.csv") -> Register:
    project = make.project("", {"register": file, **(changes or {})})
    (project.folder / file).write_text(text, encoding="utf-8")
    return map_columns(read_register(project), project)


def refused(make: Maker, text: str, changes: dict[str, str] | None = None, file: str = "register.csv") -> str:
    with pytest.raises(InputError) as error:
        mapped(make, text, changes, file)
    assert not any(secret in str(error.value) for secret in SECRETS)
    return str(error.value)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1), (0,)])
def test_a_register_without_headings_is_refused_without_a_word_of_a_grievance(
    make: Maker, order: tuple[int, ...]
) -> None:
    told = refused(make, "\n".join(GRIEVANCES[one] for one in order) + "\n")
    assert "no column for registration_no, date_received, channel, status" in told
    assert "register.csv, row 1: this was taken for the headings, and it seems to be a grievance" in told


def test_a_value_that_its_column_holds_once_more_shows_a_grievance(make: Maker) -> None:
    told = refused(make, "a,b,by hand,Wanjiru\nc,d,By hand,Akinyi\n")
    assert "register.csv, row 1: this was taken for the headings, and it seems to be a grievance" in told


def test_a_number_of_the_project_shows_a_grievance(make: Maker) -> None:
    text = "GRM/3,in March,by hand,Wanjiru\nGRM/4,in May,by post,Akinyi\n"
    assert "seems to be a grievance" not in refused(make, text)
    assert "seems to be a grievance" in refused(make, text, {"numbering": "'GRM/{number}'"})


def test_a_grievance_of_known_words_is_no_row_of_headings(make: Maker) -> None:
    odd = ",,Phone,Complaint,Wanjiru Kariuki of the blue gate,She was beaten,Open"
    rows = [
        "1/2024,2024-01-20,E-mail,Question,Akinyi,wet,Open",
        odd,
        "2/2024,2024-01-22,Phone,Question,Achieng,dry,Open",
    ]
    told = refused(make, "\n".join([GERMAN, *rows]) + "\n")
    assert "No heading that is surely one was found in row 1" in told
    assert "Headings that are not used yet: row 1, columns A, B, C, D, E, F and G." in told
    columns = "{Lfd. Nummer: registration_no, Eingang: date_received, Weg: channel, Stand: status}"
    assert len(mapped(make, "\n".join([GERMAN, *rows]) + "\n", {"columns": columns}).table) == 3


def test_a_word_of_the_project_makes_no_grievance_a_row_of_headings(make: Maker) -> None:
    project = make.project("", {"register": "'r-*.csv'"})
    text = (project.folder / "project.yml").read_text(encoding="utf-8")
    (project.folder / "project.yml").write_text(text.replace("aliases: [in progress]", "aliases: [received]"), "utf-8")
    (project.folder / "r-1.csv").write_text(
        "registration_no,date_received,channel,status\n1/2024,2024-01-20,email,Received\n", encoding="utf-8"
    )
    (project.folder / "r-2.csv").write_text("GRM-3,5-Mar-24,Phone,Received,Wanjiru\n" * 2, encoding="utf-8")
    register = map_columns(read_register(load_project(project.code)), load_project(project.code))
    assert [*register.headings] == ["registration_no", "date_received", "channel", "status"]
    assert register.found["message"].str.contains("r-2.csv: a table with 2 rows").sum() == 1


def test_a_heading_that_is_not_known_is_told_by_its_column(make: Maker) -> None:
    head = "registration_no,,date_received,channel,Wanjiru Kariuki,Staatus"
    told = refused(make, f"{head}\n1/2024,x,2024-01-20,email,x,Open\n")
    assert '\n  "[the heading in column F]": status\n' in told
    assert "Headings that are not used yet: row 1, columns B, E and F." in told
    assert "doubtful" not in told


def test_a_heading_that_project_yml_has_and_the_register_has_not_is_told_by_its_line(make: Maker) -> None:
    head = "registration_no,date_received,channel,status,Wanjiru Kariuki"
    told = refused(make, f"{head}\n1/2024,2024-01-20,email,Open,x\n", {"columns": "{Wanjiro Karuki: note}"})
    assert re.search(r"project\.yml, line \d+, key columns\.…: the register has no heading as this line has it\.", told)
    assert "Write it as it stands in row 1" in told
    assert not {"Wanjiro", "Karuki", "Wanjiru"} & set(re.findall(r"\w+", told))
    assert told.endswith("Is the one in column E meant?")
    told = refused(make, "\n".join(GRIEVANCES) + "\n", {"columns": "{Number: registration_no}"})
    assert "seems to be a grievance" in told


def test_a_heading_of_two_levels_is_told_by_its_column(make: Maker) -> None:
    head = "registration_no,Wanjiru Kariuki,,date_received,status\n,Channel,Sex,,\n"
    told = refused(make, head + "1/2024,email,f,2024-01-20,Open\n", {"not_collected": "{channel: one desk}"})
    assert "the register has the column: its heading is the one in column B." in told


def test_records_are_told_by_the_places_of_their_fields(make: Maker) -> None:
    keyed = {"Wanjiru Kariuki": {"day": "2024-01-20"}, "Akinyi Otieno": {"day": "2024-01-21"}}
    told = refused(make, json.dumps(keyed), file="r.json")
    assert "Headings that are not used yet: fields 1 and 2." in told
    record = '{"registration_no": "1", "Wanjiru Kariuki": "x", "Wanjiru Kariuki": "y"}'
    assert "a record has a field twice" in refused(make, f"[{record}]", file="r.json")
    lists = json.dumps({"Akinyi": [keyed], "Otieno": [keyed]})
    told = refused(make, lists, {"register": "{file: r.json, sheet: a}"}, "r.json")
    assert "It has 2 others." in told


def test_tables_are_told_apart_and_no_more_than_a_few_of_them(make: Maker) -> None:
    project = make.project("", {"register": "'r-*.csv'"})
    for number in range(5):
        text = f"registration_no,date_received,channel,Akinyi Otieno {number}\n{number}/2024,2024-01-20,email,x\n"
        (project.folder / f"r-{number}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        map_columns(read_register(project), project)
    assert "not used yet: r-0.csv, row 1, column D; r-1.csv, row 1, column D; r-2.csv, row 1, column D; and more." in (
        str(error.value)
    )
    assert "Akinyi" not in str(error.value)


@pytest.mark.parametrize("command", ["check", "figures"])
def test_no_command_tells_a_word_of_a_grievance(make: Maker, capsys: pytest.CaptureFixture[str], command: str) -> None:
    project = make.project("", {"register": "'r-*.csv'"})
    (project.folder / "r-1.csv").write_text("\n".join(GRIEVANCES) + "\n", encoding="utf-8")
    assert cli.main([command, *(["--period", "2024H1"] if command == "figures" else [])]) == 2
    told = capsys.readouterr().err
    assert "r-1.csv, row 1: this was taken for the headings" in told
    assert not any(secret in told for secret in SECRETS)


def told_of(make: Maker, text: str, changes: dict[str, str] | None = None) -> dict[str, str]:
    """Return by column where its first finding says that it stands."""
    found = make.clean(text, changes).told.query("column != ''").drop_duplicates("column")
    return {one["column"]: one["message"].partition(": ")[0] for one in found.to_dict("records")}


def test_a_finding_says_in_which_column_of_the_sheet_and_under_which_heading_a_cell_stands(make: Maker) -> None:
    text = "Lfd,Date of receipt,Registration number,Status,type\nfax,soon,1/2024,Opn,Quest\n"
    assert told_of(make, text, {"columns": "{Lfd: channel}"}) == {
        # A heading that project.yml names, one that is known, and two that say what the name of the column says.
        "channel": "register.csv, row 2, column channel (A, 'Lfd')",
        "date_received": "register.csv, row 2, column date_received (B, 'Date of receipt')",
        "status": "register.csv, row 2, column status",
        "type": "register.csv, row 2, column type",
    }


def test_a_finding_repeats_no_word_of_a_heading_that_is_not_known(make: Maker) -> None:
    text = "Registration number,Akinyi Otieno,,Channel,Status\n,Received on,Resolved on,,\n1/2024,soon,later,fax,Opn\n"
    told = told_of(make, text)
    assert told["date_received"] == "register.csv, row 3, column date_received (B)"
    assert told["channel"] == "register.csv, row 3, column channel"


def test_a_column_that_stands_in_two_places_of_a_sheet_is_told_by_its_name_alone(make: Maker) -> None:
    first, second = "No.,Current status,Channel,Received\n", "No.,Channel,Current status,Received\n"
    told = told_of(make, f"{first}1/2024,Opn,email,soon\n\n{second}2/2024,fax,Opn,2024-03-05\n")
    assert told["date_received"] == "register.csv, row 2, column date_received (D, 'Received')"
    assert told["status"] == "register.csv, row 2, column status"
    assert told["channel"] == "register.csv, row 5, column channel"


def test_a_field_of_records_has_no_letter(make: Maker) -> None:
    record = {"Registration number": "1/2024", "Received": "soon", "Channel": "email", "Status": "Received"}
    project = make.project("", {"register": "register.json"})
    (project.folder / "register.json").write_text(json.dumps([record]), encoding="utf-8")
    found = checked_register(project).found.query("rule == 'unreadable_date'")
    assert found["message"].str.startswith("register.json, row 1, column date_received ('Received'): 'soon'").all()
