"""What can go wrong between a device and the server.

::

    BackendError
    ├── BackendUnavailableError   no usable answer; the same request may be sent again later, with the same id
    └── BackendRefusedError       the server answered and said no; sending it again will not help, unless it ``passes``

Messages carry codes and kinds of failure only, never what was asked: a request may hold a notice's code.
"""

from collections.abc import Mapping

from backend.wire import ErrorCode, Other


class BackendError(Exception):
    """A request to the server did not succeed."""


class BackendUnavailableError(BackendError):
    """The server gave no usable answer: not reachable, too slow, busy after every retry, or not this product."""


class BackendRefusedError(BackendError):
    """The server refused a request.

    Args:
        code: why, from the closed list; ``OTHER`` where a newer server has a reason that is not in it.
        detail: machine-readable facts, never personal.
    """

    def __init__(self, code: ErrorCode | Other, detail: Mapping[str, str] | None = None) -> None:
        super().__init__(f"the server refused: {code}")
        self.code = code
        self.detail = dict(detail or {})

    @property
    def passes(self) -> bool:
        """Whether the same request can succeed later, once somebody has mended the server, for example a full disk."""
        return self.code in {ErrorCode.STORAGE_FULL, ErrorCode.STORAGE_BUSY, ErrorCode.STORAGE_UNAVAILABLE}
