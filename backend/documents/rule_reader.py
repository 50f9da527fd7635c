"""From a rule file to a rule set: the schema, and the checks that every code named in it exists.

The format is described in ``docs/document-rules-format.md``.
"""

from collections.abc import Callable, Container, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from backend.documents.recipient_reader import read_recipients
from backend.documents.rule_file import Place
from backend.documents.rule_notes import read_notes
from backend.documents.rule_set import RuleSet
from backend.documents.rules import (
    Combination,
    Document,
    DocumentClass,
    Evidence,
    Fact,
    OneCard,
    Paper,
    Person,
    Photo,
    Policy,
    PolicyKind,
    PolicyValue,
    RecipientType,
    SeenValue,
    Source,
)

FORMAT = 1
_SECTIONS = (
    "format", "name", "valid_from", "sources", "policies", "combinations", "facts", "papers", "documents", "recipients",
)  # fmt: skip
_MORE_SECTIONS = ("valid_until", "returns_if_held", "fees_yen", "document_checks", "one_card", "templates")

Value = TypeVar("Value")


def read_rule_set(file: Path) -> RuleSet:
    """Read one rule file.

    Raises:
        RuleFileError: the file is not a rule file; the message names the file and the line.
    """
    root = Place.of_file(file).record(required=_SECTIONS, optional=_MORE_SECTIONS)
    if root["format"].whole() != FORMAT:
        raise root["format"].error(f"this product reads format {FORMAT}")
    valid_from = root["valid_from"].day()
    valid_until = root.read("valid_until", Place.day, None)
    if valid_until is not None and valid_until < valid_from:
        raise root["valid_until"].error("the rules end before they begin")

    combinations = _table(root["combinations"], _combination)
    recipients = read_recipients(root["recipients"], root.get("templates"))
    rule_set = RuleSet(
        name=root["name"].text(),
        valid_from=valid_from,
        valid_until=valid_until,
        document_table=_table(root["documents"], _document),
        paper_table=_table(root["papers"], _paper),
        fact_table=_table(root["facts"], _fact),
        combination_table=combinations,
        recipient_table=recipients,
        policy_table=_table(root["policies"], _policy),
        source_table=_table(root["sources"], _source),
        returns_if_held=root.read("returns_if_held", Place.codes, ()),
        fees_yen=root.read("fees_yen", _fees, {}),
        document_checks=root.read("document_checks", Place.codes, ()),
        one_card=root.read("one_card", lambda place: tuple(_one_card(item) for item in place.items()), ()),
    )
    _check_names(rule_set, root["recipients"], root["documents"], root["policies"])
    return _check_codes(rule_set, root.entries)


def _table(place: Place, read: Callable[[Place], Value]) -> Mapping[str, Value]:
    """A section whose keys are codes."""
    return MappingProxyType({entry.key_code(): read(entry) for entry in place.entries().values()})


def _source(place: Place) -> Source:
    record = place.record(required=("title",), optional=("url",))
    return Source(place.key_code(), record["title"].text(), record.read("url", Place.text, None))


def _combination(place: Place) -> Combination:
    record = place.record(optional=("A", "any", "photo", "TN"))
    a, total, photo, tn = (record.read(key, Place.whole, 0) for key in ("A", "any", "photo", "TN"))
    if not max(a, total, photo):
        raise place.error("a combination asks for at least one document")
    return Combination(place.key_code(), a=a, total=max(a, total, photo), photo=photo, tn=tn)


def _paper(place: Place) -> Paper:
    record = place.record(optional=("counts_as", "certificate", "copy_allowed"))
    return Paper(
        place.key_code(),
        counts_as=record.read("counts_as", Place.code, None),
        certificate=record.read("certificate", Place.yes, False),
        copy_allowed=record.read("copy_allowed", Place.yes, False),
    )


def _fact(place: Place) -> Fact:
    record = place.record(optional=("common", "not_with", "notes"))
    return Fact(
        place.key_code(),
        common=record.read("common", Place.yes, False),
        not_with=frozenset(record.read("not_with", Place.codes, ())),
        notes=record.read("notes", read_notes, ()),
    )


def _document(place: Place) -> Document:
    record = place.record(
        required=("class", "photo", "evidence"),
        optional=(
            "sources", "person", "recipients", "valid_from", "valid_until", "policy", "proves", "same_card_as", "notes",
        ),
    )  # fmt: skip
    return Document(
        code=place.key_code(),
        kind=record["class"].choice(DocumentClass),
        photo=record["photo"].choice(Photo),
        evidence=record["evidence"].choice(Evidence),
        sources=record.read("sources", Place.codes, ()),
        person=record.read("person", lambda one: one.choice(Person), None),
        recipients=frozenset(record.read("recipients", Place.codes, ())),
        valid_from=record.read("valid_from", Place.day, None),
        valid_until=record.read("valid_until", Place.day, None),
        policy=record.read("policy", Place.code, None),
        proves=record.read("proves", Place.codes, ()),
        same_card_as=frozenset(record.read("same_card_as", Place.codes, ())),
        notes=record.read("notes", read_notes, ()),
    )


def _policy_value(place: Place, kind: PolicyKind) -> PolicyValue:
    if kind is PolicyKind.YES_NO:
        return place.yes()
    if kind is PolicyKind.MONTHS:
        return place.whole()
    return place.codes()


def _policy(place: Place) -> Policy:
    record = place.record(required=("kind", "ward"), optional=("seen",))
    kind = record["kind"].choice(PolicyKind)

    def seen(one: Place) -> SeenValue:
        fields = one.record(required=("where", "value", "evidence"), optional=("sources",))
        return SeenValue(
            where=fields["where"].text(),
            value=_policy_value(fields["value"], kind),
            evidence=fields["evidence"].choice(Evidence),
            sources=fields.read("sources", Place.codes, ()),
        )

    return Policy(
        code=place.key_code(),
        kind=kind,
        ward=_policy_value(record["ward"], kind),
        seen=record.read("seen", lambda list_: tuple(seen(one) for one in list_.items()), ()),
    )


def _fees(place: Place) -> Mapping[str, int]:
    return MappingProxyType({entry.key_code(): entry.whole() for entry in place.entries().values()})


def _one_card(place: Place) -> OneCard:
    record = place.record(required=("documents", "note"), optional=("since",))
    return OneCard(
        documents=frozenset(record["documents"].codes()),
        since=record.read("since", Place.day, None),
        note=record["note"].code(),
    )


def _check_names(rule_set: RuleSet, recipients: Place, documents: Place, policies: Place) -> None:
    """Names that must not collide, and what a section must not lack."""
    for place, table in (
        (recipients, rule_set.recipient_table),
        (documents, rule_set.document_table),
    ):
        if not table:
            raise place.error("this section is empty")
    names = list(rule_set.recipient_table)
    names += [alias for one in rule_set.recipient_table.values() for alias in one.aliases]
    if len(set(names)) != len(names):
        raise recipients.error("an alias is also the code or alias of another recipient type")
    for policy in rule_set.policy_table.values():
        if policy.kind is PolicyKind.COMBINATIONS and not policy.ward:
            raise policies.entries()[policy.code].error("a list of combinations must not be empty")


def _check_codes(rule_set: RuleSet, sections: Mapping[str, Place]) -> RuleSet:
    """Every code that a rule names must exist."""

    def require(
        section: str,
        entry: str,
        field: str,
        codes: tuple[str | None, ...] | frozenset[str],
        known: Container[str],
    ) -> None:
        for code in codes:
            if code is not None and code not in known:
                place = sections[section].entries().get(entry) or sections[section]
                raise place.error(f"{field} names '{code}', which is not defined in this file")

    facts, papers, documents = rule_set.fact_table, rule_set.paper_table, rule_set.document_table
    combinations, recipients = rule_set.combination_table, rule_set.recipient_table
    policies, sources = rule_set.policy_table, rule_set.source_table
    yes_no = {code for code, one in policies.items() if one.kind is PolicyKind.YES_NO}
    lists = {code for code, one in policies.items() if one.kind is PolicyKind.COMBINATIONS}

    for policy in policies.values():
        for value in (policy.ward, *(seen.value for seen in policy.seen)):
            if isinstance(value, tuple):
                require("policies", policy.code, "a value", value, combinations)
        for seen in policy.seen:
            require("policies", policy.code, "sources", seen.sources, sources)
    for fact in facts.values():
        require("facts", fact.code, "not_with", fact.not_with, facts)
    for paper in papers.values():
        require("papers", paper.code, "counts_as", (paper.counts_as,), documents)
    for one in documents.values():
        require("documents", one.code, "sources", one.sources, sources)
        require("documents", one.code, "recipients", one.recipients, recipients)
        require("documents", one.code, "policy", (one.policy,), yes_no)
        require("documents", one.code, "proves", one.proves, papers)
        require("documents", one.code, "same_card_as", one.same_card_as, documents)
    for recipient in recipients.values():
        _check_recipient(rule_set, recipient, require, yes_no, lists)
    for section, noted in (("facts", facts), ("documents", documents), ("recipients", recipients)):
        for code, item in noted.items():
            for note in item.notes:  # type: ignore[attr-defined]  # the three kinds all have notes
                require(section, code, "notes", (note.if_fact, note.unless_fact), facts)
                require(section, code, "notes", (note.if_paper, note.unless_paper), papers)
    for card in rule_set.one_card:
        require("one_card", "", "documents", card.documents, documents)
    return rule_set


def _check_recipient(
    rule_set: RuleSet,
    recipient: RecipientType,
    require: Callable[..., None],
    yes_no: Container[str],
    lists: Container[str],
) -> None:
    """Every code that one row of the decision table names must exist."""
    code = recipient.code
    for field, choice in (("applicant", recipient.applicant), ("visitor", recipient.visitor)):
        require("recipients", code, field, (choice.policy,), lists)
        for use in choice.uses:
            require("recipients", code, field, (use.code,), rule_set.combination_table)
            require("recipients", code, field, (use.if_policy, use.unless_policy), yes_no)
    require("recipients", code, "sources", recipient.sources, rule_set.source_table)
    require("recipients", code, "notice_unless", (recipient.notice_unless,), yes_no)
    papers = recipient.authority + recipient.proof_any + recipient.optional
    require("recipients", code, "papers", papers, rule_set.paper_table)
    if recipient.notice is not None:
        require("recipients", code, "notice", ("notice",), rule_set.paper_table)
    require("recipients", code, "waive_if", recipient.waive_if, rule_set.fact_table)
    require("recipients", code, "not_for_facts", recipient.not_for_facts, rule_set.fact_table)
    for extra in recipient.extras:
        require("recipients", code, "extras", (extra.fact,), rule_set.fact_table)
        require("recipients", code, "extras", (extra.paper,), rule_set.paper_table)
    instead = recipient.instead + (recipient.age.instead if recipient.age else ())
    require("recipients", code, "instead", instead, rule_set.recipient_table)
