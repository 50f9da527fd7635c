"""The parts' own logs, one JSON object per line: they tell what really happened, and when."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

LogLine = Mapping[str, Any]


class EventLines:
    """The events in one part's log.

    Args:
        path: the log; it may not exist yet, and may hold other lines.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self, event: str) -> list[LogLine]:
        """Every line of one event so far, oldest first."""
        return [line for line in self._lines() if line.get("event") == event]

    def first(self, event: str, **values: object) -> LogLine | None:
        """The first line of an event with these values; None if there is none so far."""
        return next((line for line in self.all(event) if _holds(line, values)), None)

    def last(self, event: str) -> LogLine | None:
        """The newest line of an event; None if there is none so far."""
        lines = self.all(event)
        return lines[-1] if lines else None

    def _lines(self) -> list[LogLine]:
        try:
            written = self._path.read_bytes()
        except FileNotFoundError:
            return []
        # What follows the last line end is still being written.
        whole = written[: written.rfind(b"\n") + 1].decode("utf-8", errors="replace")
        return [line for text in whole.splitlines() if (line := _object(text)) is not None]


def happened_at(line: LogLine) -> datetime:
    """When an event happened, by the clock of the part that logged it; aware.

    Raises:
        ValueError: the line does not say it.
    """
    at = datetime.fromisoformat(str(line.get("at")))
    if at.tzinfo is None:
        raise ValueError("the time of an event has no zone")
    return at


def _holds(line: LogLine, values: Mapping[str, object]) -> bool:
    return all(line.get(name) == value for name, value in values.items())


def _object(text: str) -> LogLine | None:
    if not text.startswith("{"):
        return None
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
