"""Every state of the kiosk's screens, with the longest words and numbers that may stand there."""

import tomllib
from datetime import UTC, date, datetime
from uuid import UUID

from assets import locate
from backend.documents.rule_book import RuleBook
from backend.web.bring_view import bring_guide
from backend.wire.codes import CheckInReason, PrinterTrouble, TicketState
from backend.wire.messages import (
    CheckInReply,
    CheckInRequest,
    Estimate,
    OfficeInfo,
    TicketMessage,
    WalkInRequest,
)
from kiosk.visit import (
    Bring,
    Closed,
    Conditions,
    Hint,
    Keypad,
    KeyPage,
    OutOfService,
    Paper,
    Screen,
    Server,
    TicketShown,
    Trouble,
    TroubleReason,
    Welcome,
    Working,
)

NOW = datetime(2026, 11, 24, 1, 21, tzinfo=UTC)
NEXT_OPENING = datetime(2026, 12, 23, 23, 30, tzinfo=UTC)
REQUEST = WalkInRequest(request_id=UUID(int=1))
SCAN = CheckInRequest(request_id=UUID(int=2), code="HELD")
_OFFICES = tomllib.loads(locate("offices", "shinjuku.toml").read_text("utf-8"))["office"]
OFFICE = OfficeInfo(
    office_id="07",
    name={
        tag: max((office["name"].get(tag, "") for office in _OFFICES), key=len)
        for tag in ("ja", "en", "zh-Hans", "ko")
    },
    open_now=True,
    server_time=NOW,
)
"""An office with the longest name of all in each language."""
TICKET = TicketMessage(
    ticket_id=UUID(int=3),
    number="M-388",
    office_id="07",
    business_day=date(2026, 11, 24),
    state=TicketState.WAITING,
    issued_at=NOW,
    reserved_for=datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
    waiting_ahead=128,
    estimate=Estimate(low_minutes=100, high_minutes=120),
)
SITUATIONS = tuple(bring_guide(RuleBook.load(locate("rules")), TICKET.business_day).situations)
"""What visitors bring by the shipped rules: real sentences, in every language."""
_REPLY = CheckInReply(
    reason=CheckInReason.UNKNOWN,
    reserved_for=datetime(2026, 12, 23, 5, 30, tzinfo=UTC),
    office_name="落合第一特別出張所",
    opens_at=NEXT_OPENING,
)


def _ticket(reason: CheckInReason, paper: Paper) -> TicketShown:
    trouble = PrinterTrouble.PAPER_OUT if paper is Paper.FAILED else None
    return TicketShown(TICKET, reason, paper, trouble, jobs=1)


SCENES: dict[str, Screen] = {
    "welcome": Welcome(),
    **{f"welcome_hint_{hint}": Welcome(hint) for hint in Hint},
    "welcome_blind": Welcome(),
    "keypad": Keypad(),
    "keypad_full": Keypad("WMWMWMWMWMW"),
    "keypad_letters": Keypad("AB", KeyPage.LETTERS),
    "keypad_warned": Keypad("12", KeyPage.DIGITS, warned=True),
    "bring": Bring(),
    "bring_warned": Bring(warned=True),
    **{f"bring_{one.code}": Bring(one) for one in SITUATIONS},
    **{f"bring_{one.code}_more": Bring(one, more=True) for one in SITUATIONS},
    "bring_self_warned": Bring(SITUATIONS[0], warned=True),
    "welcome_no_rules": Welcome(),
    "working": Working(REQUEST),
    **{f"ticket_{reason}": _ticket(reason, Paper.PRINTED) for reason in CheckInReason if reason.gives_ticket},
    **{f"ticket_{paper}": _ticket(CheckInReason.LATE, paper) for paper in Paper},
    **{
        f"trouble_{reason}": Trouble(
            reason, _REPLY, retry=SCAN if reason is TroubleReason.SERVER_AWAY else None
        )
        for reason in TroubleReason
    },
    **{
        f"trouble_{reason}_plain": Trouble(reason)
        for reason in (TroubleReason.ANOTHER_DAY, TroubleReason.ANOTHER_OFFICE, TroubleReason.CLOSED)
    },
    "closed": Closed(),
    "closed_plain": Closed(),
    "out_of_service": OutOfService(),
    "starting": OutOfService(),
}


def conditions(scene: str) -> Conditions:
    """The surroundings in which a scene is seen."""
    server = {"starting": Server.STARTING, "out_of_service": Server.DOWN}.get(scene, Server.UP)
    return Conditions(
        server=server,
        camera=scene != "welcome_blind",
        open_now=not scene.startswith("closed"),
        opens_at=NEXT_OPENING if scene == "closed" else None,
        bring=() if scene == "welcome_no_rules" else SITUATIONS,
    )
