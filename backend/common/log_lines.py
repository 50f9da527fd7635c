"""Keeps numbers and typed text out of the logs of the three programs: our own lines, lines of libraries, crash reports.

Everything that may be a 12-digit number (個人番号) is blanked. Of an exception only the class and the places in the code
are logged: its message may contain what somebody typed.
"""

import logging
import resource
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final

from backend.wire import FieldShape, contains_my_number

HIDDEN: Final = "(hidden)"
_MOST_PLACES = 6
_STAMPS = frozenset({"timestamp", "at"})
_OF_EXCEPTIONS = frozenset({"exc_info", "stack_info"})

Fields = MutableMapping[str, Any]


def hide_numbers(_logger: object, _name: str, fields: Fields) -> Fields:
    """Blank every value that contains twelve digits, of any type; only our own time stamp is not searched."""
    for key, value in fields.items():
        if not key.startswith("_") and key not in _STAMPS | _OF_EXCEPTIONS and _holds_number(value):
            fields[key] = HIDDEN
    return fields


def only_kind_and_places(_logger: object, _name: str, fields: Fields) -> Fields:
    """Replace an exception by its class and the places in the code."""
    info = fields.pop("exc_info", None)
    fields.pop("stack_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        fields["error"] = type(error).__name__
        fields["places"] = places_of(error.__traceback__)
    return fields


def places_of(trace: TracebackType | None) -> str:
    """The last functions and line numbers of a traceback, without any values."""
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-_MOST_PLACES:])


class LibraryLines(logging.Formatter):
    """Formats the log lines of libraries in programs that configure no log for them."""

    def format(self, record: logging.LogRecord) -> str:
        """Level, logger and message (blanked if it contains a number); of an exception, its class and places."""
        said = record.getMessage()
        line = f"{record.levelname.lower()} {record.name}: {HIDDEN if _holds_number(said) else said}"
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line += f" ({type(error).__name__} at {places_of(error.__traceback__)})"
        return line


def careful_library_lines() -> None:
    """Send what libraries log without any handler to standard error through ``LibraryLines``."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LibraryLines())


def crash_carefully() -> None:
    """Limit crash reports to class and places, and turn core dumps off, as they would contain the whole memory."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    sys.excepthook = _tell_crash
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _tell_thread


def _tell_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    chain: list[str] = []
    before: BaseException | None = error
    while before is not None and len(chain) < _MOST_PLACES:
        chain.append(f"{type(before).__name__} at {places_of(before.__traceback__ or trace)}")
        before = before.__cause__ or before.__context__
    sys.stderr.write(f"unexpected error: {', after '.join(chain) or kind.__name__}\n")


def _tell_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        _tell_crash(args.exc_type, args.exc_value, args.exc_traceback)


def _holds_number(value: object) -> bool:
    if value is None or isinstance(value, bool | float):
        return False
    # A whole number may be a long count or a time stamp; only exactly twelve digits count as a typed number.
    return contains_my_number(str(value), FieldShape.CODE if isinstance(value, int) else FieldShape.RECORD)
