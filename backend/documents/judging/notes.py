"""Notes for the clerk: documents that do not count, next steps, things to check, what the ward decides."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from backend.documents.judging.assessment import Assessment, assess
from backend.documents.judging.card_expiry import CardState, card_state
from backend.documents.judging.tally import ReadTable
from backend.documents.model.document import Document, DocumentClass
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.policy import PolicyKind
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Note, Visit


@dataclass(frozen=True, slots=True)
class PossibleAges:
    """Least and greatest possible age of the applicant on the day, in years; None if the birth date was not given."""

    least: int | None = None
    greatest: int | None = None


def notes_for(
    rule_set: RuleSet,
    recipient: RecipientType,
    visit: Visit,
    result: Assessment,
    missing: set[str],
    ages: PossibleAges,
    table: ReadTable,
) -> list[Note]:
    """What the clerk should know besides what is missing: refused documents, next steps, things to check."""
    notes: list[Note] = [note for tally in result.tallies for note in tally.refused]
    there = visit.papers.union(*(tally.handed_in for tally in result.tallies[:1]))
    there = there.union(
        paper for tally in result.tallies[:1] for one in tally.counted for paper in one.proves
    )

    def give(rules: Iterable[NoteRule], about: tuple[str, ...] = (), person: Person | None = None) -> None:
        notes.extend(
            Note(rule.code, rule.about or about)
            for rule in rules
            if rule.person in {None, person}
            and not _leads_nowhere(rule_set, rule)
            and not (rule.unless_policy is not None and rule_set.policies[rule.unless_policy])
            and _applies(rule, visit, there, missing, ages)
        )

    # If the visit is complete by the type without notice, the note that one could try that type is left out.
    give(rule for rule in recipient.notes if rule.about != (result.judged_as,))
    for document, person in _counted(result):
        give(document.notes, (document.code,), person)
    for code in (code for tally in result.tallies for code in tally.flawed):
        give((rule for rule in rule_set.document_table[code].notes if rule.flawed), (code,))
    for fact in rule_set.facts_for(recipient.code):
        if fact.code in visit.facts:
            give(fact.notes)
    if card_state(rule_set, visit.card_expires, visit.on) is CardState.ENDS_SOON:
        notes.append(Note("card_expires_soon"))
    if result.judged_as is not None:
        notes.append(Note("judged_without_notice", (result.judged_as,)))
    if result.waived:
        notes.append(Note("authority_waived", result.waived))
    if visit.visitor and not recipient.visit.has_visitor:
        notes.append(Note("visitor_documents_not_needed"))
    notes.extend(_document_notes(rule_set, visit, result))
    notes.extend(_paper_notes(rule_set, recipient, visit))
    unverified = tuple({one.code: one for one, _ in _counted(result) if one.evidence.unverified})
    notes.extend(_policy_notes(rule_set, recipient, visit, result, unverified, table))
    return notes


def _paper_notes(rule_set: RuleSet, recipient: RecipientType, visit: Visit) -> Iterable[Note]:
    """Notes about papers: a copy is enough, made out for other types, or no replacement for the notice."""
    copies = tuple(
        code for code in recipient.proof_any(rule_set.policies) if rule_set.paper_table[code].copy_allowed
    )
    if copies:
        yield Note("copy_will_do", copies)
    unusual = tuple(
        code
        for code, paper in rule_set.paper_table.items()
        if code in visit.papers and paper.meant_for and recipient.code not in paper.meant_for
    )
    if unusual:
        yield Note("photo_certificate_variant", unusual)
    replacing = {paper for one in rule_set.recipient_table.values() for paper in one.notice_or}
    useless = (visit.papers & replacing) - set(recipient.notice_or)
    if useless and "notice" not in visit.papers:
        yield Note("paper_not_for_notice", tuple(sorted(useless)))


def _counted(result: Assessment) -> Iterable[tuple[Document, Person]]:
    """Every document that counts, with its person."""
    for tally, state in zip(result.tallies, result.combinations, strict=True):
        yield from ((document, state.person) for document in tally.counted)


def _leads_nowhere(rule_set: RuleSet, rule: NoteRule) -> bool:
    """Whether a note names only recipient types that the rules refuse."""
    types = [rule_set.recipient_table[code] for code in rule.about if code in rule_set.recipient_table]
    return bool(types) and all(one.visit is VisitForm.NEVER for one in types)


def _document_notes(rule_set: RuleSet, visit: Visit, result: Assessment) -> list[Note]:
    """Notes about documents that prove nothing by themselves, or that may be the same card."""
    notes: list[Note] = []
    for tally, state in zip(result.tallies, result.combinations, strict=True):
        codes = {document.code for document in tally.counted}
        if not any(rule_set.combination_table[code].tn for code in state.would_do):
            notes.extend(
                Note("document_proves_nothing", (document.code,))
                for document in tally.counted
                if document.kind is DocumentClass.TN
            )
        notes.extend(
            Note(card.note, tuple(sorted(card.documents)))
            for card in rule_set.one_card
            if card.documents <= codes and (card.since is None or visit.on >= card.since)
        )
    return notes


def _policy_notes(
    rule_set: RuleSet,
    recipient: RecipientType,
    visit: Visit,
    result: Assessment,
    unverified: tuple[str, ...],
    table: ReadTable,
) -> list[Note]:
    """Notes about what the ward decides: a policy that changes the outcome, or a rule that nobody has verified."""
    notes: list[Note] = []
    deciding: list[str] = []
    having_a_say = rule_set.policies_with_a_say(recipient, visit.applicant | visit.visitor)
    for code, policy in rule_set.policy_table.items():
        value = rule_set.policies[code]
        if policy.kind is PolicyKind.MONTHS:
            dated = tuple(
                paper
                for paper in _asked_papers(rule_set, recipient, visit, result)
                if paper in visit.papers and rule_set.paper_table[paper].age_policy == code
            )
            if value and dated:
                notes.append(Note("certificate_age", dated))
            continue
        for other in policy.other_values(value) if policy.check and code in having_a_say else ():
            changed = assess(rule_set, {**rule_set.policies, code: other}, recipient, visit, table)
            if bool(changed.missing) != bool(result.missing):
                deciding.append(code)
                break
    about = (*_unverified(rule_set, recipient, visit, result, unverified), *deciding)
    if about:
        notes.append(Note("check_ward_practice", about))
    return notes


def _asked_papers(
    rule_set: RuleSet, recipient: RecipientType, visit: Visit, result: Assessment
) -> Iterable[str]:
    """Every paper that this visit must have, each once, without those that are waived."""
    authority = () if result.waived else recipient.authority
    extras = tuple(one.paper for one in rule_set.extras_for(recipient) if one.asked_with(visit.facts))
    proofs = recipient.proof_any(rule_set.policies)
    return dict.fromkeys((*authority, *proofs, *recipient.notice_or, *extras, *recipient.optional))


def _unverified(
    rule_set: RuleSet,
    recipient: RecipientType,
    visit: Visit,
    result: Assessment,
    documents: tuple[str, ...],
) -> Iterable[str]:
    """Codes of the rules that affect this visit but have not been verified in a source."""
    judged_as = rule_set.recipient(result.judged_as or recipient.code)
    if judged_as.evidence.unverified:
        yield judged_as.code
    yield from documents
    yield from (
        use.paper
        for use in recipient.proofs
        if use.paper in visit.papers and use.evidence is not None and use.evidence.unverified
    )
    for state in result.combinations:
        for code in state.satisfied:
            evidence = rule_set.combination_table[code].evidence
            if evidence is not None and evidence.unverified and len(state.satisfied) == 1:
                yield code
    for code, fact in rule_set.fact_table.items():
        if code in visit.facts and fact.evidence is not None and fact.evidence.unverified:
            yield code


def _applies(
    rule: NoteRule, visit: Visit, there: frozenset[str], missing: Container[str], ages: PossibleAges
) -> bool:
    """Whether every condition of a note holds; if the birth date is partly known, a possible age is enough."""
    return (
        (rule.if_fact is None or rule.if_fact in visit.facts)
        and visit.facts.isdisjoint(rule.unless_facts)
        and (rule.if_paper is None or rule.if_paper in there)
        and (rule.unless_paper is None or rule.unless_paper not in there)
        and (rule.if_missing is None or rule.if_missing in missing)
        and (
            rule.if_age_at_least is None
            or (ages.greatest is not None and ages.greatest >= rule.if_age_at_least)
        )
        and (rule.if_age_below is None or (ages.least is not None and ages.least < rule.if_age_below))
    )
