"""What a command says of an error, and what it keeps of a failed notebook, names nobody whom the register names."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pandas as pd
import pytest
from making import SAMPLE, Maker

from pipeline import cli
from pipeline.commands import searching
from pipeline.commands.searching import discreet, names_nobody, own_contacts, own_words, search_for
from pipeline.confidentiality.readable.text import Seen
from pipeline.confidentiality.search import OwnWords
from pipeline.errors import DisclosureError, InputError, PipelineError
from pipeline.execution.errors import ExecutionError, Interrupted
from pipeline.project import load_project

NAME, CONTACT = "Sarantuya Enkhbold", "s.enkhbold@example.mn"
ROW = {
    "registration_no": "1/2024",
    "date_received": "2024-03-05",
    "channel": "Email",
    "status": "Resolved",
    "complainant": NAME,
    "complainant_contact": CONTACT,
}
IDENTITIES = pd.DataFrame({"complainant": [NAME], "complainant_contact": [CONTACT], "responsible": [None]}, dtype="str")


def notebook(folder: Path, shown: str) -> Path:
    cell = {"cell_type": "code", "source": "x", "metadata": {}, "outputs": [{"output_type": "stream", "text": shown}]}
    path = folder / "01_cleaning.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}}), encoding="utf-8")
    return path


def test_an_error_that_quotes_a_cell_is_told_without_the_name(make: Maker) -> None:
    make.project([ROW])
    told = discreet(f"register.csv, row 2, column status: '{NAME}' is no status; write to {CONTACT}.", SAMPLE)
    assert told == "register.csv, row 2, column status: '[person]' is no status; write to [contact]."


@pytest.mark.parametrize("old", [NAME, "Somebody Else"])
def test_an_error_is_told_without_the_name_that_a_correction_took_out(make: Maker, old: str) -> None:
    project = make.project([ROW])
    (project.folder / "corrections.yml").write_text(
        f"- match: {{registration_no: 1/2024}}\n  column: complainant\n  from: {old}\n  to: Oyun Tsend\n"
        "  reason: misspelt\n  who: M&E\n  date: 2024-07-01\n",
        encoding="utf-8",
    )
    assert "Sarantuya" not in discreet(f"{NAME} is no status.", SAMPLE)
    # One that cannot be applied is not known, and says so itself.
    assert ("Tsend" in discreet("Oyun Tsend is no status.", SAMPLE)) == (old != NAME)


def test_an_error_keeps_its_dates_its_places_and_the_project_s_own_contacts(make: Maker) -> None:
    make.project([ROW])
    text = "register.csv, row 2: '45.13.2024' is no date. PERIOD 2024H1@2024-06-13; write to info@smart.gov.mn."
    assert discreet(text, SAMPLE) == text


@pytest.mark.parametrize("code", ["", "none-such"])
def test_without_a_project_an_error_is_told_as_it_is(make: Maker, code: str) -> None:
    assert discreet("PERIOD is not given.", code) == "PERIOD is not given."


@pytest.mark.parametrize(("error", "reads"), [(Interrupted(signal.SIGTERM), 0), (InputError("No such column."), 1)])
def test_a_run_that_is_stopped_says_so_without_reading_the_register_once_more(
    make: Maker,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: PipelineError | ExecutionError,
    reads: int,
) -> None:
    make.project([ROW])
    read: list[str] = []

    def fail(_: object) -> tuple[str, int]:
        raise error

    monkeypatch.setitem(
        cli.COMMANDS, "check", cli.COMMANDS["check"].__class__("x", cli.COMMANDS["check"].add_options, fail)
    )
    monkeypatch.setattr(searching, "discreet", lambda text, code: read.append(code) or text)
    assert cli.main(["check"]) == error.exit_code
    assert capsys.readouterr().err == f"Error: {error}\n"
    assert len(read) == reads


def test_the_command_line_says_no_name_where_a_cell_stands_in_the_wrong_column(
    make: Maker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.project([ROW])
    error = DisclosureError(f"channel '{NAME}' is not known")

    def fail(options: object) -> tuple[str, int]:
        raise error

    monkeypatch.setitem(
        cli.COMMANDS, "check", cli.COMMANDS["check"].__class__("x", cli.COMMANDS["check"].add_options, fail)
    )
    assert cli.main(["check", "--project", SAMPLE]) == 1
    told = capsys.readouterr().err
    assert "Enkhbold" not in told
    assert "channel '[person]' is not known" in told


def test_a_failed_notebook_is_searched_for_the_names_of_its_set_or_of_the_register(make: Maker, tmp_path: Path) -> None:
    project = make.project([ROW])
    for apart in (False, True):
        if apart:
            (tmp_path / "internal").mkdir()
            IDENTITIES.to_parquet(tmp_path / "internal" / "identities.parquet")
        assert not names_nobody(project, tmp_path, notebook(tmp_path, f"by {NAME.upper()}"))
        assert not names_nobody(project, tmp_path, notebook(tmp_path, "call 9911-2233"))
        assert names_nobody(project, tmp_path, notebook(tmp_path, "16 grievances"))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"notice": f"Ask {NAME}."}, "notice"),
        ({"channels": f"{{email: {{label: E-mail to {NAME}}}}}"}, "channels.email.label"),
        ({"types": f"{{question: {{label: Question, definition: What {NAME} asks}}}}"}, "types.question.definition"),
    ],
)
def test_a_whole_name_in_a_text_of_the_project_is_told_by_its_key(
    make: Maker, changes: dict[str, str], key: str
) -> None:
    project = make.project([ROW], changes)
    with pytest.raises(DisclosureError) as refusal:
        search_for(project, IDENTITIES)
    assert f"project.yml, key {key}, holds the name of a known person (rule known_name)." in str(refusal.value)
    assert "Sarantuya" not in str(refusal.value)


def test_a_name_that_is_kept_may_stand_in_project_yml(make: Maker) -> None:
    project = make.project([ROW], {"notice": f"Ask {NAME}.", "confidential": f"{{keep: [{NAME}]}}"})
    assert search_for(project, IDENTITIES).finds([Seen(f"Ask {NAME}.")]) == []


def test_the_project_s_own_contacts_are_kept_or_those_of_channels_and_bodies_to_turn_to(
    make: Maker,
) -> None:
    project = make.project([ROW], {"channels": "{email: {label: E-mail, reach: office@example.mn}}"})
    assert {"info@smart.gov.mn", "office@example.mn", "World Bank Inspection Panel"} <= set(own_contacts(project))
    search = search_for(load_project(SAMPLE), IDENTITIES)
    assert search.finds([Seen("office@example.mn, info@smart.gov.mn")]) == []
    assert search.finds([Seen("another@example.mn")]) != []


def test_registration_numbers_headings_and_inside_the_house_places_raise_no_alarm(make: Maker) -> None:
    words = OwnWords(frozenset({"99112233"}), ("Cross Street 1",), ("12 Main Street", "47.91812, 106.91754"))
    search = search_for(make.project([ROW]), IDENTITIES, words)
    assert search.finds([Seen("99112233"), Seen("Cross Street 1")]) == []
    assert search.finds([Seen("99112244")]) != []
    for place in words.places:
        assert search.finds([Seen(place)], is_public=False) == []
        assert search.finds([Seen(place)]) != []


@pytest.mark.parametrize("number", ["No 9911-2233", "№ 9911-2233", "9911-2233 A", "GRM 99112233"])
def test_a_registration_number_of_several_words_raises_no_alarm_as_a_whole(make: Maker, number: str) -> None:
    """Without what stands beside its figures it is another number."""
    search = search_for(make.project([ROW]), IDENTITIES, OwnWords(frozenset({number, "1/2024"})))
    assert search.finds([Seen(number), Seen(f"see {number}, please"), Seen(f"1/2024\n{number}\n")]) == []
    bare = max(number.split(), key=len)
    assert search_for(make.project([ROW]), IDENTITIES, OwnWords()).finds([Seen(bare)]) != []
    assert search.finds([Seen(f"call {bare}")]) != []
    assert search.finds([Seen(f"{number} or 88112244")]) != []


DATED = OwnWords(frozenset({"9911/2024", "GRM-2024-9911", "99112233/2024", "1/2024"}))


@pytest.mark.parametrize(
    ("contact", "number"),
    [("99112024", "9911/2024"), ("9911 2024", "9911/2024"), ("+976 2024 9911", "GRM-2024-9911")],
)
def test_number_and_year_of_a_grievance_may_have_the_digits_of_a_telephone_number(
    make: Maker, contact: str, number: str
) -> None:
    """Among a million grievances some do; the number as it is dialled is found all the same."""
    search = search_for(make.project([ROW]), IDENTITIES.assign(complainant_contact=contact), DATED)
    assert search.finds([Seen(number), Seen(f"see {number}, please"), Seen(f"row 7\n{number}\n1/2024")]) == []
    for text in (contact, f"{number} or {contact}", contact.replace(" ", "-"), f"call {contact}"):
        assert [find.rule for find in search.finds([Seen(text)])].count("known_contact") == 1, text


@pytest.mark.parametrize(
    "text", ["9912/2024", "9911/2025", "9911 / 2024", "19911/2024", "9911/2024/7", "+976 9911/2024", "7 9911/2024"]
)
def test_what_is_no_registration_number_of_the_register_stays_a_telephone_number(make: Maker, text: str) -> None:
    digits = "".join(filter(str.isdigit, text))
    search = search_for(make.project([ROW]), IDENTITIES.assign(complainant_contact=digits), DATED)
    assert any(find.rule == "known_contact" for find in search.finds([Seen(text)]))


def test_a_telephone_number_beside_a_year_is_found_in_a_registration_number(make: Maker) -> None:
    search = search_for(make.project([ROW]), IDENTITIES.assign(complainant_contact="99112233"), DATED)
    assert any(find.rule == "known_contact" for find in search.finds([Seen("99112233/2024")]))


@pytest.mark.parametrize("number", ["+976 9911 2233", "9911 2233", "No 9911 2233", "tel +976 99112233"])
def test_a_registration_number_in_the_form_of_a_telephone_number_with_blanks_stops_the_run(
    make: Maker, number: str
) -> None:
    search = search_for(make.project([ROW]), IDENTITIES, OwnWords(frozenset({number})))
    assert search.finds([Seen(number)]) != []


def test_a_figure_of_millions_is_no_telephone_number_but_another_one_beside_it_is(make: Maker, tmp_path: Path) -> None:
    internal = tmp_path / "internal"
    internal.mkdir()
    pd.DataFrame({"registration_no": ["1/2024"], "location": [None]}, dtype="str").to_parquet(
        internal / "cases.parquet"
    )
    table = "indicator,value,numerator,denominator\nreceived,99112233,,\nrate,0.1234567,88112233,99.5\nother,9911,,\n"
    (internal / "indicators.csv").write_text(table, encoding="utf-8-sig")
    words = own_words(tmp_path)
    assert words.numbers == {"1/2024", "99112233", "88112233"}
    search = search_for(make.project([ROW]), IDENTITIES, words)
    assert search.finds([Seen(table), Seen("99112233 grievances")]) == []
    assert search.finds([Seen("9911 2233")]) != []
    assert search.finds([Seen("99112233 or 99112234")]) != []


def test_a_search_is_kept_for_the_same_names_alone(make: Maker) -> None:
    project = make.project([ROW])
    search = search_for(project, IDENTITIES, OwnWords())
    assert search_for(load_project(SAMPLE), IDENTITIES.copy(), OwnWords()) is search
    others = IDENTITIES.assign(complainant=pd.Series(["Tumur Ganbold"], dtype="str"))
    for other in (search_for(project, others, OwnWords()), search_for(project, IDENTITIES, OwnWords(frozenset({"1"})))):
        assert other is not search
    assert search_for(project, others).finds([Seen("Tumur Ganbold came.")])
    assert not search_for(project, IDENTITIES).finds([Seen("Tumur Ganbold came.")])


def test_a_search_with_other_words_of_the_register_begins_anew_with_the_same_names(make: Maker) -> None:
    """The page that lists the reports names whom the report before it named."""
    project = make.project([ROW])
    search = search_for(project, IDENTITIES, OwnWords(frozenset({"88112244"})))
    assert search.finds([Seen("88112244")]) == []
    twice = pd.concat([IDENTITIES, IDENTITIES.iloc[::-1]], ignore_index=True)
    other = search_for(project, twice, OwnWords())
    assert other.known is search.known
    assert other.finds([Seen("88112244")]) != []
    assert other.finds([Seen(NAME)]) == search.finds([Seen(NAME)]) != []


def test_a_search_that_has_seen_very_much_is_not_kept(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make.project([ROW])
    monkeypatch.setattr(searching, "_MOST_SEEN", 1)
    search = search_for(project, IDENTITIES)
    search.finds([Seen("one"), Seen("two")])
    assert search_for(project, IDENTITIES) is not search
