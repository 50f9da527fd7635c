"""Everything that a visit remembers."""

from dataclasses import dataclass, field

from backend.common import Language
from kiosk.visit.inputs import Timer
from kiosk.visit.screens import Screen
from kiosk.visit.surroundings import Conditions


@dataclass(frozen=True, slots=True)
class State:
    """Everything the flow remembers.

    Args:
        screen: what is shown.
        language: the visitor's language.
        conditions: what is known of the surroundings.
        started: how many timers were started so far; this number identifies a start, so that a timer that ran out
            just before it was stopped is ignored.
        running: the timers that run, each with the number of its start.
    """

    screen: Screen
    language: Language
    conditions: Conditions = field(default_factory=Conditions)
    started: int = 0
    running: tuple[tuple[Timer, int], ...] = ()
