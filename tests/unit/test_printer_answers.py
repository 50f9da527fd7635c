"""How a printer's bytes are split into answers, and the count of questions that it has not answered."""

import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from kiosk.paper.printer_answers import Answer, AnswerKind, AnswerReader
from kiosk.paper.printer_commands import ASK_PAPER, process_answer
from kiosk.paper.printer_confirm import Checkpoint, Confirm
from kiosk.paper.printer_line import PrinterLine

STATUS, PAPER, AUTOMATIC, BLOCK, STRAY = AnswerKind
ID = process_answer("AB12")


def _read(data: bytes, step: int = 1000) -> list[Answer]:
    reader = AnswerReader()
    return [answer for at in range(0, len(data), step) for answer in reader.feed(data[at : at + step])]


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (b"\x12\x1a\x16\x7e", [STATUS] * 4),
        (b"\x00\x03\x0c\x0f", [PAPER] * 4),
        (b"\x14\x00\x00\x0f", [AUTOMATIC]),
        (b"\x12\x14\x00\x00\x0f\x00", [STATUS, AUTOMATIC, PAPER]),
        (b"\x14\x00\x13\x00\x11\x0f", [AUTOMATIC]),
        (b"\x14\x00\x12", [STRAY, PAPER, STATUS]),
        (b"\r\nOK", [STRAY] * 4),
        (b"\x12\r\n", [STATUS, STRAY, STRAY]),
        (ID, [BLOCK]),
        (b"\x37\x25\x00", [BLOCK]),
        (b"7" + ID, [STRAY, BLOCK]),
        (b'7"7' + ID, [STRAY, STRAY, STRAY, BLOCK]),
        (b'7"AB\x00CD', [STRAY, STRAY, STRAY, STRAY, PAPER, STRAY, STRAY]),
        (b'7"ABCDE', [STRAY] * 7),
        (b"\xff\x80\x90", [STRAY] * 3),
        (process_answer("A ~1"), [BLOCK]),
        (b'7"A\x1f11\x00', [*[STRAY] * 6, PAPER]),
        (b'7"A\x7f11\x00', [*[STRAY] * 6, PAPER]),
        (b"\x14\x00\x00\x80", [STRAY, PAPER, PAPER, STRAY]),
        (b"\x14\x10\x00\x00\x00", [STRAY, AUTOMATIC]),
    ],
)
def test_bytes_are_told_apart(data: bytes, kinds: list[AnswerKind]) -> None:
    """Answers, status sent by itself, blocks and what answers nothing, however the bytes arrive."""
    for step in (1, 2, 3, 1000):
        answers = _read(data, step)
        assert [answer.kind for answer in answers] == kinds
        assert b"".join(answer.raw for answer in answers) == data.replace(b"\x11", b"").replace(b"\x13", b"")


@given(
    data=st.lists(
        st.one_of(
            st.binary(max_size=6), st.sampled_from([ID, b"\x14\x00\x00\x0f", b'7"', b"\x10", b"\x12\r\n"])
        ),
        max_size=12,
    ).map(b"".join),
    step=st.integers(1, 9),
)
def test_any_bytes_are_taken_apart_alike(data: bytes, step: int) -> None:
    """No bytes break it; nothing is lost or invented, and the pieces they arrive in change nothing."""
    answers = _read(data, step)
    assert answers == _read(data)
    plain = bytes(value for value in data if value not in b"\x11\x13")
    taken = b"".join(answer.raw for answer in answers)
    assert plain.startswith(taken)
    assert len(plain) - len(taken) < len(ID)
    assert all(before.raw and after.raw for before, after in pairwise(answers))


@given(data=st.binary(max_size=60), token=st.text("0123456789ABCDEF", min_size=4, max_size=4))
def test_only_its_own_answer_is_a_process_id(data: bytes, token: str) -> None:
    """Whatever comes in, an id counts only where its whole block stands in the bytes."""
    wanted = process_answer(token)
    plain = bytes(value for value in data if value not in b"\x11\x13")
    assert any(answer.raw == wanted for answer in _read(data)) <= (wanted in plain)
    assert any(answer.raw == wanted for answer in _read(b"\xff\xff\xff" + wanted))


@pytest.fixture
def line() -> Iterator[tuple[PrinterLine, socket.socket]]:
    """A line and the printer's end of it."""
    ours, theirs = socket.socketpair()
    with PrinterLine(ours, 1.0) as opened, theirs:
        yield opened, theirs


def test_a_late_answer_is_not_taken_for_the_next_one(line: tuple[PrinterLine, socket.socket]) -> None:
    """After a timeout, a late answer to the earlier question is not used as the answer to the next one."""
    ours, printer = line
    assert ours.ask(4, 0.01) is None
    printer.sendall(b"\x7e")  # paper end, too late: it answers question 4
    assert ours.ask(1, 0.05) is None
    printer.sendall(b"\x1a\x12")  # offline, the answer to 1; and ready, the answer to the next
    assert ours.ask(1, 0.5) == 0x12


def test_an_answer_that_never_came_leaves_the_line_without_answers(
    line: tuple[PrinterLine, socket.socket],
) -> None:
    """Where one answer was lost, every later byte may belong to the question before: none is believed."""
    ours, printer = line
    assert ours.ask(1, 0.01) is None
    for number in (2, 3, 4):
        printer.sendall(b"\x12")
        assert ours.ask(number, 0.02) is None


def test_answers_beyond_the_questions_are_counted(line: tuple[PrinterLine, socket.socket]) -> None:
    """Two answers to one question: nobody knows which of them is the right one, and it can be seen."""
    ours, printer = line
    printer.sendall(b"\x12\x1a")
    assert ours.ask(1, 0.5) in {0x12, 0x1A}
    assert (ours.surplus, ours.strays) == (1, 1)


def test_a_checkpoint_asks_in_the_way_it_is_told(line: tuple[PrinterLine, socket.socket]) -> None:
    """Each way has its question; asking both ways sends both, the id first."""
    ours, printer = line
    for way, sent in (
        (Confirm.PROCESS_ID, b"\x1d(H\x06\x0000AB12"),
        (Confirm.STATUS, ASK_PAPER),
        (Confirm.AUTO, b"\x1d(H\x06\x0000AB12" + ASK_PAPER),
    ):
        Checkpoint(ours, way, "AB12").ask()
        assert printer.recv(100) == sent


@pytest.mark.parametrize(
    ("way", "answers", "reached"),
    [
        (Confirm.PROCESS_ID, ID, Confirm.PROCESS_ID),
        (Confirm.PROCESS_ID, b"OK\r\n" + ID + b"\r\n", Confirm.PROCESS_ID),
        (Confirm.PROCESS_ID, process_answer("AB13"), None),
        (Confirm.PROCESS_ID, b"\x00", None),
        (Confirm.STATUS, b"\x00", Confirm.STATUS),
        (Confirm.STATUS, b"\x14\x00\x00\x0f\x03", Confirm.STATUS),
        (Confirm.STATUS, b"\x14\x00\x00\x0f", None),
        (Confirm.STATUS, b"\x00\x00", None),
        (Confirm.STATUS, b"\x00\r\n", None),
        (Confirm.STATUS, b"OK\r\n", None),
        (Confirm.STATUS, ID, None),
        (Confirm.AUTO, b"\x00" + ID, Confirm.PROCESS_ID),
        (Confirm.AUTO, b"\x00\x00" + ID, Confirm.PROCESS_ID),
        (Confirm.AUTO, b"\x00", Confirm.STATUS),
        (Confirm.AUTO, b"\x00\x00", None),
    ],
)
def test_what_counts_as_arrival(
    line: tuple[PrinterLine, socket.socket], way: Confirm, answers: bytes, reached: Confirm | None
) -> None:
    """An id counts in any noise; one byte of status counts alone, and never one that belongs to a block."""
    ours, printer = line
    checkpoint = Checkpoint(ours, way, "AB12")
    checkpoint.ask()
    printer.sendall(answers)
    assert checkpoint.wait(0.1) is reached


def test_as_many_answers_as_questions(line: tuple[PrinterLine, socket.socket]) -> None:
    """Asked twice, one byte is no answer."""
    ours, printer = line
    checkpoint = Checkpoint(ours, Confirm.STATUS, "AB12", times=2)
    checkpoint.ask()
    printer.sendall(b"\x00")
    assert checkpoint.wait(0.05) is None
    printer.sendall(b"\x0c")
    assert checkpoint.wait(0.5) is Confirm.STATUS
    assert checkpoint.paper_is_out
