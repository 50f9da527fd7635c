"""Whatever a command writes, no file that it did not make is lost: found in the commands themselves, none forgotten."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from backend.__main__ import cli as uketsuke
from backend.cli.targets import keys_beside
from backend.common.console import CommandFailedError
from backend.common.output_files import (
    KEY_NAME,
    FolderTakenError,
    OutputFile,
    OutputFolder,
    output_file,
    refuse_taken,
)
from backend.demo.evidence import FILES, FOLDERS, MARK, clear
from kiosk.__main__ import cli as uketsuke_kiosk
from queue_display.__main__ import command as uketsuke_display
from tests.support import House

PROGRAMS: dict[str, click.Group] = {
    "uketsuke": uketsuke,
    "uketsuke-kiosk": uketsuke_kiosk,
    "uketsuke-display": uketsuke_display,
}
DATABASE = b"SQLite format 3\0" + b"\0" * 84
THEIRS = b"somebody else's\n"

FILES_OF = {
    "uketsuke sample --out": ("sample", "--rows", "2", "--out"),
    "uketsuke rules document --out": ("rules", "document", "--out"),
    "uketsuke rules open --out": ("rules", "open", "--on", "2026-11-24", "--out"),
    "uketsuke rules sheet --out": ("rules", "sheet", "R1", "--on", "2026-11-24", "--out"),
    "uketsuke backup FILE": ("backup",),
    "uketsuke backup --keys": ("backup", "other.bin", "--keys"),
    "uketsuke export --out": ("export", "reservations", "--out"),
    "uketsuke register --out": ("register", "--out"),
    "uketsuke audit head --out": ("audit", "head", "--out"),
    "uketsuke audit export --out": ("audit", "export", "--out"),
    "uketsuke-kiosk ticket --out": ("ticket", "--sample", "--out"),
    "uketsuke-kiosk ticket --png": ("ticket", "--sample", "--out", "other.bin", "--png"),
}
"""How each file that a command writes is asked for; the file comes last."""

NEVER_REPLACED = {"uketsuke audit archive --out": ("audit", "archive", "--out")}
"""The same of what is taken out of the database and then stands in that file alone."""

FOLDERS_OF: dict[str, tuple[tuple[str, ...], str]] = {
    "uketsuke notice print --out": (("notice", "88871018", "--out"), "88871018.png"),
    "uketsuke notice reissue --out": (
        ("notice", "reissue", "88871018", "--reason", "lost", "--out"),
        "88871018.png",
    ),
    "uketsuke booking-sheet --out": (("booking-sheet", "88871018", "--out"), "88871018.png"),
    "uketsuke exchange FILE": (("exchange",), "done"),
    "uketsuke demo --out": (("demo", "--once", "--out"), "notice.png"),
    "uketsuke demo --pictures": (("demo", "--pictures"), "staff.png"),
    "uketsuke demo --folder": (("demo", "--folder"), "demo/uketsuke.db"),
    "uketsuke-kiosk virtual-printer --out": (("virtual-printer", "--port", "0", "--out"), "mode"),
    "uketsuke-kiosk screens --out": (("screens", "--out"), "index.html"),
    "uketsuke-display screens --out": (("screens", "--out"), "index.json"),
}
"""The same of folders, each with a file of somebody else that stands where one of the command's would."""

READ = {
    "config", "config_file", "mapping_file", "token_file", "rules", "policy", "images", "files",
    "uketsuke import FILE", "uketsuke audit verify --head", "uketsuke notice print --file", "uketsuke restore FILE", "uketsuke restore --keys",
}  # fmt: skip
"""Names of what is only read."""


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a program, with its whole name."""
    yield name, group
    context = click.Context(group)
    for one in group.list_commands(context):
        command = group.get_command(context, one)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {one}")
        else:
            yield f"{name} {one}", command


def paths() -> Iterator[tuple[str, str, object]]:
    """Every parameter that names a file or a folder: its whole name, its own, its type."""
    for program, group in PROGRAMS.items():
        for name, command in commands(group, program):
            for parameter in command.params:
                if isinstance(parameter.type, click.Path | click.File):
                    shown = parameter.opts[0] if isinstance(parameter, click.Option) else "FILE"
                    yield f"{name} {shown}", str(parameter.name), parameter.type


def run(house: House, name: str, *arguments: object) -> Result:
    """Call the command of a name, with the settings of a house where it takes any."""
    program = PROGRAMS[name.split(maxsplit=1)[0]]
    environment = {
        "UKETSUKE_DATABASE_URL": house.graph.settings.database_url,
        "UKETSUKE_VAR_DIR": str(house.graph.settings.var_dir),
    }
    return CliRunner(env=environment).invoke(program, [str(one) for one in arguments])


def test_every_path_of_every_command_is_read_or_guarded() -> None:
    """A further command that writes takes an OutputFile or OutputFolder and comes into the tables here, or this fails."""
    found = list(paths())
    files = {name for name, _, kind in found if isinstance(kind, OutputFile)}
    assert files == set(FILES_OF) | set(NEVER_REPLACED)
    assert {name for name, _, kind in found if isinstance(kind, OutputFolder)} == set(FOLDERS_OF)
    others = [one for one in found if not isinstance(one[2], OutputFile | OutputFolder)]
    assert [name for name, own, _ in others if own not in READ and name not in READ] == []


@pytest.mark.parametrize("name", FILES_OF)
def test_a_file_that_is_there_is_left_alone_until_it_is_said(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A second run, or a mistyped name, costs nobody a file; --replace replaces what the command made."""
    monkeypatch.chdir(tmp_path)
    small_house.reserve("88871018")
    small_house.device()  # which is an entry of the trail
    command = FILES_OF[name]
    target = tmp_path / "out" / "made.tar"
    target.parent.mkdir()
    assert run(small_house, name, *command, target).exit_code == 0
    made = target.read_bytes()
    assert made
    again = run(small_house, name, *command, target)
    assert (again.exit_code, "exists already and was left alone" in again.output) == (1, True)
    assert "--replace" in again.output
    Path("other.bin").unlink(missing_ok=True)
    assert run(small_house, name, *command, target, "--replace").exit_code == 0
    assert target.stat().st_size > 0
    target.write_bytes(THEIRS)
    Path("other.bin").unlink(missing_ok=True)
    assert run(small_house, name, *command, target).exit_code == 1
    assert target.read_bytes() == THEIRS
    keys = keys_beside(target).name
    assert [one.name for one in target.parent.iterdir() if one.name != keys] == [target.name]
    assert not Path("other.bin").exists()


@pytest.mark.parametrize("name", NEVER_REPLACED)
def test_what_stands_in_a_file_alone_is_never_replaced(small_house: House, tmp_path: Path, name: str) -> None:
    """There is no word by which such a command takes the place of a file, be it one of its own, a database or a key."""
    for file, content in (("made.bin", THEIRS), ("any.db", DATABASE), (KEY_NAME, THEIRS)):
        (tmp_path / file).write_bytes(content)
        for more, code in (((), 1), (("--replace",), 2)):
            done = run(small_house, name, *NEVER_REPLACED[name], tmp_path / file, *more)
            assert (done.exit_code, (tmp_path / file).read_bytes()) == (code, content), done.output


@pytest.mark.parametrize("name", FILES_OF)
def test_a_database_and_a_key_are_never_replaced(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every program knows them by their bytes and names, also one that has no settings of the server."""
    monkeypatch.chdir(tmp_path)
    small_house.reserve("88871018")
    (tmp_path / "any.db").write_bytes(DATABASE)
    for vital in ("any.db", "any.db-wal", "any.db.lock", KEY_NAME, "link"):
        if vital == "link":
            (tmp_path / vital).symlink_to("any.db")
        elif vital != "any.db":
            (tmp_path / vital).write_bytes(THEIRS)
        before = (tmp_path / vital).read_bytes()
        for more in ((), ("--replace",)):
            done = run(small_house, name, *FILES_OF[name], tmp_path / vital, *more)
            assert (done.exit_code, "left alone" in done.output) == (1, True), (vital, done.output)
        assert (tmp_path / vital).read_bytes() == before


@pytest.mark.parametrize("name", FOLDERS_OF)
def test_a_folder_of_somebody_else_loses_nothing(small_house: House, tmp_path: Path, name: str) -> None:
    """Before anything is drawn or started, a file that no run of this command left ends the command."""
    small_house.reserve("88871018")
    command, taken = FOLDERS_OF[name]
    path = tmp_path / "out" / taken
    path.parent.mkdir(parents=True)
    path.write_bytes(THEIRS)
    done = run(small_house, name, *command, tmp_path / "out")
    assert (done.exit_code, "left alone" in done.output) == (1, True), done.output
    assert path.read_bytes() == THEIRS
    assert [one for one in (tmp_path / "out").rglob("*") if one.is_file() and one.suffix != ".lock"] == [path]


def test_a_notice_is_printed_again_where_that_is_said(small_house: House, tmp_path: Path) -> None:
    """Both files of a notice are replaced together, or none."""
    small_house.reserve("88871018")
    for more, code in (((), 0), ((), 1), (("--replace",), 0)):
        done = run(small_house, "uketsuke", "notice", "88871018", "--out", tmp_path / "n", *more)
        assert done.exit_code == code, done.output
    (tmp_path / "n" / "88871018.pdf").unlink()
    assert run(small_house, "uketsuke", "notice", "88871018", "--out", tmp_path / "n").exit_code == 1
    assert not (tmp_path / "n" / "88871018.pdf").exists()


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_a_visit_takes_no_folder_of_somebody_else(tmp_path: Path, name: str) -> None:
    """`--out .` in a folder with logs of its own erases no logs; a folder of an earlier visit is made anew."""
    path = tmp_path / name / "theirs" if name in FOLDERS else tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(THEIRS)
    with pytest.raises(FolderTakenError, match="left alone"):
        clear(tmp_path)
    assert path.read_bytes() == THEIRS
    (tmp_path / MARK).touch()
    clear(tmp_path)
    assert not path.exists()


def test_a_file_that_fails_half_way_leaves_nothing_and_takes_nothing(tmp_path: Path) -> None:
    """What was there stays whole, and no draft is left beside it."""
    target = tmp_path / "made.csv"
    for replace in (False, True):
        with pytest.raises(OSError, match="full"), output_file(target, replace=replace) as draft:
            draft.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "full")
        assert [one.name for one in tmp_path.iterdir()] == (["made.csv"] if replace else [])
        target.write_bytes(THEIRS)
    assert target.read_bytes() == THEIRS


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Two runs at once do not take each other's file, also on a disk that knows no links."""
    if not links:
        monkeypatch.setattr("backend.common.output_files.os.link", _no_link)
    target = tmp_path / "made.csv"
    with pytest.raises(CommandFailedError, match="left alone"), output_file(target, replace=False) as draft:
        draft.write_bytes(b"ours")
        target.write_bytes(THEIRS)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [THEIRS]
    target.unlink()
    with output_file(target, replace=False) as draft:
        draft.write_bytes(b"ours")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"ours"]


def _no_link(*_: object) -> None:
    raise OSError(errno.EPERM, "no links here")


def test_a_replaced_file_keeps_its_link_and_its_rights(tmp_path: Path) -> None:
    """A link goes on leading where it led, and nobody may read more than before."""
    real = tmp_path / "real.csv"
    real.write_bytes(THEIRS)
    real.chmod(0o600)
    (tmp_path / "link").symlink_to(real)
    with output_file(tmp_path / "link", replace=True) as draft:
        draft.write_bytes(b"ours")
    assert (tmp_path / "link").is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"ours", 0o600)


KINDS: dict[str, tuple[Callable[[Path], object], bool]] = {
    "folder": (lambda path: path.mkdir(), False),
    "link to nothing": (lambda path: path.symlink_to("nothing"), False),
    "terminal or the like": (lambda path: path.symlink_to("/dev/null"), True),
    "pipe": (os.mkfifo, True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_written_only_where_nothing_is_lost(tmp_path: Path, kind: str) -> None:
    """A pipe passes on what it is given; a folder and a link that leads nowhere are left alone."""
    make, may = KINDS[kind]
    make(tmp_path / "target")
    if may:
        refuse_taken(tmp_path / "target", replace=False)
        return
    with pytest.raises(CommandFailedError, match="left alone"):
        refuse_taken(tmp_path / "target", replace=True)


def test_a_ticket_and_its_picture_are_two_files(small_house: House, tmp_path: Path) -> None:
    """The picture is not written over the bytes."""
    out = tmp_path / "t"
    done = run(small_house, "uketsuke-kiosk", "ticket", "--sample", "--out", out, "--png", out)
    assert (done.exit_code, out.exists()) == (2, False)
