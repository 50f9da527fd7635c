"""What holds for every visit whatsoever: more papers never hurt, and nothing is ever half said."""

from collections.abc import Iterable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assets import locate
from assets.catalogue import Catalogue
from backend.documents.ages import BirthDate
from backend.documents.checklist import judge
from backend.documents.rule_book import RuleBook
from backend.documents.visit import Visit
from backend.documents.words import missing_text, note_text

RULES = RuleBook.load(locate("rules")).on(date(2026, 11, 24))
WORDS = Catalogue("documents")


def some(codes: Iterable[str]) -> st.SearchStrategy[frozenset[str]]:
    """A few codes of a table."""
    return st.frozensets(st.sampled_from(sorted(codes)), max_size=6)


DOCUMENTS = some(RULES.document_table)
PAPERS = some(RULES.paper_table)
FACTS = some(RULES.fact_table)
RECIPIENTS = st.sampled_from([one.code for one in RULES.recipient_types()])
DAYS = st.dates(date(2024, 12, 2), date(2030, 12, 31))
BIRTHS = st.one_of(
    st.none(),
    st.dates(date(1930, 1, 1), date(2024, 12, 1)).map(BirthDate.of),
    st.builds(BirthDate, st.integers(1930, 2024), st.one_of(st.none(), st.integers(1, 11))),
)
VISITS = st.builds(Visit, RECIPIENTS, DAYS, BIRTHS, DOCUMENTS, DOCUMENTS, PAPERS, FACTS)


@given(VISITS, DOCUMENTS, DOCUMENTS, PAPERS)
def test_showing_more_never_makes_a_complete_visit_incomplete(
    visit: Visit, applicant: frozenset[str], visitor: frozenset[str], papers: frozenset[str]
) -> None:
    """Documents and papers only ever help: a clerk can tick what is there in any order."""
    more = Visit(
        visit.recipient,
        visit.on,
        visit.born,
        visit.applicant | applicant,
        visit.visitor | visitor,
        visit.papers | papers,
        visit.facts,
    )
    before, after = judge(RULES, visit), judge(RULES, more)
    assert before.accepted == after.accepted
    assert after.complete or not before.complete
    assert len(after.missing) <= len(before.missing)


@given(VISITS)
def test_verdict_agrees_with_itself(visit: Visit) -> None:
    """Complete means accepted with nothing missing; a refusal and a missing thing are always said in words."""
    verdict = judge(RULES, visit)
    assert verdict.complete == (verdict.accepted and not verdict.missing)
    assert verdict.accepted or verdict.notes
    for missing in verdict.missing:
        assert missing_text(missing, WORDS)
        assert missing.what not in {"applicant_id", "visitor_id"} or missing.add
    for note in verdict.notes:
        text = note_text(note, RULES, WORDS)
        assert not text.startswith(note.code)
        assert "{" not in text
    assert len(set(verdict.notes)) == len(verdict.notes)


@given(VISITS)
def test_adding_what_is_asked_for_makes_documents_complete(visit: Visit) -> None:
    """The hint is true: whoever brings what the first hint for the applicant says is not asked for more."""
    verdict = judge(RULES, visit)
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
    better = Visit(
        visit.recipient, visit.on, visit.born, frozenset(shown), visit.visitor, visit.papers, visit.facts
    )
    assert "applicant_id" not in [missing.what for missing in judge(RULES, better).missing]


@given(VISITS, st.integers(1930, 2024))
def test_knowing_less_of_the_birth_date_never_makes_a_visit_complete(visit: Visit, year: int) -> None:
    """Where only the year is known, a visit is complete only if it would be on every day of that year."""
    only_year = Visit(
        visit.recipient, visit.on, BirthDate(year), visit.applicant, visit.visitor, visit.papers, visit.facts
    )
    if not judge(RULES, only_year).complete:
        return
    for day in (date(year, 1, 1), date(year, 4, 1), date(year, 4, 2), date(year, 12, 31)):
        known = Visit(
            visit.recipient,
            visit.on,
            BirthDate.of(min(day, visit.on)),
            visit.applicant,
            visit.visitor,
            visit.papers,
            visit.facts,
        )
        assert judge(RULES, known).complete
