"""JSON and JSON lines: one record a grievance, nested fields by their dotted path."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pipeline.errors import InputError
from pipeline.register.columns import heading_key, known_headings
from pipeline.register.formats.rows import batches
from pipeline.register.formats.sheet import Sheet, frame


def is_json(text: str) -> bool:
    """Say whether a text begins as JSON does."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read_records(text: str, file: str) -> list[Sheet]:
    """Read records: a list of them, an object that holds one or several such lists, or one record a line.

    Numbers stay as they are written. Each of several lists becomes a sheet of its own, named by its dotted path. What
    is no JSON, or holds no records, is an `InputError`.
    """
    lists = {name: [_flat(record) for record in found] for name, found in _lists(text, file).items()}
    sheets = []
    for name, rows in lists.items():
        headings = list(dict.fromkeys(field for row in rows for field in row))
        if headings:
            table: list[list[str | None]] = [[*headings], *([row.get(field) for field in headings] for row in rows)]
            sheets.append(Sheet(file, name if len(lists) > 1 else "", frame(batches(table)), first_row=0))
    if not sheets:
        raise InputError(f"{file} holds no record. It needs one record a grievance.")
    return sheets


def _lists(text: str, file: str) -> dict[str, list[Mapping[str, Any]]]:
    if _is_lines(text):
        lines = enumerate(_lines(text), start=1)
        found = {"": [_parsed(line, file, number) for number, line in lines if line.strip()]}
    else:
        whole = _parsed(text, file, 0)
        found = _lists_within(whole) if isinstance(whole, dict) else {"": whole}
    for records in found.values():
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise InputError(f"{file}: the register must be a list of records, each {{…}} with the same fields.")
    return found


def _is_lines(text: str) -> bool:
    filled = [line for line in islice((line for line in _lines(text) if line.strip()), 2)]
    try:
        # One line alone may also be an object that holds the list.
        return len(filled) == 2 and isinstance(json.loads(filled[0]), dict)
    except (ValueError, RecursionError):
        return False


def _lines(text: str) -> Iterator[str]:
    """Part a text into lines as JSON lines does: other marks that end a line stand inside of texts."""
    return (line.removesuffix("\n") for line in io.StringIO(text, newline="\n"))


def _parsed(text: str, file: str, line: int) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)
    except _Twice as error:
        raise InputError(
            f"{file}{f', line {line}' if line else ''}: a record has {error} twice, and only one of them can be read. "
            "Export the register anew."
        ) from None
    except ValueError as error:
        at = line or getattr(error, "lineno", 1)
        raise InputError(f"{file}, line {at}: this is not valid JSON. Export the register anew.") from None
    except RecursionError:
        raise InputError(f"{file}: the records are nested too deeply. Export the register anew.") from None


class _Twice(Exception):
    """A field that a record has twice, by its name where that is known: it could be somebody's name."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)
        raise _Twice(f"the field '{name}'" if heading_key(name) in known_headings() else "a field")
    return record


def _lists_within(whole: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Find the lists of records in an answer of an interface, by their path; without any, the object is one record."""
    found: dict[str, list[Any]] = {}
    objects: list[tuple[str, Mapping[str, Any]]] = [("", whole)]
    while objects:
        above, one = objects.pop(0)
        for name, value in one.items():
            if isinstance(value, dict):
                objects.append((f"{above}{name}.", value))
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                found[f"{above}{name}"] = value
    return found or {"": [whole]}


def _flat(record: Mapping[str, Any], above: str = "") -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for name, text in _leaves(record, above):
        # Two fields can flatten alike: {"a.b": 1, "a": {"b": 2}}.
        flat[name if name not in flat else f"{name} (2)"] = text
    return flat


def _leaves(record: Mapping[str, Any], above: str) -> Iterator[tuple[str, str | None]]:
    for name, value in record.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", _text(value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
