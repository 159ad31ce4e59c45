"""YAML files: what people write is read strictly, checked against a model, refused with file, line and key.

The program's own files are read by libyaml, which takes a twentieth of the time that ruamel.yaml takes and knows no
lines. A test reads each of them both ways.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pipeline.errors import InputError

M = TypeVar("M", bound="Strict")
_PACKAGE = Path(__file__).resolve().parent


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def read_yaml(path: Path, shown_as: str) -> Any:
    """Read one YAML 1.2 document (so that NO is a country and not `false`); a key given twice is an error."""
    if path.is_relative_to(_PACKAGE):
        return yaml.load(path.read_bytes(), Loader=_own_loader())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{shown_as} is missing. Create it; README.md says how under 'Your own project'.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{shown_as} is not UTF-8 text (byte {error.start + 1}). Save it with the encoding UTF-8."
        ) from None
    except OSError as error:
        raise InputError(f"{shown_as} cannot be read: {error.strerror}. Check the file and its permissions.") from None
    try:
        with warnings.catch_warnings():
            # What the reader remarks quotes the file.
            warnings.simplefilter("ignore")
            return YAML(typ="rt", pure=True).load(StringIO(text))
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{shown_as}{line}{_problem(error)}") from None
    except ValueError:
        # The reader turns dates into days by itself and does not say where it could not.
        raise InputError(_wrong_day(text, shown_as)) from None
    except RecursionError:
        raise InputError(f"{shown_as} is nested too deep to be read. Check its brackets and its indentation.") from None
    except YAMLError as error:
        raise InputError(f"{shown_as} is not valid YAML: {' '.join(str(error).split())[:200]}.") from None


def _problem(error: MarkedYAMLError) -> str:
    """Say what is wrong with the form of a file, with no word of it but a key of ours: values can be names."""
    problem = " ".join((error.problem or "cannot be read").split())
    if isinstance(error, DuplicateKeyError):
        key = re.match(r'found duplicate key "(\w+)"', problem)
        return f"{_key_of_ours(key[1] if key else '')}: this key is there twice in one place. Leave one of the two."
    if problem.startswith(r"found character '\t'"):
        return ": a tab stands where YAML allows blanks alone. Put blanks in its place."
    # A sign alone, and what the reader calls a part of a file ('<block end>'), are no words.
    problem = re.sub(
        r"'[^']*'|\"[^\"]*\"", lambda one: one[0] if len(one[0]) == 3 or one[0][1] == "<" else "…", problem
    )
    return f": this is not valid YAML ({problem}). Check the indentation, the colons and the quotes around this line."


def _key_of_ours(key: str) -> str:
    """Name a key that one of the models has; any other can be somebody's name."""
    return f", key {key}" if key in _keys_of(Strict) else ""


def _keys_of(model: type[BaseModel]) -> set[str]:
    own = {field.alias or name for name, field in model.model_fields.items()}
    return own.union(*(_keys_of(one) for one in model.__subclasses__()))


@cache
def _own_loader() -> Any:
    """Build the loader of the program's own files: days, numbers, true, false, null as YAML 1.2 has them."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, Any] = {}

    for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("int", r"[-+]?[0-9]+", "-+0123456789"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
        ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})\\Z"), list(first))
    return Loader


def _wrong_day(text: str, shown_as: str) -> str:
    for line, content in enumerate(text.splitlines(), start=1):
        # What stands in quotes or in a comment is not read as a day.
        unquoted = re.sub(r"'[^']*'|\"[^\"]*\"|(^|\s)#.*", " ", content)
        for day in re.findall(r"\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b", unquoted):
            try:
                date(*map(int, day.split("-")))
            except ValueError:
                key = content.partition(":")[0].strip(" -{")
                return (
                    f"{shown_as}, line {line}{_key_of_ours(key)}: {day} is not a day of the calendar. Write it as "
                    "2024-06-30."
                )
    return f"{shown_as} holds a value that cannot be read. Check its dates and numbers."


def read_model(path: Path, model: type[M], shown_as: str, **context: Any) -> M:
    """Read a YAML file into `model`; every fault is named with its line and key, all in one error."""
    data = read_yaml(path, shown_as)
    return check_model(data if data is not None else {}, model, shown_as, **context)


def check_model(data: Any, model: type[M], shown_as: str, **context: Any) -> M:
    """Validate what `read_yaml` returned; see `read_model`."""
    if not isinstance(data, dict):
        raise InputError(f"{shown_as} must hold keys with values ('name: …'), one a line.")
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        known = _keys_below(model)
        faults = [_sentence(fault, data, shown_as, known) for fault in error.errors(include_url=False)]
        raise InputError("\n".join(dict.fromkeys(faults))) from None


_LIST = "a list is needed, lines below it that begin with '- '; if there are some, take the # from their beginning too"
_KEYS = "keys with values are needed below it"
_CODE = re.compile("[a-z][a-z0-9_]*")
_OF_THE_KEY = "[key]"
"""What pydantic puts behind a key that is wrong itself."""
_ALIKE = 0.75
"""From which likeness on, of 1, a key of the program is named for one that is not known."""


def fault_sentence(path: Sequence[str | int], what: str, data: Any, shown_as: str, known: Collection[str]) -> str:
    """Say what is wrong with a key of what `read_yaml` returned, with its line; places in a list count from 0.

    A key that is not among those `known` can be somebody's name: its line tells which one it is, and '…' stands for it.
    A code with a known key below it, such as that of a channel, is told; the tables that come out have it as well.
    """
    line = _line_of(path, data)
    told = []
    for part, below in zip(path, [*path[1:], 0], strict=True):
        is_code = below in known and isinstance(part, str) and _CODE.fullmatch(part) is not None
        told.append(str(part + 1) if isinstance(part, int) else part if part in known or is_code else "…")
    key = ".".join(told) or "the file"
    place = f"{shown_as}, line {line}" if line else shown_as
    sentence = what if what[:2].isupper() else what[:1].lower() + what[1:]
    return f"{place}, key {key}: {sentence}" + ("" if sentence.endswith((".", "?")) else ".")


@cache
def _keys_below(model: type[BaseModel]) -> frozenset[str]:
    """Return every key that a model and those within it have, or that they choose from."""
    keys: set[str] = set()
    parts: list[Any] = [model.model_json_schema()]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            keys.update(part.get("properties", ()), part.get("propertyNames", {}).get("enum", ()))
        parts += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return frozenset(keys)


def _not_known(key: str | int, known: frozenset[str]) -> str:
    alike = get_close_matches(str(key), sorted(known), n=1, cutoff=_ALIKE)
    hint = f"; is {alike[0]} meant?" if alike else ";"
    return f"this key is not known{hint} check the spelling against docs/project-file.md or remove it"


def _sentence(fault: Any, data: Any, shown_as: str, known: frozenset[str]) -> str:
    # pydantic names the variants of a union in the path; only real keys and list places are shown.
    path = _existing_path(fault["loc"], data)
    what = {
        "extra_forbidden": _not_known(path[-1] if path else "", known),
        "missing": "this key is required and missing",
        "tuple_type": _LIST,
        "list_type": _LIST,
        "dict_type": _KEYS,
        "model_type": _KEYS,
        "int_type": "a whole number is needed",
        "int_parsing": "a whole number is needed",
        "int_from_float": "a whole number is needed",
        "float_type": "a number is needed",
        "string_type": "a text is needed; put what is meant as a text in quotation marks",
        "bool_type": "true or false is needed",
        "date_type": "a day is needed, written as 2024-06-30",
        "date_from_datetime_parsing": "a day is needed, written as 2024-06-30",
    }.get(fault["type"], re.sub("^(Value error|Assertion failed), ", "", fault["msg"]))
    return fault_sentence(path, what, data, shown_as, known)


def _existing_path(location: Sequence[str | int], data: Any) -> list[str | int]:
    path: list[str | int] = []
    here = data
    for position, part in enumerate(location):
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        elif position != len(location) - 1 or not isinstance(here, dict) or part == _OF_THE_KEY:
            continue
        path.append(part)
    return path


def _line_of(path: Sequence[str | int], data: Any) -> int | None:
    here, line = data, None
    for part in path:
        try:
            if isinstance(here, CommentedMap | CommentedSeq):
                line = (here.lc.key(part) if isinstance(here, CommentedMap) else here.lc.item(part))[0] + 1
            here = here[part]
        except (KeyError, IndexError, TypeError):
            break
    return line
