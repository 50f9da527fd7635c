"""Passwords: what a new one must be, its Argon2 hash, and whether one that was typed fits.

Nothing here touches a database: a hash takes long on purpose, and nobody must wait behind it with a lock in hand.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
"""Of a new password; the form of the sign-in takes more, so what was made can always be typed."""

_JUDGED = 72
_LEAST_SCORE = 3
_OUR_WORDS = (
    "uketsuke", "受付", "madoguchi", "窓口", "koufu", "交付", "counter", "kiosk", "clerk", "staff", "mynumber",
    "my number card", "マイナンバー", "shinjuku", "新宿", "ward", "yakusho", "役所",
)  # fmt: skip
"""What somebody would try first at a counter like this."""

_hasher = PasswordHasher()


class WeakPasswordError(ValueError):
    """A password that could be guessed, or never be typed."""


@dataclass(frozen=True)
class PasswordVerdict:
    """What came out of a check.

    Attributes:
        right: whether the password fits.
        fresh_hash: what to store from now on, where the stored hash is of an older kind.
    """

    right: bool
    fresh_hash: str | None = None


def check_new_password(password: str, name: str) -> None:
    """Refuse a password that others would guess, or that no form could send.

    Raises:
        WeakPasswordError: too short, too long, with control characters, with the name, or easily guessed.
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
    # Its lists of words take a tenth of a second to load, and only this needs them.
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
    """Whether a password fits a stored hash; without one it takes as long, and never fits."""
    nobody = _hash_of_nobody()
    normal = _normal(password)
    right = _fits(stored or nobody, normal)
    # Hashes from before passwords were brought into their normal form.
    as_typed = not right and normal != password and _fits(stored or nobody, password)
    if stored is None or not (right or as_typed):
        return PasswordVerdict(right=False)
    outdated = as_typed or _hasher.check_needs_rehash(stored)
    return PasswordVerdict(right=True, fresh_hash=_hasher.hash(normal) if outdated else None)


def _normal(password: str) -> str:
    """One password however the keyboard composed it: full width, half width, marks apart."""
    return unicodedata.normalize("NFKC", password)


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    """A hash that no password fits, made once and not at import, where it would delay every command."""
    return _hasher.hash(secrets.token_hex(16))
