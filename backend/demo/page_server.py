"""Serves the demonstration's page to this machine only, from a thread of the demonstration's process."""

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from backend.demo.errors import DemoError
from backend.demo.page import DemoStage, Page
from backend.demo.page_guard import Guard
from backend.web import Limits, server_config

_LOOPBACK = "127.0.0.1"
_STOP_SECONDS = 5.0


@contextmanager
def serving_page(stage: DemoStage, port: int) -> Iterator[str]:
    """Serve the page until the end of the block; yields its secret address.

    Args:
        stage: what the page shows and controls.
        port: TCP port on the loopback; if it is 0 or in use, a free one is taken.

    Raises:
        DemoError: nothing can listen on this machine.
    """
    listening = _listen(port)
    taken = listening.getsockname()[1]
    secret = secrets.token_urlsafe(18)
    # Addresses contain the secret, so requests are not logged.
    config = server_config(
        Guard(Page(stage).app(), taken, secret), Limits(), lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="page", daemon=True)
    thread.start()
    try:
        yield f"http://{_LOOPBACK}:{taken}/{secret}/"
    finally:
        server.should_exit = True
        thread.join(_STOP_SECONDS)
        listening.close()


def _listen(port: int) -> socket.socket:
    """A listening socket on the loopback; connections wait in it until the page is up."""
    for wanted in (port, 0):
        try:
            return socket.create_server((_LOOPBACK, wanted))
        except OSError:
            continue
    raise DemoError("no port of this machine is free for the page of the demonstration")
