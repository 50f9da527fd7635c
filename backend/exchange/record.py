"""One reservation as the ward's system exports it, read and checked. Pure values."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from backend.cards import BadNumberError, WardWord, fold_number, normalise_number
from backend.common import fold_line, has_bad_characters
from backend.exchange.booked_hours import BookedHours
from backend.exchange.cell_text import is_guarded
from backend.exchange.column_purpose import holds_my_number
from backend.exchange.dates import Dated, read_birth, read_date
from backend.exchange.likely_years import is_unlikely
from backend.exchange.mapping import ColumnMapping, FieldName, OfficeNames, fold_header
from backend.exchange.meanings import MEANINGS
from backend.exchange.odd_signs import is_odd, remarks_on_signs
from backend.exchange.person_names import clean_name, full_width_kana
from backend.exchange.refusals import BadDateError, ImportReason, ImportRemark, Refusal, Remark
from backend.exchange.spreadsheet import damage
from backend.exchange.times import read_date_time, read_moment
from backend.offices import business_day
from backend.reservations import ReservationState

MAX_LENGTHS: dict[str, int] = {
    "number": 20,
    "card_number": 20,
    "dispatch_number": 20,
    "application_id": 23,
    "name": 200,
    "name_kana": 200,
    "alias": 200,
    "birth": 10,
    "address": 300,
    "phone": 30,
    "email": 254,
    "foreign_category": 60,
    "recipient_type": 8,
    "proxy_name": 200,
    "office_id": 8,
    "window_name": 60,
    "ward_ticket_number": 20,
    "group_number": 40,
    "state": 20,
    "kept_at": 8,
}
"""The longest value by column, in characters; docs/import.md lists them."""

_LATER = ("group_number", "kept_at")


@dataclass(frozen=True, slots=True)
class ReservationRecord:
    """What a row says, by the table's column names; ``None`` for an empty field.

    ``birth`` is ISO 8601, possibly without day or month; ``starts_at`` and ``as_of`` are aware, UTC; ``state`` is a value of
    :class:`~backend.cards.WardWord`. A row without ``number`` has one of the card's own numbers.
    """

    number: str | None
    name: str
    state: str
    name_kana: str | None = None
    alias: str | None = None
    birth: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    foreign_category: str | None = None
    stay_expires_on: date | None = None
    card_expires_on: date | None = None
    application_id: str | None = None
    card_number: str | None = None
    dispatch_number: str | None = None
    recipient_type: str | None = None
    proxy_name: str | None = None
    office_id: str | None = None
    starts_at: datetime | None = None
    window_name: str | None = None
    ward_ticket_number: str | None = None
    group_number: str | None = None
    kept_at: str | None = None
    as_of: datetime | None = field(default=None, compare=False)

    def fingerprint(self, key: bytes) -> str:
        """A keyed hash of everything in the row; equal rows are found by it without comparing personal data."""
        # What came later is hashed only where it is there: other rows have the hash that they had, and count as unchanged.
        # Of when the file is says nothing of the card.
        values = [*_FIRST_OF(self), *filter(None, _LATER_OF(self))]
        text = "\x1f".join(["" if value is None else str(value) for value in values])
        return hashlib.blake2b(text.encode(), key=key[:64], digest_size=32, person=b"reservation").hexdigest()


_FIRST_OF: Final = attrgetter(
    *(one.name for one in fields(ReservationRecord) if one.name not in ("as_of", *_LATER))
)
_LATER_OF: Final = attrgetter(*_LATER)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What became of one row.

    Attributes:
        record: the reservation; None if the row was refused.
        refused: every reason for which it was refused.
        remarks: what somebody should check although the row was read.
    """

    record: ReservationRecord | None
    refused: tuple[Refusal, ...] = ()
    remarks: tuple[Remark, ...] = ()


class _RefusedError(Exception):
    """A value cannot be read; carries the code only."""

    def __init__(self, reason: ImportReason) -> None:
        super().__init__(reason)
        self.reason = reason


IDENTIFYING: Final = ("card_number", "application_id")
"""The kinds of numbers that one card at most has, unless the settings say less."""
_LIVING: Final = (ReservationState.BOOKED, ReservationState.TENTATIVE)
_REPEATED: Final[frozenset[FieldName | None]] = frozenset(
    {
        "state",
        "office",
        "recipient_type",
        "foreign_category",
        "starts_at",
        "birth",
        "stay_expires_on",
        "card_expires_on",
        "kept_at",
        "as_of",
    }
)
"""Fields whose values come again and again in one file; each value is read once."""
_MOST_REPEATED: Final = 65536
"""Values of one column that are kept in mind."""
_LENGTH_OF_MY_NUMBER: Final = 12
_Noted = tuple[FieldName, ImportRemark]


class RowReader:
    """Reads the rows of one file.

    Args:
        header: the column names as the file has them.
        mapping: what they mean.
        offices: finds offices by name.
        today: the day of the import in Tokyo; nobody is born after it.
        identifying: the kinds of numbers that one card at most has; a row without 予約番号 needs one of them.
    """

    def __init__(
        self,
        header: Sequence[str],
        mapping: ColumnMapping,
        offices: OfficeNames,
        today: date,
        identifying: Collection[str] = IDENTIFYING,
    ) -> None:
        self._identifying = identifying
        self._columns = [shown_column(name, index) for index, name in enumerate(header)]
        self._fields: list[FieldName | None] = [mapping.columns.get(fold_header(name)) for name in header]
        self._name_of = {
            field: self._columns[index] for index, field in enumerate(self._fields) if field is not None
        }
        self._mapping = mapping
        self._offices = offices
        self._hours = BookedHours(offices.directory)
        self._today = today
        self._noted: list[_Noted] = []
        self._repeated: list[dict[str, tuple[dict[str, Any], list[_Noted]]]] = [{} for _ in self._fields]
        self._readers: dict[FieldName, Callable[[str], dict[str, Any]]] = {
            "number": lambda text: {"number": _number(text)},
            "card_number": lambda text: {"card_number": _number(text)},
            "dispatch_number": lambda text: {"dispatch_number": _number(text)},
            "application_id": lambda text: {"application_id": _number(text, "application_id")},
            "group_number": lambda text: {"group_number": _number(text, "group_number")},
            "ward_ticket_number": lambda text: {"ward_ticket_number": fold_line(text)},
            "name": lambda text: {"name": clean_name(text)},
            "alias": lambda text: {"alias": clean_name(text)},
            "proxy_name": lambda text: {"proxy_name": clean_name(text)},
            "address": lambda text: {"address": clean_name(text)},
            "name_kana": lambda text: {"name_kana": full_width_kana(clean_name(text))},
            "phone": lambda text: {"phone": fold_line(text)},
            "email": lambda text: {"email": fold_line(text)},
            "foreign_category": lambda text: {"foreign_category": fold_line(text)},
            "birth": self._birth,
            "stay_expires_on": lambda text: self._date("stay_expires_on", text),
            "card_expires_on": lambda text: self._date("card_expires_on", text),
            "starts_at": self._time,
            "office": self._office,
            "state": self._state,
            "recipient_type": self._recipient,
            "kept_at": self._kept_at,
            "as_of": self._as_of,
        }

    def read(self, line: int, fields: Sequence[str]) -> ReadRow:
        """Read one row: the reservation with remarks, or every reason for which it is refused."""
        self._noted = []
        refused = [
            Refusal(line, self._column(index), ImportReason.MY_NUMBER)
            for index, text in enumerate(fields)
            if (len(text) >= _LENGTH_OF_MY_NUMBER or not text.isascii())
            and self._holds_my_number(index, text)
        ]
        short = self._mapping.short_rows and self._lacks_only_optional(len(fields))
        if len(fields) != len(self._columns) and not short:
            refused.append(Refusal(line, None, ImportReason.WRONG_COLUMN_COUNT))
        if refused:
            # The fields may be shifted, or hold a 個人番号: they are not read any further.
            return ReadRow(None, tuple(refused))
        values: dict[str, Any] = {"number": None}
        odd = is_odd("\n".join(fields))
        for index, text in enumerate(fields):
            if not text:
                continue
            known = self._repeated[index].get(text)
            if known is not None:
                values.update(known[0])
                self._noted += known[1]
                continue
            try:
                values.update(self._value(index, text, odd=odd))
            except _RefusedError as error:
                refused.append(Refusal(line, self._column(index), error.reason))
        if refused:
            return ReadRow(None, tuple(refused))
        if "state" not in values:
            # A place without a time is a wish.
            values["state"] = (WardWord.BOOKED if "starts_at" in values else WardWord.NOTIFIED).value
        missing = self._missing(line, values)
        if missing:
            return ReadRow(None, tuple(missing))
        record = ReservationRecord(**values)
        return ReadRow(record, remarks=self._remarks(line, record, short=short))

    def _lacks_only_optional(self, count: int) -> bool:
        """Whether a row with this many fields lacks only optional fields at its end."""
        lacking = self._fields[count:]
        return 0 < len(lacking) < len(self._fields) and not any(
            field in self._mapping.required for field in lacking
        )

    def _remarks(self, line: int, record: ReservationRecord, *, short: bool) -> tuple[Remark, ...]:
        noted = [Remark(line, self._name_of[field], remark) for field, remark in self._noted]
        if short:
            noted.append(Remark(line, None, ImportRemark.SHORT_ROW))
        if record.state == WardWord.BOOKED and record.office_id and record.starts_at:
            closed = self._hours.remark(record.office_id, record.starts_at)
            if closed is not None:
                noted.append(Remark(line, self._name_of["starts_at"], closed))
        return tuple(noted)

    def _holds_my_number(self, index: int, text: str) -> bool:
        # A surplus field belongs to no column, and is searched like a column that is not stored.
        if index >= len(self._fields):
            return holds_my_number(text)
        return text not in self._repeated[index] and holds_my_number(text, self._fields[index])

    def _value(self, index: int, text: str, *, odd: bool) -> dict[str, Any]:
        """The values that one field gives, by column of the table; empty where nothing is stored.

        Args:
            index: of the column.
            text: what stands in it.
            odd: whether any field of the row has a character that some field may not have, or that gets a remark.
        """
        if odd and has_bad_characters(text):
            raise _RefusedError(ImportReason.BAD_CHARACTERS)
        field = self._fields[index]
        stripped = text.strip()
        if field is None or not stripped:
            return {}
        damaged = damage(stripped, field)
        if damaged is not None and not (damaged is ImportReason.SPREADSHEET_FORMULA and is_guarded(text)):
            raise _RefusedError(damaged)
        noted = len(self._noted)
        if odd:
            self._noted += [(field, remark) for remark in remarks_on_signs(stripped, field)]
        try:
            read = self._readers[field](stripped)
        except BadDateError as error:
            raise _RefusedError(error.reason) from None
        except BadNumberError:
            raise _RefusedError(ImportReason.BAD_NUMBER) from None
        if any(isinstance(value, str) and len(value) > MAX_LENGTHS[key] for key, value in read.items()):
            raise _RefusedError(ImportReason.TOO_LONG)
        repeated = self._repeated[index]
        if field in _REPEATED and len(repeated) < _MOST_REPEATED:
            repeated[text] = read, self._noted[noted:]
        return read

    def _column(self, index: int) -> str:
        return self._columns[index] if index < len(self._columns) else f"#{index + 1}"

    def _missing(self, line: int, values: dict[str, Any]) -> list[Refusal]:
        needed: list[tuple[str, FieldName]] = [("name", "name")]
        meaning = MEANINGS[WardWord(values["state"])]
        living = meaning.booking in _LIVING
        if living or (meaning.leaves_booking and values.get("starts_at") and values.get("office_id")):
            needed += [("number", "number"), ("starts_at", "starts_at"), ("office_id", "office")]
        elif not any(values.get(kind) for kind in ("number", *self._identifying)):
            needed.append(("number", "number"))
        return [
            Refusal(
                line, self._name_of.get(field, self._mapping.shown.get(field)), ImportReason.MISSING_VALUE
            )
            for key, field in needed
            if not values.get(key)
        ]

    def _birth(self, text: str) -> dict[str, Any]:
        born = read_birth(text, self._mapping.dates)
        if born is None:
            return {}
        iso = self._noting("birth", born).parts.iso()
        if iso > self._today.isoformat()[: len(iso)]:
            raise BadDateError("nobody is born in the future")
        return {"birth": iso}

    def _noting(self, field: FieldName, dated: Dated) -> Dated:
        """Keep the remarks on a date for the row's result, and return the date."""
        self._noted += [(field, remark) for remark in sorted(dated.remarks)]
        if is_unlikely(field, dated.parts.year, self._today):
            self._noted.append((field, ImportRemark.UNLIKELY_YEAR))
        return dated

    def _date(self, field: FieldName, text: str) -> dict[str, Any]:
        return {field: self._noting(field, read_date(text, self._mapping.dates)).whole}

    def _time(self, text: str) -> dict[str, Any]:
        timed = read_date_time(text, self._mapping.dates)
        self._noted += [("starts_at", remark) for remark in sorted(timed.remarks)]
        if is_unlikely("starts_at", business_day(timed.at).year, self._today):
            self._noted.append(("starts_at", ImportRemark.UNLIKELY_YEAR))
        return {"starts_at": timed.at}

    def _office(self, text: str) -> dict[str, Any]:
        found = self._offices.find(text)
        if found is None:
            raise _RefusedError(ImportReason.UNKNOWN_OFFICE)
        office_id, window = found
        return {"office_id": office_id, "window_name": window}

    def _kept_at(self, text: str) -> dict[str, Any]:
        found = self._offices.find(text)
        if found is None:
            raise _RefusedError(ImportReason.UNKNOWN_OFFICE)
        return {"kept_at": found[0]}

    def _as_of(self, text: str) -> dict[str, Any]:
        moment = read_moment(text, self._mapping.dates)
        if business_day(moment) > self._today:
            # Every right file after it would count as an older one, and be left out.
            raise BadDateError("no file is of a day that has not come")
        return {"as_of": moment}

    def _state(self, text: str) -> dict[str, Any]:
        state = self._mapping.states.get(fold_header(text))
        if state is None and self._mapping.unknown_states:
            self._noted.append(("state", ImportRemark.UNKNOWN_STATE))
            state = WardWord.OTHER
        if state is None:
            raise _RefusedError(ImportReason.BAD_STATE)
        return {"state": state.value}

    def _recipient(self, text: str) -> dict[str, Any]:
        code = self._mapping.recipients.get(fold_header(text))
        if code is None:
            raise _RefusedError(ImportReason.UNKNOWN_RECIPIENT)
        return {"recipient_type": code}


def shown_column(name: str, index: int) -> str:
    """How a report names a column: its name in the file, on one line, or ``#7`` where it has none."""
    return " ".join(name.replace("\ufeff", "").split())[:60] or f"#{index + 1}"


def _number(text: str, column: str = "number") -> str:
    most = MAX_LENGTHS[column]
    try:
        return normalise_number(text, most)
    except BadNumberError:
        if len(fold_number(text)) > most:
            raise _RefusedError(ImportReason.TOO_LONG) from None
        raise
