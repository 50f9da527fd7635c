"""The command ``uketsuke`` as tests call it in their own process."""

from collections.abc import Callable

from click.testing import Result

Uketsuke = Callable[..., Result]
"""Called with the words after the name of the program."""
