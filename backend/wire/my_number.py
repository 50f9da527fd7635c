"""Recognising a 12-digit number (個人番号), so that it is refused before anything keeps it.

Source: 番号法 and the ward's duties in the seed document: the reception never records a 個人番号. The back of
every card and the 通知カード carry it, so visitors will show it by mistake. Any twelve digits are refused,
whatever the check digit says; the check digit only serves the counter of refusals.

Nothing in this module keeps, logs or echoes what it looks at.
"""

import re
import unicodedata

_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# What people and printers put between digits. A colon is not among them: 2026-11-24 10:30 is a time.
_SEPARATOR = r"[\s\-‐‑‒–—―−ｰー_.．・･,、/／]{1,3}"
_GROUPS = re.compile(rf"\d+(?:{_SEPARATOR}\d+)*")
_DIGITS = re.compile(r"\d+")
_DATE_TIME = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?(?!\d)"
)
_INTERNATIONAL_PHONE = re.compile(r"\+\d[\d\s().-]{6,18}")
_LENGTH = 12


def normalise(text: str) -> str:
    """Fold full-width, circled and kanji digits to ASCII and drop invisible characters."""
    folded = "".join(
        str(unicodedata.digit(char)) if unicodedata.digit(char, None) is not None else char
        for char in unicodedata.normalize("NFKC", text).translate(_KANJI_DIGITS)
        if unicodedata.category(char) != "Cf"
    )
    return folded.replace("\x00", "")


def contains_my_number(text: str) -> bool:
    """Tell whether a text holds twelve digits that may be a 個人番号, plain, spaced or embedded.

    A date, a date with a time, and a telephone number with a leading ``+`` do not count. A longer run of digits
    (the 23 digits of an application) does not count either; groups of digits that add up to twelve do.
    """
    candidate = _INTERNATIONAL_PHONE.sub(" x ", _DATE_TIME.sub(" x ", normalise(text)))
    for match in _GROUPS.finditer(candidate):
        lengths = [len(digits) for digits in _DIGITS.findall(match.group())]
        for first in range(len(lengths)):
            total = 0
            for length in lengths[first:]:
                total += length
                if total >= _LENGTH:
                    break
            if total == _LENGTH:
                return True
    return False


def check_digit_is_right(digits: str) -> bool:
    """Tell whether twelve ASCII digits end in the check digit of a 個人番号.

    Source: 平成26年総務省令第85号 第5条. Only for counting how often real numbers are shown; never for accepting.
    """
    if len(digits) != _LENGTH or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(digits[:11]), start=1)
    )
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)
