"""Names as the register writes them.

A name is never normalised: 髙 and 高 are different names on paper, and an ideographic variation selector (IVS)
carries the form a family uses.
"""

import re
import unicodedata

from backend.exchange.refusals import ImportRemark

_HALF_WIDTH_KANA = re.compile("[｡-ﾟ]+")
# Half-width katakana with its marks, and the spaces, hyphens and dots that stand between such names.
_HALF_WIDTH_FIELD = re.compile("[｡-ﾟ \\-().,･0-9A-Za-z]*")

_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OWN_CHARACTERS = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def without_variation_selectors(name: str) -> str:
    """A name in the basic forms of its characters, for systems that do not support IVS."""
    return _VARIATION_SELECTORS.sub("", name)


def clean_name(text: str) -> str:
    """Trim a name and turn each line break or run of spaces into one space; change nothing else."""
    parts = text.replace("\ufeff", "").strip().split("\n")
    joined = " ".join(part.strip() for part in parts if part.strip())
    return re.sub(r"([ \u3000])[ \u3000\t]+", r"\1", joined.replace("\t", " "))


def full_width_kana(text: str) -> str:
    """Turn half-width katakana into full-width, voiced marks joined (ｶﾞ becomes ガ); leave the rest alone.

    In a field that is entirely half-width the space between the names becomes full-width, too, as it is in every
    other フリガナ.
    """
    whole = _HALF_WIDTH_FIELD.fullmatch(text) is not None and _HALF_WIDTH_KANA.search(text) is not None
    converted = _HALF_WIDTH_KANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    return converted.replace(" ", "\u3000") if whole else converted


def remarks_on(text: str) -> list[ImportRemark]:
    """What in a text other machines may lose: characters of somebody's own set (外字), and variation selectors."""
    if text.isascii():
        return []
    found = []
    if _OWN_CHARACTERS.search(text):
        found.append(ImportRemark.OWN_CHARACTER)
    if _VARIATION_SELECTORS.search(text):
        found.append(ImportRemark.VARIANT_CHARACTER)
    return found
