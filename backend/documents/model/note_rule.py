"""A note for the clerk, and when it is given."""

from dataclasses import dataclass

from backend.documents.model.persons import Person


@dataclass(frozen=True, slots=True)
class NoteRule:
    """A note for the clerk and when it is given; every condition that is set must hold.

    Attributes:
        code: the note.
        about: codes that it is about.
        if_fact: only with this fact.
        unless_facts: not with any of these facts.
        if_paper: only with this paper; a document that is this paper at the same time counts, too.
        unless_paper: not with this paper, in the same sense.
        if_missing: only if this is missing.
        if_age_at_least: only if the applicant may be this old or older, in years.
        if_age_below: only if the applicant may be younger than this, in years.
        unless_policy: not under this ward policy.
        person: only for this person's documents.
        flawed: for a document's note: whether it is also given if a flaw keeps the document from counting.
    """

    code: str
    about: tuple[str, ...] = ()
    if_fact: str | None = None
    unless_facts: tuple[str, ...] = ()
    if_paper: str | None = None
    unless_paper: str | None = None
    if_missing: str | None = None
    if_age_at_least: int | None = None
    if_age_below: int | None = None
    unless_policy: str | None = None
    person: Person | None = None
    flawed: bool = False
