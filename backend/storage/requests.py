"""Request ids: a command that is sent twice is carried out only once.

Of a reply only codes and ids are kept, nothing personal, so that it can be given again by the state at that time.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, String, Table, bindparam, delete, insert, select

from backend.storage.errors import RequestIdReusedError
from backend.storage.statements import Statement
from backend.storage.tables import metadata
from backend.storage.types import UtcDateTime
from backend.storage.unit_of_work import UnitOfWork

Kept = Mapping[str, Any]
"""What is kept of a reply."""

requests = Table(
    "requests",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("command", String(40), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("reply", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_requests_at", "at"),
)

# Used by every command, so compiled once.
_FIND = Statement(
    select(requests.c.command, requests.c.body_hash, requests.c.reply).where(
        requests.c.request_id == bindparam("asked")
    )
)
_REMEMBER = Statement(insert(requests), ("request_id", "command", "body_hash", "reply", "at"))


def body_hash(key: bytes, command: str, actor: str, body: Mapping[str, Any]) -> str:
    """A keyed fingerprint of a command; without the key, nobody can test guessed numbers against it."""
    canonical = json.dumps([command, actor, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(canonical.encode(), key=key[:64], digest_size=32).hexdigest()


def recall(work: UnitOfWork, request_id: UUID, command: str, fingerprint: str) -> Kept | None:
    """What was kept of the command that was carried out with this id, or None if the id is new.

    Raises:
        RequestIdReusedError: the id was used for another command or body.
    """
    row = _FIND.first(work.connection, asked=request_id.hex)
    if row is None:
        return None
    if row[:2] != (command, fingerprint):
        raise RequestIdReusedError("this request id was used for another request")
    kept: Kept = row[2]
    return kept


def remember(work: UnitOfWork, request_id: UUID, command: str, fingerprint: str, kept: Kept) -> None:
    """Keep what is needed to give a command's reply again."""
    _REMEMBER.run(
        work.connection,
        request_id=request_id.hex,
        command=command,
        body_hash=fingerprint,
        reply=dict(kept),
        at=work.now,
    )


def prune_requests(work: UnitOfWork, before: datetime) -> int:
    """Delete requests older than ``before`` and return how many."""
    return work.connection.execute(delete(requests).where(requests.c.at < before)).rowcount
