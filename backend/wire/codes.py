"""Closed lists of codes on the wire. Servers and devices exchange codes; screens turn them into words.

Every code is documented in ``docs/protocol.md``; a test fails if one is not.
"""

from enum import StrEnum

WIRE_VERSION = 1


class CheckInReason(StrEnum):
    """How a check-in ended.

    With a code of the first group the reply has a ticket; with one of the second group only ``another_office`` may have
    one. Codes of the third group are kept with tickets and shown by ``uketsuke explain``; kiosks get ``walk_in`` or
    ``not_reserved`` instead.
    """

    ON_TIME = "on_time"
    EARLY = "early"
    LATE = "late"
    WALK_IN = "walk_in"
    ALREADY_CHECKED_IN = "already_checked_in"
    JOINED = "joined"
    """A further card of a party: its number is that of the party."""

    NOT_RESERVED = "not_reserved"
    ANOTHER_DAY = "another_day"
    ANOTHER_OFFICE = "another_office"
    CANCELLED = "cancelled"
    NO_CARD = "no_card"
    ALREADY_ISSUED = "already_issued"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    REFUSED = "refused"
    NUMBERS_EXHAUSTED = "numbers_exhausted"
    PARTY_FULL = "party_full"
    KIND_NOT_OFFERED = "kind_not_offered"
    """This office does not handle this kind of visit now."""

    CARD_EXPIRED = "card_expired"
    CARD_NOT_ARRIVED = "card_not_arrived"
    CARD_ELSEWHERE = "card_elsewhere"

    @property
    def gives_ticket(self) -> bool:
        """Whether the reply always carries a ticket."""
        return self in _WITH_TICKET

    @property
    def for_staff(self) -> bool:
        """Whether the code is for staff only; a kiosk gets another one instead."""
        return self in _FOR_STAFF


_WITH_TICKET = frozenset(
    {
        CheckInReason.ON_TIME,
        CheckInReason.EARLY,
        CheckInReason.LATE,
        CheckInReason.WALK_IN,
        CheckInReason.ALREADY_CHECKED_IN,
        CheckInReason.JOINED,
    }
)


_FOR_STAFF = frozenset(
    {CheckInReason.CARD_EXPIRED, CheckInReason.CARD_NOT_ARRIVED, CheckInReason.CARD_ELSEWHERE}
)


class TicketState(StrEnum):
    """Where a visitor's ticket is in the process."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    ABSENT = "absent"
    HANDED_OVER = "handed_over"
    CALLED_TO_ISSUANCE = "called_to_issuance"
    ISSUANCE_ABSENT = "issuance_absent"
    """Called to an issuance window, and did not come."""
    ISSUED = "issued"
    ENDED = "ended"
    """The visit ended without a card."""
    DONE = "done"
    """The visit for something else than a card is completed."""
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"

    @property
    def alive(self) -> bool:
        """Whether the number may still be called or shown."""
        return self in ALIVE_STATES


ALIVE_STATES = frozenset(
    {
        TicketState.WAITING,
        TicketState.CALLED,
        TicketState.SERVING,
        TicketState.ABSENT,
        TicketState.HANDED_OVER,
        TicketState.CALLED_TO_ISSUANCE,
        TicketState.ISSUANCE_ABSENT,
        TicketState.INCOMPLETE,
    }
)
"""States in which a number must not be given to anybody else; also ``incomplete``: the visitor may come back."""

JOINABLE_STATES = frozenset(
    {
        TicketState.WAITING,
        TicketState.CALLED,
        TicketState.SERVING,
        TicketState.ABSENT,
        TicketState.INCOMPLETE,
    }
)
"""States in which further cards may join a number: papers are still checked. Later, the card would be overlooked."""

AT_WINDOW_STATES = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE})
"""States in which a ticket occupies a window."""


class WindowKind(StrEnum):
    """What a window is used for: 受付 (reception), 交付 (handing out cards), or both at one window, as at a branch."""

    RECEPTION = "reception"
    ISSUANCE = "issuance"
    COMBINED = "combined"


class CancelReason(StrEnum):
    """Why a number was cancelled."""

    WENT_HOME = "went_home"
    BY_MISTAKE = "by_mistake"
    TWICE = "twice"
    ANOTHER_DAY = "another_day"
    DAY_END = "day_end"


class NotIssuedReason(StrEnum):
    """Why a visit, or one card of it, ended at the issuance window without a card."""

    NOBODY_CAME = "nobody_came"
    IDENTITY_UNSETTLED = "identity_unsettled"
    PIN_UNDECIDED = "pin_undecided"
    SYSTEM_DOWN = "system_down"
    CARD_DEFECT = "card_defect"
    CARD_MISSING = "card_missing"
    LEFT = "left"
    DAY_END = "day_end"


class SentBackReason(StrEnum):
    """Why the issuance window sends a visitor back to reception."""

    PAPERS_WRONG = "papers_wrong"
    PAPERS_MISSING = "papers_missing"
    WRONG_VISITOR = "wrong_visitor"
    ASKS_MORE = "asks_more"


class CodePlace(StrEnum):
    """The paper on which visitors find their code: the A4 sheet that the ward encloses, the postcard, or both."""

    SHEET = "sheet"
    POSTCARD = "postcard"
    BOTH = "both"


class PrintState(StrEnum):
    """What is known of a ticket's paper. The ticket exists even if its paper was not printed."""

    PENDING = "pending"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"


class PrinterTrouble(StrEnum):
    """Why a ticket was not printed, or may not have been."""

    UNREACHABLE = "unreachable"
    OFFLINE = "offline"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    SILENT = "silent"
    LINE_DROPPED = "line_dropped"


class ScanReason(StrEnum):
    """The result of reading a picture, or the text from a hand scanner."""

    OK = "ok"
    NONE = "none"
    AMBIGUOUS = "ambiguous"
    PARTIAL = "partial"
    MY_NUMBER = "my_number"
    FOREIGN = "foreign"
    HARD_TO_READ = "hard_to_read"
    UNREADABLE_FILE = "unreadable_file"


class RefusalKind(StrEnum):
    """Kinds of codes that a kiosk refuses by itself and reports only as a count."""

    MY_NUMBER = "my_number"
    FOREIGN_CODE = "foreign_code"


class DevicePart(StrEnum):
    """Parts of a kiosk whose troubles are shown to clerks."""

    CAMERA = "camera"
    PRINTER = "printer"
    SCANNER = "scanner"


class PartTrouble(StrEnum):
    """Why a part of a kiosk does not work. With ``near_end`` it still works, but its paper soon runs out.

    A newer kiosk may send other codes; there are no texts for those, so they count as unspecified troubles.
    """

    NO_PICTURE = "no_picture"
    UNPLUGGED = "unplugged"
    NEAR_END = "near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    OFFLINE = "offline"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    LINE_DROPPED = "line_dropped"


class EventKind(StrEnum):
    """What happened to a ticket, in the past tense; one row each in the event log."""

    TICKET_ISSUED = "ticket_issued"
    CARD_JOINED = "card_joined"
    TICKET_PRINTED = "ticket_printed"
    PRINT_FAILED = "print_failed"
    PAPER_SETTLED = "paper_settled"
    TICKET_CALLED = "ticket_called"
    TICKET_RECALLED = "ticket_recalled"
    SERVICE_STARTED = "service_started"
    RECIPIENT_CHOSEN = "recipient_chosen"
    CARD_TIED = "card_tied"
    CARD_UNTIED = "card_untied"
    APART_CHANGED = "apart_changed"
    TICKET_ABSENT = "ticket_absent"
    TICKET_RETURNED = "ticket_returned"
    DOCUMENTS_COMPLETE = "documents_complete"
    HANDED_OVER = "handed_over"
    ENDED_INCOMPLETE = "ended_incomplete"
    CALLED_TO_ISSUANCE = "called_to_issuance"
    PUT_BACK = "put_back"
    SENT_BACK = "sent_back"
    CARD_ISSUED = "card_issued"
    CARD_NOT_ISSUED = "card_not_issued"
    ISSUED = "issued"
    NOT_ISSUED = "not_issued"
    FINISHED = "finished"
    TICKET_CANCELLED = "ticket_cancelled"
    WINDOW_TAKEN = "window_taken"
    WINDOW_LEFT = "window_left"
    DEVICE_REPORTED = "device_reported"
    CARDS_CHANGED = "cards_changed"
    RESERVATIONS_IMPORTED = "reservations_imported"


class ErrorCode(StrEnum):
    """Why a request was not carried out; every refusal of the server has one of these codes."""

    INVALID_REQUEST = "invalid_request"
    REQUEST_ID_REUSED = "request_id_reused"
    NOT_FOUND = "not_found"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_CREDENTIALS = "wrong_credentials"
    TOO_MANY_TRIES = "too_many_tries"
    SIGN_IN_BUSY = "sign_in_busy"
    OFFICE_NEEDED = "office_needed"
    OFFICE_UNKNOWN = "office_unknown"
    FORBIDDEN = "forbidden"
    CSRF_FAILED = "csrf_failed"
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_NOT_ALLOWED = "device_not_allowed"
    WINDOW_UNKNOWN = "window_unknown"
    WINDOW_NEEDED = "window_needed"
    WINDOW_TAKEN = "window_taken"
    WINDOW_OCCUPIED = "window_occupied"
    NOBODY_WAITING = "nobody_waiting"
    TICKET_TAKEN = "ticket_taken"
    WRONG_STATE = "wrong_state"
    TOO_SOON = "too_soon"
    ALREADY_ISSUED = "already_issued"
    CASE_NEEDED = "case_needed"
    CASE_TIED = "case_tied"
    CASE_NOT_TIED = "case_not_tied"
    CASE_ENDED = "case_ended"
    CARD_UNKNOWN = "card_unknown"
    CARD_AMBIGUOUS = "card_ambiguous"
    CARD_GONE = "card_gone"
    CARD_HAS_NUMBER = "card_has_number"
    CARD_IN_PARTY = "card_in_party"
    CARD_HAS_NUMBER_ELSEWHERE = "card_has_number_elsewhere"
    BIRTH_NEEDED = "birth_needed"
    TOO_MANY_SEARCHES = "too_many_searches"
    ISSUANCE_NEEDED = "issuance_needed"
    FINISH_NEEDED = "finish_needed"
    CHECKLIST_INCOMPLETE = "checklist_incomplete"
    CHECKLIST_INVALID = "checklist_invalid"
    STALE_CHECK = "stale_check"
    CONTAINS_MY_NUMBER = "contains_my_number"
    STORAGE_FULL = "storage_full"
    STORAGE_BUSY = "storage_busy"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    INTERNAL = "internal"


class Farewell(StrEnum):
    """Why the server ended an event stream early; it is sent as the last message of the stream."""

    TOO_MANY_STREAMS = "too_many_streams"
    TROUBLE = "trouble"
