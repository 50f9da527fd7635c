"""The closed lists of a reservation; docs/states.md draws what leads to what."""

from enum import StrEnum


class ReservationState(StrEnum):
    """What became of a booking (予約). A card has at most one booked and one tentative."""

    TENTATIVE = "tentative"
    """仮予約: kept for a short time, until it is confirmed."""
    BOOKED = "booked"
    """予約済: expected at an office at a time."""
    REPLACED = "replaced"
    """Another booking of the card took its place."""
    CANCELLED = "cancelled"
    """予約取消."""
    NO_SHOW = "no_show"
    """未来庁: the booked time passed without a visit."""
    FULFILLED = "fulfilled"
    """The card was handed over under it, or under another booking of the card."""


class Channel(StrEnum):
    """How a booking came in."""

    WEB = "web"
    PHONE = "phone"
    COUNTER = "counter"
    IMPORT = "import"


class Owner(StrEnum):
    """Who decided what holds of a booking."""

    WARD = "ward"
    """The ward's system; also where both sides say the same."""
    HERE = "here"
    """Made, moved or cancelled here, and the ward's file has not said so yet."""


class Decision(StrEnum):
    """What became of two sides that did not agree."""

    OURS = "ours"
    THEIRS = "theirs"
    AGREED = "agreed"
    """One side came to say what the other says, before anybody decided."""
