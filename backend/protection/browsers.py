"""Browsers from which an account has signed in before: a token in a cookie, its hash in the database.

Several people share one computer of the counter, so each of them can be known in the same browser. The token changes
with every sign-in, so that a planted one becomes useless. It signs nobody in: other people's wrong passwords just do
not make its owner wait.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.protection.sessions import hash_token
from backend.protection.tables import known_browsers
from backend.storage import UnitOfWork

KNOWN_FOR = timedelta(days=180)
"""After this long without a sign-in, an account's browser is forgotten."""

_PURPOSE = b"known browser"
_LONGEST_COOKIE = 200
_KNOWN = select(known_browsers.c.seen_at).where(
    known_browsers.c.token_hash == bindparam("hashed"), known_browsers.c.account_id == bindparam("account")
)


class Browsers:
    """Recognises browsers.

    Args:
        key: the server's secret; a cookie without its signature is refused without asking the database.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def read_cookie(self, cookie: str | None) -> str | None:
        """The hash of the token in a cookie; None if it is not one of ours."""
        if not cookie or len(cookie) > _LONGEST_COOKIE:
            return None
        token, _, signature = cookie.partition(".")
        if not hmac.compare_digest(self._sign(token).encode(), signature.encode()):
            return None
        return hash_token(token)

    def is_known(self, connection: Connection, token_hash: str, account_id: str, now: datetime) -> bool:
        """Whether an account has signed in from this browser before, and not too long ago."""
        seen_at = connection.execute(
            _KNOWN, {"hashed": token_hash, "account": account_id}
        ).scalar_one_or_none()
        return seen_at is not None and seen_at + KNOWN_FOR > now

    def remember(self, work: UnitOfWork, account_id: str, earlier: str | None) -> str:
        """Give a browser a new token, add this account to those known in it, and return the cookie.

        ``earlier`` is the hash of the browser's token so far; the other accounts stay known under the new one.
        """
        token = secrets.token_urlsafe(32)
        fresh = hash_token(token)
        if earlier is not None:
            work.connection.execute(
                delete(known_browsers).where(
                    known_browsers.c.token_hash == earlier, known_browsers.c.account_id == account_id
                )
            )
            work.connection.execute(
                update(known_browsers).where(known_browsers.c.token_hash == earlier).values(token_hash=fresh)
            )
        work.connection.execute(
            insert(known_browsers).values(token_hash=fresh, account_id=account_id, seen_at=work.now)
        )
        return f"{token}.{self._sign(token)}"

    def drop_old(self, work: UnitOfWork) -> int:
        """Forget browsers that were not used for ``KNOWN_FOR``, and return how many."""
        old = known_browsers.c.seen_at < work.now - KNOWN_FOR
        return work.connection.execute(delete(known_browsers).where(old)).rowcount

    def _sign(self, token: str) -> str:
        digest = hashlib.blake2b(token.encode(), key=self._key, person=_PURPOSE, digest_size=16)
        return digest.hexdigest()
