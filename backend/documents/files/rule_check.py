"""Checking a rule set as a whole: every code that a rule names exists, and nothing has two meanings."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from backend.documents.files.rule_file import RuleNode
from backend.documents.model.cited import Cited, Fee, Flaw
from backend.documents.model.combinations import Combination, CombinationChoice
from backend.documents.model.document import Document, DocumentClass
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.persons import VisitForm
from backend.documents.model.policy import PolicyKind
from backend.documents.model.recipient import NoticeNeed, RecipientType
from backend.documents.model.rule_set import PHOTO_FACT, RuleSet


def check_rule_set(rule_set: RuleSet, sections: Mapping[str, RuleNode]) -> None:
    """Check that a rule set is consistent.

    Args:
        rule_set: what was read.
        sections: the places of its sections in the file, so that an error names the line.

    Raises:
        RuleFileError: a code is used but not defined, a section is empty, or a code has two meanings.
    """
    _check_names(rule_set, sections)
    checker = _Checker(rule_set, sections)
    checker.check_policies()
    checker.check_facts_and_papers()
    checker.check_documents()
    for recipient in rule_set.recipient_table.values():
        checker.check_recipient(recipient)
    checker.check_the_rest()


def _check_names(rule_set: RuleSet, sections: Mapping[str, RuleNode]) -> None:
    """Check names that must not collide, and entries that a section must have."""
    for section, table in (("recipients", rule_set.recipient_table), ("documents", rule_set.document_table)):
        if not table:
            raise sections[section].error("this section is empty")
    names = set(rule_set.recipient_table)
    for recipient in rule_set.recipient_table.values():
        for alias in recipient.aliases:
            if alias in names:
                problem = f"the alias '{alias}' is also the code or alias of another recipient type"
                raise sections["recipients"].entries()[recipient.code].error(problem)
            names.add(alias)


@dataclass(frozen=True, slots=True)
class _Checker:
    """Looks up codes, and reports an unknown one at the entry that names it."""

    rule_set: RuleSet
    sections: Mapping[str, RuleNode]

    def require(
        self, section: str, entry: str, field: str, codes: Iterable[str | None], known: Container[str]
    ) -> None:
        """Raise an error for the first code that is not known; None stands for a field that is not set."""
        for code in codes:
            if code is not None and code not in known:
                whole = self.sections[section]
                place = whole if whole.is_list else self.entry(section, entry)
                raise place.error(f"{field} names '{code}', which is not defined in this file")

    def entry(self, section: str, code: str) -> RuleNode:
        """The place of an entry, in the file that it comes from."""
        return self.sections[section].entries()[code]

    def policies_of(self, kind: PolicyKind) -> set[str]:
        """Codes of the policies of a kind."""
        return {code for code, policy in self.rule_set.policy_table.items() if policy.kind is kind}

    def check_policies(self) -> None:
        """Check the combinations and sources of policies."""
        for code, policy in self.rule_set.policy_table.items():
            for value in (policy.ward, *(seen.value for seen in policy.seen)):
                if isinstance(value, tuple):
                    self.require("policies", code, "a value", value, self.rule_set.combination_table)
            for seen in policy.seen:
                self.require("policies", code, "sources", seen.sources, self.rule_set.source_table)

    def check_facts_and_papers(self) -> None:
        """Check what facts exclude, and which documents papers are."""
        for code, fact in self.rule_set.fact_table.items():
            self.require("facts", code, "not_with", fact.not_with, self.rule_set.fact_table)
            if code in fact.not_with:
                raise self.entry("facts", code).error("not_with: it excludes itself")
            self.require("facts", code, "sources", fact.sources, self.rule_set.source_table)
            self.require("facts", code, "not_for", fact.not_for, self.rule_set.recipient_table)
            self.check_notes("facts", code, fact.notes)
            if fact.extra is not None:
                self.require("facts", code, "extra", (fact.extra.paper,), self.rule_set.paper_table)
                self.require("facts", code, "extra", fact.extra.unless_facts, self.rule_set.fact_table)
        for code, paper in self.rule_set.paper_table.items():
            self.require("papers", code, "sources", paper.sources, self.rule_set.source_table)
            self.require("papers", code, "meant_for", paper.meant_for, self.rule_set.recipient_table)
            self.require("papers", code, "not_with_facts", paper.not_with_facts, self.rule_set.fact_table)
            self.require("papers", code, "counts_as", (paper.counts_as,), self.rule_set.document_table)
            self.require(
                "papers", code, "age_policy", (paper.age_policy,), self.policies_of(PolicyKind.MONTHS)
            )

    def check_documents(self) -> None:
        """Check for whom documents count, what they prove, and which are one card."""
        rules = self.rule_set
        for code, document in rules.document_table.items():
            self.require("documents", code, "sources", document.sources, rules.source_table)
            self.require("documents", code, "recipients", document.recipients, rules.recipient_table)
            self.require("documents", code, "policy", document.policies, self.policies_of(PolicyKind.YES_NO))
            self.require("documents", code, "proves", document.proves, rules.paper_table)
            self.require("documents", code, "hands_in", document.hands_in, rules.paper_table)
            self.require("documents", code, "needs_fact", document.needs_fact.values(), rules.fact_table)
            self.require("documents", code, "counts_although", document.counts_although, rules.flaw_table)
            self.require(
                "documents",
                code,
                "counts_although",
                (one.fact for one in document.counts_although.values()),
                rules.fact_table,
            )
            if document.also_for is not None:
                types = (*document.also_for.applicant, *document.also_for.visitor)
                self.require("documents", code, "also_for", types, rules.recipient_table)
            for known in (*document.counts_although.values(), document.photo_from, document.also_for):
                if known is not None:
                    self.require("documents", code, "sources", known.sources, rules.source_table)
            self.require("documents", code, "same_card_as", document.same_card_as, rules.document_table)
            self.require("documents", code, "not_with_facts", document.not_with_facts, rules.fact_table)
            self.check_card(document)
            if document.valid_from and document.valid_until and document.valid_until < document.valid_from:
                raise self.entry("documents", code).error("it ends before it begins")
            if document.photo == "sometimes":
                self.require("documents", code, "photo: sometimes", (PHOTO_FACT,), rules.fact_table)
            self.check_notes("documents", code, document.notes)
        for card in rules.one_card:
            self.require("one_card", "", "documents", card.documents, rules.document_table)
            self.require("one_card", "", "sources", card.sources, rules.source_table)

    def check_card(self, document: Document) -> None:
        """Check documents that are one card: they must be equivalent, so that showing one more never counts less."""
        for other in (self.rule_set.document_table[code] for code in document.same_card_as):
            if document.code in other.same_card_as:
                problem = f"'{document.code}' and '{other.code}' make room for each other"
            elif (document.kind is DocumentClass.A) > (other.kind is DocumentClass.A):
                problem = f"'{document.code}' would make room for '{other.code}', which counts less"
            else:
                continue
            raise self.entry("documents", document.code).error(f"same_card_as: {problem}")

    def check_the_rest(self) -> None:
        """Check sources of what is only cited, where the guide leads, and which documents are examples."""
        rules = self.rule_set
        tables: Mapping[str, Mapping[str, Combination | Cited | Fee | Flaw]] = {
            "combinations": rules.combination_table,
            "returns_if_held": rules.returns,
            "fees_yen": rules.fees,
            "document_checks": rules.checks,
            "flaws": rules.flaw_table,
        }
        for section, table in tables.items():
            for code, entry in table.items():
                self.require(section, code, "sources", entry.sources, rules.source_table)
        for code, question in rules.questions.items():
            self.require("guide_questions", code, "paper", (question.paper,), rules.paper_table)
        for code, row in rules.guide.items():
            self.require("guide", code, "recipient", (row.recipient,), rules.recipient_table)
            self.require("guide", code, "instead", row.instead, rules.recipient_table)
        if rules.card_expiry is not None:
            self.require("card_expiry", "sources", "sources", rules.card_expiry.sources, rules.source_table)
        self.require("bring_examples", "", "the list", rules.examples, rules.document_table)

    def check_recipient(self, recipient: RecipientType) -> None:
        """Check one row of the decision table."""
        rules = self.rule_set
        code = recipient.code
        yes_no = self.policies_of(PolicyKind.YES_NO)
        for field, choice in (("applicant", recipient.applicant), ("visitor", recipient.visitor)):
            self.require(
                "recipients", code, field, (choice.policy,), self.policies_of(PolicyKind.COMBINATIONS)
            )
            for use in choice.uses:
                self.require("recipients", code, field, (use.code,), rules.combination_table)
                self.require("recipients", code, field, (use.if_policy, use.unless_policy), yes_no)
            if choice != CombinationChoice() and not choice.allowed(rules.policies):
                problem = f"{field}: under the ward's policies no combination is left"
                raise self.entry("recipients", code).error(problem)
        self.require("recipients", code, "sources", recipient.sources, rules.source_table)
        self.require("recipients", code, "notice_unless", (recipient.notice_unless,), yes_no)
        notice = () if recipient.notice is None else ("notice",)
        extras = tuple(extra.paper for extra in recipient.extras)
        proofs = tuple(use.paper for use in recipient.proofs)
        self.require("recipients", code, "proof_any", (use.if_policy for use in recipient.proofs), yes_no)
        for proof in recipient.proofs:
            self.require("recipients", code, "proof_any", proof.sources, rules.source_table)
        if recipient.proofs and not recipient.proof_any(rules.policies):
            problem = "proof_any: under the ward's policies no paper is left"
            raise self.entry("recipients", code).error(problem)
        self.check_no_notice(recipient)
        for field, papers in (
            ("notice", notice),
            ("notice_or", recipient.notice_or),
            ("authority", recipient.authority),
            ("proof_any", proofs),
            ("optional", recipient.optional),
            ("extras", extras),
        ):
            self.require("recipients", code, field, papers, rules.paper_table)
        for field, facts in (
            ("notice_waive_if", recipient.notice_waive_if),
            ("waive_if", recipient.waive_if),
            ("not_for_facts", recipient.not_for_facts),
            ("facts", recipient.facts),
            ("extras", tuple(extra.fact for extra in recipient.extras)),
            ("extras", tuple(fact for extra in recipient.extras for fact in extra.unless_facts)),
        ):
            self.require("recipients", code, field, facts, rules.fact_table)
        self.require("recipients", code, "instead", recipient.instead, rules.recipient_table)
        for age in recipient.ages:
            self.require("recipients", code, "age", age.instead, rules.recipient_table)
            self.require("recipients", code, "age", (age.if_policy, age.unless_policy), yes_no)
        self.check_notes("recipients", code, recipient.notes)

    def check_no_notice(self, recipient: RecipientType) -> None:
        """Check ``no_notice``: the type for visits without the notice is for the same people and asks for no notice."""
        if recipient.no_notice is None:
            return
        code = recipient.code
        self.require("recipients", code, "no_notice", (recipient.no_notice,), self.rule_set.recipient_table)
        other = self.rule_set.recipient_table[recipient.no_notice]
        if other.visit is VisitForm.NEVER:
            return
        same = (recipient.visit, recipient.ages, recipient.not_for_facts, recipient.authority)
        if (other.visit, other.ages, other.not_for_facts, other.authority) != same:
            problem = f"no_notice: '{other.code}' is for other people or asks for other papers"
            raise self.entry("recipients", code).error(problem)
        if other.notice is not NoticeNeed.LOST:
            raise self.entry("recipients", code).error(
                f"no_notice: '{other.code}' asks for the notice itself"
            )

    def check_notes(self, section: str, code: str, notes: Iterable[NoteRule]) -> None:
        """Check the conditions of notes."""
        for note in notes:
            facts, papers = self.rule_set.fact_table, self.rule_set.paper_table
            self.require(section, code, "notes", (note.if_fact, *note.unless_facts), facts)
            self.require(section, code, "notes", (note.if_paper, note.unless_paper), papers)
            self.require(section, code, "notes", (note.unless_policy,), self.policies_of(PolicyKind.YES_NO))
