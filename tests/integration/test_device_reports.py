"""What kiosks say of themselves, from the report to the clerk's page."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from backend.offices.day import business_day
from backend.protection.device_tokens import revoke
from backend.reception.device_reports import DeviceTrouble, troubles_at
from backend.web.app import create_app
from backend.web.desk.device_alarms import alarms_of
from backend.wire.codes import DevicePart, EventKind, PartTrouble
from backend.wire.messages import DeviceReport
from tests.counter import kiosk_at
from tests.pages_support import FRAGMENT, at_window
from tests.support import House, kinds

CAMERA = {DevicePart.CAMERA: "no_picture"}


def _report(house: House, device_id: str, troubles: dict[DevicePart, str], office_id: str = "00") -> None:
    report = DeviceReport(request_id=uuid4(), troubles=troubles)
    house.counter.report_device(report, kiosk_at(office_id, device_id))


def _enrolled(house: House, name: str) -> str:
    from backend.protection.device_tokens import enrol
    from backend.protection.roles import DeviceKind

    with house.database.write() as work:
        return enrol(work, name, DeviceKind.KIOSK, "00")[1].id


def _troubles(house: House, office_id: str = "00") -> list[DeviceTrouble]:
    with house.database.read() as connection:
        return troubles_at(connection, office_id, business_day(house.clock()))


@pytest.mark.dialect
def test_the_newest_report_of_each_device_counts(house: House) -> None:
    """Clerks see what does not work now, at their own office, and nothing of devices that were taken away."""
    first, second = _enrolled(house, "kiosk-a"), _enrolled(house, "kiosk-b")
    _report(house, first, CAMERA)
    _report(house, second, {**CAMERA, DevicePart.PRINTER: "paper_out"})
    assert _troubles(house) == [
        DeviceTrouble("kiosk-a", DevicePart.CAMERA, PartTrouble.NO_PICTURE),
        DeviceTrouble("kiosk-b", DevicePart.CAMERA, PartTrouble.NO_PICTURE),
        DeviceTrouble("kiosk-b", DevicePart.PRINTER, PartTrouble.PAPER_OUT),
    ]
    assert _troubles(house, "01") == []
    _report(house, first, {})
    with house.database.write() as work:
        assert revoke(work, "kiosk-b")
    assert _troubles(house) == []


@pytest.mark.dialect
def test_an_unchanged_report_is_no_event(house: House) -> None:
    """Kiosks repeat themselves for hours; the log holds changes, and a new day begins anew."""
    device = _enrolled(house, "kiosk-a")
    for troubles in ({}, {}, CAMERA, CAMERA, {}, {}):
        _report(house, device, troubles)
    assert kinds(house) == [EventKind.DEVICE_REPORTED.value] * 2
    _report(house, device, CAMERA)
    house.clock.advance(days=1)
    assert _troubles(house) == []
    _report(house, device, CAMERA)
    assert _troubles(house) == [DeviceTrouble("kiosk-a", DevicePart.CAMERA, PartTrouble.NO_PICTURE)]


def test_a_repeated_request_is_carried_out_once(house: House) -> None:
    """A report whose answer was lost does not undo a newer one."""
    device = _enrolled(house, "kiosk-a")
    old = DeviceReport(request_id=uuid4(), troubles=CAMERA)
    caller = kiosk_at("00", device)
    house.counter.report_device(old, caller)
    _report(house, device, {})
    house.counter.report_device(old, caller)
    assert _troubles(house) == []


def test_the_clerks_page_says_that_a_camera_is_lost(small_house: House) -> None:
    """A clerk at the window reads which kiosk it is and what still works, until it works again."""
    app = create_app(small_house.graph)
    token = small_house.device()
    clerk = at_window(app, small_house, "sato", "1")
    kiosk = TestClient(app, headers={"Authorization": f"Bearer {token}"})

    def report(troubles: dict[str, str]) -> str:
        body = {"request_id": str(uuid4()), "troubles": troubles}
        assert kiosk.post("/api/v1/device-reports", json=body).status_code == 200
        return clerk.client.get("/clerk/panel", headers=FRAGMENT).text

    page = report({"camera": "no_picture"})
    assert "device-trouble" in page
    assert "のカメラが使えません" in page
    assert "device-trouble" not in report({})


_PRINTER_WORDS = [
    ("near_end", "用紙の残りがわずかです"),
    ("paper_out", "用紙がありません"),
    ("cover_open", "カバーが開いています"),
    ("error", "紙詰まり"),
    ("offline", "オフライン"),
    ("silent", "応答がありません"),
    ("unreachable", "通信できません"),
    ("line_dropped", "印刷の途中で通信が切れました"),
    ("ribbon_out", "番号札を印刷できません"),
    ("no_picture", "番号札を印刷できません"),
]


def test_each_trouble_of_a_printer_has_words_of_its_own(small_house: House) -> None:
    """A clerk reads what to do: change the roll, close the cover, look at the cable; unknown codes read as any fault."""
    app = create_app(small_house.graph)
    clerk = at_window(app, small_house, "sato", "1")
    kiosk = TestClient(app, headers={"Authorization": f"Bearer {small_house.device()}"})
    pages = []
    for code, words in _PRINTER_WORDS:
        body = {"request_id": str(uuid4()), "troubles": {"printer": code}}
        assert kiosk.post("/api/v1/device-reports", json=body).status_code == 200
        page = clerk.client.get("/clerk/panel", headers=FRAGMENT).text
        assert words in page, code
        assert page.count("device-trouble") == 1
        pages.append("banner-care" in page)
    assert "ribbon_out" not in page
    assert pages == [code == "near_end" for code, _ in _PRINTER_WORDS]


@pytest.mark.dialect
def test_what_does_not_work_stands_before_what_soon_will_not(house: House) -> None:
    """A clerk with time for one thing sees the printer that is out of paper above the roll that lasts a while."""
    first, second = _enrolled(house, "kiosk-a"), _enrolled(house, "kiosk-b")
    _report(house, first, {DevicePart.PRINTER: "near_end"})
    _report(house, second, {DevicePart.PRINTER: "paper_out", DevicePart.CAMERA: "of_tomorrow"})
    alarms = alarms_of(_troubles(house))
    assert [(alarm.words, alarm.device) for alarm in alarms] == [
        ("device.camera", "kiosk-b"),
        ("device_printer.paper_out", "kiosk-b"),
        ("device_printer.near_end", "kiosk-a"),
    ]


@pytest.mark.parametrize(
    "troubles",
    [{"roof": "open"}, {"camera": "123456789018"}, {"camera": "<b>"}, {"camera": "x" * 33}, ["camera"]],
)
def test_a_report_says_codes_and_nothing_else(small_house: House, troubles: object) -> None:
    """No text, number or markup comes in through a report."""
    kiosk = TestClient(
        create_app(small_house.graph), headers={"Authorization": f"Bearer {small_house.device()}"}
    )
    reply = kiosk.post("/api/v1/device-reports", json={"request_id": str(uuid4()), "troubles": troubles})
    assert reply.status_code == 422
    assert "123456789018" not in reply.text
    assert kinds(small_house) == []
