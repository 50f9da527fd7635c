"""Reads drawn pages back: position and size of each run of letters in a PDF."""

import ctypes
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

MILLIMETRE = 72 / 25.4
A4 = (210.0, 297.0)


@dataclass(frozen=True)
class Run:
    """A run of letters. Positions are in millimetres from the left and the upper edge of the page.

    Attributes:
        page: number of the page, from 0.
        size: size of the letters, in points.
        left: its left edge.
        top: its upper edge.
        right: its right edge.
        bottom: its lower edge.
    """

    page: int
    size: float
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Run") -> bool:
        """Whether two runs overlap on the same page; a tiny overlap does not count."""
        hair = 0.1
        return (
            self.page == other.page
            and self.left < other.right - hair
            and other.left < self.right - hair
            and self.top < other.bottom - hair
            and other.top < self.bottom - hair
        )


def runs_of(pdf: bytes) -> list[Run]:
    """Every run of letters of a file, including icons."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    try:
        for number in range(len(document)):
            page = document[number]
            height = page.get_height() / MILLIMETRE
            for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                left, bottom, right, top = (edge / MILLIMETRE for edge in one.get_bounds())
                # The size in the file must be multiplied by the object's matrix.
                size = _font_size(one) * abs(one.get_matrix().d)
                found.append(Run(number, round(size, 2), left, height - top, right, height - bottom))
            page.close()
    finally:
        document.close()
    return found


def _font_size(one: pypdfium2.PdfObject) -> float:
    size = ctypes.c_float()
    assert pdfium.FPDFTextObj_GetFontSize(one.raw, size)
    return float(size.value)


def troubles(pdf: bytes, *, least: float = 10.5, margin: float = 10.0) -> list[object]:
    """What is wrong with the letters of a file: too small, too close to an edge of A4, or overlapping."""
    runs = [run for run in runs_of(pdf) if run.right > run.left]
    found: list[object] = [run for run in runs if run.size < least - 0.01]
    found += [
        run
        for run in runs
        if min(run.left, run.top) < margin or run.right > A4[0] - margin or run.bottom > A4[1] - margin
    ]
    found += [
        (one, other) for place, one in enumerate(runs) for other in runs[place + 1 :] if one.meets(other)
    ]
    return found
