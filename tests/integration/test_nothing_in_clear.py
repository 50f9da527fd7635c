"""After the upgrade, an import and a visit nothing personal stands in clear in any byte on the disk, column or log."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.protection.roles import DeviceKind
from backend.reservations.tables import reservations
from backend.sealing.records import Records
from backend.storage.secrets import load_secret
from tests.clear_text import forms_of, found_in, found_in_files, found_in_tables
from tests.letters import letters_by_chance
from tests.migrated import closing_database, upgrade
from tests.old_ward import OldWard
from tests.proof import FACTOR, examples
from tests.releases.wire import API, Asked, Key, Wire
from tests.support import HandClock, House, make_house, serving

GROUPS = 3
MANY = examples(60) if FACTOR > 1 else GROUPS
"""60 000 persons in a proof."""
VISIT = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
"""When the second person of the first group is expected."""
NUMBER = "R00000N01"


@pytest.fixture
def ward() -> OldWard:
    """Invented persons; their marker stands in nothing else."""
    return OldWard(marker=letters_by_chance()[:6].upper())


@pytest.fixture
def words(ward: OldWard) -> list[str]:
    """What may stand nowhere: the marker, the words about every person, births, and the date that is not the earlier one."""
    # A whole day: 1903-0 alone stands, by chance, in one of some hundred thousand request ids.
    return [ward.marker, "ミホン", "見本", "1903-01-17", "2033-08-19"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Everything that the server keeps."""
    made = tmp_path / "data"
    (made / "var").mkdir(parents=True)
    return made


@pytest.fixture
def url(database_kind: str, database_url: str, folder: Path) -> str:
    """The database, in that folder if it is a file."""
    return f"sqlite:///{folder / 'uketsuke.db'}" if database_kind == "sqlite" else database_url


@pytest.fixture
def groups(request: pytest.FixtureRequest) -> int:
    """How many groups of persons there are; a test that asks for many says so."""
    return int(getattr(request, "param", GROUPS))


@pytest.fixture
def house(ward: OldWard, url: str, folder: Path, groups: int) -> Iterator[House]:
    """The ward after its upgrade."""
    load_secret(folder / "var")
    with closing_database(url) as old:
        old.clock = HandClock(VISIT)
        ward.fill(old, groups)
        upgrade(old, folder / "var")
    built = make_house(url, folder / "var", HandClock(VISIT))
    yield built
    built.database.dispose()


def everywhere(house: House, folder: Path, words: list[str]) -> list[tuple[str, str]]:
    """The words that stand in a file of the server or in its database."""
    # PostgreSQL ends a transaction that stands still while large files are read.
    in_files = found_in_files(folder, words)
    with house.database.read() as connection:
        return in_files + found_in_tables(connection, words)


def import_again(house: House, ward: OldWard, folder: Path) -> None:
    """The ward's next export: everybody lives somewhere else, and one is new."""
    names = {field.name for field in fields(ReservationRecord)}
    records = [
        ReservationRecord(**{name: value for name, value in row.items() if name in names} | {"address": f"見本区{ward.marker}7"})
        for row in ward.rows
    ]  # fmt: skip
    new = replace(
        records[0], number="NEW0001", card_number=f"{ward.marker}NEW", application_id=f"{ward.marker}NEWA"
    )
    parsed = ParsedFile((*records, new), 0, (), "utf-8")
    report = import_rows(
        house.database,
        house.graph.records,
        parsed,
        load_secret(folder / "var"),
        identifying=house.graph.settings.identifying_numbers,
    )
    assert (report.accepted, report.changed) == (1, len(records))


def keys_of(house: House) -> Mapping[str, Key]:
    """A kiosk and a clerk who is signed in."""
    _, cookie, csrf = house.signed_in("clerk01")
    return {"kiosk-1": Key(token=house.device(DeviceKind.KIOSK)), "clerk01": Key(cookie=cookie, csrf=csrf)}


def press(wire: Wire, path: str, **form: Any) -> Any:
    """The clerk presses a button."""
    status, told = wire.ask(Asked("", "clerk01", "POST", path, form={"request_id": str(uuid4()), **form}))
    assert status == 200, told
    return told


def visit(wire: Wire, number: str) -> None:
    """Somebody comes, is called and received."""
    body = {"request_id": str(uuid4()), "language": "ja", "number": number}
    status, told = wire.ask(Asked("", "kiosk-1", "POST", f"{API}/check-ins", body=body))
    assert (status, told["reason"]) == (200, "on_time")
    press(wire, "/clerk/window", label="1")
    called = press(wire, "/clerk/call-next")["ticket_id"]
    press(wire, f"/clerk/tickets/{called}/start")


@pytest.mark.dialect
@pytest.mark.parametrize("groups", [MANY], indirect=True)
def test_nothing_personal_stands_in_clear(
    house: House, ward: OldWard, words: list[str], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Upgrade, import, check-in and pages leave nothing of a person in a file, a column or a line of a log."""
    assert everywhere(house, folder, words) == []
    import_again(house, ward, folder)
    with serving(house) as address, closing(Wire(address, keys_of(house))) as wire:
        visit(wire, NUMBER)
        assert ward.marker in wire.page("clerk01", "/clerk"), "the clerk reads whom they serve"
        assert everywhere(house, folder, words) == []
    told = capfd.readouterr()
    assert "server_ready" in told.out + told.err
    assert found_in((told.out + told.err).encode(), words) == []
    house.database.dispose()
    assert found_in_files(folder, words) == []


@pytest.mark.dialect
def test_the_search_finds_a_person_in_clear(
    house: House, ward: OldWard, words: list[str], folder: Path
) -> None:
    """Protects the search: a person who is written in clear, in any column and in any writing, is found."""
    with house.database.write() as work:
        booked = update(reservations).where(reservations.c.number == NUMBER)
        work.connection.execute(booked.values(window_name=f"窓口 {ward.marker.lower()}"))
    assert ("reservations.window_name", ward.marker) in everywhere(house, folder, words)
    for form in forms_of(ward.marker):
        (folder / "left.txt").write_bytes(b"\0\1" + form + b"\0")
        assert ("left.txt", ward.marker) in found_in_files(folder, words)
    (folder / "left.txt").write_bytes("x 見本 x".encode("utf-16-le"))
    assert ("left.txt", "見本") in found_in_files(folder, words)


@pytest.mark.dialect
def test_the_search_finds_what_was_there_before(
    url: str, ward: OldWard, words: list[str], folder: Path
) -> None:
    """Protects the search: of a database that is not upgraded it finds every word."""
    with closing_database(url) as old:
        ward.fill(old, 1)
        with old.read() as connection:
            assert {word for _, word in found_in_tables(connection, words)} == set(words)
        if old.is_sqlite:
            assert {word for _, word in found_in_files(folder, words)} == set(words)


def test_a_page_opens_one_person_and_one_contact(
    house: House, ward: OldWard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are expected and wait, a clerk's page unseals whom the clerk serves, and nobody else."""
    opened: list[str] = []
    real = Records.open

    def counted(self: Records, card_id: str, what: str, sealed: bytes) -> dict[str, Any] | None:
        opened.append(what)
        return real(self, card_id, what, sealed)

    monkeypatch.setattr(Records, "open", counted)
    with serving(house) as address, closing(Wire(address, keys_of(house))) as wire:
        visit(wire, NUMBER)
        opened.clear()
        assert ward.marker in wire.page("clerk01", "/clerk")
    assert sorted(opened) == ["contact", "person"]
