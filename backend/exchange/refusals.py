"""Codes of why an import refuses a row or a file, and of its remarks; ``docs/import.md`` explains them.

Nothing here holds a value of the file.
"""

from dataclasses import dataclass
from enum import StrEnum


class ImportReason(StrEnum):
    """Codes of refusals: one row's own mistakes, then damage by spreadsheets, then those of the whole file."""

    MISSING_VALUE = "missing_value"
    BAD_DATE = "bad_date"
    WRONG_WEEKDAY = "wrong_weekday"
    FOREIGN_OFFSET = "foreign_offset"
    BAD_NUMBER = "bad_number"
    UNKNOWN_OFFICE = "unknown_office"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    BAD_STATE = "bad_state"
    MY_NUMBER = "my_number"
    DUPLICATE_NUMBER = "duplicate_number"
    TOO_LONG = "too_long"
    BAD_CHARACTERS = "bad_characters"
    WRONG_COLUMN_COUNT = "wrong_column_count"

    SPREADSHEET_ERROR = "spreadsheet_error"
    SPREADSHEET_NARROW = "spreadsheet_narrow"
    SPREADSHEET_FORMULA = "spreadsheet_formula"
    SPREADSHEET_WORD = "spreadsheet_word"
    SPREADSHEET_TEXT_MARK = "spreadsheet_text_mark"
    SPREADSHEET_EXPONENT = "spreadsheet_exponent"
    SPREADSHEET_QUANTITY = "spreadsheet_quantity"
    SPREADSHEET_ZERO_LOST = "spreadsheet_zero_lost"
    SPREADSHEET_DIGITS_LOST = "spreadsheet_digits_lost"
    SPREADSHEET_DATE = "spreadsheet_date"
    SPREADSHEET_SERIAL = "spreadsheet_serial"
    NO_WORDS = "no_words"

    UNREADABLE_FILE = "unreadable_file"
    EMPTY_FILE = "empty_file"
    BAD_ENCODING = "bad_encoding"
    NUL_BYTE = "nul_byte"
    BAD_QUOTING = "bad_quoting"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"


REASON_WORDS: dict[ImportReason, str] = {
    ImportReason.WRONG_WEEKDAY: "the weekday or holiday beside the date is not that day's",
    ImportReason.FOREIGN_OFFSET: "+09:00 or Z may follow the time; this is neither, and may be the end of a span",
    ImportReason.SPREADSHEET_ERROR: "a spreadsheet wrote its error value, as #N/A, over it",
    ImportReason.SPREADSHEET_NARROW: "the spreadsheet's column was too narrow and #### was saved",
    ImportReason.SPREADSHEET_FORMULA: "a formula stands there, not its result",
    ImportReason.SPREADSHEET_WORD: "a program's word for nothing, or for yes or no, as null or TRUE, stands there",
    ImportReason.SPREADSHEET_TEXT_MARK: "a spreadsheet's apostrophe stands before it",
    ImportReason.SPREADSHEET_EXPONENT: "a spreadsheet shortened a long number, as 1.2E+11",
    ImportReason.SPREADSHEET_QUANTITY: "a spreadsheet made a quantity of it, as 123.0 or 1,234",
    ImportReason.SPREADSHEET_ZERO_LOST: "the zero at its beginning is lost",
    ImportReason.SPREADSHEET_DIGITS_LOST: "a spreadsheet keeps 15 digits; the others became zeros",
    ImportReason.SPREADSHEET_DATE: "a spreadsheet made a date of it",
    ImportReason.SPREADSHEET_SERIAL: "a spreadsheet's number of days stands where a date was",
    ImportReason.NO_WORDS: "digits stand where words are meant",
}
"""What happened, in words, for codes that do not explain themselves."""


class ImportRemark(StrEnum):
    """Codes of remarks: the row was read, but somebody should check it."""

    OUTSIDE_HOURS = "outside_hours"
    CLOSED_DAY = "closed_day"
    UNLIKELY_YEAR = "unlikely_year"
    WRONG_WEEKDAY = "wrong_weekday"
    HEISEI_CONTINUED = "heisei_continued"
    SHORT_ROW = "short_row"
    SHORT_NUMBER = "short_number"
    LOST_CHARACTER = "lost_character"
    UNKNOWN_STATE = "unknown_state"
    OWN_CHARACTER = "own_character"
    VARIANT_CHARACTER = "variant_character"
    NO_LINE_END = "no_line_end"


REMARK_WORDS: dict[ImportRemark, str] = {
    ImportRemark.OUTSIDE_HOURS: "the office is not open at this time",
    ImportRemark.CLOSED_DAY: "the office is closed on this day",
    ImportRemark.UNLIKELY_YEAR: "so long ago, or so far ahead, that the year or the era may be wrong",
    ImportRemark.WRONG_WEEKDAY: "the weekday or holiday beside the date is not that day's; the date was taken",
    ImportRemark.HEISEI_CONTINUED: "Heisei had ended; read as the same year of Reiwa",
    ImportRemark.SHORT_ROW: "fields at the end are missing; read as empty",
    ImportRemark.SHORT_NUMBER: "shorter than the others, none of which begins with a zero: was one lost?",
    ImportRemark.UNKNOWN_STATE: "the mapping has no meaning for this word; card and booking stay as they were",
    ImportRemark.OWN_CHARACTER: "a character of somebody's own set stands in it: it is kept, and other machines show nothing or another one",
    ImportRemark.VARIANT_CHARACTER: "a variation selector stands in it: it is kept, and a file in CP932 cannot have it",
    ImportRemark.LOST_CHARACTER: "a question mark or 〓 stands in it: another program may have lost a character",
    ImportRemark.NO_LINE_END: "the file ends in this line without a line break: it may have been cut, and the last value with it",
}


class BadDateError(ValueError):
    """A text is no date, or the date does not exist. The message never repeats the text."""

    reason = ImportReason.BAD_DATE


class WrongWeekdayError(BadDateError):
    """The weekday or holiday written beside a date does not belong to it."""

    reason = ImportReason.WRONG_WEEKDAY


class ForeignOffsetError(BadDateError):
    """What follows a time looks like a UTC offset that no file from Japan has."""

    reason = ImportReason.FOREIGN_OFFSET


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a row that was read but that somebody should check.

    Attributes:
        line: where the row begins, from 1.
        column: the column's name as the file has it, ``None`` for the whole row.
        remark: the code.
    """

    line: int
    column: str | None
    remark: ImportRemark


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason for which one row was refused.

    Attributes:
        line: where the row begins, counted from 1 as in an editor; 0 where no line can be named.
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
        encoding: the encoding, if it was already known.
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
