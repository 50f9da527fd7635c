"""A command that never repeats a 12-digit number (個人番号) of its own line."""

import click

from backend.common import refuse_numbers


class PrivateCommand(click.Command):
    """A command that refuses a 12-digit number anywhere on its line before any message could repeat it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look at the line first, then parse it."""
        refuse_numbers([*args, " ".join(args)])
        return super().parse_args(ctx, args)
