"""The surroundings of a visit: what each piece of news changes, and which screen comes first."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from backend.wire.messages import BringSituation, NumberShape
from kiosk.visit.inputs import BringChanged, CameraChanged, News, NumbersChanged, OfficeChanged, ServerChanged
from kiosk.visit.screens import Closed, OutOfService, Screen, Welcome
from kiosk.visit.surroundings import Conditions, ServerState, conditions_after, home

OPENS = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
SHAPES = (NumberShape.model_construct(),)
SITUATIONS = (BringSituation.model_construct(),)


def test_a_kiosk_that_was_just_switched_on_knows_nothing_bad() -> None:
    """Protects the first screen after a start from troubles that were never reported."""
    assert Conditions() == Conditions(
        ServerState.STARTING, camera=True, open_now=True, opens_at=None, numbers=(), bring=()
    )


@pytest.mark.parametrize(
    ("news", "changed"),
    [
        (ServerChanged(up=True), {"server": ServerState.UP}),
        (ServerChanged(up=False), {"server": ServerState.DOWN, "tries": 1}),
        (CameraChanged(working=False), {"camera": False}),
        (OfficeChanged(open_now=False, opens_at=OPENS), {"open_now": False, "opens_at": OPENS}),
        (NumbersChanged(SHAPES), {"numbers": SHAPES}),
        (BringChanged(SITUATIONS), {"bring": SITUATIONS}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_news_change_what_they_are_of_and_nothing_else(news: News, changed: dict[str, object]) -> None:
    """Protects what is known of one part of the machine from news of another."""
    before = Conditions()
    after = conditions_after(before, news)
    for field in fields(Conditions):
        assert getattr(after, field.name) == changed.get(field.name, getattr(before, field.name)), field.name


def test_every_question_in_vain_is_counted_until_one_is_answered() -> None:
    """Protects the sign of a kiosk that tries again by itself: it moves on with each attempt, and with nothing else."""
    known = Conditions()
    for tries in (1, 2, 3):
        known = conditions_after(known, ServerChanged(up=False))
        assert known.tries == tries
    assert conditions_after(known, CameraChanged(working=False)).tries == 3
    assert conditions_after(known, ServerChanged(up=True)).tries == 0


@pytest.mark.parametrize(
    ("conditions", "screen"),
    [
        (Conditions(), OutOfService),
        (Conditions(server=ServerState.DOWN), OutOfService),
        (Conditions(server=ServerState.UP), Welcome),
        (Conditions(server=ServerState.UP, open_now=False), Closed),
        (Conditions(server=ServerState.UP, camera=False), Welcome),
    ],
)
def test_the_first_screen_is_that_of_the_surroundings(conditions: Conditions, screen: type[Screen]) -> None:
    """Protects visitors from a welcome at a machine that can receive nobody; without a camera they type."""
    assert isinstance(home(conditions), screen)
