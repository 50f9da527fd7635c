"""Accounts, sessions, devices and columns on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from backend.protection.accounts import (
    Account,
    AccountExistsError,
    LockedOutError,
    WeakPasswordError,
    WrongCredentialsError,
    check_password,
    create_account,
)
from backend.protection.devices import DeviceExistsError, DeviceKind, enrol, find_device, revoke
from backend.protection.roles import Role, permitted_columns
from backend.protection.sessions import end_session, find_session, start_session
from backend.protection.tables import accounts, audit
from backend.reservations.tables import reservations
from backend.storage.unit_of_work import Database
from tests.support import PASSWORD, HandClock

LIFETIME, IDLE = timedelta(hours=10), timedelta(hours=1)


def sign_in(database: Database, password: str = PASSWORD, login: str = "clerk01") -> str:
    """Check a password and return the account's id."""
    return check_password(database, login, password, max_failures=3, lockout=timedelta(minutes=15)).id


def add_clerk(database: Database) -> str:
    """Add the account of the tests."""
    with database.write() as work:
        return create_account(work, "clerk01", PASSWORD, Role.CLERK, "00").id


def test_the_right_password_opens_and_is_not_stored(database: Database) -> None:
    """A password is checked against an Argon2 hash; the password itself stands nowhere."""
    account_id = add_clerk(database)
    assert sign_in(database) == account_id
    with database.read() as connection:
        stored = connection.execute(select(accounts.c.password_hash)).scalar_one()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


@pytest.mark.parametrize(("login", "password"), [("clerk01", "wrong"), ("nobody", PASSWORD), ("clerk01", "")])
def test_a_wrong_name_and_a_wrong_password_are_the_same_error(
    sqlite: Database, login: str, password: str
) -> None:
    """The answer does not tell whether an account exists."""
    add_clerk(sqlite)
    with pytest.raises(WrongCredentialsError) as caught:
        sign_in(sqlite, password, login)
    assert str(caught.value) == "the name or the password is wrong"


@pytest.mark.dialect
def test_failures_in_a_row_lock_the_account_for_a_while(database: Database, clock: HandClock) -> None:
    """After three failures even the right password is refused, until the time is over; success starts over."""
    add_clerk(database)
    for _ in range(2):
        with pytest.raises(WrongCredentialsError):
            sign_in(database, "wrong")
    with pytest.raises(LockedOutError):
        sign_in(database, "wrong")
    with pytest.raises(LockedOutError) as caught:
        sign_in(database)
    assert caught.value.until == clock.now + timedelta(minutes=15)
    clock.advance(minutes=15, seconds=1)
    sign_in(database)
    with pytest.raises(WrongCredentialsError):
        sign_in(database, "wrong")
    sign_in(database)


@pytest.mark.dialect
def test_many_attempts_at_once_do_not_slip_past_the_lock(database: Database) -> None:
    """Parallel guesses count one by one: no more than the allowed number of failures is told as such."""
    add_clerk(database)

    def guess(_index: int) -> str:
        try:
            sign_in(database, "wrong")
        except (WrongCredentialsError, LockedOutError) as error:
            return type(error).__name__
        return "opened"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(guess, range(12)))
    assert outcomes.count("WrongCredentialsError") == 2
    assert outcomes.count("LockedOutError") == 10


def test_a_disabled_account_cannot_sign_in(sqlite: Database, clock: HandClock) -> None:
    """Who has left the contract cannot come back with the old password."""
    add_clerk(sqlite)
    with sqlite.write() as work:
        work.connection.execute(update(accounts).values(disabled_at=clock.now))
    with pytest.raises(WrongCredentialsError):
        sign_in(sqlite)


@pytest.mark.parametrize("password", ["short", "clerk01-clerk01", "elevenchars"])
def test_weak_passwords_are_refused(sqlite: Database, password: str) -> None:
    """Fewer than twelve characters, or the name inside, is no password."""
    with pytest.raises(WeakPasswordError), sqlite.write() as work:
        create_account(work, "clerk01", password, Role.CLERK, "00")


def test_a_name_is_given_once(sqlite: Database) -> None:
    """Two people never share an account by accident."""
    add_clerk(sqlite)
    with pytest.raises(AccountExistsError):
        add_clerk(sqlite)


@pytest.mark.dialect
def test_a_session_ends_by_age_by_idleness_and_by_signing_out(database: Database, clock: HandClock) -> None:
    """A cookie works while it is used, not for ever, and not after signing out."""
    add_clerk(database)
    account = check_account(database)
    with database.write() as work:
        token, _ = start_session(work, account)
    for _ in range(11):
        clock.advance(minutes=50)
        found = find_session(database, token, lifetime=LIFETIME, idle=IDLE)
        assert found is not None
    clock.advance(minutes=51)
    assert find_session(database, token, lifetime=LIFETIME, idle=IDLE) is None
    with database.write() as work:
        second, session = start_session(work, account)
    clock.advance(minutes=61)
    assert find_session(database, second, lifetime=LIFETIME, idle=IDLE) is None
    with database.write() as work:
        third, session = start_session(work, account)
    with database.write() as work:
        end_session(work, session)
    assert find_session(database, third, lifetime=LIFETIME, idle=IDLE) is None
    assert find_session(database, "made-up", lifetime=LIFETIME, idle=IDLE) is None


def check_account(database: Database) -> Account:
    """The account of the tests, signed in."""
    return check_password(database, "clerk01", PASSWORD, max_failures=3, lockout=timedelta(minutes=15))


def test_no_table_holds_a_token_that_opens_anything(sqlite: Database) -> None:
    """Who steals the database steals no session and no device: only hashes are kept."""
    add_clerk(sqlite)
    account = check_account(sqlite)
    with sqlite.write() as work:
        session_token, _ = start_session(work, account)
        device_token, _ = enrol(work, "kiosk-1", DeviceKind.KIOSK, "00")
    with sqlite.engine.connect() as connection:
        dump = "".join(
            str(row)
            for table in ("accounts", "sessions", "devices", "audit")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - fixed names
        )
    assert session_token not in dump
    assert device_token not in dump


@pytest.mark.dialect
def test_a_device_name_is_free_again_after_revoking(database: Database) -> None:
    """A lost kiosk is revoked and replaced under the same name; the old token stays dead."""
    with database.write() as work:
        old, _ = enrol(work, "kiosk-1", DeviceKind.KIOSK, "00")
    with pytest.raises(DeviceExistsError), database.write() as work:
        enrol(work, "kiosk-1", DeviceKind.KIOSK, "00")
    with database.write() as work:
        assert revoke(work, "kiosk-1")
        assert not revoke(work, "kiosk-1")
        new, _ = enrol(work, "kiosk-1", DeviceKind.KIOSK, "00")
    assert find_device(database, old) is None
    assert find_device(database, new) is not None


def test_the_counter_does_not_get_what_the_seed_keeps_from_it() -> None:
    """Telephone, e-mail, application id and period of stay are not for the reception window (source: seed)."""
    kept_away = {
        "phone",
        "email",
        "application_id",
        "stay_expires_on",
        "foreign_category",
        "card_expires_on",
        "state",
    }
    assert kept_away.isdisjoint(permitted_columns(Role.CLERK))
    for role in Role:
        assert set(permitted_columns(role)) <= set(reservations.c.keys())
        assert {"phone", "email", "application_id", "fingerprint"}.isdisjoint(permitted_columns(role))


def test_signing_in_and_failing_leaves_audit_lines_without_the_password(sqlite: Database) -> None:
    """The audit trail says who tried when; never with what."""
    add_clerk(sqlite)
    with pytest.raises(WrongCredentialsError):
        sign_in(sqlite, "my secret guess")
    with sqlite.read() as connection:
        rows = connection.execute(select(audit)).all()
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == len(rows)
    assert [row.action for row in rows] == ["account_created", "sign_in_failed"]
    assert "guess" not in str(rows)
