"""Short methods to drive a kiosk's flow, without a screen, a server or a clock."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from backend.common.catalogue import Language
from backend.wire.codes import CheckInReason, PrinterTrouble, PrintState, ScanReason, TicketState
from backend.wire.messages import BringItem, BringSituation, CheckInReply, TicketMessage
from kiosk.session.health import MachineHealth, MachinePart
from kiosk.visit.effects import Effect, StartTimer
from kiosk.visit.flow import Flow
from kiosk.visit.inputs import (
    Answered,
    Button,
    Input,
    KeyTapped,
    PrintFinished,
    Scanned,
    ServerChanged,
    Tapped,
    Timer,
    TimerElapsed,
)
from kiosk.visit.screens import Screen, Working
from kiosk.visit.state import State
from kiosk.visit.texts import KioskWords, Text
from kiosk.visit.transition import Durations

NOW = datetime(2026, 11, 24, 1, 21, tzinfo=UTC)
JA = KioskWords(Language.JAPANESE)
SITUATIONS = tuple(
    BringSituation(
        code=code, title={"ja": code}, bring={"ja": [BringItem(thing="交付通知書", note="回答書を書く")]}
    )
    for code in ("self", "agent")
)


def a_ticket(number: int = 1, print_state: PrintState = PrintState.PENDING) -> TicketMessage:
    """A ticket as the server would send it."""
    return TicketMessage(
        ticket_id=UUID(int=number),
        number=f"M-{number:03}",
        office_id="00",
        business_day=date(2026, 11, 24),
        state=TicketState.WAITING,
        issued_at=NOW,
        print_state=print_state,
    )


def calm(whole: float) -> float:
    """The seconds of a ticket's time before the warning that the screen closes."""
    return whole - Durations().ticket_warning


def text(said: Text) -> str:
    """A text of a view in a language, as a str."""
    assert isinstance(said, str)
    return said


@dataclass
class Visit:
    """A flow with its present state, and short methods to drive it."""

    flow: Flow = field(default_factory=Flow)
    ids: int = 1000

    def __post_init__(self) -> None:
        self.state: State = self.flow.begin()
        self.effects: tuple[Effect, ...] = ()

    def take(self, happened: Input) -> tuple[Effect, ...]:
        """One step; returns its effects."""
        step = self.flow.step(self.state, happened)
        self.state, self.effects = step.state, step.effects
        return step.effects

    def fresh(self) -> UUID:
        """A new request id."""
        self.ids += 1
        return UUID(int=self.ids)

    def open(self) -> "Visit":
        """Report that the server is available, so that the first screen is shown."""
        self.take(ServerChanged(up=True))
        return self

    def scan(self, text: str | None, reason: ScanReason = ScanReason.OK) -> tuple[Effect, ...]:
        """Report a scan."""
        return self.take(Scanned(reason, self.fresh(), text))

    def tap(self, button: Button) -> tuple[Effect, ...]:
        """Tap a button."""
        return self.take(Tapped(button, self.fresh()))

    def type(self, keys: str) -> tuple[Effect, ...]:
        """Tap keys; returns the effects of the last one."""
        for key in keys:
            self.take(KeyTapped(key, self.fresh()))
        return self.effects

    def answer(
        self, reason: CheckInReason, ticket: TicketMessage | None = None, **more: object
    ) -> tuple[Effect, ...]:
        """Give the server's answer to the present question."""
        screen = self.state.screen
        assert isinstance(screen, Working)
        reply = CheckInReply.model_validate({"reason": reason, "ticket": ticket, **more})
        return self.take(Answered(screen.request.request_id, reply))

    def printed(self, state: PrintState, job: int = 1, ticket: int = 1) -> tuple[Effect, ...]:
        """Report that the printer has finished a job."""
        trouble = PrinterTrouble.PAPER_OUT if state is PrintState.FAILED else None
        return self.take(PrintFinished(UUID(int=ticket), job, state, trouble, self.fresh()))

    def shows(self, screen: Screen) -> bool:
        """Whether exactly this screen is shown."""
        return self.state.screen == screen

    def elapse(self, timer: Timer = Timer.SCREEN) -> tuple[Effect, ...]:
        """Let a running timer run out."""
        return self.take(TimerElapsed(timer, dict(self.state.running)[timer]))

    def ticket(self) -> "Visit":
        """Go up to the ticket screen, with the ticket printed."""
        self.open().scan("CODE")
        self.answer(CheckInReason.ON_TIME, a_ticket())
        self.printed(PrintState.PRINTED)
        return self


def of(effects: tuple[Effect, ...], kind: type[Effect]) -> list[Effect]:
    """The effects of one kind."""
    return [effect for effect in effects if isinstance(effect, kind)]


def seconds(effects: tuple[Effect, ...], timer: Timer = Timer.SCREEN) -> float:
    """For how many seconds a timer was started."""
    started = [e.seconds for e in effects if isinstance(e, StartTimer) and e.timer is timer]
    return started[-1]


def parts_of(health: MachineHealth) -> dict[str, str]:
    """Every part with ``ok`` or the code of its trouble or need; the hand scanner only if one is expected."""
    parts = [part for part in MachinePart if part is not MachinePart.SCANNER or part in health._bad]
    known = health._care | health._away
    return {part.value: known.get(part, "ok") for part in parts}
