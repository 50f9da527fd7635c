"""Bookings made, moved and cancelled here, and files of the ward about them: on both databases, with both sides kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.cards.notifying import notice_of, notify_again
from backend.cards.states import CardProgress
from backend.cards.tables import cards, notices
from backend.cards.ward_words import WardWord
from backend.exchange.import_report import ImportReport
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.protection.columns import columns_for_program
from backend.protection.tables import audit
from backend.reception.changed_cards import tell_changed_cards
from backend.reservations.booking import read_booking
from backend.reservations.changing import (
    Appointment,
    BookingError,
    BookingProblem,
    book_here,
    cancel_here,
    decide,
    move_here,
)
from backend.reservations.conflicts import find_conflict, numbers_of_cards, open_conflicts
from backend.reservations.lookup import find_match
from backend.reservations.owning import WhoseWord
from backend.reservations.reservation_state import Channel, Decision, Owner, ReservationState
from backend.reservations.tables import reservations
from backend.reservations.ward_word import bookings_of
from tests.exchange_support import KEY
from tests.support import MORNING, House

TOMORROW = MORNING + timedelta(days=1)
LATER = MORNING + timedelta(days=8)


def row(number: str | None = "80000001", at: datetime | None = TOMORROW, **said: Any) -> ReservationRecord:
    """What a file says of the one card."""
    known = {
        "name": "受付 花子",
        "state": WardWord.BOOKED.value,
        "card_number": "CARD0001",
        "phone": "0352733601",
    }
    return ReservationRecord(
        **{**known, "number": number, "starts_at": at, "office_id": "00" if at else None, **said}
    )


def imported(house: House, *rows: ReservationRecord, **asked: Any) -> ImportReport:
    """Import a file."""
    return import_rows(
        house.database,
        house.graph.records,
        ParsedFile(tuple(rows), 0, (), "utf-8", owned_here=asked.pop("owned_here", True)),
        KEY,
        identifying=("card_number",),
        tell=tell_changed_cards,
        **asked,
    )


def card(house: House) -> str:
    """The one card."""
    with house.database.read() as connection:
        return str(connection.execute(select(cards.c.id)).scalar_one())


def bookings(house: House) -> dict[str, tuple[str, str]]:
    """State and owner of every booking by its number."""
    query = select(reservations.c.number, reservations.c.state, reservations.c.owner)
    with house.database.read() as connection:
        return {number: (state, owner) for number, state, owner in connection.execute(query)}


def expected(house: House) -> datetime | None:
    """When the visitor is expected, as check-in sees it."""
    with house.database.read() as connection:
        match = find_match(connection, card(house))
    assert match is not None
    return match.booking.starts_at if match.booking else None


def asked(number: str = "90000001", at: datetime = LATER) -> Appointment:
    """Another time, by telephone."""
    return Appointment(number, "00", at, Channel.PHONE)


def moved(house: House, appointment: Appointment | None = None) -> str:
    """Move the booking of the card."""
    with house.database.write() as work:
        return move_here(work, card(house), appointment or asked())


def lines(house: House) -> Sequence[tuple[str, str]]:
    """Actions of the audit trail about conflicts, with the actor."""
    query = (
        select(audit.c.action, audit.c.actor)
        .where(audit.c.action.like("import_conflict%"))
        .order_by(audit.c.seq)
    )
    with house.database.read() as connection:
        return [(action, actor) for action, actor in connection.execute(query)]


@pytest.mark.dialect
def test_a_booking_moved_here_survives_every_file(house: House) -> None:
    """The same file, a changed telephone number, and a file that goes on saying the old time: ours holds, nobody is asked."""
    imported(house, row())
    made = moved(house)
    assert expected(house) == LATER
    assert imported(house, row()).unchanged == 1
    report = imported(house, row(phone="0352739999"))
    assert (report.changed, report.conflicts) == (1, 0)
    assert expected(house) == LATER
    assert bookings(house) == {"80000001": ("replaced", "here"), "90000001": ("booked", "here")}
    with house.database.read() as connection:
        contact = read_booking(connection, house.graph.records, made, columns_for_program("phone"))
    assert contact == {"phone": "0352733601"}, "who may be called was taken over with the booking"


@pytest.mark.dialect
def test_the_ward_that_catches_up_has_the_word_again(house: House) -> None:
    """Booked by the ward under a number of its own, at our time: one booking, and its next change is a change."""
    imported(house, row())
    moved(house)
    report = imported(house, row(state=WardWord.CANCELLED.value), row("80000002", LATER))
    assert report.conflicts == 0
    assert bookings(house) == {
        "80000001": ("replaced", "ward"),
        "80000002": ("booked", "ward"),
        "90000001": ("replaced", "ward"),
    }
    imported(house, row("80000002", TOMORROW))
    assert expected(house) == TOMORROW


@pytest.mark.dialect
def test_both_sides_of_a_conflict_are_kept_until_somebody_decides(house: House) -> None:
    """As codes, once for a card however often the file comes; a decision is carried out, noted, and final."""
    imported(house, row())
    moved(house)
    third = MORNING + timedelta(days=3)
    assert imported(house, row(at=third)).conflicts == 1
    assert imported(house, row(at=third)).conflicts == 0
    fourth = MORNING + timedelta(days=4)
    assert imported(house, row(at=fourth)).conflicts == 1, (
        "the ward moved it once more: the same question, anew"
    )
    assert imported(house, row(at=third)).conflicts == 1
    assert expected(house) == LATER
    with house.database.read() as connection:
        (conflict,) = open_conflicts(connection)
        numbers = numbers_of_cards(connection, [conflict.card_id])
    assert (conflict.ours.starts_at, conflict.theirs.starts_at) == (LATER, third)
    assert numbers == {conflict.card_id: ["90000001", "80000001"]}
    with house.database.write() as work:
        assert decide(work, conflict.id, Decision.THEIRS, "console")
        assert not decide(work, conflict.id, Decision.OURS, "console")
        assert not decide(work, "0" * 32, Decision.OURS, "console")
    assert expected(house) == third
    with house.database.read() as connection:
        sides = bookings_of(connection, [card(house)])[card(house)]
    assert {one.owner for one in sides} == {Owner.WARD}
    assert [one.ward.starts_at for one in sides if one.ward is not None] == [third]
    with house.database.read() as connection:
        assert open_conflicts(connection) == []
        decided = find_conflict(connection, conflict.id)
    assert decided is not None
    assert decided.decision is Decision.THEIRS
    assert lines(house) == [
        *[("import_conflict", "console")] * 3,
        ("import_conflict_decided", "console"),
    ]


@pytest.mark.dialect
@pytest.mark.parametrize("choice", [WhoseWord.OURS, WhoseWord.THEIRS])
def test_an_import_may_be_told_which_side_holds(house: House, choice: WhoseWord) -> None:
    """The conflict is kept with its decision, and nothing is left open."""
    imported(house, row())
    with house.database.write() as work:
        cancel_here(work, card(house))
    assert expected(house) is None
    assert imported(house, row(at=LATER), choice=choice).conflicts == 1
    assert expected(house) == (LATER if choice is WhoseWord.THEIRS else None)
    with house.database.read() as connection:
        assert open_conflicts(connection) == []


def test_where_the_mapping_says_so_the_wards_word_holds(small_house: House) -> None:
    """A ward whose system is the master of bookings is asked nothing."""
    imported(small_house, row())
    moved(small_house)
    assert imported(small_house, row(at=MORNING), owned_here=False).conflicts == 1
    assert expected(small_house) == MORNING
    assert lines(small_house) == []


def test_a_conflict_ends_by_itself_when_we_come_to_the_wards_time(small_house: House) -> None:
    """Somebody books here what the ward says: there is nothing to decide any more."""
    imported(small_house, row())
    moved(small_house)
    third = MORNING + timedelta(days=3)
    imported(small_house, row(at=third))
    moved(small_house, asked("90000002", third))
    with small_house.database.read() as connection:
        assert open_conflicts(connection) == []
    assert imported(small_house, row(at=MORNING)).conflicts == 0
    assert expected(small_house) == MORNING


def test_what_the_ward_handed_over_leaves_nothing_to_wait_for(small_house: House) -> None:
    """A booking made here is done with the card, and no conflict is left behind."""
    imported(small_house, row())
    moved(small_house)
    imported(small_house, row(at=MORNING))
    assert imported(small_house, row(state=WardWord.ISSUED.value)).conflicts == 0
    assert bookings(small_house) == {"80000001": ("fulfilled", "ward"), "90000001": ("fulfilled", "ward")}
    with small_house.database.read() as connection:
        assert open_conflicts(connection) == []


def test_a_booking_made_here_for_a_card_without_one(small_house: House) -> None:
    """A card whose notice was sent is booked by telephone; a file that still says notified leaves it so."""
    notified = row(None, None, state=WardWord.NOTIFIED.value)
    imported(small_house, notified)
    with small_house.database.write() as work:
        book_here(work, small_house.graph.records, card(small_house), asked(), {"phone": "0352733601"})
    assert expected(small_house) == LATER
    assert (
        imported(small_house, row(None, None, state=WardWord.NOTIFIED.value, address="見本区1")).conflicts
        == 0
    )
    assert expected(small_house) == LATER


@pytest.mark.dialect
def test_what_cannot_be_booked_is_refused_with_a_code(house: House) -> None:
    """Each reason has its code, and nothing is changed."""
    imported(house, row(card_expires_on=(MORNING + timedelta(days=5)).date()))
    records, card_id = house.graph.records, card(house)
    before = bookings(house)

    def refused(act: Any) -> BookingProblem:
        with pytest.raises(BookingError) as caught, house.database.write() as work:
            act(work)
        return caught.value.problem

    soon = MORNING + timedelta(days=2)
    assert (
        refused(lambda work: book_here(work, records, card_id, asked(at=soon)))
        is BookingProblem.ALREADY_BOOKED
    )
    assert refused(lambda work: move_here(work, card_id, asked())) is BookingProblem.AFTER_LAST_DAY
    assert (
        refused(lambda work: move_here(work, card_id, asked("80000001", soon))) is BookingProblem.NUMBER_TAKEN
    )
    assert refused(lambda work: move_here(work, "0" * 32, asked(at=soon))) is BookingProblem.NO_CARD
    assert bookings(house) == before
    with house.database.write() as work:
        cancel_here(work, card_id)
    assert refused(lambda work: cancel_here(work, card_id)) is BookingProblem.NOT_BOOKED
    assert refused(lambda work: move_here(work, card_id, asked(at=soon))) is BookingProblem.NOT_BOOKED
    imported(house, row(state=WardWord.DISCARDED.value))
    assert refused(lambda work: book_here(work, records, card_id, asked(at=soon))) is BookingProblem.CARD_OVER


def test_a_notice_that_came_back_is_the_notices(small_house: House) -> None:
    """返戻 ends the living notice once, and the card with its booking stays; 廃棄予定 is still given."""
    imported(small_house, row())
    with small_house.database.write() as work:
        notice_of(work, card(small_house), KEY)
    imported(small_house, row(state=WardWord.RETURNED.value))
    assert notices_of(small_house) == ["returned"]
    assert expected(small_house) == TOMORROW
    with small_house.database.write() as work:
        notify_again(work, card(small_house), KEY)
    imported(small_house, row(state=WardWord.RETURNED.value, phone="0352739999"))
    assert notices_of(small_house) == ["returned", "made"], "the second notice has not come back"
    imported(small_house, row(state=WardWord.DISCARD_DUE.value))
    with small_house.database.read() as connection:
        assert connection.execute(select(cards.c.progress)).scalar_one() == CardProgress.DISCARD_DUE
    assert bookings(small_house)["80000001"][0] == ReservationState.BOOKED


def notices_of(house: House) -> list[str]:
    """The states of the card's notices."""
    with house.database.read() as connection:
        return list(connection.execute(select(notices.c.state).order_by(notices.c.seq)).scalars())
