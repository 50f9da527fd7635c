"""A rule set: every rule in force from one day on, and look-ups in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType

from backend.documents.model.ages import BirthDate
from backend.documents.model.cited import CardExpiry, Cited, Fee, Flaw, RuleSource
from backend.documents.model.combinations import Combination
from backend.documents.model.document import Document, DocumentClass, OneCard, Photo
from backend.documents.model.errors import UnknownCodeError
from backend.documents.model.fact import Fact
from backend.documents.model.paper_rules import ExtraPaper, Paper
from backend.documents.model.paper_slot import PaperRole, PaperSlot
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.policy import Policy, PolicyValue
from backend.documents.model.questions import GuideRow, Question
from backend.documents.model.recipient import NoticeNeed, RecipientType
from backend.documents.model.shown import code_of

PHOTO_FACT = "photo_on_document"
"""The fact by which the clerk says that a document that has a photo only sometimes has one."""

AGE_SETTLED = "age_settled"
"""The fact that ward staff decided the age of somebody whose birth date is partly known."""

SEAL_FACT = "notice_not_sealed"
"""The fact by which the clerk says that the applicant must seal the envelope with the notice again."""


@dataclass(frozen=True, eq=False)
class RuleSet:
    """The rules in force from ``valid_from`` until ``valid_until`` (both days of visit, inclusive).

    The mappings are by code, in display order, and read-only. ``files`` are the names of all files that it was read
    from, and ``fingerprint`` changes with any of them: by both, an auditor knows which rules judged a visit.
    """

    name: str
    valid_from: date
    valid_until: date | None
    document_table: Mapping[str, Document]
    paper_table: Mapping[str, Paper]
    fact_table: Mapping[str, Fact]
    combination_table: Mapping[str, Combination]
    recipient_table: Mapping[str, RecipientType]
    policy_table: Mapping[str, Policy]
    source_table: Mapping[str, RuleSource]
    returns: Mapping[str, Cited]
    fees: Mapping[str, Fee]
    checks: Mapping[str, Cited]
    flaw_table: Mapping[str, Flaw]
    one_card: tuple[OneCard, ...]
    card_expiry: CardExpiry | None
    questions: Mapping[str, Question]
    guide: Mapping[str, GuideRow]
    examples: tuple[str, ...]
    files: tuple[str, ...]
    fingerprint: str

    def in_force(self, on: date) -> bool:
        """Whether a visit on a day is judged by this rule set."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    @cached_property
    def returns_if_held(self) -> tuple[str, ...]:
        """Codes of what is collected if the visitor has it."""
        return tuple(self.returns)

    @cached_property
    def document_checks(self) -> tuple[str, ...]:
        """Codes of what is checked on every document."""
        return tuple(self.checks)

    @cached_property
    def fees_yen(self) -> Mapping[str, int]:
        """Fees in yen, by code."""
        return MappingProxyType({fee.code: fee.yen for fee in self.fees.values()})

    @cached_property
    def policies(self) -> Mapping[str, PolicyValue]:
        """What this ward does, by policy code."""
        return MappingProxyType({policy.code: policy.ward for policy in self.policy_table.values()})

    @cached_property
    def _recipient_names(self) -> Mapping[str, RecipientType]:
        """Recipient types by code and by alias."""
        names = dict(self.recipient_table)
        for recipient in self.recipient_table.values():
            names.update(dict.fromkeys(recipient.aliases, recipient))
        return names

    def documents(self) -> tuple[Document, ...]:
        """Every document, in display order (A, B, 顔写真証明書, 通知カード)."""
        return tuple(self.document_table.values())

    def recipient_types(self) -> tuple[RecipientType, ...]:
        """Every recipient type, in display order; the one that is never allowed comes last."""
        return tuple(self.recipient_table.values())

    def recipient(self, code: str) -> RecipientType:
        """The recipient type of a code or alias (``R1NL`` is ``R1-NL``).

        Raises:
            UnknownCodeError: there is none.
        """
        try:
            return self._recipient_names[code]
        except KeyError:
            raise UnknownCodeError("recipient", code, self.recipient_table) from None

    @cached_property
    def _cards(self) -> Mapping[str, frozenset[str]]:
        """By document, the documents that are the same card; it is enough if the rule of one of the two says so."""
        pairs = [(one.code, other) for one in self.documents() for other in one.same_card_as]
        return MappingProxyType({
            code: frozenset(other for one, other in (*pairs, *((b, a) for a, b in pairs)) if one == code)
            for code in self.document_table
        })  # fmt: skip

    def one_card_with(self, code: str) -> frozenset[str]:
        """Codes of the documents that are the same card as this one."""
        return self._cards[code]

    def need_facts(self, facts: frozenset[str]) -> None:
        """Check that every fact is known.

        Raises:
            UnknownCodeError: one is not.
        """
        for code in sorted(facts):
            if code not in self.fact_table:
                raise UnknownCodeError("fact", code, self.fact_table)

    def policies_with_a_say(self, recipient: RecipientType, shown: frozenset[str]) -> frozenset[str]:
        """Codes of the policies that may change the outcome for a recipient type if these documents are shown."""
        named = {
            *recipient.applicant.policies(),
            *recipient.visitor.policies(),
            recipient.notice_unless,
            *(use.if_policy for use in recipient.proofs),
            *(policy for code in shown for policy in self.document_table[code_of(code)].policies),
            *(policy for age in recipient.ages for policy in (age.if_policy, age.unless_policy)),
        }
        return frozenset(code for code in named if code is not None)

    def notice_is_needed(self, recipient: RecipientType, policies: Mapping[str, PolicyValue]) -> bool:
        """Whether the 交付通知書 must be there under the given policies."""
        if recipient.notice not in {NoticeNeed.REQUIRED, NoticeNeed.SEALED}:
            return False
        return recipient.notice_unless is None or not policies[recipient.notice_unless]

    def papers_for(self, code: str) -> tuple[PaperSlot, ...]:
        """The papers that matter for a recipient type, in the order in which a clerk asks for them.

        Raises:
            UnknownCodeError: there is no such recipient type.
        """
        recipient = self.recipient(code)
        slots: list[PaperSlot] = []

        def put(
            paper: str, role: PaperRole, *, if_facts: tuple[str, ...] = (), unless: tuple[str, ...] = ()
        ) -> None:
            slots.append(PaperSlot(self.paper_table[paper], role, if_facts, unless))

        if self.notice_is_needed(recipient, self.policies):
            put("notice", PaperRole.NOTICE)
            for paper in recipient.notice_or:
                put(paper, PaperRole.NOTICE)
        for paper in recipient.authority:
            put(paper, PaperRole.AUTHORITY, unless=recipient.waive_if)
        for paper in recipient.proof_any(self.policies):
            put(paper, PaperRole.PROOF)
        extras = self.extras_for(recipient)
        for paper in dict.fromkeys(extra.paper for extra in extras):
            # Several facts may ask for the same paper: it is on the list once.
            same = [extra for extra in extras if extra.paper == paper]
            unless = dict.fromkeys(fact for extra in same for fact in extra.unless_facts)
            put(
                paper,
                PaperRole.EXTRA,
                if_facts=tuple(extra.fact for extra in same),
                unless=tuple(unless),
            )
        for paper in recipient.optional:
            put(paper, PaperRole.OPTIONAL)
        return tuple(slots)

    def told(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Those of the facts that a visitor can know beforehand, without the ones that staff decide."""
        return tuple(code for code in facts if not self.fact_table[code].by_staff)

    def extras_for(self, recipient: RecipientType) -> tuple[ExtraPaper, ...]:
        """Papers that facts ask for: those of the recipient type, then those of every type."""
        common = tuple(fact.extra for fact in self.fact_table.values() if fact.extra is not None)
        return () if recipient.visit is VisitForm.NEVER else recipient.extras + common

    def is_for_group(
        self, document: Document, recipient: RecipientType, policies: Mapping[str, PolicyValue]
    ) -> bool:
        """Whether a document counts for a type, if the ward accepts it only from those for whom it is made out."""
        if document.groups_policy is None or not policies[document.groups_policy]:
            return True
        return any(
            recipient.code in paper.meant_for
            for paper in self.paper_table.values()
            if paper.counts_as == document.code
        )

    def open_types(
        self,
        codes: Iterable[str],
        on: date,
        born: BirthDate | None,
        facts: frozenset[str] = frozenset(),
    ) -> tuple[str, ...]:
        """Those of the advised recipient types that the rules allow on the day, with this birth date and these facts.

        If none of them is allowed, it is the first type that is allowed; if no type is allowed, the advised ones.
        """

        def accepts(code: str) -> bool:
            row = self.recipient_table[code]
            age = row.age_under(self.policies)
            return (
                row.visit is not VisitForm.NEVER
                and not facts & set(row.not_for_facts)
                and (age is None or born is None or age.may_hold(born, on))
            )

        advised = tuple(codes)
        fitting = tuple(code for code in advised if accepts(code))
        return fitting or tuple(code for code in self.recipient_table if accepts(code))[:1] or advised

    def facts_for(self, code: str) -> tuple[Fact, ...]:
        """The facts that matter for a recipient type, in display order.

        Raises:
            UnknownCodeError: there is no such recipient type.
        """
        recipient = self.recipient(code)
        named = {*recipient.notice_waive_if, *recipient.waive_if, *recipient.not_for_facts, *recipient.facts}
        for extra in recipient.extras:
            named.update((extra.fact, *extra.unless_facts))
        if recipient.ages:
            named.add(AGE_SETTLED)
        combinations = recipient.applicant.allowed(self.policies) + recipient.visitor.allowed(self.policies)
        if any(self.combination_table[combination].photo for combination in combinations):
            named.add(PHOTO_FACT)
        if recipient.notice is NoticeNeed.SEALED:
            named.add(SEAL_FACT)
        known = (fact for fact in self.fact_table.values() if recipient.code not in fact.not_for)
        return tuple(fact for fact in known if fact.common or fact.code in named)

    def documents_for(self, code: str, person: Person) -> tuple[Document, ...]:
        """The documents that may count for one person of a recipient type, in display order, on any day.

        Raises:
            UnknownCodeError: there is no such recipient type.
        """
        recipient = self.recipient(code)
        choice = recipient.applicant if person is Person.APPLICANT else recipient.visitor
        combinations = [self.combination_table[one] for one in choice.allowed(self.policies)]
        wants_tn = any(combination.tn for combination in combinations)
        return tuple(
            document
            for document in self.document_table.values()
            if combinations
            and document.held_by(recipient.code, person, self.policies) is not None
            and self.is_for_group(document, recipient, self.policies)
            and (document.policy is None or self.policies[document.policy])
            and (wants_tn or document.kind is not DocumentClass.TN)
        )

    def bears_photo(self, document: Document, facts: frozenset[str]) -> bool:
        """Whether a document counts as one with a face photo, given what the clerk said."""
        return document.photo is Photo.ALWAYS or (document.photo is Photo.SOMETIMES and PHOTO_FACT in facts)
