"""Keyed digests (索引): a number or a name can be found by its digest, but not read from it.

A digest is an HMAC-SHA256 under the index key of the key store, cut to 128 bits. Its kind is part of what is hashed, so
that a telephone number and a card number of the same digits have nothing in common.
"""

import hmac

_PURPOSE = b"uketsuke index, version 1:"
_BYTES = 16
DIGEST_LENGTH = _BYTES * 2
"""Length of a digest in characters (lower-case hexadecimal)."""


def digest(key: bytes, kind: str, value: str) -> str:
    """The digest of a value. Normalise the value first: only equal texts have equal digests.

    Args:
        key: the index key.
        kind: what the value is.
        value: the normalised value.
    """
    text = f"{kind}\x1f{value}".encode()
    return hmac.digest(key, _PURPOSE + text, "sha256")[:_BYTES].hex()
