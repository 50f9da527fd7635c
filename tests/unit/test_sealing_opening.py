"""Where the key store lies by the settings, and where it may not lie."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.sealing.opening import open_key_store
from backend.settings import Settings


def test_by_itself_the_store_lies_beside_the_secret_key(tmp_path: Path) -> None:
    """No setting is needed, whatever characters the folder's name has; nothing is made by opening it."""
    folder = tmp_path / "a ?#%25 folder"
    settings = Settings(database_url=f"sqlite:///{tmp_path}/u.db", var_dir=folder)
    assert open_key_store(settings).engine.file == folder / "keys.db"
    assert not folder.exists()


@pytest.mark.parametrize(
    ("database", "keys"),
    [
        ("sqlite:////data/u.db", "sqlite:////data/u.db"),
        ("sqlite:////data/u.db", "sqlite+pysqlite:////data/x/../u.db"),
        ("sqlite:///var/keys.db", None),
        ("postgresql+psycopg://ward@db/ward", "postgresql+psycopg://keys:secret@db:5432/ward"),
        ("postgresql+psycopg://ward@/ward?host=/run/pg", "postgresql+psycopg:///ward?host=/run/pg"),
    ],
)
def test_the_store_is_never_the_database_itself(database: str, keys: str | None) -> None:
    """Keys in the database would be in its backups for ever; said by whatever name it is called."""
    with pytest.raises(ValidationError, match="the key store is the database itself"):
        Settings(database_url=database, key_store_url=keys)


def test_a_store_of_its_own_is_taken() -> None:
    """Another file, and another database on the same server."""
    for database, keys in (
        ("sqlite:////data/u.db", "sqlite:////keys/u.db"),
        ("postgresql+psycopg://ward@db/ward", "postgresql+psycopg://ward@db/keys"),
    ):
        assert Settings(database_url=database, key_store_url=keys).key_store_url == keys


@pytest.mark.parametrize("url", ["mysql://x/y", "keys.db", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    """A URL that is not valid is refused before anything is opened."""
    with pytest.raises(ValidationError):
        Settings(key_store_url=url)
