"""One step of the visit flow: how long screens stay, and a draft of the new state with its effects."""

from dataclasses import dataclass, replace
from typing import Final

from kiosk.visit.effects import CancelTimer, Effect, StartTimer
from kiosk.visit.inputs import Timer
from kiosk.visit.screens import Screen, Trouble, Unhurried
from kiosk.visit.state import Closing, State

MAX_RETRIES: Final = 4
"""How often the kiosk asks again by itself for one visitor; after that only when the server is back or on a tap."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How long screens stay, in seconds.

    Args:
        ticket: the ticket screen, from the end of printing or the last touch.
        ticket_settle: time before another notice may replace a ticket.
        ticket_unprinted: the ticket screen during printing, and where the visitor must remember the number because
            printing failed or was not confirmed.
        ticket_warning: the last part of both, in which the visitor is told that the screen closes; WCAG 2.2.1 asks for
            at least 20.
        trouble: time without a tap on the trouble screen before the visitor is asked.
        keypad: the same on the keypad, on the pages of what to bring, and on the question about a number.
        keypad_warning: time between that question and the first screen; WCAG 2.2.1 asks for at least 20.
        hint: a hint on the welcome screen.
        language: a chosen language on the welcome screen.
        working: time to wait for the server's answer.
        retry: time before the kiosk asks again by itself when the server was away.
    """

    ticket: float = 30.0
    ticket_settle: float = 2.0
    ticket_unprinted: float = 60.0
    ticket_warning: float = 20.0
    trouble: float = 20.0
    keypad: float = 60.0
    keypad_warning: float = 20.0
    hint: float = 8.0
    language: float = 60.0
    working: float = 20.0
    retry: float = 5.0


@dataclass(frozen=True, slots=True)
class Transition:
    """The result of one input: the new state and the effects."""

    state: State
    effects: tuple[Effect, ...]


class Draft:
    """A step in the making.

    Args:
        state: before it.
        durations: how long screens stay.
    """

    def __init__(self, state: State, durations: Durations) -> None:
        self.state = state
        self.durations = durations
        self.effects: list[Effect] = []

    def show(self, screen: Screen) -> None:
        """Change to another screen; the timers of the last one stop."""
        for timer, _ in self.state.running:
            self.stop(timer)
        self.state = replace(self.state, screen=screen, closing=None)

    def show_unhurried(self, screen: Unhurried) -> None:
        """Show a screen that asks the visitor whether they are still there before it closes."""
        self.show(screen)
        self.await_touch()
        if isinstance(screen, Trouble) and screen.retry is not None and screen.retries < MAX_RETRIES:
            self.alter(replace(screen, retry_seconds=self.durations.retry))
            self.start(Timer.RETRY, self.durations.retry)

    def await_touch(self) -> None:
        """Let the time begin anew after which a visitor is asked whether they are still there."""
        calm, warning = self._calm(), self.durations.keypad_warning
        self.start(Timer.SCREEN, calm)
        self.close_in(calm + warning, calm + warning)

    def warn(self) -> None:
        """Let the time begin that the visitor has to answer that question."""
        warning = self.durations.keypad_warning
        self.start(Timer.SCREEN, warning)
        self.close_in(warning, self._calm() + warning, urgent=True)

    def _calm(self) -> float:
        trouble = isinstance(self.state.screen, Trouble)
        return self.durations.trouble if trouble else self.durations.keypad

    def close_in(self, seconds: float, total: float, *, urgent: bool = False) -> None:
        """Tell how much time is left, from the last start of a timer on."""
        self.state = replace(self.state, closing=Closing(self.state.started, seconds, total, urgent))

    def alter(self, screen: Screen) -> None:
        """Change something on the screen; timers run on."""
        self.state = replace(self.state, screen=screen)

    def start(self, timer: Timer, seconds: float) -> None:
        """Start a timer, or start it again if it runs."""
        epoch = self.state.started + 1
        others = tuple(pair for pair in self.state.running if pair[0] is not timer)
        self.state = replace(self.state, started=epoch, running=(*others, (timer, epoch)))
        if timer is Timer.SCREEN:
            self.state = replace(self.state, closing=None)
        self.effects.append(StartTimer(timer, seconds, epoch))

    def stop(self, timer: Timer) -> None:
        """Stop a timer."""
        others = tuple(pair for pair in self.state.running if pair[0] is not timer)
        self.state = replace(self.state, running=others)
        self.effects.append(CancelTimer(timer))

    def ended(self, timer: Timer) -> None:
        """Forget a timer that ran out."""
        others = tuple(pair for pair in self.state.running if pair[0] is not timer)
        self.state = replace(self.state, running=others)

    def do(self, *effects: Effect) -> None:
        """Add effects."""
        self.effects.extend(effects)
