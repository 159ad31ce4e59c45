"""However the office keeps it, one register gives the same indicators, byte for byte."""

from __future__ import annotations

import datetime
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from forms import FORMS, Rows, read_rows
from making import ROOT, SAMPLE, Maker, clean

from pipeline.cli import main
from pipeline.files import write_csv
from pipeline.project import load_project

SEED = ROOT / "data" / SAMPLE / "register.csv"


def indicators(make: Maker) -> bytes:
    cleaned = clean(load_project(SAMPLE))
    path = make.folder / "indicators.csv"
    write_csv(cleaned.measure("2024H1").table, path)
    return path.read_bytes()


def keep(make: Maker, register: str) -> Path:
    """Make the sample's project with another register, not written yet."""
    folder = make.project("", {"register": register}).folder
    (folder / "register.csv").unlink()
    return folder


@pytest.fixture
def expected(make: Maker) -> bytes:
    make.project(SEED.read_text(encoding="utf-8"))
    return indicators(make)


@pytest.fixture(scope="session")
def rows() -> Rows:
    return read_rows(SEED)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_register_gives_the_same_indicators(
    make: Maker, rows: Rows, expected: bytes, form: str
) -> None:
    name, write = FORMS[form]
    folder = keep(make, name)
    write(rows, folder / name)
    before = (folder / name).read_bytes()
    assert indicators(make) == expected
    assert (folder / name).read_bytes() == before


def test_a_folder_and_a_pattern_of_files_give_the_same_indicators(make: Maker, rows: Rows, expected: bytes) -> None:
    name, write = FORMS["OpenDocument"]
    for register in ("registers", "registers/*.ods"):
        folder = keep(make, register)
        (folder / "registers").mkdir()
        write(rows[:9], folder / "registers" / "1.ods")
        write(rows[9:], folder / "registers" / "2.ods")
        (folder / "registers" / "~$1.ods").write_text("the lock of an open workbook", encoding="utf-8")
        assert indicators(make) == expected
    assert name == "register.ods"


def test_json_and_json_lines_give_the_same_indicators(make: Maker, rows: Rows, expected: bytes) -> None:
    for name, text in (
        ("register.json", json.dumps({"count": len(rows), "results": rows})),
        ("register.jsonl", "".join(json.dumps(row) + "\n" for row in rows)),
    ):
        folder = keep(make, name)
        (folder / name).write_text(text, encoding="utf-8")
        assert indicators(make) == expected


def test_a_database_gives_the_same_indicators(
    make: Maker, rows: Rows, expected: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRM_TEST_DATABASE", f"sqlite:///{tmp_path / 'office.db'}")
    fill(f"sqlite:///{tmp_path / 'office.db'}", rows)
    keep(make, "{database: GRM_TEST_DATABASE, table: grievances}")
    assert indicators(make) == expected


def test_a_postgresql_database_gives_the_same_indicators(
    make: Maker, rows: Rows, expected: bytes, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRM_TEST_DATABASE", postgresql)
    fill(postgresql.replace("postgresql://", "postgresql+pg8000://"), rows)
    keep(make, "{database: GRM_TEST_DATABASE, table: grievances}")
    assert indicators(make) == expected


@pytest.mark.notebooks
def test_the_command_makes_the_same_files_from_a_workbook(make: Maker, rows: Rows) -> None:
    made = {}
    for name in ("register.csv", "register.xlsx"):
        folder = keep(make, name)
        if name == "register.csv":
            shutil.copyfile(SEED, folder / name)
        else:
            FORMS["workbook with banner and merged headings"][1](rows, folder / name)
        assert main(["metrics", "--period", "2024H1"]) == 0
        set_folder = make.folder.parent / "outputs" / SAMPLE / "2024H1"
        made[name] = (set_folder / "internal" / "indicators.csv").read_bytes()
    assert made["register.xlsx"] == made["register.csv"]


def fill(address: str, rows: Rows) -> None:
    """Write the register into a table whose rows are stored in another order than that of their key."""
    engine = sqlalchemy.create_engine(address)
    columns = [sqlalchemy.Column(name, _type(name)) for name in rows[0]]
    table = sqlalchemy.Table(
        "grievances", sqlalchemy.MetaData(), sqlalchemy.Column("key", sqlalchemy.Integer, primary_key=True), *columns
    )
    with engine.begin() as connection:
        table.create(connection)
        values = [
            {"key": key, **{name: _value(name, text) for name, text in row.items()}} for key, row in enumerate(rows)
        ]
        connection.execute(table.insert(), values[::-1])
    engine.dispose()


def _type(name: str) -> sqlalchemy.types.TypeEngine[object]:
    return sqlalchemy.Date() if name.startswith("date_") else sqlalchemy.Text()


def _value(name: str, text: str) -> object:
    if not text:
        return None
    return datetime.date.fromisoformat(text) if name.startswith("date_") else text


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of its own, on the loopback interface."""
    programs = [Path("/usr/lib/postgresql"), *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    found = [*sorted(programs[0].glob("*/bin/initdb")), *(one / "initdb" for one in programs[1:])]
    found = [one for one in found if one.is_file() and one.with_name("pg_isready").is_file()]
    if not found or sys.platform == "win32":
        pytest.skip("PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("postgresql")
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        # The server refuses to be run by root.
        user = next((one for one in ("postgres", "nobody") if _exists(one)), None)
        if user is None:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and parent != Path("/") and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    initdb = found[0]
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-A", "trust", "-U", "grm", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        **as_user,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [initdb.with_name("postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **as_user,
    )
    try:
        _wait_for([initdb.with_name("pg_isready"), "-h", "127.0.0.1", "-p", str(port)], server)
        yield f"postgresql://grm@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _wait_for(is_ready: list[str | Path], server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        assert server.poll() is None, "PostgreSQL ended at its start"
        if subprocess.run(is_ready, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise AssertionError("PostgreSQL did not answer within 30 seconds")
