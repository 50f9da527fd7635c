"""Four kiosks and four clerks at once, over HTTP, with the race first proven with the lock off."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import delete, func, insert, select

from backend.offices.office import Series
from backend.reception.storing.numbering import next_number
from backend.reception.storing.tables import counters, ticket_steps, tickets
from backend.storage.database import Database
from backend.storage.unit_of_work import UnitOfWork
from tests.history import flaws_of
from tests.proof import examples
from tests.support import PASSWORD, HandClock, House, real_time_house, server_process

KIOSKS = 4
CLERKS = 4
TICKETS = examples(200)
"""More than the one range has numbers, in `make proof`: there those of who went home are given again."""


def _together(workers: int, work: Callable[[int], None]) -> None:
    """Run ``work(worker)`` in threads that start at the same moment, and pass on what they raise."""
    start = threading.Barrier(workers)

    def one(worker: int) -> None:
        start.wait()
        work(worker)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(one, worker) for worker in range(workers)]:
            done.result()


def _numbers_given(database: Database, rounds: int) -> list[int]:
    """Let four writers take numbers of one series and return all that were given."""
    given: list[int] = []
    series = Series("M", 1, 9999)
    day = HandClock().now.date()

    def take(_worker: int) -> None:
        for _ in range(rounds):
            with database.write() as work:
                given.append(next_number(work, "00", day, series))

    _together(KIOSKS, take)
    return given


def _lock_off(racing: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for anybody."""
    if racing.is_sqlite:
        # Neither the turns of this process nor SQLite's lock: every statement stands for itself.
        monkeypatch.setattr(racing, "_turns", None)
        racing.engine.update_execution_options(uketsuke_begin="SELECT 1")
    else:
        # The row that counts the office's events is the lock of its numbers, too.
        monkeypatch.setattr(UnitOfWork, "hold", lambda *_: None)


@pytest.mark.dialect
def test_without_the_lock_the_race_is_real(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the lock off, writers do get the same number: so the proof below can fail, and means something."""
    racing = Database(migrated_url)
    _lock_off(racing, monkeypatch)
    shared = 0
    for _ in range(20):
        with racing.write() as work:
            work.connection.execute(delete(counters))
            work.connection.execute(
                insert(counters).values(
                    office_id="00", business_day=HandClock().now.date(), series="M", last=0
                )
            )
        given = _numbers_given(racing, 25)
        shared += len(given) - len(set(given))
        if shared:
            break
    racing.dispose()
    assert shared > 0


@pytest.mark.dialect
def test_with_the_lock_no_number_is_shared(database: Database) -> None:
    """The same writers with the lock on: every number once, none left out."""
    given = _numbers_given(database, 50)
    assert sorted(given) == list(range(1, KIOSKS * 50 + 1))


@pytest.fixture
def counter(database_kind: str, migrated_url: str, tmp_path: Path) -> Iterator[tuple[House, list[str]]]:
    """A counter: SQLite with one server, PostgreSQL with two; yields a house and the servers' addresses."""
    offices = tmp_path / "offices.toml"
    shipped = (Path(__file__).parents[2] / "assets/offices/shinjuku.toml").read_text()
    # The largest range that there is.
    offices.write_text(shipped.replace("first = 400, last = 599", "first = 1, last = 9999"))
    house = real_time_house(migrated_url, tmp_path, offices_file=offices)
    with ExitStack() as stack:
        yield (
            house,
            [
                stack.enter_context(server_process(migrated_url, tmp_path, offices))[1]
                for _ in range(1 if database_kind == "sqlite" else 2)
            ],
        )
    house.database.dispose()


@pytest.mark.dialect
def test_under_load_no_number_is_shared_no_call_is_double_none_is_lost(
    counter: tuple[House, list[str]],
) -> None:
    """4 kiosks and 4 clerks over real HTTP: unique numbers, every ticket called exactly once, nothing lost."""
    house, addresses = counter
    tokens = [house.device() for _ in range(KIOSKS)]
    for number in range(CLERKS):
        house.person(f"clerk{number}")
    issued: list[str] = []
    called: list[str] = []
    somebody_came = threading.Semaphore(0)

    def kiosk(worker: int) -> None:
        headers = {"Authorization": f"Bearer {tokens[worker]}"}
        with httpx2.Client(
            base_url=addresses[worker % len(addresses)], headers=headers, timeout=30
        ) as client:
            for _ in range(TICKETS // KIOSKS):
                body = {"request_id": str(uuid4())}
                reply = _until_taken(lambda: client.post("/api/v1/walk-ins", json=body))  # noqa: B023 - at once
                # An impatient kiosk asks again with the same id; it must get the same ticket.
                again = _until_taken(lambda: client.post("/api/v1/walk-ins", json=body))  # noqa: B023 - at once
                assert reply.status_code == 200, reply.text
                assert again.json()["ticket"]["number"] == reply.json()["ticket"]["number"]
                issued.append(UUID(reply.json()["ticket"]["ticket_id"]).hex)
                somebody_came.release()

    def clerk(worker: int) -> None:
        client = _signed_in(addresses[worker % len(addresses)], f"clerk{worker}", str(worker + 1))
        with closing(client):
            while somebody_came.acquire(timeout=60) and len(called) < TICKETS:
                reply = _post(client, "/clerk/call-next")
                assert reply.status_code == 200, reply.text
                ticket = reply.json()
                called.append(ticket["ticket_id"])
                assert _post(client, f"/clerk/tickets/{ticket['ticket_id']}/start").status_code == 200
                ended = _post(client, f"/clerk/tickets/{ticket['ticket_id']}/incomplete")
                assert ended.status_code == 200, ended.text
                if ticket["number"].endswith("0"):
                    gone = _post(client, f"/clerk/tickets/{ticket['ticket_id']}/cancel")
                    assert gone.status_code == 200, gone.text
                if len(called) == TICKETS:
                    break  # nobody comes any more, and colleagues are sent home

    def work(worker: int) -> None:
        if worker < KIOSKS:
            kiosk(worker)
        else:
            clerk(worker - KIOSKS)
            # The last visitor was called: colleagues who still wait for somebody may go home.
            somebody_came.release(CLERKS)

    _together(KIOSKS + CLERKS, work)
    assert len(issued) == TICKETS
    assert len(set(issued)) == TICKETS
    assert [number for number, times in Counter(called).items() if times > 1] == []
    assert set(called) == set(issued)
    with house.database.read() as connection:
        rows = connection.execute(select(tickets.c.id, tickets.c.label, tickets.c.state)).all()
        # Each change of state has its one step, by the table, and its one event; nothing is half.
        assert flaws_of(connection) == []
        steps = connection.execute(select(func.count()).select_from(ticket_steps)).scalar_one()
    assert {row.id for row in rows} == set(issued)
    assert {row.state for row in rows} == {"incomplete", "cancelled"}
    still_here = [row.label for row in rows if row.state == "incomplete"]
    assert len(set(still_here)) == len(still_here)
    assert steps == TICKETS * 4 + TICKETS - len(still_here)


def _signed_in(address: str, login: str, window: str) -> httpx2.Client:
    """A browserless clerk: signs in through the form and takes a window."""
    client = httpx2.Client(base_url=address, timeout=30, headers={"Accept": "application/json"})
    signed = client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers={"Origin": address})
    assert signed.status_code in {200, 303}, signed.text
    client.headers["X-CSRF-Token"] = signed.json()["csrf"]
    taken = _post(client, "/clerk/window", label=window)
    assert taken.status_code == 200, taken.text
    return client


def _post(client: httpx2.Client, path: str, **fields: str) -> httpx2.Response:
    form = {"request_id": str(uuid4()), **fields}
    return _until_taken(lambda: client.post(path, data=form))


def _until_taken(ask: Callable[[], httpx2.Response]) -> httpx2.Response:
    """As devices and pages do: what was not taken on a machine that is too busy is sent again with the same id."""
    for _ in range(5):
        reply = ask()
        if reply.status_code != 503:
            break
    return reply
