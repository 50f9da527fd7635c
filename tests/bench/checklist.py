"""Time of one verdict of the checklist, which every tick of a clerk needs."""

import time
from collections.abc import Callable
from datetime import date

from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.documents.judging.bring import bring_list
from backend.documents.judging.checklist import judge
from backend.documents.judging.explanation import explain
from backend.documents.judging.guide import guide
from backend.documents.model.ages import BirthDate
from backend.documents.model.visit import Visit
from backend.documents.saying.verdict_words import missing_in_short, note_text
from backend.documents.saying.visitor_words import rule_text
from tests.bench.measurement import Fact, Figure, Measurement
from tests.bench.plan import Plan
from tests.bench.reference import References
from tests.bring_support import bring_text

AREA = "checklist"
_DAY = date(2026, 11, 24)
_ANSWER_MS = 1.0


def measure(plan: Plan, references: References) -> list[Measurement]:
    """Measure verdicts, their words and explanations, the guide and the list of what to bring, over several visits."""
    book = RuleBook.load(locate("rules"))
    rules, texts = book.on(_DAY), Catalogue("documents")
    visits = _visits()

    def words(visit: Visit) -> None:
        verdict = judge(rules, visit)
        missing_in_short(verdict.missing, texts, alone=False)
        for note in verdict.notes:
            note_text(note, rules, texts)

    def why(visit: Visit) -> None:
        for line in explain(rules, visit):
            rule_text(line, rules, texts)

    def to_bring(visit: Visit) -> None:
        for line in bring_list(rules, visit.recipient, _DAY):
            bring_text(line, rules, texts)

    def ask(visit: Visit) -> None:
        guide(rules, {"who": "agent"}, on=_DAY, born=visit.born)

    facts: dict[str, Fact] = {"visits": len(visits), "documents": len(rules.document_table)}
    figure = Figure("p95", _ANSWER_MS, "1 ms")
    parts: dict[str, Callable[[Visit], object]] = {
        "answer": lambda visit: judge(rules, visit),
        "answer in words": words,
        "every rule behind it": why,
        "next question": ask,
        "what to bring": to_bring,
    }
    return [
        Measurement.of(
            AREA,
            name,
            _times(part, visits, plan.answers),
            against=(references.loop,),
            facts=facts,
            figure=figure if name.startswith("answer") else None,
        )
        for name, part in parts.items()
    ]


def _visits() -> list[Visit]:
    """A simple visit, an incomplete one, and one in which every existing document and paper was shown."""
    rules = RuleBook.load(locate("rules")).on(_DAY)
    everything = frozenset(rules.document_table)
    born = BirthDate(1980, 1, 1)
    return [
        Visit.of("R1", _DAY, born=born, applicant=["A03"], papers=["notice"]),
        Visit.of("P5", _DAY, born=born, applicant=["A03"], visitor=["B20"], papers=["notice"]),
        Visit("P7", _DAY, born, everything, everything, frozenset(rules.paper_table)),
    ]


def _times(part: Callable[[Visit], object], visits: list[Visit], count: int) -> list[float]:
    """Milliseconds of each call, for the visits in turn; the first round, which fills caches, does not count."""
    for visit in visits:
        part(visit)
    times = []
    for number in range(count):
        visit = visits[number % len(visits)]
        began = time.perf_counter()
        part(visit)
        times.append((time.perf_counter() - began) * 1000)
    return times
