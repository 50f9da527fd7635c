"""What a ward's rules would change: each field in words, and each visit that would end differently."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from backend.documents.judging.comparison import RuleChange, changes
from backend.documents.model.age_rules import AgeRule, AgeSpan
from backend.documents.model.cited import Cited
from backend.documents.model.combinations import Combination, CombinationChoice, CombinationUse
from backend.documents.model.document import DocumentClass, Photo
from backend.documents.model.missing import NextStep
from backend.documents.model.own_source import AlsoFor, Although, PhotoFrom
from backend.documents.model.paper_rules import ExtraPaper
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.policy import Evidence
from backend.documents.model.recipient import NoticeNeed, Pins
from backend.documents.model.rule_set import RuleSet
from tests.documents_support import with_policies
from tests.shipped_rules import DAY, RULES

ROWS = ("R1", "R1-NL", "P5", "X1")
FEW = replace(
    RULES,
    recipient_table=MappingProxyType({code: RULES.recipient_table[code] for code in ROWS}),
    guide=MappingProxyType({"self_notice": RULES.guide["self_notice"]}),
)
"""The shipped rules with a few types of recipients, so that few visits are judged."""


def with_table(rules: RuleSet, table: str, entries: Mapping[str, Any]) -> RuleSet:
    """The rules with another table."""
    changed: dict[str, Any] = {table: MappingProxyType(entries)}
    return replace(rules, **changed)


def altered(rules: RuleSet, table: str, code: str, **fields: Any) -> RuleSet:
    """The rules with other fields in one entry of a table."""
    entries = dict(getattr(rules, table))
    entries[code] = replace(entries[code], **fields)
    return with_table(rules, table, entries)


def without(rules: RuleSet, table: str, code: str) -> RuleSet:
    """The rules without one entry of a table."""
    entries = {key: one for key, one in getattr(rules, table).items() if key != code}
    return with_table(rules, table, entries)


def rules_changed(before: RuleSet, after: RuleSet) -> list[RuleChange]:
    """The rules that differ, without the outcomes."""
    return [one for one in changes(before, after, DAY) if one.kind != "outcome"]


def outcomes(before: RuleSet, after: RuleSet, *, on: date = DAY) -> list[tuple[str, str, str]]:
    """The visits that end differently, each with what is shown and how it ends."""
    return [
        (f"{one.code} {one.field}", " ".join(one.shown), f"{one.before} -> {one.after}")
        for one in changes(before, after, on)
        if one.kind == "outcome"
    ]


CASES: list[tuple[str, str, str, Mapping[str, Any], Mapping[str, tuple[str, str]]]] = [
    (
        "paper",
        "paper_table",
        "notice",
        {"counts_as": "A03", "copy_allowed": True, "meant_for": {"R1", "P5"}, "age_policy": "receipt_max_age_months"},
        {
            "counts as": ("paper", "A03"),
            "a copy will do": ("no", "yes"),
            "made out for": ("all", "P5 or R1"),
            "age by": ("none", "receipt_max_age_months"),
        },
    ),
    (
        "fact",
        "fact_table",
        "renewal",
        {"stops": NextStep.RESEAL, "not_with": frozenset(), "extra": None, "no_seal": True},
        {
            "stops": ("no", "reseal"),
            "not with": ("reissue or reissue_damaged", "none"),
            "asks for": ("old_card where renewal unless no_old_card", "none"),
            "no seal": ("no", "yes"),
        },
    ),
    (
        "fact",
        "fact_table",
        "old_card_forgotten",
        {"extra": ExtraPaper("old_card_forgotten", "koseki", ("reissue", "renewal"))},
        {"asks for": ("old_card where old_card_forgotten", "koseki where old_card_forgotten unless reissue or renewal")},
    ),
    (
        "document",
        "document_table",
        "A03",
        {
            "kind": DocumentClass.B,
            "photo": Photo.NEVER,
            "person": Person.APPLICANT,
            "recipients": frozenset({"R1", "P5"}),
            "valid_from": date(2027, 1, 1),
            "valid_until": date(2028, 1, 1),
            "proves": ("koseki", "touki"),
            "hands_in": ("old_card",),
            "needs_fact": {Person.APPLICANT: "other_document_accepted"},
            "counts_although": {"expired": Although("renewal", Evidence.MEMORY)},
            "not_with_facts": frozenset({"renewal", "reissue"}),
            "holder_below": 5,
            "photo_from": PhotoFrom(16, Evidence.MEMORY),
            "also_for": AlsoFor(
                "passbook_is_B", Evidence.MEMORY, applicant=frozenset({"R1"}), visitor=frozenset({"P1", "R2"}), holder_below=65
            ),
        },
        {
            "list": ("A", "B"),
            "photo": ("always", "never"),
            "counts for": ("everybody", "applicant"),
            "types": ("all", "P5 or R1"),
            "also for": ("nobody", "applicant below 65 of R1, visitor of P1 or R2"),
            "from": ("any day", "2027-01-01"),
            "until": ("any day", "2028-01-01"),
            "proves": ("none", "koseki or touki"),
            "handed in as": ("none", "old_card"),
            "staff say": ("none", "other_document_accepted"),
            "counts although": ("none", "expired with renewal"),
            "not there with": ("none", "reissue or renewal"),
            "holder below": ("any age", "5"),
            "with a photo from": ("any age", "16"),
        },
    ),
    ("document", "document_table", "A03", {"person": Person.VISITOR}, {"counts for": ("everybody", "visitor")}),
    (
        "recipient",
        "recipient_table",
        "P5",
        {
            "visit": VisitForm.REPRESENTATIVE,
            "applicant": CombinationChoice((CombinationUse("A1"), CombinationUse("B3", "passbook_is_B"))),
            "visitor": CombinationChoice((CombinationUse("A1", None, "passbook_is_B"), CombinationUse("B2"))),
            "notice": NoticeNeed.LOST,
            "notice_waive_if": ("notice_settled",),
            "notice_or": (),
            "no_notice": "R1-NL",
            "authority": ("koseki", "touki"),
            "waive_if": ("honseki_in_ward",),
            "proofs": (),
            "extras": (ExtraPaper("renewal", "koseki"), ExtraPaper("reissue", "touki")),
            "ages": (AgeRule("not_under_15", AgeSpan(preschool=True)),),
            "not_for_facts": ("sub_agent", "adult_ward"),
            "instead": ("R1",),
            "pins": Pins.ALL,
            "then": {"notice": (NextStep.RESEND_NOTICE, NextStep.FETCH_TODAY)},
        },
        {
            "who comes": ("agent", "representative"),
            "applicant's documents": ("A2 or A1B1 or B3p", "A1 or B3"),
            "visitor's documents": ("A2 or A1B1", "B2"),
            "notice": ("required", "not required"),
            "notice not needed where": ("none", "notice_settled"),
            "instead of the notice": ("shokaisho", "none"),
            "without the notice": ("another type", "R1-NL"),
            "authority": ("ininjo", "koseki and touki"),
            "authority not needed where": ("none", "honseki_in_ward"),
            "proof": (
                "shindansho or nyuin_keikakusho or nyuin_shomei or ryoshusho or shinryo_meisaisho or bp_facility",
                "none",
            ),
            "extras": ("none", "koseki where renewal or touki where reissue"),
            "age": ("at_least: 15", "preschool"),
            "not for": ("adult_ward", "sub_agent or adult_ward"),
            "instead": ("R3 or P2", "R1"),
            "PINs": ("none", "all"),
            "next where missing": ("none", "notice: resend_notice/fetch_today"),
        },
    ),
    ("recipient", "recipient_table", "R1", {"ages": ()}, {"age": ("at_least: 15", "any")}),
    ("recipient", "recipient_table", "P5", {"visit": VisitForm.NEVER, "pins": Pins.ALL, "instead": ()}, {"allowed": ("yes", "no")}),
    ("combination", "combination_table", "B3p", {"a": 1, "total": 4, "photo": 0, "tn": 2}, {
        "asks for": ("any 3, photo 1", "A 1, any 4, TN 2"),
    }),
    ("fee", "fees", "reissue_card", {"yen": 900}, {"yen": ("800", "900")}),
    ("flaw", "flaw_table", "expired", {"note": "shown_old_name"}, {"note": ("shown_expired", "shown_old_name")}),
    ("question", "guide", "self_notice", {"recipient": None, "refuse": "not_under_15", "instead": ("R2", "P5")}, {
        "leads to": ("R1", "not_under_15 (R2 or P5)"),
    }),
    ("question", "guide", "self_notice", {"when": {"who": ["self", "both"]}}, {
        "when": ("who self or age_15 from_15 or notice here", "who self/both"),
    }),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "table", "code", "fields", "said"), CASES)
def test_every_field_that_differs_is_said_in_words(
    kind: str, table: str, code: str, fields: Mapping[str, Any], said: Mapping[str, tuple[str, str]]
) -> None:
    """Every changed field is reported in words, in both directions, and no other field."""
    other = altered(FEW, table, code, **fields)
    assert rules_changed(FEW, other) == [
        RuleChange(kind, code, field, *words) for field, words in said.items()
    ]
    assert rules_changed(other, FEW) == [
        RuleChange(kind, code, field, after, before) for field, (before, after) in said.items()
    ]


def test_nothing_differs_from_itself() -> None:
    """A file that changes nothing is told so."""
    assert changes(RULES, RULES, DAY) == ()


def test_what_came_or_went_is_one_change_with_all_that_it_said() -> None:
    """An added or removed entry is one change that lists all of its fields."""
    gone = without(FEW, "document_table", "B33")
    for table, code in (
        ("combination_table", "B2np"),
        ("recipient_table", "X1"),
        ("paper_table", "gakuseisho"),
        ("fees", "first"),
        ("flaw_table", "expired"),
        ("returns", "juki_card"),
        ("checks", "original_only"),
    ):
        gone = without(gone, table, code)
    gone = replace(gone, card_expiry=None, one_card=FEW.one_card[1:], examples=FEW.examples[1:])
    lost = {(one.kind, one.code): one.before for one in rules_changed(FEW, gone)}
    assert lost == {
        ("combination", "B2np"): "any 2",
        ("document", "B33"): "B, never, applicant, all, nobody, any day, any day, none, none, none, none, none, 16, A09 or A10 or A13, any age",
        ("recipient", "X1"): lost["recipient", "X1"],
        ("paper", "gakuseisho"): "paper, no, all, none, none",
        ("fee", "first"): "0",
        ("example", "A03"): "yes",
        ("one_card", "A01+A03"): "2025-03-24",
        ("card_expiry", "card"): "30",
        ("flaw", "expired"): "shown_expired",
        ("return", "juki_card"): "yes",
        ("document_check", "original_only"): "yes",
    }  # fmt: skip
    assert lost["recipient", "X1"].startswith("no, never, none, none, not required, ")
    assert all((one.field, one.after) == ("", "") for one in rules_changed(FEW, gone))
    assert {(one.kind, one.code): one.after for one in rules_changed(gone, FEW)} == lost
    assert not [one for one in rules_changed(gone, FEW) if one.before]


def test_a_day_that_is_open_is_said_as_such() -> None:
    """A common card without a first day, a warning of other length, a new thing that is looked at."""
    card = replace(FEW.one_card[0], since=None)
    assert FEW.card_expiry is not None
    after = replace(
        FEW,
        one_card=(card, *FEW.one_card[1:]),
        card_expiry=replace(FEW.card_expiry, warn_days=60),
        checks=MappingProxyType({**FEW.checks, "stamp": Cited("stamp", Evidence.SEED)}),
    )
    assert rules_changed(FEW, after) == [
        RuleChange("one_card", "A01+A03", "since", "2025-03-24", "any day"),
        RuleChange("card_expiry", "card", "days of warning", "30", "60"),
        RuleChange("document_check", "stamp", "", "", "yes"),
    ]


def test_a_policy_is_followed_into_the_rules_that_rest_on_it() -> None:
    """If a policy is changed, every document and type that depends on it is reported."""
    after = with_policies(FEW, {"passbook_is_B": False, "registry_cert_max_age_months": 3})
    after = with_policies(after, {"agent_visitor_id": ("A1", "B2"), "photo_certificate_groups_only": False})
    said = {(one.kind, one.code, one.field): (one.before, one.after) for one in rules_changed(FEW, after)}
    assert said == {
        ("policy", "passbook_is_B", "ward"): ("yes", "no"),
        ("policy", "registry_cert_max_age_months", "ward"): ("0", "3"),
        ("policy", "agent_visitor_id", "ward"): ("A2 or A1B1", "A1 or B2"),
        ("policy", "photo_certificate_groups_only", "ward"): ("yes", "no"),
        ("document", "B27", "list"): ("B", "not counted"),
        ("document", "BP", "types"): ("P5", "all"),
        ("recipient", "P5", "visitor's documents"): ("A2 or A1B1", "A1 or B2"),
    }


def asking(rules: RuleSet, combination: Combination, *rows: str) -> RuleSet:
    """The rules where everybody of some types shows one combination."""
    choice = CombinationChoice((CombinationUse(combination.code),))
    table = {**rules.combination_table, combination.code: combination}
    rules = replace(rules, combination_table=MappingProxyType(table))
    for row in rows:
        rules = altered(rules, "recipient_table", row, applicant=choice, visitor=choice)
    return rules


NOTHING = Combination("Z")
MUCH = Combination("Z", a=9, total=9, tn=1)


def test_visits_with_few_documents_are_judged_by_both() -> None:
    """One and two of list A, one of each, two and three of list B with and without photo, two with the 通知カード."""
    begun, ended = "not complete -> complete", "complete -> not complete"
    who = "R1-NL applicant shows"
    assert outcomes(FEW, asking(FEW, NOTHING, "R1-NL")) == [
        (who, "A01", begun),
        (who, "B19 B20", begun),
        (who, "B19 B20 B29", begun),
        (who, "B19 B20 B21", begun),
        (who, "B19", begun),
    ]
    assert outcomes(FEW, asking(FEW, MUCH, "R1-NL")) == [
        (who, "A01 A03", ended),
        (who, "A01 B19", ended),
        (who, "B19 B20 TN", ended),
    ]
    assert sorted(outcomes(FEW, asking(FEW, NOTHING, "P5"))) == [
        ("P5 applicant shows", "A01", begun),
        ("P5 applicant shows", "B19", begun),
        ("P5 applicant shows", "B19 B20", begun),
        ("P5 applicant shows", "B19 B20 B21", begun),
        ("P5 visitor shows", "A01", begun),
        ("P5 visitor shows", "B19", begun),
        ("P5 visitor shows", "B19 B20", begun),
        ("P5 visitor shows", "B19 B20 B21", begun),
        ("P5 visitor shows", "B19 B20 B29", begun),
    ]
    assert sorted(outcomes(FEW, asking(FEW, MUCH, "P5"))) == [
        ("P5 applicant shows", "A01 A03", ended),
        ("P5 applicant shows", "A01 B19", ended),
        ("P5 applicant shows", "B19 B20 B29", ended),
        ("P5 visitor shows", "A01 A03", ended),
        ("P5 visitor shows", "A01 B19", ended),
    ]


def test_a_type_that_ends_is_an_outcome() -> None:
    """If a type is no longer allowed, that is reported as changed outcomes."""
    after = altered(FEW, "recipient_table", "R1", visit=VisitForm.NEVER, instead=())
    ended = {how for who, _, how in outcomes(FEW, after) if who == "R1 applicant shows"}
    assert ended == {"complete -> not allowed", "not complete -> not allowed"}
    begun = {how for *_, how in outcomes(after, FEW)}
    assert begun == {"not allowed -> complete", "not allowed -> not complete"}


def test_a_document_that_one_of_the_two_does_not_know_is_not_shown() -> None:
    """Example visits use only documents that both rule sets know."""
    moved = altered(FEW, "document_table", "A01", kind=DocumentClass.B, photo=Photo.NEVER)
    assert ("R1 applicant shows", "A01", "complete -> not complete") in outcomes(FEW, moved)
    for one, other in (
        (FEW, without(FEW, "document_table", "B19")),
        (without(FEW, "document_table", "B19"), FEW),
    ):
        assert outcomes(one, other) == []
        assert ("R1-NL applicant shows", "B20 B21", "not complete -> complete") in outcomes(
            without(FEW, "document_table", "B19"), asking(FEW, NOTHING, "R1-NL")
        )
    later = altered(FEW, "document_table", "B19", valid_from=date(2026, 11, 25))
    shown = {what for _, what, _ in outcomes(later, asking(later, NOTHING, "R1-NL"))}
    assert "B20 B21" in shown
    assert "B19 B20" in {what for _, what, _ in outcomes(later, asking(later, NOTHING, "R1-NL"), on=date(2026, 11, 25))}  # fmt: skip


def test_the_order_of_the_documents_changes_no_outcome() -> None:
    """A ward that lists what has ended first compares the same visits: whoever is not asked shows all of list A."""
    rules = FEW
    for code in ("A05", "A06", "A07"):
        rules = altered(rules, "document_table", code, valid_until=date(2020, 1, 1))
    turned = dict(sorted(rules.document_table.items(), key=lambda entry: entry[1].counts_on(DAY)))
    assert not any(one.counts_on(DAY) for one in list(turned.values())[:3])
    here, there = (
        outcomes(one, asking(one, MUCH, "R1-NL", "P5"))
        for one in (rules, replace(rules, document_table=MappingProxyType(turned)))
    )
    assert sorted(here) == sorted(there)
    assert len(here) == 8
