"""The guard at the door: nothing that tells who somebody of the register is leaves the house.

Before a set replaces the former one, everything in it but the restricted files is searched for the names and contacts
that the register and project.yml hold, and for patterns: e-mail addresses, telephone numbers and the like, but for the
project's own contacts. A hit stops the run and is told by file and rule; what was found is never repeated.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipeline.confidentiality.readable.files import texts_of
from pipeline.confidentiality.readable.markup import markup_texts
from pipeline.confidentiality.readable.text import Seen
from pipeline.confidentiality.search import Search
from pipeline.errors import DisclosureError
from pipeline.stage import RESTRICTED


def guard(folder: Path, search: Search, passed: set[tuple[str, str]] | None = None) -> None:
    """Search a set; a `DisclosureError` names each file in which something was found, and the rule.

    A restricted file that others can read, or that lies elsewhere, is refused as well. Files of which nothing is said
    are noted in `passed`, with the digests of their content, and those that stand there are not searched again.
    """
    passed = set() if passed is None else passed
    refused = _restricted_and_open(folder)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as content:
            as_it_is = (name, hashlib.file_digest(content, "sha256").hexdigest())
        if as_it_is in passed:
            continue
        faults = len(refused)
        if search.finds([Seen(part) for part in (name, path.stem)]):
            refused.append(f"The name of a file of {name.partition('/')[0]}/ holds what nobody may read.")
        elif not (path.parent == folder / "internal" and path.name in RESTRICTED):
            refused += [f"{name} {what}." for what in _seen_in(path, search, is_public=name.startswith("public/"))]
        if len(refused) == faults:
            passed.add(as_it_is)
    if refused:
        raise DisclosureError(
            "Nothing was made, because somebody could be found out through it.\n"
            + "\n".join(refused)
            + "\nLook where nothing is replaced (headings, registration numbers, topics and places of the register, "
            "project.yml, corrections.yml, explanations.csv) and take it out. If it is the name of a public body or a "
            "contact of the project's own, add it to confidential.keep in project.yml."
        )


def _restricted_and_open(folder: Path) -> list[str]:
    """Name the restricted files that are not their owner's alone; only POSIX systems tell by the mode."""
    refused = []
    for path in sorted(path for name in RESTRICTED for path in folder.rglob(name)):
        is_open = os.name == "posix" and path.stat().st_mode & 0o077
        if is_open or path.parent != folder / "internal":
            refused.append(f"{path.relative_to(folder).as_posix()} is restricted, and others can read it.")
    return refused


def seen_in_page(html: str, search: Search) -> list[str]:
    """Return what a page holds, as a reader or a machine sees it: each kind with its rule."""
    return [str(find) for find in search.finds(markup_texts(html))]


def _seen_in(path: Path, search: Search, *, is_public: bool) -> list[str]:
    """Say what speaks against a file; one that cannot be searched does not leave the house either."""
    try:
        return [f"holds {find}" for find in search.finds(texts_of(path), is_public=is_public)]
    except ValueError:
        return ["cannot be searched for names"]
