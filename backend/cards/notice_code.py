"""The code on a notice: ASCII capitals and digits, versioned, opaque, tamper-evident.

``U1`` + 16 characters of 80 random bits + 8 characters of a keyed check (HMAC-SHA256, 40 bits), all base32: 26
characters, a QR of version 2 with error correction Q in alphanumeric mode. It says nothing about anybody; without
the server's key nobody can make one, and without the database nobody can tell what it stands for.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from backend.wire import (
    CHECK_LENGTH,
    CODE_LENGTH,
    PREFIX,
    TOKEN_LENGTH,
    FieldShape,
    contains_my_number,
    fold_code,
)

_PURPOSE = b"uketsuke notice code, version 1:"
_OURS = re.compile(r"U[0-9]")
_ALPHABET = re.compile(r"[A-Z2-7]+")
# Base32 has no 0, 1 and 8; if they are typed, the letters that look like them are meant.
_LOOKALIKES = str.maketrans("018", "OIB")
_LONGEST_TYPED = 200


class CodeProblem(StrEnum):
    """Why a text is not a genuine code of ours."""

    NOT_OURS = "not_ours"
    OTHER_VERSION = "other_version"
    DAMAGED = "damaged"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class NoticeCode:
    """A genuine code: ``token`` is the key under which the notice is stored."""

    token: str


def new_token(key: bytes) -> str:
    """Draw a random token whose code does not look as if it held a 12-digit number."""
    while True:
        token = base64.b32encode(secrets.token_bytes(TOKEN_LENGTH * 5 // 8)).decode()
        if not contains_my_number(make_code(token, key), FieldShape.CODE):
            return token


def make_code(token: str, key: bytes) -> str:
    """The text of the QR for a token."""
    return f"{PREFIX}{token}{_check(token, key)}"


def parse_code(text: str, key: bytes) -> NoticeCode | CodeProblem:
    """Read a scanned or typed text; widths, case, spaces, hyphens and 0/O, 1/I, 8/B do not matter."""
    if len(text) > _LONGEST_TYPED:
        return CodeProblem.NOT_OURS
    folded = fold_code(text).replace("-", "")
    if _OURS.match(folded) is None:
        return CodeProblem.NOT_OURS
    if not folded.startswith(PREFIX):
        # Only a text of our shape counts as another version of our code; any text may begin with U2.
        return CodeProblem.OTHER_VERSION if len(folded) >= CODE_LENGTH else CodeProblem.NOT_OURS
    body = folded[len(PREFIX) :].translate(_LOOKALIKES)
    if len(folded) != CODE_LENGTH or _ALPHABET.fullmatch(body) is None:
        return CodeProblem.DAMAGED
    token, check = body[:TOKEN_LENGTH], body[TOKEN_LENGTH:]
    if not hmac.compare_digest(check, _check(token, key)):
        return CodeProblem.FORGED
    return NoticeCode(token)


def _check(token: str, key: bytes) -> str:
    digest = hmac.new(key, _PURPOSE + token.encode("ascii"), hashlib.sha256).digest()
    return base64.b32encode(digest[: CHECK_LENGTH * 5 // 8]).decode()
