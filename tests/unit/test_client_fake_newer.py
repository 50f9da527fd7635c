"""The fake of a newer server: unknown codes where a test wants them, and new fields everywhere."""

from backend.client.fake_newer import EVERYWHERE, UNKNOWN_CODE, newer
from backend.wire.codes import CheckInReason
from backend.wire.heard import hear, places_of_other
from backend.wire.messages import CheckInReply
from tests.kiosk_support import a_ticket


def test_a_newer_reply_differs_only_where_it_is_told_to() -> None:
    """Protects tests of newer servers from a fake that gives today's replies, or replies that cannot be read."""
    reply = CheckInReply(reason=CheckInReason.LATE, ticket=a_ticket())
    told = newer(reply, {"ticket.state"})
    assert (told["reason"], told["ticket"]["state"]) == ("late", UNKNOWN_CODE)
    assert UNKNOWN_CODE in told
    assert UNKNOWN_CODE in told["ticket"]
    assert places_of_other(hear(CheckInReply, newer(reply, {EVERYWHERE}))) == [
        "reason",
        "ticket.print_state",
        "ticket.state",
    ]
    assert hear(CheckInReply, newer(reply, set())) == reply
