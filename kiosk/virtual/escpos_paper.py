"""A picture of a job's paper, drawn from the job's commands."""

from collections.abc import Sequence

from PIL import Image

from kiosk.virtual.escpos_reader import CommandKind, PrinterCommand

_MAX_ROWS = 12_000


def render(commands: Sequence[PrinterCommand], width_dots: int = 576) -> Image.Image:
    """Draw the paper of a job from its pictures and feeds. Text is not drawn, because this product prints none.

    Returns:
        A picture of mode ``1``, as wide as the widest picture of the job, or ``width_dots`` where it has none.
    """
    strips: list[Image.Image | int] = []
    for command in commands:
        if command.kind is CommandKind.FEED:
            strips.append(command.number)
        elif command.raster is not None and command.raster[0] and command.raster[1]:
            columns, rows, across, down = command.raster
            strip = Image.frombytes("1", (columns * 8, rows), command.raw[8:], "raw", "1;I")
            strips.append(strip.resize((strip.width * across, strip.height * down)))
    width = max((strip.width for strip in strips if not isinstance(strip, int)), default=width_dots)
    height = sum(strip if isinstance(strip, int) else strip.height for strip in strips)
    paper = Image.new("1", (width, max(1, min(height, _MAX_ROWS))), 1)
    row = 0
    for part in strips:
        if isinstance(part, int):
            row += part
        else:
            paper.paste(part, (0, row))
            row += part.height
    return paper
