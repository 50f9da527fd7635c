"""Names as the register writes them, and keys under which they can be compared.

A name is never normalised: 髙 and 高 are different names on paper, and an ideographic variation selector (IVS)
carries the form a family uses. Only the key folds them. Source of the rules: the field's practice in the domain
reference (文字情報基盤, 行政事務標準文字); the table of variants below is a working selection, not a standard.
"""

import re
import unicodedata

_HALF_WIDTH_KANA = re.compile("[｡-ﾟ]+")
# Half-width katakana with its marks, and the spaces, hyphens and dots that stand between such names.
_HALF_WIDTH_FIELD = re.compile("[｡-ﾟ \\-().,･0-9A-Za-z]*")

_VARIANTS = {
    "吉": "𠮷",
    "高": "髙",
    "崎": "﨑嵜㟢碕",
    "浜": "濱濵",
    "辺": "邊邉",
    "斎": "齋",
    "斉": "齊",
    "沢": "澤",
    "広": "廣",
    "国": "國圀",
    "島": "嶋嶌",
    "瀬": "瀨",
    "柳": "栁桺",
    "桑": "桒",
    "富": "冨",
    "橋": "槗𣘺",
    "徳": "德",
    "真": "眞",
    "恵": "惠",
    "箪": "簞",
    "土": "圡𡈽",
    "弥": "彌",
    "寿": "壽",
    "栄": "榮",
    "蔵": "藏",
    "曽": "曾",
    "豊": "豐",
    "峰": "峯",
    "浅": "淺",
    "将": "將",
    "関": "關",
    "桜": "櫻",
    "竜": "龍",
    "万": "萬",
    "与": "與",
    "実": "實",
    "宝": "寶寳",
    "応": "應",
    "来": "來",
    "気": "氣",
    "滝": "瀧",
    "塩": "鹽",
    "鉄": "鐵",
    "館": "舘",
    "鶴": "靍靏",
    "亀": "龜",
    "黒": "黑",
    "増": "增",
    "内": "內",
    "渓": "溪",
    "翠": "翆",
    "薮": "藪籔",
    "桧": "檜",
    "穂": "穗",
}
_FOLD = str.maketrans({variant: plain for plain, variants in _VARIANTS.items() for variant in variants})


_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def without_variation_selectors(name: str) -> str:
    """A name in the basic forms of its characters, for systems that know no IVS."""
    return _VARIATION_SELECTORS.sub("", name)


def clean_name(text: str) -> str:
    """Trim a name and put one space where a line break or a row of spaces stood; change nothing else."""
    parts = text.replace("\ufeff", "").strip().split("\n")
    joined = " ".join(part.strip() for part in parts if part.strip())
    return re.sub(r"([ \u3000])[ \u3000\t]+", r"\1", joined.replace("\t", " "))


def full_width_kana(text: str) -> str:
    """Turn half-width katakana into full-width, voiced marks joined (ｶﾞ becomes ガ); leave the rest alone.

    In a field that is half-width altogether the space between the names becomes full-width too, as it is in
    every other フリガナ.
    """
    whole = _HALF_WIDTH_FIELD.fullmatch(text) is not None and _HALF_WIDTH_KANA.search(text) is not None
    converted = _HALF_WIDTH_KANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    return converted.replace(" ", "\u3000") if whole else converted


def comparison_key(name: str) -> str:
    """A key that is equal for two spellings of one name; for comparing only, never shown or stored as a name.

    Widths, spaces, letter case, variation selectors and the usual variants (髙 高, 﨑 崎, 𠮷 吉, 邊 辺) are folded.
    """
    plain = without_variation_selectors(name)
    folded = unicodedata.normalize("NFKC", plain.translate(_FOLD)).translate(_FOLD).casefold()
    return "".join(folded.split())
