"""The steps of one visit, each with its time by the clock of the part where it happened."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class VisitStep(StrEnum):
    """The steps of one visit, in order."""

    NOTICE_SEEN = "notice_seen"
    CHECKED_IN = "checked_in"
    PRINTED = "printed"
    WAITING_SHOWN = "waiting_shown"
    CALLED = "called"
    CALL_SHOWN = "call_shown"
    DOCUMENTS_COMPLETE = "documents_complete"
    HANDED_OVER = "handed_over"
    CALLED_TO_ISSUANCE = "called_to_issuance"
    ISSUED = "issued"


@dataclass(frozen=True)
class Moment:
    """One step of one ticket; ``at`` is aware."""

    step: VisitStep
    at: datetime
    ticket: str


class Timeline:
    """The steps that have happened so far."""

    def __init__(self) -> None:
        self._moments: dict[VisitStep, Moment] = {}

    def add(self, step: VisitStep, at: datetime, ticket: str) -> None:
        """Note a step.

        Args:
            step: the step.
            at: when it happened, aware, by the clock of the part where it happened.
            ticket: the ticket's number.
        """
        self._moments[step] = Moment(step, at.astimezone(UTC), ticket)

    @property
    def complete(self) -> bool:
        """Whether every step has happened."""
        return len(self._moments) == len(VisitStep)

    @property
    def moments(self) -> list[Moment]:
        """The steps in order of time."""
        return sorted(self._moments.values(), key=lambda moment: moment.at)

    def write(self, path: Path) -> None:
        """Write the steps in order of time as JSON: ``[{"step", "at", "ticket"}]``, times in UTC."""
        told = [
            {
                "step": moment.step.value,
                "at": moment.at.isoformat(timespec="microseconds"),
                "ticket": moment.ticket,
            }
            for moment in self.moments
        ]
        path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
