"""Numbers while they are typed: what may follow, what is missing, how paper shows them."""

import pytest
from hypothesis import assume, given, strategies as st

from backend.wire.check_digit import damm_digit
from backend.wire.messages import NumberShape
from kiosk.visit import keypad_steps
from kiosk.visit.inputs import Button
from kiosk.visit.screens import Keypad, KeypadNote, KeyPage
from kiosk.visit.typed_number import KEYS, LONGEST, NumberForms, NumberStage, Typed

EIGHT = NumberShape(length=8, check="damm")
CARD = NumberShape(length=9, letters=True, groups=[3, 6])
SHAPES = st.lists(
    st.builds(
        NumberShape,
        length=st.integers(1, 20),
        letters=st.booleans(),
        check=st.sampled_from(["none", "damm", "newer"]),
        groups=st.lists(st.integers(1, 6), max_size=3),
    ),
    max_size=3,
)


def typed(keys: str, forms: NumberForms, screen: Keypad | None = None) -> Keypad | None:
    """The keypad after some keys."""
    screen = screen or Keypad()
    for key in keys:
        pressed = keypad_steps.press(screen, key, forms)
        if pressed is None:
            return None
        screen = pressed
    return screen


@pytest.mark.parametrize(
    ("number", "looked"),
    [
        ("", Typed(NumberStage.EMPTY, 8)),
        ("4332", Typed(NumberStage.SHORT, 4)),
        ("43324006", Typed(NumberStage.WHOLE)),
        ("43324007", Typed(NumberStage.WRONG)),
    ],
)
def test_a_number_says_how_far_it_has_come(number: str, looked: Typed) -> None:
    """Protects a visitor from confirming half a number, and from one that was mistyped."""
    assert NumberForms([EIGHT]).look(number) == looked


def test_what_fits_one_of_several_forms_is_taken() -> None:
    """Protects wards with several numbers: digits alone or letters and digits, each to its own length."""
    forms = NumberForms([EIGHT, CARD])
    assert forms.letters
    assert forms.look("43324006").stage is NumberStage.WHOLE
    assert forms.look("43324007") == Typed(NumberStage.SHORT, 1, digits_only=False)
    assert forms.look("ABC123456").stage is NumberStage.WHOLE
    assert forms.grouped("ABC1234") == "ABC-1234"
    assert not forms.takes("ABC123456", "7")


def test_a_server_that_says_nothing_leaves_the_number_open() -> None:
    """Protects a new kiosk before an older server: anything up to eleven characters is a number."""
    forms = NumberForms()
    assert forms.letters
    assert forms.lengths == ()
    assert forms.look("") == Typed(NumberStage.EMPTY, 0, digits_only=False)
    assert forms.look("A").stage is NumberStage.WHOLE
    assert forms.grouped("ABC123456") == "ABC123456"
    assert not forms.takes("1" * LONGEST, "1")


def test_a_number_is_shown_as_on_the_paper_while_it_is_typed() -> None:
    """Protects the comparison with the paper: 4332-4006, and its hyphen as soon as it is due."""
    forms = NumberForms([EIGHT])
    shown = [forms.grouped("43324006"[:count]) for count in range(9)]
    assert shown == ["", "4", "43", "433", "4332", "4332-4", "4332-40", "4332-400", "4332-4006"]


@given(shapes=SHAPES, keys=st.text(st.sampled_from([*sorted(KEYS), "-", "１", "a"]), max_size=24))
def test_nothing_but_a_number_of_the_ward_is_ever_typed(shapes: list[NumberShape], keys: str) -> None:
    """Protects the wire: whatever is tapped, what stands there is the beginning of a number that can be."""
    forms = NumberForms(shapes)
    screen = typed(keys, forms)
    if screen is None:
        return
    assert len(screen.typed) <= forms.longest
    assert forms.letters or screen.typed.isdigit() or not screen.typed
    assert forms.grouped(screen.typed).replace("-", "") == screen.typed
    assert (forms.look(screen.typed).stage is NumberStage.EMPTY) is (screen.typed == "")


@given(shapes=SHAPES, digits=st.text("0123456789", min_size=12, max_size=12))
def test_twelve_digits_are_gone_although_fewer_were_taken(shapes: list[NumberShape], digits: str) -> None:
    """Protects invariant 6: with twelve digits on the keys nothing stays, not even the first eight."""
    forms = NumberForms(shapes)
    # A number with letters may be longer; twelve digits in a row are none of it.
    assume(
        all(forms.look(digits[:count]).stage is not NumberStage.SHORT for count in range(8, 12)) or not shapes
    )
    assert typed(digits, forms) is None


def test_twelve_digits_are_gone_where_a_number_is_longer() -> None:
    """Protects invariant 6 at a ward whose numbers have letters and fifteen characters: twelve digits are none of them."""
    forms = NumberForms([NumberShape(length=15, letters=True)])
    assert typed("1" * 11, forms) == Keypad("1" * 11)
    assert typed("1" * 12, forms) is None
    assert typed("A" + "1" * 12, forms) is None
    assert typed("1" * 6 + "A" + "1" * 6, forms) is not None


def test_the_twelfth_digit_is_the_one_that_takes_all_away() -> None:
    """Protects a visitor with a wrong paper: eleven digits are too long and can be corrected, twelve are forgotten."""
    forms = NumberForms([EIGHT])
    eleven = typed("43324006123", forms)
    assert eleven == Keypad("43324006", note=KeypadNote.TOO_LONG, beyond=3)
    assert typed("4", forms, eleven) is None
    # A number with a letter is no 個人番号, however many digits follow it.
    card = NumberForms([CARD])
    assert typed("ABC1234567890123", card) == Keypad("ABC123456", note=KeypadNote.TOO_LONG, beyond=7)


def test_a_key_that_cannot_follow_takes_only_the_warning_away() -> None:
    """Protects what stands there from a letter that no number has at its place, and the count beyond from a letter."""
    digits, short = NumberForms([EIGHT]), Keypad("4332", warned=True)
    assert keypad_steps.press(short, "A", digits) == Keypad("4332")
    assert keypad_steps.press(Keypad("43324006", warned=True), "A", digits) == Keypad("43324006")
    assert keypad_steps.press(short, "-", digits) == short
    assert keypad_steps.press(short, "0", digits) == Keypad("43320")


def test_the_pages_of_the_keypad_turn_and_every_tap_takes_the_notes_away() -> None:
    """Protects turning the keypad's pages; a note about the number goes with any key, but not with "I am still here"."""
    card = NumberForms([CARD])
    noted = Keypad("ABC123456", KeyPage.LETTERS, warned=True, note=KeypadNote.TOO_LONG, beyond=2)
    assert keypad_steps.tap(noted, Button.PAGE, card) == Keypad("ABC123456", KeyPage.DIGITS)
    assert keypad_steps.tap(Keypad("A"), Button.PAGE, card) == Keypad("A", KeyPage.LETTERS)
    assert keypad_steps.tap(noted, Button.STAY, card) == Keypad(
        "ABC123456", KeyPage.LETTERS, note=KeypadNote.TOO_LONG, beyond=2
    )
    assert keypad_steps.tap(Keypad(), Button.BACKSPACE, card) == Keypad()
    assert keypad_steps.tap(noted, Button.CHOICES, card) is None


def test_digits_beyond_the_number_are_told_and_not_kept() -> None:
    """Protects a visitor who holds the wrong number: it is said that it is too long before the twelfth digit."""
    forms = NumberForms([EIGHT])
    screen = typed("433240069", forms)
    assert screen is not None
    assert (screen.typed, screen.note, screen.beyond) == ("43324006", KeypadNote.TOO_LONG, 1)
    assert keypad_steps.tap(screen, Button.BACKSPACE, forms) == Keypad("4332400")


def test_letters_have_a_page_only_where_a_number_has_letters() -> None:
    """Protects the keypad of a ward of digits from a page of letters that lead nowhere."""
    assert keypad_steps.tap(Keypad(), Button.PAGE, NumberForms([EIGHT])) is None
    assert keypad_steps.tap(Keypad(), Button.PAGE, NumberForms([CARD])) == Keypad(page=KeyPage.LETTERS)
    assert keypad_steps.press(Keypad(), "A", NumberForms([EIGHT])) == Keypad()


@pytest.mark.parametrize(
    ("number", "page"), [("", KeyPage.DIGITS), ("12", KeyPage.DIGITS), ("1A", KeyPage.LETTERS)]
)
def test_a_number_to_correct_opens_the_page_of_its_end(number: str, page: KeyPage) -> None:
    """Protects the correction: what was typed is there, with the keys that typed its last character."""
    assert keypad_steps.correcting(number) == Keypad(number, page)


@given(digits=st.text("0123456789", min_size=1, max_size=10))
def test_a_check_digit_finds_every_single_mistake(digits: str) -> None:
    """Protects whoever mistypes one digit: it is told at the keypad, not after a question to the server."""
    number = f"{digits}{damm_digit(digits)}"
    forms = NumberForms([NumberShape(length=len(number), check="damm")])
    assert forms.look(number).stage is NumberStage.WHOLE
    for place, digit in enumerate(number):
        other = str((int(digit) + 1) % 10)
        assert forms.look(number[:place] + other + number[place + 1 :]).stage is NumberStage.WRONG


def test_a_servers_twelve_digits_are_no_form() -> None:
    """Protects invariant 6 from a setting: a number of twelve digits alone cannot be asked for."""
    assert NumberForms([NumberShape(length=12)]).longest == LONGEST


def test_a_kiosk_says_how_long_a_number_is_before_anything_is_typed() -> None:
    """Protects a visitor from typing another number of the paper: each length is known, the shortest counts first."""
    assert NumberForms([EIGHT]).lengths == (8,)
    both = NumberForms([CARD, EIGHT])
    assert both.lengths == (8, 9)
    assert both.look("") == Typed(NumberStage.EMPTY, 8, digits_only=False)
    assert both.longest == 9


def test_a_number_is_grouped_as_its_own_paper_has_it() -> None:
    """Protects the comparison with the paper where two papers group differently, and one not at all."""
    forms = NumberForms([NumberShape(length=8, groups=[2, 6]), NumberShape(length=9, letters=True)])
    assert forms.grouped("12345678") == "12-345678"
    assert forms.grouped("ABC12") == "ABC1-2"
    assert NumberForms([NumberShape(length=6, groups=[3])]).grouped("123456") == "123-456"


def test_only_a_number_with_a_check_digit_is_called_wrong() -> None:
    """Protects wards whose numbers have none, numbers with letters, and a check that only a newer kiosk knows."""
    for shape in (
        NumberShape(length=8),
        NumberShape(length=8, check="newer"),
    ):
        assert NumberForms([shape]).look("43324007") == Typed(NumberStage.WHOLE)
    letters = NumberForms([NumberShape(length=8, letters=True, check="damm")])
    assert letters.look("4332400A").stage is NumberStage.WHOLE
    assert letters.look("43324007").stage is NumberStage.WRONG
