"""The demonstration's notices: each ends as the console says, at the start and hours later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
import pytest

from backend.bootstrap import open_directory
from backend.common.tokyo import TOKYO, in_tokyo
from backend.demo.expected import Expected, Outcome, holds, reserved_for, write_export
from backend.demo.visitors import CARD_BACK, FOREIGN, TOGETHER, Visitors
from backend.exchange.csv_file import Encoding, read_csv
from backend.exchange.importing import import_rows
from backend.exchange.mapping import OfficeNames, load_mapping
from backend.exchange.parsing import parse_file
from backend.offices.directory_file import load_directory
from backend.protection.roles import DeviceKind
from backend.settings import Settings, SpecialOpening
from backend.storage.secrets import load_secret
from backend.wire.codes import CheckInReason, ScanReason
from backend.wire.messages import CheckInReply, CheckInRequest
from kiosk.reading.code_book import CodeBook
from kiosk.reading.ladder import NO_LIMIT, Ladder
from kiosk.reading.selection import verdict_of
from tests.counter import kiosk_at
from tests.support import HandClock, House, make_house

NIGHT = datetime(2026, 11, 22, 20, 58, tzinfo=TOKYO).astimezone(UTC)
"""A Sunday, 20:58 in Tokyo: the ward is closed, the demonstration is open."""

REASONS = {
    Outcome.ON_TIME: CheckInReason.ON_TIME,
    Outcome.EARLY: CheckInReason.EARLY,
    Outcome.LATE: CheckInReason.LATE,
    Outcome.ANOTHER_DAY: CheckInReason.ANOTHER_DAY,
    Outcome.ANOTHER_OFFICE: CheckInReason.ANOTHER_OFFICE,
    Outcome.ANOTHER_DAY_AND_OFFICE: CheckInReason.ANOTHER_OFFICE,
    Outcome.CANCELLED: CheckInReason.NOT_RESERVED,
    Outcome.NO_CARD: CheckInReason.NO_CARD,
    Outcome.ISSUED: CheckInReason.ALREADY_ISSUED,
    Outcome.UNKNOWN: CheckInReason.UNKNOWN,
}
ladder = Ladder(budget_ms=NO_LIMIT)


@dataclass
class Evening:
    """A counter with the demonstration's visitors, on a clock that is moved by hand."""

    house: House
    expected: list[Expected]
    visitors: Visitors

    def picture(self, one: Expected) -> Path:
        """Where somebody's notice is."""
        return next(sample.picture for sample in self.visitors.samples if sample.name == one.number)

    def wait(self, *, minutes: int) -> set[str]:
        """Let time go by as the demonstration does, and return who was moved."""
        moved: set[str] = set()
        for _ in range(minutes):
            self.house.clock.advance(minutes=1)
            moved |= set(self.visitors.renew(self.house.clock.now))
        return moved

    def show(self, one: Expected) -> CheckInReply:
        """Hold up somebody's notice: what the kiosk's decoders read of the picture is what the server is asked."""
        reason, text = read(self.picture(one))
        assert reason is ScanReason.OK
        request = CheckInRequest.model_validate({"request_id": uuid4(), "code": text})
        return self.house.counter.check_in(request, kiosk_at("00", "kiosk-1"))

    def print_all(self) -> list[str]:
        """Print what is to be printed and return the names."""
        return list(iter(self.visitors.print_next, None))


def read(file: Path) -> tuple[ScanReason, str | None]:
    """What the kiosk makes of a picture before its camera."""
    picture = np.asarray(cv2.imread(str(file)), np.uint8)
    showing = verdict_of(ladder.read_in_detail(picture).reading.symbols, CodeBook().has)
    return showing.reason, showing.text


pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """The demonstration on a Sunday evening, every notice printed."""
    folder = tmp_path_factory.mktemp("demo")
    openings = tuple(
        SpecialOpening.model_validate({"office": "00", "on": NIGHT.astimezone(TOKYO).date() + timedelta(days=ahead), "opens": "00:00", "closes": "23:59"})
        for ahead in range(3)
    )  # fmt: skip
    url = f"sqlite:///{folder / 'uketsuke.db'}"
    house = make_house(url, folder, HandClock(NIGHT), special_openings=openings)
    settings = Settings(database_url=url, var_dir=folder, special_openings=openings)
    expected = write_export(folder / "export.csv", open_directory(settings), NIGHT)
    mapping = load_mapping()
    parsed = parse_file(
        read_csv(folder / "export.csv", Encoding.CP932),
        mapping,
        OfficeNames(load_directory(settings.offices_file), mapping.offices),
        NIGHT,
    )
    import_rows(
        house.database,
        house.graph.records,
        parsed,
        load_secret(folder),
        identifying=settings.identifying_numbers,
    )
    house.device(DeviceKind.KIOSK)
    visitors = Visitors(settings, folder / "notices", expected, NIGHT)
    visitors.send_notices(NIGHT)
    told = Evening(house, expected, visitors)
    told.print_all()
    yield told
    visitors.close()
    house.database.dispose()


def test_every_notice_ends_as_it_says_also_hours_later(evening: Evening) -> None:
    """Who tries the counter hours after its start, or in the night, finds each outcome under its name."""
    first, second = (one for one in evening.expected if one.shows.startswith("on time, comes alone"))
    others = [one for one in evening.expected if one.outcome is not Outcome.ON_TIME]
    assert {one.outcome for one in [first, *others]} == set(Outcome) == set(REASONS)
    printed = evening.picture(first).read_bytes()

    moved = evening.wait(minutes=150)
    assert {one.outcome for one in evening.expected if one.number in moved} >= {
        Outcome.ON_TIME,
        Outcome.EARLY,
    }
    assert evening.visitors.print_next() == first.number
    assert evening.picture(first).read_bytes() == printed, "the enclosure names no time"
    assert {one.outcome: evening.show(one).reason for one in [first, *others]} == REASONS

    moved = evening.wait(minutes=20)
    assert second.number in moved
    assert first.number not in moved, "a visitor who has a number must not be moved"

    evening.wait(minutes=180)
    replies = {one.outcome: evening.show(one) for one in [second, *others]}
    assert {outcome: reply.reason for outcome, reply in replies.items()} == REASONS
    today = in_tokyo(evening.house.clock.now).date()
    assert today == in_tokyo(NIGHT).date() + timedelta(days=1)
    elsewhere, both = replies[Outcome.ANOTHER_OFFICE], replies[Outcome.ANOTHER_DAY_AND_OFFICE]
    assert elsewhere.reserved_for is not None
    assert in_tokyo(elsewhere.reserved_for).date() == today
    assert both.reserved_for is not None
    assert in_tokyo(both.reserved_for).date() != today


def test_a_visitor_is_found_by_how_their_check_in_ends(evening: Evening) -> None:
    """The played visit without a reservation is that of the one whose reservation was cancelled."""
    cancelled = next(one for one in evening.expected if one.outcome is Outcome.CANCELLED)
    assert evening.visitors.number_of(Outcome.CANCELLED) == cancelled.number


def test_what_is_held_up_besides_is_told_apart(evening: Evening) -> None:
    """The back of a card is refused, somebody else's code is foreign, and between two notices nobody chooses."""
    pictures = {sample.name: sample.picture for sample in evening.visitors.samples}
    assert read(pictures[CARD_BACK]) == (ScanReason.MY_NUMBER, None)
    assert read(pictures[FOREIGN]) == (ScanReason.FOREIGN, None)
    assert read(pictures[TOGETHER]) == (ScanReason.AMBIGUOUS, None)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("hour", [1, 9, 13, 22])
def test_a_time_made_now_holds_for_a_while(outcome: Outcome, hour: int) -> None:
    """A fresh time is never due at once, otherwise the demonstration would import without end."""
    now = datetime(2026, 11, 22, hour, 3, 17, tzinfo=TOKYO)
    assert holds(outcome, reserved_for(outcome, now), now)
