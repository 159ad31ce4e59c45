"""A report made in this process by the very cells of the four notebooks, and all that it leaves and shows."""

from __future__ import annotations

import ast
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import nbformat
from making import ROOT

from pipeline.stage import RESTRICTED

NOTEBOOKS = ("01_cleaning", "02_classification", "03_metrics", "04_report")


@dataclass(frozen=True)
class Walked:
    """What the notebooks showed, cell by cell, and the set that they made."""

    shown: dict[str, str]
    folder: Path

    def files(self, area: str) -> dict[str, bytes]:
        """Return the files of public/ or internal/, the restricted ones left out."""
        found = (path for path in sorted((self.folder / area).rglob("*")) if path.is_file())
        return {path.name: path.read_bytes() for path in found if path.name not in RESTRICTED}

    def of(self, notebook: str) -> dict[str, str]:
        """Return what one notebook showed."""
        return {cell: text for cell, text in self.shown.items() if cell.startswith(notebook[:2])}


def walk(folder: Path, project: str, period: str, without: Collection[str] = ("report.figures()",)) -> Walked:
    """Run the cells of the notebooks in the set `folder`; those whose code is in `without` are passed over."""
    here = folder / "internal" / "notebooks"
    here.mkdir(parents=True)
    before, shown = Path.cwd(), {}
    os.chdir(here)
    try:
        for name in NOTEBOOKS:
            names: dict[str, object] = {}
            for cell in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells:
                if cell.cell_type != "code" or cell.source in without:
                    continue
                shown[cell.id] = _run(cell.source, names)
                if "parameters" in cell.metadata.get("tags", []):
                    names |= {"project": project, "period": period}
    finally:
        os.chdir(before)
    return Walked(shown, folder)


def _run(source: str, names: dict[str, object]) -> str:
    """Run a cell and return what it shows: its last line, where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return ""
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return f"{value._repr_html_() if hasattr(value, '_repr_html_') else ''}\n{value!r}"
