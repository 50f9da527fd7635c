"""The document rules that are shipped, their words, and the day on which tests judge visits."""

from datetime import date
from typing import Final

from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook

DAY: Final = date(2026, 11, 24)
"""Tuesday 24 November 2026, an ordinary open day."""
BOOK: Final = RuleBook.load(locate("rules"))
RULES: Final = BOOK.on(DAY)
WORDS: Final = Catalogue("documents")
"""The Japanese words of documents and verdicts."""
