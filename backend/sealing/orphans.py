"""Keys without a card (孤児鍵): left by an import that was rolled back, or by a crash after the key was made.

Such a key is marked when it is found, and destroyed only after it has been without a card for a whole day. So no key is
lost while its card is just being written, or while a database is in use that was restored from too old a backup.
"""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

ALONE_FOR = timedelta(days=1)
"""How long a key without a card is kept."""


@dataclass(frozen=True)
class Sorted:
    """What to do with keys, by the ids of their cards."""

    destroyed: frozenset[str]
    newly_alone: frozenset[str]
    found_again: frozenset[str]


def sort_keys(alone_since: Mapping[str, datetime | None], living: AbstractSet[str], now: datetime) -> Sorted:
    """Decide about every key of a store.

    Args:
        alone_since: for every key, since when its card has been missing (aware), or None.
        living: ids of all existing cards.
        now: the present time, aware.
    """
    alone = {card_id: since for card_id, since in alone_since.items() if card_id not in living}
    return Sorted(
        destroyed=frozenset(one for one, since in alone.items() if since and since <= now - ALONE_FOR),
        newly_alone=frozenset(one for one, since in alone.items() if since is None),
        found_again=frozenset(one for one, since in alone_since.items() if since and one in living),
    )
