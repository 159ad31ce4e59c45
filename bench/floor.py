"""The floor: one plain script that makes the same public files as `make report`, in one process, without a notebook.

    python -m bench.floor PROJECT PERIOD FOLDER

It calls the functions that the notebooks call, in their order, as far as a public file comes of it. It leaves out: the
notebooks and their tables, the kernels, what was learned by models for show, the restricted files (identities,
sensitive grievances, workbooks for findings, review and disclosure, label changes), the internal edition, the pages on
actions and uptake, the guard, the manifest, hashes of the inputs, and the former set's place.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader

from pipeline.classification.decisions import with_unfit_decisions
from pipeline.classification.labels import review_list
from pipeline.classification.proposals import labelled_cases
from pipeline.classification.sensitive import apart, general_findings
from pipeline.execution.manifest import code_digest
from pipeline.indicators.bases import label_bases
from pipeline.indicators.computation import measure
from pipeline.indicators.protected import as_shown, protected
from pipeline.indicators.published import all_published, as_published, records_for
from pipeline.indicators.reconciliation import exceptions_of, reconcile, require
from pipeline.indicators.restatement import restate
from pipeline.indicators.traces import traces
from pipeline.period import resolve_scopes
from pipeline.places import CODE_ROOTS
from pipeline.project import load_project
from pipeline.register.corrections import apply_corrections
from pipeline.register.disclosure import read_answers
from pipeline.register.identities import redact_commentary, redact_findings, redact_texts, split_identities
from pipeline.register.mapping import map_columns
from pipeline.register.placement import place_receipts
from pipeline.register.public_texts import PLACES
from pipeline.register.reading import read_register
from pipeline.register.validation import check
from pipeline.register.values import read_values
from pipeline.register.views import columns_read
from pipeline.reporting.annex import annex
from pipeline.reporting.rendering import page_resources, render_pdf
from pipeline.reporting.report import Report
from pipeline.reporting.templating import TEMPLATES, compact
from pipeline.stage import Stage


def make_public_files(project: str, period: str, folder: Path) -> None:
    """Make the public files of a period's report in the set `folder`, and the internal tables that they are made of."""
    loaded = load_project(project)
    settings = loaded.settings
    scopes = resolve_scopes(period, "", grm_start=settings.grm_start, complete_through=settings.complete_through)
    stage = Stage(loaded, scopes, folder)
    cases = _clean(stage)
    labelled = labelled_cases(cases, loaded).labelled
    stage.save(labelled, "labelled.parquet")
    stage.save(review_list(labelled), "review.csv")
    _measure(stage, labelled)
    _report(stage)


def _clean(stage: Stage) -> pd.DataFrame:
    project = stage.project
    lanes = apart(apply_corrections(map_columns(read_register(project), project), project), project)
    read = read_values(lanes.general, project)
    checked = check(place_receipts(read, project), project)
    cases, identities = split_identities(checked.table)
    names, locale, answers = lanes.names, project.locale, read_answers(project)
    cases, places = redact_texts(cases, names, answers, complainants=identities["complainant"], locale=locale)
    found = redact_findings(general_findings(checked, lanes, project), names, locale=locale)
    redact_commentary(stage, names)
    stage.save(places, PLACES)
    stage.save(columns_read(read), "columns.csv")
    stage.save(with_unfit_decisions(found, cases, lanes.decisions), "findings.parquet")
    return cases


def _measure(stage: Stage, labelled: pd.DataFrame) -> None:
    project, scopes = stage.project, stage.scopes
    collected = stage.load("columns.csv")["column"]
    measured = measure(labelled, project, scopes, collected)
    by_group = protected(measured, project, scopes, collected, all_published(project))
    records = records_for(project, scopes)
    listed, signed = annex(labelled, measured.facts["period"], scopes.current), exceptions_of(project, scopes)
    checks = reconcile(measured, scopes, annex_rows=len(listed), signed=signed)
    require(checks, signed)
    stage.save(as_published(measured.table, scopes, records), "indicators.csv")
    stage.save(restate(records, labelled, project, collected), "restatement.csv")
    stage.save(checks, "reconciliation.csv")
    stage.save(listed, "annex.parquet")
    stage.save(traces(measured, listed, project.settings.pending_age_days), "traces.parquet")
    stage.save(as_shown(by_group), "disclosed.csv")
    stage.save(label_bases(labelled, measured), "label_bases.csv")


def _report(stage: Stage) -> None:
    report = Report.open(stage, code_digest(CODE_ROOTS))
    sections = [
        report.cover(),
        report.glance(),
        report.mechanism(),
        report.period(),
        report.summary(),
        report.compared(),
        report.figures(),
        report.uptake(),
        report.who(),
        report.results(),
        report.commentary(),
        report.annex_section(),
        report.definitions(),
        report.data_notes(),
        report.restated(),
        report.reconciliation(),
        report.provenance(),
    ]
    report.publish()
    html = stage.path("public", "report.html")
    html.write_text(_page(report, [section.html for section in sections]), encoding="utf-8", newline="\n")
    render_pdf(html, stage.path("public", "report.pdf"))


def _page(report: Report, sections: Sequence[str]) -> str:
    """Fill the template of the report's page, which asks for cells of a notebook, without one."""
    cells = [
        {
            "cell_type": "code",
            "metadata": {"tags": ["section"]},
            "outputs": [{"data": {"text/html": html}}],
        }
        for html in sections
    ]
    template = Environment(loader=FileSystemLoader(TEMPLATES)).get_template("report/index.html.j2")
    return compact(template.render(nb={"cells": cells}, resources={"report": page_resources(report)}))


if __name__ == "__main__":
    make_public_files(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
