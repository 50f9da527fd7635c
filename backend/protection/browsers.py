"""Browsers that an account has signed in from before: a token in a cookie, its hash in the database.

Several people use one computer of the counter, so a browser is known for each of them. The token is new after every
sign-in: one that somebody planted is worth nothing afterwards. It signs nobody in; it only keeps the failures of
others away from whoever has the right password.
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
"""A browser that an account did not use for so long is a stranger again."""

_PURPOSE = b"known browser"
_LONGEST_COOKIE = 200
_KNOWN = select(known_browsers.c.seen_at).where(
    known_browsers.c.token_hash == bindparam("hashed"), known_browsers.c.account_id == bindparam("account")
)


class Browsers:
    """Knows browsers again.

    Args:
        key: the server's secret; a cookie that it did not sign is refused before anything is asked of the database.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def read_cookie(self, cookie: str | None) -> str | None:
        """The hash of the token in a cookie of ours, or none."""
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
        """Know a browser from now on, for everybody for whom it was known, under a new token; return its cookie."""
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
        """Forget browsers that were not used for long, and return how many."""
        old = known_browsers.c.seen_at < work.now - KNOWN_FOR
        return work.connection.execute(delete(known_browsers).where(old)).rowcount

    def _sign(self, token: str) -> str:
        digest = hashlib.blake2b(token.encode(), key=self._key, person=_PURPOSE, digest_size=16)
        return digest.hexdigest()
