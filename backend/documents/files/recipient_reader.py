"""Reads the decision table of a rule file: recipient types, and the templates that they extend."""

from collections.abc import Mapping
from types import MappingProxyType

from backend.documents.files.guide_reader import AGE_KEYS, read_age
from backend.documents.files.rule_file import MergedPlace, Record, RuleNode
from backend.documents.files.rule_notes import read_notes
from backend.documents.files.value_reader import keys_of, read_value
from backend.documents.model.age_rules import AgeRule
from backend.documents.model.combinations import CombinationChoice, CombinationUse
from backend.documents.model.missing import MISSING_PAPERS, NextStep
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.paper_rules import ExtraPaper, ProofUse
from backend.documents.model.persons import VisitForm
from backend.documents.model.recipient import RecipientType

_NAMES = {"proofs": "proof_any", "ages": "age"}
_FIELDS = ("extends", *keys_of(RecipientType, _NAMES))
_CONDITIONS = {"if_policy": "if", "unless_policy": "unless"}
_NEVER_INHERITED = frozenset({"extends", "aliases", "notes"})


def read_recipients(recipients: RuleNode, templates: RuleNode | None) -> Mapping[str, RecipientType]:
    """Read both sections.

    A type inherits every field that it does not set itself; its notes are added to the inherited ones. Aliases are
    never inherited.

    Raises:
        RuleFileError: a field is wrong, or ``extends`` names nothing or runs in a circle.
    """
    rows = {place.key_code(): place.record(optional=_FIELDS) for place in recipients.entries().values()}
    models = {} if templates is None else {
        place.key_code(): place.record(optional=_FIELDS) for place in templates.entries().values()
    }  # fmt: skip
    for code in rows.keys() & models.keys():
        raise models[code].place.error("a template must not have the code of a recipient type")
    everything = {**models, **rows}
    return MappingProxyType(
        {code: _recipient(code, _lineage(record, everything)) for code, record in rows.items()}
    )


def _lineage(record: Record, everything: Mapping[str, Record]) -> list[Record]:
    """A row and the rows that it extends; the row itself comes first."""
    lineage = [record]
    while (parent := lineage[-1].get("extends")) is not None:
        code = parent.code()
        if code not in everything:
            raise parent.error(f"'{code}' is neither a template nor a recipient type")
        if any(everything[code] is one for one in lineage):
            raise parent.error("'extends' runs in a circle")
        lineage.append(everything[code])
    return lineage


def _recipient(code: str, lineage: list[Record]) -> RecipientType:
    """One row, with everything that it inherits."""
    entries: dict[str, RuleNode] = {}
    notes: tuple[NoteRule, ...] = ()
    for ancestor in reversed(lineage):
        entries.update({key: place for key, place in ancestor.entries.items() if key not in _NEVER_INHERITED})
        notes += ancestor.read("notes", read_notes) or ()
    own = lineage[0]
    place = MergedPlace(own.place.file, own.place.node, own.place.name, entries)
    recipient = read_value(
        RecipientType,
        place,
        names=_NAMES,
        how={
            "applicant": _choice,
            "authority": _authority,
            "visitor": _choice,
            "proofs": _proofs,
            "extras": _extras,
            "ages": _ages,
            "then": _then,
        },
        code=code,
        aliases=own.read("aliases", RuleNode.codes) or (),
        notes=notes,
    )
    _check_persons(own.place, recipient)
    return recipient


def _check_persons(place: RuleNode, recipient: RecipientType) -> None:
    """Check that the row asks for documents of everybody who comes: a forgotten line must not make visits complete."""
    asked = (recipient.applicant != CombinationChoice(), recipient.visitor != CombinationChoice())
    expected = (recipient.visit is not VisitForm.NEVER, recipient.visit.has_visitor)
    if asked != expected:
        raise place.error(
            f"with 'visit: {recipient.visit}' documents are asked of "
            f"{'the applicant' if expected[0] else 'nobody'}{' and the visitor' if expected[1] else ''}"
        )


def _choice(place: RuleNode) -> CombinationChoice:
    """``[A1, B2]``, with ``{combination: TNB2, if: FLAG}`` as a member, or ``{policy: FLAG}`` for the whole."""
    if not place.is_list:
        return CombinationChoice(policy=place.record(required=("policy",))["policy"].code())
    uses = tuple(_use(item) for item in place.items())
    if not uses:
        raise place.error("at least one combination is expected here")
    return CombinationChoice(uses=uses)


def _use(place: RuleNode) -> CombinationUse:
    """One combination, or one with its condition."""
    if place.is_scalar:
        return CombinationUse(place.code())
    return read_value(CombinationUse, place, names={"code": "combination", **_CONDITIONS})


def _extras(place: RuleNode) -> tuple[ExtraPaper, ...]:
    """Papers that facts ask for."""
    return tuple(read_value(ExtraPaper, one, names={"fact": "if_fact"}) for one in place.items())


def _some(place: RuleNode) -> list[RuleNode]:
    """The members of a list of required things; an empty list is refused, as it would require nothing."""
    items = place.items()
    if not items:
        raise place.error(
            "at least one paper is expected here; to ask for none leave the key out, and extend no template that has it"
        )
    return items


def _authority(place: RuleNode) -> tuple[str, ...]:
    """Papers of authority, all of which are asked for."""
    _some(place)
    return place.codes()


def _proofs(place: RuleNode) -> tuple[ProofUse, ...]:
    """Papers of which one is enough: ``[shindansho, {paper: ryoshusho, if: POLICY, evidence: P}]``.

    Raises:
        RuleFileError: a paper is listed twice.
    """
    uses = tuple(_proof(item) for item in _some(place))
    if len({use.paper for use in uses}) != len(uses):
        raise place.error("a code stands twice in this list")
    return uses


def _proof(place: RuleNode) -> ProofUse:
    """A paper, or one with its condition and source."""
    if place.is_scalar:
        return ProofUse(place.code())
    return read_value(ProofUse, place, names=_CONDITIONS)


def _ages(place: RuleNode) -> tuple[AgeRule, ...]:
    """One age rule, or several; the first that is in force under the ward's policies decides."""
    if not place.is_list:
        return (_age(place),)
    ages = tuple(_age(one) for one in place.items())
    if not ages:
        raise place.error("at least one age is expected here")
    return ages


def _age(place: RuleNode) -> AgeRule:
    """An age rule."""
    record = place.record(required=("note",), optional=(*AGE_KEYS, "instead", "if", "unless"))
    return AgeRule(
        note=record["note"].code(),
        span=read_age(place, record.entries),
        instead=record.read("instead", RuleNode.codes) or (),
        if_policy=record.read("if", RuleNode.code),
        unless_policy=record.read("unless", RuleNode.code),
    )


def read_step(place: RuleNode) -> NextStep:
    """Read a next step for a case where something is missing; ``proceed`` is refused.

    Raises:
        RuleFileError: no such step.
    """
    step = place.choice(NextStep)
    if step is NextStep.PROCEED:
        raise place.error(f"'{step}' is said where nothing is missing, and cannot stand here")
    return step


def _then(place: RuleNode) -> Mapping[str, tuple[NextStep, ...]]:
    """The next step, or several (the best first), by what is missing."""
    record = place.record(optional=MISSING_PAPERS)
    return MappingProxyType({
        what: tuple(read_step(one) for one in (steps.items() if steps.is_list else [steps]))
        for what, steps in record.entries.items()
    })  # fmt: skip
