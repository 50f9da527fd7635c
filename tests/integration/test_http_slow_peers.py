"""Peers that send half a request, read nothing, or open one line after another: nobody else is kept waiting."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from backend.protection.roles import DeviceKind
from backend.web.desk.people import SESSION_COOKIE
from backend.web.http.connections import Limits
from tests.support import House, serving, wait_until

SOON = Limits(request_seconds=0.5, stalled_seconds=0.5, unfinished=40, unfinished_of_one=30)
HEAD = b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\n"
HALF_BODY = b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nlogin=a"

CHUNKED = HALF_BODY.replace(b"Content-Length: 50", b"Transfer-Encoding: chunked").replace(
    b"login", b"7\r\nlogin"
)


@pytest.fixture
def impatient(small_house: House) -> Iterator[str]:
    """A server with short limits."""
    with serving(small_house, SOON) as address:
        yield address


@contextlib.contextmanager
def connected(address: str, count: int = 1) -> Iterator[list[socket.socket]]:
    """Connections to a server."""
    parts = urlsplit(address)
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection((parts.hostname, parts.port), 10))
            for _ in range(count)
        ]


def rest_of(line: socket.socket) -> bytes:
    """What comes until the other end closes."""
    came = b""
    with contextlib.suppress(ConnectionResetError):
        while data := line.recv(65536):
            came += data
    return came


def lines_at(address: str) -> int:
    """How many connections the server holds."""
    port = urlsplit(address).port
    return sum(
        one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port
        for one in psutil.Process().net_connections("tcp")
    )


@pytest.mark.parametrize(
    "sent",
    [
        HEAD,
        HALF_BODY,
        b"G",
        b"\r\n\r\n",
        CHUNKED,
    ],
)
def test_half_a_request_is_answered_and_left(
    impatient: str, sent: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever sends half a head or half a body is told that the time is over, and holds nothing any longer."""
    with connected(impatient) as [line]:
        line.sendall(sent)
        reply = rest_of(line)
    assert reply.startswith(b"HTTP/1.1 4")
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["code"] == "invalid_request"
    assert b"connection: close" in reply
    assert "unexpected_error" not in capsys.readouterr().out


def test_a_line_that_says_nothing_is_closed(impatient: str) -> None:
    """A browser that connects in advance loses nothing: there was no request to answer."""
    with connected(impatient) as [line]:
        assert rest_of(line) == b""


@pytest.mark.parametrize("drop", [b"\r\n", b"X-A: b\r\n"])
def test_drops_do_not_stop_the_clock(impatient: str, drop: bytes) -> None:
    """Sending a little now and then keeps no line open, before a request as in the middle of its head."""
    with connected(impatient) as [line]:
        line.settimeout(0.05)
        line.sendall(HEAD if drop != b"\r\n" else b"\r\n")

        def ended() -> bool:
            with contextlib.suppress(TimeoutError):
                try:
                    line.sendall(drop)
                    return line.recv(1) == b""
                except (BrokenPipeError, ConnectionResetError):
                    return True
            return False

        wait_until(ended)


def test_an_answered_request_whose_body_never_comes_is_left(impatient: str) -> None:
    """A body that nobody reads keeps no line open after the answer."""
    with connected(impatient) as [line]:
        line.sendall(HEAD + b"Content-Length: 10\r\n\r\n")
        assert rest_of(line).startswith(b"HTTP/1.1 200")


def test_a_head_without_end_is_refused_before_it_fills_the_memory(impatient: str) -> None:
    """More than a browser of ours ever sends is no request."""
    with connected(impatient) as [line]:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(200)))
        reply = rest_of(line)
    # The system may drop the words of whoever goes on talking; the line is closed in any case.
    assert reply == b"" or reply.startswith(b"HTTP/1.1 431")


def test_a_hundred_half_requests_keep_nobody_waiting(small_house: House) -> None:
    """Beyond the limit the oldest half request makes room; whole requests are answered meanwhile, from the same address."""
    token = small_house.device()
    limits = Limits(request_seconds=60, unfinished=40, unfinished_of_one=30)
    with serving(small_house, limits) as address, contextlib.ExitStack() as stack:
        lines = []
        for _ in range(110):
            lines += stack.enter_context(connected(address))
            lines[-1].sendall(HEAD)
        wait_until(lambda: lines_at(address) <= 30)
        asked = httpx2.get(
            f"{address}/api/v1/office", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        assert asked.status_code == 200
        assert rest_of(lines[0]).startswith(b"HTTP/1.1 503")
        lines[-1].sendall(b"Connection: close\r\n\r\n")
        assert rest_of(lines[-1]).startswith(b"HTTP/1.1 200")


def test_who_reads_nothing_is_left(impatient: str, small_house: House) -> None:
    """A peer that stands still while the server writes to it does not bind an answer, or its memory, for ever."""
    with connected(impatient) as [line]:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        asked = b"GET /static/app.js HTTP/1.1\r\nHost: here\r\n\r\n"
        with contextlib.suppress(TimeoutError, ConnectionResetError, BrokenPipeError):
            line.settimeout(0.5)
            for _ in range(2000):
                line.sendall(asked)
        wait_until(lambda: lines_at(impatient) == 0, 20)


def test_of_too_many_streams_of_one_reader_the_oldest_end(address: str, small_house: House) -> None:
    """A session or a device that opens stream after stream holds a few; the oldest says why it ends, others live on."""
    _, cookie, _ = small_house.signed_in("clerk01")
    token = small_house.device(DeviceKind.DISPLAY)
    other = small_house.device(DeviceKind.DISPLAY)
    for path, headers in (
        ("/pages/events", {"Cookie": f"{SESSION_COOKIE}={cookie}"}),
        ("/api/v1/events", {"Authorization": f"Bearer {token}"}),
    ):
        with httpx2.Client(base_url=address, timeout=10) as client, contextlib.ExitStack() as open_streams:
            neighbour = open_streams.enter_context(
                client.stream("GET", "/api/v1/events", headers={"Authorization": f"Bearer {other}"})
            )
            before = small_house.graph.hub.readers
            streams = []
            for _ in range(9):
                stream = open_streams.enter_context(client.stream("GET", path, headers=headers))
                lines = stream.iter_lines()
                assert next(lines) == "event: snapshot"
                streams.append(lines)
            for ended in streams[:3]:
                said = list(ended)
                assert said[-4:] == ["event: end", "retry: 30000", 'data: {"code":"too_many_streams"}', ""]
            wait_until(lambda before=before: small_house.graph.hub.readers - before <= 6)  # type: ignore[misc]
            assert next(neighbour.iter_lines()) == "event: snapshot"
        wait_until(lambda: small_house.graph.hub.readers == 0)


def test_a_stop_waits_for_nobody_who_has_not_said_what_is_wanted(small_house: House) -> None:
    """Half requests and readers that stand still do not keep the server from ending."""
    with contextlib.ExitStack() as stack:
        with serving(small_house) as address:
            lines = stack.enter_context(connected(address, 20))
            for line, sent in zip(lines, [HEAD, HALF_BODY] * 10, strict=True):
                line.sendall(sent)
            wait_until(lambda: lines_at(address) == 20)
        # ``serving`` itself asserts that the server has ended.
        assert {rest_of(line) for line in lines} == {b""}


def test_a_peer_whose_plug_was_pulled_is_noticed(address: str) -> None:
    """The system itself ends a connection to a machine that is gone: no stream stays half open for hours."""
    with connected(address):
        port = urlsplit(address).port
        wait_until(lambda: lines_at(address) == 1)
        fds = [
            one.fd for one in psutil.Process().net_connections("tcp") if one.raddr and one.laddr.port == port
        ]
        with socket.socket(fileno=os.dup(fds[0])) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
            idle, pause, count = (
                line.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
        assert idle + pause * count <= 30
