"""Which files of the program a notebook depends on, read off its text and that of the modules it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from pipeline.execution.imports import named_by, named_by_notebook
from pipeline.execution.manifest import CODE_SUFFIXES, code_digests

_WHOLE = "pipeline.execution.manifest.code_digest"
"""Who asks for the digest of the whole program depends on all of it."""


class Program:
    """The modules below some folders, each the top of a package, and what else lies beside them."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._texts: dict[str, str] = {}
        self._next: dict[str, frozenset[str]] = {}

    def files_of(self, notebook: Path) -> list[str]:
        """List the files that a notebook depends on besides itself, by their names in the manifest.

        These are the modules that it imports, that those import, and so on, wherever in a module that is done. A text
        that is the name of a module counts as an import of it, since a process may be started by it. What is no module
        (rules, words, templates) counts where one of those in its package names it or its folder, or where no module
        at all does. A notebook that shows the digest of the program depends on every file of it.
        """
        names = list(named_by_notebook(notebook))
        if _WHOLE in names:
            return list(code_digests(self._roots))
        found: set[str] = set()
        open_ends = list(self._named(names))
        while open_ends:
            name = open_ends.pop()
            if name not in found:
                found.add(name)
                open_ends += self._named_by(name)
        paths = {self._modules[name] for name in found}
        paths |= {path for path, namers in self._others.items() if not namers or namers & found}
        return sorted(self._shown(path) for path in paths)

    @cached_property
    def _modules(self) -> dict[str, Path]:
        return {_dotted(path, root): path for root in self._roots for path in sorted(root.rglob("*.py"))}

    @cached_property
    def _others(self) -> dict[Path, frozenset[str]]:
        """Every file that is no module, with the modules of its package that name it or a folder between."""
        others: dict[Path, frozenset[str]] = {}
        by_folder: dict[Path, list[str]] = {}
        for name, path in self._modules.items():
            by_folder.setdefault(path.parent, []).append(name)
        for root in self._roots:
            for path in sorted(root.rglob("*")):
                package = next((folder for folder in path.parents if folder in by_folder), None)
                if package is not None and path.suffix in CODE_SUFFIXES - {".py"} and path.is_file():
                    parts = path.relative_to(package).parts
                    others[path] = frozenset(name for name in by_folder[package] if self._names(name, parts))
        return others

    def _names(self, module: str, parts: Sequence[str]) -> bool:
        text = self._text(module)
        return any(re.search(rf"[\"'/]{re.escape(part)}[\"'/]", text) for part in parts)

    def _text(self, module: str) -> str:
        if module not in self._texts:
            self._texts[module] = self._modules[module].read_text(encoding="utf-8")
        return self._texts[module]

    def _named_by(self, module: str) -> frozenset[str]:
        if module not in self._next:
            self._next[module] = frozenset(self._named(named_by(self._text(module))))
        return self._next[module]

    def _named(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the modules among some names, and the packages that they are in."""
        for name in names:
            parts = name.split(".")
            yield from (whole for end in range(1, len(parts) + 1) if (whole := ".".join(parts[:end])) in self._modules)

    def _shown(self, path: Path) -> str:
        return next(path.relative_to(root.parent).as_posix() for root in self._roots if path.is_relative_to(root))


def _dotted(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
