"""How the three programs end: an exit code for scripts, one sentence for people, and no 12-digit numbers in it."""

import sys
from collections.abc import Callable

import click
import pytest

from backend.common.console import CommandFailedError, run
from tests.invented_number import MY_NUMBER


def ended(
    act: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *words: str,
) -> tuple[object, str]:
    """Run a command that does something; its exit code and what it said on stderr."""
    monkeypatch.setattr(sys, "argv", ["uketsuke", *words])
    for hook in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, hook, getattr(sys, hook))

    @click.command()
    def command() -> object:
        return act()

    with pytest.raises(SystemExit) as caught:
        run(command, "uketsuke")
    return caught.value.code, capsys.readouterr().err


def failing(error: BaseException) -> Callable[[], object]:
    """A function that raises an error."""

    def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    ("act", "code", "said"),
    [
        (lambda: None, 0, ""),
        (lambda: 3, 3, ""),
        (failing(CommandFailedError("The file is gone.")), 1, "uketsuke: The file is gone.\n"),
        (failing(click.UsageError("No.")), 2, "uketsuke: No. See 'uketsuke --help'.\n"),
        (failing(KeyboardInterrupt()), 130, "\nuketsuke: interrupted.\n"),
    ],
)
def test_every_end_has_its_number_and_one_sentence(
    act: Callable[[], object],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script sees whether the work was done, and a person why not, without a trace."""
    assert ended(act, monkeypatch, capsys) == (code, said)


def test_an_error_repeats_no_number_and_steers_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message that quotes a 12-digit number or an escape sequence shows neither."""
    error = CommandFailedError(f"no file {MY_NUMBER}.csv \x1b[2J here")
    code, said = ended(failing(error), monkeypatch, capsys)
    assert code == 1
    assert said == "uketsuke: no file *** \N{REPLACEMENT CHARACTER}[2J here\n"


def test_a_number_on_the_line_is_refused_before_the_command_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing that the command would do with its line happens, and the number is not said again."""
    begun: list[bool] = []
    code, said = ended(lambda: begun.append(True), monkeypatch, capsys, MY_NUMBER)
    assert (code, begun) == (1, [])
    assert "refused" in said
    assert MY_NUMBER not in said
