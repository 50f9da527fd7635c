"""What stands behind a sheet's front: examples and notes in Japanese, and what to bring in every other language.

The ward does not know which of them a recipient reads, so all are there: one page for who comes in person, so that the
whole is one sheet of paper. A longer list of another recipient goes on on the next page.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from fpdf import FPDF

from backend.common import Catalogue, Language
from backend.documents import BringLine, BringWords, RuleSet, bring_list, bring_words
from backend.printing.bring_column import COLOUR, SIZE, Column
from backend.printing.notice_bring import SELF, UNSAID

_LEFTS, _WIDTH, _TOP, _BOTTOM = (10.6, 107.4), 92.0, 14.6, 286.2
_LEADING: Final = 1.27
_BETWEEN: Final = 0.32
_INDENT: Final = 6.0
_GAP: Final = 2.6
_EXAMPLES: Final = frozenset({"photo_examples"})
"""What the other languages are told of examples; the rest a kiosk shows in each language."""


class Reverse:
    """The reverse of a sheet; the same for every sheet of one recipient type under one rule set.

    Args:
        rule_set: the rules of the day.
        on: the day of the visit, or of the print where nothing is booked, in Asia/Tokyo.
        recipient: code of the recipient type.
        booked: whether it is of a booking sheet.
    """

    def __init__(self, rule_set: RuleSet, on: date, recipient: str = SELF, *, booked: bool = False) -> None:
        self._rule_set = rule_set
        self._lines = [line for line in bring_list(rule_set, recipient, on) if line.what not in UNSAID]
        self._alone = recipient == SELF
        self._notes = (
            *(("ask",) if self._alone else ()),
            *(("moved", "change") if booked else ("change", "private")),
            "typed",
            "never",
        )

    def draw(self, pdf: FPDF) -> None:
        """Add it to a file, as one page or more.

        Raises:
            FontMissingError: a typeface is not installed.
        """
        columns = _Columns(pdf)
        column = columns.begin(Language.JAPANESE)
        self._japanese(column)
        for language in Language:
            if language is not Language.JAPANESE:
                # Beside the Japanese for those who learn it, then the other languages in a column of their own.
                beside = language is Language.ENGLISH and self._alone
                column = columns.begin(language) if beside else column.in_language(language)
                self._foreign(column, language)

    def _japanese(self, column: Column) -> None:
        """What others than the person bring, examples and conditions, then what everybody is asked to mind."""
        documents, words = Catalogue("documents"), Catalogue("notice")
        if not self._alone:
            _heading(column, documents.text("sheet.bring"))
            column.things(self._words(self._to_bring(), documents), SIZE.fine, ticked=True)
            column.y += _GAP
        know = self._words([line for line in self._lines if line.to_know], documents)
        if know:
            _heading(column, documents.text("sheet.know"))
            column.things(know, SIZE.fine, ticked=False)
            column.y += _GAP
        _heading(column, words.text("notes.title"))
        column.notes([words.text(f"notes.{key}") for key in self._notes], SIZE.fine)
        column.y += _GAP

    def _foreign(self, column: Column, language: Language) -> None:
        """What to bring, with the examples that matter most, and whom to ask."""
        texts = Catalogue("documents", language)
        _heading(column, texts.text("sheet.self") if self._alone else texts.text("sheet.bring"))
        column.things(self._words(self._to_bring(), texts), SIZE.fine, ticked=True)
        column.things(
            self._words([line for line in self._lines if line.what in _EXAMPLES], texts),
            SIZE.fine,
            ticked=False,
        )
        if self._alone:
            column.text(texts.text("sheet.others"), SIZE.fine, colour=COLOUR.quiet)
        column.y += _GAP

    def _to_bring(self) -> list[BringLine]:
        return [line for line in self._lines if not line.to_know]

    def _words(self, lines: Sequence[BringLine], texts: Catalogue) -> list[BringWords]:
        return [bring_words(line, self._rule_set, texts) for line in lines]


def _heading(column: Column, text: str) -> None:
    # A heading alone at the end of a column says nothing.
    column.make_room(5, SIZE.fine)
    column.text(text, SIZE.body, bold=True)
    column.rule(0.5)
    column.y += 0.8


class _Columns:
    """Columns from left to right, two on a page."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._taken = 0

    def begin(self, language: Language) -> Column:
        """The next column, for a language."""
        left, top = self._turn()
        return Column(
            self._pdf,
            language,
            left=left,
            width=_WIDTH,
            top=top,
            bottom=_BOTTOM,
            turn=self._turn,
            leading=_LEADING,
            between=_BETWEEN,
            indent=_INDENT,
        )

    def _turn(self) -> tuple[float, float]:
        place = self._taken % len(_LEFTS)
        if place == 0:
            self._pdf.add_page()
        self._taken += 1
        return _LEFTS[place], _TOP
