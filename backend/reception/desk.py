"""What the commands of all windows share: who gives them, and that each is carried out once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from backend.offices import Directory
from backend.protection import record_audit
from backend.reception.queue_policy import Policies
from backend.reception.ticket import Ticket
from backend.storage import Database, UnitOfWork, body_hash, once

_ATTEMPTS = 4


@dataclass(frozen=True)
class Handler:
    """A person (取扱者) who gives a command: account and office."""

    account_id: str
    office_id: str


class Desk:
    """What every window's commands share: one transaction per request id, and the audit line of who did it.

    Args:
        database: where tickets are kept.
        directory: offices and windows.
        policies: the settings of each office's queue.
        key: keys the fingerprints of requests.
    """

    def __init__(self, database: Database, directory: Directory, policies: Policies, key: bytes) -> None:
        self.database = database
        self.directory = directory
        self.policies = policies
        self._key = key

    def run(
        self,
        request_id: UUID,
        command: str,
        handler: Handler,
        body: Mapping[str, Any],
        act: Callable[[UnitOfWork], Ticket | None],
    ) -> Mapping[str, Any]:
        """Carry out a command once and return the ticket it was about, as id and number."""
        fingerprint = body_hash(self._key, command, handler.account_id, body)

        def acted() -> Mapping[str, Any]:
            ticket = act(work)
            record_audit(work, handler.account_id, command, ticket.id if ticket else None)
            return {} if ticket is None else {"ticket_id": ticket.id, "number": ticket.label}

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.database.write() as work:
                    return once(work, request_id, command, fingerprint, acted)
            except IntegrityError:
                # Somebody was faster at the same window or with the same request: look again.
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover
