"""Readings of やさしい日本語 on one screen."""

import re
from datetime import date

import pytest

from backend.common.readings import read_once
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.web.devices.bring_view import bring_guide


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["書類（しょるい）と 書類（しょるい）"], ["書類（しょるい）と 書類"]),
        (["書類（しょるい）", "この 書類（しょるい）"], ["書類（しょるい）", "この 書類"]),
        (["来（き）た 人", "来（く）る 人", "来（き）て"], ["来（き）た 人", "来（く）る 人", "来て"]),
        (
            ["通知書（つうちしょ）", "交付通知書（こうふつうちしょ）"],
            ["通知書（つうちしょ）", "交付通知書（こうふつうちしょ）"],
        ),
        (["交付（はがき）", "（はがき）"], ["交付（はがき）", "（はがき）"]),
        ([], []),
    ],
)
def test_a_word_is_read_out_where_it_stands_first(texts: list[str], said: list[str]) -> None:
    """Somebody who has just read a word is not given its reading again; another word with it inside is another word."""
    assert list(read_once(texts)) == said


def test_a_list_of_the_kiosk_reads_each_word_out_once() -> None:
    """What to bring fits the screen in large letters, and no word on it is without its reading."""
    for situation in bring_guide(RuleBook.load(locate("rules")), date(2026, 11, 24)).situations:
        for items in (situation.bring["ja-easy"], situation.know["ja-easy"]):
            words = re.findall(
                r"([一-龯々]+)（([ぁ-ん]+)）", " ".join(f"{one.thing} {one.note}" for one in items)
            )
            assert len(set(words)) == len(words) > 3
