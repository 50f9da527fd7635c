"""A small queue, written as a town might write its own program; run as ``python -m tests.bench.stand_in FILE``.

It uses Flask, waitress with four threads, one SQLite file, durable commits, and the largest number plus one. It is fast
because of what it does not do: it has no sign-in, sends nothing to displays, does not recognise repeated requests, and
two desks may call the same visitor.
"""

import socket
import sqlite3
import sys
import threading
from contextlib import closing

import click
import waitress
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

_TABLE = "CREATE TABLE IF NOT EXISTS tickets (number INTEGER PRIMARY KEY, state TEXT NOT NULL)"


def application(file: str) -> Flask:
    """The queue over a SQLite file."""
    app, kept = Flask(__name__), threading.local()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(_TABLE)

    def opened() -> sqlite3.Connection:
        """The connection of this thread, opened once."""
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(file, timeout=30, isolation_level=None)
            kept.connection.execute("PRAGMA synchronous=FULL")
        connection: sqlite3.Connection = kept.connection
        return connection

    @app.post("/walk-ins")
    def walk_in() -> ResponseReturnValue:
        connection = opened()
        connection.execute("BEGIN IMMEDIATE")
        number = connection.execute("SELECT coalesce(MAX(number), 0) + 1 FROM tickets").fetchone()[0]
        connection.execute("INSERT INTO tickets VALUES (?, 'waiting')", (number,))
        connection.execute("COMMIT")
        return jsonify(number=number)

    @app.post("/calls")
    def call() -> ResponseReturnValue:
        # Two desks that read at the same moment call the same visitor.
        connection = opened()
        number = connection.execute("SELECT MIN(number) FROM tickets WHERE state = 'waiting'").fetchone()[0]
        connection.execute("UPDATE tickets SET state = 'called' WHERE number = ?", (number,))
        return jsonify(number=number)

    return app


def main() -> None:
    """Listen on a free port of the loopback, write the address to standard output, and answer until ended."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    click.echo(f"http://127.0.0.1:{listening.getsockname()[1]}")
    waitress.serve(application(sys.argv[1]), sockets=[listening], threads=4, _quiet=True)


if __name__ == "__main__":
    main()
