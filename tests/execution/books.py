"""What the tests of runs share: small notebooks, and the call that runs them."""

from __future__ import annotations

from pathlib import Path

import nbformat

from pipeline.execution.runner import run


def notebook(folder: Path, name: str, *sources: str) -> tuple[str, Path]:
    """Write a notebook with a parameter `period` and the given cells."""
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": ""}}
    )
    parameters = nbformat.v4.new_code_cell('period: str = "2024H1"  # the period')
    parameters.metadata["tags"] = ["parameters"]
    made.cells = [parameters, *map(nbformat.v4.new_code_cell, sources)]
    path = folder / f"{name}.ipynb"
    nbformat.write(made, path)
    return name, path


def make(target: Path, *books: tuple[str, Path], **settings: object) -> None:
    """Run notebooks into a set, for 2024Q1 unless told otherwise."""
    arguments: dict = {"parameters": {"period": "2024Q1"}, "environment": {}, "steps": (), **settings}
    run(target=target, notebooks=books, **arguments)
