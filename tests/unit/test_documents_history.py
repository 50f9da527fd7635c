"""The decision table of each dated rule set, row by row, and the day that picks it."""

from datetime import date, timedelta

import pytest

from backend.documents.judging.checklist import judge
from backend.documents.model.ages import BirthDate, junior_high_ends, preschool_ends
from backend.documents.model.persons import VisitForm
from backend.documents.model.policy import Evidence
from backend.documents.model.visit import Verdict, Visit
from tests.documents_support import judged_by, with_policies
from tests.shipped_rules import BOOK, DAY

IN_2016 = date(2018, 6, 1)
IN_2021 = date(2022, 6, 1)
IN_2023 = date(2024, 6, 3)

ALWAYS = {"R1", "R1-NL", "R2", "R2-NL", "R3", "P5", "P6", "P7", "P8"}
SINCE_2021 = {"P1", "P1i"}
SINCE_2023 = {"R4", "P2", "P3", "P4", "P9", "P10", "P11", "P12", "P13"}


def check(
    on: date,
    recipient: str,
    applicant: str,
    visitor: str = "",
    papers: str = "",
    facts: str = "",
    born: str = "",
) -> Verdict:
    """Judge a visit of a day written in a few words."""
    return judged_by(BOOK.on(on), on, recipient, applicant, visitor, papers, facts, born)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2016, 1, 1), "2016-01"),
        (date(2020, 12, 31), "2016-01"),
        (date(2021, 1, 1), "2021-01"),
        (date(2023, 3, 31), "2021-01"),
        (date(2023, 4, 1), "2023-04"),
        (date(2024, 12, 1), "2023-04"),
        (date(2024, 12, 2), "2024-12-02"),
        (DAY, "2024-12-02"),
    ],
)
def test_day_of_the_visit_picks_the_rules(day: date, name: str) -> None:
    """Nobody is judged by rules of another day."""
    assert BOOK.on(day).name == name


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (IN_2016, ALWAYS),
        (IN_2021, ALWAYS | SINCE_2021),
        (IN_2023, ALWAYS | SINCE_2021 | SINCE_2023),
        (DAY, ALWAYS | SINCE_2021 | SINCE_2023),
    ],
)
def test_types_that_exist_on_the_day(day: date, allowed: set[str]) -> None:
    """Every set knows every type; one that does not exist yet is refused with that reason and what fits instead."""
    rules = BOOK.on(day)
    everything = ALWAYS | SINCE_2021 | SINCE_2023 | {"X1"}
    assert set(rules.recipient_table) == everything
    assert {
        code for code, one in rules.recipient_table.items() if one.visit is not VisitForm.NEVER
    } == allowed
    for code in everything - allowed - {"X1"}:
        verdict = check(day, code, "A03 A05", "A03 A05", "notice ininjo koseki shindansho")
        assert (verdict.accepted, verdict.complete, verdict.to_return) == (False, False, ())
        assert verdict.notes[0].code == "type_not_yet"
        assert verdict.notes[0].about
        assert verdict.next_step == "other_type"


ROWS_2016 = [
    ("R1", "A03", "", "notice", "", "1990-01-31"),
    ("R1", "B20x B21", "", "notice", "", "1990-01-31"),
    ("R1-NL", "A03 B20x", "", "", "", "1990-01-31"),
    ("R1-NL", "A03 A05", "", "", "", "1990-01-31"),
    ("R1-NL", "TN B20x B21", "", "", "", "1990-01-31"),
    ("R2", "A05", "A03", "notice koseki", "", "2010-01-31"),
    ("R2", "B22 B26", "A03", "notice", "same_household_parent_child", "2010-01-31"),
    ("R3", "A03", "A03", "notice touki_seinen_kouken", "", "1950-01-01"),
    ("P5", "A03 B20x", "A03 B20x", "notice ininjo shindansho", "", "1950-01-01"),
    ("P5", "B20x B21", "A03 B20x", "notice ininjo bp_facility", "", "1950-01-01"),
    ("P6", "A03 B20x", "A03 B20x", "notice ininjo nyusho_shomei", "", "1930-01-01"),
    ("P7", "A06 B20x", "A03 B20x", "notice ininjo", "", "1950-01-01"),
    ("P8", "A03 B21", "A03 B20x", "notice ininjo kaigo_hihokensha_valid", "", "1930-01-01"),
]
ROWS_2021 = [
    *ROWS_2016,
    ("P1", "A05 B22", "A03", "notice koseki", "", "2017-01-31"),
    ("P1", "B22 B26 BP", "A03", "notice", "honseki_in_ward", "2017-01-31"),
    ("P1i", "B22 B26", "A03", "notice", "same_household_parent_child", "2022-01-31"),
]
ROWS_2023 = [
    *ROWS_2016,
    ("P1", "A05 B22", "A03", "notice koseki", "", "2010-01-31"),
    ("P1i", "B22 B26", "A03", "notice koseki", "", "2024-01-31"),
    ("R4", "A03", "A03", "notice touki dairi_mokuroku", "", "1950-01-01"),
    ("P2", "A03 B21", "A03", "notice touki_seinen_kouken", "", "1950-01-01"),
    ("P3", "A03 B21", "A03", "notice touki dairi_mokuroku", "", "1950-01-01"),
    ("P4", "A03 B21", "A03 B20x", "notice ininjo statement_in_ininjo", "", "1949-01-01"),
    ("P9", "A03 B20x", "A03 B20x", "notice ininjo boshi_techo", "", "1995-01-01"),
    ("P10", "A05 B20x", "A03 B20x", "notice ininjo jirei", "", "1995-01-01"),
    ("P11", "A05 B20x", "A03 B20x", "notice ininjo visa_copy", "", "2003-01-01"),
    ("P12", "A05 B29", "A03 B20x", "notice ininjo", "", "2007-05-01"),
    ("P13", "B20x B21", "A03 B20x", "notice ininjo bp_public_support", "", "1995-01-01"),
]
ROWS = [
    *((IN_2016, *row) for row in ROWS_2016),
    *((IN_2021, *row) for row in ROWS_2021),
    *((IN_2023, *row) for row in ROWS_2023),
]


@pytest.mark.parametrize(("on", "recipient", "applicant", "visitor", "papers", "facts", "born"), ROWS)
def test_row_is_complete_on_its_day(
    on: date, recipient: str, applicant: str, visitor: str, papers: str, facts: str, born: str
) -> None:
    """Every row of every dated table can be satisfied as it says, and by that rule set."""
    verdict = check(on, recipient, applicant, visitor, papers, facts, born)
    assert verdict.accepted
    assert verdict.missing == ()
    assert verdict.complete
    assert verdict.rule_set == BOOK.on(on).name
    assert verdict.next_step == "proceed"


@pytest.mark.parametrize(("on", "recipient", "applicant", "visitor", "papers", "facts", "born"), ROWS)
def test_row_needs_everything_it_was_given(
    on: date, recipient: str, applicant: str, visitor: str, papers: str, facts: str, born: str
) -> None:
    """Whatever person shows nothing, or whatever paper is left away, the row is no longer complete."""

    def complete(applicant: str, visitor: str, papers: str) -> bool:
        return check(on, recipient, applicant, visitor, papers, facts, born).complete

    assert not complete("", visitor, papers.replace("bp_facility", "").replace("bp_public_support", ""))
    assert not visitor or not complete(applicant, "", papers)
    for paper in papers.split():
        left = " ".join(other for other in papers.split() if other != paper)
        assert not complete(applicant, visitor, left), paper


@pytest.mark.parametrize(
    ("recipient", "paper"),
    [
        ("P5", "ryoshusho"), ("P5", "shinryo_meisaisho"), ("P7", "jiritsu_shien"), ("P7", "tokubetsu_jifu_shosho"),
        ("P7", "shogai_fukushi_jukyusha"), ("P8", "bp_home"),
    ],
)  # fmt: skip
def test_proof_was_strict_until_2023(recipient: str, paper: str) -> None:
    """Papers that prove today why somebody cannot come were not accepted by the rules of 2016 and 2021."""
    for day, fits in ((IN_2016, False), (IN_2021, False), (IN_2023, True), (DAY, True)):
        verdict = check(day, recipient, "A03 B21 BP", "A03 B28", f"notice ininjo {paper}", born="1950-01-01")
        assert verdict.complete is fits, day


def test_only_preschool_children_stayed_at_home_from_2021_on() -> None:
    """A child may stay at home until the 31 March before school; since May 2023 until the end of junior high."""
    papers = ("A05 B22", "A03", "notice koseki")
    assert check(date(2022, 3, 31), "P1", *papers, born="2015-04-02").complete
    schoolchild = check(date(2022, 4, 1), "P1", *papers, born="2015-04-02")
    assert (schoolchild.accepted, schoolchild.notes[0].code, schoolchild.notes[0].about) == (
        False, "not_preschool", ("R2",),
    )  # fmt: skip
    assert not check(date(2022, 3, 31), "P1", *papers, born="2015-04-01").accepted
    assert check(date(2023, 5, 1), "P1", *papers, born="2015-04-02").complete


@pytest.mark.parametrize(
    ("birth", "school", "end"),
    [
        (date(2015, 4, 1), date(2021, 3, 31), date(2030, 3, 31)),
        (date(2015, 4, 2), date(2022, 3, 31), date(2031, 3, 31)),
        (date(2016, 2, 29), date(2022, 3, 31), date(2031, 3, 31)),
        (date(2015, 12, 31), date(2022, 3, 31), date(2031, 3, 31)),
    ],
)
def test_school_years_end_on_31_march(birth: date, school: date, end: date) -> None:
    """Who was born on 1 April belongs to the older year."""
    assert preschool_ends(birth) == school
    assert junior_high_ends(birth) == end


def test_refusal_that_nobody_has_read_sends_to_the_ward() -> None:
    """That P10 was not accepted in 2018 is from memory: the clerk is told to ask."""
    assert [note.code for note in check(IN_2016, "P10", "A03").notes] == [
        "type_not_yet",
        "check_ward_practice",
    ]
    assert [note.code for note in check(IN_2016, "P9", "A03").notes] == ["type_not_yet"]


def test_ward_may_keep_schoolchildren_coming() -> None:
    """The policy of 2021 can be kept by a ward; preschool children are not touched by it."""
    rules = with_policies(BOOK.on(DAY), {"preschool_only_proxy": True})

    def judged(born: str) -> Verdict:
        visit = Visit.of(
            "P1", DAY, born=BirthDate.parse(born), applicant=["A05", "B22"], visitor=["A03"], papers=["notice", "koseki"]
        )  # fmt: skip
        return judge(rules, visit)

    assert judged("2023-05-01").complete
    assert judged("2015-05-01").notes[0].code == "not_preschool"


def test_documents_count_only_on_their_days() -> None:
    """健康保険証 until 2025-12-01, 資格確認書 and cards without photo from 2024-12-02, 特定在留カード from 2026-06-14."""
    for code, first, last in (
        ("B20x", None, date(2025, 12, 1)),
        ("B20", date(2024, 12, 2), None),
        ("B32", date(2024, 12, 2), None),
        ("A13", date(2026, 6, 14), None),
    ):
        for day, counts in ((first, True), (last, True)):
            if day is None:
                continue
            assert check(day, "R1", f"{code} B21", "", "notice").complete is counts
            beyond = day - timedelta(days=1) if day is first else day + timedelta(days=1)
            assert not check(beyond, "R1", f"{code} B21", "", "notice").complete, (code, beyond)


def test_old_insurance_card_needs_no_question_while_it_counts() -> None:
    """The last day of 健康保険証 is read in a page: nobody is sent to ask."""
    for day in (IN_2016, IN_2023, date(2025, 6, 1)):
        notes = {note.code for note in check(day, "R1", "B20x B21", "", "notice", born="1990-01-31").notes}
        assert "check_ward_practice" not in notes


def test_face_authentication_card_exists_from_its_first_day() -> None:
    """From 2023-12-15 its note is given, before it the clerk is told that there is none yet."""
    early = check(date(2023, 12, 14), "R1", "A03", "", "notice", "face_auth_card")
    assert {"fact_not_yet"} == {note.code for note in early.notes} - {"age_not_checked"}
    later = check(date(2023, 12, 15), "R1", "A03", "", "notice", "face_auth_card")
    assert {"face_auth_no_pin"} == {note.code for note in later.notes} - {"age_not_checked"}


def test_express_fees_are_of_december_2024() -> None:
    """特急発行 has a price only since it exists."""
    assert "express_lost_card" not in BOOK.on(IN_2023).fees_yen
    assert BOOK.on(DAY).fees_yen["express_lost_card"] == 1800


def test_every_cited_rule_has_a_source_or_says_that_it_has_none() -> None:
    """Combinations, facts, fees, what is collected and looked at: each names where it was read, or is marked."""
    for rules in BOOK.rule_sets():
        cited = [(str(one), one.evidence, one.sources) for one in rules.combination_table.values()]
        cited += [(str(one), one.evidence, one.sources) for one in rules.returns.values()]
        cited += [(str(one), one.evidence, one.sources) for one in rules.checks.values()]
        cited += [(str(one), one.evidence, one.sources) for one in rules.fees.values()]
        cited += [(str(one), one.evidence, one.sources) for one in rules.one_card]
        cited += [(str(one), one.evidence, one.sources) for one in rules.fact_table.values() if one.notes]
        for code, evidence, sources in cited:
            assert evidence is not None, code
            assert sources or evidence in {Evidence.MEMORY, Evidence.DESIGN}, code
