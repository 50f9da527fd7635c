"""What the kiosk's screens say in each state, in the words of a visitor, without a window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import CheckInReason, CodePlace
from backend.wire.messages import BringItem, BringSituation, CheckInRequest, Estimate, NumberShape, OfficeInfo
from kiosk.visit.inputs import TroubleReason
from kiosk.visit.presentation import (
    BringListView,
    BringView,
    KeypadView,
    NoticeView,
    TicketView,
    TroubleView,
    View,
    WalkInView,
    WelcomeView,
    WorkingView,
)
from kiosk.visit.presenter import present
from kiosk.visit.screens import (
    Bring,
    Closed,
    Hint,
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
from kiosk.visit.state import State
from kiosk.visit.surroundings import Conditions, ServerState
from kiosk.visit.texts import KioskWords, say, spoken
from tests.kiosk_support import JA, NOW, a_ticket, text

UP = Conditions(server=ServerState.UP)
EIGHT = NumberShape(length=8, check="damm")
CARD = NumberShape(length=9, letters=True)
PARENT = BringSituation(
    code="parent",
    title={"ja": "親", "en": "Parent"},
    bring={"ja": [BringItem(thing="交付通知書")]},
    know={"ja": [BringItem(thing="母子健康手帳")]},
)
PLAIN = BringSituation(code="self", title={"ja": "本人"}, bring={"ja": [BringItem(thing="通知カード")]})


def seen(screen: Screen, conditions: Conditions = UP, language: Language = Language.JAPANESE) -> View:
    """What a screen shows."""
    return spoken(present(State(screen, language, conditions), None, NOW))


def welcome(hint: Hint | None = None, conditions: Conditions = UP) -> WelcomeView:
    """The first screen."""
    view = seen(Welcome(hint), conditions)
    assert isinstance(view, WelcomeView)
    return view


def keypad(screen: Keypad, *shapes: NumberShape) -> KeypadView:
    """The keypad of a ward with these numbers."""
    view = seen(screen, Conditions(server=ServerState.UP, numbers=shapes))
    assert isinstance(view, KeypadView)
    return view


@pytest.mark.parametrize(
    ("screen", "kind"),
    [
        (Welcome(), WelcomeView),
        (Keypad(), KeypadView),
        (WalkInQuestion(), WalkInView),
        (Bring(), BringView),
        (Bring(PLAIN), BringListView),
        (Trouble(TroubleReason.CLOSED), TroubleView),
        (Closed(), NoticeView),
        (OutOfService(), NoticeView),
    ],
)
def test_every_screen_of_the_flow_has_its_picture(screen: Screen, kind: type[View]) -> None:
    """Protects a visitor from another screen than the one that the machine acts on; the languages stand on each."""
    view = seen(screen)
    assert type(view) is kind
    assert [choice.chosen for choice in view.common.choices] == [
        language is Language.JAPANESE for language in Language
    ]


def test_the_first_screen_asks_for_a_notice_or_without_a_camera_for_a_number() -> None:
    """Protects a visitor from holding a notice before a camera that sees nothing."""
    sees = welcome()
    assert "カメラにかざして" in text(sees.title)
    assert "枠の中に" in text(sees.frame)
    assert "読み取れないとき" in text(sees.enter_number_note)
    assert (sees.camera, sees.hinting, sees.bring) == (True, False, "")
    blind = welcome(conditions=Conditions(server=ServerState.UP, camera=False))
    assert blind.title == "ただいまカメラが使えません"
    assert (blind.camera, blind.frame, blind.enter_number_note) == (False, "", "")


@pytest.mark.parametrize("place", CodePlace)
def test_the_first_screen_names_the_paper_that_the_ward_sends(place: CodePlace) -> None:
    """Protects a visitor from looking for the code on a sheet where it stands on the postcard."""
    office = OfficeInfo(
        office_id="00", name={"ja": "本庁"}, open_now=True, server_time=NOW, code_stands_on=place
    )
    view = spoken(present(State(Welcome(), Language.JAPANESE, UP), office, NOW))
    assert isinstance(view, WelcomeView)
    assert (view.place, view.common.place, view.common.office) == (place, place, "本庁")
    assert view.title == KioskWords(Language.JAPANESE, place)("welcome.title")


@pytest.mark.parametrize("hint", Hint)
def test_a_hint_stands_where_the_camera_is_looked_into(hint: Hint) -> None:
    """Protects a visitor from not knowing why nothing happens: each hint has its sentence in place of the usual one."""
    view = welcome(hint)
    assert view.hinting
    assert view.frame == JA(f"welcome.hint_{hint}")
    assert view.frame != welcome().frame


def test_what_to_bring_is_offered_only_where_the_server_told_it() -> None:
    """Protects from a button that leads to an empty page."""
    assert welcome(conditions=Conditions(server=ServerState.UP, bring=(PLAIN,))).bring == "持ち物を確認する"


@pytest.mark.parametrize(
    ("screen", "shapes", "status", "warns"),
    [
        (Keypad(), [EIGHT], "8けたの番号です", False),
        (Keypad(), [EIGHT, NumberShape(length=10)], "", False),
        (Keypad(), [CARD], "", False),
        (Keypad(), [], "", False),
        (Keypad("4332"), [EIGHT], "あと4けたです", False),
        (Keypad("ABC"), [CARD], "あと6文字です", False),
        (Keypad("43324006"), [EIGHT], "", False),
        (Keypad("43324007"), [EIGHT], "番号をもう一度お確かめください", True),
        (
            Keypad("43324006", note=KeypadNote.TOO_LONG),
            [EIGHT],
            "番号が長すぎます。お確かめください",
            True,
        ),
    ],
)
def test_the_keypad_says_what_is_missing_or_wrong(
    screen: Keypad, shapes: list[NumberShape], status: str, warns: bool
) -> None:
    """Protects a visitor from a button that cannot be pressed for a reason that nobody tells."""
    view = keypad(screen, *shapes)
    assert (view.status, view.status_warns) == (status, warns)


def test_a_number_is_confirmed_only_when_it_is_whole() -> None:
    """Protects the server from halves of numbers, and the eye of the typist: hyphens as on the paper."""
    assert [keypad(Keypad(typed), EIGHT).may_confirm for typed in ("", "4332", "43324006", "43324007")] == [
        False,
        False,
        True,
        False,
    ]
    whole = keypad(Keypad("43324006"), EIGHT)
    assert whole.typed == "4332-4006"
    assert "4332" not in repr(whole)


def test_the_keys_have_another_page_only_where_numbers_have_letters() -> None:
    """Protects from a page of letters at a ward of digits; the word on the key is that of the page it leads to."""
    assert keypad(Keypad(), EIGHT).other_page == ""
    digits, letters = keypad(Keypad(), CARD), keypad(Keypad(page=KeyPage.LETTERS), CARD)
    assert (digits.other_page, letters.other_page) == ("英字", "数字")
    assert (digits.backspace, letters.backspace) == ("1字消す", "消す")
    assert (digits.page, letters.page) == (KeyPage.DIGITS, KeyPage.LETTERS)


def test_a_number_for_a_word_with_the_staff_is_asked_for_in_other_words() -> None:
    """Protects whoever has a notice that gave no number from being told to come back with a reservation."""
    usual, assisted = seen(WalkInQuestion()), seen(WalkInQuestion(assisted=True))
    assert isinstance(usual, WalkInView)
    assert isinstance(assisted, WalkInView)
    assert "予約なしで" in text(usual.title)
    assert "相談" in text(assisted.title)
    assert (usual.body, usual.next) != (assisted.body, assisted.next)
    assert usual.take == assisted.take == "番号札を取る"


@pytest.mark.parametrize(
    "screen",
    [
        Keypad(),
        WalkInQuestion(),
        Bring(),
        Bring(PLAIN),
        Trouble(TroubleReason.CLOSED),
    ],
)
def test_a_slow_visitor_is_asked_on_every_screen_that_would_go(screen: Unhurried) -> None:
    """Protects slow readers: the question has a way to stay and a way to leave, and is there only while it is asked."""
    calm = seen(screen)
    warned = seen(
        type(screen)(**{name: getattr(screen, name) for name in screen.__slots__} | {"warned": True})
    )
    for view, asked in ((calm, False), (warned, True)):
        assert isinstance(view, KeypadView | WalkInView | BringView | BringListView | TroubleView)
        assert (view.still_there is not None) is asked
    assert isinstance(warned, KeypadView | WalkInView | BringView | BringListView | TroubleView)
    assert warned.still_there is not None
    assert warned.still_there.stay == "続ける"
    assert "最初の画面" in text(warned.still_there.note)
    leave = {Keypad: "やめる", WalkInQuestion: "いいえ", Bring: "最初の画面に戻る"}
    assert warned.still_there.leave == leave.get(type(screen), JA("trouble.home"))


def test_the_situations_are_offered_in_the_visitors_language_or_in_japanese() -> None:
    """Protects a reader of another language from a choice without a word."""
    view = seen(Bring(), Conditions(server=ServerState.UP, bring=(PARENT, PLAIN)), Language.ENGLISH)
    assert isinstance(view, BringView)
    assert [(choice.code, choice.words) for choice in view.choices] == [
        ("parent", "Parent"),
        ("self", "本人"),
    ]


def page(situation: BringSituation, number: int) -> BringListView:
    """A page of what to bring."""
    view = seen(Bring(situation, number))
    assert isinstance(view, BringListView)
    return view


def test_the_pages_of_what_to_bring_lead_to_each_other() -> None:
    """Protects the reader: few things at a time, then what there is to say, and no way to a page that is empty."""
    many = BringSituation(
        code="agent",
        title={"ja": "代理"},
        bring={"ja": [BringItem(thing=f"紙{at}", note="注" if at == 5 else "") for at in range(6)]},
        know={"ja": [BringItem(thing="手数料")]},
    )
    pages = [page(many, number) for number in range(5)]
    assert [[item.thing for item in one.items] for one in pages[:2]] == [
        ["紙0", "紙1", "紙2"],
        ["紙3", "紙4", "紙5"],
    ]
    assert [one.boxed for one in pages] == [True, True, False, False, False]
    assert [item.note for item in pages[1].items] == ["", "", ""]
    assert (len(pages[2].items), pages[3].items[2].note) == (3, "注")
    assert [one.more for one in pages] == ["つづき", "くわしく", "つづき", "例と注意", "持ち物"]
    assert [one.place for one in pages] == ["1/5", "2/5", "3/5", "4/5", "5/5"]
    assert [one.title for one in pages] == ["持ち物"] * 4 + ["証明書の例と注意"]
    only = page(PLAIN, 0)
    assert (only.more, only.place, only.situation) == ("", "", "本人")


def test_a_machine_that_receives_nobody_says_why_and_until_when() -> None:
    """Protects from a closed office that looks broken, and from a broken machine that looks closed."""
    opens = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    starting = seen(OutOfService(), Conditions(server=ServerState.STARTING))
    down = seen(OutOfService(), Conditions(server=ServerState.DOWN))
    told = seen(Closed(), Conditions(server=ServerState.UP, open_now=False, opens_at=opens))
    plain = seen(Closed(), Conditions(server=ServerState.UP, open_now=False))
    for view in (starting, down, told, plain):
        assert isinstance(view, NoticeView)
    assert [view.name for view in (starting, down, told, plain) if isinstance(view, NoticeView)] == [
        "starting",
        "out_of_service",
        "closed",
        "closed",
    ]
    assert isinstance(told, NoticeView)
    assert isinstance(plain, NoticeView)
    assert isinstance(down, NoticeView)
    assert "11月25日（水）午前8時30分" in text(told.body)
    assert (down.retrying, plain.retrying) == (JA("out_of_service.retrying"), "")
    assert (told.phone, told.bring) == ("", ""), "what is not known is not offered"
    office = OfficeInfo(
        office_id="00", name={"ja": "本庁"}, phone="03-0000-0000", open_now=False, server_time=NOW
    )
    offering = Conditions(server=ServerState.UP, open_now=False, bring=(PLAIN,))
    helpful = spoken(present(State(Closed(), Language.JAPANESE, offering), office, NOW))
    assert isinstance(helpful, NoticeView)
    assert (helpful.phone, helpful.bring) == ("電話 03-0000-0000", "持ち物を確認する")
    assert plain.body == JA("closed.opens_plain")


def test_a_number_and_a_question_under_way_are_shown() -> None:
    """Protects the two screens on which nothing is tapped."""
    ticket = a_ticket().model_copy(update={"reserved_for": NOW + timedelta(minutes=5)})
    shown = seen(TicketShown(ticket, CheckInReason.ON_TIME, PaperState.PRINTED))
    assert isinstance(shown, TicketView)
    assert shown.number == "M-001"
    request = CheckInRequest(request_id=ticket.ticket_id, code="CODE")
    working = seen(Working(request))
    assert isinstance(working, WorkingView)
    assert working.title == JA("working.title")


def test_a_view_is_the_same_in_every_language_until_it_is_spoken() -> None:
    """Protects the design of kiosk and hall: views contain keys, and texts in a language are added afterwards."""
    screens = (
        Keypad(warned=True),
        Closed(),
        Trouble(TroubleReason.CLOSED),
        Welcome(),
    )
    for screen in screens:
        told = {
            language: present(State(screen, language, UP), None, NOW)
            for language in (Language.JAPANESE, Language.KOREAN)
        }
        first, second = (replace(view, common=told[Language.JAPANESE].common) for view in told.values())
        assert first == second
        assert spoken(told[Language.JAPANESE]) != first
    working = present(State(OutOfService(), Language.ENGLISH, Conditions(server=ServerState.DOWN)), None, NOW)
    assert isinstance(working, NoticeView)
    assert working.title == say("out_of_service.title")
    assert spoken(working).title == KioskWords(Language.ENGLISH)("out_of_service.title")


@pytest.mark.parametrize("language", list(Language))
def test_the_question_tells_the_wait_that_the_ticket_would_tell(language: Language) -> None:
    """Protects a visitor without a reservation from taking a number blindly, and from a time that nobody knows."""
    screen, words = WalkInQuestion(), KioskWords(language)

    def told(estimate: Estimate | None) -> str:
        office = OfficeInfo(
            office_id="00", name={"ja": "本庁"}, open_now=True, server_time=NOW, walk_in_estimate=estimate
        )
        view = spoken(present(State(screen, language, UP), office, NOW))
        assert isinstance(view, WalkInView)
        return text(view.wait)

    assert words("ticket.estimate", low=20, high=40) in told(Estimate(low_minutes=20, high_minutes=40))
    assert words("ticket.estimate_short", high=15) in told(Estimate(low_minutes=0, high_minutes=15))
    assert told(None) == ""
    before_any_answer = present(State(screen, language, UP), None, NOW)
    assert isinstance(before_any_answer, WalkInView)
    assert before_any_answer.wait == ""
