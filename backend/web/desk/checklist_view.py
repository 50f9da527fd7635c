"""The checklist as a page shows it: lists to tick, and the verdict in words (書類の確認（受付）)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from backend.common import Catalogue, Language
from backend.documents import (
    CombinationState,
    DocumentClass,
    Person,
    RecipientType,
    RuleSet,
    Verdict,
    missing_parts,
    missing_text,
    name_of,
    note_text,
    read_shown,
    rule_text,
    search_keys,
    shown_name,
    step_text,
)
from backend.reception import CheckSheet, Seen, Ticks
from backend.web.desk.tick_boxes import Box, PaperList, facts_of, marks_of, papers_of

_KEYS = 6
"""Documents that have a key of their own."""
_FACTS_IN_SIGHT = 3


@dataclass(frozen=True)
class Ways:
    """A combination that would be enough, and whether it is satisfied already."""

    name: str
    satisfied: bool


@dataclass(frozen=True)
class Folded:
    """A list to open or to search: its class, and its boxes."""

    kind: str
    boxes: tuple[Box, ...]

    @property
    def ticked(self) -> int:
        """How many of it are ticked; if any are, the list is shown open."""
        return sum(box.ticked for box in self.boxes)


@dataclass(frozen=True)
class DocumentLists:
    """The documents of one person: the few that have keys, the others folded.

    Attributes:
        name: the person in a word, for a tab.
        had: documents that count so far, of ``needed``; both 0 where none is asked for.
        first: those of list A that the office sees most, each with a key.
        folded: the others.
        strays: ticked for another recipient type; they stay visible, so that they can be unticked.
    """

    person: Person
    name: str
    title: str
    had: int
    needed: int
    ways: tuple[Ways, ...]
    first: tuple[Box, ...]
    folded: tuple[Folded, ...]
    strays: tuple[Box, ...]

    @property
    def is_enough(self) -> bool:
        """Whether nothing more is needed of this person."""
        return self.had == self.needed


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
        _documents(sheet, Person.APPLICANT, ticks.applicant, texts, documents, first),
        _documents(sheet, Person.VISITOR, ticks.visitor, texts, documents, first),
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


def _documents(
    sheet: CheckSheet,
    person: Person,
    ticked: tuple[str, ...],
    texts: Catalogue,
    documents: Catalogue,
    wanted: Collection[str],
) -> DocumentLists:
    rules = sheet.rule_set
    listed = rules.documents_for(sheet.ticks.recipient, person)
    codes = {document.code for document in listed}
    shown = read_shown(ticked)

    def box(code: str) -> Box:
        name = name_of("document", code, documents)
        keys = search_keys("document", code, documents, texts)
        marks = tuple(marks_of(sheet, person, code, shown[code], documents)) if code in shown else ()
        return Box(person.value, code, name, code in shown, "|".join(keys), marks)

    list_a = [one.code for one in listed if one.kind is DocumentClass.A]
    first = _first_of(list_a, wanted)
    folded = (
        Folded("A", tuple(box(code) for code in list_a if code not in first)),
        Folded("B", tuple(box(one.code) for one in listed if one.kind is not DocumentClass.A)),
    )
    states = [state for state in sheet.verdict.combinations if state.person is person]
    had, needed = _counted(sheet, person, states, len(shown))
    return DocumentLists(
        person=person,
        name=texts.text(f"check.person_{person.value}"),
        title=name_of("person", person, documents),
        had=had,
        needed=needed,
        ways=tuple(
            Ways(name_of("combination", code, documents), code in state.satisfied)
            for state in states
            for code in state.would_do
        ),
        first=tuple(box(code) for code in first),
        folded=tuple(one for one in folded if one.boxes),
        strays=tuple(box(code) for code in shown if code not in codes),
    )


def _first_of(codes: list[str], wanted: Collection[str]) -> list[str]:
    """The codes to see first, in the order of the rules: those that are wanted, filled up with what comes next."""
    chosen = [code for code in codes if code in wanted][:_KEYS]
    rest = [code for code in codes if code not in chosen][: _KEYS - len(chosen)]
    return [code for code in codes if code in {*chosen, *rest}]


def _counted(
    sheet: CheckSheet, person: Person, states: Iterable[CombinationState], shown: int
) -> tuple[int, int]:
    """How many documents of a person count, and how many are needed by the way that is nearest."""
    table = sheet.rule_set.combination_table
    ways = [code for state in states for code in (state.satisfied or state.would_do)]
    sizes = sorted(table[code].total + table[code].tn for code in ways)
    lacks = [
        lack.count
        for one in sheet.verdict.missing
        if one.what == f"{person.value}_id"
        for lack in one.add
    ]  # fmt: skip
    if not sizes:
        return 0, 0
    if not lacks:
        return sizes[0], sizes[0]
    lack = min(lacks)
    needed = max((size for size in sizes if lack <= size <= lack + shown), default=lack)
    return needed - lack, needed
