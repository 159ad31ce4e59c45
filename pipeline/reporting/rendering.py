"""From the executed fourth notebook to report.html and report.pdf: the same content, no code, nothing from outside."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from pipeline.files import write_bytes
from pipeline.project import Settings
from pipeline.reporting.marks import Marks
from pipeline.reporting.report import Report, Section
from pipeline.reporting.templating import TEMPLATES, compact, styles
from pipeline.reporting.words import Words

_EPOCH = "0"
"""What the PDF gives as its time of making: the same for the same content."""
INTERNAL_HTML = "report-internal.html"
"""The internal edition below internal/, restricted."""
FONTS = (
    *(
        ("Source Sans 3", f"source-sans-3-{{subset}}-{weight}-normal.ttf", weight, "normal")
        for weight in (400, 600, 700)
    ),
    ("Source Sans 3", "source-sans-3-{subset}-400-italic.ttf", 400, "italic"),
    ("Source Serif 4", "source-serif-4-{subset}-600-normal.ttf", 600, "normal"),
)
SUBSETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")


class Document(Protocol):
    """What a page says of itself: a report, or a comparison."""

    @property
    def settings(self) -> Settings:
        """The settings of the project."""

    @property
    def words(self) -> Words:
        """The words of its language."""

    @property
    def title(self) -> str:
        """The title, as a browser and a PDF reader show it."""

    @property
    def running(self) -> str:
        """What stands at the head of each page."""

    @property
    def is_draft(self) -> bool:
        """Whether it must not be taken for final."""

    @property
    def draft_mark(self) -> str:
        """What then stands on every page."""

    @property
    def is_provisional(self) -> bool:
        """Whether something was counted before its end."""

    @property
    def counted_to(self) -> date:
        """The last day that is counted."""

    @property
    def is_internal(self) -> bool:
        """Whether it is the internal edition."""


def render_html(
    notebook: Path,
    target: Path,
    document: Document,
    *,
    instead: Mapping[str, Section] | None = None,
    further: Sequence[Section] = (),
) -> None:
    """Write a document as one HTML file that opens offline, runs nothing and loads nothing.

    Only the outputs of the cells tagged `section` become part of it. `instead` replaces the sections of the notebook by
    the id of each, `further` follows them. A file of the internal edition can be read by its owner alone.
    """
    import nbformat
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config({"HTMLExporter": {"preprocessors": [], "default_preprocessors": []}})
    exporter = HTMLExporter(config=config, template_name="report", extra_template_basedirs=[str(TEMPLATES)])
    node = _with_sections(nbformat.read(notebook, as_version=4), instead or {}, further)
    html, _ = exporter.from_notebook_node(node, resources={"report": page_resources(document)})
    write_bytes(compact(html).encode("utf-8"), target, restricted=document.is_internal)


def render_internal(notebook: Path, target: Path, report: Report, further: Sequence[tuple[str, Section]] = ()) -> None:
    """Write the edition that stays inside, from the notebook of the public one.

    Its cover says so, its definitions name the rows behind every figure, and it tells of the sensitive grievances.
    `further` are sections that are made for it alone, from restricted data too, each with its title; the id of a
    section is that of its outermost element.
    """
    assert report.is_internal
    added = [*report.internal_sections(), *further]
    titles = [(_id_of(section.html), title) for title, section in added]
    instead = {"cover": report.cover(titles), "definitions": report.definitions()}
    render_html(notebook, target, report, instead=instead, further=[section for _, section in added])


def _with_sections(node: Any, instead: Mapping[str, Section], further: Sequence[Section]) -> Any:
    """Put other sections in the place of some, by their id, and add those that follow."""
    import nbformat

    left = dict(instead)
    for output in (output for cell in _sections(node) for output in cell.outputs):
        html = output.get("data", {}).get("text/html", "")
        section = left.pop(_id_of(html), None)
        if section is not None:
            output["data"]["text/html"] = section.html
    assert not left, f"the notebook has no section {', '.join(left)}"
    for section in further:
        output = nbformat.v4.new_output("display_data", {"text/html": section.html})
        node.cells.append(nbformat.v4.new_code_cell(outputs=[output], metadata={"tags": ["section"]}))
    return node


def _sections(node: Any) -> list[Any]:
    return [c for c in node.cells if c.cell_type == "code" and "section" in c.metadata.get("tags", [])]


def _id_of(html: str) -> str:
    """Return the id of the outermost element of a section."""
    match = re.match(r'\s*<section\b[^>]*?\bid="([^"]+)"', html)
    return match[1] if match else ""


def render_pdf(html: Path, target: Path) -> None:
    """Write the PDF of an HTML report: PDF/UA-1 (tagged, titled, with a language), fonts embedded.

    Only the data in the HTML itself and the fonts of this package are read; any other address is refused.
    """
    with _quiet(), _source_date():
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
        fetcher = _only_own()
        faces = CSS(string=_font_faces(), font_config=fonts, url_fetcher=fetcher)
        document = HTML(string=html.read_text(encoding="utf-8"), url_fetcher=fetcher, base_url=None)
        document.write_pdf(target, stylesheets=[faces], font_config=fonts, pdf_variant="pdf/ua-1")


def page_resources(document: Document) -> dict[str, Any]:
    """Return what the page around the sections says of the document."""
    settings, text = document.settings, document.words.text
    marks = [text("INTERNAL")] if document.is_internal else []
    marks += [document.draft_mark] if document.is_draft else []
    marks += [text("Provisional")] if document.is_provisional else []
    return {
        "language": settings.language,
        "title": document.title,
        "author": settings.implementing_unit,
        "meta": Marks(document.is_draft, document.is_provisional, document.counted_to).meta(),
        "css": styles("report.css"),
        "skip": text("Skip to the key figures"),
        "running": document.running,
        "is_draft": document.is_draft,
        "is_internal": document.is_internal,
        "draft": " · ".join(marks),
    }


def _font_faces() -> str:
    folder = TEMPLATES / "fonts"
    return "\n".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; font-style: {style}; "
        f"src: url('{(folder / name.format(subset=subset)).as_uri()}'); }}"
        for family, name, weight, style in FONTS
        for subset in SUBSETS
    )


def _only_own() -> Any:
    from weasyprint.urls import URLFetcher

    own = (TEMPLATES / "fonts").as_uri() + "/"

    class OwnFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not (url.startswith(("data:", own)) and ".." not in url):
                raise ValueError("a report loads nothing from outside")
            return super().fetch(url, headers)

    return OwnFetcher(allowed_protocols=("data", "file"))


@contextmanager
def _source_date() -> Iterator[None]:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = _EPOCH
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the renderer's remarks on fonts and styles out of the analyst's terminal."""
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
