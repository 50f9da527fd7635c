"""From a rule file to a rule set: the schema, and the checks that every code named in it exists.

The format is described in ``docs/document-rules-format.md``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from backend.documents.recipient_reader import read_recipients
from backend.documents.rule_check import check_rule_set
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
    valid_until = root.read("valid_until", Place.day)
    if valid_until is not None and valid_until < valid_from:
        raise root["valid_until"].error("the rules end before they begin")
    rule_set = RuleSet(
        name=root["name"].text(),
        valid_from=valid_from,
        valid_until=valid_until,
        document_table=_table(root["documents"], _document),
        paper_table=_table(root["papers"], _paper),
        fact_table=_table(root["facts"], _fact),
        combination_table=_table(root["combinations"], _combination),
        recipient_table=read_recipients(root["recipients"], root.get("templates")),
        policy_table=_table(root["policies"], _policy),
        source_table=_table(root["sources"], _source),
        returns_if_held=root.read("returns_if_held", Place.codes) or (),
        fees_yen=root.read("fees_yen", _fees) or MappingProxyType({}),
        document_checks=root.read("document_checks", Place.codes) or (),
        one_card=root.read("one_card", lambda place: tuple(_one_card(item) for item in place.items())) or (),
    )
    check_rule_set(rule_set, root.entries)
    return rule_set


def _table(place: Place, read: Callable[[Place], Value]) -> Mapping[str, Value]:
    """A section whose keys are codes."""
    return MappingProxyType({entry.key_code(): read(entry) for entry in place.entries().values()})


def _source(place: Place) -> Source:
    """One source."""
    record = place.record(required=("title",), optional=("url",))
    return Source(place.key_code(), record["title"].text(), record.read("url", Place.text))


def _combination(place: Place) -> Combination:
    """One combination; documents of class A and with a photo are among the total."""
    record = place.record(optional=("A", "any", "photo", "TN"))
    a, total, photo, tn = (record.read(key, Place.whole) or 0 for key in ("A", "any", "photo", "TN"))
    if not max(a, total, photo):
        raise place.error("a combination asks for at least one document")
    return Combination(place.key_code(), a=a, total=max(a, total, photo), photo=photo, tn=tn)


def _paper(place: Place) -> Paper:
    """One paper."""
    record = place.record(optional=("counts_as", "certificate", "copy_allowed"))
    return Paper(
        place.key_code(),
        counts_as=record.read("counts_as", Place.code),
        certificate=record.read("certificate", Place.yes) or False,
        copy_allowed=record.read("copy_allowed", Place.yes) or False,
    )


def _fact(place: Place) -> Fact:
    """One fact."""
    record = place.record(optional=("common", "not_with", "notes"))
    return Fact(
        place.key_code(),
        common=record.read("common", Place.yes) or False,
        not_with=frozenset(record.read("not_with", Place.codes) or ()),
        notes=record.read("notes", read_notes) or (),
    )


def _document(place: Place) -> Document:
    """One document."""
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
        sources=record.read("sources", Place.codes) or (),
        person=record.read("person", lambda one: one.choice(Person)),
        recipients=frozenset(record.read("recipients", Place.codes) or ()),
        valid_from=record.read("valid_from", Place.day),
        valid_until=record.read("valid_until", Place.day),
        policy=record.read("policy", Place.code),
        proves=record.read("proves", Place.codes) or (),
        same_card_as=frozenset(record.read("same_card_as", Place.codes) or ()),
        notes=record.read("notes", read_notes) or (),
    )


def _policy_value(place: Place, kind: PolicyKind) -> PolicyValue:
    """A value of a policy's kind."""
    if kind is PolicyKind.YES_NO:
        return place.yes()
    if kind is PolicyKind.MONTHS:
        return place.whole()
    return place.codes()


def _policy(place: Place) -> Policy:
    """One policy."""
    record = place.record(required=("kind", "ward"), optional=("check", "seen"))
    kind = record["kind"].choice(PolicyKind)

    def seen(one: Place) -> SeenValue:
        fields = one.record(required=("where", "value", "evidence"), optional=("sources",))
        return SeenValue(
            where=fields["where"].text(),
            value=_policy_value(fields["value"], kind),
            evidence=fields["evidence"].choice(Evidence),
            sources=fields.read("sources", Place.codes) or (),
        )

    return Policy(
        code=place.key_code(),
        kind=kind,
        ward=_policy_value(record["ward"], kind),
        check="check" not in record.entries or record["check"].yes(),
        seen=record.read("seen", lambda list_: tuple(seen(one) for one in list_.items())) or (),
    )


def _fees(place: Place) -> Mapping[str, int]:
    """Amounts in yen, by code."""
    return MappingProxyType({entry.key_code(): entry.whole() for entry in place.entries().values()})


def _one_card(place: Place) -> OneCard:
    """Documents that may be one card."""
    record = place.record(required=("documents", "note"), optional=("since",))
    return OneCard(
        documents=frozenset(record["documents"].codes()),
        since=record.read("since", Place.day),
        note=record["note"].code(),
    )
