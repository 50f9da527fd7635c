"""An HTTP connection that is kept open and adds as little as possible, so that the server's time is measured."""

import json
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.bench.measurement import BenchError

_SECONDS = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)


@dataclass(frozen=True)
class Exchange:
    """One request and its reply.

    Attributes:
        status: HTTP status of the reply.
        body: body of the reply.
        began: seconds on the monotonic clock just before the first byte was sent.
        ended: the same when the last byte of the reply had arrived.
    """

    status: int
    body: bytes
    began: float
    ended: float

    @property
    def ms(self) -> float:
        """How long it took, in milliseconds."""
        return (self.ended - self.began) * 1000

    def json(self) -> dict[str, Any]:
        """The reply's JSON object.

        Raises:
            BenchError: the reply is not a JSON object.
        """
        try:
            reply = json.loads(self.body)
        except ValueError:
            raise BenchError(f"the server answered {self.status} without JSON") from None
        if not isinstance(reply, dict):
            raise BenchError(f"the server answered {self.status} with JSON that is no object")
        return reply


class Line:
    """A connection to a server. Not for several threads at once.

    Args:
        address: for example ``http://127.0.0.1:8710``.
        headers: sent with every request.
    """

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(address)
        self._place = (parts.hostname or "127.0.0.1", parts.port or 80)
        head = {"Host": parts.netloc, "Accept": "application/json", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def get(self, path: str) -> Exchange:
        """Send a GET request."""
        return self._send("GET", path, b"", "")

    def post_json(self, path: str, body: Mapping[str, object]) -> Exchange:
        """Send a device's command with a new request id."""
        content = json.dumps({"request_id": str(uuid4()), **body}).encode()
        return self._send("POST", path, content, "application/json")

    def post_form(self, path: str, **fields: str | list[str]) -> Exchange:
        """Send a page's command with a new request id."""
        content = urlencode({"request_id": str(uuid4()), **fields}, doseq=True).encode()
        return self._send("POST", path, content, "application/x-www-form-urlencoded")

    def _send(self, method: str, path: str, content: bytes, kind: str) -> Exchange:
        type_line = f"Content-Type: {kind}\r\n" if kind else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{type_line}Content-Length: {len(content)}\r\n\r\n"
        kept = self._socket
        began = time.monotonic()
        try:
            status, body, closes = _ask(kept or self._connect(), head.encode() + content)
        except _HungUpError:
            # The server closes a connection that was idle for too long; it has not read this request.
            self.close()
            if kept is None:
                raise
            began = time.monotonic()
            status, body, closes = _ask(self._connect(), head.encode() + content)
        ended = time.monotonic()
        if closes:
            self.close()
        return Exchange(status, body, began, ended)

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._place, timeout=_SECONDS)
        except OSError as error:
            raise BenchError(f"the server cannot be reached: {error.strerror}") from None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        return connection


class _HungUpError(BenchError):
    """The server closed the connection before it answered anything."""


def _ask(connection: socket.socket, request: bytes) -> tuple[int, bytes, bool]:
    """Send a request and read its reply."""
    try:
        connection.sendall(request)
        first = _some(connection)
    except ConnectionError:
        first = b""
    if not first:
        raise _HungUpError("the server closed the connection before it answered")
    return _read(connection, first)


def _read(connection: socket.socket, received: bytes) -> tuple[int, bytes, bool]:
    """Status and body of one reply, and whether the server closes the connection after it."""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length is None:
        raise BenchError("the server's reply does not tell its length")
    while len(body) < int(length.group(1)):
        body += _more(connection)
    return int(head.split(b" ", 2)[1]), body, _CLOSE.search(head) is not None


def _some(connection: socket.socket) -> bytes:
    try:
        data = connection.recv(65536)
    except TimeoutError:
        raise BenchError(f"the server did not answer within {_SECONDS:g} s") from None
    return data


def _more(connection: socket.socket) -> bytes:
    data = _some(connection)
    if not data:
        raise BenchError("the server closed the connection in the middle of a reply")
    return data
