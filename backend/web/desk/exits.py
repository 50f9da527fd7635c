"""The reasons among which a person chooses when a visit ends without a card, goes back, or is given up."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Final, TypedDict, TypeVar

from backend.common import Catalogue
from backend.web.desk.page_words import date_words
from backend.web.http.errors import WireError
from backend.wire import CancelReason, ErrorCode, NotIssuedReason, SentBackReason

Reason = TypeVar("Reason", bound=StrEnum)

NOT_ISSUED: Final = (
    NotIssuedReason.NOBODY_CAME,
    NotIssuedReason.IDENTITY_UNSETTLED,
    NotIssuedReason.PIN_UNDECIDED,
    NotIssuedReason.SYSTEM_DOWN,
    NotIssuedReason.CARD_DEFECT,
    NotIssuedReason.CARD_MISSING,
    NotIssuedReason.LEFT,
)
SENT_BACK: Final = (
    SentBackReason.PAPERS_WRONG,
    SentBackReason.PAPERS_MISSING,
    SentBackReason.WRONG_VISITOR,
    SentBackReason.ASKS_MORE,
)
CANCELLED: Final = (
    CancelReason.WENT_HOME,
    CancelReason.BY_MISTAKE,
    CancelReason.TWICE,
    CancelReason.ANOTHER_DAY,
)
"""That a day ended is said by the day's end alone."""


class ExitReasons(TypedDict):
    """The reasons of each exit as codes, in the order of the page, and what was chosen in words.

    Attributes:
        not_issued: why a visit ends without a card.
        sent_back: why somebody goes back to reception.
        cancelled: why a number is given up.
        why_words: why a card's case has ended, by the code; empty where there is no word for it.
        day_words: a day.
    """

    not_issued: tuple[NotIssuedReason, ...]
    sent_back: tuple[SentBackReason, ...]
    cancelled: tuple[CancelReason, ...]
    why_words: Callable[[str], str]
    day_words: Callable[[date], str]


def exit_reasons(texts: Catalogue) -> ExitReasons:
    """What a page with these exits shows, in the catalogue's language."""

    def why_words(reason: str) -> str:
        known = any(reason == one.value for one in NOT_ISSUED)
        return texts.text(f"not_issued.{reason}") if known else ""

    return {
        "not_issued": NOT_ISSUED,
        "sent_back": SENT_BACK,
        "cancelled": CANCELLED,
        "why_words": why_words,
        "day_words": lambda day: date_words(day, texts),
    }


def reason_among(reasons: Iterable[Reason], said: str) -> Reason:
    """The reason that a form says.

    Raises:
        WireError: none, or one that nobody may choose.
    """
    for reason in reasons:
        if reason.value == said:
            return reason
    raise WireError(ErrorCode.INVALID_REQUEST)
