"""The booking sheet: when and where, what to bring for whoever comes, and which version it is."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from backend.cards.notice_code import make_code
from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.offices.directory import Directory
from backend.printing.booking_sheet import draw_booking_sheet
from backend.printing.bring_sheet import NoSheetError
from backend.printing.notice_reverse import Reverse
from backend.printing.notice_sheet import draw_sheets
from backend.printing.sheet_front import NoticeSheet, Sender
from backend.reservations.booking_sheets import BookingSheet
from backend.wire.my_number import contains_my_number
from tests.integration.test_printing_notice_sheet import BRING, NOTICE, text_of
from tests.pdf_support import runs_of, troubles

CODE = make_code("ABCDEFGHIJKLMNOP", b"k" * 32)
SHEET = BookingSheet(
    number="88871018",
    code=CODE,
    office_id="02",
    starts_at=datetime(2026, 12, 1, 4, 30, tzinfo=UTC),
    printed_at=datetime(2026, 11, 24, 1, tzinfo=UTC),
)
RULES = RuleBook.load(locate("rules"))


def draw(directory: Directory, sheet: BookingSheet) -> NoticeSheet:
    """The sheet as the ward sends it."""
    sender = Sender(directory.authority, directory["00"])
    return draw_booking_sheet(sheet, directory[sheet.office_id], sender, RULES)


@pytest.fixture(scope="module")
def sheet(directory: Directory) -> NoticeSheet:
    """A sheet for a branch office, which has no telephone of its own."""
    return draw(directory, SHEET)


def test_the_sheet_says_number_time_place_and_version(sheet: NoticeSheet) -> None:
    """The visitor finds 予約番号 in groups of four, the day in the era with its weekday, the hour and the address."""
    text = text_of(sheet.pdf)
    for part in (
        "マイナンバーカード交付予約票",
        "第1版",
        "8887-1018",
        "令和8年12月1日（火）",
        "午後1時30分",
        "箪笥町特別出張所",
        "新宿区箪笥町15",
        "03-5273-3601",
        "ご本人がお越しになる場合",
    ):
        assert part in text
    assert not contains_my_number(text)
    assert CODE not in text


def test_the_code_is_read_and_stands_where_the_enclosure_has_its_own(sheet: NoticeSheet) -> None:
    """Whoever shows either sheet holds it up in the same way."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(sheet.png)))
    assert code.text == CODE
    assert troubles(sheet.pdf) == []
    assert {run.size for run in runs_of(sheet.pdf)} <= {10.5, 12, 14, 18, 36}


def test_a_later_version_and_copy_are_told_by_eye(directory: Directory) -> None:
    """Of two sheets in one hand, everybody sees which one holds."""
    text = text_of(draw(directory, replace(SHEET, version=3, copy=2)).pdf)
    assert "第3版" in text
    assert "再発行（2枚目）" in text


@pytest.mark.parametrize(
    ("recipient", "said"),
    [("R2", "15歳未満の方と法定代理人"), ("P4", "75歳以上の方の代理人"), ("P9", "妊娠中の方の代理人")],
)
def test_what_to_bring_is_for_whoever_comes(directory: Directory, recipient: str, said: str) -> None:
    """An agent is not told what the person would bring."""
    text = text_of(draw(directory, replace(SHEET, recipient_type=recipient)).pdf)
    assert f"お持ちいただくもの（{said}）" in text
    assert "ご本人がお越しになる場合" not in text
    assert troubles(draw(directory, replace(SHEET, recipient_type=recipient)).pdf) == []


def test_a_recipient_who_is_never_allowed_gets_no_sheet(directory: Directory) -> None:
    """Nobody is invited who will be sent away."""
    with pytest.raises(NoSheetError, match="X1"):
        draw(directory, replace(SHEET, recipient_type="X1"))


def test_a_long_address_stays_in_the_frame(directory: Directory) -> None:
    """What is too wide for one line takes several; nothing is cut, and the code stays readable."""
    office = replace(directory["02"], address={"ja": "新宿区" + "見本町" * 20}, phone="03-5273-0000")
    drawn = draw_booking_sheet(
        replace(SHEET, number="A" * 20), office, Sender(directory.authority, directory["00"]), RULES
    )
    text = text_of(drawn.pdf)
    assert text.count("見本町") == 20
    assert text.count("03-5273-0000") == 2
    assert "AAAA-AAAA-AAAA-AAAA-AAAA" in text
    assert troubles(drawn.pdf) == []
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.png)))] == [CODE]


@pytest.mark.parametrize(
    ("hour", "minute", "written"),
    [(0, 0, "午前9時"), (3, 0, "正午"), (3, 30, "午後0時30分"), (1, 5, "午前10時5分"), (9, 0, "午後6時")],
)
def test_hours_are_told_as_offices_tell_them(
    directory: Directory, hour: int, minute: int, written: str
) -> None:
    """午前 and 午後 in Tokyo; a full hour has no minutes."""
    at = datetime(2026, 12, 1, hour, minute, tzinfo=UTC)
    assert f"）{written}交付場所" in text_of(draw(directory, replace(SHEET, starts_at=at)).pdf)


def test_every_text_of_both_sheets_is_used_and_filled(sheet: NoticeSheet, directory: Directory) -> None:
    """No sentence of the catalogue is forgotten on both sheets, no place left open."""
    day = SHEET.starts_at.date()
    enclosure = draw_sheets(
        [NOTICE], Sender(directory.authority, directory["00"]), BRING, Reverse(RULES.on(day), day)
    )
    text = text_of(sheet.pdf) + text_of(enclosure)
    catalogue = Catalogue("notice")
    missing = [
        key
        for key in sorted(catalogue.keys())
        if "{" not in catalogue.text(key) and "".join(catalogue.text(key).split()) not in text
    ]
    assert missing == ["clock.noon", "frame.book_without_phone"]
    assert "{" not in text
