"""An import as it is kept: how far it came, so that it goes on after a stop; and that there is one at a time."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, text, update

from backend.exchange.tables import RunState, import_runs
from backend.protection import ObjectKind, record_audit
from backend.storage import Database, StorageBusyError, UnitOfWork, lock_import

_IMPORT_LOCK = 0x756B6570  # a number used for nothing else; two imports at once would insert the same rows


class UnfinishedError(Exception):
    """An import of another file was stopped in the middle, and nobody has said what becomes of its rest.

    Attributes:
        run: that import.
    """

    def __init__(self, run: "Run") -> None:
        super().__init__(
            f"the import of another file was stopped after {run.done} of {run.rows} rows; import that file again first, and it "
            "goes on from there, or leave its rest out with --give-up"
        )
        self.run = run


@dataclass(frozen=True)
class Run:
    """An import of one file.

    Attributes:
        id: ours.
        digest: of all that the file says.
        rows: how many it has.
        done: how many of them need no more writing.
        accepted: how many brought a reservation that was not known.
        changed: how many changed a known one.
        conflicts: on how many cards the two sides differ anew.
        started_at: aware, UTC.
    """

    id: str
    digest: str
    rows: int
    done: int
    accepted: int
    changed: int
    conflicts: int
    started_at: datetime


@dataclass(frozen=True)
class PieceWritten:
    """What a piece of a file came to.

    Attributes:
        rows: how many there were.
        accepted: how many of them were not known.
        conflicts: on how many cards the two sides differ anew.
    """

    rows: int
    accepted: int
    conflicts: int


def digest_of(fingerprints: Iterable[str], key: bytes) -> str:
    """A keyed hash of all that a file says, in whatever encoding.

    Args:
        fingerprints: of its rows, in their order.
        key: the server's secret.
    """
    whole = hashlib.blake2b(key=key[:64], digest_size=32, person=b"import file")
    for one in fingerprints:
        whole.update(one.encode())
    return whole.hexdigest()


@contextmanager
def only_import(database: Database) -> Iterator[None]:
    """Be the only import into a database; the lock dies with the process.

    Raises:
        StorageBusyError: another one is running.
    """
    if database.is_sqlite:
        lock = lock_import(database.url)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _IMPORT_LOCK})
        if not taken.scalar_one():
            raise StorageBusyError(
                "another import is writing into the database; start this one again when it has ended"
            )
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _IMPORT_LOCK})


def unfinished(connection: Connection) -> Run | None:
    """The import that was stopped in the middle; None where there is none. Ask where no other import can be running."""
    columns = [import_runs.c[name] for name in Run.__dataclass_fields__]
    row = connection.execute(
        select(*columns).where(import_runs.c.state == RunState.RUNNING.value)
    ).one_or_none()
    return None if row is None else Run(*row)


def begin(work: UnitOfWork, digest: str, rows: int, done: int, refused: int, *, whole: bool) -> Run:
    """Begin an import; one that was stopped before is given up with it.

    Args:
        work: the transaction.
        digest: of the file.
        rows: how many it has.
        done: how many of them need no writing.
        refused: how many were left out.
        whole: whether it names every card of the ward's system.
    """
    stopped = unfinished(work.connection)
    if stopped is not None:
        _end(work, stopped.id, RunState.GIVEN_UP)
    run = Run(uuid4().hex, digest, rows, done, 0, 0, 0, work.now)
    values = {name: getattr(run, name) for name in Run.__dataclass_fields__}
    more = {"state": RunState.RUNNING.value, "whole": whole, "refused": refused, "updated_at": work.now}
    work.connection.execute(insert(import_runs).values(**values, **more))
    facts = {"rows": rows, "known": done, "refused": refused, "whole": whole}
    record_audit(work, "console", "import_begun", run.id, facts, about=ObjectKind.IMPORT_RUN)
    return run


def advance(work: UnitOfWork, run: Run, written: PieceWritten) -> None:
    """Note a piece in the transaction that writes it."""
    changed = written.rows - written.accepted
    work.connection.execute(
        update(import_runs)
        .where(import_runs.c.id == run.id)
        .values(
            done=import_runs.c.done + written.rows,
            accepted=import_runs.c.accepted + written.accepted,
            changed=import_runs.c.changed + changed,
            conflicts=import_runs.c.conflicts + written.conflicts,
            updated_at=work.now,
        )
    )


def end(work: UnitOfWork, run: Run) -> None:
    """Note that a file is written to its end."""
    _end(work, run.id, RunState.DONE)


def _end(work: UnitOfWork, run_id: str, state: RunState) -> None:
    work.connection.execute(
        update(import_runs).where(import_runs.c.id == run_id).values(state=state.value, updated_at=work.now)
    )
    facts = {"state": state.value}
    record_audit(work, "console", "import_ended", run_id, facts, about=ObjectKind.IMPORT_RUN)
