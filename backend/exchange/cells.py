"""Values as cells of a file for the ward: dates, offices and words as an import reads them back."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from backend.cards import WardStatus
from backend.common import era_parts, in_tokyo
from backend.exchange.dates import Notation
from backend.exchange.mapping import ColumnMapping, MappingError, OfficeNames
from backend.exchange.record import ReservationRecord


class Cells:
    """Writes values of our records as the ward's file has them.

    Args:
        mapping: the ward's columns and words.
        offices: finds an office in what was written, so that each cell is known to come back.

    Raises:
        MappingError: the notation of the export is none that the import would read, or a column is no field.
    """

    def __init__(self, mapping: ColumnMapping, offices: OfficeNames) -> None:
        self._mapping = mapping
        self._offices = offices
        part = mapping.words.part
        if part.dates not in mapping.dates.notations or part.dates is Notation.ERA_CODE:
            raise MappingError(
                f"the mapping writes dates as {part.dates}, which its [dates] notations do not read; choose one of them"
            )
        silent = [state.value for state in WardStatus if state.value not in mapping.words.states]
        if silent:
            raise MappingError(
                f"the mapping has no word in [states] for {silent[0]}, so nothing can be exported"
            )
        unknown = [field for field in part.reservations if field not in mapping.shown]
        if unknown:
            raise MappingError(f"the mapping exports a field without a column: {unknown[0]}")
        self._writers: Mapping[str, Callable[[Any], str]] = {
            "state": lambda code: self.word("states", mapping.words.states, code),
            "recipient_type": self.recipient,
            "birth": self.birth,
            "starts_at": self.moment,
            "stay_expires_on": self.day,
            "card_expires_on": self.day,
        }

    def header(self) -> list[str]:
        """The names of the columns of reservations."""
        return [str(self._mapping.shown[field]) for field in self._fields]  # type: ignore[index] # checked above

    @property
    def _fields(self) -> tuple[str, ...]:
        return self._mapping.words.part.reservations

    def reservation(self, record: ReservationRecord) -> list[str]:
        """The cells of a booking, in the order of the header."""
        return [self.field(field, record) for field in self._fields]

    def field(self, field: str, record: ReservationRecord) -> str:
        """One cell of a booking, by the mapping's name of the field."""
        if field == "office":
            return self.office(record.office_id, record.window_name)
        value = getattr(record, field)
        writer = self._writers.get(field)
        return writer(value) if writer is not None else str(value or "")

    def recipient(self, code: str | None) -> str:
        """受取人種別 by the code of a rule; a code without a word is understood too."""
        return self._mapping.words.recipients.get(code, code) if code else ""

    def day(self, day: date | None) -> str:
        """A day."""
        if day is None:
            return ""
        match self._mapping.words.part.dates:
            case Notation.COMPACT:
                return f"{day:%Y%m%d}"
            case Notation.JAPANESE_ERA:
                era, year = era_parts(day)
                return f"{era[0]}{year}年{day.month}月{day.day}日"
            case _:
                return f"{day.year:04d}/{day.month:02d}/{day.day:02d}"

    def birth(self, iso: str | None) -> str:
        """A birthday, of which month or day may be unknown."""
        if not iso:
            return ""
        parts = [int(part) for part in iso.split("-")]
        if len(parts) == 3:
            return self.day(date(*parts))
        year, month = parts[0], parts[1] if len(parts) == 2 else None
        match self._mapping.words.part.dates:
            case Notation.COMPACT:
                return f"{year:04d}{month or 0:02d}00"
            case Notation.JAPANESE_ERA:
                # The era in which year or month ended: the part of it that is known lies in that one, too.
                last = date(year, month or 12, monthrange(year, month or 12)[1])
                era, count = era_parts(last)
                return f"{era[0]}{count}年{month}月" if month else f"{era[0]}{count}年"
            case _:
                return f"{year:04d}年{month}月" if month else f"{year:04d}年"

    def moment(self, at: datetime | None) -> str:
        """A day with a time of day in Tokyo; seconds only where there are any."""
        if at is None:
            return ""
        local = in_tokyo(at)
        return (
            f"{self.day(local.date())} {local:%H:%M:%S}"
            if local.second
            else f"{self.day(local.date())} {local:%H:%M}"
        )

    def clock(self, at: datetime | None) -> str:
        """A time of day in Tokyo, to the second."""
        return f"{in_tokyo(at):%H:%M:%S}" if at is not None else ""

    def office(self, office_id: str | None, window: str | None = None) -> str:
        """交付窓口: the name of an office, and the window behind it."""
        if office_id is None:
            return ""
        office = self._offices.directory.get(office_id)
        name = office.name["ja"] if office else office_id
        return f"{name}　{window}" if window else name

    def word(self, table: str, words: Mapping[str, str], code: Any) -> str:
        """The ward's word for a code.

        Raises:
            MappingError: it has none.
        """
        found = words.get(str(code))
        if found is None:
            raise MappingError(
                f"the mapping has no word in [{table}] for {code}; nothing can be exported without it"
            )
        return found
