"""The guide to the recipient type as the clerk page shows it: answers there and back, keys, where they lead."""

from collections.abc import Mapping

import pytest

from backend.common.catalogue import Catalogue
from backend.documents.judging.guide import guide
from backend.reception.deciding.check_sheet import Guidance
from backend.web.desk.guide_view import GuideView, answers_of, view_guide
from backend.web.http.errors import WireError
from tests.shipped_rules import DAY, RULES
from tests.ticket_support import a_ticket

DOCUMENTS = Catalogue("documents")


def seen(answers: Mapping[str, str]) -> GuideView:
    """What the page shows after some answers."""
    step = guide(RULES, answers, on=DAY)
    return view_guide(Guidance(a_ticket(), RULES, answers, step), DOCUMENTS)


def test_every_answer_can_be_pressed_and_is_understood_when_it_comes_back() -> None:
    """From question to question: what is sent is read as the same answers, and one key presses each."""
    reached, answers = seen({}), dict[str, str]()
    assert reached.before is None
    while reached.question:
        assert [option.key for option in reached.options] == list(
            "1234567890ABCDEFGHIJ"[: len(reached.options)]
        )
        chosen = (*reached.answered, reached.options[0].value)
        answers = dict(answers_of(chosen))
        reached = seen(answers)
        assert (reached.answered, reached.before) == (chosen, chosen[:-1])
        assert len(reached.given) == len(answers)
    assert (reached.recipient, reached.options) == ("", ())
    assert reached.refusal


def test_where_the_answers_lead_is_a_name_and_no_question() -> None:
    """The clerk reads which type it is before choosing it."""
    reached = seen({"who": "self", "age_15": "from_15", "notice": "here"})
    assert (reached.recipient, reached.question, reached.refusal) == ("R1", "", "")
    assert reached.recipient_name == DOCUMENTS.text("recipient.R1")


@pytest.mark.parametrize(
    "answered",
    [["who"], [""], ["who:self", "who:agent"], [f"q{place}:x" for place in range(21)]],
)
def test_answers_that_no_page_of_ours_sends_are_refused(answered: list[str]) -> None:
    """A repeated question, a malformed answer, or more answers than questions is refused."""
    with pytest.raises(WireError):
        answers_of(answered)
    assert len(answers_of([f"q{place}:x" for place in range(20)])) == 20
