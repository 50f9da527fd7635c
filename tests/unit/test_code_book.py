"""Which codes are ours, as the kiosk knows it."""

import pytest
from structlog.testing import capture_logs

from backend.wire.code_shape import LONGEST
from backend.wire.codes import ScanReason
from kiosk.reading.code_book import CodeBook, FrameVerdict
from tests.device_support import NOTICE


@pytest.mark.parametrize("text", [NOTICE, NOTICE.lower(), "Ｕ１ABCD-EFGH IJKLMNOPQRSTUVWX"])
def test_our_own_notices_are_known_without_the_server(text: str) -> None:
    """A kiosk that has not heard of any patterns knows the notices of this product, however they are written."""
    assert CodeBook().has(text)


def test_the_servers_patterns_are_learned_and_forgotten() -> None:
    """What the server hands out counts from the moment it is learned, and no longer when it is gone."""
    book = CodeBook()
    assert not book.has("ab1-234567")
    book.learn(["[0-9A-Z]{3}-?[0-9]{6}", "HTTPS://EXAMPLE[.]JP/.*"])
    assert book.has("ab1‐234567")
    assert book.has("https://example.jp/r?id=7")
    assert not book.has("xab1-234567")
    book.learn([])
    assert not book.has("ab1-234567")
    assert book.has(NOTICE)


def test_a_pattern_that_cannot_be_used_does_not_spoil_the_others() -> None:
    """A server of another version may hand out what this Python does not understand: told once, without it."""
    with capture_logs() as logs:
        book = CodeBook(["(unclosed", "OK[0-9]"])
        book.learn(["(unclosed", "OK[0-9]"])
    assert book.has("ok7")
    assert [line["event"] for line in logs] == ["code_pattern_unusable"]
    assert "unclosed" not in repr(logs)


def test_endless_texts_are_not_searched() -> None:
    """A code of thousands of characters is nobody's notice, whatever the patterns say."""
    book = CodeBook([".*"])
    assert book.has("x" * LONGEST)
    assert not book.has("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (NOTICE, FrameVerdict(ScanReason.OK, NOTICE)),
        ("1234 5678 9018", FrameVerdict(ScanReason.MY_NUMBER)),
        ("１２３４５６７８９０１８", FrameVerdict(ScanReason.MY_NUMBER)),
        ("12345678901234567890123", FrameVerdict(ScanReason.FOREIGN)),
        ("", FrameVerdict(ScanReason.FOREIGN)),
    ],
)
def test_a_hand_scanners_line_is_sorted_by_the_same_rules(text: str, verdict: FrameVerdict) -> None:
    """What a hand scanner sends is ours, refused, or foreign, as before the camera."""
    assert CodeBook().sort(text) == verdict
