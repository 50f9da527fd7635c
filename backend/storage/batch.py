"""Several commands in one transaction: each in a savepoint of its own, all in one commit (adr/0023)."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.storage.driver_errors import translated
from backend.storage.errors import (
    OfficeNotNamedError,
    RequestIdReusedError,
    StorageBusyError,
    StorageError,
)
from backend.storage.unit_of_work import Clock, UnitOfWork

_ATTEMPTS = 4

Reply_co = TypeVar("Reply_co", covariant=True)
Reply = TypeVar("Reply")


class Task(Protocol[Reply_co]):
    """Something to be carried out in a transaction that it may share with other tasks."""

    def name_offices(self, connection: Connection, now: datetime) -> Mapping[str, int]:
        """Find out who asks, and return the offices whose events may be written, each with the expected number.

        Raises:
            Exception: the task is refused; nothing else of the batch is touched.
        """

    def carry_out(self, work: UnitOfWork) -> Reply_co:
        """Carry it out; called again if another transaction was faster.

        Raises:
            Exception: the task is refused, and what it wrote is rolled back.
        """


class Job(Generic[Reply]):
    """A task and its outcome, which is valid once the transaction is committed.

    Args:
        task: the task.
        until: ``time.monotonic()`` by which it must have begun.
    """

    def __init__(self, task: Task[Reply], until: float) -> None:
        self.task = task
        self.until = until
        self.offices: dict[str, int] = {}
        self.also: set[str] = set()
        """Offices that it needs, but had not named."""
        self.reply: Reply | None = None
        self.error: BaseException | None = None
        self.again = False
        """Whether it needs an office that it had not named, and so waits for another transaction."""

    @property
    def late(self) -> bool:
        """Whether it is too late for it to begin."""
        return time.monotonic() > self.until

    def begin_anew(self) -> None:
        """Forget its outcome, because the transaction was rolled back."""
        self.reply, self.error, self.again = None, None, False

    def refuse(self, error: BaseException) -> None:
        """Note that it was not carried out, and will not be tried again."""
        self.reply, self.error, self.again = None, error, False


def run_together(connection: Connection, clock: Clock, jobs: Sequence[Job[Any]]) -> UnitOfWork:
    """Carry out jobs one after another in the open transaction of a connection, and update the event counters.

    An error of one job is noted in that job. An error of the database is one of all jobs, so it is raised.

    Raises:
        StorageError: the transaction cannot be committed; none of the jobs was done.
    """
    for job in jobs:
        job.begin_anew()
        try:
            with translated():
                job.offices = {
                    **dict.fromkeys(job.also, 0),
                    **job.task.name_offices(connection, clock()),
                }
        except (StorageError, DBAPIError):
            raise  # this transaction cannot be used any more
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            job.error = error
    expected: dict[str, int] = {}
    for job in jobs:
        for office_id, many in job.offices.items() if job.error is None else ():
            expected[office_id] = expected.get(office_id, 0) + many
    work = UnitOfWork(connection, clock(), expected)
    for job in jobs:
        # All locks are held now; waiting for them may have taken all the time.
        if job.error is None and job.late:
            job.error = StorageBusyError("the database was busy for too long")
        if job.error is None:
            _run(work, job)
    work.finish()
    return work


def _run(work: UnitOfWork, job: Job[Any]) -> None:
    """Carry out one job; if another transaction has just taken the same thing, try again."""
    for attempt in range(1, _ATTEMPTS + 1):
        mark = work.mark()
        _order(work, "SAVEPOINT job")
        try:
            with translated():
                job.reply = job.task.carry_out(work)
        except OfficeNotNamedError as error:
            _take_back(work, mark, error)
            job.also.add(error.office_id)
            job.again = True
            return
        except IntegrityError as error:
            _take_back(work, mark, error)
            if attempt == _ATTEMPTS:
                job.error = error
        except RequestIdReusedError as error:
            _take_back(work, mark, error)
            job.error = error
            return
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            _take_back(work, mark, error)
            job.error = error
            return
        else:
            _order(work, "RELEASE SAVEPOINT job")
            return


def _take_back(work: UnitOfWork, mark: Any, error: Exception) -> None:
    """Roll back what one job wrote.

    Raises:
        Exception: ``error`` itself, if the database has aborted the whole transaction.
    """
    driver = work.connection.connection.dbapi_connection
    if getattr(driver, "in_transaction", True) is False:
        raise error
    _order(work, "ROLLBACK TO SAVEPOINT job")
    _order(work, "RELEASE SAVEPOINT job")
    work.return_to(mark)


def _order(work: UnitOfWork, words: str) -> None:
    """Send a statement about savepoints directly to the driver, without SQLAlchemy's overhead."""
    with translated():
        cursor = work.connection.connection.cursor()
        cursor.execute(words)
        cursor.close()
