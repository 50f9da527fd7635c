"""The layout of the present calls: one large, a few in bands, many in cells."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.common import Sentence
from backend.wire import WindowKind
from queue_display.hall_look import HALL
from queue_display.hall_screen import Card, HallScreen
from queue_display.pieces import Align, ArrowTo, Ground, Number, Piece, Spot, WindowSign
from queue_display.places import EDGE, GAP, LEAST_NUMBER, ROOMS, Places, Shape
from queue_display.speech import Speech, Voice

_TALL = 1.06
"""Height of a number's box as a share of its size: its digits, and a little space above and below."""
_LINE = 1.28
_CLOSE = 1.16
"""Heights of a line as a share of its letters' size: the usual one, and one for lines close together."""
_MARGIN = 16.0
_GAP = 24.0
_ONE_SIGN = {Shape.LANDSCAPE: 240.0, Shape.PORTRAIT: 320.0}
_BAND_SIGN = {Shape.LANDSCAPE: 208.0, Shape.PORTRAIT: 200.0}
_CELL_SIGN = 112.0
_CELL_TALL, _CELL_LARGER = 200.0, 1.4
"""In cells of at least this height the words are below the number, which may then be larger by the second factor."""
_CELL_MOST = 250.0
"""Maximum height of a cell, even if there are few."""
_BAND_MOST = 416.0
"""Maximum height of a band: two calls need not fill the screen."""


@dataclass(frozen=True)
class _Ink:
    """The colours of a call: a new one is dark on yellow; a call that is being served, or on an old board, is grey."""

    word: str
    number: str
    quiet: str
    arrow: str
    sign: str
    on_sign: str

    @classmethod
    def of(cls, card: Card, screen: HallScreen) -> "_Ink":
        """The colours of one call on a screen."""
        if card.flashing:
            return cls("on_call", "on_call", "on_call", "on_call", "on_call", "call")
        if card.serving or screen.stale is not None:
            return cls("quiet", "quiet", "quiet", "clear" if card.serving else "quiet", "quiet", "card")
        kind = "issuance" if card.kind is WindowKind.ISSUANCE else "reception"
        return cls("ink", "navy", "quiet", "action", kind, f"on_{kind}")


def calls(screen: HallScreen, speech: Speech, top: float) -> Iterator[Piece]:
    """The present calls, below ``top``."""
    room = ROOMS[screen.shape]
    body = Spot(EDGE, top, room.width - 2 * EDGE, screen.body).inset(0, 12)
    cards = [card for card in (screen.hero, *screen.rows) if card is not None]
    if screen.places is Places.ONE:
        for card in cards:
            yield from _one(card, screen, speech, body)
    elif screen.places is Places.BANDS:
        high = min(_BAND_MOST, (body.height + GAP) / len(cards) - GAP)
        above = (body.height - len(cards) * (high + GAP) + GAP) / 2
        for at, card in enumerate(cards):
            yield from _band(card, screen, speech, body.row(above + at * (high + GAP), high))
    else:
        # With several pages the positions stay the same on each; on a single page the columns have equal length.
        lines = room.cells(screen.body) // room.columns
        if screen.page[1] == 1:
            lines = -(-len(cards) // room.columns)
        high = min(_CELL_MOST, (body.height + GAP) / lines - GAP)
        wide = (body.width - (room.columns - 1) * 2 * GAP) / room.columns
        for at, card in enumerate(cards):
            # Down the first column, then down the next: a list is read like that from afar.
            column, line = divmod(at, lines)
            cell = body.row(line * (high + GAP), high).part(column * (wide + 2 * GAP), wide)
            yield from _cell(card, screen, speech, cell)


def _ground(card: Card, box: Spot, radius: float, frame: float, ring: float) -> Ground:
    """The background of a call: white, or yellow with a dark frame while it is new."""
    if card.flashing:
        return Ground(box, "call", radius, frame, "navy", "on_call", ring)
    return Ground(box, "card", radius, 2, "line")


def _one(card: Card, screen: HallScreen, speech: Speech, box: Spot) -> Iterator[Piece]:
    """A single call, which takes the whole body of the screen."""
    ink, sizes, upright = _Ink.of(card, screen), HALL.type, screen.shape is Shape.PORTRAIT
    yield _ground(card, box, 24, HALL.border.call, HALL.border.call)
    inner = box.inset(48, 36)
    side = _ONE_SIGN[screen.shape]
    most = sizes.number1_upright if upright else sizes.number1
    said = Sentence("call.recall" if card.recall else "title.calling")
    title = sizes.body * _LINE * (2 if upright else 1)
    foot = side + 24 + sizes.lead * _LINE + sizes.body * _LINE if upright else side
    between = 170.0 if upright else 0.0
    number = min(most * _TALL, inner.height - title - foot - between - 2 * _GAP)
    gap = min(96.0, (inner.height - title - number - foot - between) / 2)
    above = (inner.height - title - number - foot - between - 2 * gap) / 2
    yield from _titles(card, said, speech, inner.row(above, title), ink, upright=upright)
    at = above + title + gap
    # Upright, the number may be nearly as wide as the card.
    wide = box.inset(20, 36).row(at, number) if upright else inner.row(at, number)
    yield Number(wide, card.number, min(most, number / _TALL), colour=ink.number, align=Align.CENTER)
    at += number
    if upright:
        mark = 120.0
        yield ArrowTo(
            inner.row(at + (between + gap - mark) / 2, mark).part((inner.width - mark) / 2, mark),
            ink.arrow, down=True,
        )  # fmt: skip
        at += between + gap
        sign = _sign_width(card, speech, side, inner.width)
        yield _sign(card, inner.row(at, side).part((inner.width - sign) / 2, sign), ink)
        yield from _asked(card, speech, inner.row(at + side + 24, foot - side - 24), ink, Align.CENTER)
        return
    line = inner.row(at + gap, side)
    sign = _sign_width(card, speech, side, 520)
    words = line.part(150 + 2 * _GAP + sign + _GAP, line.width - 150 - 3 * _GAP - sign)
    yield ArrowTo(line.part(0, 150), ink.arrow)
    yield _sign(card, line.part(150 + 2 * _GAP, sign), ink)
    asked = (sizes.lead + sizes.body) * _LINE
    yield from _asked(card, speech, words.row((side - asked) / 2, asked), ink, Align.LEFT)


def _titles(
    card: Card, said: Sentence, speech: Speech, box: Spot, ink: _Ink, *, upright: bool
) -> Iterator[Piece]:
    """The titles: what happens, and at which kind of window; in two languages."""
    size = HALL.type.body
    half = box.width / 2
    for at, voice in enumerate(speech.both()):
        kind = voice.say(Sentence(f"window.{card.kind}"))
        words = f"{voice.say(said)}  {kind}" if upright else kind
        if upright:
            line = box.row(at * size * _LINE, size * _LINE)
            yield voice.words(line, words, size, bold=not at, colour=ink.word, align=Align.CENTER)
        elif not at:
            yield voice.words(
                box.part(0, half), f"{voice.say(said)}  {kind}", size, bold=True, colour=ink.word
            )
        else:
            yield voice.words(
                box.part(half + _GAP, half - _GAP), f"{voice.say(said)}  {kind}", size,
                colour=ink.quiet, align=Align.RIGHT,
            )  # fmt: skip


def _asked(card: Card, speech: Speech, box: Spot, ink: _Ink, align: Align) -> Iterator[Piece]:
    """What the visitor is asked to do: large, and in the second language below."""
    at = 0.0
    for voice, size in zip(speech.both(), (HALL.type.lead, HALL.type.body), strict=False):
        yield voice.words(
            box.row(at, size * _LINE), voice.say(_come(card)), size, bold=not at, colour=ink.word, align=align
        )
        at += size * _LINE


def _band(card: Card, screen: HallScreen, speech: Speech, box: Spot) -> Iterator[Piece]:
    """One of a few calls: number, arrow and sign, and what to do."""
    ink, sizes = _Ink.of(card, screen), HALL.type
    yield _ground(card, box, 24, HALL.border.call, HALL.border.call / 2)
    inner = box.inset(36, 20)
    upright = screen.shape is Shape.PORTRAIT
    words = sizes.body * _LINE if upright else 0.0
    line = inner.row(0, inner.height - words)
    large = sizes.count if box.height > 300 and not upright else sizes.number3
    most = min(large, line.height / _TALL)
    side = min(_BAND_SIGN[screen.shape] * (large / sizes.number3), line.height)
    arrow = 84.0 if upright else 110.0
    free = line.width - arrow - 2 * _GAP
    sign = _sign_width(card, speech, side, free * 0.3 if upright else 430)
    number = min(speech.number_width(card.number, most), free - sign if upright else 860)
    yield Number(line.part(0, number), card.number, most, colour=ink.number)
    yield ArrowTo(line.part(number + _GAP, arrow), ink.arrow)
    at = number + arrow + 2 * _GAP
    yield _sign(card, Spot(line.left + at, line.top + (line.height - side) / 2, sign, side), ink)
    if upright:
        foot = inner.row(inner.height - words, words)
        said = _kind_and_asked(card, speech.first)
        wide = min(foot.width, speech.first.width(said, sizes.body, bold=True))
        yield speech.first.words(foot.part(0, wide), said, sizes.body, bold=True, colour=ink.word)
        rest = foot.part(wide + _GAP, foot.width - wide - _GAP)
        if speech.second is not None:
            other = speech.second.say(Sentence(f"window.{card.kind}"))
            if speech.second.fits(other, sizes.small, rest.width):
                yield speech.second.words(rest, other, sizes.small, colour=ink.quiet, align=Align.RIGHT)
        return
    rest = line.part(at + sign + _GAP, line.width - at - sign - _GAP)
    yield from _band_words(card, speech, rest, ink)


def _band_words(card: Card, speech: Speech, box: Spot, ink: _Ink) -> Iterator[Piece]:
    """The words beside a sign: what to do, and the kind of window in two languages where there is room."""
    sizes = HALL.type
    kind = Sentence(f"window.{card.kind}")
    lines = [
        (speech.first, speech.first.say(_come(card, short=True)), sizes.lead, True),
        (speech.first, speech.first.say(kind), sizes.small, True),
    ]
    if speech.second is not None:
        lines.append((speech.second, speech.second.say(kind), sizes.small, False))
    while sum(size * _CLOSE for *_, size, _ in lines) > box.height:
        lines.pop()
    at = (box.height - sum(size * _CLOSE for *_, size, _ in lines)) / 2
    for voice, said, size, bold in lines:
        if voice.fits(said, sizes.small, box.width, bold=bold):
            yield voice.words(
                box.row(at, size * _CLOSE), said, size, bold=bold, colour=ink.word if bold else ink.quiet
            )
        at += size * _CLOSE


def _cell(card: Card, screen: HallScreen, speech: Speech, box: Spot) -> Iterator[Piece]:
    """One of many calls: number, arrow and sign, and the kind of window beside them, or below in a high cell."""
    ink, sizes = _Ink.of(card, screen), HALL.type
    yield _ground(card, box, 12, HALL.border.call / 2, HALL.border.call / 2)
    below = sizes.small * _LINE if box.height >= _CELL_TALL else 0.0
    # While a call is new, its contents keep a distance from the frame; sizes stay nearly the same.
    edge = HALL.border.call if card.flashing or below else 11.0
    inner = box.inset(_GAP + 4, edge)
    line = inner.row(0, inner.height - below)
    share = min(_CELL_LARGER, line.height / _CELL_SIGN) if below else 1.0
    side = min(_CELL_SIGN * share, line.height)
    arrow = 64.0 * share
    sign = _sign_width(card, speech, side, 300)
    free = line.width - arrow - sign - 2 * _MARGIN
    # The signs of all calls are aligned below each other if their numbers have the usual length.
    usual = min(free, speech.number_width("W-888", sizes.row * share))
    number = min(speech.number_width(card.number, sizes.row * share), free)
    column = max(number, usual)
    yield Number(line.part(0, number), card.number, min(sizes.row * share, side), colour=ink.number)
    yield ArrowTo(line.part(column + _MARGIN, arrow), ink.arrow)
    at = column + arrow + 2 * _MARGIN
    yield _sign(card, Spot(line.left + at, line.top + (line.height - side) / 2, sign, side), ink)
    said = speech.first.say(Sentence("call.serving" if card.serving else f"window.{card.kind}"))
    rest = (
        inner.row(line.height, below) if below else inner.part(at + sign + _MARGIN, free - column - _MARGIN)
    )
    if speech.first.fits(said, sizes.small, rest.width, bold=True):
        yield speech.first.words(rest, said, sizes.small, bold=True, colour=ink.word)


def _sign(card: Card, box: Spot, ink: _Ink) -> WindowSign:
    return WindowSign(box, card.window, card.kind is WindowKind.ISSUANCE, ink.sign, ink.on_sign)


def _sign_width(card: Card, speech: Speech, side: float, most: float) -> float:
    """Width of a sign: square, wider for a long label; above ``most`` only if its letters would become too small."""
    room = side * (0.4 if card.kind is WindowKind.ISSUANCE else 0.24)
    least = speech.number_width(card.window, LEAST_NUMBER + 4) + room
    return max(side, least, min(most, speech.number_width(card.window, side * 0.8) + room))


def _come(card: Card, *, short: bool = False) -> Sentence:
    """What the visitor is asked to do, or that they are being served; numbered windows have a text of their own."""
    if card.serving:
        return Sentence("call.serving")
    label = "number" if card.window.isdigit() else "letter"
    return Sentence(f"call.{'short' if short else 'to'}_{label}")


def _kind_and_asked(card: Card, voice: Voice) -> str:
    """The kind of window, and, if so, that the visitor is already being served there."""
    kind = voice.say(Sentence(f"window.{card.kind}"))
    return f"{kind}  {voice.say(Sentence('call.serving'))}" if card.serving else kind
