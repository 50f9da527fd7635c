"""What the clerk is told beside the verdict: only where it is so, about whom it is, on the days on which it is so."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from backend.documents.model.combinations import CombinationChoice, CombinationUse
from backend.documents.model.policy import Evidence, Policy, PolicyKind, SeenValue
from backend.documents.model.rule_set import RuleSet
from tests.documents_support import judged_by, note_codes, with_policies
from tests.shipped_rules import DAY, RULES

BOTH = "A03 B21"


def notes(
    recipient: str,
    applicant: str = BOTH,
    visitor: str = "",
    papers: str = "",
    *,
    on: date = DAY,
    rules: RuleSet = RULES,
) -> dict[str, tuple[str, ...]]:
    """What the notes are about, by code."""
    verdict = judged_by(rules, on, recipient, applicant, visitor, papers)
    return {note.code: note.about for note in verdict.notes}


def asked_of_the_ward(found: dict[str, tuple[str, ...]]) -> Iterable[str]:
    """The codes of the rules for which the ward's practice has to be asked."""
    return found.get("check_ward_practice", ())


def test_a_copy_is_said_to_do_only_of_papers_of_which_it_does() -> None:
    """A clerk never takes the copy of a letter of appointment for good because a copy of a visa is."""
    assert notes("P11", BOTH, BOTH, "notice ininjo")["copy_will_do"] == (
        "visa_copy",
        "overseas_student_id_copy",
    )
    assert "copy_will_do" not in notes("P10", BOTH, BOTH, "notice ininjo jirei")
    table = dict(RULES.paper_table)
    table["overseas_student_id_copy"] = replace(table["overseas_student_id_copy"], copy_allowed=False)
    strict = replace(RULES, paper_table=MappingProxyType(table))
    assert notes("P11", BOTH, BOTH, "notice ininjo", rules=strict)["copy_will_do"] == ("visa_copy",)


@pytest.mark.parametrize(
    ("cards", "first"),
    [("A01 A03", date(2025, 3, 24)), ("A01 A09", date(2026, 6, 14)), ("A01 A10", date(2026, 6, 14))],
)
def test_two_documents_may_be_one_card_from_the_first_day_on(cards: str, first: date) -> None:
    """マイナ免許証 and 特定在留カード: on the first day the clerk is asked to look, the day before there is none."""
    assert notes("R1", cards, papers="notice", on=first)["maybe_one_card"] == tuple(cards.split())
    assert "maybe_one_card" not in notes(
        "R1", cards, papers="notice", on=date.fromordinal(first.toordinal() - 1)
    )
    assert "maybe_one_card" not in notes("R1", cards.split()[1], papers="notice", on=first)


def test_the_ward_is_asked_about_the_type_that_judged() -> None:
    """R2 was read, R2-NL is a decision of the product: with the notice nobody is asked, without it about R2-NL."""
    assert asked_of_the_ward(notes("R2", "A05 B20", "A03", "notice koseki")) == ()
    assert asked_of_the_ward(notes("R2", "A05 B20", "A03", "koseki")) == ("R2-NL",)


def test_papers_that_are_complete_without_the_notice_are_complete_whatever_else_the_first_type_asks() -> None:
    """Where a ward asks for two of list A with the notice, one and another will do by the rule for lost ones."""
    row = replace(RULES.recipient_table["R2"], applicant=CombinationChoice((CombinationUse("A2"),)))
    strict = replace(RULES, recipient_table=MappingProxyType({**RULES.recipient_table, "R2": row}))
    lost = judged_by(strict, DAY, "R2", "A05 B20", "A03", "koseki")
    assert lost.complete
    assert ("judged_without_notice", ("R2-NL",)) in [(note.code, note.about) for note in lost.notes]
    there = judged_by(strict, DAY, "R2", "A05 B20", "A03", "notice koseki")
    assert [item.what for item in there.missing] == ["applicant_id"]


def test_the_ward_is_asked_about_a_proof_that_nobody_has_read_where_it_lies_there() -> None:
    """A proof from memory is remarked when somebody brings it, and not when they bring another."""
    row = RULES.recipient_table["P7"]
    proofs = tuple(
        replace(use, evidence=Evidence.MEMORY) if use.paper == "shitei_nanbyo" else use for use in row.proofs
    )
    rows = {**RULES.recipient_table, "P7": replace(row, proofs=proofs)}
    unread = replace(RULES, recipient_table=MappingProxyType(rows))
    there = notes("P7", BOTH, BOTH, "notice ininjo shitei_nanbyo", rules=unread)
    other = notes("P7", BOTH, BOTH, "notice ininjo ryoiku_techo", rules=unread)
    read = notes("P7", BOTH, BOTH, "notice ininjo shitei_nanbyo")
    assert ("shitei_nanbyo" in asked_of_the_ward(there), "shitei_nanbyo" in asked_of_the_ward(other)) == (
        True,
        False,
    )
    assert "shitei_nanbyo" not in asked_of_the_ward(read)


def test_each_value_seen_elsewhere_is_tried_once_and_the_wards_own_never() -> None:
    """Two towns with the same practice are one other way to judge."""
    seen = [
        SeenValue(where, value, Evidence.PAGE) for where, value in (("a", 3), ("b", 0), ("c", 3), ("d", 6))
    ]
    policy = Policy("months", PolicyKind.MONTHS, 3, seen=tuple(seen))
    assert policy.other_values(3) == (0, 6)
    assert policy.other_values(0) == (3, 6)
    assert policy.other_values(9) == (3, 0, 6)


def test_papers_that_waive_nothing_are_not_said_to_waive() -> None:
    """That staff settled the authority is said where authority is asked for, and of nothing where it is not."""
    row = replace(RULES.recipient_table["R1"], waive_if=("authority_settled",))
    rules = replace(RULES, recipient_table=MappingProxyType({**RULES.recipient_table, "R1": row}))
    alone = judged_by(rules, DAY, "R1", "A03", papers="notice", facts="authority_settled")
    assert note_codes(alone) == {"age_not_checked", "fact_without_effect"}
    child = judged_by(rules, DAY, "R2", "A05", "A03", "notice", "authority_settled")
    assert "authority_waived" in note_codes(child)


@pytest.mark.parametrize(
    ("months", "papers", "about"),
    [
        (3, "notice", None),
        (3, "notice koseki", ("koseki",)),
        (3, "notice koseki old_card", ("koseki",)),
        (3, "notice koseki touki", ("koseki",)),
        (0, "notice koseki", None),
    ],
)
def test_the_age_of_a_certificate_is_to_be_looked_at_where_one_lies_there(
    months: int, papers: str, about: tuple[str, ...] | None
) -> None:
    """Only of papers that are there, asked for, and limited by the ward: nobody looks for a date on a card."""
    rules = with_policies(RULES, {"registry_cert_max_age_months": months})
    verdict = judged_by(rules, DAY, "R2", "A05", "A03", papers, "renewal", "2016-05-01")
    found = {note.code: note.about for note in verdict.notes}
    assert found.get("certificate_age") == about


@pytest.mark.parametrize(("applicant", "asked"), [("A03", True), ("A03 B21", False), ("B20 B21", False)])
def test_the_ward_is_asked_about_a_combination_only_where_nothing_else_would_do(
    applicant: str, asked: bool
) -> None:
    """Who meets another combination as well does not depend on the one that nobody has read."""
    table = dict(RULES.combination_table)
    table["A1"] = replace(table["A1"], evidence=Evidence.MEMORY)
    unread = replace(RULES, combination_table=MappingProxyType(table))
    assert ("A1" in asked_of_the_ward(notes("R1", applicant, papers="notice", rules=unread))) is asked
    assert "A1" not in asked_of_the_ward(notes("R1", applicant, papers="notice"))
