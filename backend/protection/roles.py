"""Names of people's roles and of kinds of devices; what each may do is in :mod:`backend.protection.permissions`."""

from enum import StrEnum


class Role(StrEnum):
    """The role of an account."""

    CLERK = "clerk"
    STAFF = "staff"


class DeviceKind(StrEnum):
    """The kind of a device."""

    KIOSK = "kiosk"
    DISPLAY = "display"
