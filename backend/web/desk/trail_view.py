"""The auditor's page: what is asked for, and entries of the trail in words. It shows ids of persons' objects, and nothing of persons."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from backend.cards import BadNumberError, IndexKind
from backend.common import Catalogue, begin_of_day, clock_face, in_tokyo
from backend.protection import (
    Place,
    Session,
    TrailEntry,
    Wanted,
    actor_named,
    names_of,
    note_search,
    search_trail,
)
from backend.reception import cases_of_card
from backend.reservations import LENGTHS, bookings_of_card, search_cards
from backend.storage import Connection
from backend.web.desk.pages import Asked
from backend.web.desk.seat_view import TopBar, name_in, place_of, top_bar
from backend.web.http.forms import Form
from backend.wire import WindowKind

MOST_EXPORTED: Final = 20_000
"""So many entries the page writes into one file; more are for the console."""
_PAGE: Final = 50
_LONGEST: Final = 64
_ID: Final = re.compile(r"[0-9a-f]{32}")
_FILTERS: Final = ("since", "until", "action", "office", "actor", "object")


@dataclass(frozen=True)
class TypedSearch:
    """What stands in the fields of the form."""

    since: str = ""
    until: str = ""
    action: str = ""
    office: str = ""
    actor: str = ""
    object: str = ""
    kind: str = IndexKind.BOOKING_NUMBER.value
    card: str = ""
    """Id of the card that was found by a number; the number itself is not shown again."""


@dataclass(frozen=True)
class Search:
    """A search.

    Attributes:
        typed: what stands in the form.
        wanted: which entries that are.
        after: where the page begins; none for the newest.
        trouble: key of a sentence, where nothing can be searched.
    """

    typed: TypedSearch = field(default_factory=TypedSearch)
    wanted: Wanted = field(default_factory=Wanted)
    after: Place | None = None
    trouble: str = ""


@dataclass(frozen=True)
class TrailRow:
    """An entry in words; a code of a later version stands there as it is."""

    at: datetime
    time: str
    actor: str
    role: str
    place: str | None
    office: str
    action: str
    kind: str
    subject: str | None
    columns: Sequence[str]
    facts: Sequence[tuple[str, str]]


class TrailContext(TopBar):
    """Everything that the page shows.

    Attributes:
        w: a text of the trail, in Japanese.
        following: the place of the next page, as the form carries it.
        later: whether newer entries were left behind.
    """

    w: Callable[..., str]
    asked: TypedSearch
    actions: Sequence[tuple[str, str]]
    offices: Sequence[tuple[str, str]]
    kinds: Sequence[str]
    rows: Sequence[TrailRow]
    following: str
    later: bool
    trouble: str
    most: int


def search_of(asked: Asked, session: Session, form: Form) -> Search:
    """What a form asks for. A search that begins is written into the trail first, with the card that it found.

    Args:
        asked: the request.
        session: of whoever searches.
        form: the fields of ``TypedSearch``; ``card_number``, which finds ``card``; ``place`` for the next page.

    Raises:
        StorageError: the database cannot be read, or the trail cannot be written.
        KeyStoreError: the key of digests cannot be read.
    """
    graph = asked.graph
    typed = TypedSearch(
        **{name: form.one(name).strip()[:_LONGEST] for name in TypedSearch.__dataclass_fields__}
    )
    number, after = form.one("card_number").strip(), Place.of_text(form.one("place"))
    kind = next((one for one in LENGTHS if one.value == typed.kind), IndexKind.BOOKING_NUMBER)
    days = _days(typed)
    trouble = "bad_day" if days is None else ""
    with graph.database.read() as connection:
        cards = [typed.card] if _ID.fullmatch(typed.card) else []
        if number:
            cards = []
            with suppress(BadNumberError):
                cards = search_cards(connection, graph.records, kind, number)
            trouble = trouble or ("" if cards else "no_card")
        wanted = _wanted(connection, typed, days or (None, None), cards)
    typed = TypedSearch(**{**vars(typed), "kind": kind.value, "card": cards[0] if len(cards) == 1 else ""})
    if after is None:
        by = [name for name in _FILTERS if getattr(typed, name)]
        facts = {"by": [*by, kind.value] if number else by}
        with graph.database.write() as work:
            for card in (*cards,) or (None,):
                note_search(work, session, card, facts)
    return Search(typed, wanted, after, trouble)


def trail_context(asked: Asked, session: Session, search: Search) -> TrailContext:
    """The page.

    Raises:
        WireError: the account's office no longer exists.
        StorageError: the database cannot be read.
    """
    graph = asked.graph
    words = Catalogue("trail")
    offices = [(office.id, name_in(office, asked.language)) for office in graph.directory]
    with graph.database.read() as connection:
        seat = place_of(connection, asked, session, WindowKind.ISSUANCE)
        entries: Sequence[TrailEntry] = ()
        following = None
        if not search.trouble:
            found = search_trail(connection, search.wanted, search.after, most=_PAGE)
            entries, following = found.entries, found.following
        names = names_of(connection, frozenset(entry.actor for entry in entries))
    row = partial(_row, words=words, names=names, offices=dict(offices))
    return {
        **top_bar(asked, session, seat),
        "w": words.text,
        "asked": search.typed,
        "actions": _actions(words),
        "offices": offices,
        "kinds": [kind.value for kind in LENGTHS],
        "rows": [row(entry) for entry in entries],
        "following": "" if following is None else following.as_text(),
        "later": search.after is not None,
        "trouble": search.trouble,
        "most": MOST_EXPORTED,
    }


def _wanted(
    connection: Connection, typed: TypedSearch, days: tuple[date | None, date | None], cards: Sequence[str]
) -> Wanted:
    since, until = days
    objects = frozenset({typed.object}) if typed.object else None
    cases: frozenset[str] | None = None
    if cards:
        pairs = [pair for card in cards for pair in cases_of_card(connection, card)]
        cases = frozenset(case for case, _ in pairs)
        bookings = (booking for card in cards for booking in bookings_of_card(connection, card))
        related = frozenset([*cards, *bookings, *cases, *(ticket for _, ticket in pairs)])
        objects = related if objects is None else objects & related
    return Wanted(
        since=None if since is None else begin_of_day(since),
        until=None if until is None else begin_of_day(until + timedelta(days=1)),
        actor=actor_named(connection, typed.actor) if typed.actor else None,
        action=typed.action or None,
        office_id=typed.office or None,
        objects=objects,
        cases=cases,
    )


def _days(typed: TypedSearch) -> tuple[date | None, date | None] | None:
    """The days of the form; None where one is none, or the last is before the first."""
    try:
        since, until = (date.fromisoformat(day) if day else None for day in (typed.since, typed.until))
        if until is not None:
            until + timedelta(days=1)  # of the last day of the calendar there is no next one
        if since is not None:
            begin_of_day(since).astimezone()
    except (ValueError, OverflowError):
        return None
    return None if since and until and until < since else (since, until)


def _actions(words: Catalogue) -> list[tuple[str, str]]:
    """Every action with its words, in the order of these."""
    prefix = "action."
    keys = (key for key in words.keys() if key.startswith(prefix))  # noqa: SIM118 - a catalogue is no mapping
    return sorted(((key.removeprefix(prefix), words.text(key)) for key in keys), key=lambda pair: pair[1])


def _row(entry: TrailEntry, *, words: Catalogue, names: dict[str, str], offices: dict[str, str]) -> TrailRow:
    known = words.keys()

    def said(table: str, code: str | None) -> str:
        key = f"{table}.{code}"
        return words.text(key) if key in known else code or ""

    programs = {"console", "system", "nobody"}
    return TrailRow(
        at=entry.at,
        time=f"{in_tokyo(entry.at):%Y/%m/%d} {clock_face(entry.at)}:{entry.at:%S}",
        actor=said("role", entry.actor) if entry.actor in programs else names.get(entry.actor, entry.actor),
        role=""
        if entry.actor in programs
        else words.text("page.and").join(said("role", one) for one in (entry.role or "").split()),
        place=entry.place,
        office=offices.get(entry.office_id or "", entry.office_id or ""),
        action=said("action", entry.action),
        kind=said("object", entry.subject_kind),
        subject=entry.subject,
        columns=[said("column", name) for name in (entry.field_names or "").split()],
        facts=[(str(name), _short(value)) for name, value in entry.told().items() if value is not None],
    )


def _short(value: object) -> str:
    """A fact as the page shows it; ids in lists with blanks between."""
    if isinstance(value, list):
        return " ".join(_short(one) for one in value)
    if isinstance(value, dict):
        return " ".join(f"{name}:{_short(one)}" for name, one in value.items())
    return str(value)
