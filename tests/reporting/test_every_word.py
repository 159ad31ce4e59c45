"""No word of the report is outside the catalogue, save the project's own and the register's."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from marked import marked_catalogue

from pipeline.reporting import words
from pipeline.reporting.report import Report
from pipeline.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = (
    "cover",
    "glance",
    "mechanism",
    "period",
    "summary",
    "compared",
    "figures",
    "uptake",
    "results",
    "annex_section",
    "definitions",
    "data_notes",
    "reconciliation",
    "provenance",
)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[words.Words]:
    marked_catalogue(tmp_path)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    words.words_for.cache_clear()
    yield words.words_for("de")
    words.words_for.cache_clear()


@pytest.fixture
def report(german: words.Words, tmp_path: Path, sample_stage: Stage) -> Report:
    opened = Report.open(sample_stage)
    numbers = dataclasses.replace(opened.numbers, words=german)
    return dataclasses.replace(opened, words=german, numbers=numbers)


def visible(html: str) -> list[str]:
    alternatives = re.findall(r'alt="([^"]*)"', html)
    texts = re.sub(r"<[^>]+>", "\n", re.sub(r"</?a\b[^>]*>", "", html)).splitlines()
    return [unescape(text).strip() for text in (*texts, *alternatives) if text.strip()]


def without_translated(text: str) -> str:
    before = None
    while before != text:
        before, text = text, re.sub("«[^«»]*»", "", text)
    return text


def own_words(report: Report) -> str:
    settings = (ROOT / "data" / "smart-government-ii" / "project.yml").read_text(encoding="utf-8")
    annex = " ".join(report.annex.astype("str").to_numpy().ravel())
    return re.sub(r"\s+", " ", settings + annex)


def test_every_word_comes_from_the_catalogue_the_project_or_the_register(report: Report) -> None:
    own = own_words(report)
    months = " ".join(report.words.locale.months["format"]["wide"].values())
    months += " " + " ".join(report.words.locale.months["format"]["abbreviated"].values())
    programs = (
        "grm-reporting Python babel holidays jinja2 matplotlib nbconvert numpy pandas papermill pyarrow weasyprint"
    )
    for section in SECTIONS:
        for text in visible(getattr(report, section)().html):
            rest = without_translated(text)
            for word in re.findall(r"[^\W\d_]{2,}", rest):
                known = word in own or word in months or word in programs or word in ("und", "Mongolei", "rc")
                assert known, f"{section}: {word!r} in {text!r}"
    assert isinstance(report.annex, pd.DataFrame)
