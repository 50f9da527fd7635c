"""The decision table of the rule set 2024-12-02, row by row, and the edge cases around it."""

from datetime import date

import pytest

from backend.documents.judging.checklist import judge
from backend.documents.model.errors import BirthDateError, NoRuleSetError, UnknownCodeError
from backend.documents.model.paper_slot import PaperRole
from backend.documents.model.persons import Person
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Verdict, Visit
from tests.documents_support import judged_by, note_codes, with_policies
from tests.shipped_rules import BOOK, DAY, RULES

COMMON_FACTS = {
    "renewal", "no_old_card", "reissue", "reissue_damaged", "record_changed", "moved_out", "card_elsewhere", "cannot_return_today",
    "face_auth_card", "old_card_forgotten", "other_document_accepted",
    "other_visitor_document_accepted", "cannot_write",
}  # fmt: skip


def check(
    recipient: str,
    applicant: str = "",
    visitor: str = "",
    papers: str = "",
    facts: str = "",
    born: str | None = None,
    on: date = DAY,
    rules: RuleSet | None = None,
) -> Verdict:
    """Judge a visit written in a few words."""
    return judged_by(rules or RULES, on, recipient, applicant, visitor, papers, facts, born)


def lacking(verdict: Verdict) -> list[str]:
    """What is missing, in order."""
    return [item.what for item in verdict.missing]


COMPLETE = [
    # R1: A1 or B2, and the notice
    ("R1", "A03", "", "notice", "", "1990-01-31"),
    ("R1", "B20 B21", "", "notice", "", "1990-01-31"),
    ("R1", "A03 B21", "", "notice", "", None),
    # R1-NL: A2, A1+B1, TN+B2
    ("R1-NL", "A03 A05", "", "", "", "1990-01-31"),
    ("R1-NL", "A03 B21", "", "", "", "1990-01-31"),
    ("R1-NL", "TN B20 B21", "", "", "", "1990-01-31"),
    ("R1NL", "A03 A05", "", "", "", None),
    # R2: both; 戸籍 or its waiver
    ("R2", "A05", "A03", "notice koseki", "", "2016-05-01"),
    ("R2", "B22 B26", "B20 B21", "notice", "same_household_parent_child", "2016-05-01"),
    ("R2", "B22 B29", "A03", "notice", "honseki_in_ward", None),
    # R3, R4
    ("R3", "A03", "A03", "notice touki_seinen_kouken", "adult_ward", "1950-01-01"),
    ("R4", "B20 B21", "A05", "notice touki dairi_mokuroku", "", "1950-01-01"),
    # P1: A2 / A1+B1 / B3p; the legal representative alone
    ("P1", "A05 B22", "A03", "notice koseki", "", "2016-05-01"),
    ("P1", "B22 B26 BP", "A03 B21", "notice koseki", "", "2022-05-01"),
    ("P1", "B22 B26", "A03 B21", "notice koseki bp_legal_rep", "", "2022-05-01"),
    ("P1", "B22 B29 B30", "A03 A05", "notice", "same_household_parent_child", "2011-06-01"),
    ("P1i", "B22 B26", "A03 B21", "notice", "same_household_parent_child", "2026-02-01"),
    ("P2", "A03 B20", "A03 B20", "notice touki_seinen_kouken", "", "1950-01-01"),
    ("P3", "A03 A05", "A03 B20", "notice touki dairi_mokuroku", "", "1950-01-01"),
    # P4 to P13: an agent with A2 or A1+B1
    ("P4", "A03 B21", "A03 B20", "notice ininjo statement_in_ininjo", "", "1951-11-24"),
    ("P4", "B18 B21 BP", "A03 A05", "notice ininjo statement_in_ininjo", "", "1940-01-01"),
    ("P5", "B20 B21 BP", "A03 B20", "notice ininjo shindansho", "", "1980-01-01"),
    ("P5", "B20 B21", "A03 B20", "notice ininjo bp_facility", "", "1980-01-01"),
    ("P6", "A03 B21", "A03 B28", "notice ininjo nyusho_shomei", "", None),
    ("P6", "A03 B21", "A03 B28", "notice ininjo nyusho_shomei facility_staff_id", "facility_staff", None),
    ("P7", "A03 B21", "A03 B20", "notice ininjo jiritsu_shien", "", None),
    ("P7", "A06 B21", "A03 B20", "notice ininjo", "", None),
    ("P8", "B20 B21", "A03 B20", "notice ininjo kaigo_hihokensha_valid bp_home", "", None),
    ("P9", "A03 B20", "A03 B20", "notice ininjo boshi_techo", "", None),
    ("P10", "A05 B20", "A03 B20", "notice ininjo jirei", "", None),
    ("P11", "A03 B20", "A03 B20", "notice ininjo visa_copy", "", None),
    ("P12", "A05 B29", "A03 B20", "notice ininjo", "", "2009-01-01"),
    ("P12", "A05 B20", "A03 B20", "notice ininjo zaigaku_shomei", "", "2009-01-01"),
    ("P13", "B20 B21", "A03 B20", "notice ininjo bp_public_support", "", None),
]


@pytest.mark.parametrize(("recipient", "applicant", "visitor", "papers", "facts", "born"), COMPLETE)
def test_row_is_complete(
    recipient: str, applicant: str, visitor: str, papers: str, facts: str, born: str | None
) -> None:
    """Every row of the table can be satisfied as it says."""
    verdict = check(recipient, applicant, visitor, papers, facts, born)
    assert verdict.accepted
    assert verdict.missing == ()
    assert verdict.complete
    assert verdict.rule_set == "2024-12-02"
    assert verdict.to_return == ("tsuchi_card", "juki_card", "old_mynumber_card")
    assert all(state.satisfied for state in verdict.combinations)


@pytest.mark.parametrize(("recipient", "applicant", "visitor", "papers", "facts", "born"), COMPLETE)
def test_row_needs_every_paper_it_was_given(
    recipient: str, applicant: str, visitor: str, papers: str, facts: str, born: str | None
) -> None:
    """Nobody passes without documents of a person who must show some, nor without the notice where it is asked for."""
    assert "applicant_id" in lacking(check(recipient, "", visitor, "", facts, born))
    if visitor:
        assert "visitor_id" in lacking(check(recipient, applicant, "", papers, facts, born))
    if recipient not in {"R1-NL", "R1NL"}:
        without = papers.replace("notice", "")
        assert lacking(check(recipient, applicant, visitor, without, facts, born))[0] == "notice"
    if "ininjo" in papers.split():
        without = " ".join(paper for paper in papers.split() if paper != "ininjo")
        assert lacking(check(recipient, applicant, visitor, without, facts, born)) == ["authority"]


@pytest.mark.parametrize(
    ("recipient", "applicant", "visitor", "papers", "facts", "missing"),
    [
        ("R1", "B20", "", "notice", "", ["applicant_id"]),
        ("R1", "TN", "", "notice", "", ["applicant_id"]),
        ("R1", "TN B20", "", "notice", "", ["applicant_id"]),
        ("R1", "B26 B20", "", "notice", "", ["applicant_id"]),
        ("R1-NL", "A03", "", "", "", ["applicant_id"]),
        ("R1-NL", "B20 B21 B22", "", "", "", ["applicant_id"]),
        ("R1-NL", "TN B20", "", "", "", ["applicant_id"]),
        ("R2", "A05", "A03", "notice", "", ["authority"]),
        ("R3", "A03", "A03", "notice koseki", "", ["authority"]),
        ("R4", "A03", "A03", "notice touki", "", ["authority"]),
        ("R4", "A03", "A03", "notice", "", ["authority", "authority"]),
        ("P1", "A05", "A03", "notice koseki", "", ["applicant_id"]),
        ("P1", "B20 B22 B26", "A03", "notice koseki", "", ["applicant_id"]),
        ("P1", "B22 B26", "A03", "notice koseki", "", ["applicant_id"]),
        ("P1", "A05 B22", "B20", "notice koseki", "", ["visitor_id"]),
        ("P1", "A05 B22", "A03", "notice", "", ["authority"]),
        ("P4", "A03 B21", "A03", "notice ininjo statement_in_ininjo", "", ["visitor_id"]),
        ("P4", "A03 B21", "B20 B21 B22", "notice ininjo statement_in_ininjo", "", ["visitor_id"]),
        ("P4", "A03 B21", "A03 BP", "notice ininjo statement_in_ininjo", "", ["visitor_id"]),
        ("P4", "A03 B21", "A03 B20", "notice ininjo", "", ["proof"]),
        ("P5", "A03 B21", "A03 B20", "notice ininjo", "", ["proof"]),
        ("P5", "A03 B21", "A03 B20", "notice ininjo jirei", "", ["proof"]),
        ("P6", "A03 B21", "A03 B20", "notice ininjo nyusho_shomei", "facility_staff", ["extra"]),
        ("P12", "A05 B20", "A03 B20", "notice ininjo", "", ["proof"]),
        ("P5", "", "", "", "", ["notice", "applicant_id", "visitor_id", "authority", "proof"]),
    ],
)
def test_row_says_what_is_missing(
    recipient: str, applicant: str, visitor: str, papers: str, facts: str, missing: list[str]
) -> None:
    """Each thing that is asked for is missed by itself."""
    verdict = check(recipient, applicant, visitor, papers, facts)
    assert verdict.accepted
    assert not verdict.complete
    assert lacking(verdict) == missing


def test_every_class_a_document_is_enough_for_the_applicant() -> None:
    """One document of the A list and the notice are enough for R1, whichever it is: 住基カード until the last one had expired."""
    codes = [document.code for document in RULES.documents() if document.kind == "A"]
    assert codes == [f"A{number:02}" for number in range(1, 14)]
    enough = {code for code in codes if check("R1", code, papers="notice").complete}
    assert set(codes) - enough == {"A02"}
    assert check("R1", "A02", papers="notice", on=date(2025, 12, 28)).complete


def test_class_b_documents_count_in_pairs() -> None:
    """Any two of the B list are enough for R1, except what does not count for an adult on that day."""
    codes = [document.code for document in RULES.documents() if document.kind == "B"]
    assert codes[:20] == [f"B{number:02}" for number in range(1, 21)]
    complete = {
        code for code in codes if code != "B01" and check("R1", f"B01 {code}", papers="notice").complete
    }
    assert set(codes) - complete == {"B01", "B20x", "B26", "BX", "BP"}


@pytest.mark.parametrize(
    ("recipient", "born", "on", "accepted", "note"),
    [
        ("R1", "2011-11-24", DAY, True, None),
        ("R1", "2011-11-25", DAY, False, "legal_representative_needed"),
        ("R1-NL", "2011-11-25", DAY, False, "legal_representative_needed"),
        ("R1", "2012-02-29", date(2027, 2, 28), False, "legal_representative_needed"),
        ("R1", "2012-02-29", date(2027, 3, 1), True, None),
        ("R2", "2011-11-25", DAY, True, None),
        ("R2", "2011-11-24", DAY, False, "not_under_15"),
        ("P1", "2011-04-02", date(2027, 3, 31), True, "confirm_junior_high"),
        ("P1", "2011-04-02", date(2027, 4, 1), False, "past_junior_high"),
        ("P1", "2011-04-01", date(2026, 4, 1), False, "past_junior_high"),
        ("P1", "2026-02-01", DAY, True, "under_one_is_easier"),
        ("P1i", "2025-11-25", DAY, True, None),
        ("P1i", "2025-11-24", DAY, False, "not_under_1"),
        ("P4", "1951-11-24", DAY, True, None),
        ("P4", "1951-11-25", DAY, False, "under_75"),
        ("P5", "2011-11-25", DAY, False, "legal_representative_needed"),
        ("P12", "2010-01-01", DAY, True, None),
    ],
)
def test_age_decides_on_the_day_of_the_visit(
    recipient: str, born: str, on: date, accepted: bool, note: str | None
) -> None:
    """A type that is not for this age is refused with the reason, and nothing is called complete."""
    verdict = check(
        recipient, "A03 A05 B20 B22", "A03 B21", "notice ininjo koseki shindansho", born=born, on=on
    )
    assert verdict.accepted is accepted
    assert note is None or note in note_codes(verdict)
    if not accepted:
        assert not verdict.complete
        assert verdict.to_return == ()


@pytest.mark.parametrize(
    ("recipient", "born", "accepted"),
    [
        ("R1", "1990", True),
        ("R1", "1990-05", True),
        ("R1", "2011", False),
        ("R1", "2011-11", False),
        ("R1", "2011-10", True),
        ("R1", "2015", False),
        ("P4", "1951", False),
        ("P4", "1950", True),
        ("R2", "2011", False),
        ("R2", "2012", True),
    ],
)
def test_partly_known_birth_date_is_never_silently_enough(recipient: str, born: str, accepted: bool) -> None:
    """Every day that the birth date may be must give the age; the note says that a part is unknown."""
    papers = "notice ininjo koseki statement_in_ininjo"
    verdict = check(recipient, "A03 B21", "A03 B20", papers, born=born)
    assert verdict.accepted is accepted
    assert verdict.complete is accepted
    if born != "2015":
        # One thing is said once: every day was considered, or they do not agree.
        said = note_codes(verdict) & {"birth_date_incomplete", "age_unclear"}
        assert said == {"birth_date_incomplete" if accepted else "age_unclear"}
    if not accepted and born != "2015":
        assert lacking(verdict) == ["birth_date"]


def test_unknown_birth_date_is_left_to_the_clerk_with_a_note() -> None:
    """Without a birth date the age is not claimed to be right."""
    assert "age_not_checked" in note_codes(check("R1", "A03", papers="notice"))
    assert "age_not_checked" not in note_codes(check("R1", "A03", papers="notice", born="1990-01-31"))


@pytest.mark.parametrize("recipient", ["R1", "R1-NL", "P4", "P7", "P13"])
def test_adult_ward_comes_with_or_through_the_guardian(recipient: str) -> None:
    """A 成年被後見人 never comes alone and never sends an agent."""
    verdict = check(recipient, "A03 A05", "A03 A05", "notice ininjo", "adult_ward", "1940-01-01")
    assert (verdict.accepted, verdict.complete) == (False, False)
    assert verdict.notes[0].code == "guardian_needed"
    assert verdict.notes[0].about == ("R3", "P2")


def test_refused_reasons_are_never_accepted() -> None:
    """Work, school, travel and a short illness lead to the applicant's own visit."""
    verdict = check("X1", "A03 A05", "A03 A05", "notice ininjo", born="1990-01-31")
    assert (verdict.accepted, verdict.complete) == (False, False)
    assert [(note.code, note.about) for note in verdict.notes] == [("never_accepted", ("R1",))]
    assert RULES.recipient("X1").reasons == ("busy_work", "commuting_school", "travel", "temporary_injury")


def test_old_insurance_card_ends_on_its_last_day() -> None:
    """健康保険証 counts until 2025-12-01 and not a day longer."""
    last = check("R1", "B20x B21", papers="notice", on=date(2025, 12, 1))
    assert last.complete
    after = check("R1", "B20x B21", papers="notice", on=date(2025, 12, 2))
    assert not after.complete
    assert "document_expired" in note_codes(after)


def test_specified_residence_card_is_one_document() -> None:
    """特定在留カード is card and residence card in one: one point, from its first day on, and the ward is asked."""
    assert check("R1", "A13", papers="notice").complete
    assert "check_ward_practice" in note_codes(check("R1", "A13", papers="notice"))
    for together in ("A13", "A13 A01", "A13 A09", "A13 A10"):
        assert not check("R1-NL", together).complete
    assert check("R1-NL", "A13 A03").complete
    early = check("R1", "A13", papers="notice", on=date(2026, 6, 13))
    assert not early.complete
    assert "document_not_yet" in note_codes(early)
    # What cannot be there yet is no card that two others could be.
    assert check("R1-NL", "A13 A01 A09", on=date(2026, 6, 13)).complete


def test_cards_that_may_be_one_are_pointed_out() -> None:
    """マイナ免許証 and 特定在留カード look like two documents on the list: the clerk is asked to look."""
    assert "maybe_one_card" in note_codes(check("R1-NL", "A01 A03"))
    assert "maybe_one_card" not in note_codes(check("R1-NL", "A01 A05"))
    assert "maybe_one_card" not in note_codes(check("R1-NL", "A01 A09", on=date(2026, 6, 13)))


def test_expired_card_counts_at_renewal_only_in_words() -> None:
    """An expired 旧カード is an A document at renewal; otherwise the clerk is told to look at the date."""
    renewal = check("R1", "A01", papers="notice", facts="renewal", born="1990-01-31")
    assert renewal.complete
    assert {"expired_card_ok_at_renewal", "collect_old_card"} <= note_codes(renewal)
    damaged = check("R1", "A01", papers="notice", facts="reissue_damaged")
    assert {"expired_card_only_at_renewal", "collect_old_card", "fee_reissue"} <= note_codes(damaged)


def test_one_card_with_and_without_photo_counts_as_the_stronger() -> None:
    """Two lines of the lists that are one card are one of list A, whichever was ticked first."""
    assert check("R1", "A07 A07n", papers="notice").complete
    assert not check("R1-NL", "A07 A07n").complete


def test_document_given_twice_counts_once() -> None:
    """Two times the same document are one document."""
    visit = Visit.of("R1-NL", DAY, applicant=["A03", "A03"])
    assert not judge(RULES, visit).complete


def test_photo_of_a_mixed_document_counts_only_where_the_clerk_says_so() -> None:
    """For combination B3p, a document that has a photo only sometimes counts as one only if the clerk says so."""
    shown = ("P5", "B20 B21 B28", "A03 B20", "notice ininjo shindansho")
    assert lacking(check(*shown)) == ["applicant_id"]
    assert check(*shown, facts="photo_on_document").complete
    assert not check("P5", "B20 B21 B22", "A03 B20", "notice ininjo shindansho", "photo_on_document").complete


@pytest.mark.parametrize(
    ("born", "on", "need"),
    [("2011", DAY, "birth_date"), ("1896-11-24", DAY, None), ("1895-11-24", DAY, "birth_date_impossible")],
)
def test_a_birth_date_that_nobody_can_have_is_never_enough(born: str, on: date, need: str | None) -> None:
    """130 years are an age, 131 a slip of the pen, told as such and not as an age that is unclear."""
    verdict = check("R1", "A03", papers="notice", born=born, on=on)
    assert [item.need for item in verdict.missing] == ([] if need is None else [(need,)])
    assert verdict.accepted is verdict.complete is (need is None)
    said = {note for note in note_codes(verdict) if note.startswith(("birth_date", "age_"))}
    assert said == {None: set(), "birth_date": {"age_unclear"}}.get(need, {need})


def test_what_would_make_a_paper_unnecessary_can_still_be_true() -> None:
    """Who lost the old card is asked, unless it was only forgotten; the register is not waived by what staff settle."""

    def unless(recipient: str, facts: str) -> dict[tuple[str, ...], tuple[str, ...]]:
        verdict = check(recipient, "A03", "A03", "notice", facts, "2016-05-01" if recipient == "R2" else None)
        return {item.need: item.unless for item in verdict.missing}

    assert unless("R1", "renewal") == {("old_card",): ("no_old_card",)}
    assert unless("R1", "renewal old_card_forgotten") == {("old_card",): ()}
    waived = ("same_household_parent_child", "honseki_in_ward")
    assert unless("R2", "renewal") == {("koseki",): waived, ("old_card",): ("no_old_card",)}


def test_missing_documents_are_said_in_the_fewest_words() -> None:
    """What to add is the least, and what another way covers is left out."""
    one = check("R1", "B21", papers="notice").missing[0]
    assert one.as_dict() == {"what": "applicant_id", "need": ["A1", "B2"], "add": [{"any": 1}]}
    nothing = check("R1", papers="notice").missing[0]
    assert [lack.as_dict() for lack in nothing.add] == [{"A": 1, "any": 1}, {"any": 2}]
    lost = check("R1-NL", "B20 B21").missing[0]
    assert [lack.as_dict() for lack in lost.add] == [{"TN": 1}, {"A": 1, "any": 1}]
    photo = check("P1", "B20 B22 B26", "A03", "notice koseki").missing[0]
    assert [lack.as_dict() for lack in photo.add] == [{"any": 1, "photo": 1}]


def test_next_steps_are_told() -> None:
    """Without the notice the applicant has another way, an agent has none; not enough documents lead to resending."""
    assert ("no_notice_self", ("R1-NL",)) in [(n.code, n.about) for n in check("R1", "A03").notes]
    assert "no_notice_no_proxy" in note_codes(check("P4", "A03 B21", "A03 B20", "ininjo"))
    assert "resend_notice" in note_codes(check("R1-NL", "A03"))
    assert "resend_notice" not in note_codes(check("R1-NL", "A03 A05"))
    assert "has_notice" in note_codes(check("R1-NL", "A03", papers="notice"))


def test_agent_brings_a_sealed_notice_that_nobody_looks_into() -> None:
    """The seal is a thing to look at, never the PIN below it; the statement of P4 as well."""
    verdict = check("P4", "A03 B21", "A03 B20", "notice ininjo", born="1940-01-01")
    assert {"check_sealed", "check_statement_in_ininjo"} <= note_codes(verdict)
    stated = check("P4", "A03 B21", "A03 B20", "notice ininjo statement_in_ininjo", born="1940-01-01")
    assert "check_statement_in_ininjo" not in note_codes(stated)


def test_contradicting_facts_are_never_complete() -> None:
    """A renewal is not a reissue: the clerk must decide."""
    verdict = check("R1", "A03", papers="notice old_card", facts="renewal reissue", born="1990-01-31")
    assert lacking(verdict) == ["contradiction"]
    assert not verdict.complete


def test_ward_policy_changes_the_outcome_and_the_clerk_is_told() -> None:
    """Where municipalities differ, the flag decides, and a note names it as long as it turns the outcome."""
    lenient = check("P1", "A05 B22", "A03", "notice koseki", born="2016-05-01")
    assert lenient.complete
    assert ("check_ward_practice", ("legal_rep_alone_visitor_id",)) in [
        (n.code, n.about) for n in lenient.notes
    ]
    safe = check("P1", "A05 B22", "A03 B20", "notice koseki", born="2016-05-01")
    assert "check_ward_practice" not in note_codes(safe)

    strict = with_policies(
        RULES, {"legal_rep_alone_visitor_id": ("A2", "A1B1"), "lost_notice_self_TN_B2": False}
    )
    assert not check("P1", "A05 B22", "A03", "notice koseki", rules=strict).complete
    assert not check("R1-NL", "TN B20 B21", rules=strict).complete
    assert check("R1-NL", "A03 A05", rules=strict).combinations[0].would_do == ("A2", "A1B1")

    two = with_policies(RULES, {"self_requires_two_docs": True})
    assert not check("R1", "A03", papers="notice", rules=two).complete
    no_passbook = with_policies(RULES, {"passbook_is_B": False})
    refused = check("R1", "B27 B28", papers="notice", rules=no_passbook)
    assert not refused.complete
    assert "document_not_adopted" in note_codes(refused)
    without = with_policies(RULES, {"proxy_without_notice": True})
    assert check("P5", "A03 B21", "A03 B20", "ininjo shindansho", rules=without).complete
    months = with_policies(RULES, {"registry_cert_max_age_months": 3})
    dated = check("R2", "A05", "A03", "notice koseki", rules=months)
    assert ("certificate_age", ("koseki",)) in [(note.code, note.about) for note in dated.notes]


def test_companion_documents_do_not_matter_where_the_applicant_comes() -> None:
    """Documents of a companion do not count if the applicant comes in person."""
    verdict = check("R1", "B20", "A03 A05", "notice")
    assert lacking(verdict) == ["applicant_id"]
    assert "visitor_documents_not_needed" in note_codes(verdict)


@pytest.mark.parametrize("day", [date(2015, 12, 31), date(1990, 1, 1)])
def test_date_outside_every_rule_set_is_an_error(day: date) -> None:
    """Yesterday's rules are not guessed from today's."""
    with pytest.raises(NoRuleSetError, match=str(day)):
        BOOK.on(day)


def test_first_day_of_the_rule_set_counts() -> None:
    """A rule set is in force on its first day."""
    assert BOOK.on(date(2024, 12, 2)).name == "2024-12-02"


@pytest.mark.parametrize(
    ("kind", "visit"),
    [
        ("recipient", Visit.of("R9", DAY)),
        ("document", Visit.of("R1", DAY, applicant=["A03", "Z99"])),
        ("document", Visit.of("R1", DAY, visitor=["Z99"])),
        ("paper", Visit.of("R1", DAY, papers=["letter"])),
        ("fact", Visit.of("R1", DAY, facts=["rich"])),
    ],
)
def test_unknown_code_names_itself_and_what_is_allowed(kind: str, visit: Visit) -> None:
    """A wrong code is an error that helps, never a silent no."""
    with pytest.raises(UnknownCodeError) as caught:
        judge(RULES, visit)
    assert caught.value.code is not None
    assert kind in str(caught.value)
    assert caught.value.code in str(caught.value)
    assert caught.value.allowed[0] in str(caught.value)


@pytest.mark.parametrize(
    "code",
    ["123456789018", "1234 5678 9018", "１２３４５６７８９０１８", "A123456789018", "x" * 50, "山田", ""],
)
def test_number_as_a_code_is_refused_without_repeating_it(code: str) -> None:
    """Whatever may be a 個人番号, or is no code at all, is not echoed."""
    with pytest.raises(UnknownCodeError) as caught:
        judge(RULES, Visit.of(code, DAY))
    assert caught.value.code is None
    assert not code or code not in str(caught.value)


def test_birth_after_the_visit_is_an_error() -> None:
    """A birth date in the future is a slip, not an age."""
    with pytest.raises(BirthDateError):
        check("R1", "A03", papers="notice", born="2027-01-01")


def test_no_paper_stands_twice_on_a_list() -> None:
    """Several facts may ask for one paper; a list that names it twice makes a clerk look for two."""
    for rule_set in BOOK.rule_sets():
        for recipient in rule_set.recipient_types():
            listed = [slot.paper.code for slot in rule_set.papers_for(recipient.code)]
            assert len(set(listed)) == len(listed), (rule_set.name, recipient.code, listed)


def test_page_gets_what_matters_for_a_type() -> None:
    """The simple views hold what a clerk ticks for a type, and nothing of other types."""
    assert [slot.paper.code for slot in RULES.papers_for("R2")] == [
        "notice",
        "koseki",
        "old_card",
    ]
    roles = [slot.role for slot in RULES.papers_for("R2")]
    assert roles == [PaperRole.NOTICE, PaperRole.AUTHORITY, PaperRole.EXTRA]
    waived = ("same_household_parent_child", "honseki_in_ward", "authority_settled")
    assert RULES.papers_for("R2")[1].unless_facts == waived
    old_card = RULES.papers_for("R2")[2]
    assert (old_card.if_facts, old_card.unless_facts) == (("renewal", "old_card_forgotten"), ("no_old_card",))
    assert [slot.paper.code for slot in RULES.papers_for("R1-NL")] == ["old_card"]
    assert {slot.paper.code for slot in RULES.papers_for("P6")} == {
        "notice", "shokaisho", "ininjo", "nyusho_shomei", "bp_facility", "facility_staff_id", "old_card",
    }  # fmt: skip
    asked_by = {slot.paper.code: slot.if_facts for slot in RULES.papers_for("P6") if slot.if_facts}
    assert asked_by == {
        "facility_staff_id": ("facility_staff",), "old_card": ("renewal", "old_card_forgotten"),
    }  # fmt: skip
    assert {fact.code for fact in RULES.facts_for("R2")} == {
        "same_household_parent_child", "honseki_in_ward", "age_settled", "authority_settled",
        *(set(COMMON_FACTS) - {"cannot_write"}),
    }  # fmt: skip
    assert {"photo_on_document", "notice_not_sealed"} <= {fact.code for fact in RULES.facts_for("P4")}
    assert [one.code for one in RULES.recipient_types()][:5] == ["R1", "R1-NL", "R2", "R2-NL", "R3"]
    applicant = {document.code for document in RULES.documents_for("R1", Person.APPLICANT)}
    assert "B26" not in applicant
    assert "TN" not in applicant
    assert "TN" in {document.code for document in RULES.documents_for("R1-NL", Person.APPLICANT)}
    assert RULES.documents_for("R1", Person.VISITOR) == ()
    assert "BP" not in {document.code for document in RULES.documents_for("P4", Person.VISITOR)}
