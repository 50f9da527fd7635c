"""Age limits in rules, and the recipient types that they are for."""

from dataclasses import dataclass
from datetime import date

from backend.documents.model.ages import BirthDate, age_on, junior_high_ends, preschool_ends


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """Ages with one limit only, so that the first and the last possible birth date decide for all between.

    Exactly one is set: at least or below an age in years, before elementary school, or until the end of junior high.
    """

    at_least: int | None = None
    below: int | None = None
    preschool: bool = False
    until_junior_high_end: bool = False

    def is_below(self, age: int) -> bool:
        """Whether everybody within this span is below an age in years."""
        if self.below is not None:
            return self.below <= age
        return (self.preschool and age > 6) or (self.until_junior_high_end and age > 15)

    def words(self) -> str:
        """The span as a rule file writes it."""
        if self.at_least is not None:
            return f"at_least: {self.at_least}"
        if self.below is not None:
            return f"below: {self.below}"
        return "preschool" if self.preschool else "until_junior_high_end"

    def holds(self, birth: date, on: date) -> bool:
        """Whether somebody born on a day is within this span on another day (calendar days in Asia/Tokyo)."""
        age = age_on(birth, on)
        return (
            (self.at_least is None or age >= self.at_least)
            and (self.below is None or age < self.below)
            and (not self.preschool or on <= preschool_ends(birth))
            and (not self.until_junior_high_end or on <= junior_high_ends(birth))
        )


@dataclass(frozen=True, slots=True)
class AgeRule:
    """The ages that a recipient type is for.

    Attributes:
        note: the note for an applicant of another age.
        span: the ages.
        instead: types that would fit an applicant of another age.
        if_policy: the rule is in force only under this ward policy.
        unless_policy: the rule is in force only without this ward policy.
    """

    note: str
    span: AgeSpan
    instead: tuple[str, ...] = ()
    if_policy: str | None = None
    unless_policy: str | None = None

    def may_hold(self, born: BirthDate, on: date) -> bool:
        """Whether at least one possible birth date is within the span on a day."""
        return any(self.span.holds(day, on) for day in born.candidates(on))
