"""`evaluate-redaction`: how much redaction finds in texts that people marked, beside simpler means."""

from __future__ import annotations

import argparse

from pipeline.commands.options import Command, options_of, texts_to_try


def _evaluate(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.confidentiality.evaluation import evaluate

    return evaluate(texts_to_try("redaction", "docs/redaction-evaluation.md")).text(), 0


COMMANDS = {
    "evaluate-redaction": Command(
        "try redaction on texts in which people marked names and numbers, beside simpler means", options_of(), _evaluate
    ),
}
"""The command that measures redaction."""
