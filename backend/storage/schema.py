"""Whether the tables of a database are those of the code: columns, keys, checks, indexes and their conditions.

An upgrade that copies a table may lose something, such as the condition of an index or a check, and this would not be
noticed until two people have the same number. So the tables are compared before an upgrade is committed.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Inspector, MetaData, create_engine, inspect, text
from sqlalchemy.pool import StaticPool

from backend.storage.errors import MigrationRefusedError

_Parts = Mapping[str, Any]
_SPACES: Final = re.compile(r"\s+")
_CAST: Final = re.compile(r"::(?:character varying|text)(?:\(\d+\))?(?:\[\])?")
_ALONE: Final = re.compile(r"(?<![A-Za-z])\((\w+|'[^']*'|ARRAY\[[^\]]*\])\)")
_ASIDE: Final = "pg_temp"
_NAMED: Final = 5


def need_tables(connection: Connection, tables: MetaData) -> None:
    """Compare a database with what the code declares; indexes that an operator added are allowed.

    Args:
        connection: the transaction of an upgrade.
        tables: every table of every room.

    Raises:
        MigrationRefusedError: something is missing or different; the upgrade must be rolled back.
    """
    wrong = [one for one in differences(connection, tables) if not one.endswith(" is too many")]
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise MigrationRefusedError(
            f"the upgrade would leave tables that this program does not know ({', '.join(wrong[:_NAMED])}{more}); "
            "nothing was changed; bring the database to the tables of its own version, or restore its backup"
        )


def differences(connection: Connection, tables: MetaData) -> list[str]:
    """What is missing, different or superfluous, one line each; empty if the tables are those of the code.

    Args:
        connection: a transaction; what is created in it for the comparison is rolled back.
        tables: every table of every room.
    """
    there = _told(inspect(connection), tables, None)
    wanted = _wanted(connection, tables)
    return [line for table in sorted(wanted) for line in _compare(table, wanted[table], there.get(table))]


def _compare(table: str, wanted: _Parts, there: _Parts | None) -> Iterator[str]:
    if not there:
        yield f"{table} is missing"
        return
    for part in sorted(wanted.keys() | there.keys()):
        if part not in there:
            yield f"{table}: {part} is missing"
        elif part not in wanted:
            yield f"{table}: {part} is too many"
        elif wanted[part] != there[part]:
            yield f"{table}: {part} is different"


def _wanted(connection: Connection, tables: MetaData) -> dict[str, dict[str, Any]]:
    """The tables as this kind of database describes them if the code creates them."""
    if connection.dialect.name == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
        try:
            with engine.begin() as empty:
                tables.create_all(empty)
                return _told(inspect(empty), tables, None)
        finally:
            engine.dispose()
    # Only the server itself can rewrite a condition in its own form; so create the tables, invisible to others.
    with connection.begin_nested() as aside:
        aside_only = connection.execution_options(schema_translate_map={None: _ASIDE})
        try:
            tables.create_all(aside_only, checkfirst=False)
            schema = connection.execute(
                text("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
            ).scalar_one()
            return _told(inspect(connection), tables, str(schema))
        finally:
            connection.execution_options(schema_translate_map={})
            aside.rollback()


def _told(inspector: Inspector, tables: MetaData, schema: str | None) -> dict[str, dict[str, Any]]:
    there = set(inspector.get_table_names(schema)) | set(inspector.get_temp_table_names() if schema else ())
    return {name: dict(_parts(inspector, name, schema)) for name in tables.tables if name in there}


def _parts(inspector: Inspector, table: str, schema: str | None) -> Iterator[tuple[str, Any]]:
    for column in inspector.get_columns(table, schema):
        kind = column["type"].compile(inspector.dialect)
        yield f"column {column['name']}", (kind, column["nullable"], _default(column.get("default")))
    key = inspector.get_pk_constraint(table, schema)
    # Without its name: a copied table in SQLite has none, and nothing depends on it.
    yield "primary key", key["constrained_columns"]
    for foreign in inspector.get_foreign_keys(table, schema):
        told = (foreign["constrained_columns"], foreign["referred_table"], foreign["referred_columns"])
        yield f"foreign key {foreign['name']}", (*told, foreign.get("options", {}).get("ondelete"))
    for unique in inspector.get_unique_constraints(table, schema):
        yield f"unique {unique['name']}", unique["column_names"]
    for check in inspector.get_check_constraints(table, schema):
        yield f"check {check['name']}", _one_form(check["sqltext"])
    for index in inspector.get_indexes(table, schema):
        if not index.get("duplicates_constraint"):
            where = index.get("dialect_options", {}).get(f"{inspector.dialect.name}_where")
            told_of = (index["column_names"], bool(index["unique"]), _one_form(where))
            yield f"index {index['name']}", told_of


def _default(told: Any) -> str | None:
    """The default of a column; for a serial column just "counted", as its sequence is named after the table."""
    return "counted" if told is not None and "nextval" in str(told) else _one_form(told)


def _one_form(told: Any) -> str | None:
    """A condition without what a server adds: after a restore it writes the same condition with other casts."""
    if told is None:
        return None
    words, before = _SPACES.sub(" ", _CAST.sub("", str(told))).strip(), ""
    while words != before:
        words, before = _ALONE.sub(r"\1", words), words
    return words
