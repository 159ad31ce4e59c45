"""The register as `make check` takes it through the steps of the first notebook, both ways and without a file."""

from __future__ import annotations

from pipeline.classification.sensitive import apart
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.checking import Checked, corrected_register
from pipeline.register.disclosure import read_answers
from pipeline.register.explanations import read_explanations, settle
from pipeline.register.identities import redact_findings
from pipeline.register.placement import number_gaps, place_receipts
from pipeline.register.validation import check
from pipeline.register.values import read_values


def check_register(project: Project) -> Checked:
    """Take a project's register through the steps of the first notebook, without writing anything.

    What stops the first notebook stops this, too: an `InputError`. So the grievances that are not sensitive are read
    by themselves: it may be a sensitive one alone that tells the day from the month. The findings are those of the
    whole register.
    """
    general, lanes = apart(corrected_register(project), project).parted()
    if lanes.apart.any():
        read_values(general, project)
    del general
    read_answers(project)
    register = check(place_receipts(lanes.whole, project), project)
    gaps = number_gaps(register, project)
    found = settle(findings.joined(register.found, gaps), read_explanations(project))
    redacted = redact_findings(found, lanes.names, locale=project.locale)
    return Checked(register, redacted, lanes.names, project.locale)
