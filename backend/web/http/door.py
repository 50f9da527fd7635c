"""The door: runs the steps of ``protection.sign_in``, each in the right thread."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.protection import Actor, Session, SignedIn, SignIn, Try, WrongCredentialsError
from backend.storage import Deadline
from backend.web.http.hashing import Hashing, HashingPlace, Lane
from backend.web.http.page_threads import Threads, run_in

LONGEST_TYPED_NAME = 200
LONGEST_TYPED_PASSWORD = 1000


@dataclass(frozen=True)
class Knock:
    """A request to sign in.

    Attributes:
        name: as typed.
        password: as typed.
        address: the client's address.
        browser_cookie: the cookie by which the browser may be known, or None.
        deadline: the deadline for the database's part of it; the time for checking the password does not count.
        earlier: finds the earlier session of the browser, in the database.
    """

    name: str
    password: str
    address: str
    browser_cookie: str | None
    deadline: Deadline
    earlier: Callable[[], Session | None]


class Door:
    """Signs people in without making other requests wait.

    Args:
        sign_in: the steps of signing in.
        hashing: the thread in which passwords are checked.
    """

    def __init__(self, sign_in: SignIn, hashing: Hashing) -> None:
        self.hashing = hashing
        self._sign_in = sign_in

    async def let_in(self, knock: Knock) -> SignedIn:
        """Sign somebody in.

        Raises:
            WrongCredentialsError: name or password is wrong.
            TooManyTriesError: after too many wrong passwords, the next try is not possible yet.
            WireError: too many people are signing in at this moment.
            StorageError: the database cannot be reached.
        """
        name = knock.name.strip()
        if not name or len(name) > LONGEST_TYPED_NAME or len(knock.password) > LONGEST_TYPED_PASSWORD:
            raise WrongCredentialsError
        browser, deadline = self._sign_in.browser_of(knock.browser_cookie), knock.deadline
        # The database is asked only about cookies that we signed, so that a flood of strangers costs little.
        if browser is None:
            threads = Threads.STRANGERS
            # Before waiting for a thread: otherwise somebody would wait long only to learn that the queue is full.
            with self.hashing.reserve(Lane.STRANGER) as place:
                tried = await run_in(threads, deadline.of, self._look_and_take, name, knock.address)
                with deadline.paused():
                    verdict = await place.run(lambda: tried.check(knock.password))
        else:
            threads = Threads.PAGES
            tried, place = await run_in(threads, deadline.of, self._begin, name, knock.address, browser)
            with place, deadline.paused():
                verdict = await place.run(lambda: tried.check(knock.password))
        return await run_in(
            threads, deadline.of, lambda: self._sign_in.settle(tried, verdict, knock.earlier())
        )

    async def confirm(self, name: str, password: str, address: str, browser_cookie: str | None) -> str:
        """Check the password of somebody who is signed in once more; wrong ones have the waits of the sign-in.

        Returns:
            Its stored hash.

        Raises:
            WrongCredentialsError, TooManyTriesError, WireError, StorageError: as ``let_in``.
        """
        browser = self._sign_in.browser_of(browser_cookie)
        with self.hashing.reserve(Lane.KNOWN) as place:
            tried = await run_in(Threads.PAGES, self._sign_in.look, name, address, browser)
            await run_in(Threads.PAGES, self._sign_in.take, tried)
            verdict = await place.run(lambda: tried.check(password[:LONGEST_TYPED_PASSWORD]))
        return await run_in(Threads.PAGES, self._sign_in.confirm, tried, verdict)

    def unlock(self, name: str, actor: Actor | str) -> tuple[str, int] | None:
        """Forget the wrong passwords of a name; arguments and reply as of ``SignIn.unlock``."""
        return self._sign_in.unlock(name, actor)

    def close(self) -> None:
        """End the thread that checks passwords."""
        self.hashing.close()

    def _look_and_take(self, name: str, address: str) -> Try:
        """Check whether somebody in an unknown browser, who has a place in the queue, may try; count the try."""
        tried = self._sign_in.look(name, address, None)
        self._sign_in.take(tried)
        return tried

    def _begin(self, name: str, address: str, browser: str) -> tuple[Try, HashingPlace]:
        """Check whether a try is possible, take a place in the queue, and only then count the try.

        So a person who is refused because the queue is full has not used up a try.
        """
        tried = self._sign_in.look(name, address, browser)
        place = self.hashing.reserve(Lane.KNOWN if tried.known else Lane.STRANGER)
        try:
            self._sign_in.take(tried)
        except BaseException:
            place.__exit__(None, None, None)
            raise
        return tried, place
