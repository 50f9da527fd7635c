"""Watches the surroundings of a visit: server, opening hours, camera, hand scanner and printer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from backend.client import Backend, BackendError, BackendRefusedError, BackendUnavailableError
from backend.common.device_kit import OfficePoll, ServerClock
from backend.wire import Board, BringGuide, OfficeInfo, PartTrouble
from kiosk.paper import PrinterAsker, PrinterState, PrinterTurns
from kiosk.session.health import UNWANTED, MachineHealth, MachinePart

log = structlog.get_logger()

_NO_ANSWER = frozenset({PrinterState.SILENT, PrinterState.UNREACHABLE})
"""States that may also come from one lost packet, or from a printer that has just closed its last connection."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Pauses between two checks of the surroundings, in seconds.

    Args:
        office: between two requests for the office while the server answers.
        office_away: the same while it does not.
        camera: between two checks of the camera and the hand scanner.
        bring: between two requests for what visitors bring; it changes with the day.
        printer: between two checks of the printer.
        printer_doubt: before a printer is asked again that did not answer for the first time.
        calls: between two looks at the hall while a visitor has their number before them.
        report: before a report is sent again after each failure; the last pause repeats.
    """

    office: float = 10.0
    office_away: float = 1.0
    camera: float = 0.5
    bring: float = 600.0
    printer: float = 5.0
    printer_doubt: float = 1.0
    calls: float = 2.0
    report: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0)


class Watch:
    """Checks the surroundings until cancelled and reports what it finds.

    Args:
        backend: the server.
        clock: the clock that is set by the server's time.
        health: keeps the health of the parts.
        camera_works: says whether pictures come in.
        scanner_works: says whether the hand scanner is connected; None if none is expected.
        has_camera: whether the kiosk is set up with a camera.
        ask_printer: asks the printer for its state; None if its state is known from print jobs only.
        turns: keeps checks of the printer and print jobs apart.
        on_office: called with every answer about the office.
        on_server: called with whether the server is available, after every answer and when it becomes unavailable.
        on_bring: called with what visitors bring, after every answer.
        wants_calls: says whether a number is before its visitor that may be called.
        on_board: called with what the hall's displays show, while that is so.
        on_camera: called with whether the camera works, after every check.
        rhythm: the pauses between two checks.
    """

    def __init__(
        self,
        backend: Backend,
        clock: ServerClock,
        health: MachineHealth,
        camera_works: Callable[[], bool],
        scanner_works: Callable[[], bool] | None,
        *,
        has_camera: bool,
        ask_printer: PrinterAsker | None,
        turns: PrinterTurns,
        on_office: Callable[[OfficeInfo], None],
        on_server: Callable[[bool], None],
        on_bring: Callable[[BringGuide], None],
        on_camera: Callable[[bool], None],
        wants_calls: Callable[[], bool],
        on_board: Callable[[Board], None],
        rhythm: Rhythm,
    ) -> None:
        self._backend = backend
        self._health = health
        self._camera_works = camera_works
        self._scanner_works = scanner_works
        self._without_picture = PartTrouble.NO_PICTURE.value if has_camera else UNWANTED
        self._ask_printer = ask_printer
        self._turns = turns
        self._unanswered = 0
        self._on_office = on_office
        self._on_server = on_server
        self._on_bring = on_bring
        self._on_camera = on_camera
        self._wants_calls = wants_calls
        self._on_board = on_board
        self._rhythm = rhythm
        self._poll = OfficePoll(
            self._ask_office,
            clock,
            expected=BackendError,
            on_office=self._take_office,
            on_error=self._miss_server,
            every=rhythm.office,
            after_error=rhythm.office_away,
        )

    def look_now(self) -> None:
        """Ask the server at once, because a request has just not reached it."""
        self._poll.ask_now()

    async def run(self) -> None:
        """Check until cancelled; a fault in one check is logged and the checks go on."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again_and_again("server", self._poll.turn))
            group.create_task(self._again_and_again("bring", self._ask_what_to_bring))
            group.create_task(self._again_and_again("camera", self._look_at_camera))
            group.create_task(self._again_and_again("calls", self._look_at_calls))
            if self._ask_printer is not None:
                look = partial(self._look_at_printer, self._ask_printer)
                group.create_task(self._again_and_again("printer", look))

    async def _again_and_again(self, name: str, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await look()
            except Exception as error:  # noqa: BLE001 - a watch outlives its faults; their kind is logged
                log.error("watch_failed", watch=name, kind=type(error).__name__)  # noqa: TRY400 - kinds only
                await asyncio.sleep(self._rhythm.office_away)

    async def _ask_office(self) -> OfficeInfo:
        return await self._backend.office()

    def _take_office(self, office: OfficeInfo) -> None:
        well = self._health.report(MachinePart.SERVER, well=True)
        self._on_office(office)
        self._on_server(well)

    def _miss_server(self, error: Exception) -> None:
        """Note that the server gave no answer, or refused; only after several times does it count as unavailable."""
        why = error.code.value if isinstance(error, BackendRefusedError) else "unreachable"
        well = self._health.report(MachinePart.SERVER, well=False, why=why)
        if not well:
            self._on_server(well)

    async def _ask_what_to_bring(self) -> None:
        """Ask what visitors bring. Without an answer the last one stays valid, and nothing is reported."""
        try:
            guide = await self._backend.bring()
        except BackendUnavailableError:
            await asyncio.sleep(self._rhythm.office_away)
        except BackendRefusedError:
            # An older server has no such page; that a device is not enrolled shows in the request for the office.
            await asyncio.sleep(self._rhythm.office)
        else:
            self._on_bring(guide)
            await asyncio.sleep(self._rhythm.bring)

    async def _look_at_calls(self) -> None:
        """Ask what the hall shows, for a visitor who may be called while they stand here. No answer says nothing."""
        if self._wants_calls():
            try:
                board = await self._backend.board()
            except BackendError:
                pass
            else:
                self._on_board(board)
        await asyncio.sleep(self._rhythm.calls)

    async def _look_at_camera(self) -> None:
        self._on_camera(
            self._health.report(MachinePart.CAMERA, well=self._camera_works(), why=self._without_picture)
        )
        if self._scanner_works is not None:
            self._health.report(
                MachinePart.SCANNER, well=self._scanner_works(), why=PartTrouble.UNPLUGGED.value
            )
        await asyncio.sleep(self._rhythm.camera)

    async def _look_at_printer(self, ask: PrinterAsker) -> None:
        """Ask the printer for its state, unless a job is running: the job's result shows a newer state.

        An answer counts at once. Silence counts only the second time, when the wait is longer. Later checks are short
        again, because a visitor's ticket may have to wait for them.
        """
        status = await self._turns.look(partial(ask, patiently=self._unanswered == 1))
        if status is None:
            self._unanswered = 0
        else:
            self._unanswered = self._unanswered + 1 if status.state in _NO_ANSWER else 0
            if self._unanswered == 1:
                await asyncio.sleep(self._rhythm.printer_doubt)
                return
            trouble = status.trouble
            self._health.report(
                MachinePart.PRINTER,
                well=trouble is None,
                why="" if trouble is None else trouble.value,
                care=PartTrouble.NEAR_END.value if status.near_end else "",
            )
        await asyncio.sleep(self._rhythm.printer)
