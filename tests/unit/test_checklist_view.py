"""The checklist in words: what is needed, what would do, what was ticked for another type, and what is told to the visitor."""

from typing import Any

from backend.common.catalogue import Catalogue, Language
from backend.documents.model.persons import Person
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.check_seen import Seen
from backend.reception.deciding.check_sheet import CardTab, CheckSheet, verdict_on, visit_of
from backend.reception.deciding.ticks import Ticks
from backend.web.desk.checklist_view import advise, ticked_names, view_checklist
from tests.shipped_rules import RULES
from tests.ticket_support import a_ticket

PAGES, DOCUMENTS = Catalogue("pages"), Catalogue("documents")


def a_sheet(ticks: Ticks, language: str = "ja", **more: Any) -> CheckSheet:
    """The sheet of a visitor with some ticks."""
    ticket = a_ticket(language=language)
    verdict = verdict_on(RULES, visit_of(ticket, ticks, {}))
    tab = CardTab("case", 1, CaseState.OPEN, ticks.recipient, verdict.complete)
    given = {"asked": False, "case_id": "case", "party": (tab,), **more}
    return CheckSheet(ticket, {}, RULES, ticks, verdict, (), **given)


def test_an_empty_checklist_says_what_is_needed_and_a_full_one_that_it_is_complete() -> None:
    """The clerk reads one sentence that follows from the ticks."""
    empty = advise(a_sheet(Ticks("R1")), PAGES, DOCUMENTS)
    assert (empty.accepted, empty.complete, len(empty.missing) > 0) == (True, False, True)
    assert empty.sentence == DOCUMENTS.text("short.and").join(empty.needed)
    full = advise(a_sheet(Ticks("R1", applicant=("A01",), papers=("notice",))), PAGES, DOCUMENTS)
    assert (full.complete, full.missing) == (True, ())
    assert full.needed == (PAGES.text("verdict.complete"),)


def test_what_the_reader_may_not_see_is_one_sentence_and_nothing_more() -> None:
    """If something is hidden from the reader, one sentence refers to staff, always in the same words."""
    ticks = Ticks("R1")
    assert advise(a_sheet(ticks), PAGES, DOCUMENTS).ask_staff == ""
    told = advise(a_sheet(ticks, staff_know_more=True), PAGES, DOCUMENTS)
    assert told.ask_staff == PAGES.text("verdict.ask_staff")


def test_a_tick_for_another_type_stays_in_sight() -> None:
    """What was ticked can be taken away; nothing counts that the page does not show."""
    view = view_checklist(a_sheet(Ticks("R1", visitor=("A01",))), PAGES, DOCUMENTS)
    lists = {one.person: one for one in view.documents}
    assert [box.code for box in lists[Person.VISITOR].strays] == ["A01"]
    assert (lists[Person.VISITOR].first, lists[Person.APPLICANT].strays) == ((), ())
    chosen = [code for group in view.choices for code, _, is_chosen in group.options if is_chosen]
    assert chosen == ["R1"]


def test_a_form_of_the_page_says_what_the_page_showed() -> None:
    """The version and the ticks go back with every form, so that an old page undoes nothing unseen."""
    ticks = Ticks("R1", applicant=("A01",), papers=("notice",))
    view = view_checklist(a_sheet(ticks, version=4), PAGES, DOCUMENTS)
    assert Seen.parse(view.seen) == Seen(4, ticks)
    applicant = view.documents[0]
    assert [box.code for box in applicant.first if box.ticked] == ["A01"]
    assert [fold.ticked for fold in applicant.folded] == [0, 0]


def test_an_empty_checklist_asks_for_the_notice_first() -> None:
    """Nobody is sent home, or to another type, before the clerk has asked for anything."""
    notice = DOCUMENTS.text("paper.notice")
    assert advise(a_sheet(Ticks("R1")), PAGES, DOCUMENTS).steps == (
        PAGES.text("verdict.ask_for", paper=notice),
    )
    begun = advise(a_sheet(Ticks("R1", applicant=("A03",))), PAGES, DOCUMENTS)
    assert notice not in begun.steps[0]


def test_a_visitor_of_another_language_reads_it_themselves() -> None:
    """What is missing is told in the visitor's language where it is not the page's, and only in one that there is."""
    for tag, told_in in (("en", Language.ENGLISH), ("ja", None), ("tlh", None)):
        view = view_checklist(a_sheet(Ticks("R1"), tag), PAGES, DOCUMENTS)
        assert (view.told_in, bool(view.told)) == (told_in, told_in is not None)
    english = view_checklist(a_sheet(Ticks("R1"), "en"), PAGES, DOCUMENTS)
    assert english.told[:-1] != english.advice.missing
    assert len(english.told) == len(english.advice.missing) + 1


def test_what_was_ticked_is_told_in_names() -> None:
    """Whoever goes on with the visitor reads what was there, person by person."""
    names = ticked_names(Ticks("P10", ("A01",), ("A02",), ("notice",)), DOCUMENTS)
    assert names["applicant"] == [DOCUMENTS.text("document.A01")]
    assert names["visitor"] == [DOCUMENTS.text("document.A02")]
    assert names["papers"] == [DOCUMENTS.text("paper.notice")]
    assert names["facts"] == []


def test_a_card_may_be_set_apart_only_where_another_is_received_too() -> None:
    """Nobody is asked who receives the other cards where there are none, or where no visitor shows documents."""
    one = CardTab("case", 1, CaseState.OPEN, "R2", complete=False)
    two = CardTab("other", 2, CaseState.OPEN, None, complete=False, tied=False)
    over = CardTab("over", 3, CaseState.ISSUED, "R2", complete=True)
    child = Ticks("R2", apart=True)

    def may(ticks: Ticks, *party: CardTab) -> bool:
        return view_checklist(a_sheet(ticks, party=party), PAGES, DOCUMENTS).may_set_apart

    assert [may(child, one, two), may(child, one, over), may(Ticks("R1"), one, two)] == [True, False, False]
    view = view_checklist(a_sheet(child, party=(one, two), case_id="other"), PAGES, DOCUMENTS)
    assert (view.apart, view.untied, view.case_id) == (True, True, "other")
