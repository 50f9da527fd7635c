"""The hub: every event of every office once and in order, whichever process wrote it, and another log noticed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from backend.storage.database import Database
from backend.storage.event_log import LoggedEvent
from backend.web.stream import hub as hubs
from backend.web.stream.hub import Hub, Subscription
from tests.migrated import closing_database


def happen(database: Database, *offices: str) -> None:
    """Write an event at each of some offices, in one transaction."""
    with database.write() as work:
        for office_id in offices:
            work.record("x", office_id=office_id, business_day=work.now.date(), facts={})


def serialise(event: LoggedEvent) -> bytes:
    """An event as this test reads it."""
    return f"{event.office_id}:{event.seq}".encode()


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Hub]:
    """A hub that passes events on until the end of the block, and hears of the commits of a database."""
    async with quiet(database) as hub:
        database.on_commit(hub.notify)
        yield hub


@asynccontextmanager
async def quiet(database: Database) -> AsyncIterator[Hub]:
    """A hub that passes events on until the end of the block, and hears what the test tells it."""
    hub = Hub(database, serialise, limit=1000, per_reader=5)
    await hub.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(hub.run())
        try:
            yield hub
        finally:
            hub.close()


async def frames(subscription: Subscription, count: int) -> list[str]:
    """The next frames of a stream."""
    taken = [await subscription.take(10) for _ in range(count)]
    return [frame[1].decode() for frame in taken if frame is not None]


@pytest.mark.dialect
async def test_each_office_gets_its_own_events_in_order(database: Database) -> None:
    """Two offices that write at once are told each its own numbers, from the first event that they ever have."""
    await asyncio.to_thread(happen, database, "00")
    async with running(database) as hub, hub.subscribe("00", "a") as here, hub.subscribe("01", "b") as there:
        await asyncio.to_thread(happen, database, "01", "00", "01")
        await asyncio.to_thread(happen, database, "00")
        assert await frames(here, 2) == ["00:2", "00:3"]
        assert await frames(there, 2) == ["01:1", "01:2"]


async def test_more_than_one_round_reads_loses_nothing(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a flood of another process, rounds follow one another until everything is told, once."""
    monkeypatch.setattr(hubs, "_BATCH", 3)
    async with running(sqlite) as hub, hub.subscribe("00", "a") as here, hub.subscribe("01", "b") as there:
        with closing_database(sqlite.url) as other:
            await asyncio.to_thread(happen, other, *["00"] * 9, *["01"] * 4)
        assert await frames(here, 9) == [f"00:{seq}" for seq in range(1, 10)]
        assert await frames(there, 4) == [f"01:{seq}" for seq in range(1, 5)]
        await asyncio.to_thread(happen, sqlite, "00")
        assert await frames(here, 1) == ["00:10"]


async def test_what_this_process_commits_is_told_without_a_look_at_the_log(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading each event again would cost more than the command that wrote it."""
    monkeypatch.setattr(hubs, "_LOOK_EVERY_SECONDS", 3600)
    async with running(sqlite) as hub, hub.subscribe("00", "a") as here:
        await asyncio.to_thread(happen, sqlite, "00")
        assert await frames(here, 1) == ["00:1"]
        looks: list[object] = []
        with monkeypatch.context() as watched:
            watched.setattr(hub, "_read_news", looks.append)
            for seq in range(2, 20):
                await asyncio.to_thread(happen, sqlite, "00", "01")
                assert await frames(here, 1) == [f"00:{seq}"]
        assert looks == []


async def test_news_in_any_order_are_told_in_order_and_once(sqlite: Database) -> None:
    """Two threads that commit one after the other may tell it the other way round, and one of them while the log is read."""
    told: list[Sequence[LoggedEvent]] = []
    sqlite.on_commit(told.append)
    async with quiet(sqlite) as hub, hub.subscribe("00", "a") as here:
        for _ in range(40):
            await asyncio.to_thread(happen, sqlite, "00", "00")
        for first, second in zip(told[::2], told[1::2], strict=True):
            hub.notify(second)
            hub.notify(first)
        assert await frames(here, 80) == [f"00:{seq}" for seq in range(1, 81)]
        hub.notify(told[3])
        await asyncio.to_thread(happen, sqlite, "00")
        hub.notify(told[-1])
        assert await frames(here, 1) == ["00:81"]


@pytest.mark.dialect
async def test_what_another_process_commits_is_told_too(database: Database) -> None:
    """An import of the console wakes nobody here; within a look its events are told, or a server's in between."""
    async with running(database) as hub, hub.subscribe("00", "a") as here:
        with closing_database(database.engine.url.render_as_string(hide_password=False)) as other:
            await asyncio.to_thread(happen, other, "00")
            await asyncio.to_thread(happen, database, "00")
            assert await frames(here, 2) == ["00:1", "00:2"]


async def test_a_log_that_goes_back_ends_the_streams_of_its_office_only(sqlite: Database) -> None:
    """Readers who know events that never were come back for a snapshot; other offices go on, and the new count is told."""
    await asyncio.to_thread(happen, sqlite, "00", "00", "01")

    def put_back() -> None:
        """As a backup would."""
        with sqlite.write() as work:
            work.connection.execute(text("DELETE FROM events WHERE office_id = '00' AND seq > 1"))
            work.connection.execute(text("UPDATE event_counters SET last = 1 WHERE office_id = '00'"))
            work.record("x", office_id="01", business_day=work.now.date(), facts={})

    async with running(sqlite) as hub, hub.subscribe("00", "a") as here, hub.subscribe("01", "b") as there:
        await asyncio.to_thread(put_back)
        assert await here.take(10) is None
        assert await frames(there, 1) == ["01:2"]
        async with hub.subscribe("00", "a") as again:
            await asyncio.to_thread(happen, sqlite, "00")
            assert await frames(again, 1) == ["00:2"]


async def test_a_refused_command_wakes_nobody_and_leaves_no_hole(sqlite: Database) -> None:
    """Numbers of events that were taken back are given to the next, and a reader sees no difference."""
    woken: list[str] = []
    sqlite.on_commit(lambda news: woken.extend(event.kind for event in news))
    async with running(sqlite) as hub, hub.subscribe("00", "a") as here:

        def refused() -> None:
            """A command that is taken back."""
            with pytest.raises(ValueError, match="no"), sqlite.write() as work:
                work.record("x", office_id="00", business_day=work.now.date(), facts={})
                raise ValueError("no")

        await asyncio.to_thread(refused)
        assert woken == []
        await asyncio.to_thread(happen, sqlite, "00")
        assert await frames(here, 1) == ["00:1"]


async def test_a_hub_whose_loop_has_ended_troubles_no_commit(sqlite: Database) -> None:
    """A commit during the end of a server is done, whoever listens no longer."""
    hub = Hub(sqlite, serialise, limit=10, per_reader=5)
    await asyncio.to_thread(lambda: asyncio.run(hub.start()))
    sqlite.on_commit(hub.notify)
    await asyncio.to_thread(happen, sqlite, "00")
    hub.close()
    assert hub.closed
