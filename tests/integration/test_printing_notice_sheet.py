import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image, ImageFilter

from backend.__main__ import cli
from backend.cards.notice_code import make_code
from backend.common.catalogue import Catalogue
from backend.common.shipped import locate
from backend.documents import BringWords
from backend.documents.files.rule_book import RuleBook
from backend.exchange.sample import HEADER, SampleExport, write_sample
from backend.offices.directory import Directory
from backend.printing.notice_bring import things_to_bring
from backend.printing.notice_reverse import draw_reverse, with_reverse
from backend.printing.notice_sheet import QR_MODULE, QUIET_MODULES, NoticeSheet, draw_sheet, qr_matrix
from backend.reservations.notices import Notice
from backend.wire.my_number import contains_my_number
from tests.pdf_support import MILLIMETRE, runs_of, troubles

CODE = make_code("ABCDEFGHIJKLMNOP", b"k" * 32)
NOTICE = Notice(
    number="88871018",
    code=CODE,
    office_id="02",
    starts_at=datetime(2026, 12, 1, 4, 30, tzinfo=UTC),
    created_at=datetime(2026, 11, 24, 1, tzinfo=UTC),
)

DAY = date(2026, 12, 1)

BRING = things_to_bring(RuleBook.load(locate("rules")), DAY)


@pytest.fixture(scope="module")
def sheet(directory: Directory) -> NoticeSheet:
    """A sheet for a branch office, which has no telephone of its own."""
    return draw_sheet(NOTICE, directory["02"], directory["00"], directory.authority, BRING)


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


def test_the_sheet_says_number_time_and_place(sheet: NoticeSheet) -> None:
    """The visitor finds 予約番号 in groups of four, the day in the era with its weekday, the hour and the address."""
    text = text_of(sheet.pdf)
    for part in (
        "8887-1018",
        "令和8年12月1日（火）",
        "午後1時30分",
        "箪笥町特別出張所",
        "新宿区箪笥町15",
        "03-5273-3601",
        "お持ちいただくもの",
        "この用紙",
        "交付通知書（はがき）",
        "顔写真付きの証明書1点",
        "返納していただくもの",
        "番号札を取る",
        "裏面をご覧ください",
    ):
        assert part in text
    assert "本人確認" not in text
    assert not contains_my_number(text)
    assert CODE not in text


def test_a_rare_kanji_of_the_address_is_printed(directory: Directory) -> None:
    """The visitor is not sent to 野1-2: 𠮷 comes from the second face, and what no face has is seen to be missing."""
    office = replace(
        directory["00"],
        name={"ja": "𠮷野特別出張所"},
        address={"ja": "新宿区𠮷野1-2 \U0001f000ビル"},
        phone="03-5273-3601",
    )
    bring = (BringWords("𠮷野区の証明書"),)
    drawn = draw_sheet(NOTICE, office, office, "𠮷野区", bring)
    text = text_of(drawn.pdf)
    for part in ("𠮷野特別出張所", "新宿区𠮷野1-2〓ビル", "𠮷野区の証明書", "𠮷野区令和8年"):
        assert part in text
    assert draw_sheet(NOTICE, office, office, "𠮷野区", bring) == drawn


def test_the_same_notice_gives_the_same_files(sheet: NoticeSheet, directory: Directory) -> None:
    """A reprint is the same sheet, byte for byte."""
    assert draw_sheet(NOTICE, directory["02"], directory["00"], directory.authority, BRING) == sheet


@pytest.fixture(scope="module")
def longest(directory: Directory) -> NoticeSheet:
    """A sheet with a number, a name and an address as long as they can be, and a list that the front cannot hold."""
    name = "とても長い名前の特別出張所の分室のマイナンバーカード交付臨時窓口と電子証明書更新の特設会場（第二庁舎十一階）"
    office = replace(directory["00"], name={"ja": name}, address={"ja": "新宿区" + "見本町" * 20})
    bring = [BringWords(f"{thing}番目の持ち物", "原本に限る" * 12) for thing in range(1, 30)]
    return draw_sheet(replace(NOTICE, number="A" * 20), office, office, directory.authority, bring)


def test_long_names_and_numbers_stay_beside_the_code(longest: NoticeSheet) -> None:
    """What is too wide for one line takes several; nothing is cut, and the code stays readable."""
    assert read_codes(Image.open(io.BytesIO(longest.png))) == [CODE]
    text = text_of(longest.pdf)
    assert "AAAA-AAAA-AAAA-AAAA-AAAA" in text
    assert "電子証明書更新の特設会場（第二庁舎十一階）" in text
    assert text.count("見本町") == 20
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


@pytest.mark.parametrize(
    ("hour", "minute", "written"),
    [(0, 0, "午前9時"), (3, 0, "正午"), (3, 30, "午後0時30分"), (1, 5, "午前10時5分"), (9, 0, "午後6時")],
)
def test_hours_are_told_as_offices_tell_them(
    directory: Directory, hour: int, minute: int, written: str
) -> None:
    """午前 and 午後 in Tokyo; a full hour has no minutes."""
    notice = replace(NOTICE, starts_at=datetime(2026, 12, 1, hour, minute, tzinfo=UTC))
    pdf = draw_sheet(notice, directory["02"], directory["00"], directory.authority, BRING).pdf
    assert f"）{written}交付場所" in text_of(pdf)


def test_the_code_is_alphanumeric_with_quartile_correction() -> None:
    """26 capitals fit version 2 with correction Q only in alphanumeric mode; bytes would need version 3."""
    assert len(qr_matrix(CODE)) == 25


def test_every_text_of_the_sheet_is_used_and_filled(sheet: NoticeSheet) -> None:
    """No sentence of the catalogue is forgotten on the front and overleaf, no place left open."""
    text = text_of(with_reverse(sheet.pdf, draw_reverse(RuleBook.load(locate("rules")).on(DAY), DAY)))
    catalogue = Catalogue("notice")
    missing = [
        key
        for key in sorted(catalogue.keys())
        if "{" not in catalogue.text(key) and "".join(catalogue.text(key).split()) not in text
    ]
    assert missing == ["clock.noon"]
    assert "{" not in text


@pytest.fixture
def uketsuke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The program, at home in a folder of the test, with a few reservations."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    return run


@pytest.fixture
def numbers(uketsuke: Callable[..., Result], directory: Directory) -> list[str]:
    """Numbers of booked reservations in the database of the test."""
    rows = list(SampleExport(directory, 3, date(2026, 11, 24)).rows(20))
    write_sample(Path("a.csv"), iter(rows))
    assert uketsuke("import", "a.csv").exit_code == 0
    number, state = HEADER.index("予約番号"), HEADER.index("処理状況")
    return [row[number] for row in rows if row[state] == "予約済"]


def test_the_command_writes_both_forms_and_repeats_itself(
    uketsuke: Callable[..., Result], numbers: list[str]
) -> None:
    """Paths on stdout; a second run gives the same code on the sheet."""
    first, second = numbers[:2]
    result = uketsuke("notice", f"{first[:4]}-{first[4:]}", second, "--out", "sheets")
    assert result.exit_code == 0
    assert result.stdout.split() == [
        f"sheets/{number}.{suffix}" for number in (first, second) for suffix in ("pdf", "png")
    ]
    picture = Path(f"sheets/{first}.png").read_bytes()
    (code,) = read_codes(Image.open(io.BytesIO(picture)))
    assert code.startswith("U1")
    assert uketsuke("notice", first, "--out", "again").exit_code == 0
    assert Path(f"again/{first}.png").read_bytes() == picture
    printed = Path(f"sheets/{first}.pdf").read_bytes()
    assert Path(f"again/{first}.pdf").read_bytes() == printed
    assert "Whattobring,ifyoucomeyourself" in text_of(printed)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        (
            "99999999",
            "no reservation has the number 9999-9999, and a sheet names time and place of one; nothing was written",
        ),
        ("1234-5678-9018", "argument 2 holds a 12-digit number"),
        ("１２３４５６７８９０１８", "argument 2 holds a 12-digit number"),
        ("abc#", "argument 2 is not a reservation number"),
    ],
)
def test_one_wrong_number_writes_nothing(
    uketsuke: Callable[..., Result], numbers: list[str], argument: str, words: str
) -> None:
    """One sentence, exit code 1, no file; a 12-digit number is not repeated."""
    result = uketsuke("notice", numbers[0], argument, "--out", "sheets")
    assert result.exit_code == 1
    assert words in result.stderr
    assert "5678" not in result.stderr
    assert not Path("sheets").exists()
