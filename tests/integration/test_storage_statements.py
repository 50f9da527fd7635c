"""Statements of the hot path: on both databases they ask and answer exactly as the toolkit does."""

import pkgutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any, Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql import Update
from sqlalchemy.types import JSON

import backend
from backend.reception.storing.queue import NEXT
from backend.reception.storing.tables import checks, refusals, tickets
from backend.reception.storing.tickets import _change
from backend.storage.database import Database
from backend.storage.statements import Statement
from backend.storage.tables import metadata
from backend.storage.types import UtcDateTime
from backend.wire.messages import WalkInRequest
from tests.counter import actor_of
from tests.migrated import closing_database, migrated_postgres
from tests.support import KIOSK, MORNING, House

FURTHER: Final[Mapping[str, Statement]] = {
    "tickets._change(state)": _change(("called_at", "state", "window")),
    "tickets._change(paper)": _change(("paper_open_at", "print_state", "print_trouble")),
}
"""Statements that are made when they are first needed."""


def statements() -> Mapping[str, Statement]:
    """Every statement that stands in a module of the product."""
    found: dict[str, Statement] = dict(FURTHER)
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if "__main__" in module.name or "migrations" in module.name:
            continue
        for name, value in vars(import_module(module.name)).items():
            for key, one in value.items() if isinstance(value, dict) else [("", value)]:
                if isinstance(one, Statement):
                    found[f"{module.name}.{name}{key}"] = one
    return found


ALL: Final = statements()


def values_for(statement: Statement, known: Mapping[str, Any]) -> dict[str, Any]:
    """A value for everything that a statement asks for: what stands in the database where it is known, else of its type."""
    compiled: Any = statement._core.compile(column_keys=list(statement._changes) or None)
    return {
        bind.key: known.get(bind.key, _of_type(bind.type))
        for bind in compiled.binds.values()
        if bind.required
    }


def _of_type(kind: Any) -> Any:  # noqa: PLR0911 - one line for each type
    if isinstance(kind, UtcDateTime | DateTime):
        return MORNING + timedelta(hours=1, microseconds=7)
    if isinstance(kind, Date):
        return MORNING.date()
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, LargeBinary):
        return b"\x00sealed\xff"
    if isinstance(kind, JSON):
        return {"漢字": [1, None, "a"]}
    if isinstance(kind, String) or kind._isnull:
        return "zz"
    return False


@pytest.fixture
def known(house: House) -> Mapping[str, Any]:
    """Values that find something: three visitors, one of them called, a device, a session."""
    account, _, _ = house.signed_in("clerk1")
    house.device()
    actor_id = account.id

    actor = actor_of(account)
    for _ in range(3):
        house.counter.walk_in(WalkInRequest(request_id=uuid4(), language="ja"), KIOSK)
    house.reserve("12345679")
    house.counter.take_window(uuid4(), actor, "1")
    house.counter.call_next(uuid4(), actor)
    with house.database.read() as connection:
        called = connection.execute(select(tickets).where(tickets.c.holder == actor_id)).mappings().one()
        one = connection.execute(select(tickets).where(tickets.c.holder.is_(None)).limit(1)).mappings().one()
        hashed = connection.execute(text("SELECT token_hash FROM sessions")).scalar_one()
        device = connection.execute(text("SELECT token_hash FROM devices")).scalar_one()
        asked = connection.execute(text("SELECT request_id FROM requests LIMIT 1")).scalar_one()
    return {
        "office": "00",
        "office_id": "00",
        "day": one["business_day"],
        "business_day": one["business_day"],
        "due": MORNING,
        "code": one["series"],
        "of": called["id"],
        "before": called["state"],
        "ticket": called["id"],
        "ticket_id": called["id"],
        "account": actor_id,
        "hashed": hashed,
        "device": device,
        "asked": asked,
        "state": "waiting",
        "after": 1,
        "most": 2,
        "turn": 2,
        "to_window": "2",
        "window": "2",
        "order_at": one["order_at"],
        "number": one["number"] + 1,
        "last": 77,
        "id": uuid4().hex,
        "request_id": uuid4().hex,
        "seq": 4711,
    }


Outcome = tuple[str, Any, Mapping[str, Any]]


def outcome(connection: Connection, carry_out: Callable[[], tuple[int, list[tuple[Any, ...]]]]) -> Outcome:
    """What a statement answers, and how it leaves every table; then it is taken back."""
    mark = connection.begin_nested()
    try:
        changed, rows = carry_out()
    except DBAPIError as error:
        mark.rollback()
        return type(error).__name__, None, {}
    left = {
        name: sorted(map(repr, connection.execute(select(*_without_count(table)))))
        for name, table in metadata.tables.items()
    }
    mark.rollback()
    return "done", (changed, rows), left


def _without_count(table: Table) -> list[Column[Any]]:
    """The columns without the one that the database counts: PostgreSQL takes no number back."""
    return [column for column in table.c if column is not table.autoincrement_column]


def both_ways(
    connection: Connection, statement: Statement, values: Mapping[str, Any]
) -> tuple[Outcome, Outcome]:
    """The outcome by the toolkit, and by the statement."""
    core = statement._core
    returning = bool(getattr(core, "exported_columns", ()))
    writes = isinstance(core, Update)

    def by_toolkit() -> tuple[int, list[tuple[Any, ...]]]:
        result = connection.execute(core, dict(values))  # type: ignore[call-overload] # any statement
        rows = [tuple(row) for row in result] if returning else []
        return (result.rowcount if writes and not returning else 0), rows

    def by_statement() -> tuple[int, list[tuple[Any, ...]]]:
        if returning:
            return 0, statement.rows(connection, **values)
        changed = statement.run(connection, **values)
        return (changed if writes else 0), []

    return outcome(connection, by_toolkit), outcome(connection, by_statement)


def test_every_statement_of_the_house_is_looked_at() -> None:
    """The list is made by looking, and finds those of rooms and storage alike."""
    assert len({id(one) for one in ALL.values()}) >= 25
    assert any("event_log._TAKENpostgresql" in name for name in ALL)
    assert any("queue._CALL_NEXT" in name for name in ALL)


@pytest.mark.dialect
def test_every_statement_does_what_the_toolkit_does(house: House, known: Mapping[str, Any]) -> None:
    """Values, rows, changes and errors of every hot statement are the toolkit's own, where it finds something and where not."""
    found, nothing = 0, 0
    own = house.database.engine.dialect.name
    with house.database.write() as work:
        for name, statement in sorted(ALL.items()):
            if name.endswith(("sqlite", "postgresql")) and not name.endswith(own):
                continue
            hashed = {"hashed": known["device"]} if "device_tokens" in name else {}
            for given_values in (
                values_for(statement, {**known, **hashed}),
                values_for(statement, {}),
            ):
                expected, got = both_ways(work.connection, statement, given_values)
                assert got == expected, (name, given_values)
                answered = expected[1] is not None and any(expected[1])
                found, nothing = found + answered, nothing + (not answered)
    assert found >= 20
    assert nothing >= 10


@pytest.mark.dialect
def test_the_first_row_and_the_first_value_are_those_of_the_rows(
    house: House, known: Mapping[str, Any]
) -> None:
    """Whoever asks for one row gets the first of them, and none where there is none."""
    statement = Statement(
        select(tickets.c.id, tickets.c.created_at)
        .where(tickets.c.number >= bindparam("n"))
        .order_by(tickets.c.number)
    )
    with house.database.read() as connection:
        rows = statement.rows(connection, n=0)
        assert len(rows) == 3
        assert all(at.tzinfo is UTC for _, at in rows)
        assert statement.first(connection, n=0) == rows[0]
        assert statement.scalar(connection, n=0) == rows[0][0]
        assert statement.rows(connection, n=10_000) == []
        assert statement.first(connection, n=10_000) is None
        assert statement.scalar(connection, n=10_000) is None
    assert known["office"] == "00"


@pytest.mark.dialect
def test_many_rows_are_written_as_one_by_one(database: Database) -> None:
    """Rows that the driver takes at once stand as the toolkit would have written them, and its errors are the toolkit's."""
    table = Table("many", MetaData(), Column("n", Integer, primary_key=True), Column("at", UtcDateTime))
    statement = Statement(insert(table), ("n", "at"))
    rows = [{"n": n, "at": MORNING + timedelta(hours=n)} for n in range(3)]
    with database.write() as work:
        table.create(work.connection)
        statement.run_many(work.connection, [])
        statement.run_many(work.connection, rows)
        found = work.connection.execute(select(table).order_by(table.c.n)).mappings().all()
        assert [dict(row) for row in found] == rows
        with pytest.raises(IntegrityError), work.connection.begin_nested():
            statement.run_many(work.connection, [{"n": 3, "at": MORNING}, rows[0]])


_times = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=5,
)
_probes = MetaData()
probe = Table(
    "probe_of_statements",
    _probes,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("words", String),
    Column("at", UtcDateTime),
    Column("on", Date),
    Column("tree", JSON),
)


@pytest.fixture
def probing(database: Database) -> Database:
    """A database with a table of every type that the house keeps."""
    with database.engine.begin() as connection:
        _probes.create_all(connection)
    return database


@pytest.mark.dialect
@given(words=st.none() | _texts, at=st.none() | _times, on=st.none() | st.dates(date(1, 1, 1)), tree=_trees)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_comes_back_as_the_toolkit_gives_it(
    probing: Database, words: str | None, at: datetime | None, on: date | None, tree: Any
) -> None:
    """Whatever is kept, as nothing and as JSON too, is kept and read alike by both ways."""
    writing = insert(probe)
    reading = select(probe).where(probe.c.id == bindparam("of"))
    write, read = Statement(writing, tuple(probe.c.keys())), Statement(reading)
    values = {"words": words, "at": at, "on": on, "tree": tree}
    with probing.engine.connect() as connection, connection.begin() as transaction:
        write.run(connection, id=1, **values)
        connection.execute(writing, {"id": 2, **values})
        rows = [read.rows(connection, of=key)[0][1:] for key in (1, 2)]
        rows += [tuple(connection.execute(reading, {"of": key}).one())[1:] for key in (1, 2)]
        kept = connection.execute(
            text("SELECT count(*) FROM probe_of_statements WHERE tree IS NULL")
        ).scalar()
        transaction.rollback()
    assert rows[0] == rows[1] == rows[2] == rows[3]
    assert kept == 0


@pytest.mark.dialect
def test_an_error_is_the_toolkits_and_names_no_value(database: Database) -> None:
    """A row that is there already is an IntegrityError as elsewhere, with the statement and without what was asked."""
    statement = Statement(insert(refusals), ("id", "at", "office_id", "device_id", "reason", "fingerprint"))
    values = {
        "id": "the-same",
        "at": MORNING,
        "office_id": "00",
        "device_id": "k",
        "reason": "unknown",
        "fingerprint": "very-secret",
    }
    with database.engine.connect() as connection:
        with connection.begin():
            assert statement.run(connection, **values) == 1
        with connection.begin() as transaction:
            with pytest.raises(IntegrityError) as raised:
                statement.run(connection, **values)
            transaction.rollback()
        assert "INSERT INTO refusals" in str(raised.value)
        assert "very-secret" not in str(raised.value)
        assert raised.value.hide_parameters
        assert not raised.value.connection_invalidated
        with connection.begin():
            assert statement.run(connection, **{**values, "id": "another"}) == 1


@pytest.mark.dialect
def test_a_line_that_broke_is_given_up(postgres_url: str) -> None:
    """Where the line to the database is gone, the error says so, and the next connection is a new one."""
    statement = Statement(select(refusals.c.id).where(refusals.c.reason == bindparam("why")))
    with (
        migrated_postgres(postgres_url) as url,
        closing_database(url) as database,
        database.engine.connect() as connection,
        database.engine.connect() as other,
    ):
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(DBAPIError) as raised:
            statement.rows(connection, why="unknown")
        assert raised.value.connection_invalidated
        assert connection.invalidated
        connection.rollback()
        assert statement.rows(connection, why="unknown") == []


def test_an_error_while_rows_are_taken_is_the_toolkits_too(sqlite: Database) -> None:
    """SQLite works while it is asked for rows: what goes wrong then has the same name, and nothing stays open."""
    core = text("SELECT abs(v) FROM (SELECT 1 AS v UNION ALL SELECT -9223372036854775807 - 1)")
    statement = Statement(core)
    with sqlite.engine.connect() as connection, pytest.raises(DBAPIError):
        statement.rows(connection)


@pytest.mark.parametrize(
    "core",
    [
        select(tickets.c.id).where(tickets.c.state.in_(["waiting", "called"])),
        select(tickets.c.id).where(tickets.c.state.in_(bindparam("states", expanding=True))),
        select(tickets.c.id).where(
            tickets.c.id == NEXT, tickets.c.number == bindparam("n", literal_execute=True)
        ),
        select(tickets.c.id).where(
            tickets.c.id.in_(select(checks.c.case_id).where(checks.c.version.in_([1, 2])))
        ),
    ],
)
def test_a_text_that_grows_with_its_values_is_refused(core: Any) -> None:
    """Whoever writes a hot statement with a list in it learns so at the first import, not in front of a visitor."""
    with pytest.raises(ValueError, match="grow"):
        Statement(core)


def test_a_value_that_is_missing_is_not_taken_for_nothing(sqlite: Database) -> None:
    """A forgotten value stops the command; it is never written as NULL."""
    statement = Statement(insert(refusals), ("id", "at", "office_id", "device_id", "reason"))
    with sqlite.write() as work, pytest.raises(KeyError):
        statement.run(work.connection, id="x", at=MORNING, office_id="00", device_id="k")


def test_a_time_without_a_zone_is_refused_here_too(sqlite: Database) -> None:
    """The hot path refuses a naive time like every other."""
    statement = Statement(insert(refusals), ("id", "at", "office_id", "device_id", "reason"))
    naive = datetime(2026, 11, 25, 9)  # noqa: DTZ001 - the mistake itself
    with sqlite.write() as work, pytest.raises(ValueError, match="time zone"):
        statement.run(work.connection, id="x", at=naive, office_id="00", device_id="k", reason="r")
