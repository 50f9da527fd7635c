"""Parts of a page: pieces that are sent again, and put in place, only where they have changed.

A template says what a part is: ``{% call part("waiting") %}<section id="waiting">…</section>{% endcall %}``. The element
gets a version, a hash of what stands in it. Parts may lie in one another; a version is of what stands in the part itself
and of the names of the parts inside it, which have versions of their own.

A page's script names the versions that it shows. Of what it has, the answer holds a ``<template data-kept="NAME">`` at
most, in which stands what has changed further inside; the script leaves the element as it is.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from markupsafe import Markup

VERSION_LENGTH = 8
"""Characters of a version."""
_BYTES = VERSION_LENGTH * 6 // 8
_MOST_VERSIONS = 1000
_NEW_ID, _BEGIN, _END = "\x01", "\x02", "\x03"
# The writing of a page has none of these: they are taken out of what is shown.
_SIGNS = re.compile(f"{_NEW_ID}|{_BEGIN}([^{_END}]*){_END}")
_OURS = re.compile(f"[{_NEW_ID}{_BEGIN}{_END}]")


@dataclass(frozen=True)
class _Part:
    opening: str
    rest: str
    version: str

    @property
    def inside(self) -> Iterator[str]:
        """The names of the parts that lie directly in it."""
        return (found[1] for found in _SIGNS.finditer(self.rest) if found[1] is not None)


def without_signs(value: object) -> object:
    """A value to be shown without the signs that mean a part here."""
    return _OURS.sub("", value) if type(value) is str else value


def versions_in(header: str) -> frozenset[str]:
    """The versions that a page's script has, written one after the other; what is none is none that we know."""
    starts = range(0, min(len(header), _MOST_VERSIONS * VERSION_LENGTH), VERSION_LENGTH)
    return frozenset(header[start : start + VERSION_LENGTH] for start in starts)


class PageParts:
    """The parts of one answer.

    Args:
        had: versions that the page has already.
    """

    def __init__(self, had: frozenset[str] = frozenset()) -> None:
        self._had = had
        self._found: dict[str, _Part] = {}

    def new_id(self) -> Markup:
        """Stands for an id that is new in every answer, and so says nothing about whether something has changed."""
        return Markup(_NEW_ID)  # noqa: S704 - one sign of ours

    def part(self, name: str, caller: Callable[[], str]) -> Markup:
        """A part of the page, for ``{% call %}``.

        Raises:
            ValueError: it is no element with its name as id.
        """
        body = str(caller()).strip()
        opening, end, rest = body.partition(">")
        if not (end and opening.startswith("<") and f' id="{name}"' in opening):
            raise ValueError(f"the part {name} is no element of its own")
        if name in self._found:
            return Markup(body)  # noqa: S704 - rendered; what stands twice is of what it stands in
        hashed = hashlib.blake2b(f"{name} {body}".encode(), digest_size=_BYTES).digest()
        version = urlsafe_b64encode(hashed).decode()
        self._found[name] = _Part(opening, end + rest, version)
        return Markup(f"{_BEGIN}{name}{_END}")  # noqa: S704 - a name from a template

    def whole(self, rendered: str) -> str:
        """What was rendered, with its parts in their places, or what says that they are there."""
        return _SIGNS.sub(lambda sign: self._put(sign[1]), rendered)

    def _put(self, name: str | None) -> str:
        if name is None:
            return str(uuid4())
        part = self._found[name]
        if part.version not in self._had:
            return f'{part.opening} data-version="{part.version}"{self.whole(part.rest)}'
        changed = "".join(self._put(inner) for inner in part.inside if self._is_changed(inner))
        return f'<template data-kept="{name}">{changed}</template>'

    def _is_changed(self, name: str) -> bool:
        part = self._found[name]
        return part.version not in self._had or any(self._is_changed(inner) for inner in part.inside)
