"""What is to be translated: every message of the report, collected from where it stands.

`python -m pipeline.reporting.catalogue` writes locale/messages.pot; a language is begun by copying it to
locale/<language>/LC_MESSAGES/messages.po and filling in the translations.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from pipeline.indicators.definitions import definitions
from pipeline.indicators.reconciliation import NONE, OF_EACH_MEMBER, SIDES, SUM_OF_MEMBERS, TIMED
from pipeline.places import REPOSITORY
from pipeline.project import Project
from pipeline.register.columns import dictionary
from pipeline.register.findings import rules
from pipeline.reporting.words import LOCALE

Message = str | tuple[str, str]
HERE = Path(__file__).parent


def messages() -> Catalog:
    """Collect every message, with where it stands: modules, templates, definitions, titles of rules and columns."""
    catalog = Catalog(project="grm-reporting", charset="utf-8")
    found = [*_of_modules(), *_of_templates(), *_of_definitions()]
    for message, place in found:
        catalog.add(message, locations=[(place, 0)])
    return catalog


def write(path: Path = LOCALE / "messages.pot") -> None:
    """Write the template of the catalogues; the same bytes for the same messages."""
    with path.open("wb") as handle:
        write_po(handle, messages(), omit_header=True, width=110, sort_output=True, include_lineno=False)


def _of_modules() -> Iterator[tuple[Message, str]]:
    for path in sorted(HERE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                yield from ((message, path.name) for message in _message(name, texts))


def _of_templates() -> Iterator[tuple[Message, str]]:
    environment = Environment(autoescape=True)
    folders = [HERE / "templates" / name for name in ("sections", "project")]
    for path in sorted(path for folder in folders for path in folder.rglob("*.j2")):
        for node in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            name = str(getattr(node.node, "attr", None) or getattr(node.node, "name", ""))
            texts = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
            yield from ((message, path.name) for message in _message(name, texts))


def _message(function: str, texts: Sequence[object]) -> list[Message]:
    words = [text for text in texts if isinstance(text, str)]
    if function in ("text", "_") and words:
        return [words[0]]
    return [(words[0], words[1])] if function == "plural" and len(words) >= 2 else []


def _of_definitions() -> Iterator[tuple[Message, str]]:
    for definition in definitions().values():
        parts = (definition.title, definition.definition, definition.numerator, definition.denominator)
        for part in (*parts, definition.caveat, None if definition.is_own else definition.source):
            if part:
                yield part, "definitions.yml"
    for side in (*(side for pair in SIDES.values() for side in pair), *OF_EACH_MEMBER.values()):
        yield side, "reconciliation.py"
    for side in (NONE, SUM_OF_MEMBERS, TIMED):
        yield side, "reconciliation.py"
    for rule in rules().values():
        yield rule.title, "rules.yml"
    for column in dictionary().values():
        yield column.title, "columns.yml"


def faults(path: Path) -> list[str]:
    """List what a catalogue lacks: messages without a translation, and translations that lose a placeholder."""
    with path.open("rb") as handle:
        translated = read_po(handle)
    found = []
    for message in messages():
        source = message.id if isinstance(message.id, tuple) else (message.id,)
        entry = translated.get(source[0])
        target = entry.string if entry else ""
        for text in target if isinstance(target, tuple) else (target,):
            if source[0] and not text:
                found.append(f"not translated: {source[0]}")
            elif placeholders(str(text)) != placeholders(str(source[0])):
                found.append(f"other placeholders: {source[0]}")
    return found


def own_texts(project: Project) -> list[str]:
    """Return the texts of which a report consists whatever its register holds.

    The messages, the project's vocabulary and the names of its unit and channels, the names of months and days, and
    the notebooks' own text.
    """
    settings = project.settings
    locale = Locale.parse(settings.language)
    texts = [
        n for calendar in (locale.months, locale.days) for width in calendar["format"].values() for n in width.values()
    ]
    vocabularies = (settings.channels, settings.statuses, settings.types, settings.relations)
    texts += [term.label for terms in vocabularies for term in terms.values()]
    texts += [channel.reach for channel in settings.channels.values() if channel.reach]
    names = (settings.name, settings.short_name, settings.implementing_unit, settings.implementing_unit_short)
    texts += [name for name in names if name]
    texts += [column.title for column in dictionary().values()]
    texts += [text for rule in rules().values() for text in (rule.message, rule.action)]
    texts += _own_messages()
    texts += [path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))]
    return texts


@cache
def _own_messages() -> tuple[str, ...]:
    """Return the texts of all messages; they are the program's, and to collect them all modules are parsed."""
    return tuple(str(text) for message in messages() for text in _texts_of(message.id))


def _texts_of(message: Any) -> tuple[Any, ...]:
    return message if isinstance(message, tuple) else (message,)


def placeholders(message: str) -> set[str]:
    """Return the names that a message is filled in by."""
    return set(re.findall(r"%\((\w+)\)", message))


if __name__ == "__main__":
    write()
