"""What counts as held up: one of our codes, agreed on by two readings, told once; of others only the kind."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from backend.wire.codes import ScanReason
from backend.wire.my_number import contains_my_number
from kiosk.camera.capture import Frame
from kiosk.reading import detection
from kiosk.reading.code_book import NOTHING, CodeBook, FrameVerdict
from kiosk.reading.detection import DecodedSymbol
from kiosk.reading.selection import DOUBT_SECONDS, Confirmation, Scan, UnreadableHint, verdict_of
from tests.device_support import NOTICE, on_desk

WALL = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
DESK = on_desk()
OURS = CodeBook(["[A-F]"]).has
CARD = FrameVerdict(ScanReason.MY_NUMBER)
TWO = FrameVerdict(ScanReason.AMBIGUOUS)
FOREIGN = FrameVerdict(ScanReason.FOREIGN)


def _frame(sequence: int) -> Frame:
    return Frame(DESK, sequence, sequence / 30, WALL + timedelta(seconds=sequence / 30))


def _ok(text: str) -> FrameVerdict:
    return FrameVerdict(ScanReason.OK, text)


def _told(verdicts: list[FrameVerdict]) -> list[tuple[int, str | None, str]]:
    """The scans that are reported, by frame; anything but a notice needs three agreeing frames."""
    rule = Confirmation(gone_after=4, patience=2, doubt=2 / 30 - 1e-9)
    scans = [
        (number, rule.observe(verdict, _frame(number))) for number, verdict in enumerate(verdicts, start=1)
    ]
    return [
        (number, scan.verdict.text, scan.verdict.reason.value) for number, scan in scans if scan is not None
    ]


def _square(left: float, side: float = 100.0) -> tuple[tuple[float, float], ...]:
    return ((left, 0.0), (left + side, 0.0), (left + side, side), (left, side))


def _symbol(text: str, left: float = 0.0) -> DecodedSymbol:
    return DecodedSymbol.of(text, text.encode(), _square(left))


@pytest.mark.parametrize(
    ("symbols", "verdict"),
    [
        ([], NOTHING),
        ([_symbol("A")], _ok("A")),
        ([_symbol(NOTICE)], _ok(NOTICE)),
        ([_symbol("https://example.jp/")], FOREIGN),
        ([_symbol("12345678901234567890123")], FOREIGN),
        ([_symbol("123456789018")], CARD),
        ([_symbol("123456789018"), _symbol("https://example.jp/", 300)], CARD),
        ([_symbol("123456789018"), _symbol("A", 300)], _ok("A")),
        ([_symbol("12345678901234567890123"), _symbol("A", 300), _symbol("x y", 600)], _ok("A")),
        ([_symbol("A"), _symbol("B", 300)], TWO),
        ([_symbol("A"), _symbol("A", 300)], TWO),
        ([_symbol("A"), _symbol("A"), _symbol("123456789018", 300)], TWO),
        ([_symbol("A"), _symbol("something else")], TWO),
        ([_symbol("A"), _symbol("123456789018")], TWO),
    ],
)
def test_one_of_our_codes_is_picked_and_nothing_is_guessed(
    symbols: list[DecodedSymbol], verdict: FrameVerdict
) -> None:
    """Whatever lies beside the notice, it is taken; two of ours, or two readings of one place, are not."""
    assert verdict_of(symbols, OURS) == verdict


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 3)), max_size=5))
def test_any_codes_in_view_give_ours_or_no_text(codes: list[tuple[str, int]]) -> None:
    """Of any mixture of codes only one of ours can come out, and never a 12-digit number."""
    verdict = verdict_of([_symbol(text, place * 300) for text, place in codes], OURS)
    assert (verdict.text is None) == (verdict.reason is not ScanReason.OK)
    assert verdict.text is None or (OURS(verdict.text) and not contains_my_number(verdict.text))


def test_two_agreeing_readings_make_a_scan() -> None:
    """One reading is not believed; the second one that agrees is, and carries the first one's time."""
    rule = Confirmation()
    assert rule.observe(_ok("A"), _frame(7)) is None
    assert rule.undecided
    scan = rule.observe(_ok("A"), _frame(8))
    assert scan == Scan(_ok("A"), WALL + timedelta(seconds=7 / 30))
    assert not rule.undecided


def test_the_same_frame_does_not_agree_with_itself() -> None:
    """Reading one frame twice proves nothing."""
    rule = Confirmation()
    assert rule.observe(_ok("A"), _frame(1)) is None
    assert rule.observe(_ok("A"), _frame(1)) is None


def test_disagreeing_readings_are_not_told() -> None:
    """Texts that change from frame to frame are never accepted."""
    assert _told([_ok("A"), _ok("B"), _ok("A"), _ok("B")]) == []
    assert _told([_ok("A"), TWO, _ok("A"), TWO, _ok("A")]) == []


def test_a_trembling_hand_is_forgiven_but_not_for_long() -> None:
    """Some unreadable frames may lie between two readings; after more of them it starts anew."""
    assert _told([_ok("A"), NOTHING, NOTHING, _ok("A")]) == [(4, "A", "ok")]
    assert _told([_ok("A"), NOTHING, NOTHING, NOTHING, _ok("A"), _ok("A")]) == [(6, "A", "ok")]


def test_a_card_that_came_back_is_doubted_anew() -> None:
    """Protects a visitor who moves a card away from a refusal at its first glimpse: only readings close together agree."""
    assert _told([CARD, *[NOTHING] * 3, CARD]) == []
    assert _told([CARD, *[NOTHING] * 2, CARD]) == [(4, None, "my_number")]


def test_a_code_is_told_once_until_it_has_left_the_view() -> None:
    """A notice that stays in view, or is missed for a moment, is not told again; one that comes back is."""
    assert _told([_ok("A")] * 30) == [(2, "A", "ok")]
    assert _told([_ok("A")] * 2 + [NOTHING] * 3 + [_ok("A")] * 3) == [(2, "A", "ok")]
    assert _told([_ok("A")] * 2 + [NOTHING] * 4 + [_ok("A")] * 2) == [(2, "A", "ok"), (8, "A", "ok")]


def test_another_code_is_told_at_once() -> None:
    """The next visitor's notice does not wait for the last one to leave, and going back tells nothing new."""
    assert _told([_ok("A")] * 2 + [_ok("B")] * 2 + [_ok("A")] * 2) == [(2, "A", "ok"), (4, "B", "ok")]


@pytest.mark.parametrize(
    ("verdict", "reason"), [(CARD, "my_number"), (FOREIGN, "foreign"), (TWO, "ambiguous")]
)
def test_what_is_not_a_notice_is_told_once_per_appearance_without_a_value(
    verdict: FrameVerdict, reason: str
) -> None:
    """Refusals and hints come once, after a moment, without a text; and the notice that follows is read."""
    assert _told([verdict] * 10) == [(3, None, reason)]
    assert _told([verdict] * 3 + [NOTHING] * 5 + [verdict] * 3) == [(3, None, reason), (11, None, reason)]
    assert _told([verdict] * 6 + [_ok("A")] * 2) == [(3, None, reason), (8, "A", "ok")]


def test_a_card_beside_a_notice_that_is_hard_to_read_refuses_nobody() -> None:
    """A notice that is read only now and then is accepted although the card beside it is read in every frame."""
    assert _told([CARD, _ok("A"), CARD, CARD, _ok("A"), CARD, CARD]) == [(5, "A", "ok")]
    refused_first = [CARD] * 4 + [_ok("A"), CARD, _ok("A")]
    assert _told(refused_first) == [(3, None, "my_number"), (7, "A", "ok")]


def test_ten_thousand_codes_leave_no_more_behind_than_a_few() -> None:
    """A day of visitors does not fill the memory: what has left the view is forgotten."""
    rule = Confirmation(gone_after=20)
    told = 0
    for number in range(10_000):
        for frame in (2 * number, 2 * number + 1):
            told += rule.observe(_ok(f"CODE-{number}"), _frame(frame)) is not None
    assert told == 10_000
    assert len(rule._told) <= 20


@given(st.lists(st.sampled_from([_ok("A"), _ok("B"), CARD, FOREIGN, TWO, NOTHING]), max_size=60))
def test_whatever_is_shown_a_code_is_accepted_only_by_agreement_and_once(
    verdicts: list[FrameVerdict],
) -> None:
    """In any sequence an accepted code was read in two frames with no other code of ours between, and told once."""
    for number, text, reason in (told := _told(verdicts)):
        shown = verdicts[:number]
        if reason != "ok":
            assert text is None
            assert shown[-1].reason.value == reason
            continue
        assert shown[-1] == _ok(text or "")
        between = []
        for verdict in reversed(shown[:-1]):
            if verdict == shown[-1]:
                break
            between.append(verdict)
        else:
            raise AssertionError("it was read once only")
        assert not [verdict for verdict in between if verdict.reason in {ScanReason.OK, ScanReason.AMBIGUOUS}]
        for earlier, again, _ in told:
            if again == text and earlier < number:
                looks = "".join("x" if verdict == shown[-1] else "." for verdict in verdicts[earlier:number])
                assert "...." in looks, "it was told twice without having left"


def test_a_scan_does_not_show_its_text() -> None:
    """What a code says does not get into logs through repr."""
    assert "SECRET" not in repr(Scan(_ok("SECRET"), WALL))
    assert "SECRET" not in repr(_ok("SECRET"))


def _hinted(looks: list[tuple[bool, bool]]) -> list[int]:
    """At which looks (five a second) help is offered; a look is a pair: was a code read, was one detected."""
    rule = UnreadableHint(after=1.95, lapse=0.7)
    told = []
    for number, (read, detected) in enumerate(looks, start=1):
        frame = Frame(DESK, number, number / 5, WALL)
        if rule.observe(read, detected, frame) is not None:
            told.append(number)
    return told


DETECTED, READ, EMPTY = (False, True), (True, False), (False, False)


def test_who_cannot_be_read_for_two_seconds_is_helped_once() -> None:
    """A code that is detected and not read is told after two seconds, once until it is gone."""
    assert _hinted([DETECTED] * 40) == [11]
    assert _hinted([DETECTED] * 12 + [EMPTY] * 5 + [DETECTED] * 12) == [11, 28]


def test_a_moment_without_reading_is_no_struggle() -> None:
    """A read code, or one that is only passing by, brings no hint; one read late does not bring it again."""
    assert _hinted(([DETECTED] * 9 + [READ]) * 4) == []
    assert _hinted(([DETECTED] * 9 + [EMPTY] * 5) * 4) == []
    assert _hinted([DETECTED, EMPTY] * 10) == [11]
    assert _hinted([DETECTED] * 12 + [READ] * 20 + [DETECTED] * 20) == [11]


@pytest.mark.parametrize(
    ("corners", "middle", "longest"),
    [
        ((), (0.0, 0.0), 0.0),
        (((10.0, 20.0),), (10.0, 20.0), 0.0),
        (((10.0, 20.0), (30.0, 20.0), (30.0, 60.0), (10.0, 60.0)), (20.0, 40.0), 40.0),
        (((10.0, 20.0), (90.0, 20.0), (90.0, 60.0), (10.0, 60.0)), (50.0, 40.0), 80.0),
    ],
)
def test_where_a_code_is_and_how_large(
    corners: tuple[tuple[float, float], ...], middle: tuple[float, float], longest: float
) -> None:
    """Protects two codes side by side from being taken for one, and one from being taken for two."""
    assert detection.centre(corners) == middle
    assert detection.side(corners) == longest


def test_two_codes_are_one_only_within_half_a_side() -> None:
    """Protects a notice beside a card: nearer than half a side they are one code, further they are two."""
    square = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
    for shift, one in ((0.0, True), (49.0, True), (51.0, False), (100.0, False)):
        moved = tuple((x + shift, y) for x, y in square)
        assert detection.DecodedSymbol("A", square).same_place(detection.DecodedSymbol("A", moved)) is one
    assert detection.moved(((30.0, 50.0),), 2.0, 10.0) == ((10.0, 20.0),)


def _at(seconds: float) -> Frame:
    return Frame(DESK, round(seconds * 100), seconds, WALL)


def test_a_kiosk_waits_for_a_notice_and_helps_after_two_seconds_as_the_papers_say() -> None:
    """Protects the shipped patience: a refusal after the doubt and not before, help after two seconds of trying."""
    assert DOUBT_SECONDS == 0.4
    rule = Confirmation(doubt=0.5)
    assert [rule.observe(CARD, _at(at)) is not None for at in (1.0, 1.25, 1.5)] == [False, False, True]
    hint = UnreadableHint()
    told = [at / 2 for at in range(2, 12) if hint.observe(*DETECTED, _at(at / 2)) is not None]
    assert told == [3.0]


def test_a_notice_is_told_again_after_twenty_empty_pictures() -> None:
    """Protects a visitor who takes the notice away and holds it up again, and one whose hand leaves the view briefly."""
    for empty, again in ((19, False), (20, True)):
        rule = Confirmation()
        verdicts = [*[_ok("A")] * 3, *[NOTHING] * empty, *[_ok("A")] * 2]
        told = [rule.observe(verdict, _frame(number)) is not None for number, verdict in enumerate(verdicts)]
        assert told[-1] is again


def test_a_card_that_flashes_by_beside_a_told_notice_refuses_nobody() -> None:
    """Protects the visitor who still holds the notice: each time it is read, what lies beside it begins anew."""
    assert _told([_ok("A")] * 2 + [CARD, _ok("A"), CARD]) == [(2, "A", "ok")]


def test_a_notice_that_stays_a_while_and_is_lost_for_three_pictures_is_not_told_twice() -> None:
    """Protects against a second sound: the pictures without it are counted from the last one with it."""
    assert _told([_ok("A")] * 6 + [NOTHING] * 3 + [_ok("A")] * 3) == [(2, "A", "ok")]


def test_a_decoder_that_tells_no_modules_leaves_none_to_be_followed() -> None:
    """Protects the next frame from a search for a code of a size that nothing has shown."""
    assert (_symbol("A").modules, DecodedSymbol("A", _square(0)).modules) == (0, 0)
