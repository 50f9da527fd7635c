"""Counts documents: which of those shown count for a person, and what a combination still lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.documents.model.ages import age_on
from backend.documents.model.combinations import Combination
from backend.documents.model.document import Document, DocumentClass
from backend.documents.model.own_source import Although
from backend.documents.model.persons import Person
from backend.documents.model.policy import PolicyValue
from backend.documents.model.recipient import RecipientType
from backend.documents.model.rule_set import RuleSet
from backend.documents.model.shown import read_shown
from backend.documents.model.visit import Lack, Note, Visit

NEEDS_STAFF = "document_needs_staff"
"""The note on a document that counts only if staff accept it."""
NOT_YET = "document_not_yet"
"""The note on a document that did not exist on the day."""
NOT_THERE = "document_not_there"
"""The note on a document that cannot have been shown, by what else is known."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The documents of one person, counted in the way that combinations ask for them.

    Attributes:
        a: documents of class A.
        total: documents of class A or B.
        photo: those of them with a face photo.
        tn: 通知カード or 個人番号通知書.
        counted: the documents that count.
        refused: for each document that does not count, the note that says why.
        handed_in: papers that the shown documents are as well, whether they count or not.
        flawed: codes of documents that would count without their flaw.
    """

    a: int
    total: int
    photo: int
    tn: int
    counted: tuple[Document, ...]
    refused: tuple[Note, ...]
    handed_in: frozenset[str] = frozenset()
    flawed: tuple[str, ...] = ()

    @property
    def needs_staff(self) -> bool:
        """Whether a document would count if staff accepted it."""
        return any(note.code == NEEDS_STAFF for note in self.refused)

    def lack(self, combination: Combination) -> Lack | None:
        """What a combination still lacks, or None if it is satisfied."""
        a = max(0, combination.a - self.a)
        photo = max(0, combination.photo - self.photo)
        tn = max(0, combination.tn - self.tn)
        total = max(0, combination.total - self.total, a, photo)
        if not total and not tn:
            return None
        return Lack(a=a, total=total, photo=photo, tn=tn)


def count(
    rule_set: RuleSet,
    policies: Mapping[str, PolicyValue],
    recipient: RecipientType,
    person: Person,
    visit: Visit,
) -> Tally:
    """Count the documents of one person; those that do not count are in ``refused`` with the reason.

    Every code must be known. A document counts once, however often it was given; documents that are the same card
    (特定在留カード, or a card with and without photo) count once, as the strongest of them.
    """
    shown = dict(read_shown(visit.applicant if person is Person.APPLICANT else visit.visitor))
    if person is Person.APPLICANT:
        for sheet in (rule_set.paper_table[code].counts_as for code in visit.papers):
            if sheet is not None:
                shown.setdefault(sheet, frozenset())
    counted: list[Document] = []
    refused: list[Note] = []
    flawed: list[str] = []
    for listed in rule_set.documents():
        if listed.code not in shown:
            continue
        theirs = listed.held_by(recipient.code, person, policies) or listed
        document = _as_held(theirs, person, visit)
        reason = _refusal(rule_set, document, policies, recipient, person, visit)
        flaw = None if reason else _flaw(rule_set, document, shown[listed.code], person, visit)
        flawed += [document.code] if flaw else []
        reason = reason or flaw
        if reason is None:
            rules = (_overlooked(document, one, person, visit) for one in sorted(shown[listed.code]))
            although = next((one for one in rules if one is not None), None)
            counted.append(document if although is None else document.in_spite_of(although))
        else:
            refused.append(Note(reason, (document.code,)))
    a = total = photo = 0
    tn = sum(document.kind is DocumentClass.TN for document in counted)
    for card in _cards(
        rule_set, [document for document in counted if document.kind is not DocumentClass.TN], flawed
    ):
        a += any(document.kind is DocumentClass.A for document in card)
        total += 1
        photo += any(rule_set.bears_photo(document, visit.facts) for document in card)
    away = {note.about[0] for note in refused if note.code in {NOT_THERE, NOT_YET}}
    handed_in = {
        paper for code in shown if code not in away for paper in rule_set.document_table[code].hands_in
    }
    return Tally(a, total, photo, tn, tuple(counted), tuple(refused), frozenset(handed_in), tuple(flawed))


def _cards(rule_set: RuleSet, counted: Iterable[Document], flawed: Iterable[str]) -> Iterable[list[Document]]:
    """The documents that count, in one group for each physical card.

    Two documents that are each the same card as a third are one card: somebody with a 特定在留カード has no separate
    マイナンバーカード or 在留カード. Flawed documents link others in the same way, but are not in the groups.
    """
    groups: list[tuple[set[str], list[Document]]] = []
    for code, document in [*((one.code, one) for one in counted), *((code, None) for code in flawed)]:
        linked = rule_set.one_card_with(code)
        mine, documents = {code}, [] if document is None else [document]
        apart = []
        for codes, members in groups:
            if codes.isdisjoint(linked):
                apart.append((codes, members))
            else:
                mine |= codes
                documents += members
        groups = [*apart, (mine, documents)]
    return (documents for _, documents in groups if documents)


def _refusal(
    rule_set: RuleSet,
    document: Document,
    policies: Mapping[str, PolicyValue],
    recipient: RecipientType,
    person: Person,
    visit: Visit,
) -> str | None:
    """The note that says why a document does not count, or None."""
    reason = None
    if document.valid_until is not None and visit.on > document.valid_until:
        reason = document.ended
    elif document.valid_from is not None and visit.on < document.valid_from:
        reason = NOT_YET
    elif document.policy is not None and not policies[document.policy]:
        reason = "document_not_adopted"
    elif document.held_by(recipient.code, person, policies) is None:
        reason = "document_not_for_person"
    elif not rule_set.is_for_group(document, recipient, policies):
        reason = "document_not_for_type"
    elif document.needs_fact and document.needs_fact.get(person) not in visit.facts:
        reason = NEEDS_STAFF
    elif person is Person.APPLICANT and document.not_with_facts & visit.facts:
        reason = NOT_THERE
    elif person is Person.APPLICANT and not _may_hold(document, visit):
        reason = "document_not_for_age"
    return reason


def _flaw(
    rule_set: RuleSet, document: Document, flaws: frozenset[str], person: Person, visit: Visit
) -> str | None:
    """The note on the first flaw that keeps a document from counting, in the order of the rule set.

    Only the applicant's documents can count in spite of a flaw: the facts for that are about the applicant's card.
    """
    for code, flaw in rule_set.flaw_table.items():
        if code in flaws and _overlooked(document, code, person, visit) is None:
            return flaw.note
    return None


def _overlooked(document: Document, flaw: str, person: Person, visit: Visit) -> Although | None:
    """The rule by which a document counts in spite of a flaw."""
    although = document.counts_although.get(flaw)
    if although is None or person is not Person.APPLICANT or although.fact not in visit.facts:
        return None
    return although


def _as_held(document: Document, person: Person, visit: Visit) -> Document:
    """The document for the person's age; if the birth date is partly known, as for the youngest possible age."""
    if document.photo_from is None or person is not Person.APPLICANT or visit.born is None:
        return document
    return document.of_a_child() if _may_be_below(document.photo_from.age, visit) else document


def _may_hold(document: Document, visit: Visit) -> bool:
    """Whether the applicant may be of an age at which people have this document."""
    return document.holder_below is None or _may_be_below(document.holder_below, visit)


def _may_be_below(age: int, visit: Visit) -> bool:
    """Whether the applicant may be below an age in years on the day of the visit."""
    return visit.born is None or any(age_on(day, visit.on) < age for day in visit.born.candidates(visit.on))


def shortest(lacks: list[Lack]) -> tuple[Lack, ...]:
    """The ways to complete, fewest documents first, without those that are met whenever another one is."""
    kept: list[Lack] = []
    for lack in sorted(lacks, key=lambda one: (one.count, one.a, one.photo, one.tn)):
        if not any(other.covers(lack) for other in kept):
            kept.append(lack)
    return tuple(kept)
