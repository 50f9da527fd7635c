"""Accounts, sessions, devices and columns on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import func, select, text, update

from backend.cards import PERSON_COLUMNS
from backend.protection.accounts import Account, AccountExistsError, create_account
from backend.protection.columns import permitted_columns
from backend.protection.device_tokens import DeviceExistsError, enrol, find_device, revoke
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import DeviceKind, Role
from backend.protection.sessions import end_session, find_session, start_session
from backend.protection.sign_in import WrongCredentialsError
from backend.protection.tables import accounts, audit
from backend.reservations.booking import CONTACT_COLUMNS
from backend.reservations.tables import reservations
from backend.storage.database import Database
from backend.storage.migration import _config, migrate
from tests.sign_in_support import RIGHT, door_of, enter
from tests.support import PASSWORD, HandClock

LIFETIME, IDLE = timedelta(hours=10), timedelta(hours=1)


def sign_in(database: Database, password: str = PASSWORD, login: str = "clerk01") -> str:
    """Sign in and return the account's id."""
    return enter(door_of(database), login, password).session.account.id


def add_clerk(database: Database) -> Account:
    """Add the account of the tests."""
    return create_account(database, "clerk01", PASSWORD, Role.CLERK, "00")


def test_the_right_password_opens_and_is_not_stored(database: Database) -> None:
    """A password is checked against an Argon2 hash; the password itself stands nowhere."""
    account = add_clerk(database)
    assert sign_in(database) == account.id
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


def test_a_disabled_account_cannot_sign_in(sqlite: Database, clock: HandClock) -> None:
    """Who has left the contract cannot come back with the old password."""
    add_clerk(sqlite)
    with sqlite.write() as work:
        work.connection.execute(update(accounts).values(disabled_at=clock.now))
    with pytest.raises(WrongCredentialsError):
        sign_in(sqlite)


def test_a_name_is_given_once(sqlite: Database) -> None:
    """Two people never share an account by accident, nor one that looks like a colleague's."""
    add_clerk(sqlite)
    for login in ("clerk01", "ｃｌｅｒｋ０１", "CLERK01"):
        with pytest.raises(AccountExistsError):
            create_account(sqlite, login, PASSWORD, Role.CLERK, "00")


@pytest.mark.dialect
def test_two_consoles_at_once_make_one_account(database: Database) -> None:
    """The database keeps one account for each name; the loser gets a sentence, not a trace."""

    def make(login: str) -> str:
        try:
            return create_account(database, login, PASSWORD, Role.CLERK, "00").login
        except AccountExistsError:
            return "exists"

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(make, ["clerk01", "Clerk01", "ｃｌｅｒｋ01"]))
    assert made.count("exists") == 2


@pytest.mark.dialect
def test_no_name_that_is_typed_breaks_the_database(database: Database) -> None:
    """A NUL, which PostgreSQL does not take, and a name longer than its column are names that nobody has."""
    add_clerk(database)
    for login in ("clerk01\x00", "\x00", "x" * 70, "clerk\x1b01", "ﷺ" * 60):
        with pytest.raises(WrongCredentialsError):
            enter(door_of(database), login, verdict=RIGHT)


def test_width_and_case_of_a_typed_name_do_not_matter(sqlite: Database) -> None:
    """Whoever left the keyboard in another mode signs in all the same."""
    add_clerk(sqlite)
    for login in (" clerk01 ", "ｃｌｅｒｋ０１", "CLERK01"):
        assert enter(door_of(sqlite), login, verdict=RIGHT).session.account.login == "clerk01"


@pytest.mark.dialect
def test_accounts_of_an_older_version_sign_in_after_the_update(database_url: str, clock: HandClock) -> None:
    """Nobody is shut out by it, also where two accounts differ only in spelling: each is found under its exact name."""
    old = ["suzuki", "Suzuki", "ｓｕｚｕｋｉ", "tanaka", "x" * 64]
    columns = ("id", "login", "role", "office_id", "password_hash", "failures", "created_at")
    database = Database(database_url, clock=clock)
    with database.write() as work:
        config = _config()
        config.attributes["connection"] = work.connection
        command.upgrade(config, "0004")
        table = text(
            f"INSERT INTO accounts ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})"  # noqa: S608 - fixed names
        )
        for place, login in enumerate(old):
            created = (clock.now + timedelta(minutes=place)).replace(tzinfo=None)
            row = (str(place) * 32, login, "clerk", "00", "a hash", 4, created)
            work.connection.execute(table, dict(zip(columns, row, strict=True)))
    migrate(database)
    door = door_of(database)
    for login in (*old, "SUZUKI", "Tanaka"):
        meant = {"SUZUKI": "suzuki", "Tanaka": "tanaka"}.get(login, login)
        assert enter(door, login, verdict=RIGHT).session.account.login == meant
    database.dispose()


@pytest.mark.dialect
def test_a_session_ends_by_age_by_idleness_and_by_signing_out(database: Database, clock: HandClock) -> None:
    """A cookie works while it is used, not for ever, and not after signing out."""
    account = add_clerk(database)
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


def test_no_table_holds_a_token_that_opens_anything(sqlite: Database) -> None:
    """Who steals the database steals no session and no device: only hashes are kept."""
    account = add_clerk(sqlite)
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
    with database.read() as connection:
        assert find_device(connection, old) is None
        assert find_device(connection, new) is not None


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
    assert kept_away.isdisjoint(permitted_columns(OF_ROLE[Role.CLERK]))
    for role in Role:
        assert set(permitted_columns(OF_ROLE[role])) <= {
            *PERSON_COLUMNS,
            *CONTACT_COLUMNS,
            *reservations.c.keys(),
        }
        of_the_telephone = {"phone", "email", "application_id"} & set(permitted_columns(OF_ROLE[role]))
        assert bool(of_the_telephone) is (role is Role.OPERATOR)
        assert "fingerprint" not in permitted_columns(OF_ROLE[role])


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
