"""What strangers send that is no request: answered or left, and one line a minute in a log of ours."""

import contextlib
import logging
import socket
from urllib.parse import urlsplit

import httpx2
import pytest
import structlog

from backend.web.http.connections import Crowd, Limits
from tests.support import House, serving, wait_until

TLS_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(200))
GARBAGE = {
    "tls": TLS_HELLO,
    "method": b"FOO / HTTP/1.1\r\nHost: here\r\n\r\n",
    "lengths": b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "version": b"GET / HTTP/9.9\r\nHost: here\r\n\r\n",
    "address": b"GET http://[ HTTP/1.1\r\nHost: here\r\n\r\n",
    "noise": b"\x00\xff\x00\xff secret-words \r\n\r\n",
}
OFFERS = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AA==\r\n",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n",
)


def told(address: str, sent: bytes) -> bytes:
    """What the server answers before it closes."""
    parts = urlsplit(address)
    came = b""
    with socket.create_connection((parts.hostname, parts.port), 10) as line:
        line.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            while data := line.recv(65536):
                came += data
    return came


def test_garbage_is_one_line_of_ours_and_none_of_the_library(
    small_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """A scan does not fill the log, says nothing of what it sent, and the server goes on answering."""
    with (
        caplog.at_level(logging.DEBUG),
        structlog.testing.capture_logs() as logs,
        serving(small_house) as address,
    ):
        for kind, sent in GARBAGE.items():
            reply = told(address, sent)
            assert reply.startswith(b"HTTP/1.1 400 "), kind
            assert b'{"code":"invalid_request"' in reply, kind
        assert httpx2.get(f"{address}/api/v1/health").status_code == 200
    lines = [one for one in logs if one["event"] == "request_unreadable"]
    assert lines == [{"event": "request_unreadable", "log_level": "warning", "count": 1}]
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []
    assert "secret-words" not in f"{logs}{caplog.text}"


@pytest.mark.parametrize("offer", OFFERS, ids=["websocket", "h2c"])
def test_an_offer_of_another_protocol_is_answered_and_not_told(
    small_house: House, caplog: pytest.LogCaptureFixture, offer: bytes
) -> None:
    """A request that would rather speak something else is a request, and no line in the log."""
    with caplog.at_level(logging.DEBUG), serving(small_house, Limits(request_seconds=1)) as address:
        reply = told(address, b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\n" + offer + b"\r\n")
        wait_until(lambda: httpx2.get(f"{address}/api/v1/health").status_code == 200)
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


def test_a_flood_is_counted_and_told_once_a_minute() -> None:
    """No garbage is left out of the count, however little of it gets a line of its own."""
    crowd = Crowd(Limits())
    with structlog.testing.capture_logs() as logs:
        for now in (100.0, 101.0, 159.9, 160.0, 161.0, 300.0):
            crowd.tell_unreadable(now)
    assert [(one["event"], one["count"]) for one in logs] == [
        ("request_unreadable", 1),
        ("request_unreadable", 3),
        ("request_unreadable", 2),
    ]
