"""`figures`: the figures of a period from a register in many files, read file by file, without a report."""

from __future__ import annotations

import argparse

from pipeline.commands.options import (
    Command,
    add_data_option,
    add_outputs_option,
    add_period_option,
    add_project_option,
    add_scheduler_option,
    options_of,
)
from pipeline.commands.periods import add_as_of_option, checked_call
from pipeline.places import relative
from pipeline.project import load_project

_LEFT_OUT = (
    "These are figures alone, by the labels of the register: nothing was proposed from texts, and what does not fit in "
    "the register is told by make check."
)


def _figures(options: argparse.Namespace) -> tuple[str, int]:
    call = checked_call(load_project(options.project), options.period, options.as_of)
    from pipeline.commands.in_parts import make_figures  # here, since it brings the whole program along

    target = relative(make_figures(call, options.scheduler))
    files = ("public/indicators.csv", "internal/indicators.csv", "internal/reconciliation.csv")
    return "\n".join([*(f"{target}/{name}" for name in files), _LEFT_OUT]), 0


COMMANDS = {
    "figures": Command(
        "make the figures of a period from a register in many files, read file by file",
        options_of(
            add_project_option,
            add_period_option,
            add_as_of_option,
            add_scheduler_option,
            add_data_option,
            add_outputs_option,
        ),
        _figures,
    ),
}
"""What makes figures of parts."""
