"""The guide: from questions to the recipient type, never asking more than needed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from backend.documents.judging.guide import Ask, GuideAnswerError, Refused, Resolved, guide, walk
from backend.documents.model.ages import BirthDate
from backend.documents.model.errors import UnknownCodeError
from backend.documents.model.questions import GuideRow, Question
from backend.documents.model.rule_set import RuleSet
from tests.shipped_rules import BOOK, DAY, RULES

ANSWERS = [
    ({"who": "self", "age_15": "from_15", "notice": "here"}, "R1"),
    ({"who": "self", "age_15": "from_15", "notice": "lost"}, "R1-NL"),
    ({"who": "both", "whose": "child", "age_15": "under_15", "notice": "here"}, "R2"),
    ({"who": "both", "whose": "child", "age_15": "under_15", "notice": "lost"}, "R2-NL"),
    ({"who": "both", "whose": "adult_ward"}, "R3"),
    ({"who": "both", "whose": "curatee"}, "R4"),
    ({"who": "representative", "whose": "child", "age_child": "under_1"}, "P1i"),
    ({"who": "representative", "whose": "child", "age_child": "to_junior_high"}, "P1"),
    ({"who": "representative", "whose": "adult_ward"}, "P2"),
    ({"who": "representative", "whose": "curatee"}, "P3"),
    ({"who": "agent", "age_agent": "from_75"}, "P4"),
    ({"who": "agent", "age_agent": "under_75", "reason": "long_hospital"}, "P5"),
    ({"who": "agent", "age_agent": "under_75", "reason": "facility"}, "P6"),
    ({"who": "agent", "age_agent": "under_75", "reason": "illness_disability"}, "P7"),
    ({"who": "agent", "age_agent": "under_75", "reason": "kaigo"}, "P8"),
    ({"who": "agent", "age_agent": "under_75", "reason": "pregnancy"}, "P9"),
    ({"who": "agent", "age_agent": "under_75", "reason": "long_business_trip_or_sailor"}, "P10"),
    ({"who": "agent", "age_agent": "under_75", "reason": "study_abroad"}, "P11"),
    ({"who": "agent", "age_agent": "under_75", "reason": "high_school_kosen"}, "P12"),
    ({"who": "agent", "age_agent": "under_75", "reason": "hikikomori"}, "P13"),
]


@pytest.mark.parametrize(("answers", "recipient"), ANSWERS, ids=str)
def test_answers_lead_to_the_type(answers: dict[str, str], recipient: str) -> None:
    """Every row of the decision table is reached, and no sooner than by its last answer."""
    assert guide(RULES, answers, on=DAY) == Resolved((recipient,))
    *given_, _ = answers.items()
    assert isinstance(guide(RULES, dict(given_), on=DAY), Ask)


def test_every_type_is_reached() -> None:
    """No recipient type can only be found by somebody who knows its code."""
    assert {recipient for _, recipient in ANSWERS} | {"X1"} == set(RULES.recipient_table)


@pytest.mark.parametrize("reason", ["busy_work", "commuting_school", "travel", "temporary_injury"])
def test_refused_reason_leads_to_the_applicants_own_visit(reason: str) -> None:
    """A reason that is never accepted ends the guide with X1 and the way that is open."""
    step = guide(RULES, {"who": "agent", "age_agent": "under_75", "reason": reason}, on=DAY)
    assert isinstance(step, Refused)
    assert (step.recipient, step.note.code, step.note.about) == ("X1", "never_accepted", ("R1",))


@pytest.mark.parametrize(
    ("answers", "note", "instead"),
    [
        ({"who": "self", "age_15": "under_15"}, "legal_representative_needed", ("R2", "P1")),
        ({"who": "agent", "age_agent": "under_15"}, "legal_representative_needed", ("R2", "P1")),
        ({"who": "both", "whose": "child", "age_15": "from_15"}, "not_under_15", ("R1",)),
        (
            {"who": "representative", "whose": "child", "age_child": "older"},
            "past_junior_high",
            ("R1", "P12"),
        ),
    ],
)
def test_age_that_does_not_fit_is_told_with_what_fits(
    answers: dict[str, str], note: str, instead: tuple[str, ...]
) -> None:
    """A child alone, or with a friend, is not sent away without the way that is open."""
    step = guide(RULES, answers, on=DAY)
    assert isinstance(step, Refused)
    assert (step.note.code, step.note.about) == (note, instead)


def test_birth_date_and_notice_answer_for_themselves() -> None:
    """What the reservation and the counter tell is not asked again."""
    adult, child, old = (BirthDate.parse(text) for text in ("1990-01-31", "2015-06-01", "1940-01-01"))
    here = frozenset({"notice"})
    assert guide(RULES, {"who": "self"}, on=DAY, born=adult, papers=here) == Resolved(("R1",))
    assert guide(RULES, {"who": "self"}, on=DAY, born=adult) == Ask("notice", ("here", "lost"))
    assert guide(RULES, {"who": "both"}, on=DAY, born=child, papers=here) == Resolved(("R2",))
    assert guide(RULES, {"who": "both"}, on=DAY, born=child) == Ask("notice", ("here", "lost"))
    assert guide(RULES, {"who": "representative"}, on=DAY, born=child) == Resolved(("P1",))
    assert guide(RULES, {"who": "agent"}, on=DAY, born=old) == Resolved(("P4",))
    assert isinstance(guide(RULES, {"who": "agent"}, on=DAY, born=child), Refused)


@pytest.mark.parametrize(
    ("born", "asked"), [("1951", True), ("1950", False), ("1951-11", True), ("1951-10", False)]
)
def test_partly_known_birth_date_answers_only_what_it_settles(born: str, asked: bool) -> None:
    """Where the month or day could turn the answer, the question stays."""
    step = guide(RULES, {"who": "agent"}, on=DAY, born=BirthDate.parse(born))
    assert (step == Resolved(("P4",))) is not asked
    assert isinstance(step, Ask) is asked


@pytest.mark.parametrize(
    ("on", "answers", "born", "expected"),
    [
        (
            date(2020, 4, 1),
            {"who": "agent", "age_agent": "from_75", "reason": "long_hospital"},
            None,
            Resolved(("P5",)),
        ),
        (date(2022, 4, 1), {"who": "representative"}, "2019-05-01", Resolved(("P1",))),
    ],
)
def test_earlier_rules_guide_by_their_own_rows(
    on: date, answers: dict[str, str], born: str | None, expected: Resolved
) -> None:
    """In 2020 an age of 75 was no reason, in 2022 a preschool child could stay at home."""
    birth = None if born is None else BirthDate.parse(born)
    assert guide(BOOK.on(on), answers, on=on, born=birth) == expected


@pytest.mark.parametrize(
    ("on", "answers", "born", "note"),
    [
        (date(2020, 4, 1), {"who": "representative"}, "2016-05-01", "type_not_yet"),
        (
            date(2020, 4, 1),
            {"who": "agent", "age_agent": "under_75", "reason": "pregnancy"},
            None,
            "type_not_yet",
        ),
        (date(2022, 4, 1), {"who": "representative"}, "2012-05-01", "not_preschool"),
    ],
)
def test_type_that_does_not_exist_on_the_day_is_refused(
    on: date, answers: dict[str, str], born: str | None, note: str
) -> None:
    """The guide never leads to a type of later rules."""
    step = guide(BOOK.on(on), answers, on=on, born=None if born is None else BirthDate.parse(born))
    assert isinstance(step, Refused)
    assert step.note.code == note


def test_wrong_answers_are_errors() -> None:
    """Unknown questions or options, and answers that cannot all be true, are errors."""
    with pytest.raises(UnknownCodeError, match="wo"):
        guide(RULES, {"wo": "self"}, on=DAY)
    with pytest.raises(UnknownCodeError, match="nobody"):
        guide(RULES, {"who": "nobody"}, on=DAY)
    with pytest.raises(GuideAnswerError):
        guide(RULES, {"who": "both", "whose": "adult_ward"}, on=DAY, born=BirthDate.parse("2020-01-01"))


BIRTHS = st.one_of(
    st.none(),
    st.dates(date(1920, 1, 1), date(2015, 12, 31)).map(BirthDate.of),
    st.builds(BirthDate, st.integers(1920, 2015)),
)


@given(st.data(), st.sampled_from(BOOK.rule_sets()), BIRTHS, st.booleans())
def test_no_question_is_asked_in_vain(
    data: st.DataObject, rules: RuleSet, born: BirthDate | None, notice: bool
) -> None:
    """Whatever is answered: a question has two answers that lead apart, is asked once, and the guide ends."""
    on = rules.valid_from
    papers = frozenset({"notice"} if notice else ())
    answers: dict[str, str] = {}
    while isinstance(step := guide(rules, answers, on=on, born=born, papers=papers), Ask):
        assert step.question not in answers
        assert len(step.options) > 1
        ends = {_ends(rules, {**answers, step.question: option}, on, born, papers) for option in step.options}
        assert len(ends) > 1
        answers[step.question] = data.draw(st.sampled_from(step.options))
    assert isinstance(step, Resolved | Refused)


def _ends(
    rules: RuleSet, answers: dict[str, str], on: date, born: BirthDate | None, papers: frozenset[str]
) -> frozenset[object]:
    """All results that the guide can still lead to."""
    step = guide(rules, answers, on=on, born=born, papers=papers)
    if not isinstance(step, Ask):
        return frozenset({step})
    found: set[object] = set()
    for option in step.options:
        found |= _ends(rules, {**answers, step.question: option}, on, born, papers)
    return frozenset(found)


@pytest.mark.parametrize(("options", "fits"), [(2000, True), (2001, False)])
def test_a_guide_that_nobody_could_check_is_refused(options: int, *, fits: bool) -> None:
    """A guide with more than 2000 ways is refused, and the message names that number."""
    codes = tuple(f"q{number}" for number in range(options))
    rows = (
        GuideRow(end, {"q": frozenset(codes[begin::2])}, recipient=end)
        for begin, end in enumerate(("R1", "R3"))
    )
    long = replace(RULES, questions={"q": Question("q", codes)}, guide={row.code: row for row in rows})
    if fits:
        assert [answers["q"] for answers, _ in walk(long, DAY)] == list(codes)
    else:
        with pytest.raises(GuideAnswerError, match="more than 2000 ways"):
            list(walk(long, DAY))


def test_rules_without_a_guide_have_no_way_through_it() -> None:
    """A ward that asks its own questions by hand may leave the guide out."""
    assert list(walk(replace(RULES, questions={}, guide={}), DAY)) == []


def test_every_way_through_the_guide_ends_once_in_a_type_or_a_refusal() -> None:
    """Whoever checks a ward's guide sees each way to its end: every row is reached, and every type that has one."""
    ways = list(walk(RULES, DAY))
    assert len({tuple(sorted(answers.items())) for answers, _ in ways}) == len(ways)
    assert {recipient for _, step in ways if isinstance(step, Resolved) for recipient in step.recipients} == {
        recipient for _, recipient in ANSWERS
    }
    for answers, step in ways:
        assert guide(RULES, answers, on=DAY) == step
        assert isinstance(step, Resolved | Refused)
