"""Everything that a visit remembers."""

from dataclasses import dataclass, field

from backend.common import Language
from kiosk.visit.inputs import Timer
from kiosk.visit.screens import Screen
from kiosk.visit.surroundings import Conditions


@dataclass(frozen=True, slots=True)
class Closing:
    """The time that is left before a screen closes by itself.

    Args:
        epoch: the number of the timer's start; it tells one countdown from the next.
        seconds: how long it still takes, from that start.
        total: how long it takes from the visitor's last touch, in seconds.
        urgent: whether the visitor is being asked whether they are still there.
    """

    epoch: int
    seconds: float
    total: float
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long the kiosk waits before it tries again, as a bar shows it.

    Attributes:
        seconds: how long from its start; what follows is up to the flow.
        turn: number of the start; with another one, the bar begins anew.
    """

    seconds: float
    turn: int


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
        closing: the time that is left on this screen; None while it does not close by itself.
        eased: whether the visitor asked for screens that are easier to see.
    """

    screen: Screen
    language: Language
    conditions: Conditions = field(default_factory=Conditions)
    started: int = 0
    running: tuple[tuple[Timer, int], ...] = ()
    closing: Closing | None = None
    eased: bool = False

    def start_of(self, timer: Timer) -> int:
        """The number of a timer's start; 0 where it does not run."""
        return dict(self.running).get(timer, 0)
