"""`uketsuke conflicts`: both sides as codes for people and programs, and a decision that is carried out."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import Result

from backend.cards.ward_words import WardWord
from backend.cli.conflicts import command
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.reservations.changing import Appointment, move_here
from backend.reservations.lookup import find_match
from backend.reservations.reservation_state import Channel
from tests.command_support import result_of
from tests.exchange_support import KEY
from tests.support import MORNING, HandClock, House, make_house

LATER = MORNING + timedelta(days=8)
THIRD = MORNING + timedelta(days=3)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A counter where one booking was moved here and, elsewhere, in the ward's system."""
    made = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", HandClock(MORNING))
    says(made, MORNING)
    with made.database.write() as work:
        move_here(work, card(made), Appointment("90000001", "03", LATER, Channel.PHONE))
    says(made, THIRD)
    yield made
    made.graph.records.store.dispose()
    made.database.dispose()


def says(house: House, at: object) -> None:
    """A file of the ward says when somebody is expected."""
    row = ReservationRecord(
        number="80000001",
        name="受付 花子",
        state=WardWord.BOOKED.value,
        card_number="CARD0001",
        office_id="00",
        starts_at=at,  # type: ignore[arg-type] # a time
    )
    file = ParsedFile((row,), 0, (), "utf-8")
    import_rows(house.database, house.graph.records, file, KEY, identifying=("card_number",))


def card(house: House) -> str:
    """The one card."""
    with house.database.read() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM cards").scalar_one())


def run(house: House, *words: str) -> Result:
    """Give the command on the database of the house."""
    return result_of(command, *words, "--database", house.graph.settings.database_url)


def expected(house: House) -> object:
    """When the visitor is expected."""
    with house.database.read() as connection:
        match = find_match(connection, card(house))
    return match.booking.starts_at if match and match.booking else None


def test_both_sides_are_listed_with_nothing_personal(house: House) -> None:
    """State, office and time of each side, and the numbers by which the card is found in either system."""
    told = run(house).stdout
    assert "90000001 80000001" in told
    assert "  ours    booked     03  2026-12-03 09:30" in told
    assert "  theirs  booked     00  2026-11-28 09:30" in told
    assert "花子" not in told
    (one,) = json.loads(run(house, "--json").stdout)
    assert one["numbers"] == ["90000001", "80000001"]
    assert one["ours"] == {"state": "booked", "office": "03", "starts_at": LATER.isoformat()}
    assert one["theirs"]["starts_at"] == THIRD.isoformat()


@pytest.mark.parametrize(("side", "at"), [("--ours", LATER), ("--theirs", THIRD)])
def test_a_decision_is_carried_out(house: House, side: str, at: object) -> None:
    """By the beginning of the id; afterwards the list is empty, and the same file again asks nothing."""
    (one,) = json.loads(run(house, "--json").stdout)
    assert run(house, side, one["id"][:8]).stdout == f"1 decided: {side[2:]}\n"
    assert expected(house) == at
    assert run(house).stdout == "no conflict is open\n"
    says(house, THIRD)
    assert expected(house) == at
    assert run(house).stdout == "no conflict is open\n"


def test_wrong_use_decides_nothing(house: House) -> None:
    """An id that is none, and half a command, are one sentence each."""
    unknown = run(house, "--theirs", "ffff")
    assert unknown.exit_code == 1
    assert "no open conflict begins with ffff; nothing was decided" in str(unknown.exception)
    for words in (["--ours"], ["abcd"], ["--ours", "--theirs", "abcd"]):
        assert isinstance(run(house, *words).exception, click.UsageError)
    assert expected(house) == LATER
