"""Documents that are there and may not count: flaws behind a colon, and what only staff can accept."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from backend.cli import checklist
from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.checklist import judge
from backend.documents.judging.explanation import explain
from backend.documents.model.ages import BirthDate
from backend.documents.model.errors import (
    ContradictingDocumentError,
    RuleFileError,
    UnknownCodeError,
)
from backend.documents.model.missing import NextStep
from backend.documents.model.visit import Verdict, Visit
from backend.documents.saying.verdict_words import shown_name
from backend.documents.saying.visitor_words import rule_text
from tests.documents_support import with_policies
from tests.shipped_rules import DAY, RULES

TWELVE = "1234" * 3
A_AND_B = [one.code for one in RULES.documents() if one.kind in {"A", "B"}]


def check(applicant: str, facts: str = "", papers: str = "notice") -> Verdict:
    """Judge an applicant who comes in person."""
    visit = Visit.of("R1", DAY, applicant=applicant.split(), papers=papers.split(), facts=facts.split())
    return judge(RULES, visit)


def run(line: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    result = CliRunner().invoke(checklist.command, line.split())
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("applicant", "facts", "note"),
    [
        ("A03:expired", "", "shown_expired"),
        ("A03:old_name", "", "shown_old_name"),
        ("A03:old_name:expired", "", "shown_expired"),
        ("A01:expired", "", "shown_expired"),
        ("A01:old_name", "renewal", "shown_old_name"),
        ("BX", "", "document_needs_staff"),
        ("A02", "", "juki_cards_ended"),
    ],
)
def test_what_does_not_count_is_named_with_its_reason(applicant: str, facts: str, note: str) -> None:
    """The clerk reads why a document that lies on the counter was not counted."""
    verdict = check(applicant, facts)
    assert not verdict.complete
    assert (note, (applicant.partition(":")[0],)) in [(one.code, one.about) for one in verdict.notes]


def test_an_expired_card_counts_where_it_may_be_expired() -> None:
    """At a renewal the old card has often expired, and with it the visitor is complete."""
    verdict = check("A01:expired", "renewal")
    assert verdict.complete
    assert "expired_card_ok_at_renewal" in {one.code for one in verdict.notes}


def test_a_document_of_two_minds_is_refused_with_a_word() -> None:
    """The same document with and without a flaw is an error, so that a typing error never makes a visit complete."""
    with pytest.raises(ContradictingDocumentError, match="The document A03 stands there more than once"):
        check("A03 A03:expired")
    code, said = run("--recipient R1 --on 2026-11-24 --applicant A03:old_name,A03:expired --papers notice")
    assert code == 1
    assert said.strip().endswith("name it once, with every remark.")
    assert "A03" in said


@pytest.mark.parametrize(
    "written", ["A03:", "A03:lost", "A03:EXPIRED", ":expired", "A03::expired", f"A03:{TWELVE}"]
)
def test_an_unknown_remark_is_an_error_that_lists_the_known_ones(written: str) -> None:
    """Whoever mistypes is told what there is, and what they typed is not repeated where it is no code."""
    with pytest.raises(UnknownCodeError, match="allowed are"):
        check(written)
    code, said = run(f"--recipient R1 --on 2026-11-24 --applicant {written} --papers notice")
    assert code == 1
    assert TWELVE not in said


@pytest.mark.parametrize(
    "written",
    [
        "A03\uff1aexpired", "A03 :expired", "A03: expired", "A03 : expired", "\uff21\uff10\uff13\uff1a\uff45xpired", "A03\u2236expired",
        "A03\u3000\uff1a\u3000expired", "A03:expired:expired", "A03\ufe55expired",
    ],
)  # fmt: skip
def test_a_remark_is_read_as_people_write_it(written: str) -> None:
    """Japanese keyboards write wide letters and colons, and a space beside a colon means nothing: all are one remark."""
    words = [
        "--recipient",
        "\uff32\uff11",
        "--on",
        "2026-11-24",
        "--papers",
        "notice",
        "--applicant",
        f"{written}\uff0cB21",
    ]
    result = CliRunner().invoke(checklist.command, words)
    assert result.exit_code == 0, result.output
    code, usual = run("--recipient R1 --on 2026-11-24 --papers notice --applicant A03:expired,B21")
    assert (code, result.output) == (0, usual)
    assert "shown_expired" in usual


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "A03:",
            "A flaw code is missing, behind the colon as in A03:expired; allowed are expired, old_name.",
        ),
        ("A03: ,B21", "A flaw code is missing, behind the colon as in A03:expired"),
        ("A03::expired", "A flaw code is missing, behind the colon"),
        ("A03:lost", "The flaw code 'lost' is unknown, behind the colon as in A03:expired"),
        (
            ":expired",
            "An applicant document code is missing, before the colon as in A03:expired; allowed are A01",
        ),
        (
            "A03:\u671f\u9650\u5207\u308c",
            "A flaw code is refused and not repeated, behind the colon as in A03:expired",
        ),
    ],
)
def test_a_remark_that_is_none_is_explained(written: str, said: str) -> None:
    """If the flaw after the colon is missing, the message says so, and how to write it."""
    result = CliRunner().invoke(
        checklist.command, ["--recipient", "R1", "--on", "2026-11-24", "--applicant", written]
    )
    assert result.exit_code == 1
    assert said in result.output


def test_a_remark_that_stands_twice_is_said_once() -> None:
    """A flaw that was given several times is named once, on the page and in the answer."""
    assert (
        shown_name("A03:expired:expired", Catalogue("documents", Language.JAPANESE))
        == "\u904b\u8ee2\u514d\u8a31\u8a3c（有効期限切れ）"
    )


def test_staff_are_asked_where_their_word_would_complete_it() -> None:
    """For another document, the next step is to ask staff; if they accept it, the visit is complete."""
    asked = check("B20 BX")
    assert (asked.complete, asked.next_step) == (False, NextStep.ASK_STAFF)
    assert check("B20 BX", "other_document_accepted").complete
    assert check("B20", "other_document_accepted").next_step is NextStep.FETCH_TODAY


@given(
    sound=st.sets(st.sampled_from(A_AND_B), max_size=4),
    flawed=st.sets(st.sampled_from(A_AND_B), max_size=3),
    facts=st.sets(st.sampled_from(["renewal", "no_old_card", "other_document_accepted"])),
)
def test_a_flaw_never_completes_a_visit(sound: set[str], flawed: set[str], facts: set[str]) -> None:
    """A document with a flaw counts at most as much as without it, and never worse than not showing it."""
    marked = {f"{code}:expired" for code in flawed - sound}

    def complete(shown: set[str]) -> bool:
        return judge(RULES, Visit.of("R1", DAY, applicant=shown, papers=["notice"], facts=facts)).complete

    assert complete(sound) <= complete(sound | marked) <= complete(sound | flawed)


@pytest.mark.parametrize("language", list(Language))
def test_every_new_line_of_an_explanation_has_words(language: Language) -> None:
    """Nobody reads a bare code: flaws, a type without notice, a paper that a fact asks for, a paper instead of the notice."""
    texts = Catalogue("documents", language)
    visits = [
        Visit.of("R1", DAY, applicant=["A03:expired", "BX"], papers=["notice"], facts=["renewal"]),
        Visit.of("R2", DAY, applicant=["A05", "B20"], visitor=["A03"], papers=["koseki"]),
        Visit.of("P8", DAY, applicant=["A03", "B21"], visitor=["A03", "B20"], papers=["shokaisho", "ininjo"]),
    ]
    said = [rule_text(line, RULES, texts) for visit in visits for line in explain(RULES, visit)]
    for rule in ("facts.renewal.extra", "recipients.R2-NL", "recipients.P8.notice_or", "documents.BX"):
        lines = [one for one in said if rule in one]
        assert lines
        assert not [one for one in lines if "{" in one or "shown_" in one or "judged_as" in one]


@pytest.mark.parametrize(
    ("value", "word"),
    [("maybe", "true or false"), ("[A2, ZZ]", "ZZ"), ("[]", "combination"), ("-1", "whole number")],
)
def test_a_policy_with_an_unknown_value_is_named_with_file_and_line(
    tmp_path: Path, value: str, word: str
) -> None:
    """A ward that mistypes its practice is told the line, and no visit is judged by a guess."""
    policy = {"maybe": "mothers_boshi_techo", "-1": "receipt_max_age_months"}.get(value, "agent_visitor_id")
    file = tmp_path / "ours.yaml"
    file.write_text(f"format: 1\npolicies:\n  {policy}: {{ward: {value}}}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=rf"ours\.yaml:3: .*{word}"):
        RuleBook.load(locate("rules"), policy_file=file)


def test_the_ward_decides_what_was_seen_differently() -> None:
    """Each new policy alone changes the outcome of the visits that it is about."""
    turned: dict[str, tuple[Any, Visit]] = {
        "mothers_boshi_techo": (True, Visit.of("R1", DAY, applicant=["B26", "B20"], papers=["notice"])),
        "photo_certificate_groups_only": (
            False,
            Visit.of("R1", DAY, applicant=["BP", "B20"], papers=["notice"]),
        ),
        "agent_visitor_id": (
            ("A2", "A1B1", "B3"),
            Visit.of(
                "P4", DAY, applicant=["A03", "B21"], visitor=["B20", "B21", "B23"],
                papers=["notice", "ininjo", "statement_in_ininjo"],
            ),
        ),
        "facility_receipt_proves": (
            True,
            Visit.of(
                "P6", DAY, applicant=["A03", "B21"], visitor=["A03", "B20"], papers=["notice", "ininjo", "kaigo_hihokensha"]
            ),
        ),
    }  # fmt: skip
    for policy, (value, visit) in turned.items():
        assert not judge(RULES, visit).complete, policy
        assert judge(with_policies(RULES, {policy: value}), visit).complete, policy
    dated = Visit.of("P5", DAY, papers=["ryoshusho"])
    limited = judge(with_policies(RULES, {"receipt_max_age_months": 1}), dated)
    assert ("certificate_age", ("ryoshusho",)) in [(one.code, one.about) for one in limited.notes]


def test_a_rule_file_that_would_complete_without_a_word_is_refused(tmp_path: Path) -> None:
    """A ward's own file cannot lead from a type with notice to one that asks for less of its authority."""
    (tmp_path / "2027-04-01.yaml").write_text(
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\nrecipients:\n'
        "  R2-NL: {extends: with_representative, evidence: S, sources: [SEED], applicant: [A1], notice: lost,"
        " age: {below: 15, note: not_under_15, instead: [R1]}}\n",
        encoding="utf-8",
    )
    with pytest.raises(
        RuleFileError, match="no_notice: 'R2-NL' is for other people or asks for other papers"
    ):
        RuleBook.load(tmp_path, library=locate("rules"))


def test_the_command_takes_remarks_and_says_them() -> None:
    """The phone desk tries a case from the console in the words of the counter."""
    code, said = run("--recipient R1 --on 2026-11-24 --born 1990 --applicant A03:expired --papers notice")
    assert code == 0
    notes = {note["code"]: note["text"] for note in json.loads(said)["notes"]}
    assert notes["shown_expired"] == "有効期限が過ぎているため、数えません：運転免許証"


@pytest.mark.parametrize(
    ("recipient", "visitor", "papers", "facts"),
    [
        ("P5", ["A01:expired", "B21"], ["notice", "ininjo", "shindansho"], ["renewal"]),
        ("P1", ["A01:expired"], ["notice"], ["renewal", "same_household_parent_child"]),
    ],
)
def test_the_expired_card_of_somebody_else_never_counts(
    recipient: str, visitor: list[str], papers: list[str], facts: list[str]
) -> None:
    """It is the applicant's card that is renewed; an agent's or a parent's that has expired is no document."""
    born = BirthDate.parse("2016-01-31" if recipient == "P1" else "1960-01-31")
    visit = Visit.of(
        recipient,
        DAY,
        born=born,
        applicant=["A01:expired", "B21"],
        visitor=visitor,
        papers=papers,
        facts=facts,
    )
    verdict = judge(RULES, visit)
    assert "visitor_id" in {one.what for one in verdict.missing}
    assert ("shown_expired", ("A01",)) in [(one.code, one.about) for one in verdict.notes]
    sound = Visit.of(
        recipient,
        DAY,
        born=born,
        applicant=["A01:expired", "B21"],
        visitor=["A01", "B21"],
        papers=papers,
        facts=facts,
    )
    assert judge(RULES, sound).complete
    assert [one.code for one in judge(RULES, sound).notes].count("expired_card_ok_at_renewal") == 1


@pytest.mark.parametrize(
    "facts", ["old_card_forgotten", "reissue_damaged old_card_forgotten", "reissue old_card_forgotten", "renewal old_card_forgotten"]
)  # fmt: skip
def test_a_forgotten_card_is_never_complete_until_it_is_there(facts: str) -> None:
    """A visit with a forgotten card is never complete; if the card is shown, too, the contradiction must be resolved."""
    assert not check("A03", facts).complete
    there = check("A03", facts, "notice old_card")
    assert [one.what for one in there.missing] == ["contradiction"]
    assert "old_card_forgotten" not in {one.code for one in there.notes}


def test_nothing_is_sealed_where_there_is_nothing_to_seal() -> None:
    """Without a PIN, and with a form in place of the notice, nobody is sent home to seal an envelope."""
    papers = ["notice", "ininjo", "shindansho"]
    both = ["A03", "B21"]
    face = Visit.of(
        "P5", DAY, applicant=both, visitor=both, papers=papers, facts=["notice_not_sealed", "face_auth_card"]
    )
    said = {one.code for one in judge(RULES, face).notes}
    assert "face_auth_no_seal" in said
    assert not said & {"check_sealed", "reseal"}
    form = ["shokaisho", *papers[1:]]
    replaced = Visit.of("P5", DAY, applicant=both, visitor=both, papers=form, facts=["notice_not_sealed"])
    assert judge(RULES, replaced).complete


def test_who_has_the_notice_after_all_is_not_sent_another() -> None:
    """The type for a lost notice with a notice on the counter leads to the type that asks for less."""
    verdict = judge(RULES, Visit.of("R1-NL", DAY, applicant=["A03"], papers=["notice"]))
    assert verdict.next_steps == (NextStep.OTHER_TYPE,)
    assert "resend_notice" not in {one.code for one in verdict.notes}


def test_a_ward_without_the_type_for_lost_notices_is_no_dead_end(tmp_path: Path) -> None:
    """Where the ward refuses R2-NL nobody is sent to it: the notice is sent again."""
    (tmp_path / "2027-04-01.yaml").write_text(
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\nrecipients:\n'
        "  R2-NL: {visit: never, evidence: V, sources: [HAGI], instead: [R2]}\n",
        encoding="utf-8",
    )
    day = date(2027, 4, 1)
    rules = RuleBook.load(tmp_path, library=locate("rules")).on(day)
    visit = Visit.of("R2", day, applicant=["A05", "B20"], visitor=["A03"], papers=["koseki"])
    verdict = judge(rules, visit)
    assert verdict.next_step is NextStep.RESEND_NOTICE
    assert "no_notice_child" not in {one.code for one in verdict.notes}


def test_a_rule_that_hangs_on_another_names_its_own_source() -> None:
    """That an expired card counts at a renewal, and a child's card in list B, is known from elsewhere than that the card counts."""
    renewal = Visit.of("R1", DAY, applicant=["A01:expired"], papers=["notice"], facts=["renewal"])
    sound = Visit.of("R1", DAY, applicant=["A01"], papers=["notice"], facts=["renewal"])
    lines = [
        next(line for line in explain(RULES, visit) if line.rule == "documents.A01")
        for visit in (renewal, sound)
    ]
    assert [(one.evidence, one.sources[:2]) for one in lines] == [
        ("P", ("SETAGAYA-RENEW", "SHIBUSHI")),
        ("V", ("KUMA", "KYOTO")),
    ]
    child = Visit.of("R2", DAY, born=BirthDate(2016, 5, 1), applicant=["A09"], visitor=["A03"])
    assert next(line.evidence for line in explain(RULES, child) if line.rule == "documents.A09") == "M"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("counts_although: {expired: renewal}", "a mapping"),
        ("counts_although: {expired: {fact: renewal}}", "the key 'evidence' is missing"),
        ("counts_although: {expired: {fact: renewal, evidence: V, sources: [NOWHERE]}}", "names 'NOWHERE'"),
        ("photo_from: 16", "a mapping"),
        ("photo_from: {age: 16, evidence: V, sources: [NOWHERE]}", "names 'NOWHERE'"),
        ("photo_from: {age: 160, evidence: V}", "up to 130"),
    ],
)
def test_a_rule_of_its_own_says_how_it_is_known(tmp_path: Path, field: str, said: str) -> None:
    """A ward that lets a flaw pass, or sets an age, says by what source."""
    (tmp_path / "2027.yaml").write_text(
        'format: 1\nname: "2027"\nextends: 2024-12-02\nvalid_from: 2027-04-01\ndocuments:\n'
        f"  A03: {{class: A, photo: always, evidence: V, sources: [KUMA], {field}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(RuleFileError, match=rf"^2027\.yaml:6: .*{said}"):
        RuleBook.load(tmp_path, library=locate("rules"))
