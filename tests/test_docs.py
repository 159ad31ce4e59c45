"""The documents say what the code does: lists are made from definitions, examples computed, links lead somewhere.

`python tests/test_docs.py` writes the generated lists, and the schema of definitions.yml, anew.
"""

from __future__ import annotations

import csv
import io
import re
import types
import typing
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pandas as pd
import pytest
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from pipeline.classification.labels import label
from pipeline.cli import COMMANDS, _parser
from pipeline.indicators.comparing import CHECK_COLUMNS as COMPARISON_CHECK_COLUMNS
from pipeline.indicators.computation import COLUMNS as INDICATOR_COLUMNS
from pipeline.indicators.computation import DIMENSIONS, DURATIONS, STATES, Measured, measure
from pipeline.indicators.definitions import SCHEMA, STATISTICS, Definition, definitions, schema_text
from pipeline.indicators.reconciliation import COLUMNS as CHECK_COLUMNS
from pipeline.indicators.reconciliation import STOCK_AND_FLOW
from pipeline.indicators.restatement import COLUMNS as RESTATEMENT_COLUMNS
from pipeline.indicators.restatement import REASONS
from pipeline.period import FORMS, Period, resolve_scopes
from pipeline.project import Project, Protected, Settings, load_project
from pipeline.register import findings
from pipeline.register.columns import dictionary
from pipeline.register.corrections import read_corrections
from pipeline.register.dictionary import LISTS as REGISTER_LISTS
from pipeline.register.dictionary import markdown_table, with_lists
from pipeline.register.explanations import read_explanations
from pipeline.register.identities import known_names, redact_texts, split_identities
from pipeline.register.mapping import collected, map_columns
from pipeline.register.placement import place_receipts
from pipeline.register.reading import PLACE, Register, read_register
from pipeline.register.validation import check
from pipeline.register.values import read_values
from pipeline.reporting.annex import ANNEX_COLUMNS
from pipeline.reporting.commentary import _FIGURE, _figure
from pipeline.reporting.comparison import PUBLIC_COMPARISON_COLUMNS
from pipeline.reporting.numbers import PUBLIC_COLUMNS, WITHHELD_DIMENSIONS, Numbers
from pipeline.reporting.portfolio import COLUMNS as PORTFOLIO_COLUMNS
from pipeline.reporting.restated import PUBLIC_COLUMNS as PUBLIC_RESTATEMENT_COLUMNS
from pipeline.reporting.results import FRAMEWORK_COLUMNS
from pipeline.reporting.words import words_for
from pipeline.stage import RESTRICTED
from pipeline.yaml_files import Strict, check_model

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SAMPLE = "smart-government-ii"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


EVERYTHING = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)


# -- the generated lists ---------------------------------------------------------------------------------------------


def indicator_lists() -> str:
    """Write a table for each family, and what is broken down by what."""
    titles = {
        "stock_and_flow": "Counts",
        "rate": "Shares",
        "duration": "Durations",
        "quality": "Quality of the register",
    }
    parts = []
    for family, title in titles.items():
        of_family = {name: one for name, one in definitions().items() if one.family == family}
        rows = [_indicator_row(name, one) for name, one in of_family.items()]
        parts.append(f"### {title}\n\n{markdown_table(_HEADINGS, rows)}")
    statistics = ", ".join(f"`_{name}`" for name in STATISTICS)
    rows = [
        [f"`{name}`", ", ".join(f"`{one}`" for one in counts), _published(name)] for name, counts in DIMENSIONS.items()
    ]
    rows += [["`age`", "`pending_age`", "yes"], ["`working_days`", "`resolution_working_days_n`", "yes"]]
    timed = " and ".join(f"`{name}`" for name in DURATIONS)
    return "\n\n".join(
        [
            *parts,
            f"In `indicators.csv`, {timed} have an id for each statistic: {statistics}.",
            f"### By what they are broken down\n\n{markdown_table(['dimension', 'counts', 'published'], rows)}",
        ]
    )


_HEADINGS = ["id", "definition", "unit", "decimals", "direction", "needs", "source"]


def _published(dimension: str) -> str:
    if dimension in get_args(Protected):
        return "[without small numbers](disclosure-control.md)"
    return "inside only" if dimension in WITHHELD_DIMENSIONS else "yes"


def _indicator_row(name: str, one: Definition) -> list[str]:
    unit, direction = one.unit.replace("_", " "), one.direction.replace("_", " ")
    needs = ", ".join(f"`{need}`" for need in one.needs)
    return [f"`{name}`", _in_words(one), unit, str(one.decimals), direction, needs, _source(one)]


def _source(one: Definition) -> str:
    """Link to the section of this page, where the rule is the project's own."""
    if not one.is_own:
        return one.source
    (section,) = re.findall("'([^']+)'", one.source)
    return f"[{section}](#{anchor_of(section)})"


def _in_words(one: Definition) -> str:
    words = [f"**{one.title}.** {one.definition}"]
    words.append(f"*{one.numerator}* of *{one.denominator}*." if one.denominator else f"Counted: {one.counted}.")
    if one.caveat:
        words.append(one.caveat)
    if one.edition == "internal":
        words.append("In no public file.")
    if set(one.scopes) != {"period", "previous", "cumulative"}:
        words.append(f"Scope: {', '.join(one.scopes)} only.")
    return " ".join(words)


LISTS: dict[str, dict[str, Callable[[], str]]] = {
    "docs/indicators.md": {"indicators": indicator_lists},
    "docs/register.md": REGISTER_LISTS,
}


def refresh() -> None:
    for document, lists in LISTS.items():
        made = with_lists(text_of(document), lists, document)
        (ROOT / document).write_text(made, encoding="utf-8", newline="\n")
    SCHEMA.write_text(schema_text(), encoding="utf-8", newline="\n")


@pytest.mark.parametrize("document", LISTS)
def test_a_list_made_from_the_definitions_is_up_to_date(document: str) -> None:
    text = text_of(document)
    assert with_lists(text, LISTS[document], document) == text, "run python tests/test_docs.py, or make dictionary"


def test_the_schema_of_the_definitions_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run python tests/test_docs.py"


def test_the_source_of_every_definition_of_our_own_is_a_section_of_the_document() -> None:
    quoted = {name: re.findall("'([^']+)'", one.source) for name, one in definitions().items() if one.is_own}
    headings = re.findall(r"^## (.*)$", text_of("docs/indicators.md"), flags=re.MULTILINE)
    assert {name: sections for name, sections in quoted.items() if len(sections) != 1} == {}
    assert {section for (section,) in quoted.values()} <= set(headings)


# -- project.yml -----------------------------------------------------------------------------------------------------


def models_in(annotation: Any, suffix: str = "") -> Iterator[tuple[type[Strict], str]]:
    """Find the models in a type, with what stands between a key that has it and the model's own keys."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        yield annotation, suffix
        return
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from models_in(inner[0], suffix)
    elif origin is dict:
        yield from models_in(inner[1], suffix + ".<code>")
    elif origin is tuple:
        yield from models_in(inner[0], suffix + "[]")
    elif origin in (types.UnionType, typing.Union):
        for one in inner:
            yield from models_in(one, suffix)


def keys_of(model: type[Strict], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        key = before + (field.alias or name)
        yield key, field
        for inner, suffix in models_in(field.annotation):
            yield from keys_of(inner, f"{key}{suffix}.")


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    if default is None:
        return "none"
    if isinstance(default, Strict) or default in ((), {}, ""):
        return "empty"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{list(default)}`" if isinstance(default, tuple) else f"`{default}`"


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of every row of the tables in a text, headings too."""
    lines = [line.strip()[1:-1] for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines if not set(line) <= set("-| ")]


def test_every_key_of_project_yml_is_explained_and_no_other() -> None:
    explained = {row[0].strip("`"): row[3] for row in rows_of(text_of("docs/project-file.md")) if row[0][0] == "`"}
    assert explained == {key: default_of(field) for key, field in keys_of(Settings)}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


PROJECT_EXAMPLES = blocks(text_of("docs/project-file.md"), "yaml")


def sample_keys() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(text_of(f"data/{SAMPLE}/project.yml")))


@pytest.mark.parametrize(
    "block", blocks(text_of("docs/project-file.md"), "yaml"), ids=lambda block: block.split(":")[0]
)
def test_every_example_of_project_yml_is_accepted(block: str) -> None:
    example = YAML(typ="safe").load(block)
    settings = check_model(sample_keys() | example, Settings, "example", language="en")
    assert settings.model_fields_set


# -- the README's examples -------------------------------------------------------------------------------------------


@pytest.fixture
def own_project(tmp_path: Path) -> Project:
    return Project("my-project", tmp_path, load_project(SAMPLE).settings)


def block_that_holds(words: str, language: str) -> str:
    (found,) = [block for block in blocks(text_of("README.md"), language) if words in block]
    return found


def test_the_example_of_corrections_is_accepted(own_project: Project) -> None:
    (own_project.folder / "corrections.yml").write_text(block_that_holds("match:", "yaml"), encoding="utf-8")
    (correction,) = read_corrections(own_project)
    assert (correction.match.registration_no, correction.from_, correction.to) == (
        "12/2024",
        "03.05.2024",
        "2024-05-03",
    )


def test_the_example_of_explanations_is_accepted(own_project: Project) -> None:
    (own_project.folder / "explanations.csv").write_text(block_that_holds("number,rule", "csv"), encoding="utf-8")
    assert read_explanations(own_project)["rule"].tolist() == ["number_gap"]


def test_the_example_of_columns_is_accepted() -> None:
    columns = YAML(typ="safe").load(block_that_holds("columns:", "yaml"))
    settings = check_model(sample_keys() | columns, Settings, "example", language="en")
    assert set(settings.columns.values()) <= set(dictionary())


def test_the_figures_in_the_example_of_a_commentary_exist() -> None:
    written = [found[1] for found in _FIGURE.finditer(block_that_holds("{received}", "markdown"))]
    numbers = Numbers(figures_of(sample_register(), "2024H1").table, words_for("en"))
    shown = [_figure(expression, numbers, "README.md").striptags() for expression in written]
    assert shown == ["16", "10", "9 of 9", "16"]


# -- the worked examples of docs/indicators.md -----------------------------------------------------------------------


def sample_register() -> Register:
    return read_register(load_project(SAMPLE))


def cases_of(register: Register, project: Project) -> pd.DataFrame:
    checked = check(place_receipts(read_values(map_columns(register, project), project), project), project)
    cases, identities = split_identities(checked.table)
    names, complainants = known_names(project, identities), identities["complainant"]
    redacted, _ = redact_texts(cases, names, complainants=complainants, locale=project.locale)
    return label(redacted)


def figures_of(register: Register, period: str, as_of: str = "") -> Measured:
    project = load_project(SAMPLE)
    general = cases_of(register, project)
    settings = project.settings
    scopes = resolve_scopes(period, as_of, grm_start=settings.grm_start, complete_through=settings.complete_through)
    return measure(general, project, scopes, collected(map_columns(register, project)))


def count_of(measured: Measured, indicator: str) -> int:
    rows = measured.table.query("scope == 'period' and dimension == '' and indicator == @indicator")
    return int(rows["value"].iloc[0])


def section_of(text: str, heading: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    return found


INDICATORS = text_of("docs/indicators.md")
WORKING_DAYS = [row for row in rows_of(section_of(INDICATORS, "Working days")) if row[0] != "received"]
PLACED = [row for row in rows_of(section_of(INDICATORS, "Undated grievances")) if row[0][:4].isdigit()]


@pytest.mark.parametrize("row", WORKING_DAYS, ids=lambda row: f"{row[0]} to {row[1]}")
def test_the_case_table_of_working_days_is_right(row: list[str]) -> None:
    received, resolved, days_off, expected = row[:4]
    settings = sample_keys()
    if "by project.yml" in days_off:
        settings["calendar"] = {"extra_days_off": [{"date": date(2024, 6, 28), "reason": "example"}]}
    project = Project("example", ROOT, check_model(settings, Settings, "example", language="en"))
    days = [pd.Series(pd.to_datetime([cell.split()[1]])) for cell in (received, resolved)]
    (counted,) = project.calendar.working_days(*days)
    assert ("undefined" if pd.isna(counted) else str(counted)) == expected
    assert [one.iloc[0].strftime("%a") for one in days] == [cell.split()[0] for cell in (received, resolved)]


@pytest.mark.parametrize("row", PLACED, ids=lambda row: f"{row[0]} as of {row[1]}")
def test_the_figures_of_the_sample_are_right(row: list[str]) -> None:
    measured = figures_of(sample_register(), row[0], row[1])
    names = ("received", "unrelated", "eligible", "unplaced")
    assert [count_of(measured, name) for name in names] == [int(cell) for cell in row[2:]]


def test_the_bounds_of_undated_grievances_are_right() -> None:
    cases = cases_of(sample_register(), load_project(SAMPLE)).set_index("registration_no")
    rows = [row for row in rows_of(section_of(INDICATORS, "Undated grievances")) if "/" in row[0]]
    assert rows
    for number, _, earliest, latest in rows:
        bounds = cases.loc[number, ["date_received_earliest", "date_received_latest"]]
        assert [str(day.date()) for day in bounds] == [earliest, latest]


def example_register() -> Register:
    text = INDICATORS.partition("<!-- example register -->")[2].partition("The second quarter")[0]
    headings, *rows = rows_of(text)
    cells = pd.DataFrame([row + [""] * (len(headings) - len(row)) for row in rows], columns=headings, dtype="str")
    cells = cells.mask(cells == "").assign(channel="phone", source_file="example", source_sheet="")
    cells["source_row"] = range(2, len(rows) + 2)
    return Register(cells, "example", {name: name for name in (*headings, "channel")}, findings.none())


def test_the_example_of_stock_and_flow_is_right() -> None:
    measured = figures_of(example_register(), "2024Q2")
    rows = rows_of(INDICATORS.partition("<!-- example figures -->")[2].partition("The cohort")[0])[1:]
    stated = {row[0].strip("`"): int(re.sub(r"[^0-9]", "", row[1])) for row in rows}
    assert {name: count_of(measured, name) for name in stated} == stated
    assert set(stated) == {*STOCK_AND_FLOW, "closing_stock"}
    assert stated["closing_stock"] == sum(sign * stated[name] for name, sign in STOCK_AND_FLOW.items())
    assert (count_of(measured, "resolved"), count_of(measured, "resolutions")) == (1, 2)


def test_every_form_of_a_period_is_explained() -> None:
    for form, meaning in FORMS:
        assert Period.parse(form)
        for document in ("README.md", "docs/indicators.md"):
            assert f"`{form}`" in text_of(document)
            assert meaning in text_of(document)


def test_every_reason_for_an_empty_figure_is_named() -> None:
    architecture = text_of("docs/architecture.md")
    assert [state for state in STATES if f"`{state}`" not in architecture] == []


# -- the contracts in docs/architecture.md ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        *(PUBLIC_COLUMNS, ANNEX_COLUMNS, FRAMEWORK_COLUMNS, findings.COLUMNS, CHECK_COLUMNS),
        PORTFOLIO_COLUMNS,
        *(PUBLIC_COMPARISON_COLUMNS, COMPARISON_CHECK_COLUMNS, RESTATEMENT_COLUMNS, PUBLIC_RESTATEMENT_COLUMNS),
    ],
    ids=lambda c: f"{c[0]}, {c[1]}",
)
def test_the_columns_of_the_outputs_are_in_the_contract(columns: tuple[str, ...]) -> None:
    assert f"`{', '.join(columns)}`" in text_of("docs/architecture.md")


def test_every_reason_of_a_restatement_is_explained() -> None:
    rows = rows_of(section_of(text_of("docs/indicators.md"), "Published figures and restatement"))
    assert [row[0].strip("`") for row in rows if row[0].startswith("`")] == list(REASONS)


def test_the_internal_indicators_differ_from_the_public_ones_as_the_contract_says() -> None:
    assert [*INDICATOR_COLUMNS[:-1], "display"] == list(PUBLIC_COLUMNS)
    assert INDICATOR_COLUMNS[-1] == "state"


def test_every_restricted_file_is_named_where_readers_and_developers_look() -> None:
    for document in ("README.md", "docs/architecture.md"):
        rows = [line for line in text_of(document).splitlines() if line.startswith("|") and "restricted" in line]
        assert [name for name in RESTRICTED if not any(f"{name}`" in line for line in rows)] == []


def test_every_column_that_a_stage_adds_to_the_cases_is_named() -> None:
    cases = cases_of(sample_register(), load_project(SAMPLE))
    text = section_of(text_of("docs/architecture.md"), "What each stage adds")
    added = [name for name in cases.columns if name not in dictionary()]
    assert set(PLACE) <= set(added)
    assert [name for name in added if f"`{name}`" not in text] == []


# -- commands, names and links ---------------------------------------------------------------------------------------


def test_every_command_and_option_is_in_the_documents() -> None:
    commands = list(COMMANDS)
    assert [name for name in commands if f"python -m pipeline {name}" not in EVERYTHING] == []
    (menu,) = [action for action in _parser()._actions if action.dest == "command"]
    assert menu.choices is not None
    assert set(menu.choices) == set(commands)
    options = {option for command in menu.choices.values() for option in command._option_string_actions}
    assert {option for option in options if option not in EVERYTHING} <= {"-h"}


def test_every_target_of_the_makefile_is_in_the_documents_and_no_other() -> None:
    (listed,) = re.findall(r"^override TARGETS := ((?:.*\\\n)*.*)$", text_of("Makefile"), flags=re.MULTILINE)
    targets = set(listed.replace("\\", " ").split())
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z]+(?:-[a-z]+)*)", EVERYTHING, flags=re.MULTILINE))
    assert named == targets


def test_the_menu_in_the_readme_has_every_target_once() -> None:
    table = text_of("README.md").partition("## Everything that make does")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `make ([a-z-]+)` \| \S", table, flags=re.MULTILINE)
    helped = re.findall(r"^([a-z-]+):.*## ", text_of("Makefile"), flags=re.MULTILINE)
    assert rows == [*(target for target in helped if target != "help"), "help"]


def test_every_variable_of_make_is_explained() -> None:
    (listed,) = re.findall(r"^export (.*)$", text_of("Makefile"), flags=re.MULTILINE)
    assert [name for name in listed.split() if f"| `{name}` |" not in text_of("README.md")] == []


def anchors_of(path: Path) -> set[str]:
    """Return the anchors that a Markdown viewer gives to the headings of a document."""
    return {anchor_of(heading) for heading in re.findall(r"^#+ (.*)$", path.read_text("utf-8"), flags=re.MULTILINE)}


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if re.match("[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = document.parent / name if name else document
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            broken.append(target)
    assert broken == []


def test_every_section_that_the_code_refers_to_exists() -> None:
    asked = []
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        for name, rest in re.findall(r"((?:docs/[a-z-]+|[A-Z]+)\.md)([^\n]*)", path.read_text(encoding="utf-8")):
            assert (ROOT / name).is_file(), f"{path.name} refers to {name}"
            asked += [(name, quoted) for quoted in re.findall("'([^']+)'", rest) if quoted[0].isupper()]
    assert ("docs/indicators.md", "Undated grievances") in asked
    missing = [one for one in asked if f"\n## {one[1]}\n" not in text_of(one[0])]
    assert missing == []


def test_every_module_that_the_architecture_names_exists() -> None:
    text = text_of("docs/architecture.md")
    named = set(re.findall(r"`((?:[a-z]+/)?[a-z_]+\.(?:py|yml))`", text)) - {"corrections.yml"}
    here = [path.as_posix() for folder in ("pipeline", "tests") for path in (ROOT / folder).rglob("*")]
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in here)] == []


def test_the_example_of_explanations_has_the_headings_that_are_asked_for() -> None:
    (first, *_) = csv.reader(io.StringIO(block_that_holds("number,rule", "csv")))
    assert first == ["number", "rule", "reason", "who", "date"]


if __name__ == "__main__":
    refresh()
