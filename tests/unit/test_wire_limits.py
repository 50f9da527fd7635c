"""What messages accept: defaults for older servers, lengths, forms of codes, check digits."""

from datetime import date
from itertools import permutations
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from backend.wire.aim_prefix import without_aim_prefix
from backend.wire.check_digit import damm_digit, damm_is_right
from backend.wire.code_shape import CODE_LENGTH, LONGEST, fold_code, looks_like_notice
from backend.wire.codes import ALIVE_STATES, WIRE_VERSION, CheckInReason, CodePlace, TicketState, WindowKind
from backend.wire.messages import (
    Board,
    CallMessage,
    CheckInRequest,
    Estimate,
    EventMessage,
    NumberShape,
    OfficeInfo,
    TicketMessage,
)
from backend.wire.my_number import check_digit_is_right
from tests.kiosk_support import NOW

ID = UUID(int=1)
TICKET = {
    "ticket_id": ID,
    "number": "M-001",
    "office_id": "00",
    "business_day": date(2026, 11, 24),
    "state": "waiting",
    "issued_at": NOW,
    "print_state": "pending",
}


def test_a_message_of_an_older_server_means_what_it_meant() -> None:
    """Protects devices that are newer than the server: missing fields mean nobody, one call, and open."""
    assert WIRE_VERSION == 1
    ticket = TicketMessage.model_validate(TICKET)
    assert (ticket.waiting_ahead, ticket.estimate, ticket.window) == (0, None, None)
    call = CallMessage(ticket_id=ID, number="M-001", window="3", kind=WindowKind.RECEPTION, called_at=NOW)
    assert (call.call_count, call.serving) == (1, False)
    board = Board(office_id="00", business_day=date(2026, 11, 24), at=NOW, seq=1)
    assert (board.waiting, board.preparing, board.open_now, board.calls) == (0, 0, True, [])
    event = EventMessage.model_validate(
        {"seq": 1, "kind": "issued", "at": NOW, "office_id": "00", "business_day": "2026-11-24"}
    )
    assert (event.waiting, event.preparing, event.call_count) == (0, 0, None)
    shape = NumberShape(length=8)
    assert (shape.letters, shape.check, shape.groups) == (False, "none", [])
    office = OfficeInfo.model_validate(
        {
            "office_id": "00",
            "name": {"ja": "本庁"},
            "open_now": True,
            "server_time": NOW,
            "code_stands_on": "wall",
        }
    )
    assert (office.code_stands_on, office.number_shapes, office.code_patterns) == (CodePlace.SHEET, [], [])
    for place in CodePlace:
        told = {
            "office_id": "00",
            "name": {},
            "open_now": True,
            "server_time": NOW,
            "code_stands_on": place.value,
        }
        assert OfficeInfo.model_validate(told).code_stands_on is place


@pytest.mark.parametrize(
    ("model", "fields", "taken"),
    [
        (CheckInRequest, {"code": "x"}, True),
        (CheckInRequest, {"code": ""}, False),
        (CheckInRequest, {"code": "x" * 8000}, True),
        (CheckInRequest, {"code": "x" * 8001}, False),
        (CheckInRequest, {"number": "1"}, True),
        (CheckInRequest, {"number": ""}, False),
        (CheckInRequest, {"number": "1" * 64}, True),
        (CheckInRequest, {"number": "1" * 65}, False),
        (CheckInRequest, {"code": "x", "language": "zh-Hans"}, True),
        (CheckInRequest, {"code": "x", "more": 1}, False),
        (NumberShape, {"length": 1}, True),
        (NumberShape, {"length": 0}, False),
        (NumberShape, {"length": 20}, True),
        (NumberShape, {"length": 21}, False),
        (Estimate, {"low_minutes": 5, "high_minutes": 10, "newer": 1}, True),
    ],
)
def test_lengths_and_strangers_are_taken_or_refused(
    model: type[BaseModel], fields: dict[str, object], taken: bool
) -> None:
    """Protects the server from endless texts and slips of a device, and devices from a newer server's fields."""
    told = {"request_id": ID, **fields} if model is CheckInRequest else fields
    if taken:
        assert model.model_validate(told)
        return
    with pytest.raises(ValidationError):
        model.model_validate(told)


def test_a_request_cannot_be_changed_once_it_is_made() -> None:
    """Protects the retry, which is the same request: nothing may change it between two sendings."""
    request = CheckInRequest(request_id=ID, code="x")
    with pytest.raises(ValidationError):
        request.code = "y"
    told = Estimate(low_minutes=5, high_minutes=10)
    with pytest.raises(ValidationError):
        told.low_minutes = 0


def test_reasons_and_states_tell_what_they_promise() -> None:
    """Protects a visitor from a screen that promises a number, and a number from being given twice."""
    with_ticket = {reason.value for reason in CheckInReason if reason.gives_ticket}
    assert with_ticket == {"on_time", "early", "late", "walk_in", "already_checked_in", "joined"}
    assert {state for state in TicketState if state.alive} == ALIVE_STATES
    assert {state.value for state in TicketState if not state.alive} == {
        "issued",
        "ended",
        "done",
        "cancelled",
    }


def test_every_wrong_digit_and_every_swap_is_noticed() -> None:
    """Protects whoever copies a number by hand: no slip of one digit, no two that changed places, goes through."""
    assert damm_digit("572") == 4  # the example of the publication
    for first in "0123456789":
        assert len({damm_digit(first + second) for second in "0123456789"}) == 10
    assert all(damm_digit(a + b) != damm_digit(b + a) for a, b in permutations("0123456789", 2))
    for number in ("5724", "43324006", "0"):
        assert damm_is_right(number)
    for number in ("", "5723", "57２4", "57-24", "A"):
        assert damm_is_right(number) is False


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("U1" + "A" * 24, True),
        ("u1 " + "a" * 12 + "-" + "7" * 12, True),
        ("U1" + "018" * 8, True),
        ("U1" + "A" * 23, False),
        ("U1" + "A" * 25, False),
        ("U1" + "9" * 24, False),
        ("U1" + "A" * 24 + " " * 230, True),
        ("U1" + "A" * 24 + " " * 231, False),
    ],
)
def test_the_shape_of_our_code(text: str, ours: bool) -> None:
    """Protects the kiosk from asking the server about anything that is held up, and no notice from being passed over."""
    assert looks_like_notice(text) is ours
    assert (CODE_LENGTH, LONGEST) == (26, 256)
    assert fold_code(" ａｂ‐１ー２ ") == "AB-1-2"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (r"]Q2\000026C:\\NOTICE", r"C:\NOTICE"),
        (r"]Q2\000026AB\000003CD", "ABCD"),
        (r"]Q1\000026AB", r"\000026AB"),
        (r"]C0\\AB", r"\\AB"),
        (r"\000026AB\\CD", r"AB\CD"),
        (r"\000036AB", r"\000036AB"),
        ("\x02]Q1AB\x03", "AB"),
        ("]", "]"),
    ],
)
def test_what_a_scanner_tells_goes_and_what_the_code_says_stays(text: str, left: str) -> None:
    """Protects a code with a backslash in it, from scanners that double it and from those that do not."""
    assert without_aim_prefix(text) == left


@pytest.mark.parametrize("place", range(12))
def test_a_wrong_digit_at_any_place_is_no_check_digit(place: int) -> None:
    """Protects the counter of refusals: every digit has its weight, as the ordinance has it."""
    digits = "123456789018"
    for other in "0123456789":
        changed = digits[:place] + other + digits[place + 1 :]
        weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(int(digit) * weight for digit, weight in zip(changed, weights, strict=False)) % 11
        assert check_digit_is_right(changed) is (int(changed[11]) == (0 if rest <= 1 else 11 - rest))
