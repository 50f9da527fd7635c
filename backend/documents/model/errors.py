"""Errors in visits and rules. Every message is one plain sentence without personal data."""

import re
from collections.abc import Iterable
from pathlib import Path

_MAY_BE_SHOWN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
_MOST_DIGITS = 3


class DocumentsError(Exception):
    """The base of every error of this room; the message may be shown to the person at the console."""


class UnknownCodeError(DocumentsError):
    """A code that the rule set does not know.

    The message names it only if it looks like a code. Anything else, above all digits that may be a 個人番号, is not
    repeated.

    Args:
        kind: what kind of code it should have been, for example ``document``.
        code: the unknown code.
        allowed: the known codes, in the order in which the message lists them.
    """

    def __init__(self, kind: str, code: str, allowed: Iterable[str]) -> None:
        self.kind = kind
        self.allowed = tuple(allowed)
        digits = sum(character.isdigit() for character in code)
        shown = bool(_MAY_BE_SHOWN.fullmatch(code)) and digits <= _MOST_DIGITS
        self.code = code if shown else None
        article = "An" if kind[:1] in set("aeio") else "A"
        if shown:
            named = f"The {kind} code {code!r} is unknown"
        elif code:
            named = f"{article} {kind} code is refused and not repeated"
        else:
            named = f"{article} {kind} code is missing"
        if kind == "flaw":
            named += ", behind the colon as in A03:expired"
        elif not code and kind.endswith("document"):
            named += ", before the colon as in A03:expired"
        super().__init__(f"{named}; allowed are {', '.join(self.allowed) or 'none'}.")


class ContradictingDocumentError(DocumentsError):
    """One document was given twice: with and without a flaw, or with different flaws.

    Args:
        code: the document; the message names it only if it looks like a code.
    """

    def __init__(self, code: str) -> None:
        shown = bool(_MAY_BE_SHOWN.fullmatch(code)) and sum(map(str.isdigit, code)) <= _MOST_DIGITS
        named = f"The document {code} stands there" if shown else "A document stands there"
        super().__init__(f"{named} more than once, with different remarks; name it once, with every remark.")


class NoRuleSetError(DocumentsError):
    """No rule set is in force on the day of the visit."""


class BirthDateError(DocumentsError):
    """A birth date that does not exist, or that lies after the visit."""


class RuleFileError(DocumentsError):
    """A rule file is wrong; the message begins with the file's name and, if it is known, the line.

    Args:
        file: the rule file.
        line: line in the file, counted from 1, or None.
        problem: what is wrong, without a full stop.
    """

    def __init__(self, file: Path, line: int | None, problem: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        place = file.name if line is None else f"{file.name}:{line}"
        super().__init__(f"{place}: {problem}.")
