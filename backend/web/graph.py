"""The graph: every object that routes need, built once by ``backend.bootstrap``."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from starlette.requests import Request

from backend.commands import Runner
from backend.documents import RuleBook
from backend.handing_back import Hand
from backend.offices import Directory
from backend.protection import Views
from backend.reception import Boards, Checking, Desk, Policies, Telling
from backend.sealing import Records
from backend.settings import Settings
from backend.storage import Database
from backend.web.http.door import Door
from backend.web.stream.housekeeping import Housekeeping
from backend.web.stream.hub import Hub
from backend.web.stream.sealing import Sealing
from backend.web.stream.streams import Streams
from backend.wire import Estimate, KindChoice, NumberShape, OfficeInfo


@dataclass(frozen=True)
class Graph:
    """The objects that the server consists of."""

    settings: Settings
    database: Database
    records: Records
    directory: Directory
    policies: Policies
    rules: RuleBook
    runner: Runner
    desk: Desk
    checking: Checking
    hand: Hand
    boards: Boards
    hub: Hub
    streams: Streams
    housekeeping: Housekeeping
    sealing: Sealing
    door: Door
    code_patterns: tuple[str, ...] = ()
    views: Views = field(default_factory=Views)

    def look_at_keys(self) -> None:
        """Check that the key store and the database belong together.

        Raises:
            StorageError: they do not, or one of them cannot be read.
        """
        with self.database.read() as connection:
            known = self.records.store.known_to(connection)
        self.records.store.check_against(known, to_write=False)

    def office_info(self, office_id: str) -> OfficeInfo:
        """An office as its devices see it now; times are UTC."""
        office = self.directory[office_id]
        now = self.database.clock()
        opening = self.directory.open_at(office_id, now, lead=self.policies.of(office_id).lead)
        following = None if opening else self.directory.next_opening(office_id, now)
        return OfficeInfo(
            office_id=office_id,
            name=office.name,
            phone=office.phone,
            open_now=opening is not None,
            opens_at=following.opens_at if following else None,
            closes_at=opening.closes_at if opening else None,
            server_time=now,
            code_patterns=list(self.code_patterns),
            number_shapes=[
                NumberShape(
                    length=form.length, letters=form.letters, check=form.check, groups=list(form.groups)
                )
                for form in self.settings.number_shapes
            ],
            party_limit=self.settings.of_office(office_id).party_limit,
            kinds=[
                KindChoice(code=kind.code, name=kind.name, icon=kind.icon) for kind in office.kinds_at_kiosk()
            ],
            code_stands_on=self.settings.of_office(office_id).code_stands_on,
            walk_in_estimate=self._walk_in_estimate(office_id, now) if opening else None,
        )

    def _walk_in_estimate(self, office_id: str, now: datetime) -> Estimate:
        with self.database.read() as connection:
            return Telling(self.directory, self.policies).walk_in_estimate(connection, office_id, now)


def graph_of(request: Request) -> Graph:
    """The graph of the application that answers a request."""
    return cast("Graph", request.app.state.graph)
