"""The metadata of all tables; every room adds its own tables to it."""

from collections.abc import Iterable

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def among(column: str, values: Iterable[str]) -> str:
    """An SQL condition that a column has one of some codes, for a check or a partial index; codes are sorted."""
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in sorted(map(str, values))) + ")"
