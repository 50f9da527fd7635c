"""The client's retries: what it sends again, how often, and how it handles strange answers."""

import json
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx2
import pytest
from structlog.testing import capture_logs

from backend.client.errors import BackendError, BackendRefusedError, BackendUnavailableError
from backend.client.http import COMMAND, BackendClient, Patience
from backend.wire.codes import CheckInReason, ErrorCode, PrintState, TicketState
from backend.wire.heard import OTHER
from backend.wire.messages import CheckInReply, CheckInRequest, ErrorReply, PrintReport, WalkInRequest

REPLY = CheckInReply(reason=CheckInReason.UNKNOWN).model_dump_json().encode()
BUSY = ErrorReply(code=ErrorCode.STORAGE_BUSY).model_dump_json().encode()

Answer = httpx2.Response | Exception


class Wire:
    """A server that answers from a list, and remembers what it was asked and how long the client slept."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.slept: list[float] = []

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def client(self, command: Patience = COMMAND) -> BackendClient:
        """A client on this wire."""
        return BackendClient(
            "http://server/",
            "the-token",
            command=command,
            sleep=self._sleep,
            transport=httpx2.MockTransport(self._answer),
        )


def ok(content: bytes = REPLY) -> httpx2.Response:
    """A good answer."""
    return httpx2.Response(200, content=content)


def scan() -> CheckInRequest:
    """A notice was held up."""
    return CheckInRequest(request_id=uuid4(), code="SECRET-CODE")


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: httpx2.ConnectError("no"),
        lambda: httpx2.ReadTimeout("slow"),
        lambda: httpx2.RemoteProtocolError("cut"),
        lambda: httpx2.Response(503, content=BUSY),
        lambda: httpx2.Response(502, content=b"<html>proxy</html>"),
    ],
)
async def test_a_command_is_sent_again_with_the_same_bytes(trouble: Callable[[], Answer]) -> None:
    """Protects a visitor from a hiccup, and the server from a second request: same id, same body."""
    wire = Wire(trouble(), trouble(), ok())
    async with wire.client() as client:
        assert (await client.check_in(scan())).reason is CheckInReason.UNKNOWN
    assert len(wire.requests) == 3
    assert len({request.content for request in wire.requests}) == 1
    assert wire.slept == list(COMMAND.delays_seconds[:2])


async def test_patience_ends() -> None:
    """Protects a visitor from waiting for ever: after the last try an error is raised."""
    wire = Wire(*(httpx2.ConnectError("no") for _ in range(9)))
    async with wire.client() as client:
        with pytest.raises(BackendUnavailableError, match="ConnectError"):
            await client.check_in(scan())
    assert len(wire.requests) == len(COMMAND.delays_seconds) + 1


async def test_a_question_is_not_repeated() -> None:
    """Protects the server from piled-up requests: questions are not repeated, as they are asked again soon anyway."""
    wire = Wire(httpx2.ConnectError("no"))
    async with wire.client() as client:
        with pytest.raises(BackendUnavailableError):
            await client.office()
    assert (len(wire.requests), wire.slept) == (1, [])


@pytest.mark.parametrize(
    ("asked", "slept"), [("1", 1.0), ("0.2", 0.2), ("3600", 2.0), ("soon", 0.05), ("-5", 0.05)]
)
async def test_the_servers_wish_is_heard_within_reason(asked: str, slept: float) -> None:
    """Protects a busy server by obeying its Retry-After, and the visitor by limiting how long that may be."""
    wire = Wire(httpx2.Response(503, content=BUSY, headers={"Retry-After": asked}), ok())
    async with wire.client() as client:
        await client.check_in(scan())
    assert wire.slept == [slept]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
async def test_a_refusal_is_final(status: int) -> None:
    """Protects the server from a device that repeats a refused request again and again."""
    body = ErrorReply(code=ErrorCode.DEVICE_UNKNOWN, detail={"kind": "kiosk"}).model_dump_json().encode()
    wire = Wire(httpx2.Response(status, content=body))
    async with wire.client() as client:
        with pytest.raises(BackendRefusedError) as caught:
            await client.check_in(scan())
    assert (caught.value.code, caught.value.detail) == (ErrorCode.DEVICE_UNKNOWN, {"kind": "kiosk"})
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx2.Response(200, content=b"<html>log in to the wifi</html>"), BackendUnavailableError),
        (httpx2.Response(200, content=b'{"reason": 7}'), BackendUnavailableError),
        (httpx2.Response(404, content=b"not this product"), BackendRefusedError),
        (httpx2.Response(404, content=b'{"code": "of the future"}'), BackendRefusedError),
        (httpx2.Response(500, content=b"boom"), BackendUnavailableError),
        (httpx2.Response(507, content=b'{"code": "of the future"}'), BackendUnavailableError),
        (httpx2.Response(302, headers={"Location": "http://elsewhere"}), BackendUnavailableError),
    ],
)
async def test_strange_answers_become_our_errors(
    response: httpx2.Response, error: type[BackendError]
) -> None:
    """Protects the kiosk from another program at that address: redirects are not followed, wrong answers are errors."""
    wire = Wire(response)
    async with wire.client() as client:
        with pytest.raises(error):
            await client.check_in(scan())
    assert len(wire.requests) == 1


async def test_an_outcome_of_a_newer_server_is_an_outcome() -> None:
    """Protects a visitor from reading that the server is away when it has answered; its words are in no log."""
    wire = Wire(
        httpx2.Response(200, content=b'{"reason": "of the future", "found": "waiting"}'),
        httpx2.Response(409, content=b'{"code": "of the future", "detail": {"until": "noon"}}'),
    )
    async with wire.client() as client:
        with capture_logs() as logs:
            reply = await client.check_in(scan())
            with pytest.raises(BackendRefusedError) as refused:
                await client.check_in(scan())
    assert (reply.reason, reply.found) == (OTHER, TicketState.WAITING)
    assert (refused.value.code, refused.value.detail, refused.value.passes) == (
        OTHER,
        {"until": "noon"},
        False,
    )
    assert [(line["event"], line["places"]) for line in logs] == [
        ("reply_code_unknown", ["reason"]),
        ("reply_code_unknown", ["code"]),
    ]


async def test_no_error_says_what_was_asked_or_answered() -> None:
    """Protects logs: an error's whole chain holds neither the code nor the answer's words."""
    wire = Wire(
        httpx2.Response(200, content=b'{"reason": ["SECRET-CODE"]}'),
        httpx2.Response(422, content=b"SECRET-CODE is wrong"),
    )
    async with wire.client() as client:
        for _ in range(2):
            with pytest.raises(BackendError) as caught:
                await client.check_in(scan())
            assert "SECRET" not in repr(caught.getrepr(chain=True, style="no"))
            assert "SECRET" not in str(caught.value)
            assert caught.value.__suppress_context__


async def test_each_call_goes_to_its_route_with_the_token() -> None:
    """Protects the contract: path, method, token and JSON body of every command."""
    ticket = UUID(int=7)
    wire = Wire(ok(), ok(), httpx2.Response(404, content=b""), httpx2.Response(404, content=b""))
    walk_in = WalkInRequest(request_id=UUID(int=1), language="en")
    report = PrintReport(request_id=UUID(int=2), state=PrintState.PRINTED)
    async with wire.client() as client:
        await client.check_in(scan())
        await client.walk_in(walk_in)
        for asking in (client.report_print(ticket, report), client.board()):
            with pytest.raises(BackendRefusedError):
                await asking
    assert [(request.method, request.url.path) for request in wire.requests] == [
        ("POST", "/api/v1/check-ins"),
        ("POST", "/api/v1/walk-ins"),
        ("POST", f"/api/v1/tickets/{ticket}/print-reports"),
        ("GET", "/api/v1/board"),
    ]
    assert all(request.headers["Authorization"] == "Bearer the-token" for request in wire.requests)
    assert json.loads(wire.requests[1].content) == {"request_id": str(UUID(int=1)), "language": "en"}
