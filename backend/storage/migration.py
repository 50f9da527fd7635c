"""Bringing a database to the version this program needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from backend.storage.database import Database
from backend.storage.errors import StorageMissingError

_SCRIPTS = Path(__file__).resolve().parent / "migrations"
_OUR_LOCK = 0x6D696772  # any constant; it spells "migr"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def migrate(database: Database) -> str:
    """Create or upgrade every table, in one transaction, and return the version reached.

    Raises:
        StorageMissingError: the database cannot be reached, is somebody else's, or is newer than this program.
    """
    config = _config()
    try:
        with database.write() as work:
            connection = work.connection
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OUR_LOCK})")
            _refuse_foreign(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return MigrationContext.configure(connection).get_current_revision() or ""
    except DBAPIError:
        raise StorageMissingError(
            "the database could not be set up; is the account allowed to make tables?"
        ) from None


def is_current(database: Database) -> bool:
    """Whether the database is at the version this program needs."""
    with database.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> frozenset[str]:
    """Every version of the tables that this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _refuse_foreign(connection: Connection) -> None:
    """Never write our tables into a database that holds other ones, nor downgrade a newer one."""
    names = set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        raise StorageMissingError("this database holds other tables and was not touched; choose an empty one")
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known_revisions():
        raise StorageMissingError(
            "this database belongs to a newer version of the program and was not touched"
        )
