from .booking import (
    BookingEntry as BookingEntry,
    fulfil as fulfil,
    keep_bookings as keep_bookings,
    keep_sealed_bookings as keep_sealed_bookings,
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
from .code_patterns import (
    CodePatternError as CodePatternError,
    load_patterns as load_patterns,
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
from .reservation_state import (
    Channel as Channel,
    ReservationState as ReservationState,
)
from .tables import reservations as reservations
