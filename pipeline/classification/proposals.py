"""What the texts speak for: rules and learned model together, for every grievance of a register.

Read are the summaries with the names replaced. The model of a label learns from the labels that persons and the
register gave, once there are enough of them and as long as some label is lacking; sensitive grievances are not among
the cases, so they teach it nothing. What it says of a row that it learned from comes from a model that had not seen the
row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline import shared_work
from pipeline.classification.combination import combine
from pipeline.classification.decisions import Decided, decide, read_decisions, text_hashes
from pipeline.classification.features import Corpus, read
from pipeline.classification.labels import COUNTED, OF_A_CASE, columns_of, labels_of
from pipeline.classification.model import Trained, lacking, predict, train
from pipeline.classification.rules import Rulebook
from pipeline.classification.taxonomy import LabelName, choices
from pipeline.classification.training_set import read_training_set
from pipeline.errors import InputError
from pipeline.pieces import in_one_piece, slices
from pipeline.project import NOT_STATED, Project, fold, spellings
from pipeline.put_away import PutAway, give_back

MOST_TRAINING_ROWS = 5_000
"""Rows of the register that a model learns from at most; of more, those whose texts have the lowest digests."""
_ROWS_AT_A_TIME = 10_000


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
    cases = with_topic_codes(cases, project)
    decided = decide(read_decisions(project) if decisions is None else decisions, cases)
    models: dict[LabelName, Trained] = {}
    without: dict[LabelName, str] = {}
    for name in COUNTED:
        trained = _learned(name, cases, decided, project) if is_learned else "No model is asked."
        if isinstance(trained, str):
            without[name] = trained
        else:
            models[name] = trained
    own, put_away = cases[[*OF_A_CASE]], PutAway(cases, len(cases))
    del cases
    added = _labels_of_each(own, decided, models, project)
    del own
    give_back()
    return Labelling(put_away.get().assign(**{name: added[name] for name in added}), decided, models, without)


def _labels_of_each(
    cases: pd.DataFrame, decided: Decided, models: Mapping[LabelName, Trained], project: Project
) -> pd.DataFrame:
    rules, is_counted = Rulebook(COUNTED, project), project.settings.classification.count_proposals

    def of_rows(rows: slice) -> pd.DataFrame:
        part = cases.iloc[rows]
        texts = part["summary_redacted"].astype("object").fillna("")
        by_rules, corpus = rules.classify(texts), read(texts) if models else None
        proposals = {
            name: combine(by_rules[name], _asked(models[name], texts, corpus) if name in models else None)
            for name in COUNTED
        }
        return labels_of(part, proposals, decided.tables, count_proposals=is_counted)

    return in_one_piece(list(shared_work.each(of_rows, slices(len(cases), _ROWS_AT_A_TIME), size=len(cases))))


def with_topic_codes(cases: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Put the codes of the topics that project.yml names in the place of the register's own."""
    if not project.settings.topics:
        return cases
    codes = spellings(project.settings.topics)
    own = {text: codes.get(fold(text), text) for text in cases["topic"].dropna().unique()}
    return cases.assign(topic=cases["topic"].map(own))


def training_files(project: Project) -> list[str]:
    """Name the files of shared training sets, below the project's folder."""
    return sorted(set(project.settings.classification.training_sets.values()))


def _learned(name: LabelName, cases: pd.DataFrame, decided: Decided, project: Project) -> Trained | str:
    """Train a label's model; a sentence where there is none."""
    stated = columns_of(name, cases[[*OF_A_CASE]], {}, decided.tables)
    counted, basis, texts = stated[f"{name}_counted"], stated[f"{name}_basis"], cases["summary_redacted"].fillna("")
    is_usable = basis.isin(("decision", "register")) & counted.isin(choices(name, project))
    if not (counted.eq(NOT_STATED) & (texts != "")).any():
        return "No model is learned: every grievance with a text has the label."
    own = counted[is_usable]
    if len(own) > MOST_TRAINING_ROWS:
        order = text_hashes(cases.loc[own.index, ["summary_redacted"]]).sort_values(kind="stable")
        own = own.loc[order.index[:MOST_TRAINING_ROWS]]
    lent = _lent(name, project)
    index = [*own.index, *range(-len(lent), 0)]
    every = pd.Series([*texts.loc[own.index], *lent["text"]], index=index, dtype="object")
    said = pd.Series([*own, *lent["label"]], index=index, dtype="object")
    trained = train(every, said)
    return lacking(every, said) if trained is None else trained


def _asked(trained: Trained, texts: pd.Series, corpus: Corpus | None) -> pd.DataFrame:
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
