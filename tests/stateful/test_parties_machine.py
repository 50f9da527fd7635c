"""Parties and honest exits against a plain model: every card has one visit, and every visit an end that is true."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.cards.states import CardProgress, IndexKind
from backend.cards.tables import cards
from backend.commands.command import Command
from backend.office_settings import OfficeSettings
from backend.offices.day import business_day
from backend.protection.actor import system_at
from backend.protection.roles import Role
from backend.reception.check_commands import EndIncomplete, HandOver, Tick, TieCard
from backend.reception.closing import AT_ONCE, CloseDay, ClosedDay
from backend.reception.commands import (
    AbsentAtIssuance,
    BackToIssuance,
    BringBack,
    CallNext,
    CallToIssuance,
    CancelTicket,
    EndWithoutCard,
    IssueCard,
    JoinParty,
    PutBack,
    Recall,
    SendBack,
    SetAbsent,
    ShowNotice,
    StartService,
)
from backend.reception.deciding.case import CaseState, latest_of
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import NobodyWaitingError, ReceptionError
from backend.reception.kind_commands import FinishVisit, TakeNumber
from backend.reception.storing.cases import cases_of
from backend.reception.storing.tables import tickets
from backend.wire.codes import CancelReason, EventKind, NotIssuedReason, SentBackReason, TicketState
from tests.counter import actor_of
from tests.history import flaws_of
from tests.proof import examples
from tests.stateful.parties_model import (
    ADVICE,
    BEHIND_RECEPTION,
    CARDS,
    ELSEWHERE,
    GROUPED,
    MAY_BE_TIED,
    MOST_CARDS,
    ON_THE_WAY,
    UNBOOKED,
    Model,
    Part,
    Told,
    Visited,
)
from tests.support import KIOSK, MORNING, HandClock, House, make_house

CARD: Final = st.integers(0, CARDS - 1)
ALONE: Final = st.integers(len(GROUPED), CARDS - 1)
"""A card that was booked by itself, or not here."""
ANY: Final = st.integers(0, 11)
"""Draws one of what there is."""
COMPLETE: Final = Ticks("R1", ("A03",), (), ("notice",))
NOTHING_SHOWN: Final = Ticks("R1", (), (), ())
SOME: Final = 4
"""So many numbers are given before a day may end."""
AT_RECEPTION: Final = (TicketState.CALLED, TicketState.SERVING)
CALLED_OUT: Final = TicketState.CALLED_TO_ISSUANCE


class PartiesMachine(RuleBasedStateMachine):
    """A kiosk, one window of reception and one of issuance, and people who do everything at every moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.house: House = make_house(
            f"sqlite:///{root}/u.db",
            root / "var",
            HandClock(MORNING),
            session_minutes=100_000,
            session_idle_minutes=100_000,
            office={"00": OfficeSettings(party_limit=MOST_CARDS)},
        )
        self.model = Model()

    def teardown(self) -> None:
        """Close and remove the database."""
        self.house.graph.records.store.dispose()
        self.house.database.dispose()
        self.folder.cleanup()

    @initialize()
    def people_sit_down(self) -> None:
        """A clerk and a member of staff sit down, and every card is there."""
        clerk, _, _ = self.house.signed_in("clerk", Role.CLERK)
        staff, _, _ = self.house.signed_in("staff", Role.STAFF)
        self.clerk, self.staff = actor_of(clerk), actor_of(staff)
        self.house.counter.take_window(uuid4(), self.clerk, "1")
        self.house.counter.take_window(uuid4(), self.staff, "A")
        self.bookings = [self._booked(card) for card in range(CARDS)]
        self.ids = [self.house.card_of(booking) for booking in self.bookings]

    # The kiosk

    @rule(card=CARD)
    def show(self, card: int) -> None:
        """A notice is shown by itself."""
        self._told(self._shown(ShowNotice(_number(card), typed=True, language="ja")), self.model.show(card))

    @rule()
    def a_group_comes(self) -> None:
        """Two that were booked together show their notices one after the other, each by itself."""
        for card in GROUPED:
            self.show(card)

    @rule(card=CARD, drawn=ANY)
    def join(self, card: int, drawn: int) -> None:
        """A notice is shown to join a number, also one that cannot be joined any more."""
        visit = self._drawn(drawn)
        if visit is None:
            return
        command = JoinParty(_number(card), typed=True, language="ja", ticket_id=UUID(visit.ticket))
        expected = self.model.join(visit, card)
        if expected is None:
            self._refused(command, KIOSK)
        else:
            self._told(self._shown(command), expected)

    @rule(kind=st.sampled_from((None, None, ADVICE)))
    def walk_in(self, kind: str | None) -> None:
        """Somebody without a notice takes a number, for a card or for something else."""
        reply = self.house.graph.runner.run(uuid4(), TakeNumber("ja", kind), KIOSK)
        assert reply.ticket is not None
        ticket = reply.ticket
        self.model.visits.append(Visited(ticket.ticket_id.hex, [Part(None)], kind=kind, label=ticket.number))

    # The window of reception

    @rule(turns=st.integers(1, 3))
    def the_clerk_goes_on(self, turns: int) -> None:
        """Whoever is at the window is served, else somebody is called to it."""
        for _ in range(turns):
            visit = self.model.at_window(*AT_RECEPTION)
            if visit is None:
                self._call_next()
            elif visit.state is TicketState.CALLED:
                self._run(StartService(visit.ticket), self.clerk)
                visit.state = TicketState.SERVING

    @rule(drawn=ANY, complete=st.sampled_from((True, True, False)))
    def tick(self, drawn: int, complete: bool) -> None:
        """The papers of one card are looked at."""
        visit = self.model.at_window(*AT_RECEPTION)
        if visit is None:
            return
        place = drawn % len(visit.parts)
        part = visit.parts[place]
        ticks = COMPLETE if complete else NOTHING_SHOWN
        command = Tick(visit.ticket, ticks, case_id=self._case_ids(visit)[place])
        if visit.kind is None and visit.state is TicketState.SERVING and part.is_open:
            self._run(command, self.clerk)
            part.complete = complete
        else:
            self._refused(command, self.clerk)

    @rule(drawn=ANY)
    def finish(self, drawn: int) -> None:
        """What somebody came for is done, where that is not a card."""
        visit = self.model.at_window(*AT_RECEPTION) or self._drawn(drawn)
        if visit is None:
            return
        if visit.state is TicketState.SERVING and visit.kind == ADVICE:
            self._run(FinishVisit(visit.ticket), self.clerk)
            visit.end(visit.open_parts, CaseState.DONE)
        else:
            self._refused(FinishVisit(visit.ticket), self.clerk)

    @rule(drawn=ANY, card=CARD, at_issuance=st.booleans())
    def tie(self, drawn: int, card: int, at_issuance: bool) -> None:
        """Somebody's card is searched, at either window; more often that of somebody without a notice."""
        fitting = [
            visit
            for visit in self.model.visits
            if visit.state in MAY_BE_TIED and any(part.card is None for part in visit.open_parts)
        ]
        visit = fitting[drawn % len(fitting)] if fitting else self._drawn(drawn)
        if visit is None:
            return
        place = next(
            (place for place, part in enumerate(visit.parts) if part.is_open and part.card is None),
            drawn % len(visit.parts),
        )
        command = TieCard(
            visit.ticket,
            IndexKind.BOOKING_NUMBER,
            _number(card),
            case_id=self._case_ids(visit)[place],
        )
        elsewhere = AT_RECEPTION if at_issuance else (CALLED_OUT,)
        actor = self.staff if at_issuance else self.clerk
        theirs = visit.state not in elsewhere
        if self.model.tie(visit, visit.parts[place], card, actor.id, theirs=theirs):
            self._run(command, actor)
        else:
            self._refused(command, actor)

    @rule(kind=st.sampled_from((None, ADVICE)), card=ALONE, at_issuance=st.booleans())
    def somebody_without_a_notice_is_served(self, kind: str | None, card: int, at_issuance: bool) -> None:
        """A number is taken and its visitor seen to the end of reception: a card is found for it, or the matter is done."""
        self.walk_in(kind)
        place = len(self.model.visits) - 1
        visit = self.model.visits[place]
        self._serve(visit)
        if not at_issuance:
            self.tie(0, card, at_issuance=False)
        self.tick(0, complete=True)
        self.hand_over(0)
        if kind is not None:
            self.finish(0)
            return
        self.call_to_issuance(place)
        if at_issuance:
            self.tie(0, card, at_issuance=True)

    @rule(cards=st.integers(1, 3))
    def a_party_is_served(self, cards: int) -> None:
        """Two that were booked together come, with others beside them, and every paper is there."""
        self.show(GROUPED[0])
        visit = self.model.known(GROUPED[0])
        if visit is None or not _is(visit, TicketState.WAITING):
            return
        for card in range(1, cards):
            self.join(card, self.model.visits.index(visit))
        self._serve(visit)
        for place, part in enumerate(visit.parts):
            if _is(visit, TicketState.SERVING) and part.is_open:
                self.tick(place, complete=True)
        self.hand_over(0)
        if _is(visit, TicketState.HANDED_OVER):
            self.call_to_issuance(self.model.visits.index(visit))

    @rule(drawn=ANY)
    def hand_over(self, drawn: int) -> None:
        """Whose papers are complete go on, the others end as incomplete."""
        visit = self.model.at_window(*AT_RECEPTION) or self._drawn(drawn)
        if visit is None:
            return
        ready = [part for part in visit.open_parts if part.complete]
        if visit.state is not TicketState.SERVING or not ready or visit.kind == ADVICE:
            self._refused(HandOver(visit.ticket), self.clerk)
            return
        self._run(HandOver(visit.ticket), self.clerk)
        for part in visit.open_parts:
            if not part.complete:
                part.state = CaseState.INCOMPLETE
        visit.state = TicketState.HANDED_OVER

    @rule(drawn=ANY)
    def end_incomplete(self, drawn: int) -> None:
        """Papers are missing."""
        self._step(drawn, EndIncomplete, self.clerk, (TicketState.SERVING,), _all_incomplete)

    @rule(drawn=ANY)
    def nobody_came_to_reception(self, drawn: int) -> None:
        """Called twice, and nobody came."""
        visit = self.model.at_window(TicketState.CALLED)
        if visit is not None:
            self._run(Recall(visit.ticket), self.clerk)
        self._step(drawn, SetAbsent, self.clerk, (TicketState.CALLED,), _go_to(TicketState.ABSENT))

    @rule(drawn=ANY)
    def bring_back(self, drawn: int) -> None:
        """A clerk sees somebody who was absent or fetched papers."""
        states = (TicketState.ABSENT, TicketState.INCOMPLETE)
        self._step(drawn, BringBack, self.clerk, states, Visited.come_back)

    @rule(drawn=ANY, reason=st.sampled_from(CancelReason))
    def cancel(self, drawn: int, reason: CancelReason) -> None:
        """A number is given up, by a clerk; that of somebody at a window of staff is not a clerk's to give up."""
        states = tuple(state for state in ON_THE_WAY if state is not CALLED_OUT)
        self._step(drawn, lambda ticket: CancelTicket(ticket, reason), self.clerk, states, Visited.cancel)

    # The window of issuance

    @rule(drawn=ANY)
    def call_to_issuance(self, drawn: int) -> None:
        """Somebody who was handed over is called, where nobody is at the window."""
        visit = self._drawn(drawn)
        if visit is None:
            return
        busy = self.model.at_window(CALLED_OUT)
        free = visit.state is TicketState.HANDED_OVER and busy is None
        if free or visit is busy:
            self._run(CallToIssuance(visit.ticket), self.staff)
            visit.state = CALLED_OUT
        else:
            self._refused(CallToIssuance(visit.ticket), self.staff)

    @rule(drawn=ANY)
    def issue(self, drawn: int) -> None:
        """One card is handed out."""
        self._one_card(drawn, IssueCard, (CALLED_OUT,), CaseState.ISSUED)

    @rule(drawn=ANY, reason=st.sampled_from(NotIssuedReason))
    def end_one_without_card(self, drawn: int, reason: NotIssuedReason) -> None:
        """One card is not handed out."""

        def command(ticket: str, *, case_id: str) -> EndWithoutCard:
            return EndWithoutCard(ticket, reason, case_id=case_id)

        self._one_card(drawn, command, BEHIND_RECEPTION, CaseState.ENDED)

    @rule(drawn=ANY, reason=st.sampled_from(NotIssuedReason))
    def end_without_card(self, drawn: int, reason: NotIssuedReason) -> None:
        """Nothing more is handed out of a visit."""
        self._step(
            drawn,
            lambda ticket: EndWithoutCard(ticket, reason),
            self.staff,
            BEHIND_RECEPTION,
            lambda visit: visit.end(visit.open_parts, CaseState.ENDED),
        )

    @rule(drawn=ANY)
    def nobody_came_to_issuance(self, drawn: int) -> None:
        """Called twice, and nobody came."""
        visit = self.model.at_window(CALLED_OUT)
        if visit is not None:
            self._run(CallToIssuance(visit.ticket), self.staff)
        after = _go_to(TicketState.ISSUANCE_ABSENT)
        self._step(drawn, AbsentAtIssuance, self.staff, (CALLED_OUT,), after)

    @rule(drawn=ANY)
    def back_to_issuance(self, drawn: int) -> None:
        """Who was absent at issuance is here."""
        after = _go_to(TicketState.HANDED_OVER)
        self._step(drawn, BackToIssuance, self.staff, (TicketState.ISSUANCE_ABSENT,), after)

    @rule(drawn=ANY)
    def put_back(self, drawn: int) -> None:
        """Called too early."""
        self._step(drawn, PutBack, self.staff, (CALLED_OUT,), _go_to(TicketState.HANDED_OVER))

    @rule(drawn=ANY, reason=st.sampled_from(SentBackReason))
    def send_back(self, drawn: int, reason: SentBackReason) -> None:
        """Back to reception; what was ticked stays, and what was incomplete is looked at anew."""
        self._step(
            drawn,
            lambda ticket: SendBack(ticket, reason),
            self.staff,
            BEHIND_RECEPTION,
            _back_at_reception,
        )

    # The day's end

    @precondition(lambda self: not self.model.past and len(self.model.visits) >= SOME)
    @rule(by_hand=st.booleans())
    def the_day_ends(self, by_hand: bool) -> None:
        """What is open is closed, by the command or by the first commands of the next day; the cards are booked anew for that."""
        now = self.house.clock
        is_open = [visit for visit in self.model.visits if visit.state in ON_THE_WAY]
        ended = self.model.ends_open()
        if by_hand:
            closed = self._run(CloseDay(business_day(now())), system_at(KIOSK.office_id))
            assert closed == ClosedDay(ended)
        now.advance(days=1)
        self.model.next_day()
        for _ in range(0 if by_hand else 1 + len(is_open) // AT_ONCE):
            self.walk_in(None)
        for card in set(range(CARDS)) - {*self.model.handed_out, UNBOOKED, ELSEWHERE}:
            self._booked(card, card_id=self.ids[card], reservation_id=self.bookings[card])

    @precondition(lambda self: self.model.past)
    @rule(drawn=ANY, card=CARD)
    def a_number_of_yesterday_is_none(self, drawn: int, card: int) -> None:
        """Whoever comes with it, and whatever became of it: it goes on nowhere."""
        ticket = self.model.past[drawn % len(self.model.past)].ticket
        for command in (BringBack(ticket), FinishVisit(ticket), HandOver(ticket)):
            self._refused(command, self.clerk)
        self._refused(TieCard(ticket, IndexKind.BOOKING_NUMBER, _number(card)), self.staff)
        self._refused(CallToIssuance(ticket), self.staff)
        self._refused(JoinParty(_number(card), typed=True, language="ja", ticket_id=UUID(ticket)), KIOSK)

    # What holds always

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        """Numbers, cards and what became of them; and the history is one story."""
        with self.house.database.read() as connection:
            assert flaws_of(connection) == []
            rows = connection.execute(select(tickets.c.id, tickets.c.state))
            every = [*self.model.past, *self.model.visits]
            assert {row.id: row.state for row in rows} == {visit.ticket: visit.state.value for visit in every}
            for visit in every:
                found = latest_of(cases_of(connection, visit.ticket))
                told = [(part.card, part.state) for part in visit.parts]
                assert [(self._card(case.card_id), case.state) for case in found] == told
            progress = {
                row.id: row.progress for row in connection.execute(select(cards.c.id, cards.c.progress))
            }
        if self.model.visits:
            issued = {card for card in range(CARDS) if progress[self.ids[card]] == CardProgress.ISSUED}
            assert issued == self.model.handed_out

    def _serve(self, visit: Visited) -> None:
        """Bring somebody who waits to the window; whoever is there gives up, and who is before them is served first and gives up, too."""
        for _ in range(2 * len(self.model.visits)):
            at = self.model.at_window(*AT_RECEPTION)
            if at is visit and _is(visit, TicketState.SERVING):
                break
            if at is not None and at is not visit:
                self._run(CancelTicket(at.ticket), self.clerk)
                at.cancel()
            self.the_clerk_goes_on(1)

    def _step(
        self,
        drawn: int,
        command: Callable[[str], Command[Any]],
        actor: Any,
        states: tuple[TicketState, ...],
        after: Callable[[Visited], None],
    ) -> None:
        """Carry out a step of any visit, or see it refused; more often one that is in the right state."""
        fitting = [visit for visit in self.model.visits if visit.state in states]
        visit = fitting[drawn % len(fitting)] if fitting and drawn % 4 else self._drawn(drawn)
        if visit is None:
            return
        if visit.state in states:
            self._run(command(visit.ticket), actor)
            after(visit)
        else:
            self._refused(command(visit.ticket), actor)

    def _one_card(
        self,
        drawn: int,
        command: Callable[..., Command[Any]],
        states: tuple[TicketState, ...],
        end: CaseState,
    ) -> None:
        fitting = [visit for visit in self.model.visits if visit.state in states]
        visit = fitting[drawn % len(fitting)] if fitting else self._drawn(drawn)
        if visit is None:
            return
        place = drawn % len(visit.parts)
        part = visit.parts[place]
        asked = command(visit.ticket, case_id=self._case_ids(visit)[place])
        if visit.state not in states or not part.is_open:
            self._refused(asked, self.staff)
            return
        self._run(asked, self.staff)
        visit.end([part], end)
        if end is CaseState.ISSUED and part.card is not None:
            self.model.handed_out.add(part.card)

    def _call_next(self) -> None:
        waiting = {visit.ticket: visit for visit in self.model.visits if visit.state is TicketState.WAITING}
        if not waiting:
            with pytest.raises(NobodyWaitingError):
                self._run(CallNext(), self.clerk)
            return
        called = self._run(CallNext(), self.clerk)
        waiting[called.ticket_id].state = TicketState.CALLED

    def _told(self, reply: Any, expected: Told) -> None:
        assert reply.reason is expected.reason
        if expected.visit is None:
            assert reply.ticket is None
            return
        assert reply.ticket is not None
        if expected.is_new:
            expected.visit.ticket, expected.visit.label = reply.ticket.ticket_id.hex, reply.ticket.number
        assert reply.ticket.ticket_id.hex == expected.visit.ticket
        assert (reply.ticket.state, reply.ticket.cards) == (expected.visit.state, expected.visit.cards)

    def _shown(self, command: ShowNotice) -> Any:
        return self.house.graph.runner.run(uuid4(), command, KIOSK)

    def _run(self, command: Command[Any], actor: Any) -> Any:
        return self.house.graph.runner.run(uuid4(), command, actor)

    def _refused(self, command: Command[Any], actor: Any) -> None:
        try:
            self._run(command, actor)
        except ReceptionError:
            return
        raise AssertionError(f"{command.name} was not refused")

    def _drawn(self, drawn: int) -> Visited | None:
        return self.model.visits[drawn % len(self.model.visits)] if self.model.visits else None

    def _case_ids(self, visit: Visited) -> list[str]:
        with self.house.database.read() as connection:
            return [case.case_id for case in latest_of(cases_of(connection, visit.ticket))]

    def _card(self, card_id: str | None) -> int | None:
        return None if card_id is None else self.ids.index(card_id)

    def _booked(self, card: int, **columns: Any) -> str:
        """Book a card for this moment; again, with its id and that of its booking."""
        columns["card_number"] = f"CARD000{card}"
        if card in GROUPED:
            columns["group_number"] = "G1"
        if card == UNBOOKED:
            columns["state"] = "cancelled"
        if card == ELSEWHERE:
            columns["office_id"] = "01"
        return self.house.reserve(_number(card), self.house.clock.now, **columns)


def _number(card: int) -> str:
    return f"7000000{card}"


def _is(visit: Visited, state: TicketState) -> bool:
    """Asked anew each time: what is done meanwhile changes it."""
    return visit.state is state


def _back_at_reception(visit: Visited) -> None:
    visit.open_again()
    visit.state = TicketState.WAITING


def _go_to(state: TicketState) -> Callable[[Visited], None]:
    def after(visit: Visited) -> None:
        visit.state = state

    return after


def _all_incomplete(visit: Visited) -> None:
    visit.end(visit.open_parts, CaseState.INCOMPLETE)


TestPartiesMachine = PartiesMachine.TestCase
TestPartiesMachine.settings = settings(
    max_examples=examples(8, proof=20),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        # A card of a party gets a number of its own beside it.
        ("backend.reception.answering.visit_of_card", lambda *_: None),
        # A party without an end.
        ("backend.reception.answering.party_of_group", lambda *_: None),
        # A number that ends with its first card.
        ("backend.reception.ending.event_of_end", lambda _: EventKind.ISSUED),
        # A visit about a card that is finished at reception.
        ("backend.offices.directory.Directory.ends_at_reception", lambda *_: True),
        # A card that is tied although it has a number.
        ("backend.reception.tying._need_free", lambda *_: None),
        # A day that ends as if nobody had been handed over.
        ("backend.reception.closing.BEHIND_RECEPTION", frozenset[TicketState]()),
    ],
)
def test_a_rule_that_is_gone_would_be_found_out(
    place: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one of the rules the model disagrees: so the proof above can fail."""
    monkeypatch.setattr(place, broken)
    once = settings(
        TestPartiesMachine.settings, max_examples=400, database=None, phases=[Phase.generate],
        report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises((AssertionError, IntegrityError, Flaky, ReceptionError)):
        run_state_machine_as_test(PartiesMachine, settings=once)
