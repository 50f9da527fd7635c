"""Documents as they were shown: a code with flaws that may keep it from counting, for example ``A03:expired``."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from backend.documents.model.errors import ContradictingDocumentError

MARK = ":"
"""Separates a code from its flaws, and flaws from each other."""
_AROUND_MARK = re.compile(rf"\s*{MARK}\s*")
_RATIO = "\u2236"
"""A character that looks like a colon, and that some keyboards type instead."""


def plain(written: str) -> str:
    """Bring codes as people write them into one form: half width, no space around a colon.

    ``Ａ０３：expired`` and ``A03 : expired`` become ``A03:expired``.
    """
    return _AROUND_MARK.sub(MARK, unicodedata.normalize("NFKC", written).replace(_RATIO, MARK))


def read_shown(written: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The flaws of each document, by its code; empty for a document without flaws.

    A flaw that is given twice counts once.

    Raises:
        ContradictingDocumentError: a document is given twice, with different flaws.
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
