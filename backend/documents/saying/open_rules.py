"""What a ward has to settle: policies, and rules from memory, from a decision, or from a page that was partly read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from backend.documents.model.document import Document
from backend.documents.model.fact import Fact
from backend.documents.model.persons import VisitForm
from backend.documents.model.policy import Evidence, Policy
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.visit import Note
from backend.documents.saying.verdict_words import Texts, either, fee_text, name_of, note_text
from backend.documents.saying.visitor_words import value_text

GROUPS = ("policies", "recipients", "combinations", "documents", "papers", "facts", "others")
"""The groups of the form, in its order."""


@dataclass(frozen=True, slots=True)
class OpenRule:
    """One line of the form.

    Args:
        group: one of ``GROUPS``.
        rule: its place in the rule files, for example ``documents.B33``; for one of a list, with what it is about, so
            that it is unique.
        name: what it is about.
        says: what the product does today.
        known_by: how that is known.
        seen: for a policy, what others do: the value in words, and where.
    """

    group: str
    rule: str
    name: str
    says: str
    known_by: str = ""
    seen: tuple[tuple[str, str], ...] = ()


def open_rules(rule_set: RuleSet, names: Texts, words: Texts, on: date) -> tuple[OpenRule, ...]:
    """Every line of the form, by group.

    Args:
        rule_set: the rules of a day.
        names: the catalogue ``documents``.
        words: the catalogue ``rules``.
        on: a day of visit; rules that are no longer in force then are left out.
    """
    form = _Form(rule_set, names, words, on)
    return tuple(form.lines())


@dataclass(frozen=True, slots=True)
class _Form:
    rules: RuleSet
    names: Texts
    words: Texts
    on: date

    def lines(self) -> Iterator[OpenRule]:
        """The lines, group by group."""
        for policy in self.rules.policy_table.values():
            if policy.check:
                yield self.policy(policy)
        yield from self.recipients()
        used = self.used_combinations()
        for code, combination in self.rules.combination_table.items():
            if code in used and combination.evidence is not None and combination.evidence.to_settle:
                name = name_of("combination", code, self.names)
                known = self.known_by(combination.evidence, combination.sources)
                yield OpenRule("combinations", f"combinations.{code}", name, name, known)
        yield from self.documents()
        yield from self.papers()
        for fact in self.rules.fact_table.values():
            if fact.evidence is not None and fact.evidence.to_settle:
                yield self.fact(fact, fact.evidence)
        yield from self.others()

    def documents(self) -> Iterator[OpenRule]:
        """Documents, and their additions that have a source of their own."""
        for document in self.rules.documents():
            if document.valid_until is not None and document.valid_until < self.on:
                continue
            if document.evidence.to_settle:
                yield self.document(document)
            if document.photo_from is not None:
                child = document.of_a_child()
                yield OpenRule(
                    "documents",
                    f"documents.{document.code}.photo_from",
                    name_of("document", document.code, self.names),
                    self.words.text("says.child", age=document.photo_from.age),
                    self.known_by(child.evidence, document.photo_from.sources),
                )
            for flaw, although in document.counts_although.items():
                if although.evidence.to_settle:
                    yield OpenRule(
                        "documents",
                        f"documents.{document.code}.counts_although.{flaw}",
                        name_of("document", document.code, self.names),
                        self.words.text(
                            "says.although",
                            flaw=name_of("flaw", flaw, self.names),
                            fact=name_of("fact", although.fact, self.names),
                        ),
                        self.known_by(although.evidence, although.sources),
                    )

    def used_combinations(self) -> frozenset[str]:
        """Codes of the combinations that are enough for somebody under the ward's policies."""
        return frozenset(
            code
            for one in self.rules.recipient_types()
            for choice in (one.applicant, one.visitor)
            for code in choice.allowed(self.rules.policies)
        )

    def known_by(self, evidence: Evidence, sources: Iterable[str]) -> str:
        """How a rule is known, with the titles of its sources; those of an unverified rule do not state it directly."""
        titles = "、".join(self.rules.source_table[code].title for code in sources)
        near = "_near" if evidence.unverified and titles else ""
        return self.words.text(f"evidence.{evidence}{near}", sources=titles)

    def policy(self, policy: Policy) -> OpenRule:
        """A place where municipalities differ, with every value that was seen."""
        where: dict[str, list[str]] = {}
        for seen in policy.seen:
            where.setdefault(value_text(seen.value, self.names), []).append(seen.where)
        return OpenRule(
            "policies",
            f"policies.{policy.code}",
            name_of("policy", policy.code, self.names),
            value_text(policy.ward, self.names),
            seen=tuple((value, "、".join(places)) for value, places in where.items()),
        )

    def recipients(self) -> Iterator[OpenRule]:
        """Recipient types, and papers that prove a reason."""
        for one in self.rules.recipient_types():
            name = name_of("recipient", one.code, self.names)
            today = one.proof_any(self.rules.policies)
            if one.evidence.to_settle:
                known = self.known_by(one.evidence, one.sources)
                yield OpenRule("recipients", f"recipients.{one.code}", name, self.asked_of(one), known)
            for proof in one.proofs:
                # What a policy excludes is asked in the line of the policy.
                if proof.evidence is None or not proof.evidence.to_settle or proof.paper not in today:
                    continue
                yield OpenRule(
                    "papers",
                    f"recipients.{one.code}.proof_any.{proof.paper}",
                    name_of("paper", proof.paper, self.names),
                    self.words.text("says.proof", recipient=name),
                    self.known_by(proof.evidence, proof.sources),
                )

    def asked_of(self, one: RecipientType) -> str:
        """The documents that a type shows."""
        if one.visit is VisitForm.NEVER:
            return self.words.text("says.refused")
        applicant, visitor = (
            either(
                (name_of("combination", code, self.names) for code in choice.allowed(self.rules.policies)),
                self.names,
            )
            for choice in (one.applicant, one.visitor)
        )
        key = "says.recipient_both" if one.visit.has_visitor else "says.recipient"
        return self.words.text(key, applicant=applicant, visitor=visitor)

    def document(self, one: Document) -> OpenRule:
        """A document, its list and the days on which it counts."""
        says = [self.words.text(f"says.class_{one.kind}")]
        for key, day in (("from", one.valid_from), ("until", one.valid_until)):
            if day is not None:
                says.append(self.words.text(f"says.{key}", day=day))
        return OpenRule(
            "documents",
            f"documents.{one.code}",
            name_of("document", one.code, self.names),
            self.names.text("list.item").join(says),
            self.known_by(one.evidence, one.sources),
        )

    def papers(self) -> Iterator[OpenRule]:
        """Papers that have evidence of their own."""
        for code, paper in self.rules.paper_table.items():
            if paper.evidence is not None and paper.evidence.to_settle:
                known = self.known_by(paper.evidence, paper.sources)
                name = name_of("paper", code, self.names)
                yield OpenRule("papers", f"papers.{code}", name, self.use_of(code), known)

    def use_of(self, code: str) -> str:
        """What a paper is for: it replaces the notice, shows authority or a reason, or is needed in addition."""
        types = self.rules.recipient_types()
        says = []
        if any(code in one.notice_or for one in types):
            says.append(
                self.words.text("says.instead_of_notice", paper=name_of("paper", "notice", self.names))
            )
        if any(code in one.authority for one in types):
            says.append(self.words.text("says.authority"))
        proved = [one.code for one in types if code in one.proof_any(self.rules.policies)]
        if proved:
            recipient = "」「".join(name_of("recipient", one, self.names) for one in proved)
            says.append(self.words.text("says.proof", recipient=recipient))
        asked = [extra.fact for one in types for extra in one.extras if extra.paper == code]
        asked += [
            one.code
            for one in self.rules.fact_table.values()
            if one.extra is not None and one.extra.paper == code
        ]
        said = (name_of("fact", fact, self.names) for fact in dict.fromkeys(asked))
        says += [self.words.text("says.extra", fact=fact) for fact in said]
        return self.names.text("list.item").join(says) or self.words.text("says.paper")

    def fact(self, one: Fact, evidence: Evidence) -> OpenRule:
        """What a fact changes."""
        types = self.rules.recipient_types()
        says = [self.words.text("says.stops")] if one.stops is not None else []
        asked = [one.extra.paper] if one.extra is not None else []
        # If the fact itself excludes the paper that it asks for, the line says what the visitor is told then.
        cannot_be = any(one.code in self.rules.paper_table[paper].not_with_facts for paper in asked)
        without = [note for note in one.notes if cannot_be and not (note.unless_facts or note.if_fact)]
        if without:
            asked = []
            says += [note_text(Note(note.code, note.about), self.rules, self.names) for note in without]
        asked += [extra.paper for row in types for extra in row.extras if extra.fact == one.code]
        said = [name_of("paper", paper, self.names) for paper in dict.fromkeys(asked)]
        if said:
            says.append(self.words.text("says.asks", paper=self.names.text("list.item").join(said)))
        waived = dict.fromkeys(paper for row in types if one.code in row.waive_if for paper in row.authority)
        if waived:
            papers = self.names.text("list.item").join(
                name_of("paper", paper, self.names) for paper in waived
            )
            says.append(self.words.text("says.waives", papers=papers))
        if any(one.code in row.notice_waive_if for row in types):
            says.append(self.words.text("says.waives", papers=name_of("paper", "notice", self.names)))
        if one.no_seal:
            says.append(self.words.text("says.no_seal"))
        told = [note_text(Note(note.code, note.about), self.rules, self.names) for note in one.notes[:1]]
        says = says or told or [self.words.text("says.fact")]
        return OpenRule(
            "facts",
            f"facts.{one.code}",
            name_of("fact", one.code, self.names),
            self.names.text("list.item").join(says),
            self.known_by(evidence, one.sources),
        )

    def others(self) -> Iterator[OpenRule]:
        """Flaws, what is collected and checked, fees, and documents that may be the same card."""
        rules = self.rules
        cited = (
            ("flaws", "flaw", "flaw", rules.flaw_table),
            ("returns_if_held", "return", "collected", rules.returns),
            ("document_checks", "document_check", "looked_at", rules.checks),
        )
        for section, kind, says, table in cited:
            for code, one in table.items():
                if one.evidence.to_settle:
                    known = self.known_by(one.evidence, one.sources)
                    name = name_of(kind, code, self.names)
                    yield OpenRule(
                        "others", f"{section}.{code}", name, self.words.text(f"says.{says}"), known
                    )
        for fee in rules.fees.values():
            if fee.evidence.to_settle:
                known = self.known_by(fee.evidence, fee.sources)
                name = fee_text(fee.code, rules, self.names)
                yield OpenRule("others", f"fees_yen.{fee.code}", name, self.words.text("says.fee"), known)
        for card in rules.one_card:
            if card.evidence is not None and card.evidence.to_settle:
                name = "＝".join(name_of("document", code, self.names) for code in sorted(card.documents))
                known = self.known_by(card.evidence, card.sources)
                rule = ".".join(("one_card", *sorted(card.documents)))
                yield OpenRule("others", rule, name, self.words.text("says.one_card"), known)
        expiry = rules.card_expiry
        if expiry is not None and expiry.evidence.to_settle:
            says = self.words.text("says.card_expiry", days=expiry.warn_days)
            known = self.known_by(expiry.evidence, expiry.sources)
            yield OpenRule("others", "card_expiry", self.words.text("says.card"), says, known)
