"""What a command says is shown as far as the terminal can; whether it can changes neither the work nor its exit code.

A call begins with it, so nothing that takes long is imported here.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

NOT_SHOWN = 3
"""The exit code of a call that is done (0) and whose text could not be shown."""
_PLAIN = {"→": "->", "…": "..."}
"""The signs of the program's own sentences beyond ASCII, and what stands for them where a stream does not have them."""
_WHY = {
    errno.EBADF: "standard output is closed",
    errno.ENOSPC: "the disk that it goes to is full",
    errno.EDQUOT: "the disk that it goes to is full",
}


class _Screen(io.RawIOBase):
    """Writes as long as it can; the first refusal is kept, and what comes after it is dropped."""

    def __init__(self, raw: io.RawIOBase | None) -> None:
        self._raw = raw
        self.refusal = None if raw is not None else OSError(errno.EBADF, os.strerror(errno.EBADF))
        self.is_short = False

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        if self._raw is None:
            raise io.UnsupportedOperation("fileno")
        return self._raw.fileno()

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        left = memoryview(data)
        while left and self._raw is not None and self.refusal is None:
            try:
                written = self._raw.write(left)
            except OSError as error:
                self.refusal = error
            else:
                if not written:
                    _wait_for(self._raw)
                left = left[written or 0 :]
        self.is_short = self.is_short or bool(left)
        return len(data)


def _wait_for(raw: io.RawIOBase) -> None:
    """Wait until a stream takes something again that some other program has made non-blocking."""
    import select

    select.select([], [raw], [])


def shown(call: Callable[[], int]) -> int:
    """Make a call and return its exit code, whatever becomes of what it prints.

    A letter that the encoding of a stream does not have is shown as '?', an arrow as '->'. Where standard output is
    closed or does not take the text, stderr says so and a code of 0 becomes `NOT_SHOWN`; a reader that has had enough
    (`| head`) is no such failure. What stderr does not take is lost.
    """
    _occupy()
    out, sys.stdout = _in_place_of(sys.stdout)
    _, sys.stderr = _in_place_of(sys.stderr)
    try:
        code = call()
    except SystemExit as end:  # argparse's: help was asked for, or the call is refused
        code = int(end.code or 0)
    sys.stdout.flush()
    if out.is_short and not isinstance(out.refusal, BrokenPipeError):
        print(f"Error: Done, but what the command says could not be shown: {_why(out.refusal)}.", file=sys.stderr)
        return code or NOT_SHOWN
    return code


def told(text: str) -> None:
    """Print what a command that is done has to say; a signal meanwhile ends that alone."""
    try:
        print(text, flush=True)
    except KeyboardInterrupt:
        print("The command is done; only what it says was stopped.", file=sys.stderr)


def _occupy() -> None:
    """Open the null device as each standard stream that is closed: the next file opened would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _in_place_of(stream: TextIO | None) -> tuple[_Screen, TextIO]:
    """Return what bears every refusal in the place of a stream, None for a closed one, and the text stream over it."""
    if not isinstance(stream, io.TextIOWrapper):
        return _with_text(_Screen(None), "utf-8", at_each_line=False)
    stream.flush()
    raw = getattr(stream.buffer, "raw", stream.buffer)  # with python -u the buffer is the stream itself
    return _with_text(_Screen(raw), stream.encoding, at_each_line=stream.line_buffering or stream.write_through)


def _with_text(screen: _Screen, encoding: str, *, at_each_line: bool) -> tuple[_Screen, TextIO]:
    codecs.register_error(_plain.__name__, _plain)
    text = io.TextIOWrapper(screen, encoding, _plain.__name__, line_buffering=at_each_line)  # type: ignore[type-var]
    return screen, text


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def _why(error: OSError | None) -> str:
    number = error.errno if error is not None else None
    return _WHY.get(number or 0) or (os.strerror(number) if number else "the terminal does not take it")
