"""Counts of wrong passwords, in the database, so that all server processes share them.

A try is counted before its password is checked, and taken back if the password was right: so no number of tries at
once, in any number of processes, can get around a wait. Names and addresses are stored only as keyed hashes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import Connection, Row, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from backend.protection.tables import sign_in_tries
from backend.protection.waits import LONG_AGO, TryScope, Waits, WrongTries
from backend.storage import UnitOfWork

_PURPOSE = b"sign-in tries"
_NETWORK_BITS = 64

_READ = select(sign_in_tries).where(sign_in_tries.c.key_hash.in_(bindparam("keys", expanding=True)))
# Always in the same order, so that two processes never deadlock.
_LOCK = _READ.order_by(sign_in_tries.c.key_hash).with_for_update()
_ADD = {
    "sqlite": sqlite_insert(sign_in_tries).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(sign_in_tries).on_conflict_do_nothing(),
}
_SET = (
    update(sign_in_tries)
    .where(sign_in_tries.c.key_hash == bindparam("of_key"))
    .values(failures=bindparam("failures"), free_at=bindparam("free_at"), seen_at=bindparam("seen_at"))
)
_SEEN = (
    update(sign_in_tries)
    .where(sign_in_tries.c.key_hash == bindparam("of_key"))
    .values(seen_at=bindparam("at"))
)


@dataclass(frozen=True)
class TryKey:
    """Identifies one count.

    Attributes:
        kind: what is counted together.
        hashed: the keyed hash that identifies the count in the database.
        name: the keyed hash of the login name; None for a count that is not of one name.
    """

    kind: TryScope
    hashed: str
    name: str | None


class Tries:
    """Counts wrong passwords in the database.

    Args:
        key: the server's secret, for the hashes.
        waits: the rules for how long to wait.
    """

    def __init__(self, key: bytes, waits: Waits) -> None:
        self._key = key
        self._waits = waits

    def of_browser(self, name: str, token_hash: str) -> list[TryKey]:
        """The count of a name in a browser that it has used before; other people's tries do not add to it."""
        return [self._of(TryScope.BROWSER, name, name, token_hash)]

    def of_stranger(self, name: str, address: str) -> list[TryKey]:
        """The counts of a name in any other browser."""
        network = network_of(address)
        return [
            self._of(TryScope.PLACE, name, name, network),
            self._of(TryScope.NAME, name, name),
            self._of(TryScope.ADDRESS, None, network),
        ]

    def digest_of(self, name: str) -> str:
        """A keyed digest of a name, 32 letters and digits, by which the trail knows it again."""
        return self._hash(TryScope.NAME, name)[:32]

    def waits_until(self, connection: Connection, keys: Sequence[TryKey], now: datetime) -> datetime | None:
        """When the next try is possible; None if it is now."""
        rows = connection.execute(_READ, {"keys": [key.hashed for key in keys]}).all()
        return _latest(rows, now)

    def take(self, work: UnitOfWork, keys: Sequence[TryKey]) -> datetime | None:
        """Count one more try and return None; or count nothing and return when the next try is possible."""
        counts = self._locked(work, keys)
        until = _latest(list(counts.values()), work.now)
        if until is not None:
            return until
        for key in keys:
            current = self._waits.current(_count(counts[key.hashed]), work.now)
            _set(work, key.hashed, self._waits.after_try(key.kind, current, work.now))
        return None

    def give_back(self, work: UnitOfWork, keys: Sequence[TryKey]) -> None:
        """The password was right: undo the count of the try, and forget the count of its own browser or address."""
        counts = self._locked(work, keys)
        for key in keys:
            if key.kind in {TryScope.BROWSER, TryScope.PLACE}:
                work.connection.execute(delete(sign_in_tries).where(sign_in_tries.c.key_hash == key.hashed))
            else:
                _set(work, key.hashed, self._waits.taken_back(_count(counts[key.hashed]), work.now))

    def note_wrong(self, work: UnitOfWork, keys: Sequence[TryKey]) -> None:
        """The password was wrong: the try stays counted, and is dated now."""
        work.connection.execute(_SEEN, {"of_key": keys[0].hashed, "at": work.now})

    def forget_name(self, work: UnitOfWork, name: str) -> int:
        """Forget every wrong password of a name, and return how many counts there were."""
        of_name = sign_in_tries.c.name_hash == self._hash(TryScope.NAME, name)
        return work.connection.execute(delete(sign_in_tries).where(of_name)).rowcount

    def drop_old(self, work: UnitOfWork) -> int:
        """Forget counts to which nothing was added for the rules' ``memory``, and return how many."""
        old = sign_in_tries.c.seen_at < work.now - self._waits.memory - timedelta(seconds=1)
        return work.connection.execute(
            delete(sign_in_tries).where(old, sign_in_tries.c.free_at < work.now)
        ).rowcount

    def _locked(self, work: UnitOfWork, keys: Sequence[TryKey]) -> dict[str, Row[tuple[object, ...]]]:
        """The rows of some counts, locked for this transaction; missing ones are created."""
        fresh = [
            {
                "key_hash": key.hashed,
                "name_hash": key.name,
                "failures": 0,
                "free_at": LONG_AGO,
                "seen_at": work.now,
            }
            for key in sorted(keys, key=lambda key: key.hashed)
        ]
        work.connection.execute(_ADD[work.connection.dialect.name], fresh)
        rows = work.connection.execute(_LOCK, {"keys": [key.hashed for key in keys]}).all()
        return {row.key_hash: row for row in rows}

    def _of(self, kind: TryScope, name: str | None, *parts: str) -> TryKey:
        return TryKey(
            kind, self._hash(kind, *parts), None if name is None else self._hash(TryScope.NAME, name)
        )

    def _hash(self, *parts: str) -> str:
        text = "".join(f"{len(part)}:{part}" for part in parts)
        digest = hashlib.blake2b(text.encode(), key=self._key, person=_PURPOSE, digest_size=32)
        return digest.hexdigest()


def network_of(address: str) -> str:
    """The network within which one client can change its address: the address itself, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> _NETWORK_BITS << _NETWORK_BITS))
    return str(parsed)


def _count(row: Row[tuple[object, ...]]) -> WrongTries:
    return WrongTries(row.failures, row.free_at, row.seen_at)


def _latest(rows: Sequence[Row[tuple[object, ...]]], now: datetime) -> datetime | None:
    return max((row.free_at for row in rows if row.free_at > now), default=None)


def _set(work: UnitOfWork, key: str, count: WrongTries) -> None:
    values = {"failures": count.failures, "free_at": count.free_at, "seen_at": count.seen_at}
    work.connection.execute(_SET, {"of_key": key, **values})
