"""Somebody without a reservation who goes without the card, end to end: ``uketsuke demo --once --walk-in --no-card``.

One visit for both, as a visit through real processes takes long: how a walk-in comes and is tied, and how a visit ends at
issuance without a card. The other halves are those of the visit of one person with a notice.
"""

import json
import re

import pytest

from backend.demo.timeline import PlayedKind, due_steps
from tests.played_support import Played, left_behind, play

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def walk_in(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The visit, played for all tests of this file."""
    return play(tmp_path_factory.mktemp("walk-in") / "out", "--walk-in", "--no-card")


def test_a_walk_in_goes_every_step_and_ends_without_the_card(walk_in: Played) -> None:
    """One number of the assisted queue, tied to a card before its papers are complete, handed over, and ended in the order of a counter."""
    told = walk_in.timeline()
    (number,) = {moment["ticket"] for moment in told}
    assert re.fullmatch(r"W-\d{3}", number)
    assert f"Ticket {number} ended at issuance without a card" in walk_in.said
    assert {(moment["step"], None) for moment in told} == due_steps(PlayedKind.WALK_IN_NO_CARD)
    at = walk_in.times()
    assert at["checked_in"] < at["printed"] < at["called"] < at["documents_complete"]
    assert at["documents_complete"] < at["handed_over"] < at["called_to_issuance"] < at["not_issued"]


def test_nothing_was_held_up_and_the_kiosk_asked_what_for(walk_in: Played) -> None:
    """The kiosk read no code: the number was asked for by a press, after the question what somebody comes for."""
    text = (walk_in.out / "logs" / "kiosk.log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    screens = [line["screen"] for line in lines if line["event"] == "screen_shown"]
    assert screens.index("kinds") < screens.index("ticket")
    assert [line["reason"] for line in lines if line["event"] == "checked_in"] == ["walk_in"]


@pytest.mark.parametrize("name", ["kiosk-kinds.png", "kiosk-ticket.png", "clerk-checklist.png", "staff.png"])
def test_what_a_walk_in_looks_like_was_kept(walk_in: Played, name: str) -> None:
    """Somebody looks at these pictures: none is black or empty."""
    picture = walk_in.picture(name)
    colours = picture.getcolors(picture.width * picture.height)
    assert colours is not None
    assert len(colours) > 50
    assert max(count for count, _ in colours) < 0.97 * picture.width * picture.height


def test_no_process_of_a_walk_in_is_left(walk_in: Played) -> None:
    """What the visit took ends with it."""
    assert left_behind(walk_in.mark) == []
