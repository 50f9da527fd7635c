"""One card of a visit as cells: number, times, windows, outcome."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from backend.exchange import Cells, ExportPart
from backend.offices import Directory
from backend.reception import KeptStep, VisitRecord
from backend.wire import EventKind

_CALLS: Final = (EventKind.TICKET_CALLED, EventKind.TICKET_RECALLED)


Numbers = Mapping[str, Any]
"""By which the ward's system knows a card, with the recipient type."""
Cell = Callable[[VisitRecord, Numbers], str]


def visit_cells(cells: Cells, part: ExportPart, directory: Directory) -> Mapping[str, Cell]:
    """What a mapping may export of a card of a visit: how each column is written, by its name.

    Args:
        cells: writes dates, times, offices and words; a cell raises MappingError where the ward has no word.
        part: the ward's words.
        directory: names of the kinds of visit.
    """

    def kind(code: str) -> str:
        known = directory.kinds.get(code)
        return part.kinds.get(code) or (known.name["ja"] if known else code)

    return {
        "day": lambda visit, _: cells.day(visit.day),
        "office": lambda visit, _: cells.office(visit.office_id),
        "label": lambda visit, _: visit.label,
        "place": lambda visit, _: str(visit.place),
        "number": lambda _, numbers: numbers.get("number") or "",
        "card_number": lambda _, numbers: numbers.get("card_number") or "",
        "application_id": lambda _, numbers: numbers.get("application_id") or "",
        "recipient_type": lambda _, numbers: cells.recipient(numbers.get("recipient_type")),
        "kind": lambda visit, _: kind(visit.kind),
        "admitted": lambda visit, _: part.admitted.get(visit.admitted or "", visit.admitted or ""),
        "received_at": lambda visit, _: cells.clock(visit.received_at),
        "called_at": lambda visit, _: cells.clock(_at(visit.first(EventKind.TICKET_CALLED))),
        "served_at": lambda visit, _: cells.clock(_at(visit.last(EventKind.SERVICE_STARTED))),
        "handed_over_at": lambda visit, _: cells.clock(_at(visit.last(EventKind.HANDED_OVER))),
        "issuance_called_at": lambda visit, _: cells.clock(_at(visit.last(EventKind.CALLED_TO_ISSUANCE))),
        "ended_at": lambda visit, _: cells.clock(visit.ended_at),
        "done_at": lambda visit, _: cells.moment(visit.ended_at),
        "window": lambda visit, _: _window(visit.last(EventKind.SERVICE_STARTED, EventKind.TICKET_CALLED)),
        "issuance_window": lambda visit, _: _window(visit.last(EventKind.CALLED_TO_ISSUANCE)),
        "calls": lambda visit, _: str(visit.count(*_CALLS)),
        "outcome": lambda visit, _: cells.word("export.outcomes", part.outcomes, visit.state.value),
        "reason_code": lambda visit, _: visit.reason or "",
        "reason": lambda visit, _: part.reasons.get(visit.reason or "", visit.reason or ""),
    }


def _at(step: KeptStep | None) -> datetime | None:
    return None if step is None else step.at


def _window(step: KeptStep | None) -> str:
    return (step.window or "") if step else ""
