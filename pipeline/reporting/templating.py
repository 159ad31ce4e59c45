"""The templates of reports and pages: where they are, how they are prepared, and what of their text is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.project import Settings
from pipeline.reporting.words import Words

TEMPLATES = Path(__file__).with_name("templates")
_OWN_LINE = Markup(' style="clear: both"')
"""For a term and what is said of it: notebooks let terms float, so a figure stood beside another one."""


def environment_of(
    words: Words, settings: Settings | None = None, *, folder: str = "sections", **more: Any
) -> Environment:
    """Prepare the templates of a folder, with the words and the settings that all of them use.

    A page of several projects has no settings.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=words.text, words=words, settings=settings, own_line=_OWN_LINE, **more)
    environment.filters["day"] = words.day
    return environment


def styles(*names: str) -> str:
    """Return the named style sheets as one."""
    return "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def compact(html: str) -> str:
    """Leave out blank lines and blanks at the ends of lines."""
    lines = (line.rstrip() for line in html.splitlines())
    return "\n".join(line for line in lines if line) + "\n"
