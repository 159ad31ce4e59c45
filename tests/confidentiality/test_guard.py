"""The guard stops a set in which somebody is named, wherever the name stands, and never repeats it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.confidentiality.guard import guard
from pipeline.confidentiality.redaction import KnownNames
from pipeline.errors import DisclosureError

KNOWN = KnownNames.gather(complainants=["Sarantuya Enkhbold", "MED"])
NAME = "Sarantuya Enkhbold"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set that names nobody."""
    (tmp_path / "public").mkdir()
    (tmp_path / "internal" / "notebooks").mkdir(parents=True)
    (tmp_path / "public" / "report.html").write_text("<p>informed, medical</p>", encoding="utf-8")
    (tmp_path / "public" / "cases.csv").write_text("no,summary\n1,text\n", encoding="utf-8")
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "internal" / "cases.parquet").write_bytes(NAME.encode())
    return tmp_path


def svg(text: str) -> str:
    return f'<img alt="x" src="data:image/svg+xml,{quote(f"<svg><text>{text}</text></svg>")}">'


HTML = {
    "a text": f"<p>{NAME}</p>",
    "a text across elements": "<p>Saran<b>tuya</b> Enkhbold</p>",
    "a text with an entity": "<p>Sarantuya&nbsp;Enkhbold</p>",
    "an attribute": f'<img alt="{NAME}">',
    "the title": f"<title>{NAME}</title>",
    "a comment": f"<!-- {NAME} -->",
    "a figure": svg(NAME),
    "a short name": "<p>said MED.</p>",
}


@pytest.mark.parametrize("place", HTML)
def test_a_name_in_the_report_stops_the_run(folder: Path, place: str) -> None:
    (folder / "public" / "report.html").write_text(HTML[place], encoding="utf-8")
    with pytest.raises(DisclosureError) as refusal:
        guard(folder, KNOWN)
    assert "public/report.html holds the name of a known" in str(refusal.value)
    assert "Sarantuya" not in str(refusal.value)
    assert refusal.value.exit_code == 1


def notebook(**cell: object) -> str:
    base = {"cell_type": "code", "source": ["x = 1"], "metadata": {}, "outputs": []}
    return json.dumps({"cells": [{**base, **cell}], "metadata": {}})


NOTEBOOKS = {
    "its source": notebook(source=["# Sarantuya ", "Enkhbold"]),
    "its metadata": notebook(metadata={"title": NAME}),
    "an output": notebook(outputs=[{"data": {"text/html": [f"<td>{NAME}</td>"]}}]),
    "a printed line": notebook(outputs=[{"text": f"{NAME}\n"}]),
    "a traceback": notebook(outputs=[{"traceback": ["ValueError", NAME]}]),
}


@pytest.mark.parametrize("place", NOTEBOOKS)
def test_a_name_in_a_notebook_stops_the_run(folder: Path, place: str) -> None:
    (folder / "internal" / "notebooks" / "01_cleaning.ipynb").write_text(NOTEBOOKS[place], encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"01_cleaning.ipynb holds the name of a known person"):
        guard(folder, KNOWN)


@pytest.mark.parametrize(
    "name", ["public/cases.csv", "public/indicators.csv", "internal/findings.csv", "manifest.json"]
)
def test_a_name_in_a_table_stops_the_run(folder: Path, name: str) -> None:
    text = json.dumps({"x": NAME}) if name.endswith(".json") else f"a,b\n1,{NAME}\n"
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DisclosureError, match=f"{name} holds"):
        guard(folder, KNOWN)


def test_a_name_in_the_pdf_or_its_metadata_stops_the_run(folder: Path) -> None:
    import weasyprint

    for html in (f"<p>{NAME}</p>", f"<title>{NAME}</title><p>x</p>"):
        weasyprint.HTML(string=f"<html lang=en>{html}").write_pdf(folder / "public" / "report.pdf")
        with pytest.raises(DisclosureError, match=r"public/report.pdf holds"):
            guard(folder, KNOWN)


def test_a_set_that_names_nobody_passes(folder: Path) -> None:
    """What is restricted may hold names; shapes and digests are no text."""
    (folder / "public" / "report.html").write_text('<path d="MED"/><p>MEDIA informed</p>', encoding="utf-8")
    guard(folder, KNOWN)


def test_a_name_that_is_a_word_of_every_report_does_not_stop_it(folder: Path) -> None:
    """May Tsogt is looked for as a whole; 'May' alone is a month on every page."""
    known = KnownNames.gather(complainants=["May Tsogt", "April"]).without_those_in(["May", "April"])
    (folder / "public" / "report.html").write_text("<p>May 24, April 5</p>", encoding="utf-8")
    guard(folder, known)
    (folder / "public" / "report.html").write_text("<p>said May Tsogt</p>", encoding="utf-8")
    with pytest.raises(DisclosureError):
        guard(folder, known)
    (folder / "public" / "report.html").write_text("<p>said Tsogt</p>", encoding="utf-8")
    with pytest.raises(DisclosureError):
        guard(folder, known)
