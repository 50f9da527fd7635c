"""The likely years of each date field; another year is probably a wrong era or digit, and gets a remark.

Nothing here is refused: the date exists and may be right. 令和8年 typed as 昭和8年, or 2026 as 2062, passes every check
before this one.
"""

from datetime import date
from typing import Final

from backend.exchange.mapping import FieldName

_LIKELY: Final[dict[FieldName, tuple[int, int]]] = {
    # The oldest person of Japan on record was 119 years old.
    "birth": (120, 0),
    # Past visits stay in an export; cards have been handed over since 2016. Nobody books more than a year ahead.
    "starts_at": (10, 1),
    # A card expires on the tenth birthday after its issue, at most eleven years ahead; expired ones stay in an export.
    "card_expires_on": (10, 11),
    # The longest period of stay is five years; a permanent resident's residence card is renewed every seven years.
    "stay_expires_on": (10, 8),
}
"""By field: how many years before and after the year of the import are likely."""


def is_unlikely(field: FieldName, year: int, today: date) -> bool:
    """Whether hardly any row has this year in this field.

    Args:
        field: the date's field; it must be one of the date fields.
        year: the year of the date, 西暦.
        today: the day of the import in Tokyo.
    """
    before, after = _LIKELY[field]
    return not today.year - before <= year <= today.year + after
