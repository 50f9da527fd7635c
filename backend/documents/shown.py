"""Documents as they lie on the counter: a code, and the flaws that may keep it from counting (``A03:expired``)."""

from collections.abc import Iterable, Mapping

from backend.documents.errors import ContradictingDocumentError

MARK = ":"
"""What parts a code from a flaw, and a flaw from the next."""


def read_shown(written: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The flaws of each document, by its code; none for a document that is as it should be.

    Raises:
        ContradictingDocumentError: a document stands there twice, with different flaws.
    """
    shown: dict[str, frozenset[str]] = {}
    for one in sorted(written):
        code, *flaws = one.split(MARK)
        if shown.setdefault(code, frozenset(flaws)) != frozenset(flaws):
            raise ContradictingDocumentError(code)
    return shown


def code_of(written: str) -> str:
    """The code of a document, without its flaws."""
    return written.partition(MARK)[0]
