"""From a rule file to a rule set: the schema, and the checks that every code named in it exists.

The format is described in ``docs/document-rules-format.md``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from backend.documents.files.document_reader import read_document
from backend.documents.files.guide_reader import read_guide, read_questions
from backend.documents.files.policy_file import NO_POLICIES, DocumentPolicies, read_policy, read_sources
from backend.documents.files.recipient_reader import read_recipients, read_step
from backend.documents.files.rule_blame import at_its_line
from backend.documents.files.rule_check import check_rule_set
from backend.documents.files.rule_file import MergedPlace, Record, RuleNode
from backend.documents.files.rule_layers import Layers, read_layers
from backend.documents.files.rule_notes import read_notes
from backend.documents.files.rule_sense import check_sense
from backend.documents.files.value_reader import read_entry, read_value
from backend.documents.model.cited import CardExpiry, Cited, Fee, Flaw
from backend.documents.model.combinations import Combination
from backend.documents.model.document import OneCard
from backend.documents.model.errors import RuleFileError
from backend.documents.model.fact import Fact
from backend.documents.model.paper_rules import ExtraPaper, Paper
from backend.documents.model.rule_set import RuleSet

FORMAT = 1
_SECTIONS = (
    "format", "name", "valid_from", "sources", "combinations", "facts", "papers", "documents", "recipients",
)  # fmt: skip
_LONGEST_WARNING = 366

Value = TypeVar("Value")


def read_rule_set(
    file: Path, *, folders: Iterable[Path] = (), policies: DocumentPolicies = NO_POLICIES
) -> RuleSet:
    """Read one rule file.

    Args:
        file: the rule file.
        folders: where files that it extends are looked for, after its own folder.
        policies: what this ward does; a rule file may override some of them for the days when it is in force.

    Raises:
        RuleFileError: the file is not a rule file; the message names the file and the line.
    """
    layers = read_layers(file, folders)
    try:
        return _rule_set(layers, policies)
    except RuleFileError as error:
        raise at_its_line(error, layers, policies, _rule_set) from None


def _rule_set(layers: Layers, policies: DocumentPolicies) -> RuleSet:
    """The rule set of a file with everything it builds on."""
    root = layers.root
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
    sections["policies"] = MergedPlace(
        root.place.file, root.place.node, "policies", {**policies.places, **own}
    )
    questions = read_questions(root.get("guide_questions"))
    rule_set = RuleSet(
        name=root["name"].text(),
        valid_from=valid_from,
        valid_until=valid_until,
        document_table=_table(root["documents"], read_document),
        paper_table=_table(root["papers"], partial(read_entry, Paper)),
        fact_table=_both_ways(_table(root["facts"], _fact)),
        combination_table=_table(root["combinations"], _combination),
        recipient_table=read_recipients(root["recipients"], root.get("templates")),
        policy_table=MappingProxyType({**policies.table, **table}),
        source_table=MappingProxyType({**policies.sources, **read_sources(root["sources"])}),
        returns=_optional_table(root, "returns_if_held", partial(read_entry, Cited)),
        fees=_optional_table(root, "fees_yen", _fee),
        checks=_optional_table(root, "document_checks", partial(read_entry, Cited)),
        flaw_table=_optional_table(root, "flaws", partial(read_entry, Flaw)),
        one_card=root.read("one_card", _one_card) or (),
        card_expiry=root.read("card_expiry", _card_expiry),
        questions=questions,
        guide=read_guide(root.get("guide"), questions),
        examples=root.read("bring_examples", RuleNode.codes) or (),
        files=tuple(path.name for path in (*layers.files, *policies.files)),
        fingerprint=layers.fingerprint(policies.files),
    )
    check_rule_set(rule_set, sections)
    check_sense(rule_set, sections)
    return rule_set


def _optional_table(root: Record, section: str, read: Callable[[RuleNode], Value]) -> Mapping[str, Value]:
    """A section that may be left out."""
    place = root.get(section)
    return MappingProxyType({}) if place is None else _table(place, read)


def _table(place: RuleNode, read: Callable[[RuleNode], Value]) -> Mapping[str, Value]:
    """A section whose keys are codes."""
    return MappingProxyType({entry.key_code(): read(entry) for entry in place.entries().values()})


def _combination(place: RuleNode) -> Combination:
    """One combination; documents of class A and those with a photo are included in its total."""
    said = read_entry(
        Combination,
        place,
        names={"a": "A", "total": "any", "tn": "TN"},
        how=dict.fromkeys(("a", "total", "photo", "tn"), RuleNode.count),
    )
    total = max(said.a, said.total, said.photo)
    if not total:
        raise place.error("a combination asks for at least one document")
    return replace(said, total=total)


def _fact(place: RuleNode) -> Fact:
    """One fact; if it asks for a paper, it does so for every recipient type."""
    code = place.key_code()

    def extra(one: RuleNode) -> ExtraPaper:
        return read_value(ExtraPaper, one, fact=code)

    return read_entry(Fact, place, how={"stops": read_step, "extra": extra, "notes": read_notes})


def _both_ways(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """Make exclusions mutual: two facts exclude each other if either of them says so."""
    return MappingProxyType({
        code: replace(fact, not_with=fact.not_with.union(one.code for one in facts.values() if code in one.not_with and one is not fact))
        for code, fact in facts.items()
    })  # fmt: skip


def _fee(place: RuleNode) -> Fee:
    """An amount in yen."""
    return read_entry(Fee, place, how={"yen": RuleNode.whole})


def _card_expiry(place: RuleNode) -> CardExpiry:
    """The rule about cards that have expired."""
    return read_value(CardExpiry, place, how={"warn_days": lambda one: one.whole(_LONGEST_WARNING)})


def _one_card(place: RuleNode) -> tuple[OneCard, ...]:
    """Documents that may be one card."""
    return tuple(read_value(OneCard, one) for one in place.items())
