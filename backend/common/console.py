"""The command line shared by the three programs: one plain sentence for an error, one version for all."""

import errno
import os
import sys
from collections.abc import Collection, Iterable
from functools import cache
from importlib.metadata import version
from typing import NoReturn
from unicodedata import category

import click

from backend.common.log_lines import crash_carefully
from backend.wire import FieldShape, contains_my_number

EXIT_FAILED = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130
_WITHHELD = "***"
_STEERING = frozenset({"Cc", "Cf", "Cs"})  # controls, marks of direction, halves of characters
_NO_SIGN = "\N{REPLACEMENT CHARACTER}"
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class CommandFailedError(click.ClickException):
    """A command could not do its work; the message is one plain sentence for the person at the console."""

    exit_code = EXIT_FAILED


@cache
def product_version() -> str:
    """The version of the installed product."""
    return version("uketsuke")


def with_version(command: click.Command, program: str) -> click.Command:
    """Let a command of a group answer ``--version`` as the group itself does."""
    if not any(parameter.name == "version" for parameter in command.params):
        click.version_option(product_version(), prog_name=program)(command)
    return command


def refuse_numbers(arguments: Iterable[str]) -> None:
    """Refuse a command line with a 12-digit number (個人番号) before anything could repeat or keep it.

    Raises:
        CommandFailedError: there is one.
    """
    if any(contains_my_number(argument, FieldShape.PATH) for argument in arguments):
        raise CommandFailedError(
            "A 12-digit number was given; it is refused and not repeated, because it may be a My Number."
        )


def run(command: click.Command, program: str, *, withholding: Collection[str] = ()) -> NoReturn:
    """Run a command and leave the process: 0 on success only, errors on stderr in one sentence.

    Args:
        command: the program's group.
        program: its name.
        withholding: names of commands that accept 12-digit numbers and make sure themselves not to repeat them.
    """
    crash_carefully()
    arguments = sys.argv[1:]
    try:
        if not (arguments and arguments[0] in withholding):
            refuse_numbers(arguments)
        result = command.main(prog_name=program, standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else program
        message = _printable(error.format_message()).rstrip(".")
        click.echo(f"{program}: {message}. See '{path} --help'.", err=True)
        sys.exit(EXIT_WRONG_USE)
    except click.ClickException as error:
        click.echo(f"{program}: {_printable(error.format_message())}", err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"{program}: interrupted.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has ended (for example `head`); the command itself succeeded.
        sys.stderr.close()
        sys.exit(EXIT_FAILED)
    except OSError as error:
        # Commands report errors of the files that they name; this one is of standard output, for example a full disk.
        if error.filename is not None or error.errno not in _DISK_FULL:
            raise
        click.echo(f"{program}: the output cannot be written: {error.strerror}.", err=True)
        os._exit(EXIT_FAILED)  # Python would try to write the rest once more, and complain
    sys.exit(result if isinstance(result, int) else 0)


def _printable(message: str) -> str:
    """An error as it may be shown: without 12-digit numbers (個人番号) and without terminal control characters."""
    message = "".join(_NO_SIGN if category(sign) in _STEERING else sign for sign in message)
    if not contains_my_number(message, FieldShape.PATH):
        return message
    shown = " ".join(
        _WITHHELD if contains_my_number(word, FieldShape.PATH) else word for word in message.split(" ")
    )
    left = contains_my_number(shown, FieldShape.PATH)
    return "a 12-digit number was given and is not repeated." if left else shown
