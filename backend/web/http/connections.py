"""One connection: a request has to be there in time, and a peer that reads nothing, or is gone, is left (adr/0019).

uvicorn limits how long a connection may rest between two requests, and nothing else: half a request stayed for ever.
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
    """What a connection may take.

    Attributes:
        request_seconds: until head and body of a request are there, from its first byte or from the connection's beginning.
        stalled_seconds: until a peer reads on that has stopped reading.
        unfinished: requests that may be on their way at once, and of one address; beyond them the oldest goes.
    """

    request_seconds: float = 10.0
    stalled_seconds: float = 20.0
    unfinished: int = 512
    unfinished_of_one: int = 128


@dataclass
class Crowd:
    """The connections whose request is not there yet, the longest waiting first; complete requests are never counted."""

    limits: Limits
    _waiting: "OrderedDict[CarefulProtocol, str]" = field(default_factory=OrderedDict)
    _by_address: "defaultdict[str, OrderedDict[CarefulProtocol, None]]" = field(
        default_factory=lambda: defaultdict(OrderedDict)
    )
    _quiet_until: float = 0.0
    _unreadable: int = 0
    _unreadable_quiet_until: float = 0.0

    def enter(self, connection: "CarefulProtocol", address: str) -> None:
        """Note that a request is on its way; if too many are, the oldest is closed."""
        self._waiting[connection] = address
        mine = self._by_address[address]
        mine[connection] = None
        if len(mine) > self.limits.unfinished_of_one:
            next(iter(mine)).make_room()
        elif len(self._waiting) > self.limits.unfinished:
            next(iter(self._waiting)).make_room()

    def tell(self, now: float) -> None:
        """Somebody made room: a flood is one line in the log each minute."""
        if now >= self._quiet_until:
            self._quiet_until = now + _TELL_AGAIN_SECONDS
            log.warning("request_not_finished", reason="too_many")

    def tell_unreadable(self, now: float) -> None:
        """Somebody sent what is no request: one line each minute says how many since the last one, and nothing of it."""
        self._unreadable += 1
        if now >= self._unreadable_quiet_until:
            log.warning("request_unreadable", count=self._unreadable)
            self._unreadable = 0
            self._unreadable_quiet_until = now + _TELL_AGAIN_SECONDS

    def leave(self, connection: "CarefulProtocol") -> None:
        """It is there, or its connection has ended."""
        address = self._waiting.pop(connection, None)
        if address is None:
            return
        mine = self._by_address[address]
        mine.pop(connection, None)
        if not mine:
            del self._by_address[address]


def _not_told_yet(record: logging.LogRecord) -> bool:
    """Whether a line says something new; why an answer broke off, ``trouble.LastAnswer`` has told."""
    return "without completing response" not in str(record.msg)


class ServerConfig(uvicorn.Config):
    """What uvicorn is told, with the limits of connections."""

    def __init__(self, app: Any, limits: Limits, **told: Any) -> None:
        super().__init__(app, http=CarefulProtocol, ws="none", **told)
        logging.getLogger("uvicorn.error").addFilter(_not_told_yet)
        self.crowd = Crowd(limits)
        self.early = EarlyAnswers()


class CarefulProtocol(HttpToolsProtocol):
    """uvicorn's protocol with time limits for what a peer has to do."""

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
        """A peer has connected; its request is awaited from now on."""
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
        """Whatever comes belongs to a request that is not there yet.

        Fed to the parser here: uvicorn writes a line of its own for everything that a stranger may send.
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
            pass  # we know no other protocol; the request is answered as what it is
        except HttpParserError:
            self._crowd.tell_unreadable(self.loop.time())
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if self._in_head and self._overdue is not None and self._head_bytes > _MOST_HEAD_BYTES:
            self._refuse_too_large(data)

    def on_message_begin(self) -> None:
        """The first byte of a request, which may stand right behind the last byte of the one before."""
        super().on_message_begin()
        self._await_request()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is there."""
        self._in_head = True
        self._head_bytes = 0
        self._accept.forget()
        self._request_is_there()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The peer does not read; it has a while to go on."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._limits.stalled_seconds, self._leave_stalled)

    def resume_writing(self) -> None:
        """The peer reads."""
        self._reads_again()
        super().resume_writing()

    def shutdown(self) -> None:
        """The server ends: who has not said yet what is wanted is not waited for."""
        if self._overdue is not None and not self._answering():
            self.transport.close()
        else:
            super().shutdown()

    def make_room(self) -> None:
        """Too many requests are on their way: this one has waited longest."""
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
        """Refuse a head; who asks stands behind an address that is too long, so that a little more of it is looked through."""
        known = self._accept.asks_for_a_page or data.endswith(b"\r\n\r\n")
        if known or self._head_bytes > 2 * _MOST_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._too_large is None:
            self._too_large = self.loop.call_later(
                _END_OF_HEAD_SECONDS, self._refuse, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            )

    def _answering(self) -> bool:
        """Whether an answer is under way, to this request or to the one before."""
        return self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete

    def _refuse(self, status: HTTPStatus) -> None:
        """End the connection; if something was sent and not answered, say why first."""
        if self.transport.is_closing():
            return
        if self._head_bytes and not self._answering():
            self.transport.write(self._early.answer(status, page=self._accept.asks_for_a_page))
        self.transport.close()


def _end_when_peer_is_gone(transport: asyncio.Transport) -> None:
    """Let the system end a connection whose peer's machine is gone without a word, as when its plug was pulled."""
    line = transport.get_extra_info("socket")
    if line is None or line.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _GONE_SECONDS // 2)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _GONE_SECONDS // 4)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_SECONDS * 1000)
