"""Whose word holds where a booking was changed here and in the ward's system too. Pure: values in, values out.

The ward's system says what it knows of each booking, and that is kept beside what holds here. Where nothing was decided
here, its word holds. Where something was, it is compared with what the ward said before: as long as the ward says nothing
new, it does not know yet; says it the same, it has caught up; says it something third, both sides are kept until somebody
decides. Only one booking of a card counts on each side, the one that is booked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from backend.reservations.reservation_state import Owner, ReservationState


class WhoseWord(StrEnum):
    """What becomes of a booking that both sides changed."""

    OURS = "ours"
    THEIRS = "theirs"
    REPORT = "report"
    """Ours holds, and the other side is kept until somebody decides."""


@dataclass(frozen=True)
class Side:
    """What one side says of a booking, or of a card that has none.

    Attributes:
        state: what became of it.
        office_id: where.
        starts_at: when, aware, UTC.
    """

    state: ReservationState
    office_id: str | None = None
    starts_at: datetime | None = None

    def as_state(self, state: ReservationState) -> "Side":
        """The same place and time in another state."""
        return replace(self, state=state)


@dataclass(frozen=True)
class TwoSides:
    """A booking as it stands.

    Attributes:
        reservation_id: its id.
        here: what holds.
        ward: what the ward last said of it; None where the ward does not know it.
        owner: who decided what holds.
    """

    reservation_id: str
    here: Side
    ward: Side | None = None
    owner: Owner = Owner.WARD


@dataclass(frozen=True)
class Heard:
    """A row of the ward's file about a booking.

    Attributes:
        reservation_id: of the booking, known or new.
        said: the ward's word.
        becomes: what holds where nothing was decided here.
    """

    reservation_id: str
    said: Side
    becomes: Side


@dataclass(frozen=True)
class Disagreement:
    """Both sides of a card's booking, as they are shown to whoever decides."""

    ours: Side
    theirs: Side


@dataclass(frozen=True)
class Settled:
    """What is to hold of a card's bookings.

    Attributes:
        bookings: every booking that is told of or changes, as it is to stand.
        disagreement: both sides, where they are new to each other.
        agreed: whether the two sides are one now, so that whatever was open is closed.
    """

    bookings: Sequence[TwoSides]
    disagreement: Disagreement | None = None
    agreed: bool = False


def ours_of(bookings: Sequence[TwoSides]) -> Side:
    """What holds here: the booked one, else what was ended here."""
    booked = next((one.here for one in bookings if one.here.state is ReservationState.BOOKED), None)
    ended = [one.here for one in bookings if one.owner is Owner.HERE]
    # What was moved and then cancelled ended with the cancelled one.
    ended.sort(key=lambda side: side.state is ReservationState.CANCELLED)
    return booked or (ended[-1] if ended else Side(ReservationState.CANCELLED))


def theirs_of(bookings: Sequence[TwoSides]) -> Side:
    """What the ward says: the booked one, else that none is."""
    said = [one.ward for one in bookings if one.ward is not None]
    booked = next((side for side in said if side.state is ReservationState.BOOKED), None)
    return booked or Side(ReservationState.CANCELLED)


def alike(one: Side, other: Side) -> bool:
    """Whether two sides expect the visitor at the same place and time, or both expect nobody."""
    booked = one.state is ReservationState.BOOKED
    if booked is not (other.state is ReservationState.BOOKED):
        return False
    return not booked or (one.office_id, one.starts_at) == (other.office_id, other.starts_at)


def decided_here(bookings: Sequence[TwoSides]) -> bool:
    """Whether something holds here that the ward's word would change."""
    return any(one.owner is Owner.HERE for one in bookings) and not alike(
        ours_of(bookings), theirs_of(bookings)
    )


def settle(
    stored: Sequence[TwoSides],
    heard: Sequence[Heard],
    choice: WhoseWord,
    *,
    none_booked: bool = False,
    over: bool = False,
) -> Settled:
    """What is to hold of a card's bookings when the ward's file tells of them.

    Args:
        stored: every booking of the card.
        heard: rows of one file, the one that counts last.
        choice: where both sides changed.
        none_booked: whether the file says that nothing is booked for the card, whatever its number was.
        over: whether the card was handed over, so that there is nothing to keep.
    """
    if not stored and len(heard) == 1:
        # Nearly every row of a first file: nobody has said anything yet.
        (one,) = heard
        return Settled([TwoSides(one.reservation_id, one.becomes, one.said)])
    after = _with_the_wards_word(stored, heard, none_booked=none_booked)
    known = {one.reservation_id: one for one in stored}
    ours, before, now = ours_of(stored), theirs_of(stored), theirs_of(after)
    touched = any(one.owner is Owner.HERE for one in stored)
    if over:
        return Settled([_done(one, known) for one in _as_the_ward_says(after, heard)], agreed=touched)
    if not decided_here(stored) or alike(ours, now):
        return Settled(_as_the_ward_says(after, heard, whole=touched), agreed=touched)
    if alike(before, now):
        return Settled(_as_it_holds(after, heard, known, ours))
    differ = Disagreement(ours, _shown(now, heard))
    if choice is WhoseWord.THEIRS:
        return Settled(_as_the_ward_says(after, heard, whole=True), differ)
    return Settled(_as_it_holds(after, heard, known, ours), differ)


def give_in(stored: Sequence[TwoSides]) -> Sequence[TwoSides]:
    """The bookings of a card as the ward last said, whatever was decided here."""
    return _as_the_ward_says(stored, (), whole=True)


def _with_the_wards_word(
    stored: Sequence[TwoSides], heard: Sequence[Heard], *, none_booked: bool
) -> list[TwoSides]:
    """Every booking with what the ward says of it now; one of a card is booked in its words at most."""
    said = {one.reservation_id: one.said for one in heard}
    known = {one.reservation_id for one in stored}
    new = (TwoSides(one.reservation_id, one.becomes) for one in heard if one.reservation_id not in known)
    found = [replace(one, ward=said.get(one.reservation_id, one.ward)) for one in (*stored, *new)]
    booked = [one.reservation_id for one in heard if one.said.state is ReservationState.BOOKED]
    if not booked and not none_booked:
        return found
    other = ReservationState.REPLACED if booked else ReservationState.CANCELLED
    return [
        replace(one, ward=one.ward.as_state(other))
        if one.ward is not None
        and one.ward.state is ReservationState.BOOKED
        and one.reservation_id not in booked[-1:]
        else one
        for one in found
    ]


def _as_the_ward_says(
    after: Sequence[TwoSides], heard: Sequence[Heard], *, whole: bool = False
) -> list[TwoSides]:
    """The ward's word holds.

    Args:
        after: every booking with the ward's word of it.
        heard: the rows of the file.
        whole: also of bookings that the file does not name, because something else was decided here.
    """
    told = {one.reservation_id: one.becomes for one in heard}
    booked = theirs_of(after).state is ReservationState.BOOKED
    gives_way = ReservationState.REPLACED if booked else ReservationState.CANCELLED
    found = []
    for one in after:
        here = told.get(one.reservation_id) or _by_the_ward(one, gives_way, whole=whole)
        if here.state is ReservationState.CANCELLED and one.here.state is ReservationState.REPLACED:
            # 取消 is the ward's word for both: of a booking that gave way to another it says nothing new.
            here = one.here
        found.append(replace(one, here=here, owner=Owner.WARD))
    for living in LIVING:
        found = _one_of(living, found, told, whole=whole)
    return found


def _by_the_ward(one: TwoSides, gives_way: ReservationState, *, whole: bool) -> Side:
    """A booking that the file does not name, as the ward's word leaves it."""
    if one.here.state in _KEPT:
        return one.here
    if one.ward is not None:
        cancelled = one.ward.state is ReservationState.CANCELLED
        return one.ward if whole or (cancelled and one.here.state in LIVING) else one.here
    return one.here.as_state(gives_way) if whole and one.here.state in LIVING else one.here


def _one_of(
    living: ReservationState, found: Sequence[TwoSides], told: Mapping[str, Side], *, whole: bool
) -> list[TwoSides]:
    """Of a card one is booked, and one tentative: the last that the file names, and the others give way to it."""
    there = [one.reservation_id for one in found if one.here.state is living]
    named = [one for one in told if one in there]
    if not named and not whole:
        return list(found)
    first = (named or there)[-1:]
    return [
        replace(one, here=one.here.as_state(ReservationState.REPLACED))
        if one.here.state is living and one.reservation_id not in first
        else one
        for one in found
    ]


def _as_it_holds(
    after: Sequence[TwoSides], heard: Sequence[Heard], known: Collection[str], ours: Side
) -> list[TwoSides]:
    """What holds here stays; a booking that is new in the file takes no place."""
    booked = ours.state is ReservationState.BOOKED
    other = ReservationState.REPLACED if booked else ReservationState.CANCELLED
    new = {one.reservation_id for one in heard} - set(known)
    return [
        replace(one, here=one.here.as_state(other))
        if one.reservation_id in new and one.here.state in LIVING
        else one
        for one in after
    ]


def _done(one: TwoSides, known: Mapping[str, TwoSides]) -> TwoSides:
    """Of a card that was handed over no booking of ours is waited for: it is done."""
    before = known.get(one.reservation_id)
    ours = before is not None and before.owner is Owner.HERE
    return (
        replace(one, here=one.here.as_state(ReservationState.FULFILLED))
        if ours and one.here.state in LIVING
        else one
    )


def _shown(now: Side, heard: Sequence[Heard]) -> Side:
    """The ward's side with the word that it uses where nothing is booked."""
    return now if now.state is ReservationState.BOOKED or not heard else heard[-1].said


LIVING: Final = (ReservationState.BOOKED, ReservationState.TENTATIVE)
_KEPT: Final = (ReservationState.FULFILLED,)
