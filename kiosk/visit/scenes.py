"""Every state of the kiosk's screens, with the longest words and numbers that may appear.

Used by the tests of the layout, and by the command ``uketsuke-kiosk screens`` that draws them all.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from backend.common import Language, locate
from backend.wire import (
    AT_WINDOW_STATES,
    OTHER,
    BringSituation,
    CheckInReason,
    CheckInReply,
    CheckInRequest,
    CodePlace,
    Estimate,
    KindChoice,
    NumberShape,
    OfficeInfo,
    OfficePlace,
    Other,
    PrinterTrouble,
    ScanReason,
    TicketMessage,
    TicketState,
    WalkInRequest,
)
from kiosk.visit.bring_pages import bring_pages
from kiosk.visit.inputs import Scanned, TroubleReason
from kiosk.visit.screens import (
    Bring,
    Closed,
    Hint,
    Joining,
    JoinNote,
    Keypad,
    KeypadNote,
    KeyPage,
    OutOfService,
    PaperState,
    Screen,
    TicketShown,
    Trouble,
    Unhurried,
    WalkInQuestion,
    Welcome,
    Working,
)
from kiosk.visit.state import Closing, State
from kiosk.visit.surroundings import Conditions, ServerState

NOW = datetime(2026, 11, 24, 1, 21, tzinfo=UTC)
NEXT_OPENING = datetime(2026, 12, 23, 23, 30, tzinfo=UTC)
REQUEST = WalkInRequest(request_id=UUID(int=1))
SCAN = CheckInRequest(request_id=UUID(int=2), code="HELD")
KINDS = tuple(
    KindChoice(code=kind["code"], name=kind["name"], icon=kind["icon"])
    for kind in tomllib.loads(locate("offices", "kinds.toml").read_text("utf-8"))["kind"]
)
"""Every kind of visit of the shipped file: as many as a kiosk offers at most."""
_OFFICES = tomllib.loads(locate("offices", "shinjuku.toml").read_text("utf-8"))["office"]
OFFICE = OfficeInfo(
    office_id="07",
    name={
        tag: max((office["name"].get(tag, "") for office in _OFFICES), key=len)
        for tag in ("ja", "en", "zh-Hans", "ko")
    },
    phone="03-0000-0000",
    open_now=True,
    party_limit=6,
    server_time=NOW,
    walk_in_estimate=Estimate(low_minutes=100, high_minutes=120),
)
"""An office with the longest name of all in each language."""


def offices(scene: str) -> list[OfficeInfo]:
    """The office once for each paper that may have the code, if the scene's text names that paper; else once."""
    naming = scene.startswith(("welcome", "keypad", "joining", "trouble_unknown", "trouble_refused"))
    return [
        OFFICE.model_copy(update={"code_stands_on": place})
        for place in CodePlace
        if naming or place is CodePlace.SHEET
    ]


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
SOON = Estimate(low_minutes=0, high_minutes=5)
NUMBERS = (NumberShape(length=8, check="damm"),)
"""Eight digits, the last of which checks the others."""
PLACE = OfficePlace(
    office_id="06",
    name={
        "ja": "落合第一特別出張所",
        "en": "Shinjuku City Office, Main Building",
        "zh-Hans": "落合第一特别出张所",
        "ko": "오치아이 제1 특별출장소",
    },
    address={"ja": "新宿区歌舞伎町1-4-1（1階 戸籍住民課）", "en": "4-6-7 Shimo-ochiai, Shinjuku-ku, Tokyo"},
    phone="03-0000-0000",
    opens_at=datetime(2026, 12, 22, 23, 30, tzinfo=UTC),
    closes_at=datetime(2026, 12, 23, 8, 0, tzinfo=UTC),
)
_REPLY = CheckInReply(
    reason=CheckInReason.UNKNOWN,
    reserved_for=datetime(2026, 12, 23, 5, 30, tzinfo=UTC),
    office_name="落合第一特別出張所",
    opens_at=NEXT_OPENING,
)


def _ticket(reason: CheckInReason, paper: PaperState) -> TicketShown:
    trouble = PrinterTrouble.PAPER_OUT if paper is PaperState.FAILED else None
    return TicketShown(TICKET, reason, paper, trouble, jobs=1)


def _again(state: TicketState | Other, found: TicketState | None = None, **ticket: object) -> TicketShown:
    """The ticket screen after the same notice was held up again; ``found`` is the state it was found in."""
    window = {"window": "12", "window_kind": "reception"} if state in AT_WINDOW_STATES else {}
    known = TICKET.model_copy(update={"state": state, "estimate": TICKET.estimate, **window, **ticket})
    paper = PaperState.PRINTED_BEFORE if state is TicketState.WAITING else PaperState.NONE
    return TicketShown(known, CheckInReason.ALREADY_CHECKED_IN, paper, found=found or state)


def _elsewhere(reserved_for: datetime, *, offered: bool | None = None) -> Trouble:
    """A reservation at another office."""
    reply = CheckInReply(
        reason=CheckInReason.ANOTHER_OFFICE,
        reserved_for=reserved_for,
        office=PLACE,
        office_id="06",
        number_offered=offered,
    )
    return Trouble(TroubleReason.ANOTHER_OFFICE, reply)


EARLY = TICKET.model_copy(
    update={
        "reserved_for": datetime(2026, 11, 24, 3, 20, tzinfo=UTC),
        "be_back_at": datetime(2026, 11, 24, 3, 10, tzinfo=UTC),
    }
)
"""A ticket of a visitor who came long before the reserved time."""
PARTY = TICKET.model_copy(update={"cards": 5})
_OF_PARTY = TicketShown(PARTY, CheckInReason.JOINED, PaperState.PRINTED, jobs=1)
_AWAY = Trouble(TroubleReason.SERVER_AWAY, retry=SCAN)
LAST_WEEK = datetime(2026, 11, 17, 5, 30, tzinfo=UTC)

SCENES: dict[str, Screen] = {
    "welcome": Welcome(),
    **{f"welcome_hint_{hint}": Welcome(hint) for hint in Hint},
    "welcome_blind": Welcome(),
    "keypad": Keypad(),
    "keypad_full": Keypad("WMWMWMWMWMW"),
    "keypad_numbers": Keypad(),
    "keypad_numbers_short": Keypad("43324"),
    "keypad_numbers_wrong": Keypad("43324008"),
    "keypad_numbers_whole": Keypad("43324006"),
    "keypad_numbers_too_long": Keypad("43324006", note=KeypadNote.TOO_LONG, beyond=1),
    "keypad_letters": Keypad("AB", KeyPage.LETTERS),
    "keypad_warned": Keypad("12", KeyPage.DIGITS, warned=True),
    "walk_in": WalkInQuestion(),
    "walk_in_assisted": WalkInQuestion(assisted=True),
    "walk_in_warned": WalkInQuestion(warned=True),
    "kinds": WalkInQuestion(),
    "kinds_two": WalkInQuestion(),
    "kinds_warned": WalkInQuestion(warned=True),
    "bring": Bring(),
    "bring_warned": Bring(warned=True),
    "welcome_no_rules": Welcome(),
    "working": Working(REQUEST),
    **{
        f"ticket_{reason}": _ticket(reason, PaperState.PRINTED)
        for reason in CheckInReason
        if reason.gives_ticket and reason is not CheckInReason.ALREADY_CHECKED_IN
    },
    **{
        f"ticket_{paper}": _ticket(CheckInReason.LATE, paper)
        for paper in PaperState
        if paper not in {PaperState.NONE, PaperState.PRINTED}
    },
    "ticket_party": _OF_PARTY,
    "ticket_party_again": replace(
        _OF_PARTY, reason=CheckInReason.ALREADY_CHECKED_IN, paper=PaperState.UNCONFIRMED
    ),
    "ticket_party_full": replace(_OF_PARTY, ticket=PARTY.model_copy(update={"cards": 6})),
    "ticket_apart": replace(_ticket(CheckInReason.LATE, PaperState.PRINTED), apart="M-388"),
    **{f"ticket_found_{state}": _again(state) for state in sorted(TicketState)},
    **{f"ticket_found_{state}_nowhere": _again(state, window=None) for state in sorted(AT_WINDOW_STATES)},
    "ticket_found_issuance_a": _again(TicketState.CALLED_TO_ISSUANCE, window="A", window_kind="issuance"),
    **{
        f"ticket_back_{found}": _again(TicketState.WAITING, found)
        for found in (TicketState.ABSENT, TicketState.INCOMPLETE)
    },
    "ticket_far": TicketShown(EARLY, CheckInReason.EARLY, PaperState.PRINTED, jobs=1),
    "ticket_far_again": TicketShown(EARLY, CheckInReason.ALREADY_CHECKED_IN, PaperState.PRINTED_BEFORE),
    "ticket_back_issuance_absent": _again(TicketState.HANDED_OVER, TicketState.ISSUANCE_ABSENT),
    "ticket_other": TicketShown(TICKET, OTHER, PaperState.PRINTED, jobs=1),
    "ticket_found_other": _again(OTHER),
    "ticket_warned": replace(_ticket(CheckInReason.ON_TIME, PaperState.PRINTED), warned=True),
    "ticket_next_waits": replace(
        _ticket(CheckInReason.WALK_IN, PaperState.FAILED),
        next_scan=Scanned(ScanReason.OK, UUID(int=9), "NEXT"),
    ),
    "joining": Joining(_ticket(CheckInReason.ON_TIME, PaperState.PRINTED)),
    **{
        f"joining_{note}": Joining(_OF_PARTY, note, number="M-389")
        for note in JoinNote
        if note is not JoinNote.NOT_JOINED
    },
    "joining_last": Joining(
        replace(_OF_PARTY, ticket=PARTY.model_copy(update={"cards": 6})), JoinNote.JOINED
    ),
    **{
        f"joining_{state}": Joining(
            replace(
                _OF_PARTY,
                ticket=PARTY.model_copy(
                    update={"state": state, "window": "12", "window_kind": "reception", "estimate": None}
                ),
            ),
            note,
        )
        for state, note in ((TicketState.CALLED, JoinNote.JOINED), (TicketState.SERVING, None))
    },
    "joining_away": Joining(_OF_PARTY, JoinNote.NOT_JOINED, _AWAY),
    **{f"joining_hint_{hint}": Joining(_OF_PARTY, hint=hint) for hint in Hint},
    "joining_blind": Joining(_OF_PARTY),
    "joining_warned": Joining(_OF_PARTY, warned=True),
    "keypad_joining": Keypad("12", joining=Joining(_OF_PARTY)),
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
    "trouble_old_sheet": Trouble(
        TroubleReason.ANOTHER_DAY,
        _REPLY.model_copy(update={"reason": CheckInReason.ANOTHER_DAY, "old_sheet": True}),
    ),
    "trouble_another_day_past": Trouble(
        TroubleReason.ANOTHER_DAY, CheckInReply(reason=CheckInReason.ANOTHER_DAY, reserved_for=LAST_WEEK)
    ),
    "trouble_another_office_here": _elsewhere(NOW),
    "trouble_another_office_day": _elsewhere(datetime(2026, 12, 23, 5, 30, tzinfo=UTC)),
    "trouble_another_office_offered": _elsewhere(datetime(2026, 12, 23, 5, 30, tzinfo=UTC), offered=True),
    "trouble_another_office_past": _elsewhere(LAST_WEEK),
    "trouble_another_office_received": Trouble(
        TroubleReason.ANOTHER_OFFICE,
        CheckInReply(reason=CheckInReason.ANOTHER_OFFICE, reserved_for=NOW, office=PLACE, ticket=TICKET),
    ),
    "trouble_other_received": Trouble(
        TroubleReason.OTHER, _REPLY.model_copy(update={"reason": OTHER, "ticket": TICKET, "office_id": "06"})
    ),
    "trouble_unknown_typed": Trouble(TroubleReason.UNKNOWN, _REPLY, typed="43324006", by_keys=True),
    "trouble_refused_typed": Trouble(TroubleReason.REFUSED, by_keys=True),
    "trouble_warned": Trouble(TroubleReason.CANCELLED, warned=True),
    "welcome_postcard": Welcome(),
    "welcome_eased": Welcome(),
    "welcome_hint_eased": Welcome(Hint.HARD_TO_READ),
    "keypad_eased": Keypad("43324"),
    "keypad_letters_eased": Keypad("AB", KeyPage.LETTERS),
    "keypad_warned_eased": Keypad("12", warned=True),
    "walk_in_eased": WalkInQuestion(),
    "kinds_eased": WalkInQuestion(),
    "bring_eased": Bring(),
    "ticket_eased": _ticket(CheckInReason.ON_TIME, PaperState.PRINTED),
    "trouble_eased": Trouble(TroubleReason.UNKNOWN, _REPLY),
    "closed_eased": Closed(),
    "closed": Closed(),
    "closed_plain": Closed(),
    "out_of_service": OutOfService(),
    "starting": OutOfService(),
}
SCENES |= {
    name.replace("trouble_", "joining_not_", 1): Joining(_OF_PARTY, JoinNote.NOT_JOINED, screen)
    for name, screen in SCENES.items()
    if isinstance(screen, Trouble)
    and not (screen.retry or screen.by_keys or screen.warned or name.endswith("_eased"))
    and screen.reason not in {TroubleReason.PARTY_FULL, TroubleReason.SERVER_AWAY}
} | {
    "joining_eased": Joining(_OF_PARTY),
    "joining_joined_eased": Joining(_OF_PARTY, JoinNote.JOINED),
    "ticket_party_eased": _OF_PARTY,
}
"""Every scene whose texts are the kiosk's own, by name."""

TICKETS: dict[str, tuple[TicketMessage, bool]] = {
    "reserved": (TICKET, False),
    "reprint": (TICKET, True),
    "walk_in": (TICKET.model_copy(update={"number": "W-401", "reserved_for": None}), False),
    "far": (EARLY, False),
    "soon": (TICKET.model_copy(update={"waiting_ahead": 0, "estimate": SOON}), False),
    "party": (PARTY, True),
    "no_estimate": (TICKET.model_copy(update={"estimate": None}), False),
}
"""Every kind of printed ticket by name: the ticket, and whether it is another copy."""


def every_scene(situations: Iterable[BringSituation]) -> dict[str, Screen]:
    """All scenes by name: the kiosk's own, and those of what to bring, whose texts come from the server.

    Args:
        situations: what visitors bring, as the server tells it.
    """
    bring: dict[str, Screen] = {}
    for one in situations:
        bring[f"bring_{one.code}"] = Bring(one)
        for page in range(1, len(bring_pages(one, Language.JAPANESE))):
            bring[f"bring_{one.code}_{page + 1}"] = Bring(one, page)
        bring[f"bring_{one.code}_warned"] = Bring(one, warned=True)
        for told in ("printing", "unconfirmed", "failed", "unconfirmed_eased"):
            bring[f"bring_{one.code}_{told}"] = Bring(one, paper=PaperState(told.split("_")[0]))
    return SCENES | bring


def scene_state(
    scene: str, screen: Screen, language: Language, situations: Iterable[BringSituation] = ()
) -> State:
    """The state in which a scene occurs, by its name; ``screen`` is what is shown."""
    warned = getattr(screen, "warned", False)
    closes = isinstance(screen, Unhurried | TicketShown)
    closing = Closing(1, 18.0 if warned else 60.0, 80.0, urgent=warned) if closes else None
    return State(
        screen, language, conditions(scene, situations), closing=closing, eased=scene.endswith("_eased")
    )


def scene_office(scene: str) -> OfficeInfo:
    """The office in which a scene occurs; in some, it is the postcard that has the code."""
    place = CodePlace.POSTCARD if scene.endswith("_postcard") else CodePlace.SHEET
    return OFFICE.model_copy(update={"code_stands_on": place})


def conditions(scene: str, situations: Iterable[BringSituation] = ()) -> Conditions:
    """The surroundings in which a scene occurs.

    Args:
        scene: its name.
        situations: what visitors bring, as the server tells it.
    """
    server = {"starting": ServerState.STARTING, "out_of_service": ServerState.DOWN}.get(scene, ServerState.UP)
    return Conditions(
        server=server,
        camera=not scene.endswith("_blind"),
        open_now=not scene.startswith("closed"),
        opens_at=NEXT_OPENING if scene == "closed" else None,
        party_limit=OFFICE.party_limit,
        numbers=NUMBERS if scene.startswith("keypad_numbers") else (),
        kinds=(KINDS[:1] + KINDS[-1:] if scene == "kinds_two" else KINDS)
        if scene.startswith("kinds")
        else (),
        bring=() if scene == "welcome_no_rules" else tuple(situations),
    )
