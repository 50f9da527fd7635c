"""What people hold before a kiosk in the demonstration."""

from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from backend.demo.sheets import FOREIGN_CODE, MY_NUMBER, print_card_back, print_foreign_code, print_together


@pytest.mark.parametrize(("make", "code"), [(print_card_back, MY_NUMBER), (print_foreign_code, FOREIGN_CODE)])
def test_a_code_on_the_sheet_is_the_one_that_a_kiosk_must_refuse(
    tmp_path: Path, make: Callable[[Path], None], code: str
) -> None:
    """The demonstration shows a refusal only if the code can be read; the file is whole at any moment."""
    path = tmp_path / "card.png"
    path.write_bytes(b"of an earlier day")
    make(path)
    with Image.open(path) as picture:
        assert [one.text for one in zxingcpp.read_barcodes(picture)] == [code]
    assert [one.name for one in tmp_path.iterdir()] == ["card.png"]


def test_two_sheets_in_one_hand_are_seen_side_by_side(tmp_path: Path) -> None:
    """Both codes are in one picture, as two notices at once are, the first on the left."""
    sheets = [tmp_path / name for name in ("one.png", "two.png")]
    print_card_back(sheets[0])
    print_foreign_code(sheets[1])
    together = tmp_path / "both.png"
    print_together(together, sheets)
    with Image.open(together) as picture:
        assert picture.size == (1280, 360)
        read = sorted(zxingcpp.read_barcodes(picture), key=lambda one: one.position.top_left.x)
    assert [one.text for one in read] == [MY_NUMBER, FOREIGN_CODE]
