"""What the code of notebooks and modules imports, read off its text without running it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from pathlib import Path


def imported_modules(notebooks: Iterable[Path]) -> list[str]:
    """List what the code of notebooks imports, each once, in order; a name imported from a module may be one itself."""
    return list(dict.fromkeys(name for notebook in notebooks for name in _of_cells(notebook, with_texts=False)))


def named_by_notebook(notebook: Path) -> Iterator[str]:
    """Yield what may be the name of a module in the code of a notebook, as `named_by` does."""
    yield from _of_cells(notebook, with_texts=True)


def named_by(source: str) -> Iterator[str]:
    """Yield what a piece of Python imports, wherever in it that is done, and its texts.

    A text may be the name of a module by which a process is started.
    """
    yield from _names(source, with_texts=True)


def _of_cells(notebook: Path, *, with_texts: bool) -> Iterator[str]:
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            try:
                yield from _names("".join(cell["source"]), with_texts=with_texts)
            except SyntaxError:  # the notebook tells, or it is a line that IPython alone understands
                continue


def _names(source: str, *, with_texts: bool) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif with_texts and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
