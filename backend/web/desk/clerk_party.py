"""The cards of a party as the clerk's page shows them: one tab for each, and what becomes of each at the hand-over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend.common import Catalogue
from backend.documents import name_of
from backend.reception import CardTab, CaseState, CheckSheet, versions_text
from backend.web.desk.queue_view import QueuePart
from backend.web.desk.reason_words import ReasonWords


@dataclass(frozen=True)
class CardView:
    """One card beside the others.

    Attributes:
        place: which it is, from 1.
        name: whose it is; empty where the reader may not see it, or nobody knows.
        recipient: the code of its recipient type; empty where nobody has checked.
        recipient_name: its name.
        complete: whether its papers are complete.
        state: what became of it, a code.
        is_open: whether its papers are being checked.
        shown: whether it is the one that the page shows.
        follows: whether it is the next one after that, for the key.
        reason: why it was received; none where the page does not know its case.
        changed: that there is no such card to hand over any more, in words; else empty.
        address: of the page that shows it.
    """

    place: int
    name: str
    recipient: str
    recipient_name: str
    complete: bool
    state: str
    is_open: bool
    shown: bool
    follows: bool
    reason: ReasonWords | None
    changed: str
    address: str


@dataclass(frozen=True)
class PartyView:
    """A visitor's cards.

    Attributes:
        cards: in the order of their places.
        card: the one that is shown, as a form names it.
        versions: of the checks of all open cards, as forms send them back.
    """

    cards: tuple[CardView, ...]
    card: str
    versions: str

    @property
    def shown(self) -> CardView:
        """The card that is shown."""
        return next(one for one in self.cards if one.shown)

    @property
    def going_on(self) -> tuple[CardView, ...]:
        """The cards that a hand-over takes on."""
        return tuple(one for one in self.cards if one.is_open and one.complete)

    @property
    def ending(self) -> tuple[CardView, ...]:
        """The cards that end as incomplete at a hand-over."""
        return tuple(one for one in self.cards if one.is_open and not one.complete)

    @property
    def several(self) -> bool:
        """Whether more than one card is open."""
        return len(self.going_on) + len(self.ending) > 1


def view_party(
    sheet: CheckSheet,
    part: QueuePart,
    documents: Catalogue,
    reasons: Mapping[str, ReasonWords],
    changed: Mapping[str, str],
) -> PartyView:
    """Put the cards of a visit beside each other.

    Args:
        sheet: of the card that is shown.
        part: what of the page is shown.
        documents: the catalogue ``documents``.
        reasons: why each card was received, by its case.
        changed: alarms about cards that are none to hand over any more, by case.
    """
    going_on = [one.case_id for one in sheet.going_on]
    after = going_on[(going_on.index(sheet.case_id) + 1) % len(going_on)] if sheet.case_id in going_on else ""
    several = len(going_on) > 1

    def card_of(tab: CardTab) -> CardView:
        shown = tab.case_id == sheet.case_id
        recipient = (sheet.ticks.recipient if not sheet.asked else "") if shown else tab.recipient or ""
        return CardView(
            place=tab.place,
            name=tab.name or "",
            recipient=recipient,
            recipient_name=name_of("recipient", recipient, documents) if recipient else "",
            # As it would be handed over: the verdict may know columns that a hand-over does not ask for.
            complete=tab.complete,
            state=tab.state.value,
            is_open=tab.state is CaseState.OPEN,
            shown=shown,
            follows=several and tab.case_id == after,
            reason=reasons.get(tab.case_id),
            changed=changed.get(tab.case_id, ""),
            address=replace(part, card=f"{sheet.ticket.label}.{tab.place}").own_address(),
        )

    return PartyView(
        tuple(card_of(tab) for tab in sheet.party),
        f"{sheet.ticket.label}.{sheet.tab.place}",
        versions_text({one.case_id: one.version for one in sheet.going_on}),
    )


def seen_cases(sheet: CheckSheet) -> Iterator[str]:
    """The cases of which a page with this sheet shows something personal, for the trail."""
    for tab in sheet.party:
        if tab.name or (tab.case_id == sheet.case_id and sheet.fields):
            yield tab.case_id
