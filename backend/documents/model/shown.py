"""Documents as they lie on the counter: a code, and the flaws that may keep it from counting (``A03:expired``)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from backend.documents.model.errors import ContradictingDocumentError

MARK = ":"
"""What parts a code from a flaw, and a flaw from the next."""
_AROUND_MARK = re.compile(rf"\s*{MARK}\s*")
_RATIO = "\u2236"
"""A sign that looks like a colon, and that some keyboards write for it."""


def plain(written: str) -> str:
    """Codes as a person may write them, in the form in which they are read: half width, no space around a colon.

    ``Ａ０３：expired`` and ``A03 : expired`` are ``A03:expired``.
    """
    return _AROUND_MARK.sub(MARK, unicodedata.normalize("NFKC", written).replace(_RATIO, MARK))


def read_shown(written: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The flaws of each document, by its code; none for a document that is as it should be.

    A flaw that stands twice behind a document is one flaw.

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
