"""Bytes on the line to a printer: where each command begins and ends, so that no parameter is taken for one."""

import pytest

from kiosk.virtual.escpos_reader import MAX_PAYLOAD, CommandKind, EscposReader, PrinterCommand, Quirk

MARK = b"M\n"
"""What stands behind a command in these tests: a letter on paper, and the end of its line."""


def _read(data: bytes, step: int | None = None, *quirks: Quirk) -> list[PrinterCommand]:
    reader = EscposReader(frozenset(quirks))
    step = step or len(data)
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    return [command for piece in pieces for command in reader.feed(piece)]


COMMANDS = {
    "reset": (b"\x1b@", CommandKind.INIT, 0),
    "feed of lines": (b"\x1bd\x03", CommandKind.FEED, 102),
    "feed of dots": (b"\x1bJ\x50", CommandKind.FEED, 80),
    "line feed": (b"\n", CommandKind.FEED, 34),
    "cut of old": (b"\x1bi", CommandKind.CUT, 0),
    "partial cut of old": (b"\x1bm", CommandKind.CUT, 0),
    "cut": (b"\x1dV\x00", CommandKind.CUT, 0),
    **{
        f"cut {mode} with a feed": (bytes((0x1D, 0x56, mode, 10)), CommandKind.CUT, 0)
        for mode in (65, 66, 97, 98, 103, 104)
    },
    "status": (b"\x1dr\x01", CommandKind.STATUS, 1),
    "status at once": (b"\x10\x04\x02", CommandKind.REAL_TIME_STATUS, 2),
    "recovery at once": (b"\x10\x05\x02", CommandKind.RECOVER, 2),
    "clearing at once": (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", CommandKind.CLEAR, 0),
    "pulse at once": (b"\x10\x14\x01\x00\x0a", CommandKind.OTHER, 0),
    "a function at once that nobody knows": (b"\x10\x14\x09", CommandKind.OTHER, 0),
    "a control character": (b"\x1f", CommandKind.OTHER, 0),
    "question with an id": (b"\x1d(H\x06\x0000AB12", CommandKind.PROCESS_ID, 0),
    "another function": (b"\x1d(A\x02\x00\x00\x02", CommandKind.OTHER, 0),
    "large graphics": (b"\x1d8L\x03\x00\x00\x000p\n", CommandKind.OTHER, 0),
    "kanji function": (b"\x1c(A\x02\x000\x01", CommandKind.OTHER, 0),
    "tabs": (b"\x1bD\x08\x10\x00", CommandKind.OTHER, 0),
    "picture in columns": (b"\x1b*\x00\x02\x00\n\n", CommandKind.OTHER, 0),
    "picture in tall columns": (b"\x1b*\x21\x01\x00\n\n\n", CommandKind.OTHER, 0),
    "picture in tall columns at half the dots": (b"\x1b*\x20\x01\x00\n\n\n", CommandKind.OTHER, 0),
    "bar code to a zero": (b"\x1dk\x06A1A\x00", CommandKind.OTHER, 0),
    "bar code of a length": (b"\x1dkA\x02\n\n", CommandKind.OTHER, 0),
    "size of letters": (b"\x1d!\n", CommandKind.OTHER, 0),
    "margin": (b"\x1dL\n\n", CommandKind.OTHER, 0),
    "drawer": (b"\x1bp\n\n\n", CommandKind.OTHER, 0),
    "page area": (b"\x1bW\n\n\n\n\n\n\n\n", CommandKind.OTHER, 0),
    "kanji on": (b"\x1c&", CommandKind.OTHER, 0),
    "kanji spacing": (b"\x1cS\n\n", CommandKind.OTHER, 0),
    "a command of another maker": (b"\x10\x77", CommandKind.OTHER, 0),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_where_its_last_byte_stands(name: str) -> None:
    """Protects paper from parameters that are printed or cut, and the line from an answer that comes a byte late."""
    raw, kind, number = COMMANDS[name]
    if name == "a command of another maker":
        raw = raw[:1]  # passed over byte by byte
    for step in (1, 2, 3, None):
        told = _read(raw + MARK, step)
        assert (told[0].raw, told[0].kind, told[0].number) == (raw, kind, number)
        assert b"".join(one.raw for one in told[1:]) == MARK
    reader = EscposReader()
    assert [len(list(reader.feed(bytes((one,))))) for one in raw][:-1] == [0] * (len(raw) - 1)
    assert reader.waiting == b"" or name == "a command of another maker"


def test_a_list_without_an_end_holds_nobody_up_for_ever() -> None:
    """Protects a connection on which the zero that ends a list was lost: after 512 bytes, commands are read again."""
    for step in (1, 100, None):
        assert _read(b"\x1bD" + b"\x08" * 510, step) == []
        told = _read(b"\x1bD" + b"\x08" * 511 + b"\x1b@", step)
        assert told[0].raw == b"\x1bD"
        assert told[-1].kind is CommandKind.INIT


def test_a_picture_of_a_megabyte_is_one_and_a_larger_one_goes_by() -> None:
    """Protects a printer's memory from whatever is announced, and long tickets from being passed over."""
    for rows, kept in ((MAX_PAYLOAD // 256, True), (MAX_PAYLOAD // 256 + 1, False)):
        head = b"\x1dv0\x00\x00\x01" + rows.to_bytes(2, "little")
        told = _read(head + bytes(256 * rows) + b"\x1b@")
        assert [one.kind for one in told] == [
            CommandKind.RASTER if kept else CommandKind.OTHER,
            CommandKind.INIT,
        ]
        assert told[0].raster == ((256, rows, 1, 1) if kept else None)
    assert MAX_PAYLOAD == 1 << 20
    for count, kept in ((MAX_PAYLOAD, True), (MAX_PAYLOAD + 1, False)):
        head = b"\x1d8L" + count.to_bytes(4, "little")
        graphics, reset = _read(head + b"\n" * count + b"\x1b@", 100_000)
        assert (len(graphics.raw) == len(head) + count) is kept
        assert reset.kind is CommandKind.INIT


def test_a_picture_wider_than_any_paper_goes_by() -> None:
    """Protects the paper from pictures that are too wide for any printer: 2048 dots at most."""
    for columns, kind in ((256, CommandKind.RASTER), (257, CommandKind.OTHER)):
        told = _read(
            b"\x1dv0\x00" + columns.to_bytes(2, "little") + b"\x02\x00" + b"\n" * (2 * columns) + b"\x1b@"
        )
        assert [one.kind for one in told] == [kind, CommandKind.INIT]


@pytest.mark.parametrize(("mode", "factors"), [(0, (1, 1)), (1, (2, 1)), (2, (1, 2)), (3, (2, 2))])
def test_a_picture_is_doubled_across_or_down_as_its_mode_says(mode: int, factors: tuple[int, int]) -> None:
    """Protects the height of the number on paper that is drawn at half the dots."""
    (picture,) = _read(b"\x1dv0" + bytes((mode, 2, 0, 3, 0)) + b"\n" * 6)
    assert picture.raster == (2, 3, *factors)


def test_printers_that_read_a_byte_of_the_height_or_know_no_extensions_take_the_rest_for_text() -> None:
    """Protects the proof that our jobs suit such printers: what they would spoil is seen to be spoilt."""
    picture = b"\x1dv0\x00\x01\x00\x02\x01" + b"A" * 258
    low = _read(picture, None, Quirk.LOW_HEIGHT)
    assert (low[0].raster, low[1].kind, len(low[1].raw)) == ((1, 2, 1, 1), CommandKind.TEXT, 256)
    plain = _read(b"\x1d(H\x06\x0000AB12", None, Quirk.NO_EXTENSIONS)
    assert (plain[0].raw, plain[1].kind) == (b"\x1d(", CommandKind.TEXT)
    unclear = _read(COMMANDS["clearing at once"][0], None, Quirk.NO_EXTENSIONS)
    assert CommandKind.CLEAR not in {one.kind for one in unclear}


def test_a_printer_that_obeys_in_pictures_answers_before_the_picture_is_complete() -> None:
    """Protects the proof that no dots of ours are taken for commands: whoever obeys them obeys at once."""
    reader = EscposReader(frozenset({Quirk.OBEYS_IN_PICTURES}))
    head, asked = b"\x1dv0\x00\x01\x00\x08\x00", b"\x10\x04\x01\xff"
    begun = head + asked
    assert list(reader.feed(head)) == []
    (question,) = reader.feed(asked)
    assert (question.kind, question.number, question.inside) == (CommandKind.REAL_TIME_STATUS, 1, True)
    (picture,) = reader.feed(b"\xff" * 4)
    assert (picture.kind, picture.raster, picture.raw[:12]) == (CommandKind.RASTER, (1, 8, 1, 1), begun)
    assert list(EscposReader().feed(begun)) == []
    clearing = COMMANDS["clearing at once"][0]
    reader = EscposReader(frozenset({Quirk.OBEYS_IN_PICTURES}))
    told = list(reader.feed(b"\x1dv0\x00\x01\x00\x10\x00" + clearing))
    assert [(one.kind, one.inside) for one in told] == [(CommandKind.CLEAR, True)]


def test_the_zeros_that_end_a_picture_are_passed_over_at_once() -> None:
    """Protects a line from nine thousand commands where a printer is freed from a picture that broke off."""
    assert [one.raw for one in _read(bytes(300) + MARK)] == [bytes(300), b"M", b"\n"]
