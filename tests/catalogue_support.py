"""Helpers for tests of catalogues."""

from string import Formatter

from backend.common.catalogue import Catalogue


def own_keys(catalogue: Catalogue) -> frozenset[str]:
    """The keys for which the language has texts of its own; for others the Japanese text is used."""
    return frozenset(catalogue._texts)


def places(text: str) -> set[str]:
    """The names of the ``{placeholders}`` of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}
