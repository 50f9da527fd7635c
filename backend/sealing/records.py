"""Sealing and opening records: AES-256-GCM with the key of one card; card and kind of record are authenticated, too."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from backend.sealing.digests import digest
from backend.sealing.errors import KeyStoreError
from backend.sealing.key_store import KeyStore
from backend.sealing.marks import Mark, put_mark

_VERSION = b"\x01"
_NONCE = 12
# Records are padded to a multiple of this many bytes, so that their length tells little about them.
_STEP = 64
_DATE = "date"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MOST_IN_MIND = 250_000


class Records:
    """Seals personal data and opens it again.

    Args:
        store: the key store.
    """

    def __init__(self, store: KeyStore) -> None:
        self.store = store

    def begin(self, connection: Connection, card_ids: list[str]) -> None:
        """Make the keys of new cards; call this in the transaction that writes the cards.

        Raises:
            KeyStoreError: the store cannot be used or written.
        """
        self.store.make_keys(connection, card_ids)

    def begin_ahead(self, connection: Connection, card_ids: list[str]) -> Mark:
        """As ``begin``, but in a transaction that only reads; the one that writes the cards must call ``begun``.

        Raises:
            KeyStoreError: the store cannot be used or written.
        """
        return self.store.make_ahead(connection, card_ids)

    def begun(self, connection: Connection, mark: Mark) -> None:
        """Note the mark that ``begin_ahead`` returned, in the transaction that writes the cards."""
        put_mark(connection, mark)

    def seal(self, keys: Mapping[str, bytes], card_id: str, what: str, values: Mapping[str, Any]) -> bytes:
        """Seal values of a card; empty ones are left out.

        Args:
            keys: the keys of some cards, from ``keys_of``.
            card_id: the card.
            what: the kind of record; it can be opened only as this kind.
            values: texts and dates by name.

        Raises:
            KeyStoreError: the card's key has been destroyed.
            TypeError: a value is neither text nor date.
        """
        key = keys.get(card_id)
        if key is None:
            raise KeyStoreError("a card has no key any more, and nothing of it can be kept")
        kept = {name: _written(value) for name, value in values.items() if value is not None and value != ""}
        # Whatever a file brought must come back as it was, halves of characters too; and an error would carry the text.
        plain = _JSON.encode(kept).encode("utf-8", "surrogatepass")
        padded = plain + b" " * (-len(plain) % _STEP)
        nonce = secrets.token_bytes(_NONCE)
        return _VERSION + nonce + AESGCM(key).encrypt(nonce, padded, _bound(card_id, what))

    def open(self, card_id: str, what: str, sealed: bytes) -> dict[str, Any] | None:
        """The values of a record; None if the card's key was destroyed.

        Raises:
            KeyStoreError: the record is damaged, or belongs to another card, kind or key.
        """
        key = self.keys_of([card_id]).get(card_id)
        return None if key is None else self.open_with(key, card_id, what, sealed)

    def open_with(self, key: bytes, card_id: str, what: str, sealed: bytes) -> dict[str, Any]:
        """As ``open``, with a key that was fetched before."""
        if sealed[:1] != _VERSION:
            raise KeyStoreError(
                "a sealed record is damaged, or was written by a newer version of the program"
            )
        nonce, cipher = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            plain = AESGCM(key).decrypt(nonce, cipher, _bound(card_id, what))
        except (InvalidTag, ValueError):
            raise KeyStoreError(
                "a sealed record does not open with its key; the key store is of another time or another database"
            ) from None
        return {name: _read(value) for name, value in json.loads(plain).items()}

    def keys_of(self, card_ids: list[str]) -> dict[str, bytes]:
        """The keys of cards by id; cards without a key are left out."""
        return self.store.keys_of(card_ids)

    def digest(self, kind: str, value: str) -> str | None:
        """The digest by which a value is found; None while there is no key store, when nothing can be found."""
        key = self.store.index_key
        return None if key is None else digest(key, kind, value)


class ImportRecords(Records):
    """Records for as long as one file is imported: what is asked for twice is reckoned once.

    A card's numbers are looked for before they are written, and thousands of people share a birthday. A program that goes on
    running must not keep these values in mind; an import has them in its rows anyway.

    Args:
        store: the keys.
    """

    def __init__(self, store: KeyStore) -> None:
        super().__init__(store)
        self._digests: dict[tuple[str, str], str] = {}

    def digest(self, kind: str, value: str) -> str | None:
        """As that of ``Records``."""
        asked = (kind, value)
        found = self._digests.get(asked)
        if found is None:
            found = super().digest(kind, value)
            if found is not None and len(self._digests) < _MOST_IN_MIND:
                self._digests[asked] = found
        return found


def _bound(card_id: str, what: str) -> bytes:
    # The separator occurs in neither of the two, so no other pair gives the same text.
    return f"uketsuke record, version 1\x1f{what}\x1f{card_id}".encode()


def _written(value: object) -> str | dict[str, str]:
    if isinstance(value, str):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return {_DATE: value.isoformat()}
    raise TypeError(f"a record holds texts and dates, no {type(value).__name__}")


def _read(value: str | dict[str, str]) -> Any:
    return value if isinstance(value, str) else date.fromisoformat(value[_DATE])
