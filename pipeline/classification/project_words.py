"""What a project's own settings say about whether a text concerns it: its names, what it does, what it is for.

| sign | weight |
| --- | --- |
| the project's name, also without its number and the word 'project'; the unit's name or abbreviation | 3 |
| a phrase of `components` of up to four words, as a whole | 3 |
| each word of the names and of `components` | 0.75 |
| each word of the purpose in `texts` | 0.25 |

One word alone decides nothing: the label then abstains. Words that any grievance may hold (`common_words` of
languages.yml) are no signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.classification.patterns import ending_of, fold, languages, tokens, words_in
from pipeline.project import Project

NAME_WEIGHT, COMPONENT_WEIGHT, WORD_WEIGHT, PURPOSE_WEIGHT = 3.0, 3.0, 0.75, 0.25
LONGEST_PHRASE = 4
"""Words up to which a phrase of `components` is also looked for as a whole."""
_SHORTEST_ABBREVIATION = 3
_SHORTEST_STEM = 4
_NUMERAL = re.compile(r"[0-9]+|[ivx]+")


def project_signs(project: Project) -> dict[str, tuple[tuple[str, ...], float]]:
    """Return what speaks for 'related' in a project: the name of the sign, its phrases, its weight."""
    signs: dict[str, tuple[tuple[str, ...], float]] = {}
    if names := _names(project):
        signs["project-name"] = (names, NAME_WEIGHT)
    for number, text in enumerate(project.settings.components, start=1):
        words = words_in(text)
        if 2 <= len(words) <= LONGEST_PHRASE:
            signs[f"project-component-{number}"] = (
                (" ".join(_with_endings(word) for word in words),),
                COMPONENT_WEIGHT,
            )
    own = _content_stems([*_name_texts(project), *project.settings.components])
    purpose = _content_stems(project.settings.texts.purpose)
    for stem in sorted(own | purpose):
        weight = WORD_WEIGHT if stem in own else PURPOSE_WEIGHT
        signs[f"project-word-{stem}"] = ((f"{stem}~",), weight)
    return signs


def component_stems(project: Project) -> frozenset[str]:
    """Return the stems of the words by which a project says what it does: such matters are never somebody else's."""
    return frozenset(_content_stems([*_name_texts(project), *project.settings.components]))


def stem_of(word: str) -> str:
    """Cut the ending off a folded word, so that road and roads, тендер and тендерийн are one."""
    word = word.removesuffix("'s")
    if word.isascii():
        if word.endswith("ies") and len(word) > _SHORTEST_STEM + 2:
            return word[:-3] + "y"
        return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORTEST_STEM else word
    return word[: len(word) - len(ending_of(word, _SHORTEST_STEM))]


def _with_endings(word: str) -> str:
    return f"{stem_of(word)}~"


def _name_texts(project: Project) -> list[str]:
    settings = project.settings
    return [text for text in (settings.name, settings.short_name) if text]


def _names(project: Project) -> tuple[str, ...]:
    settings = project.settings
    found: dict[str, None] = {}
    common = _common_words()
    for text in _name_texts(project):
        words = words_in(text)
        found[" ".join(words)] = None
        core = [word for word in words if not _NUMERAL.fullmatch(word) and stem_of(word) not in common]
        if len(core) > 1 and " ".join(core) in " ".join(words):
            found[" ".join(core)] = None
    if settings.implementing_unit_short and len(settings.implementing_unit_short) >= _SHORTEST_ABBREVIATION:
        found[" ".join(words_in(settings.implementing_unit_short))] = None
    if len(unit := words_in(settings.implementing_unit)) > 1:
        found[" ".join(unit)] = None
    return tuple(name for name in found if name)


def _content_stems(texts: Iterable[str]) -> set[str]:
    common = _common_words()
    stems = {stem_of(word) for text in texts for word in words_in(text) if not word.isdigit()}
    return {stem for stem in stems if len(stem) >= _SHORTEST_STEM and stem not in common}


def _common_words() -> frozenset[str]:
    return frozenset(
        stem_of(word)
        for language in languages().values()
        for written in language.common_words
        for word in tokens(fold(written))
    )
