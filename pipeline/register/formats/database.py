"""A table of a database; its address stands in an environment variable, never in a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import exc

from pipeline.errors import InputError
from pipeline.register.formats.rows import as_text, batches
from pipeline.register.formats.sheet import Sheet, frame

_DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}
"""The driver that comes with the project, where an address names none."""


def read_database(variable: str, table: str, told_in: str) -> list[Sheet]:
    """Read a table or view, in the order of its primary key, else in the order of its texts; nothing is written.

    `variable` names the environment variable with the address, for instance postgresql://user:password@host/name. A
    missing variable, an address that leads nowhere and an unknown table are an `InputError`; none of them repeats the
    address, in which a password may stand.
    """
    address = os.environ.get(variable)
    if not address:
        raise InputError(
            f"{told_in}, key register.database: the environment variable {variable} is not set. It holds the address "
            "of the database, for instance postgresql://user:password@host/name. Set it and run the command again."
        )
    try:
        engine = sqlalchemy.create_engine(_with_driver(address), poolclass=sqlalchemy.NullPool)
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError, TypeError, ValueError):
        raise InputError(
            f"The environment variable {variable} does not hold the address of a database that can be read. Write it "
            "as postgresql://user:password@host/name, or sqlite:////folder/file.db; for other databases install their "
            "SQLAlchemy driver first."
        ) from None
    if engine.dialect.name == "sqlite" and not _is_there(engine.url.database):
        raise InputError(f"The database file that {variable} leads to does not exist. Check the address.") from None
    try:
        with engine.connect() as connection:
            return [Sheet(variable, table, frame(batches(_rows(connection, table, variable))), first_row=0)]
    except (exc.SQLAlchemyError, TypeError, ValueError) as error:
        # The error's own text can hold the address, a password or a cell.
        raise InputError(
            f"The database that {variable} leads to could not be read ({type(error).__name__}). Check the address, the "
            "network and that its user may read the table."
        ) from None
    except OSError as error:
        raise InputError(
            f"The database that {variable} leads to cannot be reached ({error.strerror or type(error).__name__}). "
            "Check the address and the network."
        ) from None
    finally:
        engine.dispose()


def _is_there(file: str | None) -> bool:
    """Say whether a file is there: SQLite would make an empty one."""
    return file not in (None, "", ":memory:") and Path(str(file)).is_file()


def _with_driver(address: str) -> sqlalchemy.URL:
    url = sqlalchemy.make_url(address)
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _rows(connection: sqlalchemy.Connection, table: str, variable: str) -> Iterator[list[str | None]]:
    schema, _, name = table.rpartition(".")
    inspector = sqlalchemy.inspect(connection)
    known = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    if name not in known:
        raise InputError(
            f"The database that {variable} leads to has no table or view '{table}'. It has: "
            f"{', '.join(sorted(known)) or 'none that this user can see'}."
        )
    source = sqlalchemy.Table(
        name, sqlalchemy.MetaData(), schema=schema or None, autoload_with=connection, resolve_fks=False
    )
    # What the database holds, not what a column's type says that it should.
    query = sqlalchemy.select(
        *(sqlalchemy.type_coerce(column, sqlalchemy.types.NullType()) for column in source.columns)
    )
    key = list(source.primary_key.columns)
    yield [column.name for column in source.columns]
    found = connection.execute(query.order_by(*key) if key else query)
    rows = ([as_text(value) for value in row] for row in found)
    # Without a key a database gives its rows in any order, and another time in another.
    yield from rows if key else sorted(rows, key=_in_order)


def _in_order(row: list[Any]) -> list[str]:
    return [cell or "" for cell in row]
