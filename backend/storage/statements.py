"""Statements of the hot path: written with SQLAlchemy, compiled once, run on the driver's own connection.

SQLAlchemy's overhead for a statement takes several times as long as the statement itself (adr/0023). Here a statement
is compiled once for each kind of database, with SQLAlchemy's conversion of values, and raises SQLAlchemy's
exceptions. It is used for the two dozen statements that every command needs; all other code uses SQLAlchemy as usual.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement, visitors
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]
Row = tuple[Any, ...]
Fetch = Callable[[Any], list[Row]]
_SEVERAL = 2


class _Compiled(NamedTuple):
    """A statement compiled for one driver."""

    text: str
    fixed: Mapping[str, Any]
    converts: tuple[tuple[str, Convert], ...]
    order: tuple[str, ...] | None
    """The names of the values in order, if the driver takes a list; None if it takes names."""
    reads: tuple[Convert | None, ...]


class Statement:
    """One statement whose SQL text does not depend on the values.

    Args:
        core: a statement of SQLAlchemy's Core, without conditions whose text depends on a value (``in_`` of a list).
        changes: columns that an UPDATE or INSERT sets from values, in addition to those that it names itself.

    Raises:
        ValueError: the text would depend on a value.
    """

    def __init__(self, core: ClauseElement, changes: tuple[str, ...] = ()) -> None:
        for part in visitors.iterate(core):
            if isinstance(part, BindParameter) and (part.expanding or part.literal_execute):
                raise ValueError("the text of this statement would grow with its values")
        self._core = core
        self._changes = changes
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: Any) -> list[Row]:
        """Run it and return all rows."""
        found, _, compiled = self._run(connection, values, _every_row)
        return [_read(compiled.reads, row) for row in found]

    def first(self, connection: Connection, **values: Any) -> Row | None:
        """Run it and return the first row, or None."""
        found, _, compiled = self._run(connection, values, _first_row)
        return _read(compiled.reads, found[0]) if found else None

    def scalar(self, connection: Connection, **values: Any) -> Any:
        """Run it and return the first column of the first row, or None."""
        row = self.first(connection, **values)
        return None if row is None else row[0]

    def run(self, connection: Connection, **values: Any) -> int:
        """Run it and return how many rows it changed."""
        _, changed, _ = self._run(connection, values, _no_row)
        return changed

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for many rows, in one call of the driver."""
        if not rows:
            return
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name) or self._compile(dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(compiled.text, _given_many(compiled, rows))
        except dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, compiled.text, connection) from error
        finally:
            cursor.close()

    def _run(
        self, connection: Connection, values: dict[str, Any], fetch: Fetch
    ) -> tuple[list[Row], int, _Compiled]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name) or self._compile(dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, _given(compiled, values))
            # The driver may still work, and fail, while rows are fetched.
            return fetch(cursor), int(cursor.rowcount), compiled
        except dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, compiled.text, connection) from error
        finally:
            cursor.close()

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._core.compile(dialect=dialect, column_keys=list(self._changes) or None)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("not a statement that asks or changes rows")
        converts: dict[str, Convert] = {}
        fixed: dict[str, Any] = {}
        for bind, name in compiled.bind_names.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                converts[name] = convert
            if not bind.required:
                value = bind.effective_value
                fixed[name] = convert(value) if convert is not None else value
        columns = getattr(self._core, "exported_columns", ())
        made = _Compiled(
            str(compiled),
            fixed,
            tuple(converts.items()),
            tuple(compiled.positiontup) if compiled.positiontup is not None else None,
            tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
        )
        self._compiled[dialect.name] = made
        return made


def _given(compiled: _Compiled, values: dict[str, Any]) -> Any:
    """The values in the driver's form."""
    for name, convert in compiled.converts:
        if name in values:
            values[name] = convert(values[name])
    if compiled.fixed:
        values = {**compiled.fixed, **values}
    return values if compiled.order is None else [values[name] for name in compiled.order]


def _given_many(compiled: _Compiled, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """As ``_given``, for many rows of the same columns; a value that the row before had, too, is turned once."""
    if compiled.order is None or len(compiled.order) < _SEVERAL:
        return [_given(compiled, dict(row)) for row in rows]
    take = itemgetter(*compiled.order)
    places = [
        (place, convert)
        for name, convert in compiled.converts
        for place, column in enumerate(compiled.order)
        if column == name and not (name in compiled.fixed and name not in rows[0])
    ]
    last: dict[int, tuple[Any, Any]] = {}
    found = []
    for row in rows:
        values = list(take({**compiled.fixed, **row} if compiled.fixed else row))
        for place, convert in places:
            before = last.get(place)
            if before is None or before[0] is not values[place]:
                before = last[place] = values[place], convert(values[place])
            values[place] = before[1]
        found.append(values)
    return found


def _every_row(cursor: Any) -> list[Row]:
    return list(cursor.fetchall())


def _first_row(cursor: Any) -> list[Row]:
    row = cursor.fetchone()
    return [] if row is None else [row]


def _no_row(_cursor: Any) -> list[Row]:
    return []


def _read(reads: tuple[Convert | None, ...], row: Row) -> Row:
    """The values of a row in their Python form."""
    return tuple([value if read is None else read(value) for read, value in zip(reads, row, strict=True)])


def _wrapped(error: Exception, text: str, connection: Connection) -> BaseException:
    """SQLAlchemy's exception for the driver's, without the values; a lost connection is invalidated."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type] # sqlalchemy: any driver's error
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text,
        {},
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
