"""What tests of import and lookup need: the shipped mapping, the shipped offices, a key and a time."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from backend.common.shipped import locate
from backend.exchange.mapping import OfficeNames, load_mapping
from backend.offices.directory_file import load_directory
from backend.sealing.key_store import KeyStore
from backend.sealing.records import Records
from backend.settings import DEFAULT_KEY_STORE

KEY: Final = b"k" * 32
"""The key for the codes on notices."""
NOW: Final = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Ten in the morning in Tokyo."""
MAPPING: Final = load_mapping()
DIRECTORY: Final = load_directory(locate("offices", "shinjuku.toml"))
OFFICES: Final = OfficeNames(DIRECTORY, MAPPING.offices)


def records_in(folder: Path) -> Records:
    """Sealed records with the key store in a folder, at the place where the server expects it; made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return Records(KeyStore(f"sqlite:///{folder / DEFAULT_KEY_STORE}"))
