"""The layout of the bands at top and bottom: office, time, age of the board, message, counts, absent numbers."""

from collections.abc import Iterator

from backend.common import Language, Sentence
from queue_display.hall_look import HALL
from queue_display.hall_screen import HallScreen, ScreenMode
from queue_display.pieces import Align, Ground, Icon, Number, Piece, Spot
from queue_display.places import EDGE, ROOMS, Shape
from queue_display.speech import Speech, Voice

_LINE = 1.28
"""Height of a line as a share of its letters' size, with descenders."""
_SPACE = 32.0


def header(screen: HallScreen, speech: Speech) -> Iterator[Piece]:
    """The office, the date and the time of day; if the office's names in two languages do not fit, they take turns."""
    room, sizes = ROOMS[screen.shape], HALL.type
    band = Spot(0, 0, room.width, room.header)
    yield Ground(band, "bar")
    inner = band.inset(EDGE, 0)
    upright = screen.shape is Shape.PORTRAIT
    line = inner.row(4, 60) if upright else inner
    below = inner.row(60, 56) if upright else inner
    clock = speech.number_width("23:59", sizes.body)
    yield Number(
        line.part(line.width - clock, clock), screen.clock, sizes.body, sizes.body, "on_bar", Align.RIGHT
    )
    said = speech.first.say(screen.date) if screen.date else ""
    date = speech.first.width(said, sizes.small)
    end = below.width if upright else line.width - clock - _SPACE
    yield speech.first.words(
        below.part(end - date, date), said, sizes.small, colour="on_bar", align=Align.RIGHT
    )
    names = _names(screen, speech)
    if not names:
        return
    (voice, name), *others = names
    free = line.width - clock - _SPACE if upright else end - date - _SPACE
    first = min(free, voice.width(name, sizes.small, bold=True))
    gap = 0.0 if upright else first + _SPACE
    rest = below.width - date - _SPACE if upright else free - gap
    if others and not others[0][0].fits(others[0][1], sizes.small, rest):
        if screen.second % 2:
            voice, name = others[0]
        others, first = [], free
    yield voice.words(line.part(0, first), name, sizes.small, bold=True, colour="on_bar")
    for other, words in others:
        yield other.words(below.part(gap, rest), words, sizes.small, colour="quiet_on_bar")


def _names(screen: HallScreen, speech: Speech) -> list[tuple[Voice, str]]:
    """The office's name in the first and the second language, each once."""
    names = dict(screen.office_name)
    first = names.get(speech.first.language) or names.get(Language.JAPANESE, "")
    second = names.get(speech.second.language, "") if speech.second else ""
    found = [(speech.first, first)] if first else []
    return [*found, *([(speech.second, second)] if speech.second and second not in {"", first} else [])]


def stale(screen: HallScreen, speech: Speech, top: float) -> Iterator[Piece]:
    """How old the board is and whom to ask, with an icon: colour alone never carries a meaning."""
    if screen.stale is None:
        return
    room, sizes = ROOMS[screen.shape], HALL.type
    band = Spot(0, top, room.width, room.stale)
    yield Ground(band, "call")
    side = 128.0
    yield Icon(Spot(EDGE, top + (room.stale - side) / 2, side, side), "warning", "on_call")
    inner = Spot(EDGE + side + _SPACE, top, room.width - 2 * EDGE - side - _SPACE, room.stale)
    age, ask = screen.stale, Sentence("stale.ask")
    if screen.shape is Shape.PORTRAIT:
        rows = [(speech.first, age, sizes.lead), (speech.first, ask, sizes.body)]
        rows += [(speech.second, said, sizes.body) for said in (age, ask)] if speech.second else []
        height = sum(size * _LINE for *_, size in rows)
        at = (room.stale - height) / 2
        for voice, said, size in rows:
            yield voice.words(
                inner.row(at, size * _LINE), voice.say(said), size, bold=size == sizes.lead, colour="on_call"
            )
            at += size * _LINE
        return
    at = 4.0
    for said, size in ((age, sizes.lead), (ask, sizes.body)):
        line = inner.row(at, size * _LINE)
        at += size * _LINE
        words = speech.first.say(said)
        wide = min(line.width, speech.first.width(words, size, bold=True))
        yield speech.first.words(line.part(0, wide), words, size, bold=True, colour="on_call")
        if speech.second is not None:
            other = speech.second.say(said)
            rest = line.part(wide + _SPACE, line.width - wide - _SPACE)
            # Left out where it does not fit: the other line says whom to ask.
            if speech.second.fits(other, sizes.small, rest.width):
                yield speech.second.words(rest, other, sizes.body, colour="on_call", align=Align.RIGHT)


def notice(screen: HallScreen, speech: Speech, bottom: float) -> Iterator[Piece]:
    """The message for the hall above the footer, one language at a time."""
    if screen.notice is None:
        return
    room, sizes = ROOMS[screen.shape], HALL.type
    band = Spot(0, bottom - room.notice, room.width, room.notice)
    yield Ground(band, "warn_tint")
    yield Ground(band.row(0, 6), "warn")
    side = 96.0
    yield Icon(Spot(EDGE, band.top + (band.height - side) / 2, side, side), "info", "warn")
    voice = speech.of(screen.notice)
    inner = Spot(EDGE + side + _SPACE, band.top + 8, room.width - 2 * EDGE - side - _SPACE, band.height - 12)
    lines = 2 if screen.shape is Shape.LANDSCAPE else 3
    yield voice.words(inner, voice.say(screen.notice), sizes.body, bold=True, lines=lines)


def footer(screen: HallScreen, speech: Speech) -> Iterator[Piece]:
    """How many wait, and the numbers whose visitors did not come when called; one language at a time."""
    room, sizes = ROOMS[screen.shape], HALL.type
    bottom = room.height
    if room.absent and screen.absent:
        bottom -= room.absent
        band = Spot(0, bottom, room.width, room.absent)
        yield Ground(band, "card")
        yield Ground(band.row(0, 4), "edge")
        inner = band.inset(EDGE, 0)
        title, ask = (speech.turn.say(Sentence(key)) for key in ("title.absent", "absent.help"))
        wide = min(inner.width, speech.turn.width(title, sizes.small, bold=True))
        head = inner.row(8, 60)
        yield speech.turn.words(head.part(0, wide), title, sizes.small, bold=True)
        rest = head.part(wide + _SPACE, head.width - wide - _SPACE)
        yield speech.turn.words(rest, ask, sizes.small, align=Align.RIGHT)
        yield from _absent_numbers(screen, inner.row(68, 100), "navy")
    shared = not room.absent and bool(screen.absent)
    if not screen.counted and not shared:
        return
    band = Spot(0, bottom - room.counts, room.width, room.counts)
    yield Ground(band, "bar")
    line = band.inset(EDGE, 0)
    at = 0.0
    for key, count in _counts(screen):
        label, unit = speech.turn.say(Sentence(key)), speech.turn.say(Sentence("unit.people")).strip()
        size = sizes.body if key == "title.waiting" or screen.shape is Shape.LANDSCAPE else sizes.small
        before, after = (speech.turn.width(words, size) for words in (label, unit))
        digits = speech.number_width(str(count), sizes.absent)
        needed = before + digits + after + 32
        if at + needed > line.width:
            # Only the count of prepared cards can be left out: the count of those who wait comes first.
            break
        yield speech.turn.words(line.part(at, before), label, size, colour="on_bar")
        yield Number(line.part(at + before + 16, digits), str(count), sizes.absent, colour="on_bar")
        if unit:
            yield speech.turn.words(line.part(at + needed - after, after), unit, size, colour="on_bar")
        at += needed + _SPACE
    if shared:
        title, ask = (speech.turn.say(Sentence(key)) for key in ("title.absent", "absent.help"))
        wide = max(speech.turn.width(title, sizes.small, bold=True), speech.turn.width(ask, sizes.small))
        head = line.part(at, wide)
        yield speech.turn.words(head.row(1, 51), title, sizes.small, bold=True, colour="on_bar")
        yield speech.turn.words(head.row(51, 51), ask, sizes.small, colour="on_bar")
        yield from _absent_numbers(
            screen, line.part(at + wide + _SPACE, line.width - at - wide - _SPACE), "on_bar"
        )


def _counts(screen: HallScreen) -> Iterator[tuple[str, int]]:
    """What the footer counts; counts of 0 are left out."""
    if screen.waiting and screen.mode is not ScreenMode.WAITING:
        yield "title.waiting", screen.waiting
    if screen.preparing:
        yield "title.preparing", screen.preparing


def _absent_numbers(screen: HallScreen, box: Spot, colour: str) -> Iterator[Piece]:
    """The absent numbers of this page side by side, in positions that are the same on every page."""
    places = max(len(screen.absent), 2)
    step = box.width / places
    for at, number in enumerate(screen.absent):
        yield Number(box.part(at * step, step - 16), number, HALL.type.absent, colour=colour)
