"""Time limits for connections: a request must arrive in time, and a peer that reads nothing or is gone is dropped.

uvicorn itself only limits how long a connection may be idle between two requests: half a request could stay for ever.
The reasons are in adr/0019.
"""

import asyncio
import contextlib
import logging
import socket
from asyncio import TimerHandle
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
import uvicorn
from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from backend.web.http.early_answers import AcceptLine, EarlyAnswers

log = structlog.get_logger("uketsuke.web")

_MOST_HEAD_BYTES = 64 * 1024
_END_OF_HEAD_SECONDS = 0.5
_GONE_SECONDS = 20
_TELL_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class Limits:
    """The limits of connections.

    Attributes:
        request_seconds: time until head and body of a request have arrived, from its first byte or from the beginning
            of the connection.
        stalled_seconds: time that a peer may stop reading an answer.
        unfinished: requests that may be incomplete at once; beyond that the oldest one is refused.
        unfinished_of_one: the same for one address.
    """

    request_seconds: float = 10.0
    stalled_seconds: float = 20.0
    unfinished: int = 512
    unfinished_of_one: int = 128


@dataclass
class Crowd:
    """The connections whose request is incomplete, oldest first; complete requests are not counted."""

    limits: Limits
    _waiting: "OrderedDict[CarefulProtocol, str]" = field(default_factory=OrderedDict)
    _by_address: "defaultdict[str, OrderedDict[CarefulProtocol, None]]" = field(
        default_factory=lambda: defaultdict(OrderedDict)
    )
    _quiet_until: float = 0.0
    _unreadable: int = 0
    _unreadable_quiet_until: float = 0.0

    def enter(self, connection: "CarefulProtocol", address: str) -> None:
        """Add a connection whose request is incomplete; if there are too many, the oldest is closed."""
        self._waiting[connection] = address
        mine = self._by_address[address]
        mine[connection] = None
        if len(mine) > self.limits.unfinished_of_one:
            next(iter(mine)).make_room()
        elif len(self._waiting) > self.limits.unfinished:
            next(iter(self._waiting)).make_room()

    def tell(self, now: float) -> None:
        """Log that a connection was closed for others; a flood gives one line a minute."""
        if now >= self._quiet_until:
            self._quiet_until = now + _TELL_AGAIN_SECONDS
            log.warning("request_not_finished", reason="too_many")

    def tell_unreadable(self, now: float) -> None:
        """Count an unreadable request; one line a minute logs how many there were, and nothing of their contents."""
        self._unreadable += 1
        if now >= self._unreadable_quiet_until:
            log.warning("request_unreadable", count=self._unreadable)
            self._unreadable = 0
            self._unreadable_quiet_until = now + _TELL_AGAIN_SECONDS

    def leave(self, connection: "CarefulProtocol") -> None:
        """Remove a connection: its request is complete, or it has ended."""
        address = self._waiting.pop(connection, None)
        if address is None:
            return
        mine = self._by_address[address]
        mine.pop(connection, None)
        if not mine:
            del self._by_address[address]


def _not_told_yet(record: logging.LogRecord) -> bool:
    """Whether a log line says something new; ``error_answers.LastAnswer`` has logged why an answer broke off."""
    return "without completing response" not in str(record.msg)


class ServerConfig(uvicorn.Config):
    """The configuration of uvicorn, with the limits of connections."""

    def __init__(self, app: Any, limits: Limits, **told: Any) -> None:
        super().__init__(app, http=CarefulProtocol, ws="none", **told)
        logging.getLogger("uvicorn.error").addFilter(_not_told_yet)
        self.crowd = Crowd(limits)
        self.early = EarlyAnswers()


class CarefulProtocol(HttpToolsProtocol):
    """The protocol of uvicorn, with time limits for the peer."""

    config: ServerConfig

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._crowd = config.crowd
        self._limits = config.crowd.limits
        self._overdue: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._in_head = True
        self._head_bytes = 0
        self._accept = AcceptLine()
        self._early = config.early
        self._too_large: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """A peer has connected; the time for its request begins."""
        super().connection_made(transport)
        _end_when_peer_is_gone(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._request_is_there()
        self._reads_again()
        if self._too_large is not None:
            self._too_large.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser.

        This is done here because uvicorn would log a line for every unreadable thing that a stranger sends.
        """
        self._await_request()
        self._head_bytes += len(data)
        if self._in_head:
            self._accept.look(data)
        if self._too_large is not None:
            self._refuse_too_large(data)
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            pass  # no other protocol is supported; the request is answered as plain HTTP
        except HttpParserError:
            self._crowd.tell_unreadable(self.loop.time())
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if self._in_head and self._overdue is not None and self._head_bytes > _MOST_HEAD_BYTES:
            self._refuse_too_large(data)

    def on_message_begin(self) -> None:
        """The first byte of a request came, perhaps together with the end of the one before."""
        super().on_message_begin()
        self._await_request()

    def on_headers_complete(self) -> None:
        """The head of a request is complete."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is complete."""
        self._in_head = True
        self._head_bytes = 0
        self._accept.forget()
        self._request_is_there()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The peer does not read; the time limit for that begins."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._limits.stalled_seconds, self._leave_stalled)

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._reads_again()
        super().resume_writing()

    def shutdown(self) -> None:
        """The server ends: it does not wait for incomplete requests."""
        if self._overdue is not None and not self._answering():
            self.transport.close()
        else:
            super().shutdown()

    def make_room(self) -> None:
        """Close this connection, as too many requests are incomplete and this is the oldest."""
        self._request_is_there()
        self._crowd.tell(self.loop.time())
        self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def _await_request(self) -> None:
        if self._overdue is None and not self.transport.is_closing():
            self._overdue = self.loop.call_later(self._limits.request_seconds, self._leave_overdue)
            self._crowd.enter(self, self.client[0] if self.client else "")

    def _request_is_there(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
            self._crowd.leave(self)

    def _reads_again(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _leave_overdue(self) -> None:
        if self._head_bytes:
            log.debug("request_not_finished", reason="time")
        self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _leave_stalled(self) -> None:
        log.info("reader_stalled")
        self.transport.abort()

    def _refuse_too_large(self, data: bytes) -> None:
        """Refuse a head that is too large; the ``Accept`` line follows a long address, so a little more is searched."""
        known = self._accept.asks_for_a_page or data.endswith(b"\r\n\r\n")
        if known or self._head_bytes > 2 * _MOST_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._too_large is None:
            self._too_large = self.loop.call_later(
                _END_OF_HEAD_SECONDS, self._refuse, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            )

    def _answering(self) -> bool:
        """Whether an answer is being sent, to this request or to the one before."""
        return self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete

    def _refuse(self, status: HTTPStatus) -> None:
        """End the connection; if something was received and not answered, send the reason first."""
        if self.transport.is_closing():
            return
        if self._head_bytes and not self._answering():
            self.transport.write(self._early.answer(status, page=self._accept.asks_for_a_page))
        self.transport.close()


def _end_when_peer_is_gone(transport: asyncio.Transport) -> None:
    """Let the system end a connection whose peer vanished without closing it, for example by a power cut."""
    line = transport.get_extra_info("socket")
    if line is None or line.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _GONE_SECONDS // 2)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _GONE_SECONDS // 4)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_SECONDS * 1000)
