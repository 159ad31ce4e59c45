"""The parameters that a notebook declares in its cell tagged `parameters`."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.execution.errors import ExecutionError


def check_parameters(source: Path, given: Iterable[str]) -> None:
    """Refuse parameters that a notebook does not declare, and declared ones that are not given.

    papermill merely warns of the first and takes the default for the second.
    """
    declared = declared_parameters(source)
    unknown = sorted(set(given) - declared)
    missing = sorted(declared - set(given))
    if unknown:
        raise ExecutionError(
            f"The notebook {source.name} has no parameter {', '.join(unknown)}; "
            f"its cell tagged 'parameters' declares: {', '.join(sorted(declared)) or 'none'}."
        )
    if missing:
        raise ExecutionError(f"The notebook {source.name} needs a value for its parameter {', '.join(missing)}.")


def refuse_undeclared(sources: Sequence[Path], given: Iterable[str]) -> None:
    """Refuse parameters that none of the notebooks declares."""
    declared = frozenset[str]().union(*(declared_parameters(source) for source in sources))
    unknown = sorted(set(given) - declared)
    if sources and unknown:
        raise ExecutionError(
            f"No notebook has a parameter {', '.join(unknown)}; their cells tagged 'parameters' declare: "
            f"{', '.join(sorted(declared)) or 'none'}."
        )


def declared_parameters(source: Path) -> frozenset[str]:
    """Names assigned in the cell tagged `parameters`; none where there is no such cell."""
    try:
        notebook = json.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExecutionError(f"There is no notebook {source}.") from None
    except ValueError:
        raise ExecutionError(f"{source} is not a notebook: it cannot be read as JSON.") from None
    for cell in notebook.get("cells", []):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return _assigned_names("".join(cell["source"]), source)
    return frozenset()


def _assigned_names(code: str, source: Path) -> frozenset[str]:
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        raise ExecutionError(f"The cell tagged 'parameters' of {source.name} is not valid Python.") from None
    names: set[str] = set()
    for statement in statements:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)
