"""The rows of each kind of file, in the ward's columns and words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from backend.cards import persons_of
from backend.exchange import Cells, ColumnMapping, MappingError, OfficeNames, rows_of_bookings
from backend.handing_back.period import Period
from backend.handing_back.visit_cells import Numbers, visit_cells
from backend.handing_back.ward_file import WardFile
from backend.protection import columns_for_program
from backend.reception import CaseState, VisitRecord, visit_records, visits_between
from backend.reservations import bookings_between, kept_bookings
from backend.sealing import Records

_AT_ONCE: Final = 500
_NUMBERS: Final = columns_for_program("card_number", "application_id")
_NOTHING_YET: Final = {CaseState.OPEN: "open", CaseState.DONE: "no_card"}


@dataclass(frozen=True)
class Found:
    """What there is to write.

    Attributes:
        content: the kind of file.
        ids: of bookings with their cards', or of cases with None.
        persons: of how many persons there may be data in the file.
    """

    content: WardFile
    ids: Sequence[tuple[str, str | None]]

    @property
    def persons(self) -> int:
        """Of how many persons there may be data in the file: never fewer than there are."""
        cards = {card_id for _, card_id in self.ids if card_id is not None}
        return len(cards) if self.content is WardFile.RESERVATIONS else len(self.ids)


class Hand:
    """Hands back what is kept.

    Args:
        mapping: the ward's columns and words.
        offices: every office, as the mapping spells it.
        sealing: opens what is sealed.

    Raises:
        MappingError: the mapping cannot be used to write.
    """

    def __init__(self, mapping: ColumnMapping, offices: OfficeNames, sealing: Records) -> None:
        self.cells = Cells(mapping, offices)
        self._part = mapping.words.part
        self._sealing = sealing
        self._visits = visit_cells(self.cells, self._part, offices.directory)
        for columns in (self._part.receptions, self._part.results):
            unknown = [name for name in columns if name not in self._visits]
            if unknown:
                raise MappingError(
                    f"the mapping exports a column that nobody knows: {unknown[0]}; known are {', '.join(self._visits)}"
                )

    def fields(self) -> Sequence[tuple[str, str]]:
        """The fields of a reservation in the ward's order, with the ward's names."""
        return list(zip(self._part.reservations, self.cells.header(), strict=True))

    def visit_cell(self, name: str, visit: VisitRecord, numbers: Numbers) -> str:
        """One cell of a card of a visit, by the mapping's name of the column."""
        return self._visits[name](visit, numbers)

    def header(self, content: WardFile) -> list[str]:
        """The names of the columns."""
        if content is WardFile.RESERVATIONS:
            return self.cells.header()
        return list(self.columns(content).values())

    def find(self, connection: Connection, content: WardFile, period: Period) -> Found:
        """What there is of a period."""
        if content is WardFile.RESERVATIONS:
            return Found(
                content,
                bookings_between(
                    connection, period.begins, period.ends, period.office_id, period.changed_since
                ),
            )
        ids = visits_between(connection, period.first, period.last, period.office_id, period.changed_since)
        return Found(content, [(case_id, None) for case_id in ids])

    def rows_for(self, connection: Connection, found: Found) -> Iterator[Sequence[str] | str]:
        """The cells of each row; a code instead where a row is left out.

        Raises:
            KeyStoreError: the keys cannot be read, or a record does not open.
            MappingError: the ward has no word for something.
        """
        if found.content is WardFile.RESERVATIONS:
            bookings = [(booking, card_id) for booking, card_id in found.ids if card_id is not None]
            for row in rows_of_bookings(connection, self._sealing, bookings):
                yield "erased" if row.record is None else self.cells.reservation(row.record)
            return
        for visit, numbers in self.visits(connection, [case_id for case_id, _ in found.ids]):
            yield self.visit_row(found.content, visit, numbers)

    def visits(
        self, connection: Connection, case_ids: Sequence[str]
    ) -> Iterator[tuple[VisitRecord, Numbers]]:
        """Cards of visits, each with the numbers by which the ward's system knows it."""
        for first in range(0, len(case_ids), _AT_ONCE):
            some = list(visit_records(connection, case_ids[first : first + _AT_ONCE]))
            card_ids = list({visit.card_id for visit in some if visit.card_id is not None})
            keys = self._sealing.keys_of(card_ids)
            persons = persons_of(connection, self._sealing, keys, card_ids, _NUMBERS)
            ids = [visit.reservation_id for visit in some if visit.reservation_id is not None]
            bookings = kept_bookings(connection, self._sealing, keys, ids, _NUMBERS)
            for visit in some:
                booking = bookings.get(visit.reservation_id or "")
                yield (
                    visit,
                    {
                        **persons.get(visit.card_id or "", {}),
                        "number": booking.number if booking else None,
                        "recipient_type": visit.recipient or (booking.recipient_type if booking else None),
                    },
                )

    def visit_row(self, content: WardFile, visit: VisitRecord, numbers: Numbers) -> Sequence[str] | str:
        """The cells of a card of a visit, or the code for which it is left out."""
        if content is WardFile.RESULTS:
            if visit.state in _NOTHING_YET:
                return _NOTHING_YET[visit.state]
            if visit.card_id is None:
                return "unknown_card"
        return [self.visit_cell(name, visit, numbers) for name in self.columns(content)]

    def columns(self, content: WardFile) -> Mapping[str, str]:
        """What receptions or results have, in its order, with the ward's names."""
        return self._part.receptions if content is WardFile.RECEPTIONS else self._part.results
