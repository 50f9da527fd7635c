"""How far a card has come, and which notices live."""

import pytest

from backend.cards.states import LIVING_NOTICES, CardProgress, NoticeState, WardStatus
from backend.cards.tables import cards
from backend.cards.ward_words import WardWord


@pytest.mark.parametrize("progress", CardProgress)
def test_a_card_is_handed_over_until_it_is_gone(progress: CardProgress) -> None:
    """A card whose notice ran out, or that is to be discarded, is still there; one that was handed out is not."""
    gone = {"issued", "discarded", "moved_out", "application_withdrawn", "expired_before_issue", "withdrawn"}
    assert progress.receivable is (progress.value not in gone)


def test_a_notice_lives_until_another_thing_happened_to_it() -> None:
    """A notice that was returned or replaced is not valid any more, so a new one can be made."""
    assert {NoticeState.MADE, NoticeState.POSTED} == LIVING_NOTICES


def test_every_word_of_the_ward_fits_where_it_is_kept() -> None:
    """The column that keeps it is as wide as the longest, and the six words of the pages are among them."""
    assert str(cards.c.said.type) == "VARCHAR(20)"
    assert max(map(len, WardWord)) <= 20
    assert {word.value for word in WardStatus} <= {word.value for word in WardWord}
