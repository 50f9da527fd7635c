"""Reads ``policies``: where municipalities differ, and what this ward does.

They are in a file of their own (``assets/rules/policy/ward.yaml``), so that a ward can set its practice without
changing a rule. A ward's own file has only what differs; the rest comes from the shipped one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend.documents.files.rule_file import RuleNode
from backend.documents.files.value_reader import read_entry, read_value
from backend.documents.model.cited import RuleSource
from backend.documents.model.policy import MOST_MONTHS, Policy, PolicyKind, PolicyValue, SeenValue

FORMAT = 1


@dataclass(frozen=True, slots=True)
class DocumentPolicies:
    """Policies with their places in the files, and the sources that they name.

    ``before`` is the policies before the last change, which was made at the place ``changed``.
    """

    table: Mapping[str, Policy] = field(default_factory=dict)
    places: Mapping[str, RuleNode] = field(default_factory=dict)
    sources: Mapping[str, RuleSource] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    before: "DocumentPolicies | None" = None
    changed: RuleNode | None = None

    def changes(self) -> tuple["DocumentPolicies", ...]:
        """The states after each policy that a later file changed, in order."""
        states: list[DocumentPolicies] = []
        state: DocumentPolicies | None = self
        while state is not None and state.changed is not None and state.changed.file != self.files[0]:
            states.append(state)
            state = state.before
        return tuple(reversed(states))


NO_POLICIES = DocumentPolicies()


def read_policy_file(file: Path, shipped: DocumentPolicies = NO_POLICIES) -> DocumentPolicies:
    """Read a policy file.

    Args:
        file: the ward's file, or the shipped one.
        shipped: the policies that the file may change; those that it does not name stay as they are.

    Raises:
        RuleFileError: the file is wrong; the message names file and line.
    """
    root = RuleNode.of_file(file).record(required=("format", "policies"), optional=("name", "sources"))
    if root["format"].whole() != FORMAT:
        raise root["format"].error(f"this product reads format {FORMAT}")
    own = root.read("sources", read_sources) or {}
    sources = {**shipped.sources, **own}
    files = (*shipped.files, file)
    found = replace(shipped, sources=sources, files=files)
    for code, place in root["policies"].entries().items():
        policy = read_policy(place, shipped.table.get(place.key_code()))
        for source in (source for seen in policy.seen for source in seen.sources):
            if source not in sources:
                raise place.error(f"sources names '{source}', which is not defined in this file")
        table, places = {**found.table, code: policy}, {**found.places, code: place}
        found = DocumentPolicies(table, places, sources, files, before=found, changed=place)
    return found


def read_sources(place: RuleNode) -> dict[str, RuleSource]:
    """Read a section of sources."""
    how = {"title": RuleNode.text, "url": RuleNode.text}
    sources = (read_entry(RuleSource, entry, how=how) for entry in place.entries().values())
    return {source.code: source for source in sources}


def read_policy(place: RuleNode, known: Policy | None = None) -> Policy:
    """Read one policy; of a known one, only what differs must be given.

    Raises:
        RuleFileError: a value is not of the policy's kind, or the policy is neither known nor complete.
    """
    record = place.record(optional=("kind", "ward", "check", "seen"))
    if known is None:
        for key in ("kind", "ward"):
            if key not in record.entries:
                raise place.error(
                    f"there is no policy '{place.key_code()}' to change, and the key '{key}' is missing"
                )
    given = record.read("kind", lambda one: one.choice(PolicyKind))
    kind = given or (known.kind if known else PolicyKind.YES_NO)
    if known is not None and kind is not known.kind:
        raise record["kind"].error(f"the kind of this policy is {known.kind}")

    def seen(one: RuleNode) -> SeenValue:
        how = {"where": RuleNode.text, "value": lambda value: _value(value, kind)}
        return read_value(SeenValue, one, how=how)

    policy = known or Policy(place.key_code(), kind, _value(record["ward"], kind))
    if "ward" in record.entries:
        policy = replace(policy, ward=_value(record["ward"], kind))
    if "check" in record.entries:
        policy = replace(policy, check=record["check"].yes())
    if "seen" in record.entries:
        policy = replace(policy, seen=tuple(seen(one) for one in record["seen"].items()))
    return policy


def _value(place: RuleNode, kind: PolicyKind) -> PolicyValue:
    """A value of a policy's kind."""
    if kind is PolicyKind.YES_NO:
        return place.yes()
    if kind is PolicyKind.MONTHS:
        return place.whole(MOST_MONTHS)
    codes = place.codes()
    if not codes:
        raise place.error("a list of combinations must not be empty")
    return codes
