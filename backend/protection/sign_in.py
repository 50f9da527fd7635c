"""Signing in, in three steps: see whether a try may be made and count it, check the password, record the result.

The check in the middle is slow on purpose and uses no database. Known and unknown names go through the same steps: the
same queries, the same counts, the same answers, in the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from backend.protection import audit
from backend.protection.accounts import NO_PASSWORD, Account, find_by_name
from backend.protection.actor import Actor
from backend.protection.browsers import Browsers
from backend.protection.login_names import name_key
from backend.protection.passwords import PasswordVerdict, verify
from backend.protection.roster import handler_of, is_in_time
from backend.protection.sessions import Session, end_session, start_session
from backend.protection.tables import accounts
from backend.protection.tries import Tries, TryKey
from backend.storage import Database, UnitOfWork

NOBODY = "nobody"
"""What the trail calls whoever is not known: no account, no device."""


class SignInError(Exception):
    """Nobody was signed in."""


class WrongCredentialsError(SignInError):
    """The name or the password is wrong; it does not say which."""

    def __init__(self) -> None:
        super().__init__("the name or the password is wrong")


class TooManyTriesError(SignInError):
    """Too many wrong passwords: the next try is possible at ``until`` (aware, UTC), after ``wait``."""

    def __init__(self, until: datetime, wait: timedelta) -> None:
        super().__init__("the next try is not looked at yet")
        self.until = until
        self.wait = wait


@dataclass(frozen=True)
class Try:
    """An attempt to sign in with a name, before the password is checked.

    Attributes:
        account: the account that the name means, or None.
        stored: its password hash, or None.
        browser: the hash of the browser's token; None if it has none of ours.
        known: whether the account has used this browser before.
        keys: the counts to which a wrong password adds.
        place: the address of the browser.
        name_digest: a keyed digest of the name, for the trail, which never holds what was typed.
    """

    account: Account | None
    stored: str | None
    browser: str | None
    known: bool
    keys: Sequence[TryKey]
    place: str | None
    name_digest: str

    def check(self, password: str) -> PasswordVerdict:
        """Check the password; slow on purpose, and equally slow for a name that nobody has."""
        return verify(self.stored, password)


@dataclass(frozen=True)
class SignedIn:
    """The result of a sign-in.

    Attributes:
        token: the session's token, for its cookie.
        session: the session.
        browser_cookie: the value of the cookie by which the browser is known from now on.
    """

    token: str
    session: Session
    browser_cookie: str


class SignIn:
    """Signs people in.

    Args:
        database: the database.
        tries: the counts of wrong passwords.
        browsers: recognises browsers.
    """

    def __init__(self, database: Database, tries: Tries, browsers: Browsers) -> None:
        self._database = database
        self._tries = tries
        self._browsers = browsers

    def browser_of(self, cookie: str | None) -> str | None:
        """The hash of the token in a browser's cookie, or None if it is not ours; does not ask the database."""
        return self._browsers.read_cookie(cookie)

    def look(self, name: str, address: str, browser: str | None) -> Try:
        """Find the account of a name, and see whether a try may be made now. Changes nothing.

        Raises:
            TooManyTriesError: no try may be made yet.
        """
        now = self._database.clock()
        with self._database.read() as connection:
            row = find_by_name(connection, name)
            if row is not None and (row.disabled_at is not None or not _has_time(connection, row.id, now)):
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
        account = None if row is None else Account(row.id, row.login, row.office_id)
        stored = None if row is None or row.password_hash == NO_PASSWORD else row.password_hash
        return Try(
            account,
            stored,
            browser,
            known=known and row is not None,
            keys=keys,
            place=address or None,
            name_digest=self._tries.digest_of(key),
        )

    def take(self, tried: Try) -> None:
        """Count the try, before its password is checked.

        Raises:
            TooManyTriesError: other tries were counted meanwhile.
        """
        with self._database.write() as work:
            until = self._tries.take(work, tried.keys)
            now = work.now
        _refuse_until(until, now)

    def settle(self, tried: Try, verdict: PasswordVerdict, earlier: Session | None) -> SignedIn:
        """Begin a session, or record that the password was wrong.

        Args:
            tried: the try, which was counted.
            verdict: the result of the password check.
            earlier: the browser's session so far; it is ended, so that a planted cookie is useless.

        Raises:
            WrongCredentialsError: name or password is wrong, or the account was disabled.
        """
        with self._database.write() as work:
            account = tried.account if verdict.right else None
            if account is not None and self._is_still(work, tried):
                return self._let_in(work, account, tried, verdict, earlier)
            # Also for a name that nobody has: a faster answer would tell that there is no such account.
            self._tries.note_wrong(work, tried.keys)
            _note_failure(work, tried)
        raise WrongCredentialsError

    def _is_still(self, work: UnitOfWork, tried: Try) -> bool:
        """Whether the account is still as it was checked: not disabled and with the same password."""
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
        used: dict[str, object] = {"used_at": work.now}
        if verdict.fresh_hash is not None:
            used["password_hash"] = verdict.fresh_hash
        work.connection.execute(update(accounts).where(accounts.c.id == account.id).values(**used))
        if earlier is not None:
            end_session(work, earlier)
        token, session = start_session(work, account, place=tried.place)
        return SignedIn(token, session, self._browsers.remember(work, account.id, tried.browser))

    def confirm(self, tried: Try, verdict: PasswordVerdict) -> str:
        """Somebody who is signed in typed their password once more; return its stored hash.

        Raises:
            WrongCredentialsError: it is wrong; the try stays counted.
        """
        with self._database.write() as work:
            if verdict.right and tried.stored is not None and self._is_still(work, tried):
                self._tries.give_back(work, tried.keys)
                return tried.stored
            self._tries.note_wrong(work, tried.keys)
            if tried.account is not None:
                audit.record_audit(
                    work,
                    tried.account.id,
                    "password_refused",
                    tried.account.id,
                    about=audit.ObjectKind.ACCOUNT,
                )
        raise WrongCredentialsError

    def unlock(self, name: str, actor: Actor | str = "console") -> tuple[str, int] | None:
        """Forget the wrong passwords of a name, for a command of the console or whoever keeps the accounts.

        Returns:
            The name as it is stored and how many counts were forgotten; None if no account has it.
        """
        with self._database.write() as work:
            row = find_by_name(work.connection, name)
            if row is None:
                return None
            forgotten = self._tries.forget_name(work, name_key(row.login))
            audit.record_audit(work, actor, "account_unlocked", row.id, about=audit.ObjectKind.ACCOUNT)
        return row.login, forgotten

    def drop_old(self, work: UnitOfWork) -> dict[str, int]:
        """Forget counts and browsers of long ago, and return how many of each."""
        return {"tries": self._tries.drop_old(work), "browsers": self._browsers.drop_old(work)}


def _note_failure(work: UnitOfWork, tried: Try) -> None:
    """Write the entry of a wrong password: of the account where there is one, else of a digest of the name that was typed."""
    account = tried.account
    audit.record_audit(
        work,
        NOBODY if account is None else account.id,
        "sign_in_failed",
        tried.name_digest if account is None else account.id,
        about=audit.ObjectKind.NAME if account is None else audit.ObjectKind.ACCOUNT,
        role=None if account is None else account.acting_as,
        place=tried.place,
    )


def _has_time(connection: Connection, account_id: str, now: datetime) -> bool:
    """Whether today is within the days for which somebody stands on the roster; whoever stands on no line has no such days."""
    line = handler_of(connection, account_id)
    return line is None or is_in_time(line.begins_on, line.ends_on, now)


def _refuse_until(until: datetime | None, now: datetime) -> None:
    if until is not None:
        raise TooManyTriesError(until, until - now)
