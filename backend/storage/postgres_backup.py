"""Dumps a PostgreSQL database and restores a dump, with the programs that come with PostgreSQL."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from backend.storage.archive import BackupError
from backend.storage.engine import psycopg_url
from backend.storage.migration import known_revisions

_COPY = re.compile(rb'COPY public\."?(\w+)"? \(')
_NAMES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_OTHER_VERSION = b"server version mismatch"
_SECONDS = 4 * 3600


def dump_postgres(url: str, target: Path) -> tuple[str, dict[str, int]]:
    """Dump a database into a file and verify the dump; returns its version and the number of rows by table.

    Counts and dump are of one snapshot, whatever is written meanwhile.

    Raises:
        BackupError: it cannot be reached or is not ours, pg_dump is missing, or the dump differs from the database.
    """
    with _connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        rows = _rows(connection)
        if "alembic_version" not in rows:
            raise BackupError("this is no database of this program")
        revision = str(_one(connection, "SELECT version_num FROM alembic_version"))
        _run(
            "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--schema=public",
            f"--snapshot={snapshot}", f"--file={target}",
        )  # fmt: skip
    check_postgres_dump(target, revision, rows)
    return revision, rows


def check_postgres_dump(path: Path, revision: str, rows: Mapping[str, int]) -> None:
    """Read a dump completely and count its rows.

    Raises:
        BackupError: it cannot be read, or its version or its rows differ from those given.
    """
    if _rows_of(path) != dict(rows):
        raise BackupError("the dump does not have the rows that it should have")
    if revision not in known_revisions():
        raise BackupError("the database belongs to a newer version of the program; use that one")


def refuse_postgres_place(url: str, rows: Mapping[str, int], *, replace: bool) -> bool:
    """Check in advance what restoring a dump would refuse; returns whether the database contains tables.

    Raises:
        BackupError: another program is connected, the database is not empty, or it cannot be reached.
    """
    with _connected(url) as connection:
        others = _one(connection, _OTHERS)
        if others:
            raise BackupError(f"{others} other connection(s) use the database; stop every server first")
        there = set(_rows(connection))
    if there and not replace:
        raise BackupError("the database holds tables already and was left alone; --replace replaces them")
    if there - set(rows):
        raise BackupError(
            "the database holds tables that the backup does not know; restore into an empty one"
        )
    return bool(there)


def read_postgres_back(path: Path, url: str, rows: Mapping[str, int], *, replace: bool) -> None:
    """Restore a dump into a database, completely or not at all, and count the rows.

    Raises:
        BackupError: another program is connected, the database is not empty, or the dump was not restored completely.
    """
    there = refuse_postgres_place(url, rows, replace=replace)
    wipe = ("--clean", "--if-exists") if there else ()
    _run(
        "pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        *(wipe or ("--schema=public",)), str(path),
    )  # fmt: skip
    with _connected(url) as connection:
        if _rows(connection) != dict(rows):
            raise BackupError(
                "the database does not have the rows of the backup; do not start the server on it"
            )


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(psycopg_url(make_url(url)), connect_timeout=5) as connection:
            yield connection
    except psycopg.Error:
        raise BackupError("the database cannot be reached, or does not let this account read it") from None


def _one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(sql.SQL(query)).fetchone()
    return row[0] if row else None


def _rows(connection: psycopg.Connection) -> dict[str, int]:
    counted: dict[str, int] = {}
    for (name,) in connection.execute(_NAMES).fetchall():
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))
        ).fetchone()
        counted[name] = row[0] if row else 0
    return counted


def _rows_of(path: Path) -> dict[str, int]:
    """The number of rows by table in a dump: the lines between COPY and its end."""
    counted: dict[str, int] = {}
    program = _program("pg_restore")
    with subprocess.Popen(  # noqa: S603 - a program of PostgreSQL and a file of ours
        [program, "--data-only", "--file=-", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reading:
        table: str | None = None
        for line in reading.stdout or ():
            if table is None:
                began = _COPY.match(line)
                if began is not None:
                    table = began.group(1).decode()
                    counted[table] = 0
            elif line.rstrip(b"\n") == rb"\.":
                table = None
            else:
                counted[table] += 1
        told = reading.stderr.read() if reading.stderr else b""
        if reading.wait():
            raise BackupError(f"the dump cannot be read: {_first_line(told)}")
    return counted


def _run(name: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    # Every user of the machine could read a password on the command line.
    environment = {**os.environ, "LC_MESSAGES": "C", "LANGUAGE": "C", "LC_ALL": "C"}
    if parsed.password:
        environment["PGPASSWORD"] = str(parsed.password)
    address = parsed.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with arguments of ours
        [_program(name), "--no-password", f"--dbname={address}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode and _OTHER_VERSION in done.stderr:
        raise BackupError(
            f"{name} is older than the server; install the client programs of PostgreSQL of the server's version "
            f"({_versions(done.stderr)})"
        )
    if done.returncode:
        raise BackupError(f"{name} failed: {_first_line(done.stderr)}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} was not found; install the client programs of PostgreSQL, of the version of the server or newer"
        )
    return found


def _versions(told: bytes) -> str:
    """The versions of server and program, from the program's message."""
    found = [b" ".join(line.split()) for line in told.splitlines() if _OTHER_VERSION not in line]
    return next(
        (line.decode("utf-8", "replace").partition("detail: ")[2] for line in found if b"detail:" in line), ""
    )


def _first_line(told: bytes) -> str:
    """The first line of a PostgreSQL program's output; these lines contain tables and versions, but no rows."""
    lines = [line.strip() for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else "it said nothing"
