"""A project of one's own: the folder that `make project` makes, and the commands that run no notebook."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from making import SAMPLE, Maker
from ruamel.yaml import YAML

from pipeline import cli
from pipeline.errors import InputError
from pipeline.project import Settings, load_project
from pipeline.register import new_project
from pipeline.register.dictionary import write_dictionary
from pipeline.register.new_project import REGISTER_KEY, create_project, project_text
from pipeline.register.template import template
from pipeline.yaml_files import check_model


@pytest.fixture
def data(make: Maker) -> Path:
    make.folder.mkdir()
    return make.folder


def refusal_of(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: ")
    return captured.err


def test_a_new_project_can_be_loaded_as_it_stands(data: Path) -> None:
    assert create_project("my-project", "register.csv") == data / "my-project"
    settings = load_project("my-project").settings
    assert (settings.name, settings.country) == ("[Name of the project]", "MN")
    assert settings.register_.file == "register.csv"


def test_a_new_project_names_the_sheet_of_its_register(data: Path) -> None:
    create_project("my-project")
    written = YAML(typ="safe").load((data / "my-project" / "project.yml").read_text(encoding="utf-8"))
    assert written["register"] == {"file": "register.xlsx", "sheet": "Register"}
    source = load_project("my-project").settings.register_
    assert (source.file, source.sheet) == ("register.xlsx", "Register")


def test_a_new_project_has_an_empty_register_with_its_words(data: Path) -> None:
    folder = create_project("my-project", "register.csv")
    assert (folder / "register.xlsx").read_bytes() == template(load_project("my-project"))
    assert openpyxl.load_workbook(folder / "register.xlsx")["Register"].max_row == 1
    assert sorted(path.name for path in folder.iterdir()) == ["project.yml", "register.xlsx"]


def test_a_new_project_is_its_owners_alone(data: Path) -> None:
    folder = create_project("my-project")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "register.xlsx").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name",
    ["a" * 61, "My-Project", "my project", "my_project", "-a", "a-", "a--b", "..", "../a", "a/b", ".a", "ä", "a\n"],
)
def test_a_name_that_is_not_of_small_letters_digits_and_hyphens_is_refused(data: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"^NAME is .*as my-project"):
        create_project(name)
    assert list(data.iterdir()) == []


def test_a_name_that_is_taken_is_refused_and_nothing_is_changed(data: Path) -> None:
    (data / "my-project").mkdir()
    (data / "gone").symlink_to(data / "nowhere")
    for name in ("my-project", "gone"):
        with pytest.raises(InputError, match="is there already and stays as it is"):
            create_project(name)
    assert list((data / "my-project").iterdir()) == []


def test_a_project_that_cannot_be_made_leaves_nothing_behind(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_project, "write_template", full)
    with pytest.raises(InputError, match="data/my-project cannot be made: No space left on device"):
        create_project("my-project")
    assert list(data.iterdir()) == []
    data.rmdir()
    data.write_text("")
    with pytest.raises(InputError, match="data/my-project cannot be made: "):
        create_project("my-project")


def text() -> str:
    return project_text("my-project", REGISTER_KEY)


def test_every_key_stands_in_the_new_project_and_is_explained() -> None:
    lines = text().splitlines()
    for name, field in Settings.model_fields.items():
        key = field.alias or name
        (place,) = [number for number, line in enumerate(lines) if re.match(rf"#?{key}:", line)]
        above = lines[:place]
        while re.match(r"#?[a-z_]+: .", above[-1]):
            # Keys that are explained together stand below each other.
            above.pop()
        assert above[-1].startswith(("# ", "#   ")), key


def test_the_keys_that_are_switched_off_are_valid_once_they_are_switched_on() -> None:
    switched_on = re.sub(r"^#(?=[a-z_]+:|  \S)", "", text().replace(REGISTER_KEY, "register.csv"), flags=re.MULTILINE)
    # The forms of the register's key are prose and begin with three blanks.
    settings = check_model(YAML(typ="safe").load(switched_on) | {"columns": {}}, Settings, "example", language="en")
    assert settings.service_standards.resolution is not None
    assert settings.severe_from == "high"
    assert settings.texts.unrelated == "[Where their senders are told to turn.]"
    assert set(Settings.model_fields) - settings.model_fields_set == set()


def test_what_is_not_the_users_own_can_be_seen() -> None:
    written = YAML(typ="safe").load(text())
    own = [written["name"], written["implementing_unit"], *written["texts"]["purpose"], *written["texts"]["handling"]]
    own += [written["texts"]["confidentiality"], *written["texts"]["escalation"][0].values()]
    assert [one for one in own if not re.fullmatch(r"\[.*\]", one)] == []
    for key in ("country", "grm_start", "complete_through", "numbering", "channels", "types", "statuses"):
        assert re.search(rf"^{key}: .*# CHANGE$", text(), flags=re.MULTILINE), key


# -- the commands ----------------------------------------------------------------------------------------------------


def test_the_command_says_what_was_made_and_what_comes_next(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["project", "--name=my-project"]) == 0
    told = capsys.readouterr().out
    for words in (
        "my-project is made",
        "project.yml",
        "register.xlsx",
        "make template PROJECT=my-project",
        "make report",
    ):
        assert words in told
    assert cli.main(["project", "--name=my-project"]) == 2
    assert "is there already" in refusal_of(capsys)
    assert cli.main(["project"]) == 2
    assert "NAME is not given. For example: make project NAME=my-project" in refusal_of(capsys)


def test_a_new_project_goes_where_the_call_says(make: Maker, tmp_path: Path) -> None:
    assert cli.main(["project", "--name=my-project", f"--data={tmp_path / 'elsewhere'}"]) == 0
    assert (tmp_path / "elsewhere" / "my-project" / "project.yml").is_file()


def test_the_template_is_written_below_outputs_and_never_over_another_file(
    make: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make.project("registration_no,date_received,channel,status\n")
    path = tmp_path / "outputs" / SAMPLE / "register-template.xlsx"
    assert cli.main(["template"]) == 0
    told = capsys.readouterr().out
    assert str(path) in told
    assert f"Copy it to data/{SAMPLE}/" in told
    assert path.read_bytes() == template(project)
    path.write_bytes(b"filled in")
    for arguments in ([], ["--force="], ["--force=0"]):
        assert cli.main(["template", *arguments]) == 2
        assert "somebody may have filled it in" in refusal_of(capsys)
    assert cli.main(["template", "--force=yes"]) == 2
    assert "FORCE is 'yes'. Allowed are 1 (replace the file), 0, or nothing." in refusal_of(capsys)
    assert path.read_bytes() == b"filled in"
    assert cli.main(["template", "--force"]) == 0
    assert path.read_bytes() == template(project)


def test_the_template_of_a_project_that_is_not_there_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["template", "--project=nowhere"]) == 2
    assert "PROJECT is 'nowhere', which is not a project" in refusal_of(capsys)


def test_the_dictionary_is_written_between_its_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "register.md"
    document.write_text(
        "a\n<!-- columns -->\nold\n<!-- /columns -->\nb\n<!-- aliases -->\n<!-- /aliases -->\n"
        "<!-- words -->\n<!-- /words -->\n<!-- rules -->\n<!-- /rules -->\nc\n"
    )
    assert write_dictionary(document)
    written = document.read_text(encoding="utf-8")
    assert re.fullmatch(
        r"a\n<!-- columns -->\n\n\| column .*\|\n\n<!-- /columns -->\nb\n"
        r"<!-- aliases -->\n\n\| column \| English .*\|\n\n<!-- /aliases -->\n"
        r"<!-- words -->\n\n\| for .*\|\n\n<!-- /words -->\n"
        r"<!-- rules -->\n\n\| rule .*\|\n\n<!-- /rules -->\nc\n",
        written,
        flags=re.DOTALL,
    )
    assert not write_dictionary(document)
    assert cli.main(["dictionary"]) == 0
    assert "docs/register.md is up to date." in capsys.readouterr().out


@pytest.mark.parametrize("content", ["nothing", "<!-- /columns -->\n<!-- columns -->\n", "<!-- columns -->\n" * 2])
def test_a_document_without_its_markers_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "register.md").write_text(content)
    with pytest.raises(InputError, match="must stand there once, in this order"):
        write_dictionary(tmp_path / "register.md")
    assert (tmp_path / "register.md").read_text() == content


def test_a_document_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"docs/register\.md cannot be written: No such file"):
        write_dictionary(tmp_path / "register.md")
