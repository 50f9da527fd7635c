"""Names of people's roles and of kinds of devices; what each may do is in :mod:`backend.protection.permissions`."""

from enum import StrEnum


class Role(StrEnum):
    """The role of an account."""

    CLERK = "clerk"
    """受付窓口: calls visitors, checks their documents, hands them over."""
    STAFF = "staff"
    """交付窓口: ward staff who verify the identity and issue the card."""
    BRANCH_STAFF = "branch_staff"
    """受付・交付窓口: ward staff who do both, as at a branch (特別出張所) where no contractor works."""
    AUDITOR = "auditor"
    """監査担当者: reads the trail, and nothing of anybody's."""


class DeviceKind(StrEnum):
    """The kind of a device."""

    KIOSK = "kiosk"
    """Receives visitors and prints their tickets."""
    DISPLAY = "display"
    """Shows the hall which numbers are called."""
