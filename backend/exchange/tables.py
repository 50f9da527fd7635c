"""Tables of this room: the imports themselves, with counts only."""

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, String, Table, text

from backend.storage import UtcDateTime, among, metadata


class RunState(StrEnum):
    """What becomes of an import of one file."""

    RUNNING = "running"
    """It is being written, or was stopped in the middle."""
    DONE = "done"
    GIVEN_UP = "given_up"
    """Stopped in the middle, and its rest was left out by somebody's decision."""


RUNNING: Final = f"state = '{RunState.RUNNING}'"

import_runs = Table(
    "import_runs",
    metadata,
    Column("id", String(32), primary_key=True, comment="UUID in hex, ours"),
    Column("digest", String(64), nullable=False, comment="Keyed hash of all that the file says"),
    Column("state", String(10), nullable=False),
    Column(
        "whole", Boolean, nullable=False, comment="Whether the file names every card of the ward's system"
    ),
    Column("as_of", UtcDateTime, comment="Of when the file is, where it says so"),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, comment="Rows that need no more writing"),
    Column("accepted", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint(among("state", RunState), name="state"),
    Index(
        "uq_import_runs_running",
        "state",
        unique=True,
        sqlite_where=text(RUNNING),
        postgresql_where=text(RUNNING),
    ),
)
