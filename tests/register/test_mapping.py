"""Which heading is which column: known in five languages, settled in project.yml, never guessed in silence."""

from __future__ import annotations

import pandas as pd
import pytest
from making import Maker, value
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.register import findings
from pipeline.register.columns import dictionary, names
from pipeline.register.mapping import map_columns, suggestions
from pipeline.register.reading import PLACE, Register, read_register
from pipeline.register.views import columns_read

REQUIRED = names(required=True)
ALIASES = [
    (alias, name) for name, column in dictionary().items() for aliases in column.aliases.values() for alias in aliases
]


def mapped(make: Maker, headings: list[str], changes: dict[str, str] | None = None, cells: str = "") -> Register:
    head = ",".join('"' + heading.replace('"', '""') + '"' for heading in headings)
    project = make.project(f"{head}\n{cells or ','.join('x' for _ in headings)}\n", changes)
    return map_columns(read_register(project), project)


def test_every_alias_of_the_five_languages_is_known_for_its_column(make: Maker) -> None:
    assert len(ALIASES) > 300
    project = make.project("")
    for alias, name in ALIASES:
        headings = [*(column for column in REQUIRED if column != name), alias.upper()]
        table = pd.DataFrame(columns=[*PLACE, *headings], dtype="str")
        register = Register(table, "register.csv", {heading: heading for heading in headings}, findings.none())
        assert map_columns(register, project).headings[alias.upper()] == name, alias


@pytest.mark.parametrize("heading", ["  REG.  NO: ", "Reg_No", "reg. no", "Reg-No?"])
def test_case_blanks_and_marks_tell_no_headings_apart(make: Maker, heading: str) -> None:
    assert mapped(make, [*REQUIRED[1:], heading]).headings[" ".join(heading.split())] == "registration_no"


@pytest.mark.parametrize("heading", ["Төлөв", "Тєлєв", "тєлөв"])
def test_letters_that_look_alike_tell_no_headings_apart(make: Maker, heading: str) -> None:
    assert mapped(make, [*REQUIRED[:3], heading]).headings[heading] == "status"


def test_project_yml_wins_over_name_and_alias(make: Maker) -> None:
    register = mapped(make, [*REQUIRED, "State"], {"columns": "{State: status, Status: note}"})
    assert (register.headings["State"], register.headings["status"]) == ("status", "note")


def test_a_name_wins_over_an_alias_without_doubt(make: Maker) -> None:
    register = mapped(make, ["State", *REQUIRED])
    assert register.headings["status"] == "status"
    assert register.headings["State"] == "other: State"
    assert "column_in_doubt" not in set(register.found["rule"])


def test_of_two_aliases_the_first_of_the_list_wins_and_the_other_is_told(make: Maker) -> None:
    register = mapped(make, ["State", *REQUIRED[:3], "Current status"])
    assert register.headings["Current status"] == "status"
    told = register.found[register.found["rule"] == "column_in_doubt"]["message"].tolist()
    both = "register.csv: the headings 'Current status' and 'State' both fit the column status"
    assert told == [f"{both}; 'Current status' was taken."]


PERSONS = ["Complainant", "Name", "Phone", "Address", "Email", "Responsible", "Focal point", "Complainant"]


def test_every_heading_of_a_column_that_identifies_a_person_is_kept_as_such_and_told_once(make: Maker) -> None:
    register = mapped(make, [*REQUIRED, *PERSONS])
    assert {heading: name for heading, name in register.headings.items() if heading not in REQUIRED} == {
        "Complainant": "complainant",
        "Name": "further complainant: Name",
        "Phone": "complainant_contact",
        "Address": "further complainant_contact: Address",
        "Email": "further complainant_contact: Email",
        "Responsible": "responsible",
        "Focal point": "further responsible: Focal point",
        "Complainant (2)": "further complainant: Complainant (2)",
    }
    assert set(register.found["rule"]) == {"column_further"}
    assert sorted(register.found["value"]) == ["Address", "Complainant (2)", "Email", "Focal point", "Name"]
    assert register.found["message"][0] == (
        "register.csv: the headings 'Complainant' and 'Name' both fit the column complainant: 'Complainant' was taken, "
        "and whoever stands under 'Name' is replaced in texts as well."
    )
    read = columns_read(register).set_index("heading")
    assert read["identifies_a_person"].loc[[*register.headings][4:]].eq("yes").all()
    assert read["may_be_public"].loc[[*register.headings][4:]].eq("never").all()


def test_project_yml_may_name_several_headings_for_persons_and_its_first_one_is_taken(make: Maker) -> None:
    changes = {"columns": "{Witness: complainant, Name: complainant, Complainant (2): complainant, Address: note}"}
    headings = mapped(make, [*REQUIRED, "Name", "Witness", "Address", "Witness (2)", "Phone"], changes=None).headings
    assert headings["Witness"] == "other: Witness", "what is no known heading cannot be known"
    register = mapped(make, [*REQUIRED, "Name", "Witness", "Address", "Complainant", "Complainant"], changes)
    assert register.headings["Witness"] == "complainant"
    assert register.headings["Name"] == "further complainant: Name"
    assert register.headings["Complainant (2)"] == "further complainant: Complainant (2)"
    assert register.headings["Address"] == "note"
    assert register.found["value"].tolist() == ["Complainant"], "it is not named there"


def test_two_names_of_one_column_are_refused(make: Maker) -> None:
    with pytest.raises(InputError, match="'State' and 'status' of the register are both the column status"):
        mapped(make, [*REQUIRED, "complainant", "Complainant", "State"], {"columns": "{State: status, Status: status}"})


def test_a_heading_of_two_levels_is_known_by_its_lower_one(make: Maker) -> None:
    project = make.project(
        "registration_no,Dates,,channel,status\n,Received,Resolved,,\n1/2024,2024-03-01,2024-03-02,email,x\n"
    )
    register = map_columns(read_register(project), project)
    assert register.headings["Dates / Received"] == "date_received"
    assert register.headings["Dates / Resolved"] == "date_resolved"


def test_a_lower_heading_that_stands_twice_is_not_guessed(make: Maker) -> None:
    project = make.project("registration_no,A,,B,,status\n,Channel,x,Channel,y,\n1/2024,a,b,c,d,e\n")
    with pytest.raises(InputError, match="no column for date_received, channel"):
        map_columns(read_register(project), project)


def test_what_an_error_suggests_works_in_project_yml_once_the_headings_are_filled_in(make: Maker) -> None:
    headings = ['Registration "numbr"', "Date of receiptt", "Chanel: which", "Statuss #1", "Colour"]
    with pytest.raises(InputError) as error:
        mapped(make, headings)
    block = str(error.value).split("columns:\n", 1)[1].split("\nHeadings", 1)[0]
    assert not any(heading in str(error.value) for heading in headings)
    for letter, heading in zip("ABCD", headings, strict=False):
        block = block.replace(f"[the heading in column {letter}]", heading.replace('"', '\\"'))
    chosen = YAML(typ="safe").load("columns:\n" + block)["columns"]
    assert set(chosen.values()) == set(REQUIRED)
    assert "row 1, columns A, B, C, D and E." in str(error.value)
    register = mapped(make, headings, {"columns": "\n" + block})
    assert [register.headings[heading] for heading in headings[:4]] == REQUIRED


def test_what_a_note_suggests_works_when_it_is_pasted(make: Maker) -> None:
    register = mapped(make, [*REQUIRED, "Complainant's naame"])
    (message,) = register.found["message"]
    line = message.split("project.yml: ", 1)[1]
    assert YAML(typ="safe").load(line) == {"Complainant's naame": "complainant"}


def test_nothing_is_suggested_for_a_heading_that_is_like_none(make: Maker) -> None:
    assert suggestions(["Weight", "x", "no"], ["summary", "action_taken"]) == {}


def test_a_heading_that_is_like_a_column_that_is_taken_is_not_said_to_be_another() -> None:
    heading, others = "Le n° de chaque plainte", [name for name in dictionary() if name != "registration_no"]
    assert suggestions([heading], dictionary()) == {heading: "registration_no"}
    assert suggestions([heading], others, ["registration_no"]) == {}


def test_a_heading_that_is_more_like_an_optional_column_is_not_said_to_be_a_required_one(make: Maker) -> None:
    with pytest.raises(InputError) as error:
        mapped(make, ["Colour", "date_received", "channel", "status", "Date de rÃ©solution"])
    assert (
        'columns:\n  "[the heading]": registration_no\nHeadings that are not used yet: row 1, columns A and E.'
        in str(error.value)
    )


@pytest.mark.parametrize(("encoding", "taken"), [("mac_roman", "cp1252"), ("utf-8", "")])
def test_where_a_column_is_missing_an_encoding_that_was_guessed_is_told(make: Maker, encoding: str, taken: str) -> None:
    project = make.project("", {"register": "register.csv"})
    text = "registration_no,Date de réceptiom,channel,status\n1/2024,2024-01-20,email,Received\n"
    (project.folder / "register.csv").write_bytes(text.encode(encoding))
    with pytest.raises(InputError) as error:
        map_columns(read_register(project), project)
    told = f"The letters of register.csv were read as {taken}. If the headings look wrong in 'make check'"
    assert (told in str(error.value)) == bool(taken)
    assert ("encoding" in str(error.value)) == bool(taken)


def test_a_missing_column_is_told_with_the_way_to_say_that_there_is_none(make: Maker) -> None:
    with pytest.raises(InputError, match=r"no column for channel.*\n.*\n.*\n.*not_collected: \{channel: …\}"):
        mapped(make, ["registration_no", "date_received", "status", "Colour"])


def test_a_column_that_is_not_collected_is_told_once_and_no_figure_is_split_by_it(make: Maker) -> None:
    changes = {"not_collected": "{channel: the office has one desk}"}
    rows = "".join(f"{number}/2024,2024-03-0{number},Resolving,Question\n" for number in range(1, 6))
    cleaned = make.clean("registration_no,date_received,status,type\n" + rows, changes)
    assert cleaned.rules() == ["column_not_collected"]
    assert "the office has one desk" in cleaned.findings["message"][0]
    measured = cleaned.measure("2024H1")
    (line,) = measured.table.query("indicator == 'received' and scope == 'period' and dimension == 'channel'").to_dict(
        "records"
    )
    assert (line["member"], line["state"]) == ("", "not_collected")
    assert value(measured, "received") == 5
