"""The rule book: every dated rule set of a folder; the day of the visit decides which one applies."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Self

from backend.documents.files.policy_file import NO_POLICIES, DocumentPolicies, read_policy_file
from backend.documents.files.rule_reader import read_rule_set
from backend.documents.model.errors import DocumentsError, NoRuleSetError, RuleFileError
from backend.documents.model.rule_set import RuleSet

POLICY_FILE = Path("policy", "ward.yaml")
"""The policy file (what the ward does) within a folder of rules."""


def rule_files(folder: Path) -> list[Path]:
    """The dated rule files of a folder.

    Raises:
        RuleFileError: it cannot be read, or holds none.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    except OSError as error:
        raise RuleFileError(folder, None, f"the folder cannot be read ({error.strerror})") from None
    except ValueError:
        raise RuleFileError(folder, None, "the folder cannot be read (this is no name of a folder)") from None
    if not files:
        raise RuleFileError(folder, None, "there is no rule file (*.yaml) in this folder")
    return files


def _has_policies(folder: Path) -> bool:
    """Whether a folder of rules has a policy file."""
    try:
        return (folder / POLICY_FILE).is_file()
    except OSError as error:
        raise RuleFileError(folder, None, f"the folder cannot be read ({error.strerror})") from None


def load_policies(folders: Iterable[Path], ward: Path | None = None) -> DocumentPolicies:
    """The policies of each folder's policy file, then of the ward's own; later files override earlier ones.

    Args:
        folders: folders of rules, the shipped one first; folders without a policy file are skipped.
        ward: the ward's own file; it is read only once even if a folder has it.

    Raises:
        RuleFileError: a file is wrong, or the ward's own is not there.
    """
    files = [folder / POLICY_FILE for folder in folders if _has_policies(folder)]
    if ward is not None:
        files.append(ward)
    policies = NO_POLICIES
    read: set[Path] = set()
    for file in files:
        if file.resolve() not in read:
            policies = read_policy_file(file, policies)
            read.add(file.resolve())
    return policies


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
                files = " and ".join(
                    one.files[0]
                    for one, value in zip(self._rule_sets, values, strict=True)
                    if value == twice and one.files
                )
                raise DocumentsError(f"Two rule sets have the same {what} {twice} ({files}).")

    @classmethod
    def load(cls, folder: Path, *, policy_file: Path | None = None, library: Path | None = None) -> Self:
        """Read every ``*.yaml`` of a folder, for example ``assets.locate("rules")``.

        Args:
            folder: the dated rule files.
            policy_file: the ward's own policies; they may name only what differs.
            library: the shipped folder. A ward's own folder finds there what it extends and the policies, and the
                shipped rule sets judge the days before the ward's first own one.

        Raises:
            RuleFileError: a file is wrong, or the folder holds none; the message names file and line.
            DocumentsError: two files claim the same day or name.
        """
        folders = () if library is None else (library,)
        policies = load_policies((*folders, folder), policy_file)
        own = [read_rule_set(file, folders=folders, policies=policies) for file in rule_files(folder)]
        if library is None or library.resolve() == folder.resolve():
            return cls(own)
        first, names = min(one.valid_from for one in own), {one.name for one in own}
        shipped = (read_rule_set(file, policies=policies) for file in rule_files(library))
        return cls([*own, *(one for one in shipped if one.valid_from < first and one.name not in names)])

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
