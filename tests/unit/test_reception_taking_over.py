"""Ticks of a visitor's documents apply to every card that this visitor receives, and to no other."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from backend.reception.deciding.taking_over import begun, is_shared, same, taken_over
from backend.reception.deciding.ticks import Ticks
from tests.shipped_rules import RULES

RULE_SET = RULES
CHILD = Ticks("R2", applicant=("B29",), visitor=("A03",), papers=("notice",))
SIBLING = Ticks("R2", visitor=("A03",), papers=("notice", "koseki"))
ALONE = Ticks("R1", applicant=("A05",))


def test_a_licence_ticked_for_one_child_is_there_for_the_other() -> None:
    """What was ticked, unticked and marked of the visitor goes over; documents, papers and facts of a card stay its own."""
    after = replace(CHILD, visitor=("A03:expired", "A05"), papers=("notice", "application"), facts=("lost",))
    own, others = taken_over(RULE_SET, CHILD, after, {"two": SIBLING, "mother": ALONE})
    assert same(own, after)
    assert others == {"two": replace(SIBLING, visitor=("A03:expired", "A05"))}
    _, back = taken_over(RULE_SET, after, replace(after, visitor=()), others)
    assert back == {"two": replace(SIBLING, visitor=())}


def test_a_card_to_which_nothing_changes_is_not_told() -> None:
    """Only a card whose ticks change gets another version: a tick that it has already is no change."""
    after = replace(CHILD, applicant=())
    assert taken_over(RULE_SET, CHILD, after, {"two": SIBLING}) == (after, {})
    without = replace(CHILD, visitor=())
    assert taken_over(RULE_SET, without, CHILD, {"two": SIBLING}) == (CHILD, {})


def test_that_staff_accept_a_document_of_the_visitor_goes_with_it() -> None:
    """Another document counts where staff accept it: nobody is asked twice about the same paper."""
    accepted = ("other_visitor_document_accepted",)
    after = replace(CHILD, visitor=("A03", "BX"), facts=("other_document_accepted", *accepted))
    _, others = taken_over(RULE_SET, CHILD, after, {"two": SIBLING})
    assert others["two"].visitor == ("A03", "BX")
    assert others["two"].facts == accepted
    _, others = taken_over(RULE_SET, after, replace(after, facts=()), others)
    assert others["two"].facts == ()


@pytest.mark.parametrize("before", [None, ALONE, replace(CHILD, apart=True, visitor=("B20",))])
def test_a_card_that_comes_to_the_visitor_takes_what_is_ticked(before: Ticks | None) -> None:
    """Whether nobody had checked it, its type was another, or it was set apart: the visitor's documents are there at once."""
    start = before or Ticks("R2")
    own, others = taken_over(RULE_SET, before, replace(start, recipient="R2", apart=False), {"two": SIBLING})
    assert own.visitor == ("A03",)
    assert own.applicant == start.applicant
    assert others == {}


def test_the_first_card_that_a_visitor_receives_tells_the_others_all_it_has() -> None:
    """Two children whose type was just found: what is ticked first of either is ticked of both."""
    bare = Ticks("R2")
    own, others = taken_over(RULE_SET, None, CHILD, {"two": bare})
    assert own == CHILD
    assert others == {"two": Ticks("R2", visitor=("A03",))}


def test_a_card_that_is_set_apart_keeps_nothing_of_the_others_visitor() -> None:
    """Another person receives it: their own documents are to be shown, and go over to no other card."""
    own, others = taken_over(RULE_SET, CHILD, replace(CHILD, apart=True), {"two": SIBLING})
    assert (own.visitor, own.applicant, others) == ((), ("B29",), {})
    after = replace(own, visitor=("A05",))
    assert taken_over(RULE_SET, own, after, {"two": SIBLING}) == (after, {})
    _, others = taken_over(RULE_SET, SIBLING, replace(SIBLING, visitor=("A03", "A05")), {"apart": own})
    assert others == {}


def test_a_card_that_others_receive_keeps_its_own_when_something_else_changes() -> None:
    """Ticking the notice of a card that is set apart, or saying that its holder came alone, takes no document off it."""
    apart = replace(CHILD, apart=True)
    noticed = replace(apart, papers=("notice", "koseki"))
    assert taken_over(RULE_SET, apart, noticed, {"two": SIBLING}) == (noticed, {})
    alone = replace(CHILD, recipient="R1")
    assert taken_over(RULE_SET, CHILD, alone, {"two": SIBLING}) == (alone, {})


def test_a_card_that_nobody_has_checked_begins_with_the_visitors_documents() -> None:
    """One more notice is held up while the clerk checks: its list shows the parent's licence ticked."""
    assert begun(RULE_SET, "R2", [ALONE, SIBLING]) == Ticks("R2", visitor=("A03",))
    assert begun(RULE_SET, "R1", [SIBLING]) == Ticks("R1")
    assert begun(RULE_SET, "R2", [replace(SIBLING, apart=True)]) == Ticks("R2")


DOCUMENTS = st.lists(st.sampled_from(["A01", "A03", "A03:expired", "A05", "B20"]), max_size=3).map(
    lambda codes: tuple({code.partition(":")[0]: code for code in codes}.values())
)
TYPES = st.sampled_from(["R1", "R2", "R4", "P1"])


@given(
    types=st.lists(TYPES, min_size=2, max_size=4),
    steps=st.lists(st.tuples(st.integers(0, 3), DOCUMENTS, TYPES, st.booleans()), max_size=12),
)
def test_all_cards_of_one_visitor_always_have_the_same(
    types: list[str], steps: list[tuple[int, tuple[str, ...], str, bool]]
) -> None:
    """Whatever is ticked, chosen and set apart in whichever order, cards of one visitor never differ in the visitor's documents."""
    party = {str(place): Ticks(recipient) for place, recipient in enumerate(types)}
    for place, documents, recipient, apart in steps:
        which = str(place % len(party))
        after = replace(party[which], visitor=documents, recipient=recipient, apart=apart)
        others = {one: ticks for one, ticks in party.items() if one != which}
        own, told = taken_over(RULE_SET, party[which], after, others)
        assert all(not same(ticks, party[one]) for one, ticks in told.items())
        party |= {which: own, **told}
        shared = [frozenset(ticks.visitor) for ticks in party.values() if is_shared(RULE_SET, ticks)]
        assert len(set(shared)) <= 1
