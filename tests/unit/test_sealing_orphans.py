"""A key goes only when its card has been missing for a whole day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from backend.sealing.orphans import ALONE_FOR, sort_keys

NOW = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
IDS = st.text("abc", min_size=1, max_size=3)
SINCE = st.none() | st.timedeltas(timedelta(0), timedelta(days=3)).map(lambda span: NOW - span)


@given(st.dictionaries(IDS, SINCE), st.frozensets(IDS))
def test_every_key_meets_the_one_fate_that_it_should(
    keys: dict[str, datetime | None], living: frozenset[str]
) -> None:
    """Keys with a card stay, new orphans are only marked, and orphans older than a day are destroyed."""
    found = sort_keys(keys, living, NOW)
    assert not found.destroyed & living
    assert found.destroyed == {
        one for one, since in keys.items() if since and since <= NOW - ALONE_FOR and one not in living
    }
    assert found.newly_alone == {one for one, since in keys.items() if since is None and one not in living}
    assert found.found_again == {one for one, since in keys.items() if since and one in living}
