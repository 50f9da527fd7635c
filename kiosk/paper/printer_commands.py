"""Commands to a printer besides its jobs: questions, and commands that prepare it for a ticket.

Source of every command: Epson's ESC/POS reference. It also says how a printer treats commands that it does not know: it
skips one byte for an undefined code and two for an undefined command, and reads on from there.
"""

from backend.common.receipt import CUT, FEED_LINES, STRIP_BYTES

STATUS_QUESTIONS = (1, 2, 3, 4)
"""The numbers of ``DLE EOT``: state, cause of being offline, cause of an error, paper."""

ASK_PAPER = b"\x1dr\x01"
"""``GS r 1``: send the paper sensor's status. The printer answers when it has carried out everything before it. The
answer is one byte, which does not show the question it belongs to."""

ID_LENGTH = 4
"""Characters of a process id."""

ID_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of process ids. A printer that does not know process ids prints part of the question as text, so these
are ordinary characters."""

INIT = b"\x1b@"
"""``ESC @``: clear characters that wait to be printed, and reset every setting."""

SEPARATE = b"\x1bd" + bytes((FEED_LINES,)) + CUT
"""Feed an unfinished ticket past the cutter, and cut it off."""

END_HEAD = bytes(16)
"""Enough NULs to complete the head of any unfinished command of ours; outside of a command a printer skips them. They
are sent before the first question, whose bytes could otherwise be taken for the size of a picture."""

END_PICTURE = bytes(STRIP_BYTES + len(END_HEAD))
"""Enough NULs to complete any unfinished picture of ours, in white."""

CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""``DLE DC4 8``: clear everything that is not on paper, at once; answered with :data:`CLEARED`. A printer that does not
know it skips these bytes as undefined codes."""

CLEARED = b"\x37\x25\x00"
"""The answer to :data:`CLEAR`."""

CLEAR_ERROR = b"\x10\x05\x02"
"""``DLE ENQ 2``: recover from an error, and clear everything that is not on paper; it is not answered."""


def ask_status(number: int) -> bytes:
    """``DLE EOT number``: ask for a status, 1 to 4; answered at once, whatever the printer is doing."""
    return bytes((0x10, 0x04, number))


def ask_process(token: str) -> bytes:
    """``GS ( H``, function 48: ask the printer to send this process id when everything before it has been printed."""
    return b"\x1d(H\x06\x0000" + token.encode("ascii")


def process_answer(token: str) -> bytes:
    """The answer to :func:`ask_process`; nothing else that a printer sends looks like it."""
    return b"\x37\x22" + token.encode("ascii") + b"\x00"
