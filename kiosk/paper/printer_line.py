"""One connection to a printer: bytes go out, answers come in, and it is always closed."""

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from typing import Self

from kiosk.paper.printer_answers import AnswerKind, AnswerReader
from kiosk.paper.printer_commands import ASK_PAPER, ask_status

_CHUNK = 4096
_RETRY_SECONDS = 0.1


class LineDroppedError(Exception):
    """The connection ended while it was used."""


def connect(address: tuple[str, int], timeout: float) -> "PrinterLine | None":
    """Open a connection; None if no printer can be reached.

    Many printers refuse a connection until they are done with the one before, so a refused connection is tried again
    until the timeout.

    Args:
        address: host and port.
        timeout: seconds to wait for the connection; later also for each step of sending.
    """
    deadline = time.monotonic() + timeout
    while True:
        remaining = max(0.01, deadline - time.monotonic())
        try:
            return PrinterLine(socket.create_connection(address, timeout=remaining), timeout)
        except (ConnectionRefusedError, ConnectionResetError, ConnectionAbortedError):
            if deadline - time.monotonic() <= _RETRY_SECONDS:
                return None
            time.sleep(_RETRY_SECONDS)
        except (OSError, ValueError, OverflowError):
            # Unknown name, no route, impossible name or port: waiting changes nothing.
            return None


class PrinterLine:
    """One connection; as a context manager it is closed at the end.

    An answer to ``DLE EOT`` or ``GS r`` does not say which question it answers. So the line counts open questions of
    each kind: a question counts as answered only when as many answers have come in as questions were sent.

    Attributes:
        blocks: the blocks that came in: process ids, the answer to clearing the buffers.
        automatic: the last status that the printer sent by itself.
        paper: the last answer to ``GS r 1``.
        strays: how many bytes have answered nothing since :meth:`watch_strays`.
        surplus: how many more answers to ``DLE EOT`` than questions there were; then no answer can be trusted.
    """

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout
        self._reader = AnswerReader()
        self._owed_status = 0
        self._owed_paper = 0
        self._status = 0
        self.blocks: list[bytes] = []
        self.automatic: bytes | None = None
        self.paper: int | None = None
        self.strays = 0
        self.surplus = 0
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close, and let the printer read what was sent. Answers are read first: unread ones would reset the line."""
        with contextlib.suppress(OSError):
            self._connection.settimeout(0)
            while self._connection.recv(_CHUNK):
                pass
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        self._connection.close()

    def abort(self) -> None:
        """Close at once and drop bytes that have not left this device yet, so that they are not printed later."""
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    @property
    def paper_owed(self) -> bool:
        """Whether an answer to ``GS r 1`` is missing."""
        return self._owed_paper > 0

    def watch_strays(self) -> None:
        """Count bytes that answer nothing from now on."""
        self.strays = 0

    def send(self, data: bytes) -> None:
        """Send all bytes.

        Raises:
            TimeoutError: the printer accepted no bytes for the whole timeout.
            LineDroppedError: the connection ended.
        """
        view = memoryview(data)
        while view:
            try:
                self._connection.settimeout(self._timeout)
                view = view[self._connection.send(view[:_CHUNK]) :]
            except TimeoutError:
                raise
            except OSError as error:
                raise LineDroppedError from error

    def ask_paper(self) -> None:
        """Send ``GS r 1``; the answer comes when the printer has carried out everything before it.

        Raises:
            TimeoutError: the printer accepts no bytes.
            LineDroppedError: the connection ended.
        """
        self._owed_paper += 1
        self.send(ASK_PAPER)

    def ask(self, number: int, timeout: float) -> int | None:
        """Send ``DLE EOT number`` and return its answer, or None if none came within ``timeout`` seconds.

        Raises:
            LineDroppedError: the connection ended.
        """
        self._owed_status += 1
        try:
            self.send(ask_status(number))
        except TimeoutError:
            return None
        return self._status if self.wait(lambda: not self._owed_status, timeout) else None

    def wait(self, enough: Callable[[], bool], timeout: float) -> bool:
        """Take answers in until ``enough`` returns true; False if it does not within ``timeout`` seconds.

        Raises:
            LineDroppedError: the connection ended.
        """
        deadline = time.monotonic() + timeout
        while not enough():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            try:
                self._connection.settimeout(remaining)
                data = self._connection.recv(_CHUNK)
            except TimeoutError:
                return False
            except OSError as error:
                raise LineDroppedError from error
            if not data:
                raise LineDroppedError
            self._take(data)
        return True

    def _take(self, data: bytes) -> None:
        for answer in self._reader.feed(data):
            if answer.kind is AnswerKind.BLOCK:
                self.blocks.append(answer.raw)
            elif answer.kind is AnswerKind.AUTOMATIC:
                self.automatic = answer.raw
            elif answer.kind is AnswerKind.STATUS and self._owed_status:
                self._owed_status -= 1
                self._status = answer.raw[0]
            elif answer.kind is AnswerKind.PAPER and self._owed_paper:
                self._owed_paper -= 1
                self.paper = answer.raw[0]
            else:
                self.strays += 1
                self.surplus += answer.kind is AnswerKind.STATUS
