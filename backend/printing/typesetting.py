"""Lines on a PDF page, each character in a face that has it.

fpdf2 silently leaves out a character that the chosen face lacks: 𠮷野1-2 became 野1-2. Here a line is set in pieces,
each in the face of its language or, where that lacks a character, in the other one.
"""

from weakref import WeakKeyDictionary

from fpdf import FPDF

from backend.common import Language, Typeface, file_of, runs, typeface_of

_WIDTHS: WeakKeyDictionary[FPDF, dict[tuple[Typeface, str, float, bool], float]] = WeakKeyDictionary()
"""Measured widths by file, kept for as long as the file is written."""


class Typesetter:
    """Sets lines on the pages of one file. Lengths are those of the file, sizes are in points.

    Args:
        pdf: the file; its current page is written on.
        language: the language of the texts; its face draws every character that it has.

    Raises:
        FontMissingError: a typeface is not installed.
    """

    def __init__(self, pdf: FPDF, language: Language = Language.JAPANESE) -> None:
        self._pdf = pdf
        self._preferred = typeface_of(language)
        self._widths = _WIDTHS.setdefault(pdf, {})
        self._use(self._preferred, 10, bold=False)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a line is. Widths are cached: sheets repeat many texts, and shaping is slow."""
        measured = (self._preferred, text, size, bold)
        if measured not in self._widths:
            wide = 0.0
            for typeface, piece in runs(text, self._preferred):
                self._use(typeface, size, bold=bold)
                wide += self._pdf.get_string_width(piece)
            self._widths[measured] = wide
        return self._widths[measured]

    def write(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write a line from ``x`` on the baseline ``y``, in the current text colour."""
        for typeface, piece in runs(text, self._preferred):
            self._use(typeface, size, bold=bold)
            self._pdf.text(x, y, piece)
            x += self._pdf.get_string_width(piece)

    def _use(self, typeface: Typeface, size: float, *, bold: bool) -> None:
        """Choose a face; its file is read when it is first needed."""
        family, style = typeface.value.lower(), "B" if bold else ""
        if f"{family}{style}" not in self._pdf.fonts:
            self._pdf.add_font(family, style, file_of(typeface, bold=bold))
        self._pdf.set_font(family, style, size)
