"""Ages that rules speak of, and the recipient types that are meant for them."""

from dataclasses import dataclass
from datetime import date

from backend.documents.model.ages import BirthDate, age_on, junior_high_ends, preschool_ends


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """An age with one end only, so that the first and the last possible day of birth decide for all between."""

    at_least: int | None = None
    below: int | None = None
    preschool: bool = False
    until_junior_high_end: bool = False

    def is_below(self, age: int) -> bool:
        """Whether everybody of this age is below another, in years."""
        if self.below is not None:
            return self.below <= age
        return (self.preschool and age > 6) or (self.until_junior_high_end and age > 15)

    def words(self) -> str:
        """The age as it stands in a rule file."""
        if self.at_least is not None:
            return f"at_least: {self.at_least}"
        if self.below is not None:
            return f"below: {self.below}"
        return "preschool" if self.preschool else "until_junior_high_end"

    def holds(self, birth: date, on: date) -> bool:
        """Whether somebody born on a day has the age on another (calendar days of the ward)."""
        age = age_on(birth, on)
        return (
            (self.at_least is None or age >= self.at_least)
            and (self.below is None or age < self.below)
            and (not self.preschool or on <= preschool_ends(birth))
            and (not self.until_junior_high_end or on <= junior_high_ends(birth))
        )


@dataclass(frozen=True, slots=True)
class AgeRule:
    """For which age a recipient type is meant; ``note`` says why not, ``instead`` names types that would fit.

    ``if_policy``, ``unless_policy``: the rule is in force only under a ward policy, or only without it.
    """

    note: str
    span: AgeSpan
    instead: tuple[str, ...] = ()
    if_policy: str | None = None
    unless_policy: str | None = None

    def may_hold(self, born: BirthDate, on: date) -> bool:
        """Whether some possible day of birth gives the age."""
        return any(self.span.holds(day, on) for day in born.candidates(on))
