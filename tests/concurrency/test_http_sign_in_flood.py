"""Strangers at the sign-in, however many, never keep a kiosk waiting; asserted by what holds what, never by time."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from backend.protection.roles import DeviceKind
from backend.protection.sign_in import SignIn, Try
from backend.web.desk import people
from backend.web.desk.people import BROWSER_COOKIE, SESSION_COOKIE
from backend.web.http.hashing import PLACES, Lane
from backend.web.http.page_threads import Threads
from tests.letters import letters_by_chance
from tests.migrated import migrated_postgres
from tests.support import PASSWORD, House, real_time_house, server_process, wait_until

STRANGERS = 48
WRONG = "a wrong password"


@contextmanager
def held_shut(house: House) -> Iterator[threading.Event]:
    """The thread that checks passwords does nothing until the gate is opened."""
    gate = threading.Event()
    house.graph.door.hashing._put(Lane.KNOWN, gate.wait)
    try:
        yield gate
    finally:
        gate.set()


def sign_in(address: str, login: str, password: str, cookie: str = "") -> httpx2.Response:
    """Send the form of the sign-in from a new connection."""
    headers = {"Origin": address, **({"Cookie": f"{BROWSER_COOKIE}={cookie}"} if cookie else {})}
    form = {"login": login, "password": password}
    return httpx2.post(f"{address}/sign-in", data=form, headers=headers, timeout=60)


def check_in(address: str, token: str, number: str) -> httpx2.Response:
    """A notice at a kiosk."""
    return httpx2.post(
        f"{address}/api/v1/check-ins",
        json={"request_id": str(uuid4()), "number": number},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )


def test_no_check_in_waits_behind_a_hash_and_a_full_queue_says_so(small_house: House, address: str) -> None:
    """48 strangers at once: the queue takes some, the others are told; a kiosk goes on while not one hash is done."""
    numbers = [f"{20_000_000 + place}" for place in range(12)]
    for number in numbers:
        small_house.reserve(number)
    token = small_house.device(DeviceKind.KIOSK)
    with ThreadPoolExecutor(STRANGERS) as pool, held_shut(small_house) as gate:
        tries = [pool.submit(sign_in, address, letters_by_chance(), WRONG) for _ in range(STRANGERS)]
        wait_until(lambda: sum(one.done() for one in tries) == STRANGERS - PLACES[Lane.STRANGER], 60)
        given = [check_in(address, token, number).json()["ticket"]["number"] for number in numbers]
        assert len(set(given)) == len(numbers)
        sent_away = [one.result() for one in tries if one.done()]
        assert len(sent_away) == STRANGERS - PLACES[Lane.STRANGER], "the gate was open"
        assert {reply.status_code for reply in sent_away} == {429}
        assert {reply.headers["retry-after"] for reply in sent_away} == {"2"}
        assert all('data-banner="error.sign_in_busy"' in reply.text for reply in sent_away)
        gate.set()
        assert sorted(one.result().status_code for one in tries) == [401] * PLACES[Lane.STRANGER] + [429] * 40


def test_a_full_queue_is_told_before_a_thread_is_waited_for(
    small_house: House, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the threads for strangers stand still, those who have no place are sent away; the others keep theirs."""
    gate = threading.Event()
    look = SignIn.look

    def looks_later(*given: Any) -> Try:
        gate.wait(60)
        return look(*given)

    monkeypatch.setattr(SignIn, "look", looks_later)
    with ThreadPoolExecutor(STRANGERS) as pool, ExitStack() as stack:
        stack.callback(gate.set)
        tries = [pool.submit(sign_in, address, letters_by_chance(), WRONG) for _ in range(STRANGERS)]
        wait_until(lambda: sum(one.done() for one in tries) == STRANGERS - PLACES[Lane.STRANGER], 60)
        assert {one.result().status_code for one in tries if one.done()} == {429}
        gate.set()
        assert sorted(one.result().status_code for one in tries) == [401] * PLACES[Lane.STRANGER] + [429] * 40
    assert not small_house.graph.door.hashing.is_full(Lane.STRANGER)


def test_a_known_browser_is_let_in_while_strangers_fill_the_queue(small_house: House, address: str) -> None:
    """The places of people who were here before are their own, and they are checked first."""
    small_house.person("suzuki")
    cookie = sign_in(address, "suzuki", PASSWORD).cookies[BROWSER_COOKIE]
    with ThreadPoolExecutor(STRANGERS) as pool, held_shut(small_house) as gate:
        tries = [pool.submit(sign_in, address, letters_by_chance(), WRONG) for _ in range(20)]
        wait_until(lambda: sum(one.done() for one in tries) == 20 - PLACES[Lane.STRANGER], 60)
        colleague = pool.submit(sign_in, address, "suzuki", PASSWORD, cookie)
        wait_until(lambda: small_house.graph.door.hashing._taken[Lane.KNOWN] == 1)
        gate.set()
        assert colleague.result().status_code == 303


def test_pages_cannot_take_the_threads_of_kiosks(
    small_house: House, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty pages that all stand still leave every thread of the devices free, and go on when they can."""
    small_house.reserve("20000001")
    token = small_house.device(DeviceKind.KIOSK)
    gate = threading.Event()
    inside: list[int] = []

    def stands_still(*_: object, **__: object) -> None:
        inside.append(1)
        gate.wait(60)

    monkeypatch.setattr(people, "find_session", stands_still)

    def open_page(path: str) -> int:
        return httpx2.get(f"{address}{path}", cookies={SESSION_COOKIE: "x"}, timeout=60).status_code

    with ThreadPoolExecutor(60) as pool, ExitStack() as stack:
        stack.callback(gate.set)
        pages = [pool.submit(open_page, ("/clerk", "/staff", "/sign-in")[place % 3]) for place in range(60)]
        wait_until(lambda: len(inside) == Threads.PAGES.value, 30)
        assert check_in(address, token, "20000001").json()["reason"] == "on_time"
        assert len(inside) == Threads.PAGES.value
        assert not any(page.done() for page in pages)
        gate.set()
        assert {page.result() for page in pages} == {200, 303}


@pytest.mark.dialect
def test_two_server_processes_count_together(postgres_url: str, tmp_path: Path) -> None:
    """Over two real processes on PostgreSQL, known and unknown names get the same answers after the same tries."""
    with migrated_postgres(postgres_url) as url:
        house = real_time_house(url, tmp_path)
        house.person("suzuki")
        with server_process(url, tmp_path) as (_, first), server_process(url, tmp_path) as (_, second):
            told = {
                login: [sign_in((first, second)[turn % 2], login, WRONG).status_code for turn in range(6)]
                for login in (
                    "nobody",
                    "suzuki",
                )  # hers last: her wait has just begun, however slow this machine is
            }
            right = sign_in(second, "suzuki", PASSWORD)
        house.database.dispose()
    assert told["suzuki"] == told["nobody"] == [401] * 5 + [429]
    assert right.status_code == 429
