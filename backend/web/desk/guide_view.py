"""The questions that lead to the recipient type, as a page shows them: one at a time, or where the answers lead.

Answers travel in forms, never in an address: addresses are logged, and a reason for not coming is private.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backend.common import Catalogue
from backend.documents import Ask, Refused, name_of, note_text, option_text, question_text
from backend.reception import Guidance, chosen_by
from backend.web.http.errors import WireError
from backend.wire import ErrorCode

_MOST_ANSWERS = 20
_KEYS = "1234567890ABCDEFGHIJ"


@dataclass(frozen=True)
class Option:
    """An answer to press: the value sent, its text, and its key on the keyboard, or the empty text."""

    value: str
    words: str
    key: str


@dataclass(frozen=True)
class GuideView:
    """One step of the guide in words.

    Attributes:
        ticket_id: the ticket of the visitor.
        case_id: of which card of theirs; empty where the form named none.
        answered: the answers so far, as forms send them.
        before: the same without the last answer; None at the first question.
        given: the answers so far, in words.
        question: the next question; empty once the answers have led somewhere.
        options: the answers to choose from.
        recipient: code of the recipient type that was found, or the empty text.
        recipient_name: its name.
        refusal: why the card cannot be received this way, or the empty text.
    """

    ticket_id: str
    case_id: str
    answered: tuple[str, ...]
    before: tuple[str, ...] | None
    given: tuple[str, ...]
    question: str = ""
    options: tuple[Option, ...] = ()
    recipient: str = ""
    recipient_name: str = ""
    refusal: str = ""


def answers_of(answered: Iterable[str]) -> Mapping[str, str]:
    """Answers as a form sends them: ``question:option``, in the order in which they were given.

    Raises:
        WireError: they have another form, answer a question twice, or are more than there are questions.
    """
    answers: dict[str, str] = {}
    for place, one in enumerate(answered):
        question, colon, option = one.partition(":")
        if not colon or question in answers or place >= _MOST_ANSWERS:
            raise WireError(ErrorCode.INVALID_REQUEST, fields="answered")
        answers[question] = option
    return answers


def view_guide(guidance: Guidance, documents: Catalogue, case_id: str | None = None) -> GuideView:
    """Put a step of the guide into words; ``case_id`` as the form named it."""
    answered = tuple(f"{question}:{option}" for question, option in guidance.answers.items())
    reached = GuideView(
        ticket_id=guidance.ticket.id,
        case_id=case_id or "",
        answered=answered,
        before=answered[:-1] if answered else None,
        given=tuple(option_text(*answer, documents) for answer in guidance.answers.items()),
    )
    step = guidance.step
    if isinstance(step, Ask):
        options = tuple(
            Option(f"{step.question}:{option}", option_text(step.question, option, documents), _key(place))
            for place, option in enumerate(step.options, start=1)
        )
        return replace(reached, question=question_text(step.question, documents), options=options)
    recipient = chosen_by(step) or ""
    return replace(
        reached,
        recipient=recipient,
        recipient_name=name_of("recipient", recipient, documents) if recipient else "",
        refusal=note_text(step.note, guidance.rule_set, documents) if isinstance(step, Refused) else "",
    )


def _key(place: int) -> str:
    """The key on the keyboard for the answer at a position (from 0): 1 to 9, 0, and then letters from A on."""
    return _KEYS[place - 1] if place <= len(_KEYS) else ""
