"""One connection to a printer: bytes out, answers in, always closed."""

import contextlib
import socket
import time
from collections.abc import Callable
from typing import Self

_CHUNK = 4096


class LineDroppedError(Exception):
    """The connection ended while it was used."""


def is_status_byte(value: int) -> bool:
    """Tell whether a byte is an answer to ``DLE EOT``: bits 0xx1xx10. Anything else on the line is not."""
    return value & 0x93 == 0x12


def is_done_byte(value: int) -> bool:
    """Tell whether a byte is an answer to ``GS r``: bits 0xx0xx.. ."""
    return value & 0x90 == 0


class PrinterLine:
    """One connection, closed on leaving. Answers of both kinds may come mixed: each is kept for who waits."""

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout
        self._answers = bytearray()
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close without cutting off what the printer has not read yet: unread answers would reset the line."""
        with contextlib.suppress(OSError):
            self._connection.settimeout(0)
            while self._connection.recv(_CHUNK):
                pass
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        self._connection.close()

    def forget_answers(self) -> None:
        """Drop what came before the question that matters."""
        self._answers.clear()

    def send(self, data: bytes) -> None:
        """Hand over all bytes.

        Raises:
            TimeoutError: the printer took nothing for the whole timeout.
            LineDroppedError: the connection ended.
        """
        self._connection.settimeout(self._timeout)
        view = memoryview(data)
        while view:
            try:
                view = view[self._connection.send(view[:_CHUNK]) :]
            except TimeoutError:
                raise
            except OSError as error:
                raise LineDroppedError from error

    def ask(self, number: int, timeout: float) -> int | None:
        """Send ``DLE EOT number`` and return its answer, or None when none came in time."""
        # A late answer to an earlier question must not be taken for this one's.
        self._answers = bytearray(value for value in self._answers if not is_status_byte(value))
        try:
            self.send(bytes((0x10, 0x04, number)))
        except TimeoutError:
            return None
        return self.answer(is_status_byte, timeout)

    def answer(self, wanted: Callable[[int], bool], timeout: float) -> int | None:
        """Return the first byte of a kind, waiting for it at most ``timeout`` seconds.

        Raises:
            LineDroppedError: the connection ended.
        """
        deadline = time.monotonic() + timeout
        while True:
            for place, value in enumerate(self._answers):
                if wanted(value):
                    del self._answers[place]
                    return value
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            self._connection.settimeout(remaining)
            try:
                data = self._connection.recv(_CHUNK)
            except TimeoutError:
                return None
            except OSError as error:
                raise LineDroppedError from error
            if not data:
                raise LineDroppedError
            self._answers += data
