"""Files that somebody names for a command to read: whole ones, never a pipe that is waited for or a device without an end."""

import errno
import os
import stat
from pathlib import Path


def read_plain_file(path: Path) -> bytes:
    """The bytes of a file, with links followed.

    Raises:
        OSError: it cannot be read, or is a pipe, a device or something else without a beginning and an end.
    """
    # A pipe would be waited for by the opening already.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "this is no ordinary file")
        return file.read()


def read_plain_text(path: Path) -> str:
    """The text of a file in UTF-8; its lines end with a line feed, however they do in the file.

    Raises:
        OSError: as ``read_plain_file``.
        UnicodeDecodeError: it is not such text.
    """
    return read_plain_file(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
