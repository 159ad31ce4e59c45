"""Errors that are sentences for the analyst: what is wrong, where, and what to do."""

from __future__ import annotations


class PipelineError(Exception):
    """An expected failure; its text is shown to the analyst as it is.

    The text never holds a value of an identifying column, so it may stand in a terminal, a log or a notebook.
    """

    exit_code = 1


class InputError(PipelineError):
    """The call or an input is wrong (exit code 2)."""

    exit_code = 2


class ReconciliationError(PipelineError):
    """Figures that must agree do not (exit code 1)."""


class ReleaseError(PipelineError):
    """A report is not ready to be released (exit code 1)."""


class DisclosureError(PipelineError):
    """Something that would identify a person was about to leave the house (exit code 1)."""


SENTENCES = {error.__name__: error.exit_code for error in (InputError, ReconciliationError, DisclosureError)}
"""Errors whose text is written for the analyst and holds no value of an identifying column, by name: exit codes."""
