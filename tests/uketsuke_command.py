"""The command ``uketsuke`` as tests call it in their own process."""

from collections.abc import Callable

from click.testing import Result

Uketsuke = Callable[..., Result]
"""A function that takes the arguments of the program and runs it."""
