"""Commands that the papers tell to type can be typed: the commands and options are there, and what is told is done."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backend.__main__ import cli as server
from backend.protection.roles import DeviceKind
from backend.sealing.opening import open_key_store
from backend.storage.database import Database
from kiosk.__main__ import cli as kiosk
from queue_display.__main__ import command as display
from tests.architecture.papers import DOCS, ROOT, shown, text_of
from tests.sealing_support import cards, make_keys, with_marks
from tests.support import HandClock, make_house

PROGRAMS: dict[str, click.Command] = {
    "uketsuke": server,
    "uketsuke-kiosk": kiosk,
    "uketsuke-display": display,
}
PAPERS = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "assets" / "systemd" / "uketsuke.service"]
CALL = re.compile(
    r"(?:^|[\s`=]|bin/)(uketsuke(?:-kiosk|-display)?)((?: [^`|;>&\n]*)?)(?=[`|;>&\n]|$)", re.MULTILINE
)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")


def typed(paper: Path) -> Iterator[list[str]]:
    """The words of every call of our programs that a paper tells: in blocks, in code within sentences, in units."""
    text = paper.read_text("utf-8")
    blocks = [
        body.replace("\\\n", " ") for language, body in FENCED.findall(text) if language in {"", "ini", "sh"}
    ]
    inline = INLINE.findall(FENCED.sub("", text))
    if paper.suffix == ".service":
        blocks, inline = [text], []
    for line in [line for block in blocks for line in block.splitlines()] + inline:
        code = line.strip()
        if code.startswith("#") or (line in inline and not code.startswith("uketsuke")):
            continue
        for program, rest in CALL.findall(code):
            words = shlex.split(rest.replace("'", ""))
            if "=" not in program and words:
                yield [program, *words]


@pytest.mark.parametrize("paper", PAPERS, ids=shown)
def test_every_command_in_the_papers_is_one(paper: Path) -> None:
    """A command and its options that somebody copies out of a paper exist as they are written there."""
    for program, *rest in typed(paper):
        command, words = PROGRAMS[program], rest
        context = click.Context(command, info_name=program)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            if found is None and words[0].islower() and words[0].isalpha() and program == "uketsuke":
                raise AssertionError((shown(paper), program, words))
            if found is None:
                break
            command, words = found, words[1:]
        known = {option for one in command.get_params(context) for option in (*one.opts, *one.secondary_opts)}
        if isinstance(command, click.Group):
            members = [command.get_command(context, name) for name in command.list_commands(context)]
            known |= {
                option for one in members if one for parameter in one.params for option in parameter.opts
            }
        known |= {"--help", "--version", "-h"}
        for word in words:
            option = word.partition("=")[0].rstrip(",.…")
            if option.startswith("--") and option != "--":
                assert option in known, (shown(paper), program, option)


def test_enough_commands_were_looked_at() -> None:
    """The search above finds what the papers tell; were it blind, it would pass for that reason."""
    assert sum(1 for paper in PAPERS for _ in typed(paper)) > 60


def blocks_under(heading: str) -> str:
    """Everything that a section of the operations paper tells to type, as one script."""
    section = text_of("operations.md").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return "".join(body for language, body in FENCED.findall(section) if not language)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.dialect)])
def test_backup_and_restore_work_as_they_are_written(
    kind: str, tmp_path: Path, clock: HandClock, request: pytest.FixtureRequest
) -> None:
    """The section typed from its first line to its last, on a real database: what was there is there again."""
    state, copies = tmp_path / "state", tmp_path / "backup"
    url = f"sqlite:///{state}/uketsuke.db"
    if kind == "postgresql":
        url = request.getfixturevalue("another_postgres")()
        request.getfixturevalue("postgres_programs")
    house = make_house(url, state, clock)
    house.device(DeviceKind.KIOSK)
    store, ids = open_key_store(house.graph.settings), cards(3)
    kept = make_keys(store, with_marks(house.database), *ids)
    house.database.dispose()
    config = tmp_path / "server.toml"
    config.write_text(f'database_url = "{url}"\nvar_dir = "{state}"\n')
    script = blocks_under("Backup and restore").replace("/backup", str(copies))
    script = script.replace(" /keys", f" {tmp_path}/keys")
    assert script.count("uketsuke backup") == 1
    assert script.count("uketsuke restore") == 1
    # What a test cannot have: the system's services, and another user.
    stubs = (
        "set -eu\nsystemctl() { :; }\n"
        'install() { mkdir -m 700 "${@: -1}"; }\n'
        f'uketsuke() {{ UKETSUKE_CONFIG={config} {sys.executable} -m backend "$@"; }}\n'
    )
    done = subprocess.run(
        ["bash", "-c", stubs + script],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(copies.iterdir())) == len(list((tmp_path / "keys").iterdir())) == 1
    assert store.keys_of(ids) == kept
    database = Database(url)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM devices").scalar_one() == 1
    database.dispose()
