"""The tables of name_forms.yml, checked: spellings in the other script, look-alike letters, endings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.yaml_files import Strict, read_model

_FILE = Path(__file__).with_name("name_forms.yml")


class Endings(Strict):
    """What a language puts to the end of a name: of each kind at most one, in this order.

    With `letters` the endings count only in a word that holds one of these, so that they are not taken for endings of
    another language.
    """

    plural: tuple[str, ...]
    case: tuple[str, ...]
    own: tuple[str, ...]
    letters: str = ""

    def combined(self) -> set[str]:
        """Every ending that can come of them."""
        return {
            plural + case + own for plural in ("", *self.plural) for case in ("", *self.case) for own in ("", *self.own)
        } - {""}


class NameForms(Strict):
    """name_forms.yml."""

    romanisation: dict[str, tuple[str, ...]]
    sounds: dict[str, tuple[str, ...]]
    look_alikes: dict[str, str]
    strokes: dict[str, str]
    endings: tuple[Endings, ...]


@cache
def name_forms() -> NameForms:
    """Return how the words of a name are written elsewhere."""
    return read_model(_FILE, NameForms, "pipeline/confidentiality/name_forms.yml")
