"""What the forms of windows say, read into values of the reception: a reason, a card, the number of a card."""

import re
from datetime import date
from typing import Final, TypeVar

from backend.cards import IndexKind
from backend.reception import TieCard
from backend.reservations import LENGTHS
from backend.web.http.errors import WireError
from backend.web.http.forms import Form
from backend.wire import CancelReason, ErrorCode

CANCEL_REASONS: Final = (
    CancelReason.WENT_HOME,
    CancelReason.BY_MISTAKE,
    CancelReason.TWICE,
    CancelReason.ANOTHER_DAY,
)
"""The reasons that a person gives, the most usual first; the day's end is none of them."""
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def case_in(form: Form) -> str | None:
    """The card of a visit that a form is about; None where it names none.

    Raises:
        WireError: it is no id of a case.
    """
    text = form.one("case_id")
    if text and _ID.fullmatch(text) is None:
        raise WireError(ErrorCode.NOT_FOUND)
    return text or None


def cancel_reason(form: Form) -> CancelReason:
    """Why a number is given up; by default the visitor went home.

    Raises:
        WireError: a reason that nobody may give.
    """
    text = form.one("reason")
    found = next((reason for reason in CANCEL_REASONS if reason.value == text), None)
    if text and found is None:
        raise WireError(ErrorCode.INVALID_REQUEST, fields="reason")
    return found or CancelReason.WENT_HOME


TieLike = TypeVar("TieLike", bound=TieCard)


def tie_of(form: Form, ticket_id: str, command: type[TieLike]) -> TieLike:
    """The command that says whose card a visit is about, or looks at it first.

    Args:
        form: with ``kind``, ``card_number``, and ``born`` where it is asked for.
        ticket_id: the visit.
        command: which of both.

    Raises:
        WireError: a kind of number that there is not, or a day that is none.
    """
    kind = next((one for one in LENGTHS if one.value == form.one("kind")), None)
    if kind is None:
        raise WireError(ErrorCode.INVALID_REQUEST, fields="kind")
    born = form.one("born").strip()
    if born and not _is_day(born):
        raise WireError(ErrorCode.INVALID_REQUEST, fields="born")
    return command(ticket_id, kind, form.one("card_number"), born or None, case_id=case_in(form))


def tie_kinds() -> tuple[IndexKind, ...]:
    """The kinds of numbers by which a card is searched, the most usual first."""
    return tuple(LENGTHS)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
