"""What the rules say to a code that they do not know: whether it is repeated, and in whole sentences."""

from datetime import date
from pathlib import Path

import pytest

from backend.documents.model.errors import ContradictingDocumentError, RuleFileError, UnknownCodeError
from backend.documents.model.shown import read_shown


@pytest.mark.parametrize(
    ("code", "repeated"),
    [
        ("A03", True),
        ("koseki_2026", False),
        ("ward-paper_1", True),
        ("R123", True),
        ("R1234", False),
        ("R１２３４", False),
        ("1R", False),
        ("", False),
        ("a" * 40, True),
        ("a" * 41, False),
        ("A03\n", False),
        ("運転免許証", False),
    ],
)
def test_only_what_looks_like_a_code_is_repeated(code: str, repeated: bool) -> None:
    """At most three digits: no part of a number that is worth something ever stands in a message or a log."""
    error = UnknownCodeError("document", code, ["A01", "A03x"])
    assert error.code == (code if repeated else None)
    assert (code != "" and code in str(error)) is repeated
    assert str(error).endswith("; allowed are A01, A03x.")
    contradicting = str(ContradictingDocumentError(code))
    named = f"The document {code}" if repeated else "A document"
    assert contradicting == (
        f"{named} stands there more than once, with different remarks; name it once, with every remark."
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("fact", "A fact code is refused and not repeated"),
        ("applicant document", "An applicant document code is refused and not repeated"),
        ("visitor document", "A visitor document code is refused and not repeated"),
        ("option", "An option code is refused and not repeated"),
    ],
)
def test_a_refusal_reads_as_english(kind: str, said: str) -> None:
    """The sentence goes to the person at the console as it is, also where nothing would have been allowed."""
    assert str(UnknownCodeError(kind, "12345", [])) == f"{said}; allowed are none."


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("fact", "", "A fact code is missing"),
        ("visitor document", "", "A visitor document code is missing, before the colon as in A03:expired"),
        ("visitor document", "Z9", "The visitor document code 'Z9' is unknown"),
        ("flaw", "", "A flaw code is missing, behind the colon as in A03:expired"),
        ("flaw", "torn", "The flaw code 'torn' is unknown, behind the colon as in A03:expired"),
        ("flaw", "12345", "A flaw code is refused and not repeated, behind the colon as in A03:expired"),
    ],
)
def test_a_refusal_says_where_the_code_belongs(kind: str, code: str, said: str) -> None:
    """If a code or a flaw is missing beside the colon, the message says on which side."""
    assert str(UnknownCodeError(kind, code, ["A03"])) == f"{said}; allowed are A03."


def test_the_same_remark_given_twice_is_no_contradiction() -> None:
    """A document given twice with the same flaws, in any order, counts once."""
    shown = read_shown(["A03:expired:old_name", "A03:old_name:expired", "B20"])
    assert shown == {"A03": {"expired", "old_name"}, "B20": frozenset()}
    with pytest.raises(ContradictingDocumentError, match="The document A03 stands there more than once"):
        read_shown(["A03", "A03:expired"])


def test_a_mistake_in_a_rule_file_says_where() -> None:
    """File and line as editors take them; the file alone where no line is known, and never its folder."""
    file = Path("ward", f"{date(2027, 4, 1)}.yaml")
    assert str(RuleFileError(file, 3, "'name' is missing")) == "2027-04-01.yaml:3: 'name' is missing."
    assert str(RuleFileError(file, None, "cannot be read")) == "2027-04-01.yaml: cannot be read."
