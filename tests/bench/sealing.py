"""Time of sealing and opening personal records: a page about a visitor opens one record, an import seals thousands."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.sealed_persons import PERSON, PERSON_COLUMNS, read_person
from backend.cards.states import CardProgress
from backend.protection.columns import columns_for_program
from backend.sealing.key_store import KeyStore
from backend.sealing.records import Records
from backend.storage.database import Database
from tests.bench.measurement import Fact, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.migrated import KEYS, closing_database, migrated_sqlite

AREA = "sealed records"
_OPEN_MS = 1.0
_CARDS = 500
"""How many cards are sealed at once, as in an import."""


def measure(folder: Path, plan: Plan, references: References) -> list[Measurement]:
    """Measure opening and sealing of one record, and what a card of an import costs; on SQLite with its key store."""
    with _ward(folder) as (database, records):
        ids, kept = _keep(database, records, max(2, plan.answers // 100))
        facts: dict[str, Fact] = {"cards": len(ids), "fields": len(PERSON_COLUMNS)}

        def looked_up(card_id: str) -> object:
            with database.read() as connection:
                return read_person(connection, records, card_id, columns_for_program(*PERSON_COLUMNS))

        keys = records.keys_of(ids[:_CARDS])
        sealed = {card_id: records.seal(keys, card_id, PERSON, _person(card_id)) for card_id in keys}
        parts: dict[str, tuple[Callable[[str], object], Sequence[str], Figure | None]] = {
            "open one, as a page does": (looked_up, ids, Figure("p95", _OPEN_MS, "1 ms")),
            "open one, its key at hand": (
                lambda one: records.open_with(keys[one], one, PERSON, sealed[one]),
                list(keys),
                None,
            ),
            "seal one, its key at hand": (
                lambda one: records.seal(keys, one, PERSON, _person(one)),
                list(keys),
                None,
            ),
        }
        against = (references.loop, references.commit)
        found = [
            Measurement.of(
                AREA, name, _times(part, some, plan.answers), against=against, facts=facts, figure=figure
            )
            for name, (part, some, figure) in parts.items()
        ]
        worked = _times(looked_up, ids, plan.answers, clock=time.thread_time)
        found.append(Measurement.of(AREA, "open one, processor's time", worked, against=against, facts=facts))
        # For one card: make its key, seal the record, compute its digests, write and commit.
        return [
            *found,
            Measurement.of(
                AREA, "keep one card of an import", kept, against=against, facts={"at once": _CARDS}
            ),
        ]


@contextmanager
def _ward(folder: Path) -> Iterator[tuple[Database, Records]]:
    place = folder / "sealed"
    place.mkdir()
    store = KeyStore(f"sqlite:///{place / KEYS}")
    try:
        with closing_database(migrated_sqlite(place / "u.db")) as database:
            yield database, Records(store)
    finally:
        store.dispose()


def _keep(database: Database, records: Records, times: int) -> tuple[list[str], list[float]]:
    """Store some hundreds of cards this many times; returns their ids, and for each time the milliseconds per card."""
    ids: list[str] = []
    took = []
    for _ in range(times):
        some = [uuid4().hex for _ in range(_CARDS)]
        entries = [CardEntry(one, CardProgress.NOTIFIED, _person(one)) for one in some]
        began = time.perf_counter()
        with database.write() as work:
            keep_cards(work, records, entries, ("card_number", "application_id"))
        took.append((time.perf_counter() - began) * 1000 / _CARDS)
        ids += some
    return ids, took


def _person(card_id: str) -> dict[str, Any]:
    """An invented person with every field."""
    given = {
        "name": "受付 花子",
        "name_kana": "ウケツケ ハナコ",
        "birth": "1990-01-31",
        "address": "東京都新宿区見本町一丁目2番3号 見本ハイツ405号室",
        "stay_expires_on": date(2030, 1, 31),
        "card_expires_on": date(2036, 1, 31),
    }
    return {column: given.get(column, f"{column} {card_id}") for column in PERSON_COLUMNS}


def _times(
    part: Callable[[str], object],
    ids: Sequence[str],
    count: int,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Milliseconds of each call, for the cards in turn; the first call, which fills caches, does not count."""
    part(ids[0])
    times = []
    for card_id in islice(cycle(ids), count):
        began = clock()
        part(card_id)
        times.append((clock() - began) * 1000)
    return times
