"""Design tokens: every colour of every theme, every size of letters, every space and edge, by name.

They are in ``assets/design/tokens.toml``. Code that draws uses the names: ``colours(Theme.LIGHT).navy``,
``type_sizes(Surface.TICKET).body``. An unknown name is an error at once, never some other colour.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.common import TomlFile, locate

Value_co = TypeVar("Value_co", covariant=True)

_HEX = r"#[0-9A-F]{6}([0-9A-F]{2})?"
_Hex = Annotated[str, StringConstraints(pattern=rf"^{_HEX}$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_Size = Annotated[float, Field(gt=0)]


class TokenError(ValueError):
    """The file of tokens is wrong; the message is one sentence with file and line."""


class UnknownTokenError(AttributeError):
    """A name that the file of tokens does not have."""


class Theme(StrEnum):
    """A set of colours under the same names."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"
    PRINT = "print"


class Surface(StrEnum):
    """Where letters are shown or printed; each surface has sizes of its own, in its own unit."""

    KIOSK = "kiosk"
    HALL = "hall"
    WEB = "web"
    TICKET = "ticket"
    A4 = "a4"


class Colour(NamedTuple):
    """Red, green, blue, opacity, 0 to 1, as Kivy takes them."""

    red: float
    green: float
    blue: float
    opacity: float = 1.0

    @classmethod
    def of(cls, code: str) -> "Colour":
        """Read six or eight hexadecimal digits after a ``#``.

        Raises:
            ValueError: the text does not have this form.
        """
        if not re.fullmatch(_HEX, code, re.IGNORECASE):
            raise ValueError(f"{code!r} is not a colour like #12304D")
        return cls(*(part / 255 for part in bytes.fromhex(code[1:])))

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green, blue, 0 to 255, as Pillow and PDF take them."""
        return (round(self.red * 255), round(self.green * 255), round(self.blue * 255))

    @property
    def css(self) -> str:
        """In CSS notation: ``#12304d``, with two more digits unless it is opaque."""
        opacity = round(self.opacity * 255)
        return "#" + bytes((*self.rgb, *([] if opacity == 255 else [opacity]))).hex()


class Named(Mapping[str, Value_co], Generic[Value_co]):
    """Values by name, as a mapping and as attributes.

    Args:
        what: the word for one of them in messages, for example "colour".
        values: the values.
    """

    def __init__(self, what: str, values: Mapping[str, Value_co]) -> None:
        self._what = what
        self._values = dict(values)

    def __getattr__(self, name: str) -> Value_co:
        if name.startswith("_"):  # copy, pickle and debuggers ask for such names
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(self._values)
            raise UnknownTokenError(f"there is no {self._what} called {name}; there are: {known}") from None

    def __getitem__(self, name: str) -> Value_co:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Pair(NamedTuple):
    """A foreground and a background, by the names of their colours, and their minimum contrast, 1 to 21."""

    above: str
    ground: str
    least: float


@dataclass(frozen=True)
class Tokens:
    """The content of the file.

    Attributes:
        colours: by theme; every theme has every name.
        pairs: which colour is used on which.
        sizes: of letters, by surface: in pixels, for tickets in dots, for A4 in points.
        space: pixels between things.
        radius: pixels of rounded corners.
        border: pixels of frames.
        motion: milliseconds.
    """

    colours: Mapping[Theme, Named[Colour]]
    pairs: Named[Pair]
    sizes: Mapping[Surface, Named[float]]
    space: Named[float]
    radius: Named[float]
    border: Named[float]
    motion: Named[float]


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)

    color: dict[_Name, _Hex]
    theme: dict[Theme, dict[_Name, _Hex]]
    pair: dict[_Name, tuple[_Name, _Name, Annotated[float, Field(ge=3, le=21)]]]
    type: dict[Surface, dict[_Name, _Size]]
    space: dict[_Name, _Size]
    radius: dict[_Name, _Size]
    border: dict[_Name, _Size]
    motion: dict[_Name, _Size]


def read_tokens(path: Path) -> Tokens:
    """Read a file of tokens.

    Raises:
        TokenError: it cannot be read or is wrong.
    """
    file = TomlFile.read(path, "the file of tokens", TokenError)
    said = file.check(_Content)
    for theme, changed in said.theme.items():
        for name in changed:
            if name not in said.color:
                raise file.wrong(
                    ("theme", theme, name), f"the theme {theme} changes {name}, which is no colour"
                )
    for key, (above, ground, _) in said.pair.items():
        for name in (above, ground):
            if name not in said.color:
                raise file.wrong(("pair", key), f"the pair {key} names {name}, which is no colour")
    missing = [surface for surface in Surface if surface not in said.type]
    if missing:
        raise file.wrong(("type",), f"there are no sizes of letters for {', '.join(missing)}")
    codes = {theme: {**said.color, **said.theme.get(theme, {})} for theme in Theme}
    return Tokens(
        colours={
            theme: Named("colour", {name: Colour.of(code) for name, code in named.items()})
            for theme, named in codes.items()
        },
        pairs=Named("pair", {name: Pair(*pair) for name, pair in said.pair.items()}),
        sizes={
            surface: Named(f"size of letters of the surface {surface}", named)
            for surface, named in said.type.items()
        },
        space=Named("space", said.space),
        radius=Named("radius", said.radius),
        border=Named("border", said.border),
        motion=Named("motion", said.motion),
    )


@cache
def tokens() -> Tokens:
    """The tokens that are shipped; read once."""
    return read_tokens(locate("design", "tokens.toml"))


def colours(theme: Theme) -> Named[Colour]:
    """The colours of a theme by name."""
    return tokens().colours[theme]


def type_sizes(surface: Surface) -> Named[float]:
    """The sizes of a surface's letters by name, in its unit: pixels, for tickets dots, for A4 points."""
    return tokens().sizes[surface]
