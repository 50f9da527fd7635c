"""Wrong passwords slow down whoever tries them, on every process together, and shut nobody else out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from backend.protection.accounts import create_account
from backend.protection.browsers import KNOWN_FOR
from backend.protection.passwords import PasswordVerdict
from backend.protection.roles import Role
from backend.protection.sign_in import SignIn, TooManyTriesError, WrongCredentialsError
from backend.protection.tables import accounts, audit, known_browsers, sign_in_tries
from backend.protection.tries import network_of
from backend.storage.database import Database
from tests.sign_in_support import ADDRESS, RIGHT, door_of, enter, guess
from tests.support import PASSWORD, HandClock

ELSEWHERE = "198.51.100.7"


def add_clerk(database: Database, login: str = "clerk01") -> str:
    """Add an account and return its id."""
    return create_account(database, login, PASSWORD, Role.CLERK, "00").id


def cookie_of(door: SignIn, login: str = "clerk01", **more: str) -> str:
    """The cookie of a browser from which somebody has signed in."""
    return enter(door, login, verdict=RIGHT, **more).browser_cookie


@pytest.mark.dialect
def test_waits_grow_and_end_and_a_right_password_starts_over(database: Database, clock: HandClock) -> None:
    """Three mistakes are free; then each costs twice as long, nothing is locked, and success forgets them."""
    add_clerk(database)
    door = door_of(database)
    assert [guess(door) for _ in range(4)] == ["wrong", "wrong", "wrong", "wait 10 s"]
    with pytest.raises(TooManyTriesError):
        enter(door, verdict=RIGHT)
    clock.advance(seconds=10)
    assert [guess(door), guess(door)] == ["wrong", "wait 20 s"]
    clock.advance(seconds=20)
    enter(door, verdict=RIGHT)
    assert [guess(door) for _ in range(4)] == ["wrong", "wrong", "wrong", "wait 10 s"]


@pytest.mark.dialect
def test_every_process_goes_by_the_same_counts(database: Database) -> None:
    """A second server process gives nobody a second set of free mistakes, and answers for known and unknown names alike."""
    add_clerk(database)
    told = {}
    for name in ("clerk01", "nobody"):
        processes = [door_of(database), door_of(database)]
        told[name] = [guess(processes[turn % 2], name) for turn in range(6)]
    assert told["clerk01"] == told["nobody"]
    assert told["clerk01"] == ["wrong"] * 3 + ["wait 10 s"] * 3


@pytest.mark.dialect
def test_many_tries_at_once_do_not_slip_past_the_wait(database: Database) -> None:
    """A try is counted before its password is looked at: parallel guesses on two processes get no more than three."""
    add_clerk(database)
    processes = [door_of(database), door_of(database)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda turn: guess(processes[turn % 2]), range(24)))
    assert told.count("wrong") == 3
    assert told.count("wait 10 s") == 21


def test_others_failures_never_shut_out_a_browser_that_was_used_before(
    sqlite: Database, clock: HandClock
) -> None:
    """Wrong passwords from everywhere, even from the same address, cost a colleague at their own computer nothing."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    cookie = cookie_of(door)
    for place in range(60):
        guess(door, address=ADDRESS if place % 2 else f"198.51.100.{place}")
    assert guess(door).startswith("wait")
    assert guess(door, address=ELSEWHERE).startswith("wait")
    for _ in range(2):
        cookie = enter(door, verdict=RIGHT, cookie=cookie).browser_cookie
        clock.advance(seconds=1)


def test_a_browser_that_was_used_before_is_slowed_by_its_own_failures_only(sqlite: Database) -> None:
    """A stolen computer guesses as slowly as a stranger, and its guesses slow nobody else."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    cookie = cookie_of(door)
    assert [guess(door, cookie=cookie) for _ in range(4)] == ["wrong"] * 3 + ["wait 10 s"]
    enter(door, verdict=RIGHT)
    with sqlite.read() as connection:
        assert connection.execute(select(func.max(sign_in_tries.c.failures))).scalar_one() == 3


def test_an_office_behind_one_address_is_not_shut_out_by_one_of_its_computers(
    sqlite: Database, clock: HandClock
) -> None:
    """After any number of wrong passwords from the office's address, another of its people waits five seconds at most."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    waits = []
    for number in range(40):
        guess(door, f"invented-{number}")
        try:
            enter(door, verdict=RIGHT)
        except TooManyTriesError as error:
            waits.append(error.wait)
            clock.advance(seconds=error.wait.total_seconds())
            enter(door, verdict=RIGHT)
    assert waits
    assert max(waits) == timedelta(seconds=5)


def test_one_address_cannot_try_many_names_quickly(sqlite: Database) -> None:
    """Who goes through a list of names is slowed by the address, although no name was tried twice."""
    door = door_of(sqlite)
    told = [guess(door, f"invented-{number}") for number in range(13)]
    assert told == ["wrong"] * 12 + ["wait 1 s"]
    assert guess(door, "invented-99", address=ELSEWHERE) == "wrong"


def test_many_addresses_cannot_try_one_name_quickly(sqlite: Database) -> None:
    """Who tries one name from ever new addresses is slowed by the name."""
    door = door_of(sqlite)
    told = [guess(door, address=f"198.51.100.{number}") for number in range(31)]
    assert told == ["wrong"] * 30 + ["wait 1 s"]


def test_signing_in_between_does_not_wipe_out_what_was_tried_for_others(sqlite: Database) -> None:
    """Somebody with an account of their own guesses no faster than anybody else."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    told = []
    for number in range(12):
        told.append(guess(door, f"invented-{number}"))
        if told[-1] == "wrong" and number < 11:
            enter(door, verdict=RIGHT)
    assert told == ["wrong"] * 12
    assert guess(door, "invented-12") == "wait 1 s"


@pytest.mark.parametrize("cookie", ["", "made.up", "x" * 300, "ä.ö", "token", ".", "a\x00b.c"])
def test_a_cookie_that_is_not_ours_makes_nobody_known(sqlite: Database, cookie: str) -> None:
    """A made-up, empty, endless or foreign cookie is a stranger's, and nothing breaks."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    assert [guess(door, cookie=cookie) for _ in range(4)][-1] == "wait 10 s"
    with pytest.raises(TooManyTriesError):
        enter(door, verdict=RIGHT, cookie=cookie)


def test_a_cookie_is_bound_to_its_account(sqlite: Database) -> None:
    """A colleague's computer is a stranger to my account until I have signed in there myself."""
    add_clerk(sqlite, "clerk01")
    add_clerk(sqlite, "clerk02")
    door = door_of(sqlite)
    cookie = cookie_of(door, "clerk02")
    assert [guess(door, "clerk01", cookie=cookie) for _ in range(4)][-1] == "wait 10 s"


@pytest.mark.dialect
def test_several_people_use_one_computer(database: Database) -> None:
    """A browser is known for everybody who signed in there, although its token is new each time."""
    add_clerk(database, "clerk01")
    add_clerk(database, "clerk02")
    door = door_of(database)
    first = cookie_of(door, "clerk01")
    both = enter(door, "clerk02", verdict=RIGHT, cookie=first).browser_cookie
    assert both != first
    for login in ("clerk01", "clerk02"):
        for _ in range(4):
            guess(door, login)
        both = enter(door, login, verdict=RIGHT, cookie=both).browser_cookie
    planted = first
    for _ in range(4):
        guess(door, "clerk01", cookie=planted, address=ELSEWHERE)
    with pytest.raises(TooManyTriesError):
        enter(door, "clerk01", verdict=RIGHT, cookie=planted, address=ELSEWHERE)


@pytest.mark.dialect
def test_a_browser_that_was_not_used_for_long_is_a_stranger_again(
    database: Database, clock: HandClock
) -> None:
    """An old computer that was given away is worth nothing after half a year; housekeeping forgets it."""
    add_clerk(database)
    door = door_of(database)
    cookie = cookie_of(door)
    clock.advance(days=KNOWN_FOR.days)
    assert [guess(door, cookie=cookie) for _ in range(4)][-1] == "wait 10 s"
    clock.advance(seconds=1)
    with database.write() as work:
        assert door.drop_old(work)["browsers"] == 1
    with database.read() as connection:
        assert connection.execute(select(known_browsers)).all() == []


@pytest.mark.dialect
def test_counts_are_forgotten_after_quiet_but_not_while_they_matter(
    database: Database, clock: HandClock
) -> None:
    """The table does not grow for ever, and sweeping gives nobody new mistakes for free."""
    door = door_of(database)
    for _ in range(3):
        guess(door)
    with database.write() as work:
        assert door.drop_old(work)["tries"] == 0
    assert guess(door) == "wait 10 s"
    clock.advance(hours=1, seconds=2)
    with database.write() as work:
        assert door.drop_old(work)["tries"] == 3
    assert guess(door) == "wrong"


@pytest.mark.dialect
def test_unlocking_forgets_a_names_failures_and_nobody_elses(database: Database) -> None:
    """The administrator lets one colleague try again at once; it stands in the trail."""
    account_id = add_clerk(database)
    door = door_of(database)
    for login in ("clerk01", "nobody"):
        for _ in range(4):
            guess(door, login)
    assert door.unlock("Clerk01") == ("clerk01", 2)
    enter(door, verdict=RIGHT)
    assert guess(door, "nobody").startswith("wait")
    assert door.unlock("nobody") is None
    with database.read() as connection:
        lines = connection.execute(select(audit).where(audit.c.action == "account_unlocked")).all()
    assert [(line.actor, line.subject) for line in lines] == [("console", account_id)]


def test_an_account_that_was_disabled_while_its_password_was_checked_stays_out(
    sqlite: Database, clock: HandClock
) -> None:
    """Between the check and the session the account is looked at again."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    tried = door.look("clerk01", ADDRESS, None)
    door.take(tried)
    with sqlite.write() as work:
        work.connection.execute(update(accounts).values(disabled_at=clock.now))
    with pytest.raises(WrongCredentialsError):
        door.settle(tried, RIGHT, None)


@pytest.mark.dialect
def test_a_hash_of_an_older_kind_is_replaced_when_its_owner_signs_in(database: Database) -> None:
    """Nobody has to do anything for it, and the old hash opens nothing any more."""
    add_clerk(database)
    door = door_of(database)
    earlier = door.look("clerk01", ADDRESS, None)
    enter(door, verdict=PasswordVerdict(right=True, fresh_hash="a fresh hash"))
    with database.read() as connection:
        assert connection.execute(select(accounts.c.password_hash)).scalar_one() == "a fresh hash"
    door.take(earlier)
    with pytest.raises(WrongCredentialsError):
        door.settle(earlier, RIGHT, None)


def test_no_name_and_no_address_is_kept(sqlite: Database) -> None:
    """Who reads the database learns no name that was tried, and cannot try names against it; from where it was, the trail alone says."""
    add_clerk(sqlite)
    door = door_of(sqlite)
    cookie = cookie_of(door)
    guess(door, "somebody-typed-this")
    with sqlite.engine.connect() as connection:
        dump = {
            table: str(connection.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - fixed names
            for table in ("sign_in_tries", "known_browsers", "audit")
        }
    for secret in ("somebody-typed-this", "clerk01", cookie, cookie.partition(".")[0]):
        assert secret not in str(dump)
    assert [table for table, told in dump.items() if ADDRESS in told] == ["audit"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_that_one_client_can_choose_from_are_one(address: str, network: str) -> None:
    """A computer with a whole IPv6 network for itself counts as one."""
    assert network_of(address) == network


def test_colleagues_at_one_address_at_the_same_moment_all_come_in(sqlite: Database, clock: HandClock) -> None:
    """At half past eight an office signs in at once: who waited for another's turn by milliseconds is not told to wait."""
    for number in range(4):
        add_clerk(sqlite, f"clerk{number}")
    door = door_of(sqlite)
    for number in range(4):
        # Each came a little earlier than the one whose turn was first.
        enter(door, f"clerk{number}", verdict=RIGHT)
        clock.advance(milliseconds=-3)
    assert guess(door, "clerk0") == "wrong"
