"""A backup is whole or not there, and comes back as it was, on both kinds of database and while a server writes."""

import io
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from backend.cli.backup import command as backup
from backend.cli.restore import command as restore
from backend.reservations.tables import reservations
from backend.storage import event_log, postgres_backup
from backend.storage.archive import BackupError
from backend.storage.database import Database
from backend.storage.secrets import KEY_NAME
from backend.storage.server_lock import lock_database
from tests.pages_support import walk_in
from tests.support import HandClock, House, make_house
from tests.warm_programs import warm_program


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dialect)])
def ward(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A server with reservations on each kind of database, and PostgreSQL's own programs to be found."""
    url = f"sqlite:///{tmp_path}/here/uketsuke.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("another_postgres")()
        request.getfixturevalue("postgres_programs")
    house = make_house(url, tmp_path / "here", clock)
    for number in range(20):
        house.reserve(f"8887{number:04}")
    yield house
    house.database.dispose()


def call(
    command: click.Command, house: House, *arguments: object, url: str = "", var_dir: Path | None = None
) -> str:
    """Call a command with the settings of a house, or of another place; returns why it failed, if it did."""
    folder = house.graph.settings.var_dir
    config = folder.parent / "server.toml"
    config.write_text(
        f'database_url = "{url or house.graph.settings.database_url}"\nvar_dir = "{var_dir or folder}"\n'
    )
    try:
        command.main([str(one) for one in arguments] + ["--config", str(config)], standalone_mode=False)
    except click.ClickException as error:
        return error.format_message()
    return ""


def count(url: str) -> int:
    """How many reservations a database has."""
    database = Database(url)
    with database.read() as connection:
        found = connection.execute(select(func.count()).select_from(reservations)).scalar_one()
    database.dispose()
    return int(found)


def elsewhere(house: House, request: pytest.FixtureRequest) -> str:
    """The URL of an empty place of the same kind."""
    if house.database.is_sqlite:
        (house.graph.settings.var_dir.parent / "there").mkdir()
        return f"sqlite:///{house.graph.settings.var_dir.parent}/there/uketsuke.db"
    url: str = request.getfixturevalue("another_postgres")()
    return url


def test_what_was_backed_up_comes_back(ward: House, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Rows and key are the same in another place, and a server works there; nobody else may read the file."""
    file = tmp_path / "backup.tar"
    assert call(backup, ward, file) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    url, there = elsewhere(ward, request), tmp_path / "there"
    assert call(restore, ward, file, url=url, var_dir=there) == ""
    assert count(url) == 20
    assert (there / KEY_NAME).read_bytes() == (ward.graph.settings.var_dir / KEY_NAME).read_bytes()
    assert stat.S_IMODE((there / KEY_NAME).stat().st_mode) == 0o600
    again = make_house(url, there, ward.clock)
    again.reserve("99990000")
    again.database.dispose()
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(".")) == []


def test_no_reader_goes_on_where_the_backup_knows_nothing(
    ward: House, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Protects a display that saw calls which the backup does not hold: it gets a whole picture, not other calls' numbers."""
    walk_in(ward)
    assert call(backup, ward, tmp_path / "backup.tar") == ""
    for _ in range(3):
        walk_in(ward)
    seen = ward.graph.boards.snapshot("00").seq
    url, there = elsewhere(ward, request), tmp_path / "there"
    assert call(restore, ward, tmp_path / "backup.tar", url=url, var_dir=there) == ""
    again = make_house(url, there, ward.clock)
    for _ in range(5):
        walk_in(again)
    with again.database.read() as connection:
        for known in range(seen + 1):
            assert event_log.tail(connection, "00", known, limit=100) is None
        now = event_log.last_event_seq(connection, "00")
        assert [one.seq for one in event_log.tail(connection, "00", now - 5, limit=100) or ()][-1] == now
    again.database.dispose()


def test_a_backup_of_a_counter_at_work_is_one_moment(ward: House, tmp_path: Path) -> None:
    """Writers are not stopped, and the copy has the rows of one moment: counts and content agree, or it is refused."""
    done = Event()

    def write() -> int:
        number = 0
        while not done.is_set():
            ward.reserve(f"7777{number:04}")
            number += 1
        return number

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for attempt in range(3):
                assert call(backup, ward, tmp_path / f"{attempt}.tar") == ""
        finally:
            done.set()
        assert writing.result() > 0


def test_a_backup_replaces_nothing_unless_it_is_told_to(ward: House, tmp_path: Path) -> None:
    """Last week's file is left alone by a line out of the shell's memory."""
    file = tmp_path / "backup.tar"
    file.write_bytes(b"last week")
    assert "exists already" in call(backup, ward, file)
    assert file.read_bytes() == b"last week"
    file.unlink()
    assert call(backup, ward, file) == ""
    first = file.read_bytes()
    ward.reserve("99990000")
    assert "exists already" in call(backup, ward, file)
    assert file.read_bytes() == first
    assert call(backup, ward, file, "--replace") == ""
    assert file.read_bytes() != first
    assert tarfile.is_tarfile(file)


def test_a_place_that_is_in_use_is_left_alone(
    ward: House, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Neither a database nor another key is overwritten; told to replace them, the backup's rows are there."""
    file = tmp_path / "backup.tar"
    assert call(backup, ward, file) == ""
    ward.reserve("99990000")
    ward.database.dispose()
    url = ward.graph.settings.database_url
    assert "left alone" in call(restore, ward, file)
    assert count(url) == 21
    assert call(restore, ward, file, "--replace") == ""
    assert count(url) == 20
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / KEY_NAME).write_bytes(b"k" * 32)
    other = elsewhere(ward, request)
    assert "another key" in call(restore, ward, file, url=other, var_dir=strange)
    assert (strange / KEY_NAME).read_bytes() == b"k" * 32


def test_a_database_in_use_is_not_replaced(ward: House, tmp_path: Path) -> None:
    """While a server runs, or anything else has the database open, nothing is put in its place."""
    file = tmp_path / "backup.tar"
    assert call(backup, ward, file) == ""
    lock = lock_database(ward.graph.settings.database_url)
    with ward.database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        told = call(restore, ward, file, "--replace")
    assert "another server" in told or "stop every server first" in told
    if lock is not None:
        lock.release()
        with ward.database.engine.connect() as connection:
            connection.execute(select(reservations.c.id)).all()
            assert "stop it first" in call(restore, ward, file, "--replace")


def rewritten(file: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Write an archive anew with changed members."""
    with tarfile.open(file) as archive:
        members = {one.name: (archive.extractfile(one) or io.BytesIO()).read() for one in archive}
    change(members)
    with tarfile.open(file, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def about_with(members: dict[str, bytes], **values: object) -> None:
    """Change what an archive says of itself."""
    members["backup.json"] = json.dumps({**json.loads(members["backup.json"]), **values}).encode()


SMALL_DISK = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
main()
"""

WRONG: dict[str, Callable[[Path], object]] = {
    "missing": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "no archive": lambda file: file.write_bytes(os.urandom(4096)),
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "one bit": lambda file: file.write_bytes(file.read_bytes().replace(b"8887", b"8886", 1)),
    "another key": lambda file: rewritten(file, lambda members: members.update({KEY_NAME: b"k" * 32})),
    "no key": lambda file: rewritten(file, lambda members: members.pop(KEY_NAME)),
    "newer tables": lambda file: rewritten(file, lambda members: about_with(members, revision="9999")),
    "newer archive": lambda file: rewritten(file, lambda members: about_with(members, format=2)),
    "other rows": lambda file: rewritten(file, lambda members: about_with(members, rows={"events": 1})),
    "leads elsewhere": lambda file: rewritten(file, lambda members: members.update({"../../etc/x": b"x"})),
    "other database": lambda file: rewritten(
        file, lambda members: about_with(members, database="uketsuke.dump")
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_whole_backup_of_ours_is_refused_and_touches_nothing(
    small_house: House, tmp_path: Path, wrong: str
) -> None:
    """Damaged, cut, changed, newer, foreign: one sentence, and the place where it would go stays empty."""
    small_house.reserve("88870000")
    file = tmp_path / "backup.tar"
    assert call(backup, small_house, file) == ""
    WRONG[wrong](file)
    there = tmp_path / "there"
    told = call(restore, small_house, file, url=f"sqlite:///{there}/u.db", var_dir=there)
    assert told
    assert "\n" not in told
    assert not (there / "u.db").exists()
    assert not (there / KEY_NAME).exists()


def test_a_mistyped_database_or_a_missing_key_makes_no_backup(small_house: House, tmp_path: Path) -> None:
    """A slip in a path is told instead of an empty file that looks like a backup."""
    file = tmp_path / "backup.tar"
    told = call(backup, small_house, file, url=f"sqlite:///{tmp_path}/uketuske.db")
    assert "there is no database" in told
    assert "secret.key" in call(backup, small_house, file, var_dir=tmp_path)
    assert not file.exists()
    assert not (tmp_path / "uketuske.db").exists()
    assert call(backup, small_house, tmp_path / "no" / "folder" / "backup.tar").startswith(
        "the backup cannot be"
    )


def test_a_damaged_database_makes_no_backup(small_house: House, tmp_path: Path) -> None:
    """A copy of a broken database does not take the place of the last good one."""
    path = tmp_path / "uketsuke.db"
    small_house.database.dispose()
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(path.stat().st_size - 8192))
    assert call(backup, small_house, tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


def test_a_log_that_was_removed_is_told_with_what_to_do(small_house: House, tmp_path: Path) -> None:
    """Who took the -wal file away under the server learns how to go on, and the last good backup stays."""
    small_house.reserve("88870001")
    (tmp_path / "uketsuke.db-wal").unlink()
    told = call(backup, small_house, tmp_path / "backup.tar")
    assert "-wal" in told
    assert "restore the last backup" in told
    assert not (tmp_path / "backup.tar").exists()


@pytest.mark.parametrize("name", ["", " ", "--replace", "-f"])
@pytest.mark.parametrize("command", [backup, restore], ids=["backup", "restore"])
def test_a_name_that_is_none_is_told(small_house: House, command: click.Command, name: str) -> None:
    """A script's variable that is not set, and an option behind --, are no names of files."""
    with pytest.raises(click.BadParameter):
        command.parse_args(click.Context(command), ["--", name])
    assert not Path(name or "none").is_file()


def test_a_restore_says_where_to(small_house: House, tmp_path: Path) -> None:
    """Whoever restored into another place than meant sees it in the answer."""
    file, there = tmp_path / "backup.tar", tmp_path / "there"
    assert call(backup, small_house, file) == ""
    there.mkdir()
    config = tmp_path / "there.toml"
    config.write_text(f'database_url = "sqlite:///{there}/other.db"\nvar_dir = "{there}"\n')
    done = CliRunner().invoke(restore, [str(file), "--config", str(config)])
    assert f" to {there}/other.db and {there}/{KEY_NAME}" in done.output


def test_programs_older_than_the_server_are_told_with_what_to_install(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line of pg_dump says that versions differ and not what to do; ours does, in any locale."""
    program = tmp_path / "pg_dump"
    program.write_text(
        '#!/bin/sh\n[ "$LC_ALL" = C ] || exit 0\n'
        "echo 'pg_dump: error: aborting because of server version mismatch' >&2\n"
        "echo 'pg_dump: detail: server version: 17.2; pg_dump version: 15.9' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(
        BackupError, match=r"install .* of the server's version \(server version: 17\.2; pg_dump"
    ):
        postgres_backup._run("pg_dump", "postgresql+psycopg://ward@localhost/ward", "--format=custom")


def test_a_full_disk_leaves_no_half_backup(small_house: House) -> None:
    """One sentence, nothing half written, nothing left lying about."""
    done = warm_program("backend").call(
        [
            "uketsuke", "backup", str(small_house.graph.settings.var_dir / "backup.tar"),
            "--database", small_house.graph.settings.database_url,
        ],
        code=SMALL_DISK,
        env={**os.environ, "UKETSUKE_VAR_DIR": str(small_house.graph.settings.var_dir)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert sorted(one.name for one in small_house.graph.settings.var_dir.iterdir()) == [KEY_NAME]


def test_a_restore_without_room_blames_the_disk(small_house: House, tmp_path: Path) -> None:
    """Nobody throws away a good backup because the disk that it goes to is full."""
    file = tmp_path / "backup.tar"
    assert call(backup, small_house, file) == ""
    there = tmp_path / "there"
    there.mkdir()
    done = warm_program("backend").call(
        ["uketsuke", "restore", str(file), "--database", f"sqlite:///{there}/u.db"],
        code=SMALL_DISK,
        env={**os.environ, "UKETSUKE_VAR_DIR": str(there)},
    )
    assert done.returncode == 1
    assert f"cannot be unpacked into {there}: " in done.stderr
    assert "cannot be read" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert {one.name for one in there.iterdir()} <= {"u.db.lock"}


@pytest.mark.dialect
@pytest.mark.parametrize("ward", ["postgresql"], indirect=True)
def test_without_the_programs_of_postgresql_it_is_said_which(
    ward: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without them is told what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    assert "pg_dump was not found; install" in call(backup, ward, tmp_path / "backup.tar")
