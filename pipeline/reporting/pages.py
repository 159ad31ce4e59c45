"""Pages for inside the house: one HTML file each, in the report's dress, that runs nothing and loads nothing."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pipeline.files import write_bytes
from pipeline.reporting.templating import compact, environment_of, styles
from pipeline.reporting.words import Words
from pipeline.stage import RESTRICTED, Stage


def write_page(stage: Stage, name: str, template: str, words: Words, **context: Any) -> None:
    """Write internal/<name>, readable by its owner alone; `template` stands in templates/sections/."""
    environment = environment_of(words, stage.project.settings, scopes=stage.scopes)
    css = Markup(styles("report.css", "page.css"))
    html = environment.get_template(f"{template}.html.j2").render(css=css, **context)
    write_restricted(stage, name, compact(html).encode("utf-8"))


def write_restricted(stage: Stage, name: str, content: bytes) -> None:
    """Write a restricted file below internal/; one that is not listed as restricted is never written."""
    assert name in RESTRICTED, f"{name} is not among the restricted files"
    write_bytes(content, stage.path("internal", name), restricted=True)
