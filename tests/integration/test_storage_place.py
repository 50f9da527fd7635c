"""A path that leads to no database is told before anything is made there."""

import os
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from backend.__main__ import cli
from backend.cli.options import open_database
from backend.cli.serve import command as serve
from backend.settings import DEFAULT_DATABASE, Settings
from backend.storage.database import Database
from backend.storage.errors import StorageMissingError
from backend.storage.place import place_of
from backend.storage.server_lock import lock_database

KINDS = ("folder", "pipe", "socket", "device")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_called_what_it_is(tmp_path: Path, kind: str) -> None:
    """A folder has many names by nature; nobody is told to remove a hard link, and no pipe is waited for."""
    path = tmp_path / "u.db"
    if kind == "folder":
        (path / "below").mkdir(parents=True)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as made:
        if kind == "socket":
            made.bind(str(path))
        for touch in (lock_database, Database):
            with pytest.raises(StorageMissingError, match=f"is a {kind}, and a SQLite database is a file"):
                touch(f"sqlite:///{path}")
    assert not (tmp_path / "u.db.lock").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("migrate",),
        ("account", "unlock", "clerk01"),
        ("device", "revoke", "k1"),
        ("restore", "x.tar"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_missing_folder_is_told_and_nothing_is_made(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A disk that is not mounted does not look like a ward that has lost every reservation."""
    config = tmp_path / "server.toml"
    config.write_text(
        f'database_url = "sqlite:///{tmp_path}/disk/deep/u.db"\nvar_dir = "{tmp_path}/var"\nport = 0\n'
    )
    with pytest.raises(click.ClickException) as told:
        cli.main([*arguments, "--config", str(config)], standalone_mode=False)
    said = told.value.format_message()
    assert f"the folder {tmp_path}/disk/deep of the database is not there; make it, or mount the disk" in said
    assert not (tmp_path / "disk").exists()


def test_the_folder_of_the_default_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying it out in an empty folder needs no preparation."""
    monkeypatch.chdir(tmp_path)
    assert place_of(DEFAULT_DATABASE) == tmp_path / "var" / "uketsuke.db"
    assert (tmp_path / "var").is_dir()


@pytest.mark.parametrize("empty_file", [False, True])
def test_a_new_database_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, empty_file: bool
) -> None:
    """Whoever mistyped the name of the file sees it at once; the second time nothing is said."""
    path = tmp_path / "uketuske.db"
    if empty_file:
        path.touch()
    settings = Settings(database_url=f"sqlite:///{path}")
    open_database(settings).dispose()
    assert capsys.readouterr().err == f"a new, empty database was made: {path}\n"
    open_database(settings).dispose()
    assert capsys.readouterr().err == ""
    other = tmp_path / "other.db"
    done = CliRunner().invoke(cli, ["migrate", "--database", f"sqlite:///{other}"])
    assert f"a new, empty database was made: {other}" in done.stderr


def test_a_server_logs_that_its_database_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal of the service has it too, before anything is served."""
    busy = socket.create_server(("127.0.0.1", 0))
    port = busy.getsockname()[1]
    monkeypatch.setenv("UKETSUKE_VAR_DIR", str(tmp_path / "var"))
    with busy, pytest.raises(click.ClickException, match="cannot listen"):
        serve.main(["--database", f"sqlite:///{tmp_path}/u.db", "--port", str(port)], standalone_mode=False)
    assert capsys.readouterr().out.count("database_created") == 1
