"""What the texts speak for: rules and learned model together, for every grievance of a register.

Read are the summaries with the names replaced. The model of a label learns from the labels that persons and the
register gave, once there are enough of them and as long as some label is lacking; sensitive grievances are not among
the cases, so they teach it nothing. What it says of a row that it learned from comes from a model that had not seen the
row.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.classification.combination import combine
from pipeline.classification.decisions import Decided, decide, read_decisions, text_hashes
from pipeline.classification.features import Corpus, read
from pipeline.classification.labels import COUNTED, label
from pipeline.classification.model import Trained, lacking, predict, train
from pipeline.classification.rules import classify_all
from pipeline.classification.taxonomy import LabelName, choices
from pipeline.classification.training_set import read_training_set
from pipeline.errors import InputError
from pipeline.project import NOT_STATED, Project, fold, spellings

MOST_TRAINING_ROWS = 5_000
"""Rows of the register that a model learns from at most; of more, those whose texts have the lowest digests."""


@dataclass(frozen=True)
class Labelling:
    """The cases with their labels, and the models behind the proposals.

    `models` has the model of each label that has one, `without` says of each other in a sentence why it has none.
    """

    labelled: pd.DataFrame
    decided: Decided
    models: dict[LabelName, Trained]
    without: dict[LabelName, str]


def labelled_cases(
    cases: pd.DataFrame, project: Project, decisions: pd.DataFrame | None = None, *, is_learned: bool = True
) -> Labelling:
    """Label every case by the order of authority, but for its sensitivity, which was decided before.

    `decisions` are those of the project where they are not given. Where project.yml names topics, the register's own
    become their codes; one that is none of them stays as it is. Without `is_learned` the rules alone propose.
    """
    if project.settings.topics:
        codes = spellings(project.settings.topics)
        own = {text: codes.get(fold(text), text) for text in cases["topic"].dropna().unique()}
        cases = cases.assign(topic=cases["topic"].map(own))
    decided = decide(read_decisions(project) if decisions is None else decisions, cases)
    texts = cases["summary_redacted"].astype("object").fillna("")
    by_rules = classify_all(texts, project, COUNTED)
    proposals: dict[LabelName, pd.DataFrame] = {}
    stated = label(cases, proposals, decided.tables)
    corpus = read(texts)
    models: dict[LabelName, Trained] = {}
    without: dict[LabelName, str] = {}
    for name in COUNTED:
        trained, said = _learned(name, stated, texts, corpus, project) if is_learned else ("No model is asked.", None)
        if isinstance(trained, str):
            without[name] = trained
        else:
            models[name] = trained
        proposals[name] = combine(by_rules[name], said)
    is_counted = project.settings.classification.count_proposals
    labelled = label(cases, proposals, decided.tables, count_proposals=is_counted)
    return Labelling(labelled, decided, models, without)


def training_files(project: Project) -> list[str]:
    """Name the files of shared training sets, below the project's folder."""
    return sorted(set(project.settings.classification.training_sets.values()))


def _learned(
    name: LabelName, stated: pd.DataFrame, texts: pd.Series, corpus: Corpus, project: Project
) -> tuple[Trained | str, pd.DataFrame | None]:
    """Train a label's model and ask it for every text; a sentence where there is none."""
    allowed = choices(name, project)
    is_usable = stated[f"{name}_basis"].isin(("decision", "register")) & stated[f"{name}_counted"].isin(allowed)
    if not (stated[f"{name}_counted"].eq(NOT_STATED) & (texts != "")).any():
        return "No model is learned: every grievance with a text has the label.", None
    own = stated.loc[is_usable, f"{name}_counted"]
    if len(own) > MOST_TRAINING_ROWS:
        order = text_hashes(stated.loc[own.index]).sort_values(kind="stable").index[:MOST_TRAINING_ROWS]
        own = own.loc[order]
    lent = _lent(name, project)
    index = [*own.index, *range(-len(lent), 0)]
    every = pd.Series([*texts.loc[own.index], *lent["text"]], index=index, dtype="object")
    said = pd.Series([*own, *lent["label"]], index=index, dtype="object")
    trained = train(every, said)
    if trained is None:
        return lacking(every, said), None
    return trained, _asked(trained, texts, corpus)


def _asked(trained: Trained, texts: pd.Series, corpus: Corpus) -> pd.DataFrame:
    """Label every text; a row that the model learned from by one that had not seen it."""
    table = predict(trained, texts, corpus)
    unseen = trained.out_of_fold[trained.out_of_fold.index.isin(texts.index)]
    same = table.loc[unseen.index, "candidate"] == unseen["candidate"]
    table.loc[unseen.index, "evidence"] = table.loc[unseen.index, "evidence"].where(same, "")
    for column in ("candidate", "confidence", "class"):
        table.loc[unseen.index, column] = unseen[column]
    return table


def _lent(name: LabelName, project: Project) -> pd.DataFrame:
    given = {str(key): file for key, file in project.settings.classification.training_sets.items()}.get(name)
    if given is None:
        return pd.DataFrame({"text": [], "label": []}, dtype="str")
    path = project.folder / given
    if not path.resolve().is_relative_to(project.folder.resolve()):
        raise InputError(
            f"{project.shown_folder}/project.yml, key classification.training_sets.{name}: the file must lie in the "
            "project's folder."
        )
    return read_training_set(path, f"{project.shown_folder}/{given}", choices(name, project))
