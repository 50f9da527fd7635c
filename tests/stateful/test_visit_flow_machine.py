"""Any visit at all: random scans, taps, answers, printers and clocks, against what must always hold."""

from uuid import UUID

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.common.catalogue import Language
from backend.wire.codes import (
    ALIVE_STATES,
    CheckInReason,
    PrinterTrouble,
    PrintState,
    ScanReason,
    TicketState,
)
from backend.wire.messages import BringSituation, CheckInReply, KindChoice, NumberShape
from backend.wire.my_number import contains_my_number
from kiosk.visit.effects import (
    CancelTimer,
    PlayTone,
    PrintList,
    PrintTicket,
    ReportPrint,
    ReportRefusal,
    SendCheckIn,
    SendJoin,
    StartTimer,
    WalkIn,
)
from kiosk.visit.flow import Flow
from kiosk.visit.inputs import (
    Answered,
    BringChanged,
    Button,
    CameraChanged,
    Input,
    KeyTapped,
    KindsChanged,
    KindTapped,
    LanguageTapped,
    ListPrinted,
    NotJoinable,
    NumbersChanged,
    OfficeChanged,
    PartyLimitChanged,
    PrintFinished,
    Scanned,
    ServerChanged,
    SituationTapped,
    Tapped,
    Timer,
    TimerElapsed,
    TroubleReason,
    Unanswered,
)
from kiosk.visit.joining_steps import party_of
from kiosk.visit.presenter import present
from kiosk.visit.screens import Closed, Joining, Keypad, OutOfService, TicketShown, Welcome, Working
from kiosk.visit.state import State
from kiosk.visit.surroundings import home
from kiosk.visit.ticket_steps import MAX_PRINT_JOBS
from kiosk.visit.typed_number import KEYS, LONGEST
from tests.kiosk_support import NOW, SITUATIONS, a_ticket
from tests.proof import examples

TEXTS = ["A", "B", "C", "123456789018", "１２３４ ５６７８ ９０１８", "", "X" * 8001]


SHAPES = [NumberShape(length=8, check="damm"), NumberShape(length=13, letters=True, groups=[3, 10])]


class KioskMachine(RuleBasedStateMachine):
    """A kiosk whose surroundings do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow()
        self.state = self.flow.begin()
        self.ids = 0
        self.tickets = 0
        self.asked: dict[UUID, bytes] = {}
        self.jobs: list[PrintTicket] = []
        self.lists: list[UUID] = []
        self.printed: set[tuple[UUID, int]] = set()
        self.clocks: dict[Timer, int] = {}
        self.numbers: set[str] = set()
        self.joined: set[UUID] = set()

    def fresh(self) -> UUID:
        """A new request id."""
        self.ids += 1
        return UUID(int=self.ids)

    def take(self, happened: Input) -> None:
        """One step, with everything that must hold of its effects."""
        before = self.state
        step = self.flow.step(before, happened)
        assert self.flow.step(before, happened) == step, "a step is a pure function"
        self.state = step.state
        for effect in step.effects:
            match effect:
                case SendCheckIn(request):
                    assert not contains_my_number((request.code or "") + (request.number or ""))
                    self._asks(request.request_id, request.model_dump_json().encode(), before)
                case SendJoin(ticket_id, request):
                    assert not contains_my_number((request.code or "") + (request.number or ""))
                    assert ticket_id in self.joined, "a notice joins after the button was pressed only"
                    self._asks(request.request_id, request.model_dump_json().encode(), before)
                case WalkIn(walk_in):
                    self._asks(walk_in.request_id, walk_in.model_dump_json().encode(), before)
                case PrintTicket() as order:
                    self.jobs.append(order)
                    assert order.ticket.number in self.numbers, "paper only of a number that exists"
                case PrintList(situation, language, order_id):
                    assert situation in SITUATIONS
                    assert language is self.state.language
                    self.lists.append(order_id)
                case ReportPrint(ticket_id, _):
                    assert isinstance(happened, PrintFinished)
                    assert ticket_id == happened.ticket_id
                case StartTimer(timer, seconds, epoch):
                    assert seconds >= 0
                    self.clocks[timer] = epoch
                case CancelTimer(timer):
                    self.clocks.pop(timer, None)
                case ReportRefusal() | PlayTone():
                    pass

    def _asks(self, request_id: UUID, body: bytes, before: State) -> None:
        assert not isinstance(before.screen, Working), "one request at a time"
        assert self.asked.setdefault(request_id, body) == body, "an id belongs to one body"
        assert isinstance(self.state.screen, Working)

    @rule(text=st.sampled_from(TEXTS), reason=st.sampled_from(ScanReason))
    def scan(self, text: str, reason: ScanReason) -> None:
        """Something is held up."""
        self.take(Scanned(reason, self.fresh(), text if reason is ScanReason.OK else None))

    @rule(button=st.sampled_from(Button))
    def tap(self, button: Button) -> None:
        """Anything is tapped, whether it is shown or not."""
        screen = self.state.screen
        if button is Button.JOIN and isinstance(screen, TicketShown):
            self.joined.add(screen.ticket.ticket_id)
        self.take(Tapped(button, self.fresh()))

    @rule(keys=st.text(st.sampled_from([*sorted(KEYS), "-", "１"]), max_size=14))
    def type(self, keys: str) -> None:
        """Keys are tapped."""
        for key in keys:
            self.take(KeyTapped(key, self.fresh()))

    @rule(keys=st.text("0123456789", min_size=12, max_size=13))
    def type_digits(self, keys: str) -> None:
        """A long number is typed."""
        self.type(keys)

    @rule(situation=st.sampled_from(["self", "agent", "nobody", ""]))
    def choose(self, situation: str) -> None:
        """Who comes is chosen, whether it is offered or not."""
        self.take(SituationTapped(situation))

    @rule(kind=st.sampled_from(["pick_up", "consultation", "nothing"]))
    def come_for(self, kind: str) -> None:
        """What somebody comes for is chosen, whether it is offered or not."""
        self.take(KindTapped(kind, self.fresh()))

    @rule(kinds=st.lists(st.sampled_from(["pick_up", "consultation"]), max_size=2, unique=True))
    def kinds_change(self, kinds: list[str]) -> None:
        """The server tells what people may come for; what is being read stays."""
        before = self.state.screen
        self.take(KindsChanged(tuple(KindChoice(code=kind, name={"ja": kind}) for kind in kinds)))
        assert self.state.screen == before

    @rule(situations=st.lists(st.sampled_from(SITUATIONS), max_size=2))
    def rules_change(self, situations: list[BringSituation]) -> None:
        """The server tells what to bring, or that there is nothing to tell; what is being read stays."""
        before = self.state.screen
        self.take(BringChanged(tuple(situations)))
        assert isinstance(before, Welcome) or self.state.screen == before

    @rule(language=st.sampled_from(Language))
    def speak(self, language: Language) -> None:
        """A language is tapped."""
        self.take(LanguageTapped(language))

    @precondition(lambda self: isinstance(self.state.screen, Working))
    @rule(
        reason=st.sampled_from(CheckInReason),
        known=st.sampled_from(PrintState),
        state=st.sampled_from(sorted(ALIVE_STATES)),
        found=st.none() | st.sampled_from(sorted(ALIVE_STATES)),
    )
    def answer(
        self, reason: CheckInReason, known: PrintState, state: TicketState, found: TicketState | None
    ) -> None:
        """The server answers."""
        screen = self.state.screen
        assert isinstance(screen, Working)
        ticket = None
        party = party_of(screen)
        if party is not None and (
            reason is CheckInReason.JOINED or (known is PrintState.PRINTED and reason.gives_ticket)
        ):
            ticket = party.shown.ticket.model_copy(
                update={"state": state, "cards": party.shown.ticket.cards + 1}
            )
        elif reason.gives_ticket:
            self.tickets += 1
            ticket = a_ticket(self.tickets, known).model_copy(update={"state": state})
            self.numbers.add(ticket.number)
        self.take(
            Answered(screen.request.request_id, CheckInReply(reason=reason, ticket=ticket, found=found))
        )
        assert not isinstance(self.state.screen, Working)
        if party is not None:
            now = self.state.screen
            assert isinstance(now, Joining), "whatever becomes of a notice, its party goes on"
            assert now.shown.ticket.number == party.shown.ticket.number

    @precondition(lambda self: isinstance(self.state.screen, Working))
    @rule()
    def went_on(self) -> None:
        """The number that a notice was to join went on: the notice is taken by itself, any other request is not."""
        screen = self.state.screen
        assert isinstance(screen, Working)
        before = self.state
        self.take(NotJoinable(screen.request.request_id, self.fresh()))
        if screen.joining is None:
            assert self.state == before
        else:
            assert isinstance(self.state.screen, Working)
            assert party_of(self.state.screen) is None

    @rule(limit=st.integers(1, 4))
    def limit_changes(self, limit: int) -> None:
        """The server tells how many notices may have one number; whatever is shown stays."""
        before = self.state.screen
        self.take(PartyLimitChanged(limit))
        assert self.state.screen == before

    @precondition(lambda self: bool(self.asked))
    @rule(data=st.data(), reason=st.sampled_from([TroubleReason.SERVER_AWAY, TroubleReason.NOT_ACCEPTED]))
    def fail(self, data: st.DataObject, reason: TroubleReason) -> None:
        """Some request fails, the present one or one of long ago."""
        request_id = data.draw(st.sampled_from(sorted(self.asked, key=lambda key: key.int)))
        self.take(Unanswered(request_id, reason))

    @precondition(lambda self: bool(self.jobs))
    @rule(
        data=st.data(),
        state=st.sampled_from([PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED]),
        trouble=st.none() | st.sampled_from(PrinterTrouble),
    )
    def print_ends(self, data: st.DataObject, state: PrintState, trouble: PrinterTrouble | None) -> None:
        """A print job ends, perhaps long after its screen."""
        job = data.draw(st.sampled_from(self.jobs))
        self.jobs.remove(job)
        self.take(PrintFinished(job.ticket.ticket_id, job.job, state, trouble, self.fresh()))

    @precondition(lambda self: bool(self.lists))
    @rule(
        data=st.data(), state=st.sampled_from([PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED])
    )
    def list_ends(self, data: st.DataObject, state: PrintState) -> None:
        """The printing of a list ends, perhaps long after its screen."""
        self.take(ListPrinted(data.draw(st.sampled_from(self.lists)), state))

    @precondition(lambda self: bool(self.clocks))
    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        """A clock runs out."""
        timer = data.draw(st.sampled_from(sorted(self.clocks)))
        self.take(TimerElapsed(timer, self.clocks.pop(timer)))

    @rule(timer=st.sampled_from(Timer), epoch=st.integers(0, 50))
    def stale_time_passes(self, timer: Timer, epoch: int) -> None:
        """A clock that was stopped had run out just before."""
        if self.clocks.get(timer) != epoch:
            before = self.state
            self.take(TimerElapsed(timer, epoch))
            assert self.state == before

    @rule(up=st.booleans())
    def server(self, up: bool) -> None:
        """The server comes and goes."""
        self.take(ServerChanged(up))

    @rule(working=st.booleans(), open_now=st.booleans())
    def surroundings(self, working: bool, open_now: bool) -> None:
        """Camera and office come and go."""
        self.take(CameraChanged(working))
        self.take(OfficeChanged(open_now, None if open_now else NOW))

    @rule(shapes=st.lists(st.sampled_from(SHAPES), max_size=2))
    def numbers_change(self, shapes: list[NumberShape]) -> None:
        """The server tells what a number can be."""
        self.take(NumbersChanged(tuple(shapes)))

    @invariant()
    def every_visit_ends(self) -> None:
        """Every screen but the first has a clock, and the flow knows the clocks that run."""
        assert dict(self.state.running) == self.clocks
        if isinstance(self.state.screen, Welcome | Closed | OutOfService):
            assert type(self.state.screen) is type(home(self.state.conditions))
        else:
            assert Timer.SCREEN in self.clocks

    @invariant()
    def nothing_forbidden_is_kept(self) -> None:
        """No state and no view holds a 12-digit number; the keypad holds eleven characters at most."""
        screen = self.state.screen
        if isinstance(screen, Keypad):
            assert len(screen.typed) <= max(LONGEST, *(shape.length for shape in SHAPES))
            assert not contains_my_number(screen.typed)
        party = party_of(screen)
        if party is not None:
            assert party.shown.ticket.number in self.numbers, "the number of a party never goes"
            assert party.shown.next_scan is None
            assert not contains_my_number(party.source or "")
        if isinstance(screen, TicketShown):
            assert screen.jobs <= MAX_PRINT_JOBS
            assert screen.ticket.number in self.numbers
            assert not contains_my_number((screen.next_scan.text or "") if screen.next_scan else "")

    @invariant()
    def every_state_can_be_shown(self) -> None:
        """Every state has words in its language."""
        assert present(self.state, None, NOW).common.language is self.state.language


TestKioskMachine = KioskMachine.TestCase
TestKioskMachine.settings = settings(
    max_examples=examples(25, proof=60), stateful_step_count=40, deadline=None
)
