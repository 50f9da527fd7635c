"""An office (拠点): its windows, its number series, its names. Plain values."""

import unicodedata
from dataclasses import dataclass

from backend.offices.hours import Hours
from backend.offices.kind import VisitKind
from backend.wire import WindowKind

_VARIANTS = str.maketrans({"簞": "箪", "髙": "高", "﨑": "崎"})


@dataclass(frozen=True)
class Window:
    """A window (窓口) with the label on its sign.

    Attributes:
        label: the text on its sign.
        kind: what is done there; at a combined window, reception and issuance.
        visits: codes of the kinds of visit that are called there; None for all, even those that are switched off now.
    """

    label: str
    kind: WindowKind
    visits: frozenset[str] | None = None

    def serves_as(self, kind: WindowKind) -> bool:
        """Whether it can be used as a window of this kind."""
        return self.kind in {kind, WindowKind.COMBINED}


@dataclass(frozen=True)
class Series:
    """A range of numbers with its letter, for example M 001 to 399, both ends included."""

    code: str
    first: int
    last: int

    def label(self, number: int) -> str:
        """A number as it is shown and printed: letter, hyphen, at least three digits."""
        return f"{self.code}-{number:03d}"


@dataclass(frozen=True)
class Office:
    """One place where cards are handed out. Name and address are by language tag, at least in Japanese.

    ``kinds`` are the kinds of visit that it offers, in display order.
    """

    id: str
    name: dict[str, str]
    address: dict[str, str]
    phone: str | None
    windows: tuple[Window, ...]
    series: dict[str, Series]
    reservation_series: str
    walk_in_series: str
    hours: tuple[Hours, ...]
    also_called: tuple[str, ...] = ()
    kinds: tuple[VisitKind, ...] = ()

    def window(self, label: str) -> Window | None:
        """The window with a label, or None."""
        return next((window for window in self.windows if window.label == label), None)

    def windows_for(self, kind: WindowKind) -> tuple[Window, ...]:
        """The windows that can be used as one kind of window, in the order of the file."""
        return tuple(window for window in self.windows if window.serves_as(kind))

    def kind(self, code: str) -> VisitKind | None:
        """The kind of visit with a code, or None if the office does not offer it."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def called_with(self, code: str) -> frozenset[str] | None:
        """The kinds of visit that share windows, and so a queue, with one kind; None for all kinds.

        Args:
            code: the kind's code; if no window names it, it is called at the windows for all kinds.
        """
        found: set[str] = set()
        for window in self.windows_for(WindowKind.RECEPTION):
            if window.visits is None:
                return None
            if code in window.visits:
                found |= window.visits
        return frozenset(found) or None

    def kinds_at_kiosk(self) -> tuple[VisitKind, ...]:
        """The kinds that a kiosk offers to people without a reservation, in display order."""
        return tuple(kind for kind in self.kinds if kind.walk_in)

    def series_of(self, kind: VisitKind) -> Series:
        """The series of numbers for a kind of visit without a reservation."""
        return self.series[kind.series or self.walk_in_series]

    def search_keys(self) -> frozenset[str]:
        """All folded spellings with which this office may appear in a file of the ward."""
        return frozenset(fold_name(name) for name in (self.id, *self.name.values(), *self.also_called))


def fold_name(name: str) -> str:
    """Fold an office name for comparison: width, spaces and the two forms of 箪 do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_VARIANTS).casefold().split())
