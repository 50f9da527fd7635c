"""What a screen shows after a check-in: the number and where to go with it, or why there is none and what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.common import TOKYO, Language, clock_face, clock_sentence
from backend.wire import (
    OTHER,
    CheckInReason,
    CheckInReply,
    OfficeInfo,
    OfficePlace,
    Other,
    TicketMessage,
    TicketState,
)
from kiosk.visit import screens
from kiosk.visit.flow import ASSISTED
from kiosk.visit.inputs import Button, TroubleReason
from kiosk.visit.joining_steps import may_join
from kiosk.visit.presentation import Common, StillThere, TicketView, TroubleView
from kiosk.visit.screens import PaperState
from kiosk.visit.state import TimeLeft
from kiosk.visit.texts import Text, choose, day_and_time, say, waiting_time
from kiosk.visit.ticket_steps import may_reprint
from kiosk.visit.transition import MAX_RETRIES

_TO_NOTE: Final = frozenset({PaperState.FAILED, PaperState.UNCONFIRMED})
"""States of the paper in which the visitor may have to remember the number."""

_AT_WINDOW: Final = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE})


WITH_FACTS: Final = frozenset({TroubleReason.ANOTHER_DAY, TroubleReason.ANOTHER_OFFICE, TroubleReason.CLOSED})
"""Troubles whose text names a day, an office or a time that the server told."""

OF_AN_OLD_SHEET: Final = frozenset(
    {TroubleReason.ANOTHER_DAY, TroubleReason.ANOTHER_OFFICE, TroubleReason.NOT_RESERVED}
)
"""Troubles whose title says first that the booking sheet is old, where it is."""

_TO_MIND: Final[frozenset[TicketState | Other]] = frozenset(
    {
        TicketState.ABSENT,
        TicketState.ISSUANCE_ABSENT,
        TicketState.INCOMPLETE,
        TicketState.ENDED,
        TicketState.CANCELLED,
        OTHER,
    }
)
"""States in which the visitor must speak to somebody before anything goes on."""


@dataclass(frozen=True, slots=True)
class TicketWords:
    """The lines of a ticket screen that depend on where the visitor is."""

    headline: Text
    sentence: Text
    go: Text = ""


def ticket_view(screen: screens.TicketShown, common: Common, party_limit: int) -> TicketView:
    """The ticket screen: the number, with the waiting time, or with where to go once it has been called.

    Args:
        screen: the screen's state.
        common: what all views have.
        party_limit: how many notices may have one number together.
    """
    ticket = screen.ticket
    waiting = ticket.state is TicketState.WAITING
    words = _received(screen) if waiting else _elsewhere(screen)
    held_up = screen.next_scan is not None and screen.paper not in {
        PaperState.PRINTED,
        PaperState.PRINTED_BEFORE,
    }
    printed_here = screen.paper is PaperState.NONE
    return TicketView(
        common,
        label=say("ticket.label"),
        number=ticket.number,
        headline=words.headline,
        minds=ticket.state in _TO_MIND,
        paper=screen.paper,
        paper_text="" if printed_here else say(f"ticket.paper_{screen.paper}"),
        wait=_how_long(ticket) if waiting and not held_up else (),
        go=words.go,
        sentence=say("ticket.next_waits") if held_up else words.sentence,
        join=say("ticket.join") if may_join(screen, party_limit) else "",
        done=say("ticket.noted" if screen.paper in _TO_NOTE else "ticket.done"),
        reprint=say("ticket.print_first" if printed_here else "ticket.reprint"),
        may_reprint=may_reprint(screen),
        closing=say("ticket.closing") if screen.warned else "",
    )


def _wait(ticket: TicketMessage) -> Text:
    """What to do until the number is called: take a seat, or be back in time."""
    if ticket.be_back_at is None:
        return say("ticket.next")
    return say("ticket.be_back", time=clock_sentence(ticket.be_back_at))


def _received(screen: screens.TicketShown) -> TicketWords:
    """The words for a visitor who waits; what else there is to know of the order of calls stands on the ticket."""
    if screen.reason is OTHER:
        return TicketWords(say("ticket.other"), say("ticket.other_note"))
    if screen.reason is CheckInReason.ALREADY_CHECKED_IN:
        if screen.found in {TicketState.ABSENT, TicketState.INCOMPLETE}:
            key = f"ticket.back_{screen.found}"
            return TicketWords(say(key), say(f"{key}_note"))
        return TicketWords(_for_many("ticket.already_checked_in", screen), _wait(screen.ticket))
    if screen.apart:
        return TicketWords(say("ticket.received"), say("ticket.apart", number=screen.apart))
    return TicketWords(_for_many("ticket.received", screen), _wait(screen.ticket))


def _for_many(key: str, screen: screens.TicketShown) -> Text:
    """The words for a number, with for how many cards it is where there are several."""
    cards = screen.ticket.cards
    return say(f"{key}_many", count=cards) if cards > 1 else say(key)


def _elsewhere(screen: screens.TicketShown) -> TicketWords:
    """The words for a visitor who does not wait: called, being served, absent, with the staff, or at the end."""
    ticket = screen.ticket
    # The key "ticket.done" is the word of the button.
    key = "ticket.finished" if ticket.state is TicketState.DONE else f"ticket.{ticket.state}"
    if ticket.state is TicketState.HANDED_OVER and screen.found is TicketState.ISSUANCE_ABSENT:
        return TicketWords(say("ticket.back_issuance_absent"), "", say("ticket.back_issuance_absent_go"))
    return at_window(ticket) or TicketWords(say(key), "", say(f"{key}_go"))


def at_window(ticket: TicketMessage) -> TicketWords | None:
    """The words for a visitor who is called to, or served at, a window; None where they are at none."""
    if ticket.state not in _AT_WINDOW:
        return None
    key = f"ticket.{ticket.state}"
    if ticket.window is None:
        return TicketWords(say(f"{key}_somewhere"), "", say(f"{key}_somewhere_go"))
    form = "numbered" if ticket.window.isdigit() else "lettered"
    window = say(f"ticket.window_{form}", label=ticket.window)
    return TicketWords(say(key, window=window), "", say(f"{key}_go", window=window))


def _how_long(ticket: TicketMessage) -> tuple[Text, ...]:
    """How many wait and how long it takes; long before the reserved time, that time instead of the duration."""
    ahead = say("ticket.ahead", count=ticket.waiting_ahead)
    if ticket.be_back_at is not None and ticket.reserved_for is not None:
        return ahead, say("ticket.estimate_from", time=clock_face(ticket.reserved_for))
    return (ahead,) if ticket.estimate is None else (ahead, waiting_time(ticket.estimate))


def trouble_view(
    screen: screens.Trouble, common: Common, office: OfficeInfo | None, now: datetime, turn: int
) -> TroubleView:
    """The trouble screen: why there is no number, how to get one, and the one thing to do next.

    Args:
        screen: the screen's state.
        common: what all views have.
        office: where the kiosk stands; None before the server told.
        now: the server's time, aware.
        turn: number of the start of the timer after which the kiosk asks again.
    """
    kind = trouble_kind(screen, now)
    key = f"trouble.{kind}"
    action, other = _actions(screen, kind)
    retries = screen.retry is not None and screen.retries < MAX_RETRIES and not screen.warned
    return TroubleView(
        common,
        reason=screen.reason,
        title=trouble_title(screen, key, common.language),
        body=trouble_body(screen, key, now),
        place=_place(screen, office, common.language),
        next=say(f"{key}.{_next(screen, kind, action)}"),
        action=action,
        action_text=_button_text(action),
        other=other,
        other_text="" if other is Button.HOME else _button_text(other),
        back_text="" if action is Button.HOME else say("trouble.home"),
        retrying=say("trouble.retrying") if retries else "",
        retry_in=TimeLeft(screen.retry_seconds, turn) if retries else None,
        still_there=StillThere.asked(screen, "trouble"),
    )


def trouble_kind(screen: screens.Trouble, now: datetime) -> str:
    """The middle part of the texts' keys: the reason, and what else the words depend on (the day, typed or not)."""
    reply, reason = screen.reply, screen.reason
    if screen.by_keys and reason in {TroubleReason.UNKNOWN, TroubleReason.REFUSED}:
        return f"{reason}_typed"
    if reply is None:
        return reason
    if reason is TroubleReason.OTHER:
        return f"{reason}_received" if reply.ticket is not None else reason
    if reason is TroubleReason.ANOTHER_DAY:
        return f"{reason}_past" if _days_from(reply, now) < 0 else reason
    return _kind_elsewhere(reply, now) if reason is TroubleReason.ANOTHER_OFFICE else reason


def _kind_elsewhere(reply: CheckInReply, now: datetime) -> str:
    """Which words fit for another office: a number that waits there, and the day."""
    reason = TroubleReason.ANOTHER_OFFICE
    if reply.office is None:
        return reason
    if reply.ticket is not None:
        return f"{reason}_received"
    days = _days_from(reply, now)
    if days == 0:
        return f"{reason}_here"
    return f"{reason}_past" if days < 0 else f"{reason}_day"


def _days_from(reply: CheckInReply, now: datetime) -> int:
    """How many days there are to the reserved one; none where no day is told."""
    if reply.reserved_for is None:
        return 0
    return (reply.reserved_for.astimezone(TOKYO).date() - now.astimezone(TOKYO).date()).days


def trouble_title(screen: screens.Trouble, key: str, language: Language) -> Text:
    """What is the matter; where a number waits at another office, that office is named at once."""
    office = None if screen.reply is None else screen.reply.office
    if screen.reply is not None and screen.reply.old_sheet and screen.reason in OF_AN_OLD_SHEET:
        return say("trouble.old_sheet")
    if office is None or not key.endswith("office_received"):
        return say(f"{key}.title")
    return say(f"{key}.title", office=choose(office.name, language) or "")


def trouble_body(screen: screens.Trouble, key: str, now: datetime) -> Text:
    """What happened, with the day, the office or the number from the server; without them where it told none."""
    reply, reason = screen.reply, screen.reason
    if reply is None:
        return say(f"{key}.body_plain" if reason in WITH_FACTS else f"{key}.body")
    when = reply.opens_at if reason is TroubleReason.CLOSED else reply.reserved_for
    told = (reply.office or reply.office_name) if reason is TroubleReason.ANOTHER_OFFICE else when
    if reason in WITH_FACTS and not told:
        return say(f"{key}.body_plain")
    here = key.endswith("_here") and when is not None
    return say(
        f"{key}.body_when" if here else f"{key}.body",
        when=day_and_time(when, now) if when else "",
        office=reply.office_name or "",
        number=reply.ticket.number if reply.ticket else "",
    )


def _place(screen: screens.Trouble, here: OfficeInfo | None, language: Language) -> tuple[Text, ...]:
    """Name, address, hours and telephone of another office, line by line; or by which telephone to book.

    Empty for any other trouble.
    """
    if screen.reason is TroubleReason.NOT_RESERVED:
        return (say("trouble.book", phone=here.phone),) if here is not None and here.phone else ()
    office = None if screen.reply is None else screen.reply.office
    if office is None or screen.reason is not TroubleReason.ANOTHER_OFFICE:
        return ()
    lines: tuple[Text | None, ...] = (
        choose(office.name, language),
        choose(office.address, language),
        _hours(office),
        say("trouble.phone", phone=office.phone) if office.phone else None,
    )
    return tuple(line for line in lines if line)


def _hours(office: OfficePlace) -> Text | None:
    if office.opens_at is None or office.closes_at is None:
        return None
    return say("trouble.hours", opens=clock_face(office.opens_at), closes=clock_face(office.closes_at))


def _actions(screen: screens.Trouble, kind: str) -> tuple[Button, Button]:
    """What the filled button does, and what the other button does; ``HOME`` stands for none.

    Whether a visitor who is booked at another office or day is offered a number, the server says. An older one does not:
    at another office none is offered then, unless its day has passed: they need a new reservation, and any counter can
    help with that.
    """
    offered = screen.reply.number_offered if screen.reply else None
    if offered is None:
        offered = screen.reason is not TroubleReason.ANOTHER_OFFICE or kind.endswith("_past")
    assisted = screen.reason in ASSISTED and offered
    if screen.retry is not None:
        return Button.RETRY, Button.HOME
    if screen.by_keys and screen.reason in {TroubleReason.UNKNOWN, TroubleReason.REFUSED}:
        return Button.RETYPE, Button.WALK_IN if assisted else Button.HOME
    return (Button.WALK_IN if assisted else Button.HOME), Button.HOME


def _next(screen: screens.Trouble, kind: str, action: Button) -> str:
    """What comes next: of a booking elsewhere that is to come, the way there, and where a number is offered, that too."""
    to_come = screen.reason is TroubleReason.ANOTHER_OFFICE and not kind.endswith("_past")
    return "next_offered" if to_come and action is Button.WALK_IN else "next"


def _button_text(button: Button) -> Text:
    key = {Button.RETRY: "retry", Button.RETYPE: "retype", Button.WALK_IN: "assisted"}.get(button, "home")
    return say(f"trouble.{key}")
