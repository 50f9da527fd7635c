"""What holds for every visit whatsoever: more papers never hurt, and nothing is ever half said."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import given, strategies as st

from backend.documents.judging.checklist import judge
from backend.documents.judging.explanation import explain
from backend.documents.model.ages import BirthDate
from backend.documents.model.missing import NextStep
from backend.documents.model.visit import Visit
from backend.documents.saying.verdict_words import missing_in_short, missing_text, note_text
from backend.documents.saying.visitor_words import rule_text, step_text
from tests.shipped_rules import BOOK, WORDS

NEWEST = BOOK.rule_sets()[-1]


def some(codes: Iterable[str]) -> st.SearchStrategy[frozenset[str]]:
    """A few codes of a table."""
    return st.frozensets(st.sampled_from(sorted(codes)), max_size=6)


DOCUMENTS = some(NEWEST.document_table)
PAPERS = some(NEWEST.paper_table)
OLD_FACTS = some(BOOK.rule_sets()[0].fact_table)
RECIPIENTS = st.sampled_from([one.code for one in NEWEST.recipient_types()])
DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))
BIRTHS = st.one_of(
    st.none(),
    st.dates(date(1930, 1, 1), date(2015, 12, 31)).map(BirthDate.of),
    st.builds(BirthDate, st.integers(1930, 2015), st.one_of(st.none(), st.integers(1, 11))),
)
EXPIRES = st.one_of(st.none(), st.dates(date(2016, 1, 1), date(2031, 12, 31)))
VISITS = st.builds(Visit, RECIPIENTS, DAYS, BIRTHS, DOCUMENTS, DOCUMENTS, PAPERS, OLD_FACTS, EXPIRES)
"""Visits of every day since 2016, and so of every dated rule set."""


def test_visits_are_of_every_rule_set() -> None:
    """What is proved below is proved for each dated set: they know the same codes."""
    for rules in BOOK.rule_sets():
        assert rules.document_table.keys() == NEWEST.document_table.keys()
        assert rules.paper_table.keys() == NEWEST.paper_table.keys()
        assert rules.recipient_table.keys() == NEWEST.recipient_table.keys()
        assert rules.fact_table.keys() | {"face_auth_card"} == NEWEST.fact_table.keys()


@given(VISITS, DOCUMENTS, DOCUMENTS, PAPERS)
def test_showing_more_never_makes_a_complete_visit_incomplete(
    visit: Visit, applicant: frozenset[str], visitor: frozenset[str], papers: frozenset[str]
) -> None:
    """Documents and papers only ever help: a clerk can tick what is there in any order.

    Two exceptions say that something was wrong before: the card that two others are (特定在留カード), and a paper that was said not to be there.
    """
    applicant, visitor, papers = applicant - {"A13"}, visitor - {"A13"}, papers - {"old_card"}
    more = replace(
        visit,
        applicant=visit.applicant | applicant,
        visitor=visit.visitor | visitor,
        papers=visit.papers | papers,
    )
    rules = BOOK.on(visit.on)
    before, after = judge(rules, visit), judge(rules, more)
    assert before.accepted == after.accepted
    assert after.complete or not before.complete
    assert len(after.missing) <= len(before.missing)


@given(VISITS)
def test_verdict_agrees_with_itself(visit: Visit) -> None:
    """Complete means accepted with nothing missing; a refusal and a missing thing are always said in words."""
    rules = BOOK.on(visit.on)
    verdict = judge(rules, visit)
    assert verdict.complete == (verdict.accepted and not verdict.missing)
    assert verdict.accepted or verdict.notes
    for missing in verdict.missing:
        assert missing_text(missing, WORDS)
        assert missing.what not in {"applicant_id", "visitor_id"} or missing.add
    for note in verdict.notes:
        text = note_text(note, rules, WORDS)
        assert not text.startswith(note.code)
        assert "{" not in text
    assert len(set(verdict.notes)) == len(verdict.notes)
    assert verdict.complete == (verdict.next_step is NextStep.PROCEED)
    assert bool(missing_in_short(verdict.missing, WORDS, alone=False)) == bool(verdict.missing)
    for step in verdict.next_steps:
        assert step_text(step, WORDS)


@given(VISITS)
def test_explanation_names_a_rule_and_how_it_is_known(visit: Visit) -> None:
    """Every line names a place of the rule file that is there, and what nobody has read says so."""
    rules = BOOK.on(visit.on)
    lines = explain(rules, visit)
    tables = {
        "recipients": rules.recipient_table,
        "documents": rules.document_table,
        "combinations": rules.combination_table,
        "facts": rules.fact_table,
        "policies": rules.policy_table,
    }
    assert lines[0].rule == f"recipients.{rules.recipient(visit.recipient).code}"
    for line in lines:
        section, _, rest = line.rule.partition(".")
        assert section == "card_expiry" or rest.partition(".")[0] in tables[section]
        text = rule_text(line, rules, WORDS)
        assert line.rule in text
        assert line.unverified == ("区の取扱いを確認］" in text or "区の取扱いを確認、" in text)
        assert "{" not in text
    met = {line.about[0] for line in lines if line.says == "met"}
    assert met == {code for state in judge(rules, visit).combinations for code in state.satisfied}


@given(VISITS)
def test_adding_what_is_asked_for_makes_documents_complete(visit: Visit) -> None:
    """The hint is true: whoever brings what the first hint for the applicant says is not asked for more."""
    rules = BOOK.on(visit.on)
    verdict = judge(rules, visit)
    asked = [missing for missing in verdict.missing if missing.what == "applicant_id"]
    if not asked:
        return
    lack = asked[0].add[0]
    spare = [code for code in ("A03", "A04", "A05", "A06") if code not in visit.applicant]
    plain = [
        code for code in ("B19", "B21", "B22", "B24", "B25", "B31", "B32") if code not in visit.applicant
    ]
    strong = spare[: max(lack.a, lack.photo)]
    weak = plain[: max(0, lack.total - len(strong))]
    shown = {*visit.applicant, *strong, *weak, *(["TN"] if lack.tn else [])}
    better = replace(visit, applicant=frozenset(shown))
    assert "applicant_id" not in [missing.what for missing in judge(rules, better).missing]


@given(VISITS, st.integers(1930, 2024))
def test_knowing_less_of_the_birth_date_never_makes_a_visit_complete(visit: Visit, year: int) -> None:
    """Where only the year is known, a visit is complete only if it would be on every day of that year."""
    only_year = replace(visit, born=BirthDate(year))
    rules = BOOK.on(visit.on)
    if only_year.born is None or only_year.born.earliest > visit.on or not judge(rules, only_year).complete:
        return
    for day in (date(year, 1, 1), date(year, 4, 1), date(year, 4, 2), date(year, 12, 31)):
        known = replace(visit, born=BirthDate.of(min(day, visit.on)))
        assert judge(rules, known).complete
