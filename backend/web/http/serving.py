"""How uvicorn serves the application; the same for the program and for tests on real sockets."""

from typing import Any

from starlette.types import ASGIApp

from backend.web.http.connections import Limits, ServerConfig

GRACE_SECONDS = 3
"""So long requests that are being answered may go on when the server is told to stop."""


def server_config(app: ASGIApp, limits: Limits, **more: Any) -> ServerConfig:
    """What uvicorn is told.

    Args:
        app: the application.
        limits: of its connections.
        more: whatever a test wants otherwise.
    """
    told: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "server_header": False,
        # It would believe whatever comes from this machine; whom we believe is said in the settings.
        "proxy_headers": False,
        **more,
    }
    return ServerConfig(app, limits, **told)
