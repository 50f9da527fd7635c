"""The layout while nobody is called: what to do, how many wait, when it opens; or why no board can be shown."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.common import Sentence
from queue_display.hall_look import HALL
from queue_display.hall_screen import HallScreen, ScreenMode
from queue_display.pieces import Align, Ground, Icon, Number, Piece, Spot
from queue_display.places import EDGE, ROOMS, Shape
from queue_display.speech import Speech, Voice

_LINE = 1.3
_ICONS = {
    ScreenMode.EMPTY: "ticket",
    ScreenMode.CLOSED: "lock",
    ScreenMode.STARTING: "clock",
    ScreenMode.TROUBLE: "warning",
}
_ICON, _SMALL_ICON = 200.0, 100.0
_GAP = 20.0


@dataclass(frozen=True)
class _Line:
    """One of several texts below each other."""

    voice: Voice
    said: str
    size: float
    least: float
    colour: str
    bold: bool = False

    def lines(self, width: float) -> int:
        """How many lines it takes at nearly its full size; lines are not filled completely, as words are not cut."""
        size = max(min(self.least, self.size), self.size * 0.85)
        wide = [self.voice.width(part, size, bold=self.bold) for part in self.said.split("\n")]
        return sum(1 if part <= width * 0.97 else math.ceil(part / (width * 0.78)) for part in wide)


def quiet(screen: HallScreen, speech: Speech, top: float) -> Iterator[Piece]:
    """A hall where nobody is called."""
    room = ROOMS[screen.shape]
    body = Spot(EDGE, top, room.width - 2 * EDGE, screen.body).inset(0, 16)
    if screen.mode is ScreenMode.WAITING:
        yield from _waiting(screen, speech, body)
        return
    yield Ground(body, "card", 24, 2, "line")
    sizes = HALL.type
    large = sizes.title if screen.mode is ScreenMode.EMPTY else sizes.lead
    lines = _both(speech, screen.headline, large, "navy") + _both(speech, screen.message, sizes.lead, "ink")
    yield from _stack(body.inset(48, 24), _ICONS[screen.mode], "action", lines)


def cover(screen: HallScreen, speech: Speech) -> Iterator[Piece]:
    """A screen without a board: one sentence over everything, and a line for the staff."""
    room, sizes = ROOMS[screen.shape], HALL.type
    whole = Spot(0, 0, room.width, room.height)
    yield Ground(whole, "bar")
    lines = [
        *_both(speech, screen.headline, sizes.lead, "on_bar", second="quiet_on_bar"),
        *_both(speech, screen.message, sizes.body, "on_bar", second="quiet_on_bar"),
    ]
    foot = 320.0 if screen.staff is not None else 0.0
    yield from _stack(
        whole.inset(80, 40).row(0, room.height - 80 - foot), _ICONS[screen.mode], "quiet_on_bar", lines
    )
    if screen.staff is not None:
        place = whole.inset(80, 40).row(room.height - 80 - foot, foot)
        yield speech.first.words(
            place, speech.first.say(screen.staff), sizes.small, colour="quiet_on_bar", align=Align.CENTER,
            lines=5,
        )  # fmt: skip


def _waiting(screen: HallScreen, speech: Speech, body: Spot) -> Iterator[Piece]:
    """The screen while people wait: that they will be called, how many they are, and the numbers called last."""
    sizes = HALL.type
    upright = screen.shape is Shape.PORTRAIT
    yield Ground(body, "card", 24, 2, "line")
    inner = body.inset(48, 24)
    left = inner
    if screen.recent:
        past = 640.0 if upright else 480.0
        left = inner.row(0, inner.height - past - 32) if upright else inner.part(0, inner.width - past - 32)
        beside = inner.row(inner.height - past, past) if upright else inner.part(inner.width - past, past)
        yield from _past(screen, speech, beside, columns=2 if upright else 1)
    lines = _both(speech, screen.headline, sizes.title, "navy")
    counted = sizes.count * 1.1 + sizes.body * _LINE if screen.waiting else 0.0
    words = left.row(0, left.height - counted)
    seat = _both(speech, screen.message, sizes.body, "ink")
    yield from _stack(words, "", "", lines, seat)
    if screen.waiting:
        yield from _count(screen.waiting, speech, left.row(words.height, counted))


def _count(waiting: int, speech: Speech, box: Spot) -> Iterator[Piece]:
    """How many wait, in the middle of a box."""
    sizes = HALL.type
    unit = speech.first.say(Sentence("waiting.unit"))
    digits = speech.number_width(str(waiting), sizes.count)
    after = min(speech.first.width(unit, sizes.title, bold=True), box.width - digits - 24)
    begin = (box.width - digits - 24 - after) / 2
    line = box.row(0, sizes.count * 1.1)
    yield Number(line.part(begin, digits), str(waiting), sizes.count)
    yield speech.first.words(
        line.row(24, line.height - 24).part(begin + digits + 24, after),
        unit,
        sizes.title,
        bold=True,
        colour="navy",
    )
    if speech.second is not None:
        said = f"{waiting} {speech.second.say(Sentence('waiting.unit'))}"
        yield speech.second.words(
            box.row(sizes.count * 1.1, sizes.body * _LINE),
            said,
            sizes.body,
            colour="quiet",
            align=Align.CENTER,
        )


def _past(screen: HallScreen, speech: Speech, box: Spot, *, columns: int) -> Iterator[Piece]:
    """The last numbers that were called."""
    sizes = HALL.type
    yield Ground(box, "card", 12, 3, "edge")
    inner = box.inset(24, 20)
    at = 0.0
    for voice in speech.both():
        yield voice.words(
            inner.row(at, sizes.small * _LINE), voice.say(Sentence("title.recent")), sizes.small,
            bold=not at, colour="ink", align=Align.CENTER,
        )  # fmt: skip
        at += sizes.small * _LINE
    lines = -(-len(screen.recent) // columns)
    high = min(150.0, (inner.height - at) / lines)
    numbers = inner.row(at + (inner.height - at - high * lines) / 2, high * lines)
    step = inner.width / columns
    for place, number in enumerate(screen.recent):
        line, column = divmod(place, columns)
        yield Number(
            numbers.row(line * high, high).part(column * step, step - 16 * (columns - 1)),
            number, sizes.lead, colour="quiet" if screen.stale else "navy", align=Align.CENTER,
        )  # fmt: skip


def _both(
    speech: Speech, said: Sentence | None, size: float, colour: str, second: str = "quiet"
) -> list[_Line]:
    """A sentence in the first language, and smaller in the second one."""
    if said is None:
        return []
    sizes = HALL.type
    least = sizes.body if size > sizes.body else sizes.small
    found = [_Line(speech.first, speech.first.say(said), size, least, colour, bold=True)]
    if speech.second is not None:
        smaller = sizes.body if size > sizes.body else sizes.small
        found.append(_Line(speech.second, speech.second.say(said), smaller, sizes.small, second))
    return found


def _stack(
    box: Spot, icon: str, colour: str, lines: Sequence[_Line], spare: Sequence[_Line] = ()
) -> Iterator[Piece]:
    """An icon and texts below each other, in the middle of a box.

    If the box is not high enough, the ``spare`` texts are left out first; then the icon and the letters shrink.
    """
    wanted = [*lines, *spare]
    if _height(wanted, box.width) > box.height:
        wanted = list(lines)
    heights = [line.lines(box.width) * line.size * _LINE for line in wanted]
    full = _height(wanted, box.width)
    side = next((side for side in (_ICON, _SMALL_ICON) if icon and full + side + _GAP <= box.height), 0.0)
    share = min(1.0, (box.height - (full - sum(heights))) / sum(heights))
    at = (box.height - full + sum(heights) * (1 - share) - (side + _GAP if side else 0)) / 2
    if side:
        yield Icon(box.row(at, side).part((box.width - side) / 2, side), icon, colour)
        at += side + _GAP
    for line, height in zip(wanted, heights, strict=True):
        yield line.voice.words(
            box.row(at, height * share), line.said, line.size, bold=line.bold, colour=line.colour,
            align=Align.CENTER, least=min(line.least, line.size), lines=line.lines(box.width),
        )  # fmt: skip
        at += height * share + _GAP


def _height(lines: Sequence[_Line], width: float) -> float:
    """Height of texts below each other at their full size, with the gaps between them."""
    return sum(line.lines(width) * line.size * _LINE for line in lines) + _GAP * max(0, len(lines) - 1)
