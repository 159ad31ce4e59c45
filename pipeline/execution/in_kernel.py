"""What runs inside a kernel before the notebook does: it dies with its driver, names its cells, and tells no values.

An exception's message, the source lines of its traceback and anything computed from local variables may hold a row of
the data. So the kernel reports an error as the exception's class, the places it passed through and, for classes whose
text is known to be a sentence, that text. Nothing else leaves the process.

Loaded by its path, with the standard library alone: the kernel need not find the package. Called as a program with the
arguments of ipykernel_launcher it becomes an ordinary kernel, which its driver takes along from the first moment on:
ipykernel needs a second to import, and would lay out folders anew that the next run has removed.
"""

from __future__ import annotations

import atexit
import ctypes
import errno
import os
import re
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

CAUSED_BY = "which was the cause of"
DURING = "during the handling of which came"
INSIDE = "which holds"

_CELL = re.compile(r"cell \d+")
_SAFE_FILE = re.compile(r"[\w./-]+")
_SAFE_NAME = re.compile(r"<?[A-Za-z_]\w*>?")


def prepare(shell: Any, sentence_errors: Collection[str], repository: str) -> None:
    """Make the kernel whose IPython shell this is ready for a notebook."""
    _die_with_driver()
    # ipykernel names a cell by a path with the process number in it, which warnings would show.
    shell.compile.get_code_name = lambda raw_code, code, number: f"cell {number}"
    _report_without_values(shell, frozenset(sentence_errors), Path(repository))
    _end_promptly(shell.kernel.parent)


def _die_with_driver() -> None:
    """End this process when the one that started it ends, even if that is killed.

    ipykernel asks once a second whether its parent has changed, but not before it has finished starting, and not
    while a library holds the interpreter; Linux tells at once. PR_SET_PDEATHSIG of prctl(2).
    """
    driver = int(os.environ.get("JPY_PARENT_PID", "0"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if sys.platform != "win32" and driver and os.getppid() != driver:
        os._exit(1)  # it had ended before we asked to be told


def _end_promptly(application: Any) -> None:
    """Let the interpreter end without ipykernel's own tidying up.

    ipykernel 7 joins a thread that may wait for another that has ended already, so that one kernel in three has to be
    killed after some seconds. Exit handlers of the notebook run all the same, and the system closes the sockets.
    """
    atexit.unregister(application.close)


def _report_without_values(shell: Any, sentence_errors: frozenset[str], repository: Path) -> None:
    send = shell._showtraceback

    def report(error: BaseException | None) -> None:
        if error is None:
            return
        name = class_name(error)
        send(
            type(name, (Exception,), {}),
            spoken(error, sentence_errors),
            list(places(error, sentence_errors, repository)),
        )

    def show(exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        report(exc_tuple[1] if exc_tuple else sys.exc_info()[1] or getattr(sys, "last_value", None))

    def forget(result: Any) -> None:
        # The kernel's reply quotes the exception that is kept here.
        for attribute in ("error_before_exec", "error_in_exec"):
            error = getattr(result, attribute, None)
            if error is not None:
                blank = type(class_name(error), (Exception,), {})
                setattr(result, attribute, blank(spoken(error, sentence_errors)))

    shell._showtraceback = lambda etype, value, lines: report(value)
    shell.showtraceback = show
    shell.showsyntaxerror = lambda *args, **kwargs: show()
    shell.showindentationerror = lambda *args, **kwargs: show()
    shell.show_usage_error = report
    shell.events.register("post_run_cell", forget)
    _report_beside_cells(sentence_errors, repository)


def _report_beside_cells(sentence_errors: frozenset[str], repository: Path) -> None:
    """Let errors that no cell raises, in a thread or while an object is given up, be told as those of cells are."""

    def tell(error: BaseException | None) -> None:
        if error is not None:
            print(*places(error, sentence_errors, repository), sep="\n", file=sys.stderr)

    threading.excepthook = lambda told: tell(told.exc_value)
    sys.unraisablehook = lambda told: tell(told.exc_value)


def class_name(error: BaseException) -> str:
    """Name the class of an error: the nearest that stands under its name in its module, since a name can be made up."""
    for one in type(error).__mro__:
        found: Any = sys.modules.get(one.__module__)
        for part in one.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is one:
            return str(one.__name__)
    return "Exception"


def spoken(error: BaseException, sentence_errors: Collection[str]) -> str:
    """What may be said of an error besides its class: its sentence, or an operating system's code, or nothing."""
    if class_name(error) in sentence_errors:
        return str(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        return errno.errorcode.get(error.errno, "")
    return ""


def places(error: BaseException, sentence_errors: Collection[str], repository: Path) -> Iterator[str]:
    """Yield the lines of a traceback without values: class, sentence if any, and 'file:line in function'.

    Chained exceptions come first, as Python gives them.
    """
    yield from _places(error, sentence_errors, repository, set())


def _places(error: BaseException, sentence_errors: Collection[str], repository: Path, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier, link = error.__cause__, CAUSED_BY
    if earlier is None and not error.__suppress_context__:
        earlier, link = error.__context__, DURING
    if earlier is not None and id(earlier) not in seen:
        yield from _places(earlier, sentence_errors, repository, seen)
        yield link
    sentence = spoken(error, sentence_errors)
    yield f"{class_name(error)}: {sentence}" if sentence else class_name(error)
    for frame, line in _own_frames(error):
        yield f"  {_file(frame, repository)}:{line} in {_function(frame)}"
    for member in getattr(error, "exceptions", ()):
        if isinstance(member, BaseException) and id(member) not in seen:
            yield INSIDE
            yield from _places(member, sentence_errors, repository, seen)


def _own_frames(error: BaseException) -> list[tuple[FrameType, int]]:
    """The frames from the notebook's cell on, without those of IPython that lead to it."""
    frames = list(traceback.walk_tb(error.__traceback__))
    cells = [index for index, (frame, _) in enumerate(frames) if _CELL.fullmatch(frame.f_code.co_filename)]
    return frames[cells[0] :] if cells else frames


def _file(frame: FrameType, repository: Path) -> str:
    """A file of the repository by its path in it, any other by its module, a cell by its number."""
    name = frame.f_code.co_filename
    if _CELL.fullmatch(name):
        return name
    module = frame.f_globals.get("__name__")
    path = Path(name)
    if path.is_relative_to(repository) and not path.is_relative_to(sys.prefix):
        shown = path.relative_to(repository).as_posix()
    else:
        shown = module if isinstance(module, str) else ""
    return shown if _SAFE_FILE.fullmatch(shown) else "?"


def _function(frame: FrameType) -> str:
    """Name the function of a frame, but for code that was made from a text: the text may come from the data."""
    name = frame.f_code.co_name
    is_made_up = frame.f_code.co_filename.startswith("<") and not name.startswith("<")
    return name if _SAFE_NAME.fullmatch(name) and not is_made_up else "?"


if __name__ == "__main__":
    _die_with_driver()
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
