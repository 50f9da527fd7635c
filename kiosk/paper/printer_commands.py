"""What is said to a printer beside its jobs: questions, and what brings it to where a ticket may begin.

Source of every command: Epson's ESC/POS reference. What a printer does with one that it does not know is written
there, too: an undefined code is passed over as one byte, an undefined command as two; what follows is read as it
comes.
"""

from backend.common.receipt import CUT, FEED_LINES, STRIP_BYTES

STATUS_QUESTIONS = (1, 2, 3, 4)
"""The numbers of ``DLE EOT``: state, cause of being offline, cause of an error, paper."""

ASK_PAPER = b"\x1dr\x01"
"""``GS r 1``: send the paper sensor's status. It is answered in its turn, after everything before it has been
carried out. Its answer is one byte that says nothing of the question it belongs to."""

ID_LENGTH = 4
"""Characters of a process id."""

ID_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What a process id is made of. Printers that do not know them take seven characters for text: letters that do not
surprise where they come out."""

INIT = b"\x1b@"
"""``ESC @``: forget characters that wait to be printed, and every setting."""

SEPARATE = b"\x1bd" + bytes((FEED_LINES,)) + CUT
"""Feed what hangs out of the printer past the cutter, and cut it off."""

END_HEAD = bytes(16)
"""So many NULs end any command of ours whose parameters are open, with zeros; outside they are passed over. They go
before the first question: its bytes would be taken for the size of a picture."""

END_PICTURE = bytes(STRIP_BYTES + len(END_HEAD))
"""So many NULs end any open picture of ours, with white."""

CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""``DLE DC4 8``: forget everything that is not on paper, at once; answered with :data:`CLEARED`. To a printer that
does not know it these are undefined codes: it passes over them."""

CLEARED = b"\x37\x25\x00"
"""The answer to :data:`CLEAR`."""

CLEAR_ERROR = b"\x10\x05\x02"
"""``DLE ENQ 2``: recover from an error, and forget everything that is not on paper; not answered."""


def ask_status(number: int) -> bytes:
    """``DLE EOT number``: answered at once, whatever the printer is doing."""
    return bytes((0x10, 0x04, number))


def ask_process(token: str) -> bytes:
    """``GS ( H``, function 48: send this process id when everything before it has been printed."""
    return b"\x1d(H\x06\x0000" + token.encode("ascii")


def process_answer(token: str) -> bytes:
    """The answer to :func:`ask_process`, which nothing else can be taken for."""
    return b"\x37\x22" + token.encode("ascii") + b"\x00"
