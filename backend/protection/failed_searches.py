"""How many searches of cards somebody has made that found none: a number is looked up, not guessed.

They are counted in the trail, where each has its line: so all server processes share the count, and it survives a restart.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from backend.protection.tables import audit

SEARCH_FAILED: Final = "card_search_failed"
"""What the trail calls a search that led to no card; its line says by which kind of number, never the number."""
MOST: Final = 10
WITHIN: Final = timedelta(minutes=10)
"""After so many failed searches within this time, the next is made when the oldest of them is so long ago."""


def next_search_at(connection: Connection, account_id: str, now: datetime) -> datetime | None:
    """When somebody may search for a card again; None where they may now. Nobody else's searches count.

    Args:
        connection: a transaction that may read.
        account_id: who searches.
        now: aware.

    Returns:
        An aware moment.
    """
    query = (
        select(audit.c.at)
        .where(audit.c.at > now - WITHIN, audit.c.actor == account_id, audit.c.action == SEARCH_FAILED)
        .order_by(audit.c.at.desc())
        .limit(MOST)
    )
    failed = connection.execute(query).scalars().all()
    return failed[-1] + WITHIN if len(failed) == MOST else None
