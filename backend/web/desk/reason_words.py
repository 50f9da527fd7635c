"""What a page says of how a number came about: some reasons are for ward staff alone."""

from dataclasses import dataclass

from backend.protection import Permission, Permissions
from backend.wire import CheckInReason


@dataclass(frozen=True)
class ReasonWords:
    """How a page says why somebody has a number.

    Attributes:
        words: key of the words.
        badge: the look of the badge, as the style sheet names it; it tells no more than the words.
        alarm: whether it is about the card, which is looked at or asked about before it is handed out.
    """

    words: str
    badge: str
    alarm: bool = False


def words_of(reason: CheckInReason, permissions: Permissions) -> ReasonWords:
    """The words for a reader.

    That a card may have expired follows from columns that only staff see, so a clerk reads that staff are to be asked.

    Args:
        reason: how the check-in ended.
        permissions: of whoever reads the page.
    """
    match reason:
        case CheckInReason.CARD_EXPIRED if Permission.SEE_STAFF_COLUMNS not in permissions:
            return ReasonWords("reason.ask_staff", "care", alarm=True)
        case CheckInReason.CARD_EXPIRED:
            return ReasonWords("reason.card_expired", "care", alarm=True)
        case CheckInReason.CARD_NOT_ARRIVED:
            return ReasonWords("reason.card_not_arrived", "care", alarm=True)
        case _:
            return ReasonWords(f"reason.{reason}", reason.value)
