"""project.yml is refused with file, line and key for whatever is wrong in it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import ROOT, SAMPLE, Maker
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.project import STATUSES, Settings, fold, load_project, spellings
from pipeline.yaml_files import check_model


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
        (
            "minimum_n: 10",
            "minimum_n: 10\nbank_notification: {days: 2}",
            ("line ", "key bank_notification", "severe_from must say"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nbeneficiaries: {total: 0, source: x, date: 2024-01-01}",
            ("key beneficiaries.total", "greater than or equal to 1"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nbeneficiaries: {total: 9, source: x, date: 2024-01-01, by_sex: {f: 5, m: 5}}",
            ("key beneficiaries", "by_sex adds up to 10, which is more than total"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nbeneficiaries: {total: 9, source: x, date: 2024-01-01, by_vulnerable_group: {a: 9, b: 10}}",
            ("key beneficiaries", "the group in place 2 has more members than total"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nbeneficiaries: {total: 9, source: x, date: 2024-01-01, by_location: {Bay: 1, BAY: 2}}",
            ("key beneficiaries.by_location", "names 1 and 2 are one word"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nresults_framework:\n  - {indicator: received, target: 9, baseline: 1,\n"
            "     baseline_date: 2024-05-01, target_date: 2024-05-01}",
            ("line ", "key results_framework.1", "target_date must lie after baseline_date"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nresults_framework: [{indicator: received, target_date: 2024-05-01}]",
            ("key results_framework.1", "target_date is given without target"),
        ),
        (
            "minimum_n: 10",
            'minimum_n: 10\nresults_framework: [{indicator: received, target: "85"}]',
            ("key results_framework.1.target", "a number is needed"),
        ),
        (
            "minimum_n: 10",
            "minimum_n: 10\nresults_framework: [{indicator: received, target: true}]",
            ("key results_framework.1.target", "a number is needed"),
        ),
        ("minimum_n: 10", "minimum: 10", ("key …: this key is not known; is minimum_n meant?", "line ")),
        ("country: MN", "county: MN", ("key country: this key is required", "key …: this key", "is country meant?")),
        ("minimum_n: 10", "minimum_n: ten", ("key minimum_n",)),
        ("minimum_n: 10", "minimum_n: 0", ("key minimum_n", "greater than or equal to 1")),
        ("complete_through: 2024-06-30", "complete_through: 2024-06-31", ("complete_through",)),
        (
            "complete_through: 2024-06-30",
            "complete_through: 2023-06-30",
            ("line ", "key complete_through", "lies before grm_start"),
        ),
        ("complete_through: 2024-06-30", "complete_through: 30.6.2024", ("line ", "key complete_through")),
        ("grm_start: 2024-01-15", "grm_start: 2024-13-15", ("line ", "key grm_start", "not a day of the calendar")),
        ("grm_start: 2024-01-15", "grm_start: 2024-01-15 10:00", ("line ", "key grm_start")),
        ("country: MN", "country: ZZ", ("line ", "key country", "'ZZ' is not a country")),
        ("country: MN", "country: no", ("line ", "key country", "'no' is not a country")),
        ("country: MN", "country:", ("line ", "key country")),
        ("language: en", "language: xx-yy-zz", ("line ", "key language", "is not a language code")),
        ("language: en", "language: 5", ("line ", "key language")),
        ("language: en", "language: [en]", ("line ", "key language")),
        (
            "aliases: [phone,",
            "aliases: [email, phone,",
            ("line ", "key channels", "'email' stands for both email and phone"),
        ),
        ("aliases: [phone,", "aliases: [E-MAIL, phone,", ("key channels", "'e-mail' stands for both")),
        ("aliases: [phone,", "aliases: ['In  Person', phone,", ("key channels", "'in person' stands for both")),
        ("aliases: [in progress]", "aliases: [resolved]", ("line ", "key statuses", "'resolved' stands for both")),
        ("request: {label: Request,", "request: {label: Question,", ("key types", "'question' stands for both")),
        ("  resolved:\n    label", "  solved:\n    label", ("line ", "key statuses.…", "'resolved'")),
        ("annex_rows: 500", "date_formats: ['%d/%m']\nannex_rows: 500", ("line ", "key date_formats", "'%d/%m'")),
        ("annex_rows: 500", "date_formats: ['%Q']\nannex_rows: 500", ("line ", "key date_formats", "'%Q'")),
        ("annex_rows: 500", "severe_from: bad\nannex_rows: 500", ("line ", "key severe_from")),
        (
            "annex_rows: 500",
            "service_standards: {resolution: {days: 5, by_type: {complain: 9}}}\nannex_rows: 500",
            ("line ", "key service_standards", "'complain' is not one of types"),
        ),
        ("extra_days_off: []", "extra_days_off: [{date: 2024-06-28}]", ("line ", "extra_days_off.1.reason", "missing")),
        ("persons: [Bolormaa, Amaraa]", "persons: Bolormaa", ("line ", "key confidential.persons")),
        ("  email:\n", "  E-Mail:\n", ("a code is written with small letters",)),
        ('numbering: "{number}/{year}"', 'numbering: "{nr}/{year}"', ("line ", "key numbering", "{number} once")),
        ('numbering: "{number}/{year}"', 'numbering: "{year}/{number}/{year}"', ("key numbering", "{number} once")),
        ("pending_age_days: [7, 14, 30, 60]", "pending_age_days: [14, 7]", ("must rise",)),
        ("country: MN", "country: MN\ncountry: KE", ("line ", "key country: this key is there twice")),
        ("country: MN", "country: MN\n\tlanguage: en", ("line ", "a tab stands where YAML allows blanks alone")),
        ("country: MN", "country:\tMN", ("line ", "a tab stands where YAML allows blanks alone")),
        ("country: MN", "country: @MN", ("line ", "not valid YAML (found character '@'")),
        ("country: MN", "country: \x07", ("not valid YAML",)),
        ("channels:", "channels: [", ("line ", "not valid YAML")),
    ],
)
def test_a_fault_is_named_with_file_line_and_key(make: Maker, old: str, new: str, words: tuple[str, ...]) -> None:
    sentence = refusal(make, old, new)
    assert f"data/{SAMPLE}/project.yml" in sentence
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("persons: [Olga Tenn]\n  persons: [Beatrix Quellon]", "key persons: this key is there twice in one place"),
        ("persons: {Olga Tenn: x, Olga Tenn: y}", "this key is there twice in one place"),
        ("persons: [*Olga]", "not valid YAML (found undefined alias …)"),
        ('persons: ["Olga \\Tenn"]', "not valid YAML (found unknown escape character 'T')"),
        ("persons: [!Olga!Tenn x]", "not valid YAML (found undefined tag handle …)"),
        ("persons: [Olga Tenn", "not valid YAML (expected ',' or ']', but got ':')"),
        ("persons:\n    Olga Tenn: 2024-02-31", "2024-02-31 is not a day of the calendar"),
    ],
)
def test_a_file_that_is_no_yaml_is_refused_without_a_name_that_it_lists(make: Maker, new: str, words: str) -> None:
    sentence = refusal(make, "persons: [Bolormaa, Amaraa]", new)
    assert "data/smart-government-ii/project.yml, line " in sentence
    assert words in sentence
    assert not any(name in sentence for name in ("Olga", "Tenn", "Beatrix", "Quellon"))


def test_the_line_of_a_fault_is_the_line_in_the_file(make: Maker) -> None:
    sentence = refusal(
        make, "    answers_by_itself: true       # who came", "    answers_by_itself: maybe      # who came"
    )
    lines = (make.folder / SAMPLE / "project.yml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "maybe" in text)
    assert f"line {line}, key channels.in_person.answers_by_itself" in sentence


def test_the_line_of_an_ambiguous_word_is_that_of_its_list(make: Maker) -> None:
    sentence = refusal(make, "aliases: [phone,", "aliases: [email, phone,")
    lines = (make.folder / SAMPLE / "project.yml").read_text(encoding="utf-8").splitlines()
    channels = next(number for number, text in enumerate(lines, start=1) if text.startswith("channels:"))
    assert f"line {channels}, key channels: 'email'" in sentence


def test_all_faults_are_told_at_once(make: Maker) -> None:
    both = refusal(make, "annex_rows: 500 ", "annex_row: x\nunknown: 1 #")
    assert both.count("this key is not known") == 2


def test_a_key_with_a_line_break_is_told_on_one_line() -> None:
    sentence = told({**SETTINGS, "calendar": {"a\rb\n": None}})
    assert sentence.splitlines() == [sentence]
    assert "key calendar.…: this key is not known" in sentence


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("persons: [Bolormaa, Amaraa]", "Olga Tenn: x", "key confidential.…: this key is not known; check"),
        ("persons: [Bolormaa, Amaraa]", "olga: x", "key confidential.…: this key is not known; check"),
        ("persons: [Bolormaa, Amaraa]", "persons: {Olga Tenn: x}", "key confidential.persons: a list is needed"),
        ("minimum_n: 10", "topics: {Olga Tenn: {label: x}}", "key topics.…: a code is written with"),
        ("minimum_n: 10", "columns: {Olga Tenn: [x]}", "key columns.…: a text is needed"),
        (
            "minimum_n: 10",
            "disclosure: {merge: {location: {House of Olga Tenn: [Hill], B: [hill]}}}",
            "key disclosure.merge: under location, names 1 and 2 have a member in common",
        ),
        (
            "minimum_n: 10",
            "disclosure: {merge: {location: {olga: [5]}}}",
            "key disclosure.merge.location.….1: a text is needed",
        ),
        (
            "minimum_n: 10",
            "beneficiaries: {total: 9, source: x, date: 2024-01-01, by_location: {Olga Tenn: 1, olga tenn: 2}}",
            "key beneficiaries.by_location: names 1 and 2 are one word to the program",
        ),
        (
            "minimum_n: 10",
            "beneficiaries: {total: 9, source: x, date: 2024-01-01, by_location: {Olga Tenn: many}}",
            "key beneficiaries.by_location.…: a whole number is needed",
        ),
    ],
)
def test_a_fault_is_told_by_its_line_without_a_word_that_can_be_a_name(
    make: Maker, old: str, new: str, words: str
) -> None:
    make.project([])
    path = make.folder / SAMPLE / "project.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if old in line)
    lines[place] = lines[place].replace(old, new)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_project(SAMPLE)
    assert words in str(error.value)
    assert f"project.yml, line {place + 1}, key " in str(error.value)
    assert not any(name in str(error.value).casefold() for name in ("olga", "tenn"))


def test_no_is_norway_and_not_false(make: Maker) -> None:
    project = make.project([], {"country": "NO"})
    assert project.settings.country == "NO"
    constitution_day = np.array(["2024-05-17"], dtype="datetime64[D]")
    assert project.calendar.is_working_day(constitution_day).tolist() == [False]


def test_a_text_may_be_given_in_several_languages(make: Maker) -> None:
    texts = {"name": "{en: The Project, mn: Төсөл}", "types": "{question: {label: {en: Question, mn: Асуулт}}}"}
    assert make.project([], texts).settings.name == "The Project"
    mongolian = make.project([], {**texts, "language": "mn"}).settings
    assert (mongolian.name, mongolian.types["question"].label) == ("Төсөл", "Асуулт")
    with pytest.raises(InputError, match="key name: there is no text for the language 'en'"):
        make.project([], {"name": "{mn: Төсөл}"})


def test_the_words_of_a_vocabulary_are_known_by_code_label_and_alias_in_any_case(make: Maker) -> None:
    project = make.project([])
    known = spellings(project.settings.channels)
    assert {
        known[fold(word)] for word in ("facebook_comment", "Facebook  Comment", "FACEBOOK", "facebook comment")
    } == {"facebook_comment"}
    assert set(project.settings.statuses) == set(STATUSES)


def test_the_calendar_holds_the_project_s_own_days(make: Maker) -> None:
    own = (
        "{extra_days_off: [{date: 2024-06-28, reason: decision}], extra_working_days: [{date: 2024-06-29, reason: x}]}"
    )
    days = np.array(["2024-06-27", "2024-06-28", "2024-06-29", "2024-06-30"], dtype="datetime64[D]")
    assert make.project([], {"calendar": own}).calendar.is_working_day(days).tolist() == [True, False, True, False]


def test_the_weekend_is_the_project_s_where_it_names_one_and_else_the_country_s(make: Maker) -> None:
    days = np.array(["2024-05-03", "2024-05-04", "2024-05-05"], dtype="datetime64[D]")  # Friday to Sunday
    own = make.project([], {"calendar": "{weekend: [saturday, friday]}"}).calendar
    assert (own.weekend, own.is_working_day(days).tolist()) == ((4, 5), [False, False, True])
    usual = make.project([], {"calendar": "{extra_days_off: []}"}).calendar
    assert (usual.weekend, usual.is_working_day(days).tolist()) == ((5, 6), [True, False, False])
    assert make.project([], {"calendar": "{weekend: []}"}).calendar.is_working_day(days).all()


@pytest.mark.parametrize(
    ("weekend", "told"),
    [
        ("[friday, caturday]", "key calendar.weekend.2: input should be 'monday', "),
        ("[Friday]", "'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday' or 'sunday'"),
        ("friday", "key calendar.weekend: "),
        ("[saturday, saturday]", "key calendar.weekend: saturday is named twice"),
        (
            "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]",
            "key calendar.weekend: every day of the week is named",
        ),
    ],
)
def test_a_wrong_weekend_is_told_by_file_line_and_key(weekend: str, told: str, make: Maker) -> None:
    with pytest.raises(InputError) as refused:
        make.project([], {"calendar": f"{{weekend: {weekend}}}"})
    assert str(refused.value).startswith("data/smart-government-ii/project.yml, line ")
    assert told in str(refused.value)


VALUE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 10**12),
        st.floats(allow_nan=False),
        st.text(max_size=6),
        st.dates(),
        st.sampled_from(["{number}", "%d/%m/%Y", "MN", "en", "email", "../x.csv"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.text(max_size=6), st.integers()), inner, max_size=3)
    ),
    max_leaves=5,
)


SETTINGS = YAML(typ="rt").load((ROOT / "data" / SAMPLE / "project.yml").read_text(encoding="utf-8"))


def told(data: dict[str, object]) -> str:
    try:
        check_model(data, Settings, "project.yml", language="en")
    except InputError as error:
        return str(error)
    return ""


@given(key=st.sampled_from(sorted(Settings.model_json_schema()["properties"])), value=VALUE)
@settings(max_examples=150)
def test_no_value_whatever_makes_a_traceback(key: str, value: object) -> None:
    written = StringIO()
    YAML(typ="rt").dump({key: value}, written)
    for line in told({**SETTINGS, **YAML(typ="rt").load(written.getvalue())}).splitlines():
        assert line.startswith("project.yml, ")
        assert " key " in line


@pytest.mark.parametrize("code", ["", "..", "../../etc", "no-such", "Smart", "a/b", "$(x)", "smart-government-ii\n"])
def test_a_project_that_is_none_is_refused_with_those_there_are(make: Maker, code: str) -> None:
    make.project([])
    with pytest.raises(InputError, match=SAMPLE):
        load_project(code)


def test_a_missing_file_says_so(make: Maker, tmp_path: Path) -> None:
    (tmp_path / "data" / "other").mkdir(parents=True)
    with pytest.raises(InputError, match=r"data/other/project.yml is missing"):
        load_project("other")
