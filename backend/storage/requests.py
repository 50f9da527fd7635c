"""Commands by request id: doing the same thing twice is doing it once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, String, Table, bindparam, delete, insert, select

from backend.storage.errors import RequestIdReusedError
from backend.storage.tables import metadata
from backend.storage.types import UtcDateTime
from backend.storage.unit_of_work import UnitOfWork

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

# Part of every command, so made once.
_FIND = select(requests.c.command, requests.c.body_hash, requests.c.reply).where(
    requests.c.request_id == bindparam("asked")
)
_REMEMBER = insert(requests)


def body_hash(key: bytes, command: str, actor: str, body: Mapping[str, Any]) -> str:
    """A keyed fingerprint of a command; without the key nobody can try numbers against it."""
    canonical = json.dumps([command, actor, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(canonical.encode(), key=key[:64], digest_size=32).hexdigest()


def once(
    work: UnitOfWork,
    request_id: UUID,
    command: str,
    fingerprint: str,
    act: Callable[[], Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Carry out a command unless its request id was seen before, and return its reply.

    Raises:
        RequestIdReusedError: the id was used for something else.
    """
    row = work.connection.execute(_FIND, {"asked": request_id.hex}).one_or_none()
    if row is not None:
        if row.command != command or row.body_hash != fingerprint:
            raise RequestIdReusedError("this request id was used for another request")
        stored: Mapping[str, Any] = row.reply
        return stored
    reply = act()
    remembered = {
        "request_id": request_id.hex,
        "command": command,
        "body_hash": fingerprint,
        "reply": dict(reply),
        "at": work.now,
    }
    work.connection.execute(_REMEMBER, remembered)
    return reply


def prune_requests(work: UnitOfWork, before: datetime) -> int:
    """Forget requests older than ``before`` and return how many."""
    return work.connection.execute(delete(requests).where(requests.c.at < before)).rowcount
