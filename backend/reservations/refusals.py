"""Why an import refuses a row or a file. Closed codes, documented in ``docs/import.md``; never a value."""

from dataclasses import dataclass
from enum import StrEnum


class ImportReason(StrEnum):
    """Codes of refusals. The first group concerns one row, the second the whole file."""

    MISSING_VALUE = "missing_value"
    BAD_DATE = "bad_date"
    BAD_NUMBER = "bad_number"
    UNKNOWN_OFFICE = "unknown_office"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    BAD_STATE = "bad_state"
    MY_NUMBER = "my_number"
    DUPLICATE_NUMBER = "duplicate_number"
    TOO_LONG = "too_long"
    BAD_CHARACTERS = "bad_characters"
    WRONG_COLUMN_COUNT = "wrong_column_count"

    UNREADABLE_FILE = "unreadable_file"
    EMPTY_FILE = "empty_file"
    BAD_ENCODING = "bad_encoding"
    NUL_BYTE = "nul_byte"
    BAD_QUOTING = "bad_quoting"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which one row was refused.

    Attributes:
        line: where the row begins, counted as an editor counts; 0 where no line can be named.
        column: the column's name as the file has it, ``#7`` for one without a name, ``None`` for the whole row.
        reason: the code.
    """

    line: int
    column: str | None
    reason: ImportReason


class CsvFileError(ValueError):
    """The file as a whole cannot be read; the message is one sentence and holds no value of the file.

    Attributes:
        refusal: line, column and code, for a report in JSON.
        encoding: the encoding, where it was settled before.
    """

    def __init__(
        self,
        message: str,
        reason: ImportReason,
        *,
        line: int = 0,
        column: str | None = None,
        encoding: str | None = None,
    ) -> None:
        super().__init__(message)
        self.refusal = Refusal(line, column, reason)
        self.encoding = encoding
