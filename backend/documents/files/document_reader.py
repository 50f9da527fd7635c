"""Reading a document of a rule file: its list, for whom and when it counts, and each rule of its own with its source."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.documents.files.rule_file import RuleNode
from backend.documents.files.rule_notes import read_notes
from backend.documents.model.own_source import Although, PhotoFrom
from backend.documents.model.policy import Evidence
from backend.documents.model.rules import Document, DocumentClass, Person, Photo


def _by_person(place: RuleNode) -> Mapping[Person, str]:
    """Facts by person: ``{applicant: FACT, visitor: FACT}``."""
    record = place.record(optional=tuple(Person))
    return MappingProxyType({Person(key): one.code() for key, one in record.entries.items()})


def _although(place: RuleNode) -> Mapping[str, Although]:
    """Facts by flaw: ``{expired: {fact: FACT, evidence: P, sources: [PAGE]}}``."""
    found = {}
    for entry in place.entries().values():
        record = entry.record(required=("fact", "evidence"), optional=("sources",))
        evidence = record["evidence"].choice(Evidence)
        sources = record.read("sources", RuleNode.codes) or ()
        found[entry.key_code()] = Although(record["fact"].code(), evidence, sources)
    return MappingProxyType(found)


def _photo_from(place: RuleNode) -> PhotoFrom:
    """The age from which a document bears a photo: ``{age: 16, evidence: M}``."""
    record = place.record(required=("age", "evidence"), optional=("sources",))
    sources = record.read("sources", RuleNode.codes) or ()
    return PhotoFrom(record["age"].age(), record["evidence"].choice(Evidence), sources)


def read_document(place: RuleNode) -> Document:
    """Read one document.

    Raises:
        RuleFileError: a field is wrong.
    """
    record = place.record(
        required=("class", "photo", "evidence"),
        optional=(
            "sources", "person", "recipients", "valid_from", "valid_until", "policy", "proves", "same_card_as",
            "not_with_facts", "holder_below", "photo_from", "recipients_policy", "groups_policy", "hands_in", "needs_fact",
            "counts_although", "ended", "notes",
        ),
    )  # fmt: skip
    return Document(
        code=place.key_code(),
        kind=record["class"].choice(DocumentClass),
        photo=record["photo"].choice(Photo),
        evidence=record["evidence"].choice(Evidence),
        sources=record.read("sources", RuleNode.codes) or (),
        person=record.read("person", lambda one: one.choice(Person)),
        recipients=frozenset(record.read("recipients", RuleNode.codes) or ()),
        valid_from=record.read("valid_from", RuleNode.day),
        valid_until=record.read("valid_until", RuleNode.day),
        policy=record.read("policy", RuleNode.code),
        proves=record.read("proves", RuleNode.codes) or (),
        same_card_as=frozenset(record.read("same_card_as", RuleNode.codes) or ()),
        not_with_facts=frozenset(record.read("not_with_facts", RuleNode.codes) or ()),
        holder_below=record.read("holder_below", RuleNode.age),
        photo_from=record.read("photo_from", _photo_from),
        recipients_policy=record.read("recipients_policy", RuleNode.code),
        groups_policy=record.read("groups_policy", RuleNode.code),
        hands_in=record.read("hands_in", RuleNode.codes) or (),
        needs_fact=record.read("needs_fact", _by_person) or MappingProxyType({}),
        counts_although=record.read("counts_although", _although) or MappingProxyType({}),
        ended=record.read("ended", RuleNode.code) or "document_expired",
        notes=record.read("notes", read_notes) or (),
    )
