"""What a command of the reception may refuse.

Each error has a code of the wire and facts that a machine can read: numbers and windows, nothing personal.

::

    ReceptionError
    ├── WindowError           the window is unknown, needed, taken by another, or still has a visitor
    ├── NobodyWaitingError    there is nobody to call
    ├── TicketStateError      the ticket is somewhere else in its visit, or somebody else has it
    └── ChecklistError        the papers are not complete, or the checklist is not a valid one
"""

from backend.wire import ErrorCode


class ReceptionError(Exception):
    """Base of all refusals of the reception."""

    def __init__(self, code: ErrorCode, **facts: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


class WindowError(ReceptionError):
    """Something is wrong with the window."""


class NobodyWaitingError(ReceptionError):
    """Nobody is there to be called."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.NOBODY_WAITING)


class TicketStateError(ReceptionError):
    """The ticket cannot do this now."""


class ChecklistError(ReceptionError):
    """The checklist does not allow this."""
