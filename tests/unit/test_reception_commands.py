"""Commands of the reception: how a repetition is recognised, and what is never in their representation."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.cards.states import IndexKind
from backend.commands.command import Command
from backend.protection.permissions import Permission
from backend.reception.card_looks import LookForCard
from backend.reception.check_commands import (
    ChooseRecipient,
    EndIncomplete,
    HandOver,
    Tick,
    TieCard,
    UntieCard,
)
from backend.reception.closing import CloseDay
from backend.reception.commands import (
    NOTHING,
    AbsentAtIssuance,
    BackToIssuance,
    BringBack,
    CallNext,
    CallToIssuance,
    CancelTicket,
    CountRefusal,
    EndWithoutCard,
    IssueCard,
    JoinParty,
    LeaveWindow,
    PutBack,
    Recall,
    ReportDevice,
    ReportPaper,
    SendBack,
    SetAbsent,
    SettlePaper,
    ShowNotice,
    StartService,
    TakeWindow,
    TicketReply,
)
from backend.reception.deciding.check_seen import Seen
from backend.reception.deciding.ticks import Ticks
from backend.reception.kind_commands import TakeNumber
from backend.reception.stopping import NoteContacted, StopIssuance
from backend.wire.codes import (
    CancelReason,
    DevicePart,
    NotIssuedReason,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    SentBackReason,
    WindowKind,
)
from backend.wire.messages import DeviceReport, PrintReport

ID = "5f0c2a1e9d7b4c3a8e6f1d2b3c4a5e6f"
CASE = "0c5f2a1e9d7b4c3a8e6f1d2b3c4a5e6f"
SEEN = Seen(4, Ticks("R1"))
TICKED = {"recipient": "R1", "applicant": ["A03", "B02"], "visitor": [], "papers": ["notice"], "facts": []}
TROUBLES = {DevicePart.PRINTER: "paper_out", DevicePart.CAMERA: "no_picture"}

BODIES: list[tuple[Command[Any], str, int, Mapping[str, Any]]] = [
    (
        ShowNotice("x", typed=True, language="ja"),
        "check_in",
        1,
        {"shown": "x", "typed": True, "language": "ja"},
    ),
    (
        JoinParty("x", typed=False, language="ko", ticket_id=UUID(ID)),
        "join",
        1,
        {"shown": "x", "typed": False, "language": "ko", "ticket_id": ID},
    ),
    (TakeNumber("en"), "walk_in", 1, {"language": "en"}),
    (CountRefusal(RefusalKind.MY_NUMBER), "refusal", 0, {"kind": "my_number"}),
    (
        ReportPaper(
            UUID(ID),
            PrintReport(request_id=UUID(ID), state=PrintState.FAILED, trouble=PrinterTrouble.PAPER_OUT),
        ),
        "print_report",
        1,
        {"ticket": ID, "state": "failed", "trouble": "paper_out"},
    ),
    (
        ReportDevice(DeviceReport(request_id=UUID(ID), troubles=TROUBLES)),
        "device_report",
        0,
        {"camera": "no_picture", "printer": "paper_out"},
    ),
    (TakeWindow("3", WindowKind.RECEPTION), "take_window", 1, {"window": "3"}),
    (LeaveWindow(), "leave_window", 1, {}),
    (CallNext(), "call_next", 1, {}),
    (Recall(ID), "recall", 1, {"ticket": ID}),
    (StartService(ID), "start", 1, {"ticket": ID}),
    (SetAbsent(ID), "set_absent", 1, {"ticket": ID}),
    (BringBack(ID), "bring_back", 1, {"ticket": ID}),
    (CancelTicket(ID), "cancel", 1, {"ticket": ID}),
    (CancelTicket(ID, CancelReason.TWICE), "cancel", 1, {"ticket": ID, "reason": "twice"}),
    (SettlePaper(ID), "settle_paper", 1, {"ticket": ID}),
    (
        ChooseRecipient(ID, {"who": "self"}, seen=SEEN),
        "choose_recipient",
        1,
        {"ticket": ID, "seen": 4, "answers": {"who": "self"}},
    ),
    (Tick(ID, Ticks("R1", ("B02", "A03"), papers=("notice",))), "tick", 0, {"ticket": ID, **TICKED}),
    (HandOver(ID, seen=SEEN), "hand_over", 1, {"ticket": ID, "seen": 4}),
    (
        HandOver(ID, case_id="c", versions={"c": 3}),
        "hand_over",
        1,
        {"ticket": ID, "case": "c", "versions": {"c": 3}},
    ),
    (
        TieCard(ID, IndexKind.CARD_NUMBER, "123", "1990-01-31", case_id="c"),
        "tie_card",
        1,
        {"ticket": ID, "case": "c", "kind": "card_number", "number": "123", "born": "1990-01-31"},
    ),
    (
        TieCard(ID, IndexKind.BOOKING_NUMBER, "123"),
        "tie_card",
        1,
        {"ticket": ID, "kind": "booking_number", "number": "123"},
    ),
    (UntieCard(ID), "untie_card", 1, {"ticket": ID}),
    (UntieCard(ID, case_id="c"), "untie_card", 1, {"ticket": ID, "case": "c"}),
    (
        LookForCard(ID, IndexKind.BOOKING_NUMBER, "123"),
        "look_for_card",
        0,
        {"ticket": ID, "kind": "booking_number", "number": "123"},
    ),
    (EndIncomplete(ID), "end_incomplete", 1, {"ticket": ID}),
    (CallToIssuance(ID), "call_to_issuance", 1, {"ticket": ID}),
    (IssueCard(ID), "issue", 1, {"ticket": ID}),
    (IssueCard(ID, case_id=CASE), "issue", 1, {"ticket": ID, "case": CASE}),
    (
        EndWithoutCard(ID, NotIssuedReason.LEFT),
        "end_without_card",
        1,
        {"ticket": ID, "reason": "left"},
    ),
    (
        EndWithoutCard(ID, NotIssuedReason.LEFT, case_id=CASE),
        "end_without_card",
        1,
        {"ticket": ID, "case": CASE, "reason": "left"},
    ),
    (AbsentAtIssuance(ID), "absent_at_issuance", 1, {"ticket": ID}),
    (BackToIssuance(ID), "back_to_issuance", 1, {"ticket": ID}),
    (PutBack(ID), "put_back", 1, {"ticket": ID}),
    (SendBack(ID, SentBackReason.ASKS_MORE), "send_back", 1, {"ticket": ID, "reason": "asks_more"}),
    (StopIssuance(), "stop_issuance", 1, {}),
    (NoteContacted(CASE), "note_contacted", 0, {"case": CASE}),
    (CloseDay(date(2026, 11, 25), 20), "close_day", 0, {"day": "2026-11-25", "most": 20}),
]
"""Each command with its name, how many events it usually writes, and the values of its fingerprint."""


@pytest.mark.parametrize(("command", "name", "events", "body"), BODIES, ids=lambda one: str(one)[:20])
def test_a_repeated_command_is_known_by_its_name_and_its_values(
    command: Command[Any], name: str, events: int, body: Mapping[str, Any]
) -> None:
    """A lost answer is asked for again: the same wish is the same command, and every value that makes another one counts."""
    assert (command.name, command.events) == (name, events)
    assert dict(command.body()) == body


def test_what_a_visitor_showed_is_in_no_error_and_no_log() -> None:
    """A command that somebody prints tells its kind and its language, never the code or number of a notice."""
    assert "12345679" not in repr(ShowNotice("12345679", typed=True, language="ja"))


def test_work_with_visitors_needs_the_permission_of_its_kind() -> None:
    """Calling, checking and issuing are three things; a new role may have any of them."""
    needed = {type(command): command.needs for command, *_ in BODIES}
    assert {needed[kind] for kind in (Tick, ChooseRecipient, HandOver, EndIncomplete)} == {
        Permission.CHECK_DOCUMENTS
    }
    issuance = (
        CallToIssuance, IssueCard, EndWithoutCard, AbsentAtIssuance, BackToIssuance, PutBack, SendBack,
        StopIssuance, NoteContacted,
    )  # fmt: skip
    assert {needed[kind] for kind in issuance} == {Permission.ISSUE_CARDS}
    assert (needed[CancelTicket], needed[CloseDay]) == (Permission.CANCEL_NUMBERS, Permission.CLOSE_DAYS)
    assert {needed[kind] for kind in (TakeWindow, LeaveWindow)} == {Permission.SIT_AT_WINDOW}
    devices = (ShowNotice, TakeNumber, CountRefusal, ReportPaper, ReportDevice)
    assert {needed[kind] for kind in devices} == {Permission.RECEIVE_VISITORS}


def test_a_program_is_answered_with_the_ticket_or_with_nothing() -> None:
    """Half an answer would be taken for a ticket without a number."""
    assert TicketReply(ID, "M-007").as_body() == {"ticket_id": ID, "number": "M-007"}
    assert (NOTHING.as_body(), TicketReply(ID).as_body(), TicketReply(number="M-007").as_body()) == (
        {},
        {},
        {},
    )
