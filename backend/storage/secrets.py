"""The server's secret key, made once and kept beside the database."""

import contextlib
import os
import secrets
from pathlib import Path

from backend.storage.errors import StorageMissingError

_NAME = "secret.key"
_BYTES = 32


def load_secret(var_dir: Path) -> bytes:
    """Read the key, or make it at the first start, readable by its owner only.

    It signs the codes of notices and keys the fingerprints of requests: losing it makes printed notices
    unreadable for the kiosk, so it belongs in the backup.

    Raises:
        StorageMissingError: the file cannot be read or made, or is damaged.
    """
    path = var_dir / _NAME
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise StorageMissingError(f"the secret key {path} cannot be read or made: {error.strerror}") from None
    if len(key) != _BYTES:
        raise StorageMissingError(f"the secret key {path} is damaged; restore it from the backup")
    return key


def _make(path: Path) -> None:
    """Write a new key whole or not at all; of two servers that start at once, one key wins for both."""
    draft = path.with_name(f".{_NAME}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
