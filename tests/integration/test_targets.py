"""No command writes over the database, the secret key, or what it reads itself, by whatever path leads there."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.__main__ import cli
from backend.common.shipped import locate
from backend.demo.errors import DemoError
from backend.demo.workshop import fresh_folders
from backend.storage.secrets import KEY_NAME
from tests.support import HandClock, House, make_house

OWN = (
    "uketsuke.db",
    "uketsuke.db-wal",
    "uketsuke.db-shm",
    "uketsuke.db-journal",
    "uketsuke.db.lock",
    KEY_NAME,
    "keys.db",
    "keys.db-journal",
)


def symlink(folder: Path, name: str) -> Path:
    """Another name that leads to a file."""
    link = folder / "linked.tar"
    link.symlink_to(folder / name)
    return link


def hard_link(folder: Path, name: str) -> Path:
    """A second name of a file, or the file's own where it is not there."""
    if not (folder / name).exists():
        return folder / name
    link = folder / "second.tar"
    os.link(folder / name, link)
    return link


def spelling(folder: Path, name: str) -> Path:
    """The same path, written otherwise."""
    return folder / ".." / folder.name / "." / name


WAYS: dict[str, Callable[[Path, str], Path]] = {
    "itself": lambda folder, name: folder / name,
    "symbolic link": symlink,
    "hard link": hard_link,
    "other spelling": spelling,
}


def run(house: House, *arguments: object) -> Result:
    """Call a command with the settings of a house."""
    settings = house.graph.settings
    config = settings.var_dir / "server.toml"
    config.write_text(
        f'database_url = "{settings.database_url}"\nvar_dir = "{settings.var_dir}"\n'
        f'offices_file = "{settings.var_dir / "offices.toml"}"\n'
    )
    (settings.var_dir / "offices.toml").write_bytes(locate("offices", "shinjuku.toml").read_bytes())
    return CliRunner().invoke(cli, [*(str(one) for one in arguments), "--config", str(config)])


@pytest.fixture
def beside(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A house whose database and key lie beside each other, with the log that SQLite keeps while it is open."""
    built = make_house(f"sqlite:///{tmp_path}/place/uketsuke.db", tmp_path / "place", clock)
    built.reserve("88871018")
    run(built, "sample", "--help")
    yield built
    built.database.dispose()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, but for the index that SQLite moves by itself."""
    return {
        one.name: one.read_bytes()
        for one in folder.iterdir()
        if one.is_file() and not one.name.endswith("-shm")
    }


def leaves_alone(house: House, name: str, *arguments: str) -> None:
    """Call a command with every path that leads to a file, and see that nothing came or went."""
    place = house.graph.settings.var_dir
    before = contents(place)
    for way, lead in WAYS.items():
        target = lead(place, name)
        done = run(house, *arguments, target)
        assert done.exit_code == 1, (name, way, done.output)
        assert "left alone" in done.output, (name, way)
        if target.name in {"linked.tar", "second.tar"}:
            target.unlink()
        assert contents(place) == before, (name, way)


@pytest.mark.parametrize("flags", [(), ("--replace",)], ids=["plain", "replace"])
def test_a_backup_never_takes_the_place_of_what_it_keeps(beside: House, flags: tuple[str, ...]) -> None:
    """A slip of the finger in FILE destroys neither database nor key, and plants no log or lock beside them."""
    for name in OWN:
        leaves_alone(beside, name, "backup", *flags)


@pytest.mark.parametrize(
    "content",
    [b"", b"last year's visitors\n", b"\0" * 10240, locate("offices", "shinjuku.toml").read_bytes()],
    ids=["empty", "csv", "an empty archive", "toml"],
)
def test_only_a_backup_is_replaced(small_house: House, tmp_path: Path, content: bytes) -> None:
    """A mistyped name costs nobody a file, whatever it is."""
    victim = tmp_path / "victim.csv"
    victim.write_bytes(content)
    done = run(small_house, "backup", victim, "--replace")
    assert done.exit_code == 1
    assert "is no backup of this program" in done.output
    assert victim.read_bytes() == content


@pytest.mark.parametrize("kind", ["pipe", "device", "link to nothing"])
def test_what_is_no_file_is_not_replaced(small_house: House, tmp_path: Path, kind: str) -> None:
    """A pipe is not waited for, and a link keeps leading where it led."""
    target = tmp_path / "target"
    if kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to("/dev/null" if kind == "device" else tmp_path / "nothing")
    done = run(small_house, "backup", target, "--replace")
    assert done.exit_code == 1
    assert "left alone" in done.output
    assert target.is_fifo() or target.is_symlink()


def test_a_damaged_backup_may_be_replaced(small_house: House, tmp_path: Path) -> None:
    """The file of a night in which the machine went down does not stand in the way of the next one's."""
    file = tmp_path / "backup.tar"
    assert run(small_house, "backup", file).exit_code == 0
    os.truncate(file, file.stat().st_size // 2)
    done = run(small_house, "backup", file, "--replace")
    assert done.exit_code == 0, done.output


WRITERS: dict[str, tuple[str, ...]] = {
    "sample": ("sample", "--rows", "3", "--out"),
    "rules open": ("rules", "open", "--out"),
    "rules sheet": ("rules", "sheet", "R1", "--on", "2026-11-24", "--out"),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_no_other_command_writes_over_it(beside: House, writer: str) -> None:
    """Database, key, settings and offices are refused as a target of everything that is written on paper or as a sample."""
    for name in ("uketsuke.db", "uketsuke.db-wal", KEY_NAME, "server.toml", "offices.toml"):
        leaves_alone(beside, name, *WRITERS[writer])


def test_a_notice_is_not_drawn_over_the_key(beside: House) -> None:
    """A link of the sheet's name in the folder of the sheets leads to nothing that is lost."""
    place = beside.graph.settings.var_dir
    out = place / "notices"
    out.mkdir()
    (out / "88871018.png").symlink_to(place / KEY_NAME)
    key = (place / KEY_NAME).read_bytes()
    done = run(beside, "notice", "88871018", "--out", out)
    assert done.exit_code == 1
    assert "left alone" in done.output
    assert (place / KEY_NAME).read_bytes() == key
    assert not (out / "88871018.pdf").exists()


def test_a_database_is_known_without_its_settings(
    beside: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that was given no settings of the server still sees a database by its first bytes."""
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)
    monkeypatch.setenv("UKETSUKE_VAR_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("UKETSUKE_DATABASE_URL", f"sqlite:///{tmp_path}/other/u.db")
    place = beside.graph.settings.var_dir
    for name in ("uketsuke.db", "uketsuke.db-wal"):
        before = (place / name).read_bytes()
        for writer in (("sample", "--out"), ("rules", "document", "--out")):
            done = CliRunner().invoke(cli, [*writer, str(place / name)])
            assert done.exit_code == 1
            assert "a database" in done.output
        assert (place / name).read_bytes() == before


def test_rules_are_not_written_over_the_rules(small_house: House, tmp_path: Path) -> None:
    """A ward's own rule file is no target of the sheet that is drawn from it."""
    own = tmp_path / "rules"
    own.mkdir()
    shipped = next(locate("rules").glob("*.yaml"))
    file = own / shipped.name
    file.write_bytes(shipped.read_bytes())
    done = run(small_house, "rules", "open", "--rules", own, "--out", file)
    assert done.exit_code == 1
    assert "left alone" in done.output
    assert file.read_bytes() == shipped.read_bytes()
    policy = tmp_path / "policy.txt"
    policy.write_bytes(locate("rules", "policy", "ward.yaml").read_bytes())
    done = CliRunner().invoke(cli, ["rules", "document", "--policy", str(policy), "--out", str(policy)])
    assert done.exit_code == 1
    assert policy.read_bytes() == locate("rules", "policy", "ward.yaml").read_bytes()


def test_a_demonstration_erases_only_what_one_has_made(tmp_path: Path) -> None:
    """A folder called demo that somebody else filled stays, however often it is asked for; its own is made anew."""
    theirs = tmp_path / "demo" / "uketsuke.db"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    for _ in range(2):
        with pytest.raises(DemoError, match="left alone"), fresh_folders(tmp_path):
            pass
    assert theirs.read_bytes() == b"theirs"
    for _ in range(2):
        with fresh_folders(tmp_path / "free") as folders:
            assert list(folders.config.parent.iterdir()) == []
            (folders.config.parent / "uketsuke.db").write_bytes(b"ours")
