"""Health and logs tell the truth: what a database cannot do is said by health, by the answer and by the log."""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import make_url, text

from backend.protection.roles import DeviceKind
from backend.storage.database import Database
from backend.storage.pulse import Pulse
from backend.web.app import create_app
from tests.support import House, make_house

HEALTH = "/api/v1/health"


@contextmanager
def counter(house: House, *, every: float = 0.0) -> Iterator[TestClient]:
    """A kiosk before a server that looks at its database each time that it is asked."""
    token = house.device(DeviceKind.KIOSK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pulse.__init__, "__defaults__", (every, None))
        app = create_app(house.graph)
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def walk_in(client: TestClient) -> Any:
    """Somebody asks for a number."""
    return client.post("/api/v1/walk-ins", json={"request_id": str(uuid4())})


def told(client: TestClient) -> str:
    """What health says of the database."""
    health = client.get(HEALTH).json()
    word: str = health["parts"]["database"]
    assert health["status"] == ("ok" if word == "ok" else "degraded")
    return word


def file_of(house: House) -> Path:
    """The file of the database."""
    return Path(make_url(house.database.url).database or "")


def test_a_file_that_is_gone_takes_nothing_and_is_told_once_each_way(small_house: House) -> None:
    """No number is given into a deleted file; put back, the server is well by itself."""
    path = file_of(small_house)
    with structlog.testing.capture_logs() as logs, counter(small_house) as client:
        assert walk_in(client).status_code == 200
        assert told(client) == "ok"
        aside = path.rename(path.with_suffix(".aside"))
        reply = walk_in(client)
        assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
        assert [told(client), told(client)] == ["replaced", "replaced"]
        assert not path.exists()
        aside.rename(path)
        assert [told(client), told(client)] == ["ok", "ok"]
        assert walk_in(client).json()["ticket"]["number"] == "W-401"
    changes = [one["event"] for one in logs if one["event"] in {"storage_degraded", "storage_recovered"}]
    assert changes == ["storage_degraded", "storage_recovered"]


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_file_that_was_replaced_is_not_written(small_house: House, suffix: str) -> None:
    """A copy put over the open database, or over its log, gets nothing, and health says why."""
    path = Path(f"{file_of(small_house)}{suffix}")
    with counter(small_house) as client:
        shutil.copy(path, path.with_suffix(".copy"))
        path.with_suffix(".copy").replace(path)
        assert walk_in(client).status_code == 503
        assert told(client) == "replaced"


def test_a_damaged_file_is_told_and_stays_told(small_house: House) -> None:
    """Pages that make no sense are seen without a visitor, and a page that can still be read heals nothing."""
    path = file_of(small_house)
    with counter(small_house) as client:
        assert told(client) == "ok"
        with small_house.database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(os.urandom(path.stat().st_size - 4096))
        assert told(client) == "damaged"
        client.get("/api/v1/board")
        assert told(client) == "damaged"


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file of this process grows beyond a size: what a quota does, or a disk without room, whoever runs the tests."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_gives_no_room_is_told_and_logged_before_a_visitor_comes(small_house: House) -> None:
    """Small commits still find room in the log; health says "full" all the same, once each way in the log of the server."""
    with structlog.testing.capture_logs() as logs, counter(small_house) as client:
        assert told(client) == "ok"
        with no_room_beyond(200 * 1024):
            assert [told(client), told(client)] == ["full", "full"]
            assert client.get("/api/v1/board").status_code == 200
        assert [told(client), told(client)] == ["ok", "ok"]
        assert walk_in(client).status_code == 200
    changes = [(one["event"], one.get("trouble")) for one in logs if one["event"].startswith("storage_")]
    assert changes == [("storage_degraded", "full"), ("storage_recovered", None)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_disk_that_is_really_full_is_told_before_a_visitor_comes(
    tmp_path: Path, small_house: House
) -> None:
    """The log's own room takes small commits on a full disk; health says "full" all the same."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=False).returncode:
        pytest.skip("no disk can be made here")
    try:
        house = make_house(f"sqlite:///{disk}/uketsuke.db", tmp_path / "key", small_house.clock)
        with counter(house) as client:
            assert told(client) == "ok"
            with (disk / "filling").open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
                while True:
                    file.write(b"x" * 4096)
            assert told(client) == "full"
            # The log's own room is used up by somebody; nobody gets anything but a number or the right refusal.
            replies = [walk_in(client) for _ in range(3)]
            while replies[-1].status_code == 200 and len(replies) < 1000:
                replies.append(walk_in(client))
            assert {reply.status_code for reply in replies} <= {200, 507}
            assert replies[-1].status_code == 507
            assert client.get("/api/v1/board").status_code == 200
            (disk / "filling").unlink()
            assert told(client) == "ok"
            assert walk_in(client).status_code == 200
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.dialect
def test_a_postgresql_that_only_reads_is_told(
    postgres_url: str, another_postgres: Callable[[], str], tmp_path: Path, small_house: House
) -> None:
    """A standby shows the board and gives no number: 503 and words of its own, and health says it."""
    url = another_postgres()
    house = make_house(url, tmp_path / "key", small_house.clock)
    with counter(house) as client:
        assert told(client) == "ok"
        name = make_url(url).database
        admin = Database(postgres_url)
        with admin.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
            )
        admin.dispose()
        house.database.dispose()
        reply = walk_in(client)
        assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
        assert told(client) == "read_only"
        assert client.get("/api/v1/board").status_code == 200
    house.database.dispose()


def test_the_pulse_is_taken_at_most_every_five_seconds(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often health is asked, the disk is written once; and not at all where somebody else wrote."""
    start = time.monotonic() + 1000.0
    now = [start]
    monkeypatch.setattr(sqlite.condition, "_monotonic", lambda: now[0])
    beats: list[float] = []
    pulse = Pulse(sqlite)
    real = pulse.beat

    def beat() -> None:
        beats.append(now[0])
        real()

    monkeypatch.setattr(pulse, "beat", beat)
    for now[0] in (start, start + 1, start + 4.9, start + 5, start + 6):
        assert pulse.trouble() is None
    assert beats == [start, start + 5]
    now[0] = start + 9
    with sqlite.write():
        pass
    now[0] = start + 13
    assert pulse.trouble() is None
    assert beats == [start, start + 5]


def test_a_pulse_costs_one_page_of_the_log(sqlite: Database) -> None:
    """A database that is asked all night does not grow by it."""
    pulse = Pulse(sqlite, 0)
    log = Path(f"{make_url(sqlite.url).database}-wal")
    pulse.trouble()
    before = log.stat().st_size
    pulse.trouble()
    assert log.stat().st_size - before <= 4096 + 24
