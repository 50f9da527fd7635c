"""The backup of keys: apart from the database's, right for it or refused, and it never brings back what was destroyed."""

import errno
import json
import os
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from sqlalchemy import select

from backend.cli.backup import command as backup
from backend.cli.restore import command as restore
from backend.sealing import key_archive, key_restore
from backend.sealing.errors import KeyStoreError
from backend.sealing.key_restore import KeysToRestore, keys_in_place
from backend.sealing.key_store import KeyStore
from backend.sealing.marks import mark_of
from backend.sealing.records import Records
from backend.sealing.tables import data_keys
from backend.storage.archive import BackupError
from backend.storage.database import Database
from tests.integration.test_storage_backup import rewritten
from tests.sealing_support import bytes_in, cards, make_keys, with_marks
from tests.support import HandClock, House, make_house
from tests.warm_programs import warm_program


class Ward:
    """A server with three sealed records, its backup and the backup of its keys, and an empty place of the same kind."""

    def __init__(
        self, house: House, keys_url: str, there: Callable[[], tuple[str, str]], folder: Path
    ) -> None:
        self.house = house
        self.keys_url = keys_url
        self.folder = folder
        self.file, self.keys_file = folder / "backup.tar", folder / "elsewhere.tar"
        self.ids = cards(3)
        self.store = KeyStore(keys_url)
        self.keys = make_keys(self.store, with_marks(house.database), *self.ids)
        seal = Records(self.store).seal
        self.sealed = {one: seal(self.keys, one, "person", {"name": "受付 花子"}) for one in self.ids}
        self._there = there
        self.url_there = ""
        self.keys_there = ""

    @property
    def url(self) -> str:
        """Of its database."""
        return self.house.graph.settings.database_url

    @property
    def var_dir(self) -> Path:
        """Of its server."""
        return self.house.graph.settings.var_dir

    def back_up(self, *arguments: object) -> str:
        """Back it up; returns why that failed, if it did."""
        return call(
            backup, self.url, self.keys_url, self.var_dir, self.file, "--keys", self.keys_file, *arguments
        )

    def destroy(self, card_id: str) -> None:
        """Erase a person."""
        with self.house.database.write() as work:
            self.store.destroy(work.connection, [card_id])

    def restore_there(self, *arguments: object) -> str:
        """Restore into the other place; returns why that failed, if it did."""
        if not self.url_there:
            self.url_there, self.keys_there = self._there()
        var_dir = self.folder / "there"
        return call(restore, self.url_there, self.keys_there, var_dir, self.file, *arguments)

    def names_there(self) -> list[str | None]:
        """What the records of the backup read as in the other place."""
        records = Records(KeyStore(self.keys_there))
        found = [records.open(one, "person", self.sealed[one]) for one in self.ids]
        records.store.dispose()
        return [None if one is None else one["name"] for one in found]

    def close(self) -> None:
        """Close every connection."""
        self.store.dispose()
        self.house.database.dispose()


def call(command: click.Command, url: str, keys_url: str, var_dir: Path, *arguments: object) -> str:
    """Call a command with settings; returns why it failed, if it did."""
    config = var_dir.parent / "server.toml"
    config.write_text(f'database_url = "{url}"\nvar_dir = "{var_dir}"\nkey_store_url = "{keys_url}"\n')
    try:
        command.main([*(str(one) for one in arguments), "--config", str(config)], standalone_mode=False)
    except click.ClickException as error:
        return error.format_message()
    return ""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dialect)])
def ward(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Ward]:
    """A ward whose database and key store are of one kind; the place to restore to likewise."""
    another: Callable[[], str] | None = None
    if request.param == "postgresql":
        another = request.getfixturevalue("another_postgres")
        request.getfixturevalue("postgres_programs")

    def place(name: str) -> tuple[str, str]:
        if another is not None:
            return another(), another()
        (tmp_path / name).mkdir(exist_ok=True)
        return f"sqlite:///{tmp_path}/{name}/u.db", f"sqlite:///{tmp_path}/{name}/keys.db"

    url, keys_url = place("here")
    made = Ward(make_house(url, tmp_path / "here", clock), keys_url, lambda: place("there"), tmp_path)
    yield made
    made.close()


@pytest.fixture
def small_ward(tmp_path: Path, clock: HandClock) -> Iterator[Ward]:
    """A ward on SQLite, where the kind does not matter."""

    def there() -> tuple[str, str]:
        (tmp_path / "there").mkdir(exist_ok=True)
        return f"sqlite:///{tmp_path}/there/u.db", f"sqlite:///{tmp_path}/there/keys.db"

    house = make_house(f"sqlite:///{tmp_path}/here/u.db", tmp_path / "here", clock)
    made = Ward(house, f"sqlite:///{tmp_path}/here/keys.db", there, tmp_path)
    yield made
    made.close()


def test_what_was_sealed_opens_in_the_other_place(ward: Ward) -> None:
    """Database and keys come back, on both kinds; a key that was destroyed before is not among them."""
    ward.destroy(ward.ids[0])
    assert ward.back_up() == ""
    assert stat.S_IMODE(ward.keys_file.stat().st_mode) == 0o600
    assert ward.restore_there("--keys", ward.keys_file) == ""
    assert ward.names_there() == [None, "受付 花子", "受付 花子"]
    database, store = Database(ward.url_there), KeyStore(ward.keys_there)
    with database.read() as connection:
        store.check(connection)
        assert mark_of(connection) is not None
    store.dispose()
    database.dispose()
    assert sorted(one.name for one in ward.folder.iterdir() if one.name.startswith(".")) == []


def test_no_key_is_in_the_backup_of_the_database(ward: Ward) -> None:
    """Whoever has only the database's backup can read nobody; whoever has only the keys has no record."""
    assert ward.back_up() == ""
    content, keys = ward.file.read_bytes(), ward.keys_file.read_bytes()
    index_key = ward.store.index_key
    assert index_key is not None
    for key in (*ward.keys.values(), index_key):
        assert key not in content
        assert key.hex().encode() not in content
        assert key in keys


def test_a_restore_of_the_database_alone_brings_no_destroyed_key_back(ward: Ward) -> None:
    """The right key store that is there stays, whatever keys are named: who was erased since the backup stays erased."""
    assert ward.back_up() == ""
    ward.destroy(ward.ids[0])
    ward.close()
    for arguments in ([], ["--keys", ward.keys_file]):
        told = call(restore, ward.url, ward.keys_url, ward.var_dir, ward.file, "--replace", *arguments)
        assert told == ""
        store = KeyStore(ward.keys_url)
        assert set(store.keys_of(ward.ids)) == set(ward.ids[1:])
        store.dispose()


def test_every_record_of_the_backup_has_its_key_in_the_other_file(
    small_ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are copied after the database: a card that came in between has a key too many, never one too few."""
    from backend.cli import backup as module

    late = cards(1)
    checked = module._checked

    def meanwhile(*arguments: object) -> object:
        make_keys(small_ward.store, small_ward.house.database, *late)
        return checked(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_checked", meanwhile)
    assert small_ward.back_up() == ""
    with key_archive.opened_keys(small_ward.keys_file, small_ward.folder) as (about, copied):
        assert about.keys == 4
        assert set(KeyStore(f"sqlite:///{copied}").keys_of([*small_ward.ids, *late])) == {
            *small_ward.ids,
            *late,
        }


def test_without_sealed_records_there_is_no_second_file(small_house: House, tmp_path: Path) -> None:
    """A ward that has sealed nothing yet makes and restores one file, as before; keys that are named are told to be too many."""
    settings, file = small_house.graph.settings, tmp_path / "backup.tar"
    keys_url = f"sqlite:///{tmp_path}/keys.db"
    assert call(backup, settings.database_url, keys_url, settings.var_dir, file) == ""
    assert [one.name for one in tmp_path.glob("*.tar")] == ["backup.tar"]
    there = tmp_path / "there"
    there.mkdir()
    url = f"sqlite:///{there}/u.db"
    told = call(restore, url, keys_url, there, file, "--keys", file)
    assert "leave --keys out" in told
    assert call(restore, url, keys_url, there, file) == ""


def test_by_itself_the_keys_lie_beside_and_the_answer_says_for_how_long(
    small_ward: Ward, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever makes a backup is told where the keys are, that they belong elsewhere, and when they are to go."""
    told = call(backup, small_ward.url, small_ward.keys_url, small_ward.var_dir, small_ward.file)
    assert told == ""
    beside = small_ward.folder / "backup.keys.tar"
    assert beside.is_file()
    said = capsys.readouterr().out
    assert f"keys {beside}: 3 keys; keep it in another place" in said
    assert "after 35 days" in said
    again = call(backup, small_ward.url, small_ward.keys_url, small_ward.var_dir, small_ward.folder / "other.tar", "--keys", beside)  # fmt: skip
    assert "exists already" in again
    assert not (small_ward.folder / "other.tar").exists()
    same = call(backup, small_ward.url, small_ward.keys_url, small_ward.var_dir, small_ward.folder / "o.tar", "--keys", small_ward.folder / "o.tar")  # fmt: skip
    assert "a file of their own" in same


def test_a_bad_key_store_makes_no_backup(small_ward: Ward) -> None:
    """A backup whose keys are worth nothing does not take the place of the last good one."""
    path = small_ward.var_dir / "keys.db"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "damaged" in small_ward.back_up()
    path.unlink()
    assert "is not there" in small_ward.back_up()
    assert list(small_ward.folder.glob("*.tar")) == []
    assert [one.name for one in small_ward.var_dir.iterdir() if "keys" in one.name] == []


def test_no_backup_is_written_over_the_key_store(small_ward: Ward) -> None:
    """A slip in the name of the second file is refused."""
    path = small_ward.var_dir / "keys.db"
    before = path.read_bytes()
    for arguments in ([path], [small_ward.file, "--keys", path]):
        told = call(backup, small_ward.url, small_ward.keys_url, small_ward.var_dir, *arguments, "--replace")
        assert "is the key store and was left alone" in told
    assert path.read_bytes() == before


def older(file: Path, days: float) -> None:
    """Let a backup of keys say that it is so old."""
    made_at = datetime.now(UTC) - timedelta(days=days)

    def change(members: dict[str, bytes]) -> None:
        members["keys.json"] = json.dumps(
            {**json.loads(members["keys.json"]), "made_at": made_at.isoformat()}
        ).encode()

    rewritten(file, change)


def keys_with(file: Path, **values: object) -> None:
    """Change what a backup of keys says of itself."""

    def change(members: dict[str, bytes]) -> None:
        members["keys.json"] = json.dumps({**json.loads(members["keys.json"]), **values}).encode()

    rewritten(file, change)


def flipped(file: Path) -> None:
    """Change one byte of a key."""
    content = file.read_bytes()
    file.write_bytes(content.replace(b"CREATE TABLE data_keys", b"CREATE TABLE dota_keys"))


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "cannot be read"),
    "empty": (lambda file: file.write_bytes(b""), "is no backup of the keys"),
    "no archive": (lambda file: file.write_bytes(os.urandom(4096)), "is no backup of the keys"),
    "cut": (lambda file: os.truncate(file, file.stat().st_size // 2), "cut"),
    "changed": (flipped, "is damaged"),
    "newer archive": (lambda file: keys_with(file, format=2), "another version"),
    "other count": (lambda file: keys_with(file, keys=2), "does not hold what it says"),
    "other store": (lambda file: keys_with(file, store="f" * 32), "does not hold what it says"),
    "too old": (lambda file: older(file, 35.1), "is older than 35 days"),
    "leads elsewhere": (
        lambda file: rewritten(file, lambda members: members.update({"../x": b"x"})),
        "does not belong into it",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_backup_of_keys_is_refused_and_nothing_is_put_back(small_ward: Ward, bad: str) -> None:
    """One sentence; neither database nor keys come, and the right file restores everything afterwards."""
    assert small_ward.back_up() == ""
    kept = small_ward.keys_file.read_bytes()
    spoil, words = BAD[bad]
    spoil(small_ward.keys_file)
    told = small_ward.restore_there("--keys", small_ward.keys_file)
    assert words in told
    assert "\n" not in told
    assert bytes_in(small_ward.folder / "there").keys() <= {"u.db.lock"}
    small_ward.keys_file.write_bytes(kept)
    assert small_ward.restore_there("--keys", small_ward.keys_file) == ""
    assert small_ward.names_there() == ["受付 花子"] * 3


def test_the_database_itself_is_no_backup_of_keys_and_the_other_way_round(small_ward: Ward) -> None:
    """Two files whose names were mixed up are told."""
    assert small_ward.back_up() == ""
    assert "is no backup of the keys" in small_ward.restore_there("--keys", small_ward.file)
    told = call(restore, small_ward.url_there, small_ward.keys_there, small_ward.folder / "there", small_ward.keys_file)  # fmt: skip
    assert "is no backup of this program" in told


def test_old_keys_come_back_only_when_that_is_asked_for(small_ward: Ward) -> None:
    """Past the days that the ward set, a backup of keys would bring back who was erased; one day less it is fine."""
    assert small_ward.back_up() == ""
    older(small_ward.keys_file, 36)
    assert "--old-keys" in small_ward.restore_there("--keys", small_ward.keys_file)
    assert small_ward.restore_there("--keys", small_ward.keys_file, "--old-keys") == ""
    assert small_ward.names_there() == ["受付 花子"] * 3


def test_keys_of_another_ward_or_from_before_are_refused(
    small_ward: Ward, tmp_path: Path, clock: HandClock
) -> None:
    """A backup of keys must belong to the database's and hold every key that it needs."""
    assert small_ward.back_up() == ""
    early = tmp_path / "early.tar"
    small_ward.keys_file.rename(early)
    small_ward.file.unlink()
    make_keys(small_ward.store, small_ward.house.database, *cards(1))
    assert small_ward.back_up() == ""
    assert "is older than the backup of the database" in small_ward.restore_there("--keys", early)
    other = make_house(f"sqlite:///{tmp_path}/other/u.db", tmp_path / "other", clock)
    other_keys = f"sqlite:///{tmp_path}/other/keys.db"
    make_keys(KeyStore(other_keys), with_marks(other.database), *cards(1))
    for name in ("other.tar", "other-keys.tar"):
        assert not (tmp_path / name).exists()
    call(backup, other.graph.settings.database_url, other_keys, tmp_path / "other", tmp_path / "other.tar", "--keys", tmp_path / "other-keys.tar")  # fmt: skip
    other.database.dispose()
    assert "is of another database" in small_ward.restore_there("--keys", tmp_path / "other-keys.tar")
    assert "name the backup of the keys with --keys" in small_ward.restore_there()
    assert bytes_in(tmp_path / "there").keys() <= {"u.db.lock"}


def test_another_store_in_the_way_is_put_aside_or_left_alone(ward: Ward) -> None:
    """Without --replace not a byte changes; with it the other store's keys are kept in a file beside."""
    assert ward.back_up() == ""
    ward.restore_there()
    strange, strangers = KeyStore(ward.keys_there), cards(2)
    with ward.house.database.write() as work:
        held = mark_of(work.connection)
        work.connection.exec_driver_sql("DELETE FROM key_store_marks")
        strange.make_keys(work.connection, strangers)
        work.connection.exec_driver_sql("DELETE FROM key_store_marks")
    assert held is not None
    kept = strange.keys_of(strangers)
    told = ward.restore_there("--keys", ward.keys_file)
    assert "there is another key store" in told
    assert strange.keys_of(strangers) == kept
    ward.close()
    assert ward.restore_there("--keys", ward.keys_file, "--replace") == ""
    assert ward.names_there() == ["受付 花子"] * 3
    (aside,) = (ward.folder / "there").glob("keys.db.replaced-*")
    assert KeyStore(f"sqlite:///{aside}").keys_of(strangers) == kept
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    strange.dispose()


def test_keys_go_again_where_the_database_cannot_be_put_back(ward: Ward) -> None:
    """Everything or nothing: an error after the keys leaves the store that was there, with its journal, or none."""
    assert ward.back_up() == ""
    ward.restore_there()
    with ward.house.database.read() as connection:
        needed = mark_of(connection)
    store = KeyStore(ward.keys_there)
    asked = KeysToRestore(ward.keys_file, None, replace=True, aside=ward.folder / "there")
    before = bytes_in(ward.folder / "there")
    with pytest.raises(BackupError, match="no room"), keys_in_place(store, needed, asked) as told:
        assert "3 keys of" in told
        raise BackupError("no room")
    assert not store.engine.is_there()
    assert bytes_in(ward.folder / "there") == before
    store.dispose()


def test_a_store_that_was_put_aside_comes_back_after_an_error(
    small_ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged store and its journal, which SQLite might want for mending it, are again where they were."""
    monkeypatch.setattr(key_restore, "_what_is_wrong", lambda *_: "damaged")
    assert small_ward.back_up() == ""
    small_ward.restore_there()
    there = small_ward.folder / "there"
    (there / "keys.db").write_bytes(b"damaged")
    (there / "keys.db-journal").write_bytes(b"journal")
    before = bytes_in(there)
    with small_ward.house.database.read() as connection:
        needed = mark_of(connection)
    asked = KeysToRestore(small_ward.keys_file, None, replace=True, aside=there)
    store = KeyStore(small_ward.keys_there)
    with pytest.raises(BackupError), keys_in_place(store, needed, asked):
        assert {one.split(".replaced")[0] for one in bytes_in(there)} >= {"keys.db"}
        assert not (there / "keys.db-journal").exists()
        raise BackupError("no room")
    assert bytes_in(there) == before


def test_a_disk_that_fails_while_keys_change_places_leaves_the_store_and_nothing_else(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store that was there serves on, and of its copy no part stays: it would hold keys, and nobody looks there."""
    assert ward.back_up() == ""
    assert ward.restore_there("--keys", ward.keys_file) == ""
    monkeypatch.setattr(key_restore, "_what_is_wrong", lambda *_: "damaged")

    def failing(*some: object) -> int:
        if len(some) > 1:
            key_archive.copy_rows(*some)  # type: ignore[arg-type] # two connections, as it is called
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(key_restore, "copy_rows", failing)
    monkeypatch.setattr(key_restore, "settle_names", failing)
    there = ward.folder / "there"
    there.mkdir(exist_ok=True)
    before = bytes_in(there)
    with ward.house.database.read() as connection:
        needed = mark_of(connection)
    store = KeyStore(ward.keys_there)
    asked = KeysToRestore(ward.keys_file, None, replace=True, aside=there)
    with pytest.raises((OSError, KeyStoreError)), keys_in_place(store, needed, asked):
        pytest.fail("the keys did not change places")
    assert store.keys_of(ward.ids) == ward.keys
    store.dispose()
    assert bytes_in(there).keys() == before.keys()


KILLED = """
import os, signal, sys
from backend.cli import restore
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
restore.put_sqlite_back = killed
restore.command.main(sys.argv[1:], standalone_mode=False)
"""


def test_a_restore_that_is_killed_between_keys_and_database_goes_on_when_it_is_repeated(
    small_ward: Ward,
) -> None:
    """The keys lie in their place, the database not; the same command once more does the rest."""
    assert small_ward.back_up() == ""
    assert "name the backup" in small_ward.restore_there()
    config = small_ward.folder / "server.toml"
    words = [str(small_ward.file), "--keys", str(small_ward.keys_file), "--config", str(config)]
    done = warm_program("backend").call(["-c", *words], code=KILLED)
    assert done.returncode == -signal.SIGKILL
    there = small_ward.folder / "there"
    assert (there / "keys.db").exists()
    assert not (there / "u.db").exists()
    assert small_ward.restore_there("--keys", small_ward.keys_file) == ""
    assert small_ward.names_there() == ["受付 花子"] * 3


def test_a_backup_of_the_first_version_comes_back(small_house: House, tmp_path: Path) -> None:
    """What knows nothing of key stores needs none."""
    settings, file = small_house.graph.settings, tmp_path / "backup.tar"
    keys_url = f"sqlite:///{tmp_path}/keys.db"
    assert call(backup, settings.database_url, keys_url, settings.var_dir, file) == ""

    def of_old(members: dict[str, bytes]) -> None:
        known = json.loads(members["backup.json"])
        del known["keys"]
        members["backup.json"] = json.dumps(known).encode()

    rewritten(file, of_old)
    there = tmp_path / "there"
    there.mkdir()
    assert call(restore, f"sqlite:///{there}/u.db", keys_url, there, file) == ""
    about_and_key = sorted(bytes_in(there))
    assert "u.db" in about_and_key
    assert "keys.db" not in about_and_key


def test_a_copy_that_reads_otherwise_is_no_backup(small_ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is read again: a disk that loses a row is noticed before anybody trusts the file."""
    copy_rows = key_archive.copy_rows

    def lossy(source: object, target: object) -> int:
        count = copy_rows(source, target)  # type: ignore[arg-type]
        target.execute(data_keys.delete().where(data_keys.c.card_id == small_ward.ids[0]))  # type: ignore[attr-defined]
        return count

    monkeypatch.setattr(key_archive, "copy_rows", lossy)
    assert "is not what the key store is" in small_ward.back_up()
    assert list(small_ward.folder.glob("*.tar")) == []


def test_the_backup_of_keys_can_be_opened_without_this_program(small_ward: Ward) -> None:
    """A tar with a description and a SQLite file, in which every key stands under its card."""
    assert small_ward.back_up() == ""
    with key_archive.opened_keys(small_ward.keys_file, small_ward.folder) as (_, copied):
        plain = sqlite3.connect(copied)
        assert dict(plain.execute("SELECT card_id, key FROM data_keys")) == small_ward.keys
        plain.close()
        with KeyStore(f"sqlite:///{copied}").engine.reading() as keys:
            assert len(keys.execute(select(data_keys.c.card_id)).all()) == 3
