"""Whether an answer of today says at least what a kept one said, with the same meaning."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from tests.releases.wire import API

SHAPE_ONLY: Final = {
    f"{API}/health": "the version is another one",
    f"{API}/bring": "the rules and the words for them are those of today",
}
"""Answers of which only the shape is held fast, each with the reason."""
MOVED: Final = {"seq": "events are counted office by office since 0.2.0"}
"""Values of which only the kind is held fast, wherever they stand, each with the reason."""
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


class Likeness:
    """Compares answers, and remembers which ids of today stand for which kept ones.

    Args:
        known: ids that are in the kept database and so are the same today.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._ids: dict[str, str] = {one: one for one in known}

    def today(self, path: str) -> str:
        """A kept path with the ids of today in it."""
        return _ID.sub(lambda found: self._ids.get(UUID(found[0]).hex, found[0]), path)

    def differences(self, kept: Any, today: Any, *, path: str = "") -> list[str]:
        """What a kept answer said and today's does not, place by place; of what is added nothing is said."""
        return list(self._compare(kept, today, "", exact=path not in SHAPE_ONLY))

    def _compare(self, kept: Any, today: Any, place: str, *, exact: bool) -> Iterator[str]:
        if isinstance(kept, Mapping) and isinstance(today, Mapping):
            for name, value in kept.items():
                if name not in today:
                    yield f"{place}.{name} is gone"
                else:
                    yield from self._compare(value, today[name], f"{place}.{name}", exact=exact)
        elif isinstance(kept, list) and isinstance(today, list):
            if exact and len(kept) != len(today):
                yield f"{place} had {len(kept)} entries and has {len(today)}"
            elif kept and not today:
                yield f"{place} is empty"
            for index, (one, other) in enumerate(zip(kept, today, strict=False)):
                yield from self._compare(one, other, f"{place}[{index}]", exact=exact)
        elif type(kept) is not type(today) or (
            exact and place.rpartition(".")[2] not in MOVED and not self._is_same(kept, today)
        ):
            yield f"{place} was {kept!r} and is {today!r}"

    def _is_same(self, kept: Any, today: Any) -> bool:
        """Whether two values are one, or two ids stand for one new thing; the first pair that is met says so."""
        if kept == today:
            return True
        if not (isinstance(kept, str) and _ID.fullmatch(kept) and _ID.fullmatch(str(today))):
            return False
        return self._ids.setdefault(UUID(kept).hex, UUID(today).hex) == UUID(today).hex
