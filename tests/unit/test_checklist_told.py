"""What a clerk is told about a visit: every fact that was entered has an answer, and nothing is said twice."""

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click
import pytest

from backend.cli.checklist import command
from backend.common.catalogue import Catalogue, Language
from backend.documents.judging.checklist import judge
from backend.documents.model.ages import BirthDate
from backend.documents.model.missing import NextStep
from backend.documents.model.policy import Evidence
from backend.documents.model.visit import Verdict, Visit
from backend.documents.saying.verdict_words import missing_in_short, missing_parts, missing_text, note_text
from backend.documents.saying.visitor_words import step_text
from tests.documents_support import judged_by
from tests.shipped_rules import BOOK, DAY, RULES

WORDS = {language: Catalogue("documents", language) for language in Language}
JAPANESE = WORDS[Language.JAPANESE]
TABLES = [
    row
    for file in sorted((Path(__file__).parent.parent / "visits").glob("*.json"))
    for row in json.loads(file.read_text(encoding="utf-8"))
]
COMMON = [fact.code for fact in RULES.fact_table.values() if fact.common]
NOT_TODAY = {"old_card_forgotten", "old_card_not_there", "no_notice_no_proxy", "reseal", "resend_notice", "age_unclear", "birth_date_impossible"}  # fmt: skip
"""Notes that are not said where everything is there."""


def visit_of(row: dict[str, Any]) -> Visit:
    """The visit that a row of the tables puts to the command."""
    given = command.make_context("checklist", [*row["args"], "--on", row["on"]]).params

    def codes(values: tuple[str, ...]) -> list[str]:
        return [code for value in values for code in value.split(",") if code]

    return Visit.of(
        given["recipient"],
        given["on"],
        born=given["born"],
        applicant=codes(given["applicant"]),
        visitor=codes(given["visitor"]),
        papers=codes(given["papers"]),
        facts=codes(given["facts"]),
        card_expires=given["card_expires"],
    )


def told(verdict: Verdict, texts: Catalogue) -> list[str]:
    """Every sentence of a verdict: what is missing, the notes, what comes next."""
    rules = next(one for one in BOOK.rule_sets() if one.name == verdict.rule_set)
    whole = [missing_text(one, texts) for one in verdict.missing]
    whole += [note_text(one, rules, texts) for one in verdict.notes]
    whole += [step_text(one, texts) for one in verdict.next_steps]
    return [
        part.strip(" .") for text in whole for part in text.replace("\u3002", "\n").replace(". ", "\n").split("\n") if part.strip(" .")
    ]  # fmt: skip


def codes(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    """The notes of a verdict and what they are about."""
    return {note.code: note.about for note in verdict.notes}


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row["visit"].replace(" ", "_"))
def test_one_thing_is_said_once_and_never_with_its_contrary(row: dict[str, Any]) -> None:
    """Of every visit of the tables, alone and with each fact that matters for every type: no sentence twice, no two minds."""
    visit = visit_of(row)
    rules = BOOK.on(visit.on)
    more = [
        frozenset(),
        *(frozenset({fact}) for fact in COMMON),
        frozenset({"renewal", "old_card_forgotten"}),
    ]
    for facts in more:
        tried = Visit(
            visit.recipient, visit.on, visit.born, visit.applicant, visit.visitor, visit.papers, visit.facts | facts, visit.card_expires
        )  # fmt: skip
        verdict = judge(rules, tried)
        for language in Language:
            said = told(verdict, WORDS[language])
            assert len(set(said)) == len(said), (facts, language, said)
        notes = codes(verdict)
        if verdict.complete:
            assert verdict.next_steps == (NextStep.PROCEED,), facts
            assert not NOT_TODAY & notes.keys(), (facts, notes)
        else:
            assert NextStep.PROCEED not in verdict.next_steps, facts
        about_old_card = {
            "collect_old_card",
            "old_card_not_there",
            "old_card_forgotten",
            "fee_without_old_card",
        }
        assert (
            "contradiction" in {one.what for one in verdict.missing}
            or len(about_old_card & notes.keys()) <= 1
        ), (facts, notes)
        assert not {"judged_without_notice", "no_notice_child"} <= notes.keys()
        assert not {"check_sealed", "reseal"} <= notes.keys()


@pytest.mark.parametrize(
    ("recipient", "facts"),
    [
        ("R3", "authority_settled"),
        ("P5", "authority_settled"),
        ("P5", "same_household_parent_child"),
        ("R1", "other_document_accepted"),
        ("R1", "other_visitor_document_accepted"),
        ("P5", "other_visitor_document_accepted"),
        ("R1", "corporate_guardian"),
        ("P5", "corporate_guardian"),
        ("R2", "cannot_write"),
        ("P1", "cannot_write"),
        ("R3", "cannot_write"),
        ("R1", "notice_settled"),
        ("R1", "notice_not_sealed"),
        ("R1", "facility_staff"),
        ("R1", "photo_on_document"),
        ("R1", "no_old_card"),
        ("R1", "age_settled"),
    ],
)
def test_a_fact_without_effect_is_said(recipient: str, facts: str) -> None:
    """Whoever settles something that changes nothing is told, complete or not, and nobody is asked to check it."""
    born = "2016-05-01" if recipient in {"R2", "P1"} else "1960-05-01"
    papers = "notice ininjo koseki touki_seinen_kouken shindansho"
    plain = judged_by(RULES, DAY, recipient, "A03 B21", "A03 B20", papers, "", born)
    verdict = judged_by(RULES, DAY, recipient, "A03 B21", "A03 B20", papers, facts, born)
    assert codes(verdict)["fact_without_effect"] == (facts,)
    assert verdict.notes[:-1] == plain.notes
    assert (verdict.complete, verdict.missing) == (plain.complete, plain.missing)
    assert "fact_without_effect" not in codes(plain)


@pytest.mark.parametrize(
    ("recipient", "applicant", "visitor", "papers", "facts"),
    [
        ("R3", "A03", "A03", "notice touki_seinen_kouken hojin_touki hojin_shokuin", "corporate_guardian"),
        ("R3", "A03", "A03", "touki_seinen_kouken", "notice_settled"),
        ("R1", "A03", "", "notice old_card", "renewal"),
        ("R1", "A03", "", "notice", "renewal no_old_card"),
        ("R1", "A03", "", "notice", "renewal old_card_forgotten"),
        ("R1", "A03", "", "notice", "cannot_write"),
        ("P5", "A03 B21", "A03 B20", "notice ininjo shindansho", "cannot_write"),
        ("R1", "B20 BX", "", "notice", "other_document_accepted"),
        ("P6", "A03 B21", "A03 B20", "notice ininjo nyusho_shomei facility_staff_id", "facility_staff"),
        ("R2", "A05", "A03", "notice", "same_household_parent_child honseki_in_ward"),
        ("R1", "A03", "", "notice", "cannot_return_today"),
        ("P5", "A03 B21", "A03 B20", "notice ininjo shindansho", "face_auth_card notice_not_sealed"),
    ],
)
def test_a_fact_that_did_something_is_not_called_idle(
    recipient: str, applicant: str, visitor: str, papers: str, facts: str
) -> None:
    """Also where the paper that a fact asks for is there, and where two facts lead to the same."""
    verdict = judged_by(RULES, DAY, recipient, applicant, visitor, papers, facts)
    assert "fact_without_effect" not in codes(verdict)


def test_the_ward_is_not_asked_about_a_fact_that_does_nothing() -> None:
    """Also where nobody has read the fact in a source, and something else of the visit is to be asked about."""
    facts = dict(RULES.fact_table)
    facts["photo_on_document"] = replace(facts["photo_on_document"], evidence=Evidence.MEMORY)
    unread = replace(RULES, fact_table=MappingProxyType(facts))
    for applicant, asked in (("A13", ("A13",)), ("A03", None)):
        notes = codes(
            judged_by(unread, DAY, "R1", applicant, "", "notice", "photo_on_document", "1990-01-31")
        )
        assert notes["fact_without_effect"] == ("photo_on_document",)
        assert notes.get("check_ward_practice") == asked


def test_contradicting_facts_are_no_papers() -> None:
    """In the shortest form what has to be settled comes first, as a sentence, and is not listed as something to bring."""
    verdict = judged_by(RULES, DAY, "R1", "B20", "", "notice", "renewal reissue", "1990-01-31")
    said = missing_parts(verdict.missing, JAPANESE, alone=True)
    assert said[0] == (
        "\u540c\u6642\u306b\u306f\u6210\u308a\u7acb\u3061\u307e\u305b\u3093\u3002\u3069\u3061\u3089\u304c\u6b63\u3057\u3044\u304b\u78ba\u304b\u3081\u3066\u304f\u3060\u3055\u3044："
        + "、".join(JAPANESE.text(f"fact.{code}") for code in ("renewal", "reissue"))
    )
    assert said[1:] == ("あと1点：B欄の書類、またはA欄の書類",)
    unclear = judged_by(RULES, DAY, "R1", "B20", "", "notice", "", "2011")
    assert missing_in_short(unclear.missing, JAPANESE, alone=True).startswith(
        JAPANESE.text("missing.birth_date")
    )


@pytest.mark.parametrize("flaws", ["", ":old_name", ":expired", ":old_name:expired"])
def test_a_notification_card_is_collected_whatever_is_wrong_with_it(flaws: str) -> None:
    """通知カード返納 does not depend on whether the card counts: an old name on it is the usual case."""
    verdict = judged_by(RULES, DAY, "R1-NL", f"A03 TN{flaws}", "", "", "", "1990-01-31")
    notes = codes(verdict)
    assert notes["tn_return_card_only"] == ("TN",)
    assert ("shown_old_name" in notes or "shown_expired" in notes) == bool(flaws)
    licence = judged_by(RULES, DAY, "R1", "A04:expired", "", "notice", "", "1990-01-31")
    assert "issued_from_2012_04" not in codes(licence)


@pytest.mark.parametrize(
    ("recipient", "papers", "useless"),
    [
        ("R1", "shokaisho", True),
        ("R3", "shokaisho touki_seinen_kouken", True),
        ("R1-NL", "shokaisho", True),
        ("R2", "shokaisho koseki", True),
        ("R1", "shokaisho notice", False),
        ("P8", "shokaisho ininjo kaigo_hihokensha_valid", False),
        ("P2", "shokaisho touki_seinen_kouken", False),
        ("R1", "", False),
    ],
)
def test_a_form_that_replaces_no_notice_here_is_said(recipient: str, papers: str, useless: bool) -> None:
    """照会書 goes to proxies: who brings it in person is told that it does not stand in for the notice, which is missing."""
    born = "2016-05-01" if recipient == "R2" else "1950-05-01"
    verdict = judged_by(RULES, DAY, recipient, "A03 B21", "A03 B20", papers, "", born)
    assert ("paper_not_for_notice" in codes(verdict)) is useless
    if recipient in {"R1", "R3"} and "notice" not in papers:
        assert "notice" in {one.what for one in verdict.missing}


def test_the_old_card_is_asked_for_once() -> None:
    """At a renewal without it: one sentence asks for it, another says what becomes of it; who forgot it has not lost it."""
    verdict = judged_by(RULES, DAY, "R1", "A03", "", "notice", "renewal", "1990-01-31")
    assert [missing_text(one, JAPANESE) for one in verdict.missing] == [
        "現在のマイナンバーカードも必要です（現在のマイナンバーカードを紛失した場合を除きます）"
    ]
    assert codes(verdict).keys() == {"old_card_not_there"}
    assert step_text(verdict.next_step, JAPANESE) == "足りないものをご用意のうえ、あらためてご予約ください。"
    forgot = judged_by(RULES, DAY, "R1", "A03", "", "notice", "renewal old_card_forgotten", "1990-01-31")
    assert [missing_text(one, JAPANESE) for one in forgot.missing] == ["現在のマイナンバーカードも必要です"]
    assert codes(forgot).keys() == {"old_card_forgotten"}
    there = judged_by(RULES, DAY, "R1", "A01:expired", "", "notice", "renewal", "1990-01-31")
    assert codes(there).keys() == {"expired_card_ok_at_renewal", "collect_old_card"}
    one = judged_by(RULES, DAY, "P4", "A03 B21", "A03 B20", "notice ininjo", "", "1940-01-31")
    assert [missing_text(item, JAPANESE) for item in one.missing] == [
        "来庁が困難であることがわかる書類が必要です：委任状の余白にある、外出が困難である旨の記載"
    ]


def test_a_birth_date_that_decides_nothing_is_said_once() -> None:
    """Every possible day was considered, or it cannot be told: never both."""
    assert codes(
        judge(RULES, Visit.of("R1", DAY, born=BirthDate(2011), applicant=["A03"], papers=["notice"]))
    ).keys() == {"age_unclear"}


def test_the_table_of_visits_is_read_as_the_command_reads_it() -> None:
    """The rows are the command's own arguments."""
    assert isinstance(command, click.Command)
    assert len(TABLES) >= 144
