"""What clerk and staff pages have in common: who is here, at which window, and which windows are free."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from backend.common import Language
from backend.offices import Office, Window, business_day
from backend.protection import Permission, Session, live_accounts
from backend.reception import Ticket, taken_windows, tickets_in
from backend.storage import Connection
from backend.web.desk.addresses import At
from backend.web.desk.pages import Asked
from backend.web.desk.people import spans
from backend.web.desk.reason_words import ReasonWords, words_of
from backend.web.desk.visit_kind_view import kind_words
from backend.web.http.errors import WireError
from backend.wire import AT_WINDOW_STATES, CheckInReason, ErrorCode, TicketState, WindowKind

_EXPECTING = frozenset(
    {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HANDED_OVER}
)


@dataclass(frozen=True)
class Tile:
    """A window that may be taken.

    Attributes:
        label: the label on its sign.
        taken: whether a colleague who is signed in sits there.
        visitor: the number of a visitor who is there; the person who takes the window continues with them.
        visits: what alone is called there, in words; none where everything is.
    """

    label: str
    taken: bool
    visitor: str | None
    visits: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficeSeat:
    """An office as one person sees it.

    Attributes:
        window: label of the window at which the person sits, or None.
        at_windows: visitors at the office's windows, by window.
    """

    office: Office
    window: str | None
    tiles: tuple[Tile, ...]
    at_windows: Mapping[str, Ticket]

    @property
    def visitor(self) -> Ticket | None:
        """The visitor at this person's window."""
        return self.at_windows.get(self.window) if self.window else None

    @property
    def seat(self) -> Window | None:
        """The window at which the person sits."""
        return self.office.window(self.window) if self.window else None


def name_in(office: Office, language: Language) -> str:
    """The name of an office in a language, or the Japanese one."""
    return office.name.get(language, office.name["ja"])


def place_of(connection: Connection, asked: Asked, session: Session, kind: WindowKind) -> OfficeSeat:
    """The office and window of a person.

    Args:
        connection: a reading transaction.
        asked: the request.
        session: the person's session.
        kind: the kind of windows for this person; a seat at one of the other kind does not count.

    Raises:
        WireError: the account's office is no longer in the file of offices.
    """
    graph = asked.graph
    account = session.account
    office = graph.directory.get(session.office_id)
    if office is None:
        raise WireError(ErrorCode.FORBIDDEN, by=session.actor)
    seat = graph.desk.seat_of(connection, account.id)
    here = seat.window.label if seat and seat.window.serves_as(kind) and seat.office_id == office.id else None
    today = business_day(asked.now)
    visitors = {
        ticket.window: ticket
        for ticket in tickets_in(connection, office.id, today, AT_WINDOW_STATES)
        if ticket.window is not None
    }
    taken = taken_windows(connection, office.id)
    present = live_accounts(connection, asked.now, office_id=office.id, **spans(graph.settings))
    colleagues = present - {account.id}

    def tile(window: Window) -> Tile:
        label = window.label
        visitor = visitors.get(label)
        visits = _visits(asked, office, window) if kind is WindowKind.RECEPTION else ()
        return Tile(label, taken.get(label) in colleagues, visitor.label if visitor else None, visits)

    tiles = tuple(tile(window) for window in office.windows_for(kind))
    return OfficeSeat(office, here, tiles, visitors)


def _visits(asked: Asked, office: Office, window: Window) -> tuple[str, ...]:
    """What alone is called at a window, in the order of the office; none where everything is."""
    if window.visits is None:
        return ()
    order = [kind.code for kind in office.kinds]
    codes = sorted(window.visits, key=lambda code: order.index(code) if code in order else len(order))
    return tuple(kind_words(asked.graph.directory, code, asked.texts) for code in codes)


class TopBar(TypedDict):
    """What the bar at the top of every page shows, and what its forms carry.

    Attributes:
        reason_of: how the page says why somebody has a number.
        both: the window is one for reception and issuance, and the person does both.
        beside: then, the address of the other page.
        may_copy: the person may open records to type them over.
    """

    login: str
    csrf: str
    office_id: str
    office_name: str
    window: str | None
    several_offices: bool
    tiles: tuple[Tile, ...]
    reason_of: Callable[[Ticket], ReasonWords]
    both: bool
    beside: str
    may_copy: bool


def top_bar(asked: Asked, session: Session, place: OfficeSeat) -> TopBar:
    """The bar at the top of every page."""
    at_both = place.seat is not None and place.seat.kind is WindowKind.COMBINED
    on_staff_page = asked.request.url.path.startswith(At.STAFF)
    return {
        "login": session.account.login,
        "csrf": session.csrf,
        "office_id": place.office.id,
        "office_name": name_in(place.office, asked.language),
        "window": place.window,
        "several_offices": session.several,
        "tiles": place.tiles,
        "both": at_both and {Permission.CALL_VISITORS, Permission.ISSUE_CARDS} <= session.permissions,
        "beside": At.CLERK if on_staff_page else At.STAFF,
        "may_copy": Permission.COPY_RECORDS in session.permissions,
        "reason_of": lambda ticket: words_of(ticket.reason, session.permissions),
    }


def not_arrived(connection: Connection, asked: Asked, office_id: str) -> Sequence[Ticket]:
    """Who is expected today and whose card lies elsewhere, until the card is asked for; none where cards are not followed."""
    if not asked.graph.policies.of(office_id).track_cards:
        return []
    return tickets_in(
        connection, office_id, business_day(asked.now), _EXPECTING, reason=CheckInReason.CARD_NOT_ARRIVED
    )
