"""project.yml is refused with file, line and key for whatever is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from making import SAMPLE, Maker

from pipeline.errors import InputError
from pipeline.project import load_project


def refusal(make: Maker, old: str, new: str) -> str:
    make.project([])
    path = make.folder / SAMPLE / "project.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_project(SAMPLE)
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("minimum_n: 10", "minimum: 10", ("key minimum: this key is not known", "line ")),
        ("country: MN", "county: MN", ("key country: this key is required", "key county")),
        ("minimum_n: 10", "minimum_n: ten", ("key minimum_n",)),
        ("minimum_n: 10", "minimum_n: 0", ("key minimum_n", "greater than or equal to 1")),
        ("complete_through: 2024-06-30", "complete_through: 2024-06-31", ("complete_through",)),
        ("complete_through: 2024-06-30", "complete_through: 2023-06-30", ("complete_through lies before grm_start",)),
        ("country: MN", "country: ZZ", ("'ZZ' is not a country",)),
        ("language: en", "language: xx-yy-zz", ("is not a language code",)),
        ("aliases: [phone,", "aliases: [email, phone,", ("'email' stands for both email and phone",)),
        ("  email:\n", "  E-Mail:\n", ("a code is written with small letters",)),
        ('numbering: "{number}/{year}"', 'numbering: "{nr}/{year}"', ("key numbering", "{number} once")),
        ("pending_age_days: [7, 14, 30, 60]", "pending_age_days: [14, 7]", ("must rise",)),
        ("country: MN", "country: MN\ncountry: KE", ("line ", "not valid YAML")),
        ("channels:", "channels: [", ("line ", "not valid YAML")),
    ],
)
def test_a_fault_is_named_with_file_line_and_key(make: Maker, old: str, new: str, words: tuple[str, ...]) -> None:
    sentence = refusal(make, old, new)
    assert f"data/{SAMPLE}/project.yml" in sentence
    for word in words:
        assert word in sentence


def test_the_line_of_a_fault_is_the_line_in_the_file(make: Maker) -> None:
    sentence = refusal(
        make, "    answers_by_itself: true       # who came", "    answers_by_itself: maybe      # who came"
    )
    lines = (make.folder / SAMPLE / "project.yml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "maybe" in text)
    assert f"line {line}, key channels.in_person.answers_by_itself" in sentence


def test_all_faults_are_told_at_once(make: Maker) -> None:
    both = refusal(make, "annex_rows: 500 ", "annex_row: x\nunknown: 1 #")
    assert both.count("this key is not known") == 2


def test_no_is_norway_and_not_false(make: Maker) -> None:
    assert make.project([], {"country": "NO"}).settings.country == "NO"


def test_a_text_may_be_given_in_several_languages(make: Maker) -> None:
    project = make.project([], {"name": "{en: The Project, mn: Төсөл}"})
    assert project.settings.name == "The Project"
    with pytest.raises(InputError, match="no text for the language 'en'"):
        make.project([], {"name": "{mn: Төсөл}"})


@pytest.mark.parametrize("code", ["", "..", "../../etc", "no-such", "Smart", "a/b", "$(x)", "smart-government-ii\n"])
def test_a_project_that_is_none_is_refused_with_those_there_are(make: Maker, code: str) -> None:
    make.project([])
    with pytest.raises(InputError, match=SAMPLE):
        load_project(code)


def test_a_missing_file_says_so(make: Maker, tmp_path: Path) -> None:
    (tmp_path / "data" / "other").mkdir(parents=True)
    with pytest.raises(InputError, match=r"data/other/project.yml is missing"):
        load_project("other")
