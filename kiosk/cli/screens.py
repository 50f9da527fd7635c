"""``uketsuke-kiosk screens``: pictures of every screen, state and ticket, for people who review texts and design."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import click

from backend.client import Backend, BackendClient, BackendRefusedError, BackendUnavailableError, FakeBackend
from backend.common import CommandFailedError, FolderTakenError, FontMissingError, Language, OutputFolder
from backend.common.device_kit import PictureBook, configure_logs, size_option
from backend.wire import BringSituation
from kiosk.cli.run import prepare_kivy
from kiosk.config import KioskConfig, KioskConfigError, load_kiosk_config

FRAMES = 60
"""Turns of the screen's loop per second: the highest value that the setting allows, so that drawing is fast."""


def read_languages(_: click.Context, __: click.Parameter, value: str | None) -> list[Language]:
    """Read languages by their tags, written ``ja,en``; all of them where the option is not given.

    Raises:
        click.BadParameter: a tag is unknown.
    """
    if value is None:
        return list(Language)
    try:
        return list(dict.fromkeys(Language(tag.strip()) for tag in value.split(",")))
    except ValueError:
        raise click.BadParameter(f"write tags with commas between them, of {', '.join(Language)}") from None


@click.command("screens", short_help="Draw every screen and ticket, as pictures.")
@click.option(
    "--out",
    type=OutputFolder(),
    required=True,
    help="Folder for the pictures; those of an earlier run are replaced.",
)
@click.option(
    "--languages", callback=read_languages, metavar="TAGS", help="ja, ja-easy, en, zh-Hans, ko. [all of them]"
)
@size_option("1080x1920")
@click.option(
    "--server",
    "server_url",
    metavar="URL",
    help="A server that tells what visitors bring by its ward's rules. [two invented situations]",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that holds a kiosk's token, for --server.",
)
def command(
    out: Path,
    languages: list[Language],
    server_url: str | None,
    token_file: Path | None,
    **size: int,
) -> None:
    """Draw every screen of the kiosk in every state and language, and every ticket on both papers.

    \b
    Into the folder go
      LANGUAGE/NN-SCENE.png     one picture each
      contact-LANGUAGE.png      all of a language on one sheet
      index.html, index.json    what there is; a list of {"file", "scene", "language"}

    Names, numbers and times are invented, and as long as they can be. No screen is needed.

    \b
    Example:
      uketsuke-kiosk screens --out var/screens --languages ja,en
    """  # noqa: D301 - \b is click's mark for "keep these lines"
    try:
        config = load_kiosk_config(None, server_url=server_url, token_file=token_file, max_fps=FRAMES, **size)
        token = config.read_token() if server_url is not None else ""
    except KioskConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    configure_logs(config)
    situations = asyncio.run(_situations(config.server_url if server_url is not None else None, token))
    try:
        count = _draw(PictureBook(out, "uketsuke-kiosk screens"), config, languages, situations)
    except (FontMissingError, FolderTakenError) as error:
        raise CommandFailedError(f"{error}.") from None
    except OSError as error:
        raise CommandFailedError(
            f"The pictures cannot be written: {error.strerror or 'unknown reason'}."
        ) from None
    except SystemExit:
        # Kivy leaves like this when no window can be opened.
        raise CommandFailedError(
            "nothing can be drawn without OpenGL; the Debian packages libgl1, libegl1 and libgl1-mesa-dri give it."
        ) from None
    click.echo(f"{count} pictures: {out / 'index.html'}")


async def _situations(url: str | None, token: str) -> Sequence[BringSituation]:
    """What visitors bring: from a server, or invented where ``url`` is None.

    Raises:
        CommandFailedError: the server does not answer, or refuses.
    """
    try:
        if url is None:
            return await _ask(FakeBackend())
        async with BackendClient(url, token) as client:
            return await _ask(client)
    except (BackendUnavailableError, BackendRefusedError) as error:
        raise CommandFailedError(f"The server does not tell what visitors bring: {error}.") from None


async def _ask(backend: Backend) -> Sequence[BringSituation]:
    return (await backend.bring()).situations


def _draw(
    book: PictureBook, config: KioskConfig, languages: list[Language], situations: Sequence[BringSituation]
) -> int:
    """Draw everything, and return how many pictures there are."""
    # Draw into memory even where there is a screen: hundreds of screens would flash by.
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="uketsuke-kiosk-") as home:
        prepare_kivy(config, Path(home))
        from kiosk.screens import SceneWindow, draw_tickets  # noqa: PLC0415 - imports Kivy

        stage = SceneWindow(situations)
        for language in languages:
            for scene, image in chain(stage.pictures(language), draw_tickets(language)):
                book.add(image, scene, language.value)
            click.echo(f"{language.value}: drawn", err=True)
    return len(book.finish())
