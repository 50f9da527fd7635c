"""``uketsuke explain``: what a kiosk would answer to a code or a number, and why."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from backend.bootstrap import open_answering
from backend.cards import CardProgress, NoticeState
from backend.cli.options import database_option, directory_from, existing_key, office_from, open_existing
from backend.cli.settings_options import config_option, settings_from
from backend.common import LAST_YEAR, TOKYO, CommandFailedError, in_tokyo, refuse_numbers
from backend.offices import Directory
from backend.reception import Explanation, explained
from backend.reservations import CodePatternError
from backend.sealing import Records, opened_key_store
from backend.settings import Settings
from backend.storage import StorageError, utc_now
from backend.wire import CheckInReason

_FIRST_YEAR = 2000
_AT = "a time is written like 2026-11-25T10:00, and is meant in Tokyo unless it says +09:00, Z or another offset"
_WHY: Final = {
    CheckInReason.ON_TIME: "booked here and today, and on time",
    CheckInReason.EARLY: "booked here and today, and early: the number waits for the booked time",
    CheckInReason.LATE: "booked here and today, and late: the number waits behind those who are there",
    CheckInReason.WALK_IN: "nothing is booked, and this office gives such visitors an assisted number",
    CheckInReason.NOT_RESERVED: "nothing is booked for the card",
    CheckInReason.CARD_ELSEWHERE: "nothing is booked, and the card lies at another office; the kiosk says that nothing is booked",
    CheckInReason.CARD_NOT_ARRIVED: "booked here and today, but the card lies at another office; the kiosk gives an assisted "
    "number and does not say why",
    CheckInReason.CARD_EXPIRED: "the card may not be handed over any more on that day; the kiosk gives an assisted number and "
    "does not say why",
    CheckInReason.ANOTHER_DAY: "booked on another day",
    CheckInReason.ANOTHER_OFFICE: "booked, or received today, at another office",
    CheckInReason.ALREADY_CHECKED_IN: "received today: the kiosk gives the same number again",
    CheckInReason.JOINED: "booked in one group with somebody who waits: the card joins their number",
    CheckInReason.ALREADY_ISSUED: "the card was handed over",
    CheckInReason.NO_CARD: "there is no card to hand over any more",
    CheckInReason.UNKNOWN: "no card is known by that, the code is forged or was made void, or two cards share the number; the "
    "kiosk offers an assisted number",
    CheckInReason.REFUSED: "it holds a 12-digit number, which may be a My Number; it is refused and was not looked up",
    CheckInReason.CLOSED: "the office receives nobody at that time",
    CheckInReason.NUMBERS_EXHAUSTED: "every number of the series is held by somebody who is still there",
}
"""What a person at the console reads beside the code of the reason."""
_NOTICE: Final = {
    NoticeState.MADE: "made",
    NoticeState.POSTED: "posted",
    NoticeState.RETURNED: "brought back by the post; its code goes on working",
    NoticeState.SUPERSEDED: "superseded by a newer one of the card; its code goes on working",
}


_OFFERED: Final = {
    True: "an assisted number, behind a button",
    False: "no number: the visitor is told where and when",
}
"""What a kiosk offers to who is booked at another office or day."""


class _Withholding(click.Command):
    """A command that may be given a 12-digit number and never repeats it, nor parts of one in a wrong use."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; where they are wrong, nothing of such a number is told."""
        given = [*args, " ".join(args)]
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            refuse_numbers(given)
            raise


@click.command(
    "explain",
    cls=_Withholding,
    short_help="Say what a kiosk would answer to a code or a number, and why.",
    epilog="Example: uketsuke explain 8887-1018 --office 00 --at 2026-11-25T10:00",
)
@click.argument("code")
@click.option("--office", "office_id", required=True, help="Id of the office where it would be shown.")
@click.option(
    "--at",
    "written",
    metavar="ISO-TIME",
    help="At what time; without an offset it is Tokyo's.  Default: now.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@config_option
@database_option
def command(
    code: str,
    office_id: str,
    written: str | None,
    config: Path | None,
    database_url: str | None,
    *,
    as_json: bool,
) -> None:
    """Say what a kiosk of an office would answer to CODE, the text of a notice's code or a number, and why.

    It is the decision that check-in itself takes, from the records as they are now; --at moves the clock alone. Nothing is
    changed, no number is taken, and nothing about anybody is printed but their booked time. A 12-digit number is refused,
    not looked up and not repeated.
    """
    refuse_numbers(str(one) for one in (office_id, written, config, database_url) if one is not None)
    at = utc_now() if written is None else _time(written)
    settings = settings_from(config, database_url=database_url)
    directory = directory_from(settings)
    office_from(settings, office_id)
    try:
        found = _explained(settings, directory, office_id, code, at)
    except (StorageError, CodePatternError) as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}.") from None
    if as_json:
        click.echo(json.dumps(_shape(found), ensure_ascii=False))
    else:
        _print(found, directory, office_id, at)


def _time(written: str) -> datetime:
    """The time that was asked for; what was written is not repeated.

    Raises:
        CommandFailedError: it is none.
    """
    text = written.strip()
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=TOKYO)
        if not ("T" in text or " " in text) or not _FIRST_YEAR <= in_tokyo(at).year <= LAST_YEAR:
            raise CommandFailedError(
                f"--at needs a day and a time, in the years {_FIRST_YEAR} to {LAST_YEAR}; {_AT}."
            )
    except (ValueError, OverflowError):
        raise CommandFailedError(f"--at is not understood: {_AT}.") from None
    return at


def _explained(
    settings: Settings, directory: Directory, office_id: str, code: str, at: datetime
) -> Explanation:
    database = open_existing(settings)
    try:
        key = existing_key(settings, database)
        with opened_key_store(settings) as store, database.read() as connection:
            # What cannot be read now would be told as unknown.
            store.check(connection, to_write=False)
            answering = open_answering(settings, directory, key, Records(store))
            return explained(connection, answering, office_id, code, at)
    finally:
        database.dispose()


def _shape(found: Explanation) -> dict[str, Any]:
    return {
        "reason": found.reason.value,
        "gives_ticket": found.gives_ticket,
        "series": found.series,
        "office": found.office_id,
        "reserved_for": in_tokyo(found.reserved_for).isoformat() if found.reserved_for else None,
        "card_state": found.card_state.value if found.card_state else None,
        "notice_state": found.notice_state.value if found.notice_state else None,
        "told": found.told.value,
        "number_offered": found.number_offered,
    }


def _print(found: Explanation, directory: Directory, office_id: str, at: datetime) -> None:
    told = {
        "asked": f"{_office(directory, office_id)}, {_moment(at)}",
        "answer": f"{found.reason.value}: {_WHY.get(found.reason, found.reason.value)}",
        "told": found.told.value if found.told is not found.reason else None,
        "number": f"one of series {found.series}" if found.gives_ticket else "none",
        "offered": None if found.number_offered is None else _OFFERED[found.number_offered],
        "office": _office(directory, found.office_id) if found.office_id else None,
        "booked for": _moment(found.reserved_for) if found.reserved_for else None,
        "card": _card(found.card_state) if found.card_state else None,
        "notice": _NOTICE.get(found.notice_state, found.notice_state.value) if found.notice_state else None,
    }
    for name, value in told.items():
        if value is not None:
            click.echo(f"{name:<11} {value}")


def _office(directory: Directory, office_id: str) -> str:
    office = directory.get(office_id)
    return f"{office_id} {office.name['ja']}" if office else f"{office_id} (not in the file of offices)"


def _card(progress: CardProgress) -> str:
    return progress.value.replace("_", " ")


def _moment(at: datetime) -> str:
    return f"{in_tokyo(at):%Y-%m-%d %H:%M}"
