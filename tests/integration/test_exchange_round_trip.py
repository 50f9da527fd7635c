"""What is exported and imported again changes nothing: whatever a name is made of, and whatever happened here meanwhile."""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from backend.cards.issuing import mark_issued
from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.many_persons import persons_of
from backend.cards.sealed_persons import read_person
from backend.cards.states import CardProgress
from backend.cards.tables import card_persons, cards, person_index
from backend.common.field_text import has_bad_characters
from backend.exchange.column_purpose import holds_my_number
from backend.exchange.csv_file import Encoding, decode
from backend.exchange.csv_out import Written, write_rows
from backend.exchange.import_report import ImportReport
from backend.exchange.importing import import_rows
from backend.exchange.our_rows import restored, rows_of_bookings
from backend.exchange.parsing import parse_file
from backend.exchange.person_names import clean_name
from backend.exchange.record import ReservationRecord
from backend.exchange.sample import HEADER, SampleExport
from backend.exchange.spreadsheet import damage
from backend.handing_back.period import Period, since_export
from backend.handing_back.ward_file import WardFile
from backend.handing_back.ward_rows import Hand
from backend.protection.columns import columns_for_program
from backend.reservations.booking import BookingEntry, fulfil, keep_bookings
from backend.reservations.many_bookings import bookings_between, kept_bookings
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservation_contacts, reservations
from backend.sealing.records import Records
from backend.storage.database import Database
from tests.exchange_support import DIRECTORY, KEY, MAPPING, NOW, OFFICES, records_in
from tests.proof import FACTOR, examples

AROUND = date(2026, 11, 24)
IDENTIFYING = ("card_number", "application_id")
HEAD = "予約番号,氏名,氏名カナ,住所,連絡先,製造管理番号,交付予約日時,交付窓口,処理状況,受取人種別"
_PIECES = st.sampled_from(
    ["𠮷", "髙", "﨑", "辻\U000e0100", "葛\ufe00", "\ue000", "\ue757", "\ue758", "ｱ", "ｶﾞ", "ア", "〜", "−", "①", "é", "☃",
     '"', ",", "'", "=", "+", "-", "@", "＝", "\n", "\r\n", "\t", " ", "　", "A", "Ａ", "1", "田", "子", "〓", "?"]
)  # fmt: skip
NAMES = st.lists(
    _PIECES | st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12
).map("".join)


@contextmanager
def keys_in(folder: Path) -> Iterator[Records]:
    """The key store of a folder."""
    records = records_in(folder)
    try:
        yield records
    finally:
        records.store.dispose()


def bring_in(database: Database, folder: Path, data: bytes, **more: Any) -> ImportReport:
    """Import a file."""
    with keys_in(folder) as records:
        parsed = parse_file(decode(data), MAPPING, OFFICES, NOW)
        return import_rows(database, records, parsed, KEY, identifying=IDENTIFYING, **more)


def give_back(
    database: Database,
    folder: Path,
    encoding: Encoding = Encoding.CP932,
    period: Period | None = None,
) -> tuple[bytes, Written]:
    """Export the reservations."""
    file = folder / f"{uuid4().hex}.csv"
    with keys_in(folder) as records, database.read() as connection:
        hand = Hand(MAPPING, OFFICES, records)
        found = hand.find(connection, WardFile.RESERVATIONS, period or Period())
        rows = hand.rows_for(connection, found)
        done = write_rows(file, hand.header(WardFile.RESERVATIONS), rows, encoding, len(found.ids))
    return file.read_bytes(), done


def as_file(rows: Sequence[Sequence[str]], head: str = HEAD) -> bytes:
    """Rows as the ward's system writes them, in UTF-8."""
    text = io.StringIO(newline="")
    text.write(f"{head}\r\n")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def row_of(number: int, name: str, **more: str) -> list[str]:
    """A booked row."""
    values = {
        "kana": "ウケツケ　ハナコ", "address": "新宿区見本町1-2-3", "phone": "03-0000-0000", "card": "", "at": "2026/11/30 10:00",
        "office": "本庁", "state": "予約済", "recipient": "本人",
    } | more  # fmt: skip
    return [f"B{number:07d}", name, *values.values()]


def contents(database: Database) -> list[Any]:
    """Everything that is stored of cards and bookings."""
    tables = (cards, card_persons, person_index, reservations, reservation_contacts)
    with database.read() as connection:
        return [
            tuple(row)
            for table in tables
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def standing(database: Database) -> list[tuple[Any, ...]]:
    """What holds of every booking and its card."""
    query = select(
        reservations.c.number,
        reservations.c.state,
        reservations.c.office_id,
        reservations.c.starts_at,
        cards.c.progress,
    ).select_from(reservations.join(cards))
    with database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(query))


def unchanged(database: Database, folder: Path, encoding: Encoding = Encoding.CP932) -> Written:
    """Export and import again; nothing at all may be written by that."""
    before = contents(database)
    data, done = give_back(database, folder, encoding)
    report = bring_in(database, folder, data)
    assert (report.refused, report.accepted, report.changed, report.unchanged) == ((), 0, 0, done.rows)
    assert contents(database) == before
    return done


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(NAMES, min_size=1, max_size=12), utf_8=st.booleans())
def test_whatever_names_are_made_of_nothing_changes(
    names: list[str], utf_8: bool, tmp_path_factory: pytest.TempPathFactory, sqlite: Database
) -> None:
    """外字, variation selectors, half-width kana, quotes, line breaks and signs of formulas go out and come back."""
    folder = sqlite_folder(sqlite, tmp_path_factory)
    start = len(contents(sqlite))
    rows = [
        row_of(start + place, name, kana=name, address=f"新宿区 {name}") for place, name in enumerate(names)
    ]
    bring_in(sqlite, folder, as_file(rows), skip_bad=True)
    unchanged(sqlite, folder, Encoding.UTF_8_BOM if utf_8 else Encoding.CP932)


_LETTERS = str.maketrans("0123456789", "GHJKLMNPQR")
"""For numbers of bookings, which must not hold twelve digits by chance."""


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(st.tuples(st.sampled_from("=+-@＝＋－＠"), NAMES).map("".join), min_size=1, max_size=8))
def test_names_that_begin_like_formulas_go_out_and_come_back(
    names: list[str], tmp_path_factory: pytest.TempPathFactory, sqlite: Database
) -> None:
    """Stored by whatever way, such a name is no formula in the file, and is itself again when it comes back."""
    folder = sqlite_folder(sqlite, tmp_path_factory)
    for typed in names:
        name = clean_name(typed)
        told = damage(name, "name")
        if (
            not has_bad_characters(name)
            and not holds_my_number(name)
            and told in {None, "spreadsheet_formula"}
        ):
            with keys_in(folder) as records, sqlite.write() as work:
                card = CardEntry(uuid4().hex, CardProgress.NOTIFIED, {"name": name})
                keep_cards(work, records, [card], IDENTIFYING)
                booking = BookingEntry(
                    uuid4().hex,
                    card.card_id,
                    f"F{uuid4().hex[:14].upper().translate(_LETTERS)}",
                    ReservationState.BOOKED,
                    "00",
                    datetime(2026, 11, 30, 1, tzinfo=UTC),
                )
                keep_bookings(work, records, [booking])
    data, _ = give_back(sqlite, folder)
    cells = [cell for row in csv.reader(io.StringIO(data.decode("cp932"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r＝＋－＠") and cell]
    unchanged(sqlite, folder)


_FOLDERS: dict[str, Path] = {}


def sqlite_folder(database: Database, factory: pytest.TempPathFactory) -> Path:
    """The one folder of keys for a database, whatever number of examples use it."""
    return _FOLDERS.setdefault(database.url, factory.mktemp("keys"))


@pytest.mark.dialect
def test_what_happened_here_is_told_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    """A card handed out, a booking cancelled, replaced and moved here: the file says so, and importing it changes none of that.

    From then on both systems say the same, which is noted once; the second time nothing at all is written.
    """
    names = ["受付 花子", "𠮷田 太郎", "辻\U000e0100 葵", "受付 次郎"]
    rows = [row_of(place, name, card=f"A1B-00000{place}") for place, name in enumerate(names)]
    bring_in(database, tmp_path, as_file(rows))
    with database.read() as connection:
        ids = {
            row.number: (row.id, row.card_id)
            for row in connection.execute(
                select(reservations.c.number, reservations.c.id, reservations.c.card_id)
            )
        }
    with keys_in(tmp_path) as records, database.write() as work:
        mark_issued(work, ids["B0000000"][1])
        fulfil(work, ids["B0000000"][1])
        later = datetime(2026, 12, 1, 1, tzinfo=UTC)
        for number, state, more in (
            ("B0000001", ReservationState.CANCELLED, {}),
            ("B0000002", ReservationState.BOOKED, {"starts_at": later, "office_id": "05"}),
        ):
            booking, card_id = ids[number]
            values: dict[str, Any] = {
                "office_id": "00",
                "starts_at": datetime(2026, 11, 30, 1, tzinfo=UTC),
                **more,
            }
            keep_bookings(
                work, records, [BookingEntry(booking, card_id, number, state, recipient_type="R1", **values)]
            )
        new = BookingEntry(uuid4().hex, ids["B0000003"][1], "N0000003", ReservationState.BOOKED, "01", later)
        keep_bookings(work, records, [new])
    data, _ = give_back(database, tmp_path)
    told = {
        row["予約番号"]: (row["処理状況"], row["交付予約日時"], row["氏名"])
        for row in csv.DictReader(io.StringIO(data.decode("cp932"), newline=""))
    }
    assert told == {
        "B0000000": ("交付済", "2026/11/30 10:00", "受付 花子"),
        "B0000001": ("取消", "2026/11/30 10:00", "吉田 太郎"),
        "B0000002": ("予約済", "2026/12/01 10:00", "辻 葵"),
        "B0000003": ("取消", "2026/11/30 10:00", "受付 次郎"),
        "N0000003": ("予約済", "2026/12/01 10:00", "受付 次郎"),
    }
    before = standing(database)
    report = bring_in(database, tmp_path, data)
    assert (report.accepted, report.changed, report.unchanged, report.conflicts) == (0, 0, 5, 0)
    assert standing(database) == before
    done = unchanged(database, tmp_path)
    assert [one.code_point for one in done.replaced] == ["U+20BB7", "U+E0100"]


def test_a_name_that_cp932_lacks_outlives_a_change_of_its_row(sqlite: Database, tmp_path: Path) -> None:
    """The ward changes the address in a file of ours and sends it back: the address is new, and 𠮷 is still 𠮷."""
    bring_in(sqlite, tmp_path, as_file([row_of(1, "𠮷田 太郎")]))
    data, _ = give_back(sqlite, tmp_path)
    changed = data.replace("見本町1".encode("cp932"), "見本町9".encode("cp932"))
    report = bring_in(sqlite, tmp_path, changed)
    assert (report.changed, report.unchanged) == (1, 0)
    with keys_in(tmp_path) as records, sqlite.read() as connection:
        card_id = connection.execute(select(cards.c.id)).scalar_one()
        person = read_person(connection, records, card_id, columns_for_program("name", "address"))
    assert person == {"name": "𠮷田 太郎", "address": "新宿区見本町9-2-3"}


def test_only_replaced_values_are_restored() -> None:
    """What the ward wrote itself stays as it wrote it, also where nothing stands there any more."""
    ours = ReservationRecord(number="1", name="𠮷田", state="booked", alias="𠮷", phone="1")
    theirs = ReservationRecord(number="1", name="吉田", state="cancelled", alias=None, phone="2")
    assert restored(ours, theirs) == ReservationRecord(
        number="1", name="𠮷田", state="cancelled", alias=None, phone="2"
    )


def test_nobody_is_named_who_was_erased(sqlite: Database, tmp_path: Path) -> None:
    """Without the key of a card its row is left out and counted; a tentative booking is nobody's yet."""
    bring_in(sqlite, tmp_path, as_file([row_of(1, "受付 花子"), row_of(2, "受付 太郎")]))
    with keys_in(tmp_path) as records:
        with sqlite.write() as work:
            card_id = work.connection.execute(
                select(reservations.c.card_id).where(reservations.c.number == "B0000001")
            ).scalar_one()
            records.store.destroy(work.connection, [card_id])
        with sqlite.read() as connection:
            pairs = bookings_between(connection, None, None)
            rows = list(rows_of_bookings(connection, records, pairs))
            assert [row.record is None for row in rows] == [row.card_id == card_id for row in rows]
            keys = records.keys_of([one for _, one in pairs])
            card_ids = [one for _, one in pairs]
            assert set(persons_of(connection, records, keys, card_ids, columns_for_program("name"))) == {
                *card_ids
            } - {card_id}
            kept = kept_bookings(connection, records, keys, [pairs[0][0]], columns_for_program("phone"))
            assert set(kept[pairs[0][0]].contact) == {"phone"}
    data, done = give_back(sqlite, tmp_path)
    assert (done.rows, done.left_out) == (1, {"erased": 1})
    assert "花子".encode("cp932") not in data


def test_a_period_an_office_and_a_former_export_choose_rows(sqlite: Database, tmp_path: Path) -> None:
    """By the day in Tokyo that is booked, the office, and what changed since; a change of the same minute is not lost."""
    rows = [
        row_of(1, "受付 一", at="2026/11/29 09:00"),
        row_of(2, "受付 二", at="2026/11/30 00:00"),
        row_of(3, "受付 三", at="2026/11/30 23:59", office="戸塚特別出張所"),
        row_of(4, "受付 四", at="2026/12/01 00:00"),
    ]
    bring_in(sqlite, tmp_path, as_file(rows))

    def numbers(period: Period) -> set[str]:
        data, _ = give_back(sqlite, tmp_path, period=period)
        read = csv.DictReader(io.StringIO(data.decode("cp932"), newline=""))
        return {row["予約番号"][-1] for row in read}

    day = date(2026, 11, 30)
    assert numbers(Period(day, day)) == {"2", "3"}
    assert numbers(Period(day, None)) == {"2", "3", "4"}
    assert numbers(Period(None, day, "00")) == {"1", "2"}
    at = sqlite.clock()
    assert numbers(Period(changed_since=since_export(sqlite, at))) == {"1", "2", "3", "4"}
    assert numbers(Period(changed_since=at + timedelta(seconds=1))) == set()


def test_a_large_file_goes_out_and_comes_back(sqlite: Database, tmp_path: Path) -> None:
    """A fiftieth of 60 000 rows in every run, all of them in the proof: nothing changes, in a time that grows with the rows."""
    rows = 1200 * FACTOR
    text = as_file(list(SampleExport(DIRECTORY, 7, AROUND).rows(rows)), ",".join(HEADER))
    bring_in(sqlite, tmp_path, text)
    started = time.process_time()
    done = unchanged(sqlite, tmp_path)
    assert done.rows > rows * 0.9
    assert time.process_time() - started < 12 * rows / 5000 + 4
