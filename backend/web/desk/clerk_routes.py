"""Routes of the clerk page (受付窓口): one per command, each a form."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.commands import Command
from backend.documents import MARK
from backend.protection import Permission, Session
from backend.reception import (
    BringBack,
    CallNext,
    CancelTicket,
    ChooseRecipient,
    EndIncomplete,
    FinishVisit,
    HandOver,
    LeaveWindow,
    LookForCard,
    Recall,
    Seen,
    SetAbsent,
    SettlePaper,
    StartService,
    TakeWindow,
    Tick,
    TicketReply,
    Ticks,
    TieCard,
    UntieCard,
    versions_in,
)
from backend.web.desk.addresses import At
from backend.web.desk.clerk_forms import cancel_reason, case_in, tie_of
from backend.web.desk.clerk_view import clerk_context, with_guide
from backend.web.desk.found_card import found_card
from backend.web.desk.guide_view import answers_of
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked
from backend.web.desk.queue_view import QueuePart, card_in
from backend.web.desk.seat_view import place_of
from backend.web.desk.work_page import LeadOn, Leads, Post, Posted, Shows, WorkPage, ticket_of
from backend.web.http.forms import Form
from backend.wire import TicketState, WindowKind

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_counter = WorkPage(Permission.CALL_VISITORS, At.CLERK, "clerk.html", "clerk_panel.html", clerk_context)


class _SeenParty(TypedDict):
    seen: Seen | None
    case_id: str | None
    versions: Mapping[str, int]


@router.get(At.CLERK)
def clerk(request: Request) -> Response:
    """The page."""
    return _counter.show(request)


@router.get(At.CLERK_PANEL)
def panel(request: Request) -> Response:
    """The part of the page that changes."""
    return _counter.refresh(request)


@router.post(At.CLERK_WINDOW)
async def take_window(post: Posted) -> Response:
    """Sit down at a reception window: ``label``."""
    return await _counter.carry_out(post, lambda: TakeWindow(post.form.one("label"), WindowKind.RECEPTION))


@router.post(At.CLERK_LEAVE)
async def leave_window(post: Posted) -> Response:
    """Get up from the window."""
    return await _counter.carry_out(post, LeaveWindow)


@router.post(At.CLERK_CALL_NEXT)
async def call_next(post: Posted) -> Response:
    """Call whoever is next."""
    return await _counter.carry_out(post, CallNext)


@router.post(At.CLERK_RECALL)
async def recall(post: Posted, ticket_id: str) -> Response:
    """Call the visitor again."""
    return await _counter.carry_out(post, lambda: Recall(ticket_of(ticket_id)))


@router.post(At.CLERK_START)
async def start(post: Posted, ticket_id: str) -> Response:
    """The visitor has come."""
    return await _counter.carry_out(post, lambda: StartService(ticket_of(ticket_id)))


@router.post(At.CLERK_ABSENT)
async def set_absent(post: Posted, ticket_id: str) -> Response:
    """The visitor did not come."""
    return await _counter.carry_out(post, lambda: SetAbsent(ticket_of(ticket_id)), tell="absent")


@router.post(At.CLERK_BACK)
async def bring_back(post: Posted, ticket_id: str) -> Response:
    """Somebody absent, or who fetched papers, is here again."""
    return await _counter.carry_out(post, lambda: BringBack(ticket_of(ticket_id)), tell="back")


@router.post(At.CLERK_CANCEL)
async def cancel(post: Posted, ticket_id: str) -> Response:
    """A number is given up: ``reason``, a code; by default that the visitor went home."""
    return await _carry_out(
        post, lambda: CancelTicket(ticket_of(ticket_id), cancel_reason(post.form)), tell="cancel"
    )


@router.post(At.CLERK_TIE)
async def tie(post: Posted, ticket_id: str) -> Response:
    """Say whose card it is: ``kind`` of number, ``card_number``, and ``born`` where it is asked for."""
    return await _carry_out(
        post, lambda: tie_of(post.form, ticket_of(ticket_id), TieCard), tell="tie", of_card=True
    )


@router.post(At.CLERK_UNTIE)
async def untie(post: Posted, ticket_id: str) -> Response:
    """The card that was tied is another person's: ``case_id``."""
    return await _carry_out(
        post,
        lambda: UntieCard(ticket_of(ticket_id), case_id=case_in(post.form)),
        tell="untie",
        of_card=True,
    )


@router.post(At.CLERK_LOOK)
async def look(post: Posted, ticket_id: str) -> Response:
    """Show whose card it is before it is tied, to ask the visitor: the fields of ``tie``. The look is in the audit trail."""

    def shows(asked: Asked, session: Session, reply: TicketReply) -> tuple[str, Mapping[str, object]]:
        shown = clerk_context(asked, session, case_in(post.form))
        tie_at = At.CLERK_TIE.of(ticket_of(ticket_id))
        return "clerk.html", {**shown, "found": found_card(asked, post.form, reply, tie_at, At.CLERK)}

    return await _carry_out(post, lambda: tie_of(post.form, ticket_of(ticket_id), LookForCard), shows=shows)


@router.post(At.CLERK_PAPER)
async def settle_paper(post: Posted, ticket_id: str) -> Response:
    """The visitor whose paper did not come out was told the number."""
    return await _counter.carry_out(post, lambda: SettlePaper(ticket_of(ticket_id)), tell="paper")


@router.post(At.CLERK_TICK)
async def tick(post: Posted, ticket_id: str) -> Response:
    """Note what is ticked: ``recipient``, and any number of ``applicant``, ``visitor``, ``papers``, ``facts``.

    ``case_id`` is the card of the party; ``apart`` says that somebody else receives it.
    ``flaw`` is what is wrong with a document that is ticked, for example ``applicant:A03:expired``.
    ``seen`` is the check as the page showed it; where it has moved on since, the answer is ``stale_check``.
    """
    form = post.form
    ticks = Ticks(
        form.one("recipient"),
        applicant=_with_flaws(form, "applicant"),
        visitor=_with_flaws(form, "visitor"),
        papers=form.many("papers"),
        facts=form.many("facts"),
        apart=form.one("apart") == "yes",
    )
    return await _carry_out(
        post, lambda: Tick(ticket_of(ticket_id), ticks, seen=_seen(post), case_id=case_in(form))
    )


def _with_flaws(form: Form, person: str) -> tuple[str, ...]:
    """The documents of a person with the flaws that were ticked for them; flaws of what is not ticked are dropped."""
    flaws: dict[str, list[str]] = {}
    for mark in form.many("flaw"):
        whose, _, rest = mark.partition(MARK)
        code, _, flaw = rest.partition(MARK)
        if whose == person:
            flaws.setdefault(code, []).append(flaw)
    return tuple(MARK.join((code, *sorted(flaws.get(code, ())))) for code in form.many(person))


@router.post(At.CLERK_GUIDE)
def guide(post: Posted, ticket_id: str) -> Response:
    """The next question about who came, or where the answers lead: any number of ``answered``. Changes nothing."""
    answers, case_id = answers_of(post.form.many("answered")), case_in(post.form)
    return _counter.look(
        post, lambda asked, session: with_guide(asked, session, ticket_of(ticket_id), answers, case_id)
    )


@router.post(At.CLERK_RECIPIENT)
async def choose_recipient(post: Posted, ticket_id: str) -> Response:
    """Set the recipient type to which the answers lead: any number of ``answered``."""
    answers = answers_of(post.form.many("answered"))
    return await _carry_out(
        post,
        lambda: ChooseRecipient(ticket_of(ticket_id), answers, seen=_seen(post), case_id=case_in(post.form)),
        tell="recipient",
    )


@router.post(At.CLERK_HAND_OVER)
async def hand_over(post: Posted, ticket_id: str) -> Response:
    """Hand the visitor over to ward staff, with the cards whose papers are complete: ``versions`` as they were shown."""
    return await _carry_out(
        post,
        lambda: HandOver(ticket_of(ticket_id), **_seen_party(post)),
        tell="hand_over",
        leads=_on_at_issuance,
    )


@router.post(At.CLERK_FINISH)
async def finish(post: Posted, ticket_id: str) -> Response:
    """What the visitor came for, other than a card, is done."""
    return await _counter.carry_out(post, lambda: FinishVisit(ticket_of(ticket_id)), tell="finish")


@router.post(At.CLERK_INCOMPLETE)
async def end_incomplete(post: Posted, ticket_id: str) -> Response:
    """Papers are missing, of every card that is open; the visitor fetches them."""
    return await _carry_out(
        post, lambda: EndIncomplete(ticket_of(ticket_id), **_seen_party(post)), tell="incomplete"
    )


def _on_at_issuance(asked: Asked, session: Session, reply: TicketReply) -> LeadOn | None:
    """At a window for both works, whoever hands a visitor over and may hand out cards goes on with them where that is done."""
    if Permission.ISSUE_CARDS not in session.permissions:
        return None
    with asked.graph.database.read() as connection:
        visitor = place_of(connection, asked, session, WindowKind.ISSUANCE).visitor
    goes_on = (
        visitor is not None
        and visitor.id == reply.ticket_id
        and visitor.state is TicketState.CALLED_TO_ISSUANCE
    )
    return LeadOn(At.STAFF, "on_at_issuance") if goes_on else None


def _seen(post: Post) -> Seen | None:
    """The check as the page showed it that sent a form."""
    return Seen.parse(post.form.one("seen"))


def _seen_party(post: Post) -> _SeenParty:
    """The checks of a party as the page showed them that sent a form."""
    return {
        "seen": _seen(post),
        "case_id": case_in(post.form),
        "versions": versions_in(post.form.one("versions")),
    }


async def _carry_out(
    post: Post,
    make: Callable[[], Command[TicketReply]],
    *,
    tell: str | None = None,
    of_card: bool = False,
    leads: Leads | None = None,
    shows: Shows | None = None,
) -> Response:
    """Carry out a command; a browser without scripts is led back to the card that it looked at."""
    home = QueuePart(card=card_in(post.form.one("card"))).own_address()
    return await _counter.carry_out(
        post, make, tell=tell, of_card=of_card, leads=leads, shows=shows, home=home
    )
