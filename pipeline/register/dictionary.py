"""The lists of docs/register.md, made from columns.yml, words.yml and rules.yml.

The data dictionary, the headings and words that are understood by themselves, and what is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import InputError
from pipeline.places import REPOSITORY
from pipeline.project import RELATIONS, STATUSES
from pipeline.register import findings
from pipeline.register.columns import Language, dictionary
from pipeline.register.words import SATISFACTION, general_words

DOCUMENT = REPOSITORY / "docs" / "register.md"

ALLOWED = {
    "text": "any text",
    "number_text": "as `numbering` of project.yml says, where it is set",
    "date": "a day, `2024-06-30`",
    "yes_no": "`yes`, `no`",
    "status": f"the words of project.yml for {', '.join(f'`{code}`' for code in STATUSES)}",
    "channel": "the words under `channels` of project.yml",
    "relation": f"the words of project.yml for {', '.join(f'`{code}`' for code in RELATIONS)}",
    "type": "the words under `types` of project.yml",
    "satisfaction": ", ".join(f"`{word}`" for word in SATISFACTION),
    "severity": "the words under `severities` of project.yml; without them any text",
}
"""What may stand in a cell, by the type of its column."""

LANGUAGES: dict[Language, str] = {"en": "English", "mn": "Mongolian", "ru": "Russian", "fr": "French", "es": "Spanish"}
"""The languages of the aliases, as the list heads them."""


def write_dictionary(document: Path = DOCUMENT) -> bool:
    """Write the lists of docs/register.md anew and say whether anything changed."""
    shown_as = f"docs/{document.name}"
    try:
        text = document.read_text(encoding="utf-8")
        changed = with_lists(text, LISTS, shown_as)
        if changed != text:
            document.write_text(changed, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"{shown_as} cannot be written: {error.strerror}. It belongs to the program's folder."
        ) from None
    return changed != text


def column_list() -> str:
    """Write every column with its type, what may stand in it and where it may be shown."""
    rows = [
        [
            f"`{name}`",
            column.title,
            column.type,
            ALLOWED[column.type],
            "required" if column.required else "",
            "yes" if column.identifies else "",
            column.public,
            column.description,
        ]
        for name, column in dictionary().items()
    ]
    headings = ["column", "title", "type", "allowed values", "required", "identifies a person", "public"]
    return markdown_table([*headings, "what it holds"], rows)


def alias_list() -> str:
    """Write for each column the headings by which registers call it, a language a column; the first one goes first."""
    rows = [
        [f"`{name}`", *(", ".join(column.aliases.get(code, ())) for code in LANGUAGES)]
        for name, column in dictionary().items()
    ]
    return markdown_table(["column", *LANGUAGES.values()], rows)


def word_list() -> str:
    """Write the words that are understood without a word in project.yml, by what they stand for."""
    rows = [
        [f"`{kind}`", f"`{code}`" if code else "a blank", ", ".join(f"`{word}`" for word in words)]
        for kind, codes in general_words().items()
        for code, words in codes.items()
    ]
    return markdown_table(["for", "code", "words"], rows)


def rule_list() -> str:
    """Write every rule with what it notices and what to do."""
    rows = [[f"`{name}`", rule.severity, rule.title, rule.action] for name, rule in findings.rules().items()]
    return markdown_table(["rule", "severity", "what was noticed", "what to do"], rows)


LISTS: dict[str, Callable[[], str]] = {
    "columns": column_list,
    "aliases": alias_list,
    "words": word_list,
    "rules": rule_list,
}
"""What makes each list of docs/register.md, by the name of its markers."""


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def with_lists(text: str, lists: dict[str, Callable[[], str]], shown_as: str) -> str:
    """Put each list between its markers; a document without them is an `InputError`."""
    for name, make in lists.items():
        before, after = f"<!-- {name} -->", f"<!-- /{name} -->"
        parts = re.split(f"({re.escape(before)}\n|{re.escape(after)})", text)
        if len(parts) != 5 or parts[3] != after:
            raise InputError(f"{shown_as}: the lines '{before}' and '{after}' must stand there once, in this order.")
        text = "".join([parts[0], parts[1], f"\n{make()}\n\n", *parts[3:]])
    return text
