"""The address of a server as browsers write it in ``Origin``."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?!.{254})[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)
_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.ASCII)


def origin_of(address: str) -> str:
    """Scheme, host and port of a server, as browsers write them: in lower case, without the scheme's default port.

    An international host name becomes its DNS form (``xn--…``), and a dot at its end is left out.

    Raises:
        ValueError: it is not an address, or it has more parts than these.
    """
    if any(sign.isspace() or not sign.isprintable() for sign in address):
        raise ValueError("an address has no spaces; it looks like https://HOST or https://HOST:PORT")
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("an address looks like https://HOST or https://HOST:PORT")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("pages have their own paths; the address ends with the host or its port")
    if parts.port == 0:
        raise ValueError("there is no port 0")
    host = _host(parts.hostname)
    port = "" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _host(written: str) -> str:
    try:
        if ":" in written:
            return f"[{ip_address(written).compressed}]"
        name = written if written.isascii() else idna.encode(written, uts46=True).decode("ascii")
        name = name.removesuffix(".")
        # Browsers treat a host name whose last part is a number as an IP address.
        known = str(ip_address(name)) if _NUMBER.fullmatch(name) else name
    except ValueError:
        known = ""
    if not _NAME.fullmatch(known):
        raise ValueError("its host is no name and no address that a browser could open")
    return known
