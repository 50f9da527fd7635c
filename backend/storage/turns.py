"""Turns: a lock that goes to the thread that has waited longest.

Python's own lock goes to any thread, usually the one that has just released it: a busy writer would take it again and
again, and a sign-in would wait in vain.
"""

import threading
from collections import deque


class Turns:
    """A lock for threads, first come, first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, *, timeout: float) -> bool:
        """Wait for the lock, ``timeout`` seconds at most; returns whether it was acquired."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(max(0.0, timeout)):
            return True
        with self._guard:
            if mine.is_set():  # it came in the last moment
                return True
            self._waiting.remove(mine)
        return False

    def release(self) -> None:
        """Release the lock to the next thread."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
