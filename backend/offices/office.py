"""An office (拠点): its windows, its number series, its names. Plain values."""

import unicodedata
from dataclasses import dataclass

from backend.offices.hours import Hours
from backend.wire import WindowKind

_VARIANTS = str.maketrans({"簞": "箪", "髙": "高", "﨑": "崎"})


@dataclass(frozen=True)
class Window:
    """A window (窓口) with the label on its sign."""

    label: str
    kind: WindowKind


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
    """One place where cards are handed out. Name and address are by language tag, at least in Japanese."""

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

    def window(self, label: str) -> Window | None:
        """The window with a label, or None."""
        return next((window for window in self.windows if window.label == label), None)

    def windows_for(self, kind: WindowKind) -> tuple[Window, ...]:
        """The windows of one kind, in the order of the file."""
        return tuple(window for window in self.windows if window.kind is kind)

    def search_keys(self) -> frozenset[str]:
        """Every spelling under which this office may appear in a file of the ward, folded."""
        return frozenset(fold_name(name) for name in (self.id, *self.name.values(), *self.also_called))


def fold_name(name: str) -> str:
    """Fold an office name for comparison: width, spaces and the two forms of 箪 do not matter."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_VARIANTS).casefold().split())
