"""Who has looked at whose reservation: an entry of the audit trail per session, card of a visitor and columns, or for each record that was opened."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from backend.protection import audit
from backend.protection.sessions import Session
from backend.storage import Database, UnitOfWork

_MOST = 10_000


class Views:
    """Writes ``reservation_viewed`` once for every session, card of a visit and set of columns, although a page is drawn many times.

    Whoever has seen columns of a card leaves no entry where a page shows fewer of them.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: OrderedDict[tuple[str, str, str], frozenset[str]] = OrderedDict()

    def note(
        self,
        database: Database,
        session: Session,
        ticket_id: str,
        case_id: str = "",
        *,
        fields: Iterable[str] = (),
    ) -> None:
        """Record that somebody sees the personal fields of a ticket's reservation; call this before showing them.

        Args:
            database: where the trail is.
            session: of whoever looks.
            ticket_id: whose visit.
            case_id: of which card of it; empty where the ticket as a whole is meant.
            fields: names of the columns that are shown.

        Raises:
            StorageError: it could not be recorded, so nothing may be shown.
        """
        seen = tuple(dict.fromkeys(fields))
        view = (session.token_hash, ticket_id, case_id)
        with self._guard:
            if view in self._seen and self._seen[view].issuperset(seen):
                return
        with database.write() as work:
            facts = {"case": case_id} if case_id else None
            audit.record_audit(
                work,
                session.actor,
                "reservation_viewed",
                ticket_id,
                facts,
                about=audit.ObjectKind.TICKET,
                fields=seen,
            )
        with self._guard:
            self._seen[view] = self._seen.get(view, frozenset()).union(seen)
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)


def note_search(work: UnitOfWork, session: Session, card_id: str | None, facts: Mapping[str, object]) -> None:
    """Record that somebody searches the trail; call this before showing what was found.

    Args:
        work: the transaction.
        session: of whoever searches.
        card_id: of the card by whose number they search.
        facts: by what they search: names of fields, never what stood in them.
    """
    audit.record_audit(work, session.actor, "trail_searched", card_id, facts, about=audit.ObjectKind.CARD)


def note_opened(
    database: Database,
    session: Session,
    subject: str,
    what: str,
    about: audit.ObjectKind,
    fields: Iterable[str],
) -> None:
    """Record that somebody opens one record to type it over; call this before showing it, each time.

    Args:
        database: where the trail is.
        session: of whoever looks.
        subject: id of the booking or the case.
        what: which of both, as the page calls it.
        about: which of both the id is of.
        fields: names of the columns that are shown.

    Raises:
        StorageError: it could not be recorded, so nothing may be shown.
    """
    with database.write() as work:
        facts = {"what": what}
        seen = tuple(dict.fromkeys(fields))
        audit.record_audit(work, session.actor, "record_opened", subject, facts, about=about, fields=seen)
