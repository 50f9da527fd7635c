"""What a device may ask of the server: the interface of the real client over HTTP and of the fake in memory."""

from typing import Protocol
from uuid import UUID

from backend.wire import (
    Board,
    BringGuide,
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    Health,
    OfficeInfo,
    PrintReply,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)


class Backend(Protocol):
    """The server as a device sees it.

    Every method raises :class:`~backend.client.errors.BackendUnavailableError` if no usable answer came, and
    :class:`~backend.client.errors.BackendRefusedError` if the server refused the request. A request may always be
    sent again unchanged: its id makes the repetition harmless.
    """

    async def health(self) -> Health:
        """Ask whether the server is well; needs no token."""
        ...

    async def office(self) -> OfficeInfo:
        """Ask for the device's own office: its name, whether it is open, and the server's clock (UTC)."""
        ...

    async def bring(self) -> BringGuide:
        """Ask what visitors bring today, for a kiosk to show to anybody."""
        ...

    async def check_in(self, request: CheckInRequest) -> CheckInReply:
        """Receive a visitor by a notice's code or number; a refusal by a rule is a reply, not an error."""
        ...

    async def walk_in(self, request: WalkInRequest) -> CheckInReply:
        """Give a number of the assisted queue to a visitor without notice or reservation."""
        ...

    async def join(self, ticket_id: UUID, request: CheckInRequest) -> CheckInReply:
        """Let a further notice join a number that was given; the server refuses if it cannot join."""
        ...

    async def report_refusal(self, report: RefusalReport) -> None:
        """Count a code that the kiosk refused by itself; only its kind is sent."""
        ...

    async def report_print(self, ticket_id: UUID, report: PrintReport) -> PrintReply:
        """Report what became of a ticket's paper."""
        ...

    async def report_device(self, report: DeviceReport) -> None:
        """Report which parts of the device do not work."""
        ...

    async def board(self) -> Board:
        """Ask for what the hall's displays show now."""
        ...
