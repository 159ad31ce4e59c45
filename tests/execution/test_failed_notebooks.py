"""A notebook that fails over a complainant's row leaves no trace of it in what is kept, told, logged or left over."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import nbformat
import pytest
from books import make, notebook

from pipeline.execution.errors import NotebookFailed
from pipeline.execution.scrubbing import withhold_outputs

pytestmark = pytest.mark.notebooks
FIRST, LAST, NUMBER = "Sarantuya", "Enkhbold", "99112233"
SECRETS = (FIRST, LAST, NUMBER)
ROW = (
    "import pandas as pd\n"
    f"first, last, number = {FIRST[::-1]!r}[::-1], {LAST[::-1]!r}[::-1], {NUMBER[::-1]!r}[::-1]\n"
    "name = f'{first} {last}'\n"
    "table = pd.DataFrame({'complainant': [name], 'phone': [number]})"
)
"""A complainant's row, in a cell that names nobody: it is written backwards there."""

THREAD = "import threading\nthread = threading.Thread(target=lambda: {}[name])\nthread.start()\nthread.join()"
CLASS = "class Odd(Exception):\n    "
FAILURES = {
    "a key that is missing": "{}[name]",
    "a label that a table does not have": "table.set_index('phone').loc[name]",
    "a value that is no number": "table.astype('int64')",
    "a value that is no date": "pd.to_datetime(table['complainant'], format='%Y-%m-%d')",
    "a check that prints the table": "raise ValueError(table.to_string())",
    "a check that fails with the row": "assert table.empty, table.to_dict('records')",
    "an error with a note": "error = ValueError('x')\nerror.add_note(name)\nraise error",
    "an error with arguments": "raise LookupError(name, {'phone': number})",
    "a group of errors": "raise ExceptionGroup(name, [ValueError(name), KeyError(number)])",
    "groups within groups": "raise ExceptionGroup('x', [ExceptionGroup(name, [TypeError(number)])])",
    "an error from another": "try:\n    {}[name]\nexcept KeyError as error:\n    raise RuntimeError(number) from error",
    "an error during another": "try:\n    {}[name]\nexcept KeyError:\n    int(name)",
    "an error that denies its cause": "try:\n    {}[name]\nexcept KeyError:\n    raise ValueError(number) from None",
    "an error with a class of that name": "raise type(first, (ValueError,), {})(number)",
    "an error whose class is hidden": CLASS + "__module__ = name\n    def __str__(self): return name\nraise Odd",
    "a representation in colour": CLASS + "def __str__(self): return f'\\x1b[31m{first}\\x1b[0m {last}'\nraise Odd",
    "a representation that fails": CLASS + "def __repr__(self): raise ValueError(name)\nOdd()",
    "a warning before": "import warnings\nwarnings.warn(name)\n1 / 0",
    "a warning that is an error": "import warnings\nwarnings.simplefilter('error')\nwarnings.warn(name)",
    "a print before": "print(name, number)\n1 / 0",
    "a print to the standard error before": "import sys\nprint(name, file=sys.stderr)\n1 / 0",
    "a display before": "display(table)\n1 / 0",
    "a display that is replaced": "handle = display(table, display_id=True)\nhandle.update(table)\n1 / 0",
    "bytes written past the notebook": "import os\nos.write(2, name.encode())\nos.write(1, name.encode())\n1 / 0",
    "a child's words": "import subprocess as s\ns.run(['python', '-c', f'raise KeyError({name!r})'], check=True)",
    "an error in a thread": THREAD + "\n1 / 0",
    "an error of an object given up": "class D:\n    def __del__(self): raise ValueError(name)\nd = D()\ndel d\n1 / 0",
    "a log": "import logging\nlogging.getLogger('x').error('row %s', name)\n1 / 0",
    "code that cannot be read": "exec(f'{name} = 1')",
    "indentation that cannot be read": "exec(f'if 1:\\n{first}')",
    "a function of that name": "exec(f'def {first}(): 1 / 0\\n{first}()')",
    "code from a file of that name": "exec(compile('1 / 0', name, 'exec'))",
    "an exit with a text": "import sys\nsys.exit(name)",
    "an exit with a row": "raise SystemExit(table.to_dict('records'))",
    "an interruption": "raise KeyboardInterrupt(name)",
    "a magic that is not there": "get_ipython().run_line_magic(first, number)",
    "a system's refusal": "open(f'/nowhere/{name}')",
    "a text in a file for a while": "import tempfile\nopen(tempfile.mkstemp()[1], 'w').write(name)\n1 / 0",
    "an end of the process": "import os\nprint(name, flush=True)\nos._exit(3)",
    "a signal that ends the process": "import os\nprint(name, flush=True)\nos.kill(os.getpid(), 9)",
    "a fault of the process": "import faulthandler\nprint(name, flush=True)\nfaulthandler._sigsegv()",
}  # fmt: skip


def traces(*places: Path) -> list[str]:
    """Name the files below the places that hold a part of the row, in their text or their name."""
    found = []
    for path in (path for place in places for path in place.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(secret.encode() in content or secret in path.name for secret in SECRETS):
            found.append(path.name)
    return found


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("how", FAILURES)
def test_a_failing_notebook_leaves_no_trace_of_the_row(
    how: str, temporary: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    target = tmp_path / "out" / "set"
    with pytest.raises(NotebookFailed) as failure:
        make(target, notebook(tmp_path, "01_a", ROW, FAILURES[how]))
    told = f"{failure.value} {failure.value.error_name} {failure.value.message} {caplog.text}"
    told += "".join(capfd.readouterr())
    kept = failure.value.failed_notebook.read_text(encoding="utf-8")
    cells = json.loads(kept)["cells"]
    # The cell that failed is kept as it stands; it names nobody.
    outputs = json.dumps([cell.get("outputs") for cell in cells])
    for secret in SECRETS:
        assert secret not in told
        assert secret not in outputs
    assert traces(tmp_path / "out", temporary) == []
    assert list(temporary.iterdir()) == []


SHOWN = {
    "a table": "table",
    "a printed row": "print(name)",
    "a text in colour": "print(f'\\x1b[31m{first}\\x1b[0m {last}')",
    "a page": "from IPython.display import HTML\nHTML(f'<p>{name}</p>')",
    "a text beside": "import sys\nprint(name, file=sys.stderr)",
    "an error in a thread": THREAD,
}  # fmt: skip


def names_the_row(folder: Path, book: Path) -> bool:
    text = book.read_text(encoding="utf-8").replace("\\u001b[31m", "").replace("\\u001b[0m", "")
    return any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("what", SHOWN)
def test_what_was_shown_before_the_failure_is_kept_only_where_it_names_nobody(what: str, tmp_path: Path) -> None:
    book = notebook(tmp_path, "01_a", ROW, "print('harmless')", SHOWN[what], "1 / 0")
    with pytest.raises(NotebookFailed) as failure:
        make(tmp_path / "set", book, names_nobody=lambda folder, path: not names_the_row(folder, path))
    kept = nbformat.read(failure.value.failed_notebook, as_version=4)
    assert not names_the_row(tmp_path, failure.value.failed_notebook)
    errors = [output for cell in kept.cells for output in cell.get("outputs", []) if output.output_type == "error"]
    assert [(error.ename, error.traceback[-1]) for error in errors] == [("ZeroDivisionError", "  cell 6:1 in <module>")]
    is_harmless = what in ("a text beside", "an error in a thread")  # of which the first wall leaves nothing
    assert ("harmless" in json.dumps(kept.cells[4].outputs)) == is_harmless


def test_where_nobody_can_say_whether_it_names_somebody_nothing_shown_is_kept(tmp_path: Path) -> None:
    def cannot_say(folder: Path, book: Path) -> bool:
        raise OSError(NUMBER)

    with pytest.raises(NotebookFailed) as failure:
        make(tmp_path / "set", notebook(tmp_path, "01_a", ROW, "table", "1 / 0"), names_nobody=cannot_say)
    kept = nbformat.read(failure.value.failed_notebook, as_version=4)
    assert [output for cell in kept.cells for output in cell.get("outputs", [])] == []
    assert NUMBER not in str(failure.value)


def test_a_thread_s_error_is_told_by_class_and_place_where_the_notebook_goes_on(tmp_path: Path) -> None:
    make(tmp_path / "set", notebook(tmp_path, "01_a", ROW, THREAD))
    kept = (tmp_path / "set" / "internal" / "notebooks" / "01_a.ipynb").read_text(encoding="utf-8")
    assert "KeyError" in kept
    assert traces(tmp_path / "set") == []


def test_of_withheld_outputs_only_class_and_places_stay() -> None:
    error = {"output_type": "error", "ename": "InputError", "evalue": NUMBER, "traceback": [f"InputError: {NUMBER}"]}
    cell = nbformat.v4.new_code_cell(
        "x", outputs=[nbformat.v4.new_output("stream", text=NUMBER), nbformat.from_dict(error)]
    )
    book = nbformat.v4.new_notebook(cells=[cell])
    assert NUMBER not in str(withhold_outputs(book, keep_places=True))
    assert withhold_outputs(book, keep_places=True)["cells"][0]["outputs"][0]["ename"] == "InputError"
    assert withhold_outputs(book, keep_places=False)["cells"][0]["outputs"] == []
