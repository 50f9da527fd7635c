"""Reads a document of a rule file: its list (A or B), for whom and when it counts, and its own rules with sources."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.documents.files.rule_file import RuleNode
from backend.documents.files.rule_notes import read_notes
from backend.documents.files.value_reader import read_entry, read_value
from backend.documents.model.document import Document
from backend.documents.model.own_source import AlsoFor, Although, PhotoFrom
from backend.documents.model.persons import Person


def _by_person(place: RuleNode) -> Mapping[Person, str]:
    """Facts by person: ``{applicant: FACT, visitor: FACT}``."""
    record = place.record(optional=tuple(Person))
    return MappingProxyType({Person(key): one.code() for key, one in record.entries.items()})


def _although(place: RuleNode) -> Mapping[str, Although]:
    """Facts by flaw: ``{expired: {fact: FACT, evidence: P, sources: [PAGE]}}``."""
    return MappingProxyType({one.key_code(): read_value(Although, one) for one in place.entries().values()})


def _also_for(place: RuleNode) -> AlsoFor:
    """Other people under a policy: ``{policy: POLICY, visitor: [RECIPIENT], evidence: P}``."""
    return read_value(AlsoFor, place, how={"holder_below": RuleNode.age})


def _photo_from(place: RuleNode) -> PhotoFrom:
    """The age from which a document has a photo: ``{age: 16, evidence: M}``."""
    return read_value(PhotoFrom, place, how={"age": RuleNode.age})


def read_document(place: RuleNode) -> Document:
    """Read one document.

    Raises:
        RuleFileError: a field is wrong.
    """
    return read_entry(
        Document,
        place,
        names={"kind": "class"},
        how={
            "holder_below": RuleNode.age,
            "also_for": _also_for,
            "photo_from": _photo_from,
            "needs_fact": _by_person,
            "counts_although": _although,
            "notes": read_notes,
        },
    )
