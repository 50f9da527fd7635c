"""How a device reads codes of a newer server, and that nobody else does."""

import json
from enum import StrEnum
from typing import Any, get_args, get_origin
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from backend.client.http import HeardRefusal
from backend.wire import codes, messages
from backend.wire.codes import CheckInReason, PrintState, TicketState
from backend.wire.heard import OTHER, Other, hear, places_of_other
from backend.wire.messages import (
    Board,
    CheckInReply,
    DeviceReport,
    ErrorReply,
    Health,
    OfficeInfo,
    PrintReport,
    RefusalReport,
    Reply,
    TicketMessage,
)

TICKET = {
    "ticket_id": "00000000-0000-0000-0000-000000000001",
    "number": "M-001",
    "office_id": "00",
    "business_day": "2026-11-24",
    "state": "waiting",
    "issued_at": "2026-11-24T01:21:00Z",
}
LISTS = [
    one for one in vars(codes).values() if isinstance(one, type) and issubclass(one, StrEnum) and len(one)
]
REPLIES = [one for one in vars(messages).values() if isinstance(one, type) and issubclass(one, Reply)]
READ_OTHERWISE = {(ErrorReply, "code"), (OfficeInfo, "code_stands_on")}
"""An error is read as ``HeardRefusal``; a paper that is not known reads as the sheet."""


def parts_of(annotation: Any) -> set[Any]:
    """A type and all types that it contains."""
    return {annotation}.union(*map(parts_of, get_args(annotation) if get_origin(annotation) else ()))


def test_an_unknown_code_reads_as_other_and_a_known_one_as_itself() -> None:
    """Protects a visitor before an older kiosk: the rest of the answer is worth as much as ever."""
    told = {
        "reason": "sent_home",
        "ticket": {**TICKET, "print_state": "inked"},
        "found": "asleep",
        "new": [1],
    }
    reply = hear(CheckInReply, json.dumps(told))
    assert (reply.reason, reply.found) == (OTHER, OTHER)
    assert reply.ticket is not None
    assert (reply.ticket.state, reply.ticket.print_state) == (TicketState.WAITING, OTHER)
    assert places_of_other(reply) == ["found", "reason", "ticket.print_state"]
    assert hear(CheckInReply, {"reason": "late", "found": None}) == CheckInReply(reason=CheckInReason.LATE)
    call = {
        "ticket_id": TICKET["ticket_id"],
        "number": "M-001",
        "window": "3",
        "called_at": TICKET["issued_at"],
    }
    day = {"office_id": "00", "business_day": TICKET["business_day"], "at": TICKET["issued_at"], "seq": 1}
    board = hear(Board, {**day, "calls": [{**call, "kind": "reception"}, {**call, "kind": "of_tomorrow"}]})
    assert places_of_other(board) == ["calls.kind"]


@pytest.mark.parametrize("reason", [None, 7, ["late"], {"late": True}])
def test_what_is_no_code_is_no_answer(reason: object) -> None:
    """Protects a device from anything else that answers on the server's address."""
    with pytest.raises(ValidationError):
        hear(CheckInReply, json.dumps({"reason": reason}))


def test_a_server_says_only_what_is_in_the_lists() -> None:
    """Protects older devices and kept answers: nothing becomes OTHER unless a device hears it."""
    for reason in ("sent_home", "other", OTHER):
        with pytest.raises(ValidationError):
            CheckInReply.model_validate({"reason": reason})
        with pytest.raises(ValidationError):
            CheckInReply.model_validate_json(json.dumps({"reason": reason}))
    with pytest.raises(ValidationError):
        TicketMessage.model_validate({**TICKET, "window_kind": OTHER})


@pytest.mark.parametrize("code", ["other", "of_tomorrow"])
def test_a_request_with_an_unknown_code_is_refused(code: str) -> None:
    """Protects what is stored: no device can bring in a code that the server does not know, and OTHER is none."""
    asked: dict[str, Any] = {"request_id": str(UUID(int=1))}
    for model, said in (
        (RefusalReport, {"kind": code}),
        (PrintReport, {"state": code}),
        (PrintReport, {"state": PrintState.FAILED, "trouble": code}),
        (DeviceReport, {"troubles": {code: "error"}}),
    ):
        for context in (None, {"hearing": True}):
            with pytest.raises(ValidationError):
                model.model_validate({**asked, **said}, context=context)


@pytest.mark.parametrize("codes_of", LISTS, ids=lambda one: one.__name__)
def test_other_is_in_no_list(codes_of: type[StrEnum]) -> None:
    """Protects the meaning of OTHER: no server can come to say it of itself."""
    assert OTHER.value not in {code.value for code in codes_of}


@pytest.mark.parametrize("model", REPLIES, ids=lambda one: one.__name__)
def test_every_code_that_a_server_says_may_be_one_of_a_newer_server(model: type[BaseModel]) -> None:
    """Protects the next field with a code from breaking every older kiosk when its list grows."""
    for name, field in model.model_fields.items():
        parts = parts_of(field.annotation) | {type(one) for one in field.metadata}
        is_code = any(isinstance(part, type) and issubclass(part, StrEnum) for part in parts)
        if (is_code or (field.annotation is not None and "Literal" in str(field.annotation))) and (
            (model, name) not in READ_OTHERWISE
        ):
            assert Other in parts, f"{model.__name__}.{name} is to be Heard[…]"


def test_an_error_is_heard_with_all_its_fields() -> None:
    """Protects a device from losing what a refusal says when ErrorReply grows."""
    assert HeardRefusal.model_fields.keys() == ErrorReply.model_fields.keys()


def test_a_server_may_have_a_third_way_to_be() -> None:
    """Protects monitoring: an unknown status of a newer server does not count as no answer."""
    told = {"version": "9", "wire_version": 1, "server_time": "2026-11-24T01:21:00Z", "parts": {}}
    assert hear(Health, {**told, "status": "drowsy"}).status is OTHER
    with pytest.raises(ValidationError):
        Health.model_validate({**told, "status": "drowsy"})
