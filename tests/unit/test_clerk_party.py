"""The cards of a party beside each other: who goes on, which key leads where, and whose name is noted as seen."""

from typing import Any

from backend.common.catalogue import Catalogue
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.check_sheet import CardTab, CheckSheet, verdict_on, visit_of
from backend.reception.deciding.ticks import Ticks
from backend.web.desk.clerk_party import PartyView, seen_cases, view_party
from backend.web.desk.queue_view import QueuePart
from tests.shipped_rules import RULES
from tests.ticket_support import a_ticket

FIRST = CardTab("a" * 32, 1, CaseState.OPEN, "R1", complete=True, version=3, name="受付 花子")
SECOND = CardTab("b" * 32, 2, CaseState.OPEN, None, complete=False)
OVER = CardTab("c" * 32, 3, CaseState.ISSUED, "R2", complete=True)


def a_sheet(*party: CardTab, **more: Any) -> CheckSheet:
    """The sheet of the first card of a party."""
    ticket, ticks = a_ticket(), Ticks("R1")
    verdict = verdict_on(RULES, visit_of(ticket, ticks, {}))
    given = {"fields": {}, "asked": False, "case_id": party[0].case_id, **more}
    fields, asked, case_id = given["fields"], given["asked"], given["case_id"]
    return CheckSheet(ticket, fields, RULES, ticks, verdict, (), asked, case_id=case_id, party=party)


def view(*party: CardTab, part: QueuePart | None = None, **more: Any) -> PartyView:
    """The same in a page's words."""
    return view_party(a_sheet(*party, **more), part or QueuePart(), Catalogue("documents"), {}, {})


def test_who_goes_on_and_who_ends_is_told_of_open_cards_alone() -> None:
    """A card that was handed out before is named nowhere in the question."""
    party = view(FIRST, SECOND, OVER)
    assert [card.place for card in party.going_on] == [1]
    assert [card.place for card in party.ending] == [2]
    assert (party.several, party.versions) == (True, f"{'a' * 32}:3 {'b' * 32}:0")
    assert [card.is_open for card in party.cards] == [True, True, False]


def test_one_open_card_is_handed_over_as_a_visitor_alone() -> None:
    """With a single open card there is no question and no key; a card that joins meanwhile is still noticed."""
    party = view(FIRST, OVER)
    assert (party.several, party.versions) == (False, f"{'a' * 32}:3")
    assert not any(card.follows for card in party.cards)


def test_the_key_leads_to_the_next_open_card_and_the_address_names_the_number() -> None:
    """After the last comes the first, and what else the page shows stays as it is."""
    part = QueuePart(show="late", card="M-007.2")
    party = view(FIRST, SECOND, OVER, case_id=SECOND.case_id, part=part)
    assert [card.follows for card in party.cards] == [True, False, False]
    assert (party.card, party.cards[0].address) == ("M-007.2", "/clerk?show=late&card=M-007.1")


def test_a_type_that_nobody_has_chosen_is_not_shown_as_chosen() -> None:
    """The type that an empty checklist assumes is not shown as chosen by the clerk."""
    assert [card.recipient for card in view(FIRST, SECOND).cards] == ["R1", ""]
    assert view(FIRST, SECOND, asked=True).cards[0].recipient == ""


def test_every_card_of_which_something_is_shown_is_noted() -> None:
    """A name on a tab is a look at that person's record, as the open list is."""
    assert list(seen_cases(a_sheet(FIRST, SECOND, OVER))) == [FIRST.case_id]
    sheet = a_sheet(FIRST, SECOND, fields={"name": "受付 太郎"}, case_id=SECOND.case_id)
    assert list(seen_cases(sheet)) == [FIRST.case_id, SECOND.case_id]
    assert list(seen_cases(a_sheet(SECOND))) == []
