"""``HOST:PORT`` of a network printer, as it is written on a command line."""

import click

USUAL_PORT = 9100

_ASKED = "write it as HOST or HOST:PORT, for example 192.168.10.20:9100"


def read_printer_address(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, int] | None:
    """Read ``192.168.10.20:9100`` or ``[2001:db8::20]:9100``; the port may be left out.

    Raises:
        click.BadParameter: the text has neither of these forms.
    """
    if value is None:
        return None
    host, colon, port = value.rpartition(":")
    if not colon or value.endswith("]"):
        host, port = value, str(USUAL_PORT)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise click.BadParameter(f"{_ASKED}; an IPv6 address stands in brackets")
    if not host or host != host.strip() or not (port.isascii() and port.isdecimal()):
        raise click.BadParameter(_ASKED)
    if not 1 <= int(port[:6]) <= 65535:
        raise click.BadParameter("a port is a number from 1 to 65535; printers usually listen on 9100")
    return host, int(port)
