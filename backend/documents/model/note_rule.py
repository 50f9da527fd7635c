"""A note for the clerk, and when it is given."""

from dataclasses import dataclass

from backend.documents.model.persons import Person


@dataclass(frozen=True, slots=True)
class NoteRule:
    """A note for the clerk and when it is given; every condition that is set must hold.

    ``unless_facts``: not with any one of these facts. ``if_paper`` and ``unless_paper`` look at documents that are handed in as a
    paper as well. ``flawed``: the note of a document that is given also where a flaw keeps it from counting.
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
