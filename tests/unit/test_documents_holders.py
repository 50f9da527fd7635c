"""Whose documents they can be: cards that are lost, cards of children, ages that only ward staff can settle."""

from datetime import date

import pytest

from backend.documents.judging.bring import bring_list
from backend.documents.judging.fees import fees_due
from backend.documents.judging.guide import Refused, guide
from backend.documents.model.ages import BirthDate
from backend.documents.model.visit import Verdict
from tests.documents_support import judged_by, note_codes, with_policies
from tests.shipped_rules import BOOK, DAY, RULES


def check(
    recipient: str,
    applicant: str = "",
    visitor: str = "",
    papers: str = "",
    born: str | None = None,
    facts: str = "",
    on: date = DAY,
) -> Verdict:
    """Judge a visit by the shipped rules."""
    return judged_by(BOOK.on(on), on, recipient, applicant, visitor, papers, facts, born)


@pytest.mark.parametrize("fact", ["reissue", "renewal no_old_card", "reissue_damaged no_old_card"])
def test_a_card_that_is_not_there_is_no_document(fact: str) -> None:
    """A lost card cannot lie on the counter (domain.md 8.2): it completes nothing, and the clerk is told."""
    assert not check("R1", "A01", "", "notice", born="1990-06-01", facts=fact).complete
    verdict = check("R1-NL", "A01 A03", born="1990-06-01", facts=fact)
    assert not verdict.complete
    assert "document_not_there" in note_codes(verdict)


def test_the_visitors_own_card_has_nothing_to_do_with_it() -> None:
    """Who comes with somebody that lost the card shows their own."""
    verdict = check("R2", "B20 B22", "A01", "notice koseki", born="2016-06-01", facts="reissue")
    assert verdict.complete


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ("", {"first"}),
        ("no_old_card", {"first"}),
        ("renewal", {"expiry_or_full_renewal"}),
        ("renewal no_old_card", {"reissue_card", "reissue_cert"}),
        ("reissue", {"reissue_card", "reissue_cert"}),
        ("reissue_damaged", {"reissue_card", "reissue_cert"}),
    ],
)
def test_fees_are_of_a_reissue_and_of_a_renewal_that_brings_nothing_back(facts: str, due: set[str]) -> None:
    """A first card is free also for who has no old one (domain.md 1.4)."""
    assert {fee.code for fee in fees_due(RULES, frozenset(facts.split()))} == due


def test_only_a_card_that_is_there_is_collected_and_nobody_asks_for_the_police_again() -> None:
    """返納 for a renewal and a damaged card; 遺失届 was shown when the visitor applied, and is not asked for at pick-up."""
    lost = note_codes(check("R1", "A03", "", "notice", facts="reissue"))
    damaged = note_codes(check("R1", "A03", "", "notice", facts="reissue_damaged"))
    renewed = note_codes(check("R1", "A03", "", "notice", facts="renewal"))
    gone = note_codes(check("R1", "A03", "", "notice", facts="renewal no_old_card"))
    assert ("police_report" in lost, "collect_old_card" in lost) == (False, False)
    assert ("police_report" in damaged, "collect_old_card" in damaged) == (False, True)
    assert ("old_card_not_there" in renewed, "fee_without_old_card" in renewed) == (True, False)
    assert "collect_old_card" in note_codes(check("R1", "A01", "", "notice", facts="renewal"))
    assert ("collect_old_card" in gone, "fee_without_old_card" in gone) == (False, True)


@pytest.mark.parametrize("card", ["A09", "A10"])
def test_a_residence_card_of_a_child_is_in_list_b(card: str) -> None:
    """Under 16 it bears no photo (domain.md 1.1): one alone is too little, with another of list B it will do."""
    one = check("R2", card, "A03", "notice koseki", born="2016-06-01")
    assert not one.complete
    assert {"no_photo_under_16", "check_ward_practice"} <= note_codes(one)
    assert check("R2", f"{card} B22", "A03", "notice koseki", born="2016-06-01").complete
    assert not check("P1", f"{card} B22", "A03", "notice koseki", born="2016-06-01").complete


@pytest.mark.parametrize(
    ("born", "complete"), [("2010-11-24", True), ("2010-11-25", False), ("2010-11", False)]
)
def test_from_the_sixteenth_birthday_it_is_in_list_a(born: str, complete: bool) -> None:
    """On the birthday yes, the day before no; an age that is only partly known counts as the younger one."""
    assert check("R1", "A09", "", "notice", born=born).complete is complete


def test_parents_show_their_own_residence_card() -> None:
    """The age of the child says nothing about the card of whoever comes along."""
    assert check("R2", "B20 B22", "A09", "notice koseki", born="2016-06-01").complete


@pytest.mark.parametrize(
    ("card", "born", "counts"),
    [
        ("B32", "2025-06-01", True),
        ("B32", "1990-06-01", False),
        ("B33", "2012-06-01", True),
        ("B33", "1990-06-01", False),
    ],
)
def test_cards_without_photo_are_of_children(card: str, born: str, counts: bool) -> None:
    """An adult has no card of a child (domain.md 1.1)."""
    recipient = "P1" if counts else "R1"
    verdict = check(recipient, f"{card} B20 B22", "A03", "notice koseki", born=born)
    assert ("document_not_for_age" not in note_codes(verdict)) is counts
    assert "document_not_for_person" in note_codes(
        check("P1", "A03", f"{card} B20", "notice koseki", born="2016-06-01")
    )


def test_children_are_not_told_to_bring_a_residence_card_as_one_with_a_photo() -> None:
    """What to bring names it among the others for types of children, and with a photo for adults."""

    def examples(recipient: str, what: str) -> tuple[str, ...]:
        return next(line.codes for line in bring_list(RULES, recipient, DAY) if line.what == what)

    for recipient in ("R2", "P1", "P1i"):
        assert "A09" in examples(recipient, "other_examples")
        assert "A09" not in examples(recipient, "photo_examples")
    assert "A09" in examples("R1", "photo_examples")


@pytest.mark.parametrize("recipient", ["R3", "R4", "P2", "P3"])
def test_wards_of_a_court_are_no_children(recipient: str) -> None:
    """Under 15 only a legal representative comes (domain.md 1.3): the other types say which would fit."""
    verdict = check(
        recipient, "A03 B20", "A03 B20", "notice touki touki_seinen_kouken dairi_mokuroku", born="2015-06-01"
    )
    assert not verdict.accepted
    (reason,) = [note for note in verdict.notes if note.code == "legal_representative_needed"]
    assert reason.about == ("R2", "P1")


@pytest.mark.parametrize(
    ("on", "born", "advised"),
    [
        (date(2018, 1, 5), "2010-06-01", ("R2",)),
        (date(2022, 1, 5), "2010-06-01", ("R2",)),
        (date(2022, 1, 5), "2018-06-01", ("R2", "P1")),
        (DAY, "2015-06-01", ("R2", "P1")),
    ],
)
def test_only_types_that_are_accepted_on_the_day_are_advised(
    on: date, born: str, advised: tuple[str, ...]
) -> None:
    """Nobody is sent from one refusal to the next, by the checklist or by the guide."""
    (reason,) = [note for note in check("R1", "A03", "", "notice", born=born, on=on).notes if note.about]
    assert reason.about == advised
    step = guide(BOOK.on(on), {"who": "self"}, on=on, born=BirthDate.parse(born))
    assert isinstance(step, Refused)
    assert step.note.about == advised


def test_a_guardian_is_advised_as_the_day_allows() -> None:
    """In 2018 an adult ward came along; nobody is told of a way that did not exist."""
    verdict = check("R1", "A03", "", "notice", facts="adult_ward", on=date(2018, 1, 5))
    assert [note.about for note in verdict.notes] == [("R3",)]


def test_staff_can_settle_an_age_that_nobody_can_compute() -> None:
    """A birth date without month and day is no dead end (domain.md 8.1): staff decide, the clerk notes that they did."""
    open_age = check("R1", "A03", "", "notice", born="2011")
    assert (open_age.accepted, open_age.complete, "age_unclear" in note_codes(open_age)) == (
        False,
        False,
        True,
    )
    settled = check("R1", "A03", "", "notice", born="2011", facts="age_settled")
    assert (settled.accepted, settled.complete) == (True, True)
    assert not check("R1", "A03", "", "notice", born="2015-06-01", facts="age_settled").accepted


@pytest.mark.parametrize("recipient", ["R3", "R4"])
def test_staff_can_settle_that_a_lost_notice_is_no_dead_end(recipient: str) -> None:
    """Who comes with a representative and has lost the notice is asked to wait for staff; what they settle counts, marked."""
    papers = {"R3": "touki_seinen_kouken", "R4": "touki dairi_mokuroku"}[recipient]
    lost = check(recipient, "A03", "A03", papers)
    assert not lost.complete
    assert "no_notice_ask_staff" in note_codes(lost)
    settled = check(recipient, "A03", "A03", papers, facts="notice_settled")
    assert settled.complete
    assert ("check_ward_practice", ("notice_settled",)) in [(one.code, one.about) for one in settled.notes]
    assert "no_notice_ask_staff" not in note_codes(settled)
    assert not check(recipient, "", "A03", papers, facts="notice_settled").complete


@pytest.mark.parametrize("recipient", ["R1", "P1", "P5"])
def test_what_staff_settle_about_a_notice_counts_only_where_the_rules_say_so(recipient: str) -> None:
    """For everybody else there is another way, by rule: another type, or a policy of the ward."""
    assert "notice_settled" not in {fact.code for fact in RULES.facts_for(recipient)}
    verdict = check(
        recipient, "A01 A03", "A01 A03" if recipient != "R1" else "", "koseki", facts="notice_settled"
    )
    assert "notice" in {one.what for one in verdict.missing}


def test_a_sub_agent_can_be_named_where_there_may_be_one() -> None:
    """復代理人 of a legal representative (domain.md 1.3): the page asks, and the clerk is told to look at the authority."""
    for recipient in ("P1", "P1i", "P2"):
        assert "sub_agent" in {fact.code for fact in RULES.facts_for(recipient)}
    assert "sub_agent" not in {fact.code for fact in RULES.facts_for("P5")}
    assert "sub_agent_authority" in note_codes(check("P2", "A03 B20", "A03", "notice", facts="sub_agent"))


def test_a_ward_that_accepts_agents_without_notice_does_not_say_the_contrary() -> None:
    """One policy, one answer."""
    papers = ("A03 B21", "A03 B21", "ininjo shindansho")
    policies = {"proxy_without_notice": True}
    verdict = judged_by(with_policies(RULES, policies), DAY, "P5", *papers, born="1960-06-01")
    assert verdict.complete
    assert "no_notice_no_proxy" not in note_codes(verdict)
    assert "no_notice_no_proxy" in note_codes(check("P5", *papers, born="1960-06-01"))


def test_a_document_that_is_a_proof_is_not_asked_for_twice() -> None:
    """特別児童扶養手当証書 on the counter is the proof as well."""
    verdict = check("P7", "A03 B25", "A03 B21", "notice ininjo", born="1990-06-01")
    assert verdict.complete


MOTHERS = with_policies(RULES, {"mothers_boshi_techo": True})
"""The rules of a ward that takes the mother's handbook as hers."""


@pytest.mark.parametrize(
    ("recipient", "born", "applicant", "visitor", "generous"),
    [
        ("R1", "1995-01-31", "B26 B20", "", True),
        ("R1", "1961-12-01", "B26 B20", "", True),
        ("R1", "1961-11-01", "B26 B20", "", False),
        ("R1", "1925-01-31", "B26 B20", "", False),
        ("P9", "1995-01-31", "A03 B26", "A03 B20", True),
        ("P4", "1940-05-01", "A03 B26", "A03 B20", False),
        ("P4", "1940-05-01", "A03 B21", "A03 B26", False),
        ("P9", "1995-01-31", "A03 B21", "A03 B26", False),
        ("R2", "2024-05-01", "B22 B26", "B26 B20", True),
        ("P1", "2020-05-01", "A13 B22", "B20 B26", True),
    ],
)
def test_the_handbook_counts_for_the_mother_and_for_nobody_who_cannot_be_one(
    recipient: str, born: str, applicant: str, visitor: str, generous: bool
) -> None:
    """Under its policy for the mother who comes with or for her child, or for herself; never at 65, never for an agent."""
    told = (
        f"notice koseki {'' if recipient in {'R1', 'R2', 'P1'} else 'ininjo statement_in_ininjo boshi_techo'}"
    )
    visit = (DAY, recipient, applicant, visitor, told, "", born)
    assert not judged_by(RULES, *visit).complete
    assert judged_by(MOTHERS, *visit).complete is generous


def test_the_mother_is_told_to_look_at_her_name_and_the_child_at_the_stamp() -> None:
    """Before the birth there is no 出生届出済証明: it is asked for where the handbook is the child's, and only there."""
    mothers = judged_by(MOTHERS, DAY, "P9", "A03 B26", "A03 B20", "notice ininjo", born="1995-01-31")
    assert "mothers_name_in_handbook" in note_codes(mothers)
    assert "birth_registration_stamp" not in note_codes(mothers)
    childs = judged_by(MOTHERS, DAY, "R2", "B22 B26", "A03", "notice koseki", born="2024-05-01")
    assert "birth_registration_stamp" in note_codes(childs)
    assert "mothers_name_in_handbook" not in note_codes(childs)
