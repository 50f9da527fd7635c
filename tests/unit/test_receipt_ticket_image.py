"""The ticket's picture."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import ImageDraw

from backend.common.catalogue import Catalogue, Language
from backend.common.fonts import face, ud_gothic
from backend.common.receipt import ticket_sheet
from backend.common.receipt.ticket_image import WIDTHS, TicketFace, draw_ticket, written_date
from backend.common.receipt.ticket_sheet import ReceiptStrip
from backend.common.time_of_day import clock_in_words
from backend.wire.codes import TicketState
from backend.wire.heard import OTHER, Other
from backend.wire.messages import Estimate, OfficeInfo, TicketMessage
from tests.catalogue_support import own_keys

LEAST_HEIGHT_OF_NUMBER = 160
"""Of letters and digits: 20 mm at 8 dots per mm."""

FACE = TicketFace(
    number="M-123",
    office_name="新宿区役所 本庁舎",
    business_day=date(2026, 11, 23),
    issued_at=datetime(2026, 11, 23, 1, 21, tzinfo=UTC),
    waiting_ahead=3,
    reserved_for=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
    estimate=(10, 25),
    phone="03-5273-3601",
)
ALL_WIDTHS = [*WIDTHS.values(), 512]


def _ink(
    face_: TicketFace, width: int = 576, language: Language = Language.JAPANESE
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return ~np.asarray(draw_ticket(face_, width, language), dtype=bool)


def _number_glyphs(ink: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Height and width of each letter and digit of the number: the columns of the tallest band of ink."""
    rows = np.flatnonzero(ink.any(axis=1))
    bands = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    band = max(bands, key=len)
    part = ink[band[0] : band[-1] + 1]
    columns = np.flatnonzero(part.any(axis=0))
    glyphs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    boxes = []
    for glyph in glyphs:
        lines = np.flatnonzero(part[:, glyph[0] : glyph[-1] + 1].any(axis=1))
        boxes.append((int(lines[-1] - lines[0] + 1), len(glyph)))
    return boxes


@pytest.mark.parametrize("width", ALL_WIDTHS)
@pytest.mark.parametrize("number", ["M-123", "W-408", "E-777", "P-699"])
def test_the_number_is_at_least_20_mm_high(number: str, width: int) -> None:
    """Each letter and digit is 160 dots (20 mm) high on both papers, apart from its neighbours, whole on paper."""
    glyphs = _number_glyphs(_ink(replace(FACE, number=number), width))
    assert len(glyphs) == len(number)
    for char, (height, across) in zip(number, glyphs, strict=True):
        if char != "-":
            assert height >= LEAST_HEIGHT_OF_NUMBER
            assert across >= (22 if char == "1" else 50)


def test_the_picture_is_made_of_dots() -> None:
    """The ticket is exactly as wide as the printer, black and white only, drawn without dithering."""
    for width in ALL_WIDTHS:
        ticket = draw_ticket(FACE, width)
        assert (ticket.mode, ticket.width) == ("1", width)
        assert 80 * 8 < ticket.height < 200 * 8


def test_the_same_ticket_gives_the_same_dots() -> None:
    """A reprint or a test can compare tickets dot by dot."""
    assert draw_ticket(FACE).tobytes() == draw_ticket(replace(FACE)).tobytes()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("width", ALL_WIDTHS)
def test_nothing_runs_off_the_paper(language: Language, width: int) -> None:
    """In every language and width the edges stay white, with all parts of a ticket present and long names."""
    long = replace(
        FACE, local_office_name="Shinjuku City Office, Main Building (Family Register Division)", reprint=True
    )
    ink = _ink(long, width, language)
    assert not ink[:, :4].any()
    assert not ink[:, -4:].any()
    assert not ink[:6].any()
    assert not ink[-6:].any()


@pytest.mark.parametrize(
    "change",
    [
        {"number": "M-124"},
        {"office_name": "四谷特別出張所"},
        {"business_day": date(2026, 11, 24)},
        {"issued_at": datetime(2026, 11, 23, 1, 22, tzinfo=UTC)},
        {"waiting_ahead": 4},
        {"reserved_for": None},
        {"reserved_for": datetime(2026, 11, 23, 2, 0, tzinfo=UTC)},
        {"estimate": (10, 30)},
        {"estimate": None},
        {"phone": None},
        {"reprint": True},
    ],
    ids=str,
)
def test_every_fact_stands_on_the_ticket(change: dict[str, object]) -> None:
    """Each fact of the face changes the paper."""
    assert draw_ticket(FACE).tobytes() != draw_ticket(replace(FACE, **change)).tobytes()  # type: ignore[arg-type] # one field each


def test_times_are_those_of_tokyo() -> None:
    """The same moment in another zone gives the same ticket, and a time without a zone is refused."""
    assert FACE.reserved_for is not None
    tokyo = replace(FACE, issued_at=datetime.fromisoformat("2026-11-23T10:21:00+09:00"))
    assert draw_ticket(tokyo).tobytes() == draw_ticket(FACE).tobytes()
    with pytest.raises(ValueError, match="zone"):
        draw_ticket(replace(FACE, reserved_for=datetime(2026, 11, 23, 10, 30)))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 23), "令和8年11月23日（月）"),
        (date(2019, 5, 1), "令和元年5月1日（水）"),
        (date(2019, 4, 30), "2019年4月30日（火）"),
        (date(2027, 2, 28), "令和9年2月28日（日）"),
    ],
)
def test_days_are_written_by_era(day: date, text: str) -> None:
    """The date is written as a ward writes it: era, first year 元年, weekday."""
    assert written_date(day, Catalogue("ticket")) == text


def test_other_languages_write_the_day_their_way() -> None:
    """A visitor reads the date in the ticket's language."""
    day = date(2026, 11, 23)
    assert written_date(day, Catalogue("ticket", Language.ENGLISH)) == "Mon, November 23, 2026"
    assert written_date(day, Catalogue("ticket", Language.CHINESE)) == "2026年11月23日（周一）"
    assert written_date(day, Catalogue("ticket", Language.KOREAN)) == "2026년 11월 23일(월)"


@pytest.mark.parametrize("minutes", [(0, 0), (0, 5), (15, 15), (5, 20), (20, 5)])
def test_every_estimate_can_be_written(minutes: tuple[int, int]) -> None:
    """Any range of minutes gives a ticket, in whatever order it comes."""
    assert draw_ticket(replace(FACE, estimate=minutes)).height > 0


def test_a_foreign_ticket_keeps_japanese_for_staff() -> None:
    """The number's heading and the service stand in Japanese too: their dots are found on the English ticket."""
    japanese = Catalogue("ticket")
    english = _ink(FACE, 576, Language.ENGLISH)
    sheet = ReceiptStrip(576, Language.ENGLISH)
    said = f"{japanese.text('head.number')}　{japanese.text('service.reserved')}"
    sheet.centred(said, sheet.fine, japanese=True)
    line = ~np.asarray(sheet.finish(), dtype=bool)
    rows = np.flatnonzero(line.any(axis=1))
    wanted = line[rows[0] : rows[-1] + 1]
    found = [
        row
        for row in range(english.shape[0] - wanted.shape[0])
        if np.array_equal(english[row : row + wanted.shape[0]], wanted)
    ]
    assert len(found) == 1


def test_a_ticket_cannot_hold_anything_personal() -> None:
    """The face has no place for a name, a reservation number or a reason."""
    assert {field.name for field in fields(TicketFace)} == {
        "number", "office_name", "local_office_name", "business_day", "issued_at", "waiting_ahead",
        "reserved_for", "estimate", "be_back_at", "phone", "reprint", "state", "window", "cards",
    }  # fmt: skip


@pytest.mark.parametrize("language", Language)
def test_a_partys_paper_says_for_how_many_cards_it_is(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects a family's number: its paper says for how many it is; a number of one says nothing of it."""
    written: list[str] = []
    drawn = ReceiptStrip.centred

    def noting(sheet: ReceiptStrip, text: str, *more: Any, **how: Any) -> None:
        """Draw a line, and note its words."""
        written.append(text)
        drawn(sheet, text, *more, **how)

    monkeypatch.setattr(ReceiptStrip, "centred", noting)
    said = Catalogue("ticket", language).text("service.cards", count=3)
    draw_ticket(replace(FACE, cards=3), 384, language)
    assert written.count(said) == 1
    assert "3" in said
    for alone in (0, 1):
        written.clear()
        draw_ticket(replace(FACE, cards=alone), 384, language)
        assert Catalogue("ticket", language).text("service.cards", count=alone) not in written


def test_a_face_is_made_of_the_servers_messages() -> None:
    """The server's ticket and office become a face in the visitor's language."""
    ticket = TicketMessage(
        ticket_id=UUID(int=1),
        number="W-401",
        office_id="00",
        business_day=FACE.business_day,
        state=TicketState.WAITING,
        issued_at=FACE.issued_at,
        waiting_ahead=2,
        estimate=Estimate(low_minutes=5, high_minutes=15),
        cards=3,
    )
    office = OfficeInfo(
        office_id="00",
        name={"ja": "新宿区役所 本庁舎", "en": "Shinjuku City Office"},
        phone="03-5273-3601",
        open_now=True,
        server_time=FACE.issued_at,
    )
    made = TicketFace.of(ticket, office, Language.ENGLISH, reprint=True)
    assert made == TicketFace(
        number="W-401",
        office_name="新宿区役所 本庁舎",
        business_day=FACE.business_day,
        issued_at=FACE.issued_at,
        waiting_ahead=2,
        estimate=(5, 15),
        phone="03-5273-3601",
        local_office_name="Shinjuku City Office",
        reprint=True,
        cards=3,
    )
    assert TicketFace.of(ticket, office, Language.KOREAN).local_office_name is None


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences and values of the tickets that are drawn from now on, in their order."""
    said: list[str] = []
    monkeypatch.setattr(ReceiptStrip, "field", lambda _self, _label, value, **_: said.append(value))
    monkeypatch.setattr(ReceiptStrip, "paragraph", lambda _self, text, _size, **_: said.append(text))
    return said


@pytest.mark.parametrize("language", list(Language))
def test_long_before_its_time_the_paper_says_when_to_be_back(language: Language, said: list[str]) -> None:
    """An early visitor reads the reserved time and when to be back; "take a seat and wait" would be wrong."""
    reserved = datetime(2026, 11, 24, 1, 20, tzinfo=UTC)
    face = replace(
        FACE, reserved_for=reserved, estimate=(95, 105), be_back_at=reserved - timedelta(minutes=10)
    )
    draw_ticket(face, 576, language)
    words = Catalogue("ticket", language)
    assert words.text("value.estimate_from", time="10:20") in said
    assert words.text("guide.be_back", time=clock_in_words(reserved - timedelta(minutes=10), words)) in said
    assert words.text("guide.wait") not in said
    assert not any("95" in value for value in said)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("state", "window", "key"),
    [
        (TicketState.CALLED, "5", "numbered"),
        (TicketState.SERVING, "B", "lettered"),
        (TicketState.CALLED_TO_ISSUANCE, None, "guide.go_by_screen"),
        (TicketState.HANDED_OVER, None, "guide.wait"),
        (TicketState.ABSENT, None, "guide.ask"),
        (OTHER, None, "guide.ask"),
    ],
)
def test_whoever_does_not_wait_reads_where_to_go(
    language: Language, state: TicketState | Other, window: str | None, key: str, said: list[str]
) -> None:
    """A copy of a called number says the window and nothing else: who reads "take a seat" then misses the call."""
    words = Catalogue("ticket", language)
    draw_ticket(replace(FACE, state=state, window=window), 576, language)
    where = (
        words.text(key)
        if window is None
        else words.text("guide.go", window=words.text(f"guide.window_{key}", label=window))
    )
    assert where in said
    others = {words.text(f"guide.{one}") for one in ("missed", "pins", "order_reserved")}
    assert not others & set(said)
    assert words.text("value.waiting", count=FACE.waiting_ahead) not in said


@dataclass(frozen=True)
class Line:
    """One line of letters on a ticket: its text, the size of its letters and where its ink is, in dots."""

    text: str
    size: int
    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture
def lines_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[TicketFace, int, Language], list[Line]]:
    """Draws a ticket and tells its lines."""
    drawn: list[Line] = []
    real = ticket_sheet._Letters.draw

    def draw(
        self: ticket_sheet._Letters,
        to: ImageDraw.ImageDraw,
        place: tuple[float, float],
        text: str,
        anchor: str,
        fill: int = 0,
    ) -> None:
        drawn.append(Line(text, self.size, *to.textbbox(place, text, font=self.font, anchor=anchor)))
        real(self, to, place, text, anchor, fill)

    monkeypatch.setattr(ticket_sheet._Letters, "draw", draw)

    def lines(face_: TicketFace, width: int, language: Language) -> list[Line]:
        drawn.clear()
        draw_ticket(face_, width, language)
        return list(drawn)

    return lines


BUSIEST = replace(
    FACE,
    number="W-888",
    office_name="新宿区役所第二分庁舎 戸籍住民課 マイナンバーカード交付・電子証明書更新臨時窓口（十一階）",
    local_office_name="Shinjuku City Office, Second Annex, Special Counter for Cards",
    waiting_ahead=188,
    estimate=(180, 240),
    reprint=True,
)
"""A ticket with everything that can be on one, and the longest of it."""


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("width", ALL_WIDTHS)
@pytest.mark.parametrize("kind", ["waits", "early", "walk-in", "called"])
def test_no_letter_is_too_small_and_no_line_meets_another(
    language: Language, width: int, kind: str, lines_of: Callable[[TicketFace, int, Language], list[Line]]
) -> None:
    """Protects whoever is 70 and reads at 50 cm: 34 dots for sentences, 30 at least (26 on narrow paper), nothing cut."""
    face_ = {
        "waits": BUSIEST,
        "early": replace(BUSIEST, be_back_at=datetime(2026, 11, 23, 1, 20, tzinfo=UTC)),
        "walk-in": replace(BUSIEST, reserved_for=None),
        "called": replace(BUSIEST, state=TicketState.CALLED, window="12"),
    }[kind]
    lines = lines_of(face_, width, language)
    least, body, key = (26, 28, 34) if width == 384 else (30, 34, 40)
    assert {line.size for line in lines} == {least, body, key}
    words = Catalogue("ticket", language)
    # What is printed at the least size: telephone, date, and the lines that staff read.
    fine = [line.text for line in lines if line.size == least]
    assert fine[-1].endswith("10:21")
    assert len([line for line in lines if line.size == key]) >= 2
    for one in lines:
        assert one.left >= 4, one
        assert one.right <= width - 4, one
    for place, one in enumerate(lines):
        for other in lines[place + 1 :]:
            apart = (
                one.bottom <= other.top
                or other.bottom <= one.top
                or one.right <= other.left
                or other.right <= one.left
            )
            assert apart, (one, other)
    together = "".join("".join(line.text for line in lines).split())
    if kind != "called":
        for sentence in (words.text("guide.missed"), words.text("guide.pins")):
            assert "".join(sentence.split()) in together


@pytest.mark.parametrize("language", list(Language))
def test_a_ticket_has_one_key_sentence_and_three_more_at_most(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects the paper from becoming a leaflet again: first where to wait, in large letters, then three sentences."""
    sizes: list[int] = []
    monkeypatch.setattr(ReceiptStrip, "paragraph", lambda _self, _text, size, **_: sizes.append(size))
    draw_ticket(FACE, 576, language)
    assert sizes == [40, 34, 34, 34]


@pytest.mark.parametrize("language", list(Language))
def test_digits_are_166_dots_high_and_the_hyphen_is_short(language: Language) -> None:
    """The number is as high in every language, whatever its digits, and its hyphen only separates."""
    glyphs = _number_glyphs(_ink(replace(FACE, number="W-888"), 576, language))
    assert [height for height, _ in glyphs][2:] == [glyphs[2][0]] * 3
    assert 166 <= glyphs[2][0] <= 178
    assert glyphs[1][1] < glyphs[2][1] / 2


def test_every_sentence_writes_the_hour_in_words(said: list[str]) -> None:
    """One visit, one style: 10:20 in the fields, 午前10時20分 in sentences."""
    reserved = datetime(2026, 11, 24, 1, 20, tzinfo=UTC)
    draw_ticket(replace(FACE, reserved_for=reserved, be_back_at=reserved))
    assert "午前10時20分までに、ここへお戻りください。" in said
    assert "10:20" in said
    assert not [text for text in said if "。" in text and re.search("[0-9]:[0-9]", text)]


def test_too_narrow_paper_is_refused() -> None:
    """Paper on which the number cannot be read is a mistake of the settings."""
    with pytest.raises(ValueError, match="320"):
        draw_ticket(FACE, 200)


@pytest.mark.parametrize("language", Language)
def test_the_typeface_has_every_character(language: Language) -> None:
    """No text of the ticket prints as an empty box, in any language; Japanese lines use the Japanese face."""
    words = Catalogue("ticket", language)
    texts = "".join(words.text(key) for key in own_keys(words))
    for bold in (False, True):
        with TTFont(face(language, bold=bold), fontNumber=0) as font:
            have = set(font.getBestCmap())
        assert {char for char in texts if ord(char) not in have and char not in "\n|"} == set()
    japanese = Catalogue("ticket")
    with TTFont(ud_gothic()) as font:
        have = set(font.getBestCmap())
    assert {
        char
        for char in "".join(japanese.text(key) for key in sorted(japanese.keys()))
        if ord(char) not in have
    } == set()


@pytest.mark.parametrize(
    "language", [Language.EASY_JAPANESE, Language.ENGLISH, Language.CHINESE, Language.KOREAN]
)
def test_every_language_says_everything(language: Language) -> None:
    """No language leaves a sentence of the ticket to Japanese but those that write the date as Japanese does."""
    words = Catalogue("ticket", language)
    missing = {key for key in words.keys() - own_keys(words) if not key.startswith("date.")}
    assert missing == set()
    assert own_keys(words) <= words.keys()


@pytest.mark.parametrize("language", Language)
def test_a_rare_kanji_of_an_office_is_printed(language: Language) -> None:
    """Two rare kanji print as two, in every language: were they boxes, the two tickets would be the same."""
    one, other = (
        draw_ticket(replace(FACE, office_name=name, local_office_name=name), language=language).tobytes()
        for name in ("𠮷野町出張所", "𠅘野町出張所")
    )
    assert one != other
    lost = draw_ticket(replace(FACE, office_name="\U0001f000野町", local_office_name=None), language=language)
    geta = draw_ticket(replace(FACE, office_name="〓野町", local_office_name=None), language=language)
    assert lost.tobytes() == geta.tobytes()


def test_a_rare_letter_stands_on_the_line_of_the_others() -> None:
    """A letter of the second face has the size and baseline of its neighbours: the line grows by nothing."""
    plain = draw_ticket(replace(FACE, office_name="吉野町出張所"))
    rare = draw_ticket(replace(FACE, office_name="𠮷野町出張所"))
    assert plain.size == rare.size
    rows = np.flatnonzero((np.asarray(plain) != np.asarray(rare)).any(axis=1))
    assert rows[-1] - rows[0] < 40
