"""Ids of what an import makes: nobody else's, hard to guess, and in the order of their time."""

from uuid import UUID

from backend.exchange.row_ids import row_id


def test_ids_are_uuids_in_the_order_of_their_time() -> None:
    """Rows that are written together lie together in the indexes, and no two rows have one id."""
    ids = [row_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in map(UUID, ids)} == {(7, "specified in RFC 4122")}
    assert [one[:12] for one in ids] == sorted(one[:12] for one in ids)


def test_only_the_beginning_is_the_same_for_ids_of_one_moment() -> None:
    """Whoever knows one id cannot guess the next: 74 bits of it are drawn."""
    assert len({row_id()[12:] for _ in range(1000)}) == 1000
