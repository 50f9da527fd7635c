"""What every test needs and none changes is made once per process: the ward's shipped files, one hash of one password.

Reading the rules takes a tenth of a second, the other files of the ward are two thirds of what building a server takes,
and Argon2 is meant to be slow; thousands of tests build a server, and hundreds make people and sign in. Whatever is not
the shipped file is read as it is. Passwords are hashed and verified as in the product, but at the least cost that Argon2
has; the product's own is in ``PRODUCTS_HASHER``, and every server that is a process of its own has it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher

from backend import bootstrap
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.exchange.mapping import ColumnMapping, load_mapping
from backend.offices.directory import Directory
from backend.offices.directory_file import load_directory
from backend.protection import passwords

PASSWORD: Final = "correct horse battery"
"""The password of all people in tests, unless a test is about passwords."""

PRODUCTS_HASHER: Final = passwords._hasher
"""What the product hashes with."""

_read_rules = RuleBook.load
_SHIPPED: Final = (locate("rules"), None, locate("rules", "policy", "ward.yaml"))


def begin() -> None:
    """Be thrifty from now on, for the rest of this process."""
    passwords._hasher = _RemembersPassword(time_cost=1, memory_cost=8, parallelism=1)
    # Only what builds a server: a test that asks a reader of files itself gets a file that was read for it.
    for name, remembered in (("load_directory", _directory), ("load_mapping", _mapping)):
        setattr(bootstrap, name, remembered)
    RuleBook.load = _load  # type: ignore[method-assign]  # a plain function stands for the class method


@contextmanager
def as_the_product_hashes() -> Iterator[None]:
    """Let passwords be hashed at the product's cost: of people who sign in at a server that is a process of its own."""
    cheap = passwords._hasher
    passwords._hasher = _at_the_products_cost()
    try:
        yield
    finally:
        passwords._hasher = cheap


@cache
def _at_the_products_cost() -> PasswordHasher:
    return _RemembersPassword()


def _load(folder: Path, **more: Any) -> RuleBook:
    """The rules of a folder; the shipped ones are read only once."""
    policy, library = more.get("policy_file"), more.get("library")
    if {folder, policy, library} <= set(_SHIPPED):
        return _shipped(policy, library)
    return _read_rules(folder, **more)


@cache
def _shipped(policy: Path | None, library: Path | None) -> RuleBook:
    return _read_rules(locate("rules"), policy_file=policy, library=library)


def _directory(path: Path, kinds_path: Path | None = None) -> Directory:
    """The offices of a file; the shipped ones have been read."""
    if path == locate("offices", "shinjuku.toml") and kinds_path in {None, locate("offices", "kinds.toml")}:
        return _shipped_directory()
    return load_directory(path, kinds_path)


@cache
def _shipped_directory() -> Directory:
    return load_directory(locate("offices", "shinjuku.toml"))


def _mapping(path: Path | None = None) -> ColumnMapping:
    """The mapping of a file; the shipped one has been read."""
    return _shipped_mapping() if path in {None, locate("mappings", "default.toml")} else load_mapping(path)


@cache
def _shipped_mapping() -> ColumnMapping:
    return load_mapping()


class _RemembersPassword(PasswordHasher):
    """Hashes the one password once."""

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """The hash of a password."""
        if password != PASSWORD:
            return super().hash(password, salt=salt)
        if not hasattr(self, "_of_the_password"):
            self._of_the_password = super().hash(PASSWORD)
        return self._of_the_password
