from .booking import (
    CONTACT_COLUMNS as CONTACT_COLUMNS,
    BookingEntry as BookingEntry,
    bookings_of_card as bookings_of_card,
    fulfil as fulfil,
    keep_bookings as keep_bookings,
    seal_contacts as seal_contacts,
)
from .booking_counts import (
    BookingCount as BookingCount,
    count_bookings as count_bookings,
)
from .booking_sheets import (
    BookingSheet as BookingSheet,
    print_booking_sheets as print_booking_sheets,
)
from .card_search import (
    LENGTHS as LENGTHS,
    search_cards as search_cards,
)
from .changing import (
    Appointment as Appointment,
    BookingError as BookingError,
    BookingProblem as BookingProblem,
    book_here as book_here,
    cancel_here as cancel_here,
    decide as decide,
    move_here as move_here,
)
from .code_patterns import (
    CodePatternError as CodePatternError,
    load_patterns as load_patterns,
)
from .conflicts import (
    Conflict as Conflict,
    facts_of as facts_of,
    numbers_of_cards as numbers_of_cards,
    open_conflicts as open_conflicts,
)
from .fields import (
    read_fields as read_fields,
    status_of as status_of,
)
from .lookup import (
    CardLookup as CardLookup,
    find_match as find_match,
)
from .many_bookings import (
    KeptBooking as KeptBooking,
    booking_with as booking_with,
    bookings_between as bookings_between,
    kept_bookings as kept_bookings,
)
from .match import (
    OLD_PAPERS as OLD_PAPERS,
    Booking as Booking,
    CardMatch as CardMatch,
    Shown as Shown,
)
from .notice_commands import (
    CardsChanged as CardsChanged,
    NoteReturned as NoteReturned,
    NoticeReason as NoticeReason,
    ReissueNotices as ReissueNotices,
    VoidNotices as VoidNotices,
    notice_handlings as notice_handlings,
)
from .notices import (
    AskedCard as AskedCard,
    Notice as Notice,
    NoticeError as NoticeError,
    NumberKind as NumberKind,
    as_printed as as_printed,
    asked_card as asked_card,
    issue_notices as issue_notices,
    print_notices as print_notices,
)
from .owning import (
    Side as Side,
    WhoseWord as WhoseWord,
)
from .reservation_state import (
    Channel as Channel,
    Decision as Decision,
    Owner as Owner,
    ReservationState as ReservationState,
)
from .tables import reservations as reservations
from .ward_word import (
    WordOfCard as WordOfCard,
    take_word as take_word,
)
