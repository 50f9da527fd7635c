"""``uketsuke notice reissue|void|returned``: what is ordered about notices that are out."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from backend.bootstrap import notice_keeper, open_directory
from backend.cli.options import database_option
from backend.cli.press import (
    Papers,
    deadline_option,
    numbers_in,
    opened_papers,
    opened_press,
    told_by_place,
    told_plainly,
)
from backend.cli.settings_options import config_option, settings_from
from backend.cli.sheet_files import need_sheets, write_enclosures
from backend.commands import Command
from backend.common import OutputFolder, replace_option
from backend.offices import Office
from backend.protection import system_at
from backend.reservations import (
    AskedCard,
    CardsChanged,
    NoteReturned,
    NoticeReason,
    ReissueNotices,
    VoidNotices,
    print_notices,
)
from backend.settings import Settings


def orders() -> Sequence[click.Command]:
    """The commands."""
    return (reissue_command, void_command, returned_command)


def _reason_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--reason",
        type=click.Choice([reason.value for reason in NoticeReason]),
        required=True,
        help="Why; kept in the trail.",
    )(command)


_numbers = click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)


@click.command(
    "reissue",
    short_help="Give cards another notice, and print it.",
    epilog="Example: uketsuke notice reissue 8887-1018 --reason lost --out var/notices",
)
@_numbers
@_reason_option
@click.option(
    "--out", type=OutputFolder(), required=True, help="Folder for the sheets; it is made if it is not there."
)
@deadline_option
@replace_option
@config_option
@database_option
def reissue_command(
    numbers: tuple[str, ...],
    reason: str,
    out: Path,
    deadline: date | None,
    config: Path | None,
    database_url: str | None,
    *,
    replace: bool,
) -> None:
    """Give the card of each NUMBER another notice with another code, and write its enclosure.

    The code before is superseded: a kiosk goes on accepting it, and the clerk is told that it is the old one. Where it may
    be in wrong hands, make it void first.
    """
    asked = numbers_in(numbers)
    settings = settings_from(config, database_url=database_url)
    need_sheets(asked, out, settings, config, replace=replace)
    with told_plainly(), opened_press(settings) as (press, papers):
        cards = papers.cards_of(asked)
        order = ReissueNotices(_ids(cards), NoticeReason(reason), deadline)
        with told_by_place(asked, cards):
            _carry_out(papers, press.sender.contact, order)
        with told_plainly("the codes were made anew; print them with 'uketsuke notice NUMBER'"):
            with papers.database.write() as work:
                notices = print_notices(work, cards, papers.key)
            write_enclosures(papers.database, press, zip(cards, notices, strict=True), out, replace=replace)


@click.command(
    "void",
    short_help="Make every code of cards unknown.",
    epilog="Example: uketsuke notice void 8887-1018 --reason missent",
)
@_numbers
@_reason_option
@config_option
@database_option
def void_command(
    numbers: tuple[str, ...], reason: str, config: Path | None, database_url: str | None
) -> None:
    """Make every code of the card of each NUMBER unknown: of notices, of earlier ones, and of booking sheets.

    A kiosk answers to one as to a code that never was. The card and its booking stay; the next 'uketsuke notice NUMBER'
    gives it a new notice.
    """
    settings = settings_from(config, database_url=database_url)
    changed = _ordered(settings, numbers, lambda ids: VoidNotices(ids, NoticeReason(reason)))
    click.echo(f"void now: codes {changed.codes}, cards {changed.cards}")


@click.command(
    "returned",
    short_help="Note that the post brought notices back.",
    epilog="Example: uketsuke notice returned 8887-1018",
)
@_numbers
@config_option
@database_option
def returned_command(numbers: tuple[str, ...], config: Path | None, database_url: str | None) -> None:
    """Note that the post brought the notice of the card of each NUMBER back (返戻).

    The card is there, and the code goes on working; 'uketsuke notice reissue' sends another one.
    """
    settings = settings_from(config, database_url=database_url)
    changed = _ordered(settings, numbers, NoteReturned)
    click.echo(f"came back: notices {changed.codes}")


def _ordered(
    settings: Settings,
    numbers: Sequence[str],
    order: Callable[[tuple[str, ...]], Command[CardsChanged]],
) -> CardsChanged:
    asked = numbers_in(numbers)
    with told_plainly("nothing was changed"):
        office = next(iter(open_directory(settings)))
        with opened_papers(settings) as papers:
            cards = papers.cards_of(asked)
            with told_by_place(asked, cards):
                return _carry_out(papers, office, order(_ids(cards)))


def _ids(cards: Sequence[AskedCard]) -> tuple[str, ...]:
    return tuple(card.card_id for card in cards)


def _carry_out(papers: Papers, office: Office, order: Command[CardsChanged]) -> CardsChanged:
    """Carry an order out in the name of the console, at the main office."""
    return notice_keeper(papers.database, papers.key).run(uuid4(), order, system_at(office.id, "console"))
