"""``uketsuke serve``: the server."""

import socket
from pathlib import Path
from types import FrameType

import click
import structlog
import uvicorn

from backend.bootstrap import build
from backend.cli.options import database_option, open_database, say_made
from backend.cli.settings_options import config_option, settings_from
from backend.common import CommandFailedError, missing_fonts
from backend.documents import DocumentsError
from backend.exchange import MappingError
from backend.log import configure_logging
from backend.offices import OfficesError
from backend.reservations import CodePatternError
from backend.storage import StorageError, lock_database
from backend.web import Hub, Limits, create_app, server_config

_log = structlog.get_logger("server")


class StreamEndingServer(uvicorn.Server):
    """A server that ends its event streams before it waits for connections to close."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """On SIGTERM and Ctrl-C: end the event streams, then stop the server."""
        self._hub.close()
        super().handle_exit(sig, frame)


@click.command("serve")
@config_option
@database_option
@click.option("--host", help="Address to listen on.  Default: the setting host, 127.0.0.1.")
@click.option("--port", type=int, help="TCP port.  Default: the setting port, 8710; 0 takes a free one.")
@click.option("--log-json", is_flag=True, default=None, help="Logs as JSON lines.")
def command(
    config: Path | None, database_url: str | None, host: str | None, port: int | None, log_json: bool | None
) -> None:
    """Run the server until it is told to stop (Ctrl-C or SIGTERM).

    An embedded SQLite database is set up by itself; a PostgreSQL database is set up by 'uketsuke migrate'.
    Several processes may serve one PostgreSQL database; a SQLite database has one server.

    Example: uketsuke serve --port 8710
    """
    settings = settings_from(config, database_url=database_url, host=host, port=port, log_json=log_json)
    configure_logging(json=settings.log_json, level=settings.log_level)
    for sentence in missing_fonts():
        # The counter goes on without them; notices and icons do not.
        click.echo(f"warning: {sentence}", err=True)
    try:
        # The lock is held until the process ends; it is taken before the database is opened, which may upgrade it.
        lock = lock_database(settings.database_url)
    except StorageError as error:
        raise CommandFailedError(f"{error}.") from None
    made: list[Path] = []
    open_database(settings, made.append).dispose()
    for path in made:
        _log.warning("database_created", path=str(path))
    try:
        graph = build(settings)
    except (OfficesError, DocumentsError, CodePatternError, MappingError, StorageError) as error:
        raise CommandFailedError(str(error).rstrip(".") + ".") from None
    listening = _listen(settings.host, settings.port)
    address, taken = listening.getsockname()[:2]
    click.echo(f"serving on http://{address}:{taken}", err=True)
    for path in made:
        say_made(path)
    server = StreamEndingServer(
        server_config(create_app(graph), Limits(request_seconds=settings.request_seconds)),
        graph.hub,
    )
    server.run(sockets=[listening])
    if lock is not None:
        lock.release()
    if not server.started:
        raise CommandFailedError("the server could not start; its log says why.")


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket.

    Raises:
        CommandFailedError: the server cannot listen there.
    """
    try:
        listening = socket.create_server((host, port), backlog=256)
    except OSError as error:
        reason = error.strerror or "the address is not known"
        raise CommandFailedError(f"cannot listen on {host} port {port}: {reason}.") from None
    listening.set_inheritable(True)
    # Head and body of a reply are two writes. Without this option, which every connection inherits, the second one
    # waits for the client's delayed acknowledgement of the first: 40 ms per request on a kept-open connection.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
