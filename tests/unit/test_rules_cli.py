"""``uketsuke rules``: a ward's own files are checked and compared, and the paper of the rules is never stale."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pytest

from backend.cli.rules import command
from backend.common.catalogue import Catalogue
from backend.common.console import CommandFailedError
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.comparison import RuleChange, changes
from backend.documents.saying.handbook import handbook
from tests.architecture.papers import text_of
from tests.command_support import result_of
from tests.documents_support import with_policies
from tests.shipped_rules import BOOK, DAY

OWN = 'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\n'


run = partial(result_of, command)


def write(folder: Path, name: str, text: str) -> str:
    """Put a file of the ward into a folder."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_paper_of_the_rules_is_what_the_rules_say() -> None:
    """docs/document-rules.md is generated: run `make rules` where this fails."""
    assert text_of("document-rules.md") == handbook(RuleBook.load(locate("rules")), Catalogue("documents"))


def test_paper_holds_every_type_combination_document_policy_and_source() -> None:
    """Whoever asks by what a visit is judged finds every code, with its evidence."""
    paper = text_of("document-rules.md")
    book = RuleBook.load(locate("rules"))
    for rules in book.rule_sets():
        part = paper.split(f"## Visits from {rules.valid_from}")[1].split("\n## ")[0]
        for code, one in rules.recipient_table.items():
            (row,) = [line for line in part.splitlines() if line.startswith(f"| `{code}` ")]
            assert f"**{one.evidence}**" in row
            assert all(f"`{source}`" in row for source in one.sources)
        assert all(f"| `{code}` |" in part for code in rules.combination_table)
        assert all(f"| `{code}` |" in paper for code in (*rules.document_table, *rules.policy_table))
        assert all(f"| `{code}` | {one.title}" in paper for code, one in rules.source_table.items())


def test_paper_names_what_else_a_type_may_show() -> None:
    """A paper that nobody has to bring but may bring stands in the row beside those that are asked for."""
    rules, names = BOOK.on(DAY), Catalogue("documents")
    row = replace(rules.recipient_table["R1"], optional=("koseki",))
    changed = replace(rules, recipient_table=MappingProxyType({**rules.recipient_table, "R1": row}))
    paper = handbook(RuleBook([changed]), names)
    (line,) = [one for one in paper.splitlines() if one.startswith("| `R1` ")]
    assert f"| {names.text('paper.koseki')} |" in line


def test_paper_is_written_to_a_file(tmp_path: Path) -> None:
    """--out writes the same bytes that go to standard output; a folder that is not there is one sentence."""
    out = tmp_path / "rules.md"
    assert run("document", "--out", str(out)).exception is None
    assert out.read_bytes() == run("document").stdout_bytes
    result = run("document", "--out", str(tmp_path / "nowhere" / "rules.md"))
    assert isinstance(result.exception, CommandFailedError)


def test_list_names_every_file_that_has_a_say() -> None:
    """An auditor sees from which files a rule set is made."""
    lines = run("list").output.splitlines()
    assert [line.split()[1] for line in lines] == ["2016-01", "2021-01", "2023-04", "2024-12-02"]
    assert lines[-1].endswith("2024-12-02.yaml, 2023-04.yaml, lists.yaml, ward.yaml")


def test_policy_file_shows_what_it_would_change(tmp_path: Path) -> None:
    """The ward reads its change as a change of outcomes, not only of a flag."""
    file = write(
        tmp_path, "ours.yaml", "format: 1\npolicies:\n  self_requires_two_docs: {ward: true, check: false}\n"
    )
    output = run("check", file).output
    assert "ours.yaml: a policy file, without mistakes." in output
    assert "against the shipped rules 2016-01, 2021-01, 2023-04, 2024-12-02:" in output
    assert "policy self_requires_two_docs" in output
    assert "applicant's documents: A1 or B2 -> B2" in output
    assert (
        "outcome R1 (本人（15歳以上）), applicant shows マイナンバーカード（顔写真付き）: complete -> not complete"
        in output
    )


def test_rule_file_shows_what_it_would_change(tmp_path: Path) -> None:
    """Types, documents and combinations that differ are named, and a code without a name is remarked."""
    file = write(
        tmp_path,
        "2027-04-01.yaml",
        OWN
        + "remove: {documents: [B31]}\n"
        + "recipients:\n  P13: {visit: never, evidence: S, sources: [SEED], instead: [R1]}\n"
        + "combinations:\n  B3p: {any: 2, photo: 1}\n"
        + "documents:\n  B99: {class: B, photo: never, evidence: S, sources: [SEED]}\n",
    )
    output = run("check", file).output
    assert "a rule file for visits from 2027-04-01 on, without mistakes." in output
    assert "remark: the document B99 has no name" in output
    assert "recipient P13 (長期にわたり家庭にとどまる方の代理人), allowed: yes -> no" in output
    assert output.count("P13") == 1
    assert "document B99: new" in output
    assert "document B31" in output
    assert "combination B3p, asks for: any 3, photo 1 -> any 2, photo 1" in output


def test_shipped_files_change_nothing() -> None:
    """The shipped files pass their own check, and differ in nothing from themselves."""
    files = [str(path) for path in (*locate("rules").glob("*.yaml"), locate("rules", "policy", "ward.yaml"))]
    result = run("check", *files)
    assert result.exception is None
    assert result.output.count("changes nothing.") == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            OWN.replace("extends: 2024-12-02", "extends: wrong"),
            "wrong.yaml:3: extends: 'extends' runs in a circle",
        ),
        (OWN + "remove: {recipients: [P13]}\n", "names 'P13'"),
        (OWN.replace("valid_from: 2027-04-01\n", ""), "the key 'valid_from' is missing"),
        (OWN + "guide:\n  self_notice: {when: {who: self}, recipient: R1}\n", "lead to 'self_child' as well"),
        (
            "format: 1\npolicies:\n  passbok: {ward: true}\n",
            "wrong.yaml:3: policies.passbok: there is no policy",
        ),
        ("format: 1\npolicies:\n  legal_rep_alone_visitor_id: {ward: [A9]}\n", "wrong.yaml:3: "),
        ("format: [", "not valid YAML"),
    ],
)
def test_wrong_files_are_named_and_the_others_are_checked(tmp_path: Path, text: str, message: str) -> None:
    """Every file is looked at; the mistake is named with file and line, and the exit code tells."""
    wrong = write(tmp_path, "wrong.yaml", text)
    good = write(tmp_path, "good.yaml", OWN.replace("2027-04-01", "2027-05-01"))
    result = run("check", wrong, good)
    assert isinstance(result.exception, CommandFailedError)
    assert "1 of 2 files" in result.exception.format_message()
    assert message in result.stderr
    assert "good.yaml: a rule file" in result.stdout


def with_guide(questions: list[str], rows: list[str]) -> str:
    """A ward's rule file whose guide is its own from the first question to the last row."""
    latest = RuleBook.load(locate("rules")).rule_sets()[-1]
    return "\n".join(
        [
            f"{OWN}remove:",
            f"  guide_questions: [{', '.join(latest.questions)}]",
            f"  guide: [{', '.join(latest.guide)}]",
            "guide_questions:",
            *(f"  {question}" for question in questions),
            "guide:",
            *(f"  {row}" for row in rows),
            "",
        ]
    )


def test_an_answer_that_is_never_offered_and_a_type_that_is_never_reached_are_remarked(
    tmp_path: Path,
) -> None:
    """A ward that forgets a row of its guide learns it at its desk, not from a visitor."""
    questions = ["person: {options: [self, other, nobody]}"]
    rows = ["a: {when: {person: self}, recipient: R1}", "b: {when: {person: other}, recipient: P5}"]
    output = run("check", write(tmp_path, "ours.yaml", with_guide(questions, rows))).output
    remarks = [line.strip() for line in output.splitlines() if "remark: " in line]
    assert "remark: the guide never offers the answer nobody of the question person" in remarks
    assert "remark: no answers of the guide lead to P9" in remarks
    assert not [line for line in remarks if line.endswith((" R1", " P5", " X1"))]
    assert "question a: new (" in output


@pytest.mark.parametrize(
    ("questions", "rows", "message"),
    [
        (
            ["person: {options: [self, other]}", "place: {options: [here, there]}"],
            [
                "a: {when: {person: self, place: here}, recipient: R1}",
                "b: {when: {person: other, place: there}, recipient: P5}",
                "c: {when: {person: [self], place: there}, refuse: never_accepted}",
                "d: {when: {person: other, place: here}, recipient: P6}",
            ],
            "",
        ),
        (
            ["person: {options: [self, other]}"],
            ["a: {when: {person: self}, recipient: R1}", "b: {when: {person: []}, recipient: P5}"],
            "at least one option",
        ),
        (
            [f"q{one}: {{options: [a, b]}}" for one in range(22)]
            + [f"which: {{options: [{', '.join(f's{one}' for one in range(22))}]}}"],
            [
                f"{side}{one}: {{when: {{which: s{one}, q{one}: {side}}}, refuse: {side}{one}}}"
                for one in range(22)
                for side in "ab"
            ],
            "ours.yaml:33: guide: The questions have more than 2000 ways through them.",
        ),
    ],
)
def test_a_guide_without_end_is_refused(
    tmp_path: Path, questions: list[str], rows: list[str], message: str
) -> None:
    """A guide that asks on and on is named with its line, in seconds; one that ends is taken."""
    result = run("check", write(tmp_path, "ours.yaml", with_guide(questions, rows)))
    assert (result.exception is None) is (not message)
    assert message in result.stderr


def test_every_part_of_the_rules_shows_when_it_changes(tmp_path: Path) -> None:
    """Fees, examples, cards, warnings, questions and next steps are rules like any other."""
    file = write(
        tmp_path,
        "ours.yaml",
        OWN
        + "remove: {guide: [agent_P4]}\n"
        + "bring_examples: [A01]\n"
        + "one_card: [{documents: [A01, A03], note: one_card}]\n"
        + "card_expiry: {warn_days: 60, evidence: D}\n"
        + "fees_yen: {reissue: {yen: 900, evidence: D}}\n"
        + "guide: {self_lost: {when: {who: self, age_15: from_15, notice: lost}, recipient: R1}}\n"
        + "recipients: {R1-NL: {extends: R1, notice: lost, evidence: D, pins: none, instead: [R2],"
        + " then: {applicant_id: resend_notice}}}\n",
    )
    lines = [line.strip() for line in run("check", file).output.splitlines()]
    for said in (
        "question agent_P4: no longer there (was ",
        "question self_lost, leads to: R1-NL -> R1",
        "example A03",
        "one_card A01+A03",
        "card_expiry card, days of warning: 30 -> 60",
        "fee reissue",
        "recipient R1-NL",
    ):
        assert [line for line in lines if line.startswith(said)], said
    (row,) = [line for line in lines if line.startswith("recipient R1-NL") and "PINs" in line]
    assert row.endswith("all -> none")


@pytest.mark.parametrize(
    "text", [f"extends: {123456789018}", f"{123456789018}: x", f"name: [{123456789018}, {{"]
)
def test_my_number_in_a_file_is_not_repeated(tmp_path: Path, text: str) -> None:
    """A ward's file may hold anything; a 12-digit number in it comes out nowhere."""
    file = write(tmp_path, "wrong.yaml", f"format: 1\nname: a\nvalid_from: 2027-01-01\n{text}\n")
    result = run("check", file)
    assert isinstance(result.exception, CommandFailedError)
    assert "5678" not in result.output + result.exception.format_message()


@pytest.mark.parametrize(
    "words",
    [
        ["check", "123456789018.yaml"],
        ["check", "1234-5678", "9018"],
        ["list", "--policy", "123456789018.yaml"],
        ["document", "--out", "/nowhere/123456789018.md"],
        ["sheet", "R1", "--on", "2026-11-24", "--out", "/nowhere/123456789018.pdf"],
    ],
)
def test_my_number_on_the_line_is_not_repeated(words: list[str]) -> None:
    """Also as the name of a file: it is refused before anything is read or written."""
    result = run(*words)
    assert isinstance(result.exception, CommandFailedError)
    shown = result.output + result.exception.format_message()
    assert "12-digit number" in shown
    assert not any(part in shown for part in ("5678", "9018"))


def test_changes_are_of_rules_and_of_outcomes() -> None:
    """A policy that lets two documents of list B through for a representative turns that very visit."""
    rules = RuleBook.load(locate("rules")).on(date(2026, 11, 24))
    strict = with_policies(rules, {"legal_rep_alone_visitor_id": ("A2", "A1B1")})
    found = changes(rules, strict, date(2026, 11, 24))
    assert changes(rules, rules, date(2026, 11, 24)) == ()
    assert RuleChange("policy", "legal_rep_alone_visitor_id", "ward", "A1 or B2", "A2 or A1B1") in found
    assert RuleChange("recipient", "P2", "visitor's documents", "A1 or B2", "A2 or A1B1") in found
    turned = {(one.code, one.shown) for one in found if one.kind == "outcome"}
    assert {("P1", ("A01",)), ("P2", ("B19", "B20"))} <= turned
    assert {code for code, _ in turned} == {"P1", "P1i", "P2", "P3"}


def test_a_note_that_lost_its_sentence_is_remarked(tmp_path: Path) -> None:
    """A ward that removes a fee, or names a note of its own, learns before the counter opens that clerks would read a code."""
    own = (
        'format: 1\nname: "2027-04-01"\nextends: 2024-12-02\nvalid_from: 2027-04-01\n'
        "remove: {fees_yen: [reissue_card]}\n"
        "flaws:\n  torn: {note: torn_to_pieces, evidence: S, sources: [SEED]}\n"
    )
    output = run("check", write(tmp_path, "2027-04-01.yaml", own)).stdout
    assert "remark: the note fee_reissue has no sentence" in output
    assert "remark: the note torn_to_pieces has no sentence" in output
    assert "remark: the flaw torn has no name" in output
    shipped = run("check", str(locate("rules", "2024-12-02.yaml"))).stdout
    assert "remark" not in shipped


def test_a_weakened_combination_shows_what_comes_of_it(tmp_path: Path) -> None:
    """A ward that lets one document of list B do where one of list A was asked for sees which visits become complete."""
    own = "format: 1\nname: w\nextends: 2024-12-02\nvalid_from: 2027-01-01\ncombinations:\n  A1: {any: 1}\n"
    lines = run("check", write(tmp_path, "2027.yaml", own)).stdout.splitlines()
    assert [line for line in lines if "R1" in line and "not complete -> complete" in line]
    # The catalogue's name of it, 「A欄から1点」, would say what it no longer asks for.
    assert [line.strip() for line in lines if "combination" in line] == [
        "combination A1, asks for: A 1 -> any 1"
    ]


def test_a_policy_that_nothing_uses_is_remarked(tmp_path: Path) -> None:
    """A ward that writes a policy of its own, in a policy file or in a rule file, learns that nothing comes of it."""
    own = (
        "format: 1\npolicies:\n  tattoo_will_do: {kind: yes_no, ward: true}\n  passbook_is_B: {ward: false}\n"
    )
    for name, more in (
        ("ward.yaml", "name: w\n"),
        ("2027.yaml", "name: w\nextends: 2024-12-02\nvalid_from: 2027-01-01\n"),
    ):
        output = run("check", write(tmp_path, name, own + more)).stdout
        assert output.count("remark: no rule uses") == 1
        assert "remark: no rule uses the policy tattoo_will_do" in output
