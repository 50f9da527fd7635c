"""Ticks in the fingerprint of a request."""

from hypothesis import given, strategies as st

from backend.reception.deciding.ticks import Ticks

CODES = st.lists(st.sampled_from(["A01", "A03", "B02", "notice", "reply"]), unique=True, max_size=4)


@given(data=st.data(), lists=st.tuples(CODES, CODES, CODES, CODES))
def test_the_order_on_a_page_makes_no_other_request(
    data: st.DataObject, lists: tuple[list[str], list[str], list[str], list[str]]
) -> None:
    """A form that is sent again is the same request, in whatever order a browser lists its boxes; another tick is another."""
    shuffled = [tuple(data.draw(st.permutations(codes))) for codes in lists]
    body = Ticks("R1", *map(tuple, lists)).as_body()
    assert body == Ticks("R1", *shuffled).as_body()
    assert body != Ticks("R2", *shuffled).as_body()
    assert body != Ticks("R1", (*shuffled[0], "B09"), *shuffled[1:]).as_body()
    assert body != Ticks("R1", *shuffled, apart=True).as_body()
    assert Ticks("R1", apart=True).as_body()["apart"] is True
    assert set(body) == {"recipient", "applicant", "visitor", "papers", "facts"}
