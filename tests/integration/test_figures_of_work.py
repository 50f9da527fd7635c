"""``uketsuke figures``: every state is counted, and the totals agree with each other and with the rows."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.cards.card_counts import count_cards, count_notices, milestones
from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.notifying import note_returned, notice_of, notify_again
from backend.cards.states import CardProgress, NoticeState
from backend.cards.tables import cards, notices
from backend.cli.figures import command
from backend.common.console import CommandFailedError
from backend.common.tokyo import in_tokyo
from backend.reception.commands import ShowNotice
from backend.reception.kind_commands import TakeNumber
from backend.reception.storing.tables import cases, tickets
from backend.reception.storing.visit_counts import count_cases, count_kinds, count_tickets
from backend.reservations.booking_counts import count_bookings
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservations
from backend.storage.secrets import load_secret
from backend.wire.codes import TicketState
from tests.command_support import result_of
from tests.counter import actor_of, kiosk_at
from tests.support import MORNING, TODAY, House

KEYS = ["at", "day", "totals", "cards", "notices", "reservations", "cases", "tickets", "kinds"]


def a_week(house: House) -> None:
    """Cards of every progress, bookings of every state and some days, notices of every kind, and visits at two offices."""
    key = load_secret(house.graph.settings.var_dir, house.database)
    entries = [
        CardEntry(uuid4().hex, progress, {"name": "受付 花子"}, kept_at=office)
        for progress in CardProgress
        for office in (None, "00", "01")
    ]
    with house.database.write() as work:
        keep_cards(work, house.graph.records, entries, ())
        for place in (0, 4, 9):
            notice_of(work, entries[place].card_id, key)
        notify_again(work, entries[4].card_id, key)
        note_returned(work, entries[9].card_id)
    # 23:30 and 0:30 of Tokyo are two days there and one of UTC.
    late, early = MORNING.replace(hour=14, minute=30), MORNING.replace(hour=15, minute=30)
    for place, state in enumerate((*ReservationState, ReservationState.BOOKED)):
        for minutes, at in enumerate((MORNING, late, early)):
            house.reserve(
                f"80{place}{minutes}0000", at, state="booked", office_id="01" if place % 2 else "00"
            )
            set_state(house, f"80{place}{minutes}0000", state)
    house.reserve("90000001", MORNING)
    house.reserve("90000002", MORNING, office_id="01")
    for number, office in (("90000001", "00"), ("90000002", "01")):
        show = ShowNotice(number, typed=True, language="ja")
        house.graph.runner.run(uuid4(), show, kiosk_at(office, f"kiosk-{office}"))
    house.graph.runner.run(uuid4(), TakeNumber("ja"), kiosk_at("00", "kiosk-00"))
    counter, clerk = house.counter, actor_of(house.signed_in("clerk")[0])
    counter.take_window(uuid4(), clerk, "1")
    ticket = counter.call_next(uuid4(), clerk)["ticket_id"]
    counter.start(uuid4(), clerk, ticket)
    counter.end_incomplete(uuid4(), clerk, ticket)


def set_state(house: House, number: str, state: ReservationState) -> None:
    """What became of a booking."""
    with house.database.write() as work:
        work.connection.execute(
            reservations.update().where(reservations.c.number == number).values(state=state.value)
        )


@pytest.mark.dialect
def test_every_row_is_counted_once_in_its_place(house: House) -> None:
    """On both databases the counts are those of the rows looked at one by one; a day is one of Tokyo."""
    a_week(house)
    with house.database.read() as connection:
        by_place = Counter(
            (row.office_id, in_tokyo(row.starts_at).date(), row.state)
            for row in connection.execute(select(reservations))
        )
        assert {
            (one.office_id, one.day, one.state): one.count for one in count_bookings(connection)
        } == by_place
        assert len({day for _, day, _ in by_place}) == 2
        cards_by_place = Counter((row.kept_at, row.progress) for row in connection.execute(select(cards)))
        assert {(one.office_id, one.state): one.count for one in count_cards(connection)} == cards_by_place
        notices_by = Counter((row.kind, row.state) for row in connection.execute(select(notices)))
        assert {(one.kind, one.state): one.count for one in count_notices(connection)} == notices_by
        assert {state for _, state in notices_by} == {
            NoticeState.MADE, NoticeState.SUPERSEDED, NoticeState.RETURNED,
        }  # fmt: skip
        tickets_by = Counter(
            (row.office_id, row.business_day, row.state) for row in connection.execute(select(tickets))
        )
        assert {
            (one.office_id, one.day, one.state): one.count for one in count_tickets(connection)
        } == tickets_by
        # One day of it is that day of the whole.
        for day in (TODAY, TODAY + timedelta(days=1)):
            whole = [one for one in count_bookings(connection) if one.day == day]
            assert count_bookings(connection, day) == whole
            assert whole
        assert count_tickets(connection, TODAY) == count_tickets(connection)
        kinds_by = Counter(
            (row.office_id, row.business_day, row.kind) for row in connection.execute(select(tickets))
        )
        assert {(one.office_id, one.day, one.kind): one.count for one in count_kinds(connection)} == kinds_by
        assert count_kinds(connection, TODAY + timedelta(days=1)) == []
        assert count_tickets(connection, TODAY + timedelta(days=1)) == []


@pytest.mark.dialect
def test_the_totals_agree_with_each_other(house: House) -> None:
    """Sums of the groups are the numbers of rows; each milestone is within the one before it; cases follow their tickets."""
    a_week(house)
    with house.database.read() as connection:
        totals = milestones(connection)
        of_cards = count_cards(connection)
        for counted, table in (
            (of_cards, cards),
            (count_notices(connection), notices),
            (count_bookings(connection), reservations),
            (count_cases(connection), cases),
            (count_tickets(connection), tickets),
        ):
            rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
            assert sum(one.count for one in counted) == rows > 0
        in_state = Counter[CardProgress]()
        for one in of_cards:
            in_state[one.state] += one.count
        assert totals.applied == in_state.total()
        assert totals.applied > totals.delivered > totals.notified > totals.issued
        assert totals.issued == in_state[CardProgress.ISSUED]
        noticed = connection.execute(select(func.count(func.distinct(notices.c.card_id)))).scalar_one()
        assert noticed <= totals.notified <= noticed + in_state.total()
        incomplete = [one for one in count_tickets(connection) if one.state is TicketState.INCOMPLETE]
        assert sum(one.count for one in incomplete) == 1
        of_tickets = Counter[tuple[str, date]]()
        for ticket in count_tickets(connection):
            of_tickets[ticket.office_id, ticket.day] += ticket.count
        of_cases = Counter[tuple[str, date]]()
        for case in count_cases(connection):
            of_cases[case.office_id, case.day] += case.count
        # Nobody came back for a second case here.
        assert of_cases == of_tickets


@pytest.mark.parametrize(
    ("progress", "noticed", "reached"),
    [
        (CardProgress.APPLIED, False, (1, 0, 0, 0)),
        (CardProgress.DELIVERED, False, (1, 1, 0, 0)),
        (CardProgress.PREPARED, False, (1, 1, 0, 0)),
        (CardProgress.PREPARED, True, (1, 1, 1, 0)),
        (CardProgress.NOTIFIED, False, (1, 1, 1, 0)),
        (CardProgress.OVERDUE, False, (1, 1, 1, 0)),
        (CardProgress.RENOTIFIED, False, (1, 1, 1, 0)),
        (CardProgress.DISCARD_DUE, False, (1, 1, 1, 0)),
        (CardProgress.DISCARDED, False, (1, 1, 1, 0)),
        (CardProgress.ISSUED, False, (1, 1, 1, 1)),
        (CardProgress.MOVED_OUT, False, (1, 0, 0, 0)),
        (CardProgress.MOVED_OUT, True, (1, 1, 1, 0)),
        (CardProgress.APPLICATION_WITHDRAWN, False, (1, 0, 0, 0)),
        (CardProgress.EXPIRED_BEFORE_ISSUE, False, (1, 0, 0, 0)),
        (CardProgress.WITHDRAWN, False, (1, 0, 0, 0)),
        (CardProgress.WITHDRAWN, True, (1, 1, 1, 0)),
    ],
)
def test_a_card_counts_as_far_as_it_is_known_to_have_come(
    small_house: House, progress: CardProgress, noticed: bool, reached: tuple[int, int, int, int]
) -> None:
    """The table of docs/figures-of-work.md, card by card; a notice that was made here proves that the card came."""
    key = load_secret(small_house.graph.settings.var_dir, small_house.database)
    with small_house.database.write() as work:
        entry = CardEntry(uuid4().hex, progress)
        keep_cards(work, small_house.graph.records, [entry], ())
        if noticed:
            notice_of(work, entry.card_id, key)
    with small_house.database.read() as connection:
        totals = milestones(connection)
    assert (totals.applied, totals.delivered, totals.notified, totals.issued) == reached


def figures(house: House, *words: str) -> dict[str, Any]:
    """The JSON that the command prints."""
    result = result_of(command, *words, "--json", "--database", house.graph.settings.database_url)
    assert result.exception is None, result.exception
    shape: dict[str, Any] = json.loads(result.stdout_bytes.decode("utf-8"))
    return shape


def test_the_command_prints_what_was_counted(small_house: House) -> None:
    """JSON for programs, a table for people; each group says how many it has in all; a day leaves out other days."""
    a_week(small_house)
    shape = figures(small_house)
    assert list(shape) == KEYS
    assert list(shape["totals"]) == ["applied", "delivered", "notified", "issued"]
    for name in KEYS[3:]:
        assert all(
            group["count"] == sum(group["kinds" if name == "kinds" else "states"].values())
            for group in shape[name]
        )
    assert [(one["office"], one["day"], one["states"]) for one in shape["tickets"]] == [
        ("00", "2026-11-25", {"waiting": 1, "incomplete": 1}),
        ("01", "2026-11-25", {"waiting": 1}),
    ]
    tomorrow = figures(small_house, "--day", "2026-11-26")
    assert {one["day"] for one in tomorrow["reservations"]} == {"2026-11-26"}
    assert (tomorrow["tickets"], tomorrow["cases"], tomorrow["totals"]) == ([], [], shape["totals"])
    words = result_of(command, "--database", small_house.graph.settings.database_url).output
    assert ["applied", str(shape["totals"]["applied"])] in [line.split() for line in words.splitlines()]
    assert "花子" not in words


def test_an_empty_database_has_figures_too(small_house: House) -> None:
    """Nothing is counted as nothing, in JSON and in words."""
    shape = figures(small_house)
    assert shape["totals"] == {"applied": 0, "delivered": 0, "notified": 0, "issued": 0}
    assert [shape[name] for name in KEYS[3:]] == [[]] * 6
    assert (
        result_of(command, "--database", small_house.graph.settings.database_url).output.count("  none") == 6
    )


def test_wrong_days_and_missing_databases_are_said(tmp_path: Path, small_house: House) -> None:
    """One sentence, and no file is made."""
    for words, said in (
        (["--day", "2026-11-31", "--database", small_house.graph.settings.database_url], "YYYY-MM-DD"),
        (["--database", f"sqlite:///{tmp_path}/none.db"], "there is no database"),
    ):
        result = result_of(command, *words)
        assert isinstance(result.exception, CommandFailedError)
        assert said in result.exception.format_message()
    assert not (tmp_path / "none.db").exists()
    assert figures(small_house, "--day", str(date(2026, 11, 25)))["day"] == "2026-11-25"
