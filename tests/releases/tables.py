"""Databases as text: the tables as each kind of database has them, and the rows in one form that both take.

Nothing here knows the product's tables: what is there is asked of the database, so that a database of any version is
written and read alike.
"""

import json
import re
import sqlite3
import subprocess
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, make_url, select, text

from backend.storage.engine import psycopg_url

Rows = Mapping[str, list[dict[str, Any]]]
_SCHEMA_OF_SQLITE: Final = """
    SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name
"""


_HASH: Final = re.compile(r"(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])")
_TWELVE: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


def schema_of_sqlite(file: Path) -> str:
    """The tables and indexes of a SQLite database, as orders that make them."""
    connection = sqlite3.connect(file)
    try:
        return "".join(f"{order};\n" for (order,) in connection.execute(_SCHEMA_OF_SQLITE))
    finally:
        connection.close()


def schema_of_postgresql(url: str, programs: Path) -> str:
    """The tables and indexes of a PostgreSQL database, as orders that make them.

    Args:
        url: of the database.
        programs: the folder with ``pg_dump``.
    """
    wanted = ("--schema-only", "--no-owner", "--no-privileges", "--no-comments")
    done = subprocess.run(
        [programs / "pg_dump", *wanted, f"--dbname={psycopg_url(make_url(url))}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    # What differs from run to run and from one pg_dump to the next says nothing of the tables.
    left_out = ("--", "SET ", "SELECT pg_catalog.set_config", "\\")
    lines = (line for line in done.stdout.splitlines() if line and not line.startswith(left_out))
    return "".join(f"{line}\n" for line in lines)


def rows_of(url: str) -> Rows:
    """Every row of every table, in the order of the primary keys."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {
                table.name: [
                    {name: _as_json(value) for name, value in row.items() if value is not None}
                    for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for table in _tables(connection)
            }
    finally:
        engine.dispose()


def text_of(rows: Rows) -> str:
    """Rows as JSON, a line each."""
    parts = []
    for name, found in rows.items():
        lines = ",\n".join(
            json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in found
        )
        parts.append(f"{json.dumps(name)}: [\n{lines}\n]" if found else f"{json.dumps(name)}: []")
    return _HASH.sub(_broken_up, "{\n" + ",\n".join(parts) + "\n}\n")


def _broken_up(found: re.Match[str]) -> str:
    """A hash of which twelve digits follow each other by chance: one of them is written in JSON's other way.

    No file of this project holds twelve digits in a row, so that nobody's number hides among them; a hash is no
    exception that a search would have to know.
    """
    return _TWELVE.sub(lambda run: f"{run[0][:5]}\\u{ord(run[0][5]):04x}{run[0][6:]}", found[0])


def load(url: str, schema: str, rows: Rows) -> None:
    """Make the tables in an empty database, and put the rows in.

    Args:
        url: of the database.
        schema: the orders of its kind.
        rows: as :func:`rows_of` gave them.
    """
    if make_url(url).get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(make_url(url).database))
        try:
            connection.executescript(schema)
        finally:
            connection.close()
    else:
        # The driver itself: it takes many orders at once.
        with psycopg.connect(psycopg_url(make_url(url)), autocommit=True) as straight:
            straight.execute(schema.encode())
    engine = create_engine(url)
    try:
        with engine.begin() as opened:
            for table in _tables(opened, in_order_of_need=True):
                _fill(opened, table, rows[table.name])
    finally:
        engine.dispose()


def _tables(connection: Connection, *, in_order_of_need: bool = False) -> Iterable[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    found = metadata.sorted_tables
    return found if in_order_of_need else sorted(found, key=lambda table: table.name)


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    values = [{column.name: _from_json(column, row) for column in table.columns} for row in rows]
    connection.execute(insert(table), values)
    if connection.dialect.name != "postgresql":
        return
    for column in table.columns:
        if "nextval" in str(getattr(column.server_default, "arg", "")):
            counted = max(row[column.name] for row in rows)
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:of, :counts), :last)"),
                {"of": table.name, "counts": column.name, "last": counted},
            )


def _as_json(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def _from_json(column: Column[Any], row: Mapping[str, Any]) -> object:
    value = row.get(column.name)
    kind = column.type.python_type if value is not None and isinstance(value, str) else str
    if kind is bytes:
        return bytes.fromhex(value or "")
    if kind is datetime:
        return datetime.fromisoformat(value or "")
    return date.fromisoformat(value or "") if kind is date else value
