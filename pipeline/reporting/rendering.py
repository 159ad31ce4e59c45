"""From the executed fourth notebook to report.html and report.pdf: the same content, no code, nothing from outside."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import nbformat

from pipeline.project import Settings
from pipeline.reporting.marks import Marks
from pipeline.reporting.report import TEMPLATES
from pipeline.reporting.words import Words

_EPOCH = "0"
"""What the PDF gives as its time of making: the same for the same content."""
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
        """Whether an error finding is open."""

    @property
    def is_provisional(self) -> bool:
        """Whether something was counted before its end."""

    @property
    def counted_to(self) -> date:
        """The last day that is counted."""


def render_html(notebook: Path, target: Path, document: Document) -> None:
    """Write a document as one HTML file that opens offline, runs nothing and loads nothing.

    Only the outputs of the cells tagged `section` become part of it.
    """
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config({"HTMLExporter": {"preprocessors": [], "default_preprocessors": []}})
    exporter = HTMLExporter(config=config, template_name="report", extra_template_basedirs=[str(TEMPLATES)])
    node = nbformat.read(notebook, as_version=4)
    html, _ = exporter.from_notebook_node(node, resources={"report": _resources(document)})
    lines = (line.rstrip() for line in html.splitlines())
    target.write_text("\n".join(line for line in lines if line) + "\n", encoding="utf-8")


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


def _resources(document: Document) -> dict[str, Any]:
    settings, text = document.settings, document.words.text
    marks = [text("DRAFT")] if document.is_draft else []
    marks += [text("Provisional")] if document.is_provisional else []
    return {
        "language": settings.language,
        "title": document.title,
        "author": settings.implementing_unit,
        "meta": Marks(document.is_draft, document.is_provisional, document.counted_to).meta(),
        "css": (TEMPLATES / "report.css").read_text(encoding="utf-8"),
        "skip": text("Skip to the key figures"),
        "running": document.running,
        "is_draft": document.is_draft,
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
