"""What a check-in's outcome says on the screen: where to go with a number, or why there is none and what to do."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import (
    CheckInReason,
    PrinterTrouble,
    ScanReason,
    TicketState,
    WindowKind,
)
from backend.wire.heard import OTHER
from backend.wire.messages import CheckInReply, CheckInRequest, Estimate, OfficeInfo, OfficePlace
from kiosk.visit.inputs import Button, Scanned, TroubleReason
from kiosk.visit.presentation import TicketView, TroubleView
from kiosk.visit.presenter import present
from kiosk.visit.screens import PaperState, TicketShown, Trouble
from kiosk.visit.state import State
from kiosk.visit.texts import KioskWords, spoken
from kiosk.visit.transition import MAX_RETRIES
from tests.kiosk_support import JA, NOW, a_ticket, text

OKUBO = OfficePlace(
    office_id="05",
    name={"ja": "大久保特別出張所", "en": "Okubo Branch Office"},
    address={"ja": "新宿区大久保二丁目", "en": "Okubo 2-chome"},
    phone="03-0000-0000",
    opens_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
    closes_at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
)


def ticket_of(screen: TicketShown, language: Language = Language.JAPANESE) -> TicketView:
    """The ticket screen."""
    view = spoken(present(State(screen, language), None, NOW))
    assert isinstance(view, TicketView)
    return view


def trouble_of(screen: Trouble, language: Language = Language.JAPANESE) -> TroubleView:
    """The trouble screen."""
    view = spoken(present(State(screen, language), None, NOW))
    assert isinstance(view, TroubleView)
    return view


def again(state: TicketState, found: TicketState | None = None, **more: object) -> TicketShown:
    """A notice that is shown once more."""
    ticket = a_ticket().model_copy(update={"state": state, "estimate": None, **more})
    return TicketShown(ticket, CheckInReason.ALREADY_CHECKED_IN, PaperState.NONE, found=found or state)


@pytest.mark.parametrize("language", list(Language))
def test_every_place_of_a_visitor_has_words_of_its_own(language: Language) -> None:
    """Protects visitors who show a notice again: each state has its own words, and "0 people" is only for the queue."""
    said = {}
    for state in TicketState:
        view = ticket_of(again(state, window="3", window_kind=WindowKind.RECEPTION), language)
        assert bool(view.wait) is (state is TicketState.WAITING)
        assert bool(view.go) is (state is not TicketState.WAITING)
        assert bool(view.sentence) is (state is TicketState.WAITING)
        said[state] = (view.headline, view.sentence, view.go)
    assert len(set(said.values())) >= len(TicketState) - 1, (
        "a call to either kind of window sends to that window"
    )


def test_a_called_visitor_is_sent_to_the_window() -> None:
    """Protects the visitor who is being called while they ask: window and number, not "please wait"."""
    view = ticket_of(again(TicketState.CALLED, window="3"))
    assert (view.headline, view.go) == ("3番窓口でお呼びしています", "3番窓口へお越しください")
    assert ticket_of(again(TicketState.CALLED_TO_ISSUANCE, window="A")).go == "A窓口へお越しください"
    assert "画面" in text(ticket_of(again(TicketState.CALLED)).go)


def test_an_absent_visitor_is_told_so() -> None:
    """Protects whoever missed the call: that they were called and what to do, or that they are in the queue again."""
    assert ticket_of(again(TicketState.ABSENT)).headline == "お呼びしました"
    assert ticket_of(again(TicketState.ABSENT)).minds
    back = ticket_of(again(TicketState.WAITING, TicketState.ABSENT))
    assert back.headline == JA("ticket.back_absent")
    assert back.wait == ("待ち 0人",)
    assert ticket_of(again(TicketState.WAITING, TicketState.INCOMPLETE)).headline == JA(
        "ticket.back_incomplete"
    )


def test_whoever_missed_the_issuance_window_is_told_what_to_do() -> None:
    """Protects who did not come for the card: put back by the notice, or sent to the staff where that is the policy."""
    back = ticket_of(again(TicketState.HANDED_OVER, TicketState.ISSUANCE_ABSENT))
    assert (back.headline, back.go, back.minds) == (
        JA("ticket.back_issuance_absent"),
        JA("ticket.back_issuance_absent_go"),
        False,
    )
    still = ticket_of(again(TicketState.ISSUANCE_ABSENT))
    assert (still.headline, still.minds) == (JA("ticket.issuance_absent"), True)
    assert "職員" in text(still.go)


def test_a_visit_that_is_over_is_told_as_over() -> None:
    """Protects whoever shows a notice after the visit ended: with or without a card, or with another matter done."""
    for state, minds in [(TicketState.ENDED, True), (TicketState.DONE, False), (TicketState.ISSUED, False)]:
        view = ticket_of(again(state))
        assert (view.minds, view.wait, view.join, view.may_reprint) == (minds, (), "", False)
        assert "職員" in text(view.go)
    assert ticket_of(again(TicketState.DONE)).headline == JA("ticket.finished")


def test_long_before_the_time_nobody_is_told_a_few_minutes() -> None:
    """Protects an early visitor from waiting for a call that cannot come: the time is told, and when to be back."""
    ticket = a_ticket().model_copy(
        update={
            "reserved_for": NOW + timedelta(minutes=91),
            "be_back_at": NOW + timedelta(minutes=81),
            "estimate": Estimate(low_minutes=95, high_minutes=110),
        }
    )
    view = ticket_of(TicketShown(ticket, CheckInReason.EARLY, PaperState.PRINTED, jobs=1))
    assert view.wait == ("待ち 0人", "11:52以降")
    assert "午前11時42分までに" in text(view.sentence)
    assert "お掛け" not in text(view.sentence)
    again_later = TicketShown(ticket, CheckInReason.ALREADY_CHECKED_IN, PaperState.PRINTED_BEFORE)
    assert "午前11時42分までに" in text(ticket_of(again_later).sentence)


@pytest.mark.parametrize(
    ("paper", "done"),
    [(PaperState.FAILED, "noted"), (PaperState.UNCONFIRMED, "noted"), (PaperState.PRINTED, "done")],
)
def test_a_number_without_paper_is_left_by_saying_that_it_is_noted(paper: PaperState, done: str) -> None:
    """Protects a number that has no paper: its button asks what matters, and says that another notice waits."""
    screen = TicketShown(
        a_ticket(),
        CheckInReason.WALK_IN,
        paper,
        PrinterTrouble.PAPER_OUT if paper is PaperState.FAILED else None,
        jobs=1,
        next_scan=Scanned(ScanReason.OK, UUID(int=9), "NEXT"),
    )
    view = ticket_of(screen)
    assert view.done == JA(f"ticket.{done}")
    assert (view.sentence == JA("ticket.next_waits")) is (paper is not PaperState.PRINTED)


@pytest.mark.parametrize(
    ("days", "title", "action"),
    [
        (0, "ほかの窓口のご予約です", Button.HOME),
        (1, "ほかの日、ほかの窓口のご予約です", Button.HOME),
        (7, "ほかの日、ほかの窓口のご予約です", Button.HOME),
        (-1, "ご予約の日が過ぎています", Button.WALK_IN),
        (-7, "ご予約の日が過ぎています", Button.WALK_IN),
    ],
)
def test_another_office_comes_with_its_day_and_what_leads_there(
    days: int, title: str, action: Button
) -> None:
    """Protects a visitor from a way for nothing: a booking of another day says so, one that has passed sends nobody."""
    reply = CheckInReply(
        reason=CheckInReason.ANOTHER_OFFICE, reserved_for=NOW + timedelta(days=days), office=OKUBO
    )
    view = trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE, reply))
    assert (view.title, view.action) == (title, action)
    assert view.place == (
        "大久保特別出張所",
        "新宿区大久保二丁目",
        "受付時間 8:30～17:00",
        "電話 03-0000-0000",
    )
    assert "午前10時21分" in text(view.body), "the day and time of the booking are said whatever the day"
    english = trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE, reply), Language.ENGLISH)
    assert english.place[:2] == ("Okubo Branch Office", "Okubo 2-chome")


@pytest.mark.parametrize(
    ("reason", "days", "offered", "action"),
    [
        (CheckInReason.ANOTHER_OFFICE, 0, True, Button.WALK_IN),
        (CheckInReason.ANOTHER_OFFICE, 7, True, Button.WALK_IN),
        (CheckInReason.ANOTHER_OFFICE, 7, False, Button.HOME),
        (CheckInReason.ANOTHER_DAY, 7, False, Button.HOME),
        (CheckInReason.ANOTHER_DAY, 7, True, Button.WALK_IN),
        (CheckInReason.ANOTHER_DAY, 7, None, Button.WALK_IN),
    ],
)
def test_the_server_says_whether_a_number_is_offered_for_a_booking_elsewhere(
    reason: CheckInReason, days: int, *, offered: bool | None, action: Button
) -> None:
    """Protects who has the card here from being sent away, and anybody else from waiting in vain; the words say what the button does."""
    reply = CheckInReply(
        reason=reason,
        reserved_for=NOW + timedelta(days=days),
        office=OKUBO if reason is CheckInReason.ANOTHER_OFFICE else None,
        number_offered=offered,
    )
    view = trouble_of(Trouble(TroubleReason(reason.value), reply))
    assert view.action is action
    said = reason is CheckInReason.ANOTHER_OFFICE and offered
    assert ("番号札" in text(view.next)) is bool(said)


def test_a_number_of_another_office_is_told_with_that_office() -> None:
    """Protects who was received elsewhere today and holds the notice up here: the number they have, and where."""
    reply = CheckInReply(
        reason=CheckInReason.ANOTHER_OFFICE, reserved_for=NOW, office=OKUBO, ticket=a_ticket(12)
    )
    view = trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE, reply))
    assert view.title == "本日は「大久保特別出張所」で受付済みです"
    assert "M-012" in text(view.body)
    assert view.place[0] == "大久保特別出張所"
    assert view.action is Button.HOME


@pytest.mark.parametrize("phone", [None, "03-0000-0000"])
def test_who_has_nothing_booked_is_told_how_to_book(phone: str | None) -> None:
    """Protects who comes with a notice and no booking: that one is needed, the telephone, and a number for help."""
    office = OfficeInfo(office_id="00", name={"ja": "本庁舎"}, phone=phone, open_now=True, server_time=NOW)
    trouble = Trouble(TroubleReason.NOT_RESERVED, CheckInReply(reason=CheckInReason.NOT_RESERVED))
    view = spoken(present(State(trouble, Language.JAPANESE), office, NOW))
    assert isinstance(view, TroubleView)
    assert (view.title, view.action) == ("ご予約が必要です", Button.WALK_IN)
    assert view.place == (("ご予約・お問い合わせ　電話 03-0000-0000",) if phone else ())
    assert trouble_of(trouble).place == (), "the server has not told the office yet"
    assert trouble_of(Trouble(TroubleReason.CANCELLED)).action is Button.WALK_IN, "older servers tell that"


def test_a_day_that_has_passed_is_not_told_as_one_to_come() -> None:
    """Protects a no-show of last week from "please come back on that day"."""
    replies = [
        CheckInReply(reason=CheckInReason.ANOTHER_DAY, reserved_for=NOW + timedelta(days=days))
        for days in (-7, 7)
    ]
    past, coming = (trouble_of(Trouble(TroubleReason.ANOTHER_DAY, reply)) for reply in replies)
    assert "新しいご予約" in text(past.next)
    assert "ご予約の日に" in text(coming.next)


def test_an_older_server_names_the_office_only() -> None:
    """Protects a new kiosk before an older server: the office's name is told as before."""
    reply = CheckInReply(reason=CheckInReason.ANOTHER_OFFICE, office_name="大久保特別出張所")
    view = trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE, reply))
    assert "大久保特別出張所" in text(view.body)
    assert view.place == ()


def test_a_typed_number_is_told_as_one() -> None:
    """Protects whoever typed from words about a code that nobody showed; the filled button leads back to the keys."""
    for reason in (TroubleReason.UNKNOWN, TroubleReason.REFUSED):
        typed = trouble_of(Trouble(reason, by_keys=True, typed="4332"))
        shown = trouble_of(Trouble(reason))
        assert typed.action is Button.RETYPE
        assert shown.action is not Button.RETYPE
        assert typed.title != shown.title
        assert "コード" not in text(typed.title) + text(typed.body) + text(typed.next)
        assert "4332" not in repr(typed)
    unknown = trouble_of(Trouble(TroubleReason.UNKNOWN, by_keys=True))
    assert unknown.other is Button.WALK_IN
    assert trouble_of(Trouble(TroubleReason.REFUSED, by_keys=True)).other is Button.HOME


@pytest.mark.parametrize("reason", [one for one in CheckInReason if one.gives_ticket])
def test_a_number_comes_with_about_sixty_characters(reason: CheckInReason) -> None:
    """Protects the number from being one block of many: what else there is to know stands on the paper."""
    ticket = a_ticket(388).model_copy(update={"estimate": Estimate(low_minutes=0, high_minutes=10)})
    view = ticket_of(TicketShown(ticket, reason, PaperState.PRINTED, jobs=1, settled=True))
    words = [
        view.headline,
        view.label,
        view.number,
        view.paper_text,
        *view.wait,
        view.sentence,
        view.reprint,
        view.done,
    ]
    assert sum(len(text(one)) for one in words) <= 70
    assert view.closing == ""


def test_a_number_that_goes_soon_says_so_and_how_to_keep_it() -> None:
    """Protects slow readers: the words come with the last part of the time, and not before."""
    read = ticket_of(TicketShown(a_ticket(), CheckInReason.ON_TIME, PaperState.PRINTED))
    assert read.closing == ""
    warned = ticket_of(TicketShown(a_ticket(), CheckInReason.ON_TIME, PaperState.PRINTED, warned=True))
    assert warned.closing == JA("ticket.closing")


@pytest.mark.parametrize(
    ("screen", "action", "other"),
    [
        (
            Trouble(TroubleReason.SERVER_AWAY, retry=CheckInRequest(request_id=UUID(int=1), code="CODE")),
            (Button.RETRY, "もう一度"),
            (Button.HOME, ""),
        ),
        (
            Trouble(TroubleReason.UNKNOWN, by_keys=True, typed="43324006"),
            (Button.RETYPE, "入力し直す"),
            (Button.WALK_IN, "相談用の番号札を取る"),
        ),
        (
            Trouble(TroubleReason.UNKNOWN),
            (Button.WALK_IN, "相談用の番号札を取る"),
            (Button.HOME, ""),
        ),
        (Trouble(TroubleReason.CLOSED), (Button.HOME, JA("trouble.home")), (Button.HOME, "")),
    ],
)
def test_the_way_on_is_named_on_its_button(
    screen: Trouble, action: tuple[Button, str], other: tuple[Button, str]
) -> None:
    """Protects a visitor without a number from a button that says one thing and does another."""
    view = trouble_of(screen)
    assert (view.action, view.action_text) == action
    assert (view.other, view.other_text) == other
    assert view.back_text == ("" if view.action is Button.HOME else JA("trouble.home"))


def test_an_office_without_a_telephone_has_no_line_for_it() -> None:
    """Protects from "電話 None" beside the address of another office."""

    def place(office: OfficePlace) -> str:
        """What is shown of the office."""
        reply = CheckInReply(reason=CheckInReason.ANOTHER_OFFICE, office=office)
        return str(trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE, reply)).place)

    assert "03-0000-0000" in place(OKUBO)
    silent = place(OKUBO.model_copy(update={"phone": None}))
    assert "電話" not in silent


def test_a_machine_that_tries_by_itself_says_so() -> None:
    """Protects a visitor from pressing again and again while the machine asks by itself, and from waiting when it does not."""
    request = CheckInRequest(request_id=UUID(int=1), code="CODE")
    trying = trouble_of(Trouble(TroubleReason.SERVER_AWAY, retry=request, retry_seconds=7))
    assert trying.retrying == JA("trouble.retrying")
    assert trying.retry_in is not None
    assert trying.retry_in.seconds == 7
    for given_up in (
        Trouble(TroubleReason.SERVER_AWAY, retry=request, retries=MAX_RETRIES),
        Trouble(TroubleReason.SERVER_AWAY, retry=request, warned=True),
        Trouble(TroubleReason.CLOSED),
    ):
        view = trouble_of(given_up)
        assert (view.retrying, view.retry_in) == ("", None)


def test_what_a_reply_leaves_out_is_not_told() -> None:
    """Protects from empty brackets and days that nobody said where an older server leaves the office or the day out."""
    view = trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE))
    assert view.body == "ご予約のカードは、ほかの窓口でお渡しします。"
    closed = trouble_of(Trouble(TroubleReason.CLOSED, CheckInReply(reason=CheckInReason.CLOSED)))
    assert closed.body == "本日の受付は終了しました。"
    opens = CheckInReply(reason=CheckInReason.CLOSED, opens_at=NOW + timedelta(hours=1), reserved_for=NOW)
    assert "11時21分" in text(trouble_of(Trouble(TroubleReason.CLOSED, opens)).body)
    undated = CheckInReply(reason=CheckInReason.ANOTHER_OFFICE, office=OKUBO)
    told = trouble_of(Trouble(TroubleReason.ANOTHER_OFFICE, undated))
    assert (told.title, told.body) == (
        "ほかの窓口のご予約です",
        "ご予約の窓口は、次のとおりです。",
    )
    reply = CheckInReply(reason=CheckInReason.UNKNOWN, office=OKUBO)
    assert trouble_of(Trouble(TroubleReason.UNKNOWN, reply)).title == "ご予約を確認できませんでした"


@pytest.mark.parametrize("language", list(Language))
def test_what_only_a_newer_server_knows_is_to_be_asked_at_the_counter(language: Language) -> None:
    """Protects a visitor before an older kiosk: the number stands there, and where to go with it."""
    say = KioskWords(language)
    unknown = a_ticket().model_copy(update={"state": OTHER})
    view = ticket_of(
        TicketShown(unknown, CheckInReason.ALREADY_CHECKED_IN, PaperState.NONE, found=OTHER), language
    )
    assert (view.number, view.headline, view.go) == ("M-001", say("ticket.other"), say("ticket.other_go"))
    assert (view.minds, view.wait) == (True, ())
    view = ticket_of(TicketShown(a_ticket(), OTHER, PaperState.PRINTED), language)
    assert (view.number, view.headline, view.sentence) == (
        "M-001",
        say("ticket.other"),
        say("ticket.other_note"),
    )
    told = CheckInReply(reason=CheckInReason.UNKNOWN).model_copy(update={"reason": OTHER})
    shown = trouble_of(Trouble(TroubleReason.OTHER, told), language)
    assert (shown.title, shown.body) == (say("trouble.other.title"), say("trouble.other.body"))
    told = told.model_copy(update={"ticket": a_ticket(), "office_id": "05"})
    assert "M-001" in text(trouble_of(Trouble(TroubleReason.OTHER, told), language).body)
    assert (JA("trouble.other.title"), JA("ticket.other_go")) == ("窓口でお尋ねください",) * 2


@pytest.mark.parametrize("language", list(Language))
def test_an_old_booking_sheet_is_said_to_be_old(language: Language) -> None:
    """Protects whoever comes on the day of a sheet that was overtaken: it is old, and this is what is booked now."""
    reply = CheckInReply(
        reason=CheckInReason.ANOTHER_DAY, reserved_for=datetime(2026, 12, 23, 5, 30, tzinfo=UTC)
    )
    fresh, old = (
        trouble_of(Trouble(TroubleReason.ANOTHER_DAY, one), language)
        for one in (reply, reply.model_copy(update={"old_sheet": True}))
    )
    assert old.title == KioskWords(language)("trouble.old_sheet")
    assert old.title != fresh.title
    assert (old.body, old.next) == (fresh.body, fresh.next)
    issued = CheckInReply(reason=CheckInReason.ALREADY_ISSUED, old_sheet=True)
    assert trouble_of(Trouble(TroubleReason.ALREADY_ISSUED, issued), language).title != old.title
