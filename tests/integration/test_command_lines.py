"""The three programs as an outsider calls them: help, version, and one plain sentence for what is wrong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backend.__main__ import cli as server_group
from backend.common.console import product_version
from backend.storage.database import Database
from kiosk.__main__ import cli as kiosk_group
from tests.warm_programs import warm_program

PROGRAMS = {"uketsuke": "backend", "uketsuke-kiosk": "kiosk", "uketsuke-display": "queue_display"}
SPELLINGS = ("1234 5678 9018", "１２３４５６７８９０１８", "no-1234-5678-9018-x", "--x=1234.5678.9018")


def commands() -> Iterator[tuple[str, ...]]:
    """Every program and every command of it, as the words that start it."""

    def walk(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, ...]]:
        yield words
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                member = command.get_command(context, name)
                assert member is not None
                yield from walk((*words, name), member)

    yield from walk(("uketsuke",), server_group)
    yield from walk(("uketsuke-kiosk",), kiosk_group)
    yield ("uketsuke-display",)


COMMANDS = list(commands())


def spoken(words: tuple[str, ...]) -> str:
    """A name for a test."""
    return " ".join(words)


def call(
    words: tuple[str, ...], *arguments: str, cwd: Path | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Call a program as the console does, in a process of its own."""
    return warm_program(PROGRAMS[words[0]]).call((*words, *arguments), cwd=cwd, typed=typed)


@pytest.mark.parametrize("words", COMMANDS, ids=spoken)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    """``--help`` says what a command does and what every option means, and ends with 0."""
    done = call(words, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: {spoken(words)} ")
    options = done.stdout.partition("Options:")[2].partition("\n\n")[0]
    for line in options.splitlines():
        if line.startswith("  -"):
            assert len(line.split()) > 1, line


def test_a_full_disk_behind_the_output_is_one_sentence() -> None:
    """Whoever sends the rules to a file on a full disk learns that it is not whole, and gets no trace."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "backend", "rules", "document"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr == "uketsuke: the output cannot be written: No space left on device.\n"


@pytest.mark.parametrize("words", [words for words in COMMANDS if len(words) < 3], ids=spoken)
def test_every_command_tells_the_version_of_the_product(words: tuple[str, ...]) -> None:
    """One version for all programs and commands."""
    done = call(words, "--version")
    assert (done.returncode, done.stdout) == (0, f"{words[0]}, version {product_version()}\n")


@pytest.mark.parametrize("words", COMMANDS, ids=spoken)
def test_an_unknown_option_is_one_sentence(words: tuple[str, ...]) -> None:
    """A mistyped option ends with 2, names itself and where help is, and does nothing else."""
    done = call(words, "--no-such-thing")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"{words[0]}: ")
    assert "--no-such-thing" in done.stderr
    assert "--help'" in done.stderr


@pytest.mark.parametrize("program", ["uketsuke", "uketsuke-kiosk"])
def test_an_unknown_command_is_one_sentence(program: str) -> None:
    """A mistyped command ends with 2 and says where help is; here as the installed program itself."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), "recieve"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{program}: No such command 'recieve'. See '{program} --help'.\n"


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_typed_does_not_steer_the_terminal(program: str) -> None:
    """A mistake with control characters in it is shown without them: no colour, no new line, no turned text."""
    done = call((program,), "--\x1b[31mred\nline\u202e")
    assert done.returncode == 2
    assert not any(sign in done.stderr.rstrip("\n") for sign in "\x1b\n\u202e")
    assert "red" in done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_my_number_on_the_command_line_is_not_repeated(program: str, spelling: str) -> None:
    """Whatever stands where an option or a command belongs: no twelve digits come back in a message."""
    done = call((program,), spelling)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    told = done.stdout + done.stderr
    assert "9018" not in told
    assert "９０１８" not in told


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("account", "add", "1234-5678-9018", "--role", "clerk"), "12-digit"),
        (("device", "add", "kiosk 123456789018", "--kind", "kiosk"), "12-digit"),
        (("device", "add", "kiosk-1", "--kind", "kiosk", "--office", "zz"), "no office zz"),
        (("device", "revoke", "kiosk-1"), "no device kiosk-1"),
        (("migrate", "--database", "mysql://somewhere/else"), "database_url is wrong: use sqlite:"),
        (("serve", "--config", "missing.toml"), "missing.toml"),
        (("serve", "--host", "256.0.0.1"), "cannot listen"),
    ],
    ids=lambda value: spoken(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_command_that_fails_says_why_in_one_sentence(
    arguments: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    """No trace of the program, exit code 1, and nothing of a 12-digit number."""
    done = call(("uketsuke",), *arguments, cwd=tmp_path)
    assert done.returncode == 1
    # Of the database that a command makes first, another line tells.
    why = [
        line for line in done.stderr.splitlines() if not line.startswith("a new, empty database was made: ")
    ]
    assert len(why) == 1
    assert named in why[0]
    assert "9018" not in done.stdout + done.stderr


def test_a_wrong_file_of_offices_is_one_sentence_for_every_command_that_reads_it(tmp_path: Path) -> None:
    """Enrolling, adding people and serving name the mistake instead of breaking."""
    offices = tmp_path / "offices.toml"
    offices.write_text("authority = 1\n")
    config = tmp_path / "server.toml"
    config.write_text(f'offices_file = "{offices}"\n')
    for arguments in (
        ("device", "add", "kiosk-1", "--kind", "kiosk"),
        ("account", "add", "clerk01", "--role", "clerk", "--password-stdin"),
        ("serve",),
    ):
        done = call(("uketsuke",), *arguments, "--config", str(config), cwd=tmp_path)
        assert done.returncode == 1
        assert "authority" in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_wrong_policy_file_of_the_ward_keeps_the_server_from_starting(tmp_path: Path) -> None:
    """A slip in what the ward settled is named with its line; nobody is judged by the shipped value instead."""
    policy = tmp_path / "ours.yaml"
    policy.write_text("format: 1\npolicies:\n  passbok_is_B: {ward: false}\n")
    config = tmp_path / "server.toml"
    config.write_text(f'document_policy_file = "{policy}"\n')
    done = call(("uketsuke",), "serve", "--config", str(config), cwd=tmp_path)
    assert done.returncode == 1
    assert "ours.yaml:3: policies.passbok_is_B" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_account_is_added_and_a_device_enrolled_and_revoked(tmp_path: Path) -> None:
    """The console's commands leave what the server needs: an account, and a token that opens until revoked."""
    where = ("--database", f"sqlite:///{tmp_path}/uketsuke.db")
    token = call(("uketsuke",), "device", "add", "hall-1", "--kind", "display", *where)
    assert token.returncode == 0
    assert token.stdout.startswith("display.")
    again = call(("uketsuke",), "device", "add", "hall-1", "--kind", "display", *where)
    assert (again.returncode, again.stdout) == (1, "")
    revoked = call(("uketsuke",), "device", "revoke", "hall-1", *where)
    assert (revoked.returncode, revoked.stdout) == (0, "device hall-1 revoked\n")
    person = ("account", "add", "clerk01", "--role", "clerk", "--password-stdin", *where)
    weak = call(("uketsuke",), *person, typed="short\n")
    assert (weak.returncode, weak.stdout) == (1, "")
    added = call(("uketsuke",), *person, typed="correct horse battery\n")
    assert (added.returncode, added.stdout) == (0, "account clerk01 added\n")
    assert "correct horse" not in weak.stderr + added.stderr
    config = tmp_path / "server.toml"
    config.write_text(f'database_url = "sqlite:///{tmp_path}/uketsuke.db"\nvar_dir = "{tmp_path / "var"}"\n')
    unlocked = call(("uketsuke",), "account", "unlock", "CLERK01", "--config", str(config))
    assert unlocked.returncode == 0
    assert unlocked.stdout.startswith(
        "account clerk01 may try again at once; no wrong passwords were counted"
    )
    nobody = call(("uketsuke",), "account", "unlock", "clerk02", "--config", str(config))
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr.count("\n") == 1


def test_offices_of_an_account_are_shown_given_and_taken_away(tmp_path: Path) -> None:
    """Who works at several offices has one account; nobody is left without any, and a mistyped office is said."""
    where = ("--database", f"sqlite:///{tmp_path}/uketsuke.db")
    several = ("--office", "00", "--office", "03", "--role", "clerk", "--password-stdin")
    person = call(
        ("uketsuke",), "account", "add", "clerk01", *several, *where, typed="correct horse battery\n"
    )
    assert person.returncode == 0

    def offices(*options: str) -> tuple[int, list[str], str]:
        done = call(("uketsuke",), "account", "offices", "CLERK01", *options, *where)
        return done.returncode, [line.split()[0] for line in done.stdout.splitlines()[1:]], done.stderr

    assert offices() == (0, ["00", "03"], "")
    assert offices("--add", "05", "--remove", "00") == (0, ["03", "05"], "")
    for options, words in (
        (("--remove", "03", "--remove", "05"), "no other office"),
        (("--remove", "00"), "does not work at the office 00"),
        (("--add", "77"), "there is no office 77"),
        (("--add", "1234 5678 9018"), "12-digit"),
        (("--remove", "1234-5678-9018"), "12-digit"),
    ):
        code, shown, said = offices(*options)
        assert (code, shown, said.count("\n")) == (1, [], 1), said
        assert words in said
        assert "9018" not in said
    assert offices() == (0, ["03", "05"], "")
    nobody = call(("uketsuke",), "account", "offices", "clerk02", *where)
    assert (nobody.returncode, nobody.stdout, nobody.stderr.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    ("login", "typed", "words"),
    [
        ("x" * 70, "correct horse battery\n", "at most 64 characters"),
        (" clerk01", "correct horse battery\n", "space"),
        ("clerk\x1b[31m", "correct horse battery\n", "control characters"),
        ("clerk\udcff", "correct horse battery\n", "letters"),
        ("clerk01", "Xq7-" * 500 + "\n", "at most 200 characters"),
        ("clerk01", "aaaaaaaaaaaa\n", "easily guessed"),
        ("clerk01", "correct horse\tbattery\n", "control characters"),
    ],
)
def test_a_name_or_password_that_cannot_be_used_is_one_sentence(
    sqlite: Database, login: str, typed: str, words: str
) -> None:
    """It is refused when it is made, before a database is asked, in words and without a trace of the program."""
    where = ("--role", "clerk", "--password-stdin", "--database", sqlite.url)
    done = call(("uketsuke",), "account", "add", login, *where, typed=typed)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert typed.strip() not in done.stderr
