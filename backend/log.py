"""Logs of the server: events with names and keys, nothing personal, on standard output.

What people type and what stands in requests is never logged; a filter at the end blanks whatever looks like a
12-digit number, in case a library says more than it should.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from backend.wire.my_number import contains_my_number

_HIDDEN = "(hidden)"


def hide_numbers(_logger: object, _name: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank every text that holds twelve digits, except the time stamp."""
    for key, value in fields.items():
        if key != "timestamp" and isinstance(value, str) and contains_my_number(value):
            fields[key] = _HIDDEN
    return fields


def configure_logging(*, json: bool, level: str = "info") -> None:
    """Send our own events and the libraries' records through one pipe.

    Args:
        json: JSON lines instead of text.
        level: debug, info, warning or error.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_numbers,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    render: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_traceback_values,
                render,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "alembic", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _without_traceback_values(
    _logger: object, _name: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep of an exception where and what kind it was; its message may hold what somebody typed."""
    info = fields.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        fields["error"] = info[0].__name__
        places = []
        trace = info[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_name}:{trace.tb_lineno}")
            trace = trace.tb_next
        fields["at"] = " > ".join(places[-6:])
    return fields
