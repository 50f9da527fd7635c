"""Options of programs that open a window, read from the command line."""

import click


def read_size(_: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read width and height in pixels, written ``1920x1080``."""
    if value is None:
        return None
    width, cross, height = value.lower().partition("x")
    if not cross or not width.isdecimal() or not height.isdecimal():
        raise click.BadParameter("write it as WIDTHxHEIGHT, for example 1920x1080", param=parameter)
    return int(width), int(height)


def read_place(_: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read a place as its distances from the left and from the top in pixels, written ``0,0``."""
    if value is None:
        return None
    try:
        left, top = (int(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("write it as LEFT,TOP, for example 0,0", param=parameter) from None
    return left, top


def window_values(size: tuple[int, int] | None, place: tuple[int, int] | None) -> dict[str, int]:
    """Size and place of the window, as far as they were given, by the names of their settings."""
    values: dict[str, int] = {}
    if size is not None:
        values.update(width=size[0], height=size[1])
    if place is not None:
        values.update(left=place[0], top=place[1])
    return values
