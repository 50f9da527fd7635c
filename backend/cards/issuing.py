"""A card that is handed over is handed over once, whatever was booked under however many numbers."""

from sqlalchemy import bindparam, literal_column, update

from backend.cards.states import CardProgress
from backend.cards.tables import cards
from backend.storage import Statement, UnitOfWork

_ISSUE = Statement(
    update(cards)
    .where(
        cards.c.id == bindparam("of"),
        cards.c.progress != literal_column(f"'{CardProgress.ISSUED}'"),
    )
    .returning(cards.c.id),
    ("progress", "updated_at"),
)


def mark_issued(work: UnitOfWork, card_id: str) -> bool:
    """Note that a card was handed over (交付済); False where it was before, so that of two at once one is told."""
    found = _ISSUE.first(work.connection, of=card_id, progress=CardProgress.ISSUED.value, updated_at=work.now)
    return found is not None
