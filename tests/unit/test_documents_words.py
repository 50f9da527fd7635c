"""Words of the required documents: every code has a name in every language, and the product claims no more than it does."""

import string
from collections.abc import Iterable
from pathlib import Path

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents.judging.checklist import judge
from backend.documents.model.missing import NextStep
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.visit import Missing, Note, Visit
from backend.documents.saying.verdict_words import (
    either,
    fee_text,
    missing_in_short,
    missing_text,
    name_of,
    note_text,
    shown_name,
)
from tests.catalogue_support import own_keys
from tests.shipped_rules import BOOK, DAY

ENGINE_NOTES = (
    "never_accepted",
    "card_expired",
    "card_expires_soon",
    "stopped",
    "fact_not_yet",
    "age_unclear",
    "age_not_checked",
    "birth_date_incomplete",
    "birth_date_impossible",
    "guardian_needed",
    "authority_waived",
    "judged_without_notice",
    "visitor_documents_not_needed",
    "document_expired",
    "document_not_yet",
    "document_not_adopted",
    "document_not_for_person",
    "document_not_for_type",
    "document_needs_staff",
    "document_not_for_age",
    "document_not_there",
    "document_proves_nothing",
    "copy_will_do",
    "photo_certificate_variant",
    "certificate_age",
    "paper_not_for_notice",
    "fact_without_effect",
    "check_ward_practice",
)
"""Notes that come from judging and not from a rule file."""


def keys_needed() -> set[str]:
    """Every key that the shipped rule sets and the engine may ask for."""
    keys = {f"note.{code}" for code in ENGINE_NOTES} | {f"next.{step}" for step in NextStep}
    for rules in BOOK.rule_sets():
        tables: list[tuple[str, Iterable[str]]] = [
            ("document", rules.document_table),
            ("paper", rules.paper_table),
            ("fact", rules.fact_table),
            ("combination", rules.combination_table),
            ("recipient", rules.recipient_table),
            ("policy", rules.policy_table),
            ("return", rules.returns_if_held),
            ("fee", rules.fees_yen),
            ("document_check", rules.document_checks),
        ]
        keys |= {f"{kind}.{code}" for kind, table in tables for code in table}
        noted: list[NoteRule] = []
        for notes in (
            *(document.notes for document in rules.documents()),
            *(recipient.notes for recipient in rules.recipient_types()),
            *(fact.notes for fact in rules.fact_table.values()),
        ):
            noted.extend(notes)
        keys |= {f"note.{note.code}" for note in noted} | {f"note.{card.note}" for card in rules.one_card}
        for recipient in rules.recipient_types():
            keys |= {f"reason.{reason}" for reason in recipient.reasons} | {f"visit.{recipient.visit}"}
            keys |= {f"note.{age.note}" for age in recipient.ages} | {f"note.{recipient.why}"}
        keys |= {f"question.{question}" for question in rules.questions}
        for question in rules.questions.values():
            kind = "reason" if question.code == "reason" else f"option.{question.code}"
            keys |= {f"{kind}.{option}" for option in question.options}
        keys |= {f"note.{row.refuse}" for row in rules.guide.values() if row.refuse is not None}
    return keys


@pytest.mark.parametrize("language", list(Language))
def test_every_code_has_words_in_every_language(language: Language) -> None:
    """No clerk and no visitor meets a bare code, and no language lacks a sentence that another has."""
    own = own_keys(Catalogue("documents", language))
    assert keys_needed() <= own
    assert own == Catalogue("documents").keys()


@pytest.mark.parametrize("language", list(Language))
def test_every_language_fills_the_same_places(language: Language) -> None:
    """A translated sentence never loses, or invents, a place to fill in."""
    source, other = Catalogue("documents"), Catalogue("documents", language)

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for key in sorted(source.keys()):
        assert places(source.text(key)) == places(other.text(key)), key


def test_nothing_claims_to_verify_identity() -> None:
    """本人確認 belongs to ward staff: the words, the rules and the pages of this room never claim it."""
    places = [*locate("texts", "documents").glob("*.toml"), *locate("rules").rglob("*.yaml")]
    assert len(places) >= 11
    for file in places:
        assert "本人確認" not in file.read_text(encoding="utf-8"), file.name


def test_sentence_of_what_is_missing_is_short() -> None:
    """「あと1点：…」: the clerk reads one line."""
    rules, texts = BOOK.on(DAY), Catalogue("documents")
    verdict = judge(rules, Visit.of("R1", DAY, applicant=["B21"]))
    assert [missing_text(missing, texts) for missing in verdict.missing] == [
        "交付通知書（はがき）が必要です",
        "本人の書類が足りません：A欄またはB欄1点",
    ]
    child = judge(rules, Visit.of("R2", DAY, applicant=["A05"], visitor=["A03"], papers=["notice"]))
    assert [missing_text(missing, texts) for missing in child.missing] == [
        "代理権を確かめる書類が必要です：戸籍全部事項証明書（同一世帯の親子である、または本籍が区内にある場合は不要）"
    ]


def test_notes_carry_names_and_fees() -> None:
    """A note names what it is about, and the fee is that of the rule set."""
    rules, english = BOOK.on(DAY), Catalogue("documents", Language.ENGLISH)
    assert "Passport" in note_text(Note("document_expired", ("A05",)), rules, english)
    assert "800 yen" in note_text(Note("fee_reissue"), rules, english)
    assert fee_text("express_lost_card", rules, english).endswith("1,800 yen")


def test_code_of_a_ward_without_words_is_shown_as_it_is(tmp_path: Path) -> None:
    """A ward may add a document to its rules before anybody has named it: nothing breaks."""
    rules, texts = BOOK.on(DAY), Catalogue("documents")
    assert name_of("document", "B99", texts) == "B99"
    assert note_text(Note("ward_note", ("B99",)), rules, texts) == "ward_note B99"


def test_a_document_is_named_as_it_was_shown() -> None:
    """Its name alone, or with each of its flaws."""
    texts = Catalogue("documents")
    assert shown_name("A03", texts) == "運転免許証"
    flawed = shown_name("A03:expired:old_name", texts)
    assert flawed.startswith("運転免許証")
    assert name_of("flaw", "expired", texts) in flawed
    assert name_of("flaw", "old_name", texts) in flawed
    assert flawed != shown_name("A03:expired", texts)


def test_a_way_of_two_kinds_names_both() -> None:
    """One of list A and one of list B: the clerk never asks for the first alone."""
    rules, texts = BOOK.on(DAY), Catalogue("documents")
    verdict = judge(
        rules, Visit.of("P5", DAY, visitor=["A03", "B20"], papers=["notice", "ininjo", "shindansho"])
    )
    (missing,) = verdict.missing
    assert {(lack.a, lack.total) for lack in missing.add} == {(1, 2), (0, 3)}
    said = missing_in_short(verdict.missing, texts, alone=False)
    for lack in missing.add:
        for key, count in (("add.A", lack.kinds[0]), ("add.photo", lack.kinds[1])):
            assert not count or texts.text(key, count=count) in said


@pytest.mark.parametrize("language", list(Language))
def test_a_choice_among_many_says_or_once(language: Language) -> None:
    """A proof out of six is read as a row of six, not as six times "or"."""
    texts = Catalogue("documents", language)
    many = [
        Missing("proof", row.proof_any(rules.policies))
        for rules in BOOK.rule_sets()
        for row in rules.recipient_types()
        if len(row.proof_any(rules.policies)) > 2
    ]
    assert many
    for missing in many:
        said = missing_in_short([missing], texts, alone=False)
        names = texts.text("list.item").join(name_of("paper", code, texts) for code in missing.need)
        assert said == texts.text("short.one_of", names=names)
        assert texts.text("list.or") not in said


@pytest.mark.parametrize(
    ("names", "said"), [("", ""), ("A", "A"), ("AB", "A、またはB"), ("ABCD", "A、B、C、またはD")]
)
def test_or_stands_before_the_last_alternative(names: str, said: str) -> None:
    """Protects every joint of alternatives: ways, facts and papers are listed, with one "or"."""
    assert either(names, Catalogue("documents")) == said
