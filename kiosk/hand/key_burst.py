"""Hand scanners that type: a fast burst of keys that ends with Enter or Tab is a scanned code.

A hand scanner with a keyboard cable types what it reads, twenty and more keys a second; nobody types like that. What
is slower is somebody at a keyboard, and is forgotten. Nothing that was typed stays longer than the burst, and none of
it is in any ``repr``.
"""

from typing import Final

from backend.wire import without_aim_prefix

LONGEST: Final = 8000
"""Longest text that is taken; no code holds more. What is longer is dropped while it comes."""

SHORTEST: Final = 6
"""Shortest text that counts as scanned."""

LONGEST_GAP: Final = 0.15
"""Seconds without a key after which a burst is over. Windows hand keys over once per frame, so that gaps of a few
frames lie within a burst."""

SLOWEST: Final = 0.05
"""Seconds per key, on average, up to which a burst was not typed by a person."""

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
"""For a sign that depends on the keyboard's layout: it must keep digits apart, and no code of ours has one."""


class KeyBurst:
    """Puts keys together. Not safe for several threads; time is monotonic seconds."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._began = 0.0
        self._last = 0.0
        self._too_long = False

    @property
    def empty(self) -> bool:
        """True where nothing is remembered."""
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
        """Take one key, and return the text where it ended a scanned one.

        Args:
            key: the key's number as Kivy's window tells it.
            codepoint: what the window takes for the key's character.
            shift: Shift is held.
            now: when it was pressed.
            control: Ctrl is held: the key is a control character.
            alt: Alt or AltGr is held: the key is a sign that depends on the layout.
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
        """Drop what was typed if the burst is over."""
        if now - self._last > LONGEST_GAP:
            self._drop()

    def _end(self, now: float) -> str | None:
        text, seconds, dropped = "".join(self._keys), now - self._began, self._too_long
        self._drop()
        if dropped:
            return _UNKNOWN  # some code it was, and none of ours
        scanned = len(text) >= SHORTEST and seconds <= SLOWEST * len(text)
        return without_aim_prefix(text, typed=True) if scanned else None

    def _drop(self) -> None:
        self._keys.clear()
        self._too_long = False


def _text_of(key: int, codepoint: str | None, *, shift: bool, alt: bool) -> str:
    """What a key means. Letters stay as they are: whether capitals were meant does not matter for our codes."""
    if key in _NUMPAD:
        return _NUMPAD[key]
    if 32 <= key < 127:
        text = chr(key)
        return _UNKNOWN if alt or (shift and not text.isalpha()) else text
    if codepoint and len(codepoint) == 1 and codepoint.isprintable() and not 256 <= key < 512:
        return codepoint  # full width, from an input method that was left on
    return ""
