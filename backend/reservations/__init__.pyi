from .booking import (
    BookingEntry as BookingEntry,
    fulfil as fulfil,
    keep_bookings as keep_bookings,
    seal_contacts as seal_contacts,
)
from .booking_counts import (
    BookingCount as BookingCount,
    count_bookings as count_bookings,
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
from .match import (
    Booking as Booking,
    CardMatch as CardMatch,
    Shown as Shown,
)
from .notices import (
    Notice as Notice,
    NoticeError as NoticeError,
    issue_notices as issue_notices,
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
