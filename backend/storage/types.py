"""Types that are the same for both databases: a column type, and the type of an open transaction."""

from datetime import UTC, datetime

import sqlalchemy
from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

Connection = sqlalchemy.Connection
"""An open transaction; rooms without SQL of their own pass it on by this name."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC without a zone.

    SQLite has no time zones; storing UTC everywhere and refusing naive values keeps the two databases the same.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn an aware value into naive UTC.

        Raises:
            ValueError: the value has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give UTC back its zone."""
        return None if value is None else value.replace(tzinfo=UTC)
