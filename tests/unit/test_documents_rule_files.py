"""Rule files: what is wrong is said with file and line, and nothing wrong is loaded."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.files.rule_reader import read_rule_set
from backend.documents.model.errors import DocumentsError, RuleFileError
from backend.documents.model.policy import Evidence
from backend.documents.model.rule_set import RuleSet

SMALL = """\
format: 1
name: small
valid_from: 2020-01-01
sources:
  PAGE: {title: a page}
policies:
  flag: {kind: yes_no, ward: true}
  who: {kind: combinations, ward: [A1], seen: [{where: x, value: [B2], evidence: V}]}
combinations:
  A1: {A: 1}
  B2: {any: 2}
facts:
  fact: {}
papers:
  notice: {}
documents:
  A01: {class: A, photo: always, evidence: V, sources: [PAGE]}
  B01: {class: B, photo: never, evidence: M, policy: flag}
templates:
  base: {visit: self, evidence: S, notice: required}
recipients:
  R1: {extends: base, applicant: [A1, {combination: B2, if: flag}], notes: [{code: note, if_fact: fact}]}
  R2: {extends: R1, visit: both, visitor: {policy: who}, age: {below: 15, note: young, instead: [R1]}}
"""


def write(folder: Path, text: str, name: str = "rules.yaml") -> Path:
    """Put a rule file into a folder."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def line_of(text: str, part: str) -> int:
    """Line, counted from 1, on which a part stands."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_small_file_is_a_rule_set(tmp_path: Path) -> None:
    """The least file that the format allows is read as it says."""
    rules = read_rule_set(write(tmp_path, SMALL))
    assert rules.name == "small"
    assert rules.recipient("R2").notice == "required"
    assert rules.recipient("R2").notes == rules.recipient("R1").notes
    assert rules.in_force(date(2020, 1, 1))
    assert not rules.in_force(date(2019, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("format: 1", "format: 2", "format 1"),
        ("format: 1", "format: one", "whole number"),
        ("valid_from: 2020-01-01", "valid_from: 2020-02-30", "a date"),
        ("valid_from: 2020-01-01", "valid_from: 20200101", "a date"),
        (
            "valid_from: 2020-01-01",
            "valid_from: 2020-01-01\nvalid_until: 2019-12-31",
            "end before they begin",
        ),
        ("name: small", "nme: small", "known are"),
        ("  A1: {A: 1}", "  A1: {A: 1}\n  A1: {A: 2}", "stands twice"),
        ("  A1: {A: 1}", "  A1: {A: -1}", "whole number"),
        ("  A1: {A: 1}", "  A1: {A: '1'}", "whole number is expected here, without quotes"),
        ("  A1: {A: 1}", "  A1: {A: 10}", "whole number up to 9"),
        (
            "kind: yes_no, ward: true",
            'kind: months, ward: "3"',
            "whole number is expected here, without quotes",
        ),
        ("kind: yes_no, ward: true", "kind: months, ward: 99999", "whole number up to 120"),
        ("kind: yes_no, ward: true", "kind: months, ward: 12345678", "whole number"),
        ("ward: true", 'ward: "true"', "true or false is expected here, without quotes"),
        ("  fact: {}", "  fact: {notes: [{code: n, if_age_below: '15'}]}", "without quotes"),
        ("  fact: {}", "  fact: {notes: [{code: n, if_age_at_least: 150}]}", "whole number up to 130"),
        ("  A1: {A: 1}", "  A1: {TN: 1}", "at least one document"),
        ("  A1: {A: 1}", "  A1: [A]", "a mapping"),
        ("  A1: {A: 1}", "  '1A': {A: 1}", "must be a code"),
        ("ward: true", "ward: maybe", "true or false"),
        ("ward: [A1]", "ward: []", "must not be empty"),
        ("ward: [A1]", "ward: [A1, A1]", "stands twice"),
        ("ward: [A1]", "ward: [A9]", "names 'A9'"),
        ("kind: yes_no", "kind: perhaps", "one of yes_no"),
        ("class: A,", "class: C,", "one of A, B, TN"),
        ("photo: always", "photo: sometimes", "photo_on_document"),
        ("sources: [PAGE]", "sources: [BOOK]", "names 'BOOK'"),
        ("sources: [PAGE]", "sources: PAGE", "a list"),
        ("policy: flag", "policy: who", "names 'who'"),
        ("extends: base", "extends: bass", "neither a template"),
        ("extends: base", "extends: R2", "circle"),
        ("applicant: [A1,", "applicant: [A7,", "names 'A7'"),
        ("if: flag", "if: flog", "names 'flog'"),
        ("if_fact: fact", "if_fact: fiction", "names 'fiction'"),
        ("if_fact: fact", "when: fact", "known are"),
        ("code: note", "code: 'no te'", "a code (a letter"),
        ("note: young", "note: 1young", "a code (a letter"),
        ("note: young", f"note: {'y' * 41}", "a code (a letter"),
        ("if_fact: fact", "unless_policy: flog", "names 'flog'"),
        ("if_fact: fact", "unless_policy: who", "names 'who'"),
        ("if_fact: fact", "if_missing: prof", "one of applicant_id"),
        ("notice: required}", "notice: required, then: {notice: shout}}", "one of proceed"),
        ("notice: required}", "notice: required, then: {card: reseal}}", "known are"),
        ("notice: required}", "notice: required, pins: some}", "one of all"),
        ("  fact: {}", "  fact: {stops: here}", "one of proceed"),
        ("  fact: {}", "  fact: {sources: [BOOK]}", "names 'BOOK'"),
        ("  A1: {A: 1}", "  A1: {A: 1, sources: [BOOK]}", "names 'BOOK'"),
        ("  notice: {}", "  notice: {meant_for: [R9]}", "names 'R9'"),
        ("format: 1", "format: 1\nfees_yen: {first: 0}", "a mapping"),
        ("format: 1", "format: 1\nreturns_if_held: {card: {sources: [PAGE]}}", "'evidence' is missing"),
        ("format: 1", "format: 1\nbring_examples: [A77]", "names 'A77'"),
        ("format: 1", "format: 1\ncard_expiry: {warn_days: 1, evidence: V, sources: [BOOK]}", "names 'BOOK'"),
        ("format: 1", "format: 1\ncard_expiry: {warn_days: 367, evidence: V}", "whole number up to 366"),
        ("  fact: {}", "  fact: {stops: proceed}", "cannot stand here"),
        ("  fact: {}", "  fact: {not_with: [fact]}", "excludes itself"),
        ("notice: required}", "notice: required, then: {notice: proceed}}", "cannot stand here"),
        ("evidence: V, sources: [PAGE]", "evidence: V, same_card_as: [A01]", "make room for each other"),
        ("evidence: V, sources: [PAGE]", "evidence: V, same_card_as: [B01]", "which counts less"),
        ("evidence: V, sources: [PAGE]", "evidence: V, same_card_as: [A07]", "names 'A07'"),
        (
            "sources: [PAGE]}\n  B01",
            "valid_from: 2021-01-01, valid_until: 2020-01-01}\n  B01",
            "ends before it begins",
        ),
        (
            "[A1, {combination: B2, if: flag}]",
            "[{combination: B2, unless: flag}]",
            "no combination is left",
        ),
        (
            "age: {below: 15, note: young, instead: [R1]}",
            "age: []",
            "at least one age",
        ),
        (
            "format: 1",
            "format: 1\nguide_questions: {q: {options: [a, b]}}\nguide: {x: {when: {q: []}, recipient: R1}}",
            "at least one option",
        ),
        ("  fact: {}", "  fact: " + "[" * 21 + "]" * 21, "nested too deeply"),
        ("notice: required}", "notice: perhaps}", "one of required"),
        ("visitor: {policy: who}, ", "", "the visitor"),
        ("visit: both", "visit: self", "the applicant"),
        ("below: 15, ", "", "an age rule needs"),
        ("below: 15,", "below: 15, at_least: 3,", "not both"),
        ("instead: [R1]", "instead: [R7]", "names 'R7'"),
        ("  R2: {", "  base: {", "must not have the code"),
        ("  R2: {", "  R2: {aliases: [R1], ", "alias"),
        ("facts:\n  fact: {}", "facts: fact", "a mapping"),
        ("papers:\n  notice: {}", "papers: {}", "names 'notice'"),
        ("format: 1", "format: [", "not valid YAML"),
        ("format: 1", "{a: b}: 1", ""),
        ("  fact: {}", "  fact: &x {not_with: [*x]}", ""),
    ],
)
def test_mistake_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """Whoever changes the rules is sent to the line."""
    assert old in SMALL
    file = write(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(RuleFileError) as caught:
        read_rule_set(file)
    assert re.match(r"rules\.yaml:\d+: ", str(caught.value))
    assert problem in str(caught.value)


def test_line_is_the_line_of_the_mistake(tmp_path: Path) -> None:
    """The number in the message is the line as an editor counts it."""
    text = SMALL.replace("evidence: M", "evidence: Q")
    with pytest.raises(RuleFileError) as caught:
        read_rule_set(write(tmp_path, text))
    assert caught.value.line == line_of(text, "evidence: Q")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"# only a comment\n", b"- 1\n"])
def test_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Something that is no rule file is an error of the file, not a crash."""
    file = tmp_path / "rules.yaml"
    file.write_bytes(content)
    with pytest.raises(RuleFileError, match=r"^rules\.yaml"):
        read_rule_set(file)


def test_only_an_ordinary_file_of_a_reasonable_size_is_read(tmp_path: Path) -> None:
    """A pipe, a device or a folder named by mistake ends in a sentence, not in waiting or in full memory."""
    pipe, large = tmp_path / "pipe.yaml", tmp_path / "large.yaml"
    os.mkfifo(pipe)
    with large.open("wb") as stream:
        stream.truncate(513 * 1024)
    for file, problem in (
        (pipe, "no ordinary file"),
        (Path("/dev/zero"), "no ordinary file"),
        (tmp_path, "no ordinary file"),
        (large, "larger than 512 KiB"),
        (tmp_path / "nowhere.yaml", "cannot be read"),
        (tmp_path / ("n" * 5000), "cannot be read"),
        (tmp_path / "n\0", "cannot be read"),
    ):
        with pytest.raises(RuleFileError, match=problem):
            read_rule_set(file)


def test_a_hundred_thousand_brackets_are_refused_before_they_are_built(tmp_path: Path) -> None:
    """The YAML library dies of them with the whole process; the file is refused while it is read."""
    for text in ("[" * 100_000, "{a: " * 100_000, "- " * 100_000):
        with pytest.raises(RuleFileError, match=r"nested too deeply|not valid YAML"):
            read_rule_set(write(tmp_path, text))


def test_aliases_of_aliases_are_refused_before_they_are_followed(tmp_path: Path) -> None:
    """YAML aliases that would expand to a huge number of values are refused before they are expanded."""
    more = "".join(f"      - &a{one} [{', '.join([f'*a{one - 1}'] * 10)}]\n" for one in range(1, 11))
    text = SMALL.replace("  fact: {}\n", f"  fact:\n    notes:\n      - &a0 [{'x, ' * 10}]\n{more}")
    with pytest.raises(RuleFileError, match=r"^rules\.yaml:15: facts\.fact\.notes.* a mapping"):
        read_rule_set(write(tmp_path, text))


def test_rules_may_be_in_force_for_one_day(tmp_path: Path) -> None:
    """A ward that tries something on one day writes that day as the first and as the last."""
    rules = read_rule_set(write(tmp_path, SMALL.replace("2020-01-01", "2020-01-01\nvalid_until: 2020-01-01")))
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2)]
    assert [rules.in_force(day) for day in days] == [False, True, False]


def test_who_is_never_asked_for_the_notice_needs_none_in_the_file(tmp_path: Path) -> None:
    """A ward that hands out cards without the postcard need not keep it among its papers."""
    text = SMALL.replace(", notice: required", "").replace("papers:\n  notice: {}", "papers: {}")
    assert read_rule_set(write(tmp_path, text)).recipient("R1").notice is None


def test_missing_section_is_named(tmp_path: Path) -> None:
    """A file without documents does not make every visit complete: it is not loaded."""
    text = SMALL[: SMALL.index("documents:")] + SMALL[SMALL.index("templates:") :]
    with pytest.raises(RuleFileError, match="'documents' is missing"):
        read_rule_set(write(tmp_path, text))


def test_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    """No rules must never look like no requirements."""
    with pytest.raises(RuleFileError, match="no rule file"):
        RuleBook.load(tmp_path)
    for folder in (tmp_path / "nowhere", tmp_path / ("n" * 5000), tmp_path / "n\0"):
        with pytest.raises(RuleFileError, match="cannot be read"):
            RuleBook.load(folder)
    with pytest.raises(DocumentsError, match="no rule set"):
        RuleBook([])


def test_day_of_the_visit_picks_the_rule_set(tmp_path: Path) -> None:
    """Of several rule sets the latest that has begun judges; a gap between two is an error."""
    write(tmp_path, SMALL.replace("2020-01-01", "2020-01-01\nvalid_until: 2021-12-31"), "a.yaml")
    write(tmp_path, SMALL.replace("name: small", "name: later").replace("2020-01-01", "2023-05-08"), "b.yaml")
    book = RuleBook.load(tmp_path)
    assert [one.name for one in book.rule_sets()] == ["small", "later"]
    assert book.on(date(2021, 12, 31)).name == "small"
    assert book.on(date(2023, 5, 8)).name == "later"
    for day in (date(2019, 12, 31), date(2022, 1, 1)):
        with pytest.raises(DocumentsError, match="No rule set is in force"):
            book.on(day)


@pytest.mark.parametrize(
    ("old", "new", "what"), [("name: small", "name: x", "first day"), ("2020-01", "2021-01", "name")]
)
def test_two_rule_sets_never_claim_the_same(tmp_path: Path, old: str, new: str, what: str) -> None:
    """Two files with one name or one first day would make the judge a matter of chance."""
    write(tmp_path, SMALL, "a.yaml")
    write(tmp_path, SMALL.replace(old, new), "b.yaml")
    write(tmp_path, SMALL.replace("name: small", "name: other").replace("2020-01", "2022-01"), "c.yaml")
    with pytest.raises(DocumentsError, match=rf"{what} .*\(a\.yaml and b\.yaml\)"):
        RuleBook.load(tmp_path)


def shipped() -> list[RuleSet]:
    """Every rule set that ships."""
    return list(RuleBook.load(locate("rules")).rule_sets())


def test_every_shipped_rule_has_a_source_or_says_that_it_has_none() -> None:
    """What was read names where; what nobody has read is marked, so that the clerk is told."""
    for rules in shipped():
        rows = [(one.code, one.sources, one.evidence) for one in rules.documents()]
        rows += [(one.code, one.sources, one.evidence) for one in rules.recipient_types()]
        for code, sources, evidence in rows:
            assert sources or evidence in {Evidence.MEMORY, Evidence.DESIGN}, code


def test_shipped_rule_set_holds_every_row_of_the_table() -> None:
    """The table of recipient types and combinations is there in full."""
    (rules,) = [one for one in shipped() if one.name == "2024-12-02"]
    assert [one.code for one in rules.recipient_types()] == [
        "R1", "R1-NL", "R2", "R2-NL", "R3", "R4", "P1", "P1i", *[f"P{number}" for number in range(2, 14)], "X1",
    ]  # fmt: skip
    assert set(rules.combination_table) == {"A1", "B2", "A2", "A1B1", "B3p", "B3", "TNB2", "B2np"}
    assert rules.fees_yen["reissue_card"] + rules.fees_yen["reissue_cert"] == 1000
