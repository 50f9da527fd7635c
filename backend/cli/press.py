"""What the commands that print sheets share: whose papers are asked for, and what all sheets have in common."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from backend.bootstrap import open_directory
from backend.cards import BadNumberError, normalise_number
from backend.common import CommandFailedError, FontMissingError, in_tokyo, need_fonts
from backend.documents import DocumentsError
from backend.offices import OfficesError
from backend.printing import NoSheetError, Press, RunFolderError
from backend.reservations import AskedCard, NoticeError, asked_card
from backend.sealing import Records
from backend.settings import Settings
from backend.storage import Connection, StorageError, utc_now
from backend.ward_rules import open_rules
from backend.wire import FieldShape, contains_my_number

_SHOWN = 20


class AskedNumber(NamedTuple):
    """A number that somebody gave, and where it stands."""

    number: str
    place: str


def open_press(settings: Settings) -> Press:
    """What draws the sheets of today.

    Raises:
        FontMissingError, OfficesError, DocumentsError: something that it needs is missing or wrong.
    """
    need_fonts()
    groups = {shape.length: shape.groups for shape in settings.number_shapes if shape.groups}
    today = in_tokyo(utc_now()).date()
    return Press(open_directory(settings), open_rules(settings), groups, today)


@contextmanager
def told_plainly(after: str = "nothing was written") -> Iterator[None]:
    """Say what went wrong in one sentence.

    Args:
        after: what that means for the sheets.

    Raises:
        CommandFailedError: something did.
    """
    try:
        yield
    except (
        NoticeError, NoSheetError, RunFolderError, OfficesError, DocumentsError, StorageError, FontMissingError,
    ) as error:  # fmt: skip
        raise CommandFailedError(f"{str(error).rstrip('.')}; {after}.") from None
    except OSError as error:
        raise CommandFailedError(f"the sheets cannot be written: {error.strerror}; {after}.") from None


def numbers_in(arguments: Iterable[str]) -> list[AskedNumber]:
    """The numbers of a command line; none is repeated in an error, as it may be a 個人番号.

    Raises:
        CommandFailedError: one of them is none.
    """
    return [_number(text, f"argument {place}") for place, text in enumerate(arguments, start=1)]


def numbers_of(file: Path) -> list[AskedNumber]:
    """The numbers of a list: one a line, the first column where there are more; empty lines and # lines are passed over.

    Raises:
        CommandFailedError: it cannot be read, has none, or a line holds something else.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise CommandFailedError(f"{file} cannot be read: {error.strerror}; nothing was written.") from None
    except UnicodeDecodeError:
        raise CommandFailedError(f"{file} is not UTF-8 text; nothing was written.") from None
    written = [(place, line.split(",")[0].strip().strip('"')) for place, line in enumerate(lines, start=1)]
    asked = [_number(text, f"line {place}") for place, text in written if text and not text.startswith("#")]
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
    if wrong:
        more = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise CommandFailedError(f"{'; '.join([*wrong[:_SHOWN], *more])}; nothing was written.")
    return [card for card, _ in found.values()]


def _number(text: str, place: str) -> AskedNumber:
    if contains_my_number(text, FieldShape.NUMBER):
        raise CommandFailedError(f"{place} holds a 12-digit number and was refused; nothing was written.")
    try:
        return AskedNumber(normalise_number(text), place)
    except BadNumberError:
        raise CommandFailedError(
            f"{place} is neither a reservation number nor a card number; nothing was written."
        ) from None
