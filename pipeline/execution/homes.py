"""What the runs that one process makes one after the other share, and how each says what it is at.

Shared is the process that kernels are copied from, which has run nothing, and its folder, which is emptied before each
run; so no run sees anything of another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from pipeline.execution.environment import kernel_environment
from pipeline.execution.scratch import scratch_folder
from pipeline.execution.trees import remove
from pipeline.execution.warm import LOG, Home, open_server


class Homes:
    """Keeps a home for kernels from run to run; to be closed, as a context manager.

    `also` are modules that the origin of the kernels imports besides those that the notebooks name, since what they
    call imports them: worth their time where many notebooks run.
    """

    def __init__(self, also: Sequence[str] = ()) -> None:
        self._also = tuple(also)
        self._open = ExitStack()
        self._home: Home | None = None
        self._wanted: object = None
        self._is_new = False

    def __enter__(self) -> Homes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def begin(self, modules: Iterable[str], environment: Mapping[str, str], sentence_errors: Collection[str]) -> None:
        """Open a home before it is asked for, so that the origin of the kernels imports meanwhile."""
        self._wanted = wanted = self._all(modules, environment, sentence_errors)
        self._home = self._opened(*wanted, lambda sentence: None)
        self._is_new = True

    def _all(
        self, modules: Iterable[str], environment: Mapping[str, str], sentence_errors: Collection[str]
    ) -> tuple[tuple[str, ...], dict[str, str], frozenset[str]]:
        return (*modules, *self._also), dict(environment), frozenset(sentence_errors)

    @contextmanager
    def home(
        self,
        modules: Iterable[str],
        environment: Mapping[str, str],
        sentence_errors: Collection[str],
        say: Callable[[str], None],
    ) -> Iterator[Home]:
        """Yield a home with nothing of a former run in it; the parameters are those of a `Home` and its server.

        It is the former run's where the same is wanted and its server still runs. One that a run was stopped or failed
        in is not used again.
        """
        wanted = self._all(modules, environment, sentence_errors)
        home = self._home if wanted == self._wanted else None
        if home is None or home.server is None or not home.server.is_running:
            self._close()
            home = self._opened(*wanted, say)
        elif not self._is_new:
            _empty(home.scratch)
            kernel_environment(home.scratch, environment)  # lays out its folders
        self._home, self._wanted, self._is_new = None, None, False
        yield home
        self._home, self._wanted = home, wanted

    def _opened(
        self,
        modules: tuple[str, ...],
        environment: Mapping[str, str],
        sentence_errors: frozenset[str],
        say: Callable[[str], None],
    ) -> Home:
        scratch = self._open.enter_context(scratch_folder())
        composed = kernel_environment(scratch, environment)
        server = self._open.enter_context(open_server(modules, scratch, composed, say))
        return Home(scratch, composed, sentence_errors, server)

    def _close(self) -> None:
        self._home = None
        self._open.close()


@dataclass(frozen=True)
class OneOfMany:
    """What a run is told that is one of many: where it says what it is at, and what it shares with the others."""

    at: Callable[[str], None] = lambda step: None
    """Takes the name of the step that begins."""
    say: Callable[[str], None] = lambda sentence: None
    """Takes what is told beside the steps."""
    homes: Homes = field(default_factory=Homes)


def _empty(scratch: Path) -> None:
    for place in scratch.iterdir():
        if place.is_dir():
            remove(place)
        elif place.name != LOG:
            place.unlink()
