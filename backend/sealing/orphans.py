"""Keys whose card is not there any more (孤児鍵): an import that was rolled back, or a crash between key and card.

Such a key is noted when it is found, and destroyed only when it has been alone for a whole day. So nobody's key goes while
a card is just being written, nor while a database stands in its place that was restored from too old a backup.
"""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

ALONE_FOR = timedelta(days=1)
"""A key without a card is kept for so long."""


@dataclass(frozen=True)
class Sorted:
    """What becomes of keys, by the ids of their cards."""

    destroyed: frozenset[str]
    newly_alone: frozenset[str]
    found_again: frozenset[str]


def sort_keys(alone_since: Mapping[str, datetime | None], living: AbstractSet[str], now: datetime) -> Sorted:
    """Decide about every key of a store.

    Args:
        alone_since: of every key, since when its card has been missing (aware), if it has.
        living: ids of the cards that are there.
        now: aware.
    """
    alone = {card_id: since for card_id, since in alone_since.items() if card_id not in living}
    return Sorted(
        destroyed=frozenset(one for one, since in alone.items() if since and since <= now - ALONE_FOR),
        newly_alone=frozenset(one for one, since in alone.items() if since is None),
        found_again=frozenset(one for one, since in alone_since.items() if since and one in living),
    )
