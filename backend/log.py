"""Logs of the server: events with names and keys, nothing personal, on standard output.

What people type and the contents of requests are never logged; a filter at the end blanks everything that looks like a
12-digit number, in case a library logs more than it should.
"""

import logging
import sys

import structlog

from backend.common import hide_numbers, only_kind_and_places


def configure_logging(*, json: bool, level: str = "info") -> None:
    """Send our own events and the libraries' log records through the same processors.

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
                only_kind_and_places,
                render,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "alembic", "sqlalchemy", "fontTools", "fpdf"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
