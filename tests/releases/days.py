"""The days of the story, step by step; who is who stands in :mod:`tests.releases.ward`."""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.wire.codes import PrinterTrouble, PrintState, RefusalKind
from backend.wire.messages import CheckInRequest, WalkInRequest
from tests.releases.story import DAY, DAY_AFTER, DAY_BEFORE, PASSWORD, SETTING_UP, Story
from tests.releases.ward import PEOPLE, card_of, export, number_of
from tests.releases.wire import API

_CHANGED: Final = 1
_LATER: Final = 19
"""Who comes only after the database was kept."""
_ELSEWHERE: Final = (20, 21, 22, 23, 24, 25)
_LAST: Final = 26


def set_up(story: Story) -> None:
    """People, devices, the ward's export in two versions, notices, one of them taken back."""
    story.at("10:00", SETTING_UP)
    story.add_people()
    story.enrol_devices()
    first = list(PEOPLE)
    first[_CHANGED] = first[_CHANGED]._replace(at="2026-11-24 13:00", state="変更済")
    story.import_export(export(tuple(first)))
    story.at("14:00")
    story.import_export(export())
    story.issue_codes(*map(number_of, (0, 4, 15, 18, _LAST)))
    story.take_code_back(number_of(18))
    story.issue_codes(number_of(18))


def day_before(story: Story) -> None:
    """A quiet day that is over: one card handed out, one visitor who never came back, one who still waits."""
    story.at("08:20", DAY_BEFORE)
    for name, window in (("clerk01", "1"), ("staff01", "A")):
        story.come_to_work(name)
        story.press(name, f"/{name[:5]}/window", label=window)
    story.ask("kiosk-1", "GET", f"{API}/office")
    story.arrive("kiosk-1", "", code=story.codes[number_of(0)])
    story.at("09:02")
    ticket = story.hand_over("clerk01")
    story.press("staff01", f"{ticket}/call")
    story.press("staff01", f"{ticket}/issue")
    story.at("09:28")
    story.arrive("kiosk-1", number_of(1))
    story.walk_in("kiosk-2")
    called = story.press("clerk01", "/clerk/call-next")["ticket_id"]
    story.press("clerk01", f"/clerk/tickets/{called}/recall")
    story.press("clerk01", f"/clerk/tickets/{called}/absent")
    story.press("clerk01", "/sign-out")


def the_day(story: Story) -> None:
    """Every state and every answer; the display listens from the opening on."""
    story.at("07:50", DAY)
    story.walk_in("kiosk-1")  # still closed
    story.at("08:00")
    _come_to_work(story)
    with story.listening("display-1"):
        _morning(story)
    _later_morning(story)
    _refusals(story)
    _mistakes(story)
    _branch(story)
    story.at("10:20")
    story.look_at_pages()
    story.press("clerk01", f"/clerk/tickets/{_ticket(story, 'W-051')}/back")
    _look(story, "display-1")


def what_follows(story: Story) -> None:
    """What is said next, with the kept database as it is: numbers go on, old ids are known, the next day begins anew."""
    story.at("10:25")
    _look(story, "kiosk-1")
    _look(story, "display-1", "/board")
    _look(story, "kiosk-11", "/office", "/board")
    _look(story, "kiosk-21", "/office")
    story.ask("kiosk-1", "GET", f"{API}/bring")
    story.arrive("kiosk-1", number_of(_LATER), language="zh-Hans")
    story.arrive("kiosk-2", number_of(10))  # absent, comes back
    story.arrive("kiosk-2", number_of(9))  # is called
    story.arrive("kiosk-1", number_of(1))  # the reservation was of yesterday
    story.arrive("kiosk-1", "", code=card_of(6))
    story.walk_in("kiosk-1")
    story.walk_in("kiosk-11", "ko")
    story.troubles("kiosk-1", printer="near_end")
    story.refused("kiosk-2", RefusalKind.FOREIGN_CODE)
    called = f"/clerk/tickets/{_ticket(story, 'M-010')}"
    story.press("clerk02", "/clerk/call-next")  # somebody is at the window
    story.press("clerk02", f"{called}/start")
    story.press("clerk02", f"{called}/tick", recipient="R1", applicant="A03", papers="notice")
    story.press("clerk02", f"{called}/hand-over")
    story.press("clerk02", "/clerk/call-next")
    story.press("staff01", f"/staff/tickets/{_ticket(story, 'M-005')}/call")
    story.press("staff02", f"/staff/tickets/{_ticket(story, 'M-006')}/issue")
    _mistakes(story)
    _look(story, "display-1", "/board")
    story.at("08:40", DAY_AFTER)
    story.arrive("kiosk-1", "", code=story.codes[number_of(_LAST)])
    story.walk_in("kiosk-2")
    _look(story, "display-1")


def _come_to_work(story: Story) -> None:
    assert story.sign_in("clerk01", "violet harbour anvil eight")[0] == 401
    status, story.browser = story.sign_in("clerk01", PASSWORD)
    assert status == 200
    for name, window in (
        ("clerk01", "1"),
        ("clerk02", "2"),
        ("staff01", "A"),
        ("staff02", "B"),
        ("clerk11", "1"),
    ):
        if name != "clerk01":
            story.come_to_work(name)
        story.press(name, f"/{name[:5]}/window", label=window)


def _morning(story: Story) -> None:
    story.troubles("kiosk-1")
    story.walk_in("kiosk-1", "en")
    gone = story.press("clerk01", "/clerk/call-next")["ticket_id"]
    story.press("clerk01", f"/clerk/tickets/{gone}/absent")  # too soon
    story.press("clerk01", f"/clerk/tickets/{gone}/recall")
    story.press("clerk01", f"/clerk/tickets/{gone}/absent")
    story.at("08:05")
    story.arrive("kiosk-1", number_of(2))
    story.arrive("kiosk-1", "", code=card_of(3))
    story.arrive("kiosk-2", "", code=story.codes[number_of(4)], language="en")
    story.at("08:31")
    first = story.hand_over("clerk01")
    for button in ("call", "call", "issue"):
        story.press("staff01", f"{first}/{button}")
    story.at("08:36")
    second = story.serve("clerk02")
    story.press("clerk02", f"{second}/tick", recipient="R1-NL", applicant="B20")
    story.press("clerk02", f"{second}/hand-over")  # not complete
    story.press("clerk02", f"{second}/incomplete")
    story.at("08:46")
    third = f"/clerk/tickets/{story.press('clerk01', '/clerk/call-next')['ticket_id']}"
    for button in ("recall", "absent", "cancel"):
        story.press("clerk01", f"{third}/{button}")
    story.at("08:50")
    story.arrive("kiosk-2", number_of(3))  # with the missing paper
    for index in (5, 6, 7):
        story.arrive("kiosk-1", number_of(index))
    story.look_at_pages()
    story.at("09:01")
    child = story.hand_over(
        "clerk01",
        recipient="R2",
        applicant=["A05", "B22"],
        visitor=["A03"],
        facts="same_household_parent_child",
    )
    story.press("staff01", f"{child}/call")
    story.press("staff01", f"{child}/issue")
    story.at("09:05")
    story.hand_over("clerk02", applicant=["A03", "A05"], flaw="applicant:A03:old_name")


def _later_morning(story: Story) -> None:
    story.at("09:10")
    story.press("staff02", f"{story.hand_over('clerk01')}/call")
    story.at("09:11")
    story.hand_over("clerk02")
    story.at("09:12")
    story.arrive("kiosk-1", number_of(8))
    story.at("09:16")
    served = story.serve("clerk01")
    marks = {"recipient": "R1", "applicant": ["A03", "B23"], "flaw": "applicant:A03:expired"}
    story.press("clerk01", f"{served}/tick", **marks, facts="renewal")
    story.at("09:25")
    story.arrive("kiosk-1", number_of(10))
    absent = f"/clerk/tickets/{story.press('clerk02', '/clerk/call-next')['ticket_id']}"
    story.press("clerk02", f"{absent}/recall")
    story.press("clerk02", f"{absent}/absent")
    story.at("09:40")
    story.look_at_pages()
    story.arrive("kiosk-2", number_of(11))
    missing = story.serve("clerk02")
    answers = ["who:agent", "age_agent:under_75", "reason:pregnancy"]
    story.press("clerk02", f"{missing}/recipient", answered=answers)
    story.press("clerk02", f"{missing}/tick", recipient="P9", applicant="B20", papers="notice")
    story.press("clerk02", f"{missing}/incomplete")
    story.at("09:50")
    story.arrive("kiosk-1", number_of(9), language="zh-Hans")  # late
    called = story.press("clerk02", "/clerk/call-next")["ticket_id"]
    story.at("09:52")
    story.press("clerk02", f"/clerk/tickets/{called}/recall")
    story.at("09:55")
    story.paper(
        "kiosk-1",
        story.arrive("kiosk-1", number_of(12), paper=False),
        PrintState.FAILED,
        PrinterTrouble.PAPER_OUT,
    )
    story.troubles("kiosk-1", printer="paper_out")
    story.paper(
        "kiosk-2",
        story.arrive("kiosk-2", number_of(13), paper=False),
        PrintState.UNCONFIRMED,
        PrinterTrouble.SILENT,
    )
    story.arrive("kiosk-2", number_of(14), paper=False)  # the kiosk dies
    story.arrive("kiosk-1", "", code=story.codes[number_of(15)])  # far too early
    story.at("10:05")
    late = story.arrive("kiosk-1", number_of(17), paper=False)
    story.paper("kiosk-1", late, PrintState.FAILED, PrinterTrouble.COVER_OPEN)
    story.press("clerk01", f"/clerk/tickets/{late['ticket_id']}/paper")
    story.arrive("kiosk-2", number_of(16))  # the numbers have come round
    story.arrive("kiosk-2", "", code=story.codes[number_of(18)])
    story.at("10:06")
    story.walk_in("kiosk-1", "ko")
    story.press("clerk01", f"/clerk/tickets/{story.walk_in('kiosk-1')['ticket_id']}/cancel")
    story.walk_in("kiosk-2")
    story.walk_in("kiosk-2")  # none is left


def _refusals(story: Story) -> None:
    """Answers without a number."""
    story.at("10:10")
    for index in (*_ELSEWHERE, 2, 0):
        story.arrive("kiosk-1", number_of(index))
    story.arrive("kiosk-1", "9999-0000")
    story.arrive("kiosk-1", "", code="https://example.jp/somewhere-else")
    story.arrive("kiosk-2", number_of(12))  # waits already
    story.arrive("kiosk-2", number_of(9), language="en")  # is called
    story.arrive("kiosk-11", number_of(8))  # waits at another office
    story.refused("kiosk-1", RefusalKind.MY_NUMBER)
    story.troubles("kiosk-2", camera="unplugged", printer="a_trouble_of_tomorrow")


def _mistakes(story: Story) -> None:
    """Requests that are refused; nothing of them is kept."""
    used = WalkInRequest(request_id=_first_id(story), language="fr")
    story.send("kiosk-1", "/walk-ins", used)
    story.ask("kiosk-1", "POST", f"{API}/check-ins", body={"request_id": "no id"})
    story.ask(
        "kiosk-1", "POST", f"{API}/check-ins", body={"request_id": str(uuid5(NAMESPACE_URL, "neither"))}
    )
    both = CheckInRequest(request_id=uuid5(NAMESPACE_URL, "both"), code="A", number="1")
    story.send("kiosk-1", "/check-ins", both)
    story.send("display-1", "/walk-ins", WalkInRequest(request_id=uuid5(NAMESPACE_URL, "display")))
    story.ask("stranger", "GET", f"{API}/office")
    story.ask("kiosk-old", "GET", f"{API}/board")
    story.ask("", "GET", f"{API}/board")
    story.ask("display-1", "GET", f"{API}/bring")
    story.paper("kiosk-1", {"ticket_id": str(uuid5(NAMESPACE_URL, "no ticket"))})
    story.paper("kiosk-11", {"ticket_id": _ticket(story, "M-010")})
    story.ask("kiosk-1", "GET", f"{API}/nowhere")
    story.ask("kiosk-1", "GET", f"{API}/check-ins")


def _branch(story: Story) -> None:
    story.at("10:15")
    story.arrive("kiosk-11", number_of(21))
    story.walk_in("kiosk-11")
    story.walk_in("kiosk-21")  # closed on this day
    story.press("clerk11", "/clerk/call-next")


def _look(story: Story, who: str, *paths: str) -> None:
    for path in paths or ("/health", "/office", "/board"):
        story.ask(who, "GET", f"{API}{path}")


def _first_id(story: Story) -> UUID:
    """An id that was used for something else."""
    first = next(one.asked.body for one in story.said if one.asked.path.endswith("/check-ins"))
    return UUID(first["request_id"])


def _ticket(story: Story, number: str) -> str:
    """The id of the last ticket of a number at the main office, as the wire told it."""
    told = [
        one.reply["ticket"] for one in story.said if isinstance(one.reply, dict) and one.reply.get("ticket")
    ]
    return str(
        next(
            one["ticket_id"] for one in reversed(told) if one["number"] == number and one["office_id"] == "00"
        )
    )
