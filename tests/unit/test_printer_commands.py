"""The bytes of commands to a printer, as in Epson's reference, and how each state of a printer is read."""

import pytest

from backend.common.receipt.escpos_job import STRIP_BYTES
from backend.wire.codes import PrintState
from kiosk.paper import printer_commands as commands
from kiosk.paper.printer_answers import AnswerKind, AnswerReader
from kiosk.paper.printer_state import PrinterState, PrinterStatus, PrintResult, read_automatic, read_status
from kiosk.virtual.printer_modes import HALTED_MODES, PrinterMode, automatic_status, real_time_answer

STATES = {
    PrinterMode.PAPER_OUT: PrinterState.PAPER_OUT,
    PrinterMode.COVER_OPEN: PrinterState.COVER_OPEN,
    PrinterMode.OFFLINE: PrinterState.OFFLINE,
}


def test_the_four_questions_are_those_of_the_reference() -> None:
    """Protects the answers from being read for another question: DLE EOT 1 to 4, each once and in its order."""
    asked = [commands.ask_status(number) for number in commands.STATUS_QUESTIONS]
    assert asked == [b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04"]


def test_a_process_id_is_asked_for_and_answered_as_in_the_reference() -> None:
    """Protects "printed" from a printer that was asked for something else: GS ( H, function 48, four signs."""
    assert commands.ask_process("AB12") == b"\x1d(H" + bytes((6, 0)) + b"00AB12"
    assert commands.process_answer("AB12") == b'7"AB12\x00'
    assert commands.ID_LENGTH == 4


def test_a_line_that_was_cut_ends_the_longest_command_and_the_longest_strip() -> None:
    """Protects the ticket after a broken one: enough zeros for whatever stayed open, and no more than a strip's."""
    longest_head = max(
        len(head) for head in (b"\x1dv0\x00\x48\x00\x80\x00", commands.ask_process("AB12"), commands.CLEAR)
    )
    assert longest_head <= len(commands.END_HEAD) <= 2 * longest_head
    assert len(commands.END_PICTURE) == STRIP_BYTES + len(commands.END_HEAD)
    assert not any(commands.END_HEAD + commands.END_PICTURE)


def test_a_ticket_that_hangs_out_is_fed_past_the_cutter_and_cut() -> None:
    """Protects the next visitor from half of another's ticket on theirs."""
    assert commands.SEPARATE == b"\x1bd\x04\x1dV\x00"
    assert commands.INIT == b"\x1b@"


@pytest.mark.parametrize("mode", PrinterMode)
def test_every_behaviour_of_the_virtual_printer_is_read_as_what_it_is(mode: PrinterMode) -> None:
    """Protects the trial at a desk: asked or by itself, the virtual printer says what a real one in that state says."""
    asked = read_status(*(real_time_answer(mode, number) for number in commands.STATUS_QUESTIONS))
    itself = read_automatic(automatic_status(mode))
    assert asked.state is itself.state is STATES.get(mode, PrinterState.READY)
    assert (asked.state is not PrinterState.READY) is (mode in HALTED_MODES)
    assert asked.near_end is itself.near_end is (mode in {PrinterMode.NEAR_END, PrinterMode.PAPER_OUT})


@pytest.mark.parametrize("mode", PrinterMode)
def test_every_answer_of_the_virtual_printer_has_the_bits_by_which_answers_are_told(
    mode: PrinterMode,
) -> None:
    """Protects the reader of answers from learning on bytes that no printer sends."""
    for number in commands.STATUS_QUESTIONS:
        (answer,) = AnswerReader().feed(bytes((real_time_answer(mode, number),)))
        assert answer.kind is AnswerKind.STATUS
    (block,) = AnswerReader().feed(automatic_status(mode))
    assert block.kind is AnswerKind.AUTOMATIC
    assert block.raw[3] == 0x0F
    assert block.raw[2] in {0x00, 0x03, 0x0F}  # a roll has two sensors, and both say the same
    assert mode.meaning


@pytest.mark.parametrize(
    ("question", "bit", "state"),
    [
        (1, 0x08, PrinterState.OFFLINE),
        (2, 0x04, PrinterState.COVER_OPEN),
        (2, 0x20, PrinterState.PAPER_OUT),
        (2, 0x40, PrinterState.ERROR),
        (3, 0x04, PrinterState.ERROR),
        (3, 0x08, PrinterState.ERROR),
        (3, 0x20, PrinterState.ERROR),
        (3, 0x40, PrinterState.ERROR),
        (4, 0x20, PrinterState.PAPER_OUT),
        (4, 0x40, PrinterState.PAPER_OUT),
    ],
)
def test_each_documented_bit_alone_is_its_state(question: int, bit: int, state: PrinterState) -> None:
    """Protects whoever has to help: one bit of one answer is enough, and no other bit says so."""
    for value in (bit, bit | 0x12):
        answers = [0x12] * 4
        answers[question - 1] = value
        assert read_status(*answers).state is state
    # The bits that mean nothing to us: fixed ones, the drawer, a feed key that is pressed, a line that waits.
    harmless = read_status(0x13 | 0x60 | 0x04, 0x12 | 0x08 | 0x01, 0x13, 0x13)
    assert harmless == PrinterStatus(PrinterState.READY, near_end=False)


@pytest.mark.parametrize(("bit", "near"), [(0x04, True), (0x08, True), (0x10, False), (0x02, False)])
def test_either_sensor_says_that_the_roll_is_nearly_used_up(bit: int, near: bool) -> None:
    """Protects the roll from ending in the middle of a ticket at printers with one sensor."""
    assert read_status(0x12, 0x12, 0x12, bit).near_end is near


@pytest.mark.parametrize(
    ("place", "bit", "state", "near"),
    [
        (0, 0x08, PrinterState.OFFLINE, False),
        (0, 0x20, PrinterState.COVER_OPEN, False),
        (0, 0x04, PrinterState.READY, False),
        (0, 0x40, PrinterState.READY, False),
        (1, 0x08, PrinterState.ERROR, False),
        (1, 0x20, PrinterState.ERROR, False),
        (1, 0x40, PrinterState.ERROR, False),
        (1, 0x04, PrinterState.READY, False),
        (1, 0x03, PrinterState.READY, False),
        (2, 0x01, PrinterState.READY, True),
        (2, 0x02, PrinterState.READY, True),
        (2, 0x04, PrinterState.PAPER_OUT, False),
        (2, 0x08, PrinterState.PAPER_OUT, False),
        (2, 0x40, PrinterState.READY, False),
        (3, 0x0F, PrinterState.READY, False),
    ],
)
def test_each_documented_bit_of_the_status_sent_by_itself_is_its_state(
    place: int, bit: int, state: PrinterState, near: bool
) -> None:
    """Protects clerks from an alarm that is another's, and from none."""
    block = bytearray(b"\x10\x00\x00\x00")
    block[place] |= bit
    status = read_automatic(bytes(block))
    assert (status.state, status.near_end) == (state, near)


def test_what_was_not_answered_hides_no_cause() -> None:
    """Protects from "silent" where one of the answers names what is wrong, and from "ready" where any is missing."""
    for missing in range(4):
        answers: list[int | None] = [0x12] * 4
        answers[missing] = None
        assert read_status(*answers).state is PrinterState.SILENT
    assert read_status(None, 0x16, None, None).state is PrinterState.COVER_OPEN
    assert read_status(0x1A, None, None, None) == PrinterStatus(PrinterState.OFFLINE)
    assert read_status(None, None, None, 0x72).state is PrinterState.PAPER_OUT


def test_a_status_without_a_word_on_the_roll_is_no_warning() -> None:
    """Protects clerks from "nearly used up" for a printer that did not answer at all."""
    assert not PrinterStatus(PrinterState.UNREACHABLE).near_end
    assert PrintResult(PrintState.FAILED).near_end is False
    for near in (True, False):
        last = PrinterStatus(PrinterState.READY, near_end=near)
        assert PrintResult(PrintState.PRINTED, status=last).near_end is near
    assert not read_status(None, None, None, None).near_end
