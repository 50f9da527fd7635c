"""An import tells the pages that show a visitor whose card it changed, once for each office, and tells nobody else anything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.cards.states import WardStatus
from backend.cli.import_reservations import command
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.reception.board_snapshot import message_of
from backend.reception.changed_cards import tell_changed_cards
from backend.reception.commands import ShowNotice
from backend.storage.errors import StorageBusyError
from backend.storage.event_log import LoggedEvent, events
from backend.storage.unit_of_work import UnitOfWork
from queue_display.board import apply
from tests.command_support import result_of
from tests.counter import kiosk_at
from tests.exchange_support import KEY
from tests.support import House, real_time_house


def arrive_at(house: House, office_id: str, number: str) -> UUID:
    """Somebody who is booked at an office has a number there."""
    house.reserve(number, card_number=f"CARD{number}", office_id=office_id)
    show = ShowNotice(number, typed=True, language="ja")
    ticket = house.graph.runner.run(uuid4(), show, kiosk_at(office_id, f"kiosk-{office_id}")).ticket
    assert ticket is not None
    return ticket.ticket_id


def row(house: House, number: str, office_id: str = "00", **columns: Any) -> ReservationRecord:
    """What a file of the ward says of a card."""
    known: dict[str, Any] = {"name": "受付 花子", "state": WardStatus.WITHDRAWN.value, **columns}
    return ReservationRecord(
        number=number,
        card_number=f"CARD{number}",
        office_id=office_id,
        starts_at=house.clock.now,
        **known,
    )


def imported(house: House, rows: Sequence[ReservationRecord], **more: Any) -> None:
    """Import a file as the command does."""
    import_rows(
        house.database,
        house.graph.records,
        ParsedFile(tuple(rows), 0, (), "utf-8"),
        KEY,
        identifying=("card_number",),
        **{"tell": tell_changed_cards, **more},
    )


def told(house: House) -> list[LoggedEvent]:
    """The events about changed cards, office by office."""
    with house.database.read() as connection:
        query = (
            select(events).where(events.c.kind == "cards_changed").order_by(events.c.office_id, events.c.seq)
        )
        return [LoggedEvent(**one) for one in connection.execute(query).mappings()]


@pytest.mark.dialect
def test_every_office_whose_visitors_cards_changed_is_told_once(house: House) -> None:
    """Two cards at one office are one event, a card of somebody who did not come none; the counts are true."""
    for office_id, number in (("00", "88870001"), ("00", "88870002"), ("01", "88870003"), ("02", "88870004")):
        arrive_at(house, office_id, number)
    house.reserve("88870005", card_number="CARD88870005", office_id="03")
    changed = [row(house, f"8887000{last}", office) for last, office in ((1, "00"), (2, "00"), (3, "01"), (5, "03"))]  # fmt: skip
    imported(house, changed)
    assert [(one.office_id, one.facts) for one in told(house)] == [
        ("00", {"waiting": 2, "preparing": 0}),
        ("01", {"waiting": 1, "preparing": 0}),
    ]
    assert house.graph.boards.snapshot("00").seq == told(house)[0].seq
    imported(house, changed)
    assert len(told(house)) == 2, "the same file once more changes nothing"
    imported(house, [replace(changed[0], name="受付 太郎")])
    assert [one.office_id for one in told(house)] == ["00", "00", "01"]


def test_nothing_is_told_where_nobody_can_see_a_change(small_house: House) -> None:
    """Without visitors, on the day after, for a new card, and for a file that is only looked at there is no event."""
    small_house.reserve("88870001", card_number="CARD88870001")
    imported(small_house, [row(small_house, "88870001"), row(small_house, "99990001")])
    arrive_at(small_house, "00", "88870002")
    imported(small_house, [row(small_house, "88870002")], dry_run=True)
    small_house.clock.now += timedelta(days=1)
    imported(small_house, [row(small_house, "88870002")])
    assert told(small_house) == []


def test_a_display_is_told_nothing_but_the_counts_it_has(small_house: House) -> None:
    """No number, no card and no reason reaches a hall: the board is the one of before, at a later event."""
    arrive_at(small_house, "00", "88870001")
    board = small_house.graph.boards.snapshot("00")
    imported(small_house, [row(small_house, "88870001")])
    (event,) = told(small_house)
    message = message_of(event)
    assert message is not None
    assert message.model_dump(exclude_none=True).keys() == {
        "seq", "kind", "at", "office_id", "business_day", "waiting", "preparing",
    }  # fmt: skip
    before = apply(None, board).state
    step = apply(before, message)
    assert before is not None
    assert (step.state, step.new, step.snapshot_wanted) == (replace(before, seq=event.seq), (), False)


def test_an_import_stands_although_nobody_could_be_told(small_house: House) -> None:
    """What was committed is not reported as failed because an office was busy in the moment after."""

    def busy(_work: UnitOfWork, _cards: object) -> None:
        raise StorageBusyError("busy")

    arrive_at(small_house, "00", "88870001")
    imported(small_house, [row(small_house, "88870001")], tell=busy)
    assert told(small_house) == []
    imported(small_house, [row(small_house, "88870001")])
    assert told(small_house) == [], "the first import stood, so that the second one changes nothing"


def test_the_command_tells(tmp_path: Path) -> None:
    """`uketsuke import` beside a running counter writes the event into the log that the server reads."""
    house = real_time_house(f"sqlite:///{tmp_path}/u.db", tmp_path)
    arrive_at(house, "00", "88870001")
    config, file = tmp_path / "server.toml", tmp_path / "export.csv"
    config.write_text(f'database_url = "{house.graph.settings.database_url}"\nvar_dir = "{tmp_path}/var"\n')
    today = f"{house.clock.now:%Y-%m-%d}"
    file.write_text(
        "予約番号,氏名,予約日時,交付窓口,処理状況,製造管理番号\n"
        f"88870001,受付 花子,{today} 10:00,本庁,交付済,CARD88870001\n",
        "utf-8",
    )
    result = result_of(command, file, "--config", config)
    assert result.exception is None, result.output
    assert [one.office_id for one in told(house)] == ["00"]
    house.graph.records.store.dispose()
    house.database.dispose()
