"""The log of a device: JSON lines on standard output, or text on standard error."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from backend.common import careful_library_lines, hide_numbers, only_kind_and_places
from backend.common.device_kit.device_clock import device_now, stamp
from backend.common.device_kit.device_settings import DeviceSettings


def configure_logs(settings: DeviceSettings) -> None:
    """Write JSON lines on standard output, or text on standard error; Kivy's own messages are left out."""
    stream = sys.stdout if settings.log_json else sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _add_at,
            only_kind_and_places,
            hide_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if settings.log_json
            else structlog.dev.ConsoleRenderer(colors=stream.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
    )
    careful_library_lines()
    logging.getLogger("kivy").setLevel(logging.ERROR)
    # The HTTP library logs every request; our own lines tell the results.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def _add_at(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the time to a log line, unless it has one already."""
    event.setdefault("at", stamp(device_now()))
    return event
