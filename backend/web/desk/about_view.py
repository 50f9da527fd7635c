"""What the page about the product tells: its version, the fonts, the icons and the libraries that it stands on."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution, requires
from typing import Final, NamedTuple, TypedDict

from backend.common import product_version

_FROM_OTHERS: Final = re.compile(r"extra\s*==")
_NAME: Final = re.compile(r"[\w.-]+")
_CLASSIFIER: Final = "License :: "
_LONGEST_NAME_OF_A_LICENCE: Final = 60


class Part(NamedTuple):
    """Something of others that the product stands on.

    Attributes:
        name: what it is called.
        version: which one is installed; empty where the system keeps it.
        licence: under which it may be used, in the words of its authors.
    """

    name: str
    version: str
    licence: str


FONTS: Final = (
    Part("BIZ UDPGothic", "", "SIL Open Font License 1.1"),
    Part("Noto Sans CJK", "", "SIL Open Font License 1.1"),
    Part("Material Icons", "", "Apache License 2.0"),
)
"""Fonts of text and of icons; Debian packages."""

_LIBRARIES_OF_THE_SYSTEM: Final = (Part("ZBar (libzbar)", "", "LGPL-2.1-or-later"),)


class AboutContext(TypedDict):
    """What the page shows."""

    version: str
    fonts: tuple[Part, ...]
    libraries: tuple[Part, ...]


def about_context() -> AboutContext:
    """What the page shows, of this version."""
    return {"version": product_version(), "fonts": FONTS, "libraries": libraries()}


@cache
def libraries() -> tuple[Part, ...]:
    """Every library that the product asks for, as it is installed, by name."""
    found = [*_installed(), *_LIBRARIES_OF_THE_SYSTEM]
    return tuple(sorted(found, key=lambda part: part.name.casefold()))


def _installed() -> Iterator[Part]:
    for said in requires("uketsuke") or ():
        name = _NAME.match(said)
        if name is None or _FROM_OTHERS.search(said):
            continue
        metadata = distribution(name[0]).metadata
        classifiers = [
            one.rpartition(" :: ")[2]
            for one in metadata.get_all("Classifier") or ()
            if one.startswith(_CLASSIFIER)
        ]
        written = metadata["License-Expression"] or metadata["License"] or ""
        short = written if 0 < len(written) <= _LONGEST_NAME_OF_A_LICENCE else ", ".join(classifiers)
        yield Part(metadata["Name"], metadata["Version"], short)
