"""What an import changed about cards whose visitors are here today (受付中のカードの変更): open pages are told to fetch anew."""

from collections.abc import Collection

from backend.offices import business_day
from backend.reception.storing.cases import offices_of_cards
from backend.reception.storing.tickets import queue_counts
from backend.storage import UnitOfWork
from backend.wire import EventKind


def tell_changed_cards(work: UnitOfWork, card_ids: Collection[str]) -> None:
    """Write one event at each office where a card has a number today; at others no page shows anything of it.

    The event says the counts of the queue, which are true after it, and nothing of any card.

    Args:
        work: a transaction of its own, after the one that changed the cards: it takes the locks of offices, and whoever has
            the lock of an office may wait for a card.
        card_ids: of every card that changed.
    """
    day = business_day(work.now)
    # In the order of their ids, as everybody takes their locks.
    for office_id in sorted(offices_of_cards(work.connection, card_ids, day)):
        work.hold(office_id)
        work.record(
            EventKind.CARDS_CHANGED.value,
            office_id=office_id,
            business_day=day,
            facts=queue_counts(work.connection, office_id, day),
        )
