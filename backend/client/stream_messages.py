"""Single messages of the event stream, read with care: a newer or faulty server may have written them."""

import json
from collections.abc import Callable

import structlog
from pydantic import ValidationError

from backend.wire import Board, CallMessage, EventMessage, hear, places_of_other

log = structlog.get_logger()


class DoubtError(Exception):
    """The reader may have missed something, so it needs a new snapshot."""


def read_event(data: str) -> EventMessage:
    """Read one event. A kind that this version does not know becomes ``OTHER``; number and counts are still right.

    Raises:
        DoubtError: it is not an event, so something may have been missed.
    """
    try:
        event = hear(EventMessage, data)
    except ValidationError as error:
        places = {".".join(str(part) for part in mistake["loc"]) for mistake in error.errors()}
        raise DoubtError(f"an event was unreadable at {', '.join(sorted(places)) or 'its start'}") from None
    _tell_unknown(event)
    return event


def read_board(data: str) -> Board:
    """Read one snapshot, leaving out calls and numbers that cannot be read.

    Raises:
        DoubtError: the snapshot itself is unreadable.
    """
    try:
        board = hear(Board, data)
    except ValidationError:
        pass
    else:
        _tell_unknown(board)
        return board
    try:
        raw = json.loads(data)
        if not isinstance(raw, dict):
            raise DoubtError("a snapshot was no object")
        for field in ("calls", "recent"):
            raw[field] = _readable(
                raw.get(field),
                lambda entry: isinstance(entry, dict) and hear(CallMessage, entry) is not None,
            )
        raw["absent"] = _readable(raw.get("absent"), lambda entry: isinstance(entry, str))
        return hear(Board, raw)
    except ValueError as error:
        raise DoubtError(f"a snapshot was unreadable ({type(error).__name__})") from None


def _tell_unknown(message: Board | EventMessage) -> None:
    if unknown := places_of_other(message):
        log.warning("stream_code_unknown", places=unknown)


def _readable(entries: object, check: Callable[[object], bool]) -> list[object]:
    """The entries of a list that pass the check; any other is logged without its content."""
    kept: list[object] = []
    for entry in entries if isinstance(entries, list) else []:
        try:
            good = check(entry)
        except ValidationError:
            good = False
        if good:
            kept.append(entry)
        else:
            log.warning("board_entry_ignored")
    return kept
