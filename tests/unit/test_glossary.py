"""Words: one term per thing and language, names with what is printed on the paper, やさしい日本語 by its own rules."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from backend.documents.files.rule_book import RuleBook
from tests.catalogue_support import own_keys

AREAS = sorted(path.name for path in locate("texts").iterdir() if path.is_dir())
GLOSSARY: dict[str, Any] = tomllib.loads(locate("texts", "glossary.toml").read_text(encoding="utf-8"))
RULES = RuleBook.load(locate("rules")).rule_sets()[-1]
_KANJI = "[一-龯々〆ヶ]"
_READ = re.compile(rf"(?<!{_KANJI})({_KANJI}+)(（[ぁ-んー]+）)?")
_COUNTED = set("人日月年円")
"""Kanji that stand with a number and that every course teaches first."""
_WITH_A_NUMBER = re.compile(r"(?<=[\d}])\s*(?:時間|回目|[時分番秒回歳枚])(?!（)")
"""Kanji of units: with a digit before them everybody reads them."""
_OWN_NAME = "language.own_name"
_TOGETHER = "pages"
"""The one area whose texts stand on a page with others; every other text may be the first that somebody reads."""
PRINTED = {
    "document.A08": "療育手帳・愛の手帳",
    "document.B16": "身分証明書",
    "document.B17": "仮証明書・引換証",
    "document.B33": "在留カード",
    "paper.old_card": "マイナンバーカード",
    "paper.statement_in_ininjo": "委任状",
    "paper.hojin_shokuin": "法人の職員であることがわかる書類",
    "paper.touki_seinen_kouken": "登記事項証明書",
    "paper.hojin_touki": "登記事項証明書",
    "paper.ryoshusho": "領収書",
    "paper.nyusho_shomei": "入所証明書",
    "paper.shisetsu_ryoshusho": "領収書",
    "paper.facility_staff_id": "職員証",
    "paper.jirei": "辞令",
    "paper.ryoiku_techo": "療育手帳・愛の手帳",
    "return.juki_card": "住民基本台帳カード",
    "return.old_mynumber_card": "マイナンバーカード",
    "return.tsuchi_card": "通知カード",
    "bring.old_card": "マイナンバーカード",
}
"""What stands on the paper itself, where the Japanese name says more than that, or two names."""
_GLOSS = re.compile(r"（(?:[^（）]|（[^（）]*）)*）$")
"""What a Japanese name says of the paper after its name."""
_ALONE = {"done", "error", "only_read", "print", "device", "device_printer", "live", "paper"}
"""Tables of pages that are messages: each text stands alone."""


def texts(language: Language, *areas: str) -> Iterator[tuple[str, str]]:
    """Every text of a language, with where it stands."""
    for area in areas or AREAS:
        if (locate("texts", area) / f"{language}.toml").is_file():
            catalogue = Catalogue(area, language)
            for key in sorted(own_keys(catalogue)):
                yield f"{area}/{language}: {key}", catalogue.text(key)


def kinds_of_visit(language: Language) -> Iterator[tuple[str, str]]:
    """What people come for and what they show for it, which the ward's own file says."""
    shipped = tomllib.loads(locate("offices", "kinds.toml").read_text(encoding="utf-8"))
    for kind in shipped["kind"]:
        for named in (kind, *kind.get("papers", [])):
            if said := named["name"].get(language.value):
                yield f"kinds/{language}: {kind['code']}", said


def without_japanese_names(text: str) -> str:
    """A text of another language without the Japanese that is printed on the paper."""
    return re.sub(r"（[^）]*）", "", text)


@pytest.mark.parametrize("language", list(Language))
def test_one_term_per_thing(language: Language) -> None:
    """A visitor who reads three names for one paper looks for three papers."""
    never = {
        word: term["about"]
        for term in GLOSSARY.values()
        for word in term.get("never", {}).get("ja" if language is Language.EASY_JAPANESE else language, [])
    }
    found = [
        f"{where} says {word!r} for {about}: {text}"
        for where, text in [*texts(language), *kinds_of_visit(language)]
        for word, about in never.items()
        if word in text
    ]
    assert found == []


def test_the_glossary_is_in_order() -> None:
    """A term is never among the words that it forbids, and every term has one in the source language or says which it has."""
    for name, term in GLOSSARY.items():
        assert term["about"], name
        languages = set(term) - {"about", "never"}
        assert languages <= {language.value for language in Language}, name
        for language, words in term["never"].items():
            assert words, name
            assert not [word for word in words if word in term.get(language, "")], name


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.CHINESE, Language.KOREAN])
def test_a_document_is_named_with_what_is_printed_on_it(language: Language) -> None:
    """Somebody who cannot read Japanese compares the characters on the paper with those on the list."""
    japanese, translated = Catalogue("documents"), Catalogue("documents", language)
    keys = {f"document.{code}" for code in RULES.document_table} | {
        f"paper.{code}" for code in RULES.paper_table
    }
    # Whatever staff accept bears a name of its own.
    keys = (keys | set(PRINTED)) - {"document.BX"}
    printed = {key: PRINTED.get(key) or _GLOSS.sub("", japanese.text(key)) for key in keys}
    missing = {
        key: translated.text(key) for key in sorted(keys) if f"（{printed[key]}）" not in translated.text(key)
    }
    assert missing == {}


def test_what_is_printed_is_part_of_the_japanese_name() -> None:
    """Protects the exceptions: each of their words stands in the name that Japanese readers are told."""
    japanese = Catalogue("documents")
    for key, printed in PRINTED.items():
        for part in printed.split("・"):
            assert part in japanese.text(key), key


def unread_words(text: str, seen: set[str]) -> list[str]:
    """Words without a reading that were not read out before."""
    found = []
    for word, reading in _READ.findall(_WITH_A_NUMBER.sub("", text)):
        if not reading and word not in seen and not set(word) <= _COUNTED:
            found.append(word)
        seen.add(word)
    return found


def in_reading_order(area: str) -> Iterator[tuple[str, str]]:
    """Every text of やさしい日本語, table by table as its file has them."""
    file = locate("texts", area, f"{Language.EASY_JAPANESE}.toml")

    def walk(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from walk(f"{prefix}{key}.", value)
            else:
                yield f"{prefix}{key}", value

    yield from walk("", tomllib.loads(file.read_text("utf-8")))


@pytest.mark.parametrize("area", ["kiosk", "display", "ticket", "documents", _TOGETHER])
def test_easy_japanese_reads_every_word_out(area: str) -> None:
    """やさしい日本語 gives the reading of a word where it stands first: in a text, or in a table of a page."""
    unread, seen, table_before = {}, set[str](), ""
    for key, text in in_reading_order(area):
        table = key.partition(".")[0]
        if area != _TOGETHER or table in _ALONE or table != table_before:
            seen, table_before = set(), table
        # A weekday alone is one letter of a calendar; every language's button bears its own name.
        if key != _OWN_NAME and "weekday" not in key and (words := unread_words(text, seen)):
            unread[key] = words
    assert unread == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("書類の れい", ["書類"]),
        ("書類（しょるい）と 書類", []),
        ("{hour}時{minute}分 11月 3人 5秒まえ", []),
        ("秒（びょう）と 時間", ["時間"]),
        ("窓口へ 来（き）て ください", ["窓口"]),
    ],
)
def test_a_word_without_its_reading_is_noticed(text: str, words: list[str]) -> None:
    """Protects the check itself: a word without its reading is reported, and one with it is not."""
    assert unread_words(text, set()) == words


def test_easy_japanese_parts_words_in_one_way() -> None:
    """～て ください and ～て いる stand apart everywhere: a reader learns once where a word ends."""
    joined = {
        where: text
        for where, text in texts(Language.EASY_JAPANESE)
        if re.search(r"[てで](?:ください|いる|います|いません)", text)
    }
    assert joined == {}


def test_easy_japanese_counts_years_as_people_say_them() -> None:
    """14歳まで and 15歳から leave no doubt on which side a birthday falls; 未満 and 以上 do."""
    wrong = {
        where: text
        for where, text in texts(Language.EASY_JAPANESE)
        if re.search(r"未満|以上|以下|以内|\dさい|才", text)
    }
    assert wrong == {}


def test_easy_japanese_says_or_and_writes_people_in_one_way() -> None:
    """または is a word of offices: か and どれか are said. A child and a parent look the same in every text."""
    rivals = re.compile("または|こども|おや(?!）)|もしくは|および")
    found = {where: text for where, text in texts(Language.EASY_JAPANESE) if rivals.search(text)}
    assert found == {}


def test_easy_japanese_says_who_does_it() -> None:
    """Somebody calls, keeps, chooses: a passive is for a later course."""
    passive = re.compile("され(?:て|ま|る|な)|よばれ|えらばれ")
    assert {where: text for where, text in texts(Language.EASY_JAPANESE) if passive.search(text)} == {}


def test_easy_japanese_says_one_thing_in_one_sentence() -> None:
    """A sentence that is longer than a breath is two."""
    long = {}
    for where, text in texts(Language.EASY_JAPANESE):
        plain = re.sub(r"（[ぁ-んー]+）|\{\w+\}", "", text).replace("\n", "")
        for sentence in re.split(r"[。：]", plain):
            if len(sentence.replace(" ", "")) > 48:
                long[where] = sentence
    assert long == {}
