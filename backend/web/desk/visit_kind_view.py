"""What the clerk page shows of a visit that has no checklist of the document rules: what it is about, and how it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.common import Catalogue, Language
from backend.offices import Directory
from backend.reception import Ticket
from backend.wire import TicketState


@dataclass(frozen=True)
class VisitKindView:
    """A visit that is about something else than a card, or that is at issuance already.

    Attributes:
        name: what somebody comes for; empty where the file of kinds no longer has it.
        papers: what clerks look for, in words.
        confirmed: whether the ward has looked at these papers.
        at_issuance: they were handed over where they are, and the page of the staff goes on with them.
    """

    name: str
    papers: Sequence[str]
    confirmed: bool
    at_issuance: bool


def view_visit_kind(directory: Directory, visitor: Ticket | None, language: Language) -> VisitKindView | None:
    """The visitor's kind of visit, where the page shows it in place of a checklist; None where it does not.

    Args:
        directory: with the kinds of the ward.
        visitor: who is at the window, or nobody.
        language: of the page.
    """
    if visitor is None:
        return None
    at_issuance = visitor.state is TicketState.CALLED_TO_ISSUANCE
    ends_here = visitor.state is TicketState.SERVING and directory.ends_at_reception(visitor.kind)
    if not at_issuance and not ends_here:
        return None
    kind = directory.kinds.get(visitor.kind)
    if kind is None:
        return VisitKindView("", (), confirmed=True, at_issuance=at_issuance)
    papers = [_in(paper.name, language) for paper in kind.papers]
    return VisitKindView(_in(kind.name, language), papers, kind.papers_confirmed, at_issuance)


def kind_words(directory: Directory, code: str, texts: Catalogue) -> str:
    """What somebody comes for, in words; also where the file of kinds no longer has it.

    Args:
        directory: with the kinds of the ward.
        code: of the kind.
        texts: the catalogue ``pages``.
    """
    kind = directory.kinds.get(code)
    return texts.text("kind.gone") if kind is None else _in(kind.name, texts.language)


def _in(texts: dict[str, str], language: Language) -> str:
    return texts.get(language, texts["ja"])
