"""The story that fills the database of a release: two days of a small ward, told through the doors that everybody uses.

What devices and pages said is kept as it was said. Every state that a ticket can be in is reached on the second day, and
every answer that a kiosk can get; the numbers of the main office come round and those of visitors without a reservation
run out.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx2
from sqlalchemy import update

from backend.cards.notifying import void_notices
from backend.common.tokyo import TOKYO
from backend.exchange.csv_file import decode
from backend.exchange.importing import import_rows
from backend.exchange.mapping import OfficeNames, load_mapping
from backend.exchange.parsing import parse_file
from backend.protection.accounts import Account, create_account
from backend.protection.device_tokens import enrol, revoke
from backend.protection.roles import DeviceKind, Role
from backend.protection.sessions import start_session
from backend.protection.tables import accounts
from backend.reservations.notices import issue_notices
from backend.reservations.tables import reservations
from backend.storage.event_log import last_event_seq
from backend.wire.codes import DevicePart, PrinterTrouble, PrintState, RefusalKind
from backend.wire.messages import (
    CheckInRequest,
    DeviceReport,
    PrintReport,
    RefusalReport,
    Request,
    WalkInRequest,
)
from tests.releases.chance import Chance
from tests.releases.wire import API, EVENTS, Asked, Exchange, Key, Wire, place_of
from tests.support import House

PASSWORD: Final = "violet harbour anvil seven"
SETTING_UP, DAY_BEFORE, DAY, DAY_AFTER = "2026-11-20", "2026-11-24", "2026-11-25", "2026-11-26"
_PERSONS: Final = {
    "clerk01": (Role.CLERK, "00"),
    "clerk02": (Role.CLERK, "00"),
    "staff01": (Role.STAFF, "00"),
    "staff02": (Role.STAFF, "00"),
    "clerk11": (Role.CLERK, "01"),
}
_DEVICES: Final = {
    "kiosk-1": (DeviceKind.KIOSK, "00"),
    "kiosk-2": (DeviceKind.KIOSK, "00"),
    "display-1": (DeviceKind.DISPLAY, "00"),
    "kiosk-11": (DeviceKind.KIOSK, "01"),
    "kiosk-21": (DeviceKind.KIOSK, "02"),
    "kiosk-old": (DeviceKind.KIOSK, "00"),
}


def tokyo(day: str, time: str) -> datetime:
    """A time of the story, as the server's clock shows it."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=TOKYO).astimezone(UTC)


class Story:
    """Drives a house and keeps what was said.

    Args:
        house: an empty one, of the offices of :mod:`tests.releases.ward`.
        chance: begun anew with every step.
    """

    def __init__(self, house: House, chance: Chance) -> None:
        self._house = house
        self._chance = chance
        self._steps = 0
        self._day = SETTING_UP
        self._wire: Wire | None = None
        self.said: list[Exchange] = []
        self.keys: dict[str, Key] = {"stranger": Key(token="kiosk.nobody-gave-this-token")}
        self.codes: dict[str, str] = {}
        self.browser = ""
        self._people: dict[str, Account] = {}

    @property
    def house(self) -> House:
        """The house of the story."""
        return self._house

    def at(self, time: str, day: str | None = None) -> None:
        """Move the clock."""
        self._day = day or self._day
        self._house.clock.now = tokyo(self._day, time)

    @contextmanager
    def connected(self, address: str) -> Iterator[None]:
        """Speak with a server of the house until the end of the block."""
        self._wire = Wire(address, self.keys)
        try:
            yield
        finally:
            self._wire.close()
            self._wire = None

    # Setting up, as on the console.

    def import_export(self, text: str) -> None:
        """Import a file of the ward."""
        self._begin()
        offices = OfficeNames(self._house.graph.directory, {})
        parsed = parse_file(decode(text.encode()), load_mapping(), offices, self._house.clock.now)
        assert not parsed.refused, parsed.refused
        house = self._house
        identifying = house.graph.settings.identifying_numbers
        import_rows(house.database, house.graph.records, parsed, self._key(), identifying=identifying)

    def issue_codes(self, *numbers: str) -> None:
        """Print notices."""
        self._begin()
        with self._house.database.write() as work:
            made = issue_notices(work, numbers, self._key())
        self.codes |= {number: notice.code for number, notice in zip(numbers, made, strict=True)}

    def take_code_back(self, number: str) -> None:
        """A notice was lost."""
        with self._house.database.write() as work:
            found = work.connection.execute(reservations.select().where(reservations.c.number == number))
            assert void_notices(work, [found.one().card_id]) == 1

    def enrol_devices(self) -> None:
        """Enrol every device, and take the right of one away."""
        for name, (kind, office) in _DEVICES.items():
            self._begin()
            with self._house.database.write() as work:
                token, _ = enrol(work, name, kind, office)
            self.keys[name] = Key(token=token)
        with self._house.database.write() as work:
            assert revoke(work, "kiosk-old")

    def add_people(self) -> None:
        """Add every account, and one that is disabled."""
        for name, (role, office) in (*_PERSONS.items(), ("clerk-gone", (Role.CLERK, "00"))):
            self._begin()
            account = create_account(self._house.database, name, PASSWORD, role, office)
            self._people[name] = account
        with self._house.database.write() as work:
            gone = update(accounts).where(accounts.c.login == "clerk-gone")
            work.connection.execute(gone.values(disabled_at=work.now))

    def come_to_work(self, name: str) -> None:
        """Begin a session without the door."""
        self._begin()
        with self._house.database.write() as work:
            token, session = start_session(work, self._people[name], self._people[name].office_id)
        self.keys[name] = Key(cookie=token, csrf=session.csrf)

    # On the wire.

    def ask(self, who: str, method: str, path: str, *, body: Any = None, form: Any = None) -> Any:
        """Send a request, keep it with its answer, and return the answer."""
        assert self._wire is not None
        self._begin()
        asked = Asked(self._house.clock.now.isoformat(), who, method, path, {}, body, form)
        status, reply = self._wire.ask(asked)
        self.said.append(Exchange(asked, status, reply))
        return reply

    def send(self, who: str, path: str, message: Request) -> Any:
        """Send what a device says, as its client does."""
        return self.ask(who, "POST", f"{API}{path}", body=message.model_dump(mode="json"))

    def arrive(self, who: str, number: str, *, paper: bool = True, language: str = "ja", **more: Any) -> Any:
        """A visitor types the number of a reservation, or shows its code; the paper is printed."""
        shown = {"code": more["code"]} if "code" in more else {"number": number}
        reply = self.send(
            who, "/check-ins", CheckInRequest(request_id=self._id(), language=language, **shown)
        )
        if paper and reply["reason"] in {"on_time", "early", "late"}:
            self.paper(who, reply["ticket"])
        return reply["ticket"]

    def walk_in(self, who: str, language: str = "ja") -> Any:
        """A visitor without a reservation asks for a number."""
        return self.send(who, "/walk-ins", WalkInRequest(request_id=self._id(), language=language))["ticket"]

    def paper(
        self,
        who: str,
        ticket: Mapping[str, Any],
        state: PrintState = PrintState.PRINTED,
        trouble: PrinterTrouble | None = None,
    ) -> None:
        """The kiosk tells what became of a paper."""
        told = PrintReport.model_validate({"request_id": self._id(), "state": state, "trouble": trouble})
        self.send(who, f"/tickets/{ticket['ticket_id']}/print-reports", told)

    def troubles(self, who: str, **troubles: str) -> None:
        """The kiosk tells how it is."""
        named = {DevicePart(part): code for part, code in troubles.items()}
        self.send(who, "/device-reports", DeviceReport(request_id=self._id(), troubles=named))

    def refused(self, who: str, kind: RefusalKind) -> None:
        """The kiosk refused a code by itself."""
        self.send(who, "/refusals", RefusalReport(request_id=self._id(), kind=kind))

    def press(self, who: str, path: str, **fields: Any) -> Any:
        """Somebody presses a button of a page."""
        return self.ask(who, "POST", path, form={"request_id": str(self._id()), **fields})

    def look_at_pages(self) -> None:
        """Everybody who is signed in looks at their page, and stays signed in."""
        for name in _PERSONS:
            self.page(name)

    def page(self, name: str) -> str:
        """The page of somebody, as text; it is not kept."""
        assert self._wire is not None
        self._begin()
        return self._wire.page(name, f"/{name[:5]}")

    def serve(self, who: str) -> str:
        """Call the next visitor, who comes; returns the address of the ticket."""
        ticket = f"/clerk/tickets/{self.press(who, '/clerk/call-next')['ticket_id']}"
        self.press(who, f"{ticket}/start")
        return ticket

    def hand_over(self, who: str, **ticks: Any) -> str:
        """Serve the next visitor, whose papers are complete; returns the address for the staff."""
        ticket = self.serve(who)
        self.press(
            who, f"{ticket}/tick", **{"recipient": "R1", "applicant": "A03", "papers": "notice", **ticks}
        )
        self.press(who, f"{ticket}/hand-over")
        return ticket.replace("clerk", "staff", 1)

    def sign_in(self, name: str, password: str) -> tuple[int, str]:
        """Come in through the door; returns the status and the cookie by which the browser is known."""
        assert self._wire is not None
        self._begin()
        with httpx2.Client(base_url=self._wire.address, trust_env=False) as browser:
            headers = {"Accept": "application/json"}
            answer = browser.post(
                "/sign-in", data={"login": name, "password": password}, headers=headers, timeout=15
            )
            if answer.status_code == httpx2.codes.OK:
                cookie = browser.cookies["uketsuke_session"]
                self.keys[name] = Key(cookie=cookie, csrf=answer.json()["csrf"])
            return answer.status_code, browser.cookies.get("uketsuke_browser") or ""

    @contextmanager
    def listening(self, who: str) -> Iterator[None]:
        """Follow the events from the beginning of the block to its end, and keep what was heard."""
        assert self._wire is not None
        self._begin()
        asked = Asked(self._house.clock.now.isoformat(), who, "GET", EVENTS)
        with self._wire.stream(asked) as heard:
            messages = [heard.next()]
            yield
            with self._house.database.read() as connection:
                last = last_event_seq(connection, "00")
            while place_of(messages[-1]) < last:
                messages.append(heard.next())
            text = "".join(f"{message}\n\n" for message in messages)
            self.said.append(Exchange(asked, heard.status, stream=text))

    def _begin(self) -> None:
        self._steps += 1
        self._chance.begin(str(self._steps))

    def _id(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"request {len(self.said)} of the story")

    def _key(self) -> bytes:
        return (self._house.graph.settings.var_dir / "secret.key").read_bytes()
