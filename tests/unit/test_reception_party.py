"""Who may join a party, and when it is full: every state of a number, every answer to the card, every size."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from backend.cards.states import CardProgress
from backend.offices.directory import Directory
from backend.offices.kind import PICK_UP
from backend.reception.check_in import asked_by
from backend.reception.commands import JoinParty, RefuseNumber, ShowNotice
from backend.reception.deciding.admission import Admission
from backend.reception.deciding.answer import Join, KioskAnswer, answer_again, answer_with_number
from backend.reception.deciding.case import CardVisit
from backend.reception.deciding.order import PRIORITY_ARRIVAL, PRIORITY_RETURNED
from backend.reception.deciding.party import Party, answer_joining, need_joinable
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reception.deciding.steps import STEPS
from backend.reception.errors import TicketStateError
from backend.reservations.match import Booking, CardMatch
from backend.wire.codes import JOINABLE_STATES, CheckInReason, ErrorCode, EventKind, TicketState
from backend.wire.messages import CheckInRequest
from tests.invented_number import MY_NUMBER
from tests.shipped_rules import DAY
from tests.support import MORNING
from tests.ticket_support import a_ticket

CARD = CardMatch("c2", CardProgress.NOTIFIED, booking=Booking("r2", "00", MORNING))
LIMIT = 3
WITHOUT_NUMBER = sorted(reason for reason in CheckInReason if not reason.gives_ticket)
WITH_NUMBER = [
    None,
    CheckInReason.WALK_IN,
    CheckInReason.CARD_EXPIRED,
    CheckInReason.CARD_NOT_ARRIVED,
]
"""Why a card gets a number; none where the booked time decides."""
BACK = {TicketState.ABSENT: PRIORITY_RETURNED, TicketState.INCOMPLETE: PRIORITY_ARRIVAL}


def a_policy(*, absent_returns: bool = True) -> QueuePolicy:
    """An office where a number is for three cards at most."""
    return QueuePolicy(party_limit=LIMIT, absent_returns_at_kiosk=absent_returns)


def with_number(directory: Directory, reason: CheckInReason | None) -> KioskAnswer:
    """The answer to a card that would get a number by itself."""
    admitted = Admission(reason, gives_number=True, assisted=reason is not None)
    return answer_with_number(CARD, admitted, directory["00"], MORNING, a_policy())


@pytest.mark.parametrize(
    ("state", "cards", "reason", "returns"),
    list(product(sorted(JOINABLE_STATES), range(1, LIMIT + 2), WITH_NUMBER, (True, False))),
)
def test_a_card_that_would_get_a_number_joins_until_the_party_is_full(
    directory: Directory, state: TicketState, cards: int, reason: CheckInReason | None, returns: bool
) -> None:
    """It takes the next place and keeps why it was received; who was away is here, as if their own notice was shown."""
    ticket, alone = a_ticket(state), with_number(directory, reason)
    answer = answer_joining(alone, Party(ticket, cards), a_policy(absent_returns=returns))
    if cards >= LIMIT:
        assert answer == KioskAnswer(CheckInReason.PARTY_FULL, CARD, ticket)
        return
    back = None if state is TicketState.ABSENT and not returns else BACK.get(state)
    assert answer == KioskAnswer(
        CheckInReason.JOINED, CARD, ticket, back, joins=Join(cards + 1, reason or CheckInReason.ON_TIME)
    )


@pytest.mark.parametrize(
    ("cards", "reason", "known"), list(product(range(1, LIMIT + 2), WITHOUT_NUMBER, (True, False)))
)
def test_a_card_that_gets_no_number_leaves_the_party_as_it_is(
    cards: int, reason: CheckInReason, known: bool
) -> None:
    """Cancelled, of another office, unknown, gone: the same answer as by itself, whether or not there is room."""
    alone = KioskAnswer(reason, CARD if known else None)
    assert answer_joining(alone, Party(a_ticket(), cards), a_policy()) is alone


@pytest.mark.parametrize(
    ("state", "office", "cards"),
    list(product(sorted(TicketState), ("00", "05"), (1, LIMIT))),
)
def test_a_card_that_has_a_number_today_is_told_it(state: TicketState, office: str, cards: int) -> None:
    """Of this party or of another one, here or elsewhere: no card is in two parties, and none joins twice."""
    own = a_ticket(state, office_id=office, id="e" * 32)
    alone = answer_again(CARD, CardVisit(own), "00", a_policy())
    answer = answer_joining(alone, Party(a_ticket(), cards), a_policy())
    assert (answer.ticket, answer.joins, answer.number) == (own if answer.ticket else None, None, None)
    assert answer is alone


@pytest.mark.parametrize("state", TicketState)
def test_a_number_past_reception_is_joined_by_nobody(state: TicketState) -> None:
    """Where papers are looked at, one card more is looked at; behind that it would be overlooked."""
    ticket = a_ticket(state, window="3")
    if state in JOINABLE_STATES:
        assert need_joinable(ticket, "00", DAY) is ticket
        return
    with pytest.raises(TicketStateError) as refused:
        need_joinable(ticket, "00", DAY)
    assert refused.value.code is ErrorCode.WRONG_STATE
    assert refused.value.facts == {"number": "M-007", "state": state.value}


def test_every_number_that_may_be_joined_has_a_step_for_it() -> None:
    """What is decided can be carried out: at once, or once the visitor waits again."""
    by_step = set(STEPS[EventKind.CARD_JOINED]) | {TicketState.INCOMPLETE}
    assert set(JOINABLE_STATES) == by_step
    assert STEPS[EventKind.TICKET_RETURNED][TicketState.INCOMPLETE] in STEPS[EventKind.CARD_JOINED]


@pytest.mark.parametrize(
    ("ticket", "office", "day", "code"),
    [
        (None, "00", DAY, ErrorCode.NOT_FOUND),
        (a_ticket(), "05", DAY, ErrorCode.NOT_FOUND),
        (a_ticket(), "00", date(2026, 11, 25), ErrorCode.NOT_FOUND),
        (a_ticket(kind="pin_reset"), "00", DAY, ErrorCode.WRONG_STATE),
    ],
)
def test_only_a_number_of_this_office_today_for_cards_is_joined(
    ticket: object, office: str, day: date, code: ErrorCode
) -> None:
    """Elsewhere, yesterday or for a certificate it is no number for this card, which then gets its own."""
    with pytest.raises(TicketStateError) as refused:
        need_joinable(ticket, office, day)  # type: ignore[arg-type] # a ticket or none
    assert refused.value.code is code
    assert a_ticket().kind == PICK_UP


def test_a_twelve_digit_number_becomes_no_command_that_holds_it() -> None:
    """Shown for a party as anywhere: it is refused before anything is made of it."""
    ticket_id = UUID(int=7)
    for party in (None, ticket_id):
        asked = asked_by(CheckInRequest(request_id=UUID(int=1), number=MY_NUMBER), party)
        assert asked == RefuseNumber()
    usual = CheckInRequest(request_id=UUID(int=1), number="12345679", language="ko")
    assert asked_by(usual) == ShowNotice("12345679", typed=True, language="ko")
    joins = asked_by(usual, ticket_id)
    assert joins == JoinParty("12345679", typed=True, language="ko", ticket_id=ticket_id)
    assert joins.body() != asked_by(usual, UUID(int=8)).body()
