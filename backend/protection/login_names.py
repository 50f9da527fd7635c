"""Names for signing in: which new ones are allowed, and which spellings are the same name."""

import re
import unicodedata

from backend.wire import contains_my_number

LONGEST_NAME = 64

_ALLOWED = re.compile(r"[A-Za-z0-9\u3041-\u3096\u30a1-\u30fa\u30fc\u3005\u4e00-\u9fff\uac00-\ud7a3._@+-]+")
_BEGINS = re.compile(r"[^._@+-]")
# Pairs of characters that look the same in a name, kanji or hiragana and katakana; one of each pair stands for both.
_TWINS = str.maketrans("ヘベペ工力口二八夕卜一", "へべぺエカロニハタトー")


class BadNameError(ValueError):
    """A name that looks like another one, or that could not be typed."""


def name_key(typed: str) -> str:
    """The same text for every spelling of a name: width, case, composition and look-alike characters do not matter."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    return folded.strip().translate(_TWINS)


def new_name(text: str) -> str:
    """Check a name for a new account and return it as it is stored: half width, composed (NFKC).

    Raises:
        BadNameError: it is too long, or has spaces, control characters, or letters that look like others.
    """
    name = unicodedata.normalize("NFKC", text)
    if not name.strip():
        raise BadNameError("a name must not be empty")
    if name != name.strip():
        raise BadNameError("a name must not begin or end with a space")
    if len(name) > LONGEST_NAME or len(name_key(name)) > LONGEST_NAME:
        raise BadNameError(f"a name has at most {LONGEST_NAME} characters")
    if not _ALLOWED.fullmatch(name):
        raise BadNameError(
            "a name consists of the letters A to Z, kana, kanji or hangul, digits, and . _ @ + -; "
            "it has no spaces and no control characters"
        )
    if not _BEGINS.match(name):
        raise BadNameError("a name begins with a letter or a digit")
    return name


class NumberInNameError(ValueError):
    """A name holds a 12-digit number. The message does not repeat it."""


def refuse_number(name: str) -> None:
    """Keep what may be a 個人番号 from becoming the name of an account or a device.

    Raises:
        NumberInNameError: the name holds one.
    """
    if contains_my_number(name):
        raise NumberInNameError("a name must not hold a 12-digit number; nothing was written")
