"""The list of who waits: which part of it somebody looks at, by kind, by number, fifty at a time."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from backend.reception import JoinedReasons, Ticket, count_waiting, joined_reasons, waiting_in_turn
from backend.storage import Connection
from backend.web.desk.addresses import At
from backend.wire import CheckInReason

PAGE: Final = 50
"""Numbers of one page of the list."""
ALL, ABSENT = "all", "absent"
_KINDS: Final[Mapping[str, frozenset[CheckInReason]]] = {
    "reserved": frozenset(
        {CheckInReason.ON_TIME, CheckInReason.EARLY, CheckInReason.ALREADY_CHECKED_IN, CheckInReason.JOINED}
    ),
    "late": frozenset({CheckInReason.LATE}),
    # Everybody whom staff must help, whatever was booked.
    "walk_in": frozenset(
        {CheckInReason.WALK_IN, CheckInReason.CARD_EXPIRED, CheckInReason.CARD_NOT_ARRIVED}
    ),
}  # fmt: skip
_VIEW = "x-view"
_LONGEST_NUMBER = 6
_MOST = 10_000
_CARD = re.compile(r"[A-Z]-[0-9]{3,6}\.[1-9][0-9]?", re.ASCII)


@dataclass(frozen=True)
class QueuePart:
    """What of the page somebody wants to see.

    Attributes:
        show: one kind, or all.
        number: letters and digits that the numbers hold.
        page: from 1.
        card: which card of the visitor's party, as number and place: M-001.2; empty for the first.
    """

    show: str = ALL
    number: str = ""
    page: int = 1
    card: str = ""

    @classmethod
    def of(cls, request: Request) -> "QueuePart":
        """From the address of a page, or from the header by which its script says what its address is."""
        given = dict(request.query_params) or dict(
            parse_qsl(request.headers.get(_VIEW, "")[:200].lstrip("?"))
        )
        show, page = given.get("show", ALL), given.get("page", "1")[:9]
        return cls(
            show if show in {*_KINDS, ABSENT} else ALL,
            given.get("number", "").strip().upper()[:_LONGEST_NUMBER],
            min(int(page), _MOST // PAGE) if page.isascii() and page.isdigit() and int(page) else 1,
            card_in(given.get("card", "")),
        )

    def place_of(self, visitor: Ticket) -> int | None:
        """Which card of a visitor's party is looked at; None where none of theirs was chosen."""
        number, _, place = self.card.partition(".")
        return int(place) if number == visitor.label else None

    def address(self, *, show: str | None = None, page: int = 1) -> str:
        """The address of another part of the list; it leads to the list itself where that is a drawer."""
        number = self.number if show is None else ""
        return f"{replace(self, show=show or self.show, number=number, page=page).own_address()}#queue"

    def own_address(self) -> str:
        """The address of the page that shows this."""
        said = {"show": self.show, "number": self.number, "page": str(self.page), "card": self.card}
        usual = {"show": ALL, "number": "", "page": "1", "card": ""}
        query = urlencode({name: value for name, value in said.items() if value != usual[name]})
        return f"{At.CLERK}{'?' if query else ''}{query}"

    def takes(self, ticket: Ticket, joined: JoinedReasons | None = None) -> bool:
        """Whether a number is of this part; of a party, whether any of its cards is."""
        kinds = _KINDS.get(self.show)
        shown = (
            kinds is None or ticket.reason in kinds or (joined is not None and bool(kinds & joined.further))
        )
        return shown and self.number in ticket.label


def card_in(text: str) -> str:
    """A card as an address or a form names it; empty where it is none."""
    return text if _CARD.fullmatch(text) else ""


@dataclass(frozen=True)
class Filter:
    """A kind to look at: its name, how many there are, where it leads, whether it is shown."""

    kind: str
    count: int
    address: str
    shown: bool


@dataclass(frozen=True)
class QueueView:
    """A page of the list.

    Attributes:
        next: whom the window calls next, also where the page shows others.
        rows: of this page, in the order of the calls.
        first: the place of its first row in the part that is shown, from 1.
        found: how many that part has.
        count: how many wait in all.
        before, after: addresses of the pages beside this one.
    """

    part: QueuePart
    next: Ticket | None
    rows: Sequence[Ticket]
    first: int
    found: int
    count: int
    filters: tuple[Filter, ...]
    before: str | None
    after: str | None


def view_queue(
    connection: Connection,
    office_id: str,
    day: date,
    due: datetime,
    part: QueuePart,
    *,
    absent: int,
    visits: Collection[str] | None = None,
) -> QueueView:
    """Read a page of who waits.

    Args:
        connection: a reading transaction.
        office_id: whose queue.
        day: business day.
        due: reserved times up to this one have come; aware.
        part: what is asked for; a page that is not there is the last one.
        absent: how many are absent, for their filter.
        visits: codes of the kinds of visit that the window calls; None for all.
    """
    counts = count_waiting(connection, office_id, day)
    total = sum(counts.values())
    whole = part.show == ALL and not part.number
    most = part.page * PAGE if whole and visits is None and part.page * PAGE < total else _MOST
    in_turn = waiting_in_turn(connection, office_id, day, due, limit=most)
    joined = joined_reasons(connection, office_id, day)
    found = [ticket for ticket in in_turn if part.takes(ticket, joined.get(ticket.id))]
    size = total if whole else len(found)
    page = min(part.page, max(1, -(-size // PAGE)))
    start = (page - 1) * PAGE
    kinds = {
        kind: sum(counts.get(reason, 0) for reason in reasons)
        + sum(party.own not in reasons and bool(party.further & reasons) for party in joined.values())
        for kind, reasons in _KINDS.items()
    }
    return QueueView(
        part=part,
        next=next((ticket for ticket in in_turn if visits is None or ticket.kind in visits), None),
        rows=found[start : start + PAGE],
        first=start + 1,
        found=size,
        count=total,
        filters=tuple(
            Filter(kind, count, part.address(show=kind), part.show == kind)
            for kind, count in {ALL: total, **kinds, ABSENT: absent}.items()
        ),
        before=part.address(page=page - 1) if page > 1 else None,
        after=part.address(page=page + 1) if start + PAGE < size else None,
    )
