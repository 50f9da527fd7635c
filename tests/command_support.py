"""Commands given as at a console, in the tests' own process."""

from pathlib import Path

import click
from click.testing import CliRunner, Result


def result_of(command: click.Command, *words: str | Path) -> Result:
    """What a command does with some words; what it raises is kept as it was raised."""
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)
