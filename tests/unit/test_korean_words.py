"""Korean: particles that agree with what stands before them, one form of a request, one kind of quotation marks."""

import re
import unicodedata
from collections.abc import Iterator

import pytest

from backend.common.catalogue import Catalogue, Language
from backend.common.shipped import locate
from tests.catalogue_support import own_keys

_END = r"(?=[\s.,:;!?)’]|$|(?:도|만|는|부터|까지)\b)"
_AFTER_A_PLACE = re.compile(
    rf"\{{(\w+)[^}}]*\}}[’”\"')）]*(?:을|를|은|는|이|가|으로|로|과|와|이나|나|이라|라){_END}"
)
"""A particle whose form hangs on the last letter of a value that nobody knows here."""
_COPULA = re.compile(r"\{(\w+)[^}]*\}[’”\"')）]*(?:였|이었|예요|이에요)")
_KNOWN_ENDS = {"window": "창구", "kind": "창구"}
"""Values that always end in the same word (pages window, window_kind; kiosk ticket.window)."""
_WORD_AND_PARTICLE = re.compile(rf"([가-힣])(을|를|은|으로|로|와){_END}")
_NO_PARTICLE = re.compile(r"(?:서|종|별|대|새|바|그대)로$|마을$|가을$")
"""Words that end as if a particle stood there."""


def texts() -> Iterator[tuple[str, str]]:
    """Every Korean text, with where it stands."""
    for path in sorted(locate("texts").iterdir()):
        if (path / f"{Language.KOREAN}.toml").is_file():
            catalogue = Catalogue(path.name, Language.KOREAN)
            for key in sorted(own_keys(catalogue)):
                yield f"{path.name} {key}", catalogue.text(key)


def final_of(syllable: str) -> str:
    """The last consonant of a syllable, or nothing."""
    letters = unicodedata.normalize("NFD", syllable)
    return letters[2:]


def broken_particles(text: str) -> list[str]:
    """Particles that do not agree with the syllable before them, or stand after a value that may end in any."""
    found = [hit[0] for hit in _AFTER_A_PLACE.finditer(text) if hit[1] not in _KNOWN_ENDS]
    found += [hit[0] for hit in _COPULA.finditer(text)]
    told = re.sub(r"\{window\}|\{kind\}", "창구", text)
    for hit in _WORD_AND_PARTICLE.finditer(told):
        before = told[: hit.end()].rsplit(maxsplit=1)[-1]
        closed, particle = final_of(hit[1]), hit[2]
        agrees = {
            "을": bool(closed),
            "은": bool(closed),
            "으로": bool(closed) and closed != "\u11af",
            "를": not closed,
            "와": not closed,
            "로": not closed or closed == "\u11af",
        }[particle]
        if not agrees and not _NO_PARTICLE.search(before):
            found.append(hit[0])
    return found


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("서류 2가지으로 접수", ["지으로"]),
        ("서류 2가지을 요구", ["지을"]),
        ("서류 2가지으로도 접수", ["지으로"]),
        ("이 구분로는 접수", ["분로"]),
        ("‘{about}’로 접수", ["{about}’로"]),
        ("{count}을 선택", ["{count}을"]),
        ("{when}였습니다", ["{when}였"]),
        ("{window}로 와 주세요", []),
        ("‘{about}’ 구분으로 접수", []),
        ("서류 2가지로도, 창구로, 물로, 안으로", []),
        ("서로 그대로 새로", []),
    ],
)
def test_a_particle_that_does_not_agree_is_noticed(text: str, broken: list[str]) -> None:
    """Protects the rule itself: a broken particle is told, a right one is not."""
    assert broken_particles(text) == broken


def test_every_particle_agrees() -> None:
    """Protects Korean readers from 2가지으로, and from a particle after a name that may end in any letter."""
    assert {where: broken for where, text in texts() if (broken := broken_particles(text))} == {}


def test_the_window_ends_in_the_word_that_its_particles_are_made_for() -> None:
    """Protects ``{window}로`` and ``{kind}를``: every window is said with 창구 at the end."""
    pages, kiosk = Catalogue("pages", Language.KOREAN), Catalogue("kiosk", Language.KOREAN)
    said = [pages.text(f"window_kind.{kind}") for kind in ("reception", "issuance")]
    said += [pages.text(f"window.{form}", label="3") for form in ("numbered", "lettered")]
    said += [kiosk.text(f"ticket.window_{form}", label="3") for form in ("numbered", "lettered")]
    assert [text for text in said if not text.endswith("창구")] == []


def test_requests_have_one_form_and_quotations_one_mark() -> None:
    """Protects one voice: 해 주세요 beside 하십시오, or “ beside ‘, are two writers on one page."""
    found = {where: text for where, text in texts() if re.search("십시오|[“”]", text)}
    assert found == {}


def test_ranges_and_pointing_words_are_written_as_koreans_do() -> None:
    """Protects one way of writing: 6~16자 with a half-width mark; 이분, 그날 and 이날 are single words."""
    found = {
        where: text
        for where, text in texts()
        if re.search(r"～|(?<![가-힣])(?:이 분(?!명)|그 날|이 날)(?!짜)", text)
    }
    assert found == {}
