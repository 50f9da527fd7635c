"""Watching the surroundings of a visit: is the server there, the office open, does the camera see, the printer print?"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from backend.client import Backend, BackendError, BackendRefusedError, BackendUnavailableError
from backend.common.device_kit import OfficePoll, ServerClock
from backend.wire import BringGuide, OfficeInfo, PartTrouble
from kiosk.paper import PrinterAsker, PrinterState, PrinterTurns
from kiosk.session.health import UNWANTED, MachineHealth, MachinePart

log = structlog.get_logger()

_NO_ANSWER = frozenset({PrinterState.SILENT, PrinterState.UNREACHABLE})
"""What one lost packet looks like too, or a printer that has just closed its last connection."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the surroundings are looked at, in seconds.

    Args:
        office: between two questions for the office while the server answers.
        office_away: the same while it does not.
        camera: between two looks at the camera and the hand scanner.
        bring: between two questions for what visitors bring; it changes with the day.
        printer: between two looks at the printer.
        printer_doubt: before a printer is asked again that did not answer, the first time.
        report: pauses before a report is sent again; the last one repeats.
    """

    office: float = 10.0
    office_away: float = 1.0
    camera: float = 0.5
    bring: float = 600.0
    printer: float = 5.0
    printer_doubt: float = 1.0
    report: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0)


class Watch:
    """Looks around until cancelled and tells what changed.

    Args:
        backend: the server.
        clock: set by the server.
        health: keeps what was found.
        camera_works: tells whether pictures come in.
        scanner_works: tells whether the hand scanner is there, where one is expected.
        has_camera: whether the kiosk is set up with a camera.
        ask_printer: asks the printer how it is; None where only print jobs tell.
        turns: keeps looks and print jobs apart.
        on_office: told every answer of the server.
        on_server: told whether the server counts as there, after every question.
        on_bring: told what visitors bring, after every answer.
        on_camera: told whether the camera works, after every look.
        rhythm: how often to look.
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
        """Ask the server at once: somebody just did not reach it."""
        self._poll.ask_now()

    async def run(self) -> None:
        """Look around until cancelled; a fault in one look is logged and the looking goes on."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again_and_again("server", self._poll.turn))
            group.create_task(self._again_and_again("bring", self._ask_what_to_bring))
            group.create_task(self._again_and_again("camera", self._look_at_camera))
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
        """The server gave no answer, or refused; what was known holds until that is certain."""
        why = error.code.value if isinstance(error, BackendRefusedError) else "unreachable"
        well = self._health.report(MachinePart.SERVER, well=False, why=why)
        if not well:
            self._on_server(well)

    async def _ask_what_to_bring(self) -> None:
        """Learn what visitors bring. Without an answer the last one holds, and nobody has to know."""
        try:
            guide = await self._backend.bring()
        except BackendUnavailableError:
            await asyncio.sleep(self._rhythm.office_away)
        except BackendRefusedError:
            # An older server has no such page, and a device that is not enrolled is told so by the office already.
            await asyncio.sleep(self._rhythm.office)
        else:
            self._on_bring(guide)
            await asyncio.sleep(self._rhythm.bring)

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
        """Ask the printer, unless a ticket has it: its job tells the same, and newer.

        What the printer says counts at once. That it says nothing counts when it does so twice, the second time with
        more patience; a third and later questions are short again, for a visitor's ticket may wait behind them.
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
