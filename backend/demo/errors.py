"""What can go wrong in a demonstration; every message is one sentence."""


class DemoError(Exception):
    """The demonstration cannot go on."""


class StepFailedError(DemoError):
    """A step of the visit did not happen in time."""


class ChildEndedError(DemoError):
    """A part ended by itself; the message names it and has the last lines of its log."""
