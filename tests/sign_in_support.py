"""Helpers that tests of the sign-in share: its steps without threads, and wrong passwords without hashing."""

from datetime import timedelta

from backend.protection.browsers import Browsers
from backend.protection.passwords import PasswordVerdict
from backend.protection.sign_in import SignedIn, SignIn, TooManyTriesError, WrongCredentialsError
from backend.protection.tries import Tries
from backend.protection.waits import Waits
from backend.storage.database import Database
from tests.support import PASSWORD

KEY = bytes(range(32))
ADDRESS = "192.0.2.1"
WRONG, RIGHT = PasswordVerdict(right=False), PasswordVerdict(right=True)


def door_of(database: Database, *, failures: int = 3, minutes: int = 15) -> SignIn:
    """The steps of the sign-in on a database; a second one stands for another server process."""
    return SignIn(database, Tries(KEY, Waits.of(failures, timedelta(minutes=minutes))), Browsers(KEY))


def enter(
    door: SignIn,
    login: str = "clerk01",
    password: str = PASSWORD,
    *,
    address: str = ADDRESS,
    cookie: str | None = None,
    verdict: PasswordVerdict | None = None,
) -> SignedIn:
    """Sign in; if a verdict is given, no password is hashed."""
    tried = door.look(login, address, door.browser_of(cookie))
    door.take(tried)
    return door.settle(tried, verdict or tried.check(password), None)


def guess(door: SignIn, login: str = "clerk01", *, address: str = ADDRESS, cookie: str | None = None) -> str:
    """Try a wrong password and return the outcome."""
    try:
        enter(door, login, address=address, cookie=cookie, verdict=WRONG)
    except WrongCredentialsError:
        return "wrong"
    except TooManyTriesError as error:
        return f"wait {error.wait.total_seconds():g} s"
    return "opened"
