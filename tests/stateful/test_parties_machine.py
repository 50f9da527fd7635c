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
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.cards.states import CardProgress
from backend.cards.tables import cards
from backend.commands.command import Command
from backend.office_settings import OfficeSettings
from backend.protection.roles import Role
from backend.reception.check_commands import EndIncomplete, HandOver, Tick
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
from backend.reception.kind_commands import TakeNumber
from backend.reception.storing.cases import cases_of
from backend.reception.storing.tables import tickets
from backend.wire.codes import CancelReason, EventKind, NotIssuedReason, SentBackReason, TicketState
from tests.counter import actor_of
from tests.history import flaws_of
from tests.proof import examples
from tests.stateful.parties_model import (
    BEHIND_RECEPTION,
    CARDS,
    ELSEWHERE,
    GROUPED,
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
ANY: Final = st.integers(0, 11)
"""Draws one of what there is."""
COMPLETE: Final = Ticks("R1", ("A03",), (), ("notice",))
NOTHING_SHOWN: Final = Ticks("R1", (), (), ())
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
        self.ids = [self.house.card_of(self._booked(card)) for card in range(CARDS)]

    # The kiosk

    @rule(card=CARD)
    def show(self, card: int) -> None:
        """A notice is shown by itself."""
        self._told(self._shown(ShowNotice(_number(card), typed=True, language="ja")), self.model.show(card))

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

    @rule()
    def walk_in(self) -> None:
        """Somebody without a notice takes a number."""
        reply = self.house.graph.runner.run(uuid4(), TakeNumber("ja"), KIOSK)
        assert reply.ticket is not None
        self.model.visits.append(Visited(reply.ticket.ticket_id.hex, [Part(None)]))

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
        if visit.state is TicketState.SERVING and part.is_open:
            self._run(command, self.clerk)
            part.complete = complete
        else:
            self._refused(command, self.clerk)

    @rule(cards=st.integers(1, 3))
    def a_party_is_served(self, cards: int) -> None:
        """Two that were booked together come, with others beside them, and every paper is there."""
        self.show(GROUPED[0])
        visit = self.model.known(GROUPED[0])
        if visit is None or not _is(visit, TicketState.WAITING):
            return
        for card in range(1, cards):
            self.join(card, self.model.visits.index(visit))
        for _ in range(2 * len(self.model.visits)):
            at = self.model.at_window(*AT_RECEPTION)
            if at is visit and _is(visit, TicketState.SERVING):
                break
            if at is not None and at is not visit:
                self._run(CancelTicket(at.ticket), self.clerk)
                _cancel(at)
            self.the_clerk_goes_on(1)
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
        if visit.state is not TicketState.SERVING or not ready:
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
        self._step(drawn, lambda ticket: CancelTicket(ticket, reason), self.clerk, states, _cancel)

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
        """Back to reception; what was ticked stays."""
        self._step(
            drawn,
            lambda ticket: SendBack(ticket, reason),
            self.staff,
            BEHIND_RECEPTION,
            _go_to(TicketState.WAITING),
        )

    # What holds always

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        """Numbers, cards and what became of them; and the history is one story."""
        with self.house.database.read() as connection:
            assert flaws_of(connection) == []
            rows = connection.execute(select(tickets.c.id, tickets.c.state))
            assert {row.id: row.state for row in rows} == {
                visit.ticket: visit.state.value for visit in self.model.visits
            }
            for visit in self.model.visits:
                found = latest_of(cases_of(connection, visit.ticket))
                told = [(part.card, part.state) for part in visit.parts]
                assert [(self._card(case.card_id), case.state) for case in found] == told
            progress = {
                row.id: row.progress for row in connection.execute(select(cards.c.id, cards.c.progress))
            }
        if self.model.visits:
            issued = {card for card in range(CARDS) if progress[self.ids[card]] == CardProgress.ISSUED}
            assert issued == self.model.handed_out

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
            expected.visit.ticket = reply.ticket.ticket_id.hex
        assert reply.ticket.ticket_id.hex == expected.visit.ticket
        assert (reply.ticket.state, reply.ticket.cards) == (expected.visit.state, len(expected.visit.parts))

    def _shown(self, command: ShowNotice) -> Any:
        return self.house.graph.runner.run(uuid4(), command, KIOSK)

    def _run(self, command: Command[Any], actor: Any) -> Any:
        return self.house.graph.runner.run(uuid4(), command, actor)

    def _refused(self, command: Command[Any], actor: Any) -> None:
        with pytest.raises(ReceptionError):
            self._run(command, actor)

    def _drawn(self, drawn: int) -> Visited | None:
        return self.model.visits[drawn % len(self.model.visits)] if self.model.visits else None

    def _case_ids(self, visit: Visited) -> list[str]:
        with self.house.database.read() as connection:
            return [case.case_id for case in latest_of(cases_of(connection, visit.ticket))]

    def _card(self, card_id: str | None) -> int | None:
        return None if card_id is None else self.ids.index(card_id)

    def _booked(self, card: int) -> str:
        columns: dict[str, Any] = {"card_number": f"CARD000{card}"}
        if card in GROUPED:
            columns["group_number"] = "G1"
        if card == UNBOOKED:
            columns["state"] = "cancelled"
        if card == ELSEWHERE:
            columns["office_id"] = "01"
        return self.house.reserve(_number(card), MORNING, **columns)


def _number(card: int) -> str:
    return f"7000000{card}"


def _is(visit: Visited, state: TicketState) -> bool:
    """Asked anew each time: what is done meanwhile changes it."""
    return visit.state is state


def _go_to(state: TicketState) -> Callable[[Visited], None]:
    def after(visit: Visited) -> None:
        visit.state = state

    return after


def _all_incomplete(visit: Visited) -> None:
    visit.end(visit.open_parts, CaseState.INCOMPLETE)


def _cancel(visit: Visited) -> None:
    ends = (CaseState.OPEN, CaseState.INCOMPLETE)
    visit.end([part for part in visit.parts if part.state in ends], CaseState.CANCELLED)


TestPartiesMachine = PartiesMachine.TestCase
TestPartiesMachine.settings = settings(
    max_examples=examples(20),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        # A card of a party gets a number of its own beside it.
        ("backend.reception.answering.ticket_of_card", lambda *_: None),
        # A party without an end.
        ("backend.reception.answering.party_of_group", lambda *_: None),
        # A number that ends with its first card.
        ("backend.reception.ending.event_of_end", lambda _: EventKind.ISSUED),
    ],
)
def test_a_rule_that_is_gone_would_be_found_out(
    place: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one of the rules the model disagrees: so the proof above can fail."""
    monkeypatch.setattr(place, broken)
    once = settings(
        TestPartiesMachine.settings, max_examples=60, database=None, phases=[Phase.generate],
        report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises((AssertionError, IntegrityError, Flaky, ReceptionError)):
        run_state_machine_as_test(PartiesMachine, settings=once)
