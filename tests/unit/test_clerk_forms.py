"""How forms of the windows are read: reasons that a person may give, the card, and numbers, without guessing."""

import pytest

from backend.cards.states import IndexKind
from backend.reception.card_looks import LookForCard
from backend.reception.check_commands import TieCard
from backend.web.desk.clerk_forms import CANCEL_REASONS, cancel_reason, case_in, tie_kinds, tie_of
from backend.web.http.errors import WireError
from backend.web.http.forms import Form
from backend.wire.codes import CancelReason, ErrorCode


def form(**fields: str) -> Form:
    """A form with one value of each field."""
    return Form({name: (value,) for name, value in fields.items()})


def test_the_end_of_a_day_is_no_reason_that_a_person_gives() -> None:
    """What the house does by itself is told apart from what somebody said; a program that says nothing says went home."""
    assert set(CancelReason) - set(CANCEL_REASONS) == {CancelReason.DAY_END}
    assert cancel_reason(form(reason="twice")) is CancelReason.TWICE
    assert cancel_reason(form()) is CancelReason.WENT_HOME
    for wrong in ("day_end", "x"):
        with pytest.raises(WireError) as caught:
            cancel_reason(form(reason=wrong))
        assert caught.value.facts == {"fields": "reason"}


def test_a_card_is_named_by_an_id_of_ours_or_not_at_all() -> None:
    """Without an id the only open card is meant; an invalid id is refused."""
    assert case_in(form()) is None
    assert case_in(form(case_id="0" * 32)) == "0" * 32
    with pytest.raises(WireError) as caught:
        case_in(form(case_id="1' OR '1'='1"))
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_search_says_what_its_number_is() -> None:
    """The kind and the birthday are checked before anything is looked for; the number is never shown by the command."""
    command = tie_of(form(kind="card_number", card_number="998877665", born="1990-01-31"), "t", TieCard)
    assert (command.kind, command.number, command.born) == (IndexKind.CARD_NUMBER, "998877665", "1990-01-31")
    assert "998877665" not in repr(command)
    assert "1990" not in repr(command)
    assert tie_of(form(kind="booking_number", born=" "), "t", TieCard).born is None
    look = tie_of(form(kind="card_number", card_number="998877665"), "t", LookForCard)
    assert (look.name, look.number, "998877665" in repr(look)) == ("look_for_card", "998877665", False)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "kind"),
        ({"kind": "birth"}, "kind"),
        ({"kind": "kana"}, "kind"),
        ({"kind": "card_number", "born": "31.1.1990"}, "born"),
        ({"kind": "card_number", "born": "19900131"}, "born"),
        ({"kind": "card_number", "born": "1990-02-30"}, "born"),
    ],
)
def test_a_search_by_anything_else_is_refused(fields: dict[str, str], wrong: str) -> None:
    """Nobody is found by a name or a birthday alone, and a day that is none matches nobody by chance."""
    with pytest.raises(WireError) as caught:
        tie_of(form(**fields), "t", TieCard)
    assert caught.value.facts == {"fields": wrong}


def test_the_most_usual_number_comes_first() -> None:
    """Who lost the notice has the number of the booking in the phone."""
    assert tie_kinds()[0] is IndexKind.BOOKING_NUMBER
