"""JSON and JSON lines: one record a grievance, nested fields by their dotted path."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pipeline.errors import InputError
from pipeline.register.formats.rows import batches
from pipeline.register.formats.sheet import Sheet, frame


def is_json(text: str) -> bool:
    """Say whether a text begins as JSON does."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read_records(text: str, file: str) -> Sheet:
    """Read records: a list of them, an object that holds such a list, or one a line.

    Numbers stay as they are written. What is no JSON, or holds no records, is an `InputError`.
    """
    rows = [_flat(record) for record in _records(text, file)]
    headings = list(dict.fromkeys(name for row in rows for name in row))
    if not headings:
        raise InputError(f"{file} holds no record. It needs one record a grievance.")
    table: list[list[str | None]] = [[*headings], *([row.get(name) for name in headings] for row in rows)]
    return Sheet(file, "", frame(batches(table)), first_row=0)


def _records(text: str, file: str) -> list[Mapping[str, Any]]:
    whole = _parsed(text, file, 0) if not _is_lines(text) else None
    if whole is None:
        lines = enumerate(_lines(text), start=1)
        found = [_parsed(line, file, number) for number, line in lines if line.strip()]
    else:
        found = _longest_list(whole) if isinstance(whole, dict) else whole
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
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
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except ValueError as error:
        at = line or getattr(error, "lineno", 1)
        raise InputError(f"{file}, line {at}: this is not valid JSON. Export the register anew.") from None
    except RecursionError:
        raise InputError(f"{file}: the records are nested too deeply. Export the register anew.") from None


def _longest_list(whole: Mapping[str, Any]) -> list[Any]:
    """Find the records in an answer of an interface: the longest list of records, or the object as the one record."""
    lists, objects = [], [whole]
    while objects:
        values = list(objects.pop().values())
        lists += [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]
        objects += [value for value in values if isinstance(value, dict)]
    return max(lists, key=len) if lists else [whole]


def _flat(record: Mapping[str, Any], above: str = "") -> dict[str, str | None]:
    return dict(_leaves(record, above))


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
