"""What tests of import and lookup stand on: the shipped mapping, the shipped offices, a key and a moment."""

from datetime import UTC, datetime
from typing import Final

from backend.common.shipped import locate
from backend.exchange.mapping import OfficeNames, load_mapping
from backend.offices.directory_file import load_directory

KEY: Final = b"k" * 32
"""Of the codes on notices."""
NOW: Final = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Ten in the morning in Tokyo."""
MAPPING: Final = load_mapping()
DIRECTORY: Final = load_directory(locate("offices", "shinjuku.toml"))
OFFICES: Final = OfficeNames(DIRECTORY, MAPPING.offices)
