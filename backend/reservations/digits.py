"""A quick look that spares most fields the thorough search for a 12-digit number."""

from backend.wire.my_number import contains_my_number, normalise

_LENGTH = 12


class _DigitWeights(dict[str, int]):
    """How many digits a character can become when it is folded; filled as characters are met."""

    def __missing__(self, char: str) -> int:
        weight = sum(folded.isdigit() for folded in normalise(char))
        if len(self) < 100_000:
            self[char] = weight
        return weight


_WEIGHTS = _DigitWeights()


def holds_my_number(text: str) -> bool:
    """The answer of ``contains_my_number``, without the search where fewer than twelve digits are to be found."""
    if len(text) < 4 or sum(map(_WEIGHTS.__getitem__, text)) < _LENGTH:
        # No character folds to more than three digits, so twelve need at least four characters.
        return False
    return contains_my_number(text)
