"""Labels that rules or model proposed and that are counted: marked wherever they enter, with a note that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pandas as pd

from pipeline.classification.labels import PROVISIONAL
from pipeline.project import Project, Term
from pipeline.reporting.words import Words
from pipeline.stage import ComparisonStage, Stage

MARK = "\u00a0*"
"""What stands behind the heading of a member that holds provisional labels."""
BASES = "label_bases.csv"
Opened = TypeVar("Opened", Stage, ComparisonStage)


@dataclass(frozen=True)
class Provisional:
    """Who gave the labels behind the figures, as `label_bases` counted them."""

    bases: pd.DataFrame

    def _counted(self, label: str) -> pd.DataFrame:
        return self.bases[(self.bases["label"] == label) & self.bases["basis"].isin(PROVISIONAL)]

    @property
    def types(self) -> frozenset[str]:
        """The types some of whose grievances have them from a rule or the model, in any scope."""
        return frozenset(self._counted("type")["member"])

    @property
    def has_relations(self) -> bool:
        """Whether some relation that is counted comes from a rule or the model; counts of eligible then rest on it."""
        return not self._counted("relation").empty

    @property
    def is_empty(self) -> bool:
        """Whether nothing that was proposed is counted."""
        return not self.types and not self.has_relations

    def for_numbers(self) -> dict[str, Any]:
        """Return what `Numbers` is to know, by its name there."""
        return {"provisional_types": self.types, "has_provisional_relations": self.has_relations}

    def marked(self, project: Project) -> Project:
        """Return the project with the mark behind the names of types, and of 'unrelated', that are provisional."""
        if self.is_empty:
            return project
        settings = project.settings
        types = {code: _marked(term) if code in self.types else term for code, term in settings.types.items()}
        statuses = {
            code: _marked(term) if code == "unrelated" and self.has_relations else term
            for code, term in settings.statuses.items()
        }
        return replace(project, settings=settings.model_copy(update={"types": types, "statuses": statuses}))

    def note(self, words: Words) -> str:
        """Say what the mark means and how many labels it is about; empty where nothing is marked."""
        if self.is_empty:
            return ""
        parts = [self.told(label, words) for label in ("type", "relation") if not self._counted(label).empty]
        meaning = words.text(
            "* Provisional: proposed from the text by a rule or the learned model, and not yet decided by a person."
        )
        if self.has_relations:
            meaning += " " + words.text("Every count of eligible grievances rests on such relations too.")
        return " ".join([meaning, *filter(None, parts)])

    def told(self, label: str, words: Words) -> str:
        """Say how many labels of the grievances received in the period come from whom; empty where there are none."""
        rows = self.bases[(self.bases["scope"] == "period") & (self.bases["label"] == label)]
        counts = {str(basis): int(n) for basis, n in rows.groupby("basis")["grievances"].sum().items()}
        if not sum(counts.values()):
            return ""
        text = words.text
        names = {
            "register": text("the register"),
            "decision": text("a person's decision"),
            "status": text("the status"),
            "rule": text("a rule"),
            "model": text("the learned model"),
            "rule and model": text("rule and model together"),
            "not_stated": text("nobody"),
        }
        always = ("register", "decision", "rule", "model")
        parts = [f"{names[one]} {words.number(counts.get(one, 0))}" for one in names if one in always or one in counts]
        what = {"type": text("the type"), "relation": text("the relation to the project")}[label]
        return text(
            "Where %(what)s of the grievances received comes from: %(parts)s.", what=what, parts="; ".join(parts)
        )


def opened(stage: Opened) -> tuple[Opened, Provisional]:
    """Read who gave the labels of a set, and return its stage with the marks that follow from it."""
    provisional = Provisional(stage.load(BASES))
    return replace(stage, project=provisional.marked(stage.project)), provisional


def _marked(term: Term) -> Term:
    return term.model_copy(update={"label": f"{term.label}{MARK}"})
