"""What the screen for further notices shows: the number, for how many it is, and what became of the last notice."""

from datetime import datetime
from typing import Final

from kiosk.visit import screens
from kiosk.visit.inputs import TroubleReason
from kiosk.visit.outcome_presenter import WITH_FACTS, at_window, trouble_body, trouble_kind, trouble_title
from kiosk.visit.presentation import Common, JoiningView, JoinTold, StillThere
from kiosk.visit.screens import JoinNote
from kiosk.visit.surroundings import Conditions
from kiosk.visit.texts import Text, say

_TAKEN: Final = frozenset({JoinNote.JOINED, JoinNote.SAME})


def joining_view(
    screen: screens.Joining, conditions: Conditions, common: Common, now: datetime
) -> JoiningView:
    """The screen for further notices.

    Args:
        screen: the screen's state.
        conditions: what is known of the surroundings.
        common: what all views have.
        now: the server's time, aware.
    """
    ticket = screen.shown.ticket
    # A card that was given up keeps its place: only the server knows that such a number is full.
    full = ticket.cards >= conditions.party_limit or screen.note is JoinNote.FULL
    blind = "" if conditions.camera else "_blind"
    called = at_window(ticket)
    # Who is called goes to the window now: nothing else is asked for, though a notice that is held up still joins.
    goes = called is not None and not (screen.trouble is not None and screen.trouble.retry is not None)
    again = screen.trouble is not None and screen.trouble.retry is not None
    return JoiningView(
        common,
        number=ticket.number,
        cards=say("joining.cards", count=ticket.cards) if ticket.cards > 0 else "",
        called=called.headline if called else "",
        title=called.go
        if called is not None and goes
        else say("joining.title_full" if full else f"joining.title{blind}", number=ticket.number),
        frame=_frame(screen, reading=conditions.camera and not full and not goes),
        hinting=screen.hint is not None,
        reading=conditions.camera and not full,
        told=_told(screen, conditions.party_limit, common, now),
        retry=say("trouble.retry") if again else "",
        enter_number="" if full or again or (goes and conditions.camera) else say("welcome.enter_number"),
        done=say("joining.done"),
        still_there=StillThere.asked(screen, "joining"),
    )


def _frame(screen: screens.Joining, *, reading: bool) -> Text:
    if screen.hint is not None:
        return say(f"welcome.hint_{screen.hint}")
    return say("joining.frame") if reading else ""


def _told(screen: screens.Joining, limit: int, common: Common, now: datetime) -> JoinTold | None:
    note, ticket = screen.note, screen.shown.ticket
    if note is None:
        return None
    if note is JoinNote.NOT_JOINED and screen.trouble is not None:
        return _not_joined(screen.trouble, ticket.number, common, now)
    last = note is JoinNote.JOINED and ticket.cards >= limit
    called = note in _TAKEN and at_window(ticket) is not None
    return JoinTold(
        note,
        None,
        minds=note not in _TAKEN,
        title=say(f"joining.{note}", number=screen.number, limit=limit, count=ticket.cards),
        fact="",
        next="" if called else say("joining.last_next" if last else f"joining.{note}_next"),
    )


def _not_joined(trouble: screens.Trouble, number: str, common: Common, now: datetime) -> JoinTold:
    """Why a notice did not join, in the words of the screen for it; and that the number is as good as before."""
    reason = trouble.reason
    if reason is TroubleReason.SERVER_AWAY:
        title, fact, then = say("joining.away"), "", say("joining.away_next", number=number)
        return JoinTold(JoinNote.NOT_JOINED, reason, minds=True, title=title, fact=fact, next=then)
    key = f"trouble.{trouble_kind(trouble, now)}"
    return JoinTold(
        JoinNote.NOT_JOINED,
        reason,
        minds=True,
        title=trouble_title(trouble, key, common.language),
        fact=trouble_body(trouble, key, now) if reason in WITH_FACTS else "",
        next=say("joining.not_joined_next", number=number),
    )
