"""A report is frozen, one grievance registered late and one retyped: the next report tells both by number."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from making import DATA_VARIABLE, answer_suspects
from reports import ROOT, SAMPLE, Outcome, call, headlines, html_text

from pipeline.project import load_project

pytestmark = pytest.mark.notebooks


@dataclass(frozen=True)
class Story:
    """What happened, in order: the outcome of each call, and where the data and the outputs are."""

    unreleased: Outcome
    released: Outcome
    first: Outcome
    again: Outcome
    early: Outcome
    provisional: Outcome
    stale: Outcome
    altered: Outcome
    next: Outcome
    draft: Outcome
    data: Path
    outputs: Path

    @property
    def record(self) -> Path:
        return self.data / SAMPLE / "published" / "2024H1"

    def set(self, label: str) -> Path:
        return self.outputs / SAMPLE / label


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("freezing")
    data, outputs = folder / "data", folder / "outputs"
    shutil.copytree(ROOT / "data" / SAMPLE, data / SAMPLE, ignore=shutil.ignore_patterns("published", "released"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(data))
        answer_suspects(load_project(SAMPLE))

    def run(command: str, period: str, *more: str) -> Outcome:
        return call(command, f"--period={period}", *more, outputs=outputs, data=data)

    early, provisional = run("freeze", "2024H1"), run("freeze", "2024")
    made = run("report", "2024H1")
    assert made.code == 0, made.stderr
    page = outputs / SAMPLE / "2024H1" / "public" / "report.html"
    unreleased, released = run("freeze", "2024H1"), run("release", "2024H1", "--by=Head of the unit")
    whole = page.read_bytes()
    page.write_bytes(whole + b"<!-- by hand -->")
    altered = run("freeze", "2024H1")
    page.write_bytes(whole)
    first, again = run("freeze", "2024H1"), run("freeze", "2024H1")
    _half_a_year_later(data / SAMPLE)
    stale = run("freeze", "2024H1", "--force")
    following = run("report", "2024H2")
    draft = run("freeze", "2024H2")
    return Story(
        unreleased, released, first, again, early, provisional, stale, altered, following, draft, data, outputs
    )


def _half_a_year_later(project: Path) -> None:
    """Register one more grievance of June, whose number leaves a gap, and make a complaint of a request."""
    register = project / "register.csv"
    with register.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    retyped = next(row for row in rows if row["registration_no"] == "8/2024")
    assert retyped["type"] == "Request"
    retyped["type"] = "Complaint"
    rows.append(rows[9] | {"registration_no": "18/2024", "date_received": "June 20, 2024", "date_resolved": ""})
    rows[-1]["status"] = "Resolving"
    with register.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    settings = project / "project.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub("(?m)^complete_through: 2024-06-30", "complete_through: 2024-12-31", text), "utf-8")


def test_the_figures_are_frozen_beside_the_register(story: Story) -> None:
    assert story.released.code == 0, story.released.stderr
    assert story.first.code == 0, story.first.stderr
    assert "The figures of 2024H1 are frozen" in story.first.stdout
    assert sorted(path.name for path in story.record.iterdir()) == ["cases.csv", "indicators.csv", "record.json"]
    record = json.loads((story.record / "record.json").read_text(encoding="utf-8"))
    assert (record["project"], record["period"]) == (SAMPLE, "2024H1")
    assert sorted(record["public"]) == [
        *(f"public/{name}" for name in ("cases.csv", "indicators.csv", "report.html", "report.pdf")),
        "public/results_framework.csv",
    ]
    assert str(story.data) not in json.dumps(record)


def test_freezing_again_says_that_it_is_done(story: Story) -> None:
    assert story.again.code == 0
    assert "holds these figures already" in story.again.stdout


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("early", "There is no report to freeze"),
        ("early", "Make it first: make report PERIOD=2024H1"),
        ("provisional", "The report on 2024 is provisional"),
        ("altered", "public/report.html is not as the run left it"),
        ("stale", "project.yml has changed since the report"),
        ("unreleased", "The report on 2024H1 is a DRAFT: not released"),
        ("draft", "The report on 2024H2 is a DRAFT: not released"),
    ],
)
def test_what_cannot_be_frozen_is_refused_in_a_sentence(story: Story, name: str, sentence: str) -> None:
    refused: Outcome = getattr(story, name)
    assert (refused.code, refused.stdout) == (2, "")
    assert sentence in re.sub(r"\s+", " ", refused.stderr)
    assert "Traceback" not in refused.stderr


def test_before_anything_was_published_a_report_says_nothing_of_it(story: Story) -> None:
    assert "Restated figures" not in html_text(story.set("2024H1"))
    assert not (story.set("2024H1") / "public" / "restatement.csv").exists()


def test_the_previous_period_is_given_as_it_was_published(story: Story) -> None:
    assert story.next.code == 0, story.next.stderr
    with (story.set("2024H2") / "public" / "indicators.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    (previous,) = [
        row for row in rows if (row["indicator"], row["scope"], row["dimension"]) == ("received", "previous", "")
    ]
    assert previous["value"] == headlines(story.set("2024H1"))["received"]["value"] == "16"
    (total,) = [
        row for row in rows if (row["indicator"], row["scope"], row["dimension"]) == ("received", "cumulative", "")
    ]
    assert total["value"] == "17"


def test_the_late_and_the_retyped_one_stand_in_the_report_with_the_reason_and_without_number_beside_a_gap(
    story: Story,
) -> None:
    text = html_text(story.set("2024H2"))
    assert "are given in this report as they were published. What changed since: " in text
    assert "1 registered since" in text
    assert "Computed anew as of the same day, these figures differ:" in text
    assert text.count("Some are other figures today, so that the two periods need not add up to the total") == 3
    assert "Grievances received 16 17 +1 1 registered since" in text
    assert "Grievances received: Request 2 1 −1 1 retyped" in text
    assert "Open at the end 0 1 +1 1 registered since" in text
    assert "8/2024" not in text


def test_they_stand_in_the_metrics_notebook_too(story: Story) -> None:
    notebook = json.loads((story.set("2024H2") / "internal/notebooks/03_metrics.ipynb").read_text(encoding="utf-8"))
    shown = "\n".join(
        "".join(output["data"]["text/plain"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        if "text/plain" in output.get("data", {})
    )
    assert re.search(r"received +16 +17", shown)
    assert re.search(r"received .*16 +17 .*registered since .*18/2024 \(\+1\)", shown)
    assert re.search(r"received .*type +request +2 +1 .*retyped .*8/2024 \(-1\)", shown)


def test_they_stand_in_the_tables(story: Story) -> None:
    folder = story.set("2024H2")
    for area, reason in (("internal", "registered_since"), ("public", "1 registered since")):
        with (folder / area / "restatement.csv").open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        (received,) = [
            row for row in rows if (row["indicator"], row["scope"], row["dimension"]) == ("received", "period", "")
        ]
        assert (float(received["published"]), float(received["now"]), float(received["difference"])) == (16, 17, 1)
        assert received["reason" if area == "internal" else "why"] == reason
