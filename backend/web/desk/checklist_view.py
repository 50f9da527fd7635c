"""The checklist as a page shows it: lists to tick, and the verdict in words (書類の確認（受付）)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from backend.common import Catalogue, Language
from backend.documents import (
    Person,
    RecipientType,
    RuleSet,
    Verdict,
    missing_parts,
    missing_text,
    name_of,
    note_text,
    rule_text,
    shown_name,
    step_text,
)
from backend.reception import CheckSheet, Seen, Ticks
from backend.reservations import Shown
from backend.web.desk.document_lists import DocumentLists, Folded, documents_of
from backend.web.desk.tick_boxes import Box, PaperList, facts_of, papers_of

_FACTS_IN_SIGHT = 3


@dataclass(frozen=True)
class Choices:
    """A group of recipient types: code, name, chosen."""

    title: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Advice:
    """The verdict in words.

    Attributes:
        needed: what is still needed, one thing after another; or that everything is there, or that nothing would help.
        sentence: the same in one sentence.
        missing: the same in full, one sentence for each thing, with everything that would be enough.
        steps: what to tell the visitor, the best first.
        ask_staff: a fixed sentence that stands for anything the reader may not see; else empty.
    """

    accepted: bool
    complete: bool
    needed: tuple[str, ...]
    sentence: str
    missing: tuple[str, ...]
    steps: tuple[str, ...]
    to_return: tuple[str, ...]
    notes: tuple[str, ...]
    ask_staff: str


@dataclass(frozen=True)
class Reason:
    """One line of the explanation; ``unverified``: nobody has read the rule in a source, so the ward must be asked."""

    words: str
    unverified: bool


@dataclass(frozen=True)
class ChecklistView:
    """Everything of the checklist that a page shows.

    Attributes:
        facts: the first few to see at once.
        more_facts: the others.
        asked: whether to ask who has come, as the reservation does not say who will.
        reasons: why, rule by rule, with the source of each.
        told: what is missing, in the visitor's own language; empty if that is the page's language.
        told_in: that language.
        seen: the state of the check that is shown here, as forms send it back.
        old_paper: the old paper that was shown, if it was one.
        erased: whether what was known of the person was erased.
        case_id: the card that this is about.
        untied: whether nobody has found that card yet.
        may_set_apart: whether somebody else of the party may receive this card.
        apart: whether somebody else does.
    """

    asked: bool
    choices: tuple[Choices, ...]
    documents: tuple[DocumentLists, ...]
    papers: tuple[PaperList, ...]
    facts: tuple[Box, ...]
    more_facts: Folded
    checks: tuple[str, ...]
    advice: Advice
    reasons: tuple[Reason, ...]
    told: tuple[str, ...]
    told_in: Language | None
    seen: str
    old_paper: Shown | None
    erased: bool
    case_id: str
    untied: bool
    may_set_apart: bool
    apart: bool


def view_checklist(
    sheet: CheckSheet, texts: Catalogue, documents: Catalogue, first: Collection[str] = ()
) -> ChecklistView:
    """Put a sheet into words.

    Args:
        sheet: rules, ticks and verdict of a visit.
        texts: the catalogue ``pages``, for readings to search by.
        documents: the catalogue ``documents``.
        first: codes of the documents that the office wants to see first.
    """
    rules, ticks = sheet.rule_set, sheet.ticks
    recipient = rules.recipient(ticks.recipient)
    visitors_language = _language(sheet.ticket.language)
    told = visitors_language if visitors_language is not documents.language else None
    lists = (
        documents_of(sheet, Person.APPLICANT, ticks.applicant, texts, documents, first),
        documents_of(sheet, Person.VISITOR, ticks.visitor, texts, documents, first),
    )
    facts = tuple(facts_of(sheet, documents))
    return ChecklistView(
        asked=sheet.asked,
        choices=tuple(_choices(rules, recipient, documents)),
        documents=tuple(one for one in lists if one.first or one.folded or one.strays),
        papers=tuple(papers_of(rules, recipient, ticks, documents)),
        facts=facts[:_FACTS_IN_SIGHT],
        more_facts=Folded("facts", facts[_FACTS_IN_SIGHT:]),
        checks=tuple(name_of("document_check", code, documents) for code in rules.document_checks),
        advice=advise(sheet, texts, documents),
        reasons=tuple(Reason(rule_text(line, rules, documents), line.unverified) for line in sheet.reasons),
        told=_told(sheet.verdict, Catalogue("documents", told)) if told else (),
        told_in=told,
        seen=str(Seen(sheet.version, sheet.ticks)),
        old_paper=sheet.old_paper,
        erased=sheet.erased,
        case_id=sheet.case_id,
        untied=not sheet.tab.tied,
        may_set_apart=len(sheet.going_on) > 1 and recipient.visit.has_visitor,
        apart=ticks.apart,
    )


def advise(sheet: CheckSheet, texts: Catalogue, documents: Catalogue) -> Advice:
    """A verdict in words; missing things are in the order in which a clerk asks for them."""
    rules, verdict = sheet.rule_set, sheet.verdict
    alone = not rules.recipient(sheet.ticks.recipient).visit.has_visitor
    if verdict.complete or not verdict.accepted:
        needed: tuple[str, ...] = (texts.text("verdict.complete" if verdict.complete else "verdict.refused"),)
    else:
        needed = missing_parts(verdict.missing, documents, alone=alone)
    return Advice(
        accepted=verdict.accepted,
        complete=verdict.complete,
        sentence=documents.text("short.and").join(needed),
        needed=needed,
        steps=_steps(sheet, texts, documents),
        missing=tuple(_missing(verdict, documents)),
        to_return=tuple(name_of("return", code, documents) for code in verdict.to_return),
        notes=tuple(note_text(note, rules, documents) for note in verdict.notes),
        ask_staff=texts.text("verdict.ask_staff") if sheet.staff_know_more else "",
    )


def _steps(sheet: CheckSheet, texts: Catalogue, documents: Catalogue) -> tuple[str, ...]:
    """What to tell the visitor; where nothing was asked for yet, the notice is asked for before anything is sent home for."""
    ticks, verdict = sheet.ticks, sheet.verdict
    begun = ticks.applicant or ticks.visitor or ticks.papers or ticks.facts
    notice = next((one for one in verdict.missing if one.what == "notice"), None)
    if verdict.accepted and not begun and notice:
        return (texts.text("verdict.ask_for", paper=name_of("paper", notice.need[0], documents)),)
    return tuple(step_text(step, documents) for step in verdict.next_steps)


def ticked_names(ticks: Ticks, documents: Catalogue) -> dict[str, list[str]]:
    """What was ticked, as names by field, for the staff who continue with the visitor."""
    return {
        "applicant": [shown_name(written, documents) for written in ticks.applicant],
        "visitor": [shown_name(written, documents) for written in ticks.visitor],
        "papers": [name_of("paper", code, documents) for code in ticks.papers],
        "facts": [name_of("fact", code, documents) for code in ticks.facts],
    }


def _told(verdict: Verdict, documents: Catalogue) -> tuple[str, ...]:
    """What is missing and what to do next, for the visitor to read."""
    return (*_missing(verdict, documents), step_text(verdict.next_step, documents))


def _missing(verdict: Verdict, documents: Catalogue) -> Iterable[str]:
    return (missing_text(missing, documents) for missing in verdict.missing)


def _language(tag: str) -> Language | None:
    try:
        return Language(tag)
    except ValueError:
        return None


def _choices(rules: RuleSet, chosen: RecipientType, documents: Catalogue) -> Iterable[Choices]:
    for form, group in groupby(rules.recipient_types(), key=lambda recipient: recipient.visit):
        yield Choices(
            name_of("visit", form, documents),
            tuple(
                (one.code, name_of("recipient", one.code, documents), one.code == chosen.code)
                for one in group
            ),
        )
