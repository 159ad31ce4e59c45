"""Pages for inside the house: one HTML file each, in the report's dress, that runs nothing and loads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.files import write_bytes
from pipeline.reporting.words import Words
from pipeline.stage import RESTRICTED, Stage

TEMPLATES = Path(__file__).with_name("templates")


def write_page(stage: Stage, name: str, template: str, words: Words, **context: Any) -> None:
    """Write internal/<name>, readable by its owner alone; `template` stands in templates/sections/."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "sections"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=words.text, words=words, settings=stage.project.settings, scopes=stage.scopes)
    environment.filters["day"] = words.day
    css = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "page.css"))
    html = environment.get_template(f"{template}.html.j2").render(css=Markup(css), **context)
    lines = (line.rstrip() for line in html.splitlines())
    text = "\n".join(line for line in lines if line) + "\n"
    write_restricted(stage, name, text.encode("utf-8"))


def write_restricted(stage: Stage, name: str, content: bytes) -> None:
    """Write a restricted file below internal/; one that is not listed as restricted is never written."""
    assert name in RESTRICTED, f"{name} is not among the restricted files"
    write_bytes(content, stage.path("internal", name), restricted=True)
