"""Whether a card can still be handed over on a day: its last day of validity decides.

For many foreign residents that is the end of the period of stay (在留期間満了日). No visit may be booked after it.
"""

from datetime import date
from enum import StrEnum

from backend.documents.model.rule_set import RuleSet


class CardState(StrEnum):
    """Whether a card is valid on a day of visit."""

    VALID = "valid"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"


def card_state(rule_set: RuleSet, expires: date | None, on: date) -> CardState:
    """Whether a card is valid on a day of visit.

    Args:
        rule_set: the rules of that day; without ``card_expiry`` no card is refused.
        expires: the last day on which the card is valid, or None if it is not known.
        on: day of the visit, in Asia/Tokyo. On its last day of validity the card can still be received.
    """
    rule = rule_set.card_expiry
    if rule is None or expires is None:
        return CardState.VALID
    if expires < on:
        return CardState.EXPIRED
    return CardState.ENDS_SOON if (expires - on).days < rule.warn_days else CardState.VALID
