"""What can go wrong between a device and the server.

::

    BackendError
    ├── BackendUnavailableError   no usable answer; the same request may be sent again later, with the same id
    └── BackendRefusedError       the server refused the request; sending it again helps only if ``passes`` is true

Messages contain only codes and kinds of failure, nothing of the request: it may hold a notice's code.
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
        code: why, from the closed list; ``OTHER`` for a code of a newer server that is not in the list.
        detail: machine-readable facts, never personal.
    """

    def __init__(self, code: ErrorCode | Other, detail: Mapping[str, str] | None = None) -> None:
        super().__init__(f"the server refused: {code}")
        self.code = code
        self.detail = dict(detail or {})

    @property
    def passes(self) -> bool:
        """Whether the same request can succeed later, once the server's trouble (such as a full disk) is over."""
        return self.code in {ErrorCode.STORAGE_FULL, ErrorCode.STORAGE_BUSY, ErrorCode.STORAGE_UNAVAILABLE}
