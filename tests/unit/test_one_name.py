"""One thing has one name in each language: the names of the glossary stand in the texts, and no others do."""

import re
from typing import Final

import pytest

from backend.common.catalogue import Catalogue, Language
from tests.architecture.papers import table_of
from tests.catalogue_support import own_keys

SEEN: Final = ("kiosk", "ticket", "display")
"""What visitors read at the counter."""
ALSO_PAGES: Final = (*SEEN, "pages", "documents")

WHERE: Final[dict[str, tuple[str, ...]]] = {
    "the A4 sheet with the code": (
        "kiosk welcome.title",
        "kiosk welcome.title_both",
        "kiosk trouble.refused.body",
        "kiosk trouble.unknown.next",
    ),
    "the A4 sheet with time and place": ("kiosk trouble.old_sheet",),
    "the postcard": (
        "kiosk welcome.title_postcard",
        "kiosk welcome.title_both",
        "kiosk trouble.refused.body_postcard",
        "documents paper.notice",
        "documents situation.lost",
    ),
    "the number on the sheet": ("kiosk keypad.note", "kiosk trouble.refused_typed.body"),
    "the number that is called": ("kiosk ticket.label", "ticket head.number"),
    "the numbered paper": (
        "kiosk ticket.paper_printed",
        "kiosk ticket.paper_failed",
        "kiosk walk_in.take",
        "kiosk trouble.assisted",
        "kiosk trouble.unknown.next",
        "display empty.title",
        "display closed.line",
    ),
}
"""Area and key of texts that name a thing of the glossary."""

NOT: Final[tuple[tuple[Language, tuple[str, ...], str, str], ...]] = (
    (Language.JAPANESE, (*ALSO_PAGES, "notice"), "番号票|整理券|番号の書かれた紙|番号の紙", "番号札"),
    (Language.JAPANESE, SEEN, "(?<!交付)通知書|(?<!（)はがき", "交付通知書（はがき）"),
    (Language.JAPANESE, ("notice",), "(?<!（)はがき", "交付通知書（はがき）"),
    (Language.JAPANESE, SEEN, "番号をお取りください", "番号札をお取りください"),
    (Language.JAPANESE, SEEN, "番号順に", "what is true: by reserved time, or by arrival"),
    (Language.EASY_JAPANESE, SEEN, "番号（?[ばんごう]*）?の ?紙", "番号札（ばんごうふだ）"),
    (Language.EASY_JAPANESE, SEEN, "(?<![（])交付通知書", "はがき（交付通知書）"),
    (Language.EASY_JAPANESE, SEEN, "声", "音: there is a chime and no voice"),
    (
        Language.ENGLISH,
        SEEN,
        r"(?i)\bnotices?\b(?! at the counter)",
        "Issuance Notification, or Pick-up Guide",
    ),
    (Language.ENGLISH, ALSO_PAGES, "(?i)issuance notice", "Issuance Notification"),
    (
        Language.ENGLISH,
        ALSO_PAGES,
        r"\b(?:[Tt]he|[Aa]|[Ww]ithout|[Nn]o) notice\b(?! at the counter)",
        "Issuance Notification",
    ),
    (Language.ENGLISH, SEEN, r"(?i)\b(take|get) a number\b|for a number\b|\bslip\b", "ticket"),
    (Language.ENGLISH, SEEN, "(?i)less than|called by number", "up to; by reserved time, or by arrival"),
    (Language.CHINESE, ALSO_PAGES, "号码票|号码单", "号票"),
    (Language.CHINESE, SEEN, "按钮取号(?!票)|是否取号(?!票)", "取号票"),
    (Language.CHINESE, ALSO_PAGES, "受理号", "排队号码"),
    (Language.CHINESE, ALSO_PAGES, "发放窗口|领取窗口", "领卡窗口"),
    (Language.CHINESE, ALSO_PAGES, "来厅者", "来访者"),
    (Language.CHINESE, ALSO_PAGES, "未到(?!场)", "未到场"),
    (Language.CHINESE, SEEN, "不在场|(?<!交付)通知书", "未到场, 交付通知书"),
    (Language.KOREAN, ALSO_PAGES, "접수 번호", "대기번호"),
    (Language.KOREAN, ALSO_PAGES, "교부통지서|마이넘버 카드", "교부 통지서, 마이넘버카드"),
    (Language.KOREAN, ALSO_PAGES, "얼굴사진|현재의 |추기", "얼굴 사진, 현재, 추가 기재"),
    (Language.KOREAN, SEEN, "주십시오|(?<!교부 )통지서|번호를 받으", "주세요, 교부 통지서, 번호표를 받으"),
)
"""Other names, where they must not stand, and what to say instead."""


def flat(text: str) -> str:
    """A text without the ends of its lines and without spaces: a name may be broken by hand."""
    return re.sub(r"[\s|]", "", text)


def names() -> dict[tuple[str, Language], str]:
    """The glossary's name of each thing in each language."""
    table = table_of("glossary.md", "thing")
    languages = [Language(tag) for tag in table.header[1:]]
    return {
        (row[0], language): row[at] for row in table.rows for at, language in enumerate(languages, start=1)
    }


@pytest.mark.parametrize("language", list(Language))
def test_every_surface_says_the_name_of_the_glossary(language: Language) -> None:
    """Protects a visitor who looks for the paper that a screen asks for: it is called so everywhere."""
    glossary = names()
    assert {thing for thing, _ in glossary} == set(WHERE)
    missing = [
        (place, glossary[thing, language])
        for thing, places in WHERE.items()
        for place in places
        if flat(glossary[thing, language]).lower() not in flat(said(place, language)).lower()
    ]
    assert missing == []


def said(place: str, language: Language) -> str:
    """The text at an area and key."""
    area, _, key = place.partition(" ")
    return Catalogue(area, language).text(key)


@pytest.mark.parametrize(("language", "areas", "pattern", "instead"), NOT, ids=lambda value: str(value)[:24])
def test_no_surface_says_another_name(
    language: Language, areas: tuple[str, ...], pattern: str, instead: str
) -> None:
    """Protects the names from their old rivals, one by one."""
    found = [
        (area, key, instead)
        for area in areas
        for key in sorted(own_keys(Catalogue(area, language)))
        if re.search(pattern, Catalogue(area, language).text(key).replace("\n", "").replace("|", ""))
    ]
    assert found == []
