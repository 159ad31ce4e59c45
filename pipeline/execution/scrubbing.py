"""A failed notebook without data: the second wall behind the kernel's own care (`in_kernel`).

Kept are what the notebook showed before it failed, the class of the exception, its sentence where the class is known
to speak in sentences, and the places it passed through. Gone are everything the failing cell put out, what any cell
wrote to stderr, and every line of a traceback that is not of the known form.
"""

from __future__ import annotations

import copy
import errno
import re
from collections.abc import Collection

from pipeline.execution.in_kernel import CAUSED_BY, DURING, INSIDE
from pipeline.execution.normalising import Notebook, normalise

_CLASS = re.compile(r"[A-Za-z_]\w*")
_PLACE = re.compile(r"  (cell \d+|[\w./-]+|\?):\d+ in (<?[A-Za-z_]\w*>?|\?)")
_LINKS = (CAUSED_BY, DURING, INSIDE)
_UNKNOWN = "Exception"


def scrub_failed(notebook: Notebook, sentence_errors: Collection[str]) -> Notebook:
    """Give a failed notebook without values of the data, normalised as a successful one is."""
    result = normalise(notebook)
    failed = failing_cell(notebook)
    for cell, original in zip(result["cells"], notebook["cells"], strict=True):
        if cell["cell_type"] != "code":
            continue
        if failed is not None and original is failed:
            cell["outputs"] = [_safe_error(out, sentence_errors) for out in original["outputs"] if _is_error(out)]
        else:
            cell["outputs"] = [
                _safe_error(out, sentence_errors) if _is_error(out) else out
                for out in cell["outputs"]
                if out.get("name") != "stderr"
            ]
    return result


def withhold_outputs(notebook: Notebook, *, keep_places: bool) -> Notebook:
    """Give a failed notebook without its outputs, but with `keep_places` the class of its error and where it passed."""
    result = copy.deepcopy(notebook)
    for cell in result["cells"]:
        if cell["cell_type"] == "code":
            errors = [_safe_error(output, ()) for output in cell["outputs"] if _is_error(output)]
            cell["outputs"] = errors if keep_places else []
    return result


def failing_cell(notebook: Notebook) -> Notebook | None:
    """Give the cell that ended the run: marked so by papermill, or else the last that began."""
    code: list[Notebook] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        if cell["metadata"].get("papermill", {}).get("exception") is True:
            return cell
    begun = [cell for cell in code if cell["metadata"].get("papermill", {}).get("start_time")]
    return begun[-1] if begun else None


def reported_error(notebook: Notebook, sentence_errors: Collection[str]) -> tuple[str, str | None, str | None]:
    """Give class, sentence and operating system's code (ENOSPC) of the exception that ended a notebook, each if any."""
    cell = failing_cell(notebook)
    outputs = cell["outputs"] if cell is not None else []
    for output in reversed(outputs):
        if _is_error(output):
            safe = _safe_error(output, sentence_errors)
            if safe["ename"] in sentence_errors:
                return safe["ename"], safe["evalue"], None
            return safe["ename"], None, safe["evalue"] or None
    return _UNKNOWN, None, None


def _is_error(output: Notebook) -> bool:
    return bool(output["output_type"] == "error")


def _safe_error(output: Notebook, sentence_errors: Collection[str]) -> Notebook:
    name = output["ename"] if _CLASS.fullmatch(output["ename"]) else _UNKNOWN
    return {
        "output_type": "error",
        "ename": name,
        "evalue": output["evalue"] if _may_say(name, output["evalue"], sentence_errors) else "",
        "traceback": _safe_lines(output["traceback"], sentence_errors),
    }


def _may_say(name: str, text: str, sentence_errors: Collection[str]) -> bool:
    return name in sentence_errors or text in errno.errorcode.values()


def _safe_lines(lines: list[str], sentence_errors: Collection[str]) -> list[str]:
    """Keep the lines of the form that the kernel gives; the name of a class only where one belongs."""
    kept: list[str] = []
    for line in lines:
        begins = not kept or kept[-1] in _LINKS
        if line in _LINKS or _PLACE.fullmatch(line) or (begins and _names_a_class(line, sentence_errors)):
            kept.append(line)
    return kept


def _names_a_class(line: str, sentence_errors: Collection[str]) -> bool:
    name, colon, text = line.partition(": ")
    return _CLASS.fullmatch(name) is not None and (not colon or _may_say(name, text, sentence_errors))
