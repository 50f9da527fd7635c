"""The invented situations of the fake server say the same in every language."""

import pytest

from backend.client.fake_situations import SITUATIONS
from backend.common.catalogue import Language
from backend.wire.messages import BringSituation


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.code)
def test_a_situation_names_as_many_things_in_every_language(situation: BringSituation) -> None:
    """A kiosk that is tried out with the fake shows in each language what it shows in Japanese, and nothing empty."""
    tongues = {language.value for language in Language}
    assert set(situation.title) == set(situation.bring) == tongues
    assert not situation.know or set(situation.know) == tongues
    for lists in (situation.bring, situation.know):
        for things in lists.values():
            assert [bool(one.note) for one in things] == [bool(one.note) for one in lists["ja"]]
            assert all(one.thing for one in things)
    titles = [one.title[tongue] for one in SITUATIONS for tongue in tongues]
    assert len(set(titles)) == len(titles)
