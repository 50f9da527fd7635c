"""The life of an account in the database: links for one use, disabled and back, and somebody who is left to undo it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.protection.account_life import (
    ChangedMeanwhileError,
    LastOneError,
    LinkError,
    account_of_link,
    change_password,
    disable_account,
    enable_account,
    give_link,
    known_accounts,
    redeem_link,
    somebody_left,
    take_version,
)
from backend.protection.accounts import NO_PASSWORD, create_account
from backend.protection.roles import Role
from backend.protection.roster import Handler, enter_handler
from backend.protection.sessions import session_of, start_session
from backend.protection.tables import accounts
from backend.storage.database import Database
from tests.sign_in_support import door_of
from tests.support import PASSWORD

_LONG = timedelta(hours=9)
_LINE = Handler("受付 花子", date(2026, 11, 1), None)


@pytest.mark.dialect
def test_a_link_is_good_once_and_ends_what_was_before(database: Database) -> None:
    """The password of before is gone with the link, sessions too; of two who use it at once one is too late."""
    account = create_account(database, "suzuki", PASSWORD, Role.CLERK, "00", line=_LINE)
    with database.write() as work:
        token, _ = start_session(work, account, "00")
        old = give_link(work, account.id, _LONG, "console")
        secret = give_link(work, account.id, _LONG, "console")
    with database.read() as connection:
        assert session_of(connection, token, database.clock(), lifetime=_LONG, idle=_LONG) is None
        assert account_of_link(connection, secret, database.clock()) == (account.id, "suzuki")
        for worth_nothing in (old, "", secret.upper()):
            with pytest.raises(LinkError):
                account_of_link(connection, worth_nothing, database.clock())
        with pytest.raises(LinkError):
            account_of_link(connection, secret, database.clock() + _LONG)
        (known,) = known_accounts(connection)
        assert (known.has_password, known.handler, known.link_until) == (
            False,
            "受付 花子",
            database.clock() + _LONG,
        )

    def redeem(hashed: str) -> str:
        try:
            with database.write() as work:
                return redeem_link(work, secret, hashed)
        except LinkError:
            return "too late"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(redeem, ["a hash", "a hash"])) == ["suzuki", "too late"]
    with database.write() as work:
        change_password(work, account.id, "a hash", "another hash", "")
        with pytest.raises(ChangedMeanwhileError):
            change_password(work, account.id, "a hash", "a third hash", "")
        assert work.connection.execute(accounts.select()).one().password_hash == "another hash"


@pytest.mark.dialect
def test_of_two_who_take_one_another_away_one_stays(database: Database) -> None:
    """Whoever is last is neither disabled nor ended, also where two do it at the same moment."""
    two = [create_account(database, f"sekinin{n}", None, Role.RESPONSIBLE, "00") for n in (1, 2)]

    def take_away(account_id: str) -> str:
        try:
            with database.write() as work:
                disable_account(work, account_id, "console")
        except LastOneError as error:
            return str(error.role)
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take_away, [one.id for one in two])) == ["responsible", "taken"]
    with database.read() as connection:
        left = next(one for one in known_accounts(connection) if not one.disabled)
    over = Handler("責任 太郎", date(2026, 11, 1), date(2026, 11, 2))
    with pytest.raises(LastOneError), database.write() as work, somebody_left(work):
        enter_handler(work, left.id, over, "console")
    with database.write() as work:
        for one in two:
            enable_account(work, one.id, "console")
        with somebody_left(work):
            enter_handler(work, left.id, replace(over, name="責任 次郎"), "console")
            enter_handler(work, left.id, over, "console")
            enter_handler(work, left.id, over, "console")
        take_version(work, left.id, left.version)
        with pytest.raises(ChangedMeanwhileError):
            take_version(work, left.id, left.version)
        take_version(work, left.id, None)
    with database.read() as connection:
        assert {one.disabled for one in known_accounts(connection)} == {False}
        (ended,) = known_accounts(connection, left.id)
        assert (ended.ends_on, ended.version) == (over.ends_on, left.version + 2)


def test_without_a_password_nobody_gets_in(sqlite: Database) -> None:
    """What stands in place of a hash is none: the sign-in takes as long as for anybody, and says no."""
    create_account(sqlite, "suzuki", None, Role.CLERK, "00")
    tried = door_of(sqlite).look("suzuki", "192.0.2.1", None)
    assert tried.stored is None
    assert not tried.check(NO_PASSWORD).right
