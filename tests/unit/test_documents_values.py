"""The values of the document rules: what they contain, and what of it goes into rule files and JSON."""

from dataclasses import replace
from datetime import date

import pytest

from backend.documents.model.age_rules import AgeSpan
from backend.documents.model.ages import BirthDate, age_on
from backend.documents.model.combinations import CombinationChoice, CombinationUse
from backend.documents.model.document import DocumentClass, Photo
from backend.documents.model.missing import NextStep
from backend.documents.model.own_source import AlsoFor, PhotoFrom
from backend.documents.model.policy import Evidence
from backend.documents.model.visit import Lack, Missing, Note
from tests.documents_support import judged_by
from tests.shipped_rules import DAY, RULES


@pytest.mark.parametrize(
    ("span", "words", "younger_than"),
    [
        (AgeSpan(below=15), "below: 15", 15),
        (AgeSpan(preschool=True), "preschool", 7),
        (AgeSpan(until_junior_high_end=True), "until_junior_high_end", 16),
        (AgeSpan(at_least=15), "at_least: 15", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_limit_of_age_is_said_as_a_file_writes_it_and_reaches_as_far_as_it_says(
    span: AgeSpan, words: str, younger_than: int | None
) -> None:
    """The card of a child has no photo where everybody of a type is that young, and nowhere else."""
    assert span.words() == words
    assert [age for age in range(30) if span.is_below(age)] == (
        [] if younger_than is None else list(range(younger_than, 30))
    )


@pytest.mark.parametrize("span", [AgeSpan(preschool=True), AgeSpan(until_junior_high_end=True)])
@pytest.mark.parametrize(("born", "next_year"), [(date(2009, 4, 1), 0), (date(2009, 4, 2), 1)])
def test_the_eldest_of_a_school_year_is_below_the_age_that_is_said(
    span: AgeSpan, born: date, next_year: int
) -> None:
    """The limits in school years agree with the ages: on the last day the eldest has the age and not yet the next."""
    least = next(age for age in range(30) if span.is_below(age))
    last = date(2009 + least - 1 + next_year, 3, 31)
    assert span.holds(born, last)
    assert not span.holds(born, date.fromordinal(last.toordinal() + 1))
    assert age_on(born, last) < least


def test_a_choice_names_every_policy_that_it_depends_on_and_nothing_else() -> None:
    """What a ward sets for a combination is on the form and in the remarks, whether it opens or shuts it."""
    uses = (
        CombinationUse("A1", if_policy="open"),
        CombinationUse("B2", unless_policy="shut"),
        CombinationUse("A2"),
    )
    assert CombinationChoice(uses).policies() == {"open", "shut"}
    assert CombinationChoice(policy="who").policies() == {"who"}


def test_a_document_names_every_policy_that_it_depends_on_and_nothing_else() -> None:
    """The policy for its holders counts as much as its own."""
    plain = RULES.document_table["A05"]
    assert plain.policies == frozenset()
    also = AlsoFor("others", Evidence.SEED)
    whole = replace(plain, policy="own", groups_policy="groups", also_for=also)
    assert whole.policies == {"own", "groups", "others"}


def test_a_childs_document_rests_on_the_source_of_that_rule() -> None:
    """Without photo and of list B; the source is that of the age, and the document's own where the age names none."""
    card = replace(RULES.document_table["A09"], evidence=Evidence.PAGE, sources=("PAGE",))
    for sources, told in ((("AGE",), ("AGE",)), ((), ("PAGE",))):
        child = replace(card, photo_from=PhotoFrom(16, Evidence.DESIGN, sources)).of_a_child()
        assert (child.kind, child.photo) == (DocumentClass.B, Photo.NEVER)
        assert (child.evidence, child.sources) == (Evidence.DESIGN, told)
    alone = replace(card, photo_from=None).of_a_child()
    assert (alone.evidence, alone.sources) == (Evidence.PAGE, ("PAGE",))


def test_the_output_for_machines_leaves_out_what_is_empty() -> None:
    """A reader of the JSON finds a key only where there is something behind it."""
    assert Missing("notice", ("notice",)).as_dict() == {"what": "notice", "need": ["notice"]}
    whole = Missing("authority", ("koseki",), (Lack(total=1),), ("same_household",))
    assert whole.as_dict() == {
        "what": "authority", "need": ["koseki"], "add": [{"any": 1}], "unless": ["same_household"],
    }  # fmt: skip
    assert Note("reseal").as_dict() == {"code": "reseal"}
    assert Note("copy_will_do", ("visa_copy",)).as_dict() == {"code": "copy_will_do", "about": ["visa_copy"]}


def test_the_next_step_is_the_best_one() -> None:
    """Where there are two ways, the first that is told is the one that ends the visit best."""
    verdict = judged_by(RULES, DAY, "R1-NL", "A03", born="1990-01-31")
    assert verdict.next_steps == (NextStep.RESEND_NOTICE, NextStep.FETCH_TODAY)
    assert verdict.next_step is NextStep.RESEND_NOTICE


@pytest.mark.parametrize(
    ("advised", "born", "found"),
    [
        (("X1", "R2"), None, ("R2",)),
        (("X1", "R2"), "2016-05-01", ("R2",)),
        (("X1", "R2"), "1990-01-31", ("R1",)),
        (("X1", "P4"), "2016-05-01", ("R2",)),
    ],
)
def test_a_type_that_is_advised_is_one_that_is_open(
    advised: tuple[str, ...], born: str | None, found: tuple[str, ...]
) -> None:
    """If no advice fits the age, the first type of the table that does is named, and never one that does not."""
    birth = None if born is None else BirthDate.parse(born)
    assert RULES.open_types(advised, DAY, birth) == found
