"""The server over HTTP: one typed method per route, time limits, and retries that cannot do harm."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

import httpx2
import structlog
from pydantic import BaseModel, Field, ValidationError

from backend.client.errors import BackendRefusedError, BackendUnavailableError
from backend.wire import (
    OTHER,
    Accepted,
    Board,
    BringGuide,
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    ErrorCode,
    Health,
    Heard,
    OfficeInfo,
    PrintReply,
    PrintReport,
    RefusalReport,
    WalkInRequest,
    hear,
    places_of_other,
)

log = structlog.get_logger()

API = "/api/v1"

_REPEATABLE = frozenset({502, 503, 504})
"""Statuses that mean "not now": storage is busy, or a proxy stands before a server that is still starting."""

ReplyT = TypeVar("ReplyT", bound=BaseModel)
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the client waits, and how often it tries again.

    Args:
        connect_seconds: time limit for opening one connection.
        read_seconds: time limit for one answer.
        delays_seconds: the pause before each retry; there are as many retries as pauses.
        longest_pause_seconds: the longest pause that a ``Retry-After`` of the server may ask for.
    """

    connect_seconds: float = 1.0
    # Longer than the server waits for its database, so that its answer comes before the client gives up.
    read_seconds: float = 5.0
    delays_seconds: tuple[float, ...] = (0.05, 0.3, 0.8)
    longest_pause_seconds: float = 2.0


COMMAND = Patience()
"""For commands: a visitor is waiting in front of the machine, so a few retries are worth it."""

QUESTION = Patience(read_seconds=2.0, delays_seconds=())
"""For questions that are asked again soon anyway."""


class BackendClient:
    """The server over HTTP; implements :class:`~backend.client.port.Backend`.

    Args:
        base_url: where the server listens, for example ``http://127.0.0.1:8000``.
        token: the device's token.
        command: patience with commands.
        question: patience with questions.
        sleep: how to pause; tests pass a clock of their own.
        transport: how bytes travel; tests pass a mock.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        command: Patience = COMMAND,
        question: Patience = QUESTION,
        sleep: Sleep = asyncio.sleep,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._command = command
        self._question = question
        self._sleep = sleep
        # The counter's network is closed, so a proxy that the environment names must not be used.
        self._http = httpx2.AsyncClient(
            base_url=base_url.rstrip("/") + API,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def health(self) -> Health:
        """Ask whether the server is well; needs no token."""
        return await self._ask("/health", Health)

    async def office(self) -> OfficeInfo:
        """Ask for the device's own office: its name, whether it is open, and the server's clock (UTC)."""
        return await self._ask("/office", OfficeInfo)

    async def bring(self) -> BringGuide:
        """Ask what visitors bring today, for a kiosk to show to anybody."""
        return await self._ask("/bring", BringGuide)

    async def board(self) -> Board:
        """Ask for what the hall's displays show now."""
        return await self._ask("/board", Board)

    async def check_in(self, request: CheckInRequest) -> CheckInReply:
        """Receive a visitor by a notice's code or number; a refusal by a rule is a reply, not an error."""
        return await self._tell("/check-ins", request, CheckInReply)

    async def walk_in(self, request: WalkInRequest) -> CheckInReply:
        """Give a number of the assisted queue to a visitor without notice or reservation."""
        return await self._tell("/walk-ins", request, CheckInReply)

    async def join(self, ticket_id: UUID, request: CheckInRequest) -> CheckInReply:
        """Let a further notice join a number that was given; the server refuses if it cannot join."""
        return await self._tell(f"/tickets/{ticket_id}/cards", request, CheckInReply)

    async def report_refusal(self, report: RefusalReport) -> None:
        """Count a code that the kiosk refused by itself; only its kind is sent."""
        await self._tell("/refusals", report, Accepted)

    async def report_device(self, report: DeviceReport) -> None:
        """Report which parts of the device do not work."""
        await self._tell("/device-reports", report, Accepted)

    async def report_print(self, ticket_id: UUID, report: PrintReport) -> PrintReply:
        """Report what became of a ticket's paper."""
        return await self._tell(f"/tickets/{ticket_id}/print-reports", report, PrintReply)

    async def _ask(self, path: str, shape: type[ReplyT]) -> ReplyT:
        return await self._exchange("GET", path, None, shape, self._question)

    async def _tell(self, path: str, command: BaseModel, shape: type[ReplyT]) -> ReplyT:
        # Serialised once: every repetition carries the same bytes, hence the same request id and body.
        return await self._exchange("POST", path, command.model_dump_json().encode(), shape, self._command)

    async def _exchange(
        self, method: str, path: str, body: bytes | None, shape: type[ReplyT], patience: Patience
    ) -> ReplyT:
        timeout = httpx2.Timeout(patience.read_seconds, connect=patience.connect_seconds)
        headers = {"Content-Type": "application/json"} if body is not None else None
        trouble = "no answer"
        for last, delay in _tries(patience):
            pause = delay
            try:
                response = await self._http.request(
                    method, path, content=body, headers=headers, timeout=timeout
                )
            except httpx2.HTTPError as error:
                trouble = type(error).__name__
            else:
                if response.status_code not in _REPEATABLE:
                    return _read(response, shape)
                trouble = f"status {response.status_code}"
                pause = max(delay, _asked_pause(response, patience.longest_pause_seconds))
            if not last:
                log.info("request_repeated", trouble=trouble)
                await self._sleep(pause)
        raise BackendUnavailableError(f"the server did not answer: {trouble}")


def _tries(patience: Patience) -> list[tuple[bool, float]]:
    """For each try: whether it is the last one, and the pause after it in seconds if it fails."""
    return [*((False, delay) for delay in patience.delays_seconds), (True, 0.0)]


def _asked_pause(response: httpx2.Response, longest: float) -> float:
    """The pause in seconds that the server asks for (``Retry-After``), at most ``longest``."""
    try:
        return min(float(response.headers.get("Retry-After", "0")), longest)
    except ValueError:
        return 0.0


class HeardRefusal(BaseModel):
    """An ``ErrorReply`` as a device reads it: a code of a newer server that is not in the list becomes ``OTHER``."""

    code: Heard[ErrorCode]
    detail: dict[str, str] = Field(default_factory=dict)


def _read(response: httpx2.Response, shape: type[ReplyT]) -> ReplyT:
    """Turn an answer into its message or into an exception, whose text never quotes the answer."""
    if response.is_success:
        try:
            reply = hear(shape, response.content)
        except ValidationError:
            raise BackendUnavailableError("the answer is not one of this product") from None
        if unknown := places_of_other(reply):
            log.warning("reply_code_unknown", places=unknown)
        return reply
    try:
        refusal = hear(HeardRefusal, response.content)
    except ValidationError:
        if response.is_client_error:
            raise BackendRefusedError(ErrorCode.INVALID_REQUEST) from None
        raise BackendUnavailableError(f"the server did not answer: status {response.status_code}") from None
    if refusal.code is OTHER:
        log.warning("reply_code_unknown", places=["code"])
        if response.is_server_error:
            # A failure of the server, whatever its code: the same request may be sent again later.
            raise BackendUnavailableError(f"the server did not answer: status {response.status_code}")
    raise BackendRefusedError(refusal.code, refusal.detail)
