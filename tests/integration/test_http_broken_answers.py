"""An answer that breaks when its headers are sent, and a body that is too large: told as everything else is."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from backend.protection.roles import DeviceKind
from backend.storage.errors import StorageBusyError
from backend.web.http.connections import Limits
from backend.web.http.middleware import MAX_BODY_BYTES
from backend.web.stream.hub import Subscription
from tests.pages_support import FRAGMENT, JSON, banner_of, browser
from tests.support import House, serving, wait_until

OF_OURS = {"unexpected_error", "storage_failed"}


@pytest.mark.parametrize("error", [StorageBusyError("the database is busy"), RuntimeError("花子")])
def test_a_stream_that_breaks_says_goodbye_and_is_one_line(
    small_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """Behind the headers there is no status any more: the last words carry the id of the only line in the log."""

    async def broken(*_: Any) -> Any:
        """Fail behind the headers."""
        raise error

    monkeypatch.setattr(Subscription, "take", broken)
    headers = {"Authorization": f"Bearer {small_house.device(DeviceKind.DISPLAY)}"}
    with structlog.testing.capture_logs() as logs, serving(small_house) as address:
        reply = httpx2.get(f"{address}/api/v1/events", headers=headers, timeout=10)
        wait_until(lambda: small_house.graph.hub.readers == 0)
    (line,) = [one for one in logs if one["event"] in OF_OURS]
    assert reply.text.endswith(
        f'event: end\nretry: 3000\ndata: {{"code":"trouble","log_id":"{line["id"]}"}}\n\n'
    )
    assert "花子" not in f"{reply.text}{line}"
    loud = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert [one for one in loud if one.name.startswith("uvicorn")] == []


def test_half_an_answer_is_cut_and_is_one_line(
    small_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Any other answer that breaks is no whole one for its reader, and no traceback of the library for the administrator."""
    asked: list[bool] = []

    async def half() -> AsyncIterator[bytes]:
        """Send a part of an answer, then fail."""
        yield b"half"
        asked.append(True)
        raise RuntimeError("花子")

    monkeypatch.setattr("backend.web.stream.streams.Streams.open", lambda *_, **__: StreamingResponse(half()))
    headers = {"Authorization": f"Bearer {small_house.device(DeviceKind.DISPLAY)}"}
    with structlog.testing.capture_logs() as logs, serving(small_house, Limits()) as address:
        with pytest.raises(httpx2.RemoteProtocolError):
            httpx2.get(f"{address}/api/v1/events", headers=headers, timeout=10)
        assert httpx2.get(f"{address}/api/v1/health").status_code == 200
    (line,) = [one for one in logs if one["event"] in OF_OURS]
    assert (asked, bool(line["id"]), line["error"]) == ([True], True, "RuntimeError")
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("headers", [{"Accept": "text/html"}, FRAGMENT, JSON], ids=["page", "script", "code"])
def test_a_body_that_is_too_large_is_a_page_in_a_browser(app: FastAPI, headers: dict[str, str]) -> None:
    """A person reads words, a page's script gets a line to show, a program a code; the connection ends."""
    form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    reply = browser(app).post("/sign-in", content=b"x" * (MAX_BODY_BYTES + 1), headers=form)
    assert (reply.status_code, reply.headers["Connection"]) == (413, "close")
    if headers is JSON:
        assert reply.json()["code"] == "invalid_request"
    else:
        assert banner_of(reply.text) == "error.invalid_request"
        assert ("<html" in reply.text) == (headers is not FRAGMENT)


def test_an_address_that_is_none_is_a_line_for_a_script(app: FastAPI) -> None:
    """What the framework refuses reaches a page's script in the shape that it puts in place, not as raw JSON."""
    reply = browser(app).post("/clerk/nothing", headers=FRAGMENT)
    assert (reply.status_code, reply.headers["X-Fragment"]) == (404, "page")
    assert banner_of(reply.text) == "error.no_such_page"
