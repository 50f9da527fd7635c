"""Numbers committed entries without gaps and chains them, once a second, outside of every command.

Numbers that a database gives out are not in the order of the commits: on PostgreSQL a transaction that began earlier may be
committed later. So what is missing below the highest number is kept as a hole, looked for in every round, and sealed when it
comes. A hole of a transaction that was rolled back is given up after an hour, longer than any transaction of ours lasts.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from backend.common import in_tokyo
from backend.protection.trail.blocks import entries_after, entries_with, keep_block, last_block, last_number
from backend.protection.trail.chain import Block, TrailEntry, seal
from backend.protection.trail.keys import TrailKey
from backend.storage import Database

_BATCH: Final = 100
_HOLES: Final = 1000
"""So many are looked for at most: of a trail of an earlier version with more gaps than that, the oldest ones are nobody's."""
_GIVEN_UP_SECONDS: Final = 3600.0
_ONE_SEALER: Final = text("SELECT pg_try_advisory_xact_lock(1953653100)")


class TrailSealer:
    """Seals what was committed.

    Any process may; the database says which one does: a lock on PostgreSQL, and on both the number of the block, which nobody
    can give twice.

    Args:
        database: where the trail is.
        key: of the trail.
        batch: how many entries a block has at most.
        monotonic: seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        database: Database,
        key: TrailKey,
        *,
        batch: int = _BATCH,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._key = key
        self._batch = batch
        self._monotonic = monotonic
        self._missing_since: dict[int, float] = {}

    def seal_all(self, *, rest: float = 0.0) -> int:
        """Seal everything that is committed by now, and return how many entries that were.

        Args:
            rest: seconds after each block. Sealing computes, and a server's commands take turns with it: a pause lets those
                that wait go first.

        Raises:
            StorageError: the database cannot be written; what was sealed stays so.
        """
        count = 0
        while sealed := self.seal():
            count += sealed
            time.sleep(rest)
        return count

    def seal(self) -> int:
        """Seal one block of what was committed and not sealed; return its number of entries, 0 where there is nothing to do.

        Raises:
            StorageError: the database cannot be read or written.
        """
        # Read outside of the transaction that writes: what is committed never changes, and the writer is held for one row.
        with self._database.read() as connection:
            before = last_block(connection)
            entries, holes = self._unsealed(connection, before)
        if not entries:
            return 0
        first_day = in_tokyo(entries[0].at).date()
        same = _leading(entries, lambda entry: in_tokyo(entry.at).date() == first_day)
        high = max(0 if before is None else before.high, *(entry.seq for entry in same))
        block = seal(
            self._key,
            before,
            same,
            day=first_day,
            sealed_at=self._database.clock(),
            holes=tuple(sorted(hole for hole in holes - {entry.seq for entry in same} if hole < high)),
        )
        return len(same) if self._keep(block) else 0

    def _keep(self, block: Block) -> bool:
        """Write a block, unless another process was faster."""
        try:
            with self._database.write() as work:
                connection = work.connection
                if not self._database.is_sqlite and not connection.execute(_ONE_SEALER).scalar():
                    return False
                if last_number(connection) != block.number - 1:
                    return False
                keep_block(work, block)
        except IntegrityError:
            return False
        return True

    def _unsealed(self, connection: Connection, before: Block | None) -> tuple[list[TrailEntry], set[int]]:
        """What is to be sealed next, with late ones first; and which numbers were missing before these."""
        high = 0 if before is None else before.high
        holes = self._living(() if before is None else before.holes)
        late = entries_with(connection, holes) if holes else []
        news = entries_after(connection, high, self._batch)
        missing = set(holes)
        below = high
        for entry in news:
            missing.update(range(max(below + 1, entry.seq - _HOLES), entry.seq))
            below = entry.seq
        return [*late, *news], set(sorted(missing)[-_HOLES:])

    def _living(self, holes: Iterable[int]) -> list[int]:
        """The holes for which it is still worth looking."""
        now = self._monotonic()
        self._missing_since = {hole: self._missing_since.get(hole, now) for hole in holes}
        return [hole for hole, since in self._missing_since.items() if now - since < _GIVEN_UP_SECONDS]


def _leading(entries: Sequence[TrailEntry], holds: Callable[[TrailEntry], bool]) -> list[TrailEntry]:
    """The first entries for which something holds."""
    end = next((place for place, entry in enumerate(entries) if not holds(entry)), len(entries))
    return list(entries[:end])
