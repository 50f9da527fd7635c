"""From a rule file to a rule set: the schema, and the checks that every code named in it exists.

The format is described in ``docs/document-rules-format.md``.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from backend.documents.files.document_reader import read_document
from backend.documents.files.guide_reader import read_guide, read_questions
from backend.documents.files.policy_file import NO_POLICIES, Policies, read_policy, read_sources
from backend.documents.files.recipient_reader import read_recipients, read_step
from backend.documents.files.rule_blame import at_its_line
from backend.documents.files.rule_check import check_rule_set
from backend.documents.files.rule_file import MergedPlace, Record, RuleNode
from backend.documents.files.rule_layers import Layers, read_layers
from backend.documents.files.rule_notes import read_notes
from backend.documents.model.errors import RuleFileError
from backend.documents.model.policy import Evidence
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.rules import (
    CardExpiry,
    Cited,
    Combination,
    ExtraPaper,
    Fact,
    Fee,
    Flaw,
    OneCard,
    Paper,
)

FORMAT = 1
_SECTIONS = (
    "format", "name", "valid_from", "sources", "combinations", "facts", "papers", "documents", "recipients",
)  # fmt: skip
_CITATION = ("evidence", "sources")

Value = TypeVar("Value")


def read_rule_set(file: Path, *, folders: Iterable[Path] = (), policies: Policies = NO_POLICIES) -> RuleSet:
    """Read one rule file.

    Args:
        file: the rule file.
        folders: where files that it extends are looked for, after its own folder.
        policies: what this ward does; a rule file may fix some of them for its own days.

    Raises:
        RuleFileError: the file is not a rule file; the message names the file and the line.
    """
    layers = read_layers(file, folders)
    try:
        return _rule_set(layers, policies)
    except RuleFileError as error:
        raise at_its_line(error, layers, policies, _rule_set) from None


def _rule_set(layers: Layers, policies: Policies) -> RuleSet:
    """The rule set of a file with everything it builds on."""
    root, file = layers.root, layers.files[0]
    for key in _SECTIONS:
        if key not in root.entries:
            raise root.place.error(f"the key '{key}' is missing")
    if root["format"].whole() != FORMAT:
        raise root["format"].error(f"this product reads format {FORMAT}")
    valid_from = root["valid_from"].day()
    valid_until = root.read("valid_until", RuleNode.day)
    if valid_until is not None and valid_until < valid_from:
        raise root["valid_until"].error("the rules end before they begin")
    sections = dict(root.entries)
    own = sections["policies"].entries() if "policies" in sections else {}
    table = {place.key_code(): read_policy(place, policies.table.get(code)) for code, place in own.items()}
    sections["policies"] = MergedPlace(file, root.place.node, "policies", {**policies.places, **own})
    questions = read_questions(root.get("guide_questions"))
    rule_set = RuleSet(
        name=root["name"].text(),
        valid_from=valid_from,
        valid_until=valid_until,
        document_table=_table(root["documents"], read_document),
        paper_table=_table(root["papers"], _paper),
        fact_table=_table(root["facts"], _fact),
        combination_table=_table(root["combinations"], _combination),
        recipient_table=read_recipients(root["recipients"], root.get("templates")),
        policy_table=MappingProxyType({**policies.table, **table}),
        source_table=MappingProxyType({**policies.sources, **read_sources(root["sources"])}),
        returns=_optional_table(root, "returns_if_held", _cited),
        fees=_optional_table(root, "fees_yen", _fee),
        checks=_optional_table(root, "document_checks", _cited),
        flaw_table=_optional_table(root, "flaws", _flaw),
        one_card=root.read("one_card", lambda place: tuple(_one_card(item) for item in place.items())) or (),
        card_expiry=root.read("card_expiry", _card_expiry),
        questions=questions,
        guide=read_guide(root.get("guide"), questions),
        examples=root.read("bring_examples", RuleNode.codes) or (),
        files=tuple(path.name for path in (*layers.files, *policies.files)),
        fingerprint=layers.fingerprint(policies.files),
    )
    check_rule_set(rule_set, sections)
    return rule_set


def _optional_table(root: Record, section: str, read: Callable[[RuleNode], Value]) -> Mapping[str, Value]:
    """A section that may be left out."""
    place = root.get(section)
    return MappingProxyType({}) if place is None else _table(place, read)


def _table(place: RuleNode, read: Callable[[RuleNode], Value]) -> Mapping[str, Value]:
    """A section whose keys are codes."""
    return MappingProxyType({entry.key_code(): read(entry) for entry in place.entries().values()})


def _combination(place: RuleNode) -> Combination:
    """One combination; documents of class A and with a photo are among the total."""
    record = place.record(optional=("A", "any", "photo", "TN", *_CITATION))
    a, total, photo, tn = (record.read(key, RuleNode.count) or 0 for key in ("A", "any", "photo", "TN"))
    if not max(a, total, photo):
        raise place.error("a combination asks for at least one document")
    evidence, sources = _citation(record)
    return Combination(place.key_code(), a, max(a, total, photo), photo, tn, evidence, sources)


def _paper(place: RuleNode) -> Paper:
    """One paper."""
    record = place.record(
        optional=("counts_as", "age_policy", "copy_allowed", "another_day", "meant_for", *_CITATION)
    )
    evidence, sources = _citation(record)
    return Paper(
        place.key_code(),
        counts_as=record.read("counts_as", RuleNode.code),
        age_policy=record.read("age_policy", RuleNode.code),
        copy_allowed=record.read("copy_allowed", RuleNode.yes) or False,
        another_day=record.read("another_day", RuleNode.yes) or False,
        meant_for=frozenset(record.read("meant_for", RuleNode.codes) or ()),
        evidence=evidence,
        sources=sources,
    )


def _fact(place: RuleNode) -> Fact:
    """One fact."""
    record = place.record(
        optional=(
            "common",
            "not_with",
            "stops",
            "valid_from",
            "extra",
            "no_seal",
            "by_staff",
            *_CITATION,
            "not_for",
            "notes",
        )
    )
    evidence, sources = _citation(record)
    return Fact(
        place.key_code(),
        common=record.read("common", RuleNode.yes) or False,
        not_with=frozenset(record.read("not_with", RuleNode.codes) or ()),
        stops=record.read("stops", read_step),
        valid_from=record.read("valid_from", RuleNode.day),
        extra=record.read("extra", _extra_of_fact),
        no_seal=record.read("no_seal", RuleNode.yes) or False,
        by_staff=record.read("by_staff", RuleNode.yes) or False,
        not_for=frozenset(record.read("not_for", RuleNode.codes) or ()),
        evidence=evidence,
        sources=sources,
        notes=record.read("notes", read_notes) or (),
    )


def _extra_of_fact(place: RuleNode) -> ExtraPaper:
    """A paper that the fact asks of every recipient type; the fact is the key two levels above."""
    record = place.record(required=("paper",), optional=("unless_facts",))
    return ExtraPaper(
        place.name.split(".")[-2], record["paper"].code(), record.read("unless_facts", RuleNode.codes) or ()
    )


def _flaw(place: RuleNode) -> Flaw:
    """One flaw of a document that was shown."""
    record = place.record(required=("note", "evidence"), optional=("sources",))
    return Flaw(
        place.key_code(),
        record["note"].code(),
        record["evidence"].choice(Evidence),
        record.read("sources", RuleNode.codes) or (),
    )


def _fee(place: RuleNode) -> Fee:
    """An amount in yen."""
    record = place.record(required=("yen", "evidence"), optional=("sources",))
    return Fee(
        place.key_code(),
        record["yen"].whole(),
        record["evidence"].choice(Evidence),
        record.read("sources", RuleNode.codes) or (),
    )


def _cited(place: RuleNode) -> Cited:
    """A code with its source."""
    record = place.record(required=("evidence",), optional=("sources",))
    return Cited(
        place.key_code(), record["evidence"].choice(Evidence), record.read("sources", RuleNode.codes) or ()
    )


_LONGEST_WARNING = 366


def _card_expiry(place: RuleNode) -> CardExpiry:
    """What is said about a card that has expired."""
    record = place.record(required=("warn_days", "evidence"), optional=("sources",))
    days = record["warn_days"].whole(_LONGEST_WARNING)
    return CardExpiry(
        days,
        record["evidence"].choice(Evidence),
        record.read("sources", RuleNode.codes) or (),
    )


def _one_card(place: RuleNode) -> OneCard:
    """Documents that may be one card."""
    record = place.record(required=("documents", "note"), optional=("since", *_CITATION))
    evidence, sources = _citation(record)
    return OneCard(
        documents=frozenset(record["documents"].codes()),
        since=record.read("since", RuleNode.day),
        note=record["note"].code(),
        evidence=evidence,
        sources=sources,
    )


def _citation(record: Record) -> tuple[Evidence | None, tuple[str, ...]]:
    """Evidence and sources, where they stand."""
    return (
        record.read("evidence", lambda one: one.choice(Evidence)),
        record.read("sources", RuleNode.codes) or (),
    )
