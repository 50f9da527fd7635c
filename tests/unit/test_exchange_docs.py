from pathlib import Path
from typing import get_args

import pytest

from backend.cards.ward_words import WardWord
from backend.exchange.csv_file import Encoding
from backend.exchange.dates import DateRules
from backend.exchange.mapping import FieldName
from backend.exchange.refusals import ImportReason, ImportRemark
from backend.exchange.sample import HEADER

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *get_args(FieldName),
        *ImportReason,
        *ImportRemark,
        *(name for name in DateRules.__dataclass_fields__ if name != "notations"),
        "short_rows",
        *WardWord,
        *(encoding for encoding in Encoding if encoding is not Encoding.AUTO),
    ],
)
def test_every_code_of_the_import_is_documented(name: str) -> None:
    """A field, reason, state or encoding that the program knows and the page does not fails here."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", HEADER)
def test_every_column_of_the_ward_is_documented(name: str) -> None:
    """The default mapping and the page name the same columns."""
    assert f"| {name} |" in PAGE
