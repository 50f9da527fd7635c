"""A running kiosk: carries out the effects of the flow and passes their results back to it.

Everything here runs on one asyncio loop, with two exceptions: tickets are drawn and printed on a worker thread, and the
scanner calls from its own thread. If an effect fails, the kind of the fault is logged and the flow is told, so that no
screen stays for ever.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID, uuid4

import structlog

from backend.client import Backend, BackendRefusedError, BackendUnavailableError
from backend.common import Language
from backend.common.device_kit import ServerClock, device_now, stamp
from backend.wire import (
    Board,
    BringGuide,
    OfficeInfo,
    PartTrouble,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    ScanReason,
)
from kiosk import visit
from kiosk.paper import PaperMaker, PrinterAsker, PrinterTurns, PrintResult
from kiosk.reading import CodeBook
from kiosk.session.asking import Question, ask
from kiosk.session.health import MachineHealth, MachinePart
from kiosk.session.reporting import HealthReporter
from kiosk.session.watch import Rhythm, Watch
from kiosk.visit import Button, Flow, Tone, TroubleReason, View, present

log = structlog.get_logger()


class KioskSession:
    """A running kiosk.

    Args:
        flow: the rules of a visit.
        backend: the server.
        paper: prints a ticket.
        on_view: called on the loop with every view to show.
        on_tone: plays a tone; must not block.
        camera_works: says whether pictures come in.
        scanner_works: says whether the hand scanner is connected; None if none is expected.
        has_camera: whether the kiosk is set up with a camera.
        ask_printer: asks the printer for its state; None if its state is known from print jobs only.
        rhythm: how often to check the surroundings.
        new_id: makes request ids.
        clock: the server's time.
        book: knows our codes; learns the server's patterns.
    """

    def __init__(
        self,
        flow: Flow,
        backend: Backend,
        paper: PaperMaker,
        *,
        on_view: Callable[[View], None] = lambda _view: None,
        on_tone: Callable[[Tone], None] = lambda _tone: None,
        camera_works: Callable[[], bool] = lambda: True,
        scanner_works: Callable[[], bool] | None = None,
        has_camera: bool = True,
        ask_printer: PrinterAsker | None = None,
        rhythm: Rhythm | None = None,
        new_id: Callable[[], UUID] = uuid4,
        clock: ServerClock | None = None,
        book: CodeBook | None = None,
    ) -> None:
        self.on_view = on_view
        self.on_tone = on_tone
        self.clock = clock or ServerClock()
        self.health = MachineHealth()
        self.book = book or CodeBook()
        self.office: OfficeInfo | None = None
        self.refused: Counter[RefusalKind] = Counter()
        self.state = flow.begin()
        self._flow = flow
        self._backend = backend
        self._paper = paper
        self._rhythm = rhythm or Rhythm()
        self._new_id = new_id
        self._turns = PrinterTurns()
        self._watch = Watch(
            backend,
            self.clock,
            self.health,
            camera_works,
            scanner_works,
            has_camera=has_camera,
            ask_printer=ask_printer,
            turns=self._turns,
            on_office=self._take_office,
            on_server=self._take_server,
            on_bring=self._take_bring,
            on_camera=self._take_camera,
            wants_calls=lambda: visit.number_in_view(self.state.screen) is not None,
            on_board=self._take_board,
            rhythm=self._rhythm,
        )
        self._reporter = HealthReporter(backend, self.health, new_id, rhythm=self._rhythm)
        self._timers: dict[visit.Timer, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_scan: tuple[UUID, datetime] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: asyncio.Future[None] | None = None
        self._shown: View | None = None

    @property
    def view(self) -> View:
        """The view of the present state."""
        return present(self.state, self.office, self.clock.now())

    # What comes in -------------------------------------------------------------------------------------------

    def tap(self, button: Button) -> None:
        """A visitor tapped a button."""
        self.post(visit.Tapped(button, self._new_id()))

    def key(self, key: str) -> None:
        """A visitor tapped a key of the keypad."""
        self.post(visit.KeyTapped(key, self._new_id()))

    def choose(self, situation: str) -> None:
        """A visitor chose who comes to receive a card; ``situation`` is its code."""
        self.post(visit.SituationTapped(situation))

    def come_for(self, kind: str) -> None:
        """A visitor without a reservation chose what they come for; ``kind`` is its code."""
        self.post(visit.KindTapped(kind, self._new_id()))

    def speak(self, language: Language) -> None:
        """A visitor chose a language."""
        self.post(visit.LanguageTapped(language))

    def pressed(self) -> None:
        """A finger is on a button."""
        self.on_tone(Tone.PRESSED)

    def touched(self) -> None:
        """The screen was touched outside its buttons."""
        self.post(visit.Touched())

    def scanned(self, reason: ScanReason, text: str | None, captured_at: datetime) -> None:
        """The scanner reports a scan; may be called from any thread.

        Args:
            reason: its verdict.
            text: the decoded text, only where there is exactly one code.
            captured_at: when the frame was taken, aware.
        """
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._scanned, reason, text, captured_at)

    def hand_scanned(self, text: str) -> None:
        """A hand scanner sent a code; may be called from any thread. A text that is not ours is dropped here."""
        verdict = self.book.sort(text)
        self.scanned(verdict.reason, verdict.text, device_now())

    def _scanned(self, reason: ScanReason, text: str | None, captured_at: datetime) -> None:
        fresh_id = self._new_id()
        self._last_scan = (fresh_id, captured_at)
        self.post(visit.Scanned(reason, fresh_id, text))

    def post(self, happened: visit.Input) -> None:
        """Take one step of the flow and start its effects; call it on the loop only."""
        try:
            before = self.state
            step = self._flow.step(before, happened)
            self.state = step.state
            for effect in step.effects:
                self._start(effect)
            if step.state != before:
                self._show()
        except Exception as error:
            # A fault in the rules themselves: nothing sensible can follow, so the process must be restarted.
            if self._failure is None or self._failure.done():
                raise
            self._failure.set_exception(error)

    def _show(self) -> None:
        view = self.view
        if view != self._shown:
            self._shown = view
            self.on_view(view)

    # What goes out -------------------------------------------------------------------------------------------

    def _start(self, effect: visit.Effect) -> None:
        match effect:
            case visit.StartTimer(timer, seconds, epoch):
                self._start_timer(timer, seconds, epoch)
            case visit.CancelTimer(timer):
                self._stop_timer(timer)
            case visit.PlayTone(tone):
                self.on_tone(tone)
            case visit.SendCheckIn() | visit.SendJoin() | visit.WalkIn():
                self._tell_scan(effect.request.request_id)
                self._spawn(self._ask(effect))
            case visit.PrintTicket():
                self._spawn(self._print(effect))
            case visit.PrintList():
                self._spawn(self._print_list(effect))
            case visit.ReportPrint(ticket_id, report):
                self._spawn(self._deliver(lambda: self._backend.report_print(ticket_id, report)))
            case visit.ReportRefusal(refusal):
                self.refused[refusal.kind] += 1
                count = self.refused[refusal.kind]
                log.info("code_refused", kind=refusal.kind.value, count=count, at=stamp(device_now()))
                self._spawn(self._deliver(lambda: self._backend.report_refusal(refusal)))

    def _start_timer(self, timer: visit.Timer, seconds: float, epoch: int) -> None:
        self._stop_timer(timer)
        self._timers[timer] = asyncio.get_running_loop().call_later(
            seconds, self.post, visit.TimerElapsed(timer, epoch)
        )

    def _stop_timer(self, timer: visit.Timer) -> None:
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The kind only: the text of an exception may quote what was being sent.
            log.error("effect_failed", kind=type(error).__name__)

    def _tell_scan(self, request_id: UUID) -> None:
        """If a scan started this request, log when the notice was held up."""
        if self._last_scan is not None and self._last_scan[0] == request_id:
            log.info("notice_seen", at=stamp(self._last_scan[1]))
            self._last_scan = None

    async def _ask(self, question: Question) -> None:
        """Ask the server, and tell the flow the result, whatever it is."""
        told = await ask(self._backend, question, self._new_id)
        if isinstance(told, visit.Unanswered) and told.reason is TroubleReason.SERVER_AWAY:
            self._watch.look_now()
        self.post(told)

    async def _print(self, order: visit.PrintTicket) -> None:
        """Print a ticket, and tell the flow the result, whatever it is."""
        result = await self._put_on_paper(lambda: self._paper(order, self.office))
        failed = result.state is PrintState.FAILED
        trouble = result.trouble.value if result.trouble else None
        facts = {
            "ticket": order.ticket.number,
            "trouble": trouble,
            "at": stamp(result.last_byte_wall or device_now()),
        }
        if failed:
            log.warning("print_failed", **facts)
        else:
            log.info("ticket_printed", state=result.state.value, **facts)
        ticket_id, fresh_id = order.ticket.ticket_id, self._new_id()
        self.post(visit.PrintFinished(ticket_id, order.job, result.state, result.trouble, fresh_id))

    async def _print_list(self, order: visit.PrintList) -> None:
        """Print what to bring, and tell the flow the result, whatever it is."""
        result = await self._put_on_paper(lambda: self._paper.print_list(order, self.office))
        log.info(
            "list_printed",
            situation=order.situation.code,
            state=result.state.value,
            trouble=result.trouble.value if result.trouble else None,
        )
        self.post(visit.ListPrinted(order.order_id, result.state))

    async def _put_on_paper(self, job: Callable[[], PrintResult]) -> PrintResult:
        """Carry out a print job; an exception of ours counts as a failed job."""
        try:
            result = await self._turns.job(job)
        except Exception as error:  # noqa: BLE001 - what is on the screen holds whatever the paper does
            log.error("print_broke", kind=type(error).__name__)  # noqa: TRY400 - the kind says enough
            result = PrintResult(PrintState.FAILED, PrinterTrouble.ERROR)
        self._learn_from(result)
        return result

    def _learn_from(self, result: PrintResult) -> None:
        """Report the printer's health by a job's result: good only if a ticket was printed, bad with any trouble."""
        if result.state is PrintState.PRINTED:
            care = PartTrouble.NEAR_END.value if result.near_end else ""
            self.health.report(MachinePart.PRINTER, well=True, care=care)
        elif result.trouble is not None or result.state is PrintState.FAILED:
            why = result.trouble or PrinterTrouble.ERROR
            self.health.report(MachinePart.PRINTER, well=False, why=why.value)

    async def _deliver(self, send: Callable[[], Awaitable[object]]) -> None:
        """Send a report again and again until it arrives or is rejected for good; it keeps its request id."""
        pauses = self._rhythm.report
        tries = 0
        while True:
            try:
                await send()
            except BackendUnavailableError:
                pass
            except BackendRefusedError as error:
                log.warning("report_not_accepted", code=error.code.value)
                if not error.passes:
                    return
            else:
                return
            await asyncio.sleep(pauses[min(tries, len(pauses) - 1)])
            tries += 1

    # Surroundings --------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled.

        Raises:
            ExceptionGroup: the rules of the flow failed; the process must be restarted.
        """
        self._loop = asyncio.get_running_loop()
        self._failure = self._loop.create_future()
        self._show()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch.run())
                group.create_task(self._reporter.run())
                group.create_task(_raise_from(self._failure))
        finally:
            self._close()

    def _close(self) -> None:
        self._loop = None
        for timer in list(self._timers):
            self._stop_timer(timer)
        for task in self._tasks:
            task.cancel()

    def _take_office(self, office: OfficeInfo) -> None:
        self.book.learn(office.code_patterns)
        told = self.office and (self.office.name, self.office.code_stands_on)
        renamed = told != (office.name, office.code_stands_on)
        self.office = office
        conditions = self.state.conditions
        if (conditions.open_now, conditions.opens_at) != (office.open_now, office.opens_at):
            self.post(visit.OfficeChanged(office.open_now, office.opens_at))
        if office.party_limit != conditions.party_limit:
            self.post(visit.PartyLimitChanged(office.party_limit))
        numbers = tuple(office.number_shapes)
        if numbers != conditions.numbers:
            self.post(visit.NumbersChanged(numbers))
        kinds = tuple(office.kinds)
        if kinds != conditions.kinds:
            self.post(visit.KindsChanged(kinds))
        if renamed:
            self._show()

    def _take_server(self, there: bool) -> None:
        known = visit.ServerState.UP if there else visit.ServerState.DOWN
        if not there or self.state.conditions.server is not known:
            self.post(visit.ServerChanged(there))

    def _take_bring(self, guide: BringGuide) -> None:
        situations = tuple(guide.situations)
        if situations != self.state.conditions.bring:
            self.post(visit.BringChanged(situations))

    def _take_board(self, board: Board) -> None:
        ticket = visit.number_in_view(self.state.screen)
        news = None if ticket is None else visit.moved(ticket, board)
        if news is not None:
            self.post(news)

    def _take_camera(self, works: bool) -> None:
        if works != self.state.conditions.camera:
            self.post(visit.CameraChanged(works))


async def _raise_from(failure: asyncio.Future[None]) -> None:
    await failure
