"""What the commands that print sheets share: whose papers are asked for, and what all sheets have in common."""

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import click

from backend.bootstrap import open_directory
from backend.cards import BadNumberError, normalise_number
from backend.cli.options import open_database
from backend.common import CommandFailedError, FontMissingError, in_tokyo, need_fonts, read_plain_file
from backend.documents import DocumentsError
from backend.offices import OfficesError
from backend.printing import NoSheetError, Press, RunFolderError
from backend.reservations import AskedCard, NoticeError, asked_card
from backend.sealing import Records, opened_key_store
from backend.settings import Settings
from backend.storage import Connection, Database, StorageError, load_secret, utc_now
from backend.ward_rules import open_rules
from backend.wire import FieldShape, contains_my_number

_SHOWN = 20


class AskedNumber(NamedTuple):
    """A number that somebody gave, and where it stands."""

    number: str
    place: str


class Papers(NamedTuple):
    """Where papers are kept: the database, its sealed records and the server's secret."""

    database: Database
    records: Records
    key: bytes

    def cards_of(self, asked: Iterable[AskedNumber]) -> list[AskedCard]:
        """The cards that numbers mean, as ``cards_of``."""
        with self.database.read() as connection:
            return cards_of(connection, self.records, asked)


def deadline_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--deadline``, which is printed on notices that are made."""
    return click.option(
        "--deadline",
        type=click.DateTime(["%Y-%m-%d"]),
        callback=_to_come,
        help="Until when the card is kept; printed on notices that are made now.",
    )(command)


def _to_come(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    if value is None:
        return None
    if value.date() < in_tokyo(utc_now()).date():
        raise click.BadParameter(
            "that day is over; visitors would read that their card is not kept any more."
        )
    return value.date()


@contextmanager
def opened_papers(settings: Settings) -> Iterator[Papers]:
    """Open what keeps papers.

    Raises:
        CommandFailedError, StorageError: it cannot be opened.
    """
    database = open_database(settings)
    try:
        with opened_key_store(settings) as store:
            yield Papers(database, Records(store), load_secret(settings.var_dir, database))
    finally:
        database.dispose()


@contextmanager
def opened_press(settings: Settings) -> Iterator[tuple[Press, Papers]]:
    """Open what draws sheets, and what keeps them; of a press that lacks something nothing is opened or made.

    Raises:
        FontMissingError, OfficesError, DocumentsError: something that the press needs is missing or wrong.
        CommandFailedError, StorageError: the database cannot be opened.
    """
    press = _press(settings)
    with opened_papers(settings) as papers:
        yield press, papers


def _press(settings: Settings) -> Press:
    """What draws the sheets of today."""
    need_fonts()
    groups = {shape.length: shape.groups for shape in settings.number_shapes if shape.groups}
    today = in_tokyo(utc_now()).date()
    return Press(open_directory(settings), open_rules(settings), groups, today)


@contextmanager
def told_plainly(after: str = "nothing was written") -> Iterator[None]:
    """Say what went wrong in one sentence.

    Args:
        after: what that means for the sheets; a folder that cannot be used is told before any of them is written.

    Raises:
        CommandFailedError: something did.
    """
    try:
        yield
    except (
        NoticeError, NoSheetError, OfficesError, DocumentsError, StorageError, FontMissingError,
    ) as error:  # fmt: skip
        raise CommandFailedError(f"{str(error).rstrip('.')}; {after}.") from None
    except RunFolderError as error:
        raise CommandFailedError(f"{error}; nothing was written.") from None
    except OSError as error:
        why = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else error.strerror
        raise CommandFailedError(f"the sheets cannot be written: {why}; {after}.") from None


@contextmanager
def told_by_place(asked: Sequence[AskedNumber], cards: Sequence[AskedCard]) -> Iterator[None]:
    """Say where those numbers stand whose cards a mistake is about.

    Args:
        asked: the numbers.
        cards: the card of each.

    Raises:
        NoticeError: with the places.
    """
    try:
        yield
    except NoticeError as error:
        places = [one.place for one, card in zip(asked, cards, strict=True) if card.card_id in error.card_ids]
        if not places:
            raise
        more = [f"and {len(places) - _SHOWN} more"] if len(places) > _SHOWN else []
        raise NoticeError(f"{', '.join([*places[:_SHOWN], *more])}: {error}") from None


def numbers_in(arguments: Iterable[str]) -> list[AskedNumber]:
    """The numbers of a command line; none is repeated in an error, as it may be a 個人番号.

    Raises:
        CommandFailedError: some of them are none; all of these are told.
    """
    return _numbers((text, f"argument {place}") for place, text in enumerate(arguments, start=1))


def numbers_of(file: Path) -> list[AskedNumber]:
    """The numbers of a list: one a line, the first column where there are more; empty lines and # lines are passed over.

    Raises:
        CommandFailedError: it cannot be read, has none, or lines hold something else; all of these are told.
    """
    try:
        lines = read_plain_file(file).decode("utf-8-sig").splitlines()
    except OSError as error:
        raise CommandFailedError(f"{file} cannot be read: {error.strerror}; nothing was written.") from None
    except UnicodeDecodeError:
        raise CommandFailedError(f"{file} is not UTF-8 text; nothing was written.") from None
    written = [(place, line.split(",")[0].strip().strip('"')) for place, line in enumerate(lines, start=1)]
    asked = _numbers((text, f"line {place}") for place, text in written if text and not text.startswith("#"))
    if not asked:
        raise CommandFailedError(f"{file} has no number; nothing was written.")
    return asked


def cards_of(connection: Connection, records: Records, asked: Iterable[AskedNumber]) -> list[AskedCard]:
    """The cards that numbers mean, each once; everything that is wrong is told at once.

    Raises:
        CommandFailedError: a number means no card whose papers may be printed, or two numbers mean the same card.
    """
    found: dict[str, tuple[AskedCard, str]] = {}
    wrong: list[str] = []
    for number, place in asked:
        try:
            card = asked_card(connection, records, number)
        except NoticeError as error:
            wrong.append(f"{place}: {error}")
            continue
        before = found.setdefault(card.card_id, (card, place))
        if before[1] != place:
            wrong.append(f"{place}: the same card as {before[1]}")
    _refuse(wrong)
    return [card for card, _ in found.values()]


def digest_of(asked: Iterable[AskedNumber], key: bytes) -> str:
    """What tells a list from another one; keyed, as numbers are few enough to be tried one by one."""
    told = "\n".join(one.number for one in asked)
    return blake2b(told.encode(), digest_size=16, key=key[:64], person=b"notice list").hexdigest()


def _numbers(written: Iterable[tuple[str, str]]) -> list[AskedNumber]:
    asked: list[AskedNumber] = []
    wrong: list[str] = []
    for text, place in written:
        if contains_my_number(text, FieldShape.NUMBER):
            wrong.append(f"{place} holds a 12-digit number and was refused")
            continue
        try:
            asked.append(AskedNumber(normalise_number(text), place))
        except BadNumberError:
            wrong.append(f"{place} is neither a reservation number nor a card number")
    _refuse(wrong)
    return asked


def _refuse(wrong: Sequence[str]) -> None:
    if wrong:
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise CommandFailedError(f"{'; '.join([*wrong[:_SHOWN], *more])}; nothing was written.")
