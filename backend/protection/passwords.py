"""Passwords: rules for new ones, their Argon2 hashes, and checking typed ones.

Nothing here uses the database: hashing is slow on purpose, and must never run while a transaction holds a lock.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
"""The longest new password, in characters; the sign-in form accepts more, so every password can be typed there."""

_JUDGED = 72
_LEAST_SCORE = 3
_OUR_WORDS = (
    "uketsuke", "受付", "madoguchi", "窓口", "koufu", "交付", "counter", "kiosk", "clerk", "staff", "mynumber",
    "my number card", "マイナンバー", "shinjuku", "新宿", "ward", "yakusho", "役所",
)  # fmt: skip
"""Words that an attacker would try first at a counter like this."""

_hasher = PasswordHasher()


class WeakPasswordError(ValueError):
    """A password that could be guessed, or that could not be typed."""


@dataclass(frozen=True)
class PasswordVerdict:
    """The result of a password check.

    Attributes:
        right: whether the password is right.
        fresh_hash: a new hash to store, if the stored one is outdated.
    """

    right: bool
    fresh_hash: str | None = None


def check_new_password(password: str, name: str) -> None:
    """Refuse a password that others could guess, or that no form could send.

    Raises:
        WeakPasswordError: it is too short, too long or easily guessed, or has control characters or the name in it.
    """
    normal = _normal(password)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in normal):
        raise WeakPasswordError("a password must not hold control characters: nobody can type them")
    if len(normal) < SHORTEST:
        raise WeakPasswordError(f"a password needs at least {SHORTEST} characters")
    if len(password) > LONGEST or len(normal) > LONGEST:
        raise WeakPasswordError(f"a password has at most {LONGEST} characters")
    if name.casefold() in normal.casefold():
        raise WeakPasswordError("a password must not hold the name")
    # zxcvbn's word lists take 0.1 s to load, and only this function needs them.
    from zxcvbn import zxcvbn  # noqa: PLC0415 - see above

    judged = zxcvbn(normal[:_JUDGED], user_inputs=[name, *_OUR_WORDS])
    if judged["score"] < _LEAST_SCORE:
        why = str(judged["feedback"]["warning"] or "it is too much like what others use").rstrip(".")
        raise WeakPasswordError(
            f"this password is easily guessed ({why[0].lower()}{why[1:]}); take four words that have nothing to "
            "do with each other, or more characters"
        )


def hash_password(password: str) -> str:
    """The Argon2 hash to store."""
    return _hasher.hash(_normal(password))


def verify(stored: str | None, password: str) -> PasswordVerdict:
    """Check a password against a stored hash; without a hash it takes as long, and is never right."""
    nobody = _hash_of_nobody()
    normal = _normal(password)
    right = _fits(stored or nobody, normal)
    # Hashes from the time when passwords were not normalised.
    as_typed = not right and normal != password and _fits(stored or nobody, password)
    if stored is None or not (right or as_typed):
        return PasswordVerdict(right=False)
    outdated = as_typed or _hasher.check_needs_rehash(stored)
    return PasswordVerdict(right=True, fresh_hash=_hasher.hash(normal) if outdated else None)


def _normal(password: str) -> str:
    """Normalise a password: full or half width and composed or separate marks give the same text (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    """A hash that no password fits; made at first use, as making it at import would delay every command."""
    return _hasher.hash(secrets.token_hex(16))
