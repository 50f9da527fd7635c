"""Who has looked at whose reservation: a line of the audit trail per session and card of a visitor, or for each record that was opened."""

import threading
from collections import OrderedDict

from backend.protection import audit
from backend.protection.sessions import Session
from backend.storage import Database

_MOST = 10_000


class Views:
    """Writes ``reservation_viewed`` once for every session and card of a visit, although a page is drawn many times."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def note(self, database: Database, session: Session, ticket_id: str, case_id: str = "") -> None:
        """Record that somebody sees the personal fields of a ticket's reservation; call this before showing them.

        Args:
            database: where the trail is.
            session: of whoever looks.
            ticket_id: whose visit.
            case_id: of which card of it; empty where the ticket as a whole is meant.

        Raises:
            StorageError: it could not be recorded, so nothing may be shown.
        """
        view = (session.token_hash, ticket_id, case_id)
        with self._guard:
            if view in self._seen:
                return
        with database.write() as work:
            facts = {"case": case_id} if case_id else None
            audit.record_audit(work, session.account.id, "reservation_viewed", ticket_id, facts)
        with self._guard:
            self._seen[view] = None
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)


def note_opened(database: Database, session: Session, subject: str, what: str) -> None:
    """Record that somebody opens one record to type it over; call this before showing it, each time.

    Args:
        database: where the trail is.
        session: of whoever looks.
        subject: id of the booking or the case.
        what: which of both.

    Raises:
        StorageError: it could not be recorded, so nothing may be shown.
    """
    with database.write() as work:
        facts = {"what": what}
        audit.record_audit(
            work, session.account.id, "record_opened", subject, facts, office_id=session.office_id
        )
