"""Builds the object graph: the only module that knows every room."""

from datetime import timedelta

from sqlalchemy import Connection, MetaData

from backend.commands import Runner
from backend.common import Loc, where_said
from backend.exchange import OfficeNames, import_runs, load_mapping
from backend.handing_back import Hand
from backend.office_settings import OfficeSettings
from backend.offices import DatedOpening, Directory, OfficesError, load_directory
from backend.protection import Browsers, SignIn, TrailKey, TrailSealer, Tries, Waits, has_live_session
from backend.reception import (
    Answering,
    Boards,
    Calling,
    CardLooks,
    CheckIn,
    Checking,
    DaysEnd,
    Desk,
    Issuance,
    Policies,
    QueuePolicy,
    TieCard,
    Tying,
    Windows,
    closing_handlings,
    device_handlings,
    finish_handlings,
    stopping_handlings,
)
from backend.reservations import CardLookup, load_patterns, notice_handlings
from backend.sealing import Records, open_key_store
from backend.settings import Settings
from backend.storage import Clock, Database, load_secret, utc_now
from backend.ward_rules import open_rules
from backend.web import Door, Graph, Hashing, Housekeeping, Hub, Sealing, Streams, serialise

__all__ = ["all_tables", "build", "day_closer", "notice_keeper", "open_directory", "open_sign_in"]


def all_tables() -> MetaData:
    """Every table of every room, for migrations and tests."""
    # The server itself carries out no imports, so no other module would load the tables of that room.
    return import_runs.metadata


def open_directory(settings: Settings) -> Directory:
    """The offices with the extra openings of the settings.

    Raises:
        OfficesError: the file of offices is wrong, or a setting names an office that is not in it.
    """
    directory = load_directory(settings.offices_file, settings.kinds_file)
    named: list[tuple[Loc, str]] = [
        *(
            (("special_openings", n, "office"), extra.office)
            for n, extra in enumerate(settings.special_openings)
        ),
        *((("office", office_id), office_id) for office_id in settings.office),
    ]
    for loc, office_id in named:
        if directory.get(office_id) is None:
            raise OfficesError(
                f"{where_said(type(settings), loc)}the setting {'.'.join(map(str, loc))} is wrong: "
                f"there is no such office in {settings.offices_file}"
            )
    return directory.with_special_openings(
        DatedOpening(extra.on, extra.opens, extra.closes, frozenset({extra.office}))
        for extra in settings.special_openings
    )


def policies_of(settings: Settings) -> Policies:
    """The rules of each office's queue, from the settings."""
    own = {office_id: policy_of(settings.of_office(office_id)) for office_id in settings.office}
    return Policies(policy_of(settings), own)


def policy_of(settings: OfficeSettings) -> QueuePolicy:
    """The rules of an office's queue, from its settings."""
    return QueuePolicy(
        early=timedelta(minutes=settings.early_open_minutes),
        grace=timedelta(minutes=settings.late_grace_minutes),
        lead=timedelta(minutes=settings.kiosk_lead_minutes),
        minutes_per_visit=settings.minutes_per_visit,
        back_before=timedelta(minutes=settings.return_minutes),
        away_from=timedelta(minutes=settings.away_minutes),
        absent_after_calls=settings.absent_after_calls,
        absent_returns_at_kiosk=settings.absent_returns_at_kiosk,
        recent_calls=settings.recent_calls,
        track_cards=settings.track_cards,
        unbooked_get_number=settings.unbooked_get_number,
        card_here_offers_number=settings.card_here_offers_number,
        party_limit=settings.party_limit,
        close_day_by_itself=settings.close_day_by_itself,
    )


def open_sign_in(settings: Settings, database: Database, key: bytes) -> SignIn:
    """The sign-in with the waiting times from the settings."""
    waits = Waits.of(settings.login_failures, timedelta(minutes=settings.lockout_minutes))
    return SignIn(database, Tries(key, waits), Browsers(key))


def open_answering(settings: Settings, directory: Directory, key: bytes, records: Records) -> Answering:
    """Build the object that decides what kiosks answer.

    Raises:
        CodePatternError: the file of code patterns is wrong.
    """
    lookup = CardLookup(key, load_patterns(settings.code_patterns_file), records)
    return Answering(directory, policies_of(settings), lookup)


def day_closer(database: Database, key: bytes) -> Runner:
    """A runner for closing the day, with or without a running server; it needs no file of the ward."""
    return Runner(database, key, closing_handlings())


def notice_keeper(database: Database, key: bytes) -> Runner:
    """A runner for commands about notices, with or without a running server."""
    return Runner(database, key, notice_handlings(key))


def build(settings: Settings, *, clock: Clock = utc_now, database: Database | None = None) -> Graph:
    """Build all objects that the server consists of.

    Args:
        settings: the settings of this process.
        clock: the server's clock; tests move it.
        database: an open database to use instead of the one in the settings.

    Raises:
        StorageMissingError: the database or the secret key cannot be opened.
        KeyStoreError: the key store does not belong to the database, or cannot be used.
        OfficesError, DocumentsError, CodePatternError, MappingError: a file of the ward is wrong.
    """
    database = database or Database(settings.database_url, clock=clock, patience=settings.database_seconds)
    directory = open_directory(settings)
    policies = policies_of(settings)
    rules = open_rules(settings)
    key = load_secret(settings.var_dir, database)
    records = Records(open_key_store(settings))
    with database.read() as connection:
        known_store = records.store.known_to(connection)
    # A transaction that stands still is ended by PostgreSQL.
    records.store.check_against(known_store)
    patterns = load_patterns(settings.code_patterns_file)
    mapping = load_mapping(settings.mapping_file)
    hand = Hand(mapping, OfficeNames.of(directory, mapping), records)
    lifetime = timedelta(minutes=settings.session_minutes)
    idle = timedelta(minutes=settings.session_idle_minutes)

    desk = Desk(database, directory, policies)

    def still_here(connection: Connection, account_id: str) -> bool:
        seat = desk.seat_of(connection, account_id)
        now = database.clock()
        return seat is not None and has_live_session(
            connection, account_id, now, office_id=seat.office_id, lifetime=lifetime, idle=idle
        )

    checking = Checking(desk, rules, records)
    tying = Tying(desk, records, settings.identifying_numbers).handlings()
    lookup = CardLookup(key, patterns, records)
    runner = Runner(
        database,
        key,
        {
            **CheckIn(directory, policies, lookup, key).handlings(),
            **Windows(desk, still_here).handlings(),
            **Calling(desk).handlings(),
            **checking.handlings(),
            **finish_handlings(desk),
            **Issuance(desk).handlings(),
            **tying,
            **CardLooks(tying[TieCard], records).handlings(),
            **stopping_handlings(),
            **closing_handlings(),
            **device_handlings(),
        },
        DaysEnd(policies),
    )
    boards = Boards(database, directory, policies)
    hub = Hub(database, serialise, limit=settings.stream_queue, per_reader=settings.streams_per_reader)
    sign_in = open_sign_in(settings, database, key)
    return Graph(
        settings=settings,
        database=database,
        directory=directory,
        policies=policies,
        rules=rules,
        records=records,
        runner=runner,
        desk=desk,
        checking=checking,
        hand=hand,
        boards=boards,
        hub=hub,
        streams=Streams(database, boards, hub, settings.heartbeat_seconds),
        housekeeping=Housekeeping(
            database,
            timedelta(days=settings.event_retention_days),
            timedelta(days=settings.request_retention_days),
            lifetime,
            sign_in,
            records,
        ),
        sealing=Sealing(TrailSealer(database, TrailKey(key))),
        door=Door(sign_in, Hashing()),
        code_patterns=patterns.expressions,
    )
