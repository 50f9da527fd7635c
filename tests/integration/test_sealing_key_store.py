"""The key store: made with the first key, never beside the one that the database knows, and a destroyed key is gone."""

import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, insert, text, update

from backend.sealing import key_database
from backend.sealing.errors import KeyStoreError
from backend.sealing.key_store import FORMAT, KeyStore
from backend.sealing.marks import KnownStore, Mark, mark_of, put_mark
from backend.sealing.opening import check_key_store
from backend.sealing.records import Records
from backend.sealing.tables import key_store_marks, key_stores
from backend.settings import Settings
from backend.storage.database import Database
from tests.sealing_support import as_nobody, bytes_in, cards, make_keys, refusal, with_marks
from tests.support import HandClock, House
from tests.warm_programs import warm_program


@pytest.fixture
def marked(database: Database) -> Database:
    """A database with the table of marks."""
    return with_marks(database)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for a key store alone."""
    folder = tmp_path / "keys"
    folder.mkdir()
    return folder


@pytest.fixture
def store_url(database_kind: str, place: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a store that is not there yet, of the kind of the database."""
    if database_kind == "sqlite":
        return f"sqlite:///{place}/keys.db"
    url: str = request.getfixturevalue("another_postgres")()
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[KeyStore]:
    """A store that is not there yet."""
    opened = KeyStore(store_url)
    yield opened
    opened.dispose()


@pytest.fixture
def file_store(sqlite: Database, place: Path) -> KeyStore:
    """A SQLite store with three keys, closed, beside a database that knows it."""
    made = KeyStore(f"sqlite:///{place}/keys.db")
    make_keys(made, with_marks(sqlite), *cards(3))
    return made


def generation(database: Database) -> int:
    """How far the key store of a database had come."""
    with database.read() as connection:
        mark = mark_of(connection)
    assert mark is not None
    return mark.generation


@pytest.mark.dialect
def test_nothing_is_made_before_the_first_key(store: KeyStore, marked: Database, place: Path) -> None:
    """A database without a mark and without a store starts silently, and a look makes no file."""
    assert refusal(store, marked) == ""
    assert store.index_key is None
    assert store.keys_of(cards(2)) == {}
    assert Records(store).digest("phone", "0312345678") is None
    with marked.write() as work:
        store.destroy(work.connection, cards(1))
        assert store.sweep(work.connection, set(), work.now) == 0
        assert mark_of(work.connection) is None
    assert list(place.iterdir()) == []


def test_the_store_can_be_made_before_the_first_card(sqlite: Database, place: Path) -> None:
    """An import looks for cards by their digests before it makes any: the index key is there, and the database knows it."""
    store = KeyStore(f"sqlite:///{place}/keys.db")
    make_keys(store, with_marks(sqlite))
    assert Records(store).digest("phone", "0312345678") is not None
    assert generation(sqlite) == 0
    assert refusal(store, sqlite) == ""


@pytest.mark.dialect
def test_a_key_is_made_once_and_stays(store: KeyStore, store_url: str, marked: Database) -> None:
    """Every card has a key of its own, which another process finds; asking again changes nothing."""
    one, other = cards(2)
    keys = make_keys(store, marked, one, other, one)
    assert len(set(keys.values())) == 2
    assert {len(key) for key in keys.values()} == {32}
    before = generation(marked)
    again = KeyStore(store_url)
    assert make_keys(again, marked, one, other) == keys
    assert generation(marked) == before
    assert again.index_key == store.index_key
    assert again.index_key is not None
    assert refusal(again, marked) == ""
    again.dispose()


@pytest.mark.dialect
def test_a_destroyed_key_is_gone_and_its_records_read_as_erased(store: KeyStore, marked: Database) -> None:
    """Nothing opens the record any more, others open theirs, and no new key takes its place by itself."""
    records = Records(store)
    gone, kept = cards(2)
    keys = make_keys(store, marked, gone, kept)
    sealed = {one: records.seal(keys, one, "person", {"name": "受付 花子"}) for one in (gone, kept)}
    with marked.write() as work:
        store.destroy(work.connection, [gone])
    assert records.open(gone, "person", sealed[gone]) is None
    assert records.open(kept, "person", sealed[kept]) == {"name": "受付 花子"}
    assert store.keys_of([gone, kept]) == {kept: keys[kept]}


def test_no_byte_of_a_destroyed_key_stays_in_the_file(sqlite: Database, place: Path) -> None:
    """Pages are overwritten, also where rows were moved between them; no journal is left."""
    store, ids = KeyStore(f"sqlite:///{place}/keys.db"), cards(900)
    with_marks(sqlite)
    keys: dict[str, bytes] = {}
    for first in range(0, 900, 90):
        keys |= make_keys(store, sqlite, *ids[first : first + 90])
        with sqlite.write() as work:
            store.destroy(work.connection, ids[first : first + 60])
    content = (place / "keys.db").read_bytes()
    alive = store.keys_of(ids)
    assert len(alive) == 300
    assert [one for one in ids if one not in alive and keys[one] in content] == []
    assert all(key in content for key in alive.values())
    assert [one.name for one in place.iterdir()] == ["keys.db"]


@pytest.mark.dialect
def test_the_keys_outlive_a_transaction_that_is_undone(store: KeyStore, marked: Database) -> None:
    """A key without a record is harmless, a record without a key is lost: so keys are kept first."""
    ids = cards(2)
    with pytest.raises(ZeroDivisionError), marked.write() as work:
        store.make_keys(work.connection, ids)
        raise ZeroDivisionError
    assert set(store.keys_of(ids)) == set(ids)
    with marked.read() as connection:
        assert mark_of(connection) is None
    assert refusal(store, marked) == ""


@pytest.mark.dialect
def test_a_key_without_a_card_goes_after_a_day_and_no_other(
    store: KeyStore, marked: Database, clock: HandClock
) -> None:
    """An orphan is noted, then destroyed; a card that comes back in time keeps its key, a living one always."""
    alone, back, living = cards(3)
    make_keys(store, marked, alone, back, living)

    def sweep(*there: str) -> int:
        with marked.write() as work:
            return store.sweep(work.connection, set(there), clock())

    assert sweep(living) == 0
    clock.advance(hours=23)
    assert sweep(living, back) == 0
    clock.advance(hours=2)
    before = generation(marked)
    assert sweep(living) == 1
    assert set(store.keys_of([alone, back, living])) == {back, living}
    assert generation(marked) == before + 1
    assert refusal(store, marked) == ""


def test_an_empty_database_never_sweeps_a_store_that_it_does_not_know(
    sqlite: Database, place: Path, file_store: KeyStore, clock: HandClock
) -> None:
    """A mistyped database beside the real key store, served for days, costs nobody their record."""
    with sqlite.write() as work:
        work.connection.execute(key_store_marks.delete())
    before = (place / "keys.db").read_bytes()
    for _ in range(3):
        with sqlite.write() as work:
            assert file_store.sweep(work.connection, set(), clock()) == 0
        clock.advance(days=2)
    assert (place / "keys.db").read_bytes() == before


@pytest.mark.dialect
def test_a_mark_never_goes_back_and_belongs_to_one_store(marked: Database) -> None:
    """Of two transactions the later mark stays; a second store is refused, and two that are there are told."""
    with marked.write() as work:
        for number in (3, 5, 4):
            put_mark(work.connection, Mark("a" * 32, number))
        assert mark_of(work.connection) == Mark("a" * 32, 5)
        with pytest.raises(KeyStoreError, match="another key store"):
            put_mark(work.connection, Mark("b" * 32, 9))
        work.connection.execute(insert(key_store_marks).values(id="b" * 32, generation=1))
        with pytest.raises(KeyStoreError, match="two key stores"):
            mark_of(work.connection)
        work.connection.execute(key_store_marks.delete())


@pytest.mark.dialect
def test_threads_that_make_the_store_at_once_make_one(store_url: str, marked: Database) -> None:
    """Eight at the same moment, each with a store object of its own: one store, and every key is found in it."""
    ids = cards(8)

    def make(card_id: str) -> tuple[bytes, bytes | None]:
        mine = KeyStore(store_url)
        key = make_keys(mine, marked, card_id)[card_id]
        index_key = mine.index_key
        mine.dispose()
        return key, index_key

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, ids))
    store = KeyStore(store_url)
    assert list(store.keys_of(ids).values()) != []
    assert [store.keys_of([one])[one] for one in ids] == [key for key, _ in made]
    assert len({index_key for _, index_key in made}) == 1
    assert refusal(store, marked) == ""
    store.dispose()


def test_the_file_is_its_owners_alone(sqlite: Database, place: Path) -> None:
    """From its first byte on, whatever the shell's umask is; a file that is open to others is told, and takes no key."""
    path, store = place / "keys.db", KeyStore(f"sqlite:///{place}/keys.db")
    before = os.umask(0)
    try:
        make_keys(store, with_marks(sqlite), *cards(2))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert f"run 'chmod 600 {path}'" in refusal(store, sqlite)
    kept = path.read_bytes()
    assert "chmod 600" in refusal(store, sqlite, lambda connection: store.make_keys(connection, cards(1)))
    assert path.read_bytes() == kept


def cut(path: Path) -> None:
    """Take the second half away."""
    os.truncate(path, path.stat().st_size // 2)


def without_tables(path: Path) -> None:
    """Put a database of somebody else there."""
    path.unlink()
    path.touch(0o600)
    subprocess.run(
        [sys.executable, "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE x (y)')", path],
        check=True,
    )  # fmt: skip


def of_a_newer_program(path: Path) -> None:
    """Let the store say that its tables are newer."""
    with KeyStore(f"sqlite:///{path}").engine.writing() as keys:
        keys.execute(update(key_stores).values(format=FORMAT + 1))


def noise(path: Path) -> None:
    """Bytes of no database."""
    path.write_bytes(os.urandom(4096))


def damaged(path: Path) -> None:
    """Spoil the pages behind the first."""
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


def folder_there(path: Path) -> None:
    """A folder of that name."""
    path.unlink()
    path.mkdir()


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "lost": (Path.unlink, "is not there"),
    "empty": (lambda path: os.truncate(path, 0), "is not there"),
    "cut": (cut, "damaged"),
    "no database": (noise, "damaged"),
    "damaged": (damaged, "damaged"),
    "somebody else's": (without_tables, "is no key store"),
    "newer": (of_a_newer_program, "newer version"),
    "a folder": (folder_there, "is no file"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_store_is_one_sentence_and_stays_as_it_is(
    bad: str, sqlite: Database, place: Path, file_store: KeyStore
) -> None:
    """At the start, with a new key, with a destroyed one and in a sweep: refused, and not one byte is changed."""
    spoil, words = BAD[bad]
    spoil(place / "keys.db")
    before = bytes_in(place)
    fresh = KeyStore(f"sqlite:///{place}/keys.db")
    acts: tuple[Callable[[Connection], object], ...] = (
        fresh.check,
        lambda connection: fresh.make_keys(connection, cards(1)),
        lambda connection: fresh.destroy(connection, cards(1)),
        lambda connection: fresh.sweep(connection, set(), sqlite.clock()),
    )
    for act in acts:
        told = refusal(fresh, sqlite, act)
        assert words in told
        assert "\n" not in told
        assert bytes_in(place) == before
    if bad in {"lost", "empty", "a folder"}:
        # A server that had the store open says so too, and does not take its persons for erased.
        with pytest.raises(KeyStoreError):
            file_store.keys_of(cards(1))
        assert words in refusal(
            file_store, sqlite, lambda connection: file_store.make_keys(connection, cards(1))
        )
    assert bytes_in(place) == before


@pytest.mark.dialect
def test_a_store_of_another_database_or_of_last_week_is_left_alone(
    store: KeyStore, marked: Database, store_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Neither is written to: the start, a new key and a destroyed one say which it is."""
    make_keys(store, marked, *cards(2))
    with store.engine.writing() as keys:
        keys.execute(update(key_stores).values(generation=0))
    old = KeyStore(store_url)
    assert "is older than the database" in refusal(old, marked)
    assert "older" in refusal(old, marked, lambda connection: old.make_keys(connection, cards(1)))
    assert "older" in refusal(old, marked, lambda connection: old.destroy(connection, cards(1)))
    with old.engine.writing() as keys:
        assert keys.execute(text("SELECT count(*) FROM data_keys")).scalar_one() == 2
        keys.execute(update(key_stores).values(id="f" * 32, generation=99))
    assert "belongs to another database" in refusal(old, marked)
    assert "another" in refusal(old, marked, lambda connection: old.make_keys(connection, cards(1)))
    old.dispose()


def test_a_database_that_went_back_keeps_its_newer_store(sqlite: Database, file_store: KeyStore) -> None:
    """A database out of yesterday's backup works with the store of today; what was destroyed since stays so."""
    with sqlite.write() as work:
        work.connection.execute(update(key_store_marks).values(generation=0))
    assert refusal(file_store, sqlite) == ""


def test_a_store_is_looked_through_outside_of_any_transaction(sqlite: Database, file_store: KeyStore) -> None:
    """The keys of a large ward take seconds to look through, and PostgreSQL ends a transaction that stands still so long."""
    make_keys(file_store, with_marks(sqlite), *cards(2))
    with sqlite.read() as connection:
        known = file_store.known_to(connection)
    assert known.mark is not None
    file_store.check_against(known)
    with pytest.raises(KeyStoreError, match="older than the database"):
        file_store.check_against(KnownStore(Mark(known.mark.id, known.mark.generation + 1), tables=True))


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_store_that_takes_nothing_new_is_said_and_still_read(sqlite: Database, what: str) -> None:
    """Read-only file or folder: one sentence at the start, records open, nothing is changed."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        store, ids = KeyStore(f"sqlite:///{place}/keys.db"), cards(2)
        keys = make_keys(store, with_marks(sqlite), *ids)
        store.dispose()
        (place / "keys.db").chmod(0o400 if what == "file" else 0o600)
        before = bytes_in(place)
        place.chmod(0o500 if what == "folder" else 0o700)
        with sqlite.write() as work, as_nobody(place, place / "keys.db"):
            for act in (store.check, lambda connection: store.make_keys(connection, cards(1))):
                with pytest.raises(
                    KeyStoreError, match="takes nothing new; give the server's user the right"
                ):
                    act(work.connection)
            assert store.keys_of(ids) == keys
            store.check(work.connection, to_write=False)
        place.chmod(0o700)
        assert bytes_in(place) == before


def test_a_store_that_is_replaced_under_a_server_is_opened_anew(
    sqlite: Database, place: Path, tmp_path: Path, file_store: KeyStore
) -> None:
    """No key goes into a file that has no name any more: what stands there now is asked, and here it is refused."""
    other = KeyStore(f"sqlite:///{tmp_path}/other.db")
    with sqlite.write() as work:
        known = mark_of(work.connection)
        work.connection.execute(key_store_marks.delete())
    make_keys(other, sqlite, *cards(1))
    with sqlite.write() as work:
        work.connection.execute(key_store_marks.delete())
        assert known is not None
        put_mark(work.connection, known)
    other.dispose()
    (tmp_path / "other.db").replace(place / "keys.db")
    before = bytes_in(place)
    told = refusal(file_store, sqlite, lambda connection: file_store.make_keys(connection, cards(1)))
    assert "belongs to another database" in told
    assert bytes_in(place) == before


def test_a_store_without_room_is_said_and_keeps_what_it_had(
    sqlite: Database, place: Path, file_store: KeyStore
) -> None:
    """A full disk in the middle of an import: what to do is said, and no key of it is half kept."""
    before = (place / "keys.db").read_bytes()

    def small(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=4")

    event.listen(file_store.engine._engine, "connect", small)
    file_store.dispose()
    told = refusal(file_store, sqlite, lambda connection: file_store.make_keys(connection, cards(500)))
    assert "has no room on its disk" in told
    assert (place / "keys.db").read_bytes() == before


def test_a_store_that_is_held_by_another_program_is_said(
    sqlite: Database, place: Path, file_store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's tool keeps the lock: nobody waits for ever, and the sentence says what it is."""
    monkeypatch.setattr(key_database, "_LOCK_SECONDS", 0.05)
    file_store.dispose()
    with sqlite3.connect(place / "keys.db", isolation_level=None) as tool:
        tool.execute("BEGIN IMMEDIATE")
        assert "is held by another program" in refusal(file_store, sqlite)
        tool.execute("ROLLBACK")
    tool.close()
    assert refusal(file_store, sqlite) == ""


def test_a_server_of_keys_that_is_away_is_said(sqlite: Database) -> None:
    """The sentence names the store without its password."""
    away = KeyStore("postgresql+psycopg://keys:secret@127.0.0.1:1/keys")
    told = refusal(away, with_marks(sqlite))
    assert "cannot be reached" in told
    assert "secret" not in told


KILLED = """
import os, signal, sys
from backend.sealing.key_store import KeyStore
from backend.storage.database import Database
database, store = Database(sys.argv[1]), KeyStore(sys.argv[2])
with database.write() as work:
    store.make_keys(work.connection, sys.argv[3:])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.dialect
def test_kill_9_between_key_and_record_loses_nothing(
    store: KeyStore, store_url: str, marked: Database, clock: HandClock
) -> None:
    """The keys are there and the records are not: the start is silent, the next import goes on, the orphans go."""
    first, ids = cards(1), cards(3)
    make_keys(store, marked, *first)
    done = warm_program("backend").call(["-c", marked.url, store_url, *ids], code=KILLED)
    assert done.returncode == -signal.SIGKILL
    assert done.stderr == ""
    assert refusal(store, marked) == ""
    assert set(store.keys_of(ids)) == set(ids)
    keys = make_keys(store, marked, *ids[:1])
    for hours in (0, 25):
        with marked.write() as work:
            store.sweep(work.connection, {*first, ids[0]}, clock() + timedelta(hours=hours))
    assert store.keys_of(ids) == keys


def test_no_key_is_in_an_error_or_a_log(
    sqlite: Database, place: Path, file_store: KeyStore, caplog: pytest.LogCaptureFixture
) -> None:
    """A statement that fails with keys as its parameters tells nothing of them, at any level of logging."""
    card = cards(1)
    key = make_keys(file_store, sqlite, *card)[card[0]]
    caplog.set_level(logging.DEBUG)
    with pytest.raises(KeyStoreError) as refused, file_store.engine.writing() as keys:
        keys.execute(
            text("INSERT INTO data_keys VALUES (:card, :key, '', '')"), {"card": card[0], "key": key}
        )
    for told in (str(refused.value), repr(refused.value.__context__), caplog.text):
        assert repr(key)[2:-1] not in told
        assert key.hex() not in told


def test_a_server_does_not_start_on_a_bad_store(small_house: House, place: Path) -> None:
    """Commands and server ask the same question before they work."""
    settings = Settings(
        database_url=small_house.graph.settings.database_url,
        var_dir=small_house.graph.settings.var_dir,
        key_store_url=f"sqlite:///{place}/keys.db",
    )
    database = with_marks(small_house.database)
    check_key_store(settings, database)
    make_keys(KeyStore(settings.keys_url), database, *cards(1))
    check_key_store(settings, database)
    (place / "keys.db").unlink()
    for words in (["serve", "--port", "0"], ["account", "unlock", "hanako"]):
        done = warm_program("backend").call(
            ["uketsuke", *words, "--database", settings.database_url],
            env={
                **os.environ,
                "UKETSUKE_VAR_DIR": str(settings.var_dir),
                "UKETSUKE_KEY_STORE_URL": str(settings.key_store_url),
            },
        )
        assert done.returncode == 1
        assert "is not there, and the database has records that only it opens" in done.stderr
    assert list(place.iterdir()) == []
