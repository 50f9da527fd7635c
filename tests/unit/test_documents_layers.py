"""Rule files that build on each other, and the ward's own policies: what is taken over, and what is refused."""

import re
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import given, settings, strategies as st

from backend.common.shipped import locate
from backend.documents.files.policy_file import read_policy_file
from backend.documents.files.rule_book import RuleBook
from backend.documents.files.rule_reader import read_rule_set
from backend.documents.model.errors import DocumentsError, RuleFileError
from backend.documents.model.rule_set import RuleSet
from tests.proof import examples

LISTS = """\
format: 1
name: lists
sources:
  PAGE: {title: a page}
combinations:
  A1: {A: 1}
  B2: {any: 2}
facts:
  fact: {}
papers:
  notice: {}
documents:
  A01: {class: A, photo: always, evidence: V, sources: [PAGE]}
  B01: {class: B, photo: never, evidence: V, sources: [PAGE], policy: passbook}
templates:
  base: {visit: self, evidence: S, notice: required}
"""
FIRST = """\
format: 1
name: first
extends: lists
valid_from: 2016-01-01
recipients:
  R1: {extends: base, applicant: [A1, B2]}
  R2: {extends: base, applicant: [A1]}
"""
SECOND = """\
format: 1
name: second
extends: first
valid_from: 2021-01-01
remove:
  recipients: [R2]
documents:
  B01: {class: B, photo: always, evidence: R, sources: [PAGE]}
  B02: {class: B, photo: never, evidence: R, sources: [PAGE]}
"""
POLICY = """\
format: 1
sources:
  TOWN: {title: a town}
policies:
  passbook: {kind: yes_no, ward: true, seen: [{where: a town, value: false, evidence: V, sources: [TOWN]}]}
  who: {kind: combinations, ward: [A1], check: false}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rules: shared lists, two dated files, the ward's policies."""
    for name, text in {
        "shared/lists.yaml": LISTS,
        "policy/ward.yaml": POLICY,
        "first.yaml": FIRST,
        "second.yaml": SECOND,
    }.items():
        file = tmp_path / "rules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "rules"


def sets(folder: Path) -> dict[str, RuleSet]:
    """The rule sets of a folder by name."""
    return {one.name: one for one in RuleBook.load(folder).rule_sets()}


def test_later_file_says_only_what_changed(folder: Path) -> None:
    """A code that stands again replaces the whole entry in its place, a new one follows, a removed one is gone."""
    first, second = sets(folder)["first"], sets(folder)["second"]
    assert list(first.document_table) == ["A01", "B01"]
    assert list(second.document_table) == ["A01", "B01", "B02"]
    assert (first.document_table["B01"].policy, second.document_table["B01"].policy) == ("passbook", None)
    assert list(first.recipient_table) == ["R1", "R2"]
    assert list(second.recipient_table) == ["R1"]
    assert (first.valid_from.year, second.valid_from.year) == (2016, 2021)


def test_auditor_sees_every_file_that_had_a_say(folder: Path) -> None:
    """The files are named, and the fingerprint changes with any of them, the policies among them."""
    second = sets(folder)["second"]
    assert second.files == ("second.yaml", "first.yaml", "lists.yaml", "ward.yaml")
    for name in ("second.yaml", "first.yaml", "shared/lists.yaml", "policy/ward.yaml"):
        before = sets(folder)["second"].fingerprint
        file = folder / name
        file.write_text(file.read_text("utf-8") + "# a word\n", encoding="utf-8")
        assert sets(folder)["second"].fingerprint != before, name


def test_the_fingerprint_tells_in_which_file_a_line_stands(folder: Path) -> None:
    """A line that moves from the end of one file to the head of the next is a change like any other."""
    found = set()
    for before, after in (("# a word\n", ""), ("", "# a word\n")):
        (folder / "second.yaml").write_text(SECOND + before, encoding="utf-8")
        (folder / "first.yaml").write_text(after + FIRST, encoding="utf-8")
        found.add(sets(folder)["second"].fingerprint)
    assert len(found) == 2


def test_shared_lists_judge_nobody(folder: Path) -> None:
    """What files share is no rule set, even where it stands in the folder of rules."""
    assert set(sets(folder)) == {"first", "second"}
    (folder / "lists.yaml").write_text(LISTS, encoding="utf-8")
    with pytest.raises(RuleFileError, match="'valid_from' is missing"):
        RuleBook.load(folder)


def test_wards_own_folder_extends_the_shipped_rules(folder: Path, tmp_path: Path) -> None:
    """A ward keeps one small file of its own; the rest and the policies come from the shipped folder."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "2027.yaml").write_text(
        "format: 1\nname: ours\nextends: second\nvalid_from: 2027-04-01\nremove: {documents: [B02]}\n",
        "utf-8",
    )
    book = RuleBook.load(own, library=folder)
    assert [one.name for one in book.rule_sets()] == ["first", "second", "ours"]
    ours = book.on(date(2027, 4, 1))
    assert list(ours.document_table) == ["A01", "B01"]
    assert ours.policies["passbook"] is True
    assert book.on(date(2027, 3, 31)).name == "second"
    with pytest.raises(RuleFileError, match=r"2027.yaml:3: extends: there is no rule file 'second.yaml'"):
        RuleBook.load(own)


def test_shipped_rules_never_follow_the_wards_own(folder: Path, tmp_path: Path) -> None:
    """From its first own day on a ward judges by its own files, also where the product ships a later set."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "2018.yaml").write_text("format: 1\nname: ours\nextends: first\nvalid_from: 2018-01-01\n", "utf-8")
    names = [one.name for one in RuleBook.load(own, library=folder).rule_sets()]
    assert names == ["first", "ours"]
    (own / "2021.yaml").write_text(
        "format: 1\nname: today\nextends: first\nvalid_from: 2016-01-01\n", encoding="utf-8"
    )
    same_day = [one.name for one in RuleBook.load(own, library=folder).rule_sets()]
    assert same_day == ["today", "ours"]
    assert [one.name for one in RuleBook.load(folder, library=folder).rule_sets()] == ["first", "second"]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "first.yaml",
            "extends: lists",
            "extends: second",
            r"^second.yaml:3: extends: .*circle|^first.yaml:3",
        ),
        ("first.yaml", "extends: lists", "extends: first", r"^first.yaml:3: extends: .*circle"),
        ("first.yaml", "extends: lists", "extends: nothing", r"^first.yaml:3: .*no rule file 'nothing.yaml'"),
        ("first.yaml", "extends: lists", "extends: ../x", r"^first.yaml:3: .*without folder"),
        ("second.yaml", "[R2]", "[R7]", r"^second.yaml:6: .*no 'R7' in recipients to remove"),
        ("second.yaml", "  recipients: [R2]", "  people: [R2]", r"^second.yaml:6: .*not known here"),
        ("second.yaml", "class: B, photo: never", "class: C, photo: never", r"^second.yaml:9: "),
        ("shared/lists.yaml", "sources: [PAGE]}", "sources: [BOOK]}", r"^lists.yaml:13: .*names 'BOOK'"),
        ("shared/lists.yaml", "format: 1", "format: 1\nfrom: 3", r"^lists.yaml:2: from: .*not known here"),
        ("policy/ward.yaml", "ward: [A1]", "ward: [A9]", r"^ward.yaml:6: policies.who: .*names 'A9'"),
        ("policy/ward.yaml", "[TOWN]", "[CITY]", r"^ward.yaml:5: .*names 'CITY'"),
        ("policy/ward.yaml", "[TOWN]", "[PAGE]", r"^ward.yaml:5: .*names 'PAGE'"),
        ("policy/ward.yaml", "format: 1", "format: 2", r"^ward.yaml:1: .*format 1"),
    ],
)
def test_mistake_is_named_in_the_file_where_it_stands(
    folder: Path, name: str, old: str, new: str, message: str
) -> None:
    """Whoever reads the error opens the right file at the right line, whichever file of a chain it is."""
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileError, match=message):
        RuleBook.load(folder)


OURS = "format: 1\nname: ours\nextends: 2024-12-02\nvalid_from: 2027-04-01\n"


@pytest.mark.parametrize(
    ("ours", "line", "said"),
    [
        ("remove:\n  policies: []\n  papers:\n    - jirei\n", 8, "taking 'jirei' away .*P10: proof_any"),
        ("remove:\n  templates: [agent]\n", 6, "taking 'agent' away .*neither a template nor a recipient type"),
        ("remove:\n  sources: [CHIBA, SHIMADA]\n", 6, "taking 'SHIMADA' away .*lists.yaml:.*sources names 'SHIMADA'"),
        ("remove:\n  guide_questions: [notice]\n", 6, "taking 'notice' away .*no question 'notice'"),
        ("remove:\n  flaws: [expired]\n", 6, "taking 'expired' away .*counts_although"),
        ("remove:\n  combinations: [B3]\n", 6, "taking 'B3' away .*ward.yaml:.*names 'B3'"),
        (
            "recipients:\n  X1: {visit: never, evidence: S, instead: [R1]}\n  R2-NL: {extends: with_representative, evidence: S, applicant: [A1], notice: lost}\n",
            7,
            "no_notice: 'R2-NL' is for other people",
        ),
        ("recipients:\n  X2: {visit: never, evidence: S, aliases: [R1NL]}\n", 6, "alias 'R1NL'"),
        ("recipients:\n  agent: {visit: never, evidence: S}\n", 6, "must not have the code of a recipient type"),
        ("templates:\n  agent: {visit: agent, applicant: [A2]}\n", 6, "2023-04.yaml:.*documents are asked of"),
        ("documents:\n  A05: {class: B, photo: never, evidence: S}\n  A09: {class: B, photo: never, evidence: S}\n",
            7,
            "lists.yaml.*'A10' would make room for 'A09', which counts less"),
        ("documents:\n  A03: {class: A, photo: always, evidence: S, proves: [notice, ininjo]}\n", 6, "proves names 'notice'"),
        ("documents:\n  A03: {class: A, photo: always, evidence: S, proves: [koseki]}\n", 6, "proves names 'koseki'"),
        ("documents:\n  A03: {class: A, photo: always, evidence: S, hands_in: [ininjo]}\n", 6, "hands_in names 'ininjo'"),
        ("templates:\n  a: {extends: agent, notice_or: [shokaisho, ininjo]}\nrecipients:\n  P8: {extends: a, evidence: S}\n", 8, "notice_or names 'ininjo'"),
        ("recipients:\n  P8: {extends: agent, evidence: S, proof_any: []}\n", 6, "leave the key out"),
        ("recipients:\n  P8: {extends: agent, evidence: S, authority: []}\n", 6, "leave the key out"),
        ("facts:\n  record_changed: {notes: [{code: n, about: [R9]}]}\n", 6, "'n' is about 'R9'"),
        ("facts:\n  record_changed: {notes: [{code: n, if_fact: renewal, unless_fact: [renewal]}]}\n", 6, "never"),
        ("facts:\n  record_changed: {notes: [{code: n, if_age_below: 0}]}\n", 6, "below 0"),
        ("facts:\n  record_changed: {extra: {paper: koseki, unless_facts: [record_changed]}}\n", 6, "never asked for"),
        ("recipients:\n  P8: {extends: agent, evidence: S, extras: [{if_fact: renewal, paper: koseki, unless_facts: [renewal]}]}\n", 6, "never asked for"),
        ("recipients:\n  P8: {extends: agent, evidence: S, age: {below: 0, note: n}}\n", 6, "below 0"),
        ("documents:\n  B40: {class: B, photo: never, evidence: S, holder_below: 0}\n", 6, "below 0"),
        ("documents:\n  B40: {class: B, photo: never, evidence: V}\n", 6, "sources is to name it"),
        ("combinations:\n  A9: {A: 2, evidence: V}\n", 6, "sources is to name it"),
        ("card_expiry: {warn_days: 30, evidence: V}\n", 5, "sources is to name it"),
        ("one_card:\n  - {documents: [A01, A03], note: one_card, evidence: V}\n", 6, "sources is to name it"),
        ("facts:\n  tall: {common: true, evidence: V, sources: []}\n", 6, "sources"),
        (
            "documents:\n  B40: {class: B, photo: never, evidence: S, also_for: {policy: passbook_is_B, evidence: S}}\n",
            6,
            "also_for: it names no recipient type",
        ),
        (
            ("documents:\n  B40: {class: B, photo: never, evidence: S, "
             "also_for: {policy: passbook_is_B, evidence: S, applicant: [R1], holder_below: 0}}\n"),
            6,
            "below 0",
        ),
        (
            ("documents:\n  B40: {class: B, photo: never, evidence: S, "
             "also_for: {policy: passbook_is_B, evidence: S, visitor: [R99]}}\n"),
            6,
            "also_for names 'R99'",
        ),
        ("documents:\n  A20: {class: A, photo: always, evidence: S, photo_from: {age: 0, evidence: S}}\n", 6, "below 0"),
        ("documents:\n  A20: {class: A, photo: never, evidence: S}\n", 6, "with a photo"),
        ("combinations:\n  B9: {any: 1, TN: 2}\n", 6, "more than one"),
        ("one_card:\n  - {documents: [A03], note: maybe_one_card}\n", 6, "at least two"),
        ("sources:\n  PAGE: {title: a page, url: 'javascript:alert(1)'}\n", 6, "https://"),
        ("guide_questions:\n  age_15: {ages: {under_15: {below: 0}, from_15: {}}}\n", 6, "below 0"),
        ("guide_questions:\n  notice: {options: [here, gone], paper: notice}\n", 6, "no option 'lost'"),
        ("guide:\n  both_all: {when: {who: both}, recipient: R2}\n", 6, "the same answers"),
        ("policies:\n  agent_visitor_id: {ward: [B2np, B9]}\n", 6, "names 'B9'"),
        ("remove:\n  flaws: [expired]\nfacts:\n  x1: {}\n  x2: {}\n  x3: {}\n", 6, "taking 'expired' away"),
    ],
)  # fmt: skip
def test_what_a_ward_changes_is_refused_at_its_own_line(
    tmp_path: Path, ours: str, line: int, said: str
) -> None:
    """Nobody looks for their slip in a file that they did not write: every consequence is told at the line that has it."""
    (tmp_path / "2027.yaml").write_text(OURS + ours, encoding="utf-8")
    with pytest.raises(RuleFileError, match=rf"^2027\.yaml:{line}: .*{said}"):
        RuleBook.load(tmp_path, library=locate("rules"))


def test_a_policy_that_leaves_nothing_is_refused_at_its_own_line(folder: Path, tmp_path: Path) -> None:
    """A rule under which nobody could show anything is the policy's fault, and its file and line are told."""
    first = folder / "first.yaml"
    text = (
        FIRST.replace("[A1, B2]", "[{combination: A1, if: passbook}]")
        + "policies:\n  late: {kind: months, ward: 1}\n"
    )
    first.write_text(text, encoding="utf-8")
    assert sets(folder)["first"].policies["late"] == 1
    ward = tmp_path / "ours.yaml"
    lines = ["  who: {ward: [B2]}\n", "  passbook: {ward: false}\n", "  late: {kind: months, ward: 2}\n"]
    for first_line, order in ((4, lines), (3, [lines[1], lines[0], lines[2]]), (5, [*lines[::2], lines[1]])):
        ward.write_text("format: 1\npolicies:\n" + "".join(order), encoding="utf-8")
        with pytest.raises(
            RuleFileError,
            match=rf"^ours\.yaml:{first_line}: policies\.passbook: this is refused at first\.yaml:6: .*no combination is left",
        ):
            RuleBook.load(folder, policy_file=ward)


def test_a_mistake_that_no_policy_makes_is_told_where_it_stands(folder: Path, tmp_path: Path) -> None:
    """A ward that set its practice rightly is not sent to its file, nor to the shipped policies, for another's slip."""
    ward = tmp_path / "ours.yaml"
    ward.write_text(
        "format: 1\npolicies:\n  who: {ward: [B2]}\n  passbook: {ward: false}\n", encoding="utf-8"
    )
    first = folder / "first.yaml"
    first.write_text(FIRST.replace("[A1]", "[A9]"), encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"^first\.yaml:7: recipients\.R2: .*names 'A9'"):
        RuleBook.load(folder, policy_file=ward)


def test_thousands_of_changes_are_searched_in_a_moment(tmp_path: Path) -> None:
    """The line that causes an error is found by bisection, so that even long files are checked quickly."""
    many = "".join(f"  b{number}: {{}}\n" for number in range(3000))
    (tmp_path / "2027.yaml").write_text(
        f"{OURS}facts:\n{many}remove: {{papers: [jirei]}}\n", encoding="utf-8"
    )
    begun = process_time()
    with pytest.raises(RuleFileError, match=r"^2027\.yaml:3006: .*taking 'jirei' away"):
        RuleBook.load(tmp_path, library=locate("rules"))
    assert process_time() - begun < 20


def test_ward_names_only_what_differs(folder: Path, tmp_path: Path) -> None:
    """A policy file of the ward changes what it names, and leaves the rest as shipped."""
    ward = tmp_path / "ours.yaml"
    ward.write_text("format: 1\npolicies:\n  passbook: {ward: false, check: false}\n", encoding="utf-8")
    (first, _) = RuleBook.load(folder, policy_file=ward).rule_sets()
    assert dict(first.policies) == {"passbook": False, "who": ("A1",)}
    assert first.policy_table["passbook"].seen
    assert not first.policy_table["passbook"].check
    assert first.files[-2:] == ("ward.yaml", "ours.yaml")


@pytest.mark.parametrize(
    ("entry", "value", "check", "seen"),
    [
        ("{check: false}", True, False, ["a town"]),
        ("{check: true, kind: yes_no}", True, True, ["a town"]),
        ("{seen: [{where: b, value: true, evidence: V}]}", True, True, ["b"]),
        ("{ward: false}", False, True, ["a town"]),
        ("{}", True, True, ["a town"]),
    ],
)
def test_each_field_of_a_policy_can_be_changed_alone(
    folder: Path, tmp_path: Path, entry: str, value: object, *, check: bool, seen: list[str]
) -> None:
    """A ward that only says that it has settled a policy keeps the practice that was shipped."""
    ward = tmp_path / "ours.yaml"
    ward.write_text(f"format: 1\npolicies:\n  passbook: {entry}\n", encoding="utf-8")
    policy = RuleBook.load(folder, policy_file=ward).rule_sets()[0].policy_table["passbook"]
    assert (policy.ward, policy.check, [one.where for one in policy.seen]) == (value, check, seen)


def test_policies_beside_the_wards_own_rules_win_over_the_shipped(folder: Path, tmp_path: Path) -> None:
    """A ward that keeps everything in one folder need not name its policy file; naming the shipped one changes nothing."""
    own = tmp_path / "own"
    (own / "policy").mkdir(parents=True)
    (own / "policy" / "ward.yaml").write_text("format: 1\npolicies:\n  passbook: {ward: false}\n", "utf-8")
    (own / "2027.yaml").write_text(
        "format: 1\nname: ours\nextends: second\nvalid_from: 2027-04-01\n", "utf-8"
    )
    for named in (None, folder / "policy" / "ward.yaml"):
        *_, ours = RuleBook.load(own, policy_file=named, library=folder).rule_sets()
        assert ours.policies["passbook"] is False


def test_dated_file_changes_a_policy_from_its_day_on(folder: Path) -> None:
    """A ward that changes its practice on a day does not change what was judged before."""
    file = folder / "second.yaml"
    file.write_text(SECOND + "policies:\n  who: {ward: [B2]}\n", encoding="utf-8")
    first, second = sets(folder)["first"], sets(folder)["second"]
    assert (first.policies["who"], second.policies["who"]) == (("A1",), ("B2",))
    file.write_text(SECOND + "policies:\n  who: {ward: [B7]}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"^second.yaml:11: policies.who: .*names 'B7'"):
        RuleBook.load(folder)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("passbok: {ward: false}", "no policy 'passbok' to change"),
        ("passbook: {ward: [A1]}", "a single value"),
        ("passbook: {kind: months, ward: 1}", "the kind of this policy is yes_no"),
        ("who: {ward: []}", "must not be empty"),
        ("who: false", "a mapping"),
        ("who: {wards: [A1]}", "not known here"),
    ],
)
def test_wrong_policy_of_a_ward_is_named(folder: Path, tmp_path: Path, entry: str, message: str) -> None:
    """A slip in the ward's file never leaves the shipped value in force without a word."""
    ward = tmp_path / "ours.yaml"
    ward.write_text(f"format: 1\npolicies:\n  {entry}\n", encoding="utf-8")
    shipped = read_policy_file(folder / "policy" / "ward.yaml")
    with pytest.raises(RuleFileError, match=rf"^ours.yaml:3: .*{message}"):
        read_policy_file(ward, shipped)


def test_wards_policy_file_must_be_there(folder: Path, tmp_path: Path) -> None:
    """A misspelt path is not taken for "nothing differs"."""
    with pytest.raises(RuleFileError, match="cannot be read"):
        RuleBook.load(folder, policy_file=tmp_path / "nowhere.yaml")


GUIDE = """\
guide_questions:
  who: {options: [self, agent]}
  age: {ages: {young: {below: 15}, old: {}}}
guide:
  one: {when: {who: self, age: old}, recipient: R1}
  two: {when: {who: self, age: young}, refuse: too_young, instead: [R1]}
  three: {when: {who: agent}, recipient: R2}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("", "", ""),
        ("{options: [self, agent]}", "{options: [self]}", "at least two options"),
        ("{options: [self, agent]}", "{}", "options, or ages"),
        ("young: {below: 15}, old: {}", "old: {}, young: {below: 15}", "only the last option"),
        ("{below: 15}", "{below: 15, at_least: 3}", "not both"),
        ("who: agent}", "whom: agent}", "no question 'whom'"),
        ("who: agent}", "who: nobody}", "has no option 'nobody'"),
        ("who: agent}", "who: [self, agent]}", "lead to 'one' as well"),
        ("recipient: R2}", "recipient: R9}", "names 'R9'"),
        ("refuse: too_young, ", "", "leads to a recipient, or refuses"),
        ("instead: [R1]", "instead: [R9]", "names 'R9'"),
    ],
)
def test_guide_of_a_rule_file_is_checked(folder: Path, old: str, new: str, message: str) -> None:
    """Questions that lead two ways, or to nothing, are refused with the line."""
    file = folder / "first.yaml"
    file.write_text(FIRST + GUIDE.replace(old, new, 1), encoding="utf-8")
    if not message:
        assert list(read_rule_set(file, policies=read_policy_file(folder / "policy" / "ward.yaml")).guide)
        return
    with pytest.raises(RuleFileError, match=rf"^first.yaml:\d+: .*{message}"):
        RuleBook.load(folder)


TOKENS = (
    "[]",
    "{}",
    "~",
    "*x",
    "&x",
    "- a",
    "1",
    "A1",
    "[R1]",
    "{a: b}",
    "2020-01-01",
    "'",
    ":",
    "{",
    "\t",
    "R1",
    "!!x",
)


@settings(max_examples=examples(150))
@given(st.data())
def test_any_slip_in_any_file_is_an_error_of_ours_or_a_rule_set(data: st.DataObject) -> None:
    """Whatever a hand does to a line of a ward's file: it is said in words, and never a crash."""
    texts = {
        "shared/lists.yaml": LISTS,
        "policy/ward.yaml": POLICY,
        "first.yaml": FIRST + GUIDE,
        "second.yaml": SECOND,
    }
    name = data.draw(st.sampled_from(sorted(texts)))
    lines = texts[name].splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    words = lines[number].split(" ")
    words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(TOKENS))
    lines[number] = " ".join(words)[: data.draw(st.integers(0, 80))]
    texts[name] = "\n".join(lines) + "\n"
    with TemporaryDirectory() as folder:
        for path, text in texts.items():
            file = Path(folder, path)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        said = ""
        found: tuple[RuleSet, ...] = ()
        try:
            found = RuleBook.load(Path(folder)).rule_sets()
        except DocumentsError as error:
            said = str(error)
    assert found or re.match(r"[\w-]+\.yaml(:\d+)?: |Two rule sets", said), said
