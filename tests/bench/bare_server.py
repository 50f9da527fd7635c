"""A server that does nothing, run as ``python -m tests.bench.bare_server``: the reference for requests."""

import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import click
import uvicorn

Message = MutableMapping[str, Any]
_BODY = b"{}"


async def answer(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answer every request with an empty object, after its body has come."""
    if scope["type"] != "http":
        raise RuntimeError("only HTTP is answered")
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})


def main() -> None:
    """Listen on a free port of the loopback, write the address to standard output, and answer until ended."""
    listening = socket.create_server(("127.0.0.1", 0))
    # Head and body are two writes; without this, the second would wait for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    click.echo(f"http://127.0.0.1:{listening.getsockname()[1]}")
    config = uvicorn.Config(answer, log_config=None, access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
