"""Runs the server of the folder it is started in, and writes a line for every statement that SQLite executes.

Run as a script: ``python noting_server.py FILE serve …``. SQLite's own trace is used, so no statement is missed. A line
contains the statement's verb and no values.
"""

import os
import runpy
import sqlite3
import sys
from pathlib import Path
from typing import Any

_open = sqlite3.connect


LOOK = "LOOK"
"""Written instead of the verb for a look at the event log: after a command the hub looks once or twice, at random."""


def verb(statement: str) -> str:
    """The verb of a statement; it starts with ``--`` for a statement of a trigger, which SQLite traces as a comment."""
    words = statement.split(None, 2)
    if len(words) > 1 and words[1].startswith(("events.", "event_counters.")):
        return LOOK
    return words[0].upper() if words else "--"


def note_into(file: Path) -> None:
    """Make every SQLite connection that this process opens from now on write its statements to a file."""
    told = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = _open(*arguments, **named)
        connection.set_trace_callback(lambda said: os.write(told, f"{verb(said)}\n".encode()) and None)
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        vars(module)["connect"] = connect


def main() -> None:
    """Begin to write statements, and run the server."""
    sys.path[0] = str(Path.cwd())
    note_into(Path(sys.argv.pop(1)))
    runpy.run_module("backend", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
