"""The cases that a counter knows: who stands there, what is missing, and what is said next."""

from datetime import date

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.documents.judging.card_expiry import CardState, card_state
from backend.documents.judging.explanation import explain
from backend.documents.judging.fees import fees_due
from backend.documents.judging.guide import Resolved, guide
from backend.documents.model.ages import BirthDate
from backend.documents.model.missing import NextStep
from backend.documents.model.policy import Evidence
from backend.documents.model.visit import Verdict, Visit
from backend.documents.saying.verdict_words import missing_in_short, missing_parts, missing_text, note_text
from backend.documents.saying.visitor_words import rule_text, step_text
from tests.documents_support import judged_by, note_codes
from tests.shipped_rules import DAY, RULES, WORDS


def check(
    recipient: str,
    applicant: str = "",
    visitor: str = "",
    papers: str = "",
    facts: str = "",
    born: str = "",
    on: date = DAY,
    card_expires: date | None = None,
) -> Verdict:
    """Judge a visit written in a few words."""
    return judged_by(RULES, on, recipient, applicant, visitor, papers, facts, born, card_expires)


def judged(row: tuple[str, ...]) -> Verdict:
    """Judge a visit of a table: recipient, applicant, visitor, papers, facts, birth date."""
    recipient, applicant, visitor, papers, facts, born = (*row, *[""] * (6 - len(row)))
    return check(recipient, applicant, visitor, papers, facts, born)


@pytest.mark.parametrize(
    ("born", "on", "recipient", "accepted"),
    [
        # 15: today, tomorrow; born on a leap day, in a common year
        ("2011-11-24", DAY, "R1", True),
        ("2011-11-25", DAY, "R1", False),
        ("2011-11-25", DAY, "R2", True),
        ("2012-02-29", date(2027, 2, 28), "R1", False),
        ("2012-02-29", date(2027, 3, 1), "R1", True),
        # 1 year: today, tomorrow; born on a leap day
        ("2025-11-24", DAY, "P1i", False),
        ("2025-11-25", DAY, "P1i", True),
        ("2024-02-29", date(2025, 2, 28), "P1i", True),
        ("2024-02-29", date(2025, 3, 1), "P1i", False),
        # 75: today, tomorrow; born on a leap day
        ("1951-11-24", DAY, "P4", True),
        ("1951-11-25", DAY, "P4", False),
        ("1952-02-29", date(2027, 2, 28), "P4", False),
        ("1952-02-29", date(2027, 3, 1), "P4", True),
        # the month is unknown
        ("2011", DAY, "R1", False),
        ("1951", DAY, "P4", False),
        ("1950", DAY, "P4", True),
    ],
)
def test_birthdays_decide_on_the_day(born: str, on: date, recipient: str, accepted: bool) -> None:
    """Case 1: an age holds from the birthday on and not the day before; what is unknown is never guessed."""
    assert check(recipient, "A03 A05 B20", "A03 A05", born=born, on=on).accepted is accepted


def test_expired_old_card_counts_at_renewal_only() -> None:
    """Case 2: an expired old card counts at a renewal only, and the clerk is told so."""
    renewal = check("R1", "A01", papers="notice", facts="renewal", born="1990-01-31")
    assert renewal.complete
    assert {"expired_card_ok_at_renewal", "collect_old_card"} <= note_codes(renewal)
    lost = check("R1", "A03", papers="notice", facts="reissue", born="1990-01-31")
    assert "fee_reissue" in note_codes(lost)
    without = check("R1", "A01", papers="notice", facts="reissue", born="1990-01-31")
    assert not without.complete
    assert "document_not_there" in note_codes(without)


def test_applicant_without_notice_and_one_document_is_not_an_error() -> None:
    """Case 3: resend the notice; whoever has one more document at home may fetch it, and the number stays theirs."""
    verdict = check("R1-NL", "A03", born="1990-01-31")
    assert verdict.accepted
    assert not verdict.complete
    assert verdict.next_steps == (NextStep.RESEND_NOTICE, NextStep.FETCH_TODAY)
    assert missing_in_short(verdict.missing, WORDS, alone=True) == "あと1点：B欄の書類、またはA欄の書類"
    more = check("R1-NL", "A03", facts="renewal", born="1990-01-31")
    assert [item.what for item in more.missing] == ["applicant_id", "extra"]
    assert more.next_steps == (NextStep.RESEND_NOTICE,), "no alternative that leaves the other thing missing"
    assert check("R1-NL", "A03 B21", born="1990-01-31").next_step is NextStep.PROCEED
    later = check("R1-NL", "A03", facts="cannot_return_today", born="1990-01-31")
    assert later.next_steps == (NextStep.RESEND_NOTICE, NextStep.NEW_RESERVATION)
    assert check("R1", "A03", born="1990-01-31").next_step is NextStep.OTHER_TYPE


def test_notice_that_is_not_sealed_is_sealed_by_the_applicant() -> None:
    """Case 4: everything is there, but the PIN can be seen: nobody looks, the applicant seals it again."""
    shown = ("P5", "A03 B21", "A03 B20", "notice ininjo shindansho")
    assert check(*shown).complete
    verdict = check(*shown, facts="notice_not_sealed")
    assert [item.what for item in verdict.missing] == ["seal"]
    assert verdict.next_step is NextStep.RESEAL
    assert "reseal" in note_codes(verdict)
    assert missing_text(verdict.missing[0], WORDS) == "暗証番号を隠して封をした交付通知書が必要です"
    assert check("R1", "A03", papers="notice", facts="notice_not_sealed", born="1990-01-31").complete


def test_father_with_three_children() -> None:
    """Case 5: the father's documents serve for each child, the household takes the place of the register."""
    children = {"2014-05-01": "R2", "2019-08-01": "R2", "2010-02-01": "R1"}
    for born, recipient in children.items():
        who = "both" if recipient == "R2" else "self"
        found = guide(RULES, {"who": who}, on=DAY, born=BirthDate.parse(born), papers=frozenset({"notice"}))
        assert found == Resolved((recipient,))
        verdict = check(recipient, "B20 B22", "A03", "notice", "same_household_parent_child", born)
        assert verdict.complete, born
    alone = check("P1", "A05 B22", "A03", "notice", "same_household_parent_child", "2019-08-01")
    assert alone.complete
    assert "authority_waived" in note_codes(alone)


@pytest.mark.parametrize(
    ("expires", "accepted", "note"),
    [
        (date(2026, 11, 23), False, "card_expired"),
        (date(2026, 11, 24), True, "card_expires_soon"),
        (date(2026, 12, 23), True, "card_expires_soon"),
        (date(2026, 12, 24), True, None),
    ],
)
def test_card_that_has_expired_is_not_handed_over(expires: date, accepted: bool, note: str | None) -> None:
    """Case 6: the end of the period of stay ends the card; on its last day it can still be received."""
    verdict = check("R1", "A09", papers="notice", born="1990-01-31", card_expires=expires)
    assert (verdict.accepted, verdict.complete) == (accepted, accepted)
    assert note_codes(verdict) == ({note} if note else set())
    assert verdict.next_step is (NextStep.PROCEED if accepted else NextStep.APPLY_AGAIN)


def test_slot_after_the_last_day_of_the_card_is_told_beforehand() -> None:
    """Case 6, at the booking: the day of a slot is refused, or looked at twice; an unknown day refuses nothing."""
    last = date(2026, 12, 10)
    assert card_state(RULES, last, date(2026, 11, 10)) is CardState.VALID
    assert card_state(RULES, last, date(2026, 11, 11)) is CardState.ENDS_SOON
    assert card_state(RULES, last, last) is CardState.ENDS_SOON
    assert card_state(RULES, last, date(2026, 12, 11)) is CardState.EXPIRED
    assert card_state(RULES, None, last) is CardState.VALID


@pytest.mark.parametrize(
    ("fact", "step"), [("moved_out", NextStep.NEW_MUNICIPALITY), ("card_elsewhere", NextStep.OTHER_OFFICE)]
)
def test_card_that_cannot_be_handed_over_here(fact: str, step: NextStep) -> None:
    """Cases 7 and 8: moved out of the ward, or the card lies at another office: said at once, with where to go."""
    verdict = check("R1", "A03", papers="notice", facts=fact, born="1990-01-31")
    assert (verdict.accepted, verdict.complete, verdict.to_return) == (False, False, ())
    assert verdict.next_step is step
    assert note_codes(verdict) == {fact}
    assert note_text(verdict.notes[0], RULES, WORDS)


@pytest.mark.parametrize(
    ("visit", "step"),
    [
        (("R1", "B21", "", "notice"), NextStep.FETCH_TODAY),
        (("R1", "B21", "", "notice", "cannot_return_today"), NextStep.NEW_RESERVATION),
        (("R2", "A05", "A03", "notice"), NextStep.NEW_RESERVATION),
        (("R2", "A05", "A03", "koseki"), NextStep.OTHER_TYPE),
        (("R3", "A05", "A03", "touki_seinen_kouken"), NextStep.ASK_STAFF),
        (("R3", "A05", "", "notice touki_seinen_kouken"), NextStep.FETCH_TODAY),
        (("P1", "A05 B22", "A03", "koseki"), NextStep.RESEND_NOTICE),
        (("P5", "A03 B21", "A03 B20", "ininjo shindansho"), NextStep.RESEND_NOTICE),
        (("P5", "A03 B21", "A03 B20", "notice shindansho"), NextStep.NEW_RESERVATION),
        (("P5", "A03 B21", "A03 B20", "notice ininjo"), NextStep.FETCH_TODAY),
        (("P9", "A03 B21", "A03 B20", "notice ininjo"), NextStep.FETCH_TODAY),
        (("P10", "A03 B21", "A03 B20", "notice ininjo"), NextStep.NEW_RESERVATION),
        (("X1",), NextStep.APPLICANT_COMES),
        (("R1", "A03", "", "notice", "adult_ward"), NextStep.OTHER_TYPE),
        (("R4", "A03", "A03", "notice touki dairi_mokuroku", "adult_ward"), NextStep.OTHER_TYPE),
        (("R1", "A03", "", "notice", "renewal reissue"), NextStep.ASK_STAFF),
        (("R1", "A03", "", "notice", "", "2011"), NextStep.ASK_STAFF),
        (("R1", "A03", "", "notice", "", "2015-01-01"), NextStep.OTHER_TYPE),
    ],
)
def test_next_step_is_the_strongest_that_fits(visit: tuple[str, ...], step: NextStep) -> None:
    """What is at home is fetched today, what somebody has to make out first needs another day."""
    assert judged(visit).next_step is step
    assert step_text(step, WORDS)


def test_change_of_record_is_taken_to_the_staff() -> None:
    """Moved within the ward, or a new name: the visit goes on, the documents must be current, and the ward is asked."""
    verdict = check("R1", "A03", papers="notice", facts="record_changed", born="1990-01-31")
    assert verdict.complete
    assert {"record_changed", "check_ward_practice"} == note_codes(verdict)


def test_fees_follow_the_facts() -> None:
    """The first card and a renewal are free, a reissue is not, nor a renewal without the old card."""

    def due(*facts: str) -> dict[str, int]:
        return {fee.code: fee.yen for fee in fees_due(RULES, frozenset(facts))}

    assert due() == {"first": 0}
    assert due("renewal") == {"expiry_or_full_renewal": 0}
    assert due("reissue") == due("renewal", "no_old_card") == {"reissue_card": 800, "reissue_cert": 200}
    verdict = check("R1", "A03", papers="notice", facts="renewal no_old_card", born="1990-01-31")
    assert "fee_without_old_card" in note_codes(verdict)


@pytest.mark.parametrize(
    ("recipient", "paper", "usual"),
    [
        ("P5", "bp_facility", True),
        ("P6", "bp_facility", True),
        ("P8", "bp_home", True),
        ("P1", "bp_legal_rep", True),
        ("P13", "bp_public_support", True),
        ("P13", "bp_facility", False),
        ("P5", "bp_public_support", False),
        ("P12", "bp_legal_rep", True),
        ("P13", "bp_legal_rep", False),
    ],
)
def test_each_variant_of_the_photo_certificate_has_its_types(recipient: str, paper: str, usual: bool) -> None:
    """Any of the four sheets is the document BP; where it is not usual, the clerk looks who made it out."""
    verdict = check(recipient, "B20 B21", "A03 B20", f"notice {paper}")
    (applicant, _) = verdict.combinations
    assert applicant.satisfied == ("B3p",)
    assert ("photo_certificate_variant" not in note_codes(verdict)) is usual
    assert "photo_certificate_signers" in note_codes(verdict)


def rules_of(visit: Visit) -> dict[str, str]:
    """What an explanation says, by rule."""
    return {line.rule: line.says for line in explain(RULES, visit)}


def test_explanation_of_a_visit_names_each_rule() -> None:
    """Why the register is not needed, what counts and what not, what is still open: each by its rule."""
    visit = Visit.of(
        "R2",
        DAY,
        born=BirthDate.parse("2015-05-01"),
        applicant=["B22", "B20x"],
        visitor=["A03"],
        papers=["notice"],
        facts=["honseki_in_ward"],
    )
    assert rules_of(visit) == {
        "recipients.R2": "recipient",
        "documents.B22": "counts",
        "documents.B20x": "document_expired",
        "combinations.A1": "met",
        "combinations.B2": "open",
        "documents.A03": "counts",
        "recipients.R2.notice": "there",
        "recipients.R2.waive_if": "waived",
    }
    words = [rule_text(line, RULES, WORDS) for line in explain(RULES, visit)]
    assert any(
        "戸籍全部事項証明書：不要です（本籍が区内にある）［recipients.R2.waive_if" in text for text in words
    )
    settled = explain(RULES, Visit.of("R3", DAY, facts=["notice_settled"]))
    (by_staff,) = [line for line in settled if line.rule == "recipients.R3.notice_waive_if"]
    assert (by_staff.says, by_staff.evidence, by_staff.sources) == ("waived", Evidence.DESIGN, ())
    assert "recipients.R3.notice" not in {line.rule for line in settled}
    agent = rules_of(Visit.of("P6", DAY, papers=["notice"], facts=["facility_staff"]))
    assert agent["recipients.P6.notice"] == "there"
    assert agent["recipients.P6.authority"] == "not_there"
    assert agent["recipients.P6.proof_any"] == "not_there"
    assert agent["recipients.P6.extras"] == "not_there"
    assert agent["policies.proxy_without_notice"] == "policy"


@pytest.mark.parametrize(
    ("visit", "rule", "says"),
    [
        (Visit.of("X1", DAY), "recipients.X1", "never_accepted"),
        (Visit.of("R1", DAY, born=BirthDate(2015)), "recipients.R1.age", "legal_representative_needed"),
        (Visit.of("R1", DAY, facts=["adult_ward"]), "recipients.R1.not_for_facts", "guardian_needed"),
        (Visit.of("R1", DAY, facts=["moved_out"]), "facts.moved_out", "moved_out"),
        (Visit.of("R1", DAY, card_expires=date(2026, 1, 1)), "card_expiry", "card_expired"),
    ],
)
def test_explanation_of_a_refusal_ends_with_the_rule_that_refuses(visit: Visit, rule: str, says: str) -> None:
    """Whoever is sent away can be told by which rule, with its source, in every language."""
    line = explain(RULES, visit)[-1]
    assert (line.rule, line.says) == (rule, says)
    assert line.sources
    for language in Language:
        text = rule_text(line, RULES, Catalogue("documents", language))
        assert RULES.source_table[line.sources[0]].title in text
        assert "{" not in text


@pytest.mark.parametrize(
    ("visit", "said"),
    [
        (("R1", "B21", "", "notice"), "あと1点：B欄の書類、またはA欄の書類"),
        (("R1", "", "", "notice"), "あと1点：A欄の書類。または、あと2点：B欄の書類"),
        (
            ("R1-NL", "B20 B21"),
            "あと1点：通知カードまたは個人番号通知書、またはA欄の書類",
        ),
        (("P1", "B20 B22 B19", "A03", "notice koseki"), "本人の書類\u3000あと1点：顔写真付きの書類"),
        (("R2", "A05", "A03", "notice"), "戸籍全部事項証明書"),
        (
            ("P9", "A03", "A03 B20", "notice ininjo"),
            "本人の書類\u3000あと1点：B欄の書類、またはA欄の書類。母子健康手帳、または妊婦健診の領収書・受診券",
        ),
    ],
)
def test_missing_things_in_the_fewest_words(visit: tuple[str, ...], said: str) -> None:
    """One sentence, as a colleague would say it."""
    alone = not RULES.recipient(visit[0]).visit.has_visitor
    missing = judged(visit).missing
    assert missing_in_short(missing, WORDS, alone=alone) == said
    assert len(missing_parts(missing, WORDS, alone=alone)) == len(missing)
