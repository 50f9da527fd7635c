"""How uvicorn serves the application; the same for the program and for tests on real sockets."""

from typing import Any

from starlette.types import ASGIApp

from backend.web.http.connections import Limits, ServerConfig

GRACE_SECONDS = 3
"""Seconds for which requests that are being answered may go on after the server was told to stop."""


def server_config(app: ASGIApp, limits: Limits, **more: Any) -> ServerConfig:
    """The configuration of uvicorn.

    Args:
        app: the application.
        limits: the limits of connections.
        more: options that override these, for tests.
    """
    told: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "server_header": False,
        # uvicorn would trust forwarded headers from this machine; only the settings say which proxies are trusted.
        "proxy_headers": False,
        **more,
    }
    return ServerConfig(app, limits, **told)
