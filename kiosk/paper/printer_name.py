"""A printer's maker and model as it reports them (``GS I`` 66 and 67), where it answers.

The answer is untrusted text that is shown on a console: only printable ASCII of it is kept, up to a limit.
"""

import socket
import time
from typing import Final

from backend.wire import contains_my_number

MAKER, MODEL = 66, 67
"""Numbers of the two questions. Source: Epson's ESC/POS reference, ``GS I``, printer information B."""

LONGEST: Final = 40
"""How many characters of a name are kept at most; names of real printers are shorter."""

_HEAD, _END = 0x5F, 0x00
_MOST_BYTES = 256
_PAUSE_SECONDS = 0.1


def ask_name(host: str, port: int, timeout: float = 1.0) -> str | None:
    """Ask a printer for its maker and model. Ask only a printer that is ready; another one answers too late.

    Args:
        host: name or address.
        port: TCP port.
        timeout: seconds to wait for the connection, and for each answer.

    Returns:
        Maker and model as one line of printable ASCII, or None if the printer does not say.
    """
    try:
        with _connected(host, port, timeout) as line:
            model = _ask(line, MODEL, timeout)
            maker = _ask(line, MAKER, timeout) if model else ""
    except (OSError, ValueError):
        return None
    name = model if model.startswith(maker) else f"{maker} {model}"
    return None if not name or contains_my_number(name) else name


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    """Connect, and try again while it refuses: a printer may do so for a moment after the last connection."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return socket.create_connection((host, port), timeout)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _ask(line: socket.socket, which: int, timeout: float) -> str:
    """Ask one question; the answer is empty if none of the right form came within ``timeout`` seconds."""
    line.sendall(bytes((0x1D, ord("I"), which)))
    deadline = time.monotonic() + timeout
    said = bytearray()
    while (remaining := deadline - time.monotonic()) > 0 and len(said) < _MOST_BYTES:
        line.settimeout(remaining)
        try:
            data = line.recv(_MOST_BYTES)
        except TimeoutError:
            return ""
        if not data:
            return ""
        said += data
        start = said.find(_HEAD)
        end = said.find(_END, start)
        if 0 <= start < end:
            return plain(bytes(said[start + 1 : end]))
    return ""


def plain(said: bytes) -> str:
    """Make untrusted text safe to show: printable ASCII, single spaces, a limited length."""
    signs = "".join(chr(byte) if 0x20 <= byte < 0x7F else " " for byte in said)
    return " ".join(signs.split())[:LONGEST].strip()
