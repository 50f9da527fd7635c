"""The rules as a paper: every type, combination, document, policy and source of every rule set (Markdown)."""

from collections.abc import Iterable, Iterator, Sequence

from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.guide import Resolved, walk
from backend.documents.model.combinations import CombinationChoice
from backend.documents.model.document import Document
from backend.documents.model.persons import VisitForm
from backend.documents.model.policy import Evidence, Policy
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.saying.verdict_words import Texts, name_of
from backend.documents.saying.visitor_words import option_text, value_text

_HEAD = """\
# Document rules

Every rule of the checklist with its source. Generated from `assets/rules` by `uketsuke rules document`; a test fails when it is
stale. How the files are written: [document-rules-format.md](document-rules-format.md).

The checklist says which papers are there (書類の確認). Whose they are, and whether a reason is accepted, is for ward staff.

Evidence: **V** read in the cited public page · **P** of the cited public page only the beginning was read · **R** read in a public repository that transcribes official pages · **S** the
ward's own paper · **M** from memory · **D** a design decision. Rules marked M or D are shown to the clerk as 「区の取扱いを確認」.
"""


def handbook(book: RuleBook, texts: Texts) -> str:
    """The whole paper, newest rules first.

    Args:
        book: every rule set.
        texts: the catalogue ``documents``; names are in its language, headings in English.
    """
    newest = book.rule_sets()[-1]
    lines = [_HEAD]
    for rule_set in reversed(book.rule_sets()):
        lines += _rule_set(rule_set, newest, texts)
    lines += _section("Policies", "What this ward does where municipalities differ; none is confirmed yet.")
    lines += _policies(newest, texts)
    lines += _section("The guide", f"From questions to the type, by the rules of {newest.name}.")
    lines += _guide(newest, texts)
    lines += _section("Sources", "Where the rules were read.")
    lines += _sources(book)
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, words: str) -> list[str]:
    return [f"## {title}", "", words, ""]


def _rule_set(rule_set: RuleSet, newest: RuleSet, texts: Texts) -> Iterator[str]:
    files = ", ".join(f"`{file}`" for file in rule_set.files)
    yield from _section(f"Visits from {rule_set.valid_from}", f"Rule set `{rule_set.name}`, from {files}.")
    yield from _heading("Recipient types", rule_set)
    yield from _table(
        ("type", "who comes", "applicant", "visitor", "notice", "authority", "proof", "age", "source"),
        (_recipient(one, texts) for one in rule_set.recipient_types()),
    )
    yield from _heading("Combinations", rule_set)
    yield from _table(
        ("code", "what will do", "source"),
        (
            (f"`{code}`", name_of("combination", code, texts), _cite(one.evidence, one.sources))
            for code, one in rule_set.combination_table.items()
        ),
    )
    documents = [
        one
        for one in rule_set.documents()
        if rule_set is newest or newest.document_table.get(one.code) != one
    ]
    if documents:
        yield from _heading("Documents" if rule_set is newest else "Documents that differ", rule_set)
        yield from _table(
            ("code", "document", "list", "photo", "only", "source"),
            (_document(rule_set, one, texts) for one in documents),
        )
    yield from _heading("Other rules", rule_set)
    yield from _table(("rule", "what", "source"), _others(rule_set, texts))


def _heading(title: str, rule_set: RuleSet) -> list[str]:
    """A heading that is unique in the paper."""
    return [f"### {title}, {rule_set.name}", ""]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


def _recipient(one: RecipientType, texts: Texts) -> tuple[str, ...]:
    name = f"`{one.code}` {name_of('recipient', one.code, texts)}"
    source = _cite(one.evidence, one.sources)
    if one.visit is VisitForm.NEVER:
        reasons = "、".join(name_of("reason", reason, texts) for reason in one.reasons)
        instead = ", ".join(f"`{code}`" for code in one.instead)
        return name, f"not allowed ({instead} instead) {reasons}".strip(), *["–"] * 6, source
    authority = " + ".join(name_of("paper", paper, texts) for paper in one.authority)
    if one.authority and one.waive_if:
        authority += f" (not where: {'、'.join(name_of('fact', fact, texts) for fact in one.waive_if)})"
    proof = [
        name_of("paper", use.paper, texts) + (f" if `{use.if_policy}`" if use.if_policy else "")
        for use in one.proofs
    ]
    proof += [name_of("paper", paper, texts) for paper in one.optional]
    proof += [
        f"{name_of('paper', extra.paper, texts)} ({name_of('fact', extra.fact, texts)})"
        for extra in one.extras
    ]
    ages = "; ".join(
        f"{age.span.words()}{f' if `{age.if_policy}`' if age.if_policy else ''}" for age in one.ages
    )
    return (
        name,
        name_of("visit", one.visit, texts),
        _choice(one.applicant),
        _choice(one.visitor) if one.visit.has_visitor else "–",
        _notice(one, texts),
        authority or "–",
        "、".join(proof) or "–",
        ages or "–",
        source,
    )


def _notice(one: RecipientType, texts: Texts) -> str:
    """Whether the 交付通知書 is asked for, and when it is not."""
    unless = f" unless `{one.notice_unless}`" if one.notice_unless else ""
    facts = "、".join(name_of("fact", fact, texts) for fact in one.notice_waive_if)
    papers = "、".join(name_of("paper", paper, texts) for paper in one.notice_or)
    return (
        (one.notice or "–")
        + unless
        + (f" (or {papers})" if papers else "")
        + (f" (not where: {facts})" if facts else "")
        + (f" (without it as `{one.no_notice}`)" if one.no_notice else "")
    )


def _choice(choice: CombinationChoice) -> str:
    """The combinations for one person, with the policies that they depend on."""
    if choice.policy is not None:
        return f"by policy `{choice.policy}`"
    return ", ".join(
        f"`{use.code}`"
        + (f" if `{use.if_policy}`" if use.if_policy else "")
        + (f" unless `{use.unless_policy}`" if use.unless_policy else "")
        for use in choice.uses
    )


def _also_for(rule_set: RuleSet, one: Document) -> list[str]:
    """The further people for whom a document counts under a ward policy."""
    if (also := one.also_for) is None:
        return []
    below = f" below {also.holder_below}" if also.holder_below else ""
    whose = (("applicant" + below, also.applicant), ("visitor", also.visitor))
    said = " and ".join(
        f"the {person} of {', '.join(f'`{code}`' for code in rule_set.recipient_table if code in types)}"
        for person, types in whose
        if types
    )
    return [f"also for {said} if `{also.policy}` ({_cite(also.evidence, also.sources)})"]


def _document(rule_set: RuleSet, one: Document, texts: Texts) -> tuple[str, ...]:
    only = [f"from {one.valid_from}"] if one.valid_from else []
    only += [f"until {one.valid_until}"] if one.valid_until else []
    only += [f"for the {one.person}"] if one.person else []
    only += (
        [f"for {', '.join(f'`{code}`' for code in rule_set.recipient_table if code in one.recipients)}"]
        if one.recipients
        else []
    )
    only += [f"if `{one.policy}`"] if one.policy else []
    only += _also_for(rule_set, one)
    only += [f"for whom it is made out if `{one.groups_policy}`"] if one.groups_policy else []
    only += [f"if staff say `{fact}` of the {person}'s" for person, fact in one.needs_fact.items()]
    only += [
        f"although `{flaw}` with `{rule.fact}` ({_cite(rule.evidence, rule.sources)})"
        for flaw, rule in one.counts_although.items()
    ]
    if one.not_with_facts:
        only.append(f"not with {', '.join(f'`{fact}`' for fact in sorted(one.not_with_facts))}")
    only += [f"holder below {one.holder_below}"] if one.holder_below else []
    if one.photo_from is not None:
        known = _cite(one.photo_from.evidence, one.photo_from.sources)
        only.append(f"in list B below {one.photo_from.age} ({known})")
    return (
        f"`{one.code}`",
        name_of("document", one.code, texts),
        one.kind,
        one.photo,
        ", ".join(only) or "–",
        _cite(one.evidence, one.sources),
    )


def _others(rule_set: RuleSet, texts: Texts) -> Iterator[tuple[str, ...]]:
    for code, fact in rule_set.fact_table.items():
        if fact.evidence is not None:
            words = name_of("fact", code, texts)
            if fact.extra is not None:
                unless = "、".join(name_of("fact", one, texts) for one in fact.extra.unless_facts)
                words += f"; asks for {name_of('paper', fact.extra.paper, texts)}"
                words += f" (not where: {unless})" if unless else ""
            words += "; no seal is needed" if fact.no_seal else ""
            words += (
                f"; means nothing for {', '.join(f'`{one}`' for one in sorted(fact.not_for))}"
                if fact.not_for
                else ""
            )
            yield f"fact `{code}`", words, _cite(fact.evidence, fact.sources)
    for code, paper in rule_set.paper_table.items():
        if paper.evidence is not None:
            said = [name_of("paper", code, texts)]
            said += ["a copy will do"] if paper.copy_allowed else []
            said += [f"is the document `{paper.counts_as}`"] if paper.counts_as else []
            meant = ", ".join(f"`{one}`" for one in rule_set.recipient_table if one in paper.meant_for)
            said += [f"made out for {meant}"] if meant else []
            yield f"paper `{code}`", "; ".join(said), _cite(paper.evidence, paper.sources)
    yield from _cited(rule_set, texts)


def _cited(rule_set: RuleSet, texts: Texts) -> Iterator[tuple[str, ...]]:
    """Flaws, what is collected and checked, fees, documents that may be the same card, and the card's expiry."""
    for code, flaw in rule_set.flaw_table.items():
        yield f"flaw `{code}`", name_of("flaw", code, texts), _cite(flaw.evidence, flaw.sources)
    for code, cited in rule_set.returns.items():
        yield f"collected `{code}`", name_of("return", code, texts), _cite(cited.evidence, cited.sources)
    for code, cited in rule_set.checks.items():
        words = name_of("document_check", code, texts)
        yield f"looked at `{code}`", words, _cite(cited.evidence, cited.sources)
    for code, fee in rule_set.fees.items():
        yield f"fee `{code}`", texts.text(f"fee.{code}", yen=f"{fee.yen:,}"), _cite(fee.evidence, fee.sources)
    for card in rule_set.one_card:
        names = " = ".join(name_of("document", code, texts) for code in sorted(card.documents))
        yield "maybe one card", names, _cite(card.evidence, card.sources)
    if rule_set.card_expiry is not None:
        expiry = rule_set.card_expiry
        yield "`card_expiry`", texts.text("note.card_expired"), _cite(expiry.evidence, expiry.sources)


def _policies(rule_set: RuleSet, texts: Texts) -> Iterator[str]:
    def seen(policy: Policy) -> str:
        return "; ".join(
            f"{one.where}: {value_text(one.value, texts)} {_cite(one.evidence, one.sources)}"
            for one in policy.seen
        )

    yield from _table(
        ("policy", "question", "this ward", "clerk is told to check", "seen elsewhere"),
        (
            (
                f"`{code}`",
                name_of("policy", code, texts),
                value_text(policy.ward, texts),
                "yes" if policy.check else "no",
                seen(policy),
            )
            for code, policy in rule_set.policy_table.items()
        ),
    )


def _guide(rule_set: RuleSet, texts: Texts) -> Iterator[str]:
    yield from _table(
        ("answers", "leads to"),
        (
            (
                " → ".join(option_text(question, option, texts) for question, option in answers.items()),
                f"`{step.recipients[0]}`"
                if isinstance(step, Resolved)
                else f"refused; {', '.join(f'`{code}`' for code in step.note.about)} instead",
            )
            for answers, step in walk(rule_set, rule_set.valid_from)
        ),
    )


def _sources(book: RuleBook) -> Iterator[str]:
    sources = {code: source for one in book.rule_sets() for code, source in one.source_table.items()}
    yield from _table(
        ("source", "title", "address"),
        ((f"`{code}`", sources[code].title, sources[code].url or "–") for code in sorted(sources)),
    )


def _cite(evidence: Evidence | None, sources: Iterable[str]) -> str:
    """An evidence tag with the sources."""
    tag = "–" if evidence is None else f"**{evidence}**"
    return " ".join((tag, ", ".join(f"`{code}`" for code in sources))).strip()
