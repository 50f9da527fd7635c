"""The door: takes a try through the steps of ``protection.sign_in``, each in the thread that it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.protection import Session, SignedIn, SignIn, Try, WrongCredentialsError
from backend.web.http.errors import WireError
from backend.web.http.hashing import Hashing, HashingPlace, Lane
from backend.web.http.page_threads import Threads, run_in, waiting_for
from backend.wire import ErrorCode

LONGEST_TYPED_NAME = 200
LONGEST_TYPED_PASSWORD = 1000
_MOST_WAITING = 16


@dataclass(frozen=True)
class Knock:
    """Somebody who wants to be let in.

    Attributes:
        name: as typed.
        password: as typed.
        address: where it comes from.
        browser_cookie: what the browser says that it is.
        earlier: finds the browser's session so far; asks the database.
    """

    name: str
    password: str
    address: str
    browser_cookie: str | None
    earlier: Callable[[], Session | None]


class Door:
    """Lets people in without keeping anybody else waiting.

    Args:
        sign_in: the steps.
        hashing: the thread in which passwords are checked.
    """

    def __init__(self, sign_in: SignIn, hashing: Hashing) -> None:
        self.hashing = hashing
        self._sign_in = sign_in

    async def let_in(self, knock: Knock) -> SignedIn:
        """Sign somebody in.

        Raises:
            WrongCredentialsError: name or password is wrong.
            TooManyTriesError: there were wrong passwords; the next one is not looked at yet.
            WireError: too many sign in at this moment.
            StorageError: the database is away.
        """
        name = knock.name.strip()
        if not name or len(name) > LONGEST_TYPED_NAME or len(knock.password) > LONGEST_TYPED_PASSWORD:
            raise WrongCredentialsError
        browser = self._sign_in.browser_of(knock.browser_cookie)
        # Only a cookie that we signed is worth asking the database about while strangers crowd at the door.
        threads = Threads.STRANGERS if browser is None else Threads.PAGES
        if browser is None and (self.hashing.is_full(Lane.STRANGER) or waiting_for(threads) >= _MOST_WAITING):
            raise WireError(ErrorCode.SIGN_IN_BUSY)
        tried, place = await run_in(threads, self._begin, name, knock.address, browser)
        with place:
            verdict = await place.run(lambda: tried.check(knock.password))
        return await run_in(threads, lambda: self._sign_in.settle(tried, verdict, knock.earlier()))

    def close(self) -> None:
        """End the thread that checks passwords."""
        self.hashing.close()

    def _begin(self, name: str, address: str, browser: str | None) -> tuple[Try, HashingPlace]:
        """Look, take a place in the queue, and only then count: who is sent away at once has not tried."""
        tried = self._sign_in.look(name, address, browser)
        place = self.hashing.reserve(Lane.KNOWN if tried.known else Lane.STRANGER)
        try:
            self._sign_in.take(tried)
        except BaseException:
            place.__exit__(None, None, None)
            raise
        return tried, place
