"""Strangers who try to sign in with invented names, each from another address, in one process.

Run as ``python -m tests.bench.strangers ADDRESS PER-SECOND SECONDS``. It writes ``begun`` with the first try, and at
the end a JSON list with the answer and the milliseconds of each. They come at a fixed rate, however slowly they are
answered. The addresses are those of the loopback network, so that limits per address do not reduce the load.
"""

import asyncio
import itertools
import json
import re
import sys
import time
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import click

from tests.letters import letters_by_chance

_BANNER = re.compile(rb'data-banner="error\.([a-z_]+)"')
_PATIENCE_SECONDS = 30.0
_BROKEN = "broken"


def source(number: int) -> str:
    """One of 16 million addresses of this machine."""
    return f"127.{1 + number // 62500 % 250}.{number // 250 % 250}.{1 + number % 250}"


async def sign_in(address: str, number: int) -> tuple[str, float]:
    """Send the form from a new connection; returns the page's answer and the milliseconds until it came."""
    place = urlsplit(address)
    body = urlencode({"login": letters_by_chance(), "password": uuid4().hex})
    request = (
        f"POST /sign-in HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {address}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    began = time.monotonic()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(
                place.hostname, place.port, local_addr=(source(number), 0)
            )
            writer.write(request.encode())
            reply = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return _BROKEN, 0.0
    told = _BANNER.search(reply)
    return (told.group(1).decode() if told else _BROKEN), (time.monotonic() - began) * 1000


async def _flood(address: str, rate: float, seconds: float) -> list[tuple[str, float]]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    asked: list[asyncio.Task[tuple[str, float]]] = []
    for number in itertools.count():
        due = began + number / rate
        if due >= began + seconds:
            break
        await asyncio.sleep(max(0.0, due - loop.time()))
        asked.append(asyncio.create_task(sign_in(address, number)))
        if number == 0:
            click.echo("begun")
    return await asyncio.gather(*asked)


def main() -> None:
    """Try to sign in at the given rate, and write the results."""
    address, rate, seconds = sys.argv[1:4]
    click.echo(json.dumps(asyncio.run(_flood(address, float(rate), float(seconds)))))


if __name__ == "__main__":
    main()
