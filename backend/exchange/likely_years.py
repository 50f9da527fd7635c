"""Which years a day in a file may have; another one is likely a slip of the era or of a digit, and is remarked.

Nothing here refuses: the day exists, and whoever exported the file knows better. 令和8年 typed as 昭和8年 or 2026 as 2062
are days like others to every check before this one.
"""

from datetime import date
from typing import Final

from backend.exchange.mapping import FieldName

_LIKELY: Final[dict[FieldName, tuple[int, int]]] = {
    # The oldest person of Japan on record was 119 years old.
    "birth": (120, 0),
    # Visits of the past stay in an export; cards are handed over since 2016. Nobody books more than a year ahead.
    "starts_at": (10, 1),
    # Ten years from a birthday, and up to one more; an expired card is renewed, or never fetched.
    "card_expires_on": (10, 11),
    # The longest period of stay is five years, a permanent resident's residence card is renewed every seven.
    "stay_expires_on": (10, 8),
}
"""How many years before and after the day of the import a day of a field may lie."""


def is_unlikely(field: FieldName, year: int, today: date) -> bool:
    """Whether the year of a day is one that hardly any row has.

    Args:
        field: what the day is for.
        year: its year.
        today: the day of the import.
    """
    before, after = _LIKELY[field]
    return not today.year - before <= year <= today.year + after
