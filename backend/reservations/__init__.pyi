from .code_patterns import (
    CodePatternError as CodePatternError,
    load_patterns as load_patterns,
)
from .lookup import (
    ReservationLookup as ReservationLookup,
    ReservationMatch as ReservationMatch,
    find_by_id as find_by_id,
)
from .notices import (
    Notice as Notice,
    NoticeError as NoticeError,
    issue_notices as issue_notices,
    revoke_notices as revoke_notices,
)
from .numbers import (
    BadNumberError as BadNumberError,
    fold_number as fold_number,
    grouped as grouped,
    normalise_number as normalise_number,
)
from .reading import read_columns as read_columns
from .reservation_state import (
    ReservationState as ReservationState,
    mark_issued as mark_issued,
)
from .tables import reservations as reservations
