"""What a killed backup or restore leaves beside its target is removed by the next run, and what somebody works in is not."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from click.testing import Result

from backend.cli.backup import command as backup
from backend.cli.restore import command as restore
from backend.storage.backup_folder import working_folder
from tests.command_support import result_of
from tests.support import House
from tests.warm_programs import WarmProcess, warm_program

KILLED_BACKUP: Final = """
import os, signal, sys
from backend.cli import backup
from backend.storage import Archive
looks, look = [], Archive.refuse_existing
def killed_at_the_third(*words, **named):
    looks.append(words)
    if len(looks) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    look(*words, **named)
Archive.refuse_existing = killed_at_the_third
backup.command.main(sys.argv[1:], standalone_mode=False)
"""
"""The third look at a target is the one after everything was written and read again."""
KILLED_RESTORE: Final = """
import os, signal, sys
from backend.cli import restore
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
restore.put_sqlite_back = killed
restore.command.main(sys.argv[1:], standalone_mode=False)
"""
WORKING: Final = """
import sys
from pathlib import Path
from backend.storage.backup_folder import working_folder
with working_folder(Path(sys.argv[1])) as folder:
    (folder / "uketsuke.db").write_bytes(b"half")
    print(folder, flush=True)
    sys.stdin.read()
"""
TWO_DAYS: Final = 2 * 24 * 3600


def hidden(folder: Path) -> list[str]:
    """The hidden names of a folder."""
    return sorted(one.name for one in folder.iterdir() if one.name.startswith("."))


def killed(program: str, *words: object) -> None:
    """Run a command that is killed in the middle."""
    done = warm_program("backend").call(["-c", *map(str, words)], code=program)
    assert done.returncode == -signal.SIGKILL, done.stderr


@contextmanager
def at_work(beside: Path) -> Iterator[tuple[Path, WarmProcess]]:
    """Another process that works in a folder, until it is killed at the latest at the end."""
    with warm_program("backend").start(["-c", str(beside)], code=WORKING) as process:
        try:
            assert process.stdout is not None
            yield Path(process.stdout.readline().strip()), process
        finally:
            process.kill()


@pytest.fixture
def config(small_house: House, tmp_path: Path) -> Path:
    """Settings by which the commands find a house."""
    file = tmp_path / "server.toml"
    settings = small_house.graph.settings
    file.write_text(f'database_url = "{settings.database_url}"\nvar_dir = "{settings.var_dir}"\n')
    return file


def backed_up(config: Path, file: Path) -> Result:
    """Make a backup in this process."""
    result = result_of(backup, file, "--config", config)
    assert result.exception is None, result.exception
    return result


def test_the_next_backup_removes_what_a_killed_one_left(
    small_house: House, config: Path, tmp_path: Path
) -> None:
    """Killed as late as can be, with the whole archive written, nothing of it stays after the next run, in either place."""
    small_house.reserve("88870001")
    (tmp_path / "data").mkdir()
    (tmp_path / "keys").mkdir()
    words = (tmp_path / "data" / "b.tar", "--keys", tmp_path / "keys" / "b.tar", "--config", config)
    killed(KILLED_BACKUP, *words)
    left = hidden(tmp_path / "data"), hidden(tmp_path / "keys")
    assert [len(names) for names in left] == [1, 1]
    assert result_of(backup, *words).exception is None
    assert (hidden(tmp_path / "data"), hidden(tmp_path / "keys")) == ([], [])
    assert [one.name for one in (tmp_path / "data").iterdir()] == ["b.tar"]


def test_the_next_restore_removes_what_a_killed_one_left(config: Path, tmp_path: Path) -> None:
    """The unpacked database of a killed restore does not stay beside the one that is put back."""
    backed_up(config, tmp_path / "b.tar")
    there = tmp_path / "there"
    there.mkdir()
    elsewhere = tmp_path / "there.toml"
    elsewhere.write_text(f'database_url = "sqlite:///{there}/u.db"\nvar_dir = "{there}"\n')
    killed(KILLED_RESTORE, tmp_path / "b.tar", "--config", elsewhere)
    assert len(hidden(there)) == 1
    result = result_of(restore, tmp_path / "b.tar", "--config", elsewhere)
    assert result.exception is None, result.exception
    assert hidden(there) == []


def test_a_folder_in_which_somebody_works_stays_until_they_are_dead(config: Path, tmp_path: Path) -> None:
    """Two backups into one place do not disturb each other; the first is removed only once it was killed."""
    with at_work(tmp_path) as (folder, process):
        backed_up(config, tmp_path / "one.tar")
        assert (folder / "uketsuke.db").read_bytes() == b"half"
        process.kill()
        process.wait()
        backed_up(config, tmp_path / "two.tar")
        assert not folder.exists()


def test_of_folders_without_a_lock_only_empty_and_old_ones_are_removed(tmp_path: Path) -> None:
    """Earlier versions made them without one: an older program may still write there, until a day has gone by."""
    for name in ("empty", "young", "old", "old-with-a-young-file"):
        (tmp_path / f".uketsuke-backup-{name}").mkdir()
    long_ago = time.time() - TWO_DAYS
    for name in ("young", "old", "old-with-a-young-file"):
        file = tmp_path / f".uketsuke-backup-{name}" / "uketsuke.db"
        file.write_bytes(b"half")
        if name == "old":
            os.utime(file, (long_ago, long_ago))
        if name != "young":
            os.utime(file.parent, (long_ago, long_ago))
    with working_folder(tmp_path) as folder:
        assert hidden(tmp_path) == sorted(
            [folder.name, ".uketsuke-backup-old-with-a-young-file", ".uketsuke-backup-young"]
        )


def test_nothing_else_is_removed(tmp_path: Path) -> None:
    """Files of that name, links to folders, and folders of other names are left alone, whatever is in them."""
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / "in-use.lock").touch()
    (tmp_path / ".uketsuke-backup-link").symlink_to(tmp_path / "aside")
    (tmp_path / ".uketsuke-backup-file").touch()
    (tmp_path / ".other").mkdir()
    (tmp_path / ".other" / "in-use.lock").touch()
    before = sorted(tmp_path.rglob("*"))
    with working_folder(tmp_path):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_a_new_folder_that_another_run_takes_for_dead_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a folder and its lock another run may remove it: then another one is made, and it is locked."""
    real = os.open
    taken: list[Path] = []

    def too_late(path: Path, flags: int, *mode: int, **named: int) -> int:
        if not taken and str(path).endswith("in-use.lock"):
            taken.append(Path(path).parent)
            Path(path).parent.rmdir()
        return real(path, flags, *mode, **named)

    monkeypatch.setattr(os, "open", too_late)
    with working_folder(tmp_path) as folder:
        assert folder != taken[0]
        assert (folder / "in-use.lock").exists()
        with working_folder(tmp_path):
            assert folder.exists()
    assert hidden(tmp_path) == []
