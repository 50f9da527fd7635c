"""Freezes processes, a PostgreSQL server or a server of ours, with SIGSTOP, and lets them continue later."""

import contextlib
import os
import signal
from collections.abc import Iterator

import psutil
import psycopg
from sqlalchemy import make_url

from backend.storage.engine import psycopg_url


def postgres_processes(url: str) -> list[int]:
    """The postmaster and all processes that it started."""
    with psycopg.connect(psycopg_url(make_url(url))) as connection:
        postmaster = psutil.Process(connection.info.backend_pid).parent()
    assert postmaster is not None
    return [postmaster.pid, *(child.pid for child in postmaster.children(recursive=True))]


@contextlib.contextmanager
def standing_still(pids: list[int]) -> Iterator[None]:
    """Freeze processes; at the end of the block they continue."""
    stopped = []
    try:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
