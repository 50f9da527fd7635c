"""Makes once per process what all tests share and none changes: the shipped document rules, and one password's hash.

Reading the rules takes a tenth of a second, and Argon2 is slow on purpose; hundreds of tests build a server and make
people. Other folders of rules are read as usual, every other password is hashed as usual, and all passwords are
verified as in the product.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher

from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from backend.protection import passwords

PASSWORD: Final = "correct horse battery"
"""The password of all people in tests, unless a test is about passwords."""

_read_rules = RuleBook.load
_SHIPPED: Final = (locate("rules"), None, locate("rules", "policy", "ward.yaml"))


def begin() -> None:
    """Switch this on for the rest of the process."""
    passwords._hasher = _RemembersPassword()
    RuleBook.load = _load  # type: ignore[method-assign]  # a plain function stands for the class method


def _load(folder: Path, **more: Any) -> RuleBook:
    """The rules of a folder; the shipped ones are read only once."""
    policy, library = more.get("policy_file"), more.get("library")
    if {folder, policy, library} <= set(_SHIPPED):
        return _shipped(policy, library)
    return _read_rules(folder, **more)


@cache
def _shipped(policy: Path | None, library: Path | None) -> RuleBook:
    return _read_rules(locate("rules"), policy_file=policy, library=library)


class _RemembersPassword(PasswordHasher):
    """Hashes ``PASSWORD`` only once, with the product's full cost."""

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        """The hash of a password."""
        return _hash_of_the_password() if password == PASSWORD else super().hash(password, salt=salt)


@cache
def _hash_of_the_password() -> str:
    return PasswordHasher().hash(PASSWORD)
