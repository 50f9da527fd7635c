"""What keeps a server from starting is one sentence: wrong settings, a lost key, another server on the same file."""

import os
from pathlib import Path

import click
import pytest

from backend.cards import notice_of
from backend.cli.serve import command as serve
from backend.common import fonts
from backend.common.settings_files import SettingsError
from backend.settings import Settings, load_settings
from backend.storage.database import Database
from backend.storage.errors import StorageBusyError, StorageError, StorageMissingError
from backend.storage.secrets import KEY_NAME, load_secret
from backend.storage.server_lock import lock_database
from tests.support import House, server_process
from tests.warm_programs import warm_program

PATHS = sorted(name for name, field in Settings.model_fields.items() if field.annotation is Path)
NUMBERS = sorted(name for name, field in Settings.model_fields.items() if field.annotation in {int, float})


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["99999999999999", "-1", "nan", "inf", "x", ""])
def test_a_number_that_no_counter_means_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A slip in any number of the settings is told at the start, not by a calendar that overflows at midnight."""
    monkeypatch.setenv(f"UKETSUKE_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"the setting {name} is wrong"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_level", "foo"),
        ("log_level", ""),
        ("log_json", "perhaps"),
        ("host", ""),
        ("host", "http://192.168.10.5"),
        ("code_stands_on", "wall"),
        ("database_url", ""),
        ("database_url", "uketsuke.db"),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite:///:memory:"),
        ("database_url", "sqlite:///file:x?mode=memory&uri=true"),
        ("database_url", "sqlite+aiosqlite:///x.db"),
        ("database_url", "postgresql://localhost/uketsuke"),
        ("database_url", "postgresql+psycopg://localhost:port/uketsuke"),
    ],
)
def test_a_word_that_is_none_of_a_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Every setting with a set of values is looked at before anything is done."""
    monkeypatch.setenv(f"UKETSUKE_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"the setting {name} is wrong"):
        load_settings()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"office": "99"}, "the setting special_openings.1.office is wrong: there is no such office"),
        ({"office": ""}, "the setting special_openings.1.office is wrong: there is no such office"),
        ({"opens": "17:00:00"}, "the setting special_openings.1 is wrong: it closes before it opens"),
        ({"opens": "18:00:00"}, "the setting special_openings.1 is wrong: it closes before it opens"),
        (
            {"closes": "17:00:00+09:00"},
            "the setting special_openings.1 is wrong: times are those of Asia/Tokyo",
        ),
    ],
)
def test_an_extra_opening_that_opens_nothing_is_named(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    """A counter that stays closed on the one Sunday for which letters went out is told when the server starts."""
    right = {"office": "00", "on": "2027-03-28", "opens": "09:00:00", "closes": "17:00:00"}
    config = tmp_path / "server.toml"
    tables = "".join(
        "[[special_openings]]\n" + "".join(f'{name} = "{value}"\n' for name, value in one.items())
        for one in (right, {**right, **change})
    )
    config.write_text(
        f'database_url = "sqlite:///{tmp_path}/u.db"\nvar_dir = "{tmp_path}/var"\nport = 0\n{tables}'
    )
    with pytest.raises(click.ClickException) as told:
        serve.main(["--config", str(config)], standalone_mode=False)
    assert words in told.value.format_message()
    assert "\n" not in told.value.format_message()


@pytest.mark.parametrize("level", ["INFO", "Debug", "warning"])
def test_a_level_is_a_word_however_it_is_written(monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    """Capitals, as other programs write levels, are no mistake."""
    monkeypatch.setenv("UKETSUKE_LOG_LEVEL", level)
    assert load_settings().log_level == level.lower()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in (*PATHS, "database_url", "config")
        for kind in ("folder", "garbage", "below a file", "missing below /proc")
        # Where a folder belongs, one is right.
        if not (kind == "folder" and name in {"var_dir", "rules_dir"})
    ],
)
def test_a_path_that_leads_to_the_wrong_thing_is_one_sentence(tmp_path: Path, name: str, kind: str) -> None:
    """A folder where a file belongs, a file where a folder belongs, a place where nothing can be made."""
    folder, garbage = tmp_path / "folder", tmp_path / "garbage"
    folder.mkdir()
    garbage.write_bytes(bytes(range(256)) * 40)
    path = {
        "folder": folder,
        "garbage": garbage,
        "below a file": garbage / "x",
        "missing below /proc": Path("/proc/nothing/x"),
    }[kind]
    config = path if name == "config" else tmp_path / "server.toml"
    if name != "config":
        value = f"sqlite:///{path}" if name == "database_url" else path
        others = {"database_url": f"sqlite:///{tmp_path}/u.db", "var_dir": tmp_path / "var", name: value}
        config.write_text("port = 0\n" + "".join(f'{key} = "{one}"\n' for key, one in others.items()))
    with pytest.raises(click.ClickException) as told:
        serve.main(["--config", str(config)], standalone_mode=False)
    assert told.value.format_message().count("\n") == 0


def test_a_second_server_on_a_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Whatever path leads to it: the number of a visitor comes from one server. Commands beside it go on."""
    path = tmp_path / "uketsuke.db"
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    program = warm_program("backend")
    with server_process(f"sqlite:///{path}", tmp_path) as (process, _):
        for other in (path, link, tmp_path / "elsewhere" / ".." / "uketsuke.db"):
            second = program.call(["uketsuke", "serve", "--database", f"sqlite:///{other}", "--port", "0"])
            assert second.returncode == 1
            assert f"another server (process {process.pid}) serves the database" in second.stderr
            assert second.stderr.count("\n") == 1
        beside = program.call(
            ["uketsuke", "device", "add", "hall-1", "--kind", "display", "--database", f"sqlite:///{link}"]
        )
        assert beside.returncode == 0
        process.kill()
        process.wait()
        lock = lock_database(f"sqlite:///{link}")
        assert lock is not None
        lock.release()


def test_the_lock_of_a_server_is_for_embedded_files_with_one_name(tmp_path: Path) -> None:
    """PostgreSQL takes several servers; a hard link would give one file two logs and is refused."""
    assert lock_database("postgresql+psycopg://nobody@localhost/x") is None
    path = tmp_path / "u.db"
    lock = lock_database(f"sqlite:///{path}")
    with pytest.raises(StorageBusyError, match=f"process {os.getpid()}"):
        lock_database(f"sqlite:///{path}")
    assert lock is not None
    lock.release()
    path.write_bytes(b"")
    (tmp_path / "other.db").hardlink_to(path)
    with pytest.raises(StorageMissingError, match="second name"):
        lock_database(f"sqlite:///{path}")


def test_no_new_key_is_made_while_notices_need_the_old_one(small_house: House, tmp_path: Path) -> None:
    """A key that went astray stops the start and names what to restore; every printed notice would be forged."""
    path = tmp_path / "var" / KEY_NAME
    key = path.read_bytes()
    path.unlink()
    assert load_secret(tmp_path / "var", small_house.database) != key
    path.unlink()
    card_id = small_house.card_of(small_house.reserve("88871018"))
    with small_house.database.write() as work:
        notice_of(work, card_id, key)
    with pytest.raises(StorageMissingError, match=r"restore secret\.key from the backup"):
        load_secret(tmp_path / "var", small_house.database)
    assert not path.exists()
    path.write_bytes(key)
    path.chmod(0o600)
    assert load_secret(tmp_path / "var", small_house.database) == key


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_key_that_others_may_read_is_not_used(tmp_path: Path, mode: int) -> None:
    """A copy that lost its rights is named with the command that mends it."""
    load_secret(tmp_path)
    (tmp_path / KEY_NAME).chmod(mode)
    with pytest.raises(StorageMissingError, match="chmod 600"):
        load_secret(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, sqlite: Database, content: bytes) -> None:
    """An empty or cut file is told as damaged and left as it is."""
    path = tmp_path / KEY_NAME
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(StorageError, match="damaged"):
        load_secret(tmp_path, sqlite)
    assert path.read_bytes() == content


def test_a_server_says_at_its_start_which_font_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Whoever sets a server up learns what to install from its first lines, before a page lacks icons."""
    monkeypatch.setattr(fonts, "_ICONS", tmp_path)
    config = tmp_path / "server.toml"
    config.write_text(
        f'port = 0\ndatabase_url = "sqlite:///{tmp_path}/u.db"\nvar_dir = "{tmp_path}/var"\noffices_file = "/none"\n'
    )
    with pytest.raises(click.ClickException):
        serve.main(["--config", str(config)], standalone_mode=False)
    said = capsys.readouterr().err.splitlines()
    package = "fonts-material-design-icons-iconfont"
    assert said[0] == f"warning: a font is missing: install the Debian package {package}"
