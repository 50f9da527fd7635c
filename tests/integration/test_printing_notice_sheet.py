import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from backend.cards.notice_code import make_code
from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents import BringWords
from backend.documents.files.rule_book import RuleBook
from backend.offices.directory import Directory
from backend.printing.notice_bring import things_to_bring
from backend.printing.notice_reverse import Reverse
from backend.printing.notice_sheet import draw_sheet, draw_sheets
from backend.printing.press import Press
from backend.printing.sheet_code import QR_MODULE, QUIET_MODULES, qr_matrix
from backend.printing.sheet_front import PNG_DPI, NoticeSheet, Sender
from backend.reservations.notices import Notice, NumberKind
from backend.wire.my_number import contains_my_number
from tests.pdf_support import MILLIMETRE, runs_of, troubles

CODE = make_code("ABCDEFGHIJKLMNOP", b"k" * 32)
NOTICE = Notice(
    number="7F3482913",
    code=CODE,
    printed_at=datetime(2026, 11, 24, 1, tzinfo=UTC),
    kind=NumberKind.CARD,
    pickup_deadline=date(2027, 3, 31),
)

DAY = date(2026, 12, 1)

BRING = things_to_bring(RuleBook.load(locate("rules")), DAY)


def sender(directory: Directory) -> Sender:
    """The ward's main office, which shows card numbers in groups of three and six."""
    return Sender(directory.authority, directory["00"], {9: (3, 6)})


@pytest.fixture(scope="module")
def sheet(directory: Directory) -> NoticeSheet:
    """A sheet as the main office sends it."""
    return draw_sheet(NOTICE, sender(directory), BRING)


def text_of(pdf: bytes) -> str:
    """Everything that is written on the pages, without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            words = page.get_textpage()
            pages.append(words.get_text_range())
            words.close()
            page.close()
    finally:
        document.close()
    return "".join("".join(pages).split())


def read_codes(image: Image.Image) -> list[str]:
    """What a decoder sees in a picture."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


def test_the_code_on_the_picture_is_read(sheet: NoticeSheet) -> None:
    """A decoder reads the sheet, also turned, small and grey as a camera may see it."""
    image = Image.open(io.BytesIO(sheet.png))
    assert read_codes(image) == [CODE]
    assert read_codes(image.rotate(12, expand=True, fillcolor=255)) == [CODE]
    assert read_codes(image.resize((image.width // 2, image.height // 2))) == [CODE]


def test_the_page_is_a4_and_the_code_large_enough(sheet: NoticeSheet) -> None:
    """One A4 page; the code is at least 30 mm wide and has its quiet zone of four modules."""
    document = pypdfium2.PdfDocument(sheet.pdf)
    assert len(document) == 1
    assert document.get_page_size(0) == pytest.approx((595.28, 841.89), abs=0.1)
    document.close()
    image = Image.open(io.BytesIO(sheet.png))
    (code,) = zxingcpp.read_barcodes(image)
    corner, right = code.position.top_left, code.position.top_right
    dots_per_mm = image.width / 210
    assert (right.x - corner.x) / dots_per_mm >= 30
    quiet = round(QUIET_MODULES * QR_MODULE * dots_per_mm) - 3
    around = image.crop((corner.x - quiet, corner.y - quiet, right.x + quiet, corner.y - 3))
    assert int(np.asarray(around).min()) > 200
    assert QUIET_MODULES >= 4


def test_the_sheet_says_number_deadline_and_how_to_book(sheet: NoticeSheet) -> None:
    """Whoever has booked nothing yet finds the number in its groups, until when to come, and where to book."""
    text = text_of(sheet.pdf)
    for part in (
        "交付のご案内",
        "製造管理番号7F3-482913",
        "受取期限令和9年3月31日（水）まで",
        "ご予約が必要です",
        "03-5273-3601",
        "お持ちいただくもの",
        "この用紙",
        "交付通知書（はがき）",
        "顔写真付きの証明書1点",
        "返納していただくもの",
        "番号札を取る",
        "裏面をご覧ください",
        "令和8年11月24日（火）発行",
    ):
        assert part in text
    assert "再発行" not in text
    assert not contains_my_number(text)
    assert CODE not in text


def test_nothing_on_the_sheet_can_go_stale(sheet: NoticeSheet) -> None:
    """A booking that is made or moved later makes no enclosure wrong: it has neither a time nor a place of a visit."""
    text = text_of(sheet.pdf)
    assert "予約日時" not in text
    assert "交付場所" not in text


def test_a_reprint_bears_its_own_day_and_number(directory: Directory) -> None:
    """Of two sheets in one hand the later one is told by eye: each copy has its day and says which it is."""
    again = replace(NOTICE, printed_at=datetime(2026, 12, 3, 1, tzinfo=UTC), copy=2)
    text = text_of(draw_sheet(again, sender(directory), BRING).pdf)
    assert "令和8年12月3日（木）再発行（2枚目）" in text


@pytest.mark.parametrize(
    ("change", "said", "unsaid"),
    [
        ({"number": "88871018", "kind": NumberKind.BOOKING}, "予約番号8887-1018", "製造管理番号"),
        ({"number": None}, "ご予約が必要です", "製造管理番号"),
        ({"pickup_deadline": None}, "製造管理番号", "受取期限"),
    ],
)
def test_only_what_is_known_is_said(
    directory: Directory, change: dict[str, Any], said: str, unsaid: str
) -> None:
    """No label stands there without its value."""
    text = text_of(draw_sheet(replace(NOTICE, **change), sender(directory), BRING).pdf)
    assert said in text
    assert unsaid not in text


def test_an_office_without_a_telephone_is_not_said_to_have_one(directory: Directory) -> None:
    """Nobody is sent to a telephone that is not there."""
    silent = Sender(directory.authority, replace(directory["00"], phone=None))
    assert "電話" not in text_of(draw_sheet(NOTICE, silent, BRING).pdf)


def test_a_rare_kanji_of_the_ward_is_printed(directory: Directory) -> None:
    """The visitor does not ask at 野: 𠮷 comes from the second face, and what no face has is seen to be missing."""
    office = replace(directory["00"], name={"ja": "𠮷野🀀特別出張所"})
    bring = (BringWords("𠮷野区の証明書"),)
    drawn = draw_sheet(NOTICE, Sender("𠮷野区", office), bring)
    text = text_of(drawn.pdf)
    for part in ("𠮷野〓特別出張所", "𠮷野区の証明書", "𠮷野区マイナンバーカード"):
        assert part in text
    assert draw_sheet(NOTICE, Sender("𠮷野区", office), bring) == drawn


def test_the_same_notice_gives_the_same_files(sheet: NoticeSheet, directory: Directory) -> None:
    """A part of an interrupted run that is drawn again is the same file, byte for byte."""
    assert draw_sheet(NOTICE, sender(directory), BRING) == sheet


def test_many_sheets_in_one_file_are_each_as_by_itself(directory: Directory) -> None:
    """What is the same on all of them is drawn once, and nobody gets the number, code or day of another one."""
    codes = [make_code(letter * 16, b"k" * 32) for letter in "ABC"]
    many = [
        replace(NOTICE, number=f"7F348291{place}", code=code, copy=1 + place)
        for place, code in enumerate(codes)
    ]
    reverse = Reverse(RuleBook.load(locate("rules")).on(DAY), DAY)
    document = pypdfium2.PdfDocument(draw_sheets(many, sender(directory), BRING, reverse))
    try:
        assert len(document) == 6
        pictures = [page.render(scale=PNG_DPI / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()
    for place, one in enumerate(many):
        alone = Image.open(io.BytesIO(draw_sheet(one, sender(directory), BRING).png))
        assert read_codes(pictures[2 * place]) == [one.code]
        assert int(np.asarray(ImageChops.difference(pictures[2 * place], alone)).max()) < 40
        assert ImageChops.difference(pictures[2 * place + 1], pictures[1]).getbbox() is None


@pytest.fixture(scope="module")
def longest(directory: Directory) -> NoticeSheet:
    """A sheet with a number and a name as long as they can be, and a list that the front cannot hold."""
    name = "とても長い名前の特別出張所の分室のマイナンバーカード交付臨時窓口と電子証明書更新の特設会場（第二庁舎十一階）"
    office = replace(directory["00"], name={"ja": name})
    bring = [BringWords(f"{thing}番目の持ち物", "原本に限る" * 12) for thing in range(1, 30)]
    return draw_sheet(replace(NOTICE, number="A" * 20), Sender(directory.authority, office), bring)


def test_long_names_and_numbers_stay_beside_the_code(longest: NoticeSheet) -> None:
    """What is too wide for one line takes several; nothing is cut, and the code stays readable."""
    assert read_codes(Image.open(io.BytesIO(longest.png))) == [CODE]
    text = text_of(longest.pdf)
    assert "AAAA-AAAA-AAAA-AAAA-AAAA" in text
    assert "電子証明書更新の特設会場（第二庁舎十一階）" in text
    assert "裏面をご覧ください" in text
    assert "1番目の持ち物" in text
    assert "29番目の持ち物" not in text


@pytest.mark.parametrize("which", ["sheet", "longest"])
def test_no_letter_is_too_small_and_none_meets_another(which: str, request: pytest.FixtureRequest) -> None:
    """Protects whoever reads without glasses: 10.5 points at least, most of it 12 and more, inside the margins, whole."""
    pdf = request.getfixturevalue(which).pdf
    assert troubles(pdf) == []
    sizes = [run.size for run in runs_of(pdf)]
    assert set(sizes) <= {10.5, 12, 14, 18, 36}
    assert sum(size >= 12 for size in sizes) > len(sizes) / 2


@pytest.mark.parametrize("which", ["sheet", "longest"])
def test_nothing_is_written_into_the_quiet_zone(which: str, request: pytest.FixtureRequest) -> None:
    """Protects the code from a caption or an address that a camera takes for its modules: four modules stay white."""
    drawn: NoticeSheet = request.getfixturevalue(which)
    image = Image.open(io.BytesIO(drawn.png))
    (code,) = zxingcpp.read_barcodes(image)
    per_mm, quiet = image.width / 210, QUIET_MODULES * QR_MODULE - 0.3
    left, top = (code.position.top_left.x / per_mm - quiet, code.position.top_left.y / per_mm - quiet)
    right, bottom = (
        code.position.bottom_right.x / per_mm + quiet,
        code.position.bottom_right.y / per_mm + quiet,
    )
    assert not [
        run
        for run in runs_of(drawn.pdf)
        if run.left < right and left < run.right and run.top < bottom and top < run.bottom
    ]
    pixels = np.asarray(image)
    frame = pixels[
        round(top * per_mm) : round(bottom * per_mm), round(left * per_mm) : round(right * per_mm)
    ].copy()
    band = round(quiet * per_mm) - 3
    frame[band:-band, band:-band] = 255
    assert int(frame.min()) > 200


def test_there_are_four_boxes_to_tick_and_three_steps(sheet: NoticeSheet) -> None:
    """Protects the two things that a front is for: what to bring, to be ticked off, and what happens on the day."""
    document = pypdfium2.PdfDocument(sheet.pdf)
    squares = []
    for one in document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (edge / MILLIMETRE for edge in one.get_bounds())
        if abs((right - left) - (top - bottom)) < 0.2 and 5 < right - left < 7 and left < 25:
            squares.append(one)
    document.close()
    assert len(squares) == 4
    text = text_of(sheet.pdf)
    words = Catalogue("notice")
    assert all(words.text(f"kiosk.step_{number}") in text for number in (1, 2, 3))


@pytest.mark.parametrize("blur", [0.0, 1.2])
def test_the_code_is_read_after_a_poor_printer_and_scanner(sheet: NoticeSheet, blur: float) -> None:
    """Protects the sheet against grey toner, specks and a soft lens: the code is read from a bad copy, too."""
    image = Image.open(io.BytesIO(sheet.png)).filter(ImageFilter.GaussianBlur(blur))
    noise = np.random.default_rng(7).normal(0, 18, (image.height, image.width))
    worn = np.clip(60 + np.asarray(image, dtype=float) * 0.6 + noise, 0, 255).astype(np.uint8)
    copy = Image.fromarray(worn).rotate(-4, expand=True, fillcolor=200)
    assert read_codes(copy.resize((copy.width // 2, copy.height // 2))) == [CODE]


def test_the_code_is_alphanumeric_with_quartile_correction() -> None:
    """26 capitals fit version 2 with correction Q only in alphanumeric mode; bytes would need version 3."""
    assert len(qr_matrix(CODE)) == 25


def test_the_press_puts_the_reverse_behind_each_front(directory: Directory) -> None:
    """What is printed on both sides of the paper comes out as one sheet for each card."""
    rules = RuleBook.load(locate("rules"))
    press = Press(directory, rules, {9: (3, 6)}, DAY)
    drawn = press.draw_enclosures([NOTICE, replace(NOTICE, number="88871018", kind=NumberKind.BOOKING)])
    assert drawn == draw_sheets(
        [NOTICE, replace(NOTICE, number="88871018", kind=NumberKind.BOOKING)],
        press.sender,
        BRING,
        Reverse(rules.on(DAY), DAY),
    )
    assert text_of(drawn).count("Whattobring,ifyoucomeyourself") == 2
