"""Names of files, devices and addresses on command lines and in settings: stamps and serial numbers are no 12-digit number."""

import sys
from datetime import datetime
from ipaddress import IPv6Address

import pytest
from hypothesis import given, strategies as st

from backend.__main__ import main
from backend.common.console import CommandFailedError, refuse_numbers
from backend.common.settings_files import SettingsError
from backend.protection.login_names import NumberInNameError, refuse_number
from backend.wire.field_shape import FieldShape
from backend.wire.my_number import check_digit_is_right, contains_my_number
from kiosk.config import load_kiosk_config

numbers = st.text("0123456789", min_size=11, max_size=11).flatmap(
    lambda eleven: st.sampled_from(
        [eleven + last for last in "0123456789" if check_digit_is_right(eleven + last)]
    )
)
STAMPS = (
    "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d-%H%M", "%Y%m%d_%H%M%S", "%Y-%m-%d_%H-%M", "%Y-%m-%dT%H-%M-%S", "%Y%m%dT%H%M",
    "%Y_%m_%d_%H_%M", "%Y-%m-%d-%H%M", "%Y-%m-%dT%H%M%S", "%Y/%m/%d/%H%M", "%Y%m%d",
)  # fmt: skip


@given(
    moment=st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2099-12-31")),
    form=st.sampled_from(STAMPS),
    name=st.sampled_from(
        [
            "/srv/backups/uketsuke-{}.tar",
            "export_{}.csv",
            "C:\\ward\\{}",
            "--out=./{}.tar",
            "sqlite:////srv/{}.db",
            "{}",
        ]
    ),
)
def test_any_stamp_in_a_name_passes(moment: datetime, form: str, name: str) -> None:
    """Whoever names a backup by the minute is never told that the minute is a My Number."""
    refuse_numbers([name.format(moment.strftime(form))])


@pytest.mark.parametrize(
    "text",
    [
        f"/dev/serial/by-id/usb-Honeywell_Scanner_{12:012}-if00",
        "/dev/serial/by-id/usb-1a86_USB_E0D55EA574E7123456789018A90B-if00",
        "/srv/9f86d081884c7d659a2feaa0c55ad015/550e8400-e29b-41d4-a716-123456789018",
        "uketsuke-2026-11-27_00-05.tar",
        "2024-0012-3457",
    ],
)
def test_serial_numbers_and_ids_pass(text: str) -> None:
    """Devices are named by what their makers wrote into them: zeros, hexadecimal rows, ids."""
    assert not contains_my_number(text, FieldShape.PATH)


@given(
    st.integers(0, 2**128 - 1).map(IPv6Address),
    st.sampled_from(["{}", "[{}]:8710", "http://[{}]/", "{}%eth0"]),
)
def test_any_address_of_version_6_passes(address: IPv6Address, form: str) -> None:
    """Whatever digits an address has: it is one as a whole."""
    for written in (address.compressed, address.exploded):
        assert not contains_my_number(form.format(written), FieldShape.PATH)


@given(st.uuids(), st.sampled_from(["{}", "/srv/{}.tar", "backup_{}"]))
def test_any_id_passes(identity: object, form: str) -> None:
    """UUIDs with and without hyphens."""
    for written in (str(identity), str(identity).replace("-", "")):
        assert written.isdigit() or not contains_my_number(form.format(written), FieldShape.PATH)


def _is_stamp(digits: str) -> bool:
    try:
        return 1990 <= datetime.strptime(digits, "%Y%m%d%H%M").year < 2100  # noqa: DTZ007
    except ValueError:
        return False


@given(
    st.one_of(numbers, st.from_regex(r"[0-9]{12}", fullmatch=True)),
    st.sampled_from(
        ["{}", "/srv/{}.tar", "--name={}", "a{}b", "mynumber{}", "usb-Reader_{}-if00", "decaf{}"]
    ),
)
def test_twelve_digits_in_a_row_are_refused_unless_they_are_a_minute(number: str, form: str) -> None:
    """Whatever the check digit says, in any name; minutes are those of 1990 to 2099, and zeros lead a serial number."""
    passes = _is_stamp(number) or number.startswith("0000")
    assert contains_my_number(form.format(number), FieldShape.PATH) == (not passes)


@given(numbers, st.sampled_from([" ", "-", ".", "_", "/", ":", "  ", "・"]))
def test_a_parted_number_is_refused(number: str, sign: str) -> None:
    """Four by four with anything between that is no sign of a stamp's place: the check digit decides."""
    text = sign.join([number[:4], number[4:8], number[8:]])
    minute = _is_stamp(number) and sign in "-_./"
    assert contains_my_number(f"/srv/{text}.csv", FieldShape.PATH) or minute


@pytest.mark.parametrize(
    ("name", "refused"), [("2024-0012-3457", False), ("2024-0012-3456", True), ("202611241030", True)]
)
def test_names_of_devices_follow_the_rule_of_texts(name: str, *, refused: bool) -> None:
    """A name is kept and shown: numbers of an inventory pass unless their check digit is right, a minute does not."""
    if refused:
        with pytest.raises(NumberInNameError):
            refuse_number(name)
    else:
        refuse_number(name)


@pytest.mark.parametrize("name", [f"usb-Reader_{12:012}-if00", "usb-Reader_123456789018-if00"])
def test_a_setting_may_be_what_a_command_line_may_be(name: str) -> None:
    """The path of a device is given in a file of settings as often as on a command line."""
    scanner = f"serial:/dev/serial/by-id/{name}"
    if "0000" in name:
        refuse_numbers([f"--scanner={scanner}"])
        assert load_kiosk_config(scanner=scanner).scanner == scanner
    else:
        with pytest.raises(CommandFailedError):
            refuse_numbers([f"--scanner={scanner}"])
        with pytest.raises(SettingsError, match="12-digit number"):
            load_kiosk_config(scanner=scanner)


def test_a_message_names_the_file_that_was_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What may be given may be named again: nobody searches for a file that is called ***."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "argv", ["uketsuke", "serve", "--config", "uketsuke-202611241030.toml"])
    with pytest.raises(SystemExit):
        main()
    assert "uketsuke-202611241030.toml" in capsys.readouterr().err
