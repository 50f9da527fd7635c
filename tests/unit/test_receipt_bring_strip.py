"""What to bring on the paper of tickets."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.common.catalogue import Language
from backend.common.receipt import ticket_sheet
from backend.common.receipt.bring_strip import BringFace, draw_bring_list
from backend.common.receipt.ticket_image import WIDTHS
from backend.common.receipt.ticket_sheet import ReceiptStrip
from backend.wire.messages import BringItem, BringSituation, OfficeInfo
from tests.kiosk_places import SITUATIONS

OFFICE = OfficeInfo(
    office_id="00",
    name={"ja": "新宿区役所 本庁舎", "en": "Shinjuku City Office, Main Building"},
    phone="03-5273-3601",
    open_now=True,
    server_time=datetime(2026, 11, 23, 15, 30, tzinfo=UTC),
)
THING = BringItem(thing="交付通知書（はがき）", note="回答書の欄に本人の氏名などを書いてください")
FACE = BringFace("本人が受け取る", [THING], [], "新宿区役所 本庁舎", date(2026, 11, 24))


@pytest.mark.parametrize("width", [*WIDTHS.values(), 512])
@pytest.mark.parametrize("language", list(Language))
def test_every_list_of_the_rules_fits_every_paper(width: int, language: Language) -> None:
    """Protects what is read at home: no ink within a millimetre of the edge, in any language and on any roll."""
    for situation in SITUATIONS:
        ink = ~np.asarray(draw_bring_list(BringFace.of(situation, OFFICE, language), width, language), bool)
        assert ink.any()
        assert not ink[:, :8].any()
        assert not ink[:, -8:].any()


def test_each_thing_has_a_box_and_all_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the reader from a list with a thing, a note, an example or the telephone left out; it says it is no number."""
    said: list[str] = []
    draw = ticket_sheet._Letters.draw

    def listen(self: ticket_sheet._Letters, on: object, place: object, text: str, *more: object) -> None:
        said.append(text)
        draw(self, on, place, text, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(ticket_sheet._Letters, "draw", listen)
    boxes: list[str] = []
    tick = ReceiptStrip.to_tick

    def count(self: ReceiptStrip, thing: str, note: str) -> None:
        boxes.append(thing)
        tick(self, thing, note)

    monkeypatch.setattr(ReceiptStrip, "to_tick", count)
    (situation,) = (one for one in SITUATIONS if one.code == "agent")
    draw_bring_list(BringFace.of(situation, OFFICE, Language.JAPANESE))
    paper = "".join(said)
    for item in (*situation.bring["ja"], *situation.know["ja"]):
        assert item.thing in paper
        assert item.note in paper
    assert boxes == [item.thing for item in situation.bring["ja"]]
    for words in (OFFICE.name["ja"], "03-5273-3601", "令和8年11月24日（火）", "受付番号ではありません"):
        assert words in paper


def test_a_language_that_the_server_lacks_is_printed_in_japanese() -> None:
    """Protects visitors from a paper without a list: an older ward's file may have one language."""
    one = BringSituation(code="self", title={"ja": "本人"}, bring={"ja": [THING]})
    face = BringFace.of(one, OFFICE, Language.KOREAN)
    assert (face.title, list(face.things), list(face.know)) == ("本人", [THING], [])
    assert face.office_name == OFFICE.name["ja"]
    nothing = BringFace.of(BringSituation(code="x", title={}, bring={}), OFFICE, Language.ENGLISH)
    assert (nothing.title, list(nothing.things)) == ("", [])
    draw_bring_list(nothing, language=Language.ENGLISH)


def test_the_same_list_gives_the_same_dots_and_a_longer_one_more_paper() -> None:
    """Protects tests and copies from chance, and a note from being dropped."""
    first = draw_bring_list(FACE)
    assert first.tobytes() == draw_bring_list(FACE).tobytes()
    assert draw_bring_list(replace(FACE, know=[THING])).height > first.height
    bare = replace(FACE, things=[BringItem(thing=THING.thing)])
    assert draw_bring_list(bare).height < first.height


def test_narrow_paper_is_refused() -> None:
    """Protects whoever sets a width by hand: what cannot hold the letters is an error."""
    with pytest.raises(ValueError, match="at least 320 dots"):
        draw_bring_list(FACE, 312)
