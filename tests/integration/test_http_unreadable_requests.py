"""What strangers send that is no request: answered or left, and one line a minute in a log of ours."""

import contextlib
import html
import json
import logging
import socket
from urllib.parse import urlsplit

import httpx2
import pytest
import structlog

from backend.common.catalogue import Catalogue, Language
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
BROWSER = b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
INVALID = "only_read.invalid_request"
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


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n", {400, 431}),
        (b"GET /clerk HTTP/1.1\r\nHost: here\r\nCookie: a=\x7f\r\n\r\n", {400}),
        (b"GET /clerk HTTP/1.1\r\nHost: here\r\nAccept: application/json\r\n", {408}),
    ],
    ids=["address", "cookie", "half"],
)
def test_an_answer_before_the_routes_is_as_careful_as_the_others(
    small_house: House, sent: bytes, status: set[int]
) -> None:
    """What the parser refuses passes no middleware: browsers are told all the same what they may do with it."""
    with serving(small_house, Limits(request_seconds=1)) as address:
        head, _, body = told(address, sent).decode("ascii").partition("\r\n\r\n")
        careful = httpx2.get(f"{address}/nowhere").headers
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert int(first.split()[1]) in status
    assert json.loads(body)["code"] == "invalid_request"
    for name in ("x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy"):
        assert headers[name] == careful[name]
    assert headers["cache-control"] == careful["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "status", "key"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: here\r\n" + BROWSER + b"\r\n", {400, 431}, INVALID),
        (b"GET /clerk HTTP/1.1\r\nHost: here\r\n" + BROWSER + b"Cookie: a=\x7f\r\n\r\n", {400}, INVALID),
        (b"GET /clerk HTTP/1.1\r\nHost: here\r\nCookie: a=\x7f\r\n" + BROWSER + b"\r\n", {400}, INVALID),
        (
            b"GET / HTTP/1.1\r\nHost: here\r\n" + BROWSER + b"Cookie: " + b"a" * 70_000,
            {431},
            INVALID,
        ),
        (b"GET /clerk HTTP/1.1\r\nHost: here\r\n" + BROWSER, {408}, "not_arrived.too_late"),
        (
            b"POST /sign-in HTTP/1.1\r\nHost: here\r\n" + BROWSER + b"Content-Length: 9\r\n\r\nab",
            {408},
            "not_arrived.too_late",
        ),
    ],
    ids=["address", "cookie", "cookie-first", "endless", "half", "half-form"],
)
def test_a_browser_reads_words_where_no_page_was_reached(
    small_house: House, sent: bytes, status: set[int], key: str
) -> None:
    """A clerk whose cookie is broken or whose line was cut reads what to do, not a line of code."""
    with serving(small_house, Limits(request_seconds=1)) as address:
        head, _, body = told(address, sent).decode().partition("\r\n\r\n")
        careful = httpx2.get(f"{address}/nowhere").headers
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert int(first.split()[1]) in status
    assert headers["content-type"] == "text/html; charset=utf-8"
    for name in ("x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy"):
        assert headers[name] == careful[name]
    assert headers["cache-control"] == "no-store"
    for language in (Language.JAPANESE, Language.ENGLISH):
        assert Catalogue("pages", language).text(key) in html.unescape(body)


def test_a_browser_that_makes_room_reads_that_the_server_is_busy(small_house: House) -> None:
    """Whoever waited longest among too many half requests is told so, each in its own way."""
    half = b"GET /clerk HTTP/1.1\r\nHost: here\r\n"
    busy = Catalogue("pages").text("not_arrived.too_many")
    with serving(small_house, Limits(unfinished_of_one=1)) as address:
        parts = urlsplit(address)
        where = (parts.hostname, parts.port)
        for accept, said in ((BROWSER, busy), (b"Accept: application/json\r\n", '{"code":"invalid_request"')):
            with socket.create_connection(where, 10) as first:
                first.sendall(half + accept)
                assert httpx2.get(f"{address}/api/v1/health").status_code == 200
                came = first.recv(65536).decode()
                assert came.startswith("HTTP/1.1 503 ")
                assert said in html.unescape(came)


@pytest.mark.parametrize(
    "asked", ["bytes=5-1", "bytes=9999999-", "bytes=a", "bytes=0-1,4-5", "lines=1-2", "bytes=0-9"]
)
def test_a_part_of_a_file_is_the_whole_of_it(small_house: House, asked: str) -> None:
    """A range that is none is answered in no library's words; our files are small and always come whole."""
    with serving(small_house) as address:
        whole = httpx2.get(f"{address}/static/app.css")
        part = httpx2.get(f"{address}/static/app.css", headers={"Range": asked, "If-Range": '"x"'})
    assert (part.status_code, part.content) == (200, whole.content)
    assert "accept-ranges" not in part.headers


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
