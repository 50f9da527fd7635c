"""A stop in the middle of a batch: what was taken in is carried out and told, the rest is refused, and the server goes."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.reception.storing.tables import tickets
from backend.web.http.serving import GRACE_SECONDS
from tests.busy_counter import SLOW_DISK, Crowd, Told, untrue
from tests.history import batches
from tests.migrated import migrated_sqlite
from tests.support import House, real_time_house, server_process, wait_until

KIOSKS = ("00",) * 6
CLERKS = (("00", "1"), ("00", "2"))
LEAVES_AT_ONCE = f"""
{SLOW_DISK}
import os
from backend.cli import serve
from backend.storage import writer
told = []
serve.StreamEndingServer.handle_exit = lambda *_: told.append(True)
deliver = writer._deliver
writer._deliver = lambda done: os._exit(0) if told else deliver(done)
"""
"""Run before a server: told to stop, it goes with the commit that is on its way, and answers nobody."""


def stopped(house: House, url: str, folder: Path, before: str) -> tuple[Told, int]:
    """What kiosks and clerks were told by a server that was told to stop in mid-work, and how it ended."""
    with server_process(url, folder, before=before) as (process, address):
        crowd = Crowd(house, [address], kiosks=KIOSKS, clerks=CLERKS)
        crowd.begin()
        wait_until(lambda: crowd.has(given=30, calls=4), 60)
        process.terminate()
        ended = process.wait(GRACE_SECONDS + 5)
        return crowd.end(), ended


def never_told(house: House, told: Told) -> int:
    """How many visitors have a number and were never told."""
    with house.database.read() as connection:
        return len(connection.execute(select(tickets.c.id)).all()) - len(told.tickets)


@pytest.mark.dialect
def test_a_stop_under_load_loses_nothing_and_ends_in_time(migrated_url: str, tmp_path: Path) -> None:
    """Whoever has a number was told so, whoever was told has one, nothing is half, and nobody has to kill the server."""
    house = real_time_house(migrated_url, tmp_path)
    told, ended = stopped(house, migrated_url, tmp_path, SLOW_DISK)
    with house.database.read() as connection:
        assert untrue(connection, told) == []
        assert max(batches(connection)) > 1, "no two commands shared a commit"
    assert never_told(house, told) == 0
    assert set(told.refused.values()) <= {503}
    assert ended in {0, -signal.SIGTERM}
    house.database.dispose()


def test_a_server_that_leaves_at_once_would_be_found_out(tmp_path: Path) -> None:
    """Without the time of grace visitors have numbers of which nobody told them: so the proof above can fail."""
    url = migrated_sqlite(tmp_path / "uketsuke.db")
    house = real_time_house(url, tmp_path)
    told, _ = stopped(house, url, tmp_path, LEAVES_AT_ONCE)
    assert never_told(house, told) > 0
    house.database.dispose()
