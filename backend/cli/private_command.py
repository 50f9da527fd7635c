"""A command that never repeats a 12-digit number (個人番号) of its own line."""

import click

from assets.console import CommandFailedError
from backend.wire.my_number import contains_my_number


class PrivateCommand(click.Command):
    """A command that refuses a 12-digit number anywhere on its line before any message could repeat it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look at the line first, then parse it."""
        if contains_my_number(" ".join(args)) or any(contains_my_number(argument) for argument in args):
            raise CommandFailedError(
                "A 12-digit number was given; it is refused and not repeated, because it may be a My Number."
            )
        return super().parse_args(ctx, args)
