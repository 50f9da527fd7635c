"""Two systems that both change bookings against a plain model of whose word holds."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from backend.cards.sealed_persons import find_cards
from backend.cards.states import IndexKind
from backend.cards.tables import cards
from backend.cards.ward_words import WardWord
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.reservations.changing import Appointment, BookingError, book_here, cancel_here, decide, move_here
from backend.reservations.conflicts import open_conflicts
from backend.reservations.owning import Side, WhoseWord
from backend.reservations.reservation_state import Channel, Decision, ReservationState
from backend.reservations.tables import reservations
from tests.exchange_support import KEY
from tests.proof import examples
from tests.support import MORNING, HandClock, make_house

CARDS: Final = 2
PLACE: Final = st.integers(0, CARDS - 1)
OFFICE: Final = st.sampled_from(("00", "01"))
DAY: Final = st.integers(1, 2)
Expected = tuple[str, datetime] | None
"""Where and when somebody is expected; None for nowhere."""


@dataclass
class Ward:
    """One card as the ward's system has it: the row of each number, and which one is booked."""

    rows: dict[str, ReservationRecord] = field(default_factory=dict)
    booked: str | None = None
    numbers: int = 0


@dataclass
class Whose:
    """One card as it must stand here."""

    ours: Expected = None
    said: Expected = None
    here: bool = False
    open: tuple[Expected, Expected] | None = None
    as_of: int = -1

    def hears(self, said: Expected, choice: WhoseWord) -> None:
        """A file says where somebody is expected."""
        if not self.here or self.ours in (self.said, said):
            self.open = None if self.here else self.open
            self.ours, self.here = said, False
        elif said != self.said:
            self.open = (self.ours, said) if choice is WhoseWord.REPORT else None
            if choice is WhoseWord.THEIRS:
                self.ours, self.here = said, False
        self.said = said

    def changes(self, ours: Expected) -> None:
        """Somebody books, moves or cancels here."""
        self.ours, self.here = ours, True
        if ours == self.said:
            self.open = None


class OwnershipMachine(RuleBasedStateMachine):
    """The ward's system and its files, and the telephone desk here."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.house = make_house(f"sqlite:///{root}/u.db", root / "var", HandClock(MORNING))
        self.ward = [Ward() for _ in range(CARDS)]
        self.model = [Whose() for _ in range(CARDS)]
        self.files: list[list[ReservationRecord]] = []
        self.numbers = 0
        for place in range(CARDS):
            self._says(place, WardWord.NOTIFIED, None)
        self._import(self._snapshot(), WhoseWord.REPORT)

    def teardown(self) -> None:
        """Close and remove the database."""
        self.house.graph.records.store.dispose()
        self.house.database.dispose()
        self.folder.cleanup()

    @rule(place=PLACE, office=OFFICE, day=DAY, under_another_number=st.booleans())
    def the_ward_books(self, place: int, office: str, day: int, under_another_number: bool) -> None:
        """Booked or moved, under the same 予約番号 or a new one."""
        ward = self.ward[place]
        if ward.booked is None or under_another_number:
            self._cancel_in_the_ward(place)
            ward.numbers += 1
            ward.booked = f"1000{place}{ward.numbers:03d}"
        self._says(place, WardWord.BOOKED, ward.booked, office, day)

    @rule(place=PLACE)
    def the_ward_cancels(self, place: int) -> None:
        """Nothing is booked in the ward's system any more."""
        self._cancel_in_the_ward(place)

    @rule(choice=st.sampled_from((WhoseWord.REPORT, WhoseWord.REPORT, WhoseWord.OURS, WhoseWord.THEIRS)))
    def a_whole_file_comes(self, choice: WhoseWord) -> None:
        """Everything that the ward's system says now."""
        self._import(self._snapshot(), choice)

    @rule(place=PLACE)
    def a_file_of_one_card_comes(self, place: int) -> None:
        """What changed of one card; the others are not named."""
        named = {f"CARD000{place}"}
        self._import([row for row in self._snapshot() if row.card_number in named], WhoseWord.REPORT)

    @rule(drawn=st.integers(0, 20))
    def an_old_file_comes_late(self, drawn: int) -> None:
        """A file of before, after newer ones: it sets nothing back."""
        self._import_at(drawn % len(self.files), WhoseWord.REPORT)

    @rule(place=PLACE, office=OFFICE, day=DAY)
    def somebody_books_or_moves_here(self, place: int, office: str, day: int) -> None:
        """By telephone; a card that has a booking gets another one in its place."""
        at = MORNING + timedelta(days=day)
        self.numbers += 1
        asked = Appointment(f"9000{self.numbers:04d}", office, at, Channel.PHONE)
        with self.house.database.write() as work:
            card_id = self._card(place)
            if self.model[place].ours is None:
                book_here(work, self.house.graph.records, card_id, asked, {"phone": "0352733601"})
            else:
                move_here(work, card_id, asked)
        self.model[place].changes((office, at))

    @rule(place=PLACE)
    def somebody_cancels_here(self, place: int) -> None:
        """By telephone; where nothing is booked nothing happens."""
        try:
            with self.house.database.write() as work:
                cancel_here(work, self._card(place))
        except BookingError:
            assert self.model[place].ours is None
            return
        self.model[place].changes(None)

    @rule(drawn=st.integers(0, 3), decision=st.sampled_from((Decision.OURS, Decision.THEIRS)))
    def somebody_decides(self, drawn: int, decision: Decision) -> None:
        """One of the open conflicts."""
        with self.house.database.read() as connection:
            found = open_conflicts(connection)
        if not found:
            return
        one = found[drawn % len(found)]
        place = next(place for place in range(CARDS) if self._card(place) == one.card_id)
        with self.house.database.write() as work:
            assert decide(work, one.id, decision, "console")
        model = self.model[place]
        model.open = None
        if decision is Decision.THEIRS:
            model.ours, model.here = model.said, False

    @invariant()
    def everybody_is_expected_where_the_model_says(self) -> None:
        """One booking of a card at most, at the place and time of the model; and the conflicts that it has."""
        with self.house.database.read() as connection:
            query = select(reservations.c.card_id, reservations.c.office_id, reservations.c.starts_at).where(
                reservations.c.state == ReservationState.BOOKED.value
            )
            booked = {card_id: (office, at) for card_id, office, at in connection.execute(query)}
            found = {
                one.card_id: (_expected(one.ours), _expected(one.theirs))
                for one in open_conflicts(connection)
            }
            assert len(connection.execute(select(cards.c.id)).all()) == CARDS
        for place, model in enumerate(self.model):
            card_id = self._card(place)
            assert booked.get(card_id) == model.ours, place
            assert found.get(card_id) == model.open, place

    def _card(self, place: int) -> str:
        with self.house.database.read() as connection:
            records = self.house.graph.records
            (card_id,) = find_cards(connection, records, IndexKind.CARD_NUMBER, f"CARD000{place}")
        return card_id

    def _says(
        self, place: int, word: WardWord, number: str | None, office: str | None = None, day: int = 0
    ) -> None:
        self.ward[place].rows[number or ""] = ReservationRecord(
            number=number,
            name=f"受付 {place}",
            state=word.value,
            card_number=f"CARD000{place}",
            office_id=office,
            starts_at=MORNING + timedelta(days=day) if day else None,
        )

    def _cancel_in_the_ward(self, place: int) -> None:
        ward = self.ward[place]
        if ward.booked is not None:
            self._says(place, WardWord.CANCELLED, ward.booked)
            ward.booked = None

    def _snapshot(self) -> list[ReservationRecord]:
        """What an export says: a card with bookings by their numbers, one without by its own."""
        return [
            row for ward in self.ward for number, row in ward.rows.items() if number or len(ward.rows) == 1
        ]

    def _import(self, rows: Sequence[ReservationRecord], choice: WhoseWord) -> None:
        self.files.append(list(rows))
        self._import_at(len(self.files) - 1, choice)

    def _import_at(self, file: int, choice: WhoseWord) -> None:
        rows = self.files[file]
        import_rows(
            self.house.database,
            self.house.graph.records,
            ParsedFile(tuple(rows), 0, (), "utf-8"),
            KEY,
            identifying=("card_number",),
            choice=choice,
            as_of=MORNING + timedelta(minutes=file),
        )
        for place, model in enumerate(self.model):
            own = [row for row in rows if row.card_number == f"CARD000{place}"]
            if own and file >= model.as_of:
                model.as_of = file
                booked = [row for row in own if row.state == WardWord.BOOKED]
                said = [(row.office_id, row.starts_at) for row in booked if row.office_id and row.starts_at]
                model.hears(said[0] if said else None, choice)


def _expected(side: Side) -> Expected:
    booked = side.state is ReservationState.BOOKED
    return (side.office_id, side.starts_at) if booked and side.office_id and side.starts_at else None


def test_two_systems_that_both_change_agree_with_the_model() -> None:
    """What was booked, moved or cancelled here is never overwritten, whatever files come, in whatever order."""
    run_state_machine_as_test(
        OwnershipMachine,
        settings=settings(
            max_examples=examples(6, proof=12),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
