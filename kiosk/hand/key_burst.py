"""Hand scanners that type: a fast burst of keys that ends with Enter or Tab is a scanned code.

A hand scanner that works as a keyboard types what it reads, at twenty or more keys a second; no person types so fast.
Slower keys come from somebody at a keyboard and are forgotten. Nothing is kept longer than the burst, and nothing of it
appears in a ``repr``.
"""

from typing import Final

from backend.wire import without_aim_prefix

LONGEST: Final = 8000
"""Maximum number of characters of a text; no code holds more. The keys of a longer text are dropped."""

SHORTEST: Final = 6
"""Minimum number of characters of a text that counts as scanned."""

LONGEST_GAP: Final = 0.15
"""Seconds without a key after which a burst is over. A window passes keys on once per frame, so gaps of a few frames
occur within a burst."""

SLOWEST: Final = 0.05
"""A burst counts as scanned, not typed by a person, if its keys take at most this many seconds each, on average."""

_ENDS = frozenset({9, 13, 271})
_CONTROL_ENDS = frozenset(map(ord, "bcijm"))
"""With Ctrl held: STX, ETX, Tab, LF and CR, which other scanners type where a code begins or ends."""

_NUMPAD = {256 + digit: str(digit) for digit in range(10)} | {
    266: ".",
    267: "/",
    268: "*",
    269: "-",
    270: "+",
}
_UNKNOWN = "#"
"""Stands for a character that depends on the keyboard's layout: it keeps digits apart, and no code of ours has it."""


class KeyBurst:
    """Collects the keys of a burst. Not safe for several threads; times are monotonic seconds."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._began = 0.0
        self._last = 0.0
        self._too_long = False

    @property
    def empty(self) -> bool:
        """Whether no key of a burst is remembered."""
        return not self._keys and not self._too_long

    def press(
        self,
        key: int,
        codepoint: str | None,
        *,
        shift: bool,
        now: float,
        control: bool = False,
        alt: bool = False,
    ) -> str | None:
        """Take one key, and return the scanned text where this key ends one; None otherwise.

        Args:
            key: the key's number as Kivy's window gives it.
            codepoint: the character that the window reports for the key.
            shift: whether Shift is held.
            now: when it was pressed, in monotonic seconds.
            control: whether Ctrl is held; then the key is a control character.
            alt: whether Alt or AltGr is held; then the key is a character that depends on the layout.
        """
        self.forget(now)
        if key in (_CONTROL_ENDS if control else _ENDS):
            return self._end(now)
        text = "" if control else _text_of(key, codepoint, shift=shift, alt=alt)
        if not text:
            return None
        if self.empty:
            self._began = now
        self._last = now
        if len(self._keys) >= LONGEST:
            self._too_long = True
            self._keys.clear()
        if not self._too_long:
            self._keys.append(text)
        return None

    def forget(self, now: float) -> None:
        """Drop the keys if the burst is over."""
        if now - self._last > LONGEST_GAP:
            self._drop()

    def _end(self, now: float) -> str | None:
        text, seconds, dropped = "".join(self._keys), now - self._began, self._too_long
        self._drop()
        if dropped:
            return _UNKNOWN  # a code, but none of ours
        scanned = len(text) >= SHORTEST and seconds <= SLOWEST * len(text)
        return without_aim_prefix(text, typed=True) if scanned else None

    def _drop(self) -> None:
        self._keys.clear()
        self._too_long = False


def _text_of(key: int, codepoint: str | None, *, shift: bool, alt: bool) -> str:
    """The text of a key. Shift does not matter for letters: our codes do not distinguish capitals."""
    if key in _NUMPAD:
        return _NUMPAD[key]
    if 32 <= key < 127:
        text = chr(key)
        return _UNKNOWN if alt or (shift and not text.isalpha()) else text
    if codepoint and len(codepoint) == 1 and codepoint.isprintable() and not 256 <= key < 512:
        return codepoint  # full width, from an input method that was left on
    return ""
