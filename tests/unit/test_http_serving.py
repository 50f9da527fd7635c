"""How uvicorn runs the server: it trusts no forwarded headers, and writes no log lines with addresses of requests."""

import logging
from typing import Any

from backend.web.http.connections import Limits
from backend.web.http.serving import GRACE_SECONDS, server_config


async def nobody(*_: Any) -> None:
    """An application that is never asked."""


def test_uvicorn_believes_no_header_and_writes_no_address() -> None:
    """Whom we believe is said in the settings; uvicorn's own log would keep every path that somebody asks for."""
    config = server_config(nobody, Limits())
    assert not config.proxy_headers
    assert not config.access_log
    assert config.log_config is None
    assert not logging.getLogger("uvicorn.access").propagate
    assert all(name.lower() != b"server" for name, _ in config.encoded_headers)


def test_a_server_that_is_told_to_stop_does_not_wait_for_ever() -> None:
    """A stream that nobody ends does not keep a machine from being switched off; a test may wait shorter."""
    assert server_config(nobody, Limits()).timeout_graceful_shutdown == GRACE_SECONDS
    assert server_config(nobody, Limits(), timeout_graceful_shutdown=1).timeout_graceful_shutdown == 1
