"""What to bring: the lines that a visitor reads before coming, from the same rules by which the clerk checks.

:mod:`backend.documents.saying.visitor_words` turns them into words without class letters (A, B) and codes.
"""

from dataclasses import dataclass
from datetime import date

from backend.documents.judging.fees import RENEWAL, fees_due
from backend.documents.judging.grounds import facts_on
from backend.documents.judging.tally import shortest
from backend.documents.model.combinations import CombinationChoice
from backend.documents.model.document import DocumentClass
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.recipient import NoticeNeed, Pins, RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Lack

TO_KNOW = frozenset({"photo_examples", "other_examples", "fee", "pins_all", "pins_four", "check"})
"""Lines that are not things to bring: examples, and what else to think of."""

FACE_CARD = "face_auth_card"
"""The fact that no PIN is needed; with a rule file that lacks it, visitors are always asked to think of one."""


@dataclass(frozen=True, slots=True)
class BringLine:
    """One thing to bring, to know, or to think of.

    Args:
        what: ``notice``, ``notice_sealed``, ``applicant_id``, ``visitor_id``, ``photo_examples``, ``other_examples``,
            ``authority``, ``proof``, ``extra``, ``single_proof``, ``old_card``, ``return``, ``fee``,
            ``pins_all``, ``pins_four`` or ``check``: the key of its words.
        codes: what it is about: papers, documents, things to return, fees, checks.
        ways: for documents, how many of which kind; any one of the ways is enough.
        unless: facts that would make it unnecessary.
        if_fact: it is needed only with this fact, which is not known yet.
    """

    what: str
    codes: tuple[str, ...] = ()
    ways: tuple[Lack, ...] = ()
    unless: tuple[str, ...] = ()
    if_fact: str | None = None

    @property
    def to_know(self) -> bool:
        """Whether it is no thing to bring, but an example or a condition of one."""
        return self.what in TO_KNOW


def bring_list(
    rule_set: RuleSet, recipient: str, on: date, *, facts: frozenset[str] = frozenset()
) -> tuple[BringLine, ...]:
    """What a visitor of a recipient type brings on a day, in the order in which it is asked for.

    Args:
        rule_set: the rules of that day.
        recipient: code of the recipient type.
        on: day of the visit, in Asia/Tokyo; documents that are not accepted then are not given as examples.
        facts: what is known already, for example ``renewal`` or ``same_household_parent_child``.

    Returns:
        Lines for ``visitor_words.bring_words``; empty for a type that is not allowed.

    Raises:
        UnknownCodeError: the recipient type or a fact is unknown.
    """
    row = rule_set.recipient(recipient)
    rule_set.need_facts(facts)
    facts = facts_on(rule_set, facts, on)
    if row.visit is VisitForm.NEVER:
        return ()
    lines = [*_notice(rule_set, row), *_documents(rule_set, row, on), *_papers(rule_set, row, facts)]
    if RENEWAL in facts:
        lines.append(BringLine("old_card"))
    if rule_set.returns:
        lines.append(BringLine("return", rule_set.returns_if_held))
    fees = tuple(fee.code for fee in fees_due(rule_set, facts))
    if fees:
        lines.append(BringLine("fee", fees))
    if row.pins is not Pins.NONE and FACE_CARD not in facts:
        lines.append(BringLine(f"pins_{row.pins}"))
    lines.extend(BringLine("check", (code,)) for code in rule_set.checks)
    return tuple(lines)


def _notice(rule_set: RuleSet, row: RecipientType) -> list[BringLine]:
    if not rule_set.notice_is_needed(row, rule_set.policies):
        return []
    return [BringLine("notice_sealed" if row.notice is NoticeNeed.SEALED else "notice", ("notice",))]


def _documents(rule_set: RuleSet, row: RecipientType, on: date) -> list[BringLine]:
    lines = [BringLine("applicant_id", ways=_ways(rule_set, row.applicant))]
    if row.visit.has_visitor:
        lines.append(BringLine("visitor_id", ways=_ways(rule_set, row.visitor)))
    listed = {one.code: one for one in rule_set.documents_for(row.code, Person.APPLICANT)}
    age = row.age_under(rule_set.policies)
    examples = [
        one.of_a_child()
        if one.photo_from and age is not None and age.span.is_below(one.photo_from.age)
        else one
        for one in (listed[code] for code in rule_set.examples if code in listed)
        if one.counts_on(on)
    ]
    for what, kind in (("photo_examples", DocumentClass.A), ("other_examples", DocumentClass.B)):
        codes = tuple(one.code for one in examples if one.kind is kind)
        if codes:
            lines.append(BringLine(what, codes))
    return lines


def _ways(rule_set: RuleSet, choice: CombinationChoice) -> tuple[Lack, ...]:
    """The combinations as counts, without those that are met whenever another one is."""
    table = (rule_set.combination_table[code] for code in choice.allowed(rule_set.policies))
    return shortest([Lack(one.a, one.total, one.photo, one.tn) for one in table])


def _papers(rule_set: RuleSet, row: RecipientType, facts: frozenset[str]) -> list[BringLine]:
    lines: list[BringLine] = []
    if not facts & set(row.waive_if):
        lines.extend(
            BringLine("authority", (paper,), unless=rule_set.told(row.waive_if)) for paper in row.authority
        )
    proofs = row.proof_any(rule_set.policies)
    if proofs:
        lines.append(BringLine("proof" if len(proofs) > 1 else "single_proof", proofs))
    lines.extend(
        BringLine("extra", (extra.paper,), if_fact=None if extra.fact in facts else extra.fact)
        for extra in row.extras
    )
    lines.extend(BringLine("single_proof", (paper,)) for paper in row.optional)
    return lines
