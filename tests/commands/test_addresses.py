"""Projects, outputs and registers at addresses: the same files as from folders, put up whole, and no password told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from in_memory import store_in_memory
from making import ROOT, SAMPLE, Maker
from portfolio_folders import rows_of_a_report
from public_folders import public_set

from pipeline.addresses import Place, as_path, file_name, is_address, shown_address
from pipeline.cli import main
from pipeline.commands import at_addresses, periods, portfolio, put_up
from pipeline.commands.at_addresses import make_on_copies
from pipeline.commands.one_set import Job, Result, job_of
from pipeline.commands.periods import Call
from pipeline.errors import InputError, ReconciliationError
from pipeline.execution.errors import ExecutionError
from pipeline.execution.manifest import build_record, write_manifest
from pipeline.execution.sets import staged_set
from pipeline.places import DATA_VARIABLE
from pipeline.project import load_project
from pipeline.register.reading import read_register

SECRET = "s3cr3t"


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What stands at memory:// addresses, by its path; and folders of this machine that are named nowhere."""
    with store_in_memory(monkeypatch) as store:
        yield store


def upload(folder: Path, address: str) -> None:
    place = Place.open(address)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            place.below(path.relative_to(folder).as_posix()).put(path)


def there(memory: dict[str, Any], below: str) -> dict[str, bytes]:
    return {name.removeprefix(below): held.getvalue() for name, held in memory.items() if name.startswith(below)}


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a report be a set with a few files, whose first figure can be chosen; 'fail' lets it fail instead."""
    chosen = ["40"]

    def make_report(call: Call, **_: Any) -> None:
        if chosen[0] == "fail":
            raise ReconciliationError(f"The figures do not agree; look into {call.target}.")
        with staged_set(call.target) as folder:
            shutil.rmtree(folder / "public")
            public_set(folder.parent, folder.name, rows_of_a_report(received=int(chosen[0])))
            (folder / "internal" / f"{chosen[0]}.csv").write_text("a\n")
            write_manifest(folder, build_record(folder, {}, {}, {}), None)

    monkeypatch.setattr(periods, "make_report", make_report)
    monkeypatch.setattr(periods, "_summary", lambda call, whole: f"Made: {call.target}")
    return lambda what: chosen.__setitem__(0, what)


# -- what an address is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://bucket/a", True),
        ("dir::memory://a", True),
        ("http://127.0.0.1/a", True),
        *((text, False) for text in ("", "data", "/srv/data", "C:/data", r"C:\data", "./a:b", "register-*.csv")),
    ],
)
def test_an_address_is_told_from_a_path(text: str, expected: bool) -> None:
    assert is_address(text) is expected


def test_an_address_of_this_machine_is_a_path() -> None:
    assert as_path("file:///srv/grm") == "/srv/grm"
    assert as_path("local:///srv/grm") == "/srv/grm"
    for address in ("s3://srv/grm", "dir::file:///srv/grm"):
        assert as_path(address) == address


def test_an_address_of_this_machine_with_two_slashes_is_refused_with_what_to_write() -> None:
    for address in ("file://srv/grm", "LOCAL://srv/grm"):
        with pytest.raises(InputError, match=r"srv/grm would depend on .* such as file:///srv/grm\.$"):
            Place.open(address)


@pytest.mark.parametrize(
    "address",
    [
        f"https://me:{SECRET}@host/a/register.csv",
        f"https://host/a/register.csv?sig={SECRET}",
        f"https://{SECRET}@host/a/register.csv#{SECRET}",
        f"filecache::ftp://me:{SECRET}@host/a/register.csv",
        f"s3://me:{SECRET}/{SECRET}@host/a/register.csv",
    ],
)
def test_an_address_is_told_without_its_password(address: str) -> None:
    assert SECRET not in shown_address(address)
    assert shown_address(address).endswith("host/a/register.csv")
    assert file_name(address) == "register.csv"


def test_a_package_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("fsspec")
    try:
        import s3fs  # noqa: F401
    except ImportError:
        assert main(["report", "--period=2024H1", f"--data=s3://me:{SECRET}@bucket/data"]) == 2
        told = capsys.readouterr().err
        assert "install the package s3fs" in told
        assert SECRET not in told
    else:
        pytest.skip("s3fs is installed")


def test_a_scheme_that_nobody_knows_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--period=2024H1", f"--data=nowhere://me:{SECRET}@host/data"]) == 2
    told = capsys.readouterr().err
    assert "no file system is known for addresses that begin with nowhere" in told
    assert SECRET not in told


def test_what_a_library_says_of_a_failure_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    def fail(*_: Any, **__: Any) -> None:
        raise ConnectionError(f"https://me:{SECRET}@host refused")

    monkeypatch.setattr(MemoryFileSystem, "find", fail)
    with pytest.raises(InputError, match="memory://grm cannot be listed \\(ConnectionError\\)") as refused:
        Place.open("memory://grm").files()
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_name_that_leads_out_of_the_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    monkeypatch.setattr(MemoryFileSystem, "find", lambda self, path: ["/grm/one/../../outside.csv"])
    with pytest.raises(InputError, match="no path below it"):
        Place.open("memory://grm").files()


# -- calls ------------------------------------------------------------------------------------------------------------


def at(data: str, outputs: str, *options: str) -> int:
    return main(["report", "--period=2024H1", f"--data={data}", f"--outputs={outputs}", *options])


def test_a_report_is_made_of_what_is_at_an_address_and_put_up_whole(
    memory: dict[str, Any], faked: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    upload(ROOT / "data" / SAMPLE, f"memory://data/{SAMPLE}")
    inputs = there(memory, "/data/")
    assert at("memory://data", "memory://outputs") == 0
    told = capsys.readouterr().out
    assert f"Made: memory://outputs/{SAMPLE}/2024H1" in told
    assert f"All reports of the project: memory://outputs/{SAMPLE}/index.html" in told
    files = there(memory, f"/outputs/{SAMPLE}/")
    assert {name.partition("/")[0] for name in files} == {"2024H1", "index.html"}
    assert {"2024H1/manifest.json", "2024H1/internal/40.csv", "2024H1/public/report.html"} <= files.keys()
    assert b"<td" in files["index.html"]
    assert there(memory, "/data/") == inputs
    assert DATA_VARIABLE not in os.environ or os.environ[DATA_VARIABLE] == "memory://data"


@pytest.mark.usefixtures("faked")
def test_what_is_put_up_is_what_a_folder_would_hold(memory: dict[str, Any], tmp_path: Path) -> None:
    upload(ROOT / "data" / SAMPLE, f"memory://data/{SAMPLE}")
    assert at("memory://data", "memory://outputs") == 0
    assert at((ROOT / "data").as_uri(), (tmp_path / "outputs").as_uri()) == 0
    folder = tmp_path / "outputs"
    local = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert there(memory, "/outputs/") == {name: held for name, held in local.items() if "/." not in name}


def test_a_set_takes_the_place_of_the_former_one_with_nothing_of_it_left(
    memory: dict[str, Any], faked: Callable[[str], None]
) -> None:
    assert at(str(ROOT / "data"), "memory://outputs") == 0
    faked("41")
    assert at(str(ROOT / "data"), "memory://outputs") == 0
    files = there(memory, f"/outputs/{SAMPLE}/2024H1/")
    assert [name for name in files if name.startswith("internal/")] == ["internal/41.csv"]
    assert b",41\r\n" in files["public/indicators.csv"]
    assert not [name for name in memory if "/." in name]


def test_what_is_unchanged_is_not_put_up_again(memory: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    upload(ROOT / "data" / SAMPLE, f"memory://outputs/{SAMPLE}/2024H1")
    monkeypatch.setattr(periods, "make_report", lambda call, **_: None)
    monkeypatch.setattr(periods, "_summary", lambda call, whole: "")
    monkeypatch.setattr(periods, "index_told", lambda project: "")
    monkeypatch.setattr(Place, "put", lambda self, source: pytest.fail(f"put {self.shown}"))
    assert at(str(ROOT / "data"), "memory://outputs") == 0
    assert len(there(memory, "/outputs/")) == 4


def test_a_call_that_fails_leaves_the_former_set(
    memory: dict[str, Any], faked: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert at(str(ROOT / "data"), "memory://outputs") == 0
    former = there(memory, "/outputs/")
    faked("fail")
    capsys.readouterr()
    assert at(str(ROOT / "data"), "memory://outputs") == 1
    assert f"look into memory://outputs/{SAMPLE}/2024H1" in capsys.readouterr().err
    assert there(memory, "/outputs/") == former


@pytest.mark.parametrize("number", range(0, 40, 3))
def test_cut_short_at_any_step_the_next_call_leaves_the_new_set_or_the_former_one_whole(
    memory: dict[str, Any], faked: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    place = f"/outputs/{SAMPLE}/2024H1/"
    assert at(str(ROOT / "data"), "memory://outputs") == 0
    former = there(memory, place)
    faked("41")
    assert at(str(ROOT / "data"), "memory://again") == 0
    new = there(memory, place.replace("outputs", "again"))
    assert new.keys() ^ former.keys() == {"internal/40.csv", "internal/41.csv"}
    steps = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            steps[0] += 1
            if steps[0] > number:
                raise ConnectionError("cut")
            return function(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in ("put_file", "cp_file", "rm"):
            patch.setattr(MemoryFileSystem, name, counted(getattr(MemoryFileSystem, name)))
        code = at(str(ROOT / "data"), "memory://outputs")
    assert code == (1 if steps[0] > number else 0)
    during = there(memory, place)
    assert during in (former, new) or "manifest.json" not in during
    for name in [name for name in memory if name.endswith(".lock")]:
        del memory[name]  # the lock of a call that was cut off, which a person removes
    put_up.mend(Place.open(f"memory://outputs/{SAMPLE}"), lambda sentence: None)
    assert there(memory, place) in (former, new)
    assert not [name for name in memory if "/." in name]


def test_two_calls_do_not_put_up_one_set_at_once(
    memory: dict[str, Any], faked: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    lock = Place.open(f"memory://outputs/{SAMPLE}/.2024H1.lock")
    assert lock.create(b"")
    assert at(str(ROOT / "data"), "memory://outputs") == 1
    told = capsys.readouterr().err
    assert f"Another call is putting up memory://outputs/{SAMPLE}/2024H1" in told
    assert "Not all that was made could be put up" in told
    lock.remove()
    faked("42")
    assert at(str(ROOT / "data"), "memory://outputs") == 0


def test_the_page_of_all_projects_is_put_up_beside_their_reports(
    memory: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(calls: Sequence[Call], scheduler: str, **_: Any) -> list[Result]:
        for call in calls:
            with staged_set(call.target) as folder:
                shutil.rmtree(folder / "public")
                public_set(folder.parent, folder.name, rows_of_a_report())
                write_manifest(folder, build_record(folder, {}, {}, {}), None)
        return [Result(job_of(call)) for call in calls]

    monkeypatch.setattr(portfolio, "make_portfolio", make)
    for code in ("one", "two"):
        upload(ROOT / "data" / SAMPLE, f"memory://data/{code}")
    assert main(["portfolio", "--data=memory://data", "--outputs=memory://outputs"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "All projects: memory://outputs/portfolio/index.html"
    assert {name for name in there(memory, "/outputs/") if name.count("/") == 1} == {
        *(f"{code}/index.html" for code in ("one", "two")),
        *(f"portfolio/{name}" for name in ("index.html", "portfolio.csv", "manifest.json")),
    }


def test_a_project_that_is_not_at_the_address_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert at("memory://data", "memory://outputs", "--project=other") == 2
    assert "memory://data/other holds no project.yml" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "metrics", "release", "freeze", "figures"])
def test_a_command_that_needs_folders_of_this_machine_says_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    period = [] if command == "check" else ["--period=2024H1"]
    assert main([command, *period, f"--data=memory://me:{SECRET}@data"]) == 2
    told = capsys.readouterr().err
    assert "memory://data is an address; report, reports, portfolio can read and write there" in told
    assert SECRET not in told


def test_a_worker_makes_a_report_of_copies_and_puts_up_that_one_alone(memory: dict[str, Any]) -> None:
    upload(ROOT / "data" / SAMPLE, f"memory://data/{SAMPLE}")
    upload(ROOT / "data" / SAMPLE, f"memory://outputs/{SAMPLE}/2023H2")
    job = Job(SAMPLE, "2024H1", data=Path("not here"), outputs=Path("not here"))

    def make(local: Job) -> Result:
        assert (local.data / SAMPLE / "register.csv").is_file()
        assert not (local.outputs / SAMPLE / "2023H2").exists()
        with staged_set(local.outputs / SAMPLE / "2024H1") as folder:
            write_manifest(folder, build_record(folder, {}, {}, {}), None)
        return Result(local, f"See {local.outputs / SAMPLE}.", 1)

    result = make_on_copies(job, "memory://data", "memory://outputs", make)
    assert result == Result(job, f"See memory://outputs/{SAMPLE}.", 1)
    assert list(there(memory, f"/outputs/{SAMPLE}/2024H1/")) == ["manifest.json"]
    lost = make_on_copies(replace(job, project="other"), "memory://data", "memory://outputs", make)
    assert lost.exit_code == 2
    assert "memory://data/other holds no project.yml" in lost.failure


# -- a register at an address ----------------------------------------------------------------------------------------


@pytest.fixture
def far_register(make: Maker, tmp_path: Path) -> str:
    """A project whose register is at an address of this machine, in which a password stands."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(ROOT / "data" / SAMPLE / "register.csv", elsewhere / "sample.csv")
    address = f"memory://elsewhere/sample.csv?sig={SECRET}"
    project = make.project("", {"register": f'"{address}"'})
    (project.folder / "register.csv").unlink()
    Place.open("memory://elsewhere").below(f"sample.csv?sig={SECRET}").put(elsewhere / "sample.csv")
    return address


def test_a_register_at_an_address_is_fetched_and_stands_in_the_manifest_under_it(
    far_register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def make_report(call: Call, **_: Any) -> None:
        from pipeline.commands.sets import input_files

        seen["inputs"] = input_files(call.project)
        seen["rows"] = len(read_register(call.project).table)
        seen["files"] = set(read_register(call.project).table["source_file"])

    monkeypatch.setattr(periods, "make_report", make_report)
    monkeypatch.setattr(periods, "_summary", lambda call, whole: "")
    assert main(["report", "--period=2024H1"]) == 0
    assert seen["rows"] == 16
    assert seen["files"] == {"sample.csv"}
    assert "memory://elsewhere/sample.csv" in seen["inputs"]
    assert SECRET not in str(seen)
    assert not (load_project(SAMPLE).folder / "sample.csv").exists()


def test_another_command_says_where_the_register_is(far_register: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    told = capsys.readouterr().err
    assert "the register is at the address memory://elsewhere/sample.csv" in told
    assert SECRET not in told


def test_a_file_of_the_registers_name_beside_it_is_told(far_register: str, capsys: pytest.CaptureFixture[str]) -> None:
    (load_project(SAMPLE).folder / "sample.csv").write_text("other", encoding="utf-8")
    assert main(["report", "--period=2024H1"]) == 2
    assert "a file of that name is in the project's folder" in capsys.readouterr().err


def test_a_register_that_is_not_there_is_told(
    far_register: str, memory: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    memory.clear()
    assert main(["report", "--period=2024H1"]) == 2
    told = capsys.readouterr().err
    assert "memory://elsewhere/sample.csv is missing" in told
    assert SECRET not in told


def test_every_command_that_is_said_to_support_addresses_has_the_folders_as_options() -> None:
    from pipeline.cli import _parser

    (menu,) = [action for action in _parser()._actions if action.dest == "command"]
    assert menu.choices is not None
    for command in at_addresses.SUPPORTED:
        assert {"--data", "--outputs"} <= menu.choices[command]._option_string_actions.keys()


def test_a_lock_that_the_store_cannot_make_alone_keeps_no_call_from_putting_up() -> None:
    place = Place.open("memory://outputs/one")
    assert place.create(b"1")
    assert not place.create(b"2")
    with pytest.raises(ExecutionError, match="Another call"), put_up._alone(Place.open("memory://a/b")):
        put_up._alone(Place.open("memory://a/b")).__enter__()
