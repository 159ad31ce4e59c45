"""An executed notebook without what differs from one run to the next, so that the same work gives the same bytes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

# A notebook as read from its JSON: papermill, nbformat and the standard library all give mappings.
Notebook = dict[str, Any]

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
_OF_A_RUN = frozenset({"execution", "papermill", "widgets"})
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,}")


def normalise(notebook: Notebook, paths: Mapping[str, str] | None = None) -> Notebook:
    """Give the notebook with fixed cell ids and metadata, merged streams, and no addresses of objects.

    `paths` says what to write in outputs instead of a path of this machine; longer ones go first.
    """
    result = copy.deepcopy(notebook)
    result["metadata"] = {
        **{name: value for name, value in result["metadata"].items() if name not in _OF_A_RUN},
        "kernelspec": dict(KERNELSPEC),
        "language_info": dict(LANGUAGE_INFO),
    }
    result["nbformat"], result["nbformat_minor"] = 4, 5
    for number, cell in enumerate(result["cells"], start=1):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = {name: value for name, value in cell["metadata"].items() if name not in _OF_A_RUN}
        if cell["cell_type"] == "code":
            outputs = [_without_paths(output, paths or {}) for output in cell["outputs"]]
            cell["outputs"] = _merge_streams(outputs)
    return result


def to_text(notebook: Notebook) -> str:
    """Write a notebook in the form nbformat gives it: sorted, one space, text by lines, a newline at the end."""
    result = copy.deepcopy(notebook)
    for cell in result["cells"]:
        cell["source"] = _by_lines(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = _by_lines(output["text"])
            for kind, value in output.get("data", {}).items():
                if kind.startswith(("text/", "image/svg")) or kind == "application/javascript":
                    output["data"][kind] = _by_lines(value)
    return json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def joined(text: str | list[str]) -> str:
    """Give the text of a field that may be kept by lines."""
    return text if isinstance(text, str) else "".join(text)


def _by_lines(text: Any) -> Any:
    return joined(text).splitlines(keepends=True) if isinstance(text, str | list) else text


def _merge_streams(outputs: list[Notebook]) -> list[Notebook]:
    """Between two displays, give what was printed to each stream in one piece, stdout first.

    The kernel sends what is printed in pieces, by the clock.
    """
    merged: list[Notebook] = []
    run: dict[str, Notebook] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            if output["name"] in run:
                run[output["name"]]["text"] = joined(run[output["name"]]["text"]) + joined(output["text"])
            else:
                run[output["name"]] = output
            continue
        merged += [run[name] for name in sorted(run, reverse=True)]
        run = {}
        merged.append(output)
    return merged + [run[name] for name in sorted(run, reverse=True)]


def _without_paths(output: Notebook, paths: Mapping[str, str]) -> Notebook:
    result = dict(output)
    if "text" in result:
        result["text"] = _hide(joined(result["text"]), paths)
    if "data" in result:
        result["data"] = {
            kind: _hide(joined(value), paths) if _is_text(kind, value) else value
            for kind, value in result["data"].items()
        }
    return result


def _is_text(kind: str, value: Any) -> bool:
    return isinstance(value, str | list) and not kind.startswith(("image/png", "image/jpeg", "application/pdf"))


def _hide(text: str, paths: Mapping[str, str]) -> str:
    for path in sorted(paths, key=len, reverse=True):
        text = text.replace(path, paths[path])
    return _ADDRESS.sub("0x0", text)
