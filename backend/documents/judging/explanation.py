"""The reasons for a verdict, line by line, each with the rule that it is based on, its source and evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.documents.judging.assessment import Assessment, assess
from backend.documents.judging.checklist import check_codes, refusal_of
from backend.documents.judging.grounds import facts_on, grounds_of
from backend.documents.judging.tally import Tally
from backend.documents.model.persons import Person
from backend.documents.model.policy import Evidence, PolicyValue
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import CombinationState, Visit


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of an explanation.

    Args:
        rule: the rule's place in the rule file, for example ``documents.A03`` or ``recipients.R1.notice``.
        says: the key of its words: ``recipient``, ``met``, ``open``, ``counts``, ``there``, ``not_there``, ``waived``,
            ``judged_as``, ``policy``, or the code of a note.
        about: codes that it is about.
        evidence: how the rule is known, or None if it is the ward's own decision.
        sources: where it was read.
        person: if it is about documents, whose they are.
        value: if it is about a policy, what the ward does.
    """

    rule: str
    says: str
    about: tuple[str, ...]
    evidence: Evidence | None
    sources: tuple[str, ...] = ()
    person: Person | None = None
    value: PolicyValue | None = None

    @property
    def unverified(self) -> bool:
        """Whether the ward's practice has to be asked, as nobody has read the rule in a source."""
        return self.evidence is not None and self.evidence.unverified


def explain(rule_set: RuleSet, visit: Visit) -> tuple[RuleLine, ...]:
    """Explain the verdict on a visit, in the order in which the clerk reads the list.

    Raises:
        UnknownCodeError, BirthDateError: as in ``judge``.
    """
    recipient = rule_set.recipient(visit.recipient)
    check_codes(rule_set, visit)
    visit = replace(visit, facts=facts_on(rule_set, visit.facts, visit.on))
    row = RuleLine(
        f"recipients.{recipient.code}", "recipient", (recipient.code,), recipient.evidence, recipient.sources
    )
    refusal = refusal_of(rule_set, recipient, visit)
    if refusal is not None:
        return row, _refused(rule_set, recipient, *refusal)
    visit = grounds_of(rule_set, visit).visit
    result = assess(rule_set, rule_set.policies, recipient, visit)
    lines = [row]
    if result.judged_as is not None:
        recipient = rule_set.recipient(result.judged_as)
        lines.append(
            RuleLine(
                f"recipients.{recipient.code}",
                "judged_as",
                (recipient.code,),
                recipient.evidence,
                recipient.sources,
            )
        )
    for tally, state in zip(result.tallies, result.combinations, strict=True):
        lines += _documents(rule_set, tally, state)
    lines += _papers(rule_set, recipient, result)
    lines += _extras(rule_set, recipient, visit, result)
    lines += _policies(rule_set, recipient, visit)
    return tuple(lines)


def _refused(rule_set: RuleSet, recipient: RecipientType, note: object, _step: object, rule: str) -> RuleLine:
    """The line of the rule by which the visit is refused."""
    section, _, rest = rule.partition(".")
    code, about = getattr(note, "code", ""), getattr(note, "about", ())
    if section == "card_expiry" and rule_set.card_expiry is not None:
        return RuleLine(rule, code, about, rule_set.card_expiry.evidence, rule_set.card_expiry.sources)
    if section == "facts":
        fact = rule_set.fact_table[rest]
        return RuleLine(rule, code, about, fact.evidence, fact.sources)
    return RuleLine(rule, code, about, recipient.evidence, recipient.sources)


def _documents(rule_set: RuleSet, tally: Tally, state: CombinationState) -> Iterable[RuleLine]:
    """Documents that count and that do not, and the combinations that are met or would be enough."""
    for document in tally.counted:
        yield RuleLine(
            f"documents.{document.code}",
            "counts",
            (document.code, document.kind.value),
            document.evidence,
            document.sources,
            state.person,
        )
    for note in tally.refused:
        document = rule_set.document_table[note.about[0]]
        yield RuleLine(
            f"documents.{document.code}",
            note.code,
            note.about,
            document.evidence,
            document.sources,
            state.person,
        )
    for code in state.would_do:
        combination = rule_set.combination_table[code]
        yield RuleLine(
            f"combinations.{code}",
            "met" if code in state.satisfied else "open",
            (code,),
            combination.evidence,
            combination.sources,
            state.person,
        )


def _papers(rule_set: RuleSet, recipient: RecipientType, result: Assessment) -> Iterable[RuleLine]:
    """Every paper that is asked for: shown, missing, or not needed."""
    lacking = {code for item in result.missing for code in item.need}
    rule = f"recipients.{recipient.code}"

    def line(field: str, says: str, about: tuple[str, ...]) -> RuleLine:
        return RuleLine(f"{rule}.{field}", says, about, recipient.evidence, recipient.sources)

    def state(field: str, *codes: str) -> RuleLine:
        return line(field, "not_there" if lacking & set(codes) else "there", codes)

    if rule_set.notice_is_needed(recipient, rule_set.policies):
        # The source of the row asks for the notice; it is the fact that waives it, so the row's evidence is not given.
        for fact in (rule_set.fact_table[code] for code in result.notice_waived):
            about = ("notice", fact.code)
            yield RuleLine(f"{rule}.notice_waive_if", "waived", about, fact.evidence, fact.sources)
        if result.notice_replaced:
            yield line("notice_or", "there", result.notice_replaced)
        elif not result.notice_waived:
            yield state("notice", "notice")
    for paper in recipient.authority:
        yield (
            line("waive_if", "waived", (paper, *result.waived))
            if result.waived
            else state("authority", paper)
        )
    proofs = recipient.proof_any(rule_set.policies)
    if proofs:
        yield state("proof_any", *proofs)


def _extras(
    rule_set: RuleSet, recipient: RecipientType, visit: Visit, result: Assessment
) -> Iterable[RuleLine]:
    """Papers that facts ask for; a fact that applies to every type has a source of its own."""
    lacking = {code for item in result.missing for code in item.need}
    for extra in rule_set.extras_for(recipient):
        if not extra.asked_with(visit.facts):
            continue
        fact = rule_set.fact_table[extra.fact]
        says = "not_there" if extra.paper in lacking else "there"
        if fact.extra is extra:
            yield RuleLine(f"facts.{fact.code}.extra", says, (extra.paper,), fact.evidence, fact.sources)
        else:
            rule = f"recipients.{recipient.code}.extras"
            yield RuleLine(rule, says, (extra.paper,), recipient.evidence, recipient.sources)


def _policies(rule_set: RuleSet, recipient: RecipientType, visit: Visit) -> Iterable[RuleLine]:
    """What this ward does, for every policy that affects the visit."""
    shown = visit.applicant | visit.visitor
    having_a_say = rule_set.policies_with_a_say(recipient, shown)
    for code, policy in rule_set.policy_table.items():
        if code in having_a_say:
            sources = tuple(dict.fromkeys(source for seen in policy.seen for source in seen.sources))
            evidence = Evidence.DESIGN if policy.check else None
            yield RuleLine(f"policies.{code}", "policy", (code,), evidence, sources, value=policy.ward)
