"""Every field of a rule file: each is read as it stands, and each code that names nothing is refused with its line."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.documents.files.rule_reader import read_rule_set
from backend.documents.files.rule_sense import policies_in_use
from backend.documents.model.age_rules import AgeRule, AgeSpan
from backend.documents.model.cited import CardExpiry, Cited, Fee, Flaw
from backend.documents.model.combinations import Combination, CombinationChoice, CombinationUse
from backend.documents.model.document import Document, DocumentClass, OneCard, Photo
from backend.documents.model.errors import RuleFileError
from backend.documents.model.fact import Fact
from backend.documents.model.missing import NextStep
from backend.documents.model.note_rule import NoteRule
from backend.documents.model.own_source import AlsoFor, Although, PhotoFrom
from backend.documents.model.paper_rules import ExtraPaper, Paper, ProofUse
from backend.documents.model.persons import Person, VisitForm
from backend.documents.model.policy import Evidence
from backend.documents.model.questions import GuideRow, Question
from backend.documents.model.recipient import NoticeNeed, Pins, RecipientType

MARKED = """\
format: 1
name: full
valid_from: 2020-01-01
valid_until: 2030-12-31
sources:
  PAGE: {title: a page, url: "https://example.jp/"}
policies:
  flag: {kind: yes_no, ward: true, seen: [{where: x, value: false, evidence: V, sources: [<PAGE>]}]}
  not_so: {kind: yes_no, ward: false, check: false}
  months: {kind: months, ward: 3}
  who: {kind: combinations, ward: [<A1>], seen: [{where: x, value: [<B2>], evidence: V}]}
combinations:
  A1: {A: 1, photo: 1, TN: 1, evidence: V, sources: [<PAGE>]}
  B2: {any: 2}
facts:
  fact: {common: true, not_with: [<other>], stops: reseal, valid_from: 2021-01-01, extra: {paper: <paper>, unless_facts: [<third>]},
    no_seal: true, by_staff: true, not_for: [<R2>], evidence: M, sources: [<PAGE>],
    notes: [{code: n, if_fact: <other>, unless_fact: <third>, if_paper: <paper>, unless_paper: <notice>, unless_policy: <flag>}]}
  other: {not_with: [<fact>], notes: [{code: n, about: [R1], if_missing: proof, if_age_at_least: 15, if_age_below: 75, person: visitor}]}
  third: {}
  photo_on_document: {}
papers:
  notice: {}
  boshi_techo: {}
  old_card: {}
  shokaisho: {}
  paper: {counts_as: <B01>, age_policy: <months>, copy_allowed: true, another_day: true, meant_for: [<R1>], not_with_facts: [<third>], evidence: P,
    sources: [<PAGE>]}
documents:
  A01: {class: A, photo: sometimes, evidence: V, sources: [<PAGE>], person: visitor, recipients: [<R1>], valid_from: 2021-01-01,
    valid_until: 2022-01-01, policy: <flag>, groups_policy: <flag>, proves: [<boshi_techo>],
    hands_in: [<old_card>], needs_fact: {applicant: <fact>, visitor: <other>},
    counts_although: {<torn>: {fact: <fact>, evidence: M, sources: [<PAGE>]}},
    also_for: {policy: <not_so>, evidence: M, sources: [<PAGE>], applicant: [<R1>], visitor: [<R2>], holder_below: 65, notes: [n]},
    not_with_facts: [<third>], holder_below: 5, photo_from: {age: 16, evidence: D, sources: [<PAGE>]}, ended: gone,
    notes: [{code: n, if_paper: <paper>, flawed: true}]}
  B01: {class: B, photo: never, evidence: M, same_card_as: [<A01>]}
one_card:
  - {documents: [<A01>, <B01>], since: 2025-03-24, note: n, evidence: D, sources: [<PAGE>]}
flaws: {torn: {note: n, evidence: S, sources: [<PAGE>]}}
returns_if_held: {card: {evidence: R, sources: [<PAGE>]}}
document_checks: {original: {evidence: V, sources: [<PAGE>]}}
fees_yen: {first: {yen: 800, evidence: V, sources: [<PAGE>]}}
card_expiry: {warn_days: 366, evidence: V, sources: [<PAGE>]}
bring_examples: [<A01>]
guide_questions:
  here: {options: [yes_, no_], paper: <notice>}
  born: {ages: {small: {preschool: true}, pupil: {until_junior_high_end: true}, rest: {}}}
guide:
  one: {when: {here: [yes_]}, recipient: <R1>}
  two: {when: {here: [no_]}, refuse: n, instead: [<R2>]}
recipients:
  R1: {visit: both, evidence: P, aliases: [R1x], sources: [<PAGE>], applicant: [{combination: <A1>, if: <flag>}, <B2>],
    visitor: {policy: <who>}, notice: required, notice_unless: <not_so>, notice_waive_if: [<fact>], notice_or: [<shokaisho>],
    no_notice: <RL>, authority: [<paper>], waive_if: [<third>],
    proof_any: [<notice>, {paper: <paper>, if: <flag>, evidence: M, sources: [<PAGE>]}], optional: [<paper>],
    extras: [{if_fact: <fact>, paper: <paper>, unless_facts: [<third>]}],
    age: [{below: 15, note: n, instead: [<R2>], if: <flag>}, {at_least: 3, note: m, unless: <not_so>}],
    not_for_facts: [<other>], instead: [<R2>], reasons: [ill], why: no_way, pins: four, facts: [<third>],
    then: {notice: [reseal, fetch_today], proof: resend_notice}, notes: [{code: n, if_fact: <fact>}]}
  RL: {extends: R1, aliases: [], notice: lost, notes: []}
  R2: {visit: self, evidence: S, applicant: [{combination: <B2>, unless: <not_so>}]}
"""
"""Every field that there is; each code that names another entry stands in angle brackets."""

PLACES = list(re.finditer(r"<(\w+)>", MARKED))


def full(place: re.Match[str] | None = None, code: str = "") -> str:
    """The file, with another code at one of the places."""
    text = MARKED
    if place is not None:
        text = MARKED[: place.start()] + code + MARKED[place.end() :]
    return re.sub(r"<(\w+)>", r"\1", text)


def write(folder: Path, text: str) -> Path:
    """Put a rule file into a folder."""
    file = folder / "full.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_field_is_read_as_it_stands(tmp_path: Path) -> None:
    """No field of a ward's file is read into another one, or left aside."""
    rules = read_rule_set(write(tmp_path, full()))
    page = ("PAGE",)
    assert (rules.valid_from, rules.valid_until) == (date(2020, 1, 1), date(2030, 12, 31))
    assert rules.source_table["PAGE"].url == "https://example.jp/"
    assert dict(rules.policies) == {"flag": True, "not_so": False, "months": 3, "who": ("A1",)}
    assert [code for code, policy in rules.policy_table.items() if not policy.check] == ["not_so"]
    assert list(rules.combination_table.values()) == [
        Combination("A1", 1, 1, 1, 1, Evidence.PAGE, page),
        Combination("B2", 0, 2, 0, 0, None, ()),
    ]
    assert rules.fact_table["fact"] == Fact(
        "fact",
        common=True,
        not_with=frozenset({"other"}),
        stops=NextStep.RESEAL,
        valid_from=date(2021, 1, 1),
        extra=ExtraPaper("fact", "paper", ("third",)),
        no_seal=True,
        by_staff=True,
        not_for=frozenset({"R2"}),
        evidence=Evidence.MEMORY,
        sources=page,
        notes=(NoteRule("n", (), "other", ("third",), "paper", "notice", unless_policy="flag"),),
    )
    assert rules.fact_table["third"] == Fact("third")
    assert rules.fact_table["other"].notes == (
        NoteRule(
            "n", ("R1",), if_missing="proof", if_age_at_least=15, if_age_below=75, person=Person.VISITOR
        ),
    )
    third = rules.fact_table["third"]
    assert (third.common, third.no_seal, third.by_staff, third.extra, third.stops) == (
        False,
        False,
        False,
        None,
        None,
    )
    assert rules.paper_table["paper"] == Paper(
        "paper",
        counts_as="B01",
        age_policy="months",
        copy_allowed=True,
        another_day=True,
        meant_for=frozenset({"R1"}),
        not_with_facts=frozenset({"third"}),
        evidence=Evidence.PART,
        sources=page,
    )
    notice = rules.paper_table["notice"]
    assert (notice.copy_allowed, notice.another_day, notice.meant_for) == (False, False, frozenset())
    assert rules.document_table["A01"] == Document(
        "A01",
        DocumentClass.A,
        Photo.SOMETIMES,
        Evidence.PAGE,
        page,
        person=Person.VISITOR,
        recipients=frozenset({"R1"}),
        valid_from=date(2021, 1, 1),
        valid_until=date(2022, 1, 1),
        policy="flag",
        proves=("boshi_techo",),
        not_with_facts=frozenset({"third"}),
        holder_below=5,
        photo_from=PhotoFrom(16, Evidence.DESIGN, page),
        also_for=AlsoFor(
            "not_so",
            Evidence.MEMORY,
            page,
            applicant=frozenset({"R1"}),
            visitor=frozenset({"R2"}),
            holder_below=65,
            notes=("n",),
        ),
        groups_policy="flag",
        hands_in=("old_card",),
        needs_fact={Person.APPLICANT: "fact", Person.VISITOR: "other"},
        counts_although={"torn": Although("fact", Evidence.MEMORY, page)},
        ended="gone",
        notes=(NoteRule("n", if_paper="paper", flawed=True),),
    )
    assert rules.document_table["B01"] == Document(
        "B01", DocumentClass.B, Photo.NEVER, Evidence.MEMORY, same_card_as=frozenset({"A01"})
    )
    cards = OneCard(frozenset({"A01", "B01"}), date(2025, 3, 24), "n", Evidence.DESIGN, page)
    assert rules.one_card == (cards,)
    assert rules.flaw_table["torn"] == Flaw("torn", "n", Evidence.SEED, page)
    assert rules.returns["card"] == Cited("card", Evidence.REPOSITORY, page)
    assert rules.checks["original"] == Cited("original", Evidence.PAGE, page)
    assert rules.fees["first"] == Fee("first", 800, Evidence.PAGE, page)
    assert rules.card_expiry == CardExpiry(366, Evidence.PAGE, page)
    assert rules.examples == ("A01",)
    assert rules.questions["here"] == Question("here", ("yes_", "no_"), paper="notice")
    spans = {"small": AgeSpan(preschool=True), "pupil": AgeSpan(until_junior_high_end=True)}
    assert rules.questions["born"] == Question("born", ("small", "pupil", "rest"), spans)
    assert list(rules.guide.values()) == [
        GuideRow("one", {"here": frozenset({"yes_"})}, recipient="R1"),
        GuideRow("two", {"here": frozenset({"no_"})}, refuse="n", instead=("R2",)),
    ]


def test_every_field_of_a_recipient_type_is_read_as_it_stands(tmp_path: Path) -> None:
    """A row of the decision table says what the file says, and a row that extends it says the same but for its own."""
    rules = read_rule_set(write(tmp_path, full()))
    fields = RecipientType(
        "R1",
        VisitForm.BOTH,
        Evidence.PART,
        aliases=("R1x",),
        sources=("PAGE",),
        applicant=CombinationChoice((CombinationUse("A1", if_policy="flag"), CombinationUse("B2"))),
        visitor=CombinationChoice(policy="who"),
        notice=NoticeNeed.REQUIRED,
        notice_unless="not_so",
        notice_waive_if=("fact",),
        notice_or=("shokaisho",),
        no_notice="RL",
        authority=("paper",),
        waive_if=("third",),
        proofs=(ProofUse("notice"), ProofUse("paper", "flag", Evidence.MEMORY, ("PAGE",))),
        optional=("paper",),
        extras=(ExtraPaper("fact", "paper", ("third",)),),
        ages=(
            AgeRule("n", AgeSpan(below=15), ("R2",), "flag"),
            AgeRule("m", AgeSpan(at_least=3), (), None, "not_so"),
        ),
        not_for_facts=("other",),
        instead=("R2",),
        reasons=("ill",),
        why="no_way",
        pins=Pins.FOUR,
        facts=("third",),
        then={"notice": (NextStep.RESEAL, NextStep.FETCH_TODAY), "proof": (NextStep.RESEND_NOTICE,)},
        notes=(NoteRule("n", if_fact="fact"),),
    )
    assert rules.recipient("R1x") == fields
    lost = rules.recipient("RL")
    assert (lost.notice, lost.aliases, lost.notes) == (NoticeNeed.LOST, (), fields.notes)
    assert (lost.authority, lost.ages, lost.pins) == (fields.authority, fields.ages, fields.pins)
    plain = CombinationChoice((CombinationUse("B2", unless_policy="not_so"),))
    assert rules.recipient("R2") == RecipientType("R2", VisitForm.SELF, Evidence.SEED, applicant=plain)


def test_every_policy_that_has_a_say_is_in_use(tmp_path: Path) -> None:
    """A ward that sets one of them is not told that nothing comes of it: also where only the age of a paper hangs on it."""
    rules = read_rule_set(write(tmp_path, full()))
    assert policies_in_use(rules) == {"flag", "not_so", "months", "who"}
    noted = replace(rules.fact_table["third"], notes=(NoteRule("n", unless_policy="noted"),))
    more = replace(rules, fact_table={**rules.fact_table, "third": noted})
    assert policies_in_use(more) == {"flag", "not_so", "months", "who", "noted"}


def values_in(whole: Any) -> Iterator[Any]:
    """Every value of a rule that is part of another."""
    parts: Iterator[Any] = iter(())
    if is_dataclass(whole):
        yield whole
        parts = (getattr(whole, one.name) for one in fields(whole))
    elif isinstance(whole, Mapping):
        parts = iter(whole.values())
    elif isinstance(whole, tuple | list):
        parts = iter(whole)
    for part in parts:
        yield from values_in(part)


def test_the_file_of_these_tests_says_something_in_every_field(tmp_path: Path) -> None:
    """A field that is added to a dataclass can be used in rule files, and so must be in this test's file, too."""
    said: dict[type, set[str]] = defaultdict(set)
    for value in values_in(read_rule_set(write(tmp_path, full()))):
        for one in fields(value):
            default = one.default if one.default_factory is MISSING else one.default_factory()
            if getattr(value, one.name) != default:
                said[type(value)].add(one.name)
    silent = {
        f"{kind.__name__}.{one.name}" for kind in said for one in fields(kind) if one.name not in said[kind]
    }
    assert silent == set()


def keys_in(whole: Any, depth: int = 0) -> Iterator[str]:
    """Every key of a rule file below the codes of its sections."""
    if isinstance(whole, dict):
        for key, part in whole.items():
            if depth != 1:
                yield str(key)
            yield from keys_in(part, depth + 1)
    elif isinstance(whole, list):
        for part in whole:
            yield from keys_in(part, depth + 1)


def test_every_field_is_described() -> None:
    """What a ward may write into a rule file stands in its description."""
    text = Path(__file__).parents[2].joinpath("docs", "document-rules-format.md").read_text("utf-8")
    described = " ".join(re.findall(r"```.*?```|`[^`]*`", text, re.DOTALL))
    keys = set(keys_in(yaml.safe_load(full()))) - {"torn", "here", "born", "small", "pupil", "rest"}
    assert {key for key in keys if not re.search(rf"\b{key}\b", described)} == set()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.start()}-{place[1]}")
def test_a_code_that_names_nothing_is_refused_with_its_line(tmp_path: Path, place: re.Match[str]) -> None:
    """One slip in any field of the file: the entry is told, and no visit is judged by what is left."""
    text = full(place, "NOPE")
    with pytest.raises(RuleFileError, match=r"^full\.yaml:\d+: .*names 'NOPE'") as caught:
        read_rule_set(write(tmp_path, text))
    lines = text.splitlines()
    begins = max(number for number in range(1, len(lines) + 1) if number <= MARKED.count("\n", 0, place.start()) + 1
                 and not lines[number - 1].startswith("    "))  # fmt: skip
    assert caught.value.line == begins


@pytest.mark.parametrize(
    "place",
    [one for one in PLACES if one[1] in {"flag", "not_so", "months", "who"}],
    ids=lambda place: f"{place.start()}",
)
def test_a_policy_of_another_kind_is_refused(tmp_path: Path, place: re.Match[str]) -> None:
    """A number of months where yes or no is asked for never becomes yes."""
    other = "flag" if place[1] in {"months", "who"} else "months"
    with pytest.raises(RuleFileError, match=rf"^full\.yaml:\d+: .*names '{other}'"):
        read_rule_set(write(tmp_path, full(place, other)))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("applicant: [{combination: B2, unless: not_so}]", "applicant: []", "at least one combination"),
        ("proof_any: [notice, {", "proof_any: [{", "under the ward's policies no paper is left"),
        ("[notice, {paper: paper, if: flag", "[paper, {paper: paper, if: flag", "stands twice in this list"),
        ("R1: {visit: both, evidence: P, aliases: [R1x]", "R1: {visit: both, evidence: P, aliases: [R2]", "the alias"),
        ("aliases: [R1x]", "aliases: [R1x, R1]", "the alias"),
        ("warn_days: 366", "warn_days: 367", "a whole number up to 366"),
        ("extends: R1, aliases: [], notice: lost", "extends: R1, notice: required", "asks for the notice itself"),
        ("extends: R1, aliases: [], notice: lost", "extends: R1, notice: lost, authority: [notice]", "other papers"),
        ("valid_until: 2030-12-31", "valid_until: 2019-12-31", "end before they begin"),
        ("valid_until: 2022-01-01", "valid_until: 2020-12-31", "it ends before it begins"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """A row that would ask for nothing, or name one thing twice, never judges anybody."""
    text = full()
    assert old in text
    if problem.startswith("under"):
        text = text.replace("if: flag, evidence: M", "if: not_so, evidence: M")
    with pytest.raises(RuleFileError, match=rf"^full\.yaml:\d+: .*{problem}"):
        read_rule_set(write(tmp_path, text.replace(old, new, 1)))


@pytest.mark.parametrize("section", ["recipients", "documents"])
def test_an_empty_section_is_refused_in_its_own_words(tmp_path: Path, section: str) -> None:
    """A file in which every entry was taken away makes no visit complete."""
    start = MARKED.index(f"\n{section}:") + 1
    ends = re.compile(r"^\w", re.MULTILINE).search(MARKED, start + 1)
    rest = MARKED[ends.start() :] if ends else ""
    text = re.sub(r"<(\w+)>", r"\1", f"{MARKED[:start]}{section}: {{}}\n{rest}")
    with pytest.raises(RuleFileError, match=r"^full\.yaml:\d+: .*this section is empty"):
        read_rule_set(write(tmp_path, text))


@pytest.mark.parametrize(("size", "fits"), [(512 * 1024, True), (512 * 1024 + 1, False)])
def test_the_size_of_a_file_ends_where_the_message_says(tmp_path: Path, size: int, *, fits: bool) -> None:
    """512 KiB are read, one byte more is refused."""
    text = full()
    file = write(tmp_path, text + "#" * (size - len(text) - 1) + "\n")
    if fits:
        assert read_rule_set(file).name == "full"
    else:
        with pytest.raises(RuleFileError, match="larger than 512 KiB"):
            read_rule_set(file)


@pytest.mark.parametrize(("more", "problem"), [(18, "is expected here"), (19, "nested too deeply")])
def test_the_depth_of_a_file_ends_at_twenty(tmp_path: Path, more: int, problem: str) -> None:
    """Twenty lists in each other are read and found to be none of ours; with one more nothing is built."""
    text = full().replace("  third: {}", f"  third: {'[' * more}{']' * more}")
    with pytest.raises(RuleFileError, match=problem) as caught:
        read_rule_set(write(tmp_path, text))
    assert caught.value.line == text[: text.index("  third: [")].count("\n") + 1
