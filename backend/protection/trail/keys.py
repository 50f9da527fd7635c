"""The key of the trail: made from the server's secret, so that it is in every backup of it and is no further file to lose."""

import hashlib
import hmac
from base64 import b32decode, b32encode
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BYTES: Final = 32
_ID: Final = 16


class TrailKey:
    """Makes the macs of blocks and signs heads.

    Args:
        secret: the server's secret key.
    """

    def __init__(self, secret: bytes) -> None:
        self._mac = _derived(secret, b"uketsuke trail mac")
        self._sign = Ed25519PrivateKey.from_private_bytes(_derived(secret, b"uketsuke trail heads"))

    @cached_property
    def public(self) -> bytes:
        """The public key, 32 bytes, by which whoever has no secret checks a head."""
        return self._sign.public_key().public_bytes_raw()

    @cached_property
    def id(self) -> str:
        """A name for the key that tells nothing about it."""
        return as_letters(hashlib.sha256(self.public).digest())[:_ID]

    def mac(self, purpose: bytes, content: bytes) -> bytes:
        """A keyed digest for a purpose."""
        return hmac.digest(self._mac, purpose + b"\0" + content, "sha256")

    def sign(self, content: bytes) -> bytes:
        """A signature, 64 bytes."""
        return self._sign.sign(content)


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether whoever has the other half of a public key has signed a content."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def as_letters(value: bytes) -> str:
    """Bytes as letters and the digits 2 to 7, to be printed and typed: hexadecimal digits may stand twelve in a row."""
    return b32encode(value).decode("ascii").rstrip("=")


def from_letters(text: str) -> bytes:
    """The bytes of ``as_letters``, however they are spaced.

    Raises:
        ValueError: they are none.
    """
    told = "".join(text.split()).upper()
    return b32decode(told + "=" * (-len(told) % 8))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=purpose).derive(secret)
