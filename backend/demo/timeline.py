"""The steps of one visit, each with its time by the clock of the part where it happened."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path


class PlayedKind(StrEnum):
    """The kinds of visits that can be played."""

    ALONE = "alone"
    PARTY = "party"
    WALK_IN = "walk_in"
    NO_CARD = "no_card"
    WALK_IN_NO_CARD = "walk_in_no_card"
    """Both: no reservation, and no card at the end."""

    @property
    def without_reservation(self) -> bool:
        """Whether the visitor asks for a number, without holding up a notice."""
        return self in {PlayedKind.WALK_IN, PlayedKind.WALK_IN_NO_CARD}

    @property
    def without_card(self) -> bool:
        """Whether it ends at the issuance window without the card."""
        return self in {PlayedKind.NO_CARD, PlayedKind.WALK_IN_NO_CARD}


class VisitStep(StrEnum):
    """The steps of visits, in order. Each card of a party has its own ``joined``, ``case_complete`` and ``issued``."""

    NOTICE_SEEN = "notice_seen"
    CHECKED_IN = "checked_in"
    PRINTED = "printed"
    WAITING_SHOWN = "waiting_shown"
    JOINED = "joined"
    CALLED = "called"
    CALL_SHOWN = "call_shown"
    CASE_COMPLETE = "case_complete"
    DOCUMENTS_COMPLETE = "documents_complete"
    HANDED_OVER = "handed_over"
    CALLED_TO_ISSUANCE = "called_to_issuance"
    ISSUED = "issued"
    NOT_ISSUED = "not_issued"


Due = tuple[VisitStep, int | None]
"""A step, and the number (from 1) of the card in its party that it is about; None if it is about the whole visit."""

PARTY_CARDS = 3
"""A mother and her two children."""


def due_steps(kind: PlayedKind) -> frozenset[Due]:
    """All steps of a complete visit."""
    steps = set(VisitStep) - {VisitStep.JOINED, VisitStep.CASE_COMPLETE}
    steps.remove(VisitStep.ISSUED if kind.without_card else VisitStep.NOT_ISSUED)
    if kind.without_reservation:
        steps.remove(VisitStep.NOTICE_SEEN)
    of_cards: set[Due] = set()
    if kind is PlayedKind.PARTY:
        steps.remove(VisitStep.ISSUED)
        for case in range(1, PARTY_CARDS + 1):
            of_cards |= {(VisitStep.CASE_COMPLETE, case), (VisitStep.ISSUED, case)}
            if case > 1:
                of_cards.add((VisitStep.JOINED, case))
    return frozenset(of_cards | {(step, None) for step in steps})


@dataclass(frozen=True)
class Moment:
    """One step of one ticket; ``at`` is aware, ``case`` is the number (from 1) of the card, if it is about one card."""

    step: VisitStep
    at: datetime
    ticket: str
    case: int | None = None


class Timeline:
    """The steps that have happened so far.

    Args:
        due: the steps of the whole visit.
    """

    def __init__(self, due: Iterable[Due]) -> None:
        self._due = frozenset(due)
        self._moments: dict[Due, Moment] = {}

    def add(self, step: VisitStep, at: datetime, ticket: str, case: int | None = None) -> None:
        """Note a step.

        Args:
            step: the step.
            at: when it happened, aware, by the clock of the part where it happened.
            ticket: the ticket's number.
            case: number (from 1) of the card in its party, if the step is about one card.
        """
        self._moments[step, case] = Moment(step, at.astimezone(UTC), ticket, case)

    @property
    def complete(self) -> bool:
        """Whether exactly the steps of the visit have happened."""
        return self._moments.keys() == self._due

    @property
    def moments(self) -> list[Moment]:
        """The steps in order of time."""
        return sorted(self._moments.values(), key=lambda moment: moment.at)

    def write(self, path: Path) -> None:
        """Write the steps in order of time as JSON: ``[{"step", "at", "ticket", "case"}]``.

        ``at`` is UTC; ``case`` is there only for a step that is about one card.
        """
        told = [
            {
                "step": moment.step.value,
                "at": moment.at.isoformat(timespec="microseconds"),
                "ticket": moment.ticket,
                **({} if moment.case is None else {"case": moment.case}),
            }
            for moment in self.moments
        ]
        path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
