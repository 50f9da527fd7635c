"""Makes strange requests: ordinary requests of a route in which one or more parts are replaced by unusual values.

They are sent as bytes over a real socket, because a client library would correct or refuse most of them.
"""

import contextlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, quote_plus, urlsplit
from uuid import uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import strategies as st

from backend.web.app import PAGE_ROUTERS
from tests.invented_number import MY_NUMBER
from tests.support import PASSWORD

CANARY: Final = "zaunkoenig"
"""A word that occurs only in requests: if it appears anywhere else, something repeated a request's content."""
TICKET: Final = "{ticket_id}"
_SECONDS: Final = 30
_CONTINUE: Final = re.compile(rb"\AHTTP/1\.1 100 .*?\r\n\r\n", re.DOTALL)

BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "/api/v1/check-ins": {"number": "10000001", "language": "en"},
    "/api/v1/walk-ins": {"language": "ko"},
    "/api/v1/tickets/{ticket_id}/cards": {"number": "10000002"},
    "/api/v1/refusals": {"kind": "foreign_code"},
    "/api/v1/device-reports": {"troubles": {"camera": "no_picture"}},
    "/api/v1/tickets/{ticket_id}/print-reports": {"state": "failed", "trouble": "offline"},
}
"""Bodies that devices send, by route, without the request id."""
_CARD: Final = {
    "kind": "card_number", "card_number": "998877665", "born": "1990-01-31", "case_id": "0" * 31 + "a", "card": "M-001.1",
}  # fmt: skip
FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "/sign-in": {"login": "", "password": PASSWORD},
    "/sign-out": {},
    "/office": {"office": "00"},
    "/language": {"language": "en", "back": "/clerk"},
    "/clerk/window": {"label": "1"},
    "/clerk/leave": {},
    "/clerk/call-next": {},
    "/clerk/tickets/{ticket_id}/recall": {},
    "/clerk/tickets/{ticket_id}/start": {},
    "/clerk/tickets/{ticket_id}/absent": {},
    "/clerk/tickets/{ticket_id}/back": {},
    "/clerk/tickets/{ticket_id}/cancel": {"reason": "twice"},
    **{f"/{desk}/tickets/{{ticket_id}}/{what}": dict(_CARD) for desk in ("clerk", "staff") for what in ("tie", "look", "untie")},
    "/clerk/tickets/{ticket_id}/paper": {},
    "/clerk/tickets/{ticket_id}/tick": {
        "recipient": "R1", "applicant": "A03", "papers": "notice", "flaw": "applicant:A03:expired", "seen": "0 R1",
        "apart": "yes", "case_id": "", "card": "M-001.2",
    },
    "/clerk/tickets/{ticket_id}/guide": {"answered": "who:self"},
    "/clerk/tickets/{ticket_id}/recipient": {"answered": "who:self", "seen": "0 R1"},
    "/clerk/tickets/{ticket_id}/hand-over": {"seen": "1 R1 papers:notice", "versions": "0" * 31 + "a:1"},
    "/clerk/tickets/{ticket_id}/finish": {},
    "/clerk/tickets/{ticket_id}/incomplete": {"seen": "1 R1"},
    "/staff/window": {"label": "A"},
    "/staff/leave": {},
    "/staff/tickets/{ticket_id}/call": {},
    "/staff/tickets/{ticket_id}/issue": {"case_id": "0" * 31 + "a"},
    "/staff/tickets/{ticket_id}/end": {"reason": "left", "case_id": ""},
    "/staff/tickets/{ticket_id}/absent": {},
    "/staff/tickets/{ticket_id}/back": {},
    "/staff/tickets/{ticket_id}/put-back": {},
    "/staff/tickets/{ticket_id}/send-back": {"reason": "papers_wrong"},
    "/staff/tickets/{ticket_id}/cancel": {"reason": "twice"},
    "/staff/stop": {},
    "/staff/contacted": {"case_id": "0" * 31 + "a"},
    "/account/password": {"before": "", "password": PASSWORD, "again": PASSWORD},
    "/account/sessions": {},
    "/first-password/{link}": {"password": PASSWORD, "again": PASSWORD},
    "/roster": {"handler": "受付 花子", "login": "hanako", "begins": "2026-11-01", "ends": "", "office": "00", "roles": "clerk"},
    "/roster/{account_id}/line": {"handler": "受付 花子", "begins": "2026-11-01", "ends": "", "version": "0"},
    "/roster/{account_id}/roles": {"office": "00", "roles": "clerk", "version": "0"},
    "/roster/{account_id}/state": {"state": "disabled", "version": "0"},
    "/roster/{account_id}/link": {"version": "0"},
    "/roster/{account_id}/unlock": {},
    "/copy": {"what": "reception", "card_number": "M-001", "day": "2026-11-25"},
    **{
        address: {
            "since": "2026-11-01", "until": "2026-11-30", "action": "tick", "office": "00", "actor": "sato", "object": "0" * 31 + "a",
            "kind": "card_number", "card_number": "998877665", "card": "0" * 31 + "b", "place": "GE2DGNBVGY3SAMI",
        }
        for address in ("/trail", "/trail/export")
    },
}  # fmt: skip
"""Forms that pages send, by route, without the ids that every form has."""

_ODD: Final = (
    "", " ", "\0", "\t", "\x7f", "\r\nX-Evil: 1", "\ud800", "\udfff\ud800", "\ufffe", "\u202e", "𠮷", "²", "٣", "①",
    "-1", "0", "1e999", "NaN", "9" * 400, "A" * 5000, "True", "null", "[", "]", "http://[", "//[", "http://[::1", "{}", "%",
    "%00", "%zz", "%u0041", "../../etc/passwd", "{{7*7}}", "${jndi}", "<script>", "' OR 1=1 --", "\\u0000", "\\", "2026-02-30",
    MY_NUMBER, "1234-5678-9018", "１２３４５６７８９０１８", f"{CANARY} {CANARY}", f"{CANARY}:{CANARY}", "0 R1 x:y", "999999999 R1", "a:b:c:d:e",
)  # fmt: skip
texts = st.one_of(st.sampled_from(_ODD), st.text(max_size=20))
"""Unusual texts, including lone surrogates."""
HEADERS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "Accept": (b"", b"text/html", b"application/json", b"text/event-stream", b"text/html;q=nan", b"\xff"),
    "Accept-Language": (b"", b"ja;q=x", b"*;q=1e999", b"\xff"),
    "Authorization": (b"", b"Bearer", b"Bearer \xff", b"Basic Og==", b"Bearer " + b"z" * 4000),
    "Content-Encoding": (b"gzip", b"br, gzip"),
    "Content-Type": (b"", b"text/plain", b"multipart/form-data", b"multipart/form-data; boundary=x", b"application/json; charset=utf-7", b"application/x-www-form-urlencoded; charset=\xff"),
    "Cookie": (
        b"", b";=;=", b"$Version=1", b"uketsuke_session=\xff", b'uketsuke_session="\\377\\012"', b"uketsuke_session=" + b"z" * 900,
        b"uketsuke_browser=.", b"uketsuke_browser=\xff.\xff", b"uketsuke_language=xx", b"uketsuke_language=\xe9", b"uketsuke_banner=bnVsbA==",
        b"uketsuke_banner=W10=", b"uketsuke_banner=\xff", b"uketsuke_banner=WyJkb25lLnBhcGVyIiwgeyJudW1iZXIiOiB7fX1d",
    ),
    "Expect": (b"100-continue", b"tea"),
    "Forwarded": (b'for="[', b"for=_hidden;proto=\xff"),
    "Host": (b"", b"[", b"]:80", b"[::1", b"a b", b"here:99999", b"\xff", b"a" * 4000),
    "If-Modified-Since": (b"", b"Wed, 99 Foo 2026", b"Thu, 01 Jan 99999 00:00:00 GMT", b"Thu, 01 Jan 2026 00:00:00 +9999999999", b"\xff"),
    "If-None-Match": (b"", b"*", b'W/"', b"\xff"),
    "Last-Event-ID": (b"", b"-1", b"0", b"1e3", b"9" * 400, b"\xb2"),
    "Origin": (b"", b"null", b"[", b"http://[", b"http://[::1", b"http://a@[b", b"//[", b"https://here:x", b"\xff", b"http://\xe2\x84\x80"),
    "Range": (b"bytes=0-", b"bytes=9-1,-1", b"bytes=a-b", b"bytes=\xb2-", b"bytes=" + b"0-0," * 300, b"lines=1"),
    "Referer": (b"http://[", b"\xff"),
    "Sec-Fetch-Site": (b"", b"cross-site", b"same-origin", b"\xff"),
    "Upgrade": (b"h2c", b"websocket"),
    "X-CSRF-Token": (b"", b"\xff", b"z" * 4000),
    "X-Forwarded-For": (b"", b"[", b"127.0.0.1, [::1", b"::ffff:1.2.3.4%25x", b"fe80::1%\xff", b"1" * 3000),
    "X-Forwarded-Host": (b"", b"[", b"a b", b"\xff"),
    "X-Forwarded-Proto": (b"", b"gopher", b"https,\xff"),
    "X-Fragment": (b"page", b"\xff"),
    "X-Have": (b"", b"\xff", b"A" * 8001),
    "X-HTTP-Method-Override": (b"DELETE",),
    "X-Odd": (b"", MY_NUMBER.encode(), CANARY.encode(), b"\xff\xfe", b"\t"),
}  # fmt: skip
"""Unusual values, by header; for headers that are read or might be."""
_JUNK: Final = st.binary(max_size=20).map(lambda value: re.sub(rb"[^\t\x20-\x7e\x80-\xff]", b"", value))
_JSON: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.sampled_from((0, -1, 10**400, 1e308, float("nan"), float("-inf"))), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=4,
)  # fmt: skip
_BYTES: Final = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        (b"", b"{", b"[" * 50_000, b'{"a":' * 20_000, b"1" * 6000, b'"\\ud800"', b"\xff\xfe\x00", b"&" * 600, b"=&=&%", b"a=%ff", b"a=1;b=2",
         b"csrf=" + b"%ed%a0%80", b"x" * 300_000, b"\xef\xbb\xbf{}", b"null", b"[]", b"0")
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """A method and an address, as the application knows it."""

    method: str
    path: str

    @property
    def of_device(self) -> bool:
        """Whether it is for kiosks and displays, not for people."""
        return self.path.startswith("/api/")


@dataclass(frozen=True)
class Person:
    """Who sends a request: the headers that identify them, and the CSRF value of their forms."""

    headers: Mapping[str, str]
    csrf: str = ""


@dataclass(frozen=True)
class Sent:
    """A request as bytes."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def __bytes__(self) -> bytes:
        """The bytes that are sent."""
        head = b"".join(b"%s: %s\r\n" % pair for pair in self.headers)
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (self.method, self.target, head, self.body)


@dataclass(frozen=True)
class Answer:
    """An answer; of an event stream only its head."""

    status: int
    head: bytes
    body: bytes

    def has(self, header: bytes) -> bool:
        """Whether it has a header."""
        return b"\r\n" + header.lower() + b":" in self.head.lower()


def routes(app: FastAPI) -> list[Route]:
    """Every route of the application, from all routers."""
    found = [
        Route(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods
    ]
    for router in PAGE_ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            found.extend(Route(method, route.path) for method in sorted(route.methods or ()))
    return [*found, Route("GET", "/static/app.css"), Route("GET", "/api/v1/openapi.json"), Route("GET", "/none")]  # fmt: skip


def ordinary(route: Route, person: Person, ticket: str) -> Sent:
    """The ordinary request of a route, as a device or a page sends it."""
    fields = {**_fields(route), "request_id": str(uuid4())}
    kind, body = "", b""
    if route.method == "POST":
        kind, body = _as_body(route, fields if route.of_device else [*fields.items(), ("csrf", person.csrf)])
    return _sent(route, quote(route.path.replace(TICKET, ticket)), _headers(person, kind), body)


def with_header(sent: Sent, name: str, value: bytes) -> Sent:
    """The same request with another value of a header."""
    others = tuple(pair for pair in sent.headers if pair[0] != name.encode())
    return Sent(sent.method, sent.target, ((name.encode(), value), *others), sent.body)


def _fields(route: Route) -> Mapping[str, Any]:
    if route.method != "POST":
        return {}
    return BODIES[route.path] if route.of_device else FORMS[route.path]


def _as_body(route: Route, fields: Any) -> tuple[str, bytes]:
    if route.of_device:
        return "application/json", json.dumps(fields).encode()
    pairs = ((_quoted(name), _quoted(str(value))) for name, value in fields)
    return "application/x-www-form-urlencoded", "&".join("=".join(pair) for pair in pairs).encode()


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def _headers(person: Person, kind: str) -> dict[str, bytes]:
    more = {"Content-Type": kind} if kind else {}
    return {
        name: value.encode("latin-1") for name, value in {"Host": "here", **person.headers, **more}.items()
    }


def _sent(route: Route, target: str, headers: Mapping[str, bytes], body: bytes) -> Sent:
    said = [(name.encode(), value) for name, value in headers.items()]
    if body or route.method == "POST":
        said.append((b"Content-Length", str(len(body)).encode()))
    return Sent(route.method.encode(), target.encode(), (*said, (b"Connection", b"close")), body)


@st.composite
def strange(
    draw: st.DrawFn, routes: list[Route], who: Callable[[str], Person], tickets: Callable[[], list[str]]
) -> Sent:
    """A request in which one or more parts are strange.

    Args:
        draw: hypothesis's draw.
        routes: the routes to choose from.
        who: returns a person by name; a person who was signed out is replaced by a new one.
        tickets: ids of existing tickets.
    """
    route = draw(st.sampled_from(routes))
    # Mostly persons with permission, because others are refused before anything is read.
    kinds = ("kiosk", "kiosk", "display") if route.of_device else ("clerk", "staff", route.path.split("/")[1])
    named = draw(st.sampled_from((*kinds, "nobody")))
    person = who(named if named in {"kiosk", "display", "clerk", "staff"} else "nobody")
    turned = draw(st.sets(st.sampled_from(("path", "query", "headers", "fields", "body", "method")), min_size=1, max_size=3))  # fmt: skip

    known = tickets()
    place = known[draw(st.integers(0, len(known) - 1))]
    target = quote(route.path.replace(TICKET, place))
    if "path" in turned:
        odd = quote(draw(texts), safe="", errors="surrogatepass")
        target = route.path.replace(TICKET, odd) if TICKET in route.path else f"{route.path}{draw(st.sampled_from(('', '/', '//')))}{odd}"  # fmt: skip
    if "query" in turned:
        target += f"?{_quoted(draw(texts))}={_quoted(draw(texts))}&again"

    kind, body = _as_body(route, _turned(draw, route, person, odd="fields" in turned)) if route.method == "POST" else ("", b"")  # fmt: skip
    if "body" in turned:
        body = draw(_BYTES)
    headers = _headers(person, kind)
    if "headers" in turned:
        for name in draw(st.lists(st.sampled_from(sorted(HEADERS)), min_size=1, max_size=3, unique=True)):
            headers[name] = draw(st.one_of(st.sampled_from(HEADERS[name]), _JUNK))
    sent = _sent(route, target, headers, body)
    if "method" in turned:
        method = draw(
            st.sampled_from(("HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "FOO", "get", route.method))
        )
        sent = Sent(method.encode(), sent.target, sent.headers, sent.body)
    return sent


def _turned(draw: st.DrawFn, route: Route, person: Person, *, odd: bool) -> Any:
    """The fields of a request; strange ones if ``odd``."""
    fields: dict[str, Any] = {**_fields(route), "request_id": str(uuid4())}
    if not route.of_device:
        fields["csrf"] = person.csrf
    if odd:
        values = _JSON if route.of_device else texts
        for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True)):
            fields[name] = draw(values)
        if draw(st.booleans()):
            fields[draw(texts)] = draw(values)
    return fields if route.of_device else _twice(fields.items(), again=odd and draw(st.booleans()))


def _twice(pairs: Iterable[tuple[str, Any]], *, again: bool) -> list[tuple[str, Any]]:
    """The fields of a form; each of them twice if ``again``."""
    once = list(pairs)
    return [*once, *reversed(once)] if again else once


def send(address: str, sent: Sent) -> Answer:
    """Send a request and read its answer; an event stream is closed after its head."""
    parts = urlsplit(address)
    came = b""
    with socket.create_connection((parts.hostname, parts.port), _SECONDS) as line:
        # A request that is refused before it was read completely gets an answer, too.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            line.sendall(bytes(sent))
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            try:
                data = line.recv(65536)
            except ConnectionResetError:
                break
            came = _CONTINUE.sub(b"", came + data)
            if not data or b"text/event-stream" in came.partition(b"\r\n\r\n")[0]:
                break
    head, _, body = came.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
    assert status is not None, f"no answer to {sent}: {came[:200]!r}"
    return Answer(int(status[1]), head, body)


def leave(address: str, sent: Sent) -> bytes:
    """Send a request, close the sending side, and return the answer, if any."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), _SECONDS) as line:
        line.sendall(bytes(sent))
        line.shutdown(socket.SHUT_WR)
        return line.recv(65536)
