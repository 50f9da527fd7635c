"""Bringing a database to the version this program needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.exc import DBAPIError

from backend.common import TOKYO
from backend.storage.compacting import let_shrink
from backend.storage.database import Database
from backend.storage.errors import StorageMissingError
from backend.storage.schema import need_tables

_SCRIPTS = Path(__file__).resolve().parent / "migrations"
_OUR_LOCK = 0x6D696772  # any constant; it spells "migr"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


class Sealer(Protocol):
    """Seals what older versions stored in plain text; :class:`backend.sealing.Records` is one."""

    def begin(self, connection: Connection, card_ids: list[str]) -> None:
        """Make the keys of new cards."""

    def keys_of(self, card_ids: list[str]) -> dict[str, bytes]:
        """The keys of cards."""

    def seal(self, keys: Mapping[str, bytes], card_id: str, what: str, values: Mapping[str, Any]) -> bytes:
        """Seal values of a card."""

    def digest(self, kind: str, value: str) -> str | None:
        """The digest by which a value is found again."""


@dataclass(frozen=True)
class Upgraded:
    """The result of upgrading a database.

    Attributes:
        version: its version now.
        before: its version before; None for an empty database.
        told: counts of the upgrade, by word; nothing personal.
    """

    version: str
    before: str | None = None
    told: Mapping[str, int] = field(default_factory=dict)


def migrate(database: Database, sealer: Sealer | None = None, tables: MetaData | None = None) -> Upgraded:
    """Create or upgrade all tables, in one transaction; a database of this version is left as it is.

    Args:
        database: an open database; its clock gives the present day.
        sealer: seals persons that versions before 0.2.0 stored in plain text; needed only if there are any.
        tables: the upgraded tables are compared with these before anything is committed.

    Raises:
        MigrationRefusedError: it cannot be upgraded now, or the result would differ from the tables of this program.
        StorageMissingError: the database cannot be reached, belongs to another program, or is newer than this program.
        StorageFullError: the disk is full; the database is unchanged, or upgraded but not yet compacted.
        KeyStoreError: the sealer cannot store its keys.
    """
    config = _config()
    told: dict[str, int] = {}
    try:
        with database.write() as work:
            connection = work.connection
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OUR_LOCK})")
            _refuse_foreign(connection)
            config.attributes["connection"] = connection
            config.attributes["sealer"] = sealer
            config.attributes["told"] = told
            config.attributes["today"] = work.now.astimezone(TOKYO).date()
            before = MigrationContext.configure(connection).get_current_revision()
            command.upgrade(config, "head")
            reached = MigrationContext.configure(connection).get_current_revision() or ""
            if tables is not None and before != reached:
                need_tables(connection, tables)
    except DBAPIError:
        raise StorageMissingError(
            "the database could not be set up; is the account allowed to make tables?"
        ) from None
    if database.is_sqlite:
        let_shrink(database)
    return Upgraded(reached, before, told)


def is_current(database: Database) -> bool:
    """Whether the database is at the version this program needs."""
    with database.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> frozenset[str]:
    """Every version of the tables that this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _refuse_foreign(connection: Connection) -> None:
    """Refuse a database that contains other tables than ours, or that is newer than this program."""
    names = set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        raise StorageMissingError("this database holds other tables and was not touched; choose an empty one")
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known_revisions():
        raise StorageMissingError(
            "this database belongs to a newer version of the program and was not touched"
        )
