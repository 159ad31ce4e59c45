"""Identifying columns apart from the cases, and texts without the names that the register knows."""

from __future__ import annotations

import pandas as pd

from pipeline.confidentiality.redacting import redact, redact_column
from pipeline.confidentiality.redaction import KnownNames
from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import columns, findings
from pipeline.register.reading import PLACE
from pipeline.stage import COMMENTARY, Stage


def split_identities(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the identifying columns from the cases.

    Returns
    -------
    cases, identities
        Rows in the same order; the cases keep `has_contact` alone, the identities only the place of the row.
    """
    identifying = columns.names(identifies=True)
    cases = table.drop(columns=identifying).assign(has_contact=table["complainant_contact"].notna())
    return cases, table[[*PLACE, "registration_no", *identifying]]


def known_names(project: Project, identities: pd.DataFrame) -> KnownNames:
    """Gather whom the register names and whom project.yml lists."""
    confidential = project.settings.confidential
    return KnownNames.gather(
        complainants=identities["complainant"].dropna().unique(),
        contacts=identities["complainant_contact"].dropna().unique(),
        persons=(*identities["responsible"].dropna().unique(), *confidential.persons),
        organisations=confidential.organisations,
        keep=confidential.keep,
    )


def redact_texts(cases: pd.DataFrame, known: KnownNames) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add `<column>_public` for each text that may be published once its names are replaced.

    Returns
    -------
    cases, counts
        The counts have one row a column: texts, texts with a replacement, replacements.
    """
    counts = []
    for name in columns.names(public="redacted"):
        redacted, hits = redact_column(cases[name], known)
        cases = cases.assign(**{f"{name}_public": redacted})
        counts.append(
            {
                "column": name,
                "texts": int(cases[name].notna().sum()),
                "texts_changed": int((hits > 0).sum()),
                "replacements": int(hits.sum()),
            }
        )
    return cases, pd.DataFrame(counts)


def redact_commentary(stage: Stage, known: KnownNames) -> int | None:
    """Put the period's commentary below internal/ with the known names replaced.

    Returns the number of replacements, or None where the unit wrote no commentary.
    """
    path = stage.project.folder / "commentary" / f"{stage.scopes.period.label}.md"
    target = stage.path("internal", COMMENTARY)
    target.unlink(missing_ok=True)
    if not path.is_file():
        return None
    try:
        text, hits = redact(path.read_text(encoding="utf-8-sig"), known)
    except UnicodeDecodeError:
        raise InputError(f"{stage.commentary_name} is not UTF-8 text. Save it with the encoding UTF-8.") from None
    target.write_text(text, encoding="utf-8")
    return len(hits)


def redact_findings(found: pd.DataFrame, known: KnownNames) -> pd.DataFrame:
    """Replace the names that stood in cells where no name belongs, so that no finding repeats them; cut long values."""
    redacted = found.assign(
        **{name: redact_column(found[name], known)[0] for name in ("registration_no", "value", "message")}
    )
    return findings.shorten(redacted)
