"""The guard stops a set in which somebody is named, wherever the name stands, and never repeats it."""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.confidentiality.guard import guard as searched
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.search import Search
from pipeline.errors import DisclosureError

NAME, COMPOSED = "Sarantuya Enkhbold", "Zoë Ünal"
KNOWN = KnownNames.gather(complainants=[NAME, "MED", COMPOSED])


def guard(folder: Path, known: KnownNames) -> None:
    searched(folder, Search(known, "en-MN", ()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set that names nobody."""
    (tmp_path / "public").mkdir()
    (tmp_path / "internal" / "notebooks").mkdir(parents=True)
    (tmp_path / "public" / "report.html").write_text("<p>informed, medical</p>", encoding="utf-8")
    (tmp_path / "public" / "cases.csv").write_text("no,summary\n1,text\n", encoding="utf-8")
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "internal" / "cases.parquet").write_bytes(NAME.encode())
    (tmp_path / "internal" / "cases.parquet").chmod(0o600)
    return tmp_path


def test_a_guard_that_is_called_again_searches_what_has_come_or_changed_since_and_what_it_refused(folder: Path) -> None:
    known = KnownNames.gather(complainants=[NAME])
    passed: set[tuple[str, str]] = set()
    late = folder / "public" / "late.csv"
    searched(folder, Search(known, "en-MN", ()), passed)
    assert {name for name, _ in passed} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    for path in (late, folder / "public" / "cases.csv"):
        former = path.read_bytes() if path.exists() else b"no"
        path.write_text(NAME, encoding="utf-8")
        for _ in range(2):
            with pytest.raises(DisclosureError, match=path.name):
                searched(folder, Search(known, "en-MN", ()), passed)
        path.write_bytes(former)
        searched(folder, Search(known, "en-MN", ()), passed)


def svg(text: str) -> str:
    return f'<img alt="x" src="data:image/svg+xml,{quote(f"<svg><text>{text}</text></svg>")}">'


def drawing(text: str) -> str:
    return f'<img src="data:image/svg+xml;base64,{b64encode(f"<svg><text>{text}</text></svg>".encode()).decode()}">'


HTML = {
    "a text": f"<p>{NAME}</p>",
    "a text across elements": "<p>Saran<b>tuya</b> Enkhbold</p>",
    "a text with an entity": "<p>Sarantuya&nbsp;Enkhbold</p>",
    "an attribute": f'<img alt="{NAME}">',
    "the title": f"<title>{NAME}</title>",
    "a comment": f"<!-- {NAME} -->",
    "a link": f'<a href="mailto:{quote(NAME)}">x</a>',
    "a description in a figure": svg("x").replace("text", "desc").replace("x%3C", quote(NAME) + "%3C"),
    "a figure": svg(NAME),
    "a figure in another coding": drawing(NAME),
    "angle brackets": f"<p>from <{NAME}></p>",
    "a script": f"<script>let x = '{NAME}'</script>",
    "a style": f"<style>/* {NAME} */</style>",
    "letters composed of parts": f"<p>{unicodedata.normalize('NFD', COMPOSED)}</p>",
    "an underscore on either side": f"<p>_{NAME}_</p>",
    "many blanks": f"<p>{NAME.replace(' ', '      ')}</p>",
    "capitals": f"<p>{NAME.upper()}</p>",
    "a part of it": f"<p>{NAME.split()[0]}</p>",
    "a short name": "<p>said MED.</p>",
}


@pytest.mark.parametrize("place", HTML)
def test_a_name_in_the_report_stops_the_run(folder: Path, place: str) -> None:
    (folder / "public" / "report.html").write_text(HTML[place], encoding="utf-8")
    with pytest.raises(DisclosureError) as refusal:
        guard(folder, KNOWN)
    assert "public/report.html holds the name of a known" in str(refusal.value)
    told = unicodedata.normalize("NFC", str(refusal.value)).casefold()
    for part in (*NAME.split(), *COMPOSED.split()):
        assert part.casefold() not in told
    assert "MED" not in str(refusal.value)
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
    "a drawing": notebook(outputs=[{"data": {"image/svg+xml": f"<svg><text>{NAME}</text></svg>"}}]),
    "a name of its metadata": notebook(metadata={NAME: 1}),
    "a text in angle brackets": notebook(outputs=[{"data": {"text/plain": [f"<{NAME}>"]}}]),
    "its prose": json.dumps({"cells": [{"cell_type": "markdown", "source": f"by {NAME}"}], "metadata": {}}),
    "the notebook's metadata": json.dumps({"cells": [], "metadata": {"authors": [{"name": NAME}]}}),
}


@pytest.mark.parametrize("place", NOTEBOOKS)
def test_a_name_in_a_notebook_stops_the_run(folder: Path, place: str) -> None:
    (folder / "internal" / "notebooks" / "01_cleaning.ipynb").write_text(NOTEBOOKS[place], encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"01_cleaning.ipynb holds the name of a known person"):
        guard(folder, KNOWN)


@pytest.mark.parametrize(
    "name",
    [
        "public/cases.csv",
        "public/indicators.csv",
        "public/deeper/down.csv",
        "internal/findings.csv",
        "internal/review.csv",
        "internal/commentary.md",
        "manifest.json",
    ],
)
def test_a_name_in_a_table_stops_the_run(folder: Path, name: str) -> None:
    text = json.dumps({"x": NAME}) if name.endswith(".json") else f"a,b\n1,{NAME}\n"
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8-sig" if name.endswith("csv") else "utf-8")
    with pytest.raises(DisclosureError, match=f"{name} holds"):
        guard(folder, KNOWN)


def test_every_file_and_kind_of_name_is_told_at_once(folder: Path) -> None:
    known = KnownNames.gather(complainants=[NAME, "Erdenet LLC"], contacts=["9911-2233"])
    (folder / "public" / "cases.csv").write_text(f"{NAME}, Erdenet, 9911-2233", encoding="utf-8")
    (folder / "public" / "report.html").write_text(f"<p>{NAME}</p>", encoding="utf-8")
    with pytest.raises(DisclosureError) as refusal:
        guard(folder, known)
    told = [line for line in str(refusal.value).splitlines() if " holds the name " in line]
    assert told == [
        "public/cases.csv holds the name of a known contact (rule known_contact).",
        "public/cases.csv holds the name of a known organisation (rule known_name).",
        "public/cases.csv holds the name of a known person (rule known_name).",
        "public/report.html holds the name of a known person (rule known_name).",
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("public/picture.png", b"\x89PNG\r\n\x1a\n\xff"),
        ("public/cases.csv", b"\xff\xfe"),
        ("internal/notebooks/01_cleaning.ipynb", b"{"),
        ("public/report.html", b'<img src="data:image/svg+xml;base64,%%%">'),
    ],
)
def test_what_cannot_be_searched_does_not_leave_the_house(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(DisclosureError, match=f"{name} cannot be searched for names"):
        guard(folder, KNOWN)


def test_a_name_in_the_pdf_or_its_metadata_stops_the_run(folder: Path) -> None:
    import weasyprint

    for html in (
        f"<p>{NAME}</p>",
        f"<title>{NAME}</title><p>x</p>",
        f"<meta name=author content='{NAME}'><p>x</p>",
        f"<p style='width: 9em'>a complaint of {NAME}</p>",
        f"<table><tr><td>1<td>{NAME}<td>2024</table>",
    ):
        weasyprint.HTML(string=f"<html lang=en>{html}").write_pdf(folder / "public" / "report.pdf")
        with pytest.raises(DisclosureError, match=r"public/report.pdf holds"):
            guard(folder, KNOWN)


def test_a_set_that_names_nobody_passes(folder: Path) -> None:
    """What is restricted may hold names; shapes and digests are no text."""
    text = '<path d="MED"/><p>MEDIA informed, med, Enkhboldt</p>'
    (folder / "public" / "report.html").write_text(text + svg("informed") + drawing("medical"), encoding="utf-8")
    (folder / "internal" / "sensitive.parquet").write_bytes(NAME.encode())
    (folder / "internal" / "sensitive.parquet").chmod(0o600)
    (folder / "internal" / "notebooks" / "01_cleaning.ipynb").write_text(notebook(), encoding="utf-8")
    guard(folder, KNOWN)


def test_words_of_other_cells_make_no_name_together(folder: Path) -> None:
    known = KnownNames.gather(organisations=["Mining Department"])
    (folder / "public" / "report.html").write_text("<td>Mining</td><td>Department</td>", encoding="utf-8")
    guard(folder, known)


@pytest.mark.parametrize("name", ["Strong", "Title", "Class Width"])
def test_the_words_of_markup_are_no_names(folder: Path, name: str) -> None:
    text = '<title>x</title><p class="a" title="b"><strong>c</strong><img width="9" alt="d"></p>'
    (folder / "public" / "report.html").write_text(text, encoding="utf-8")
    guard(folder, KnownNames.gather(complainants=[name]))


def test_what_project_yml_keeps_may_leave(folder: Path) -> None:
    known = KnownNames.gather(complainants=["World Bank", "Bank LLC"], keep=["World Bank"])
    (folder / "public" / "report.html").write_text("<p>The World Bank</p>", encoding="utf-8")
    guard(folder, known)
    (folder / "public" / "report.html").write_text("<p>The Bank</p>", encoding="utf-8")
    with pytest.raises(DisclosureError):
        guard(folder, known)


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


def test_a_restricted_page_is_not_searched_and_any_other_page_inside_is(folder: Path) -> None:
    page = folder / "internal" / "actions.html"
    page.write_text(f"<p>{NAME}</p>", encoding="utf-8")
    page.chmod(0o600)
    guard(folder, KNOWN)
    page.rename(folder / "internal" / "page.html")
    with pytest.raises(DisclosureError, match=r"internal/page\.html holds the name of a known"):
        guard(folder, KNOWN)


@pytest.mark.parametrize(("place", "mode"), [("internal/actions.html", 0o640), ("public/actions.xlsx", 0o600)])
def test_a_restricted_file_that_others_can_read_is_refused(folder: Path, place: str, mode: int) -> None:
    page = folder / place
    page.write_bytes(b"<p>nobody</p>")
    page.chmod(mode)
    with pytest.raises(DisclosureError, match=f"{place} is restricted, and others can read it") as refusal:
        guard(folder, KNOWN)
    assert NAME not in str(refusal.value)
