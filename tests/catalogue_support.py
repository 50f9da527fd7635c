"""Helpers for tests of catalogues."""

from backend.common.catalogue import Catalogue


def own_keys(catalogue: Catalogue) -> frozenset[str]:
    """The keys for which the language has texts of its own; for others the Japanese text is used."""
    return frozenset(catalogue._texts)
