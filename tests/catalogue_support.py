"""What tests ask of catalogues beside their texts."""

from backend.common.catalogue import Catalogue


def own_keys(catalogue: Catalogue) -> frozenset[str]:
    """The keys that the language has words of its own for; Japanese stands in for the others."""
    return frozenset(catalogue._texts)
