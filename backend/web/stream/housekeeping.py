"""Housekeeping: deletes old data every hour while the server runs."""

import asyncio
import contextlib
from datetime import timedelta

import structlog

from backend.cards import card_ids
from backend.protection import SignIn, drop_old_sessions
from backend.sealing import Records
from backend.storage import Database, StorageError, give_back, prune_events, prune_requests

_EVERY_SECONDS = 3600.0
_AT_MOST_SECONDS = 60.0
log = structlog.get_logger("uketsuke.housekeeping")


class Housekeeping:
    """Deletes old events, old request ids, ended sessions, old counts of wrong passwords and forgotten browsers.

    Args:
        database: the database.
        event_age: events older than this are deleted; displays that were away longer start from a snapshot.
        request_age: request ids older than this are deleted; no device repeats a request so late.
        session_age: sessions older than this have ended in any case.
        sign_in: deletes old counts and browsers by its own rules.
        records: destroys keys that have been without a card for a day.
    """

    def __init__(
        self,
        database: Database,
        event_age: timedelta,
        request_age: timedelta,
        session_age: timedelta,
        sign_in: SignIn,
        records: Records,
    ) -> None:
        self._database = database
        self._sign_in = sign_in
        self._records = records
        self._event_age = event_age
        self._request_age = request_age
        self._session_age = session_age

    def sweep(self) -> dict[str, int]:
        """Delete everything that is too old or not needed; returns how many of each, and how many pages were freed.

        Raises:
            StorageError: the database cannot be reached; the next sweep will do the work.
        """
        with self._database.write(patience=_AT_MOST_SECONDS) as work:
            dropped = {
                "events": prune_events(work.connection, work.now - self._event_age),
                "requests": prune_requests(work, work.now - self._request_age),
                "sessions": drop_old_sessions(work, work.now - self._session_age),
                **self._sign_in.drop_old(work),
            }
        dropped["pages"] = give_back(self._database, _AT_MOST_SECONDS)
        # Last, and separate: if the keys cannot be reached, everything else is done all the same.
        with self._database.write(patience=_AT_MOST_SECONDS) as work:
            living = card_ids(work.connection)
            dropped["keys"] = self._records.store.sweep(work.connection, living, work.now)
        return dropped

    async def run(self) -> None:
        """Sweep at once and then every hour, until cancelled."""
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                try:
                    dropped = await asyncio.to_thread(self.sweep)
                    log.info("swept", **dropped)
                except StorageError as error:
                    log.warning("sweep_failed", reason=error.word)
                await asyncio.sleep(_EVERY_SECONDS)
