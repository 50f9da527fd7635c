"""Cards, notices, bookings and two days at two offices against a plain model: one card, one visit, once handed over."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

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
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.bootstrap import open_answering
from backend.cards.notifying import note_returned, notice_of, notify_again, void_notices
from backend.cards.sealed_persons import find_cards, read_person
from backend.cards.states import CardProgress, IndexKind, WardStatus
from backend.cards.tables import cards
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.office_settings import OfficeSettings
from backend.protection.columns import columns_for_program
from backend.protection.roles import Role
from backend.reception.commands import ShowNotice
from backend.reception.deciding import admission
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import NobodyWaitingError, TicketStateError
from backend.reception.explaining import explained
from backend.reception.storing.tables import cases, tickets
from backend.storage.secrets import load_secret
from backend.wire.codes import CheckInReason, ErrorCode, TicketState
from tests.counter import actor_of, kiosk_at
from tests.history import flaws_of
from tests.proof import examples
from tests.stateful.cards_model import GIVES_UNBOOKED, Model, Row, Shown, Told, Visited, numbers_of
from tests.stateful.two_offices import OFFICES
from tests.support import MORNING, HandClock, House, make_house

TOMORROW: Final = MORNING + timedelta(days=1)
LAST_DAYS: Final = (None, None, MORNING.date())
"""Of the cards; the last one may not be handed over on the second day any more."""
TIMES: Final = tuple(
    day + timedelta(minutes=minutes) for day in (MORNING, TOMORROW) for minutes in (0, 30, 120)
)
PLACES: Final = st.integers(0, len(LAST_DAYS) - 1)
OFFICE: Final = st.sampled_from(OFFICES)
BOOKED_MOSTLY: Final = st.sampled_from([*[WardStatus.BOOKED] * 6, *WardStatus, WardStatus.CANCELLED])
EVERYTHING: Final = Ticks("R1", ("A03",), (), ("notice",))
AT_RECEPTION: Final = (TicketState.CALLED, TicketState.SERVING)
IDENTIFYING: Final = ("card_number",)


class CardsMachine(RuleBasedStateMachine):
    """The ward's system, the post, two kiosks and the windows of two offices."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.clock = HandClock(MORNING)
        self.house: House = make_house(
            f"sqlite:///{root}/u.db",
            root / "var",
            self.clock,
            session_minutes=100_000,
            session_idle_minutes=100_000,
            office={GIVES_UNBOOKED: OfficeSettings(unbooked_get_number=True)},
        )
        graph = self.house.graph
        self.key = load_secret(root / "var", graph.database)
        self.answering = open_answering(graph.settings, graph.directory, self.key, graph.records)
        self.model = Model(MORNING, LAST_DAYS)
        self.codes: list[list[str]] = [[] for _ in LAST_DAYS]
        self.tickets: dict[int, str] = {}
        self.destroyed: set[int] = set()

    def teardown(self) -> None:
        """Close and remove the database."""
        self.house.graph.records.store.dispose()
        self.house.database.dispose()
        self.folder.cleanup()

    @initialize(office=OFFICE)
    def a_first_import(self, office: str) -> None:
        """Clerks and staff sit down at both offices, and every card is there with a notice."""
        self.people = {}
        for desk in OFFICES:
            for role, label in ((Role.CLERK, "1"), (Role.STAFF, "A")):
                account, _, _ = self.house.signed_in(f"{role}{desk}", role, desk)
                self.people[role, desk] = actor_of(account, desk)
                self.house.counter.take_window(uuid4(), self.people[role, desk], label)
        self._import(
            [
                Row(place, numbers_of(place)[0], WardStatus.BOOKED, office, TIMES[place])
                for place in range(len(LAST_DAYS))
            ]
        )
        with self.house.database.read() as connection:
            records = self.house.graph.records
            found = [
                find_cards(connection, records, IndexKind.CARD_NUMBER, _card_number(place))
                for place in range(len(LAST_DAYS))
            ]
        self.ids = [card_id for (card_id,) in found]
        for place in range(len(LAST_DAYS)):
            with self.house.database.write() as work:
                self.codes[place].append(notice_of(work, self.ids[place], self.key).code)
            self.model.notified_again(place)

    # The ward and the post

    @rule(
        asked=st.lists(
            st.tuples(PLACES, st.integers(0, 1), BOOKED_MOSTLY, OFFICE, st.sampled_from(TIMES)),
            min_size=1,
            max_size=3,
            unique_by=lambda one: one[:2],
        )
    )
    def import_a_file(self, asked: list[tuple[int, int, WardStatus, str, datetime]]) -> None:
        """Booked, moved, cancelled, booked under another number, handed over elsewhere, known before."""
        self._import(
            [
                Row(place, numbers_of(place)[digit], status, office, at)
                for place, digit, status, office, at in asked
                # What is destroyed is not brought back by whoever tests; the ward has it no more either.
                if place not in self.destroyed
            ]
        )

    @rule(place=PLACES)
    def notify_again(self, place: int) -> None:
        """Another notice is posted; three are enough for what may become of them."""
        if len(self.codes[place]) == 3:
            return
        with self.house.database.write() as work:
            self.codes[place].append(notify_again(work, self.ids[place], self.key).code)
        self.model.notified_again(place)

    @rule(place=PLACES)
    def the_post_brings_it_back(self, place: int) -> None:
        """返戻."""
        with self.house.database.write() as work:
            note_returned(work, self.ids[place])
        self.model.returned(place)

    @rule(place=PLACES)
    def void(self, place: int) -> None:
        """The codes of a card are given up."""
        with self.house.database.write() as work:
            void_notices(work, [self.ids[place]])
        self.model.voided(place)

    @rule(place=PLACES)
    def destroy_the_key(self, place: int) -> None:
        """Nobody can read whose card that is any more."""
        with self.house.database.write() as work:
            self.house.graph.records.store.destroy(work.connection, [self.ids[place]])
        self.model.cards[place].readable = False
        self.destroyed.add(place)

    # The kiosks

    @rule(office=OFFICE, drawn=st.integers(0, 30))
    def check_in(self, office: str, drawn: int) -> None:
        """Somebody shows any code, old code or number at a kiosk of either office."""
        shown = self.model.shown()
        self._check_in(office, shown[drawn % len(shown)])

    @rule(
        drawn=st.integers(0, 30),
        turns=st.sampled_from((0, 2, 4, 6, 6)),
        complete=st.sampled_from((True, True, False)),
    )
    def come_where_one_is_expected(self, drawn: int, turns: int, complete: bool) -> None:
        """Somebody gets a number, and the windows go on for some turns: six are a visit to its end."""
        welcome = [
            (office, one)
            for office in OFFICES
            for one in self.model.shown()
            if self.model.answer(office, one).gives_ticket
        ]
        if welcome:
            office, shown = welcome[drawn % len(welcome)]
            self._check_in(office, shown)
            self._windows_go_on(office, turns, complete=complete)

    @rule(minutes=st.sampled_from((1, 5, 25)))
    def time_passes(self, minutes: int) -> None:
        """Who was early is on time, who was on time is late, and in the end the offices close."""
        self.clock.advance(minutes=minutes)
        self.model.now = self.clock.now

    @precondition(lambda self: self.model.today == MORNING.date())
    @rule()
    def next_day(self) -> None:
        """The next morning, a Thursday."""
        self.clock.now = TOMORROW
        self.model.next_day(TOMORROW)

    # The windows

    @rule(office=OFFICE, turns=st.integers(1, 5), complete=st.sampled_from((True, True, False)))
    def the_windows_go_on(self, office: str, turns: int, complete: bool) -> None:
        """Whoever is at a window goes on, else somebody is called to it."""
        self._windows_go_on(office, turns, complete=complete)

    @rule(office=OFFICE, drawn=st.integers(0, 5))
    def a_number_is_cancelled(self, office: str, drawn: int) -> None:
        """Somebody went home: the card has no visit today any more."""
        known = self.model.of_today(office, TicketState.WAITING, TicketState.INCOMPLETE)
        if known:
            visit = known[drawn % len(known)]
            self.house.counter.cancel(uuid4(), self.people[Role.CLERK, office], self._ticket(visit))
            self.model.commanded(office)
            visit.state = TicketState.CANCELLED

    # What holds always

    @invariant()
    def every_answer_is_as_the_model_says(self) -> None:
        """Every code and number, at both offices: the reason and all that is told beside it."""
        with self.house.database.read() as connection:
            for office in OFFICES:
                for shown in self.model.shown():
                    found = explained(connection, self.answering, office, self._text(shown), self.clock.now)
                    told = Told(
                        found.reason,
                        found.gives_ticket,
                        found.series,
                        found.office_id,
                        found.reserved_for,
                        found.card_state,
                        found.notice_state,
                    )
                    assert told == self.model.answer(office, shown), (office, shown)

    @invariant()
    def a_card_has_one_visit_a_day_and_is_handed_over_once(self) -> None:
        """Tickets are those of the model, no card has two living ones or cases, and none was handed over twice."""
        with self.house.database.read() as connection:
            assert flaws_of(connection) == []
            rows = connection.execute(
                select(tickets.c.office_id, tickets.c.business_day, tickets.c.label, tickets.c.state)
            )
            found = sorted(tuple(row) for row in rows)
            of_card = (cases.c.card_id, cases.c.business_day)
            joined = cases.join(tickets, tickets.c.id == cases.c.ticket_id)
            alive = select(*of_card, func.count(func.distinct(tickets.c.id))).select_from(joined)
            twice = alive.where(tickets.c.state != TicketState.CANCELLED).group_by(*of_card)
            assert all(count == 1 for *_, count in connection.execute(twice))
            living = select(*of_card, func.count()).where(cases.c.state == CaseState.OPEN).group_by(*of_card)
            assert all(count == 1 for *_, count in connection.execute(living))
            once = select(cases.c.card_id, func.count()).where(cases.c.state == CaseState.ISSUED)
            assert all(count == 1 for _, count in connection.execute(once.group_by(cases.c.card_id)))
            progress = {CardProgress(one) for one in connection.execute(select(cards.c.progress)).scalars()}
        assert found == sorted((one.office, one.day, one.label, one.state) for one in self.model.visits)
        assert progress == {card.progress for card in self.model.cards if card.there}

    @invariant()
    def whose_key_was_destroyed_is_unreadable(self) -> None:
        """The record of such a card opens no more; the others say whose they are."""
        with self.house.database.read() as connection:
            for place, card in enumerate(self.model.cards):
                if not card.there:
                    continue
                person = read_person(
                    connection, self.house.graph.records, self.ids[place], columns_for_program("name")
                )
                assert dict(person) == ({"name": f"受付 {place}"} if card.readable else {})

    def _import(self, rows: list[Row]) -> None:
        records = tuple(
            ReservationRecord(
                number=row.number,
                name=f"受付 {row.card}",
                state=row.status.value,
                birth="1990-01-31",
                card_expires_on=LAST_DAYS[row.card],
                card_number=_card_number(row.card),
                office_id=row.office,
                starts_at=row.at,
            )
            for row in rows
        )
        parsed = ParsedFile(records, 0, (), "utf-8")
        import_rows(self.house.database, self.house.graph.records, parsed, self.key, identifying=IDENTIFYING)
        self.model.imported(rows)

    def _check_in(self, office: str, shown: Shown) -> None:
        command = ShowNotice(self._text(shown), typed=shown.number is not None, language="ja")
        reply = self.house.graph.runner.run(uuid4(), command, kiosk_at(office, f"kiosk-{office}"))
        self.model.commanded(office)
        told, visit = self.model.received(office, shown)
        assert reply.reason is admission.told(told.reason), (office, shown)
        if told.gives_ticket:
            assert reply.ticket is not None
            assert visit is not None
            assert (reply.ticket.number, reply.ticket.state) == (visit.label, visit.state)
            assert (
                self.tickets.setdefault(id(visit), reply.ticket.ticket_id.hex) == reply.ticket.ticket_id.hex
            )
        elif told.reason is not CheckInReason.ANOTHER_OFFICE:
            assert reply.ticket is None

    def _windows_go_on(self, office: str, turns: int, *, complete: bool) -> None:
        for _ in range(turns):
            self._staff_go_on(office)
            self._clerk_goes_on(office, complete=complete)

    def _clerk_goes_on(self, office: str, *, complete: bool) -> None:
        counter, clerk = self.house.counter, self.people[Role.CLERK, office]
        at = self.model.of_today(office, *AT_RECEPTION)
        if not at:
            self._call_next(office)
            return
        visit, ticket = at[0], self._ticket(at[0])
        self.model.commanded(office)
        if visit.state is TicketState.CALLED:
            counter.start(uuid4(), clerk, ticket)
            visit.state = TicketState.SERVING
        elif complete:
            counter.tick(uuid4(), clerk, ticket, EVERYTHING)
            counter.hand_over(uuid4(), clerk, ticket)
            visit.state = TicketState.HANDED_OVER
        else:
            counter.end_incomplete(uuid4(), clerk, ticket)
            visit.state = TicketState.INCOMPLETE

    def _staff_go_on(self, office: str) -> None:
        """Somebody with complete papers is called, and the card handed over, unless that was done elsewhere."""
        counter, staff = self.house.counter, self.people[Role.STAFF, office]
        at = self.model.of_today(office, TicketState.CALLED_TO_ISSUANCE)
        ready = self.model.of_today(office, TicketState.HANDED_OVER)
        if at and not self.model.issued(at[0]):
            with pytest.raises(TicketStateError) as refused:
                counter.issue(uuid4(), staff, self._ticket(at[0]))
            assert refused.value.code is ErrorCode.ALREADY_ISSUED
        elif at:
            counter.issue(uuid4(), staff, self._ticket(at[0]))
            self.model.commanded(office)
        elif ready:
            counter.call_to_issuance(uuid4(), staff, self._ticket(ready[0]))
            self.model.commanded(office)
            ready[0].state = TicketState.CALLED_TO_ISSUANCE

    def _call_next(self, office: str) -> None:
        waiting = self.model.of_today(office, TicketState.WAITING)
        clerk = self.people[Role.CLERK, office]
        if not waiting:
            with pytest.raises(NobodyWaitingError):
                self.house.counter.call_next(uuid4(), clerk)
            return
        called = self.house.counter.call_next(uuid4(), clerk)
        self.model.commanded(office)
        (visit,) = [one for one in waiting if self._ticket(one) == called["ticket_id"]]
        visit.state = TicketState.CALLED

    def _ticket(self, visit: Visited) -> str:
        return self.tickets[id(visit)]

    def _text(self, shown: Shown) -> str:
        return shown.number or self.codes[shown.card][shown.notice or 0]


def _card_number(place: int) -> str:
    return f"CARD000{place}"


TestCardsMachine = CardsMachine.TestCase
TestCardsMachine.settings = settings(
    max_examples=examples(5, proof=10),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        # A second number for a card that has one today.
        ("backend.reception.answering.visit_of_card", lambda *_: None),
        # What is booked elsewhere is received here.
        ("backend.reception.deciding.admission._Seen.at_another_office", property(lambda _: False)),
        # A card that was handed over is handed over again under another booking.
        ("backend.reception.issuance.mark_issued", lambda *_: True),
    ],
)
def test_a_rule_that_is_gone_would_be_found_out(
    place: str, broken: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one of the rules the model disagrees: so the proof above can fail."""
    monkeypatch.setattr(place, broken)
    once = settings(
        TestCardsMachine.settings, max_examples=300, database=None, phases=[Phase.generate],
        report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises((AssertionError, IntegrityError, Flaky)):
        run_state_machine_as_test(CardsMachine, settings=once)
