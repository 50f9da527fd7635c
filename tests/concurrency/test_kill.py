"""kill -9 in the middle of a batch: nothing that was answered is lost, nothing is half done, nothing is done twice."""

import os
import signal
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.reception.storing.tables import tickets
from tests.busy_counter import SLOW_DISK, Crowd, Told, kiosk, take_number, untrue
from tests.history import batches
from tests.migrated import migrated_sqlite
from tests.proof import examples
from tests.support import House, real_time_house, server_process, wait_until

KIOSKS = ("00",) * 6
CLERKS = (("00", "1"), ("00", "2"), ("00", "3"))
ANSWERS_TOO_EARLY = f"""
{SLOW_DISK}
from backend.storage import batch, writer
put, run = writer.Writer._put, batch._run
def _put(self, task, deliver):
    task.deliver = deliver
    put(self, task, deliver)
def _run(work, job):
    run(work, job)
    if job.error is None and not job.again:
        writer._deliver([(job, job.task.deliver)])
writer.Writer._put, batch._run = _put, _run
"""
"""Run before a server: everybody is told what became of their command when it was carried out, before its commit."""


def killed(house: House, url: str, folder: Path, before: str) -> Told:
    """What kiosks and clerks were told by a server that was killed in mid-work."""
    with server_process(url, folder, before=before) as (process, address):
        crowd = Crowd(house, [address], kiosks=KIOSKS, clerks=CLERKS)
        crowd.begin()
        wait_until(lambda: crowd.has(given=30, calls=4), 60)
        os.kill(process.pid, signal.SIGKILL)
        return crowd.end()


def asked_again(address: str, told: Told, request_ids: Iterable[str]) -> dict[str, str]:
    """The tickets that kiosks get, who ask once more with the ids of before."""
    with ExitStack() as stack:
        lines = {
            token: stack.enter_context(kiosk(address, token)) for token in sorted({*told.tokens.values()})
        }
        return {
            one: take_number(lines[told.tokens[one]], one).json()["ticket"]["ticket_id"]
            for one in request_ids
        }


@pytest.mark.dialect
@pytest.mark.parametrize("kill", range(examples(1)))
def test_what_was_answered_survives_kill_9_in_mid_batch(migrated_url: str, kill: int, tmp_path: Path) -> None:
    """What was answered is there, the rest is there whole or not at all, and a repeated id gets the same ticket, once."""
    house = real_time_house(migrated_url, tmp_path)
    told = killed(house, migrated_url, tmp_path, SLOW_DISK)
    assert told.unanswered, "nobody was disturbed"
    with house.database.read() as connection:
        assert untrue(connection, told) == []
        assert max(batches(connection)) > 1, "no two commands shared a commit"
    with server_process(migrated_url, tmp_path) as (_process, address):
        assert asked_again(address, told, told.tickets) == told.tickets
        told.tickets |= asked_again(address, told, told.unanswered)
    with house.database.read() as connection:
        assert untrue(connection, told) == []
        there = connection.execute(select(tickets.c.id)).scalars().all()
    assert sorted(there) == sorted(UUID(one).hex for one in told.tickets.values())
    house.database.dispose()


def test_a_server_that_answers_before_its_commit_would_be_found_out(tmp_path: Path) -> None:
    """With the guard removed the same kill loses what was told: so the proof above can fail, and means something."""
    url = migrated_sqlite(tmp_path / "uketsuke.db")
    house = real_time_house(url, tmp_path)
    told = killed(house, url, tmp_path, ANSWERS_TOO_EARLY)
    with house.database.read() as connection:
        assert [flaw for flaw in untrue(connection, told) if flaw.startswith("told")]
    house.database.dispose()
