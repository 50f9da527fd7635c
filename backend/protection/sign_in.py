"""Signing in, in three steps: look whether a try is to be looked at and count it, check it, settle what came of it.

The check in the middle takes long on purpose and touches no database. Known and unknown names go the same way through
every step: the same questions, the same counts, the same answers, in the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from backend.protection import audit
from backend.protection.accounts import Account, find_by_name
from backend.protection.browsers import Browsers
from backend.protection.login_names import name_key
from backend.protection.passwords import PasswordVerdict, verify
from backend.protection.roles import Role
from backend.protection.sessions import Session, end_session, start_session
from backend.protection.tables import accounts
from backend.protection.tries import Tries, TryKey
from backend.storage import Database, UnitOfWork


class SignInError(Exception):
    """Nobody was signed in."""


class WrongCredentialsError(SignInError):
    """The name or the password is wrong; which of them is not told."""

    def __init__(self) -> None:
        super().__init__("the name or the password is wrong")


class TooManyTriesError(SignInError):
    """There were wrong passwords; ``until`` says when the next try is looked at, ``wait`` how long that is."""

    def __init__(self, until: datetime, wait: timedelta) -> None:
        super().__init__("the next try is not looked at yet")
        self.until = until
        self.wait = wait


@dataclass(frozen=True)
class Try:
    """A name that somebody wants to sign in with, before the password was looked at.

    Attributes:
        account: that the name means, or none.
        stored: its hash, or none.
        browser: the browser's token as a hash, where it is one of ours.
        known: whether the account has used this browser before.
        keys: what a wrong password counts for.
    """

    account: Account | None
    stored: str | None
    browser: str | None
    known: bool
    keys: Sequence[TryKey]

    def check(self, password: str) -> PasswordVerdict:
        """Whether the password fits; takes long, and as long for a name that nobody has."""
        return verify(self.stored, password)


@dataclass(frozen=True)
class SignedIn:
    """Somebody who was let in.

    Attributes:
        token: of the session, for its cookie.
        session: the session.
        browser_cookie: by which the browser is known from now on.
    """

    token: str
    session: Session
    browser_cookie: str


class SignIn:
    """Lets people in.

    Args:
        database: where everything is kept.
        tries: the counts of wrong passwords.
        browsers: knows browsers again.
    """

    def __init__(self, database: Database, tries: Tries, browsers: Browsers) -> None:
        self._database = database
        self._tries = tries
        self._browsers = browsers

    def browser_of(self, cookie: str | None) -> str | None:
        """What a browser's cookie says, without asking the database: a token of ours as a hash, or none."""
        return self._browsers.read_cookie(cookie)

    def look(self, name: str, address: str, browser: str | None) -> Try:
        """Look whose name it is, and whether a try is to be looked at now. Changes nothing.

        Raises:
            TooManyTriesError: not yet.
        """
        now = self._database.clock()
        with self._database.read() as connection:
            row = find_by_name(connection, name)
            if row is not None and row.disabled_at is not None:
                row = None
            account_id = "" if row is None else row.id
            known = browser is not None and self._browsers.is_known(connection, browser, account_id, now)
            key = name_key(name)
            keys = (
                self._tries.of_browser(key, browser)
                if known and browser is not None
                else self._tries.of_stranger(key, address)
            )
            _refuse_until(self._tries.waits_until(connection, keys, now), now)
        if row is None:
            return Try(None, None, browser, known=False, keys=keys)
        account = Account(row.id, row.login, Role(row.role), row.office_id)
        return Try(account, row.password_hash, browser, known=known, keys=keys)

    def take(self, tried: Try) -> None:
        """Count the try, before its password is looked at.

        Raises:
            TooManyTriesError: others were counted meanwhile.
        """
        with self._database.write() as work:
            until = self._tries.take(work, tried.keys)
            now = work.now
        _refuse_until(until, now)

    def settle(self, tried: Try, verdict: PasswordVerdict, earlier: Session | None) -> SignedIn:
        """Begin a session, or note that the password was wrong.

        Args:
            tried: what was looked at and counted.
            verdict: what the check said.
            earlier: the browser's session so far; it ends, so that a planted cookie is worth nothing.

        Raises:
            WrongCredentialsError: name or password is wrong, or the account was disabled.
        """
        with self._database.write() as work:
            account = tried.account if verdict.right else None
            if account is not None and self._is_still(work, tried):
                return self._let_in(work, account, tried, verdict, earlier)
            # A transaction for a name that nobody has, too: an answer that came sooner would tell.
            self._tries.note_wrong(work, tried.keys)
            if tried.account is not None:
                audit.record_audit(work, tried.account.id, "sign_in_failed", tried.account.id)
        raise WrongCredentialsError

    def _is_still(self, work: UnitOfWork, tried: Try) -> bool:
        """Whether the account still is what was checked: nobody disabled it or changed its password meanwhile."""
        still = select(accounts.c.id).where(
            accounts.c.id == (tried.account.id if tried.account else ""),
            accounts.c.password_hash == tried.stored,
            accounts.c.disabled_at.is_(None),
        )
        return work.connection.execute(still.with_for_update()).first() is not None

    def _let_in(
        self,
        work: UnitOfWork,
        account: Account,
        tried: Try,
        verdict: PasswordVerdict,
        earlier: Session | None,
    ) -> SignedIn:
        self._tries.give_back(work, tried.keys)
        if verdict.fresh_hash is not None:
            fresh = update(accounts).where(accounts.c.id == account.id)
            work.connection.execute(fresh.values(password_hash=verdict.fresh_hash))
        if earlier is not None:
            end_session(work, earlier)
        token, session = start_session(work, account)
        return SignedIn(token, session, self._browsers.remember(work, account.id, tried.browser))

    def unlock(self, name: str) -> tuple[str, int] | None:
        """Forget the wrong passwords of a name, as a command on the console does.

        Returns:
            The name as it is stored and how many counts were forgotten; none where nobody has it.
        """
        with self._database.write() as work:
            row = find_by_name(work.connection, name)
            if row is None:
                return None
            forgotten = self._tries.forget_name(work, name_key(row.login))
            audit.record_audit(work, "console", "account_unlocked", row.id)
        return row.login, forgotten

    def drop_old(self, work: UnitOfWork) -> dict[str, int]:
        """Forget counts and browsers of long ago, and return how many of each."""
        return {"tries": self._tries.drop_old(work), "browsers": self._browsers.drop_old(work)}


def _refuse_until(until: datetime | None, now: datetime) -> None:
    if until is not None:
        raise TooManyTriesError(until, until - now)
