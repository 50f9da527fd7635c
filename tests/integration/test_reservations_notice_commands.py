"""Orders about notices: who may give them, all cards or none, and told again with the same answer."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.bootstrap import notice_keeper
from backend.cards import NoticeState, notice_of, notices
from backend.cards.print_runs import adopt_part
from backend.commands import NotPermittedError
from backend.protection import system_at
from backend.protection.tables import audit
from backend.reservations.notice_commands import (
    CardsChanged,
    NoteReturned,
    NoticeReason,
    ReissueNotices,
    VoidNotices,
)
from backend.reservations.notices import NoticeError, asked_card, print_notices
from tests.exchange_support import KEY
from tests.support import KIOSK, House

CONSOLE = system_at("00", "console")


@pytest.fixture
def card_id(house: House) -> str:
    """A card with a notice."""
    made = house.card_of(house.reserve("88871018"))
    with house.database.write() as work:
        notice_of(work, made, KEY)
    return made


def states(house: House) -> list[str]:
    """Of all notices, by their place among those of their card."""
    with house.database.read() as connection:
        return list(connection.execute(select(notices.c.state).order_by(notices.c.seq)).scalars())


@pytest.mark.dialect
def test_an_order_is_carried_out_once(house: House, card_id: str) -> None:
    """The same order sent twice makes one new notice, and tells the same answer."""
    keeper, request_id = notice_keeper(house.database, KEY), uuid4()
    order = ReissueNotices((card_id,), NoticeReason.DAMAGED)
    answers = [keeper.run(request_id, order, CONSOLE) for _ in range(2)]
    assert answers == [CardsChanged(1, 1)] * 2
    assert states(house) == [NoticeState.SUPERSEDED, NoticeState.MADE]
    assert keeper.run(uuid4(), NoteReturned((card_id,)), CONSOLE) == CardsChanged(1, 1)
    assert keeper.run(uuid4(), VoidNotices((card_id,), NoticeReason.MISSENT), CONSOLE) == CardsChanged(1, 2)
    assert states(house) == [NoticeState.VOID, NoticeState.VOID]


@pytest.mark.dialect
def test_copies_are_counted_and_what_a_lost_run_made_is_taken_over(house: House, card_id: str) -> None:
    """A print is one copy more, whichever number asked for it; a notice that was printed is in no other run."""
    with house.database.write() as work:
        asked = asked_card(work.connection, house.graph.records, "88871018")
        assert asked.card_id == card_id
        assert adopt_part(work, "r" * 32, 1, [card_id]) == 1
        assert [print_notices(work, [asked], KEY)[0].copy for _ in range(2)] == [1, 2]
        assert adopt_part(work, "s" * 32, 1, [card_id]) == 0
        with pytest.raises(NoticeError, match="no card and no reservation"):
            asked_card(work.connection, house.graph.records, "99999999")


@pytest.mark.parametrize("order", [ReissueNotices, VoidNotices, NoteReturned])
def test_nobody_orders_without_the_permission(
    house: House, card_id: str, order: type[ReissueNotices | VoidNotices | NoteReturned]
) -> None:
    """A kiosk, whoever has its token, neither voids nor makes a notice."""
    with pytest.raises(NotPermittedError):
        notice_keeper(house.database, KEY).run(uuid4(), order((card_id,)), KIOSK)
    assert states(house) == [NoticeState.MADE]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ReissueNotices, "a card of these has never had a notice"),
        (NoteReturned, "a card of these has no living"),
    ],
)
def test_one_card_without_a_notice_keeps_all_as_they_are(
    house: House, card_id: str, order: type[ReissueNotices | NoteReturned], words: str
) -> None:
    """Nothing is half done, and no line of the trail says that it was."""
    other = house.card_of(house.reserve("70000000"))
    with pytest.raises(NoticeError, match=words):
        notice_keeper(house.database, KEY).run(uuid4(), order((card_id, other)), CONSOLE)
    assert states(house) == [NoticeState.MADE]
    with house.database.read() as connection:
        assert connection.execute(select(audit.c.action).where(audit.c.action == order.name)).all() == []
