"""The house stays as it was drawn: imports run one way, notebooks are thin and stored without outputs."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("ground", "confidentiality", "register", "classification", "indicators", "reporting")
"""From the ground up: a layer imports only from those before it."""
COMMAND_LINE = {ROOT / "pipeline" / name for name in ("cli.py", "__main__.py", "commands")}
MODULES = sorted(path for path in (ROOT / "pipeline").rglob("*.py") if not COMMAND_LINE & {path, *path.parents})
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES = 20
"""Lines of a cell of a notebook."""


def layer_of(module: str) -> str:
    part = module.split(".")[1] if "." in module else ""
    return part if part in (*LAYERS, "execution") else "ground"


def imported(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == "pipeline"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_downward(path: Path) -> None:
    own = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name in imported(path.read_text(encoding="utf-8")):
        other = layer_of(name)
        if "execution" in (own, other):
            assert own == other, f"{path.name} imports {name}"
        else:
            assert LAYERS.index(other) <= LAYERS.index(own), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_thin_and_has_typed_parameters(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        assert not cell.outputs
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= MOST_LINES
        nodes = list(ast.walk(ast.parse(cell.source)))
        assert not [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.For)]
    (parameters,) = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    statements = [one for one in ast.parse(parameters.source).body if isinstance(one, ast.AnnAssign)]
    assert len(statements) == len(ast.parse(parameters.source).body)
    names = [one.target.id for one in statements if isinstance(one.target, ast.Name)]
    named = {"comparison": ["project", "periods"], "04_report": ["project", "period", "as_of", "released"]}
    assert names == named.get(path.stem, ["project", "period", "as_of"])
    assert all("#" in line for line in parameters.source.splitlines())


def test_every_step_of_a_notebook_has_its_prose() -> None:
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert cells[0].cell_type == "markdown"
        assert cells[0].source.startswith("# ")
        assert sum(cell.cell_type == "markdown" for cell in cells) >= 4
