"""Finds entries of the trail, newest first, a page at a time: in the same time however long the trail is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from backend.protection.accounts import find_by_name
from backend.protection.tables import accounts, audit, devices
from backend.protection.trail.blocks import entries_of, entry_columns
from backend.protection.trail.chain import TrailEntry
from backend.protection.trail.keys import as_letters, from_letters

_LOOKED_THROUGH: Final = 10_000
"""So many entries are looked at for one page, where no index finds what is wanted."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST: Final = 80


@dataclass(frozen=True)
class Wanted:
    """Which entries are wanted.

    Attributes:
        since: not older than this; aware.
        until: older than this; aware.
        actor: id of the account or device, ``console``, ``system`` or ``nobody``.
        action: its code.
        office_id: the office of the work.
        objects: ids of objects, of which it is about one; none where that does not matter.
        cases: where it names one of these ids among its facts as its case, or none at all; of a party the entries of the
            other cards are left out. None where that does not matter.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    action: str | None = None
    office_id: str | None = None
    objects: frozenset[str] | None = None
    cases: frozenset[str] | None = None


@dataclass(frozen=True)
class Place:
    """A place in the trail: where the next page begins.

    Attributes:
        at: of the last entry that was looked at; aware, UTC.
        seq: its key.
    """

    at: datetime
    seq: int

    def as_text(self) -> str:
        """As a form carries it; letters, so that it is never taken for a number."""
        return as_letters(b"%d %d" % ((self.at - _EPOCH) // _MICROSECOND, self.seq))

    @classmethod
    def of_text(cls, text: str) -> "Place | None":
        """The place that a form carries; None where it carries none."""
        if not text or len(text) > _LONGEST:
            return None
        try:
            at, seq = (int(part) for part in from_letters(text).split(b" "))
            return cls(_EPOCH + at * _MICROSECOND, seq) if 0 <= seq < 2**63 else None
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class FoundEntries:
    """A page of entries.

    Attributes:
        entries: newest first.
        following: where the next page begins; None where there is nothing older.
    """

    entries: tuple[TrailEntry, ...]
    following: Place | None


def search_trail(
    connection: Connection, wanted: Wanted, after: Place | None = None, *, most: int = 50
) -> FoundEntries:
    """A page of the entries that are wanted; it may be short, and yet have older ones behind it.

    Args:
        connection: a transaction that may read.
        wanted: which.
        after: where the page begins; none for the newest.
        most: how many.
    """
    found = entries_of(connection.execute(page_query(wanted, after, most)).all())
    if len(found) > most:
        last = found[most - 1]
        return FoundEntries(_of_cases(found[:most], wanted), Place(last.at, last.seq))
    ended = not _is_narrower(wanted) and len(found) < _LOOKED_THROUGH
    return FoundEntries(_of_cases(found, wanted), None if ended else _end_of(connection, wanted, after))


def page_query(wanted: Wanted, after: Place | None, most: int) -> Select[Any]:
    """What is asked for a page: one entry more than it shows."""
    looked = _looked_at(wanted, after).order_by(audit.c.at.desc(), audit.c.seq.desc())
    inner = looked.limit(_LOOKED_THROUGH).subquery()
    query = select(inner).order_by(inner.c.at.desc(), inner.c.seq.desc()).limit(most + 1)
    if wanted.office_id is not None:
        query = query.where(inner.c.office_id == wanted.office_id)
    if wanted.actor is not None and wanted.action is not None:
        query = query.where(inner.c.action == wanted.action)
    return query


def _is_narrower(wanted: Wanted) -> bool:
    """Whether more is asked than an index finds, so that only some thousands of entries are looked through for a page."""
    return wanted.office_id is not None or (wanted.actor is not None and wanted.action is not None)


def every_entry(connection: Connection, wanted: Wanted, most: int) -> Iterator[TrailEntry]:
    """All entries that are wanted, newest first, up to a number."""
    after: Place | None = None
    while most > 0:
        page = search_trail(connection, wanted, after, most=min(most, 1000))
        yield from page.entries
        most -= len(page.entries)
        after = page.following
        if after is None:
            return


def names_of(connection: Connection, ids: frozenset[str]) -> dict[str, str]:
    """The names of accounts and devices, by id: those of people and machines that work here, revoked ones too."""
    names: dict[str, str] = {}
    for table, name in ((accounts, accounts.c.login), (devices, devices.c.name)):
        rows = connection.execute(select(table.c.id, name).where(table.c.id.in_(list(ids))))
        names.update({row[0]: row[1] for row in rows})
    return names


def actor_named(connection: Connection, typed: str) -> str:
    """The id of the account or the device that somebody means by its name; what they typed where there is none."""
    account = find_by_name(connection, typed)
    if account is not None:
        return str(account.id)
    found = connection.execute(select(devices.c.id).where(devices.c.name == typed)).scalar()
    return typed if found is None else str(found)


def _looked_at(wanted: Wanted, after: Place | None) -> Select[Any]:
    """The entries among which the wanted ones are, by what an index finds."""
    return entry_columns().where(*_conditions(wanted, after))


def _conditions(wanted: Wanted, after: Place | None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        asked.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        asked.append(audit.c.at < wanted.until)
    if wanted.actor is not None:
        asked.append(audit.c.actor == wanted.actor)
    elif wanted.action is not None:
        asked.append(audit.c.action == wanted.action)
    if wanted.objects is not None:
        asked.append(audit.c.subject.in_(sorted(wanted.objects)))
    if after is not None:
        asked.append(audit.c.at <= after.at)
        asked.append(or_(audit.c.at < after.at, and_(audit.c.at == after.at, audit.c.seq < after.seq)))
    return asked


def _end_of(connection: Connection, wanted: Wanted, after: Place | None) -> Place | None:
    """The last entry that was looked at; None where everything was."""
    query = (
        select(audit.c.at, audit.c.seq)
        .where(*_conditions(wanted, after))
        .order_by(audit.c.at.desc(), audit.c.seq.desc())
        .offset(_LOOKED_THROUGH - 1)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Place(row.at, row.seq)


def _of_cases(found: list[TrailEntry], wanted: Wanted) -> tuple[TrailEntry, ...]:
    """Without the entries of other cards of a party."""
    if wanted.cases is None:
        return tuple(found)
    return tuple(entry for entry in found if _case_of(entry) in {None, *wanted.cases})


def _case_of(entry: TrailEntry) -> str | None:
    case = entry.told().get("case")
    return case if isinstance(case, str) else None
