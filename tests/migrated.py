"""Databases of today's version: one per process is migrated, and the others are copies of it."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from sqlalchemy import make_url, text

from backend.bootstrap import all_tables
from backend.sealing.key_store import KeyStore
from backend.sealing.records import Records
from backend.storage.database import Database
from backend.storage.migration import Upgraded, _config, is_current, migrate
from tests.letters import letters_by_chance

_TEMPLATE = "migrated_once"
KEYS = "keys.db"
"""Name of the key store in the folder of a house."""


def migrated_sqlite(file: Path) -> str:
    """Make a migrated SQLite file and return its URL; an existing file is left as it is."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_sqlite_template(), file)
    return f"sqlite:///{file}"


@cache
def _sqlite_template() -> Path:
    """The file that is copied: really migrated, closed, and without a log."""
    folder = Path(tempfile.mkdtemp(prefix="uketsuke-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "template.db"
    with closing_database(f"sqlite:///{file}") as template:
        migrate(template)
    assert [one.name for one in folder.iterdir()] == [file.name], "the template was not closed"
    return file


@contextmanager
def fresh_postgres(url: str, template: str | None = None) -> Iterator[str]:
    """A new database on the server of this run, empty or a copy; dropped at the end, even if it is still in use."""
    name = "t" + letters_by_chance()
    copied = "" if template is None else f' TEMPLATE "{template}"'
    _order(url, f'CREATE DATABASE "{name}"{copied}')
    try:
        yield _named(url, name)
    finally:
        _order(url, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def migrated_postgres(url: str) -> Iterator[str]:
    """A new migrated database on the server of this run."""
    with fresh_postgres(url, _postgres_template(url)) as copied:
        yield copied


@cache
def _postgres_template(url: str) -> str:
    """The name of the database that is copied; nobody may be connected to it."""
    _order(url, f'CREATE DATABASE "{_TEMPLATE}"')
    with closing_database(_named(url, _TEMPLATE)) as template:
        migrate(template)
    return _TEMPLATE


def bring_up_to_date(database: Database) -> None:
    """Migrate a database, unless it is a copy or was migrated before."""
    file = database.engine.url.database
    if database.is_sqlite and file and not Path(file).exists():
        migrated_sqlite(Path(file))
    elif not is_current(database):
        migrate(database)


def make_tables(database: Database, revision: str) -> None:
    """Make the tables of an older version in an empty database, as that version made them; a file is a copy of such a one."""
    file = database.engine.url.database
    if database.is_sqlite and file and not Path(file).exists():
        shutil.copyfile(_sqlite_of(revision), file)
        return
    _migrate_to(database, revision)


@cache
def _sqlite_of(revision: str) -> Path:
    """The file that is copied, truly migrated to an older version, closed, without a log of its own."""
    folder = Path(tempfile.mkdtemp(prefix="uketsuke-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / f"{revision}.db"
    with closing_database(f"sqlite:///{file}") as template:
        _migrate_to(template, revision)
    assert [one.name for one in folder.iterdir()] == [file.name], "the template was not closed"
    return file


def _migrate_to(database: Database, revision: str) -> None:
    config = _config()
    with database.write() as work:
        config.attributes["connection"] = work.connection
        command.upgrade(config, revision)


def upgrade(database: Database, var_dir: Path) -> Upgraded:
    """Upgrade a database to today's version as the program does, with the key store in a folder.

    Raises:
        StorageError: as from the program itself.
    """
    store = KeyStore(f"sqlite:///{var_dir / KEYS}")
    try:
        return migrate(database, Records(store), all_tables())
    finally:
        store.dispose()


@contextmanager
def closing_database(url: str) -> Iterator[Database]:
    """A database that is closed at the end of the block."""
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


@cache
def _admin(url: str) -> Database:
    """The server's first database, in which others are created; closed at the end of the process."""
    admin = Database(url)
    atexit.register(admin.dispose)
    return admin


def _order(url: str, order: str) -> None:
    with _admin(url).engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(order))


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
