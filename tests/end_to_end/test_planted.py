"""What is planted where a person writes stops a whole run at the door, by file and rule, and former outputs stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reports import SAMPLE, call

pytestmark = pytest.mark.notebooks
MAIL, PHONE = "t.bold@example.mn", "9911-2233"


def planted(own_data: Path) -> None:
    """An address in a standing text, a number in a channel's label (a figure's label too), a name in a heading."""
    settings = own_data / SAMPLE / "project.yml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("purpose:\n", f"purpose:\n    - Write to {MAIL}.\n")
    settings.write_text(text.replace("label: Website", f"label: Website, {PHONE}"), encoding="utf-8")
    register = own_data / SAMPLE / "register.csv"
    lines = register.read_text(encoding="utf-8").splitlines()
    lines = [line + (",Asked by Bolormaa" if number == 0 else ",") for number, line in enumerate(lines)]
    register.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_what_people_write_is_searched_wherever_it_comes_out(own_data: Path, tmp_path: Path) -> None:
    public = tmp_path / "outputs" / SAMPLE / "2024H1" / "public"
    public.mkdir(parents=True)
    (public / "report.html").write_text("the former report", encoding="utf-8")
    planted(own_data)
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 1
    refused = set(re.findall(r"^(\S+) holds .*\(rule (\w+?)_?\w*\)\.$", outcome.stderr, flags=re.MULTILINE))
    told = {name for name, _ in refused}
    assert {"public/report.html", "public/report.pdf", "internal/notebooks/04_report.ipynb"} <= told
    assert "internal/columns.csv" in told
    for name, rule in (
        ("public/report.html", "email"),
        ("public/report.pdf", "email"),
        ("public/report.html", "phone"),
    ):
        assert re.search(rf"^{name} holds .*\(rule {rule}", outcome.stderr, flags=re.MULTILINE), (name, rule)
    for value in (MAIL, PHONE, "2233", "Bolormaa"):
        assert value not in outcome.stderr + outcome.stdout
    assert [path.name for path in public.iterdir()] == ["report.html"]
    assert (public / "report.html").read_text(encoding="utf-8") == "the former report"
