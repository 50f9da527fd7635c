"""What cannot be true at the same time is said once, and nothing is concluded from it."""

from dataclasses import replace
from datetime import date

import pytest

from backend.documents.judging.explanation import explain
from backend.documents.judging.grounds import facts_on, grounds_of
from backend.documents.model.missing import NextStep
from backend.documents.model.paper_rules import ExtraPaper
from backend.documents.model.visit import Verdict, Visit
from backend.documents.saying.verdict_words import missing_text, note_text
from tests.documents_support import judged_by, with_policies
from tests.shipped_rules import BOOK, DAY, RULES, WORDS

BORN = "1990-01-31"


def check(papers: str, facts: str, applicant: str = "A03") -> Verdict:
    """An adult's own visit."""
    return judged_by(RULES, DAY, "R1", applicant, "", papers, facts, BORN)


def conflict(verdict: Verdict) -> tuple[str, ...]:
    """What of a visit cannot be true at the same time."""
    return next((one.need for one in verdict.missing if one.what == "contradiction"), ())


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ("old_card_forgotten", ("old_card_forgotten", "old_card")),
        ("no_old_card", ("no_old_card", "old_card")),
        ("reissue", ("reissue", "old_card")),
        ("renewal no_old_card", ("no_old_card", "old_card")),
        ("renewal old_card_forgotten", ("old_card_forgotten", "old_card")),
        ("reissue_damaged no_old_card", ("no_old_card", "old_card")),
    ],
)
def test_a_card_on_the_counter_is_neither_lost_nor_forgotten(facts: str, named: tuple[str, ...]) -> None:
    """A card that is shown but said to be lost makes the visit incomplete; the sentence names both by name."""
    verdict = check("notice old_card", facts)
    assert not verdict.complete
    assert conflict(verdict) == named
    said = next(missing_text(one, WORDS) for one in verdict.missing if one.what == "contradiction")
    assert "現在のマイナンバーカード" in said
    assert "old_card" not in said
    assert verdict.next_step is NextStep.ASK_STAFF


@pytest.mark.parametrize("facts", ["renewal", "reissue_damaged"])
def test_a_card_that_is_handed_in_is_no_contradiction(facts: str) -> None:
    """A renewal and a damaged card bring the old card."""
    assert check("notice old_card", facts).complete


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ("reissue old_card_forgotten", ("old_card_forgotten", "reissue")),
        ("no_old_card old_card_forgotten", ("no_old_card", "old_card_forgotten")),
        ("renewal reissue", ("renewal", "reissue")),
        ("renewal reissue_damaged", ("renewal", "reissue_damaged")),
    ],
)
def test_both_facts_of_a_contradiction_are_named_once(facts: str, named: tuple[str, ...]) -> None:
    """Whichever of the two names the other in the file; one sentence says it, and no consequence of either is told."""
    verdict = check("notice", facts)
    assert conflict(verdict) == named
    assert [note.code for note in verdict.notes] == []
    assert [one.what for one in verdict.missing] == ["contradiction"]


def test_exclusion_is_read_both_ways() -> None:
    """Exclusions between facts work in both directions, for every pair in every rule set."""
    for rules in BOOK.rule_sets():
        for code, fact in rules.fact_table.items():
            assert all(code in rules.fact_table[other].not_with for other in fact.not_with)


EARLY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("fact", "recipient", "papers", "otherwise"),
    [
        ("notice_settled", "R3", "touki_seinen_kouken", ""),
        ("authority_settled", "R2", "notice", ""),
        ("other_document_accepted", "R1", "notice", ""),
        ("age_settled", "R1", "notice", ""),
        ("moved_out", "R1", "notice", ""),
        ("renewal", "R1", "notice", "reissue"),
        ("corporate_guardian", "R3", "notice touki_seinen_kouken", ""),
        ("adult_ward", "R1", "notice", ""),
        ("face_auth_card", "P5", "notice ininjo shindansho", "notice_not_sealed"),
        ("photo_on_document", "P1", "notice koseki", ""),
    ],
)
def test_a_fact_that_does_not_exist_yet_changes_nothing(
    fact: str, recipient: str, papers: str, otherwise: str
) -> None:
    """Before its first day it waives nothing, asks for nothing, stops nothing and contradicts nothing; it is said that it is too early."""
    table = dict(RULES.fact_table)
    table[fact] = replace(table[fact], valid_from=DAY)
    rules = replace(RULES, fact_table=table)
    applicant = (
        "BX B21" if fact == "other_document_accepted" else "B21 B11 B12" if recipient == "P1" else "A03 B21"
    )
    born = {"R2": "2018-06-01", "P1": "2018-06-01"}.get(recipient, "2011" if fact == "age_settled" else BORN)

    def of(facts: str, on: date) -> Verdict:
        return judged_by(rules, on, recipient, applicant, "A03 B20", papers, facts, born)

    early, without = of(f"{fact} {otherwise}", EARLY), of(otherwise, EARLY)
    assert [(note.code, note.about) for note in early.notes if note not in without.notes] == [
        ("fact_not_yet", (fact,))
    ]
    assert replace(early, notes=()) == replace(without, notes=())
    assert replace(of(f"{fact} {otherwise}", DAY), notes=()) != replace(of(otherwise, DAY), notes=())


def test_a_card_that_does_not_exist_yet_hands_nothing_in() -> None:
    """特定在留カード before its first day, 写真のないカード before its first day: the old card is still missing."""
    for code, on, born in (("A13", date(2026, 6, 13), BORN), ("B32", date(2024, 12, 1), "2023-06-01")):
        recipient = "R1" if code == "A13" else "R2"
        verdict = judged_by(
            BOOK.on(on), on, recipient, f"{code} A03", "A03", "notice koseki", "renewal", born
        )
        assert ("old_card",) in [one.need for one in verdict.missing]


def test_the_explanation_draws_nothing_from_what_is_left_out() -> None:
    """Line by line, the same as the verdict: neither facts in contradiction nor facts of later days have a say."""
    table = dict(RULES.fact_table)
    table["notice_settled"] = replace(table["notice_settled"], valid_from=DAY)
    rules = replace(RULES, fact_table=table)
    visit = Visit.of("R3", EARLY, papers=["touki_seinen_kouken"], facts=["notice_settled"])
    assert "waived" not in {line.says for line in explain(rules, visit)}


AGENT = {"P4": "statement_in_ininjo", "P5": "shindansho"}


@pytest.mark.parametrize("recipient", sorted(AGENT))
@pytest.mark.parametrize(
    ("papers", "missing", "told"),
    [
        ("shokaisho", [], False),
        ("shokaisho notice", [], False),
        ("", ["notice"], False),
        ("notice", ["seal"], True),
    ],
)
def test_only_a_notice_that_is_there_is_sealed_again(
    recipient: str, papers: str, missing: list[str], told: bool
) -> None:
    """One thing at a time: the notice is asked for, or its seal; with 照会書 neither, and nobody is sent to seal it."""
    rest = f"ininjo {AGENT[recipient]}"
    verdict = judged_by(
        RULES, DAY, recipient, "A03 B21", "A03 B20", f"{papers} {rest}", "notice_not_sealed", "1940-01-31"
    )
    assert [one.what for one in verdict.missing] == missing
    notes = {note.code for note in verdict.notes}
    assert ("reseal" in notes) is told
    assert "check_sealed" not in notes


@pytest.mark.parametrize(
    ("recipient", "papers", "facts", "born", "dated"),
    [
        ("P2", "notice touki_seinen_kouken hojin_touki hojin_shokuin", "corporate_guardian", BORN, ("touki_seinen_kouken", "hojin_touki")),
        ("R3", "notice touki_seinen_kouken hojin_touki hojin_shokuin", "corporate_guardian", BORN, ("touki_seinen_kouken", "hojin_touki")),
        ("P2", "notice touki_seinen_kouken hojin_touki", "", BORN, ("touki_seinen_kouken",)),
        ("R2", "notice koseki", "", "2018-06-01", ("koseki",)),
        ("R2", "notice koseki", "honseki_in_ward", "2018-06-01", ()),
        ("P1", "notice koseki", "same_household_parent_child", "2018-06-01", ()),
        ("R1", "notice koseki", "", BORN, ()),
    ],
)  # fmt: skip
def test_the_age_of_a_certificate_is_looked_at_where_it_is_asked_for(
    recipient: str, papers: str, facts: str, born: str, dated: tuple[str, ...]
) -> None:
    """The note to check a certificate's age is given for every dated paper that is needed, and for no other."""
    rules = with_policies(RULES, {"registry_cert_max_age_months": 3})
    verdict = judged_by(rules, DAY, recipient, "A03 B21", "A03 B20", papers, facts, born)
    assert next((note.about for note in verdict.notes if note.code == "certificate_age"), ()) == dated


def test_a_fact_that_asks_for_dated_papers_is_looked_at_too() -> None:
    """A fact of every type may ask for a certificate as well."""
    table = dict(RULES.fact_table)
    table["renewal"] = replace(table["renewal"], extra=ExtraPaper("renewal", "touki"))
    rules = with_policies(replace(RULES, fact_table=table), {"registry_cert_max_age_months": 3})
    verdict = judged_by(rules, DAY, "R1", "A03", "", "notice touki", "renewal", BORN)
    assert ("certificate_age", ("touki",)) in [(note.code, note.about) for note in verdict.notes]


def test_a_settled_age_is_not_checked_again() -> None:
    """Without a birth date, staff who settled the age are not told to check it, nor that their word changes nothing."""
    verdict = judged_by(RULES, DAY, "R1", "A03", "", "notice", "age_settled")
    assert (verdict.complete, verdict.notes) == (True, ())


@pytest.mark.parametrize(
    ("born", "possible"), [("1826-01-01", False), ("1826", False), ("1895-11-24", False), ("1895-11-25", True), ("1896", True)]
)  # fmt: skip
def test_nobody_is_older_than_130(born: str, possible: bool) -> None:
    """A birth date that cannot be right is never complete in silence; staff may settle the age."""
    verdict = judged_by(RULES, DAY, "R1", "A03", "", "notice", "", born)
    assert verdict.complete is possible
    assert ("birth_date_impossible" in {note.code for note in verdict.notes}) is not possible
    if not possible:
        assert verdict.next_step is NextStep.ASK_STAFF
        assert [missing_text(one, WORDS) for one in verdict.missing] == [
            "生年月日が正しくないようです。確かめてください"
        ]
        assert "130歳" in note_text(verdict.notes[0], RULES, WORDS)
    assert judged_by(RULES, DAY, "R1", "A03", "", "notice", "age_settled", born).complete


@pytest.mark.parametrize(
    ("recipient", "applicant", "born", "note"),
    [
        ("P9", "A03 B22 B26", BORN, None),
        ("P12", "A03 B30", "2010-01-31", "check_enrolled"),
        ("P12", "A03 B29", "2010-01-31", None),
        ("P7", "A03 A06", BORN, None),
    ],
)
def test_a_document_that_shows_why_is_not_asked_for_again(
    recipient: str, applicant: str, born: str, note: str | None
) -> None:
    """母子健康手帳 of P9, 在学証明書 of P12: on the counter as a document, it is the paper that is asked for."""
    shown = judged_by(RULES, DAY, recipient, applicant, "A03 B20", "notice ininjo", "", born)
    assert [one.what for one in shown.missing] == []
    looked_at = {"check_enrolled", "check_care_facility"} & {one.code for one in shown.notes}
    assert looked_at == ({note} if note else set())


def test_a_care_insurance_card_shows_the_facility_and_no_valid_certification() -> None:
    """Everybody of 65 has 介護保険被保険者証: it is proof of P6 where the ward takes it so, with a look at the address, and none of P8."""
    rules = with_policies(RULES, {"facility_receipt_proves": True})
    for applicant, missing, note in (("A03 B21", [], True), ("A03 A05 B21:expired", ["proof"], False)):
        facility = judged_by(rules, DAY, "P6", applicant, "A03 B20", "notice ininjo", "", BORN)
        assert [one.what for one in facility.missing] == missing
        assert ("check_care_facility" in {one.code for one in facility.notes}) is note
    certified = judged_by(RULES, DAY, "P8", "A03 B21", "A03 B20", "notice ininjo", "", BORN)
    assert [one.what for one in certified.missing] == ["proof"]


def test_what_is_left_to_conclude_from() -> None:
    """Facts that are too early or contradictory are separated, in the order of the rules; papers are kept."""
    table = dict(RULES.fact_table)
    table["record_changed"] = replace(table["record_changed"], valid_from=DAY)
    rules = replace(RULES, fact_table=table)
    visit = Visit.of("R1", EARLY, papers=["old_card"], facts=["record_changed", "reissue", "cannot_write"])
    found = grounds_of(rules, visit)
    assert (found.too_early, found.contradiction) == (("record_changed",), ("reissue", "old_card"))
    assert (found.visit.facts, found.visit.papers) == (frozenset({"cannot_write"}), frozenset({"old_card"}))
    assert facts_on(rules, visit.facts, DAY) == visit.facts
