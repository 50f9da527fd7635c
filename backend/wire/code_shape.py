"""What a code of ours looks like, so that a device recognises it without the server's rules and keys.

Only the shape is known here: 26 characters that begin with ``U1``. Only the server knows whether such a code is
genuine and what it stands for.
"""

import re
import unicodedata

PREFIX = "U1"
TOKEN_LENGTH = 16
CHECK_LENGTH = 8
CODE_LENGTH = len(PREFIX) + TOKEN_LENGTH + CHECK_LENGTH

LONGEST = 256
"""Patterns are tried only on texts up to this length: no paper has a longer code, and a hostile text costs no time."""

_HYPHENS = re.compile(r"[‐‑‒–—―−ｰー]")
# Base32, and the three digits that are often typed for similar letters.
_NOTICE = re.compile(rf"{PREFIX}[A-Z2-7018]{{{TOKEN_LENGTH + CHECK_LENGTH}}}")


def fold_code(text: str) -> str:
    """A scanned or typed text in one form: half width, capitals, no spaces, every kind of hyphen as ``-``."""
    return "".join(_HYPHENS.sub("-", unicodedata.normalize("NFKC", text)).split()).upper()


def looks_like_notice(text: str) -> bool:
    """Whether a text has the shape of the code on our own notices, however it is written."""
    return len(text) <= LONGEST and _NOTICE.fullmatch(fold_code(text).replace("-", "")) is not None
