"""What a ward's own rules change: the rules that differ, and example visits that both rule sets judge differently."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from backend.documents.judging.checklist import judge
from backend.documents.model.combinations import Combination
from backend.documents.model.document import Document, DocumentClass, Photo
from backend.documents.model.paper_rules import ExtraPaper
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Verdict, Visit

_ALLOWED = "allowed"
"""If this field of a recipient type differs, its other fields are not compared."""

Table = Mapping[str, Mapping[str, str]]
"""Entries by code, each as texts by field."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One difference.

    Args:
        kind: ``recipient``, ``document``, ``combination``, ``paper``, ``fact``, ``policy``, ``fee``, ``question``,
            ``example``, ``one_card``, ``card_expiry``, ``flaw``, ``return``, ``document_check`` or ``outcome``.
        code: what differs; for an outcome the recipient type.
        field: the part of it that differs.
        before: the value in the first rule set; empty if it is not there.
        after: the value in the second rule set.
        shown: for an outcome, the documents that were shown.
    """

    kind: str
    code: str
    field: str
    before: str
    after: str
    shown: tuple[str, ...] = ()


def changes(before: RuleSet, after: RuleSet, on: date) -> tuple[RuleChange, ...]:
    """Everything that differs between two rule sets for a visit on a day: rules first, then outcomes.

    Args:
        before: for example the shipped rules.
        after: for example the ward's.
        on: day of the visits that both judge, even if one of them is not in force then.
    """
    found: list[RuleChange] = []
    described = _described(after)
    for kind, old in _described(before).items():
        new = described[kind]
        for code in dict.fromkeys((*old, *new)):
            found.extend(_fields(kind, code, old.get(code, {}), new.get(code, {})))
    return (*found, *_outcomes(before, after, on))


def _fields(kind: str, code: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[RuleChange]:
    """The fields of one entry that differ; an entry that was added or removed is one change."""
    if not old or not new:
        gone, there = (", ".join(one.values()) for one in (old, new))
        yield RuleChange(kind, code, "", gone, there)
        return
    for field in old:
        if old[field] != new[field]:
            yield RuleChange(kind, code, field, old[field], new[field])
            if field == _ALLOWED:
                return


def _described(rules: RuleSet) -> Mapping[str, Table]:
    """Every table of a rule set, each entry as texts by field."""
    return {
        "policy": {code: {"ward": _said(one.ward)} for code, one in rules.policy_table.items()},
        "combination": {code: _combination(one) for code, one in rules.combination_table.items()},
        "document": {code: _document(rules, one) for code, one in rules.document_table.items()},
        "recipient": {code: _recipient(rules, one) for code, one in rules.recipient_table.items()},
        "paper": {
            code: {
                "counts as": one.counts_as or "paper",
                "a copy will do": _said(one.copy_allowed),
                "made out for": _said(sorted(one.meant_for)) if one.meant_for else "all",
                "age by": one.age_policy or "none",
                "not with": _said(sorted(one.not_with_facts)),
            }
            for code, one in rules.paper_table.items()
        },
        "fact": {
            code: {
                "stops": one.stops or "no",
                "not with": _said(sorted(one.not_with)),
                "asks for": _extra(one.extra),
                "no seal": _said(one.no_seal),
                "means nothing for": _said(sorted(one.not_for)),
            }
            for code, one in rules.fact_table.items()
        },
        "fee": {code: {"yen": str(one.yen)} for code, one in rules.fees.items()},
        "question": {
            code: {
                "when": _said(f"{question} {'/'.join(options)}" for question, options in row.when.items()),
                "leads to": row.recipient or f"{row.refuse} ({_said(row.instead)})",
            }
            for code, row in rules.guide.items()
        },
        "example": {code: {"named": "yes"} for code in rules.examples},
        "one_card": {
            "+".join(sorted(card.documents)): {"since": _said(card.since or "any day")}
            for card in rules.one_card
        },
        "card_expiry": {}
        if rules.card_expiry is None
        else {"card": {"days of warning": str(rules.card_expiry.warn_days)}},
        "flaw": {code: {"note": one.note} for code, one in rules.flaw_table.items()},
        "return": {code: {"collected": "yes"} for code in rules.returns},
        "document_check": {code: {"looked at": "yes"} for code in rules.checks},
    }


def _said(value: object) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " or ".join(str(one) for one in value) or "none"
    return str(value)


def _combination(one: Combination) -> dict[str, str]:
    """What a combination asks for, in the words of a rule file."""
    counts = {"A": one.a, "any": one.total, "photo": one.photo, "TN": one.tn}
    if one.total == one.a:
        del counts["any"]
    return {"asks for": ", ".join(f"{key} {count}" for key, count in counts.items() if count) or "nothing"}


def _document(rules: RuleSet, one: Document) -> dict[str, str]:
    adopted = one.policy is None or bool(rules.policies[one.policy])
    return {
        "list": one.kind if adopted else "not counted",
        "photo": one.photo,
        "counts for": one.person or "everybody",
        "types": _types(rules, one),
        "also for": _also_for(rules, one),
        "from": _said(one.valid_from or "any day"),
        "until": _said(one.valid_until or "any day"),
        "proves": _said(one.proves),
        "handed in as": _said(one.hands_in),
        "staff say": _said(one.needs_fact.values()),
        "counts although": _said(f"{flaw} with {rule.fact}" for flaw, rule in one.counts_although.items()),
        "not there with": _said(sorted(one.not_with_facts)),
        "holder below": _said(one.holder_below or "any age"),
        "one card with": _said(sorted(one.same_card_as)),
        "with a photo from": _said("any age" if one.photo_from is None else one.photo_from.age),
    }


def _types(rules: RuleSet, one: Document) -> str:
    """The recipient types for which a document counts, under the ward's policies."""
    codes = [
        code
        for code, row in rules.recipient_table.items()
        if (not one.recipients or code in one.recipients) and rules.is_for_group(one, row, rules.policies)
    ]
    return "all" if len(codes) == len(rules.recipient_table) else _said(sorted(codes))


def _also_for(rules: RuleSet, one: Document) -> str:
    """Others for whom a document counts, under the ward's policies."""
    also = one.also_for
    if also is None or not rules.policies[also.policy]:
        return "nobody"
    below = "" if also.holder_below is None else f" below {also.holder_below}"
    whose = ((f"applicant{below}", also.applicant), ("visitor", also.visitor))
    return ", ".join(f"{person} of {_said(sorted(types))}" for person, types in whose if types)


def _recipient(rules: RuleSet, one: RecipientType) -> dict[str, str]:
    age = one.age_under(rules.policies)
    extras = (_extra(extra) for extra in one.extras)
    return {
        _ALLOWED: "no" if one.visit is VisitForm.NEVER else "yes",
        "who comes": one.visit,
        "applicant's documents": _said(one.applicant.allowed(rules.policies)),
        "visitor's documents": _said(one.visitor.allowed(rules.policies)),
        "notice": "required" if rules.notice_is_needed(one, rules.policies) else "not required",
        "notice not needed where": _said(one.notice_waive_if),
        "instead of the notice": _said(one.notice_or),
        "without the notice": one.no_notice or "another type",
        "authority": " and ".join(one.authority) or "none",
        "authority not needed where": _said(one.waive_if),
        "proof": _said(one.proof_any(rules.policies)),
        "extras": _said(extras),
        "age": "any" if age is None else _said(age.span.words()),
        "not for": _said(one.not_for_facts),
        "instead": _said(one.instead),
        "PINs": one.pins,
        "next where missing": _said(f"{what}: {'/'.join(steps)}" for what, steps in one.then.items()),
    }


def _extra(one: ExtraPaper | None) -> str:
    """A paper that a fact asks for."""
    if one is None:
        return "none"
    unless = f" unless {' or '.join(one.unless_facts)}" if one.unless_facts else ""
    return f"{one.paper} where {one.fact}{unless}"


def _outcomes(before: RuleSet, after: RuleSet, on: date) -> Iterator[RuleChange]:
    """Visits with all papers and a few documents that are complete by only one of the two rule sets."""
    papers = frozenset(before.paper_table.keys() & after.paper_table.keys())
    # Papers that also count as documents are left out, so that the outcome depends on the documents alone.
    papers = frozenset(code for code in papers if before.paper_table[code].counts_as is None)
    for code in before.recipient_table.keys() & after.recipient_table.keys():
        for person in Person:
            for shown in _samples(before, after, code, person, on):
                old, new = (
                    _outcome(judge(rules, _visit(rules, code, person, on, shown, papers)))
                    for rules in (before, after)
                )
                if old != new:
                    yield RuleChange("outcome", code, f"{person} shows", old, new, shown)


def _samples(
    before: RuleSet, after: RuleSet, code: str, person: Person, on: date
) -> Iterator[tuple[str, ...]]:
    """Documents of one person, as few as any combination asks for."""
    listed = [
        [one for one in rules.documents_for(code, person) if one.counts_on(on)] for rules in (before, after)
    ]
    common = [
        one for one in listed[0] if one.code in {other.code for other in listed[1]} and not one.same_card_as
    ]
    strong = [one.code for one in common if one.kind is DocumentClass.A]
    weak = [one.code for one in common if one.kind is DocumentClass.B and one.photo is Photo.NEVER]
    faces = [one.code for one in common if one.kind is DocumentClass.B and one.photo is Photo.ALWAYS]
    cards = [one.code for one in common if one.kind is DocumentClass.TN]
    for a, b, face, tn in ((1, 0, 0, 0), (2, 0, 0, 0), (1, 1, 0, 0), (0, 2, 0, 0), (0, 2, 1, 0), (0, 3, 0, 0), (0, 2, 0, 1), (0, 1, 0, 0)):  # fmt: skip
        shown = (*strong[:a], *weak[:b], *faces[:face], *cards[:tn])
        if len(shown) == a + b + face + tn:
            yield shown


def _visit(
    rules: RuleSet,
    code: str,
    person: Person,
    on: date,
    shown: tuple[str, ...],
    papers: frozenset[str],
) -> Visit:
    """A visit in which everything is there, apart from the one person's documents, which are ``shown``."""
    plenty = frozenset(one.code for one in rules.documents() if one.kind is DocumentClass.A)
    if person is Person.APPLICANT:
        return Visit(code, on, None, frozenset(shown), plenty, papers)
    return Visit(code, on, None, plenty, frozenset(shown), papers)


def _outcome(verdict: Verdict) -> str:
    if not verdict.accepted:
        return "not allowed"
    return "complete" if verdict.complete else "not complete"
