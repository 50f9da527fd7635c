"""A mother with two children and one stray notice, end to end: ``uketsuke demo --once --party`` through real processes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from backend.demo.other_visits import HURRIED_FRAMES
from backend.demo.scene import FRAMES
from backend.demo.timeline import PARTY_CARDS, PlayedKind, due_steps
from tests.played_support import Played, decoded, left_behind, play

pytestmark = pytest.mark.timeout(900)

CARDS = [1, 2, 3]


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The visit, played for all tests of this file."""
    return play(tmp_path_factory.mktemp("party") / "out", "--party")


def of(party: Played, step: str) -> list[Mapping[str, Any]]:
    """The moments of one step, in order of time."""
    return [moment for moment in party.timeline() if moment["step"] == step]


def test_a_party_has_one_number_and_a_course_for_each_card(party: Played) -> None:
    """Each card is complete and handed out by itself; every moment is of the one number, and none is missing."""
    told = party.timeline()
    assert {moment["ticket"] for moment in told} == {"M-001"}
    assert {(moment["step"], moment.get("case")) for moment in told} == due_steps(PlayedKind.PARTY)
    assert len(told) == len(due_steps(PlayedKind.PARTY))
    assert [moment["case"] for moment in of(party, "joined")] == CARDS[1:]
    for step in ("case_complete", "issued"):
        assert [moment["case"] for moment in of(party, step)] == CARDS
    assert "M-001" in party.said


def test_nobody_is_handed_over_before_each_card_is_complete(party: Played) -> None:
    """The order of the counter holds for a party as for one person."""

    def last(step: str) -> datetime:
        return datetime.fromisoformat(of(party, step)[-1]["at"])

    assert last("printed") < last("joined") < last("called") < last("case_complete")
    assert last("case_complete") == last("documents_complete") < last("handed_over")
    assert last("handed_over") < last("called_to_issuance") < last("issued")


def test_the_stray_notice_got_no_number(party: Played) -> None:
    """The kiosk gave a number once, took two notices to it, and refused the one of another day."""
    text = (party.out / "logs" / "kiosk.log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    answers = [line["reason"] for line in lines if line["event"] in {"checked_in", "check_in_refused"}]
    assert answers == ["on_time", "joined", "another_day", "joined"]
    assert sum(line["event"] == "ticket_printed" for line in lines) == 1


def test_each_notice_is_one_of_its_own_and_was_seen(party: Played) -> None:
    """Four codes were printed, and the last frame of each notice shows its own and no other."""
    names = ("notice.png", "notice-2.png", "notice-stray.png", "notice-3.png")
    printed = [code for name in names for code in decoded(party.picture(name))]
    assert len(set(printed)) == PARTY_CARDS + 1
    frames = sorted(frame.name for frame in (party.out / "frames").iterdir())
    ends = (FRAMES, *(FRAMES + HURRIED_FRAMES * more for more in range(1, PARTY_CARDS + 1)))
    assert len(frames) == ends[-1]
    seen = [code for end in ends for code in decoded(party.picture(f"frames/{frames[end - 1]}"))]
    assert seen == printed


@pytest.mark.parametrize("name", ["kiosk-stray.png", "kiosk-party.png", "clerk-checklist.png", "staff.png"])
def test_what_a_party_looks_like_was_kept(party: Played, name: str) -> None:
    """Somebody looks at these pictures: none is black or empty."""
    picture = party.picture(name)
    colours = picture.getcolors(picture.width * picture.height)
    assert colours is not None
    assert len(colours) > 50
    assert max(count for count, _ in colours) < 0.97 * picture.width * picture.height


def test_no_process_of_a_party_is_left(party: Played) -> None:
    """What four notices took ends with the visit, too."""
    assert left_behind(party.mark) == []
