"""Runs the server of the folder it is started in, and notes every statement that SQLite is given: a line each.

Run as a script: ``python noting_server.py FILE serve …``. SQLite itself tells, so nothing that goes past a layer above it is
missed. A line holds the statement's verb and no value.
"""

import os
import runpy
import sqlite3
import sys
from pathlib import Path
from typing import Any

_open = sqlite3.connect


LOOK = "LOOK"
"""Stands for a look at the events: whoever passes them on looks once or twice after a command, as chance has it."""


def verb(statement: str) -> str:
    """The verb of a statement; what a trigger does, which SQLite tells as a comment, has none."""
    words = statement.split(None, 2)
    if len(words) > 1 and words[1].startswith(("events.", "event_counters.")):
        return LOOK
    return words[0].upper() if words else "--"


def note_into(file: Path) -> None:
    """Have every connection of this process that is opened from now on note its statements."""
    told = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = _open(*arguments, **named)
        connection.set_trace_callback(lambda said: os.write(told, f"{verb(said)}\n".encode()) and None)
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        vars(module)["connect"] = connect


def main() -> None:
    """Note, and be the server."""
    sys.path[0] = str(Path.cwd())
    note_into(Path(sys.argv.pop(1)))
    runpy.run_module("backend", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
