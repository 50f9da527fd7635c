"""The client, scheme and host of a request: from the connection, or from a proxy that the settings name.

A proxy appends to ``X-Forwarded-For`` the address that it saw; anything to the left of that may be forged. So the list
is read from the right, past the proxies of ours: the first address that is none of these is the client.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Headers = list[tuple[bytes, bytes]]

_FORWARDED = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-real-ip",
    }
)
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_LONGEST = 2000
_TOO_MANY_NAMES = b'{"code":"invalid_request","detail":{"fields":"host"}}'


class TrustedProxies:
    """Sets the true client, scheme and ``Host`` of a request, and removes all other headers that claim them.

    Args:
        app: the application.
        proxies: addresses and networks whose forwarded headers are trusted; no others are.
    """

    def __init__(self, app: ASGIApp, proxies: Iterable[Network] = ()) -> None:
        self._app = app
        self._proxies = tuple(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: Headers = scope["headers"]
        if sum(name == b"host" for name, _ in headers) > 1:
            # With two of them, a proxy and this server could use different ones.
            start = {
                "type": "http.response.start",
                "status": 400,
                "headers": [(b"content-type", b"application/json")],
            }
            await send(start)
            await send({"type": "http.response.body", "body": _TOO_MANY_NAMES})
            return
        told = {
            name: b",".join(value for one, value in headers if one == name) for name in _names_in(headers)
        }
        if not told:
            await self._app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in headers if pair[0] not in _FORWARDED]}
        peer = scope.get("client")
        if peer is not None and self._is_ours(_address(peer[0])):
            self._believe(scope, told)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope, told: dict[bytes, bytes]) -> None:
        client = self._client(told.get(b"x-forwarded-for", b""))
        if client is not None:
            scope["client"] = (str(client), 0)
        scheme = _last(told.get(b"x-forwarded-proto", b"")).lower()
        if scheme in {b"http", b"https"}:
            scope["scheme"] = scheme.decode("ascii")
        host = _last(told.get(b"x-forwarded-host", b""))
        if _HOST.fullmatch(host):
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"host"] + [(b"host", host)]

    def _client(self, hops: bytes) -> Address | None:
        """The right-most address that is no proxy of ours; at an invalid address, the one to the right of it."""
        client = None
        for hop in reversed(hops[-_LONGEST:].decode("latin-1").split(",")):
            address = _address(_without_port(hop.strip()))
            if address is None:
                break
            client = address
            if not self._is_ours(address):
                break
        return client

    def _is_ours(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._proxies)


def _names_in(headers: Headers) -> set[bytes]:
    return {name for name, _ in headers if name in _FORWARDED}


def _last(value: bytes) -> bytes:
    """The last value of a list, which the nearest proxy added."""
    return value.rpartition(b",")[2].strip()


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _address(text: str) -> Address | None:
    """A parsed address, or None; an IPv4-mapped IPv6 address, as dual-stack sockets give it, becomes the IPv4 one."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def client_address(request: Request) -> str:
    """The client's address; empty if the request did not come over a network."""
    return request.client.host if request.client is not None else ""
