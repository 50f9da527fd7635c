"""The rule book: every dated rule set of a folder, of which the day of the visit picks one."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Self

from backend.documents.errors import DocumentsError, NoRuleSetError, RuleFileError
from backend.documents.rule_reader import read_rule_set
from backend.documents.rule_set import RuleSet


class RuleBook:
    """Rule sets by the day from which they are in force.

    Args:
        rule_sets: at least one; no two may begin on the same day or have the same name.

    Raises:
        DocumentsError: there is none, or two claim the same day or name.
    """

    def __init__(self, rule_sets: Iterable[RuleSet]) -> None:
        self._rule_sets = tuple(sorted(rule_sets, key=lambda one: one.valid_from))
        if not self._rule_sets:
            raise DocumentsError("There is no rule set.")
        for what, values in (
            ("name", [one.name for one in self._rule_sets]),
            ("first day", [str(one.valid_from) for one in self._rule_sets]),
        ):
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice is not None:
                raise DocumentsError(f"Two rule sets have the same {what} {twice}.")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every ``*.yaml`` of a folder, for example ``assets.locate("rules")``.

        Raises:
            RuleFileError: a file is wrong, or the folder holds none; the message names file and line.
            DocumentsError: two files claim the same day or name.
        """
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
        except OSError as error:
            raise RuleFileError(folder, None, f"the folder cannot be read ({error.strerror})") from None
        if not files:
            raise RuleFileError(folder, None, "there is no rule file (*.yaml) in this folder")
        return cls(read_rule_set(file) for file in files)

    def rule_sets(self) -> tuple[RuleSet, ...]:
        """Every rule set, oldest first."""
        return self._rule_sets

    def on(self, day: date) -> RuleSet:
        """The rule set that judges a visit on a day (business day in Asia/Tokyo): the latest that has begun.

        Raises:
            NoRuleSetError: none is in force on that day.
        """
        begun = [one for one in self._rule_sets if one.valid_from <= day]
        if begun and begun[-1].in_force(day):
            return begun[-1]
        spans = ", ".join(
            f"{one.name} (from {one.valid_from}{f' to {one.valid_until}' if one.valid_until else ' on'})"
            for one in self._rule_sets
        )
        raise NoRuleSetError(f"No rule set is in force on {day}; there is {spans}.")
