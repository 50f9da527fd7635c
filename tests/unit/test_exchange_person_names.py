import pytest

from backend.exchange.person_names import (
    clean_name,
    full_width_kana,
    without_variation_selectors,
)


@pytest.mark.parametrize(
    "name", ["髙橋　一郎", "山﨑　花子", "𠮷田　清", "辻\U000e0100　光", "神\ufa19　太郎", "①㈱"]
)
def test_a_name_is_never_normalised(name: str) -> None:
    """髙 stays 髙 and a variation selector stays: it is how the family writes itself."""
    assert clean_name(f"　{name} ") == name


def test_only_the_space_around_and_doubled_is_tidied() -> None:
    """Trimming and joining lines is all that happens to a name."""
    assert clean_name("\ufeff 佐藤　　花子\r\n（旧姓） ") == "佐藤　花子 （旧姓）"


def test_half_width_kana_becomes_full_width() -> None:
    """Voiced marks are joined and the space of a half-width field becomes full-width."""
    assert full_width_kana("ﾃｼｶﾞﾜﾗ ﾋﾟｴｰﾙ") == "テシガワラ　ピエール"


def test_full_width_kana_and_letters_stay() -> None:
    """A reading in Latin letters or full-width kana is not touched."""
    assert full_width_kana("SMITH JOHN") == "SMITH JOHN"
    assert full_width_kana("サトウ　ハナコ") == "サトウ　ハナコ"


def test_selectors_are_dropped_for_systems_without_them() -> None:
    """The basic form is what CP932 can show."""
    assert without_variation_selectors("葛\U000e0100西") == "葛西"
