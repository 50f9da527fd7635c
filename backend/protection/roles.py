"""Names of people's roles and of kinds of devices; what each may do is in :mod:`backend.protection.permissions`."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is at an office; a person may be several, and something else at another office."""

    OPERATOR = "operator"
    """予約電話受付: answers the telephone, finds and books."""
    CLERK = "clerk"
    """受付窓口: calls visitors, checks their documents, hands them over."""
    STAFF = "staff"
    """交付窓口: ward staff who verify the identity and issue the card."""
    RESPONSIBLE = "responsible"
    """取扱責任者: keeps the roster of handlers, and their accounts."""
    SUPERVISOR = "supervisor"
    """業務の管理者: looks after the course of an office's day; no personal data."""
    AUDITOR = "auditor"
    """監査担当者: reads the trail; no personal data."""
    ADMINISTRATOR = "administrator"
    """システム管理者: looks after the system and helps whoever cannot sign in; no personal data."""


class DeviceKind(StrEnum):
    """The kind of a device."""

    KIOSK = "kiosk"
    """Receives visitors and prints their tickets."""
    DISPLAY = "display"
    """Shows the hall which numbers are called."""
