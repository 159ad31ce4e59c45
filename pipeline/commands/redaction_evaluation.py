"""`evaluate-redaction`: how much redaction finds in texts that people marked, beside simpler means."""

from __future__ import annotations

import argparse

from pipeline.commands.options import Command, options_of
from pipeline.errors import InputError
from pipeline.project import REPOSITORY


def _evaluate(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.confidentiality.evaluation import evaluate

    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        raise InputError(
            "There are no texts to try redaction on: the folder shared/data beside this checkout is missing. "
            "docs/redaction-evaluation.md says which texts they are, and holds the figures."
        )
    return evaluate(folder).text(), 0


COMMANDS = {
    "evaluate-redaction": Command(
        "try redaction on texts in which people marked names and numbers, beside simpler means", options_of(), _evaluate
    ),
}
"""The command that measures redaction."""
