"""Runs commands as on a console, in the tests' own process."""

from pathlib import Path

import click
from click.testing import CliRunner, Result


def result_of(command: click.Command, *words: str | Path) -> Result:
    """The result of a command with these arguments; an exception is kept in it unchanged."""
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)
