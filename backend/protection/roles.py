"""Names of people's roles and of kinds of devices; what each may do is in :mod:`backend.protection.permissions`."""

from enum import StrEnum


class Role(StrEnum):
    """Who works with the system."""

    CLERK = "clerk"
    STAFF = "staff"


class DeviceKind(StrEnum):
    """What a device is."""

    KIOSK = "kiosk"
    DISPLAY = "display"
