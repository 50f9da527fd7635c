"""Who comes to the counter, and whose documents they show."""

from enum import StrEnum


class Person(StrEnum):
    """Whose document it is: the person on the card, or the person who came for them."""

    APPLICANT = "applicant"
    VISITOR = "visitor"


class VisitForm(StrEnum):
    """Who comes to the counter."""

    SELF = "self"
    BOTH = "both"
    REPRESENTATIVE = "representative"
    AGENT = "agent"
    NEVER = "never"

    @property
    def has_visitor(self) -> bool:
        """Whether somebody other than the applicant comes and shows their own documents."""
        return self in {VisitForm.BOTH, VisitForm.REPRESENTATIVE, VisitForm.AGENT}
